"""What a person says about the files of a folder: `manifest.csv` at its top, and sidecars beside files.

The manifest's columns are `path, issuer, kind, available_at, source_of_date, synthetic`; only `path` must be
there and filled. `synthetic` is `true` for made-up data, which is then marked wherever it is shown.
A path may name a file, a folder (then the row holds for all below it) or a pattern with `*`, `?`, `[...]`
and `**`. The most specific row wins, field by field. `kind` is a source kind or `exclude`, and an
exclusion always wins. A bad row is never dropped quietly: every input it covers fails with it.

A bare date says that the thing became known *during* that day, so it counts as known only when the day
is over: 23:59:59 UTC.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from typing import Any

from smalti.platform.errors import Malformed, TooLarge
from smalti.platform.records import SourceKind

__all__ = ["COLUMNS", "EXCLUDE", "MANIFEST_NAME", "Manifest", "Said", "parse_moment", "read_sidecar"]

MANIFEST_NAME = "manifest.csv"
COLUMNS = ("path", "issuer", "kind", "available_at", "source_of_date", "synthetic")
SIDECAR_KEYS = ("available_at", "issuer", "kind", "url", "source_of_date")
EXCLUDE = "exclude"
MAX_BYTES = 16_000_000
MAX_SIDECAR_BYTES = 64_000
MAX_PATTERNS = 1_000
MAX_TEXT = 300
_KINDS = ", ".join(k.value for k in SourceKind)
# Half characters no database takes; controls and marks that reorder text deceive whoever reads them.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Said:
    """What a manifest or a sidecar says of one input; unsaid parts are None.

    Attributes:
        synthetic: whether it is made-up data.
        excluded: why it must not be read, if so.
        problem: what is wrong with the row or sidecar, if anything; then nothing else of it counts.
    """

    issuer: str | None = None
    kind: SourceKind | None = None
    available_at: datetime | None = None
    source_of_date: str | None = None
    url: str | None = None
    synthetic: bool = False
    excluded: str | None = None
    problem: str | None = None

    def over(self, other: Said) -> Said:
        """This, completed field by field by a less specific `other`; a date and its source stay together."""
        dated = self if self.available_at is not None else other
        return Said(
            issuer=self.issuer or other.issuer,
            kind=self.kind or other.kind,
            available_at=dated.available_at,
            source_of_date=dated.source_of_date,
            url=self.url or other.url,
            synthetic=self.synthetic or other.synthetic,
            excluded=self.excluded or other.excluded,
            problem=self.problem or other.problem,
        )


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    path: str
    said: Said


@dataclass(slots=True)
class Manifest:
    """The rows of one manifest, ready to be asked about any path."""

    rows: Mapping[str, _Row] = field(default_factory=dict)
    patterns: Sequence[_Row] = ()
    unplaced: Sequence[str] = ()
    used: set[int] = field(default_factory=set)

    @classmethod
    def read(cls, raw: bytes) -> Manifest:
        """Read a manifest's bytes.

        Raises:
            Malformed: not UTF-8 CSV, or its header lacks `path` or names an unknown column: then no row
                can be trusted, exclusions among them, so nothing may be read.
            TooLarge: over 16 MB, or over 1,000 patterns.
        """
        table = _table(raw)
        rows: dict[str, _Row] = {}
        patterns: list[_Row] = []
        unplaced: list[str] = []
        for line, cells in table:
            path, wrong = _path(cells["path"])
            if wrong:
                unplaced.append(f"line {line}: {wrong}")
                continue
            said = _said(cells, f"{MANIFEST_NAME} line {line}")
            if _is_pattern(path):
                patterns.append(_Row(line, path, said))
            elif path in rows:
                twice = f"{MANIFEST_NAME} line {line}: {path} was already given in line {rows[path].line}"
                rows[path] = _Row(line, path, Said(problem=twice))
            else:
                rows[path] = _Row(line, path, said)
        if len(patterns) > MAX_PATTERNS:
            raise TooLarge(f"more than {MAX_PATTERNS} patterns", subject=MANIFEST_NAME, mend="name folders")
        return cls(rows, patterns, unplaced)

    def about(self, path: str) -> Said:
        """All that holds for `path` (relative, posix): its own row, folders inward out, patterns."""
        path = unicodedata.normalize("NFC", path)
        parts = path.split("/")
        said = Said()
        for depth in range(len(parts), 0, -1):
            said = self._add(said, self.rows.get("/".join(parts[:depth])))
        if self.rows:
            said = self._add(said, self.rows.get("."))
        for row in self.patterns:
            if _matches(parts, row.path.split("/")):
                said = self._add(said, row)
        return said

    def names(self, path: str) -> Said | None:
        """What the row that names exactly this path says; None when no row does."""
        row = self.rows.get(unicodedata.normalize("NFC", path))
        return row.said if row else None

    def unused(self) -> list[str]:
        """After every input was asked about: the rows that matched nothing, in words."""
        every = sorted((*self.rows.values(), *self.patterns), key=lambda r: r.line)
        return [f"line {r.line}: nothing here is named {r.path}" for r in every if r.line not in self.used]

    def _add(self, said: Said, row: _Row | None) -> Said:
        if row is None:
            return said
        self.used.add(row.line)
        return said.over(row.said)


def parse_moment(text: str) -> datetime:
    """An ISO date or time as aware UTC.

    A bare date is the end of that day (see the module's docstring); a time without offset is UTC.

    Raises:
        ValueError: not ISO 8601, or outside the years 1900-2199.
    """
    text = text.strip()
    try:
        moment = datetime.combine(date.fromisoformat(text), time(23, 59, 59), UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    if not 1900 <= moment.year < 2200:  # before converting: year 1 with an offset would overflow
        raise ValueError(f"year {moment.year} is out of range")
    return moment.astimezone(UTC)


def read_sidecar(raw: bytes, name: str) -> Said:
    """What a sidecar `NAME.meta.json` says; keys are `available_at, issuer, kind, url, source_of_date`.

    A bad sidecar gives a `Said` with its `problem`. Other keys are left alone.
    """
    if len(raw) > MAX_SIDECAR_BYTES:
        return Said(problem=f"{name} is over {MAX_SIDECAR_BYTES} bytes")
    try:
        values: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return Said(problem=f"{name} is not JSON")
    if not isinstance(values, dict):
        return Said(problem=f"{name} is not a JSON object")
    cells: dict[str, str] = {}
    for key in SIDECAR_KEYS:
        value = values.get(key)
        if value is not None and not isinstance(value, str):
            return Said(problem=f"{name}: {key} is not a string")
        cells[key] = value or ""
    if cells["kind"].strip().lower() == EXCLUDE:
        return Said(problem=f"{name}: only {MANIFEST_NAME} may exclude")
    return _said(cells, name)


def _table(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(raw) > MAX_BYTES:
        raise TooLarge(
            f"over {MAX_BYTES} bytes", subject=MANIFEST_NAME, mend="name folders, not single files"
        )
    try:
        text = raw.decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = [c.strip().lower() for c in next(reader, [])]
        _check_header(header)
        table = []
        for cells in reader:
            if any(c.strip() for c in cells):
                row = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=False))
                # A cell too many shifts the others, so the row's path alone is believed.
                row["_shifted"] = f"{len(cells)} cells, not {len(header)}" if len(cells) > len(header) else ""
                table.append((reader.line_num, row))
    except UnicodeDecodeError as error:
        raise Malformed("it is not UTF-8 text", subject=MANIFEST_NAME, mend="save it as UTF-8 CSV") from error
    except csv.Error as error:
        raise Malformed(
            f"it is not CSV: {error}", subject=MANIFEST_NAME, mend="quote cells with commas"
        ) from error
    return table


def _check_header(header: list[str]) -> None:
    unknown = sorted(set(header) - set(COLUMNS))
    if "path" not in header or unknown or len(set(header)) != len(header):
        what = f"unknown column {unknown[0]!r:.60}" if unknown else "its header lacks or repeats a column"
        raise Malformed(what, subject=f"{MANIFEST_NAME} line 1", mend=f"the columns are {','.join(COLUMNS)}")


def _path(text: str) -> tuple[str, str | None]:
    """The cleaned path, or what is wrong with it."""
    path = unicodedata.normalize("NFC", text.strip()).rstrip("/")
    if not path or "\0" in path:
        return "", "the path is empty"
    parts = [p for p in path.split("/") if p != "."]
    if path.startswith("/") or ".." in parts or "" in parts:
        return "", f"{path!r:.80} does not stay inside the folder"
    return "/".join(parts) or ".", None


def _said(cells: Mapping[str, str], where: str) -> Said:
    wrong = _wrong(cells)
    if wrong:
        return Said(problem=f"{where}: {wrong}")
    kind = cells["kind"].strip().lower()
    if kind == EXCLUDE:
        return Said(excluded=f"excluded by {where}")
    moment = cells["available_at"].strip()
    return Said(
        issuer=" ".join(cells["issuer"].split()) or None,
        kind=SourceKind(kind) if kind else None,
        available_at=parse_moment(moment) if moment else None,
        source_of_date=" ".join(cells["source_of_date"].split())[:MAX_TEXT] or None,
        url=cells.get("url", "").strip()[:2_000] or None,
        synthetic=_flag(cells) == "true",
    )


def _wrong(cells: Mapping[str, str]) -> str | None:
    """What is wrong with a row or sidecar, the first thing found."""
    if cells.get("_shifted"):
        return f"it has {cells['_shifted']}"
    kind = cells["kind"].strip().lower()
    if kind == EXCLUDE:
        return None
    if kind and kind not in list(SourceKind):
        return f"kind {kind!r:.40} is none of {_KINDS}, {EXCLUDE}"
    moment = cells["available_at"].strip()
    try:
        parse_moment(moment or "2000-01-01")
    except ValueError:
        return f"available_at {moment!r:.40} is no ISO date or time"
    if _flag(cells) not in ("", "true", "false"):
        return f"synthetic {_flag(cells)!r:.40} is neither true nor false"
    too_long = len(" ".join(cells["issuer"].split())) > MAX_TEXT
    return f"the issuer's name is over {MAX_TEXT} characters" if too_long else _odd(cells)


def _odd(cells: Mapping[str, str]) -> str | None:
    """The first character no name or address holds, in words."""
    for name in ("issuer", "source_of_date", "url"):
        if found := _ODD.search(" ".join(cells.get(name, "").split())):
            return f"{name} holds the character U+{ord(found[0]):04X}"
    return None


def _flag(cells: Mapping[str, str]) -> str:
    return cells.get("synthetic", "").strip().lower()


def _is_pattern(path: str) -> bool:
    return any(c in path for c in "*?[")


def _matches(parts: Iterable[str], pattern: Sequence[str]) -> bool:
    """Whether a pattern names this path or a folder above it.

    All readings of `**` are followed at once, as a state machine, so no pattern can make it slow.
    """
    states = _skip_stars({0}, pattern) - {len(pattern)}
    for part in parts:
        step: set[int] = set()
        for at in states:
            if pattern[at] == "**":
                step.add(at)
            elif fnmatchcase(part, pattern[at]):
                step.add(at + 1)
        states = _skip_stars(step, pattern)
        if len(pattern) in states:
            return True
    return False


def _skip_stars(states: set[int], pattern: Sequence[str]) -> set[int]:
    reached = set(states)
    for at in states:
        after = at  # `**` may also stand for no folder at all
        while after < len(pattern) and pattern[after] == "**":
            after += 1
            reached.add(after)
    return reached
