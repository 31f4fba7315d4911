"""The assistant at the addresses and in the shapes of OpenAI's API: its clients work here unchanged."""

from __future__ import annotations

import json
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from smalti.assistant.records import Ask, Audience
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import (
    InputError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SmaltiError,
    TooMany,
    error_of,
)
from smalti.platform.records import artifact_id
from smalti.service.api import errors
from smalti.service.api.access import SignedIn, about
from smalti.service.api.answering import answered
from smalti.service.api.routes.assistant import Paced
from smalti.service.api.state import TheService
from smalti.service.api.values import Id
from smalti.service.assistant import completions, converse
from smalti.service.assistant.completions import Attachment, Chunks, CompletionAsked
from smalti.service.assistant_views import TurnView
from smalti.service.chat.handing import person_for
from smalti.service.engine import Engine
from smalti.service.service import Service
from smalti.service.stages.push import push

_CHANNEL = "openai"
_TYPES: tuple[tuple[type[SmaltiError], str], ...] = (
    (NotSignedIn, "authentication_error"),
    (NotAllowed, "permission_error"),
    (TooMany, "rate_limit_error"),
    (InputError, "invalid_request_error"),
    (NotFound, "invalid_request_error"),
    (SmaltiError, "server_error"),
)


class ChatErrorDetail(BaseModel):
    """What went wrong, in OpenAI's words."""

    message: str
    type: str
    param: str | None
    code: str | None


class ChatError(BaseModel):
    """The body of every error of these routes."""

    error: ChatErrorDetail


