"""When a rule fires: the five kinds of condition, and the rule around one, checked as they come in."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

_SIGNAL = r"^[a-z][a-z0-9_]{0,40}(\.[a-z0-9_]{1,60})?$"
_MOST_DAYS = 3_650

Severity = Literal["low", "medium", "high"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")
"""Most severe first."""

Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e12, le=1e12)]
Positive = Annotated[float, Field(allow_inf_nan=False, gt=0, le=1e12)]
SignalName = Annotated[
    str, Field(pattern=_SIGNAL, description="`risk`, `fraud`, `sentiment`, or a sub-signal: `fraud.crowd`.")
]
Horizon = Annotated[
    int | None, Field(ge=0, le=_MOST_DAYS, description="In trading days; every horizon by itself if null.")
]


def printable(text: str) -> str:
    """A line of words, stripped.

    Raises:
        ValueError: it is empty, or holds control characters or halves of characters.
    """
    if not text.strip():
        raise ValueError("a name is wanted")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
        raise ValueError("it holds characters that are no text")
    return text.strip()


Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printable)]


class _Condition(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _OnSignal(_Condition):
    """What is common to conditions on a signal's value. A withheld value never fires one.

    Attributes:
        signal: the signal's kind.
        horizon: trading days ahead.
        in_sample: whether signals the model was trained on may fire it; they say little.
    """

    signal: SignalName
    horizon: Horizon = None
    in_sample: bool = False


class Level(_OnSignal):
    """The value is above, or below, a level.

    Attributes:
        above, below: the level, in the signal's own unit; exactly one of them.
        sure: only where the interval's near end passes the level too.
        margin: how far back the value must go before the rule is armed again; a twentieth of the level
            unless given.
    """

    when: Literal["level"] = "level"
    above: Finite | None = None
    below: Finite | None = None
    sure: bool = False
    margin: Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e12)] | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Level:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either `above` or `below`")
        return self


class Change(_OnSignal):
    """The value moved by at least so much within some days, by one model.

    It is held against the lowest (highest) value of the days before, so a jump and a creep both count.

    Attributes:
        by: size of the move, in the signal's unit, or as a share of where it came from if `relative`.
        days: within so many calendar days.
        direction: which moves count.
    """

    when: Literal["change"] = "change"
    by: Positive
    relative: bool = False
    days: Annotated[int, Field(ge=1, le=_MOST_DAYS)] = 7
    direction: Literal["up", "down", "either"] = "either"


class Percentile(_OnSignal):
    """The value stands high, or low, among others.

    Attributes:
        above, below: the percentile, 0 to 100; exactly one of them.
        of: `reference` (the distribution stored with the model) or `own` (what the same model said of the
            same issuer before, at least twenty times).
    """

    when: Literal["percentile"] = "percentile"
    above: Annotated[float, Field(ge=0, le=100)] | None = None
    below: Annotated[float, Field(ge=0, le=100)] | None = None
    of: Literal["reference", "own"] = "reference"

    @model_validator(mode="after")
    def _one_side(self) -> Percentile:
        if (self.above is None) == (self.below is None):
            raise ValueError("give either `above` or `below`")
        return self


class Contradiction(_Condition):
    """A check found what was not there before: no earlier finding of it rests on the same piece.

    Attributes:
        check: the sub-signal it belongs to, `fraud.claim_against_fact`; any if null.
        strength: least strength, 0 to 1.
    """

    when: Literal["contradiction"] = "contradiction"
    check: SignalName | None = None
    strength: Annotated[float, Field(gt=0, le=1)] = 0.5


class StaleSource(_Condition):
    """A source was not pulled well for some hours.

    Attributes:
        source: its name; every source that is not paused if null.
        hours: since the last good pull.
    """

    when: Literal["stale source"] = "stale source"
    source: Name | None = None
    hours: Annotated[float, Field(gt=0, le=100_000)] = 24.0


class StaleEvidence(_Condition):
    """A signal of an issuer had to do without, or with old, evidence of one kind.

    Attributes:
        modality: `voice`, `price`, or with its source: `text@call`.
        signal: which signal is looked at.
        state: whether being out of date, being absent, or both count.
    """

    when: Literal["stale evidence"] = "stale evidence"
    modality: Annotated[str, Field(pattern=r"^[a-z]{1,20}(@[a-z]{1,20})?$")]
    signal: SignalName = "risk"
    horizon: Horizon = None
    state: Literal["stale", "missing", "either"] = "stale"


Condition = Annotated[
    Level | Change | Percentile | Contradiction | StaleSource | StaleEvidence, Field(discriminator="when")
]


class Rule(BaseModel):
    """What to watch, of whom, and whom to tell.

    Attributes:
        name: for people.
        condition: when it fires.
        issuer: id of the one issuer watched; `watchlist`: id of the list watched; every issuer if neither.
        severity: what is told first when not all can be.
        notify: names of recipients.
        window_hours: an alert that begins again within so many hours of its signal's `as_of` is the same
            one, whose count grows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    condition: Condition
    issuer: Name | None = None
    watchlist: Name | None = None
    severity: Severity = "medium"
    notify: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    window_hours: Annotated[float, Field(ge=0, le=24 * _MOST_DAYS)] = 72.0

    @model_validator(mode="after")
    def _one_scope(self) -> Rule:
        if self.issuer is not None and self.watchlist is not None:
            raise ValueError("give an issuer or a watchlist, not both")
        if isinstance(self.condition, StaleSource) and (self.issuer or self.watchlist):
            raise ValueError("a source belongs to no issuer: leave issuer and watchlist out")
        return self
