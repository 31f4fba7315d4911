"""The scores, how they went, and what raised or lowered them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

import polars as pl

from smalti.service.reports import reading, words
from smalti.service.reports.content import Block, Column, Drawing, Section, Table, Text
from smalti.service.reports.known import Known, since, where
from smalti.service.views import EvidenceView, GroupView, SignalView, Why

_BARS, _PIECES, _QUOTE = 7, 4, 170
_LEAST_MOMENTS = 3
"""Scorings from which a course over time is drawn."""
_LEAST_PRICES, _LEAST_HORIZONS = 40, 2


def scores(known: Known) -> Section:
    """A table of all scores, and charts of how they went."""
    blocks: list[Block] = []
    if not known.signals:
        return Section("scores", "Scores", [Text("No score of it is stored by this moment.", "notice")])
    blocks.append(_table(known))
    blocks += _courses(known)
    return Section("scores", "Scores", blocks)


def _table(known: Known) -> Table:
    columns = (
        Column("Score", "left", 0.27), Column("Value", "right", 0.1), Column("90% interval", "right", 0.17),
        Column("Percentile", "right", 0.11), Column("Made from, or why there is none", "left", 0.35),
    )  # fmt: skip
    moments = sorted({s.as_of for s in known.heads})
    caption = f"Scores as of {words.listed([words.moment(m) for m in moments])}"
    return Table(caption, columns, list(_rows(known.heads)))


def _rows(heads: Sequence[SignalView]) -> Iterator[tuple[str, ...]]:
    """A row a score; those withheld for one reason share theirs."""
    lost: dict[str, list[SignalView]] = {}
    for s in heads:
        if s.value is None:
            lost.setdefault(words.reason(s.reason or ""), []).append(s)
        else:
            yield _row(s)
    for reason, own in lost.items():
        yield words.signals(own), "withheld", "", "", reason


def _row(s: SignalView) -> tuple[str, ...]:
    percentile = words.ordinal(s.percentile) if s.percentile is not None else ""
    basis = words.inputs(s.used) + (" (in-sample)" if s.in_sample else "")
    return words.signal(s), words.number(s.kind, s.value), words.interval(s), percentile, basis


def risk_chart(known: Known) -> Iterator[Block]:
    """Risk over time where there are scorings enough, else over its horizons."""
    course = next((_drawn(known, s) for s in known.main if s.kind == words.RISK), None)
    if course is not None:
        yield course
    else:
        yield from _horizons(known)


def _courses(known: Known) -> Iterator[Block]:
    """Fraud and sentiment over time, and risk over its horizons where the first page has its course."""
    drawn = {s.kind: _drawn(known, s) for s in known.main}
    if drawn.get(words.RISK) is not None:
        yield from _horizons(known)
    yield from (course for kind, course in drawn.items() if course is not None and kind != words.RISK)


def _drawn(known: Known, s: SignalView) -> Drawing | None:
    """A signal over time, or None where it was scored too seldom."""
    course = reading.series(known.engine.store, known.subject, s.kind, s.horizon_days, known.clocks)
    enough = course["as_of"].n_unique() >= _LEAST_MOMENTS and course["value"].drop_nulls().len() > 0
    return _course(known, s, course) if enough else None


def _course(known: Known, s: SignalView, course: pl.DataFrame) -> Drawing:
    rows = [row | {"as_of": row["as_of"].isoformat()} for row in course.iter_rows(named=True)]
    given = course.drop_nulls("value")
    first, last = given.row(0, named=True), given.row(-1, named=True)
    told = (
        f"{words.signal(s)} from {words.number(s.kind, first['value'])} on {words.day(first['as_of'])} to"
        f" {words.number(s.kind, last['value'])} on {words.day(last['as_of'])}, {course.height} scorings."
    )
    data = {"scores": rows, "kind": s.kind, "horizon_days": s.horizon_days}
    return Drawing("score_over_time", data | _notes(known, s.model_version), told)


def _notes(known: Known, source: str) -> dict[str, Any]:
    return {"source": source, "synthetic": known.subject.synthetic}


def _horizons(known: Known) -> Iterator[Block]:
    risks = [s for s in known.heads if s.kind == words.RISK and s.value is not None]
    if len(risks) < _LEAST_HORIZONS:
        return
    past = risks[0].details.get("past_volatility", {})
    rows = [{"horizon_days": s.horizon_days, "value": s.value, "low": s.low, "high": s.high} for s in risks]
    behind = [{"horizon_days": int(days), "value": value} for days, value in sorted(past.items())]
    told = "; ".join(
        f"{s.horizon_days} trading days: {words.number(s.kind, s.value)} ({words.interval(s)})" for s in risks
    )
    data = {"risks": rows, "past": behind} | _notes(known, risks[0].model_version)
    yield Drawing("risk_by_horizon", data, f"Expected annualised volatility with 90% interval. {told}.")


def market(known: Known) -> Section | None:
    """The price and how it swung, where prices are known."""
    days = reading.prices(known.engine.store, known.subject, known.clocks)
    if days.height < _LEAST_PRICES:
        return None
    rows = [{"day": f"{day}", "adjusted_close": price} for day, price in days.iter_rows()]
    way = days["adjusted_close"][-1] / days["adjusted_close"][0] - 1
    told = f"Price {way:+.0%} from {days['day'][0]} to {days['day'][-1]}, and volatility of 30 trading days."
    drawing = Drawing("price_and_volatility", {"prices": rows} | _notes(known, "stored daily prices"), told)
    return Section("market", "The market", [drawing])


def movers(known: Known) -> Section | None:
    """What raised and what lowered each score, with the pieces that did most."""
    blocks: list[Block] = []
    for s in known.main:
        if s.value is not None:
            blocks += _moved(known, s)
    return Section("movers", "What moved the scores", blocks) if blocks else None


def _moved(known: Known, s: SignalView) -> Iterator[Block]:
    found = known.why(s)
    groups = [g for g in found.groups if g.by == "document"]
    pieces = _pieces(found)
    if not groups:
        return
    told = f"{words.signal(s)}: {words.number(s.kind, s.value)}"
    base = s.details.get("baseline_value")
    if base is not None:
        told += f"; of a company it knows nothing of, the model says {words.number(s.kind, base)}"
    yield Text(f"{told}.", "lead")
    files = _by_file(groups, words.shown(s.kind))
    if len(files) > 1:
        rows = [{"label": name, "effect": effect} for name, effect in files[:_BARS]]
        told = "; ".join(f"{name} {words.moved(s.kind, effect)}" for name, effect in files[:_BARS])
        data = {"effects": rows, "kind": s.kind} | _notes(known, s.model_version)
        yield Drawing("attribution_bars", data, told)
    else:
        yield Text(f"All of that way is of one file, {files[0][0]} ({words.moved(s.kind, files[0][1])}).")
    if pieces:
        yield _quoted(known, s, pieces)


def _by_file(groups: Sequence[GroupView], least: float) -> list[tuple[str, float]]:
    """Effects of documents by the file they came in, largest first, less what rounds away."""
    sums: dict[str, float] = {}
    for group in groups:
        name = words.clean(PurePosixPath(group.name).name, 60)
        sums[name] = sums.get(name, 0.0) + group.effect
    ranked = sorted(sums.items(), key=lambda one: (-abs(one[1]), one[0]))
    return [one for one in ranked if abs(one[1]) >= least] or ranked[:1]


def _pieces(found: Why) -> list[EvidenceView]:
    """The pieces that did most, each once, by the method whose shares add up."""
    shares = [
        e for e in found.evidence if e.effect is not None and e.method.startswith("integrated-gradients")
    ]
    best: dict[str, EvidenceView] = {}
    for e in sorted(shares, key=lambda e: (-abs(e.effect or 0), e.evidence_id)):
        best.setdefault(e.evidence_id, e)
    return list(best.values())[:_PIECES]


def _quoted(known: Known, s: SignalView, pieces: list[EvidenceView]) -> Table:
    places = known.places(e.evidence_id for e in pieces)
    columns = (
        Column("Moved it by", "right", 0.14), Column("What it says", "left", 0.54),
        Column("Where", "left", 0.26), Column("No.", "right", 0.06),
    )  # fmt: skip
    rows = []
    for e in pieces:
        told = where(places[e.evidence_id], e.where)
        number = known.paper.sources.cite(places[e.evidence_id], told)
        quote = words.clean(e.quote, _QUOTE)
        rows.append(
            (
                words.moved(s.kind, e.effect or 0.0),
                f"“{quote}”",
                ", ".join(filter(None, (told, since(places[e.evidence_id])))),
                f"[{number}]",
            )
        )
    return Table("The pieces that moved it most", columns, rows)
