"""Market value of the common equity, where a filing confirms that prices and share count belong together.

A price series may have been adjusted for splits that came after the share count was filed, and nothing in it
says so. What says so is the cover of the 10-K: the market value of the shares held by others than insiders
(the public float) on a day of known price. Where price times shares on that day comes near to it, both are
of one basis and one currency; where it does not, or no float is filed, there is no market value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from smalti.models.checks.record import NotComputable
from smalti.models.checks.years import FiscalYear, Known

_STALE = timedelta(days=7)
"""A close older than this says nothing of a day."""

_FLOAT_SHARE = (0.75, 1.05)
"""Public float over price times shares that counts as one basis. Insiders hold the rest; most large issuers
are held by others to four fifths and more, and a two-for-one split would halve or double the ratio."""


@dataclass(frozen=True, slots=True)
class MarketValue:
    """Price times shares near the end of a fiscal year.

    Attributes:
        known: the value, in the year's currency, and the share count, float and prices it rests on.
        day: of the share count and its price.
        float_share: public float over price times shares on the day of the float, which confirmed the basis.
    """

    known: Known
    day: date
    float_share: float


def market_value(year: FiscalYear, prices: pl.DataFrame) -> MarketValue:
    """The market value of common equity on the day of the share count on the year's cover page.

    Args:
        year: what was filed of a fiscal year.
        prices: `day` (date), `close` (float), `evidence_id`.

    Raises:
        NotComputable: a part is missing, or prices and shares cannot be shown to be of one basis.
    """
    for name in ("SharesOutstanding", "PublicFloat"):
        if name not in year.cover:
            raise NotComputable(f"{name} missing")
    (counted, shares), (floated, public) = year.cover["SharesOutstanding"], year.cover["PublicFloat"]
    then, now = _close(prices, floated), _close(prices, counted)
    low, high = _FLOAT_SHARE
    share = public.value / (then.value * shares.value) if shares.value > 0 else 0.0
    if not low <= share <= high:
        raise NotComputable(
            f"the public float of {floated} is {share:.2f} of price times shares that day: they may be of "
            "different splits"
        )
    evidence = dict.fromkeys((*shares.evidence, *public.evidence, *then.evidence, *now.evidence))
    return MarketValue(Known(now.value * shares.value, tuple(evidence)), counted, share)


def _close(prices: pl.DataFrame, day: date) -> Known:
    """The last close up to the end of a day, at most a week old."""
    near = prices.filter(pl.col("day").is_between(day - _STALE, day), pl.col("close") > 0).sort("day")
    if not near.height:
        raise NotComputable(f"price of {day} missing")
    last = near.row(-1, named=True)
    return Known(float(last["close"]), (str(last["evidence_id"]),))
