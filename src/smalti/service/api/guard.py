"""What stands around the whole API: hosts, headers of every answer, and the audit of every change."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smalti.platform.audit import CHANGE, Audit, Entry
from smalti.platform.errors import StoreError
from smalti.service.api import errors
from smalti.service.api.security import Security, address_of
from smalti.service.service import Service

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_HEADERS = {
    "content-security-policy": f"default-src 'none'; {_CLOSED}",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Of every answer, unless a route says otherwise of its own."""
_HSTS = "max-age=31536000"


def add_to(app: FastAPI, service: Service) -> None:
    """Stand around an application, its answers to its own defects included."""
    app.state.security = Security(service.engine.settings, service.engine.store.now)
    build = app.build_middleware_stack

    def guarded() -> ASGIApp:
        return _Guard(build(), app.state.security, service.gateway.access.audit)

    app.build_middleware_stack = guarded  # type: ignore[method-assign]  # outside what answers defects


class _Guard:
    def __init__(self, app: ASGIApp, security: Security, audit: Audit) -> None:
        self._app, self._security, self._audit = app, security, audit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        answer = _Answer(self, request, receive, send)
        if self._security.knows_host(request):
            await self._app(scope, receive, answer)
        else:
            what = "this service is not called so"
            mend = "name it in the setting `hosts`, or use the address in `public_url`"
            refusal = errors.answer(400, "Refused", what, request.headers.get("host", "")[:200], mend)
            await refusal(scope, receive, answer)

    def dress(self, request: Request, message: Message) -> None:
        """Put the headers on an answer."""
        headers = MutableHeaders(scope=message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        if self._security.secure(request):
            headers.setdefault("strict-transport-security", _HSTS)

    async def note(self, request: Request, status: int) -> None:
        """Put a change in the audit log."""
        who = getattr(request.state, "who", None)
        if request.method in _READS or who is None or getattr(request.state, "only_reads", False):
            return
        params = request.scope.get("path_params", {})
        subject = getattr(request.state, "subject", None) or ", ".join(map(str, params.values()))
        entry = Entry(
            CHANGE,
            who.name,
            who.via,
            f"{request.method} {_route(request)}",
            subject,
            str(status),
            address_of(request),
        )
        await run_in_threadpool(self._audit.record, entry)


def _route(request: Request) -> str:
    """The route's path with its parameters' names, so that the log says what was done apart from to whom."""
    path: str = request.scope["path"]
    own = getattr(request.scope.get("route"), "path_format", None)
    if own is None:
        return path
    # A route knows its path within its router only.
    asked = own.format(**request.scope.get("path_params", {}))
    return path.removesuffix(asked) + own if path.endswith(asked) else path


class _Answer:
    """An answer on its way out, which waits until what it tells is in the audit log."""

    def __init__(self, guard: _Guard, request: Request, receive: Receive, send: Send) -> None:
        self._guard, self._request, self._receive, self._send = guard, request, receive, send
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if self._replaced:
            return
        if message["type"] == "http.response.start":
            try:
                await self._guard.note(self._request, message["status"])
            except StoreError as error:
                self._replaced = True
                await self._say(error)
                return
            self._guard.dress(self._request, message)
        await self._send(message)

    async def _say(self, error: StoreError) -> None:
        mend = "it may have been done all the same: look before you ask again"
        instead = errors.answer(503, error.code, error.what, error.subject, mend)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._guard.dress(self._request, message)
            await self._send(message)

        await instead(self._request.scope, self._receive, dressed)
