"""Altman's Z-score: how near a year's accounts are to those of firms that went bankrupt.

Z, for public manufacturers: E. I. Altman, "Financial Ratios, Discriminant Analysis and the Prediction of
Corporate Bankruptcy", Journal of Finance 23(4), 1968. Z = 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 0.999 X5; below
1.81 distress, above 2.99 safe. Z'', for others and where no market value is known: E. I. Altman, J. Hartzell
and M. Peck, "Emerging Markets Corporate Bonds: A Scoring System", Salomon Brothers, 1995, without its
constant: Z'' = 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4; below 1.1 distress, above 2.6 safe.

X1 working capital, X2 retained earnings, X3 earnings before interest and taxes, X5 sales, each over total
assets; X4 equity over total liabilities, at market value in Z and at book value in Z''. Earnings before
interest and taxes are pretax income plus interest expense, or operating income where those are not stated.

No filing says plainly whether its issuer is a manufacturer. Here one is taken to be an issuer whose inventory
is three hundredths of its assets or more: Z is used for it where its market value is known, Z'' otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from smalti.models.checks.market import MarketValue, market_value
from smalti.models.checks.record import Check, NotComputable
from smalti.models.checks.years import FiscalYear, Reader, ratio
from smalti.platform.records import SignalKind

_Z = {"x1": 1.2, "x2": 1.4, "x3": 3.3, "x4": 0.6, "x5": 0.999}
_Z_BOUNDS = (1.81, 2.99)
_Z2 = {"x1": 6.56, "x2": 3.26, "x3": 6.72, "x4": 1.05}
_Z2_BOUNDS = (1.1, 2.6)

_MAKES_THINGS = 0.03
"""Inventory over assets from which an issuer is taken for a manufacturer."""


def altman_z(year: FiscalYear, prices: pl.DataFrame) -> Check:
    """Z or Z'' of a fiscal year: low is bad.

    Args:
        year: what was filed of it.
        prices: `day`, `close`, `evidence_id`; may be empty.

    Returns:
        Details: the ratios `x1` to `x5`, `variant` (`Z 1968` or `Z'' 1995`), `because`, `threshold` (below
        it a year is in distress), `zone` (`distress`, `grey`, `safe`).
    """
    reader = Reader(year)
    try:
        market, because = _market(reader, prices)
        parts = _parts(reader, market)
    except NotComputable as why:
        reason = f"not computable: {why}"
        return Check("altman_z", None, reason, reader.inputs, head=SignalKind.RISK)
    weights, bounds = (_Z, _Z_BOUNDS) if market else (_Z2, _Z2_BOUNDS)
    value = sum(weight * parts[name] for name, weight in weights.items())
    details = {
        **parts,
        "variant": "Z 1968" if market else "Z'' 1995",
        "because": because,
        "threshold": bounds[0],
        "suspect": value < bounds[0],
        "zone": "distress" if value < bounds[0] else "safe" if value > bounds[1] else "grey",
        "taken_as_zero": reader.zeros,
        **_told(market),
    }
    inputs = (*reader.inputs, *(market.known.evidence if market else ()))
    return Check("altman_z", value, None, tuple(dict.fromkeys(inputs)), details, head=SignalKind.RISK)


def _market(reader: Reader, prices: pl.DataFrame) -> tuple[MarketValue | None, str]:
    """The market value where Z applies, and in words why it does or does not."""
    stock = ratio(reader.or_zero("InventoryNet"), reader.need("Assets"), "inventory over Assets")
    if stock < _MAKES_THINGS:
        return None, f"inventory is {stock:.1%} of assets: not taken for a manufacturer"
    try:
        market = market_value(reader.year, prices)
    except NotComputable as why:
        return None, f"no market value of equity: {why}"
    return market, f"inventory is {stock:.1%} of assets: taken for a manufacturer"


def _parts(reader: Reader, market: MarketValue | None) -> dict[str, float]:
    assets = reader.need("Assets")
    capital = reader.need("AssetsCurrent") - reader.need("LiabilitiesCurrent")
    equity = market.known.value if market else reader.need("EquityTotal")
    parts = {
        "x1": ratio(capital, assets, "X1"),
        "x2": ratio(reader.need("RetainedEarnings"), assets, "X2"),
        "x3": ratio(reader.need("EarningsBeforeInterestAndTax"), assets, "X3"),
        "x4": ratio(equity, reader.need("Liabilities"), "X4"),
    }
    return parts | ({"x5": ratio(reader.need("Revenues"), assets, "X5")} if market else {})


def _told(market: MarketValue | None) -> Mapping[str, object]:
    if market is None:
        return {}
    return {
        "market_value": market.known.value,
        "market_day": market.day.isoformat(),
        "float_share": market.float_share,
    }
