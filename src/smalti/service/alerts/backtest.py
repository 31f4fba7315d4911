"""What a rule would have raised, and how often it would have been right: asked before it is switched on.

It walks the stored signals in the order of their `as_of`, each made from what was available by then;
in-sample ones never count. What came after is judged from prices, and from the list of enforcement releases,
known now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any

import polars as pl

from smalti.platform.errors import Conflict
from smalti.platform.store import Store
from smalti.service import sources
from smalti.service.alerts.conditions import (
    Change,
    Contradiction,
    Level,
    Percentile,
    Rule,
    StaleEvidence,
    StaleSource,
)
from smalti.service.alerts.history import wilson
from smalti.service.alerts.judging import GROUP, IN_SAMPLE, OnSignals, firings, judged
from smalti.service.alerts.outcomes import Enforcement, Judged, LaterVolatility
from smalti.service.alerts.raised import Raised, at_finding, at_signal, told
from smalti.service.alerts.series import findings_of, same_contradiction, scope_of, signals_of
from smalti.service.engine import Engine
from smalti.service.stages.pulls import subject

_HORIZON = 30
"""Trading days over which what follows is looked at, where the signal has no horizon of its own."""
_LIVE = timedelta(days=2)
"""A signal recorded within this of its `as_of` was made at the time; others were made from it later."""
_MOST_BASE = 20_000
"""Signals over which a base rate is taken; of more, evenly spaced ones."""
_Span = tuple[datetime | None, datetime | None]
_SHORTEST = timedelta(days=7)
"""A span shorter than this tells nothing of a week."""


@dataclass(frozen=True, slots=True)
class EventReport:
    """How alerts did against one kind of event.

    Attributes:
        event: what counted as one.
        cases: alerts that could be judged; `hits` of them were followed by the event.
        precision: hits among cases, with its 95 % interval (Wilson) `low` to `high`; None of no cases.
        base_rate: how often the event followed anyway, over `base_cases` of the signals looked at.
        lead_days: median of calendar days from an alert to its event; None where none is known.
        unjudged: alerts that could not be judged, by reason.
    """

    event: str
    cases: int
    hits: int
    precision: float | None
    low: float | None
    high: float | None
    base_rate: float | None
    base_cases: int
    lead_days: float | None
    unjudged: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have done.

    Attributes:
        begins, ends: first and last `as_of` looked at; None where there was nothing to look at.
        signals: looked at, of so many `issuers`; `scored_later` of them were made afterwards, from what was
            available at their `as_of`.
        alerts: it would have raised; `alerts_a_week`, None over less than a week.
        volatility: against later realised volatility.
        enforcement: against enforcement releases.
        unjudged: signals that the rule could not judge or that were left out, by reason.
        notes: what else bears on these figures.
        raised: the alerts one by one, newest first; of very many the newest. None of outages of sources.
        in_sample_begins, in_sample_ends: first and last `as_of` left out because the model was trained on
            what followed; None where none was.
    """

    begins: datetime | None
    ends: datetime | None
    signals: int
    issuers: int
    scored_later: int
    alerts: int
    alerts_a_week: float | None
    volatility: EventReport
    enforcement: EventReport
    unjudged: Mapping[str, int]
    notes: Sequence[str]
    raised: Sequence[Raised] = ()
    in_sample_begins: datetime | None = None
    in_sample_ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """A moment at which something might follow: where an alert was raised, or where a rule looked."""

    issuer_id: str
    as_of: datetime
    horizon: int


@dataclass(slots=True)
class _Walk:
    """What a rule saw (`looked`: at most so many cases, evenly spaced), and where it fired."""

    alerts: Sequence[Raised]
    looked: Sequence[_Case]
    issuers: set[str]
    begins: datetime | None
    ends: datetime | None
    signals: int
    scored_later: int
    unjudged: Counter[str]
    in_sample: _Span = (None, None)


