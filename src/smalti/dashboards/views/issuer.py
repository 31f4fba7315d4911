"""The issuer page: its scores now and before, what drives them, what is missing, whom to compare with."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import streamlit as st

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.views import (
    issuer_beside,
    issuer_drivers,
    issuer_find,
    issuer_head,
    issuer_history,
    issuer_missing,
    issuer_peers,
)
from smalti.dashboards.views.issuer_asked import Subject, moment, signal, subject, subject_of
from smalti.platform.errors import NotFound


def show(page: Page) -> None:
    """Show the page of the issuer, or of the signal, that the address names."""
    asked, name = place.get("signal"), place.get("issuer")
    if not (asked or name):
        issuer_find.show(page)
        return
    try:
        if asked:
            page = _reaching(page, asked)
            about = subject_of(page, asked)
            place.put(issuer=about.issuer_id)
        else:
            about = subject(page, str(name))
    except NotFound as error:
        issuer_find.show(page, error)
        return
    _show(page, about)


def _show(page: Page, about: Subject) -> None:
    issuer_head.show(page, about)
    if not about.signals.height:
        issuer_head.unscored(page, about)
        return
    for part in (
        issuer_history.show,
        issuer_drivers.show,
        issuer_beside.show,
        issuer_missing.show,
        issuer_peers.show,
    ):
        with states.told(), st.container():
            part(page, about)


def _reaching(page: Page, signal_id: str) -> Page:
    """The page as of now if the signal is later than the moment shown, and nobody chose that moment."""
    found = signal(page, signal_id)
    if page.chosen or moment(found["as_of"]) <= page.moment:
        return page
    return replace(page, as_of=None, moment=datetime.fromisoformat(page.edition["now"]))
