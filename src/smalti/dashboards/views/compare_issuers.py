"""Issuers beside each other: scores, ratios, what was known of each, and how they went over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts import Notes
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.asking import issuer, newest, row_of
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.compare_asked import in_order, series
from smalti.platform import words
from smalti.platform.errors import NotFound

_BACK = timedelta(days=366)
"""How far back courses are drawn."""
_KINDS = {
    "risk": "Risk, 30 days",
    "fraud": "Fraud probability",
    "sentiment": "Sentiment",
    "fraud.contradiction": "Contradiction index",
}
_STATES = (
    ("used", "moved it"),
    ("stale", "too old"),
    ("missing", "none known"),
    ("not_trained", "not trained"),
)


@dataclass(frozen=True, slots=True)
class One:
    """One of the issuers: as `Client.issuer` tells it, and its newest signals."""

    told: Json
    signals: pl.DataFrame

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.told["name"])


def show(page: Page, chosen: Sequence[str]) -> None:
    """Show them, as far as they are known."""
    several = _found(page, chosen)
    if not several:
        return
    if len(several) == 1:
        st.caption("Choose another issuer above to see them side by side.")
    if any(one.told["synthetic"] for one in several):
        states.synthetic()
    if not any(one.signals.height for one in several):
        states.empty("None of them is scored by this moment.", "Choose a later moment at the left.")
        return
    _scores(several)
    with states.told():
        _courses(page, several)
    _coverage(several)


def _found(page: Page, chosen: Sequence[str]) -> list[One]:
    found: dict[str, One] = {}
    for name in chosen:
        try:
            told = issuer(page, name, page.as_of)
        except NotFound as error:
            states.show(error)
            continue
        if told["issuer_id"] not in found:
            found[told["issuer_id"]] = One(told, newest(page, told["issuer_id"], page.as_of))
    return list(found.values())


def _scores(several: Sequence[One]) -> None:
    every = pl.concat([one.signals for one in several])
    wanted = in_order(every)
    model = [key for key in wanted if "." not in key[0]]
    beside = [key for key in wanted if "." in key[0]]
    st.header("Scores")
    st.caption("In brackets the interval; after the dot the percentile among what the model learned from.")
    _table(several, model, "scores", "Score")
    st.header("Ratios and checks")
    _table(several, beside, "beside", "Ratio or check")


def _table(several: Sequence[One], wanted: Sequence[tuple[str, int]], key: str, heading: str) -> None:
    """A signal a row, an issuer a column; each number leads to what stands behind it."""
    if not wanted:
        st.caption("None is stored by this moment.")
        return
    rows: list[dict[str, Any]] = []
    for kind, horizon in wanted:
        row: dict[str, Any] = {"signal": words.signal_name(kind, horizon)}
        for at, one in enumerate(several):
            found = row_of(one.signals, kind, horizon)
            row[f"told{at}"] = _told(found) if found else "not scored"
            row[f"signal{at}"] = found["signal_id"] if found else None
            row[f"value{at}"] = found["value"] if found else None
        rows.append(row | {"unit": numbers.unit(kind)})
    kinds = {name: pl.Float64 if name.startswith("value") else pl.String for name in rows[0]}
    columns: dict[str, Any] = {"signal": heading}
    columns |= {f"told{at}": one.name for at, one in enumerate(several)}
    table(
        pl.DataFrame(rows, schema=kinds),
        f"compare-{key}",
        columns=columns | {"unit": st.column_config.TextColumn("Measured in", width="medium")},
        leads={f"told{at}": ("issuer", {"signal": f"signal{at}"}) for at in range(len(several))},
        alt=f"{len(rows)} signals of {words.listed([one.name for one in several])}, side by side.",
    )


def _told(row: dict[str, Any]) -> str:
    said = numbers.score(row["kind"], row["value"])
    if between := numbers.interval(row["kind"], row["low"], row["high"]):
        said += f" ({between})"
    if ranked := numbers.percentile(row["percentile"]):
        said += f" · {ranked.removesuffix(' percentile')}"
    return said + (", in-sample" if row["in_sample"] else "")


def _courses(page: Page, several: Sequence[One]) -> None:
    st.header("Over time")
    kind = choose("Signal", "kind", list(_KINDS), "risk", _KINDS.__getitem__)
    horizon = 30 if kind == words.RISK else 0
    since = (page.moment - _BACK).replace(hour=0, minute=0, second=0, microsecond=0)
    frames = []
    called = _called(several)
    for one, name in zip(several, called, strict=True):
        scores = series(page, one.told["issuer_id"], kind, horizon, since, page.as_of)
        frames.append(scores.select(pl.lit(name).alias("issuer"), "as_of", "value", "signal_id"))
    scores = pl.concat(frames)
    if not scores["value"].drop_nulls().len():
        states.empty("No such score of the year before this moment was given.", "Choose another signal.")
        return
    notes = Notes("scores as stored by smalti", synthetic=any(one.told["synthetic"] for one in several))
    drawn = charts.issuers_over_time(scores, kind, horizon, notes)
    alt = f"{_KINDS[kind]} of {words.listed(called)} over the year before {numbers.day(page.moment)}."
    chart(drawn, "compare-courses", alt=alt, data=scores)


def _called(several: Sequence[One]) -> list[str]:
    """Names that differ, also where two issuers are called the same."""
    names: list[str] = []
    for one in several:
        names.append(one.name if one.name not in names else f"{one.name} ({one.told['issuer_id'][:6]})")
    return names


def _coverage(several: Sequence[One]) -> None:
    st.header("What each score was made from")
    kind = place.get("kind") or words.RISK
    kind = kind if kind in words.MAIN else words.RISK
    horizon = 30 if kind == words.RISK else 0
    rows = []
    for pair, name in words.INPUTS.items():
        row = {"input": words.capital(name)}
        for at, one in enumerate(several):
            row[f"state{at}"] = _state(row_of(one.signals, kind, horizon), pair)
        rows.append(row)
    st.caption(f"Inputs of: {words.signal_name(kind, horizon)}. Choose another signal above.")
    table(
        pl.DataFrame(rows),
        "compare-coverage",
        columns={"input": "Input"} | {f"state{at}": one.name for at, one in enumerate(several)},
        alt="Which inputs moved each issuer's score, and which it had to do without.",
    )
    for one in several:
        found = row_of(one.signals, kind, horizon)
        if found and found["value"] is None:
            reason = plain(words.reason(found["reason"] or "no reason is stored"))
            st.caption(f"**{plain(one.name)}** is withheld: {reason}.")


def _state(row: dict[str, Any] | None, pair: str) -> str:
    if row is None:
        return "not scored"
    return next((told for name, told in _STATES if pair in (row[name] or ())), "–")
