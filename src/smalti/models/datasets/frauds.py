"""Firm-years and whether they were misstated: ten accounting ratios to fraud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from smalti.models.case import RATIOS, Floats
from smalti.models.datasets.labelled import Sample, Terms, need
from smalti.models.packing import Packed
from smalti.platform.records import Modality

TERMS = Terms(
    "AAER firm-years",
    "US firm-years 1995-2002 of the farr package; misstated years named in SEC enforcement releases",
    "MIT",
    commercial=True,
)

RELEASED_THROUGH = date(2015, 12, 31)
"""The firm-years end in 2003, but whether one was misstated became known only when a release named it; the
list of releases ends here, so nothing before this day may count as out of sample."""

_YEARS = 3
"""Fiscal years a case shows at most: what one annual filing holds."""


def read_firm_years(data: Path) -> list[Sample]:
    """A sample for each firm-year with any ratio known: that year's facts and up to two years' before."""
    rows = pl.read_parquet(need(data / "fraud" / "firm_years.parquet")).sort("gvkey", "fyear")
    found = []
    for (firm,), part in rows.group_by("gvkey", maintain_order=True):
        ratios = part.select(pl.col(RATIOS).cast(pl.Float32)).fill_null(np.nan).to_numpy()
        ratios = np.where(np.isinf(ratios), np.nan, ratios).astype(np.float32)
        years, misstated = part["fyear"].to_list(), part["y"].to_list()
        for last in range(len(years)):
            if np.isnan(ratios[last]).all():
                continue
            shown = [
                at
                for at in range(last, max(-1, last - _YEARS), -1)
                if years[last] - years[at] < _YEARS and not np.isnan(ratios[at]).all()
            ]
            label = np.array([float(misstated[last])], np.float32)
            ends = date.fromisoformat(part["datadate"][last])
            found.append(
                Sample(
                    facts_case(ratios[shown]),
                    label,
                    str(firm),
                    ends,
                    RELEASED_THROUGH,
                    f"{firm}-{years[last]}",
                )
            )
    return found


def facts_case(years: Floats) -> Packed:
    """A packed case of (n, 10) ratios, latest fiscal year first, as of the filing that states them."""
    count = len(years)
    zeros = np.zeros(count, np.float32)
    positions = np.arange(count, dtype=np.float32) / np.float32(10)
    return Packed({Modality.FACT: years}, np.zeros(count, np.int64), zeros, positions, np.arange(count))


def without_market(sample: Sample) -> Sample:
    """The sample as it would be for an issuer whose market value is unknown."""
    years = sample.case.vectors[Modality.FACT].copy()
    years[:, [RATIOS.index("size"), RATIOS.index("mtb")]] = np.nan
    return replace(sample, case=replace(sample.case, vectors={Modality.FACT: years}))


def shown_years(case: Packed, rng: np.random.Generator) -> Packed:
    """A case as training shows it: the latest year, as many before as chance has, read within 450 days."""
    shown = case.take(np.arange(len(case)) < rng.integers(1, len(case) + 1))
    return shown.aged(np.full(len(shown), rng.uniform(0, 450), np.float32))


def balanced(samples: Sequence[Sample], rng: np.random.Generator, ratio: int) -> list[Sample]:
    """Every misstated firm-year, and for each `ratio` others drawn without replacement."""
    positive = [sample for sample in samples if sample.targets[0] > 0.5]
    negative = [sample for sample in samples if sample.targets[0] < 0.5]
    count = min(len(negative), ratio * len(positive))
    return [*positive, *(negative[at] for at in rng.choice(len(negative), count, replace=False))]
