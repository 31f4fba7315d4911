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
from smalti.dashboards.parts.text import bold
from smalti.dashboards.views import overview_words as words
from smalti.dashboards.views.overview_lines import Line, lines
from smalti.platform import words as names

_SEVERITIES = ("high", "medium", "low")
_SOURCES, _FOUND = 4, 3
_LETTERS, _FEW = 200, 110
"""Of a reason or a quote, and of one beside others."""


def moves(told: Json, days: int) -> None:
    """The largest moves, with the piece of evidence that bears most of each."""
    st.header("What moved")
    since = "since yesterday" if days == 1 else f"within {days} days"
    if not told["moves"]:
        states.empty(f"Nothing moved {since} by what can be seen.", "Choose a longer time above.")
        return
    more = told["moved"] - len(told["moves"])
    st.caption(
        f"{told['moved']} of {told['scored']:,} issuers moved {since}." + (" The largest:" if more else "")
    )
    asked = datetime.fromisoformat(told["since"])
    lines([_move(one, asked) for one in told["moves"]], "overview-moves", "What moved, largest first")


def _move(one: Json, asked: datetime) -> tuple[Line, Line]:
    cell, reason = one["cell"], one["because"]
    whose = (("issuer", one["issuer_id"]), ("signal", cell["signal_id"]))
    course = f"{words.SHORT[cell['kind']]} {words.course(cell)}{words.since(cell, asked)}"
    head = Line(course, one["issuer"], "issuer", whose)
    told = words.because(one)
    short = _short(told, _LETTERS)
    if reason is None:
        return head, Line(short)
    place_told = f"{reason['title']}, {reason['where']}"
    return head, Line(short, "", "evidence", (("id", reason["evidence_id"]),), place_told)


def alerts(told: Json) -> None:
    """How many alerts wait, by severity."""
    st.header("Open alerts")
    counts: Mapping[str, int] = told["alerts"]
    if not counts:
        st.caption("None that nobody has seen to.")
        return
    by = ", ".join(f"{counts[one]} {one}" for one in _SEVERITIES if one in counts)
    place.link(f"{sum(counts.values())} open: {by}", "alerts", icon=":material/notifications:")
    lines([_alert(one) for one in told["newest_alerts"]], "overview-alerts", "The newest open alerts")


def _alert(one: Json) -> tuple[Line, Line]:
    raised = numbers.day(words.moment(one["raised_at"]))
    head = Line(
        f"{one['severity']}, raised {raised}", one["subject"], "alerts", (("alert", one["alert_id"]),)
    )
    return head, Line(_short(one["reason"] or "", _FEW))


def sources(page: Page) -> None:
    """Which sources are overdue, and since when; as it is now."""
    st.header("Sources")
    condition = page.smalti.condition()
    now = datetime.fromisoformat(condition["now"])
    known: Sequence[Mapping[str, Any]] = condition["sources"]
    late = [one for one in known if one["overdue"]]
    if not late:
        pulled = names.counted(sum(not one["paused"] for one in known), "source")
        st.caption(
            f"{pulled} pulled by a schedule, none overdue." if known else "None is pulled by a schedule."
        )
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
    st.header("Strongest contradictions")
    found = _found(page, page.as_of, place.get("watchlist"))
    if not found:
        st.caption("The checks found none.")
        return
    lines([_contradiction(one) for one in found], "overview-contradictions", "The strongest contradictions")
    place.link("All contradictions", "contradictions", icon=":material/compare_arrows:")


def _contradiction(one: Json) -> tuple[Line, ...]:
    finding = one["finding"]
    strength = numbers.score("fraud.contradiction", finding["strength"])
    head = Line(
        f"{names.check(finding['check'])}, strength {strength}",
        one["issuer"],
        "contradictions",
        (("issuer", one["issuer_id"]),),
    )
    sides = (("Said:", finding["said"]), ("Against it:", finding["against"]))
    return (head, *(_side(name, cited[0]) for name, cited in sides if cited))


def _side(name: str, cited: Mapping[str, Any]) -> Line:
    where = f"{cited['title']}, {cited['where']}"
    return Line(
        f"“{_short(cited['quote'], _LETTERS)}”", name, "evidence", (("id", cited["evidence_id"]),), where
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
