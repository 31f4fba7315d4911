"""The assistant as the commands ask for it: of the store of this process, or of a running service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from smalti.assistant.records import Audience, Step
from smalti.service.asking import Asking, record
from smalti.service.assistant_views import FeedbackView, LessonView, Thumb, TurnView


class Assistant(Protocol):
    """Questions and what is thought of their answers."""

    def ask(
        self,
        text: str,
        conversation: str | None = None,
        issuer: str | None = None,
        as_of: datetime | None = None,
        audience: Audience | None = None,
        told: Callable[[Step], None] | None = None,
    ) -> TurnView:
        """Answer a question; see `service.assistant.converse`.

        Raises:
            NotFound: no such conversation or issuer.
            InputError: the question is empty or too long.
        """

    def rate(
        self,
        turn_id: str,
        thumb: Thumb | None = None,
        correction: str = "",
        evidence: Sequence[str] = (),
    ) -> FeedbackView:
        """Keep what one thinks of an answer.

        Raises:
            NotFound: no such turn or evidence.
        """

    def lessons(self) -> Sequence[LessonView]:
        """What people said of answers, newest first."""


class RemoteAssistant:
    """See `Assistant`: of a running service."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def ask(
        self,
        text: str,
        conversation: str | None = None,
        issuer: str | None = None,
        as_of: datetime | None = None,
        audience: Audience | None = None,
        told: Callable[[Step], None] | None = None,
    ) -> TurnView:
        """See `Assistant.ask`; the steps are told once all are done."""
        when = as_of.isoformat() if as_of else None
        asked = {"conversation": conversation, "issuer": issuer, "as_of": when, "audience": audience}
        turn = record(TurnView, self._ask.send("POST", "assistant", text=text, **asked))
        if told is not None:
            for step in turn.answer.steps:
                told(step)
        return turn

    def rate(
        self,
        turn_id: str,
        thumb: Thumb | None = None,
        correction: str = "",
        evidence: Sequence[str] = (),
    ) -> FeedbackView:
        """See `Assistant.rate`."""
        said = {"thumb": thumb, "correction": correction, "evidence": list(evidence)}
        return record(FeedbackView, self._ask.send("POST", "assistant", "turns", turn_id, "feedback", **said))

    def lessons(self) -> Sequence[LessonView]:
        """See `Assistant.lessons`."""
        return self._ask.all(LessonView, "assistant", "feedback")
