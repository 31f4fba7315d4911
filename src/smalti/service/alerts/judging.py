"""Holding a rule's condition against a run of signals: a pure function from frames to frames.

The same code judges new signals, and stored ones in a back-test.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from smalti.service.alerts.conditions import Change, Level, Percentile, StaleEvidence

OnSignals = Level | Change | Percentile | StaleEvidence

GROUP = ("issuer_id", "kind", "horizon_days")
"""One series of signals."""
_OWN_HISTORY = 20
"""Values of its own that a percentile of an issuer's history needs."""
_MARGIN_OF_LEVEL, _MARGIN_OF_CHANGE, _MARGIN_OF_PERCENTILE = 0.05, 0.25, 2.0
"""How far back a value must go before a rule is armed again: shares of the level and of the move; points."""
_FOUND = pl.Float64
_LAST = pl.col("value").shift(1).over(GROUP)

WITHHELD, IN_SAMPLE, NO_INTERVAL = "withheld", "in sample", "no interval"
NO_PERCENTILE, SHORT_HISTORY, NO_REFERENCE = "no percentile", "history too short", "nothing to compare with"


def judged(condition: OnSignals, rows: pl.DataFrame) -> pl.DataFrame:
    """Say of each signal whether the condition holds.

    Args:
        condition: on signals.
        rows: signals with `signal_id`, GROUP, `as_of`, `recorded_at`, `value`, `low`, `high`, `percentile`,
            `model_version`, `in_sample`; for `StaleEvidence` also `missing` and `stale`. All there are of
            each series, in any order.

    Returns:
        The rows by series and time, with `fires` (null where `unjudged` says why not), `clear` (the
        condition ended, by a margin), `before` (the series' last value, or what a change is held against)
        and `measure` (what was held against the rule: the value, its percentile, the size of its move).
    """
    ordered = rows.sort(*GROUP, "as_of", "recorded_at", "signal_id")
    match condition:
        case Level():
            return _level(condition, ordered)
        case Change():
            return _change(condition, ordered)
        case Percentile():
            return _percentile(condition, ordered)
        case StaleEvidence():
            return _stale(condition, ordered)


def _told(rows: pl.DataFrame, unjudged: pl.Expr, fires: pl.Expr, clear: pl.Expr) -> pl.DataFrame:
    """With the verdict's columns, empty where a row could not be judged."""
    with_reason = rows.with_columns(unjudged=unjudged)
    fits = pl.col("unjudged").is_null()
    return with_reason.with_columns(
        fires=pl.when(fits).then(fires), clear=pl.when(fits).then(clear).fill_null(value=False)
    )


def _why_not(in_sample: bool, *more: tuple[pl.Expr, str]) -> pl.Expr:
    """Why a condition on a value cannot be judged, the first reason that holds; null where none does."""
    reasons = [(_lacking(pl.col("value")), WITHHELD)]
    if not in_sample:
        reasons.append((pl.col("in_sample"), IN_SAMPLE))
    return pl.coalesce(*(pl.when(holds).then(pl.lit(why)) for holds, why in (*reasons, *more)))


def _lacking(value: pl.Expr) -> pl.Expr:
    return value.is_null() | value.is_nan()  # NaN would pass as larger than anything


def _level(condition: Level, rows: pl.DataFrame) -> pl.DataFrame:
    above = condition.above is not None
    level = condition.above if condition.above is not None else condition.below
    assert level is not None
    margin = condition.margin if condition.margin is not None else abs(level) * _MARGIN_OF_LEVEL
    value = pl.col("value")
    near = pl.col("low" if above else "high") if condition.sure else value
    unjudged = _why_not(condition.in_sample, (_lacking(near), NO_INTERVAL))
    return _told(
        rows.with_columns(before=_LAST, measure=near),
        unjudged,
        near > level if above else near < level,
        value <= level - margin if above else value >= level + margin,
    )


def _change(condition: Change, rows: pl.DataFrame) -> pl.DataFrame:
    usable = ~_lacking(pl.col("value"))
    if not condition.in_sample:
        usable &= ~pl.col("in_sample")
    series = [*GROUP, "model_version"]  # what another model says is no move
    days = timedelta(days=condition.days)
    seen = pl.when(usable).then(pl.col("value"))
    with_ends = rows.with_columns(
        lowest=seen.rolling_min_by("as_of", days, closed="left").over(series),
        highest=seen.rolling_max_by("as_of", days, closed="left").over(series),
    )
    value, lowest, highest = pl.col("value"), pl.col("lowest"), pl.col("highest")
    rise, fall = value - lowest, highest - value
    if condition.relative:
        rise, fall = rise / lowest.abs(), fall / highest.abs()
    rise, fall = (_finite(move) for move in (rise, fall))
    falls = {"up": pl.lit(False), "down": pl.lit(True), "either": fall > rise}[condition.direction]
    move = pl.when(falls).then(fall).otherwise(rise)
    unjudged = _why_not(condition.in_sample, (move.is_null(), NO_REFERENCE))
    with_move = with_ends.with_columns(measure=move, before=pl.when(falls).then(highest).otherwise(lowest))
    # Floats: a move of exactly the size asked for must not be lost to the last bit.
    size = condition.by * (1 - 1e-9)
    found = _told(
        with_move,
        unjudged,
        pl.col("measure") >= size,
        pl.col("measure") <= condition.by * (1 - _MARGIN_OF_CHANGE),
    )
    return found.drop("lowest", "highest")


