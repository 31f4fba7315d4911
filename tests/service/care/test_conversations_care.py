"""Conversations under erasure, retention and the check of the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.service.care.conftest import SECRET, Opened, document_of
from tests.service.care.test_erase import files_with, piece_of

from smalti.platform.auth import Principal, Role
from smalti.platform.store import Batch
from smalti.service.assistant import converse, learning, stored
from smalti.service.assistant.erasing import GONE
from smalti.service.assistant_views import TurnView
from smalti.service.care.erase import erase
from smalti.service.care.retention import forget_conversations
from smalti.service.care.verify import verify
from smalti.service.engine import Engine

ANA = Principal("ana", Role.ANALYST, "test")


@pytest.fixture(autouse=True)
def _words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smalti.service.search.encoder_prefix", lambda _: None)


def quoting(engine: Engine) -> TurnView:
    turn = converse(engine, ANA, "What did the kiln keeper write that she wants back?")
    assert SECRET in turn.text
    return turn


def test_an_erasure_takes_the_words_out_of_answers_and_what_was_said_of_them(
    root: Path, opened: Opened
) -> None:
    with opened() as engine:
        turn = quoting(engine)
        other = converse(engine, ANA, "How much did orders for quartz rise?")
        learning.rate(engine.store, ANA, turn.turn_id, "down", f"She wrote: {SECRET}")
        learning.rate(engine.store, ANA, other.turn_id, "down", SECRET, [piece_of(engine, SECRET)])
        erase(engine, document_of(engine, SECRET), "she asked for it", "root")
        assert files_with(root / "home", SECRET) == []
        left = stored.conversation(engine.store, ANA, turn.conversation_id).turns[0]
        assert (left.question, left.text) == (turn.question, GONE)
        assert list(left.answer.citations) == []
        assert engine.store.counts()["turn_feedback"] == 0
        assert verify(engine).broken == {}


def test_a_citation_of_what_is_not_there_is_a_breach(engine: Engine) -> None:
    turn = quoting(engine)
    assert verify(engine).broken == {}
    answer = stored.answer_json(turn.answer).replace(piece_of(engine, SECRET), "e" * 32)
    row = {"turn_id": "t", "conversation_id": "nobodys", "ordinal": 1, "question": "?", "answer": answer}
    batch = Batch()
    batch.add("turns", row)
    engine.store.commit(batch)
    assert set(verify(engine).broken) == {
        "answers cite evidence that is there",
        "every turns.conversation_id is a known conversations.conversation_id",
    }


def test_old_conversations_are_forgotten_with_all_that_hangs_on_them(opened: Opened) -> None:
    with opened(conversation_days=30) as engine:
        turn = quoting(engine)
        learning.rate(engine.store, ANA, turn.turn_id, "up")
        now = datetime.now(UTC)
        assert forget_conversations(engine, now + timedelta(days=29)) == 0
        assert forget_conversations(engine, now + timedelta(days=31)) == 1
        counts = engine.store.counts()
        assert (counts["conversations"], counts["turns"], counts["turn_feedback"]) == (0, 0, 0)
