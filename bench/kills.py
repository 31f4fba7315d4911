"""kill -9 at random moments of ingest and scoring: is anything lost that was acknowledged, is anything twice?

A child process takes in and scores a small world. Whenever a commit has returned, it writes the keys of its
rows to a file beside the store and synchronises that file: these rows are acknowledged. The parent kills it,
looks into a copy of the store for every acknowledged key and for keys that are there twice, and starts it
again on the same home, until it ends by itself; then the store must hold what an undisturbed run's does.

Half of the kills come at moments spread evenly over the time that an undisturbed run takes after its first
commit; half while a commit is being written, seen by the write-ahead log changing. Run with

    python bench/kills.py [--kills 100] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich.console import Console
from rich.table import Table

from smalti.platform.settings import load_settings
from smalti.platform.store import TABLES, Batch, Store
from smalti.service import demo_world
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "bench" / "results" / "kills.json"
WORLD = (
    "news/walnut-lighthouse-annual-report.html", "news/walnut-lighthouse-results-in-line.html",
    "news/granite-teacup-investigation.html", "news/zzwl_feed.xml", "prices/ZZWL.csv",
    "filings_html/zzwl_companyfacts.json",
)  # fmt: skip
POSTS = 40  # of one file of the demo world, with their pictures
CALL = "call_audio/Walnut Lighthouse_20260205"
_PIECES = 1  # of the call: hearing takes the longest
_PATIENCE = 300.0  # seconds after which a child counts as stuck
_LOST_TABLES = frozenset({"cursors", "sources", "jobs"})  # rows of these may be taken out again by right


def write_world(root: Path) -> None:
    """Part of the demo world: every kind of source, few enough to be taken in a hundred times."""
    files = Path(demo_world.FILES)
    for name in WORLD:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(files / name, root / name)
    posts = min((files / "social").glob("*.jsonl"))
    lines = posts.read_text(encoding="utf-8").splitlines()[:POSTS]
    (root / "social").mkdir()
    (root / "social" / posts.name).write_text("\n".join(lines), encoding="utf-8")
    for line in lines:
        picture = json.loads(line).get("image")
        if picture and (files / "social" / picture).exists():
            (root / "social" / picture).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(files / "social" / picture, root / "social" / picture)
    (root / CALL / "Audio").mkdir(parents=True)
    for piece in sorted((files / CALL / "Audio").glob("*.mp3"))[:_PIECES]:
        shutil.copy(piece, root / CALL / "Audio")
    shutil.copy(files / "manifest.csv", root)


def child(world: Path, home: Path) -> None:
    """Take in and score the world, acknowledging each commit after it has returned."""
    acknowledged = os.open(f"{home}.acknowledged", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    commit = Store.commit

    def told(self: Store, batch: Batch, **more: Any) -> dict[str, int]:
        keys = {
            name: frame.select(TABLES[name].key).rows()
            for name, frame in batch.frames().items()
            if name not in _LOST_TABLES
        }
        gained = commit(self, batch, **more)
        os.write(acknowledged, json.dumps(keys, default=str).encode() + b"\n")
        os.fsync(acknowledged)
        return gained

    Store.commit = told  # type: ignore[method-assign]  # listens at the one place
    with open_engine(load_settings(home=home)) as engine:
        gateway = LocalGateway(engine)
        gateway.ingest(world)
        gateway.score()


@dataclass
class Round:
    """From an empty home to a finished run."""

    kills: list[dict[str, Any]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    acknowledged: int = 0
    commits: int = 0
    unlike: list[str] = field(default_factory=list)


def start(world: Path, home: Path) -> subprocess.Popen[bytes]:
    """A child on a home, in a session of its own."""
    env = os.environ | {"SMALTI_OCR": "false", "SMALTI_WORKERS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, __file__, "--child", str(world), str(home)]
    with Path(f"{home}.err").open("ab") as err:
        return subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=err, start_new_session=True
        )


def end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill what the killed child left, so that it does not slow the next one."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wal_state(home: Path) -> int:
    """The size of the write-ahead log; it changes while a commit is being written."""
    with suppress(FileNotFoundError):
        return (home / "smalti.duckdb.wal").stat().st_size
    return 0


def kill_once(process: subprocess.Popen[bytes], home: Path, how: str, when: float) -> bool:
    """Wait for the moment and kill; False when the child ended first.

    `how`: "time": so many seconds after its first commit (or its start, once there was one before);
    "commit": at the n-th change of the write-ahead log, `when` being n.
    """
    give_up = time.monotonic() + _PATIENCE
    seen, changes, began = wal_state(home), 0, 0.0
    while process.poll() is None:
        if time.monotonic() > give_up:
            end_session(process)
            raise SystemExit("the child neither ended nor reached the moment")
        now = wal_state(home)
        if now != seen:
            seen, changes = now, changes + 1
            began = began or time.monotonic()
        if (how == "commit" and changes > when) or (
            how == "time" and began and time.monotonic() - began >= when
        ):
            process.send_signal(signal.SIGKILL)
            end_session(process)
            return True
        time.sleep(0.0003 if how == "commit" else 0.002)
    if process.returncode != 0:
        raise SystemExit(f"the child failed: {Path(f'{home}.err').read_text()[-2000:]}")
    return False


@contextmanager
def copy_of(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The store as the kill left it, write-ahead log included, opened elsewhere."""
    with tempfile.TemporaryDirectory() as made:
        for name in ("smalti.duckdb", "smalti.duckdb.wal"):
            with suppress(FileNotFoundError):
                shutil.copy(home / name, made)
        with duckdb.connect(str(Path(made) / "smalti.duckdb")) as con:
            con.execute("SET TimeZone = 'UTC'")
            yield con


