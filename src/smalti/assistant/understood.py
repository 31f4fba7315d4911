"""A question as it was understood: about whom, of which time, what is wanted, and how it is to be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from smalti.platform.concepts import Statement


class Kind(StrEnum):
    """Types of questions; each is answered by one module of `answers`."""

    VALUE = "value"
    """The value of a line item or a metric of a period; also ratios, changes and averages: `Wanted` says."""
    VERDICT = "verdict"
    """Yes or no on numbers: has it grown, is it capital-intensive, is the margin improving."""
    LARGEST = "largest"
    """Which segment, region, product or kind has the most, the least, grew or fell most."""
    COMPARE = "compare"
    """The same of several issuers."""
    SIGNAL = "signal"
    """What a score is, or which issuers score highest."""
    WHY = "why"
    """Why a signal is what it is, or moved."""
    SAID = "said"
    """What somebody said about something, in a call."""
    CONTRADICTION = "contradiction"
    """What contradicts what."""
    PICTURE = "picture"
    """What a picture or a chart shows."""
    LIST = "list"
    """Which documents, calls, posts, alerts there are."""
    MISSING = "missing"
    """What smalti does not have or know of an issuer."""
    FITS = "fits"
    """Which product or document fits a need."""
    PASSAGE = "passage"
    """Anything else: the passages that speak of it."""
    HELP = "help"
    """What can be asked."""


@dataclass(frozen=True, slots=True)
class Period:
    """A span or moment that is asked for.

    Attributes:
        text: as people say it: `FY2018`, `Q2 FY2024`, `2022`.
        fiscal_year: as the issuer counts, or the calendar's where it was not said otherwise; None where only
            dates were named.
        quarter: 1 to 4; None for a year.
        start, end: where the question gives dates themselves.
        months: of the span, where it says (`H1`: 6, `nine months`: 9).
    """

    text: str
    fiscal_year: int | None = None
    quarter: int | None = None
    start: date | None = None
    end: date | None = None
    months: int | None = None


class Change(StrEnum):
    """What is done with a value over periods."""

    NONE = ""
    DIFFERENCE = "difference"
    GROWTH = "growth"
    """(new - old) / |old|."""
    AVERAGE = "average"
    """Mean of the values of each year of the span."""
    TREND = "trend"
    """Each value of the span."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which number is wanted, and in what form.

    Attributes:
        metric: a name in the assistant's metrics (`quick_ratio`), or a line item of `platform.concepts`
            (`Revenues`); empty where it is neither.
        label: the words for it in the question, for what has no name: `adjusted EBITDA`.
        definition: a formula that the question itself gives, as it stands there.
        change: over periods.
        unit: `USD millions`, `percent`, `ratio`, ...: what the answer is to be told in; empty if not said.
        decimals: to round to; None if not said.
        statement: where the question says to look.
    """

    metric: str = ""
    label: str = ""
    definition: str = ""
    change: Change = Change.NONE
    unit: str = ""
    decimals: int | None = None
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An issuer that a question names. `words`: as they stand in it; empty for one taken from elsewhere."""

    issuer_id: str
    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood.

    Attributes:
        text: the question itself, without asides about how to answer it.
        kind: what type of question.
        issuers: whom it is about.
        periods: of what time; empty: the newest there is.
        wanted: numbers it asks for, in order; empty for questions of other kinds.
        topic: what it is about, in words that a search can use: without names, periods and asides.
        speaker: who said it: a name or role (`CFO`).
        forms: kinds of document it points to: `10-K`, `10-Q`, `8-K`, `earnings release`, `call`, `post`.
        signal: kind of signal it asks about: `risk`, `fraud`, `sentiment`.
        unclear: what must be asked back before an answer; empty if nothing.
        choices: what to choose from then.
        carried: what was taken over from earlier turns: `issuer`, `period`, `subject`.
    """

    text: str
    kind: Kind
    issuers: Sequence[Named] = ()
    periods: Sequence[Period] = ()
    wanted: Sequence[Wanted] = ()
    topic: str = ""
    speaker: str = ""
    forms: Sequence[str] = ()
    signal: str = ""
    unclear: str = ""
    choices: Sequence[str] = ()
    carried: Sequence[str] = ()

    @property
    def issuer_ids(self) -> tuple[str, ...]:
        """Of whom it is."""
        return tuple(one.issuer_id for one in self.issuers)
