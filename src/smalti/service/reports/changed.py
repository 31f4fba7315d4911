"""What changed within the period, and why: each score's difference split into parts, and what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from smalti.service.changes import change
from smalti.service.reports import reading, words
from smalti.service.reports.content import Block, Column, Section, Table, Text
from smalti.service.reports.known import Known
from smalti.service.views import ScoreChangeView, SignalChange

_DOCUMENTS = 10
_KINDS = {"filing": "filing", "news": "news item", "social": "post", "call": "call recording"}


@dataclass(frozen=True, slots=True)
class Changes:
    """How an issuer's scores moved within the period.

    Attributes:
        scores: split into parts; None where it was not scored anew.
        arrived: documents that became public, newest first.
    """

    scores: ScoreChangeView | None
    arrived: pl.DataFrame


def changes(known: Known) -> Changes:
    """Compare the newest scoring with the one that was known at the begin of the period."""
    arrived = reading.arrived(known.engine.store, known.subject, known.clocks)
    after = max((s.as_of for s in known.heads), default=None)
    before = reading.scored_before(known.engine.store, known.subject, known.clocks) or known.clocks.since
    if after is None or after <= before:
        return Changes(None, arrived)
    split = change(known.engine, known.subject.issuer_id, before, after, known.clocks.recorded_by)
    return Changes(split, arrived)


def told(known: Known, found: Changes) -> Section:
    """The section: scores that moved with the parts of the way, then documents that came out."""
    blocks = [*_scores(known, found), *_documents(known, found.arrived)]
    return Section("changes", "What changed, and why", blocks)


def _scores(known: Known, found: Changes) -> Iterator[Block]:
    if found.scores is None:
        newest = max((s.as_of for s in known.heads), default=None)
        told = f"last scored as of {words.moment(newest)}" if newest else "never scored"
        yield Text(
            f"No score was made within this period: it was {told}.", "notice" if newest is None else "plain"
        )
        return
    heads = [s for s in found.scores.signals if "." not in s.kind]
    never = [s for s in heads if s.before is None and s.after is None]
    rows = [_row(s) for s in heads if s not in never]
    columns = (
        Column("Score", "left", 0.22), Column("Before", "right", 0.11), Column("Now", "right", 0.11),
        Column("Moved by", "right", 0.14), Column("Of which", "left", 0.42),
    )  # fmt: skip
    before, after = words.moment(found.scores.before), words.moment(found.scores.after)
    if rows:
        yield Table(f"Scores as of {after}, against {before}; points are percentage points", columns, rows)
    if never:
        yield Text(f"Without a value at both moments: {words.signals(never)}.")
    yield from _checks(found.scores)
    gone = len(found.scores.aged_out)
    if gone:
        yield Text(f"{words.counted(gone, 'document')} grew too old to count.", "note")


def _row(s: SignalChange) -> tuple[str, ...]:
    name = words.signal_name(s.kind, s.horizon_days)
    before, now = words.number(s.kind, s.before), words.number(s.kind, s.after)
    if s.before is None or s.after is None:
        return name, before, now, "", words.reason(s.reason or "")
    parts = [p for p in s.parts if abs(p.amount) >= words.shown(s.kind)]
    of = "; ".join(
        f"{p.name} {words.moved(s.kind, p.amount)}" for p in sorted(parts, key=lambda p: -abs(p.amount))
    )
    moved = s.after - s.before
    return (
        name,
        before,
        now,
        words.moved(s.kind, moved) if abs(moved) >= words.shown(s.kind) else "unchanged",
        of,
    )


def _checks(found: ScoreChangeView) -> Iterator[Block]:
    """Checks and ratios that moved by what can be seen, in one sentence each way."""
    moved = [s for s in found.signals if "." in s.kind and s.before is not None and s.after is not None]
    for way, sign in (("rose", 1), ("fell", -1)):
        named = [
            f"{words.check(s.kind)} ({words.number(s.kind, s.before)} to {words.number(s.kind, s.after)})"
            for s in moved
            if s.before is not None and s.after is not None and (s.after - s.before) * sign >= 0.005
        ]
        if named:
            yield Text(f"Checks and ratios that {way}: {words.listed(named)}.")
    came = [
        words.check(s.kind)
        for s in found.signals
        if "." in s.kind and s.before is None and s.after is not None
    ]
    if came:
        yield Text(f"Could not be judged before, and can now: {words.listed(came)}.")


def arrivals(arrived: pl.DataFrame) -> str:
    """`2 filings, 1 call recording and 14 posts`; empty where nothing came."""
    tally = Counter(arrived["kind"])
    return words.listed([words.counted(n, _KINDS.get(kind, kind)) for kind, n in sorted(tally.items())])


def _documents(known: Known, arrived: pl.DataFrame) -> Iterator[Block]:
    if not arrived.height:
        yield Text("No document of it came out within this period.")
        return
    # Of posts only the first few stand here: they come in hundreds, and other kinds tell more.
    first = arrived.with_columns(post=pl.col("kind") == "social").sort(
        "post", "available_at", descending=[False, True], maintain_order=True
    )
    rows = [
        (
            f"{row['available_at']:%Y-%m-%d %H:%M}",
            _KINDS.get(row["kind"], row["kind"]),
            words.clean(_name(row), 160),
        )
        for row in first.head(_DOCUMENTS).iter_rows(named=True)
    ]
    columns = (
        Column("Public since", "left", 0.2),
        Column("Kind", "left", 0.16),
        Column("Document", "left", 0.64),
    )
    more = f", the first {_DOCUMENTS} of {arrived.height}" if arrived.height > _DOCUMENTS else ""
    yield Table(
        f"What came out since {words.day(known.clocks.since)}: {arrivals(arrived)}{more}", columns, rows
    )


def _name(row: dict[str, str]) -> str:
    title, file = row["title"] or "", row["file"] or ""
    return file if file.endswith(title) else f"{title} · {file}" if file else title
