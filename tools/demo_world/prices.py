"""Two years of daily prices from a story's market: regimes of volatility, and days with a given return."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date

import exchange_calendars as xcals
import numpy as np

from .world import SEED, Company

FIRST, LAST = date(2024, 7, 1), date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class Bar:
    """One trading day; `adjusted` takes later dividends off the close."""

    day: date
    opened: float
    high: float
    low: float
    close: float
    adjusted: float
    volume: int


def bars(story: Company) -> list[Bar]:
    """The issuer's trading days on the New York calendar, oldest first; the same for the same seed."""
    market = story.market
    days = [d.date() for d in xcals.get_calendar("XNYS").sessions_in_range(str(FIRST), str(LAST))]
    rng = np.random.default_rng([SEED, zlib.crc32(story.key.encode())])
    rows: list[tuple[date, float, float, float, float, int]] = []
    close = market.first_close
    for n, day in enumerate(days):
        regime = [r for r in market.regimes if r.start <= day][-1]
        step = regime.drift + regime.sigma * float(rng.standard_normal())
        crowd = regime.volume * float(np.exp(0.28 * rng.standard_normal())) * (1 + 6 * abs(step))
        if day in market.shocks:
            jump, crowd = market.shocks[day]
            step = float(np.log1p(jump))
        before = close
        close = before if n == 0 else max(0.05, before * float(np.exp(step)))
        opened = before * float(np.exp(0.35 * step + 0.2 * regime.sigma * rng.standard_normal()))
        reach = np.exp(0.4 * regime.sigma * np.abs(rng.standard_normal(2)))
        high, low = max(opened, close) * float(reach[0]), min(opened, close) / float(reach[1])
        rows.append((day, opened, high, low, close, round(market.usual_volume * crowd / 100) * 100))
    return _adjusted(rows, market.dividends)


def _adjusted(
    rows: list[tuple[date, float, float, float, float, int]], dividends: dict[date, float]
) -> list[Bar]:
    factor, out = 1.0, []
    for n in range(len(rows) - 1, -1, -1):
        day, opened, high, low, close, volume = rows[n]
        out.append(Bar(day, opened, high, low, close, close * factor, volume))
        if day in dividends and n:
            factor *= 1 - dividends[day] / rows[n - 1][4]
    return out[::-1]


def prices_csv(rows: list[Bar]) -> str:
    """The table as price sites export it."""
    head = "Date,Open,High,Low,Close,Adj Close,Volume"
    levels = [(b.opened, b.high, b.low, b.close, b.adjusted) for b in rows]
    lines = [
        f"{b.day}," + ",".join(f"{level:.4f}" for level in of_day) + f",{b.volume}"
        for b, of_day in zip(rows, levels, strict=True)
    ]
    return "\n".join([head, *lines]) + "\n"
