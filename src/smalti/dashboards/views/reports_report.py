"""One report: its pages, its files, what it was made with, and whether customers see it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, Literal

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place, session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.abreast import abreast
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import reports_work
from smalti.dashboards.views.alerts_words import moment

_MOST_PUBLISHED = 2_000
_SAID = "reports-said"
Kind = Literal["issuer", "report"]


def show(page: Page, report_id: str) -> None:
    """Show the report of an id, or its beginning."""
    here("All reports", "reports", icon=":material/arrow_back:", report=None)
    report = page.smalti.report(report_id)
    if said := st.session_state.pop(_SAID, None):
        st.success(said, icon=":material/check:")
    if report["synthetic"]:
        states.synthetic()
    st.header(plain(report["title"]), anchor=False)
    st.markdown(plain(report["headline"], 600))
    since, as_of = (numbers.when(moment(report[name])) for name in ("since", "as_of"))
    st.caption(f"{since} to {as_of} · stored by {numbers.when(moment(report['recorded_by']))}")
    looked, beside = abreast()
    with beside:
        _files(report)
        with states.told():
            _customers(page, report)
        _again(page, report)
        _made_with(report)
    with looked, states.told():
        _pages(page, report)


def _files(report: Json) -> None:
    st.subheader("Files", anchor=False)
    base = f"{session.public_address()}/v1/reports/{report['report_id']}"
    with st.container(horizontal=True):
        st.link_button("PDF", f"{base}/pdf", icon=":material/download:", help="Download the report as PDF")
        st.link_button(
            "HTML", f"{base}/html", icon=":material/download:", help="Download the report as one HTML file"
        )


def _pages(page: Page, report: Json) -> None:
    count = page.smalti.report_pages(report["report_id"])
    asked = place.get("page") or ""
    shown = min(max(int(asked), 1), count) if asked.isdecimal() and len(asked) < 6 else 1
    with st.container(horizontal=True, vertical_alignment="center"):
        back, on = str(shown - 1), str(shown + 1)
        st.button(
            "Page before", disabled=shown == 1, on_click=place.put, kwargs={"page": back}, key="page-before"
        )
        st.button(
            "Next page", disabled=shown == count, on_click=place.put, kwargs={"page": on}, key="page-next"
        )
        st.caption(f"Page {shown} of {count}")
    st.image(
        f"{session.public_address()}/v1/reports/{report['report_id']}/pages/{shown - 1}",
        width="stretch",
        alt=f"Page {shown} of {count} of the report; its words are in the HTML file.",
    )


def _customers(page: Page, report: Json) -> None:
    st.subheader("Customers", anchor=False)
    published = {
        (one["kind"], one["subject_id"]): one for one in islice(page.smalti.publications(), _MOST_PUBLISHED)
    }
    may = page.who.may("analyst")
    if not may:
        states.needs("analyst", "Publishing")
    _publishing(page, published, "report", report["report_id"], "This report", may)
    if report["subject_kind"] == "issuer":
        _publishing(page, published, "issuer", report["subject_id"], "The issuer's newest scores", may)


def _publishing(
    page: Page, published: Mapping[Any, Json], kind: Kind, subject: str, name: str, may: bool
) -> None:
    found = published.get((kind, subject))
    if found is None:
        st.caption(f"{name}: customers do not see {'it' if kind == 'report' else 'them'}.")
        if st.button(
            f"Publish {name[:1].lower()}{name[1:]}",
            key=f"publish-{kind}",
            disabled=not may,
            icon=":material/public:",
        ):
            with states.told():
                page.smalti.publish(kind, subject)
                _done(f"{name}: customers see {'it' if kind == 'report' else 'them'} now.")
        return
    since = numbers.when(moment(found["published_at"]))
    st.caption(f"{name}: published by {plain(found['published_by'])}, {since}.")
    if st.button(
        f"Withdraw {name[:1].lower()}{name[1:]}",
        key=f"withdraw-{kind}",
        disabled=not may,
        icon=":material/public_off:",
    ):
        with states.told():
            page.smalti.withdraw(kind, subject)
            _done(f"{name}: customers see {'it' if kind == 'report' else 'them'} no more.")


def _done(said: str) -> None:
    st.session_state[_SAID] = said
    st.rerun()


def _again(page: Page, report: Json) -> None:
    st.subheader("Make again and compare", anchor=False)
    st.caption("From what was known and stored then: the same knowledge gives the same bytes.")
    may = page.who.may("analyst")
    if not may:
        states.needs("analyst", "Making it again")
    key = f"reproduced-{report['report_id']}"
    if st.button("Make it again", disabled=not may, icon=":material/replay:"):
        with states.told():
            task = page.smalti.reproduce_report(report["report_id"])
            st.session_state[key] = reports_work.finished(task, "Making it again…")
    told = st.session_state.get(key)
    if told is None:
        return
    if told["verdict"] == "identical":
        st.success("Identical to the byte: PDF, HTML and content.", icon=":material/check:")
    else:
        differs = "; ".join(plain(one, 300) for one in told["differences"])
        st.warning(f"It differs: {differs}.", icon=":material/difference:")


def _made_with(report: Json) -> None:
    st.subheader("Made with", anchor=False)
    for one in report["made_with"]:
        st.caption(plain(one, 200))
    how = "by schedule" if report["schedule_id"] else "on demand"
    due = f", due {numbers.when(moment(report['due_at']))}" if report["due_at"] else ""
    st.caption(f"Made {numbers.when(moment(report['recorded_at']))}, {how}{due}.")
    if report["skipped"]:
        missed = "; ".join(numbers.when(moment(one)) for one in report["skipped"][:10])
        st.caption(f"Due moments that passed while nothing ran: {missed}.")
    st.caption(f"SHA-256 of the PDF {report['pdf_id'][:16]}…, of the HTML {report['html_id'][:16]}….")
    st.caption(f"Report {report['report_id']}")
