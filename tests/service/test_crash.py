"""A process killed at any moment and started again ends where an undisturbed one does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from smalti.platform.store import Store
from smalti.service import demo_world
from tests.service.pipeline import contents, write_model
from tests.service.test_ingest_stage import plant_bad_inputs

pytestmark = pytest.mark.slow

SMALTI = [sys.executable, "-c", "from smalti.service.cli import main; main()"]
PATIENCE = 300.0  # seconds until a process that should have moved on counts as stuck


@pytest.fixture
def busy_world(world: Path) -> Path:
    """Good and bad inputs of every kind: text, tables, posts, pictures, prices, facts and speech."""
    plant_bad_inputs(world)
    files = Path(demo_world.FILES)
    (world / "filings_html").mkdir()
    shutil.copy(files / "filings_html" / "zzwl_companyfacts.json", world / "filings_html")
    pieces = sorted((files / "call_audio" / "Walnut Lighthouse_20260205" / "Audio").glob("*.mp3"))[:2]
    (world / "call_audio" / "Walnut Lighthouse_20260205").mkdir()
    for piece in pieces:
        shutil.copy(piece, world / "call_audio" / "Walnut Lighthouse_20260205")
    with (world / "manifest.csv").open("a") as manifest:
        manifest.write(
            "call_audio/Walnut Lighthouse_20260205,Walnut Lighthouse Packaging Company,call,"
            "2026-02-05T14:00:00Z,announcement\n"
        )
    (world / "news" / "copy.html").write_bytes((world / "news" / "anvil.html").read_bytes())
    return world


def start(world: Path, home: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    command = [*SMALTI, "run", str(world), "--home", str(home), "--json"]
    with (home.parent / f"{home.name}.err").open("ab") as err:
        return subprocess.Popen(
            command, env=dict(env), stdout=subprocess.DEVNULL, stderr=err, start_new_session=True
        )


def finish(world: Path, home: Path, env: Mapping[str, str]) -> None:
    process = start(world, home, env)
    assert process.wait(PATIENCE) == 0, (home.parent / f"{home.name}.err").read_text()


def kill_when(process: subprocess.Popen[bytes], due: Callable[[], bool]) -> bool:
    """Whether the process was killed; False when it ended by itself first."""
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None:
        if due():
            process.send_signal(signal.SIGKILL)
            process.wait()
            return True
        assert time.monotonic() < give_up, "the process neither ended nor reached the moment"
        time.sleep(0.002)
    assert process.returncode == 0
    return False


def after_commits(home: Path, number: int) -> Callable[[], bool]:
    """Due when the write-ahead log has changed so many times, as each commit makes it do."""
    log = home / "smalti.duckdb.wal"
    seen: list[int] = []

    def due() -> bool:
        size = log.stat().st_size if log.exists() else 0
        if not seen or seen[-1] != size:
            seen.append(size)
        return len(seen) > number

    return due


def after_work(session: int, home: Path) -> Callable[[], bool]:
    """Due at the second commit since a worker began: it has done a task and waits for the next."""
    committed: list[Callable[[], bool]] = []

    def due() -> bool:
        if not committed and any("spawn_main" in command for command in in_session(session)):
            committed.append(after_commits(home, 2))
        return bool(committed) and committed[0]()

    return due


def in_session(session: int) -> list[str]:
    """Command lines of the living processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(command)
    return found


def end_session(session: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(session, signal.SIGKILL)


def held(home: Path) -> dict[str, list[str]]:
    with Store(home / "smalti.duckdb") as store:
        return contents(store)


def test_killed_at_many_moments_it_ends_as_if_undisturbed(busy_world, tmp_path):
    model = write_model(tmp_path / "model")
    env = os.environ | {"SMALTI_OCR": "false", "SMALTI_WORKERS": "2", "SMALTI_MODEL": str(model)}
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    finish(busy_world, calm, env)
    expected = held(calm)
    for table in (
        "documents",
        "evidence",
        "facts",
        "prices",
        "links",
        "embeddings",
        "signals",
        "attributions",
    ):
        assert expected[table], f"the world gives no {table}"

    moments: list[Callable[[], bool]] = [
        lambda: len(list((rough / "objects").glob("*/*"))) >= 3,  # while it looks at the folder
        lambda: any((rough / "spool").glob("sandbox-*/out/*.arrow")),  # while a parser writes
        *(after_commits(rough, number) for number in range(6, 200, 6)),  # later and later
    ]
    kills = 0
    for due in moments:
        process = start(busy_world, rough, env)
        if not kill_when(process, due):
            break
        kills += 1
        end_session(process.pid)
    assert kills >= 4
    found = held(rough)
    for table, rows in expected.items():
        assert found[table] == rows, table
    with Store(rough / "smalti.duckdb") as store:
        states = store.read("SELECT state, count(*) FROM runs GROUP BY state")
    assert dict(states.iter_rows())["interrupted"] >= kills - 1  # the first kill may come before any run
    assert list((rough / "spool").glob("sandbox-*")) == []


def test_a_killed_run_leaves_no_process_behind(busy_world, tmp_path):
    model = write_model(tmp_path / "model")
    env = os.environ | {"SMALTI_OCR": "false", "SMALTI_WORKERS": "2", "SMALTI_MODEL": str(model)}
    home = tmp_path / "home"
    process = start(busy_world, home, env)
    try:
        assert kill_when(process, after_work(process.pid, home))
        give_up = time.monotonic() + 60
        while in_session(process.pid) and time.monotonic() < give_up:
            time.sleep(0.1)
        assert in_session(process.pid) == []
    finally:
        end_session(process.pid)


def test_what_is_left_to_do_after_the_last_kill_is_only_what_was_not_committed(busy_world, tmp_path):
    model = write_model(tmp_path / "model")
    env = os.environ | {"SMALTI_OCR": "false", "SMALTI_WORKERS": "1", "SMALTI_MODEL": str(model)}
    home = tmp_path / "home"
    process = start(busy_world, home, env)
    assert kill_when(process, after_commits(home, 10))
    end_session(process.pid)
    with Store(home / "smalti.duckdb") as store:
        before = store.read("SELECT document_id, recorded_at FROM documents")
    assert before.height > 0
    finish(busy_world, home, env)
    with Store(home / "smalti.duckdb") as store:
        after = dict(store.read("SELECT document_id, recorded_at FROM documents").iter_rows())
        counts = store.read("SELECT counts FROM runs WHERE stage = 'ingest' AND state = 'done'").item()
    assert all(after[document] == recorded for document, recorded in before.iter_rows())
    assert json.loads(counts)["settled"] > 0
