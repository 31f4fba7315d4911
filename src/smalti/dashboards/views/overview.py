"""The overview page: all issuers of a list beside each other, what moved and why, and what waits."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, tables
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.here import here
from smalti.dashboards.views import overview_lists, overview_moves
from smalti.dashboards.views import overview_words as words
from smalti.dashboards.views.overview_heat import heat
from smalti.platform.errors import NotFound

_ROWS = 25
_DAYS = ("1", "7", "30")
_DEFAULTS = {"days": "1", "order": "moved"}
_FIELDS = {"days": "choose-days", "order": "overview-order"}
_ORDERS = {
    "moved": "Largest move",
    "risk": "Highest risk",
    "fraud": "Highest fraud",
    "sentiment": "Worst sentiment",
    "contradiction": "Most contradictions",
    "name": "Name",
}


def show(page: Page) -> None:
    """Show the page."""
    st.title("Overview")
    days = _controls(page)
    try:
        told = _ask(page, days)
    except NotFound as error:  # a list that is gone, or somebody else's
        states.show(error)
        here("Show all issuers", "all", watchlist=None, page=None)
        return
    if _nothing(page, told):
        return
    made_up = sum(row["synthetic"] for row in told["rows"])
    if made_up:
        states.synthetic(made_up)
    moved, waits = st.columns([2, 1], gap="large")
    with moved:
        overview_moves.moves(told, days)
    with waits:
        overview_moves.alerts(told)
        with states.told():
            overview_moves.sources(page)
    _scores(page, told)
    with states.told():
        overview_moves.contradictions(page)


def _controls(page: Page) -> int:
    """What is shown of whom; gives the days that changes are told over."""
    _as_before()
    lists = page.smalti.watchlists()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=205):
            overview_lists.choose(page, lists)
        overview_lists.editing(page, lists)
        with st.container(width=215):
            days = choose("Change over", "days", _DAYS, _DEFAULTS["days"], _span)
        order = _order()
        st.session_state["overview-order"] = order
        st.selectbox(
            "First comes", list(_ORDERS), key="overview-order", format_func=_ORDERS.__getitem__, width=175,
            on_change=_ordered,
        )  # fmt: skip
        st.session_state["overview-search"] = place.get("q") or ""
        st.text_input(
            "Find by name or ticker", key="overview-search", max_chars=100, width=175,
            on_change=lambda: place.put(q=st.session_state["overview-search"].strip() or None, page=None),
        )  # fmt: skip
    st.session_state["overview-last"] = {"days": days, "order": order}
    return int(days)


def _ordered() -> None:
    picked = st.session_state["overview-order"]
    place.put(order=None if picked == _DEFAULTS["order"] else picked, page=None)


def _as_before() -> None:
    """Who comes back from another page finds what they had chosen, in the address too."""
    for name, last in st.session_state.get("overview-last", {}).items():
        # Where the field says otherwise it was changed just now, to what the address leaves out.
        field = st.session_state.get(_FIELDS[name], last)
        if place.get(name) is None and field == last != _DEFAULTS[name]:
            place.put(**{name: last})


def _span(days: str) -> str:
    return "1 day" if days == "1" else f"{days} days"


def _order() -> str:
    asked = place.get("order")
    return asked if asked in _ORDERS else _DEFAULTS["order"]


def _number() -> int:
    """The page of rows that is shown, from 1."""
    asked = place.get("page") or ""
    return max(1, min(int(asked), 10_000)) if asked.isascii() and asked.isdigit() else 1


def _ask(page: Page, days: int) -> Json:
    # Not remembered: it says which alerts are open, and costs little.
    # Where nobody chose the past, what waits is what waits now.
    now = None if page.chosen else datetime.fromisoformat(page.edition["now"])
    return page.smalti.overview(
        page.as_of, page.moment - timedelta(days=days), watchlist=place.get("watchlist"),
        search=place.get("q") or "", order=_order(), first=(_number() - 1) * _ROWS, limit=_ROWS, moves=6,
        alerts_by=now,
    )  # fmt: skip


def _nothing(page: Page, told: Json) -> bool:
    """Say why there is nothing to show, and what would change that; False where there is something."""
    if not told["stored"]:
        states.empty(
            "Nothing is known yet.",
            "`smalti demo` makes a world of made-up companies; `smalti run FOLDER` reads files of yours;"
            " under *Sources and runs* you can hand them in.",
        )
        place.link("Hand in files", "sources", icon=":material/upload_file:")
    elif not told["issuers"] and told["watchlist"] is not None:
        states.empty("There is no issuer on this list.", "*Edit lists* puts some on it.")
    elif not told["scored"] and told["watchlist"] is None:
        when = numbers.when(page.moment)
        states.empty(
            f"No issuer has a score as of {when}.",
            "Look at a later moment, or have them scored: `smalti score`.",
        )
    else:
        return False
    return True


def _scores(page: Page, told: Json) -> None:
    st.header("Scores")
    rows = told["rows"]
    meant = told["found"] if place.get("q") else told["issuers"]
    if not rows:
        states.empty("No issuer is called so.", "Try part of the name, or the beginning of a ticker.")
        here("Show all", "again", q=None, page=None)
        return
    first = (_number() - 1) * _ROWS
    many = (
        f"{first + 1}-{first + len(rows)} of {meant:,} issuers" if meant > len(rows) else f"{meant} issuers"
    )
    before = numbers.day(words.moment(told["since"]))
    st.caption(f"{many}, as of {numbers.when(page.moment)}; changes since {before}.")
    _withheld(page, rows)
    heat(rows, page.moment, "overview-heat", f"Scores of {many}, with their change since {before}")
    st.caption(
        "▲ rose, ▼ fell: one to three by how much, △ and ▽ hardly. Orange is for the worse, blue for the"
        " better. Click a cell to see what stands behind it."
    )
    with st.container(horizontal=True):
        if first:
            here("Previous", "previous", icon=":material/chevron_left:", page=_number_told(_number() - 1))
        if first + len(rows) < meant:
            here("Next", "next", icon=":material/chevron_right:", page=_number_told(_number() + 1))
    tables.exports(_frame(rows), "overview")


def _number_told(number: int) -> str | None:
    return None if number == 1 else str(number)


def _withheld(page: Page, rows: list[Json]) -> None:
    """Say so where no score of the moment is given, or another model gave the earlier ones."""
    cells = [cell for row in rows for cell in row["cells"] if cell["kind"] in ("risk", "sentiment")]
    if cells and all(cell["value"] is None for cell in cells):
        st.info(
            "Risk and sentiment are withheld for all of these: what they rest on is too old or too little."
            " Each cell says why.",
            icon=":material/visibility_off:",
        )
        last = words.moment(page.edition["latest_scored"])
        if last is not None and last < page.moment:
            here(f"Look as of {numbers.day(last)}", "last", icon=":material/history:", as_of=place.iso(last))
    other = sum(any(cell["compared"] == "another model" for cell in row["cells"]) for row in rows)
    if other:
        st.info(
            f"{other} of these issuers were scored by another version of the model before: those scores are"
            " not compared.",
            icon=":material/model_training:",
        )


def _frame(rows: list[Json]) -> pl.DataFrame:
    """A row a score, for export."""
    told = [
        {"issuer_id": row["issuer_id"], "issuer": row["issuer"], "synthetic": row["synthetic"]} | cell
        for row in rows
        for cell in row["cells"]
    ]
    return pl.DataFrame(told, infer_schema_length=None)
