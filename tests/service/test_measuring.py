"""The evaluation counts what an answer binds to nothing, and what a customer is told that must not be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smalti.assistant.records import Answer, Ask, Figure, Sentence, Status
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.telemetry import NoProgress
from smalti.service.assistant.measuring import keep, made_of
from smalti.service.assistant.trials import dialogues_of
from smalti.service.engine import Engine
from tests.service.newsroom import ISSUER, newsroom, publish

REVENUE = {"concept": "Revenues", "label": "Revenue", "value": 7e6, "unit": "USD"} | {
    "period_start": "2024-01-01",
    "period_end": "2024-12-31",
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with newsroom(tmp_path_factory.mktemp("house")) as own:
        publish(own, "10-K", "2025-01-05", "filing", text="Revenue was $7 million.")
        batch = Batch()
        fact = {"evidence_id": "e-10-K", "document_id": "10-K"} | REVENUE
        fact |= {
            name: own.store.read("SELECT ?::DATE", [fact[name]]).item()
            for name in ("period_start", "period_end")
        }
        batch.add("facts", fact)
        own.store.commit(batch)
        yield own


def inventing(_: Engine, question: Ask) -> Answer:
    sentence = Sentence("It was 123 million.", figures=[Figure("123 million", 123e6, "USD")])
    return Answer(Status.ANSWERED, [sentence], question.as_of, issuer_ids=[ISSUER])


def refusing(_: Engine, question: Ask) -> Answer:
    return Answer(Status.UNKNOWN, [Sentence("I do not know.")], question.as_of)


def test_a_number_from_nowhere_is_wrong_and_unbound(engine):
    found = made_of(engine, NoProgress(), inventing, 10)
    assert found["shares"]["value"]["wrong"] == 1.0
    assert [one["unbound"] != [] for one in found["rows"]] == [True] * len(found["rows"])
    assert found["wrong"][0]["values"] == [7e6]


def test_who_refuses_binds_everything_and_answers_nothing(engine):
    found = made_of(engine, NoProgress(), refusing, 10)
    assert found["shares"]["all"]["answered"] == 0.0
    assert found["shares"]["all"]["right"] is None
    assert [one["unbound"] for one in found["rows"]] == [[]] * len(found["rows"])


def test_an_assistant_that_hands_nothing_over_fails_those_dialogues(engine):
    found = dialogues_of(engine, NoProgress(), refusing)
    assert found["dialogues_held"] >= 60
    assert found["dialogues"]["handed over"]["as_wanted"] == 0.0
    assert found["dialogues_failed"]


def test_figures_are_kept_in_the_home_folder(tmp_path):
    file = keep(tmp_path, {"questions": 1})
    assert file == tmp_path / "evaluation" / "assistant" / "figures.json"
    assert keep(Settings(home=tmp_path).home, {"questions": 2}).read_text() == '{"questions": 2}'
