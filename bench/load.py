"""Load on loopback: what the service answers a second, and how late, while an ingest writes.

A store of 1,000,000 signals and 100,000 pieces of text (`load_store.py`) is served by a process of its own.
The load comes from this process, over plain sockets to 127.0.0.1, in two ways:

- open loop: 50 clients (5 for search), each with one request a second at moments planned beforehand. A
  latency counts from the planned moment, so that a slow answer makes the next ones late too (no coordinated
  omission);
- closed loop: a few connections that ask again as soon as they are answered: where it saturates.

Arrow export of all signals stands beside the same rows as JSON pages. The load generator's own CPU time is
told, and the server's with its children's. Run with

    python bench/load.py [--home DIR] [--seconds 30] [--no-ingest]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from load_client import Answer, Connection
from load_store import FIRST_DAY, ISSUERS, KINDS, build, ticker, words

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "bench" / "results" / "load.json"
CLIENTS, RATE = {"latest by issuer": 50, "time series": 50, "search": 5}, 1.0
CLOSED = 8
UP = [sys.executable, "-c", "from smalti.service.cli import main; main()", "up"]
ARROW = "application/vnd.apache.arrow.stream"
_JSON_PAGES = 30
_AIM_MS = {"latest by issuer": 150.0, "time series": 250.0}

Path_ = Callable[[np.random.Generator], str]


def latest(rng: np.random.Generator) -> str:
    return f"/v1/signals/newest?issuer={ticker(int(rng.integers(ISSUERS)))}"


def series(rng: np.random.Generator) -> str:
    kind, horizon = KINDS[int(rng.integers(len(KINDS)))]
    return (
        f"/v1/signals/series?issuer={ticker(int(rng.integers(ISSUERS)))}&kind={kind}&horizon={horizon}"
        f"&from={FIRST_DAY:%Y-%m-%d}"
    )


def text_search(rng: np.random.Generator) -> str:
    return f"/v1/search?q={words(rng, 4).replace(' ', '+')}"


KINDS_OF_READ: dict[str, Path_] = {
    "latest by issuer": latest,
    "time series": series,
    "search": text_search,
}


@dataclass
class Server:
    """The service in a process of its own."""

    process: subprocess.Popen[bytes]
    port: int
    key: str

    def cpu_s(self) -> float:
        """CPU seconds of it and of all its living descendants."""
        return sum(_ticks(pid) for pid in _family(self.process.pid)) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """Resident memory of the owner process."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(fields[11]) + int(fields[12])


