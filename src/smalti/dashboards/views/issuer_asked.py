"""What the issuer page asks, and what it is about: one issuer, one signal of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.asking import issuer, newest, row_of
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.platform import words
from smalti.platform.errors import NotFound

HORIZONS = (3, 7, 15, 30)
_USUAL = 30
_DAY = timedelta(days=1)


@remembered("signals")
def signal(smalti: Client, signal_id: str) -> Json:
    """See `Client.signal`."""
    return smalti.signal(signal_id)


@remembered("signals", "documents")
def why(smalti: Client, signal_id: str) -> Json:
    """See `Client.why`."""
    return smalti.why(signal_id)


@remembered("signals")
def series(smalti: Client, issuer_id: str, kind: str, horizon: int, since: datetime | None) -> pl.DataFrame:
    """See `Client.series`; up to now, so that one can go forward again from an earlier moment."""
    return smalti.series(issuer_id, kind, horizon, since)


@remembered("documents")
def events(smalti: Client, issuer_id: str, since: datetime, as_of: datetime | None) -> pl.DataFrame:
    """See `Client.issuer_events`."""
    return smalti.issuer_events(issuer_id, since, as_of)


@remembered("documents", "signals")
def later(smalti: Client, issuer_id: str, as_of: datetime) -> Json:
    """See `Client.issuer_later`."""
    return smalti.issuer_later(issuer_id, as_of)


@remembered("signals", "documents")
def findings(smalti: Client, issuer_id: str, as_of: datetime | None) -> pl.DataFrame:
    """See `Client.findings`."""
    return smalti.findings(issuer_id, as_of)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a run of the page is about.

    Attributes:
        issuer: as `Client.issuer` tells it.
        signals: its newest as of the moment, a signal a row.
        kind, horizon: of the signal that is looked at.
        chosen: that signal, as `Client.signal` tells it; None where there is none.
        picked: whether the address names it, and not only its kind.
    """

    issuer: Json
    signals: pl.DataFrame
    kind: str
    horizon: int
    chosen: Json | None
    picked: bool

    @property
    def issuer_id(self) -> str:
        """Its id."""
        return str(self.issuer["issuer_id"])

    def of(self, kind: str, horizon: int = 0) -> dict[str, Any] | None:
        """The newest signal of a kind."""
        return row_of(self.signals, kind, horizon)


def subject(page: Page, name: str) -> Subject:
    """What the address asks for, of an issuer by name.

    Raises:
        NotFound: no such issuer.
    """
    told = issuer(page, name, page.as_of)
    signals = newest(page, told["issuer_id"], page.as_of)
    kind = place.get("kind") or _first_kind(signals)
    horizon = _horizon(kind)
    row = row_of(signals, kind, horizon)
    return Subject(
        told, signals, kind, horizon, signal(page, row["signal_id"]) if row else None, picked=False
    )


def subject_of(page: Page, signal_id: str) -> Subject:
    """The same of one signal.

    Raises:
        NotFound: no such signal, or it was made as of a later moment than the page shows.
    """
    found = signal(page, signal_id)
    if moment(found["as_of"]) > page.moment:
        raise NotFound(
            "this score is of a later moment than the one shown",
            subject=signal_id,
            mend=f"choose {moment(found['as_of']):%d %B %Y} or later at the left",
        )
    told = issuer(page, found["issuer_id"], page.as_of)
    signals = newest(page, told["issuer_id"], page.as_of)
    return Subject(told, signals, found["kind"], found["horizon_days"], found, picked=True)


def details(row: Mapping[str, Any]) -> Json:
    """Of a signal from a frame (JSON text) or from the service (an object)."""
    found: Json = json.loads(row["details"] or "{}") if isinstance(row["details"], str) else row["details"]
    return found


def moment(text: str) -> datetime:
    """An ISO time of an answer."""
    return datetime.fromisoformat(text)


def since(page: Page, about: Subject, days: int) -> datetime:
    """The beginning of a day so long before the newest score known: the same all day, so answers are kept."""
    newest = row_of(about.signals, about.kind, about.horizon)
    return _begins(newest["as_of"] if newest else page.moment, days)


def steady(page: Page, about: Subject, days: int) -> datetime:
    """The same or earlier, and the same for each moment shown within so many days of now.

    What begins there does not change while one goes back and forth in time.
    """
    return min(since(page, about, days), _begins(moment(page.edition["now"]), 2 * days))


def _begins(at: datetime, days: int) -> datetime:
    return (at - days * _DAY).replace(hour=0, minute=0, second=0, microsecond=0)


def _first_kind(signals: pl.DataFrame) -> str:
    """The kind looked at if none was chosen: the first of the three that has a value."""
    shown = ((pl.col("kind") != words.RISK) | (pl.col("horizon_days") == _USUAL)) & pl.col(
        "value"
    ).is_not_null()
    given = set(signals.filter(shown)["kind"])
    return next((kind for kind in words.MAIN if kind in given), words.RISK)


def _horizon(kind: str) -> int:
    if kind != words.RISK:
        return 0
    asked = place.get("horizon") or ""
    return int(asked) if asked in map(str, HORIZONS) else _USUAL
