"""Channels: what may be one, and that a secret goes nowhere but to its address."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import Any

import pytest
from tests.service.alerts.conftest import World

from smalti.platform.errors import Conflict, Refused, SettingsError
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.web import vet_host
from smalti.service.alerts.channels import (
    SLACK_HOOKS,
    Channel,
    add_channel,
    all_channels,
    change_channel,
    check,
    find_channel,
    read_channel,
    secret_of,
    set_secret,
)
from smalti.service.alerts.queueing import Message
from smalti.service.alerts.sealing import KEY_FILE, Seal
from smalti.service.alerts.senders import _PLUGINS, Parcel

SECRET = "a-secret-of-sixteen"
HOOK = {"name": "hook", "kind": "webhook", "address": "https://hooks.example.org/x"}
MAIL = {
    "name": "mail",
    "kind": "email",
    "address": "smtp://mail.example.org:587",
    "to": ["ann@example.org"],
    "sender": "smalti@example.org",
}
TEAMS = {
    "name": "teams",
    "kind": "teams",
    "address": "https://prod-01.westus.logic.azure.com:443/workflows/643e69f8/triggers/manual/paths/invoke"
    "?api-version=2016-06-01",
}
SLACK = {"name": "slack", "kind": "slack", "address": SLACK_HOOKS}


def test_a_secret_is_stored_sealed_and_never_shown(world: World):
    view = add_channel(world.store, world.settings, read_channel(HOOK), SECRET, "ann")
    assert view.has_secret
    assert SECRET not in repr(view)
    row = world.store.read("SELECT * FROM alert_channels").row(0, named=True)
    assert SECRET not in str(row)
    assert secret_of(world.store, world.settings, view) == SECRET
    key = world.settings.home / KEY_FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    files = [f for f in world.settings.home.rglob("*") if f.is_file()]
    assert not any(SECRET.encode() in f.read_bytes() for f in files)


def test_a_secret_stays_while_the_address_does(world: World):
    view = add_channel(world.store, world.settings, read_channel(HOOK), SECRET, "ann")
    renamed = read_channel(HOOK | {"name": "other"})
    view = change_channel(world.store, world.settings, view.channel_id, renamed, None, "ann")
    assert secret_of(world.store, world.settings, view) == SECRET
    moved = read_channel(HOOK | {"address": "https://hooks.example.org/y"})
    view = change_channel(world.store, world.settings, view.channel_id, moved, None, "eve")
    assert not view.has_secret
    assert secret_of(world.store, world.settings, view) is None
    back = change_channel(world.store, world.settings, view.channel_id, read_channel(HOOK), None, "eve")
    assert not back.has_secret


def test_a_secret_does_not_open_for_an_address_changed_in_the_table(world: World):
    view = add_channel(world.store, world.settings, read_channel(HOOK), SECRET, "ann")
    row = world.store.read("SELECT * EXCLUDE (recorded_at) FROM alert_channels").row(0, named=True)
    batch = Batch()
    batch.add("alert_channels", row | {"address": "https://evil.example.org/x"})
    world.store.commit(batch)
    with pytest.raises(Conflict, match="cannot be opened"):
        secret_of(world.store, world.settings, find_channel(world.store, view.channel_id))


def test_without_the_key_of_the_home_folder_a_secret_is_set_again(world: World):
    view = add_channel(world.store, world.settings, read_channel(HOOK), SECRET, "ann")
    (world.settings.home / KEY_FILE).unlink()
    with pytest.raises(Conflict, match="set the secret again"):
        secret_of(world.store, world.settings, view)
    view = set_secret(world.store, world.settings, "hook", "another-secret-here", "ann")
    assert secret_of(world.store, world.settings, view) == "another-secret-here"


def test_a_key_file_that_is_none_is_an_error_and_not_replaced(world: World):
    path = world.settings.home / KEY_FILE
    path.write_text("short")
    with pytest.raises(SettingsError):
        Seal(world.settings.home)
    assert path.read_text() == "short"


def test_the_same_secret_is_never_sealed_alike(world: World):
    seal = Seal(world.settings.home)
    assert seal.close(SECRET, "a") != seal.close(SECRET, "a")


@pytest.mark.parametrize(
    "told", [HOOK, MAIL, TEAMS, SLACK, MAIL | {"address": "smtps://mail.example.org:465"}]
)
def test_channels_of_every_kind_are_taken(told: dict[str, Any]):
    check(read_channel(told), Settings())


@pytest.mark.parametrize(
    "told",
    [
        HOOK | {"address": "http://hooks.example.org/x"},
        *(HOOK | {"address": a} for a in ("https://127.0.0.1/x", "https://10.0.0.8/", "https://localhost/x")),
        *(HOOK | {"address": a} for a in ("https://169.254.169.254/latest", "https://u:p@example.org/", "x")),
        HOOK | {"address": "https://hooks.example.org:8080/"},
        HOOK | {"kind": "pigeon"},
        HOOK | {"address": "https://hooks.example.org/\nHost: x"},
        *(MAIL | {"address": a} for a in ("smtp://mail.example.org", "smtp://10.0.0.8:25", "mailto://x:25")),
        *(MAIL | {"address": a} for a in ("smtp://mail.example.org:22", "smtp://u:p@mail.example.org:587")),
        *(MAIL | {"to": to} for to in ([], ["ann"], ["a@b.org, c@d.org"], ["a@b.org\r\nBcc: x@y.org"])),
        MAIL | {"sender": "Ann <ann@example.org>"},
        MAIL | {"address": "smtp+plain://mail.example.org:25", "user": "ann"},
        SLACK | {"address": "https://slack.example.org/services"},
        TEAMS | {"address": "https://logic.azure.com.evil.example/workflows/x"},
        TEAMS | {"address": TEAMS["address"] + "&sig=abcdefghijkl"},
        HOOK | {"name": "a\x00b"},
        HOOK | {"password": "x"},
    ],
)
def test_what_is_no_channel_is_refused(told: dict[str, Any]):
    with pytest.raises((SettingsError, Refused)):
        check(read_channel(told), Settings())


def test_what_is_no_secret_is_refused_without_repeating_it(world: World):
    for told, secret in (
        *((HOOK, "short"), (HOOK, "with a space in it"), (SLACK, "xyz"), (TEAMS, "a b"), (HOOK, "ä" * 20)),
        (HOOK, ""),
    ):
        with pytest.raises(SettingsError) as refused:
            add_channel(world.store, world.settings, read_channel(told), secret, "ann")
        assert not secret or secret not in str(refused.value)
    assert all_channels(world.store) == []


@pytest.mark.parametrize("kind", ["email", "slack", "teams"])
def test_apprise_is_let_at_no_host_that_stands_for_a_private_address(
    kind: str, monkeypatch: pytest.MonkeyPatch
):
    told = {"email": MAIL, "slack": SLACK, "teams": TEAMS}[kind]
    secret = {"email": "x", "slack": "T1/B1/abcdefgh12", "teams": "sig-sig-sig-sig"}[kind]
    monkeypatch.setattr(vet_host, "__kwdefaults__", {"resolve": _private})
    parcel = Parcel("d", Message("T", "x"), read_channel(told), secret, 0)
    with pytest.raises(Refused, match="private"):
        _PLUGINS[kind](parcel, Settings())


def _private(host: str, port: int) -> list[str]:
    return ["93.184.216.34", "10.0.0.1"]


def test_teams_and_slack_plugins_are_made_of_the_channel(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vet_host, "__kwdefaults__", {"resolve": lambda host, port: ["93.184.216.34"]})
    makes: Callable[..., Any] = _PLUGINS["teams"]
    plugin, files = makes(Parcel("d", Message("T", "x"), read_channel(TEAMS), "sig-sig-sig", 0), Settings())
    assert (plugin.workflow, plugin.signature, plugin.redirects, files) == (
        "643e69f8",
        "sig-sig-sig",
        False,
        False,
    )
    assert plugin.api_version == "2016-06-01"
    bot = read_channel({"name": "b", "kind": "slack", "address": "https://slack.com/api", "to": ["#risk"]})
    plugin, files = _PLUGINS["slack"](
        Parcel("d", Message("T", "x"), bot, "xoxb-1234-1234-abcdef", 0), Settings()
    )
    assert (plugin.access_token, files) == ("xoxb-1234-1234-abcdef", True)
    assert isinstance(read_channel(SLACK), Channel)
