"""One shape for every error, `{"error": {"code", "what", "subject", "mend"}}`, and its status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from smalti.platform.errors import (
    Conflict,
    InputError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    SettingsError,
    SmaltiError,
    StoreError,
    TooLarge,
    TooMany,
)

_log = structlog.get_logger(__name__)

# The first that fits counts.
_STATUS: tuple[tuple[type[SmaltiError], int], ...] = (
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (SettingsError, 422),
    (InputError, 422),
    (TooMany, 429),
    (StoreError, 503),
    (SmaltiError, 500),
)


class ErrorDetail(BaseModel):
    """What happened, to which input, and what to do about it."""

    code: str = Field(description="The stable name of this error.", examples=["NotFound"])
    what: str = Field(description="One plain sentence.", examples=["no such issuer"])
    subject: str = Field(description="The input it happened to.", examples=["ACME"])
    mend: str = Field(description="What the reader can do.", examples=["known: 3M Company"])


class Error(BaseModel):
    """The body of every error."""

    error: ErrorDetail


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Error, "description": told}
    for status, told in {
        400: "The body cannot be read as what it claims to be.",
        401: "No key or session came with the request, or one that does not count.",
        403: "Who asks may not do this.",
        404: "There is no such thing.",
        409: "It does not fit what is there.",
        413: "The body is too large.",
        422: "A parameter or the body is not as described.",
        429: "More was asked for, or more often, than is let.",
        503: "The store cannot be used at the moment.",
    }.items()
}
"""What any route may answer beside its own; part of every operation of the OpenAPI document."""

OF_STREAMS: dict[int | str, dict[str, Any]] = {
    status: {
        "description": told["description"],
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{Error.__name__}"}}},
    }
    for status, told in RESPONSES.items()
}
"""The same of a route that answers with a stream: what is refused before it begins is told as JSON."""


def status_of(error: SmaltiError) -> int:
    """The HTTP status an error is answered with."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def answer(
    status: int,
    code: str,
    what: str,
    subject: str = "",
    mend: str = "",
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The one error body."""
    told = {"code": code, "what": what, "subject": subject, "mend": mend}
    return JSONResponse({"error": {name: _writable(text) for name, text in told.items()}}, status, headers)


def _writable(text: str) -> str:
    # A request may name what cannot be written as UTF-8, and errors quote the request.
    return text.encode("utf-8", "backslashreplace").decode()


def add_to(app: FastAPI) -> None:
    """Answer every error in the one shape."""
    app.add_exception_handler(SmaltiError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _defect)


async def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SmaltiError)
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return answer(status_of(error), error.code, error.what, error.subject, error.mend, headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return answer(422, "Invalid", first["msg"], ".".join(map(str, first["loc"]))[:200], "see /v1/docs")


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(error.status_code, "Http", str(error.detail), headers=error.headers)


async def _defect(request: Request, error: Exception) -> JSONResponse:
    _log.error("a defect in the service", path=request.url.path, exc_info=error)
    return answer(
        500, "Defect", "the service broke on this request", mend="report it with the log's last lines"
    )
