"""Stands before Streamlit: who may reach it, from where, and what browsers may do with what it answers."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit.file_util import get_static_dir

from smalti.client.transport import is_this_machine
from smalti.dashboards.session import OVER_TLS, PLAIN, host_name, service_at

_OPEN = ("/static/", "/_stcore/health", "/_stcore/host-config", "/favicon.png")
"""What is the same for everybody: the front end's own files, and whether it is up."""
_CLOSED = ("/media/", "/_stcore/upload_file", "/component/", "/_stcore/bidi-components/")
"""What is only for who is signed in: files made for people, and what they upload."""
_SHUT = ("/_stcore/", "/auth/", "/oauth2callback", "/mcp")
"""What nobody needs here: Streamlit's own metrics, its sign-in, its interface for programs."""
_SCRIPTS = re.findall(
    rb"<script>(.*?)</script>", Path(get_static_dir(), "index.html").read_bytes(), re.DOTALL
)
_INLINE = " ".join(f"'sha256-{b64encode(sha256(one).digest()).decode()}'" for one in _SCRIPTS)
"""The scripts within Streamlit's own page, by their hashes."""
_STREAM = "/_stcore/stream"
_XSRF = "_streamlit_xsrf"
_REFUSED = WebSocketClose(1008)
_REMEMBERED_S = 5.0
"""Seconds that an answer about a session is good for files; pages and each of their runs ask anew."""
_MOST = 2_000
_MOST_PATH = 1_000


@dataclass(frozen=True, slots=True)
class Around:
    """Where the dashboard stands.

    Attributes:
        public: address of the dashboard for people, if not that of its own host.
        hosts: names it may be asked by, beside loopback and that of `public`.
    """

    public: str
    hosts: Sequence[str]

    def origin(self, scheme: str, host: str) -> str:
        """Where people believe to be who sent this `Host` header."""
        if self.public and host_name(host) == urlsplit(self.public).hostname:
            public = urlsplit(self.public)
            return f"{public.scheme}://{public.netloc}".lower()
        return f"{scheme}://{host}".lower()

    def known(self, host: str) -> bool:
        """Whether a request was sent to a name of ours: one sent to another was misled by somebody's DNS."""
        name = host_name(host)
        return (
            is_this_machine(name)
            or name in self.hosts
            or (bool(name) and name == urlsplit(self.public).hostname)
        )


class _Asked:
    """One request, and what can be said of it without asking anybody."""

    def __init__(self, scope: Scope, headers: Headers, around: Around) -> None:
        self.scope = scope
        self.path: str = scope["path"]
        self.reads = scope.get("method") in {"GET", "HEAD"}
        self.host: str = headers.get("host") or ""
        self.known = around.known(self.host)
        scheme = scope["scheme"].replace("ws", "http", 1)
        self.origin = around.origin(scheme, self.host)
        self.from_here = self.known and headers.get("origin", "").lower() == self.origin
        self.secure = self.origin.startswith("https://")
        self.cookie = OVER_TLS if self.secure else PLAIN
        self._cookies = cookie_parser("; ".join(headers.getlist("cookie")))
        self.token = self._cookies.get(self.cookie, "")

    def narrowed(self) -> Scope:
        """The request with those cookies only that count here: over TLS, others may have planted the rest."""
        kept = {name: self._cookies[name] for name in (self.cookie, _XSRF) if name in self._cookies}
        headers = [(name, value) for name, value in self.scope["headers"] if name != b"cookie"]
        if kept:
            joined = "; ".join(f"{name}={value}" for name, value in kept.items())
            headers.append((b"cookie", joined.encode("latin-1", "replace")))
        return {**self.scope, "headers": headers}


Counts: TypeAlias = Callable[[str], bool | None]
"""Whether a token is of a session that counts; None where the service that knows it is away."""