def backtest(engine: Engine, rule: Rule, begins: datetime | None, ends: datetime | None) -> Backtest:
    """Walk the stored signals as a rule would have, and hold its alerts against what came after.

    Args:
        engine: the owner's.
        rule: stored or not.
        begins: earliest `as_of` looked at; the first there is if None.
        ends: latest; the last there is if None.

    Raises:
        NotFound: the rule's watchlist is gone.
        Conflict: `begins` is not before `ends`.
    """
    if begins is not None and ends is not None and begins >= ends:
        raise Conflict("it ends before it begins", subject=rule.name, mend="give an earlier begin")
    store = engine.store
    if isinstance(rule.condition, StaleSource):
        return _of_outages(store, rule.condition, begins, ends)
    walk = _walk(store, rule, begins, ends)
    issuers, first, last = walk.issuers, walk.begins, walk.ends
    volatility, swung = _volatility(store, rule, walk, issuers)
    releases = Enforcement(store, engine.settings.data, issuers)
    enforcement, named = _report(
        "a release names the fiscal year, or the one before",
        walk,
        lambda case: releases.judge(case.issuer_id, case.as_of),
    )
    return Backtest(
        first,
        last,
        walk.signals,
        len(issuers),
        walk.scored_later,
        len(walk.alerts),
        _a_week(len(walk.alerts), first, last),
        volatility,
        enforcement,
        dict(sorted(walk.unjudged.items())),
        list(_notes(walk)),
        told(store, walk.alerts, swung, named),
        *walk.in_sample,
    )


