"""A real service on loopback, in a thread of the tests' own process."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from smalti.service.reach import FILE
from smalti.service.service import Service
from tests.service.api.conftest import made


@contextmanager
def running(service: Service) -> Iterator[str]:
    """The address of a service that is up while the block runs and says so in its home folder."""
    config = uvicorn.Config(
        made(service), "127.0.0.1", 0, log_config=None, timeout_graceful_shutdown=5, lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        threading.Event().wait(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    file = service.engine.settings.home / FILE
    file.touch(0o600)
    file.write_text(json.dumps({"address": address, "local_key": service.local_key, "pid": 1}))
    try:
        yield address
    finally:
        file.unlink()
        service.live.close()
        service.tasks.close()
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
