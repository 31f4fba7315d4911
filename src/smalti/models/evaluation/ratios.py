"""How well each accounting ratio alone ranks firm-years by whether they were misstated.

Of the named scores none can be computed from the table of firm-years: it holds ten ratios, and Beneish's M,
Dechow's F, Altman's Z, Piotroski's F and Benford's law need the lines they are made of. One of the ten comes
near to one: `ta` is Hribar and Collins's form of Sloan's accruals over opening instead of average assets.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.models.case import RATIOS
from smalti.models.datasets.labelled import need
from smalti.models.evaluation.frauds import ranked

DIRECTIONS = {
    "ta": 1,
    "roa": 1,
    "cfo": -1,
    "size": 1,
    "lev": 1,
    "mtb": 1,
    "inv_at": -1,
    "d_sale": 1,
    "d_ar": 1,
    "ppe": -1,
}
"""On which side misstatement is expected, 1 above and -1 below; set before any figure was seen, from the
papers behind the scores: income runs ahead of cash (Sloan 1996), sales and receivables grow and soft assets
abound (Beneish 1999, Dechow et al. 2011), debt and a high price press to it (same), releases name large
firms (Dechow et al. 2011)."""

NOT_COMPUTABLE = {
    "beneish_m": "cost of sales, selling expenses, depreciation and liabilities",
    "dechow_f": "current and noncurrent lines of two balance sheets",
    "altman_z": "working capital, retained earnings and total liabilities",
    "piotroski_f": "current ratio, gross margin and shares issued",
    "benford": "amounts: ratios do not follow the law",
}
"""What the table lacks for each named score."""


def measure_ratios(data: Path, draws: int = 200) -> dict[str, Any]:
    """The ten ratios of the firm-years, each in its direction of `DIRECTIONS`, on the years that have it.

    Args:
        data: the folder of training sets.
        draws: of the bootstrap over firms.

    Returns:
        `firm_years`, `misstated`, `not_computable` (what each named score lacks) and `rows`: of each ratio
        `auc`, `auc_interval`, `ndcg_1pct`, `ndcg_1pct_interval`, `firm_years` and `misstated` among those
        that have it.

    Raises:
        SettingsError: the data set is not there.
    """
    table = pl.read_parquet(need(data / "fraud" / "firm_years.parquet")).sort("gvkey", "fyear")
    rows = {}
    for name in RATIOS:
        known = table.filter(pl.col(name).is_finite())
        labels = known["y"].cast(pl.Boolean).to_numpy()
        scores = DIRECTIONS[name] * known[name].to_numpy()
        rows[f"{'high' if DIRECTIONS[name] > 0 else 'low'} {name}"] = ranking(
            labels, scores, known["gvkey"].cast(pl.String).to_list(), draws
        )
    return {
        "firm_years": table.height,
        "misstated": int(table["y"].sum()),
        "not_computable": NOT_COMPUTABLE,
        "rows": rows,
    }


def ranking(
    labels: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64], groups: Sequence[str], draws: int = 200
) -> dict[str, Any]:
    """See `frauds.ranked`; with how many are ranked, as each ratio is known of others."""
    counts = {"firm_years": len(labels), "misstated": int(labels.sum())}
    return ranked(labels, scores, groups, draws) | counts
