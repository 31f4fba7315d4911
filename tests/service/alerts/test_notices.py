"""Who is told when: quiet hours by the wall clock, budgets by the day, digests for the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.service.alerts.conftest import World

from smalti.platform.errors import NotFound, SettingsError
from smalti.service.alerts import evaluate, notices
from smalti.service.alerts.channels import Channel, add_channel, remove_channel
from smalti.service.alerts.recipients import (
    all_recipients,
    find_recipient,
    put_recipient,
    read_recipient,
    remove_recipient,
)

ABOVE = {"when": "level", "signal": "risk", "horizon": 30, "above": 0.4}


@pytest.fixture
def channel(world: World) -> str:
    hook = Channel(name="hook", kind="webhook", address="https://hooks.example.org/x")
    return add_channel(world.store, world.settings, hook, "a-secret-of-sixteen", "ann").channel_id


def told(world: World, channel: str, name: str = "ann", **more: Any) -> None:
    put_recipient(world.store, read_recipient({"name": name, "channels": [channel], **more}))


def queued(world: World) -> list[dict[str, Any]]:
    rows = world.store.read("SELECT message FROM deliveries ORDER BY queued_at, title")
    return [json.loads(text) for text in rows["message"]]


def alert(world: World, name: str, **rule: Any) -> None:
    """A new issuer, whose risk is high, under a rule of its own."""
    world.issuer(name)
    world.rule(ABOVE, issuer=name, notify=["ann"], **rule)
    world.signal(name, 0.9)


def test_an_alert_is_told_once_with_its_link(world: World, channel: str):
    told(world, channel)
    alert(world, "acme", severity="high")
    evaluate(world.service, world.now)
    evaluate(world.service, world.later(minutes=1))
    [message] = queued(world)
    assert message["title"] == "[high] Acme: risk over 30 trading days is 90.0%, above 40.0%"
    assert message["link"].startswith("/v1/alerts/")
    assert message["link"] in message["text"]
    assert message["data"]["after"] == 0.9


def test_a_service_killed_before_it_told_tells_after(world: World, channel: str, monkeypatch):
    told(world, channel)
    alert(world, "acme")

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(notices, "queue", die)
        with pytest.raises(RuntimeError):
            evaluate(world.service, world.now)
    assert queued(world) == []
    assert evaluate(world.service, world.now) == []
    assert len(queued(world)) == 1


def test_in_quiet_hours_alerts_are_held_and_come_as_one_digest(world: World, channel: str):
    told(world, channel, quiet="22:00-07:00", zone="Europe/Berlin")
    world.now = datetime(2024, 3, 4, 21, 30, tzinfo=UTC)  # 22:30 in Berlin
    alert(world, "acme", severity="low")
    alert(world, "bolt", severity="high")
    evaluate(world.service, world.now)
    assert queued(world) == []
    assert all_recipients(world.store)[0].waiting == 2
    evaluate(world.service, world.later(hours=8))  # 06:30
    assert queued(world) == []
    evaluate(world.service, world.later(minutes=30))
    [message] = queued(world)
    assert message["kind"] == "digest"
    assert message["title"] == "2 alerts held: 1 high, 1 low"
    assert message["text"].index("Bolt") < message["text"].index("Acme")
    evaluate(world.service, world.later(days=1))
    assert len(queued(world)) == 1


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        # Clocks in Berlin go from 02:00 to 03:00 on 31 March 2024, from 03:00 back to 02:00 on 27 October.
        (datetime(2024, 3, 31, 0, 59, tzinfo=UTC), True),  # 01:59
        (datetime(2024, 3, 31, 1, 0, tzinfo=UTC), False),  # 03:00
        (datetime(2024, 10, 27, 0, 30, tzinfo=UTC), True),  # 02:30, the first
        (datetime(2024, 10, 27, 1, 30, tzinfo=UTC), True),  # 02:30, the second
        (datetime(2024, 10, 27, 2, 0, tzinfo=UTC), False),  # 03:00
    ],
)
def test_quiet_hours_go_by_the_clock_on_the_wall(moment: datetime, quiet: bool):
    recipient = read_recipient({"name": "ann", "quiet": "01:00-03:00", "zone": "Europe/Berlin"})
    assert recipient.is_quiet(moment) is quiet


def test_quiet_hours_of_no_length_are_none():
    recipient = read_recipient({"name": "ann", "quiet": "07:00-07:00"})
    assert not any(recipient.is_quiet(datetime(2024, 1, 1, hour, tzinfo=UTC)) for hour in range(24))


def test_beyond_the_budget_of_a_day_the_rest_waits_for_the_next(world: World, channel: str):
    told(world, channel, budget=4, zone="America/New_York")
    for number, severity in enumerate(["low", "medium", "high", "low", "low", "high", "low"]):
        alert(world, f"issuer{number}", severity=severity)
    evaluate(world.service, world.now)
    singles = sorted(message["data"]["severity"] for message in queued(world))
    assert singles == ["high", "high", "medium"]  # a quarter is kept for what is severe
    world.later(hours=1)
    alert(world, "late", severity="high")
    evaluate(world.service, world.now)
    assert len(queued(world)) == 4
    evaluate(world.service, world.later(hours=3))
    assert len(queued(world)) == 4
    world.now = datetime(2024, 3, 5, 5, 1, tzinfo=UTC)  # just past midnight in New York
    evaluate(world.service, world.now)
    digest = queued(world)[-1]
    assert (digest["kind"], digest["title"]) == ("digest", "4 alerts held: 4 low")
    alert(world, "next", severity="low")
    evaluate(world.service, world.now)
    assert len(queued(world)) == 6


def test_a_flood_ends_in_one_digest_of_bounded_length(world: World, channel: str):
    told(world, channel, budget=0)
    world.rule(ABOVE, notify=["ann"])
    for number in range(40):
        world.issuer(f"issuer{number}")
        world.signal(f"issuer{number}", 0.9)
    evaluate(world.service, world.now)
    evaluate(world.service, world.later(days=1))
    [message] = queued(world)
    assert message["title"] == "40 alerts held: 40 medium"
    assert "and 15 more" in message["text"]


def test_less_severe_alerts_than_wanted_are_never_told(world: World, channel: str):
    told(world, channel, least="high")
    alert(world, "acme", severity="medium")
    evaluate(world.service, world.now)
    evaluate(world.service, world.later(days=2))
    assert queued(world) == []


def test_who_is_added_later_hears_only_of_what_is_young(world: World, channel: str):
    alert(world, "acme")
    evaluate(world.service, world.now)
    world.later(days=4)
    told(world, channel)
    evaluate(world.service, world.now)
    assert queued(world) == []


def test_a_removed_channel_leaves_its_recipients(world: World, channel: str):
    told(world, channel)
    remove_channel(world.store, channel)
    assert find_recipient(world.store, "ann").channels == ()
    alert(world, "acme")
    evaluate(world.service, world.now)
    assert queued(world) == []
    with pytest.raises(NotFound):
        told(world, channel)
    remove_recipient(world.store, "ann")
    with pytest.raises(NotFound):
        find_recipient(world.store, "ann")


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            {"zone": zone}
            for zone in ("Nowhere/Land", "../../etc/passwd", "Europe", "", "\x00", "/UTC", "UTC\n")
        ),
        *({"quiet": quiet} for quiet in ("22-07", "25:00-07:00", "22:00-07:60", "22:00", "")),
        *({"budget": budget} for budget in (-1, 10**9)),
        {"least": "none"},
    ],
)
def test_recipients_that_make_no_sense_are_refused(wrong: dict[str, Any]):
    with pytest.raises(SettingsError):
        read_recipient({"name": "ann", **wrong})
