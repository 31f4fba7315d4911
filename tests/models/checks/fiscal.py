"""Small made-up fiscal years for the tests of ratios."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from smalti.models.checks import FiscalYear, Known


def year(
    *items: Mapping[str, float],
    end: date = date(2016, 12, 31),
    currency: str = "USD",
    cover: Mapping[str, tuple[date, float]] | None = None,
) -> FiscalYear:
    """A fiscal year, the one before and the one before that; evidence of `Assets` is `0.Assets` and so on."""
    every = [*items, {}, {}][:3]
    known = [{n: Known(v, (f"{lag}.{n}",)) for n, v in each.items()} for lag, each in enumerate(every)]
    front = {name: (day, Known(v, (f"cover.{name}",))) for name, (day, v) in (cover or {}).items()}
    return FiscalYear(end, currency, tuple(known), cover=front)


def closes(*rows: tuple[date, float]) -> pl.DataFrame:
    """Closes by day, all of one piece of evidence."""
    return pl.DataFrame(
        {"day": [d for d, _ in rows], "close": [c for _, c in rows], "evidence_id": ["prices"] * len(rows)},
        {"day": pl.Date, "close": pl.Float64, "evidence_id": pl.String},
    )
