"""What came after an alert: realised volatility from later prices, and enforcement where a list names it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import sqrt
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.platform.store import Store

_TRADING_DAYS = 252
_WINDOWS = 60
"""Past windows that an upper quartile of an issuer's own volatility needs."""
_PAST = 500
"""Past windows it is taken over: about two years."""
_LEAST_RETURNS = 3
"""Returns after which a volatility since the alert is looked at for the lead time."""
_LAST_YEAR = 2012
"""The list of releases ends in 2015, and a release comes about three years after the fiscal year it names."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: whether the event came, and after how many calendar days; or why nobody can tell."""

    hit: bool | None
    lead_days: int | None = None
    why_not: str | None = None


@dataclass(slots=True)
class _Series:
    """Closes of one issuer, oldest first, with when each was known."""

    days: list[date]
    known: Floats  # unix seconds
    returns: Floats  # of each day on the one before; NaN of the first
    volatility: dict[int, Floats] = field(default_factory=dict)

    def ended(self, horizon: int) -> Floats:
        """Annualised volatility of the `horizon` returns up to each day; NaN where there are too few."""
        if horizon not in self.volatility:
            found = np.full(len(self.returns), np.nan)
            if len(self.returns) > horizon:
                windows = np.lib.stride_tricks.sliding_window_view(self.returns[1:], horizon)
                found[horizon:] = windows.std(axis=1) * sqrt(_TRADING_DAYS)
            self.volatility[horizon] = found
        return self.volatility[horizon]


class LaterVolatility:
    """Realised volatility over the trading days after a moment.

    It is the standard deviation (ddof 0) of simple daily returns of adjusted closes, from the last close
    known at the moment, annualised by the square root of 252: what the risk signal predicts.

    Args:
        store: with the prices; of several series of an issuer the longest counts.
        issuers: of whom.
    """

    def __init__(self, store: Store, issuers: Collection[str]) -> None:
        rows = store.read(
            "WITH mine AS (SELECT l.issuer_id, p.* FROM prices p JOIN links l USING (document_id)"
            "  WHERE list_contains($wanted::TEXT[], l.issuer_id)),"
            " longest AS (SELECT issuer_id, document_id FROM mine GROUP BY issuer_id, document_id"
            "  QUALIFY row_number() OVER (PARTITION BY issuer_id ORDER BY count(*) DESC, document_id) = 1)"
            " SELECT issuer_id, day, coalesce(adjusted_close, close) AS close, epoch(available_at) AS known"
            " FROM mine JOIN longest USING (issuer_id, document_id)"
            " WHERE coalesce(adjusted_close, close) > 0 ORDER BY issuer_id, day",
            {"wanted": sorted(issuers)},
        )
        self._series = {str(key[0]): _series(part) for key, part in rows.group_by("issuer_id")}

    def judge(self, issuer_id: str, moment: datetime, horizon: int, level: float | None) -> Judged:
        """Whether volatility over `horizon` trading days was above a level, or its own upper quartile.

        Args:
            issuer_id: whose.
            moment: nothing known by then counts as later.
            horizon: trading days.
            level: annualised; the upper quartile of the windows of the same length before if None.
        """
        series = self._series.get(issuer_id)
        if series is None:
            return Judged(None, why_not="no prices")
        last = int(np.searchsorted(series.known, moment.timestamp(), side="right")) - 1
        ended = series.ended(horizon)
        if last < 0 or last + horizon >= len(ended):
            return Judged(None, why_not="prices end before the horizon" if last >= 0 else "no price before")
        threshold = level if level is not None else _upper_quartile(ended[: last + 1])
        if threshold is None:
            return Judged(None, why_not="past too short for a quartile")
        if not ended[last + horizon] > threshold:
            return Judged(hit=False)
        after = series.returns[last + 1 : last + horizon + 1]
        return Judged(hit=True, lead_days=_lead(series.days[last + 1 :], after, threshold, moment))


def _series(part: pl.DataFrame) -> _Series:
    one_a_day = part.unique("day", keep="last", maintain_order=True)
    closes = one_a_day["close"].to_numpy().astype(np.float64)
    returns = np.full(len(closes), np.nan)
    returns[1:] = closes[1:] / closes[:-1] - 1
    known = np.maximum.accumulate(one_a_day["known"].to_numpy().astype(np.float64))
    return _Series(one_a_day["day"].to_list(), known, returns)


def _upper_quartile(ended: Floats) -> float | None:
    past = ended[-_PAST:]
    past = past[np.isfinite(past)]
    return float(np.quantile(past, 0.75)) if len(past) >= _WINDOWS else None


def _lead(days: list[date], returns: Floats, threshold: float, moment: datetime) -> int:
    """Calendar days until the volatility since the alert was above the threshold for the first time."""
    for count in range(min(_LEAST_RETURNS, len(returns)), len(returns) + 1):
        if returns[:count].std() * sqrt(_TRADING_DAYS) > threshold:
            return (days[count - 1] - moment.date()).days
    return (days[len(returns) - 1] - moment.date()).days


class Enforcement:
    """Whether an SEC enforcement release names a company's fiscal year.

    Args:
        store: with the issuers' CIKs.
        data: folder of the labels, `fraud/aaer_firm_years.csv` in it.
        issuers: of whom.
    """

    def __init__(self, store: Store, data: Path, issuers: Collection[str]) -> None:
        rows = store.read(
            "SELECT issuer_id, cik FROM issuers WHERE list_contains($wanted::TEXT[], issuer_id)",
            {"wanted": sorted(issuers)},
        )
        self._ciks: Mapping[str, str | None] = dict(rows.iter_rows())
        file = data / "fraud" / "aaer_firm_years.csv"
        self._named: set[tuple[int, int]] | None = None
        if file.is_file():
            self._named = set(pl.read_csv(file).select("CIK", "YEARA").iter_rows())

    def judge(self, issuer_id: str, moment: datetime) -> Judged:
        """Whether the fiscal year of a moment, or the one before, was named. The list tells no dates."""
        if self._named is None:
            return Judged(None, why_not="no list of enforcement releases")
        cik = (self._ciks.get(issuer_id) or "").lstrip("0")
        if not cik.isdigit():
            return Judged(None, why_not="no CIK")
        if moment.year > _LAST_YEAR:
            return Judged(None, why_not="not known yet when the list ends")
        return Judged(any((int(cik), year) in self._named for year in (moment.year, moment.year - 1)))
