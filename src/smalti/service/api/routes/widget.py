"""The widget on other sites' pages: its script, and all that its public key opens: one's own conversation.

A page may use it where its origin is one of the widget's own; browsers tell the origin truly. Whoever is no
browser can say what they like, and gets what any visitor of the page gets: a customer's answers, paced.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from smalti.assistant.telling import Told
from smalti.platform.auth import Role
from smalti.platform.auth.limits import Budgets, too_many
from smalti.platform.errors import NotAllowed, NotFound, SmaltiError, TooMany
from smalti.service.api import errors
from smalti.service.api.access import Anyone, security_of
from smalti.service.api.answering import answered
from smalti.service.api.security import address_of
from smalti.service.api.state import TheService, service_of
from smalti.service.api.values import Id, writable
from smalti.service.assistant import converse, learning
from smalti.service.assistant.stored import conversation_for
from smalti.service.assistant_views import Thumb, TurnView
from smalti.service.chat import widget
from smalti.service.chat.answering import asker, outside
from smalti.service.chat.handing import call_person, reach_of
from smalti.service.chat.inbox import MOST_CHARS
from smalti.service.chat.integrations import IntegrationView, WidgetSetup, find_integration, secrets_of
from smalti.service.chat.said import said
from smalti.service.chat.visitors import new_token, thread_of

_A_MINUTE = 60.0
"""Requests a minute from one address; behind some stand many people."""
_PREFLIGHT = {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "600",
}


class _Shared(APIRoute):
    """A route that pages of other origins may read the answer of: those of the widget, errors included."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                answer = await inner(request)
            except SmaltiError as error:
                again = {"retry-after": str(error.retry_after)} if isinstance(error, TooMany) else {}
                status = errors.status_of(error)
                answer = errors.answer(status, error.code, error.what, error.subject, error.mend, again)
            if (origin := getattr(request.state, "origin_let", None)) is not None:
                answer.headers["access-control-allow-origin"] = origin
                answer.headers["access-control-expose-headers"] = "retry-after"
            answer.headers["vary"] = "origin"
            return answer

        return handled


router = APIRouter(tags=["widget"], prefix="/widget/{key}", route_class=_Shared)
root = APIRouter(tags=["widget"], include_in_schema=False)


def _widget(request: Request, key: Id) -> IntegrationView:
    """The widget of a public key, for a page whose origin may use it.

    Raises:
        NotFound: there is none.
        NotAllowed: pages of this origin may not use it.
        TooMany: asked too often from one address.
    """
    if wait := _visits(request).wait(address_of(request)):
        raise too_many("asked more often than is let", "widget", wait)
    store = service_of(request).engine.store
    try:
        view = find_integration(store, key, "widget")
    except NotFound:
        raise NotFound("no such widget", subject=key) from None
    setup = view.setup
    assert isinstance(setup, WidgetSetup)
    origin = request.headers.get("origin", "")
    if origin not in setup.origins and not _is_tried_here(request, origin):
        raise NotAllowed("pages of this origin may not use this widget", subject=origin[:200])
    request.state.origin_let = origin
    return view


def _is_tried_here(request: Request, origin: str) -> bool:
    """Whether our own page for trying it out asks, on this machine."""
    security = security_of(request)
    if not origin or origin.lower() != security.origin(request):
        return False
    try:
        security.check_here(request)
    except NotAllowed:
        return False
    return True


def _visits(request: Request) -> Budgets:
    state = request.app.state
    if not hasattr(state, "widget_visits"):
        state.widget_visits = Budgets(_A_MINUTE / 60, _A_MINUTE)
    visits: Budgets = state.widget_visits
    return visits


