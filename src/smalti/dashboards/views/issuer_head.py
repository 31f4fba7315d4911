"""Who an issuer is, and its scores now, each leading to what drives it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from smalti.client import Task
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.issuer_asked import HORIZONS, Subject, later
from smalti.platform import words
from smalti.platform.errors import SmaltiError

_CARD = 224  # pixels; cards go to the next line where there is no room
_POLL = 1.0
_SPAN = 600.0
"""Seconds that a page watches a task."""


def show(page: Page, about: Subject) -> None:
    """Name and numbers of the issuer, then its scores."""
    told = about.issuer
    st.title(plain(told["name"]))
    today = page.moment.date().isoformat()
    tickers = [
        one["text"] for one in told["names"] if one["kind"] in ("ticker", "listing") and _used(one, today)
    ]
    said = [f"Ticker {plain(', '.join(dict.fromkeys(tickers)))}"] if tickers else []
    said += [f"{name} {plain(told[key])}" for name, key in (("CIK", "cik"), ("LEI", "lei")) if told[key]]
    known = words.listed(counts(told["kinds"]))
    said.append(f"known of it: {known}" if known else "no document is known of it")
    st.caption(" · ".join(said))
    if told["synthetic"]:
        states.synthetic()
    if about.signals.height:
        _scores(page, about)


def counts(kinds: Sequence[Mapping[str, Any]]) -> list[str]:
    """`1 call`, `2 filings`, `24 posts`, from what the service counts by kind; prices are one series."""
    told = []
    for one in kinds:
        many = words.SOURCES.get(one["kind"], one["kind"])
        single = many if one["kind"] == "news" else many.removesuffix("s")
        told.append(many if one["kind"] == "price" else words.counted(one["documents"], single, many))
    return told


def _used(name: dict[str, Any], day: str) -> bool:
    return (name["valid_from"] or day) <= day <= (name["valid_to"] or day)


def _scores(page: Page, about: Subject) -> None:
    horizon = about.horizon if about.kind == words.RISK else _shown_horizon()
    shown = [(words.RISK, horizon), (words.FRAUD, 0), (words.SENTIMENT, 0), (words.CONTRADICTION, 0)]
    with st.container(horizontal=True):
        for kind, days in shown:
            with st.container(border=True, width=_CARD, height="stretch"):
                _card(page, about, kind, days)
    if about.of(words.RISK, horizon) is not None:
        choose(
            "Risk over",
            "horizon",
            [str(days) for days in HORIZONS],
            "30",
            lambda days: f"{days} trading days",
        )


def _shown_horizon() -> int:
    asked = place.get("horizon") or ""
    return int(asked) if asked in map(str, HORIZONS) else 30


def _card(page: Page, about: Subject, kind: str, horizon: int) -> None:
    name = words.signal_name(kind, horizon)
    row = about.of(kind, horizon)
    if row is None:
        st.metric(name, "not scored")
        st.caption("No such score is stored by this moment.")
        return
    st.metric(name, numbers.score(kind, row["value"]), help=numbers.unit(kind))
    st.caption("  \n".join(said_of(page, row)))
    if about.chosen is not None and row["signal_id"] == about.chosen["signal_id"]:
        st.caption(":material/arrow_downward: **Shown below**")
    else:
        days = str(horizon) if kind == words.RISK else None
        label = "Why withheld" if row["value"] is None else "What drives it"
        place.link(label, "issuer", icon=":material/account_tree:", kind=kind, horizon=days)


def said_of(page: Page, row: dict[str, Any]) -> list[str]:
    """What stands below a score: interval, rank, reason, moment and age, and what a reader has to know."""
    kind = row["kind"]
    lines = []
    if row["value"] is None:
        lines.append(plain(words.reason(row["reason"] or "no reason is stored"), 160))
    if between := numbers.interval(kind, row["low"], row["high"]):
        lines.append(f"{between} (90% interval)" if kind != words.FRAUD else f"{between} (interval)")
    if ranked := numbers.percentile(row["percentile"]):
        lines.append(f"{ranked} of what the model learned from")
    lines.append(f"As of {numbers.when(row['as_of'])}{_age(page, row['as_of'])}")
    if row["in_sample"]:
        lines.append(":material/school: **In-sample**: the model has seen this outcome")
    if row["erased"]:
        lines.append(":material/delete: Part of what it rests on was erased since")
    return lines


def _age(page: Page, as_of: datetime) -> str:
    if page.as_of is None:
        return f", {numbers.ago(as_of, page.moment)}"
    short = page.moment - as_of < timedelta(minutes=1)
    return "" if short else f", {numbers.age(as_of, page.moment)} before the moment shown"


def unscored(page: Page, about: Subject) -> None:
    """There is no score by the moment shown: say why, and let an analyst have it scored."""
    came = later(page, about.issuer_id, page.as_of)["scorings"] if page.as_of is not None else 0
    if came:
        states.empty(
            "No score of it is known by this moment.",
            f"{words.counted(came, 'later moment')} with scores: choose one at the left.",
        )
    else:
        states.empty("It was not scored yet.", "It is scored by itself when something comes in for it.")
    if page.who.may("analyst"):
        _score_now(page, about)
    else:
        states.needs("analyst", "Scoring it now")


def _score_now(page: Page, about: Subject) -> None:
    if not st.button("Score now", key="score-now", type="primary", icon=":material/play_arrow:"):
        return
    try:
        task = page.smalti.score(about.issuer_id, page.as_of if page.chosen else None)
        with st.status("Scoring") as status:
            watch(task, status)
    except SmaltiError as error:
        states.show(error)
        return
    st.rerun()


def watch(task: Task, status: Any) -> None:
    """Tell how far a task is until it ends.

    Raises:
        SmaltiError: what it ended with.
    """
    bars: dict[str, Any] = {}

    def progress(stage: str, done: int, total: int) -> None:
        bar = bars.setdefault(stage, status.progress(0.0))
        bar.progress(min(1.0, done / total) if total else 1.0, text=f"{stage}: {done} of {total}")

    task.wait(progress, timeout=_SPAN, sleep=lambda pause: time.sleep(min(pause, _POLL)))
