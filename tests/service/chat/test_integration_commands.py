"""Integrations by the command line: the same with a service up as without one, and secrets go in only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.service.chat.conftest import SECRETS, Front
from typer.testing import CliRunner

from smalti.service.cli.app import app

RUN = CliRunner()


def smalti(*words: str, given: str = "") -> object:
    done = RUN.invoke(app, [*words, "--json"], input=given)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


GIVEN = f"{SECRETS.signing}\n{SECRETS.token}\n"


@pytest.mark.parametrize("up", [pytest.param(True, marks=pytest.mark.slow), False])
def test_integrations_are_added_listed_and_removed(
    request: pytest.FixtureRequest, tmp_path: Path, up: bool
) -> None:
    home = request.getfixturevalue("front").service.engine.settings.home if up else tmp_path
    at = ("--home", str(home))
    slack = smalti(
        "chat", "slack", "add", "desk", "--workspace", "T012AB3C4", "--analysts", "C012", *at, given=GIVEN
    )
    smalti(
        "chat",
        "chatwoot",
        "add",
        "bot",
        "--address",
        "https://chat.example.org",
        "--account",
        "7",
        *at,
        given=GIVEN,
    )
    smalti("chat", "widget", "add", "site", "--origin", "https://www.example.org", *at)
    listed = RUN.invoke(app, ["chat", "list", *at])
    assert listed.exit_code == 0
    for one in ("desk", "bot", "site", "https://www.example.org"):
        assert one in listed.stdout
    assert SECRETS.signing not in listed.stdout + str(slack)
    assert SECRETS.token not in listed.stdout + str(slack)
    assert smalti("chat", "test", "site", *at)["works"] is True  # type: ignore[index]  # JSON of a command
    assert smalti("chat", "log", *at) == []
    for one in ("desk", "bot", "site"):
        smalti("chat", "remove", one, *at)
    assert smalti("chat", "list", *at) == []


def test_a_try_says_whether_the_other_side_knows_us(front: Front) -> None:
    setup = {"kind": "slack", "address": f"{front.api.base}/api", "workspace": "T012AB3C4"}
    front.add(setup, "desk")
    at = ("--home", str(front.service.engine.settings.home))
    front.api.answers = [
        (200, {"ok": True, "team_id": "T012AB3C4"}),
        (200, {"ok": False, "error": "invalid_auth"}),
    ]
    assert RUN.invoke(app, ["chat", "test", "desk", *at]).exit_code == 0
    refused = RUN.invoke(app, ["chat", "test", "desk", *at])
    assert refused.exit_code == 1
    assert "invalid_auth" in refused.stdout
    front.add({"kind": "chatwoot", "address": front.api.base, "account": 7}, "bot")
    front.api.answers = [(404, {}), (401, {})]
    assert RUN.invoke(app, ["chat", "test", "bot", *at]).exit_code == 0
    assert RUN.invoke(app, ["chat", "test", "bot", *at]).exit_code == 1
