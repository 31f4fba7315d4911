"""The nouns of smalti, as frozen, typed records. One name each, used in code, tables and pages.

Two clocks run through them: `available_at` is when the public could know a thing, `recorded_at` is when
it was stored. Neither is part of an id. Times are timezone-aware UTC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]
"""A JSON object: str keys, JSON values."""


LEAST_LINK = 0.5
"""A document speaks for an issuer from this link score on: named outright, or one of a few."""


class SourceKind(StrEnum):
    """What a document is, and so how long it stays fresh and who may have written it."""

    NEWS = "news"
    FILING = "filing"
    SOCIAL = "social"
    CALL = "call"
    PRICE = "price"


class EvidenceKind(StrEnum):
    """The smallest citable pieces."""

    PARAGRAPH = "paragraph"
    TABLE = "table"
    CHART = "chart"
    IMAGE = "image"
    FACT = "fact"
    AUDIO = "audio"


class Modality(StrEnum):
    """What the model tells apart; an evidence piece gives tokens of one or two of these."""

    TEXT = "text"
    VOICE = "voice"
    IMAGE = "image"
    FACT = "fact"
    PRICE = "price"


class Outcome(StrEnum):
    """The one disposition of every file and of every record inside a file."""

    PARSED = "parsed"
    PART_OF = "part of"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    QUARANTINED = "quarantined"


class SignalKind(StrEnum):
    """The three signals; sub-signals are named `fraud.beneish_m` and so on."""

    RISK = "risk"
    FRAUD = "fraud"
    SENTIMENT = "sentiment"


class DateMethod(StrEnum):
    """How `available_at` was learned, most trusted first; `recorded` means it was not."""

    MANIFEST = "manifest"
    FEED = "feed"
    HEADER = "header"
    TEXT = "text"
    RECORDED = "recorded"


Box = tuple[float, float, float, float]
"""x0, top, x1, bottom in PDF points (or pixels of an image), origin at the top left."""


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in its document a piece of evidence lies. Unused parts are None.

    Attributes:
        chars: start and end offset in the document's plain text.
        page: PDF page, counted from 0 (shown from 1).
        box: x0, top, x1, bottom; PDF points on a page, pixels on an image.
        cell: table number on the page, row, column, each from 0.
        seconds: start and end in the recording.
        speaker: who speaks, as a role or label.
        record: path of a record inside a file: `line 3`, `item 5`, a JSON pointer.
    """

    chars: tuple[int, int] | None = None
    page: int | None = None
    box: Box | None = None
    cell: tuple[int, int, int] | None = None
    seconds: tuple[float, float] | None = None
    speaker: str | None = None
    record: str | None = None

    def to_json(self) -> str:
        """Compact JSON of the parts that are set; the same for the same locator."""
        return json.dumps({k: v for k, v in asdict(self).items() if v is not None}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Locator:
        """Inverse of `to_json`."""
        parts: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()
        }
        return cls(**parts)

    def describe(self) -> str:
        """For people: `p. 42`, `table 1 row 3 col 2, p. 42`, `12:31-12:36`, `line 3`."""
        parts: list[str] = []
        if self.cell is not None:
            parts.append(f"table {self.cell[0] + 1} row {self.cell[1] + 1} col {self.cell[2] + 1}")
        if self.page is not None:
            parts.append(f"p. {self.page + 1}")
        if self.seconds is not None:
            parts.append("-".join(_clock(s) for s in self.seconds))
        if self.speaker:
            parts.append(self.speaker)
        if self.record:
            parts.append(self.record)
        if not parts and self.chars is not None:
            parts.append(f"chars {self.chars[0]}-{self.chars[1]}")
        if not parts and self.box is not None:
            parts.append("region " + ",".join(f"{v:.0f}" for v in self.box))
        return ", ".join(parts) or "whole document"


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 60:02d}:{whole % 60:02d}.{int(seconds % 1 * 10)}"


def content_id(*parts: str) -> str:
    """128-bit hex id of an ordered tuple of strings (length-prefixed, so tuples never collide)."""
    digest = hashlib.sha256()
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()[:32]


def artifact_id(raw: bytes) -> str:
    """The id of an artifact: SHA-256 of its bytes, in hex."""
    return hashlib.sha256(raw).hexdigest()


@dataclass(frozen=True, slots=True)
class Name:
    """A name or ticker of an issuer and when it was in use; open ends are None."""

    text: str
    kind: str  # "name" | "ticker" | "alias"
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """A legal entity we follow."""

    issuer_id: str
    name: str
    cik: str | None = None
    lei: str | None = None
    names: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The smallest citable piece of a document.

    `text` is what it says in plain words (a table's rows, a picture's OCR, what was heard); `payload` is
    its structure (cells, voice measures, a fact's parts); `media_id` names the stored object with its
    bytes (crop, image, recording).
    """

    evidence_id: str
    document_id: str
    kind: EvidenceKind
    ordinal: int
    locator: Locator
    text: str
    payload: Json = field(default_factory=dict)
    media_id: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An artifact (or one record in it, named by `part`) parsed by one parser version."""

    document_id: str
    artifact_id: str
    part: str
    parser: str
    parser_version: str
    kind: SourceKind
    title: str
    available_at: datetime
    available_method: DateMethod
    language: str | None = None
    author: str | None = None
    url: str | None = None
    partial: str | None = None  # why it is only partly read, if so
    hints: Json = field(default_factory=dict)  # what its feed or sidecar states of it: `form`, `author_id`


@dataclass(frozen=True, slots=True)
class Attribution:
    """How much one piece of evidence moved one signal.

    `method` says how that was told: `integrated-gradients`, its share of the way from nothing known;
    `leave-one-out`, the value with it less the value without it; `input`, `driver: …`, `context` (no number).
    """

    signal_id: str
    evidence_id: str
    modality: Modality
    effect: float
    rank: int
    method: str = "leave-one-out"


@dataclass(frozen=True, slots=True)
class Signal:
    """One score of one issuer as of one moment.

    Attributes:
        kind: `risk`, `fraud`, `sentiment`, or a sub-signal such as `fraud.beneish_m`.
        horizon_days: trading days ahead (0: about now).
        value: risk: annualised volatility as a fraction; fraud: probability; sentiment: [-1, 1];
            None when it cannot be computed, with `reason` saying why.
        low, high: interval at the model's stated coverage.
        percentile: 0-100 against the reference distribution stored with the model, where it has one.
        used, missing, not_trained, stale: modalities (or inputs) by what became of them.
        in_sample: `as_of` is not after the model's last training label.
    """

    signal_id: str
    issuer_id: str
    kind: str
    as_of: datetime
    horizon_days: int
    value: float | None
    low: float | None
    high: float | None
    percentile: float | None
    model_version: str
    used: Sequence[str] = ()
    missing: Sequence[str] = ()
    not_trained: Sequence[str] = ()
    stale: Sequence[str] = ()
    in_sample: bool = False
    reason: str | None = None
    details: Json = field(default_factory=dict)
