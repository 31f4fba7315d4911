"""Checks a store against its rules, and every object against its hash; never holds all of it in memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import polars as pl
import pyarrow as pa

from smalti.platform.errors import StoreError
from smalti.platform.ledger import Run
from smalti.platform.objects import Objects
from smalti.platform.store import TABLES
from smalti.platform.telemetry import Progress
from smalti.platform.workers import in_threads
from smalti.service.care.rules import Rule, rules
from smalti.service.care.views import Breach, VerifyView
from smalti.service.engine import Engine

_SHOWN = 20
"""Breaches of one rule that are listed; all are counted."""
_RULES_AT_ONCE = 25
_CHUNK = 1 << 20
_AT_ONCE = 4_096
"""Objects whose hashes are asked for together."""

_EXPECTED = (
    "SELECT artifact_id AS id FROM artifacts UNION SELECT media_id FROM evidence WHERE media_id IS NOT NULL"
    " ORDER BY 1"
)
_MISSING, _DAMAGED = "every object that is named is there", "every object's bytes are those of its hash"
_MENDS = {
    _MISSING: "ingest its source again, or `smalti restore DIR`",
    _DAMAGED: "take the file away and ingest its source again, or `smalti restore DIR`",
}


class Readable(Protocol):
    """A store, or a copy of one that is only read."""

    def read(self, sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> pl.DataFrame:
        """See `Store.read`."""

    def batches(
        self, sql: str, params: Sequence[Any] | Mapping[str, Any] = (), rows: int = ...
    ) -> Iterator[pa.RecordBatch]:
        """See `Store.batches`."""


class Findings:
    """Breaches as they are found: all counted, some listed."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.listed: list[Breach] = []

    def add(self, rule: str, subject: str, mend: str, number: int = 1) -> None:
        """Note one; `number` where it stands for several."""
        if self.counts[rule] < _SHOWN:
            self.listed.append(Breach(rule, subject, mend))
        self.counts[rule] += number


def verify(engine: Engine) -> VerifyView:
    """Check the store and every object. The run's counts: `rules`, `objects`, `breaches`."""
    with Run(engine.store, "verify", "") as run:
        found = check(engine.store, engine.objects, engine.progress, str(engine.settings.home), Findings())
        run.counts.update(rules=found.rules, objects=found.objects, breaches=sum(found.broken.values()))
    return found


def check(
    store: Readable, objects: Objects, progress: Progress, subject: str, findings: Findings
) -> VerifyView:
    """Check rows against the rules and objects against their hashes.

    Args:
        store: the rows.
        objects: the bytes.
        progress: told of each rule and object.
        subject: what is checked, as it is called in the answer.
        findings: what is broken is added to it.
    """
    wanted = rules(_json_columns(store))
    progress.start("rules", len(wanted))
    for begin in range(0, len(wanted), _RULES_AT_ONCE):
        some = wanted[begin : begin + _RULES_AT_ONCE]
        for rule in _broken_of(store, some):
            _list_breaches(store, rule, findings)
        for rule in some:
            progress.step("rules", rule.name)
    number, size, unreferenced = _check_objects(store, objects, progress, findings)
    counts = " UNION ALL ".join(f"SELECT count(*) AS n FROM {name}" for name in TABLES)
    return VerifyView(
        subject=subject,
        is_sound=not findings.counts,
        rows=int(store.read(counts)["n"].sum()),
        objects=number,
        object_bytes=size,
        unreferenced=unreferenced,
        rules=len(wanted) + 2,
        broken=dict(findings.counts),
        breaches=findings.listed,
    )


def hash_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file, read in pieces."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _json_columns(store: Readable) -> Iterator[tuple[str, str]]:
    rows = store.read(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE data_type = 'JSON'"
        " AND database_name = current_database() ORDER BY ALL"
    )
    yield from ((table, column) for table, column in rows.iter_rows() if table in TABLES)


def _broken_of(store: Readable, some: Sequence[Rule]) -> list[Rule]:
    """Those of some rules that are broken, asked in one question; all of them where it cannot be answered."""
    counts = " UNION ALL ".join(
        f"SELECT {number} AS rule FROM ({rule.sql}) HAVING count(*) > 0" for number, rule in enumerate(some)
    )
    try:
        return [some[number] for number in sorted(store.read(counts)["rule"])]
    except StoreError:  # a damaged block: each rule is looked at by itself, and tells it
        return list(some)


def _list_breaches(store: Readable, rule: Rule, findings: Findings) -> None:
    try:
        broken = store.read(
            f"WITH broken AS MATERIALIZED ({rule.sql}) SELECT id, (SELECT count(*) FROM broken) AS n"
            f" FROM broken ORDER BY id LIMIT {_SHOWN}"
        )
    except StoreError as error:  # a damaged block is a finding too, and the other tables are still looked at
        findings.add("every table can be read", f"{rule.name}: {error.what}", error.mend)
        return
    for number, subject in enumerate(broken["id"]):
        left = int(broken["n"][0]) - number if number == broken.height - 1 else 1
        findings.add(rule.name, subject, rule.mend, left)


def _check_objects(
    store: Readable, objects: Objects, progress: Progress, findings: Findings
) -> tuple[int, int, int]:
    """Number and bytes of the objects, and how many of them no row names."""
    excused = set(store.read("SELECT hash FROM tombstones WHERE kind IN ('object', 'retired')")["hash"])
    number = size = unreferenced = 0
    waiting: list[str] = []

    def settle() -> None:
        nonlocal number, size
        for object_id, (digest, length) in in_threads(lambda o: hash_of(objects.path(o)), waiting, 2):
            if digest != object_id:
                findings.add(_DAMAGED, object_id, _MENDS[_DAMAGED])
            number, size = number + 1, size + length
            progress.step("objects", object_id)
        waiting.clear()

    progress.start("objects", sum(1 for _ in objects.ids()))
    for object_id, is_named, is_there in _merged(_expected(store), objects.ids()):
        if is_there:
            waiting.append(object_id)
            unreferenced += not is_named
        elif object_id not in excused:
            findings.add(_MISSING, object_id, _MENDS[_MISSING])
        if len(waiting) >= _AT_ONCE:
            settle()
    settle()
    return number, size, unreferenced


def _expected(store: Readable) -> Iterator[str]:
    for batch in store.batches(_EXPECTED):
        yield from batch.column(0).to_pylist()


def _merged(named: Iterator[str], there: Iterator[str]) -> Iterator[tuple[str, bool, bool]]:
    """(id, whether it is named, whether it is there) of two sequences in order, neither held whole."""
    left, right = next(named, None), next(there, None)
    while left is not None or right is not None:
        if right is None or (left is not None and left < right):
            assert left is not None
            yield left, True, False
            left = next(named, None)
        elif left is None or right < left:
            yield right, False, True
            right = next(there, None)
        else:
            yield left, True, True
            left, right = next(named, None), next(there, None)
