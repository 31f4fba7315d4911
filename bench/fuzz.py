"""Hostile files through the real folder ingest: nothing crashes, hangs, is lost or harms its neighbours.

Folders are made and taken in by the engine as a user's would be, with its real sandbox and DuckDB:

- *mutants*: seeded mutations of good files of every kind (`mutants.py`), built attacks (`attacks.py`),
  sidecars beside good files and a call of which pieces are broken, beside good files that must come out as
  they do alone;
- *manifests*: a folder for each hostile manifest, which must be refused whole or obeyed;
- *pictures*: ones that decode well and are hard to read, with OCR, charts and forensics on;
- *torture*: the awkward PDFs of the real data, a line each.

Elsewhere speech and OCR models are off: they see arrays the sandbox made, not these bytes. What must hold
is listed in `Verdict`; what the bench prints beside it is counts by code, the slowest inputs and the memory
used.

Run `python bench/fuzz.py [--count 350] [--part NAME] [--keep FOLDER]`; writes `bench/results/fuzz.json`
unless the count is another. Exits with 1 when something does not hold.
"""
# ruff: noqa: S608 - its SQL is put together from constants of ours; values are bound

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

import attacks
import mutants
from smalti.ingest.feeds.folder import walk
from smalti.platform.errors import InputError
from smalti.platform.sandbox import Sandbox
from smalti.platform.settings import Settings, load_settings
from smalti.platform.workers import Workers
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.ingest import ingest

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
COUNT = 350
SECONDS = 30.0
MODEL_SECONDS = 150.0
"""The same where models run: their time counts in, and that of loading them."""
MEMORY_MB = 1024
PICTURE_S = 120.0
"""What a worker may take over one picture, loading the models included."""
GRACE_S = 5.0
"""Beyond the sandbox's own limit: starting a child and copying files."""
GOOD = "0-good"  # sorts first, so a mutant can be a duplicate of a good file but not the other way round
CODES = {
    "Unreadable", "Malformed", "Encrypted", "Empty", "TooLarge", "Unsupported", "SandboxKilled",
    "ParserFailed", "Refused", "Unreachable",
}  # fmt: skip


@dataclass
class Verdict:
    """What must hold, each with what broke it."""

    lost: list[str] = field(default_factory=list)  # files without exactly one disposition
    records: list[str] = field(default_factory=list)  # documents whose record has no disposition, and so on
    unclear: list[str] = field(default_factory=list)  # quarantined without a reason, a mend or a known code
    changed: list[str] = field(default_factory=list)  # good files whose rows are not what they are alone
    slow: list[str] = field(default_factory=list)  # beyond the sandbox's seconds
    failed: list[str] = field(default_factory=list)  # ParserFailed: defects of ours
    crashed: list[str] = field(default_factory=list)  # errors that are no InputError

    @property
    def holds(self) -> bool:
        """Whether nothing broke."""
        return not any(vars(self).values())


class _Timed:
    """A sandbox that notes how long each call took."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def call(self, function: str, inputs: Any, arguments: Mapping[str, Any]) -> Iterator[tuple[Any, Path]]:
        begin = time.perf_counter()
        name = arguments["request"]["name"]
        try:
            with self._sandbox.call(function, inputs, arguments) as answer:
                yield answer
        finally:
            with self._lock:
                self.seconds[name] = time.perf_counter() - begin


class _TimedWorkers:
    """Workers that note how long each task took."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.size = workers.size
        self.longest = 0.0

    def call(self, function: str, **arguments: Any) -> Any:
        begin = time.perf_counter()
        try:
            return self._workers.call(function, **arguments)
        finally:
            self.longest = max(self.longest, time.perf_counter() - begin)

    def close(self) -> None:
        self._workers.close()


def settings(home: Path, ocr: bool = False) -> Settings:
    """Nothing that runs a model but, where asked for, what reads pictures; the limits are tight."""
    return load_settings(
        home=home,
        workers=2,
        ocr=ocr,
        recogniser="openai-whisper",
        whisper=home / "no-such-model",
        sandbox_seconds=MODEL_SECONDS if ocr else SECONDS,
        sandbox_memory_mb=MEMORY_MB,
        max_bytes=50_000_000,
    )


