"""The assistant over the store that this process owns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from smalti.assistant.records import Audience, Step
from smalti.platform.auth import Principal, Role
from smalti.platform.auth.users import LOCAL
from smalti.service.assistant.conversing import API, converse
from smalti.service.assistant.learning import lessons, rate
from smalti.service.assistant_views import FeedbackView, LessonView, Thumb, TurnView
from smalti.service.engine import Engine

_WHO = Principal(LOCAL, Role.ADMIN, "local")


class LocalAssistant:
    """See `Assistant`: of this process's own store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(
        self,
        text: str,
        conversation: str | None = None,
        issuer: str | None = None,
        as_of: datetime | None = None,
        audience: Audience | None = None,
        told: Callable[[Step], None] | None = None,
    ) -> TurnView:
        """See `Assistant.ask`."""
        return converse(
            self._engine,
            _WHO,
            text,
            conversation=conversation,
            channel=API,
            audience=audience,
            issuer=issuer,
            as_of=as_of,
            told=told,
        )

    def rate(
        self,
        turn_id: str,
        thumb: Thumb | None = None,
        correction: str = "",
        evidence: Sequence[str] = (),
    ) -> FeedbackView:
        """See `Assistant.rate`."""
        return rate(self._engine.store, _WHO, turn_id, thumb, correction, evidence)

    def lessons(self) -> Sequence[LessonView]:
        """See `Assistant.lessons`."""
        return lessons(self._engine.store)
