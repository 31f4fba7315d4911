from pathlib import Path

import numpy as np
import polars as pl
import pytest

from smalti.models.case import RATIOS
from smalti.models.evaluation.ratios import DIRECTIONS, NOT_COMPUTABLE, measure_ratios, ranking
from smalti.platform.errors import SettingsError


def table(folder: Path, rows: int = 240) -> Path:
    """Three years of eighty firms; every twelfth firm misstates, with high accruals and little cash."""
    rng = np.random.default_rng(0)
    number = np.arange(rows)
    misstated = number // 3 % 12 == 0
    columns = {name: rng.normal(size=rows) for name in RATIOS}
    columns["ta"] = misstated + 0.01 * columns["ta"]
    columns["cfo"] = 0.01 * columns["cfo"] - misstated
    columns["mtb"][number % 2 == 0] = np.nan
    frame = pl.DataFrame({"gvkey": number // 3, "fyear": 1995 + number % 3, "y": misstated, **columns})
    (folder / "fraud").mkdir()
    frame.with_columns(size=pl.when(pl.col("fyear") > 1995).then("size")).write_parquet(
        folder / "fraud" / "firm_years.parquet"
    )
    return folder


def test_each_ratio_is_ranked_in_its_stated_direction_where_it_is_known(tmp_path: Path) -> None:
    found = measure_ratios(table(tmp_path), draws=5)
    rows = found["rows"]
    assert list(rows) == [f"{'high' if DIRECTIONS[name] > 0 else 'low'} {name}" for name in RATIOS]
    assert rows["high ta"]["auc"] == 1.0
    assert rows["low cfo"]["auc"] == 1.0
    assert rows["high ta"]["ndcg_1pct"] == 1.0
    assert 0.2 < rows["high d_ar"]["auc"] < 0.8
    assert (found["firm_years"], found["misstated"]) == (240, 21)
    assert rows["high mtb"]["firm_years"] == 120  # NaN left out
    assert rows["high size"]["firm_years"] == 160  # null left out
    assert set(NOT_COMPUTABLE) == {"beneish_m", "dechow_f", "altman_z", "piotroski_f", "benford"}


def test_intervals_hold_the_figure_and_draw_whole_firms() -> None:
    labels = np.array([True] * 3 + [False] * 57)
    scores = np.concatenate([[5.0, 5.0, 5.0], np.arange(57.0) / 10])
    alone = ranking(labels, scores, ["one"] * 3 + [f"f{i}" for i in range(57)], draws=40)
    spread = ranking(labels, scores, [f"g{i}" for i in range(60)], draws=40)
    low, high = alone["auc_interval"]
    assert low <= alone["auc"] <= high
    assert alone["auc"] == spread["auc"]
    assert (alone["misstated"], alone["firm_years"]) == (3, 60)


def test_a_missing_table_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="this training set is not there"):
        measure_ratios(tmp_path)
