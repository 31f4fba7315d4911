"""The few shapes the makers share: an issuer's story and the things planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from .accounts import Opening, Plan

SEED = 20260630
LABEL = "SYNTHETIC"
DISCLAIMER = (
    "SYNTHETIC: fictional issuer, made for the smalti demo world. Not a real company, filing or offer."
)
SITE = "https://news.example"


@dataclass(frozen=True, slots=True)
class Section:
    """A titled run of prose."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A news page; `at` is when it was published, UTC."""

    slug: str
    at: datetime
    outlet: str
    headline: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A spoken claim planted in a call.

    Attributes:
        claim_id: its name in truth.json.
        must_hear: wordings a recogniser must give back, numbers as digits.
        concept, value, unit: what is claimed, value in base units or as a fraction; None if in words only.
        denied_by: the words in the filing that deny or bear it out.
        filing_value: the filing's own value, in the same unit.
    """

    claim_id: str
    must_hear: tuple[str, ...]
    concept: str
    value: float | None
    unit: str | None
    denied_by: str
    filing_value: float | None
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a call."""

    speaker: str
    text: str
    claim: Claim | None = None
    evasive: bool = False


@dataclass(frozen=True, slots=True)
class Regime:
    """Volatility of daily log returns from a day on, with the usual volume and drift."""

    start: date
    sigma: float
    drift: float = 0.0
    volume: float = 1.0


@dataclass(frozen=True, slots=True)
class Market:
    """How an issuer's price behaves: regimes, and single days with a given return and volume."""

    first_close: float
    usual_volume: int
    regimes: tuple[Regime, ...]
    shocks: dict[date, tuple[float, float]] = field(default_factory=dict)
    dividends: dict[date, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chart:
    """Values as drawn; `floor` is where the value axis begins."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    floor: float
    top: float
    unit: str


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one issuer that the makers of files need."""

    key: str
    name: str
    ticker: str
    cik: int
    role: str
    state: str
    place: str
    scale: int
    opening: Opening
    plans: tuple[Plan, ...]
    signed: date
    accepted: datetime
    call_at: datetime
    business: tuple[Section, ...]
    risks: tuple[Section, ...]
    results: tuple[str, ...]
    controls: tuple[str, ...]
    segments: dict[str, tuple[int, ...]]
    segment_word: str
    vector_chart: Chart
    raster_chart: Chart
    articles: tuple[Article, ...]
    call: tuple[Line, ...]
    market: Market
    notes: tuple[Section, ...] = ()

    @property
    def scale_word(self) -> str:
        """`thousands` or `millions`, as the statements name their scale."""
        return {1_000: "thousands", 1_000_000: "millions"}[self.scale]
