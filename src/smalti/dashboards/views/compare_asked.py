"""What the compare page asks."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards.memory import remembered
from smalti.platform import words


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


def in_order(signals: pl.DataFrame) -> list[tuple[str, int]]:
    """Kinds and horizons as they are told: the model's scores, the index, then checks and ratios."""
    found = set(signals.select("kind", "horizon_days").iter_rows())
    first = (*words.MAIN, words.CONTRADICTION)
    rank = {kind: at for at, kind in enumerate(first)}
    return sorted(found, key=lambda one: (rank.get(one[0], len(first)), one[1], words.signal_name(*one)))