def _family(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = [root]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


@contextmanager
def served(home: Path) -> Iterator[Server]:
    """The real service on a free port, until the block ends."""
    env = os.environ | {
        "SMALTI_OCR": "false",
        "SMALTI_WORKERS": "1",
        "SMALTI_API_RATE": "100000",  # the limit of a user's rate is not what is measured
        "OMP_NUM_THREADS": "1",
    }
    log = (home / "service.log").open("ab")
    process = subprocess.Popen([*UP, "--home", str(home), "--port", "0"], env=env, stdout=log, stderr=log)
    try:
        address, key = _left(home / "service.json", process)
        yield Server(process, int(address.rpartition(":")[2]), key)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
        log.close()


def _left(path: Path, process: subprocess.Popen[bytes]) -> tuple[str, str]:
    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise SystemExit(f"the service ended; see {path.with_name('service.log')}")
        if path.exists():
            told = json.loads(path.read_text())
            if told["pid"] == process.pid:
                return told["address"], told["local_key"]
        time.sleep(0.2)
    raise SystemExit("the service did not come up")


@dataclass
class Phase:
    """One kind of request for a while."""

    name: str
    loop: str
    ingest: bool
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    bytes: int = 0
    seconds: float = 0.0
    client_cpu: float = 0.0
    server_cpu: float = 0.0

    def row(self) -> dict[str, Any]:
        """The figures of it."""
        ms = np.array(self.latencies) * 1000
        told = {f"p{p}_ms": round(float(np.percentile(ms, p)), 1) for p in (50, 95, 99)} if len(ms) else {}
        return {
            "read": self.name,
            "loop": self.loop,
            "ingest": self.ingest,
            "requests": len(ms),
            "wrong": len(self.wrong),
            "first_wrong": self.wrong[0] if self.wrong else "",
            "per_s": round(len(ms) / self.seconds, 1),
            **told,
            "most_ms": round(float(ms.max()), 1) if len(ms) else None,
            "bytes_each": round(self.bytes / max(len(ms), 1)),
            "client_cpu_share": round(self.client_cpu / self.seconds, 3),
            "server_cpu_share": round(self.server_cpu / self.seconds, 3),
            "server_cpu_ms_each": round(1000 * self.server_cpu / max(len(ms), 1), 1),
            "aim_ms": _AIM_MS.get(self.name) if self.loop == "open" else None,
        }

    def take(self, answer: Answer, since: float) -> None:
        """Note one answer, asked for (or planned) at a moment."""
        self.latencies.append(time.perf_counter() - since)
        self.bytes += len(answer.body)
        if answer.status != 200 or not _says_something(answer.body):
            self.wrong.append(f"{answer.status} {answer.body[:200]!r}")


def _says_something(body: bytes) -> bool:
    told = json.loads(body)
    rows = next((v for v in told.values() if isinstance(v, list)), []) if isinstance(told, dict) else told
    return len(rows) > 0


@contextmanager
def measured(phase: Phase, server: Server) -> Iterator[None]:
    """Count seconds and CPU of both sides while the block runs."""
    mine, theirs, start = _own_cpu(), server.cpu_s(), time.perf_counter()
    yield
    phase.seconds = time.perf_counter() - start
    phase.client_cpu, phase.server_cpu = _own_cpu() - mine, max(server.cpu_s() - theirs, 0.0)


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def open_loop(server: Server, phase: Phase, path: Path_, seconds: float) -> None:
    """Clients with a request a second each, at moments that are fixed beforehand."""
    clients = CLIENTS[phase.name]
    start = time.perf_counter() + 0.2

    async def client(number: int) -> None:
        rng = np.random.default_rng(number)
        connection = await Connection.open(server.port, server.key)
        try:
            for k in range(int(seconds * RATE)):
                planned = start + (k + number / clients) / RATE
                await asyncio.sleep(max(planned - time.perf_counter(), 0))
                phase.take(await connection.get(path(rng)), planned)
        finally:
            connection.close()

    await asyncio.gather(*(client(number) for number in range(clients)))


async def closed_loop(server: Server, phase: Phase, path: Path_, seconds: float) -> None:
    """A few connections that ask again at once."""
    end = time.perf_counter() + seconds

    async def client(number: int) -> None:
        rng = np.random.default_rng(1000 + number)
        connection = await Connection.open(server.port, server.key)
        try:
            while (now := time.perf_counter()) < end:
                phase.take(await connection.get(path(rng)), now)
        finally:
            connection.close()

    await asyncio.gather(*(client(number) for number in range(CLOSED)))


@contextmanager
def ingesting(server: Server, folder: Path, wanted: bool) -> Iterator[list[int]]:
    """Documents that are taken in meanwhile, through the API: one small folder after another."""
    written = [0]
    if not wanted:
        yield written
        return
    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_keep_ingesting(server, folder, stop, written)))
    thread.start()
    try:
        yield written
    finally:
        stop.set()
        thread.join()


async def _keep_ingesting(server: Server, folder: Path, stop: threading.Event, written: list[int]) -> None:
    connection = await Connection.open(server.port, server.key)
    while not stop.is_set():
        batch = folder / f"batch-{time.time_ns()}"
        _write_news(batch, 40)
        body = json.dumps({"folder": str(batch)}).encode()
        begun = await connection.post("/v1/work/ingest", body)
        if begun.status != 202:
            raise SystemExit(f"ingest was refused: {begun.body!r}")
        task = json.loads(begun.body)["task_id"]
        while True:
            state = json.loads((await connection.get(f"/v1/tasks/{task}")).body)["state"]
            if state not in {"queued", "running"}:
                break
            await asyncio.sleep(0.5)
        if state != "done":
            raise SystemExit(f"ingest ended as {state}")
        written[0] += 40
    connection.close()


def _write_news(folder: Path, count: int) -> None:
    (folder / "news").mkdir(parents=True)
    rng = np.random.default_rng(time.time_ns() % 2**32)
    for k in range(count):
        title = f"{ticker(int(rng.integers(ISSUERS)))} {words(rng, 5)}"
        data = json.dumps(
            {"@type": "NewsArticle", "headline": title, "datePublished": "2025-09-01T12:00:00Z"}
        )
        text = "".join(f"<p>{words(rng, 30)}.</p>" for _ in range(5))
        (folder / "news" / f"{k}.html").write_text(
            f'<html lang="en"><head><title>{title}</title><script type="application/ld+json">{data}</script>'
            f"</head><body><article><h1>{title}</h1>{text}</article></body></html>"
        )


