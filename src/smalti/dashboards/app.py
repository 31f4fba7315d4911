"""The script Streamlit runs for each view: who is there, which page, and what stands around every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st

from smalti.client import Client
from smalti.dashboards import around, place, session
from smalti.dashboards import page as pages_of
from smalti.dashboards.parts import states
from smalti.dashboards.session import CUSTOMER, Who
from smalti.platform.errors import NotSignedIn, SmaltiError


@dataclass(frozen=True, slots=True)
class View:
    """One page.

    Attributes:
        name: its module in `views`, and its address.
        role: who sees it in the navigation, at least; `customer` are customers only.
        present: whether it shows what is, whatever moment the other pages look at.
        customers: whether customers see it too.
    """

    name: str
    title: str
    icon: str
    role: str = "viewer"
    present: bool = False
    customers: bool = False

    def open_to(self, who: Who) -> bool:
        """Whether somebody sees it in the navigation. What it shows them, the service decides."""
        return who.may(self.role) or (self.customers and who.role == CUSTOMER)


VIEWS: Mapping[str, Sequence[View]] = {
    "Watch": [
        View("overview", "Overview", "grid_view"),
        View("alerts", "Alerts", "notifications", present=True),
        View("contradictions", "Contradictions", "compare_arrows"),
    ],
    "Look into": [
        View("issuer", "Issuer", "domain"),
        View("evidence", "Evidence", "find_in_page"),
        View("compare", "Compare", "difference"),
        View("search", "Search", "search"),
        View("assistant", "Assistant", "forum", customers=True),
    ],
    "Produce": [
        View("reports", "Reports", "summarize", present=True),
        View("sources", "Sources and runs", "sync_alt", present=True),
    ],
    "Trust": [View("model", "Model", "model_training", present=True)],
    "Published": [View("published", "Published", "public", role=CUSTOMER)],
}


_FIRST = "overview"
_ICON = str(Path(__file__).with_name("icon.svg"))


def main() -> None:
    """Show the page the address names."""
    st.set_page_config(page_title="smalti", page_icon=_ICON, layout="wide")
    try:
        smalti, who = session.signed_in()
        made = pages(lambda view: _show(view, smalti, who))
        chosen = st.navigation(list(made.values()), position="hidden")
        if who.role != CUSTOMER:
            place.carry()
        _menu(made, who)
        chosen.run()
    except NotSignedIn:
        around.signed_out()
    except SmaltiError as error:  # before any page could begin: the service is away
        states.show(error)


def pages(show: Callable[[View], None] = lambda view: None) -> dict[str, Any]:
    """Streamlit's page of each view, by name; `show` is only called for the one that is looked at."""
    return {
        view.name: st.Page(
            partial(show, view),
            title=view.title,
            icon=f":material/{view.icon}:",
            url_path=view.name,
            default=view.name == _FIRST,
        )
        for views in VIEWS.values()
        for view in views
    }


def _menu(made: Mapping[str, Any], who: Who) -> None:
    """Links to all views somebody may see; Streamlit's menu with sections is no list to screen readers."""
    with st.sidebar:
        for part, views in VIEWS.items():
            if seen := [view for view in views if view.open_to(who)]:
                st.caption(part)
            for view in seen:
                icon = f":material/{view.icon}:"
                st.page_link(made[view.name], label=view.title, icon=icon, query_params=place.carried())


def _show(view: View, smalti: Client, who: Who) -> None:
    if who.role == CUSTOMER and view.name == _FIRST:
        place.go("published")
    if not view.open_to(who):
        around.person(smalti, who)
        st.title(view.title)
        states.needs(view.role, "This page")
        return
    if who.role == CUSTOMER:
        page = pages_of.of_customer(smalti, who)
        around.person(smalti, who)
    else:
        page = pages_of.opened(smalti, who)
        around.sides(page, present=view.present)
    with states.told():
        import_module(f"smalti.dashboards.views.{view.name}").show(page)


if __name__ == "__main__":
    main()
