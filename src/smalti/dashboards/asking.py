"""What several pages ask of an issuer: remembered once for all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards.memory import remembered


@remembered("documents", "signals")
def issuer(smalti: Client, name: str, as_of: datetime | None) -> Json:
    """See `Client.issuer`."""
    return smalti.issuer(name, as_of)


@remembered("signals")
def newest(smalti: Client, issuer_id: str, as_of: datetime | None) -> pl.DataFrame:
    """See `Client.signals`."""
    return smalti.signals(issuer_id, as_of)


def row_of(signals: pl.DataFrame, kind: str, horizon: int) -> dict[str, Any] | None:
    """The signal of a kind and horizon among the newest, or None."""
    rows = signals.filter((pl.col("kind") == kind) & (pl.col("horizon_days") == horizon))
    return rows.row(0, named=True) if rows.height else None
