"""One issuer at two moments: both scores side by side, and for analysts why they differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.asking import issuer, newest, row_of
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import bold
from smalti.dashboards.views import compare_change
from smalti.dashboards.views.compare_asked import in_order
from smalti.platform import words
from smalti.platform.errors import NotFound

_APART = timedelta(days=90)
"""Between the two moments, where the address names none."""
_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(("signal", "before", "after", "moved", "before_id", "after_id", "unit"), pl.String),
    **dict.fromkeys(("value_before", "value_after"), pl.Float64),
}


def show(page: Page, name: str) -> None:
    """Show the two moments of an issuer."""
    try:
        told = issuer(page, name, page.as_of)
    except NotFound as error:
        states.show(error)
        return
    if told["synthetic"]:
        states.synthetic()
    before, after = _moments(page)
    if before >= after:
        states.empty("The first moment is not before the second.", "Choose an earlier one.")
        return
    first = newest(page, told["issuer_id"], before)
    last = newest(page, told["issuer_id"], after)
    st.header("Scores then and later")
    if not last.height:
        states.empty(f"It was not scored by {numbers.when(after)}.", "Choose a later moment.")
        return
    _side_by_side(first, last, before, after)
    st.header("Why it changed")
    with states.told():
        _why(page, told["issuer_id"], first, last, (before, after), synthetic=told["synthetic"])


def _moments(page: Page) -> tuple[datetime, datetime]:
    """The two moments of the address, none later than the one the page shows."""
    after = min(place.moment("after") or page.moment, page.moment)
    before = place.moment("before") or after - _APART
    left, right = st.columns(2)
    with left:
        _field("First (UTC)", "before", before, page)
    with right:
        _field("Then (UTC)", "after", after, page)
    return before, after


def _field(label: str, name: str, shown: datetime, page: Page) -> None:
    key = f"compare-{name}"

    def changed() -> None:
        picked: datetime | None = st.session_state[key]
        told = None if picked is None else place.iso(picked.replace(second=59, tzinfo=UTC))
        place.put(**{name: told}, by="dates", without=None, split=None)

    latest = page.moment.replace(tzinfo=None, second=0, microsecond=0)
    st.session_state[key] = min(shown.replace(tzinfo=None, second=0, microsecond=0), latest)
    st.datetime_input(
        label, value=None, key=key, on_change=changed, min_value=datetime(1990, 1, 1), max_value=latest,  # noqa: DTZ001 - no zone in the field
        help="The scores stored last by then are shown.",
    )  # fmt: skip


def _side_by_side(first: pl.DataFrame, last: pl.DataFrame, before: datetime, after: datetime) -> None:
    for moment, signals in ((before, first), (after, last)):
        told = "there was no score yet"
        if (scored := _scored(signals)) is not None:
            since = f", {numbers.age(scored, moment)} older" if moment - scored > timedelta(minutes=1) else ""
            told = f"shows the scoring as of {numbers.when(scored)}{since}"
        st.caption(f"{bold(numbers.when(moment))}: {told}.")
    rows = [_row(first, last, kind, horizon) for kind, horizon in in_order(pl.concat([first, last]))]
    table(
        pl.DataFrame(rows, schema=_SCHEMA),
        "compare-moments",
        columns={
            "signal": "Signal",
            "before": f"By {numbers.day(before)}",
            "after": f"By {numbers.day(after)}",
            "moved": "Difference",
            "unit": st.column_config.TextColumn("Measured in", width="medium"),
        },
        leads={name: ("issuer", {"signal": f"{name}_id"}) for name in ("before", "after")},
        alt=f"{len(rows)} signals at two moments, with their differences.",
    )


def _scored(signals: pl.DataFrame) -> datetime | None:
    """The moment as of which the newest of some signals were made."""
    found = signals["as_of"].max()
    return found if isinstance(found, datetime) else None


def _row(first: pl.DataFrame, last: pl.DataFrame, kind: str, horizon: int) -> dict[str, Any]:
    old, new = row_of(first, kind, horizon), row_of(last, kind, horizon)
    was, is_ = (found["value"] if found else None for found in (old, new))
    difference = is_ - was if was is not None and is_ is not None else None
    return {
        "signal": words.signal_name(kind, horizon),
        "before": _told(old),
        "after": _told(new),
        "moved": numbers.moved(kind, difference),
        "before_id": old["signal_id"] if old else None,
        "after_id": new["signal_id"] if new else None,
        "unit": numbers.unit(kind),
        "value_before": was,
        "value_after": is_,
    }


def _told(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not scored"
    said = numbers.score(row["kind"], row["value"])
    between = numbers.interval(row["kind"], row["low"], row["high"])
    return f"{said} ({between})" if between else said


def _why(
    page: Page, issuer_id: str, first: pl.DataFrame, last: pl.DataFrame, moments: tuple[datetime, datetime],
    *, synthetic: bool,
) -> None:  # fmt: skip
    """The split by cause, where it is asked for by somebody who may."""
    if not page.who.may("analyst"):
        states.needs("analyst", "Splitting a change by its causes")
        return
    # Between the stored scorings themselves, so that the steps begin and end at the numbers above.
    before, after = (
        _scored(signals) or moment for moment, signals in zip(moments, (first, last), strict=True)
    )
    if before >= after:
        states.empty("Both moments show the same scoring.", "Choose moments with a scoring between them.")
        return
    if place.get("split") != "cause":
        st.markdown(
            "The change can be split into its causes: the model, revised data, what grew too old, what is"
            " new, what was corrected. The steps between are scored anew, which takes seconds or a minute."
        )
        if st.button("Split the change by cause", type="primary", icon=":material/account_tree:"):
            place.put(split="cause", by="dates")
            st.rerun()
        return
    compare_change.show(page, issuer_id, before, after, synthetic=synthetic)