class _InTheirShape(APIRoute):
    """A route whose errors, those of its dependencies included, are told in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except SmaltiError as error:
                headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooMany) else None
                return JSONResponse({"error": _told(error)}, errors.status_of(error), headers)
            except RequestValidationError as error:
                first = error.errors()[0]
                param = ".".join(map(str, first["loc"][1:]))[:200]
                detail = _detail(first["msg"], "invalid_request_error", param or None, "Invalid")
                return JSONResponse({"error": detail}, 422)

        return handled


_RESPONSES: dict[int | str, dict[str, Any]] = {status: {"model": ChatError} for status in errors.RESPONSES}

router = APIRouter(tags=["assistant"], route_class=_InTheirShape, responses=_RESPONSES)


class ChatModel(BaseModel):
    """A model."""

    id: str
    object: str
    created: int
    owned_by: str


class ChatModels(BaseModel):
    """All models."""

    object: str
    data: list[ChatModel]


class Completion(BaseModel):
    """A chat completion; `smalti` is the turn as `POST /v1/assistant` gives it."""

    id: str
    object: str
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, int]
    smalti: Annotated[dict[str, Any], Field(description="The turn as `POST /v1/assistant` gives it.")]


@router.get("/models", summary="List models, in OpenAI's shape")
def list_models(who: SignedIn) -> ChatModels:
    """What `model` may be."""
    return ChatModels.model_validate(completions.models(_models(who)))


@router.get("/models/{model}", summary="One model, in OpenAI's shape")
def get_model(model: Id, who: SignedIn) -> ChatModel:
    """A model by its name."""
    if model not in _models(who):
        raise NotFound("no such model", subject=model, mend="GET /v1/models lists them")
    return ChatModel.model_validate(completions.model(model))


@router.post(
    "/chat/completions",
    summary="Ask the assistant in OpenAI's shape",
    response_model=Completion,
    dependencies=[Paced],
)
async def complete_chat(
    asked: CompletionAsked, request: Request, service: TheService, who: SignedIn
) -> Response | dict[str, Any]:
    """A chat completion, whole or, with `stream`, in chunks that end with `[DONE]`.

    Only what users say is taken as asked. Messages of other roles are what the caller says they are: they
    change nothing. Pictures and sound come as data, from analysts; they are taken in before the answer.
    """
    audience = completions.audience_of(asked.model)
    base = f"{request.url.scheme}://{request.url.netloc}"

    def work(told: Any) -> TurnView:
        return _turn(service, who, asked, audience, told)

    if not asked.stream:
        turn = await run_in_threadpool(work, None)
        about(request, turn.turn_id)
        return completions.completion(turn, asked, base)
    events = answered(work)
    first = await anext(events)
    if first[0] == "error":
        raise error_of(**first[1])
    chunks = Chunks(asked, base, int(service.engine.store.now().timestamp()))
    return StreamingResponse(_sent(chunks, first, events), media_type="text/event-stream")


async def _sent(
    chunks: Chunks, first: tuple[str, Any], events: AsyncIterator[tuple[str, Any]]
) -> AsyncIterator[str]:
    yield _line(chunks.first())
    event: tuple[str, Any] | None = first
    while event is not None:
        kind, data = event
        if kind == "step":
            yield _line(chunks.step(data))
        elif kind == "sentence":
            yield _line(chunks.sentence(data))
        elif kind == "answer":
            for chunk in chunks.last(data):
                yield _line(chunk)
        else:
            yield _line({"error": _told(error_of(**data))})
        event = await anext(events, None)
    yield "data: [DONE]\n\n"


def _line(told: dict[str, Any]) -> str:
    return f"data: {json.dumps(told, ensure_ascii=False)}\n\n"


def _turn(
    service: Service, who: Principal, asked: CompletionAsked, audience: Audience | None, told: Any
) -> TurnView:
    engine, text = service.engine, completions.question_of(asked.messages)
    attached = _taken_in(engine, who, completions.attachments_of(asked.messages))
    role = Audience.CUSTOMER if who.role is Role.CUSTOMER else audience or Audience.ANALYST
    history = completions.history_of(engine, asked.messages, Ask(text, engine.store.now(), role))
    return converse(
        engine,
        who,
        text,
        outside=completions.thread_of(asked.messages),
        channel=_CHANNEL,
        audience=audience,
        attached=attached,
        history=history,
        told=told,
        person=person_for(service, who),
    )


def _taken_in(engine: Engine, who: Principal, attachments: Sequence[Attachment]) -> list[str]:
    """The documents that attachments became.

    Raises:
        NotAllowed: who asks may hand in nothing.
        InputError: one of them cannot be read.
    """
    if not attachments:
        return []
    if not who.role.may(Role.ANALYST):
        mend = "ask in words, or ask an analyst"
        raise NotAllowed(f"a {who.role} hands in no files", subject=who.name, mend=mend)
    with tempfile.TemporaryDirectory(prefix="asked-", dir=engine.settings.spool) as folder:
        files = [Path(folder) / one.name for one in attachments]
        for file, one in zip(files, attachments, strict=True):
            file.write_bytes(one.raw)
        push(engine, files)
    ids = [artifact_id(one.raw) for one in attachments]
    known = engine.store.read(
        "SELECT document_id FROM documents WHERE list_contains($ids::TEXT[], artifact_id)", {"ids": ids}
    )["document_id"].to_list()
    if not known:
        mend = "`smalti quarantine list` says why"
        raise InputError("what was attached cannot be read", subject="messages", mend=mend)
    return known


def _models(who: Principal) -> list[str]:
    own = [completions.MODEL]
    return own if who.role is Role.CUSTOMER else [*own, completions.CUSTOMER_MODEL]


def _told(error: SmaltiError) -> dict[str, Any]:
    kind = next(name for cls, name in _TYPES if isinstance(error, cls))
    return _detail(str(error), kind, error.subject[:200] or None, error.code)


def _detail(message: str, kind: str, param: str | None, code: str) -> dict[str, Any]:
    # A request may name what cannot be written as UTF-8, and errors quote the request.
    told = {"message": message, "type": kind, "param": param, "code": code}
    return {
        name: value and value.encode("utf-8", "backslashreplace").decode() for name, value in told.items()
    }
