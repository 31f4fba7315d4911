"""The ten accounting ratios of the misstatement data set, computed from a fiscal year's facts.

The data set is `comp` of the R package farr (Gow and Ding), whose maker's script gives each definition in
Compustat items; all are deflated by total assets of the year before. In that script's names: ta = (ib -
oancf) / at, roa = ib / at, cfo = oancf / at, size = ln(prcc_f * csho) of the year before, lev = (dltt + dlc)
/ at, mtb = (prcc_f * csho / ceq) of the year before, inv_at = 1 / at, d_sale = change in revt / at, d_ar =
change in rect / at, ppe = ppent / at; `at` always of the year before. Compustat counts in millions of
dollars, so `inv_at` and `size` do here too.

How sure the match is: `ta`, `roa`, `cfo`, `inv_at`, `d_sale`, `ppe` follow the definition (Compustat
standardises some lines; a filing's own are used here). `lev` may miss debt that stands inside other lines.
`d_ar` uses trade receivables where Compustat's `rect` counts all receivables. `size` and `mtb` need the
market value at the end of the year before, which no statement holds.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log

from smalti.models.checks.record import NotComputable
from smalti.models.checks.years import FiscalYear, Reader

RATIOS = ("ta", "roa", "cfo", "size", "lev", "mtb", "inv_at", "d_sale", "d_ar", "ppe")
"""Names, in the order of the data set's columns."""

_MILLION = 1e6


def ratios(year: FiscalYear, market_value_before: float | None = None) -> dict[str, float | None]:
    """The ten ratios of a fiscal year.

    Args:
        year: the year; its money must be in US dollars for `size` and `inv_at`, which are not scale-free.
        market_value_before: price times shares outstanding at the end of the year before, in dollars.

    Returns:
        Every name in `RATIOS`; None where an input is missing.
    """
    found = {name: _ratio(year, name, market_value_before) for name in RATIOS}
    return {name: value[0] if value else None for name, value in found.items()}


def ratio_inputs(year: FiscalYear, name: str) -> tuple[str, ...]:
    """Ids of the evidence one ratio rests on, the numerator's last; empty when it cannot be computed."""
    found = _ratio(year, name, None)
    return found[1] if found else ()


def _ratio(year: FiscalYear, name: str, market: float | None) -> tuple[float, tuple[str, ...]] | None:
    reader = Reader(year)
    try:
        return _compute(reader, name, market), reader.inputs
    except NotComputable:
        return None


def _compute(reader: Reader, name: str, market: float | None) -> float:
    if name in ("size", "inv_at") and reader.year.currency != "USD":
        raise NotComputable("amounts are not in US dollars")
    if name in ("size", "mtb"):
        return _market(reader, name, market)
    assets = reader.need("Assets", 1)
    if assets <= 0:
        raise NotComputable("assets of the year before are not positive")
    return _MILLION / assets if name == "inv_at" else _above(reader, name) / assets


def _market(reader: Reader, name: str, market: float | None) -> float:
    if market is None or market <= 0:
        raise NotComputable("market value of the year before missing")
    if name == "size":
        return log(market / _MILLION)
    common = reader.need("StockholdersEquity", 1) - reader.or_zero("PreferredStockValue", 1)
    if common <= 0:
        raise NotComputable("common equity of the year before is not positive")
    return market / common


def _above(reader: Reader, name: str) -> float:
    """What stands above the line of a ratio whose deflator is assets of the year before."""
    above: dict[str, Callable[[], float]] = {
        "ta": lambda: reader.need("Income") - reader.need("NetCashFromOperatingActivities"),
        "roa": lambda: reader.need("Income"),
        "cfo": lambda: reader.need("NetCashFromOperatingActivities"),
        "lev": lambda: _debt(reader),
        "d_sale": lambda: reader.need("Revenues") - reader.need("Revenues", 1),
        "d_ar": lambda: reader.need("ReceivablesNetCurrent") - reader.need("ReceivablesNetCurrent", 1),
        "ppe": lambda: reader.need("PropertyPlantAndEquipmentNet"),
    }
    return above[name]()


def _debt(reader: Reader) -> float:
    """Long- and short-term debt; a filing that states neither tells nothing of its leverage."""
    if reader.year.find("LongTermDebt") is None and reader.year.find("DebtCurrent") is None:
        raise NotComputable("LongTermDebt and DebtCurrent missing")
    return reader.or_zero("LongTermDebt") + reader.or_zero("DebtCurrent")
