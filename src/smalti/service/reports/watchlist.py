"""The report of a watchlist: all its issuers beside each other, then each one's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl

from smalti.platform.errors import NotFound
from smalti.service.engine import Engine
from smalti.service.reports import issuer as single
from smalti.service.reports import matters, reading, summary, words
from smalti.service.reports.changed import arrivals
from smalti.service.reports.content import Block, Column, Report, Section, Table, Text
from smalti.service.reports.known import Known, Paper
from smalti.service.reports.limits import ages, withheld
from smalti.service.reports.pictures import Pictures
from smalti.service.reports.reading import Clocks
from smalti.service.reports.sources import Sources
from smalti.service.views import SignalView

_MOST = 60
"""Issuers told one by one; the table has them all."""
_STRONG = 0.5
_FINDINGS, _FIRST = 2, 6


def watchlist_report(
    engine: Engine,
    watchlist_id: str,
    name: str,
    issuers: Sequence[str],
    clocks: Clocks,
    skipped: Sequence[datetime] = (),
) -> Report:
    """What is known of the issuers of a watchlist, as one report."""
    paper = Paper(Sources(), Pictures(engine, most=6))
    known, gone = [], 0
    for one in dict.fromkeys(issuers):
        try:
            known.append(Known(engine, clocks, one, paper))
        except NotFound:  # an issuer that was merged or erased since it was put on the list
            gone += 1
    known.sort(key=_weight)
    arrived = {one.subject.issuer_id: reading.arrived(engine.store, one.subject, clocks) for one in known}
    shown = words.clean(name, 120)
    sections = [_page(one, arrived[one.subject.issuer_id]) for one in known[:_MOST]]
    return Report(
        title=f"Risk report: {shown}",
        subject=shown,
        subject_kind="watchlist",
        subject_id=watchlist_id,
        since=clocks.since,
        as_of=clocks.as_of,
        recorded_by=clocks.recorded_by,
        synthetic=any(one.subject.synthetic for one in known),
        headline=_headline(known),
        summary=(*_summary(known, arrived, gone), *single.missed(skipped)),
        sections=(*sections, single.sources(paper)),
        made_with=single.made_with(known),
        fingerprint=single.fingerprint(known),
        issuers=tuple(issuers),
        documents=paper.sources.documents,
        news=sum(frame.height for frame in arrived.values()),
    )


def _weight(one: Known) -> tuple[float, float, str]:
    """Those with the strongest contradictions first, then those of the highest risk."""
    index = one.signal("fraud.contradiction")
    risk = next((s for s in one.main if s.kind == words.RISK), None)
    return -(index.value or 0.0) if index else 0.0, -((risk and risk.value) or 0.0), one.subject.name


def _strong(one: Known) -> int:
    return sum((f.strength or 0) >= _STRONG for f in one.found)


def _headline(known: Sequence[Known]) -> str:
    scored = [one for one in known if one.signals]
    if not scored:
        return f"None of its {words.counted(len(known), 'company', 'companies')} has a score."
    strong = [one for one in scored if _strong(one)]
    lost = sum(any(s.value is None for s in one.heads) for one in scored)
    told = f"{len(strong)} of {words.counted(len(known), 'company', 'companies')} with strong contradictions"
    if strong:
        told += f", first of all {words.clean(strong[0].subject.name, 80)}"
    return told + (f"; {lost} with withheld scores." if lost else ".")


def _summary(known: Sequence[Known], arrived: dict[str, pl.DataFrame], gone: int) -> list[Block]:
    strong = [one for one in known[:_FIRST] if _strong(one)]
    blocks: list[Block] = [Text(f"{one.subject.name}: {summary.headline(one)}", "point") for one in strong]
    came = sum(frame.height for frame in arrived.values())
    unscored = [one.subject.name for one in known if not one.signals]
    if unscored:
        blocks.append(Text(f"Never scored: {words.listed(unscored[:8])}.", "point"))
    blocks.append(Text(f"{words.counted(came, 'document')} came out within the period.", "point"))
    if gone:
        blocks.append(Text(f"{words.counted(gone, 'issuer')} of the list can no longer be found.", "notice"))
    return [_beside(known), *blocks]


def _beside(known: Sequence[Known]) -> Table:
    columns = (
        Column("Company", "left", 0.3), Column("Risk", "right", 0.16), Column("Fraud", "right", 0.1),
        Column("Sentiment", "right", 0.12), Column("Contradictions", "right", 0.14),
        Column("Scored as of", "right", 0.18),
    )  # fmt: skip
    rows = []
    for one in known:
        values = {s.kind: s for s in one.main}
        index = one.signal("fraud.contradiction")
        risk = values.get(words.RISK)
        over = f" ({risk.horizon_days} d)" if risk is not None and risk.value is not None else ""
        moments = [s.as_of for s in one.heads]
        rows.append(
            (
                words.clean(one.subject.name, 70),
                _value(values, words.RISK) + over,
                _value(values, words.FRAUD),
                _value(values, words.SENTIMENT),
                words.number("fraud.contradiction", index.value if index else None),
                f"{max(moments):%Y-%m-%d}" if moments else "never",
            )
        )
    return Table("All companies, those with most contradictions first", columns, rows)


def _value(values: Mapping[str, SignalView], kind: str) -> str:
    if kind not in values:
        return "–"
    value = values[kind].value
    return words.number(kind, value) if value is not None else "withheld"


def _page(one: Known, arrived: pl.DataFrame) -> Section:
    """An issuer's own page: its numbers, what changed, the strongest findings, what is withheld or old."""
    blocks: list[Block] = [Text(summary.headline(one), "lead")]
    if one.main:
        blocks.append(summary.figures(one))
    blocks.append(Text(_moved(one, arrived)))
    top, rest = matters.split(one)
    blocks += [matters.matter(one, f, 1, pictured=rank == 0) for rank, f in enumerate(top[:_FINDINGS])]
    more = len(top) + len(rest) - len(top[:_FINDINGS])
    if more:
        blocks.append(Text(f"And {words.counted(more, 'other finding')}.", "note"))
    blocks += [*withheld([s for s in one.heads if s.value is None]), *ages(one)]
    return Section(f"issuer-{one.subject.issuer_id}", words.clean(one.subject.name, 120), blocks)


def _moved(one: Known, arrived: pl.DataFrame) -> str:
    """How the main scores moved since the scoring before the period, from what is stored."""
    came = arrivals(arrived) or "no document"
    before = reading.scored_before(one.engine.store, one.subject, one.clocks)
    if before is None or not one.main:
        return f"Within the period {came} came out; no score from before it is stored to compare with."
    told = []
    for s in one.main:
        course = reading.series(one.engine.store, one.subject, s.kind, s.horizon_days, one.clocks)
        then = course.filter(pl.col("as_of") <= before)["value"]
        old = then[-1] if then.len() else None
        if words.number(s.kind, old) != words.number(s.kind, s.value):
            then_told, now_told = (
                "no value" if value is None else words.number(s.kind, value) for value in (old, s.value)
            )
            told.append(f"{words.signal(s)} went from {then_told} to {now_told}")
    moved = words.listed(told) if told else "no main score moved by what can be seen"
    return f"Since {words.day(before)}: {moved}; {came} came out."
