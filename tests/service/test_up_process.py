"""The service process: how it is found, stopped, refused and recovered."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import SettingsError, StoreLocked
from smalti.platform.ledger import Run
from smalti.platform.settings import Settings
from smalti.platform.store import Store
from smalti.service import sources as configured
from smalti.service.listening import bind
from smalti.service.up import Ready, Stopping, up
from tests.service.conftest import news_page

PATIENCE = 60.0


@dataclass
class Up:
    """A service in this process."""

    ready: Ready
    stopping: Stopping
    told: list[Run]
    thread: threading.Thread
    ended: list[bool]

    def stop(self) -> bool:
        self.stopping.signalled()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        return self.ended[0]


@contextmanager
def service(home: Path, **more: object) -> Iterator[Up]:
    settings = Settings(home=home, port=0, workers=1, ocr=False, **more)  # type: ignore[arg-type]
    stopping = Stopping(threading.Event(), threading.Event())
    found: list[Ready] = []
    told: list[Run] = []
    ended: list[bool] = []
    is_ready = threading.Event()

    def run() -> None:
        try:
            ended.append(up(settings, stopping, lambda r: (found.append(r), is_ready.set()), told.extend))
        finally:
            is_ready.set()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert is_ready.wait(PATIENCE)
    assert found, "it did not come up"
    try:
        yield Up(found[0], stopping, told, thread, ended)
    finally:
        stopping.asked.set()
        stopping.hurried.set()
        thread.join(PATIENCE)


def until(due: Callable[[], bool]) -> None:
    for _ in range(int(PATIENCE * 50)):
        if due():
            return
        threading.Event().wait(0.02)
    pytest.fail("it did not come to that")


def test_it_says_where_it_is_to_its_owner_alone_and_takes_that_back(tmp_path: Path):
    with service(tmp_path) as running:
        file = tmp_path / "service.json"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        said = json.loads(file.read_text())
        assert said["pid"] == os.getpid()
        assert len(said["local_key"]) >= 40
        own = {"Authorization": f"Bearer {said['local_key']}"}
        assert httpx2.get(f"{said['address']}/v1/status", headers=own).status_code == 200
        assert httpx2.get(f"{said['address']}/v1/status").status_code == 401
        assert httpx2.get(f"{said['address']}/healthz").json() == {"status": "alive"}
        assert running.stop()
        assert not file.exists()
    with service(tmp_path), pytest.raises(httpx2.ConnectError):
        httpx2.get(said["address"])
        assert json.loads(file.read_text())["local_key"] != said["local_key"]


def test_a_second_one_is_refused_and_told_where_the_first_is(tmp_path: Path):
    with service(tmp_path) as running:
        with pytest.raises(StoreLocked) as caught:
            up(Settings(home=tmp_path, port=0), running.stopping, print, print)
        assert running.ready.address in str(caught.value)
        assert str(os.getpid()) in str(caught.value)
        assert httpx2.get(f"{running.ready.address}/healthz").status_code == 200


def test_what_a_killed_one_left_behind_is_not_believed(tmp_path: Path):
    left = {"address": "http://127.0.0.1:1", "local_key": "old", "pid": 1}
    (tmp_path / "service.json").write_text(json.dumps(left))
    with Store(tmp_path / "smalti.duckdb"):
        with pytest.raises(StoreLocked) as caught:
            up(Settings(home=tmp_path, port=0), Stopping(threading.Event(), threading.Event()), print, print)
        assert "127.0.0.1:1" not in str(caught.value)
    with service(tmp_path) as running:
        assert json.loads((tmp_path / "service.json").read_text())["address"] == running.ready.address


def test_a_port_that_is_taken_is_said_and_the_store_is_free_again(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=rf"127.0.0.1:{port}: cannot listen there: .*in use"):
            up(
                Settings(home=tmp_path, port=port),
                Stopping(threading.Event(), threading.Event()),
                print,
                print,
            )
    Store(tmp_path / "smalti.duckdb").close()


def test_a_home_that_cannot_be_written_is_said():
    with pytest.raises(SettingsError, match="/proc/nowhere: the home folder cannot be written"):
        up(
            Settings(home=Path("/proc/nowhere")),
            Stopping(threading.Event(), threading.Event()),
            print,
            print,
        )


def test_beyond_this_machine_it_listens_with_tls_or_behind_a_proxy_only(tmp_path: Path):
    with pytest.raises(SettingsError, match="in plain text"):
        bind(Settings(host="0.0.0.0", port=0))
    bind(Settings(host="0.0.0.0", port=0, behind_proxy=("127.0.0.1",))).close()
    with pytest.raises(SettingsError, match="go together"):
        bind(Settings(host="0.0.0.0", port=0, tls_certificate=tmp_path / "c.pem"))
    with pytest.raises(SettingsError, match="no such address"):
        bind(Settings(host="no such host"))


def folder_of_news(root: Path, pages: int) -> Path:
    root.mkdir()
    for n in range(pages):
        page = root / f"{n:03}.html"
        page.write_text(
            news_page(f"Item {n}", "2025-02-10T12:00:00Z", f"Anvils are sold by number {n}. " * 9)
        )
        os.utime(page, (1, 1))
    return root


def with_folder(home: Path, folder: Path) -> Path:
    with Store(home / "smalti.duckdb") as store:
        configured.add(store, Source("drop", "folder", str(folder), "every 1d"))
    return home


def documents(home: Path) -> set[str]:
    with Store(home / "smalti.duckdb") as store:
        return set(store.read("SELECT document_id FROM documents")["document_id"])


@pytest.mark.slow
def test_stopped_in_the_middle_it_hands_back_and_the_next_start_says_so_and_goes_on(tmp_path: Path):
    folder = folder_of_news(tmp_path / "drop", 40)
    home = with_folder(tmp_path / "home", folder)
    with service(home) as running:
        key = json.loads((home / "service.json").read_text())["local_key"]
        own = {"Authorization": f"Bearer {key}"}

        def begun() -> bool:
            found = httpx2.get(f"{running.ready.address}/v1/status", headers=own).json()
            return bool(found["rows"]["documents"])

        until(begun)
        assert running.stop()
    some = documents(home)
    assert 0 < len(some) < 40
    with Store(home / "smalti.duckdb") as store:
        ended = store.read("SELECT state, error FROM runs WHERE stage = 'ingest'").row(0)
        assert ended[0] == "interrupted"
        assert ended[1].startswith("the service was stopped")
        assert not store.read("SELECT 1 FROM quarantine").height
    with service(home) as running:
        assert "pull drop" in running.ready.again
        until(lambda: any(run.stage == "ingest" for run in running.told))
        (again,) = [run for run in running.told if run.stage == "ingest"]
        assert again.counts["settled"] >= len(some)
        assert running.stop()
    assert len(documents(home)) == 40
