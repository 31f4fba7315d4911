"""One request and its answer over one connection, to an address that was checked a moment before.

A connection serves one request: nothing is kept open between two, so that an answer cannot spill into the
next, and the seconds of a request are the seconds of its connection.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from queue import Empty, SimpleQueue
from socket import SOCK_STREAM, gaierror, getaddrinfo
from typing import Any, Protocol

import certifi
import httpcore2

from smalti.platform.errors import TooLarge
from smalti.platform.web.addresses import Gate, Resolver, Target

Headers = tuple[tuple[str, str], ...]
"""Lower-case names with their values, in order."""

_CONNECT_SECONDS = 10.0
_READ_SECONDS = 20.0
_RESOLVE_SECONDS = 15.0
_MAX_HEADER_BYTES = 65_536
_MAX_TRIED = 4  # addresses of one host


class Failed(Exception):
    """An exchange came to nothing.

    `again` says whether another try may help; `sent`, whether any of the request may have reached the server.
    """

    def __init__(self, what: str, again: bool = True, sent: bool = True) -> None:
        super().__init__(what)
        self.what, self.again, self.sent = what, again, sent


@dataclass(frozen=True, slots=True)
class Exchange:
    """An answer as sent. The body is read only of a 200 and its like, and still encoded."""

    status: int
    headers: Headers
    body: bytes
    at: datetime

    def header(self, name: str) -> str | None:
        """The last of this (lower-case) name."""
        return next((value for key, value in reversed(self.headers) if key == name), None)


class Transport(Protocol):
    """What can carry a request: the network, or a cassette."""

    def exchange(
        self,
        target: Target,
        headers: Headers,
        *,
        deadline: float,
        max_bytes: int,
        content: bytes | None = None,
    ) -> Exchange:
        """Ask `target` once, until `deadline` (seconds of `time.monotonic`): GET, or POST with `content`.

        Raises:
            Refused: an address of it may not be asked.
            TooLarge: the body is over `max_bytes`.
            Failed: no whole answer came.
        """


def system_addresses(host: str, port: int) -> Sequence[str]:
    """What the operating system's resolver says."""
    return list(dict.fromkeys(str(entry[4][0]) for entry in getaddrinfo(host, port, type=SOCK_STREAM)))


@cache
def default_tls() -> ssl.SSLContext:
    """Certificates are verified against the system's authorities and certifi's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Wire:
    """The network."""

    def __init__(
        self, gate: Gate, resolve: Resolver, now: Callable[[], datetime], tls: ssl.SSLContext | None = None
    ) -> None:
        self._gate, self._resolve, self._now, self._tls = gate, resolve, now, tls

    def exchange(
        self,
        target: Target,
        headers: Headers,
        *,
        deadline: float,
        max_bytes: int,
        content: bytes | None = None,
    ) -> Exchange:
        """See `Transport`."""
        network = _Pinned(self._addresses(target, deadline), deadline)
        extensions = {
            "timeout": dict.fromkeys(("read", "write"), _READ_SECONDS) | {"connect": _CONNECT_SECONDS}
        }
        asked = httpcore2.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        )
        raw_headers = [(name.encode(), value.encode()) for name, value in headers]
        connection = httpcore2.HTTPConnection(
            origin=asked.origin,
            ssl_context=self._tls or default_tls(),
            network_backend=network,
        )
        method = "GET" if content is None else "POST"
        try:
            with (
                connection,
                connection.stream(
                    method, asked, headers=raw_headers, content=content, extensions=extensions
                ) as said,
            ):
                got = _headers(said.headers)
                body = _body(said, got, max_bytes, deadline) if 200 <= said.status < 300 else b""
                return Exchange(said.status, got, body, self._now())
        except httpcore2.TimeoutException as late:
            what = f"no answer in time: {late}" if str(late) else "no answer in time"
            raise Failed(what, sent=network.wrote) from None
        except (httpcore2.NetworkError, httpcore2.ProtocolError) as broken:
            untrusted = isinstance(broken.__cause__, ssl.SSLCertVerificationError)
            what = f"{type(broken).__name__}: {broken}"[:300]
            raise Failed(what, again=not untrusted, sent=network.wrote) from None

    def _addresses(self, target: Target, deadline: float) -> list[str]:
        if target.literal is not None:
            return self._gate.addresses(target, [target.host])
        found = in_time(lambda: self._resolve(target.host, target.port), deadline)
        if not found:
            raise Failed(f"{target.host} has no address", again=False, sent=False)
        return self._gate.addresses(target, found)


class _Pinned(httpcore2.NetworkBackend):
    """Connects to checked addresses only, whatever name it is given."""

    def __init__(self, addresses: Sequence[str], deadline: float) -> None:
        self._addresses, self._deadline = addresses[:_MAX_TRIED], deadline
        self.wrote = False

    def begun(self) -> None:
        """The first bytes of the request are about to go out (a TLS handshake does not count)."""
        self.wrote = True

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        problem: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses:
            try:
                stream = httpcore2.SyncBackend().connect_tcp(
                    address, port, _left(self._deadline, timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                problem = error
            else:
                return _Timed(stream, self._deadline, self.begun)
        raise problem


class _Timed(httpcore2.NetworkStream):
    """A stream on which nothing lasts beyond the deadline, however slowly its bytes drip."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: float, begun: Callable[[], None]) -> None:
        self._inner, self._deadline, self._begun = inner, deadline, begun

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._begun()
        self._inner.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout))
        return _Timed(inner, self._deadline, self._begun)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the time for this request is used up")
    return left if timeout is None else min(left, timeout)


def in_time(resolve: Callable[[], Sequence[str]], deadline: float) -> Sequence[str]:
    """What `resolve` gives until `deadline`.

    The operating system's resolver knows no time limit, so it is asked from a thread that may be left.

    Raises:
        Failed: the name has no address, or none was found in time.
    """
    answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve())
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=_left(deadline, _RESOLVE_SECONDS))
    except (Empty, httpcore2.ReadTimeout):
        raise Failed("its name was not resolved in time", sent=False) from None
    if isinstance(answer, OSError):
        passing = not isinstance(answer, gaierror) or "temporary" in str(answer).lower()
        raise Failed(f"its name cannot be resolved: {answer}", again=passing, sent=False)
    return answer


def _headers(raw: Sequence[tuple[bytes, bytes]]) -> Headers:
    if sum(len(name) + len(value) + 4 for name, value in raw) > _MAX_HEADER_BYTES:
        raise Failed(f"headers of more than {_MAX_HEADER_BYTES} bytes", again=False)
    return tuple((name.decode("latin-1").lower(), _text(value)) for name, value in raw)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _body(said: httpcore2.Response, headers: Headers, max_bytes: int, deadline: float) -> bytes:
    why = f"over {max_bytes} bytes"
    declared = dict(headers).get("content-length", "")
    if declared.isdigit() and len(declared) < 20 and int(declared) > max_bytes:
        raise TooLarge(why, mend="raise the source's byte limit if it can be trusted")
    body = bytearray()
    for part in said.iter_stream():
        body += part
        if len(body) > max_bytes:
            raise TooLarge(why, mend="raise the source's byte limit if it can be trusted")
        _left(deadline, None)
    return bytes(body)
