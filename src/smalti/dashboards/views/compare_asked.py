"""What the compare page asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards.memory import remembered
from smalti.platform import words


@remembered("documents", "signals")
def issuer(smalti: Client, name: str, as_of: datetime | None) -> Json:
    """See `Client.issuer`."""
    return smalti.issuer(name, as_of)


@remembered("signals")
def newest(smalti: Client, issuer_id: str, as_of: datetime | None) -> pl.DataFrame:
    """See `Client.signals`."""
    return smalti.signals(issuer_id, as_of)


@remembered("signals")
def series(
    smalti: Client, issuer_id: str, kind: str, horizon: int, since: datetime, until: datetime | None
) -> pl.DataFrame:
    """See `Client.series`."""
    return smalti.series(issuer_id, kind, horizon, since, until)


@remembered("signals", "documents")
def change(smalti: Client, issuer_id: str, before: datetime, after: datetime) -> Json:
    """See `Client.change`; it takes a second or more."""
    return smalti.change(issuer_id, before, after)


@remembered("signals", "documents")
def what_if(smalti: Client, issuer_id: str, document: str, as_of: datetime) -> Json:
    """See `Client.what_if`; it takes a second or more."""
    return smalti.what_if(issuer_id, document, as_of)


def row_of(signals: pl.DataFrame, kind: str, horizon: int) -> dict[str, Any] | None:
    """The signal of a kind and horizon, or None."""
    rows = signals.filter((pl.col("kind") == kind) & (pl.col("horizon_days") == horizon))
    return rows.row(0, named=True) if rows.height else None


def in_order(signals: pl.DataFrame) -> list[tuple[str, int]]:
    """Kinds and horizons as they are told: the model's scores, the index, then checks and ratios."""
    found = set(signals.select("kind", "horizon_days").iter_rows())
    first = (*words.MAIN, words.CONTRADICTION)
    rank = {kind: at for at, kind in enumerate(first)}
    return sorted(found, key=lambda one: (rank.get(one[0], len(first)), one[1], words.signal_name(*one)))
