"""What people say of answers: kept, listed, and the questions an evaluation asks again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from smalti.assistant.guard.personal import redacted
from smalti.assistant.records import Audience
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import Empty, NotFound, TooLarge
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.service.assistant.stored import answer_of
from smalti.service.assistant_views import (
    MOST_CORRECTION,
    MOST_EVIDENCE,
    FeedbackView,
    LessonView,
    Thumb,
)

LESSONS = (
    "SELECT f.* EXCLUDE (recorded_at), t.question, t.answer, t.status, t.kind, t.audience, t.as_of"
    " FROM turn_feedback f JOIN turns t USING (turn_id)"
)
"""Feedback with the turn it is about."""


def rate(
    store: Store,
    who: Principal,
    turn_id: str,
    thumb: Thumb | None = None,
    correction: str = "",
    evidence: Sequence[str] = (),
) -> FeedbackView:
    """Keep what somebody says of an answer; it takes the place of what they said before.

    Args:
        store: to write to.
        who: one whose own turn it is, or an analyst.
        turn_id: of the answer.
        thumb: what they think of it.
        correction: what would have been right.
        evidence: pieces that say so.

    Raises:
        NotFound: no such turn that they may speak of, or no such evidence.
        Empty: nothing is said.
        TooLarge: too much is said.
    """
    words = " ".join(correction.split())
    if thumb is None and not words and not evidence:
        raise Empty("nothing is said of the answer", subject=turn_id, mend="a thumb, or a correction")
    if len(words) > MOST_CORRECTION or len(evidence) > MOST_EVIDENCE:
        most = f"{MOST_CORRECTION:,} characters and {MOST_EVIDENCE} pieces of evidence"
        raise TooLarge("the correction is too long", subject=turn_id, mend=f"at most {most}")
    _turn(store, who, turn_id)
    _needs_evidence(store, evidence)
    made = FeedbackView(
        feedback_id=content_id("feedback", turn_id, who.name),
        turn_id=turn_id,
        thumb=thumb,
        correction=redacted(words) if who.role is Role.CUSTOMER else words,
        evidence=list(dict.fromkeys(evidence)),
        made_by=who.name,
        made_at=store.now(),
    )
    batch = Batch()
    batch.add("turn_feedback", {name: getattr(made, name) for name in FeedbackView.__slots__})
    store.commit(batch)
    return made


def lessons(store: Store) -> list[LessonView]:
    """All feedback with what it is about, newest first."""
    rows = store.read(f"{LESSONS} ORDER BY f.made_at DESC, f.feedback_id")
    return [lesson_view(row) for row in rows.iter_rows(named=True)]


def lesson_view(row: Mapping[str, Any]) -> LessonView:
    """Feedback with what it is about, from a row of `LESSONS`."""
    answer = answer_of(row["answer"])
    return LessonView(
        feedback_id=row["feedback_id"],
        turn_id=row["turn_id"],
        question=row["question"],
        answer=answer.text,
        status=row["status"],
        kind=row["kind"],
        audience=Audience(row["audience"]),
        as_of=row["as_of"],
        cited=[one.evidence_id for one in answer.citations],
        thumb=row["thumb"],
        correction=row["correction"],
        evidence=row["evidence"],
        made_by=row["made_by"],
        made_at=row["made_at"],
    )


def as_lines(found: Sequence[LessonView]) -> Iterator[str]:
    """Lessons as JSON Lines: one question with what was and what would have been right a line."""
    for one in found:
        told = {name: getattr(one, name) for name in LessonView.__slots__}
        yield json.dumps(told, default=str, ensure_ascii=False, sort_keys=True)


def _turn(store: Store, who: Principal, turn_id: str) -> None:
    found = store.read(
        "SELECT c.owner FROM turns t JOIN conversations c USING (conversation_id) WHERE t.turn_id = ?",
        [turn_id],
    )
    if not found.height or not (found.item() == who.name or who.role.may(Role.ANALYST)):
        raise NotFound("no such turn", subject=turn_id, mend="the answer came with its id")


def _needs_evidence(store: Store, evidence: Sequence[str]) -> None:
    known = store.read(
        "SELECT evidence_id FROM evidence WHERE list_contains($ids::TEXT[], evidence_id)",
        {"ids": list(evidence)},
    )["evidence_id"]
    if missing := set(evidence) - set(known):
        raise NotFound("no such evidence", subject=min(missing), mend="as citations and search name it")
