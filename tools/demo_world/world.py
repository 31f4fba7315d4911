"""The few shapes the makers share: an issuer's story and the things planted in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

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


class Manner(StrEnum):
    """How a sentence is spoken."""

    PLAIN = "plain"
    STRAINED = "strained"  # higher, trembling, with long pauses
    LOUD = "loud"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker: a mix of Kokoro styles, a speaking rate, and a pitch factor (1 leaves it alone)."""

    styles: tuple[tuple[str, float], ...]
    speed: float = 1.0
    pitch: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a call; `must_hear` are wordings a recogniser must give back, numbers as digits."""

    speaker: str
    text: str
    claim: Claim | None = None
    evasive: bool = False
    manner: Manner = Manner.PLAIN
    must_hear: tuple[str, ...] = ()


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
    shape: str = "bars"  # or "line"
    decimals: int = 1  # of the values written at it


@dataclass(frozen=True, slots=True)
class Draft:
    """One post before it has an id; `account` a role, `image` a file name."""

    at: datetime
    account: str
    text: str
    followers: int = 150
    image: str | None = None
    repost_of: str | None = None  # the words of the post it repeats
    original_author: str | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a filing in HTML: a row is a label with a value a column, or None for a heading.

    Attributes:
        title, units: what stands above it.
        columns: headings, newest first.
        rows: label, values (`1,234`, `(1,234)`), and the us-gaap element that tags them, if any.
        scale: what one in the table means, in currency units.
        ends: the last day of each column's period; empty where nothing is tagged.
        instant: balances at those days, not flows of the year up to them.
    """

    title: str
    units: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...] | None, str], ...]
    scale: int = 1_000
    ends: tuple[date, ...] = ()
    instant: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A filing in HTML: its items in order, each a title with sections, tables and paragraphs.

    Attributes:
        slug: file name below `filings_html/`, without suffix.
        form: `10-K`, `8-K`, `NT 10-K`.
        period: the fiscal year's end, or the day of the event reported.
    """

    slug: str
    form: str
    accepted: datetime
    period: date
    items: tuple[tuple[str, tuple[Section | Grid | str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one side of a case stands, by what is to be found there; the maker finds page, seconds or id.

    Attributes:
        file: below `files/`; left out for what is said in the call, posted or shown with a post.
        text: words of the file.
        line: a sentence of the call.
        posts: words of one or more posts.
        account: how the names of accounts begin, for all their posts.
        image: a picture below `social/`.
    """

    file: str = ""
    text: str = ""
    line: str = ""
    posts: tuple[str, ...] = ()
    account: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """Something a check must find, with what it stands against, or must leave alone (`against` None)."""

    case_id: str
    check: str
    why: str
    said: Place
    against: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What the makers need of any issuer.

    Attributes:
        call_suffix: of the recording; empty for a folder of pieces.
        voices: of this issuer's speakers, where they are not the usual ones.
        drafts: its posts, where they are written one by one.
        papers: its filings in HTML.
    """

    key: str
    name: str
    ticker: str
    cik: int
    role: str
    state: str
    place: str
    articles: tuple[Article, ...]
    market: Market
    call: tuple[Line, ...] = ()
    call_at: datetime | None = None
    call_suffix: str = ".mp3"
    voices: Mapping[str, Voice] = field(default_factory=dict)
    drafts: tuple[Draft, ...] = ()
    papers: tuple[Paper, ...] = ()

    @property
    def short_name(self) -> str:
        """The name without what it makes and its legal form: `Marble Heron`."""
        return " ".join(self.name.split()[:2])

    @property
    def call_stem(self) -> str:
        """The call's file or folder name without suffix."""
        return f"{self.short_name}_{self.call_at:%Y%m%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(Company):
    """An issuer with books and an annual report in PDF."""

    scale: int
    opening: Opening
    plans: tuple[Plan, ...]
    signed: date
    accepted: datetime
    business: tuple[Section, ...]
    risks: tuple[Section, ...]
    results: tuple[str, ...]
    controls: tuple[str, ...]
    segments: dict[str, tuple[int, ...]]
    segment_word: str
    vector_chart: Chart
    raster_chart: Chart
    more_charts: tuple[Chart, ...] = ()
    auditor: tuple[str, ...] = ()  # Item 9
    notes: tuple[Section, ...] = ()

    @property
    def scale_word(self) -> str:
        """`thousands` or `millions`, as the statements name their scale."""
        return {1_000: "thousands", 1_000_000: "millions"}[self.scale]
