"""The reports that were made, newest first, and a new one made now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom
from smalti.dashboards.parts.here import here, until
from smalti.dashboards.parts.tables import exports
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import reports_work

_A_PAGE = 20
_AT = "reports-at"
"""The cursors of the pages before this one, and what they are pages of."""

Kind = Literal["issuer", "watchlist"]


def show(page: Page) -> None:
    """Show the history."""
    _making(page)
    st.header("Made so far", anchor=False)
    issuer = whom.one_issuer(page, "Of", "reports-issuer", everybody="All issuers and watchlists")
    ends = until(page, "reports")
    wanted = (issuer, ends)
    at = st.session_state.get(_AT, ((), wanted))
    before = at[0] if at[1] == wanted else ()
    found, after = page.smalti.report_page(_A_PAGE, before[-1] if before else None, issuer=issuer, until=ends)
    if not found.height:
        states.empty(
            "No report like that has been made." if issuer or ends else "No report has been made yet.",
            "Make one above, or have them made by a schedule.",
        )
        return
    if found["synthetic"].any():
        states.synthetic()
    for report in found.iter_rows(named=True):
        _row(report)
    _turning(before, after, wanted)
    exports(found, "reports")


def _row(report: Mapping[str, Any]) -> None:
    with st.container(gap=None):
        here(
            f"**{plain(report['subject'], 100)}** · as of {numbers.when(report['as_of'])}",
            f"report-{report['report_id']}",
            icon=":material/summarize:",
            report=report["report_id"],
        )
        st.markdown(plain(report["headline"], 300))
        made = "by schedule" if report["schedule_id"] else "on demand"
        st.caption(
            f"{plain(report['subject_kind']).capitalize()} · since {numbers.when(report['since'])}"
            f" · made {numbers.when(report['recorded_at'])}, {made}"
        )


def _turning(before: tuple[str, ...], after: str | None, wanted: object) -> None:
    if not before and after is None:
        return

    def turn(cursors: tuple[str, ...]) -> None:
        st.session_state[_AT] = (cursors, wanted)

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Newer", disabled=not before, on_click=turn, args=(before[:-1],), key="reports-newer")
        st.caption(f"Page {len(before) + 1}")
        older = (*before, after) if after else before
        st.button("Older", disabled=after is None, on_click=turn, args=(older,), key="reports-older")


def _making(page: Page) -> None:
    st.header("Make a report now", anchor=False)
    if not page.who.may("analyst"):
        states.needs("analyst", "Making a report")
        return
    first, second, third, fourth = st.columns([1, 2, 1, 1], vertical_alignment="bottom")
    with first:
        kind = kind_of_subject("report-kind")
    with second:
        subject = subject_of(page, kind, "report-subject")
    as_of = third.date_input(
        "As of (end of day, UTC)", value=page.as_of.date() if page.chosen and page.as_of else None,
        key="report-as-of", help="The newest scoring, if left empty.",
    )  # fmt: skip
    since = fourth.date_input(
        "Since (UTC)", value=None, key="report-since",
        help="Where the last report ended, or a week before, if left empty.",
    )  # fmt: skip
    pressed = st.button("Make the report", type="primary", icon=":material/play_arrow:", disabled=not subject)
    if not (pressed and subject):
        return
    with states.told():
        end = datetime.combine(as_of, datetime.max.time(), UTC) if as_of else None
        begin = datetime.combine(since, datetime.min.time(), UTC) if since else None
        made = reports_work.finished(page.smalti.make_report(kind, subject, end, begin), "Making the report…")
        if made is not None:
            place.put(report=made["report_id"])
            st.rerun()


def kind_of_subject(key: str) -> Kind:
    """A field for what a report is of."""
    told: Kind = st.selectbox("Of", ("issuer", "watchlist"), key=key, format_func=lambda one: f"One {one}")
    return told


def subject_of(page: Page, kind: Kind, key: str) -> str | None:
    """A field for the issuer or watchlist itself: its id, or what was typed."""
    names = whom.issuers(page) if kind == "issuer" else whom.watchlists(page)
    known = list(names)
    carried = place.get(kind)
    return st.selectbox(
        "Issuer" if kind == "issuer" else "Watchlist", known,
        index=known.index(carried) if carried in known else None, key=f"{key}-{kind}",
        format_func=lambda one: names.get(one, one), accept_new_options=True,
        placeholder="Choose one, or type its name" if known else f"There is no {kind} yet",
    )  # fmt: skip