def look(home: Path, found: Round) -> None:
    """Note every acknowledged key that is not there, and every key that is there twice."""
    acknowledged: dict[str, set[tuple[str, ...]]] = {}
    path = Path(f"{home}.acknowledged")
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    for line in lines:
        for table, keys in json.loads(line).items():
            acknowledged.setdefault(table, set()).update(tuple(map(str, key)) for key in keys)
    found.commits = len(lines)
    found.acknowledged = sum(map(len, acknowledged.values()))
    with copy_of(home) as con:
        there = {name for (name,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
        for table in TABLES:
            if table not in there:
                held: list[tuple[Any, ...]] = []
            else:
                columns = ", ".join(TABLES[table].key)
                held = con.execute(f"SELECT {columns} FROM {table}").fetchall()  # noqa: S608 - names from TABLES
            keys = Counter(tuple(map(str, row)) for row in held)
            missing = acknowledged.get(table, set()) - keys.keys()
            found.lost.extend(f"{table} {key}" for key in sorted(missing))
            found.twice.extend(f"{table} {key}" for key, n in keys.items() if n > 1)


def contents(home: Path) -> dict[str, list[str]]:
    """The rows of every table but the ledger, less clocks and ids of runs."""
    found = {}
    with Store(home / "smalti.duckdb") as store:
        for name in sorted(TABLES.keys() - {"runs"}):
            rows = store.read(f"SELECT * EXCLUDE (recorded_at) FROM {name}")  # noqa: S608 - as above
            frame = rows.drop("run_id", "fetched_at", "checked_at", "headers", strict=False)
            if name == "documents":
                dated = pl.col("available_method") != "recorded"
                frame = frame.with_columns(available_at=pl.when(dated).then("available_at"))
            found[name] = sorted(map(repr, frame.iter_rows()))
    return found


def undisturbed(world: Path, home: Path) -> tuple[dict[str, list[str]], float, int]:
    """What a calm run ends with, the seconds from its first commit to its end, and its commits."""
    process = start(world, home)
    began = 0.0
    give_up = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        if not began and wal_state(home):
            began = time.monotonic()
        time.sleep(0.005)
    if process.returncode != 0:
        end_session(process)
        raise SystemExit(f"the calm run failed: {Path(f'{home}.err').read_text()[-2000:]}")
    commits = Path(f"{home}.acknowledged").read_bytes().count(b"\n")
    return contents(home), time.monotonic() - began, commits


def one_round(world: Path, home: Path, calm: Mapping[str, Any], rng: random.Random, most: int) -> Round:
    """Kill and start again on one home until a run ends by itself."""
    found = Round()
    while True:
        process = start(world, home)
        how = rng.choice(("time", "commit"))
        when = rng.uniform(0, calm["seconds"] / 3) if how == "time" else rng.randrange(0, 12)
        if len(found.kills) >= most:
            how, when = "time", float("inf")
        if not kill_once(process, home, how, when):
            break
        found.kills.append({"how": how, "when": round(float(when), 4)})
        look(home, found)
        print(f"killed ({how} {when:.1f}): {found.acknowledged} rows acknowledged, {len(found.lost)} lost,"
              f" {len(found.twice)} twice", flush=True)  # fmt: skip
        if found.lost or found.twice:
            break
    look(home, found)
    if not found.lost:
        held = contents(home)
        found.unlike = [name for name, rows in calm["contents"].items() if held[name] != rows]
    return found


def main() -> None:
    """Kill as often as asked, over as many rounds as that takes; print and write the figures."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--kills", type=int, default=100)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--minutes", type=float, default=60.0, help="begin no further round after so long")
    ask.add_argument("--child", nargs=2, type=Path, metavar=("WORLD", "HOME"), help=argparse.SUPPRESS)
    args = ask.parse_args()
    if args.child:
        child(*args.child)
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as made:
        world = Path(made) / "world"
        write_world(world)
        expected, seconds, commits = undisturbed(world, Path(made) / "calm")
        calm = {"contents": expected, "seconds": seconds, "commits": commits}
        print(f"undisturbed: {seconds:.1f} s from the first commit to the end, {commits} commits")
        rng = random.Random(args.seed)  # noqa: S311 - no secret
        rounds: list[Round] = []
        while sum(len(r.kills) for r in rounds) < args.kills:
            if time.monotonic() - began > args.minutes * 60:
                break
            home = Path(made) / f"round-{len(rounds)}"
            rounds.append(one_round(world, home, calm, rng, args.kills))
            shutil.rmtree(home)
            r = rounds[-1]
            print(f"round {len(rounds)}: {len(r.kills)} kills, lost {len(r.lost)}, twice {len(r.twice)}")
            report(rounds, calm, args.seed)


def report(rounds: list[Round], calm: Mapping[str, Any], seed: int) -> None:
    """A table, and the figures written down."""
    table = Table("round", "kills", "at a commit", "commits", "rows acknowledged", "lost", "twice", "unlike")
    for number, r in enumerate(rounds, 1):
        at_commit = sum(kill["how"] == "commit" for kill in r.kills)
        cells = (number, len(r.kills), at_commit, r.commits, r.acknowledged, len(r.lost), len(r.twice))
        table.add_row(*map(str, cells), ", ".join(r.unlike) or "nothing")
    Console().print(table)
    result = {
        "seed": seed,
        "calm_seconds": round(calm["seconds"], 1),
        "calm_commits": calm["commits"],
        "rows": {name: len(rows) for name, rows in calm["contents"].items() if rows},
        "kills": sum(len(r.kills) for r in rounds),
        "lost": sum(len(r.lost) for r in rounds),
        "twice": sum(len(r.twice) for r in rounds),
        "rounds_unlike": sum(bool(r.unlike) for r in rounds),
        "rounds": [
            {"kills": r.kills, "commits": r.commits, "acknowledged": r.acknowledged, "lost": r.lost[:10],
             "twice": r.twice[:10], "unlike": r.unlike}
            for r in rounds
        ],
    }  # fmt: skip
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{result['kills']} kills: {result['lost']} acknowledged rows lost, {result['twice']} twice,"
          f" {result['rounds_unlike']} rounds that ended otherwise than undisturbed")  # fmt: skip


if __name__ == "__main__":
    main()
