"""Handing a conversation to a person: what they are told, and what whoever asked is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from smalti.assistant.records import Answer
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import NotFound
from smalti.platform.store import Store
from smalti.service.alerts.channels import find_channel
from smalti.service.alerts.deliveries import send
from smalti.service.assistant.conversing import Person
from smalti.service.chat.integrations import IntegrationView, WidgetSetup

if TYPE_CHECKING:  # a service has a gateway, which has integrations
    from smalti.service.service import Service

_TURNS = 5
_MOST_CHARS = 500


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person is reached from somewhere.

    Attributes:
        name: of where one asks from, for staff.
        channel: name or id of the channel (see alerts) that is told; None where nobody is.
        contact: what whoever asks is told of how to reach somebody.
    """

    name: str
    channel: str | None
    contact: str = ""


def reach_of(view: IntegrationView) -> Reach:
    """How a person is reached from a widget."""
    setup = view.setup
    assert isinstance(setup, WidgetSetup)
    return Reach(view.integration.name, setup.channel, setup.contact)


def person_for(service: Service, who: Principal) -> Person | None:
    """Who is called for a customer who asks at the service itself; None for people of the house."""
    if who.role is not Role.CUSTOMER:
        return None
    settings = service.engine.settings
    reach = Reach("smalti", settings.assistant_person or None, settings.assistant_contact)

    def call(conversation_id: str, answer: Answer, asked: str) -> str:
        return call_person(service, reach, conversation_id, answer, asked)

    return call


def summary(store: Store, conversation_id: str, answer: Answer | None = None, asked: str = "") -> str:
    """Why a conversation is handed over, and its last questions with what became of each; for staff only.

    Args:
        store: has its turns.
        conversation_id: names it.
        answer: that says so; None where the customer asked for a person.
        asked: the question it answers, where that is not kept yet.
    """
    why = "the customer asks for a person"
    if answer is not None:
        why = ": ".join(part for part in (answer.kind, " ".join(answer.notes)) if part)
    rows = store.read(
        f"SELECT question, status FROM turns WHERE conversation_id = ? ORDER BY ordinal DESC LIMIT {_TURNS}",
        [conversation_id],
    )
    said = [*rows.reverse().iter_rows(), *([(asked, answer.status)] if asked and answer else [])]
    lines = [f"• “{question[:_MOST_CHARS]}” ({status})" for question, status in said]
    questions = ["The last questions:", *lines] if lines else []
    return "\n".join([f"smalti hands this conversation over: {why[:_MOST_CHARS]}", *questions])


def call_person(
    service: Service, reach: Reach, conversation_id: str, answer: Answer | None = None, asked: str = ""
) -> str:
    """Tell a channel that a person is wanted, once a conversation; returns what whoever asked is told.

    Args:
        service: the running one.
        reach: whom to tell.
        conversation_id: names it; its beginning is the reference that one can give to a person.
        answer: that hands over; None where a person is asked for.
        asked: see `summary`.
    """
    reference = conversation_id[:8].upper()
    called = False
    if reach.channel is not None:
        try:
            channel = find_channel(service.engine.store, reach.channel).channel_id
        except NotFound:  # it was removed since; one is still told how to reach somebody
            channel = ""
        if channel:
            send(
                service,
                [channel],
                title=f"{reach.name}: a person is wanted, reference {reference}",
                text=summary(service.engine.store, conversation_id, answer, asked),
                key=f"hand-off:{conversation_id}",
                kind="hand-off",
                data={"conversation": conversation_id, "from": reach.name},
            )
            called = True
    told = "A person was told. " if called else ""
    how = f"You reach one here: {reach.contact}. " if reach.contact else ""
    return (
        f"{told}{how}Your reference is {reference}." if told or how else "No person can be called from here."
    )
