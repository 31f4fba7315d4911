"""A back-test on the page: what a rule would have raised, when, of whom, and what followed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import polars as pl
import streamlit as st

from smalti import charts
from smalti.client.base import Json
from smalti.dashboards.parts import numbers, states, tables
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_words as words

Span = tuple[datetime | None, datetime | None]
_KNOWN = {True: "yes", False: "no", None: "not known"}


def tried(key: str, run: Callable[[datetime | None, datetime | None], Json], *, may: bool) -> Json | None:
    """The span to try a rule on, and the button that does it.

    Args:
        key: names the fields on the page.
        run: back-tests over a span of `as_of`; all there is where an end is None.
        may: whether the person may.

    Returns what `run` answered, if it was just asked and answered.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        begins = st.date_input(
            "From (UTC)",
            value=None,
            key=f"{key}-begins",
            help="The first signal there is, if left empty.",
            min_value=date(1990, 1, 1),
            width=180,
        )
        ends = st.date_input(
            "To (UTC)",
            value=None,
            key=f"{key}-ends",
            help="The last signal there is, if left empty.",
            min_value=date(1990, 1, 1),
            width=180,
        )
        pressed = st.button(
            "Try it", type="primary", key=f"{key}-try", disabled=not may, icon=":material/science:"
        )
    if not pressed:
        return None
    with states.told(), st.spinner("Walking through the stored signals as this rule would have…"):
        return run(_moment(begins, time.min), _moment(ends, time.max))
    return None


def _moment(day: date | None, at: time) -> datetime | None:
    return datetime.combine(day, at, UTC) if day else None


def result(told: Json, key: str) -> None:
    """What a back-test found.

    Args:
        told: as the service answers.
        key: names its table and chart on the page.
    """
    _sums(told)
    _left_out(told)
    _followed(told)
    if not told["raised"]:
        return
    raised = _frame(told)
    begins, ends = words.moment(told["begins"]), words.moment(told["ends"])
    if begins is not None and ends is not None:
        at = words.moment(told["in_sample_begins"]), words.moment(told["in_sample_ends"])
        span = (at[0], at[1]) if at[0] is not None and at[1] is not None else None
        drawn = charts.alerts_raised(raised, begins, ends, span)
        days = f"{numbers.day(begins)} to {numbers.day(ends)}"
        chart(
            drawn,
            f"{key}-raised",
            alt=f"{_alerts(told['alerts'])} of this rule, {days}, by issuer and by what followed.",
            data=raised,
        )
    if told["alerts"] > raised.height:
        st.caption(f"Of {told['alerts']:,} alerts the newest {raised.height:,} are shown one by one.")
    _table(raised, key)


def _sums(told: Json) -> None:
    begins, ends = words.moment(told["begins"]), words.moment(told["ends"])
    if begins is None:
        states.empty(
            "There was nothing to look at.", "No stored signal of this rule's kind lies in that span."
        )
        return
    first, second, third, fourth = st.columns(4)
    first.metric("Alerts", f"{told['alerts']:,}")
    week = told["alerts_a_week"]
    second.metric("Alerts a week", "not known" if week is None else f"{week:.1f}")
    third.metric("Signals looked at", f"{told['signals']:,}")
    fourth.metric("Issuers", f"{told['issuers']:,}")
    st.caption(f"Signals as of {numbers.when(begins)} to {numbers.when(ends)}.")


def _left_out(told: Json) -> None:
    begins, ends = words.moment(told["in_sample_begins"]), words.moment(told["in_sample_ends"])
    unjudged = dict(told["unjudged"])
    inside = unjudged.pop("in sample", 0)
    if inside:
        span = f", as of {numbers.day(begins)} to {numbers.day(ends)}," if begins else ""
        st.caption(
            f":material/block: **In-sample left out**: {inside:,} signals{span} whose outcomes the model was"
            " trained on; a back-test over them would flatter the rule."
        )
    if unjudged:
        st.caption("Not judged: " + "; ".join(f"{n:,} {plain(why)}" for why, n in unjudged.items()) + ".")
    for note in told["notes"]:
        st.caption(plain(note))


def _followed(told: Json) -> None:
    if not told["alerts"]:
        if told["begins"]:
            st.info("It would have raised nothing in that span.", icon=":material/notifications_off:")
        return
    for name, of in (("Volatility", told["volatility"]), ("Enforcement", told["enforcement"])):
        st.markdown(f"**{name}**: {plain(_event(of), 600)}")


def _event(of: Json) -> str:
    why = "; ".join(f"{n:,} {reason}" for reason, n in of["unjudged"].items() if reason)
    if not of["cases"]:
        return f"what followed is not known ({why})." if why else "what followed is not known."
    anyway = (
        f" It came anyway after {of['base_rate']:.0%} of all signals looked at."
        if of["base_rate"] is not None
        else ""
    )
    lead = f" Half of those came within {of['lead_days']:g} days." if of["lead_days"] is not None else ""
    rest = f" Not known of {why}." if why else ""
    share = f"{of['precision']:.0%} (95% interval {of['low']:.0%} to {of['high']:.0%})"
    return f"{of['event']}: so after {of['hits']:,} of {of['cases']:,} alerts, {share}.{anyway}{lead}{rest}"


def _frame(told: Json) -> pl.DataFrame:
    rows = [
        {
            "as_of": words.moment(one["as_of"]),
            "issuer": one["issuer"],
            "what": words.moved(one),
            "why": one["reason"],
            "followed": one["volatility"],
            "lead_days": one["lead_days"],
            "enforcement": _KNOWN[one["enforcement"]],
            "issuer_id": one["issuer_id"],
            "signal_id": one["signal_id"],
        }
        for one in told["raised"]
    ]
    return pl.DataFrame(rows, schema_overrides={"followed": pl.Boolean, "lead_days": pl.Int64})


def _table(raised: pl.DataFrame, key: str) -> None:
    shown = raised.with_columns(
        volatile=pl.col("followed").replace_strict(_KNOWN, default="not known", return_dtype=pl.String)
    )
    tables.table(
        shown,
        f"{key}-alerts",
        columns={
            "as_of": words.moments("As of (UTC)"),
            "issuer": "Issuer",
            "what": "Before → after",
            "why": "Why",
            "volatile": "High volatility followed",
            "lead_days": st.column_config.NumberColumn("Days ahead"),
            "enforcement": "Enforcement named it",
        },
        leads={
            "what": ("issuer", {"signal": "signal_id", "issuer": "issuer_id"}),
            "issuer": ("issuer", {"issuer": "issuer_id"}),
        },
        alt="The alerts this rule would have raised, newest first; a click on a value opens its signal.",
    )


def _alerts(count: int) -> str:
    return "1 alert" if count == 1 else f"{count:,} alerts"
