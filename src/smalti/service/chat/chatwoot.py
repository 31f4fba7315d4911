"""Chatwoot: an agent bot's webhook in, messages and hand-offs out (chatwoot.com/docs, agent bots)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from smalti.assistant.records import Answer, Audience, Status
from smalti.platform.web import Answer as WebAnswer
from smalti.service.alerts.senders import Outcome
from smalti.service.alerts.wording import without_markup
from smalti.service.chat.integrations import ChatwootSetup
from smalti.service.chat.records import Call, Incoming
from smalti.service.chat.wording import EXCUSE, spoken

_FOR_GOOD = {400, 401, 403, 404, 410, 422}
_INCOMING = ("incoming", 0)
"""`message_type` of what customers write; the bot's and the agents' messages are `outgoing`."""
_BOTS = "pending"
"""Status of conversations that are the bot's; those of people are `open`."""

_Number = Annotated[int, Field(ge=1, le=10**15)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Account(_Told):
    """Whose installation's account it is."""

    id: _Number


class Conversation(_Told):
    """Where it was written."""

    id: _Number
    status: Annotated[str, Field(max_length=40)] = ""


class Event(_Told):
    """What happened; of messages only what is needed, and nothing about who wrote them."""

    event: Annotated[str, Field(max_length=60)] = ""
    id: _Number | None = None
    content: Annotated[str | None, Field(max_length=150_000)] = None
    message_type: str | int = ""
    private: bool = False
    account: Account | None = None
    conversation: Conversation | None = None
    attachments: Sequence[Any] = ()


def incoming(setup: ChatwootSetup, told: Event) -> Incoming | None:
    """The question in an event; None where there is none for the bot: of agents, of itself, of open ones."""
    if told.event != "message_created" or told.message_type not in _INCOMING or told.private:
        return None
    if told.id is None or told.account is None or told.conversation is None:
        return None
    if told.account.id != setup.account or told.conversation.status != _BOTS:
        return None
    return Incoming(
        event=str(told.id),
        thread=f"{told.account.id}/{told.conversation.id}",
        text=" ".join((told.content or "").split()),
        audience=Audience.CUSTOMER,
        to={"conversation": told.conversation.id},
        has_files=bool(told.attachments),
    )


def calls(setup: ChatwootSetup, to: Mapping[str, Any], answer: Answer, summary: str) -> list[Call]:
    """The message that answers; where a person has to take over, a note for them, and the hand-off.

    Args:
        setup: of the account.
        to: where it goes.
        answer: to be told.
        summary: for the person who takes over.
    """
    said = [_message(setup, to, spoken(answer))]
    return said + _handed(setup, to, summary) if answer.status is Status.HANDED_OVER else said


def excuse(setup: ChatwootSetup, to: Mapping[str, Any], summary: str, text: str = EXCUSE) -> list[Call]:
    """What is said, and done, where no answer can be made."""
    return [_message(setup, to, text), *_handed(setup, to, summary)]


def headers(token: str) -> Mapping[str, str]:
    """How Chatwoot knows the bot."""
    return {"api-access-token": token}


def outcome(answer: WebAnswer) -> Outcome:
    """What became of a call."""
    if 200 <= answer.status < 300:
        return Outcome(sent=True, status=answer.status)
    final = answer.status in _FOR_GOOD
    return Outcome(sent=False, status=answer.status, error=f"answered {answer.status}", final=final)


def _handed(setup: ChatwootSetup, to: Mapping[str, Any], summary: str) -> list[Call]:
    opened = Call(f"{_path(setup, to)}/toggle_status", {"status": "open"})
    return [_message(setup, to, without_markup(summary), private=True), opened]


def _message(setup: ChatwootSetup, to: Mapping[str, Any], text: str, *, private: bool = False) -> Call:
    body = {"content": text, "message_type": "outgoing", "private": private}
    return Call(f"{_path(setup, to)}/messages", body)


def _path(setup: ChatwootSetup, to: Mapping[str, Any]) -> str:
    return f"/api/v1/accounts/{setup.account}/conversations/{int(to['conversation'])}"
