"""What a piece moved, which findings cite it, and who tells the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views.evidence_about import SOURCES
from smalti.dashboards.views.evidence_table import exact
from smalti.platform import words

_MOVED = {
    "signal": "Score",
    "issuer": "Issuer",
    "effect": "Moved it by",
    "through": "Through",
    "value": "Score then",
    "as_of": "As of",
    "how": "How that is told",
}


_TOLD = {
    "verdict": "Verdict",
    "item": "Which",
    "here": "Here",
    "there": "There",
    "text": "What it says there",
    "where": "Where",
    "known": "Public since",
}


_ALIKE = {
    "known": "Public since",
    "order": "Before or after",
    "by": "By",
    "how": "How alike",
    "title": "What it is called",
}


def show(page: Page, piece: Json, around: Json) -> None:
    """These parts of the page."""
    st.header("What it moved")
    _moved(around["moved"], page.moment)
    if around["findings"]:
        st.header("Findings that cite it")
        for one in around["findings"]:
            _finding(one, piece["evidence_id"])
    if around["told"]:
        st.header("The same number elsewhere")
        _told(piece, around["told"])
    if around["alike"]:
        st.header("Who tells the same")
        _alike(piece, around["alike"])


def _moved(moved: Sequence[Json], moment: datetime) -> None:
    if not moved:
        states.empty(
            f"No score known by {numbers.when(moment)} was moved by this piece.",
            "Scores name the pieces that moved them most; others still count in the sums.",
        )
        return
    rows = [
        {
            "signal_id": one["signal_id"],
            "issuer_id": one["issuer_id"],
            "signal": scored(one),
            "issuer": one["issuer"],
            "effect": effect(one),
            "through": words.capital(words.modality(one["modality"])),
            "value": "–" if _drives(one) else numbers.score(one["kind"], one["value"]),
            "as_of": numbers.when(datetime.fromisoformat(one["as_of"]))
            + ("" if one["is_newest"] else ", since then no more"),
            "how": how(one["method"]),
        }
        for one in moved
    ]
    lead = ("issuer", {"issuer": "issuer_id", "signal": "signal_id"})
    table(
        pl.DataFrame(rows), "moved", columns=_MOVED, leads=dict.fromkeys(("signal", "effect", "value"), lead),
        alt="Scores that this piece moved, and by how much",
    )  # fmt: skip


def _drives(one: Json) -> bool:
    """Whether it drives the contradiction index, which moves no score, but is told beside one."""
    return bool(one["method"].startswith("driver"))


def scored(one: Json) -> str:
    """What was moved: a score, or the index."""
    if _drives(one):
        return words.capital(words.check(words.CONTRADICTION))
    return words.signal_name(one["kind"], one["horizon_days"])


def effect(one: Json) -> str:
    """By how much it moved a score, in the score's unit; of what drives the index, its share of that."""
    by = one["effect"]
    if by is None:
        return "–"
    if _drives(one):
        return f"share {by:.2f} of 1.00"
    told = numbers.moved(one["kind"], by)
    if by and not any(digit in "123456789" for digit in told):
        least = told.lstrip("+−").replace("0 ", "1 ") if " " in told else f"{told.lstrip('+−')[:-1]}1"
        return f"{'up' if by > 0 else 'down'} by under {least}"
    return told


def how(method: str) -> str:
    """How an effect was told, in plain words."""
    name, _, of = method.partition(" of ")
    through = f", through the ratio {of}" if of else ""
    if method.startswith("driver"):
        return f"drives it: {words.check('fraud.' + method.partition(': ')[2])}"
    return {
        "integrated-gradients": f"its share of the way from nothing known{through}",
        "leave-one-out": f"the score with it less the score without it{through}",
        "input": "the score is computed from it",
        "context": "it bears on the matter, but the model was not taught to use it",
    }.get(name, method)


