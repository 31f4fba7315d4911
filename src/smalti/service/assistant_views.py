"""What is told of conversations with the assistant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from smalti.assistant.records import Answer, Audience

MOST_TEXT = 4_000
"""Characters of a question."""
MOST_ATTACHED = 10
"""Documents handed in with a question."""
MOST_CORRECTION = 4_000
"""Characters of what would have been right."""
MOST_EVIDENCE = 20
"""Pieces named as what would have been right."""

Thumb = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """What somebody said of an answer.

    Attributes:
        thumb: `up` or `down`; null where there is only a correction.
        correction: what would have been right; empty if nothing was said.
        evidence: pieces that say so.
    """

    feedback_id: str
    turn_id: str
    thumb: Thumb | None
    correction: str
    evidence: Sequence[str]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class TurnView:
    """A question and its answer.

    Attributes:
        ordinal: its place in its conversation, from 1.
        question: as it is kept: of customers, without personal data.
        text: the whole answer as plain text, with `[1]` behind what a citation supports.
        as_of: only what was public by then was read.
        asked_at: only what was stored by then could be read.
        ms: the answer took.
    """

    turn_id: str
    conversation_id: str
    ordinal: int
    question: str
    answer: Answer
    text: str
    audience: Audience
    attached: Sequence[str]
    as_of: datetime
    asked_at: datetime
    ms: int
    feedback: Sequence[FeedbackView] = ()


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation in a list.

    Attributes:
        channel: the way it came in: `api`, `cli`, `openai`, ...
        title: the beginning of its first question.
    """

    conversation_id: str
    owner: str
    channel: str
    title: str
    turns: int
    began_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation with its turns, oldest first."""

    conversation_id: str
    owner: str
    channel: str
    title: str
    began_at: datetime
    changed_at: datetime
    turns: Sequence[TurnView]


@dataclass(frozen=True, slots=True)
class LessonView:
    """A question that somebody gave feedback on, with what was answered.

    Attributes:
        question: as it is kept.
        answer: what was answered, as plain text.
        cited: pieces that the answer cited.
    """

    feedback_id: str
    turn_id: str
    question: str
    answer: str
    status: str
    kind: str
    audience: Audience
    as_of: datetime
    cited: Sequence[str]
    thumb: Thumb | None
    correction: str
    evidence: Sequence[str]
    made_by: str
    made_at: datetime