class Gate:
    """The one middleware: `counts` says whether a session does.

    A page is answered only to who has a live session, others are sent to the service's sign-in page. The
    stream of a page's contents is opened for a browser's own tab of this dashboard only; whoever has no
    live session there is told so by the page itself, and nothing else.
    """

    def __init__(self, app: ASGIApp, around: Around, counts: Counts) -> None:
        self._app, self._around, self._counts = app, around, counts
        self._told: dict[str, tuple[float, bool]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = _Asked(scope, headers, self._around)
        if scope["type"] == "websocket":
            await (self._app if asked.from_here and asked.path == _STREAM else _REFUSED)(
                asked.narrowed(), receive, send
            )
        else:
            answer = await self._refusal(asked) or self._app
            await answer(asked.narrowed(), receive, self._dressed(asked, send))

    async def _refusal(self, asked: _Asked) -> Response | None:
        if not asked.known:
            return PlainTextResponse("the dashboard is not called so: see the setting `hosts`", 400)
        if asked.path.startswith(_OPEN):
            return None
        if asked.path.startswith(_CLOSED):
            return await self._refused_file(asked)
        if asked.path.startswith(_SHUT) or not asked.reads:
            return PlainTextResponse("there is nothing here", 404)
        # Where the service is away the page says so; it alone could show anything.
        return self._way_in(asked) if await self._asked_anew(asked.token) is False else None

    async def _refused_file(self, asked: _Asked) -> Response | None:
        if not asked.reads and not asked.from_here:
            return PlainTextResponse("another site's page sent this", 403)
        return None if await self._live(asked.token) else PlainTextResponse("sign in first", 401)

    def _way_in(self, asked: _Asked) -> Response:
        query = asked.scope["query_string"].decode("latin-1")
        here = quote(asked.path, safe="/") + (f"?{query}" if query else "")
        back = quote(here if len(here) <= _MOST_PATH else "/", safe="/")
        answer = RedirectResponse(f"{service_at(asked.host)}/sign-in?next={back}", 303)
        if asked.token:
            answer.delete_cookie(asked.cookie, path="/", secure=asked.secure, httponly=True, samesite="lax")
        return answer

    async def _live(self, token: str) -> bool:
        """Whether a token is of a session that counts; as the service said some seconds ago at most."""
        until, live = self._told.get(_digest(token), (0.0, False))
        return live if until > time.monotonic() else await self._asked_anew(token) is True

    async def _asked_anew(self, token: str) -> bool | None:
        """Whether a token is of a session that counts, as the service says; None where it is away."""
        live = await run_in_threadpool(self._counts, token) if token else False
        if live is None:
            return None
        if len(self._told) >= _MOST:
            self._told.clear()
        self._told[_digest(token)] = (time.monotonic() + _REMEMBERED_S, live)
        return live

    def _dressed(self, asked: _Asked, send: Send) -> Send:
        headers = self._headers(asked)

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = MutableHeaders(scope=message)
                for name, value in headers.items():
                    own[name] = value
                if asked.secure:
                    message["headers"] = [_sealed(one) for one in message["headers"]]
            await send(message)

        return sent

    def _headers(self, asked: _Asked) -> Mapping[str, str]:
        service = service_at(asked.host) if asked.known else ""
        # The stream is named too: older browsers do not take it for 'self'.
        stream = asked.origin.replace("http", "ws", 1) if asked.known else ""
        policy = {
            "default-src": "'none'",
            # Vega compiles the expressions of charts; Streamlit's components come as blobs.
            "script-src": f"'self' 'unsafe-eval' blob: {_INLINE}",
            "style-src": "'self' 'unsafe-inline'",
            "font-src": "'self' data:",
            "img-src": f"'self' data: blob: {service}",
            "media-src": f"'self' data: blob: {service}",
            "connect-src": f"'self' {stream} {service}",
            "worker-src": "'self' blob:",
            "frame-src": "'none'",
            "object-src": "'none'",
            "base-uri": "'none'",
            "form-action": "'none'",
            "frame-ancestors": "'none'",
        }
        headers = {
            "content-security-policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if not asked.path.startswith("/static/"):
            headers["cache-control"] = "no-store"
        if asked.secure:
            headers["strict-transport-security"] = "max-age=31536000"
        return headers


def _sealed(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """A header; if it sets a cookie, one that goes over TLS alone: Streamlit cannot see a proxy's."""
    name, value = header
    plain = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return (name, value + b"; Secure") if plain else header


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
