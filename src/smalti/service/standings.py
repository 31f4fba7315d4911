"""Which score of each issuer stood at a moment, for all issuers at once.

The scores of the overview are remembered as one table in order of issuer, kind and time, so that a question
costs a search in each series, however long they are: without an index the store would read all signals of all
issuers. Commits are taken in as they come.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.platform.store import Store

KINDS: Mapping[str, int] = {"risk": 30, "fraud": 0, "sentiment": 0, "fraud.contradiction": 0}
"""What the overview shows, with the horizon of each in trading days."""

_RECENT = 20_000
"""Scores that came lately and are kept apart: to put few of them among all costs as much as all."""

_SERIES = ("issuer_id", "kind")
_COLUMNS = {
    "issuer_id": pl.String,
    "kind": pl.String,
    "as_of": pl.Datetime("us", "UTC"),
    "signal_id": pl.String,
    "value": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "model_version": pl.String,
    "in_sample": pl.Boolean,
    "reason": pl.String,
}
_OURS = " OR ".join(f"(kind = '{kind}' AND horizon_days = {horizon})" for kind, horizon in KINDS.items())
_STORED = f"SELECT {', '.join(_COLUMNS)} FROM signals WHERE {_OURS} ORDER BY recorded_at, signal_id"
_MADE_UP = (
    "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
    " WHERE list_contains($wanted::TEXT[], l.issuer_id)"
    " AND json_extract_string(d.hints, '$.synthetic') IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class _Series:
    """All scores, and where each series of them begins and ends.

    Attributes:
        rows: columns as `_COLUMNS`, by issuer, kind and `as_of`; of equal ones, in order of arrival.
        as_of: of each row, microseconds since 1970.
        first, past: index of the first row of each series, and one past its last.
    """

    rows: pl.DataFrame
    as_of: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    past: npt.NDArray[np.int64]

    def at(self, moment: datetime) -> pl.DataFrame:
        """The newest row of each series not after a moment; series that began later are left out."""
        low, high = self.first.copy(), self.past.copy()
        limit = _micros(moment)
        while (open_ := low < high).any():
            middle = (low + high) // 2
            later = self.as_of[np.where(open_, middle, 0)] > limit
            high = np.where(open_ & later, middle, high)
            low = np.where(open_ & ~later, middle + 1, low)
        return self.rows[(low - 1)[low > self.first]]


class Standings:
    """Remembers the scores of the overview. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: tuple[_Series, ...] = ()  # all, and those that came lately, where some did
        self._come: list[pl.DataFrame] = []
        self._made_up: dict[str, bool] = {}
        self._erasures = self._links = 0
        self._changing = threading.Lock()
        self._reading = threading.Lock()
        store.watch(self._told)

    def warm(self) -> None:
        """Read all scores now, so that the first who asks need not wait for it."""
        self._series()

    def at(self, *moments: datetime) -> list[pl.DataFrame]:
        """For each moment the newest score of each issuer and kind as of it, whatever was stored since.

        Returns:
            Frames with a row an issuer and kind: `issuer_id`, `kind`, `as_of`, `signal_id`, `value`, `low`,
            `high`, `model_version`, `in_sample`, `reason`.
        """
        series = self._series()
        return [_newest([one.at(moment) for one in series]) for moment in moments]

    def synthetic(self, issuers: Collection[str]) -> set[str]:
        """Those of some issuers of whom any document is made up."""
        with self._changing:
            before = self._links
            unknown = [one for one in issuers if one not in self._made_up]
        if unknown:
            found = set(self._store.read(_MADE_UP, {"wanted": unknown})["issuer_id"])
            with self._changing:
                if before == self._links:
                    self._made_up.update({one: one in found for one in unknown})
            known = {one for one in issuers if one not in unknown and self._made_up.get(one)}
            return known | found
        return {one for one in issuers if self._made_up.get(one)}

    def _series(self) -> tuple[_Series, ...]:
        with self._reading:  # whoever asks meanwhile waits, and does not read the same again
            with self._changing:
                known, come, before = self._known, self._come, self._erasures
            if not known:
                known = (_arranged([self._store.read(_STORED), *come]),)
            elif come:
                known = _taken_in(known, come)
            with self._changing:
                if before == self._erasures:
                    self._known, self._come = known, self._come[len(come) :]
        return known

    def _told(self, frames: Mapping[str, pl.DataFrame]) -> None:
        signals, links = frames.get("signals"), frames.get("links")
        with self._changing:
            if "erasures" in frames or "erased_signals" in frames:
                self._known, self._come, self._made_up = (), [], {}
                self._erasures += 1
                self._links += 1
            if links is not None:
                self._links += 1
                for one in links["issuer_id"].unique():
                    self._made_up.pop(one, None)
            if signals is not None and signals.height:
                ours = pl.any_horizontal(
                    (pl.col("kind") == kind) & (pl.col("horizon_days") == days)
                    for kind, days in KINDS.items()
                )
                if (more := signals.filter(ours).select(list(_COLUMNS))).height:
                    self._come = [*self._come, more]


def _taken_in(known: tuple[_Series, ...], come: Sequence[pl.DataFrame]) -> tuple[_Series, ...]:
    every, *lately = known
    # The store passes over what it has already, and so must this.
    fresh = [part.join(every.rows, on="signal_id", how="anti", maintain_order="left") for part in come]
    recent = _arranged([*(one.rows for one in lately), *fresh])
    if recent.rows.height <= _RECENT:
        return every, recent
    return (_arranged([every.rows, recent.rows]),)


def _newest(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Of each series the newest row of any part; of equally new ones that of the later part."""
    if len(parts) == 1:
        return parts[0]
    rows = pl.concat(parts).sort("as_of", maintain_order=True)
    return rows.unique(_SERIES, keep="last", maintain_order=True)


def _arranged(parts: Sequence[pl.DataFrame]) -> _Series:
    rows = (
        pl.concat([part.cast(_COLUMNS) for part in parts])  # type: ignore[arg-type]  # names to types
        .unique("signal_id", keep="first", maintain_order=True)
        .sort(*_SERIES, "as_of", maintain_order=True)
    )
    lengths = rows.group_by(_SERIES, maintain_order=True).len()["len"].to_numpy().astype(np.int64)
    past = np.cumsum(lengths)
    return _Series(rows, rows["as_of"].dt.epoch("us").to_numpy(), past - lengths, past)


def _micros(moment: datetime) -> int:
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
