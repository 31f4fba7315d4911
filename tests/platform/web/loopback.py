"""A real server on loopback that says exactly the bytes a test gives it, and a clock that does not wait."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Self

Reply = bytes | Callable[[socket.socket], None]


def reply(status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    """An answer with its length stated, unless `headers` state it otherwise."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


class Loopback:
    """Serves `replies` by path, each path's in order and its last again and again; 404 for the rest."""

    def __init__(self, tls: ssl.SSLContext | None = None, **replies: Sequence[Reply] | Reply) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[tuple[str, bytes]] = []  # path and body of each POST
        self.names: list[str | None] = []  # what TLS clients asked for by SNI
        for path, given in replies.items():
            self.say("/" + path, given)
        self._tls = tls
        if tls is not None:
            tls.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.opened = 0
        self._closing = False
        self._thread = threading.Thread(target=self._accept)

    def say(self, path: str, given: Sequence[Reply] | Reply) -> None:
        self.replies[path] = [given] if isinstance(given, bytes) or callable(given) else list(given)

    @property
    def authority(self) -> str:
        return f"127.0.0.1:{self.port}"

    def url(self, path: str) -> str:
        return f"{'https' if self._tls else 'http'}://{self.authority}/{path}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port)).close()  # wakes accept
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            plain, _ = self._listener.accept()
            if self._closing:
                plain.close()
                return
            self.opened += 1
            plain.settimeout(5)
            try:
                with self._tls.wrap_socket(plain, server_side=True) if self._tls else plain as wire:
                    self._serve(wire)
            except OSError:
                plain.close()  # the client left, as it should when it has had enough

    def _serve(self, wire: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            part = wire.recv(65536)
            if not part:
                return
            head += part
        head, body = head.split(b"\r\n\r\n", 1)
        first, *rest = head.decode().split("\r\n")
        method, path, _ = first.split()
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in rest)}
        while len(body) < int(headers.get("content-length", 0)):
            body += wire.recv(65536)
        self.asked.append((path, headers))
        if method == "POST":
            self.posted.append((path, body))
        replies = self.replies.get(path, [reply(404)])
        said = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(said):
            said(wire)
        else:
            wire.sendall(said)


class StillClock:
    """Time passes only when someone sleeps."""

    def __init__(self) -> None:
        self.begin = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.begin + timedelta(seconds=sum(self.slept))

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
