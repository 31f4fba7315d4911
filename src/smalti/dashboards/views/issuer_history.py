"""How a score went, with what happened beside it; going back to a moment, and making a score again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import streamlit as st

from smalti import charts
from smalti.charts.history import EVENT, SCORE
from smalti.client.frames import TIME
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.charts import chart
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import issuer_asked as asked
from smalti.dashboards.views.issuer_asked import Subject
from smalti.dashboards.views.issuer_head import counts
from smalti.platform import words

_SPANS = {"3m": 92, "1y": 365, "5y": 1826, "all": 0}
_CALLED = {"3m": "3 months", "1y": "12 months", "5y": "5 years", "all": "All"}
_MOST_STEPS = 400
"""Moments on the slider."""
_LISTED = 40
_EVENTS: dict[str, Any] = {"at": TIME, "lane": pl.String, "told": pl.String, "key": pl.String}
_FIRST = datetime.fromisoformat("1990-01-01T00:00:00+00:00")


def show(page: Page, about: Subject) -> None:
    """The course of the signal that is looked at."""
    st.header("History", anchor="history")
    chosen, moments = st.columns([1, 1.4], vertical_alignment="bottom", gap="large")
    with chosen:
        span = choose("Time shown", "span", list(_SPANS), "1y", _CALLED.__getitem__)
    since = asked.since(page, _SPANS[span]) if _SPANS[span] else None
    every = asked.series(page, about.issuer_id, about.kind, about.horizon, since)
    shown = every.filter(pl.col("as_of") <= page.moment)
    with moments:
        _moments(page, about, every)
    if page.as_of is not None:
        st.caption(_later(asked.later(page, about.issuer_id, page.as_of)))
    if not shown.height:
        states.empty(
            f"{words.signal_name(about.kind, about.horizon)} has no score in this time.",
            "Choose a longer time, or another moment.",
        )
        return
    happened = _happened(page, about, shown, since)
    _course(page, about, shown, happened)
    _again(page, about)


def _course(page: Page, about: Subject, shown: pl.DataFrame, happened: pl.DataFrame) -> None:
    drawn = charts.thinned(shown)
    notes = charts.Notes(
        f"scores of {about.chosen['model_version']}" if about.chosen else "", about.issuer["synthetic"]
    )
    chosen = about.chosen["signal_id"] if about.chosen else None
    made = charts.score_history(drawn, happened, about.kind, about.horizon, notes, chosen=chosen)
    told = (
        f"{_trend(about, shown)} {words.counted(happened.height, 'event')} beside it; the list below has all."
    )
    picked = chart(made, "history", alt=told, data=shown, pick=[SCORE, EVENT])
    if drawn.height < shown.height:
        st.caption(
            f"{drawn.height:,} of {shown.height:,} scores are drawn: of each stretch of time the first, last,"
            " highest and lowest, and every gap. The exports hold all."
        )
    if (one := picked.get(SCORE, {}).get("signal_id")) in set(shown["signal_id"]):
        place.put(signal=str(one), kind=None, horizon=None)
        st.rerun()
    if (key := picked.get(EVENT, {}).get("key")) in set(happened["key"]):
        _open(str(key))
    _listed(shown, happened, about)


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


def _open(key: str) -> None:
    if key.startswith("model "):
        place.go("model")
    place.go("evidence", id=key.rpartition(" ")[2])


def _listed(shown: pl.DataFrame, happened: pl.DataFrame, about: Subject) -> None:
    """The same as links, newest first."""
    folded = st.expander("Scores and events as a list of links", key="history-list", on_change="rerun")
    if not folded.open:
        return
    rows: list[tuple[datetime, dict[str, Any]]] = [(row["as_of"], row) for row in shown.iter_rows(named=True)]
    rows += [(row["at"], row) for row in happened.iter_rows(named=True)]
    rows.sort(key=lambda one: one[0], reverse=True)
    with folded:
        for at, row in rows[:_LISTED]:
            if "key" in row:
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
        place.link(told, "evidence", id=row["key"].rpartition(" ")[2])


def _happened(page: Page, about: Subject, shown: pl.DataFrame, since: datetime | None) -> pl.DataFrame:
    """Filings, calls and bursts; findings by when both sides were public; changes of model."""
    first = since or min(shown["as_of"][0], _FIRST)
    found = asked.events(page, about.issuer_id, first, page.as_of)
    told = asked.findings(page, about.issuer_id, page.as_of)
    rows = [*_documents(found), *_found(told, first), *_models(shown)]
    frame = pl.DataFrame(rows, schema=_EVENTS).unique("key", maintain_order=True).sort("at")
    begins = shown["as_of"][0] - timedelta(days=14)
    return frame.filter(pl.col("at") >= (since or begins))


def _documents(found: pl.DataFrame) -> Iterator[dict[str, Any]]:
    for row in found.drop_nulls("evidence_id").iter_rows(named=True):
        more = row["documents"] - 1
        if row["usual"] is None:
            told = row["title"] + (f" and {more} more" if more else "")
        else:
            kind = words.SOURCES[row["kind"]]
            told = f"{row['documents']} {kind}, usually {row['usual']:.1f} a day; first: {row['title']}"
        yield {
            "at": row["at"],
            "lane": row["kind"],
            "told": told,
            "key": f"{row['kind']} {row['evidence_id']}",
        }


def _found(told: pl.DataFrame, since: datetime) -> Iterator[dict[str, Any]]:
    """A finding happened when the last of the pieces that it holds against each other became public."""
    for row in told.iter_rows(named=True):
        if row["verdict"] != "finding" or row["check"] == words.CONTRADICTION:
            continue
        cited = [*json.loads(row["said"]), *json.loads(row["against"])]
        if cited and (at := max(asked.moment(one["available_at"]) for one in cited)) >= since:
            said = f"{words.capital(words.check(row['check']))}: {row['reason']}"
            yield {"at": at, "lane": "finding", "told": said, "key": f"finding {cited[0]['evidence_id']}"}


def _models(shown: pl.DataFrame) -> Iterator[dict[str, Any]]:
    changed = shown.filter(pl.col("model_version") != pl.col("model_version").shift(1))
    for row in changed.iter_rows(named=True):
        told = f"Scored by {row['model_version']} from here on"
        yield {"at": row["as_of"], "lane": "model", "told": told, "key": f"model {row['as_of']:%Y%m%d%H%M%S}"}


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
                as_of=asked.address_of(st.session_state["issuer-moment"]), signal=None, **_same(about)
            ),
        )  # fmt: skip


def _same(about: Subject) -> dict[str, str | None]:
    return {"kind": about.kind, "horizon": str(about.horizon) if about.kind == words.RISK else None}


def _later(told: Any) -> str:
    scored = words.counted(told["scorings"], "scoring") if told["scorings"] else ""
    came = " and ".join(filter(None, (counts(told["documents"]), scored)))
    if not came:
        return ":material/history: Nothing has come since this moment."
    return f":material/visibility_off: Come since, and not shown: {came}."


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
    if st.button(
        label, icon=":material/replay:", help="From what was stored when it was made, and nothing newer."
    ):
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
