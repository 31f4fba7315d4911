"""The HTTP server: where it listens, and how long it waits for clients that dawdle."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from smalti.platform import traces
from smalti.platform.errors import SettingsError
from smalti.platform.metrics import Metrics
from smalti.platform.settings import Settings

_KEEP_ALIVE_S = 15
_ENDING_S = 3
"""Seconds that requests have to end when the service stops; streams are told to before."""
_HEAD_BYTES = 64 * 1024
_STARTING_S = 30.0

# Whoever sends nonsense is told so with a 400; a line a piece would fill the log.
logging.getLogger("uvicorn").setLevel(logging.ERROR)


def bind(settings: Settings) -> socket.socket:
    """The socket to listen on.

    Raises:
        SettingsError: the port is taken, the address is not ours, or others could read what goes over it.
    """
    where = f"{settings.host}:{settings.port}"
    secured = bool(settings.tls_certificate and settings.tls_key)
    if bool(settings.tls_certificate) != bool(settings.tls_key):
        mend = "set both tls_certificate and tls_key"
        raise SettingsError("a certificate and its key go together", subject="tls_key", mend=mend)
    try:
        # The first address is the one that is listened on.
        family, kind, number, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        mend = "an address of this machine, such as 127.0.0.1"
        raise SettingsError("no such address", subject=f"host {settings.host}", mend=mend) from None
    if not (secured or settings.behind_proxy or ipaddress.ip_address(address[0]).is_loopback):
        raise SettingsError(
            "it would be open to other machines in plain text",
            subject=f"host {settings.host}",
            mend="set tls_certificate and tls_key, or behind_proxy to the addresses of the proxy before it",
        )
    made = socket.socket(family, kind, number)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(128)
    except OSError as error:
        made.close()
        mend = "another --port; 0 takes a free one"
        raise SettingsError(f"cannot listen there: {error.strerror}", subject=where, mend=mend) from None
    return made


def address_of(listening: socket.socket, settings: Settings) -> str:
    """The address that programs on this machine reach the service at."""
    host, port = listening.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = "127.0.0.1"
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if settings.tls_certificate else 'http'}://{shown}:{port}"


class Server:
    """Serves an application in a thread of its own, from `start` to `stop`."""

    def __init__(self, app: ASGIApp, listening: socket.socket, settings: Settings, metrics: Metrics) -> None:
        patient = _Sending(_Measured(app, metrics), settings.send_seconds)
        trusted = list(settings.behind_proxy)
        try:
            config = uvicorn.Config(
                patient,
                http=type("Heads", (_Heads,), {"seconds": settings.header_seconds}),
                ws="none",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(trusted),
                forwarded_allow_ips=trusted,
                limit_concurrency=settings.max_connections,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_ENDING_S,
                h11_max_incomplete_event_size=_HEAD_BYTES,
                ssl_certfile=settings.tls_certificate,
                ssl_keyfile=settings.tls_key,
            )
            config.load()
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"the certificate or its key cannot be used: {error}",
                subject=f"tls_certificate {settings.tls_certificate}",
                mend="PEM files that the service may read, and that belong together",
            ) from None
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve(sockets=[listening])), name="http", daemon=True
        )

    def start(self) -> None:
        """Begin, and return when it answers."""
        self._thread.start()
        give_up = time.monotonic() + _STARTING_S
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > give_up:
                raise RuntimeError("the HTTP server did not start")
            time.sleep(0.01)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Take no further connections, and end those there are."""
        self._server.should_exit = True

    def join(self, timeout: float) -> None:
        """Wait until it has ended."""
        self._thread.join(timeout)


class _Heads(H11Protocol):
    """HTTP/1.1 with so many `seconds` for the head of each request.

    uvicorn itself waits for ever once a first byte has come, so that few clients could hold all connections.
    """

    seconds = 10.0
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._came()
        else:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._came()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.seconds, self._too_late)

    def _came(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _too_late(self) -> None:
        self._late = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


class _Sending:
    """Gives up on clients that leave an answer lying."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            async with asyncio.timeout(self._seconds):
                await send(message)

        try:
            await self._app(scope, receive, sent if scope["type"] == "http" else send)
        except TimeoutError:
            if scope["type"] != "http":
                raise


class _Measured:
    """Counts and times requests by their route's template, and opens a span around each."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = "none"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        began = time.perf_counter()
        try:
            with traces.span("request", method=_method(scope)):
                await self._app(scope, receive, noted)
        finally:
            route = _route(scope)
            self._metrics.requests.labels(_method(scope), route, status).inc()
            self._metrics.request_seconds.labels(_method(scope), route).observe(time.perf_counter() - began)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _method(scope: Scope) -> str:
    method = str(scope["method"])
    return method if method in _METHODS else "other"


def _route(scope: Scope) -> str:
    """The template of the route that answered; never the path, of which there is no end."""
    template: Any = getattr(scope.get("route"), "path", None)
    return str(template) if template else "none"


@contextmanager
def serving(app: ASGIApp, listening: socket.socket, settings: Settings, metrics: Metrics) -> Iterator[Server]:
    """Serve while the block runs.

    Raises:
        SettingsError: the certificate or its key cannot be used.
    """
    server = Server(app, listening, settings, metrics)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.join(_ENDING_S + 2)
