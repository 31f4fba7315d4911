"""What it costs to know who asks, and to note what they changed.

CPU milliseconds of this process for one request through the whole application, without a network, side by
side in one run: refused without a key, let in by the local key, by a key found right before, by a session;
then what a key costs the first time (argon2), and an entry of the audit log, alone and from eight threads at
once (which share transactions). CPU time, not wall time, so that a busy machine says nearly the same.

Run `python bench/access.py`; writes `bench/results/access.json`.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from smalti.platform.audit import CHANGE, Entry
from smalti.platform.auth import Role
from smalti.platform.settings import load_settings
from smalti.service.api import create_app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

REQUESTS, ENTRIES, THREADS = 1_000, 160, 8
Header = tuple[bytes, bytes]


async def ask(app: FastAPI, header: Header) -> int:
    """The status of GET /v1/session."""
    path = "/v1/session"
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000"), header],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
    }
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    await app(scope, receive, send)
    return int(said[0]["status"])


def of_requests(app: FastAPI, header: Header, status: int) -> float:
    """CPU milliseconds of one request that is answered with `status`."""

    async def many() -> float:
        assert await ask(app, header) == status
        begin = time.process_time()
        for _ in range(REQUESTS):
            await ask(app, header)
        return (time.process_time() - begin) / REQUESTS * 1e3

    return asyncio.run(many())


def of_calls(call: Callable[[], object], times: int) -> float:
    """CPU milliseconds of one call."""
    begin = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - begin) / times * 1e3


def at_once(call: Callable[[], object], times: int) -> None:
    """So many calls, by some threads."""
    threads = [
        threading.Thread(target=lambda: [call() for _ in range(times // THREADS)]) for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def measure(home: Path) -> dict[str, float]:
    """CPU milliseconds by what was done."""
    with open_engine(load_settings(home=home, api_rate=100_000.0)) as engine:
        service = Service(engine, LocalGateway(engine), "local-key")
        app, access = create_app(service), service.gateway.access
        access.users.add("ada", Role.ANALYST)
        _, key = access.keys.create("ada")
        _, token = access.sessions.begin("ada", "password")

        def note() -> None:
            access.audit.record(Entry(CHANGE, "ada", "session", "PUT /v1/watchlists/{name}", "mine", "200"))

        return {
            "request refused: no key": of_requests(app, (b"x-none", b""), 401),
            "request by the local key": of_requests(app, (b"authorization", b"Bearer local-key"), 200),
            "request by a key found right before": of_requests(
                app, (b"authorization", f"Bearer {key}".encode()), 200
            ),
            "request by a session": of_requests(app, (b"cookie", f"smalti={token}".encode()), 200),
            "comparing a key (argon2id)": of_calls(lambda: access.keys.compared(key), 40),
            "audit entry": of_calls(note, ENTRIES),
            f"audit entry, {THREADS} threads at once": of_calls(lambda: at_once(note, ENTRIES), 1) / ENTRIES,
        }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder) / "home")
    table = Table("what", "CPU ms", box=None)
    for what, cost in found.items():
        table.add_row(what, f"{cost:.2f}")
    Console().print(table)
    target = Path(__file__).resolve().parent / "results" / "access.json"
    told = {"cpu_ms": {what: round(cost, 3) for what, cost in found.items()}, "requests": REQUESTS}
    target.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