def _walk(store: Store, rule: Rule, begins: datetime | None, ends: datetime | None) -> _Walk:
    scope = scope_of(store, rule)
    every = signals_of(store, rule, scope.issuers)
    left_out: _Span = (None, None)
    if isinstance(rule.condition, Contradiction):
        counted = _within(every, begins, ends)
        found = findings_of(store, rule, scope.issuers)
        fired = [f for f, first in same_contradiction(found) if f is first and _inside(f.as_of, begins, ends)]
        alerts = [at_finding(f) for f in fired]
        unjudged: Counter[str] = Counter()
    else:
        assert isinstance(rule.condition, OnSignals)
        # Of several scorings of one moment the last stands.
        standing = every.sort("recorded_at", "signal_id").unique((*GROUP, "as_of"), keep="last")
        rows = _within(judged(rule.condition, standing), begins, ends)
        counted = rows.filter(~pl.col("in_sample"))
        left_out = _span(rows.filter("in_sample"))
        unjudged = Counter(counted["unjudged"].drop_nulls().to_list())
        unjudged.update({IN_SAMPLE: rows.height - counted.height} if rows.height > counted.height else {})
        window = timedelta(hours=rule.window_hours)
        fires = firings(counted, window)
        alerts = [at_signal(rule.condition, f.row) for f in fires if f.row is f.first]
    distinct = counted.select("issuer_id", "as_of", "horizon_days").unique(maintain_order=True)
    later = counted.filter(pl.col("recorded_at") - pl.col("as_of") > _LIVE).height
    looked = [
        _case(row) for row in distinct.gather_every(distinct.height // _MOST_BASE + 1).iter_rows(named=True)
    ]
    issuers = set(distinct["issuer_id"].unique().to_list())
    return _Walk(alerts, looked, issuers, *_span(distinct), counted.height, later, unjudged, left_out)


def _span(rows: pl.DataFrame) -> _Span:
    """First and last moment of some signals."""
    found: _Span = rows.select(pl.col("as_of").min(), pl.col("as_of").max().alias("last")).row(0)
    return found


def _case(row: Mapping[str, Any]) -> _Case:
    return _Case(row["issuer_id"], row["as_of"], row["horizon_days"] or _HORIZON)


def _within(rows: pl.DataFrame, begins: datetime | None, ends: datetime | None) -> pl.DataFrame:
    if begins is not None:
        rows = rows.filter(pl.col("as_of") >= begins)
    return rows if ends is None else rows.filter(pl.col("as_of") <= ends)


def _inside(moment: datetime, begins: datetime | None, ends: datetime | None) -> bool:
    return (begins is None or moment >= begins) and (ends is None or moment <= ends)


def _volatility(store: Store, rule: Rule, walk: _Walk, issuers: set[str]) -> tuple[EventReport, list[Judged]]:
    level = _level_of(rule)
    if why := _no_event(rule):
        return _report("none", walk, lambda _: Judged(None, why_not=why))
    event = "realised volatility over the horizon is above "
    event += f"the level, {level:.1%}" if level is not None else "the issuer's own upper quartile"
    later = LaterVolatility(store, issuers)
    return _report(event, walk, lambda case: later.judge(case.issuer_id, case.as_of, case.horizon, level))


def _level_of(rule: Rule) -> float | None:
    condition = rule.condition
    return condition.above if isinstance(condition, Level) and condition.signal == "risk" else None


def _no_event(rule: Rule) -> str | None:
    """Why volatility says nothing of a rule, if so."""
    match rule.condition:
        case StaleEvidence():
            return "missing evidence foretells nothing"
        case Level(signal="risk", above=None) | Percentile(signal="risk", above=None):
            return "a low risk foretells no event"
        case Change(signal="risk", direction="down"):
            return "a falling risk foretells no event"
        case _:
            return None


def _report(event: str, walk: _Walk, judge: Callable[[_Case], Judged]) -> tuple[EventReport, list[Judged]]:
    """How a rule did against an event, and what came of each of its alerts."""
    cases = [_Case(one.issuer_id, one.as_of, one.horizon_days or _HORIZON) for one in walk.alerts]
    each = [judge(case) for case in cases]
    known = [one for one in each if one.hit is not None]
    hits = [one for one in known if one.hit]
    leads = [one.lead_days for one in hits if one.lead_days is not None]
    anyway = [one.hit for one in map(judge, walk.looked) if one.hit is not None] if known else []
    share, low, high = wilson(len(hits), len(known)) or (None, None, None)
    report = EventReport(
        event,
        len(known),
        len(hits),
        share,
        low,
        high,
        sum(anyway) / len(anyway) if anyway else None,
        len(anyway),
        float(median(leads)) if leads else None,
        dict(Counter(one.why_not or "" for one in each if one.hit is None)),
    )
    return report, each


def _a_week(alerts: int, first: datetime | None, last: datetime | None) -> float | None:
    if first is None or last is None or last - first < _SHORTEST:
        return None
    return alerts / ((last - first) / _SHORTEST)


def _notes(walk: _Walk) -> Iterable[str]:
    first, last = walk.begins, walk.ends
    if first is None or last is None:
        yield "There was nothing to look at."
    elif last - first < _SHORTEST:
        yield "All signals lie within a week: how many alerts a week there would be is not known."
    if walk.scored_later:
        yield (
            f"{walk.scored_later} of {walk.signals} signals were made afterwards, from what was available at"
            " their moment."
        )


def _of_outages(
    store: Store, condition: StaleSource, begins: datetime | None, ends: datetime | None
) -> Backtest:
    """A source's rule over the pulls in the ledger; it foretells nothing."""
    named = {subject(s): s.name for s in sources.all_sources(store) if condition.source in (None, s.name)}
    pulls = store.read(
        "SELECT subject, finished_at FROM runs WHERE stage IN ('pull', 'ingest') AND state = 'done'"
        " AND list_contains($wanted::TEXT[], subject) ORDER BY subject, finished_at",
        {"wanted": sorted(named)},
    ).filter(pl.col("finished_at").is_not_null())
    inside = [m for m in pulls["finished_at"] if _inside(m, begins, ends)]
    longest = timedelta(hours=condition.hours)
    alerts = sum(
        later - earlier > longest and _inside(earlier, begins, ends)
        for _, part in pulls.group_by("subject")
        for earlier, later in pairwise(part["finished_at"].sort().to_list())
    )
    first, last = min(inside, default=None), max(inside, default=None)
    nothing = _Walk([], [], set(), None, None, 0, 0, Counter())
    none, _ = _report("none", nothing, lambda _: Judged(None))
    notes = [f"{len(inside)} pulls of {len(named)} sources; a source's age foretells no event."]
    return Backtest(first, last, 0, 0, 0, alerts, _a_week(alerts, first, last), none, none, {}, notes)
