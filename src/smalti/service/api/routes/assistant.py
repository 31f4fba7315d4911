"""The assistant: questions, answers as they are made, conversations, and what people say of answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, status
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from smalti.assistant.records import Audience
from smalti.assistant.telling import Told
from smalti.service.api import errors
from smalti.service.api.access import Analyst, SignedIn, about
from smalti.service.api.answering import answered
from smalti.service.api.pace import Pace
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id, Issuer, Moment, writable
from smalti.service.assistant import converse, learning, stored
from smalti.service.assistant_views import (
    MOST_ATTACHED,
    MOST_CORRECTION,
    MOST_EVIDENCE,
    MOST_TEXT,
    ConversationRow,
    ConversationView,
    FeedbackView,
    LessonView,
    Thumb,
    TurnView,
)
from smalti.service.chat.handing import person_for

router = APIRouter(tags=["assistant"], prefix="/assistant")

_CONVERSATIONS = Order(
    "conversations", (Key("changed_at", "moment", descending=True), Key("conversation_id"))
)
_LESSONS = Order("feedback", (Key("made_at", "moment", descending=True), Key("feedback_id")))


class AssistantAsked(BaseModel):
    """A question to the assistant."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "What was 3M's revenue in fiscal year 2018?"}]},
    )

    text: Annotated[str, Field(min_length=1, max_length=MOST_TEXT), AfterValidator(writable)]
    conversation: Annotated[
        Id | None, Field(description="Goes on with one of one's own; begins one if left out.")
    ] = None
    issuer: Annotated[
        Issuer | None, Field(description="Whom the asker looks at, where the question names nobody.")
    ] = None
    as_of: Annotated[Moment | None, Field(description="Only what was public by then; now if left out.")] = (
        None
    )
    attached: Annotated[
        list[Id], Field(max_length=MOST_ATTACHED, description="Documents handed in with it, uploaded before.")
    ] = []
    audience: Annotated[
        Audience | None,
        Field(description="See what customers would be answered; customers are always answered so."),
    ] = None


class FeedbackAsked(BaseModel):
    """What somebody says of an answer."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"thumb": "up"}]})

    thumb: Thumb | None = None
    correction: Annotated[str, Field(max_length=MOST_CORRECTION), AfterValidator(writable)] = ""
    evidence: Annotated[list[Id], Field(max_length=MOST_EVIDENCE)] = []


async def _paced(request: Request, who: SignedIn) -> AsyncIterator[None]:
    pace: Pace = request.app.state.pace
    async with pace.turn(who.name):
        yield


Paced = Depends(_paced)
"""For routes that answer a question: a few at once, and so many a minute of each asker."""


@router.post("", summary="Ask the assistant", dependencies=[Paced])
def ask_assistant(asked: AssistantAsked, request: Request, service: TheService, who: SignedIn) -> TurnView:
    """An answer whose every sentence cites its evidence, or that says it does not know."""
    turn = converse(service.engine, who, person=person_for(service, who), **_said(asked))
    about(request, turn.turn_id)
    return turn


@router.post(
    "/stream",
    response_class=EventSourceResponse,
    summary="Ask the assistant, and hear the answer as it is made",
    responses=errors.OF_STREAMS,
    dependencies=[Paced],
)
async def stream_assistant(
    asked: AssistantAsked, service: TheService, who: SignedIn
) -> AsyncIterator[ServerSentEvent]:
    """The answer as `text/event-stream`.

    Events: `step` (`tool`, `told`) while something is done; `sentence` for each sentence, once it was
    checked; `answer`, the whole as `POST /v1/assistant` gives it; or `error`, in the shape of every error.
    """

    def made(told: Told) -> TurnView:
        return converse(service.engine, who, told=told, person=person_for(service, who), **_said(asked))

    async for kind, data in answered(made):
        yield ServerSentEvent(event=kind, data=data)


@router.get("/conversations", summary="List conversations")
def list_conversations(
    store: TheStore, who: SignedIn, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ConversationRow]:
    """One's own conversations, the last one first."""
    return read_page(
        store,
        stored.CONVERSATIONS,
        {"owner": who.name},
        _CONVERSATIONS,
        limit,
        cursor,
        stored.conversation_row,
    )


@router.get("/conversations/{conversation}", summary="One conversation")
def get_conversation(conversation: Id, store: TheStore, who: SignedIn) -> ConversationView:
    """One of one's own conversations with all its turns."""
    return stored.conversation(store, who, conversation)


@router.delete(
    "/conversations/{conversation}", status_code=status.HTTP_204_NO_CONTENT, summary="Forget a conversation"
)
def forget_conversation(conversation: Id, store: TheStore, who: SignedIn) -> None:
    """Take one of one's own conversations away for good, with what was said of its answers."""
    stored.forget(store, who, conversation)


@router.post("/turns/{turn}/feedback", summary="Say something of an answer")
def rate_answer(turn: Id, asked: FeedbackAsked, store: TheStore, who: SignedIn) -> FeedbackView:
    """A thumb, or what would have been right; it takes the place of what one said before."""
    return learning.rate(store, who, turn, asked.thumb, asked.correction, asked.evidence)


@router.get("/feedback", summary="List feedback")
def list_feedback(
    store: TheStore, who: Analyst, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[LessonView]:
    """What people said of answers, newest first, with the questions: the evaluation asks them again."""
    return read_page(store, learning.LESSONS, {}, _LESSONS, limit, cursor, learning.lesson_view)


def _said(asked: AssistantAsked) -> dict[str, Any]:
    return {name: getattr(asked, name) for name in AssistantAsked.model_fields}
