"""`smalti users` and `smalti keys` on a store of one's own."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smalti.client.transport import Transport
from smalti.platform.auth import Role
from smalti.platform.auth.access import Access
from smalti.platform.errors import NotFound
from smalti.platform.settings import Settings
from smalti.platform.store import Store
from smalti.platform.telemetry import NoProgress
from smalti.service.cli.app import app
from smalti.service.engine import Engine
from smalti.service.local import LocalGateway
from smalti.service.remote import RemoteGateway
from smalti.service.service import Service
from tests.service.commands import Call
from tests.service.running import running

PASSWORD = "correct horse battery"


def test_the_first_admin_is_made_with_a_password_from_standard_input(call: Call, tmp_path: Path) -> None:
    made = CliRunner().invoke(app, "users add Ada --role admin --password --json", input=f"{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert json.loads(made.stdout)[0] | {"made_at": ""} == {
        "name": "ada",
        "role": "admin",
        "email": "",
        "disabled": False,
        "password": True,
        "openid": False,
        "made_at": "",
    }
    with Store(tmp_path / "home" / "smalti.duckdb") as store:
        access = Access(store, Settings())
        assert access.sign_in("ada", PASSWORD)[0].role is Role.ADMIN
        assert store.read("SELECT who, action, subject FROM audit").rows() == [("local", "users add", "ada")]


def test_a_key_is_shown_once_and_revoked_by_its_id(call: Call, tmp_path: Path) -> None:
    assert call("users", "add", "bot").exit_code == 0
    made = call("keys", "create", "bot", "--label", "[b]notebook[/b]", "--days", "7")
    assert made.exit_code == 0
    secret = re.match(r"smk_([0-9a-f]{16})_[\w-]{43}\n", made.stdout)
    assert secret is not None
    listed = call("keys", "list")
    assert secret[1] in listed.stdout
    assert "[b]notebook" in listed.stdout
    assert secret[0].strip() not in listed.stdout
    assert call("keys", "revoke", secret[1]).exit_code == 0
    assert json.loads(call("keys", "list", "--json").stdout)[0]["state"] == "revoked"


def test_a_disabled_user_is_told_as_such_and_can_be_let_in_again(call: Call) -> None:
    call("users", "add", "bob", "--role", "viewer")
    assert json.loads(call("users", "disable", "bob", "--json").stdout)[0]["disabled"] is True
    assert "disabled" in call("users", "list").stdout
    assert json.loads(call("users", "enable", "bob", "--json").stdout)[0]["disabled"] is False
    assert json.loads(call("users", "role", "bob", "analyst", "--json").stdout)[0]["role"] == "analyst"


def test_mistakes_are_told_with_their_mend(call: Call) -> None:
    for arguments, told in (
        (("users", "disable", "nobody"), "no such user"),
        (("users", "password", "nobody"), "no such user"),
        (("keys", "create", "nobody"), "no such user"),
        (("keys", "revoke", "nothing"), "no such key"),
    ):
        failed = call(*arguments)
        assert failed.exit_code != 0
        assert told in failed.output


def test_through_a_running_service_people_are_the_same(engine: Engine) -> None:
    service = Service(engine, LocalGateway(engine), "the-local-key")
    with running(service) as address, closing(Transport(address, "the-local-key")) as transport:
        here = service.gateway.people
        there = RemoteGateway(transport, NoProgress(), same_machine=True).people
        assert [there.add_user("Ada", Role.ANALYST, "ada@example.org", PASSWORD)] == here.users()
        there.set_password("ada", "another long password")
        assert service.gateway.access.sign_in("ada", "another long password")[0].name == "ada"
        made = there.create_key("ada", Role.VIEWER, "desk", 7)
        assert there.keys("ada") == here.keys("ada") == [made.key]
        assert service.gateway.access.keys.compared(made.secret).role is Role.VIEWER
        assert there.revoke_key(made.key.key_id) == here.keys()[0]
        assert there.change_user("ada", disabled=True) == here.users()[0]
        with pytest.raises(NotFound):
            there.change_user("nobody", disabled=True)
