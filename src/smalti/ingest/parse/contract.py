"""What a parser takes and gives.

A parser is a pure module-level function `parse(raw: bytes, request: Request) -> Parsed`. It raises
`InputError` when the whole input is bad, and reports a bad record inside a good file as a `Record` with
outcome `quarantined`, so that one bad line costs one line. It never reads the clock, the network, or any
file but the bytes it was handed; identities and `recorded_at` are given later, by the writer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smalti.platform.records import DateMethod, EvidenceKind, Json, Locator, Outcome, SourceKind


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps a parser keeps itself, beside the sandbox's caps on memory and seconds."""

    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_pixels: int = 100_000_000
    max_records: int = 200_000
    max_audio_s: float = 4 * 3600.0
    max_inflated_ratio: float = 200.0


_FACTS = "accession cik entity_name exhibit exchanges form former_names items period synthetic ticker tickers"
STATED = frozenset(_FACTS.split())
"""Hints of a feed or manifest that are facts about the document and are kept with it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What the feed knows of an input beside its bytes.

    Attributes:
        name: path relative to the source, for messages and ordering only, never a date source.
        kind: what the manifest or folder says it is, if anything.
        published_at: when the manifest, sidecar or feed says the public could know it, UTC.
        date_method: which of them says so.
        hints: loose values some parsers use: `issuer`, `url`, `ticker`, `vocabulary`; `STATED` ones stay
            with the document.
    """

    name: str
    kind: SourceKind | None = None
    published_at: datetime | None = None
    date_method: DateMethod = DateMethod.MANIFEST
    hints: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence before it has an identity.

    `media` holds bytes to store beside it (a PNG crop), if any. Every piece of a filing also says where it
    stands: `section` ("1A"), `part`, `heading`. Payload shapes, by kind:

    - table: `{"rows": R, "columns": C, "cells": [{"row", "column", "text", "box", "header"}], "caption"}`;
      a header cell over several columns also has `span`, how many; `text` is one line a row, cells joined
      with ` | `. As read: `row_paths`, `column_paths` (labels from the outermost), `periods` (`{"start",
      "end"}` or null, one a column), `scale`, `currency`.
    - fact: `{"concept", "label", "value", "unit", "scale", "period_start", "period_end", "as_reported"}`;
      `value` already multiplied by `scale`; dates ISO; `period_start` null for an instant. `concept` is
      claimed for the whole company only and else empty; `line` names the item all the same, `dimension` the
      part it is of, `path` and `column_path` its place. `unverified` says why it is not to be relied on.
    - image: `{"width", "height", "format", "phash", ...}`; `media` is the PNG or JPEG itself. As seen:
      `provenance`, `picture_kind`, `forensics`, `ocr`.
    - chart: `{"chart": kind, "title", "axes", "series": [{"name", "points": [{"category", "value", "unit",
      "method", "error", "box"}]}], "notes", "confidence"}`; `method` is `label` or `measured`, `error` in the
      value's unit.
    - audio: `{"words": [{"start", "end", "word", "probability"}], "voice": {measure: value or null}}`, and
      `speaker`, `affiliation`, `role`, `part` ("prepared" or "questions"), `question`, `answer_to`, `numbers`
      (`[{"value", "unit", "raw", "start", "end", "unverified"}]`).
    """

    kind: EvidenceKind
    locator: Locator
    text: str
    payload: Json = field(default_factory=dict)
    media: bytes | None = None


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One document: the whole artifact (`part` empty) or one record in it (`line 3`, `item 5`)."""

    part: str
    kind: SourceKind
    title: str
    pieces: Sequence[Piece]
    published_at: datetime | None = None
    date_method: DateMethod | None = None
    language: str | None = None
    author: str | None = None
    url: str | None = None
    partial: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict)  # cik, ticker, entity name: what linking may use


@dataclass(frozen=True, slots=True)
class Record:
    """The disposition of one record inside a file that holds many."""

    record: str
    outcome: Outcome
    code: str = ""
    reason: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One trading day of one ticker, as the file states it. Levels are stored, only returns are features."""

    ticker: str
    day: str  # ISO date
    close: float
    adjusted_close: float
    volume: float | None


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that came out of one input.

    `arrays` are decoded signals for the inference stages, named: `pcm` float32 mono at 16 kHz, `rgb`
    uint8 (H, W, 3). They never reach the store.
    """

    documents: Sequence[ParsedDocument]
    records: Sequence[Record] = ()
    prices: Sequence[PriceRow] = ()
    arrays: Mapping[str, Any] = field(default_factory=dict)
