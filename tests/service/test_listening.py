"""Clients that dawdle are let go, others are served."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from smalti.platform.metrics import Metrics
from smalti.platform.settings import Settings
from smalti.service.listening import address_of, bind, serving

PATIENCE = 20.0


class App:
    """Answers `ok`, or megabytes without end; notes how answering ended."""

    def __init__(self) -> None:
        self.gave_up = threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/endless":
            try:
                while True:
                    await send({"type": "http.response.body", "body": b"x" * 2**20, "more_body": True})
            except TimeoutError:
                self.gave_up.set()
                raise
        await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def served(app: App, **more: object) -> Iterator[tuple[str, int]]:
    settings = Settings(port=0, **more)  # type: ignore[arg-type]
    with bind(settings) as listening:
        port = listening.getsockname()[1]
        with serving(app, listening, settings, Metrics()):
            yield address_of(listening, settings), port


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def is_let_go(slow: socket.socket) -> bool:
    """Whether the server ends the connection; waiting longer than is patient is an error."""
    with suppress(ConnectionResetError):
        while slow.recv(1000):
            pass
    return True


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_who_does_not_end_the_head_of_a_request_is_let_go(said: bytes):
    with served(App(), header_seconds=0.2) as (_, port), connected(port) as slow:
        slow.sendall(said)
        assert is_let_go(slow)


def test_a_kept_connection_has_no_longer_for_its_next_request():
    with served(App(), header_seconds=0.2) as (_, port), connected(port) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        got = b""
        while b"ok" not in got:
            got += slow.recv(1000)
        slow.sendall(b"GET / HTTP/1.1\r\n")
        assert is_let_go(slow)


def test_many_that_dawdle_do_not_keep_others_out():
    with served(App(), header_seconds=0.3, max_connections=5) as (address, port):
        slow = [connected(port) for _ in range(5)]
        for one in slow:
            one.sendall(b"GET / HT")
        for one in slow:
            assert is_let_go(one)
        assert httpx2.get(address).text == "ok"
        for one in slow:
            one.close()


def test_who_leaves_an_answer_lying_is_given_up():
    app = App()
    with served(app, send_seconds=0.2) as (_, port), connected(port) as slow:
        slow.sendall(b"GET /endless HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert app.gave_up.wait(PATIENCE)


def test_more_than_it_may_hold_are_told_to_come_back():
    with served(App(), max_connections=2) as (address, port), connected(port), connected(port):
        assert httpx2.get(address).status_code == 503
