"""The scheduler pulls every kind of source; killed in the middle and started again it loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import polars as pl
import pytest

from smalti.ingest.feeds.source import Source
from smalti.platform.store import Store
from smalti.service import sources as configured
from smalti.service.stages.pulls import subject
from tests.recorded.answers import answers, sources
from tests.service.loopback import Replay, serving

pytestmark = pytest.mark.slow

SMALTI = [sys.executable, "-c", "from smalti.service.cli import main; main()"]
PATIENCE = 240.0
PULLED = ["cursors", "artifacts", "sightings", "documents", "evidence", "facts", "prices", "dispositions"]


def at_work(base: str, drop: Path) -> list[Source]:
    """Every kind once, and a watched folder; not the recording that the podcast brings too."""
    found = [source for source in sources(base) if source.name != "walnut recording"]
    return [*found, Source("drop", "folder", str(drop), "every 1h")]


def home_with(folder: Path, wanted: list[Source]) -> Path:
    with Store(folder / "smalti.duckdb") as store:
        for source in wanted:
            configured.add(store, source)
    return folder


def up(home: Path, base: str) -> subprocess.Popen[str]:
    own = {
        "SMALTI_AGENT": "tests tests@example.org",
        "SMALTI_ALLOW": json.dumps([base.removeprefix("http://")]),
        "SMALTI_RATE": "1000",
        "SMALTI_OCR": "false",
        "SMALTI_WORKERS": "2",
    }
    command = [*SMALTI, "up", "--home", str(home), "--port", "0", "--json"]
    with (home / "err.txt").open("a") as err:
        return subprocess.Popen(
            command,
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            start_new_session=True,
        )


def finish(home: Path, base: str, wanted: list[Source]) -> None:
    """Run until each of these sources was pulled to the end, then ask it to stop."""
    left = {subject(source) for source in wanted}
    with up(home, base) as process:
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        assert process.stdout is not None
        while left:
            line = process.stdout.readline()
            assert line, (home / "err.txt").read_text()
            told = json.loads(line)
            if told["event"] == "run" and told["stage"] in ("pull", "ingest"):
                left.discard(told["subject"])
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0, (home / "err.txt").read_text()
        alarm.cancel()


def killed(home: Path, server: Replay, at: int) -> None:
    """Run until the server was asked so many times, then kill it."""
    process: list[subprocess.Popen[str]] = []
    done = threading.Event()

    def kill(number: int) -> None:
        if number >= at and process and not done.is_set():
            done.set()
            process[0].kill()

    server.before = kill
    with up(home, server.base) as one:
        process.append(one)
        one.wait(PATIENCE)
    server.before = lambda _: None
    assert done.is_set(), "it ended before it was killed"


def left_to_do(home: Path, wanted: list[Source]) -> list[Source]:
    """Sources of which no pull came to its end: the others wait for their next time."""
    with Store(home / "smalti.duckdb") as store:
        done = store.read(
            "SELECT DISTINCT subject FROM runs WHERE stage IN ('pull', 'ingest') AND state = 'done'"
        )
    return [source for source in wanted if subject(source) not in set(done["subject"])]


def pulled(home: Path) -> dict[str, list[str]]:
    """The rows that pulling makes, less clocks and the ids of runs."""
    found = {}
    with Store(home / "smalti.duckdb") as store:
        for table in PULLED:
            frame = store.read(f"SELECT * EXCLUDE (recorded_at) FROM {table}")
            frame = frame.drop("run_id", "fetched_at", "checked_at", "headers", strict=False)
            if "available_method" in frame.columns:
                undated = pl.col("available_method") == "recorded"
                frame = frame.with_columns(available_at=pl.when(~undated).then("available_at"))
            found[table] = sorted(map(repr, frame.iter_rows()))
    return found


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    posts = [
        {"id": str(n), "created_at": f"2026-05-1{n}T12:00:00Z", "text": f"Orders of $ZZWL rose again, {n}."}
        for n in range(4)
    ]
    (folder / "posts.jsonl").write_text("\n".join(map(json.dumps, posts)))
    os.utime(folder / "posts.jsonl", (1, 1))
    return folder


def test_killed_at_any_request_it_is_made_up_at_the_next_start(tmp_path: Path, drop: Path):
    with serving(answers) as server:
        wanted = at_work(server.base, drop)
        calm = home_with(tmp_path / "calm", wanted)
        finish(calm, server.base, wanted)
        asked = len(server.asked)
        expected = pulled(calm)
        assert len(expected["documents"]) > 25
        for at in (asked // 4, asked * 2 // 3):
            home = home_with(tmp_path / f"killed at {at}", wanted)
            server.asked.clear()
            killed(home, server, at)
            finish(home, server.base, left_to_do(home, wanted))
            found = pulled(home)
            for table, rows in expected.items():
                assert set(found[table]) ^ set(rows) == set(), f"{table}, killed at request {at}"
            assert found == expected


def test_a_pull_cut_short_is_made_up_at_once_though_its_schedule_is_far_off(tmp_path: Path):
    with serving(answers) as server:
        (wire,) = [source for source in sources(server.base) if source.name == "wire"]
        home = home_with(tmp_path / "home", [wire])
        killed(home, server, 2)
        finish(home, server.base, [wire])
        with Store(home / "smalti.duckdb") as store:
            runs = store.read("SELECT state FROM runs WHERE stage = 'pull' ORDER BY started_at")
        assert runs["state"].to_list() == ["interrupted", "done"]
