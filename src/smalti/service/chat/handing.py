"""Handing a conversation to a person: what they are told, and what whoever asked is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smalti.assistant.records import Answer
from smalti.platform.errors import NotFound
from smalti.platform.store import Store
from smalti.service.alerts.channels import find_channel
from smalti.service.alerts.deliveries import send
from smalti.service.chat.integrations import IntegrationView, WidgetSetup

if TYPE_CHECKING:  # a service has a gateway, which has integrations
    from smalti.service.service import Service

_TURNS = 5
_MOST_CHARS = 500


def summary(store: Store, conversation_id: str, answer: Answer | None = None) -> str:
    """Why a conversation is handed over, and its last questions with what became of each; for staff only.

    Args:
        store: has its turns.
        conversation_id: names it.
        answer: that says so; None where the customer asked for a person.
    """
    why = "the customer asks for a person"
    if answer is not None:
        why = ": ".join(part for part in (answer.kind, " ".join(answer.notes)) if part)
    rows = store.read(
        f"SELECT question, status FROM turns WHERE conversation_id = ? ORDER BY ordinal DESC LIMIT {_TURNS}",
        [conversation_id],
    )
    asked = [f"• “{question[:_MOST_CHARS]}” ({status})" for question, status in rows.reverse().iter_rows()]
    questions = ["The last questions:", *asked] if asked else []
    return "\n".join([f"smalti hands this conversation over: {why[:_MOST_CHARS]}", *questions])


def call_person(
    service: Service, view: IntegrationView, conversation_id: str, answer: Answer | None = None
) -> str:
    """Tell a widget's channel that a person is wanted, once a conversation; returns what visitors are told.

    Args:
        service: the running one.
        view: a widget.
        conversation_id: names it; its beginning is the reference that a visitor can give to a person.
        answer: that hands over; None where the visitor asks for a person.
    """
    setup = view.setup
    assert isinstance(setup, WidgetSetup)
    reference = conversation_id[:8].upper()
    called = False
    if setup.channel is not None:
        try:
            channel = find_channel(service.engine.store, setup.channel).channel_id
        except NotFound:  # it was removed since; the visitor is still told how to reach somebody
            channel = ""
        if channel:
            send(
                service,
                [channel],
                title=f"{view.integration.name}: a person is wanted, reference {reference}",
                text=summary(service.engine.store, conversation_id, answer),
                key=f"hand-off:{conversation_id}",
                kind="hand-off",
                data={"conversation": conversation_id, "integration": view.integration_id},
            )
            called = True
    told = "A person was told. " if called else ""
    how = f"You reach one here: {setup.contact}. " if setup.contact else ""
    return (
        f"{told}{how}Your reference is {reference}." if told or how else "No person can be called from here."
    )
