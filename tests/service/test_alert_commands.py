"""`smalti alerts …` on a store of one's own, and the same through a running service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smalti.client.transport import Transport
from smalti.platform.errors import Conflict, NotFound
from smalti.platform.telemetry import NoProgress
from smalti.service.alerts import evaluate
from smalti.service.alerts.channels import read_channel
from smalti.service.alerts.recipients import read_recipient
from smalti.service.alerts.rules import read_rule
from smalti.service.cli.app import app
from smalti.service.remote import RemoteGateway
from tests.service.alerts.conftest import World
from tests.service.commands import Call, answer
from tests.service.running import running

SECRET = "a-secret-of-sixteen"
HOOK = {"name": "hook", "kind": "webhook", "address": "https://hooks.example.org/x"}
LEVEL = {"name": "high risk", "condition": {"when": "level", "signal": "risk", "above": 0.4}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "home")
    yield made
    made.close()


@pytest.mark.slow
def test_from_a_rule_to_a_verdict_by_command(call: Call, tmp_path: Path) -> None:
    rules = ("alerts", "rules")
    terms = ("signal=risk", "horizon=30", "above=0.4", "sure=false")
    made = answer(call(*rules, "add", "high risk", "level", *terms, "--severity", "high", "--json"))
    assert made["rule"]["condition"]["above"] == 0.4
    refused = call(*rules, "on", "high risk")
    assert refused.exit_code != 0
    assert "never back-tested" in refused.output
    assert "nothing to look at" in call(*rules, "backtest", "high risk").output.lower()
    assert "is on" in call(*rules, "on", "high risk").output
    assert "level signal=risk horizon=30 above=0.4" in " ".join(call(*rules, "list").output.split())
    world = World(tmp_path / "home")
    world.issuer("acme")
    world.signal("acme", 0.9)
    [alert] = evaluate(world.service, world.now)
    world.close()
    one = alert.alert_id[:8]
    assert "90.0%, above 40.0%" in " ".join(call("alerts", "list").output.split())
    assert call("alerts", "ack", one).exit_code == 0
    assert call("alerts", "comment", one, "[b]see page 4[/b]").exit_code == 0
    shown = call("alerts", "verdict", one, "right", "--text", "confirmed").output
    assert "[b]see page 4[/b]" in shown
    assert "verdict right confirmed" in shown
    assert answer(call("alerts", "precision", "--json"))[0]["right"] == 1
    assert answer(call("alerts", "list", "--state", "new", "--json")) == []
    for arguments in (("list", "--state", "old"), ("show", "zz"), ("rules", "add", "x", "level", "above")):
        assert call("alerts", *arguments).exit_code != 0


@pytest.mark.slow
def test_a_channels_secret_comes_from_standard_input(call: Call) -> None:
    add = "alerts channels add hook --kind webhook --address https://hooks.example.org/x --secret --json"
    made = CliRunner().invoke(app, add.split(), input=f"{SECRET}\n")
    assert made.exit_code == 0, made.output
    assert SECRET not in made.output
    [view] = answer(made)
    assert view["has_secret"]
    told = call("alerts", "recipients", "set", "ann", "--channel", view["channel_id"], "--zone", "Asia/Tokyo")
    assert told.exit_code == 0, told.output
    assert "Asia/Tokyo" in call("alerts", "recipients", "list").output
    assert call("alerts", "recipients", "set", "bob", "--zone", "Mars").exit_code != 0
    assert "hooks.example.org" in call("alerts", "channels", "list").output


def test_through_a_running_service_alerts_are_the_same(world: World) -> None:
    world.issuer("acme")
    world.signal("acme", 0.9)
    with running(world.service) as address, closing(Transport(address, "local-key")) as transport:
        here = world.service.gateway.alerts
        there = RemoteGateway(transport, NoProgress(), same_machine=True).alerts
        made = there.add_rule(read_rule(LEVEL))
        assert [made] == here.rules() == there.rules()
        with pytest.raises(Conflict, match="back-tested"):
            there.switch_rule(made.rule_id, on=True)
        tested = there.backtest(made.rule_id, None, world.now)
        assert tested.result == here.backtest(made.rule_id, None, world.now).result
        assert there.switch_rule(made.rule_id, on=True) == here.rules()[0]
        evaluate(world.service, world.now)
        [alert] = there.alerts("acme", "new", 5)
        assert [alert] == here.alerts()
        there.acknowledge(alert.alert_id)
        there.assign(alert.alert_id, "bob")
        there.comment(alert.alert_id, "hm")
        assert there.judge(alert.alert_id, "right", "yes") == here.alert(alert.alert_id)
        assert there.precision() == here.precision()
        channel = there.add_channel(read_channel(HOOK), SECRET)
        assert there.set_secret(channel.channel_id, SECRET + "2") == here.channels()[0]
        assert there.put_recipient(read_recipient({"name": "ann", "channels": [channel.channel_id]})) == (
            here.recipients()[0].recipient
        )
        assert there.recipients() == here.recipients()
        there.remove_recipient("ann")
        there.remove_channel(channel.channel_id)
        assert here.channels() == there.channels() == there.deliveries() == []
        there.remove_rule(made.rule_id)
        with pytest.raises(NotFound):
            there.remove_rule(made.rule_id)
