"""The main job on the sample: seconds, memory, dispositions and rows of a first and a second run.

    python bench/run.py                  # needs the folder of real data named by SMALTI_DATA

Each run is a `smalti run` of its own process, in a fresh home. Memory is the largest sum, seen twice a
second, of the proportional set sizes (`Pss` of /proc/PID/smaps_rollup: pages shared by processes count once)
of the process and all its descendants. `bench/results/run.json` gets the figures and the load of the machine
at the start.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.platform.store import Store

DATA = Path(os.environ.get("SMALTI_DATA", "../shared/data"))
RESULTS = Path(__file__).parent / "results" / "run.json"
FIRST_SECONDS, FIRST_GB, SECOND_SECONDS = 12 * 60, 4.0, 5.0
_POLL = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: wall seconds, largest memory of the process tree, and its stages."""

    seconds: float
    peak_gb: float
    stages: list[dict[str, Any]]


def measure(sample: Path, home: Path) -> Measured:
    """Run the main job once.

    Raises:
        SystemExit: it failed.
    """
    command = [sys.executable, "-c", "from smalti.service.cli import main; main()"]
    command += ["run", str(sample), "--home", str(home), "--json"]
    began = time.monotonic()
    peak = 0
    with (
        tempfile.TemporaryFile() as out,
        subprocess.Popen(command, stdout=out) as process,
    ):
        while process.poll() is None:
            peak = max(peak, _tree_bytes(process.pid))
            try:
                process.wait(_POLL)
            except subprocess.TimeoutExpired:
                continue
        seconds = time.monotonic() - began
        out.seek(0)
        said = json.loads(out.read() or b"{}")
    if process.returncode or "stages" not in said:
        raise SystemExit(f"smalti run ended with {process.returncode}: {said}")
    if not peak:
        raise SystemExit("memory cannot be measured here: /proc/PID/smaps_rollup is not to be read")
    return Measured(round(seconds, 1), round(peak / 2**30, 2), said["stages"])


def _tree_bytes(root: int) -> int:
    """Proportional set size of a process and its descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and (stat := _read(entry / "stat")):
            children[int(stat.rpartition(")")[2].split()[1])].append(int(entry.name))
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        todo += children[pid]
        for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended meanwhile
        return ""


def held(home: Path) -> dict[str, Any]:
    """What the store holds: rows by table, dispositions, quarantine, issuers with signals."""
    with Store(home / "smalti.duckdb") as store:
        by_outcome = store.read(
            "SELECT record = '' AS whole, outcome, count(*) FROM dispositions GROUP BY ALL ORDER BY ALL"
        )
        twice = store.read(
            "SELECT count(*) FROM"
            " (SELECT 1 FROM dispositions GROUP BY source_id, path, record HAVING count(*) > 1)"
        )
        kinds = store.read("SELECT kind, count(*), count(value) FROM signals GROUP BY kind ORDER BY kind")
        return {
            "rows": store.counts(),
            "files": {o: n for whole, o, n in by_outcome.iter_rows() if whole},
            "records": {o: n for whole, o, n in by_outcome.iter_rows() if not whole},
            "disposed_twice": twice.item(),
            "without_disposition": [],
            "quarantine": store.read(
                "SELECT path, record, code, reason FROM quarantine ORDER BY path, record LIMIT 100"
            ).to_dicts(),
            "signals": {kind: {"stored": n, "with_value": valued} for kind, n, valued in kinds.iter_rows()},
            "_paths": store.read("SELECT path FROM dispositions WHERE record = ''")["path"].to_list(),
        }


def bench(sample: Path) -> dict[str, Any]:
    """Both runs, and what they left."""
    load = os.getloadavg()
    files = {str(p.relative_to(sample)) for p in sample.rglob("*") if p.is_file()}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        first = measure(sample, home)
        after = held(home)
        second = measure(sample, home)
        again = held(home)
    paths = set(after.pop("_paths"))
    again.pop("_paths")
    after["without_disposition"] = sorted(files - paths)
    written = {t: n - after["rows"][t] for t, n in again["rows"].items() if n != after["rows"][t]}
    return {
        "machine": {
            "cpus": os.cpu_count(),
            "processor": platform.machine(),
            "python": platform.python_version(),
            "load_at_start": [round(v, 2) for v in load],
        },
        "memory_is": "largest sum of Pss over the process tree, sampled every 0.5 s",
        "files_in_folder": len(files),
        "first": asdict(first),
        "second": asdict(second) | {"rows_written": written},
        "held": after,
    }


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what was measured beside what is needed."""
    first, second, kept = figures["first"], figures["second"], figures["held"]
    outside = {t: n for t, n in second["rows_written"].items() if t != "runs"}
    table = Table("", "measured", "needed", box=None, pad_edge=False)
    load = figures["machine"]["load_at_start"][0]
    table.add_row("first run", f"{first['seconds']} s (load {load} at start)", f"{FIRST_SECONDS} s")
    table.add_row("  memory", f"{first['peak_gb']} GB", f"{FIRST_GB} GB")
    table.add_row("second run", f"{second['seconds']} s", f"{SECOND_SECONDS} s")
    table.add_row("  rows written outside the ledger", str(outside or 0), "0")
    missing, twice = kept["without_disposition"], kept["disposed_twice"]
    table.add_row("files without disposition", str(len(missing)), "0")
    table.add_row("files or records with several", str(twice), "0")
    console.print(table)
    for name in ("files", "records", "rows"):
        console.print(f"{name}: " + ", ".join(f"{n} {k}" for k, n in kept[name].items() if n))
    for stage in first["stages"]:
        console.print(f"{stage['stage']}: {stage['seconds']} s, {stage['counts']}")
    for entry in kept["quarantine"]:
        console.print(f"set aside: {entry['path']} {entry['record']} {entry['code']}: {entry['reason']}")


def main() -> None:
    """Measure, print, and keep the figures."""
    sample = DATA / "sample"
    if not sample.is_dir():
        raise SystemExit(f"no {sample}: set SMALTI_DATA to the folder of real data")
    figures = bench(sample)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    show(figures, Console())


if __name__ == "__main__":
    main()
