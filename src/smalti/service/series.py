"""Signals in mass: the newest of an issuer, one signal over time, all that are stored.

Questions about one issuer are what pages and programs ask over and over. Its signals' values are read from
the store once and remembered until a commit touches them: without an index, which the schema must do without,
each question would search all signals of all issuers. A test holds the answers against plain SQL.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import polars as pl

from smalti.platform.store import Store
from smalti.service.signals import CHOSEN, ERASED, NEWEST, SIGNALS, signal_view
from smalti.service.views import SignalView

MOST_ROWS = 3_000_000
"""Signals remembered, about 150 bytes each; the issuers not asked about for longest are forgotten first."""

_MOST_VIEWS = 500  # whole signals remembered of one issuer
_MOST_KINDS = 50  # answers by kind remembered of one issuer
_MOST_AHEAD = 10_000  # whole signals read ahead; their details may be some thousand characters each

FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
"""Before and after all moments."""

# In the order of which rows are sorted: the last of a group is the newest.
_COLUMNS = (
    "kind, horizon_days, as_of, recorded_at, signal_id,"
    " value, low, high, percentile, model_version, in_sample"
)
_WIDE = (
    "SELECT s.*, i.name AS issuer, $synthetic AS synthetic, z.erased"
    f" FROM signals s JOIN issuers i USING (issuer_id) {ERASED}"
    " WHERE s.issuer_id = $issuer AND s.as_of BETWEEN $first AND $last"
    " AND list_contains($wanted::TEXT[], s.signal_id)"
)
_SYNTHETIC_ALL = (
    "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
    " WHERE json_extract_string(d.hints, '$.synthetic') IS NOT NULL"
)
_SYNTHETIC = f"{_SYNTHETIC_ALL} AND l.issuer_id = ?"


@dataclass(frozen=True, slots=True)
class Point:
    """A signal at one moment."""

    signal_id: str
    as_of: datetime
    recorded_at: datetime
    value: float | None
    low: float | None
    high: float | None
    percentile: float | None
    model_version: str
    in_sample: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One signal of an issuer over time, oldest first; `next` as of any list."""

    issuer_id: str
    kind: str
    horizon_days: int
    synthetic: bool
    items: Sequence[Point]
    next: str | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is remembered of an issuer: a row a signal, by kind, horizon, as_of, recorded_at, id."""

    signals: pl.DataFrame
    synthetic: bool
    views: dict[str, SignalView] = field(default_factory=dict)  # whole signals, by id, as they are asked for
    newest: dict[str | None, list[SignalView]] = field(default_factory=dict)  # of all that is stored, by kind


class SignalMemory:
    """Remembers the signals of issuers that were asked about. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._rows = 0
        self._changes: Counter[str] = Counter()  # commits that touched an issuer; "" counts erasures
        self._changing = threading.Lock()
        store.watch(self._told)

    def warm(self) -> None:
        """Read the signals of all issuers at once, where that is no more than may be remembered."""
        if self._store.read("SELECT count(*) FROM signals").item() > MOST_ROWS // 2:
            return
        with self._changing:
            before = self._changes.copy()
        made_up = set(self._store.read(_SYNTHETIC_ALL)["issuer_id"])
        signals = self._store.read(f"SELECT issuer_id, {_COLUMNS} FROM signals ORDER BY ALL")
        ahead = self._newest_of_all(signals)
        frames = signals.partition_by("issuer_id", as_dict=True, include_key=False, maintain_order=True)
        for (issuer_id,), rows in frames.items():
            known = _Known(rows, issuer_id in made_up)
            if issuer_id in ahead:
                known.newest[None] = ahead[issuer_id]
            self._remember(str(issuer_id), known, before)

    def _newest_of_all(self, signals: pl.DataFrame) -> dict[str, list[SignalView]]:
        """The newest whole signals of each issuer, as `newest` orders them; none where they are too many."""
        if signals.select(pl.struct("issuer_id", "kind", "horizon_days").n_unique()).item() > _MOST_AHEAD:
            return {}
        rows = self._store.read(f"{NEWEST} ORDER BY s.issuer_id, s.kind, s.horizon_days", filters())
        found: dict[str, list[SignalView]] = {}
        for row in rows.iter_rows(named=True):
            found.setdefault(row["issuer_id"], []).append(signal_view(row))
        return found

    def newest(
        self, issuer_id: str, as_of: datetime, recorded_by: datetime, kind: str | None
    ) -> list[SignalView]:
        """Of each kind and horizon the newest signal of an issuer as of a moment.

        Args:
            issuer_id: whose.
            as_of: no later signals.
            recorded_by: nor such as were stored later.
            kind: only this one and its sub-signals.
        """
        known = self._of(issuer_id)
        if (as_of, recorded_by) != (LAST, LAST):
            return self._newest(known, issuer_id, as_of, recorded_by, kind)
        if kind not in known.newest:
            if len(known.newest) > _MOST_KINDS:
                known.newest.clear()
            known.newest[kind] = self._newest(known, issuer_id, as_of, recorded_by, kind)
        return known.newest[kind]

    def _newest(
        self, known: _Known, issuer_id: str, as_of: datetime, recorded_by: datetime, kind: str | None
    ) -> list[SignalView]:
        rows = known.signals.filter((pl.col("as_of") <= as_of) & (pl.col("recorded_at") <= recorded_by))
        if kind is not None:
            rows = rows.filter((pl.col("kind") == kind) | pl.col("kind").str.starts_with(f"{kind}."))
        best = rows.group_by("kind", "horizon_days", maintain_order=True).last()
        views = dict(known.views)
        if any(one not in views for one in best["signal_id"]):
            # Issuer and moments spare the store most of the search.
            found = self._store.read(
                _WIDE,
                {
                    "wanted": best["signal_id"].to_list(),
                    "issuer": issuer_id,
                    "first": best["as_of"].min(),
                    "last": best["as_of"].max(),
                    "synthetic": known.synthetic,
                },
            )
            views = {row["signal_id"]: signal_view(row) for row in found.iter_rows(named=True)}
            if len(known.views) > _MOST_VIEWS:
                known.views.clear()
            known.views.update(views)
        return [views[one] for one in best["signal_id"]]

    def points(
        self,
        issuer_id: str,
        kind: str,
        horizon_days: int,
        since: datetime,
        until: datetime,
        recorded_by: datetime,
    ) -> tuple[pl.DataFrame, bool]:
        """One signal between two moments, at each the one stored last; and whether it is made up.

        Returns:
            A frame with the columns of `Point`, oldest first, and `synthetic`.
        """
        known = self._of(issuer_id)
        rows = known.signals.filter(
            (pl.col("kind") == kind)
            & (pl.col("horizon_days") == horizon_days)
            & pl.col("as_of").is_between(since, until)
            & (pl.col("recorded_at") <= recorded_by)
        )
        return rows.group_by("as_of", maintain_order=True).last(), known.synthetic

    def _of(self, issuer_id: str) -> _Known:
        with self._changing:
            if issuer_id in self._known:
                self._known.move_to_end(issuer_id)
                return self._known[issuer_id]
            before = Counter({one: self._changes[one] for one in (issuer_id, "")})
        rows = self._store.read(
            f"SELECT {_COLUMNS} FROM signals WHERE issuer_id = ? ORDER BY ALL", [issuer_id]
        )
        known = _Known(rows, bool(self._store.read(f"{_SYNTHETIC} LIMIT 1", [issuer_id]).height))
        self._remember(issuer_id, known, before)
        return known

    def _remember(self, issuer_id: str, known: _Known, before: Counter[str]) -> None:
        """Keep what was read, unless it was touched since `before`."""
        with self._changing:
            if issuer_id in self._known or any(before[o] != self._changes[o] for o in (issuer_id, "")):
                return
            self._known[issuer_id] = known
            self._rows += known.signals.height + 1
            while self._rows > MOST_ROWS:
                self._forget(next(iter(self._known)))

    def _told(self, frames: Mapping[str, pl.DataFrame]) -> None:
        """Forget the issuers that a commit speaks of; all of them after an erasure."""
        touched: set[str] = set()
        for table in ("signals", "links"):
            if table in frames:
                touched.update(frames[table]["issuer_id"].unique())
        with self._changing:
            if "erasures" in frames or "erased_signals" in frames:
                touched |= {"", *self._known}
            self._changes.update(touched)
            for issuer_id in touched & self._known.keys():
                self._forget(issuer_id)

    def _forget(self, issuer_id: str) -> None:
        self._rows -= self._known.pop(issuer_id).signals.height + 1


ALL = f"""
SELECT * FROM (
    {SIGNALS}
    WHERE {CHOSEN} AND ($horizon IS NULL OR s.horizon_days = $horizon)
        AND s.as_of BETWEEN $since AND $until AND s.recorded_at <= $recorded_by
)
"""
"""All stored signals that answer to `filters`."""

EXPORTED = (
    "signal_id, issuer_id, issuer, kind, as_of, horizon_days, value, low, high, percentile, model_version,"
    " used, missing, not_trained, stale, in_sample, reason, synthetic, recorded_at, erased"
)
"""Columns of a frame of signals; `details` is JSON, and left out unless it is asked for."""


def filters(
    issuer: str | None = None,
    kind: str | None = None,
    until: datetime | None = None,
    recorded_by: datetime | None = None,
) -> dict[str, Any]:
    """The parameters of `signals.NEWEST`, and with `horizon` and `since` those of `ALL`."""
    return {"issuer": issuer, "kind": kind, "until": until or LAST, "recorded_by": recorded_by or LAST}
