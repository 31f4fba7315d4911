import os
from datetime import date
from math import log
from pathlib import Path

import polars as pl
import pytest

from smalti.models.checks import RATIOS, FiscalYear, Known, ratio_inputs, ratios

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data"))

THIS = {
    "NetIncomeLoss": 50e6, "NetCashFromOperatingActivities": 80e6, "LongTermDebt": 120e6, "DebtCurrent": 30e6,
    "Revenues": 900e6, "ReceivablesNetCurrent": 110e6, "PropertyPlantAndEquipmentNet": 200e6,
}  # fmt: skip
BEFORE = {
    "Assets": 500e6, "Revenues": 800e6, "ReceivablesNetCurrent": 100e6, "StockholdersEquity": 250e6,
    "LongTermDebt": 130e6, "DebtCurrent": 10e6,
}  # fmt: skip


def year(this: dict[str, float], before: dict[str, float], currency: str = "USD") -> FiscalYear:
    known = [{n: Known(v, (n,)) for n, v in items.items()} for items in (this, before, {})]
    return FiscalYear(date(2016, 12, 31), currency, tuple(known))


def test_all_ten_by_hand() -> None:
    assert ratios(year(THIS, BEFORE), market_value_before=750e6) == pytest.approx(
        {
            "ta": -0.06,
            "roa": 0.1,
            "cfo": 0.16,
            "size": log(750),
            "lev": 0.3,
            "mtb": 3.0,
            "inv_at": 0.002,
            "d_sale": 0.2,
            "d_ar": 0.02,
            "ppe": 0.4,
        }
    )


def test_what_is_not_known_is_none_and_the_rest_stands() -> None:
    found = ratios(year({n: v for n, v in THIS.items() if n != "NetIncomeLoss"}, BEFORE))
    assert [name for name in RATIOS if found[name] is None] == ["ta", "roa", "size", "mtb"]
    assert found["cfo"] == pytest.approx(0.16)


def test_amounts_in_another_currency_have_no_dollar_size() -> None:
    found = ratios(year(THIS, BEFORE, "EUR"), market_value_before=750e6)
    assert found["inv_at"] is None
    assert found["size"] is None
    assert found["roa"] == pytest.approx(0.1)


def test_evidence_of_a_ratio_is_what_it_was_read_from_the_numerator_last() -> None:
    assert ratio_inputs(year(THIS, BEFORE), "roa") == ("Assets", "NetIncomeLoss")
    assert ratio_inputs(year(THIS, BEFORE), "ta") == (
        "Assets",
        "NetIncomeLoss",
        "NetCashFromOperatingActivities",
    )
    assert ratio_inputs(year(THIS, BEFORE), "size") == ()  # no market value in the facts


@pytest.mark.data
def test_names_and_identity_match_the_training_file() -> None:
    path = DATA / "fraud/firm_years.parquet"
    if not path.exists():
        pytest.skip(f"no {path}: set SMALTI_DATA to the folder of real data")
    frame = pl.read_parquet(path)
    assert tuple(c for c in frame.columns if c in RATIOS) == RATIOS
    gap = frame.select((pl.col("ta") - (pl.col("roa") - pl.col("cfo"))).abs().max()).item()
    assert gap < 1e-6  # accruals are income less operating cash flow
