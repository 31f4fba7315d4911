"""What an erasure takes out of conversations: answers that quote it, and what people said of those."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from smalti.assistant.records import Answer, Sentence
from smalti.platform.store import Erasure, Store
from smalti.service.assistant.stored import answer_json, answer_of

GONE = "What this answer rested on was erased."

# Also what an answer computed with, and what was asked about a document that goes.
_QUOTING = """
SELECT turn_id, answer FROM turns WHERE list_has_any(list_concat(
    json_extract_string(answer, '$.citations[*].evidence_id'),
    json_extract_string(answer, '$.computations[*].inputs[*].evidence_id'),
    json_extract_string(answer, '$.sentences[*].figures[*].evidence_id')), $ids::TEXT[])
"""
_SAID = """
SELECT feedback_id FROM turn_feedback
WHERE list_has_any(evidence, $ids::TEXT[]) OR list_contains($turns::TEXT[], turn_id)
"""


def forget_quotes(store: Store, batch: Erasure, evidence: Collection[str]) -> None:
    """Add to an erasure what conversations quote of some evidence.

    The question, its moment and its kind stay; the words of the answer, and what people said of it, go.
    """
    ids = sorted(evidence)
    rows = list(store.read(_QUOTING, {"ids": ids}).iter_rows(named=True))
    for row in rows:
        left = answer_json(_emptied(answer_of(row["answer"])))
        batch.blank("turns", "turn_id", [row["turn_id"]], answer=left)
    turns: Sequence[Any] = [row["turn_id"] for row in rows]
    said = store.read(_SAID, {"ids": ids, "turns": turns})["feedback_id"].to_list()
    batch.remove("turn_feedback", "feedback_id", said)


def _emptied(answer: Answer) -> Answer:
    return replace(
        answer,
        sentences=[Sentence(GONE)],
        citations=(),
        computations=(),
        notes=(),
        offers=(),
        steps=(),
        subject="",
    )