async def export(server: Server) -> list[dict[str, Any]]:
    """All signals as one Arrow stream, and some pages of them as JSON."""
    connection = await Connection.open(server.port, server.key)
    start, cpu = time.perf_counter(), server.cpu_s()
    answer = await connection.get("/v1/signals", accept=ARROW)
    seconds = time.perf_counter() - start
    rows = _arrow_rows(answer.body) if answer.status == 200 else 0
    found = [_export_row("Arrow IPC", rows, len(answer.body), seconds, server.cpu_s() - cpu, answer.status)]
    start, cpu, rows, size, cursor = time.perf_counter(), server.cpu_s(), 0, 0, ""
    for _ in range(_JSON_PAGES):
        answer = await connection.get(f"/v1/signals?limit=1000{cursor}")
        if answer.status != 200:
            break
        page = json.loads(answer.body)
        rows, size = rows + len(page["items"]), size + len(answer.body)
        if not page["next"]:
            break
        cursor = f"&cursor={page['next']}"
    seconds = time.perf_counter() - start
    found.append(_export_row("JSON pages", rows, size, seconds, server.cpu_s() - cpu, answer.status))
    connection.close()
    return found


def _export_row(form: str, rows: int, size: int, seconds: float, cpu: float, status: int) -> dict[str, Any]:
    return {
        "form": form,
        "status": status,
        "rows": rows,
        "mb": round(size / 1e6, 1),
        "seconds": round(seconds, 2),
        "rows_per_s": round(rows / seconds),
        "mb_per_s": round(size / 1e6 / seconds, 1),
        "server_cpu_s": round(cpu, 2),
    }


def _arrow_rows(body: bytes) -> int:
    import pyarrow.ipc

    with pyarrow.ipc.open_stream(body) as reader:
        return sum(batch.num_rows for batch in reader)


def run(home: Path, seconds: float, *, with_ingest: bool) -> dict[str, Any]:
    """All phases against one server."""
    rows: list[dict[str, Any]] = []
    with served(home) as server, tempfile.TemporaryDirectory() as scratch:
        asyncio.run(_ready(server))
        for ingest in (False, True) if with_ingest else (False,):
            with ingesting(server, Path(scratch), ingest) as written:
                for loop, go, length in (("open", open_loop, seconds), ("closed", closed_loop, seconds / 3)):
                    for name, path in KINDS_OF_READ.items():
                        phase = Phase(name, loop, ingest)
                        with measured(phase, server):
                            asyncio.run(go(server, phase, path, length))
                        rows.append(phase.row() | {"documents_taken_in_by_then": written[0]})
                        show(rows[-1:])
        exports = asyncio.run(export(server))
        return {"phases": rows, "exports": exports, "server_memory_mb": round(server.memory_mb())}


async def _ready(server: Server) -> None:
    """Until the service that has just started has made its index; it still scores its store."""
    connection = await Connection.open(server.port, server.key, patience=600.0)
    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        await asyncio.sleep(2.0)
        answer = await connection.get(text_search(np.random.default_rng(0)))
        if answer.status == 200 and b"still being made" not in answer.body:
            break
    else:
        raise SystemExit("the service does not make its index")
    connection.close()


def show(rows: list[dict[str, Any]]) -> None:
    """A line a phase."""
    table = Table("read", "loop", "ingest", "requests", "wrong", "per s", "p50 ms", "p95", "p99", "most",
                  "client CPU", "server CPU", "server ms each", show_header=len(rows) > 1)  # fmt: skip
    for r in rows:
        shown = ("requests", "wrong", "per_s", "p50_ms", "p95_ms", "p99_ms", "most_ms")
        shares = (f"{r['client_cpu_share']:.0%}", f"{r['server_cpu_share']:.0%}")
        table.add_row(r["read"], r["loop"], str(r["ingest"]), *(str(r.get(k)) for k in shown), *shares,
                      str(r["server_cpu_ms_each"]))  # fmt: skip
        if r["first_wrong"]:
            print(f"wrong: {r['first_wrong']}", file=sys.stderr)
    Console(width=140).print(table)


def main() -> None:
    """Build the store where it is not there, measure, print, and write the figures down."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--home", type=Path, help="folder of the store; kept, and used again when it is there")
    ask.add_argument("--seconds", type=float, default=30.0, help="of an open-loop phase; at most 60")
    ask.add_argument("--no-ingest", action="store_true")
    ask.add_argument("--no-write", action="store_true", help="print only")
    args = ask.parse_args()
    with tempfile.TemporaryDirectory() as made:
        home = args.home or Path(made)
        home.mkdir(parents=True, exist_ok=True)
        if not (home / "smalti.duckdb").exists():
            print("building the store", build(home))
        work = Path(made) / "work"  # a copy, since the ingest writes into it
        shutil.copytree(home, work, ignore=shutil.ignore_patterns("*.lock", "*.owner", "service.*"))
        found = run(work, min(args.seconds, 60.0), with_ingest=not args.no_ingest)
    result = {
        "clients": CLIENTS,
        "requests_a_second_each": RATE,
        "closed_loop_connections": CLOSED,
        "cores": os.cpu_count(),
        "cpu": platform.processor() or platform.machine(),
        "load_average": os.getloadavg(),
        **found,
    }
    show(found["phases"])
    for row in found["exports"]:
        print(row)
    if not args.no_write:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
