"""A server on loopback that stands in for another system's API: it keeps what it was sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class StandIn:
    """What came, and what is answered: `answers` in order, then `usual`."""

    base: str
    usual: tuple[int, dict[str, Any]]
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def authority(self) -> str:
        return self.base.removeprefix("http://")

    def wait(self, number: int = 1) -> list[Got]:
        """Until so many requests came."""
        for _ in range(500):
            if len(self.got) >= number:
                break
            self.came.wait(0.05)
            self.came.clear()
        assert len(self.got) >= number, self.got
        return self.got


@contextmanager
def standing_in(usual: dict[str, Any]) -> Iterator[StandIn]:
    """Serve while the block runs."""
    made = StandIn("", (200, usual))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            made.got.append(Got(self.path, headers, json.loads(raw)))
            status, told = made.answers.pop(0) if made.answers else made.usual
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            made.came.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
