"""`smalti ask`: an answer with its sources, its exit code, asking on, feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from smalti.service.assistant.lessons import asked_again
from smalti.service.cli import common
from smalti.service.cli.app import app
from smalti.service.local import LocalGateway
from tests.service.newsroom import newsroom
from tests.service.test_remote_gateway import commands, fill


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGateway]:
    with pytest.MonkeyPatch.context() as patched, newsroom(tmp_path_factory.mktemp("house")) as engine:
        patched.setattr("smalti.service.search.encoder_prefix", lambda _: None)
        fill(engine)
        yield LocalGateway(engine)


@pytest.fixture(autouse=True)
def _here(gateway: LocalGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def opened(*_: Any) -> Iterator[LocalGateway]:
        yield gateway

    monkeypatch.setattr(common, "_gateway", opened)
    monkeypatch.setattr("typer.testing._get_command", commands)


def ask(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["ask", *arguments], input=typed)


def test_an_answer_has_its_sources_under_it():
    told = ask("What was said of net sales at Anvil Corporation?")
    assert "Net sales fell 3 percent." in told.stdout
    assert "[1] " in told.stdout
    assert "2025-01-05" in told.stdout
    assert told.exit_code in (0, 7)


def test_what_is_not_known_has_an_exit_code_of_its_own():
    told = ask("Who painted the ceiling of the chapel?", "--json")
    assert told.exit_code == 7
    assert json.loads(told.stdout)["answer"]["status"] == "unknown"


def test_a_conversation_goes_on():
    first = json.loads(ask("Net sales of Anvil?", "--json").stdout)
    then = json.loads(ask("And profit?", "--json", "-c", first["conversation_id"]).stdout)
    assert (then["conversation_id"], then["ordinal"]) == (first["conversation_id"], 2)
    gone = ask("And profit?", "--json", "-c", "nobodys")
    assert gone.exit_code == 3


def test_questions_are_asked_for_until_there_are_no_more():
    told = ask(typed="Net sales of Anvil?\nSales by a tenth?\n\n")
    assert told.stdout.count("conversation ") == 2
    ids = {
        line.split("conversation ")[1].split(",")[0] for line in told.stdout.splitlines() if "turn " in line
    }
    assert len(ids) == 1
    assert ask("--json").exit_code == 2


def test_feedback_is_kept_listed_exported_and_asked_again(gateway: LocalGateway, tmp_path: Path):
    turn = json.loads(ask("Net sales of Anvil Corporation?", "--json").stdout)
    right = "Net sales fell 3 percent."
    assert ask("--bad", turn["turn_id"], "--correction", right).exit_code == 0
    other = json.loads(ask("Did sales rise by a tenth?", "--json").stdout)
    assert ask("--bad", other["turn_id"], "--correction", "Elephants danced quietly.").exit_code == 0
    assert right in ask("--feedback").stdout
    file = tmp_path / "lessons.jsonl"
    assert ask("--export", str(file)).exit_code == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert {(one["question"], one["correction"]) for one in lines} == {
        ("Net sales of Anvil Corporation?", right),
        ("Did sales rise by a tenth?", "Elephants danced quietly."),
    }
    again = asked_again(gateway.assistant)
    assert again["lessons"]["correction"]["as_wanted"] == 0.5
    assert [one["wanted"] for one in again["lessons_failed"]] == ["Elephants danced quietly."]