def _finite(move: pl.Expr) -> pl.Expr:
    return pl.when(move.is_finite()).then(move)


def _percentile(condition: Percentile, rows: pl.DataFrame) -> pl.DataFrame:
    above = condition.above is not None
    level = condition.above if condition.above is not None else condition.below
    assert level is not None
    if condition.of == "own":
        place = pl.Series("place", list(_own_percentiles(rows)), pl.Float64)
        with_place, absent = rows.with_columns(measure=place), SHORT_HISTORY
    else:
        with_place, absent = rows.with_columns(measure=pl.col("percentile")), NO_PERCENTILE
    at = pl.col("measure")
    return _told(
        with_place.with_columns(before=_LAST),
        _why_not(condition.in_sample, (_lacking(at), absent)),
        at > level if above else at < level,
        at <= level - _MARGIN_OF_PERCENTILE if above else at >= level + _MARGIN_OF_PERCENTILE,
    )


def _own_percentiles(rows: pl.DataFrame) -> Iterator[float | None]:
    """Of each row, in order, the share of its series' earlier values that are not above it, in percent."""
    before: dict[tuple[Any, ...], _History] = {}
    columns = rows.select(*GROUP, "model_version", "as_of", "value", "in_sample").iter_rows()
    for *series, moment, value, in_sample in columns:
        history = before.setdefault(tuple(series), _History([], [], moment))
        history.come_to(moment)
        if value is None or math.isnan(value):
            yield None
            continue
        known = history.known
        yield 100 * bisect_right(known, value) / len(known) if len(known) >= _OWN_HISTORY else None
        if not in_sample:
            history.present.append(value)


@dataclass(slots=True)
class _History:
    """Values of one series: those before the present moment, sorted, and those of it."""

    known: list[float]
    present: list[float]
    moment: datetime

    def come_to(self, moment: datetime) -> None:
        if moment > self.moment:
            for value in self.present:
                insort(self.known, value)
            self.present.clear()
            self.moment = moment


def _stale(condition: StaleEvidence, rows: pl.DataFrame) -> pl.DataFrame:
    def named(column: str) -> pl.Expr:
        wanted = condition.modality
        pair = pl.element()
        hit = pair == wanted if "@" in wanted else (pair.str.split("@").list.first() == wanted)
        return pl.col(column).list.eval(hit).list.any().fill_null(value=False)

    old, absent = named("stale"), named("missing")
    fires = {"stale": old, "missing": absent, "either": old | absent}[condition.state]
    nothing = pl.lit(None, _FOUND)
    return _told(rows.with_columns(before=nothing, measure=nothing), pl.lit(None, pl.String), fires, ~fires)


@dataclass(frozen=True, slots=True)
class Firing:
    """A signal at which a rule fired.

    Attributes:
        row: of the signal, as judged.
        first: of the alert this firing belongs to, the row that raised it; the same row if it did.
    """

    row: Mapping[str, Any]
    first: Mapping[str, Any]


def firings(rows: pl.DataFrame, window: timedelta) -> Iterator[Firing]:
    """Firings in order: an alert lasts until the condition has ended, and `window` has passed since it began.

    Args:
        rows: as `judged` gives them, less those that may not fire.
        window: within which one that begins again is the same alert.
    """
    turning = rows.filter(pl.col("fires") | pl.col("clear"))
    # An end that follows an end changes nothing; most rows are such.
    turning = turning.filter(pl.col("fires") | pl.col("fires").shift(1).over(GROUP))
    series: tuple[Any, ...] = ()
    first: Mapping[str, Any] | None = None
    holds = False
    for at, (fires, moment, *own) in enumerate(turning.select("fires", "as_of", *GROUP).iter_rows()):
        if tuple(own) != series:
            series, first, holds = tuple(own), None, False
        if not fires:
            holds = False
            continue
        row = turning.row(at, named=True)
        if first is None or (not holds and moment - first["as_of"] > window):
            first = row
        holds = True
        yield Firing(row, first)