def _finding(one: Json, own: str) -> None:
    with st.container(border=True):
        verdict = "Found" if one["verdict"] == "finding" else "Could not be judged"
        strength = f", strength {one['strength']:.2f} of 1" if one["strength"] is not None else ""
        as_of = numbers.when(datetime.fromisoformat(one["as_of"]))
        st.markdown(f"**{verdict}: {plain(words.check(one['check']))}**{strength}, as of {as_of}")
        st.markdown(plain(words.reason(one["reason"]), 1_000))
        for side, name in (("said", "What is said"), ("against", "What stands against it")):
            others = [cited for cited in one[side] if cited["evidence_id"] != own]
            if len(others) < len(one[side]):
                st.caption(f"{name}: this piece" + (", and" if others else ""))
            elif others:
                st.caption(f"{name}:")
            for cited in others[:6]:
                cite(cited["quote"][:160], cited["evidence_id"], f"{cited['title']}, {cited['where']}")
            if len(others) > 6:
                st.caption(f"And {len(others) - 6} more, on the page of the score.")
        place.link("The score this belongs to", "issuer", signal=one["signal_id"])


def _told(piece: Json, told: Sequence[Json]) -> None:
    rows = [
        {
            "id": one["evidence_id"],
            "item": item(piece, one["item"]),
            "here": exact(one["here"], unit(piece, one["item"])),
            "there": exact(one["there"], unit(piece, one["item"])),
            "verdict": one["verdict"],
            "text": one["text"],
            "where": f"{one['title']}, {one['where']}",
            "known": numbers.day(datetime.fromisoformat(one["available_at"])),
        }
        for one in told
    ]
    table(
        pl.DataFrame(rows), "told", columns=_TOLD,
        leads=dict.fromkeys(("there", "text"), ("evidence", {"id": "id"})),
        alt="The same number as other pieces tell it",
    )  # fmt: skip


def unit(piece: Json, name: str) -> str:
    """The unit of a number of it, where that is known."""
    told = piece["payload"]
    if piece["kind"] == "audio" and (of := _numbered(name)) and of[0] < len(told.get("numbers") or ()):
        return str(told["numbers"][of[0]].get("unit") or "")
    return str(told.get("unit") or "") if piece["kind"] == "fact" else ""


def _numbered(name: str) -> list[int]:
    return [int(one) for one in name.split() if one.isascii() and one.isdigit() and len(one) < 7]


def item(piece: Json, name: str) -> str:
    """Which of its numbers is meant: a point of a chart, a number of a sentence."""
    numbered = _numbered(name)
    series = piece["payload"].get("series")
    heard = piece["payload"].get("numbers")
    try:
        if name.startswith("series") and series and len(numbered) == 2:
            of = series[numbered[0]]
            return f"{of['name']} {of['points'][numbered[1]]['category']}".strip()
        if name.startswith("number") and heard and numbered:
            return str(heard[numbered[0]]["raw"])
    except (IndexError, KeyError):
        return name
    return name or "the number"


def _alike(piece: Json, alike: Sequence[Json]) -> None:
    known = datetime.fromisoformat(piece["available_at"])
    first = min([known, *(datetime.fromisoformat(one["available_at"]) for one in alike)])
    st.markdown(
        "This one came first of those known then."
        if first == known
        else f"The first of those known then came on {numbers.when(first)}, before this one."
    )
    rows = [
        {
            "evidence_id": one["evidence_id"],
            "document_id": one["document_id"],
            "known": numbers.when(when := datetime.fromisoformat(one["available_at"])),
            "order": "first" if when == first else "earlier" if when < known else "later",
            "by": one["author"] or words.capital(SOURCES.get(one["source"]) or one["source"]),
            "how": likeness(one),
            "title": one["title"] or "Untitled",
        }
        for one in alike
    ]
    lead = ("evidence", {"id": "evidence_id"})
    table(
        pl.DataFrame(rows), "alike", columns=_ALIKE, leads=dict.fromkeys(("known", "title"), lead),
        alt="Other documents with the same text or nearly the same picture, the earliest first",
    )  # fmt: skip


def likeness(one: Json) -> str:
    """How much alike two documents are, in plain words."""
    if one["how"] != "picture":
        return f"same text ({one['how']})"
    differ = round(one["likeness"])
    return "same picture" if differ == 0 else f"nearly the same picture ({differ} of 64 bits differ)"
