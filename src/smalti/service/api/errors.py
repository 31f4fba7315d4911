"""One shape for every error, `{"error": {"code", "what", "subject", "mend"}}`, and its status."""

from __future__ import annotations

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
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


def status_of(error: SmaltiError) -> int:
    """The HTTP status an error is answered with."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def answer(status: int, code: str, what: str, subject: str = "", mend: str = "") -> JSONResponse:
    """The one error body."""
    return JSONResponse({"error": {"code": code, "what": what, "subject": subject, "mend": mend}}, status)


def add_to(app: FastAPI) -> None:
    """Answer every error in the one shape."""
    app.add_exception_handler(SmaltiError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _defect)


async def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, SmaltiError)
    return answer(status_of(error), error.code, error.what, error.subject, error.mend)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    return answer(422, "Invalid", first["msg"], ".".join(map(str, first["loc"])), "see /v1/docs")


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return answer(error.status_code, "Http", str(error.detail))


async def _defect(request: Request, error: Exception) -> JSONResponse:
    _log.error("a defect in the service", path=request.url.path, exc_info=error)
    return answer(
        500, "Defect", "the service broke on this request", mend="report it with the log's last lines"
    )
