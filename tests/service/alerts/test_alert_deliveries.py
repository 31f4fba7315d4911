"""Messages on their way: to real servers on loopback, through failures, kills and hostile words."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest
from tests.platform.web.loopback import Loopback, reply
from tests.service.alerts.conftest import World
from tests.service.alerts.mailbox import Mailbox

from smalti.client.signatures import DELIVERY_HEADER, HEADER, verify
from smalti.platform.errors import NotFound, TooLarge
from smalti.service.alerts import deliver_due, deliveries, send, senders
from smalti.service.alerts.channels import (
    SLACK_BOT,
    SLACK_HOOKS,
    Channel,
    add_channel,
    change_channel,
    remove_channel,
    set_secret,
)
from smalti.service.alerts.deliveries import attempts, delivery, list_deliveries, try_channel
from smalti.service.alerts.wording import without_markup

SECRET = "a-secret-of-sixteen"
HOSTILE = (
    "<!here> @channel <@U1> <https://evil.example|click> [x](https://evil.example) <at>Ann</at> *b* `c`"
    " www.evil.example"
)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(hook=reply(200)) as one:
        yield one


@pytest.fixture
def worlds(tmp_path: Path, empty_home: Path) -> Iterator[Callable[..., World]]:
    made: list[World] = []

    def make(*allow: str) -> World:
        made.append(World(copytree(empty_home, tmp_path / "home"), allow=allow))
        return made[-1]

    yield make
    for one in made:
        one.close()


def hook(world: World, server: Loopback, path: str = "hook") -> str:
    channel = Channel(name=path, kind="webhook", address=server.url(path))
    return add_channel(world.store, world.settings, channel, SECRET, "ann").channel_id


def mail(world: World, port: int) -> str:
    channel = Channel(
        name="mail",
        kind="email",
        address=f"smtp+plain://127.0.0.1:{port}",
        to=("ann@example.org", "bob@example.org"),
        sender="smalti@example.org",
    )
    return add_channel(world.store, world.settings, channel, None, "ann").channel_id


def test_a_webhook_gets_the_message_signed_and_named(server, worlds):
    world = worlds(server.authority)
    [one] = send(world.service, [hook(world, server)], title="T", text="Hello", key="k", data={"a": 1})
    assert deliver_due(world.service, world.now)[0].state == "sent"
    [(_, body)] = server.posted
    headers = server.asked[0][1]
    verify(SECRET, headers[HEADER.lower()], body, now=world.now.timestamp())
    assert headers[DELIVERY_HEADER.lower()] == one
    assert json.loads(body) == {
        "delivery": one, "kind": "message", "title": "T", "text": "Hello", "link": "", "files": [],
        "data": {"a": 1},
    }  # fmt: skip
    assert deliver_due(world.service, world.later(days=1)) == []


def test_the_same_key_is_queued_once_a_channel(server, worlds):
    world = worlds(server.authority)
    first, second = hook(world, server), hook(world, server, "other")
    ids = send(world.service, [first, first, second], title="T", text="x", key="k")
    assert send(world.service, [first], title="T", text="x", key="k") == ids[:1]
    assert len(set(ids)) == len(list_deliveries(world.store)) == 2
    with pytest.raises(NotFound):
        send(world.service, [first, "nowhere"], title="T", text="x", key="k2")


def test_failures_are_tried_again_with_growing_pauses_and_then_given_up(server, worlds):
    world = worlds(server.authority)
    server.say("/hook", reply(500))
    [one] = send(world.service, [hook(world, server)], title="T", text="x", key="k")
    waits = []
    while (state := delivery(world.store, one)).state != "given up":
        assert state.next_try is not None
        waits.append(state.next_try - world.now)
        world.now = state.next_try
        deliver_due(world.service, world.now)
    assert [w.total_seconds() / 60 for w in waits] == [0, 1, 5, 15, 60, 180, 360, 720]
    tried = attempts(world.store, one)
    assert [(t.attempt, t.outcome, t.status) for t in tried] == [
        *((n, "failed", 500) for n in range(1, 8)), (8, "given up", 500),
    ]  # fmt: skip
    assert len({json.loads(body)["delivery"] for _, body in server.posted}) == 1
    assert deliver_due(world.service, world.later(days=9)) == []


def test_what_waits_survives_a_restart(server, tmp_path):
    world = World(tmp_path / "home", allow=(server.authority,))
    server.say("/hook", [reply(503, headers={"Retry-After": "1200"}), reply(200)])
    [one] = send(world.service, [hook(world, server)], title="T", text="x", key="k")
    deliver_due(world.service, world.now)
    assert delivery(world.store, one).next_try == world.now + timedelta(minutes=20)
    world.close()
    again = World(tmp_path / "home", allow=(server.authority,))
    try:
        again.later(minutes=19)
        assert deliver_due(again.service, again.now) == []
        again.later(minutes=2)
        assert [d.state for d in deliver_due(again.service, again.now)] == ["sent"]
    finally:
        again.close()


def test_a_kill_after_the_answer_sends_again_under_the_same_id(server, worlds, monkeypatch):
    world = worlds(server.authority)
    [one] = send(world.service, [hook(world, server)], title="T", text="x", key="k")

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as killed:
        killed.setattr(deliveries, "_write", die)
        with pytest.raises(RuntimeError):
            deliver_due(world.service, world.now)
    deliver_due(world.service, world.now)
    assert [json.loads(body)["delivery"] for _, body in server.posted] == [one, one]


def test_one_server_that_fails_is_asked_once_a_round_and_stops_no_other(server, worlds):
    world = worlds(server.authority)
    server.say("/bad", reply(500))
    bad, good = hook(world, server, "bad"), hook(world, server)
    for key in "abc":
        send(world.service, [bad, good], title="T", text=key, key=key)
    deliver_due(world.service, world.now)
    assert sorted(server.paths()) == ["/bad", "/hook", "/hook", "/hook"]
    states = [d.state for d in list_deliveries(world.store, bad)]
    assert sorted(states) == ["failed", "queued", "queued"]


def test_a_server_that_hangs_holds_nothing_up_for_ever(server, worlds, monkeypatch):
    world = worlds(server.authority)
    monkeypatch.setattr(senders, "_READ_SECONDS", 0.3)
    server.say("/hook", lambda wire: wire.recv(1))
    [one] = send(world.service, [hook(world, server)], title="T", text="x", key="k")
    deliver_due(world.service, world.now)
    state = delivery(world.store, one)
    assert state.state == "failed"
    assert "no answer in time" in (state.error or "")


def test_an_e_mail_server_that_hangs_is_left(worlds, monkeypatch):
    monkeypatch.setattr(senders, "_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        world = worlds(f"127.0.0.1:{deaf.getsockname()[1]}")
        view = try_channel(world.engine, mail(world, deaf.getsockname()[1]), world.now)
        assert (view.state, view.error) == ("failed", "no end within 0 s")


def test_a_gone_webhook_and_a_removed_channel_are_given_up_at_once(server, worlds):
    world = worlds(server.authority)
    server.say("/gone", reply(410))
    gone, removed = hook(world, server, "gone"), hook(world, server)
    ids = send(world.service, [gone, removed], title="T", text="x", key="k")
    remove_channel(world.store, removed)
    deliver_due(world.service, world.now)
    assert [delivery(world.store, one).state for one in ids] == ["given up", "given up"]
    assert delivery(world.store, ids[1]).error == "the channel was removed"


def test_a_changed_address_gets_no_secret(server, worlds):
    with Loopback(hook=reply(200)) as thief:
        world = worlds(server.authority, thief.authority)
        one = hook(world, server)
        moved = Channel(name="hook", kind="webhook", address=thief.url("hook"))
        assert not change_channel(world.store, world.settings, one, moved, None, "eve").has_secret
        send(world.service, [one], title="T", text="x", key="k")
        [tried] = deliver_due(world.service, world.now)
        assert (tried.state, thief.opened) == ("failed", 0)
        assert "no secret" in (tried.error or "")
        set_secret(world.store, world.settings, one, "another-secret-of-ours", "ann")
        [tried] = deliver_due(world.service, world.later(hours=1))
        assert tried.state == "sent"
        verify(
            "another-secret-of-ours",
            thief.asked[0][1][HEADER.lower()],
            thief.posted[0][1],
            now=world.now.timestamp(),
        )


def test_a_redirect_gets_neither_body_nor_signature(server, worlds):
    with Loopback(steal=reply(200)) as thief:
        world = worlds(server.authority, thief.authority)
        server.say("/hook", reply(307, headers={"Location": thief.url("steal")}))
        send(world.service, [hook(world, server)], title="T", text="x", key="k")
        assert deliver_due(world.service, world.now)[0].state == "failed"
        assert thief.opened == 0


def test_an_e_mail_arrives_with_its_files(worlds):
    with Mailbox() as box:
        world = worlds(f"127.0.0.1:{box.port}")
        [one] = send(
            world.service,
            [mail(world, box.port)],
            title="Weekly report\r\nBcc: eve@example.org",
            text="plain",
            html='<h1>Risk</h1><script>alert(1)</script><img src=x onerror="b()"><p onclick="x()">up</p>',
            files=[("report.pdf", "application/pdf", b"%PDF-1.7 report")],
            key="k",
        )
        [tried] = deliver_due(world.service, world.now)
        assert (tried.state, tried.error) == ("sent", None)
        assert sorted(str(message["To"]) for message in box.mails) == ["ann@example.org", "bob@example.org"]
        message = box.mails[0]
        assert message["Subject"] == "Weekly report Bcc: eve@example.org"
        assert message["Bcc"] is None
        assert message[DELIVERY_HEADER] == one
        html = message.get_body(("html",)).get_content()
        assert "<h1>Risk</h1>" in html
        assert not any(bad in html for bad in ("script", "onerror", "onclick"))
        [file] = list(message.iter_attachments())
        assert (file.get_filename(), file.get_content()) == ("report.pdf", b"%PDF-1.7 report")


def test_an_e_mail_in_plain_words_stays_plain(worlds):
    with Mailbox() as box:
        world = worlds(f"127.0.0.1:{box.port}")
        send(world.service, [mail(world, box.port)], title="T", text="a <b>1</b>\n" + HOSTILE, key="k")
        deliver_due(world.service, world.now)
        body = box.mails[0].get_body(("plain", "html"))
        assert body.get_content_type() == "text/plain"
        assert "a <b>1</b>" in body.get_content()


def test_an_e_mail_that_nobody_takes_is_tried_again(worlds):
    with Mailbox() as box:
        box.refusing = True
        world = worlds(f"127.0.0.1:{box.port}")
        view = try_channel(world.engine, mail(world, box.port), world.now)
        assert view.state == "failed"
        assert view.error


def test_slack_gets_words_that_mention_nobody(server, worlds, monkeypatch):
    from apprise.plugins.slack import NotifySlack

    server.say("/hook/T1/B1/abcdefgh12", reply(200, b"ok"))
    monkeypatch.setattr(NotifySlack, "webhook_url", server.url("hook"))
    monkeypatch.setattr(senders, "vet_host", lambda *_, **__: [])
    world = worlds()
    channel = Channel(name="risk", kind="slack", address=SLACK_HOOKS)
    one = add_channel(world.store, world.settings, channel, "T1/B1/abcdefgh12", "ann").channel_id
    send(world.service, [one], title=f"Alert {HOSTILE}", text=HOSTILE, key="k")
    [tried] = deliver_due(world.service, world.now)
    assert tried.state == "sent", tried.error
    sent = server.posted[0][1].decode()
    assert not any(bad in sent for bad in ("<!", "@channel", "<@", "|click", "](", "&lt;!", "://evil"))
    assert "channel" in sent


def test_a_secret_that_a_server_echoes_is_not_written_down(server, worlds, monkeypatch):
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", server.url("nowhere"))
    monkeypatch.setattr(senders, "vet_host", lambda *_, **__: [])
    world = worlds()
    channel = Channel(name="risk", kind="slack", address=SLACK_HOOKS)
    secret = "T1/B1/abcdefgh12"
    view = try_channel(
        world.engine, add_channel(world.store, world.settings, channel, secret, "ann").channel_id, world.now
    )
    assert (view.state, view.status) == ("failed", 404)
    assert "abcdefgh12" not in (view.error or "")


def test_a_bots_token_is_not_sent_to_a_webhook(worlds):
    world = worlds()
    channel = Channel(name="risk", kind="slack", address=SLACK_BOT, to=("#risk",))
    one = add_channel(world.store, world.settings, channel, "T1/B1/abcdefgh12", "ann").channel_id
    view = try_channel(world.engine, one, world.now)
    assert "other kind" in (view.error or "")


def test_teams_gets_words_that_mention_nobody():
    """The card as apprise makes it of our words: no mention, no link."""
    from apprise import Apprise

    told = {"schema": "workflows", "host": "x.logic.azure.com", "workflow": "abc", "signature": "sig-sig-sig"}
    plugin = Apprise.instantiate(told, suppress_exceptions=False)
    card = json.dumps(plugin.gen_payload(body=without_markup(HOSTILE), title="T"))
    assert "entities" not in card
    assert not any(bad in card for bad in ("<at>", "](", "://evil", "@channel"))
    assert "entities" in json.dumps(plugin.gen_payload(body=HOSTILE, title="T"))


def test_files_over_the_limit_are_refused(server, worlds):
    world = worlds(server.authority)
    with pytest.raises(TooLarge):
        send(
            world.service, [hook(world, server)], title="T", text="x", key="k",
            files=[("a.bin", "application/octet-stream", b"x" * 20_000_001)],
        )  # fmt: skip


def test_a_webhook_is_told_of_files_by_their_hash(server, worlds):
    world = worlds(server.authority)
    files = [("a.txt", "text/plain", b"hello")]
    send(world.service, [hook(world, server)], title="T", text="x", key="k", files=files)
    deliver_due(world.service, world.now)
    [file] = json.loads(server.posted[0][1])["files"]
    assert (file["name"], file["size"]) == ("a.txt", 5)
    assert file["sha256"] == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
