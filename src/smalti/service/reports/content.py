"""What a report says, apart from how it looks: one content for PDF and HTML, kept as JSON.

Everything that is drawn, chart data included, stands in it; pictures of pages are named by the id of the
stored object. The same content gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. `tone`: `plain`; `point`, one of a list; `note`, small; `notice`, not to be missed."""

    text: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the first page: its name, the number with its unit, and what to read it against."""

    name: str
    value: str
    under: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Numbers side by side."""

    items: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, `left` or `right`, and its share of the width."""

    name: str
    align: str = "left"
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under headings; `caption` says what they are."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart: which builder of `smalti.charts` draws it, from which data, and what it shows in words.

    Attributes:
        builder: as in `drawing.BUILDERS`.
        data: frames as lists of rows, and the builder's other arguments.
        words: what the chart shows, for whoever cannot see it.
    """

    builder: str
    data: Mapping[str, Any]
    words: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What a piece of evidence says, and where.

    Attributes:
        side: `said`, `against`, `raised`, `lowered`.
        source: its number in the list of sources.
        crop: object id of a picture of the place, if there is one.
    """

    side: str
    text: str
    place: str
    day: str
    source: int
    evidence_id: str
    crop: str | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that does not fit, with the evidence on both sides.

    Attributes:
        name: what kind of thing, in plain words.
        strength: up to 1; None of a ratio beyond its threshold.
        reason: in plain words.
    """

    name: str
    strength: float | None
    reason: str
    quotes: Sequence[Quote]


Block: TypeAlias = Text | Figures | Table | Drawing | Matter
_BLOCKS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in (Text, Figures, Table, Drawing, Matter)}


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter: a stable key, its heading, what is in it."""

    key: str
    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Report:
    """One report, whole.

    Attributes:
        title: as it stands on the first page.
        subject: the issuer's or watchlist's name.
        subject_kind: `issuer` or `watchlist`.
        subject_id: its id.
        since: begin of the period.
        as_of: end of it; nothing that became public later is read.
        recorded_by: nothing that was stored later is read.
        synthetic: whether any of the data are made up.
        headline: the one sentence to remember.
        summary: the first page.
        sections: the rest.
        made_with: model versions, with their hashes, and of which report format.
        fingerprint: names what is found; equal where nothing changed.
        issuers: ids of those it is about.
        documents: ids of those it quotes.
        news: how many documents became public within the period.
    """

    title: str
    subject: str
    subject_kind: str
    subject_id: str
    since: datetime
    as_of: datetime
    recorded_by: datetime
    synthetic: bool
    headline: str
    summary: Sequence[Block]
    sections: Sequence[Section]
    made_with: Sequence[str]
    fingerprint: str
    issuers: Sequence[str]
    documents: Sequence[str]
    news: int

    @property
    def pictures(self) -> list[str]:
        """Ids of the stored pictures that it shows."""
        blocks = [b for section in self.sections for b in section.blocks]
        crops = (q.crop for b in blocks if isinstance(b, Matter) for q in b.quotes)
        return sorted({crop for crop in crops if crop})


def to_json(report: Report) -> str:
    """The content as JSON text; the same for the same report."""
    return json.dumps(plain(report), ensure_ascii=False, sort_keys=True, indent=1)


def from_json(text: str) -> Report:
    """Inverse of `to_json`."""
    read = json.loads(text)
    times = {name: datetime.fromisoformat(read[name]) for name in ("since", "as_of", "recorded_by")}
    sections = tuple(
        Section(one["key"], one["title"], tuple(map(_block, one["blocks"]))) for one in read["sections"]
    )
    summary = tuple(map(_block, read["summary"]))
    return Report(**read | times | {"sections": sections, "summary": summary})


def drawings(report: Report) -> list[Drawing]:
    """Its charts, in order."""
    blocks = [*report.summary, *(block for section in report.sections for block in section.blocks)]
    return [block for block in blocks if isinstance(block, Drawing)]


def plain(value: Any) -> Any:
    """Content as JSON has it; a block says in `is` which it is."""
    if is_dataclass(value) and not isinstance(value, type):
        named = {"is": type(value).__name__} if type(value).__name__ in _BLOCKS else {}
        return named | {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    return value


def _block(read: Mapping[str, Any]) -> Block:
    kind = _BLOCKS[read["is"]]
    given = {k: v for k, v in read.items() if k != "is"}
    if kind is Figures:
        given["items"] = tuple(Figure(**one) for one in given["items"])
    elif kind is Table:
        given["columns"] = tuple(Column(**one) for one in given["columns"])
        given["rows"] = tuple(map(tuple, given["rows"]))
    elif kind is Matter:
        given["quotes"] = tuple(Quote(**one) for one in given["quotes"])
    made: Block = kind(**given)
    return made
