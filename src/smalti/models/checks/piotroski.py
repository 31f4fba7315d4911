"""Piotroski's F-score: how many of nine signs of a firm's strength a year shows.

Formula: J. D. Piotroski, "Value Investing: The Use of Historical Financial Statement Information to Separate
Winners from Losers", Journal of Accounting Research 38 (supplement), 2000, section 3. Income is before
extraordinary items; it, operating cash flow and sales are over assets at the start of the year, debt over
average assets. Its portfolios of weak firms score 0 or 1, those of strong ones 8 or 9.

Whether stock was issued is read from the cash flow statement, where it counts exercised options too as the
paper's Compustat item does; where no such line is stated, from the average share counts of both years, which
one filing states on one basis of splits.
"""

from __future__ import annotations

from smalti.models.checks.record import Check, NotComputable
from smalti.models.checks.years import FiscalYear, Reader, ratio
from smalti.platform.records import SignalKind

WEAK = 1
"""At this or below a year is weak."""
STRONG = 8
"""At this or above it is strong."""


def piotroski_f(year: FiscalYear) -> Check:
    """The F-score of a fiscal year, 0 to 9: low is bad. Needs assets of two years before.

    Returns:
        Details: `signs`, the nine with True where one counts, and the numbers they compare: each this year
        and, where there is a change, the year before.
    """
    reader = Reader(year)
    try:
        numbers = _numbers(reader)
        issued, issued_from = _issued(reader)
    except NotComputable as why:
        reason = f"not computable: {why}"
        return Check("piotroski_f", None, reason, reader.inputs, head=SignalKind.RISK)
    signs = _signs(numbers) | {"no_equity_issued": not issued}
    value = float(sum(signs.values()))
    details = {
        "signs": signs,
        **{name: list(pair) for name, pair in numbers.items()},
        "equity_issued_from": issued_from,
        "threshold": WEAK,
        "suspect": value <= WEAK,
        "zone": "weak" if value <= WEAK else "strong" if value >= STRONG else "middling",
        "taken_as_zero": reader.zeros,
    }
    return Check("piotroski_f", value, None, reader.inputs, details, head=SignalKind.RISK)


def _signs(numbers: dict[str, tuple[float, ...]]) -> dict[str, bool]:
    roa, debt = numbers["return_on_assets"], numbers["debt_over_assets"]
    liquid, margin = numbers["current_ratio"], numbers["gross_margin"]
    turnover, (cash,) = numbers["asset_turnover"], numbers["cash_flow_over_assets"]
    return {
        "profit": roa[0] > 0,
        "cash_flow": cash > 0,
        "profit_grew": roa[0] > roa[1],
        "cash_over_profit": cash > roa[0],
        "debt_fell": debt[0] < debt[1],
        "liquidity_rose": liquid[0] > liquid[1],
        "margin_rose": margin[0] > margin[1],
        "turnover_rose": turnover[0] > turnover[1],
    }


def _numbers(reader: Reader) -> dict[str, tuple[float, ...]]:
    def both(name: str, below: str) -> tuple[float, ...]:
        return tuple(
            ratio(reader.need(name, t), reader.need(below, t), f"{name} over {below}") for t in (0, 1)
        )

    def over_opening_assets(name: str, lag: int) -> float:
        return ratio(reader.need(name, lag), reader.need("Assets", lag + 1), f"{name} over Assets")

    return {
        "return_on_assets": tuple(over_opening_assets("Income", t) for t in (0, 1)),
        "cash_flow_over_assets": (over_opening_assets("NetCashFromOperatingActivities", 0),),
        "debt_over_assets": tuple(_debt(reader, t) for t in (0, 1)),
        "current_ratio": both("AssetsCurrent", "LiabilitiesCurrent"),
        "gross_margin": tuple(1 - cost for cost in both("CostOfRevenue", "Revenues")),
        "asset_turnover": tuple(over_opening_assets("Revenues", t) for t in (0, 1)),
    }


def _debt(reader: Reader, lag: int) -> float:
    average = (reader.need("Assets", lag) + reader.need("Assets", lag + 1)) / 2
    return ratio(reader.or_zero("LongTermDebt", lag), average, "LongTermDebt over average Assets")


def _issued(reader: Reader) -> tuple[bool, str]:
    """Whether common stock was issued in the year, and what tells."""
    if reader.year.find("StockIssued") is not None:
        return reader.need("StockIssued") > 0, "StockIssued"
    for name in ("WeightedAverageSharesBasic", "WeightedAverageSharesDiluted"):
        if all(reader.year.find(name, lag) is not None for lag in (0, 1)):
            return reader.need(name) > reader.need(name, 1), name
    raise NotComputable("StockIssued and average share counts missing")
