"""The service process when a server never answers, and when the disk is full."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from smalti.ingest.feeds.source import Source
from smalti.platform.store import Store
from smalti.service import sources as configured
from tests.service.loopback import serving
from tests.service.test_up import PATIENCE, SMALTI
from tests.service.test_up_process import documents, folder_of_news, until, with_folder

pytestmark = pytest.mark.slow

PAGES = 60


@contextmanager
def service(home: Path, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`smalti up`, ready."""

    own = {f"SMALTI_{name.upper()}": value for name, value in settings.items()}
    with (home / "err.txt").open("a") as err:
        process = subprocess.Popen(
            [*SMALTI, "up", "--home", str(home), "--port", "0", "--json"],
            env=os.environ | {"SMALTI_OCR": "false", "SMALTI_WORKERS": "1"} | own,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        )
    alarm = threading.Timer(PATIENCE, process.kill)
    alarm.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (home / "err.txt").read_text()
        assert json.loads(line)["event"] == "ready"
        yield process
    finally:
        alarm.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def last_words(process: subprocess.Popen[str]) -> dict[str, object]:
    """Ask it to stop; what it says of it."""
    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    *_, last = process.stdout.read().splitlines()
    assert process.wait() == 0
    return json.loads(last)


def test_a_server_that_never_answers_does_not_keep_it_from_stopping(tmp_path: Path):
    asked, release = threading.Event(), threading.Event()

    def hold(_: int) -> None:
        asked.set()
        release.wait(PATIENCE)

    with serving(lambda _: {}) as server:
        server.before = hold
        with Store(tmp_path / "smalti.duckdb") as store:
            configured.add(store, Source("slow", "news", f"{server.base}/feed.xml", "every 1d"))
        allow = json.dumps([server.base.removeprefix("http://")])
        with service(tmp_path, agent="tests t@example.org", allow=allow, shutdown_seconds="0.5") as process:
            assert asked.wait(PATIENCE)
            assert last_words(process) == {"event": "stopped", "finished": False}
        release.set()
    assert not (tmp_path / "service.json").exists()
    with Store(tmp_path / "smalti.duckdb") as store:
        state, error = store.read("SELECT state, error FROM runs WHERE stage = 'pull'").row(0)
    assert state == "interrupted"
    assert error == "the service was stopped and could not wait for it"


def test_a_full_disk_is_told_loses_nothing_and_is_gone_over_once_there_is_room(tmp_path: Path):
    folder = folder_of_news(tmp_path / "drop", PAGES)
    home = tmp_path / "home"
    home.mkdir()
    with_folder(home, folder)
    with service(home) as process:
        # No file may grow beyond this: writes fail as they do on a full disk.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100_000, 100_000))
        address = json.loads((home / "service.json").read_text())["address"]

        def told() -> bool:
            answer = httpx2.get(f"{address}/readyz", timeout=30.0)
            return answer.status_code == 503 and bool(answer.json()["parts"]["store"])

        until(told)
        assert httpx2.get(f"{address}/healthz", timeout=30.0).json()["status"] == "alive"
        process.send_signal(signal.SIGTERM)
        process.wait()
    some = documents(home)
    assert 0 < len(some) < PAGES
    with service(home) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline()).get("stage") != "ingest":
            pass
        assert last_words(process)["finished"]
    assert some <= documents(home)
    assert len(documents(home)) == PAGES
