"""What moved and why, one line each, and beside it what waits: alerts, sources, contradictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.text import bold, plain
from smalti.dashboards.views import overview_words as words

_SEVERITIES = ("high", "medium", "low")
_SOURCES, _FOUND = 4, 3


def moves(told: Json, days: int) -> None:
    """The largest moves, with the piece of evidence that bears most of each."""
    st.subheader("What moved")
    since = "since yesterday" if days == 1 else f"within {days} days"
    if not told["moves"]:
        states.empty(f"Nothing moved {since} by what can be seen.", "Choose a longer time above.")
        return
    more = told["moved"] - len(told["moves"])
    st.caption(
        f"{told['moved']} of {told['scored']:,} issuers moved {since}." + (" The largest:" if more else "")
    )
    for one in told["moves"]:
        cell = one["cell"]
        with st.container(gap=None):
            place.link(
                f"{bold(one['issuer'], 60)} · {words.SHORT[cell['kind']]} {plain(words.course(cell))}",
                "issuer", help="What stands behind this score", issuer=one["issuer_id"],
                signal=cell["signal_id"],
            )  # fmt: skip
            reason = one["because"]
            if reason is None:
                st.caption(plain(words.because(one), 220))
            else:
                label = words.because(one)
                cite(
                    label if len(label) <= 220 else f"{label[:219]}…", reason["evidence_id"], reason["where"]
                )


def alerts(told: Json) -> None:
    """How many alerts wait, by severity."""
    st.subheader("Open alerts")
    counts: Mapping[str, int] = told["alerts"]
    if not counts:
        st.caption("None that nobody has seen to.")
        return
    by = ", ".join(f"{counts[one]} {one}" for one in _SEVERITIES if one in counts)
    place.link(f"{sum(counts.values())} open: {by}", "alerts", icon=":material/notifications:")


def sources(page: Page) -> None:
    """Which sources are overdue, and since when; as it is now."""
    st.subheader("Sources")
    condition = page.smalti.condition()
    now = datetime.fromisoformat(condition["now"])
    known: Sequence[Mapping[str, Any]] = condition["sources"]
    late = [one for one in known if one["overdue"]]
    if not late:
        on_time = sum(not one["paused"] for one in known)
        st.caption(f"All {on_time} are on time." if on_time else "None is pulled by a schedule.")
        return
    for one in late[:_SOURCES]:
        last = words.moment(one["last_success"])
        told = f"last pulled {numbers.ago(last, now)}" if last else "never pulled well"
        place.link(
            f"{bold(one['name'], 60)} is overdue: {told}", "sources", icon=":material/sync_problem:",
            source=one["name"],
        )  # fmt: skip
    if len(late) > _SOURCES:
        place.link(f"And {len(late) - _SOURCES} more", "sources")


@remembered("signals", "documents")
def _found(smalti: Client, as_of: datetime | None, watchlist: str | None) -> Sequence[Json]:
    found: Sequence[Json] = smalti.contradictions(as_of, watchlist=watchlist, limit=_FOUND)["items"]
    return found


def contradictions(page: Page) -> None:
    """The strongest findings, both sides beside each other."""
    st.subheader("Strongest contradictions")
    found = _found(page, page.as_of, place.get("watchlist"))
    if not found:
        st.caption("The checks found none.")
        return
    for one in found:
        finding = one["finding"]
        with st.container(border=True, gap="small"):
            strength = numbers.score("fraud.contradiction", finding["strength"])
            st.markdown(f"{bold(one['issuer'], 60)} · strength {strength}")
            said, against = st.columns(2)
            with said:
                _side("Said", finding["said"])
            with against:
                _side("Against it", finding["against"])
    place.link("All contradictions", "contradictions", icon=":material/compare_arrows:")


def _side(name: str, cited: Sequence[Mapping[str, Any]]) -> None:
    st.caption(name)
    if not cited:
        st.caption("Nothing else: it does not fit in itself.")
        return
    first = cited[0]
    quote = first["quote"] if len(first["quote"]) <= 140 else f"{first['quote'][:139]}…"
    cite(f"“{quote}”", first["evidence_id"], f"{first['title']}, {first['where']}")
