"""An answer as a visitor's browser gets it: what is shown there, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smalti.assistant.records import Status
from smalti.service.assistant_views import TurnView
from smalti.service.chat.handing import call_person, reach_of
from smalti.service.chat.integrations import IntegrationView
from smalti.service.chat.wording import spot

if TYPE_CHECKING:  # a service has a gateway, which has integrations
    from smalti.service.service import Service


@dataclass(frozen=True, slots=True)
class SaidSource:
    """A source, in words; it is no link, for who wrote the document chose where that would lead."""

    mark: int
    title: str
    where: str
    date: str
    quote: str
    synthetic: bool
    suspicious: str


@dataclass(frozen=True, slots=True)
class SaidComputation:
    """A number that was computed."""

    formula: str
    worked: str


@dataclass(frozen=True, slots=True)
class Said:
    """All of an answer but its sentences, which came before.

    Attributes:
        turn: names it, for feedback.
        status: `answered`, `unclear`, …
        person: how a person is reached, where one has to take over; else empty.
    """

    turn: str
    status: str
    sources: Sequence[SaidSource]
    computations: Sequence[SaidComputation]
    notes: Sequence[str]
    offers: Sequence[str]
    person: str


def said(service: Service, view: IntegrationView, turn: TurnView) -> Said:
    """What is told of a turn; where a person has to take over, they are called."""
    answer = turn.answer
    handed = answer.status is Status.HANDED_OVER
    sources = [
        SaidSource(
            one.mark, one.title or one.kind, spot(one.where), f"{one.available_at:%-d %b %Y}", one.quote,
            one.synthetic, one.suspicious,
        )
        for one in answer.citations
    ]  # fmt: skip
    return Said(
        turn.turn_id,
        answer.status.value,
        sources,
        [SaidComputation(one.formula, one.worked) for one in answer.computations],
        list(answer.notes),
        list(answer.offers),
        call_person(service, reach_of(view), turn.conversation_id, answer) if handed else "",
    )
