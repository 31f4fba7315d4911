"""A real server on loopback that replays recorded answers, and can do what bad servers do."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Replay:
    """What a server answers by path and query, and what it was asked.

    `asked` holds path, query and status in the order of arrival; `before` is called at each request.
    """

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    before: Callable[[int], None] = lambda _: None
    base: str = ""

    def answer(self, path: str, headers: Message) -> Answer:
        self.before(len(self.asked))
        status, own, body = self.answers.get(path, (404, {}, b"gone"))
        if status == 200 and own.get("ETag") and headers.get("If-None-Match") == own["ETag"]:
            status, body = 304, b""
        self.asked.append((path, status))
        return status, own, body


@contextmanager
def serving(
    make: Callable[[str], Mapping[str, Answer]], tls: ssl.SSLContext | None = None
) -> Iterator[Replay]:
    """Serve what `make` gives for the server's base address while the block runs."""
    replay = Replay()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = replay.answer(self.path, self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        # Shaken hands when first read, on the request's own thread, so that a refusal stops nobody.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    replay.base = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
    replay.answers.update(make(replay.base))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