def write_good(root: Path) -> None:
    """Good files of the demo world that must not be touched by what lies beside them."""
    world = mutants.WORLD
    for name in (
        "news/marble-heron-record-year.html",
        "news/zzwl_feed.xml",
        "prices/ZZVC.csv",
        "social/zzwl_posts.jsonl",
        "social/zzwl_box.jpg",
        "filings_pdf/ZZMH_2025_10K.pdf",
    ):
        target = root / GOOD / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((world / name).read_bytes())


def write_hostile(root: Path, count: int, with_attacks: bool = True) -> dict[str, str]:
    """Write the hostile files; returns what each path is."""
    what: dict[str, str] = {}

    def put(path: str, raw: bytes, name: str) -> None:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(raw)
        what[path] = name

    for mutant in mutants.mutants(count):
        put(f"mutants/{mutant.path}", mutant.raw, f"{mutant.kind}: {mutant.mutation}")
    if with_attacks:
        for name, raw in attacks.constructions().items():
            put(f"attacks/{Path(name).stem}/{name}", raw, f"attack: {name}")
        good = mutants.originals()
        for name, raw in attacks.call_pieces(good).items():
            put(f"calls/broken/{name}", raw, f"call piece: {name}")
        for name, raw in attacks.sidecars().items():
            put(f"sidecars/{name}/note.txt", good["note.txt"] + name.encode(), f"beside sidecar: {name}")
            put(f"sidecars/{name}/note.txt.meta.json", raw, f"sidecar: {name}")
    return what


def rows_of_good(engine: Engine) -> dict[str, list[str]]:
    """All rows about the good files, less clocks and runs."""
    read = engine.store.read
    good = f"path LIKE '{GOOD}/%'"
    documents = (
        "SELECT document_id FROM documents WHERE artifact_id IN"
        f" (SELECT artifact_id FROM dispositions WHERE {good})"
    )
    queries = {
        "dispositions": "SELECT path, record, artifact_id, outcome, parser, detail"
        f" FROM dispositions WHERE {good}",
        "documents": "SELECT * EXCLUDE (recorded_at, available_at) FROM documents"
        f" WHERE document_id IN ({documents})",
        **{
            table: f"SELECT * EXCLUDE (recorded_at) FROM {table} WHERE document_id IN ({documents})"
            for table in ("evidence", "facts", "prices")
        },
    }
    return {name: sorted(map(repr, read(query).iter_rows())) for name, query in queries.items()}