TheWidget = Annotated[IntegrationView, Depends(_widget)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class VisitorAsked(_Body):
    """Something within a visitor's own conversation.

    Attributes:
        conversation: its token.
    """

    conversation: Annotated[str, Field(min_length=1, max_length=200)]


class QuestionAsked(VisitorAsked):
    """A visitor's question."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARS), AfterValidator(writable)]


class VerdictAsked(VisitorAsked):
    """What a visitor thinks of an answer."""

    turn: Id
    thumb: Thumb


@dataclass(frozen=True, slots=True)
class Greeting:
    """What stands on a widget.

    Attributes:
        person: whether a person can be asked for.
    """

    title: str
    person: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A conversation has begun; whoever has its token can go on with it for a day."""

    token: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a visitor is told."""

    told: str


async def _paced(request: Request, view: TheWidget) -> AsyncIterator[None]:
    """A place among the few questions answered at once, and in what one address may ask in a minute."""
    async with request.app.state.pace.turn(f"widget {view.integration_id} {address_of(request)}"):
        yield


def _visitor(service: TheService, view: TheWidget, asked: VisitorAsked) -> str:
    """The visitor's conversation, among those of all integrations.

    Raises:
        NotSignedIn: its token does not count.
    """
    store, settings = service.engine.store, service.engine.settings
    return outside(view, thread_of(view, secrets_of(store, settings, view), asked.conversation, store.now()))


@router.options("/{what}", include_in_schema=False)
def let_page(_: Anyone, view: TheWidget, what: str) -> Response:
    """What a browser asks before it asks: whether this page may."""
    return Response(status_code=204, headers=_PREFLIGHT)


@router.post("/greeting", summary="What stands on a widget")
def greet_visitor(_: Anyone, view: TheWidget) -> Greeting:
    """Its title, and whether a person can be asked for; refused to pages of other origins (403)."""
    setup = view.setup
    assert isinstance(setup, WidgetSetup)
    return Greeting(setup.title, bool(setup.contact or setup.channel))


@router.post("/conversations", summary="Begin a visitor's conversation")
def begin_visit(_: Anyone, view: TheWidget, service: TheService) -> Begun:
    """A token for a conversation of one's own. Nothing is stored before something is asked."""
    engine = service.engine
    return Begun(new_token(view, secrets_of(engine.store, engine.settings, view), engine.store.now()))


def _question(service: TheService, view: TheWidget, asked: QuestionAsked) -> tuple[str, str]:
    """A visitor's conversation and question, known to count before an answer begins."""
    return _visitor(service, view, asked), asked.text


@router.post(
    "/questions",
    response_class=EventSourceResponse,
    summary="Ask as a visitor",
    responses=errors.OF_STREAMS,
)
async def ask_as_visitor(
    _: Anyone,
    view: TheWidget,
    place: Annotated[None, Depends(_paced)],
    question: Annotated[tuple[str, str], Depends(_question)],
    request: Request,
    service: TheService,
) -> AsyncIterator[ServerSentEvent]:
    """The answer to a customer as `text/event-stream`.

    Events: `step` while something is done; `sentence` for each sentence, once it was checked; `answer`, all
    else of it; or `error`, in the shape of every error.
    """
    thread, text = question
    who = asker(view, Role.CUSTOMER)

    def work(told: Told) -> TurnView:
        return converse(service.engine, who, text, outside=thread, channel="widget", told=told)

    async for kind, data in answered(work):
        match kind:
            case "step":  # what is looked through is nobody's business here
                yield ServerSentEvent(event=kind, data={})
            case "sentence":
                yield ServerSentEvent(event=kind, data={"text": data.text, "cites": list(data.cites)})
            case "answer":
                rest = await run_in_threadpool(said, service, view, data)
                yield ServerSentEvent(event=kind, data=rest)
            case _:
                yield ServerSentEvent(event=kind, data={"code": data["code"]})


@router.post("/feedback", summary="Say something of an answer as a visitor")
def rate_as_visitor(_: Anyone, view: TheWidget, asked: VerdictAsked, service: TheService) -> Heard:
    """Whether an answer in one's own conversation helped."""
    store = service.engine.store
    who = asker(view, Role.CUSTOMER)
    conversation = conversation_for(who, "widget", _visitor(service, view, asked))
    own = "SELECT 1 FROM turns WHERE turn_id = ? AND conversation_id = ?"
    if not store.read(own, [asked.turn, conversation]).height:
        raise NotFound("no such answer", subject=asked.turn)
    learning.rate(store, who, asked.turn, asked.thumb)
    return Heard("Thank you.")


@router.post("/person", summary="Ask for a person as a visitor")
def ask_for_person(_: Anyone, view: TheWidget, asked: VisitorAsked, service: TheService) -> Heard:
    """Have a person told, where a channel is set for that; says how to reach one."""
    conversation = conversation_for(asker(view, Role.CUSTOMER), "widget", _visitor(service, view, asked))
    return Heard(call_person(service, reach_of(view), conversation))


@root.get("/widget.js")
def widget_script(_: Anyone) -> Response:
    """The script that brings a widget to a page."""
    headers = {"cross-origin-resource-policy": "cross-origin", "cache-control": "public, max-age=300"}
    return Response(widget.script(), media_type="text/javascript", headers=headers)


@root.get("/widget", response_class=HTMLResponse)
def try_widget(_: Anyone, request: Request, key: Annotated[Id, Query()]) -> HTMLResponse:
    """A page to try a widget on, for this machine alone."""
    security_of(request).check_here(request)
    policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'"
    headers = {"content-security-policy": f"{policy}; form-action 'none'; frame-ancestors 'none'"}
    return HTMLResponse(_PAGE.format(key=key), headers=headers)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>A page with a widget</title><link rel="icon" href="data:,">
</head>
<body>
<main><h1>A page with a widget</h1><p>It stands in the corner below.</p></main>
<script src="/widget.js" data-key="{key}" async></script>
</body>
</html>
"""
