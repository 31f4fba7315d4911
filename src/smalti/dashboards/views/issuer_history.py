"""How a score went, with what happened beside it; going back to a moment, and making a score again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts.history import EVENT, SCORE
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import issuer_asked as asked
from smalti.dashboards.views.issuer_asked import Subject
from smalti.dashboards.views.issuer_events import happened
from smalti.dashboards.views.issuer_head import counts
from smalti.platform import words

_SPANS = {"3m": 92, "1y": 365, "5y": 1826, "all": 0}
_CALLED = {"3m": "3 months", "1y": "12 months", "5y": "5 years", "all": "All"}
_MOST_STEPS = 400
"""Moments on the slider."""
_LISTED = 40
_SLIDER = 440  # pixels


def show(page: Page, about: Subject) -> None:
    """The course of the signal that is looked at."""
    st.header("History", anchor="history")
    line = st.container(horizontal=True, gap="medium")
    with line, st.container(width="content"):
        span = choose("Time shown", "span", list(_SPANS), "1y", _CALLED.__getitem__)
    since = asked.since(page, about, _SPANS[span]) if _SPANS[span] else None
    begins = asked.steady(page, about, _SPANS[span]) if since else None
    every = asked.series(page, about.issuer_id, about.kind, about.horizon, begins)
    shown = every.filter(pl.col("as_of").is_between(since or every["as_of"].min(), page.moment))
    with line, st.container(width=_SLIDER):
        _moments(page, about, every)
    if page.as_of is not None:
        st.caption(_later(asked.later(page, about.issuer_id, page.as_of)))
    if not shown.height:
        states.empty(
            f"{words.signal_name(about.kind, about.horizon)} has no score in this time.",
            "Choose a longer time, or another moment.",
        )
        return
    events = happened(page, about, shown, since)
    _course(about, shown, events)
    _again(page, about)


def _course(about: Subject, shown: pl.DataFrame, events: pl.DataFrame) -> None:
    drawn = charts.thinned(shown)
    notes = charts.Notes(
        f"scores of {about.chosen['model_version']}" if about.chosen else "", about.issuer["synthetic"]
    )
    chosen = about.chosen["signal_id"] if about.chosen else None
    made = charts.score_history(drawn, events, about.kind, about.horizon, notes, chosen=chosen)
    told = (
        f"{_trend(about, shown)} {words.counted(events.height, 'event')} beside it; the list below has all."
    )
    leads = {SCORE: ("issuer", {"signal": "signal_id"}), EVENT: ("evidence", {"id": "evidence_id"})}
    chart(made, "history", alt=told, data=shown, leads=leads)
    if drawn.height < shown.height:
        st.caption(
            f"{drawn.height:,} of {shown.height:,} scores are drawn: of each stretch of time the first, last,"
            " highest and lowest, and every gap. The exports hold all."
        )
    _listed(shown, events, about)


def _trend(about: Subject, shown: pl.DataFrame) -> str:
    given = shown.drop_nulls("value")
    name = words.signal_name(about.kind, about.horizon)
    if not given.height:
        return f"{name}: all {shown.height} scores were withheld."
    first, last = given.row(0, named=True), given.row(-1, named=True)
    low, high = (numbers.score(about.kind, end(given["value"])) for end in (min, max))
    ends = [
        f"{numbers.score(about.kind, row['value'])} on {numbers.day(row['as_of'])}" for row in (first, last)
    ]
    return f"{name} from {ends[0]} to {ends[1]}, lowest {low}, highest {high}, {shown.height} scores."


def _listed(shown: pl.DataFrame, events: pl.DataFrame, about: Subject) -> None:
    """The same as links, newest first."""
    folded = st.expander("Scores and events as a list of links", key="history-list", on_change="rerun")
    if not folded.open:
        return
    rows: list[tuple[datetime, dict[str, Any]]] = [(row["as_of"], row) for row in shown.iter_rows(named=True)]
    rows += [(row["at"], row) for row in events.iter_rows(named=True)]
    rows.sort(key=lambda one: one[0], reverse=True)
    with folded:
        for at, row in rows[:_LISTED]:
            if "lane" in row:
                _event_link(at, row)
            else:
                score = numbers.score(about.kind, row["value"])
                place.link(f"{numbers.day(at)} · score {plain(score)}", "issuer", signal=row["signal_id"])
        if len(rows) > _LISTED:
            st.caption(f"The newest {_LISTED} of {len(rows):,}; the exports hold all scores.")


def _event_link(at: datetime, row: dict[str, Any]) -> None:
    told = f"{numbers.day(at)} · {plain(row['told'], 120)}"
    if row["lane"] == "model":
        place.link(told, "model")
    else:
        place.link(told, "evidence", id=row["evidence_id"])


def _moments(page: Page, about: Subject, every: pl.DataFrame) -> None:
    """The slider over the moments that were scored."""
    moments = every["as_of"].to_list()
    steps = [moments[at] for at in range(0, len(moments), max(1, -(-len(moments) // _MOST_STEPS)))]
    steps = sorted({*steps, *moments[-1:]})
    if len(steps) > 1:
        now = max((at for at in steps if at <= page.moment), default=steps[0])
        st.session_state["issuer-moment"] = now
        st.select_slider(
            "As of a moment that was scored", steps, key="issuer-moment", format_func=numbers.day,
            help="The whole page is shown as it was known then.",
            on_change=lambda: place.put(
                as_of=place.iso(st.session_state["issuer-moment"]), signal=None, **_same(about)
            ),
        )  # fmt: skip


def _same(about: Subject) -> dict[str, str | None]:
    return {"kind": about.kind, "horizon": str(about.horizon) if about.kind == words.RISK else None}


def _later(told: Any) -> str:
    came = counts(told["documents"])
    if told["scorings"]:
        came.append(words.counted(told["scorings"], "scoring"))
    if not came:
        return ":material/history: Nothing has come since this moment."
    return f":material/visibility_off: Come since, and not shown: {words.listed(came)}."


def _again(page: Page, about: Subject) -> None:
    """Makes the chosen score again from what was stored then, for analysts."""
    if about.chosen is None:
        return
    if not page.who.may("analyst"):
        states.needs("analyst", "Making a score again")
        return
    key = f"again-{about.chosen['signal_id']}"
    at = numbers.when(asked.moment(about.chosen["as_of"]))
    label = f"Make this score of {at} again"
    told = "From what was stored when it was made, and nothing newer."
    if st.button(label, key="again", icon=":material/replay:", help=told):
        with states.told(), st.spinner("Making it again from what was stored then"):
            st.session_state[key] = page.smalti.replay(about.chosen["signal_id"])
    if key in st.session_state:
        _verdict(about.kind, st.session_state[key])


def _verdict(kind: str, told: Any) -> None:
    verdict, reason = told["verdict"], plain(told["reason"], 600)
    then, again = (numbers.score(kind, told[name]) for name in ("value", "again"))
    if verdict == "identical":
        st.success(f"**Identical**: {then} then, {again} now; {reason}.", icon=":material/check_circle:")
    elif verdict == "gone":
        st.info(f"**Gone**: it cannot be made again. {words.capital(reason)}.", icon=":material/inventory_2:")
    elif verdict == "differs":
        st.warning(f"**Differs**: {then} then, {again} now; {reason}.", icon=":material/warning:")
    else:
        st.success(f"**Within 1e-5**: {then} then, {again} now; {reason}.", icon=":material/check_circle:")