def check(engine: Engine, root: Path, verdict: Verdict, seconds: Mapping[str, float]) -> None:
    """Hold what the store says of a folder against the folder and against itself."""
    read = engine.store.read
    source = str(root.resolve())
    mine = "source_id IN (SELECT source_id FROM sources WHERE address = ?)"
    files = {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
    inputs = {i.path for i in walk(root)}
    whole = read(f"SELECT path, outcome FROM dispositions WHERE record = '' AND {mine}", [source])
    counted = Counter(whole["path"])
    verdict.lost += [p for p in sorted(files | inputs) if counted[p] != 1]
    verdict.lost += [f"{p}: not in the folder" for p in sorted(counted.keys() - files - inputs)]
    # A document of a record and that record's disposition come together.
    parts = read(
        "SELECT x.path, d.part FROM documents d JOIN dispositions x ON x.artifact_id = d.artifact_id"
        f" AND x.record = '' AND x.outcome = 'parsed' WHERE d.part <> '' AND {mine}",
        [source],
    )
    told = read(f"SELECT path, record, outcome FROM dispositions WHERE record <> '' AND {mine}", [source])
    twice = told.filter(told.select("path", "record").is_duplicated())
    verdict.records += [f"{p} {r}: two dispositions" for p, r, _ in twice.iter_rows()]
    made = set(parts.iter_rows())
    parsed = {(p, r) for p, r, outcome in told.iter_rows() if outcome == "parsed"}
    priced = set(read("SELECT DISTINCT path FROM dispositions WHERE parser LIKE 'prices/%'")["path"])
    verdict.records += [f"{p} {r}: a document without a disposition" for p, r in sorted(made - parsed)]
    verdict.records += [
        f"{p} {r}: parsed, but no document" for p, r in sorted(parsed - made) if p not in priced
    ]
    bad = {(p, r) for p, r, outcome in told.iter_rows() if outcome == "quarantined"}
    bad |= {(p, "") for p, outcome in whole.iter_rows() if outcome == "quarantined"}
    quarantine = read(f"SELECT path, record, code, reason, mend FROM quarantine WHERE {mine}", [source])
    kept = {(p, r) for p, r, *_ in quarantine.iter_rows()}
    verdict.records += [f"{p} {r}: quarantine and disposition differ" for p, r in sorted(bad ^ kept)]
    for path, record, code, reason, mend in quarantine.iter_rows():
        if code == "ParserFailed":
            verdict.failed.append(f"{path} {record}: {reason}")
        elif code not in CODES or not reason.strip() or not mend.strip() or "Traceback" in reason:
            verdict.unclear.append(f"{path} {record}: {code}: {reason!r} ({mend!r})")
    verdict.slow += [f"{p}: {s:.0f} s" for p, s in seconds.items() if s > SECONDS + GRACE_S]


def run_folder(
    home: Path, root: Path, verdict: Verdict, ocr: bool = False
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Take a folder in and check it; returns what to report, and the rows of the good files."""
    begin = time.perf_counter()
    with open_engine(settings(home, ocr)) as engine:
        timed, working = _Timed(engine.sandbox), _TimedWorkers(engine.workers)
        try:
            ingest(replace(engine, sandbox=timed, workers=working), root)  # type: ignore[arg-type]  # a timed stand-in
        except Exception as error:  # what must not happen is told, not hidden
            verdict.crashed.append(f"{root.name}: {type(error).__name__}: {error}")
        # A call lasts until what it made was used, a worker's time included.
        check(engine, root, verdict, {} if ocr else timed.seconds)
        if working.longest > PICTURE_S:
            verdict.slow.append(f"{root.name}: a worker took {working.longest:.0f} s over one input")
        outcomes = engine.store.read("SELECT outcome FROM dispositions WHERE record = ''")["outcome"]
        codes = engine.store.read("SELECT code, record FROM quarantine")
        report = {
            "files": sum(1 for p in root.rglob("*") if p.is_file()),
            "outcomes": dict(sorted(Counter(outcomes).items())),
            "file codes": dict(sorted(Counter(c for c, r in codes.iter_rows() if not r).items())),
            "record codes": dict(sorted(Counter(c for c, r in codes.iter_rows() if r).items())),
            "slowest": {p: round(s, 1) for p, s in sorted(timed.seconds.items(), key=lambda i: -i[1])[:8]},
            "reasons": engine.store.read(
                "SELECT code, regexp_replace(reason, '[0-9]+', '0', 'g') AS what, mend,"
                " count(*) AS files, min(path) AS example FROM quarantine WHERE record = ''"
                " GROUP BY ALL ORDER BY ALL"
            ).to_dicts(),
            "longest task": round(working.longest, 1),
            "each": engine.store.read(
                "SELECT path, outcome, detail FROM dispositions WHERE record = '' ORDER BY path"
            ).to_dicts(),
            "seconds of": timed.seconds,
        }
        good = rows_of_good(engine)
    return report | {"seconds": round(time.perf_counter() - begin, 1)}, good


def run_manifests(home: Path, folder: Path, verdict: Verdict) -> dict[str, str]:
    """A folder for each hostile manifest: refused as a whole with an `InputError`, or every file settled."""
    note = mutants.originals()["note.txt"]
    ended: dict[str, str] = {}
    with open_engine(settings(home)) as engine:
        for name, raw in attacks.manifests().items():
            root = folder / name
            root.mkdir(parents=True)
            (root / "manifest.csv").write_bytes(raw)
            (root / "note.txt").write_bytes(note + name.encode())
            begin = time.perf_counter()
            try:
                run = ingest(engine, root)
            except InputError as error:
                ended[name] = f"refused: {error.code}: {error.what}"
                rows = engine.store.read(
                    "SELECT count(*) FROM dispositions JOIN sources USING (source_id) WHERE address = ?",
                    [str(root.resolve())],
                ).item()
                if rows:
                    verdict.lost.append(f"{name}: refused, yet {rows} files were taken in")
            except Exception as error:  # as above
                verdict.crashed.append(f"manifest {name}: {type(error).__name__}: {error}")
            else:
                ended[name] = ", ".join(f"{n} {outcome}" for outcome, n in sorted(run.counts.items()))
                check(engine, root, verdict, {})
            if time.perf_counter() - begin > SECONDS:
                verdict.slow.append(f"manifest {name}")
    return ended


def show(console: Console, title: str, report: Mapping[str, Any]) -> None:
    """Counts of one folder."""
    table = Table("", "", title=f"{title}: {report['files']} files in {report['seconds']} s")
    for name in ("outcomes", "file codes", "record codes", "slowest"):
        table.add_row(name, "\n".join(f"{k}: {v}" for k, v in report[name].items()))
    console.print(table)


def mutants_part(work: Path, count: int, console: Console) -> dict[str, Any]:
    """Mutants, attacks, sidecars and a broken call beside good files."""
    verdict = Verdict()
    write_good(work / "alone")
    write_good(work / "mutants")
    write_hostile(work / "mutants", count)
    _, alone = run_folder(work / "home-alone", work / "alone", verdict)
    report, beside = run_folder(work / "home", work / "mutants", verdict)
    for table, rows in alone.items():
        verdict.changed += [f"{table}: {row[:200]}" for row in sorted(set(rows) ^ set(beside[table]))]
    show(console, "Mutants and attacks", report)
    return {k: v for k, v in report.items() if k not in ("each", "seconds of")} | {"broken": vars(verdict)}


def manifests_part(work: Path, count: int, console: Console) -> dict[str, Any]:
    """Hostile manifests."""
    verdict = Verdict()
    ended = run_manifests(work / "home-manifests", work / "manifests", verdict)
    for name, end in ended.items():
        console.print(f"  manifest {name:<12} {end}", markup=False, soft_wrap=True)
    return {"ended": ended, "broken": vars(verdict)}


def pictures_part(work: Path, count: int, console: Console) -> dict[str, Any]:
    """Hard pictures, with the models on."""
    verdict = Verdict()
    (work / "pictures").mkdir(parents=True)
    for name, raw in attacks.pictures().items():
        (work / "pictures" / name).write_bytes(raw)
    report, _ = run_folder(work / "home-pictures", work / "pictures", verdict, ocr=True)
    show(console, "Pictures read with models", report)
    return {k: v for k, v in report.items() if k not in ("each", "seconds of")} | {"broken": vars(verdict)}


def torture_part(work: Path, count: int, console: Console) -> dict[str, Any]:
    """The awkward PDFs, a line each."""
    verdict = Verdict()
    report, _ = run_folder(work / "home-torture", DATA / "torture" / "pdf", verdict)
    show(console, "Awkward PDFs", report)
    for row in report["each"]:
        row["took"] = report["seconds of"].get(row["path"], 0.0)
        line = "  {path:<48} {outcome:<12}{took:6.1f} s  {detail}".format(**row)
        console.print(line, markup=False, soft_wrap=True)
    return {k: v for k, v in report.items() if k != "seconds of"} | {"broken": vars(verdict)}


PARTS = {p.__name__[:-5]: p for p in (mutants_part, manifests_part, pictures_part, torture_part)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=COUNT, help="seeded mutants; attacks come on top")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be given again")
    parser.add_argument("--keep", type=Path, help="keep the files and stores in this folder")
    options = parser.parse_args()
    console = Console(width=120)
    target = HERE / "results" / "fuzz.json"
    result: dict[str, Any] = json.loads(target.read_text()) if options.part and target.exists() else {}
    with tempfile.TemporaryDirectory() as scratch:
        work = options.keep or Path(scratch)
        for part in options.part or PARTS:
            if part == "torture" and not (DATA / "torture" / "pdf").is_dir():
                console.print(f"no awkward PDFs in {DATA}: set SMALTI_DATA")
            else:
                result[part] = PARTS[part](work, options.count, console)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if not options.part:
        result["peak MB of a child"] = {"found": round(peak), "parsers' cap": MEMORY_MB}
    console.print(f"peak of a child: {peak:.0f} MB; parsers' cap: {MEMORY_MB} MB")
    # All parts in the file are judged, those of an earlier run too.
    broken = {(part, name): found for part in result if part in PARTS
              for name, found in result[part]["broken"].items()}  # fmt: skip
    for (part, name), found in broken.items():
        console.print(f"{part}, {name}: {len(found)}")
        for line in found[:40]:
            console.print(f"   {line}", markup=False, soft_wrap=True)
    if options.count == COUNT:
        target.write_text(json.dumps(result, indent=1) + "\n")
    sys.exit(1 if any(broken.values()) else 0)


if __name__ == "__main__":
    main()
