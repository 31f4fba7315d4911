"""The contradictions board: what does not fit, over all issuers, both sides next to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom
from smalti.dashboards.parts.choose import choose
from smalti.dashboards.parts.cite import cite, spot, why
from smalti.dashboards.parts.glimpse import glimpse
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import contradictions_beside
from smalti.dashboards.views.contradictions_words import INNOCENT, MEANS
from smalti.platform import words

_STEP, _MOST = 10, 200
"""Findings shown at first, and at most."""
_SIDE = 2  # places shown of one side; the rest are told by their number
_STRENGTHS = ("0", "0.3", "0.6", "0.9")
_EVERY = "every"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is narrowed to; None is everything."""

    issuer: str | None
    watchlist: str | None
    check: str | None
    least: float


@remembered("signals", "documents")
def found(smalti: Client, as_of: datetime | None, asked: Asked, limit: int) -> Json:
    """See `Client.contradictions`."""
    return smalti.contradictions(
        as_of, issuer=asked.issuer, watchlist=asked.watchlist, check=asked.check, least=asked.least,
        limit=limit,
    )  # fmt: skip


@remembered("signals", "documents")
def tally(smalti: Client, as_of: datetime | None, issuer: str | None, watchlist: str | None) -> Json:
    """See `Client.contradictions_tally`."""
    return smalti.contradictions_tally(as_of, issuer=issuer, watchlist=watchlist)


def show(page: Page) -> None:
    """Show the board, then what one issuer tells twice, then what could not be judged."""
    st.title("Contradictions")
    st.caption(
        "What the checks found by each issuer's newest scoring, strongest first. A finding is a place to look"
        " at, not a verdict."
    )
    issuer, watchlist = _whom(page)
    counted = tally(page, page.as_of, issuer, watchlist)
    asked = _narrowed(counted, issuer, watchlist)
    with states.told():
        _board(page, asked, counted)
    if issuer:
        with states.told():
            contradictions_beside.told_twice(page, issuer)
    contradictions_beside.silences(counted["silences"], asked.check)


def _whom(page: Page) -> tuple[str | None, str | None]:
    """The issuer and the watchlist that the address names; fields change it."""
    names, lists = whom.issuers(page), whom.watchlists(page)
    left, right = st.columns(2)
    with left:
        issuer = _field("Issuer", "issuer", names, "All issuers")
    with right:
        watchlist = (
            _field("Watchlist", "watchlist", lists, "Not narrowed to one")
            if lists or place.get("watchlist")
            else None
        )
    return issuer, watchlist


def _field(label: str, name: str, names: dict[str, str] | Json, nothing: str) -> str | None:
    """A field whose value the address holds, by id or whatever it names."""
    key = f"contradictions-{name}"

    def changed() -> None:
        place.put(**{name: st.session_state[key]})

    current = place.get(name)
    st.session_state[key] = current
    st.selectbox(
        label,
        list(names) if current is None or current in names else [*names, current],
        key=key,
        index=None,
        format_func=lambda one: str(names.get(one, one)),
        placeholder=nothing,
        on_change=changed,
    )
    return current


def _narrowed(counted: Json, issuer: str | None, watchlist: str | None) -> Asked:
    """Which checks and which strength, chosen beside their numbers."""
    checks = {one["check"]: one["findings"] for one in counted["checks"] if one["findings"]}
    chosen: str | None = None
    if checks:
        picked = choose(
            "Check", "check", [_EVERY, *checks], _EVERY,
            lambda c: "All checks" if c == _EVERY else f"{words.capital(words.check(c))} ({checks[c]})",
        )  # fmt: skip
        chosen = None if picked == _EVERY else picked
        least = choose(
            "Strength", "least", _STRENGTHS, "0", lambda s: "Any" if s == "0" else f"{s} or more",
            help="The share of such findings that one would expect to stand when looked into, set by rule.",
        )  # fmt: skip
        return Asked(issuer, watchlist, chosen, float(least))
    return Asked(issuer, watchlist, None, 0.0)


def _board(page: Page, asked: Asked, counted: Json) -> None:
    st.header("Findings")
    limit = min(_MOST, st.session_state.get("contradictions-shown", _STEP))
    told = found(page, page.as_of, asked, limit)
    if not told["items"]:
        _nothing(page, asked, counted)
        return
    if any(one["finding"]["synthetic"] for one in told["items"]):
        states.synthetic()
    for one in told["items"]:
        _finding(page, one)
    if told["next"] is None:
        return
    if limit >= _MOST:
        st.caption(f"The {_MOST} strongest are shown; narrow the board to see others.")
    elif st.button("Show more", icon=":material/expand_more:"):
        st.session_state["contradictions-shown"] = limit + _STEP
        st.rerun()


def _nothing(page: Page, asked: Asked, counted: Json) -> None:
    by = numbers.when(page.moment)
    if any(one["findings"] for one in counted["checks"]):
        states.empty("No finding is so strong, or of this check.", "Choose all checks and any strength.")
    elif counted["checks"]:
        states.empty(
            f"The checks looked and found nothing that does not fit, as of {by}.",
            "What they could not judge stands below.",
        )
    elif asked.issuer or asked.watchlist:
        states.empty(
            f"Nothing was found for this choice as of {by}.", "Choose all issuers, or a later moment."
        )
    else:
        states.empty(f"Nothing was found as of {by}.", "Issuers have to be scored first.")


def _finding(page: Page, one: Json) -> None:
    told = one["finding"]
    with st.container(border=True):
        name = words.capital(words.check(told["check"]))
        st.subheader(f"{plain(one['issuer'])}: {plain(name)}", anchor=False)
        with st.container(horizontal=True, vertical_alignment="center"):
            strength = f"{told['strength']:.2f}"
            st.caption(f"Strength **{strength}** of 1 · scored {numbers.when(_moment(told['as_of']))}")
            why("What stands behind it", told["signal_id"])
            place.link("Issuer", "issuer", icon=":material/domain:", issuer=one["issuer_id"])
        st.markdown(plain(told["reason"], 800))
        said, against = st.columns(2)
        with said:
            _side(page, "Said", told["said"])
        with against:
            _side(page, "Against it", told["against"])
        if told["check"] in MEANS:
            with st.expander("What this check means, and what to rule out first", type="compact"):
                st.markdown(f"{MEANS[told['check']]}  \n**Rule out first:** {INNOCENT[told['check']]}")


def _side(page: Page, label: str, cited: Sequence[Json]) -> None:
    st.markdown(f"**{label}**")
    if not cited:
        st.caption("Nothing is cited on this side: it is the absence that counts.")
    for one in cited[:_SIDE]:
        with st.container(gap="xsmall"):
            st.markdown(f"“{plain(one['quote'])}”")
            glimpse(one["evidence_id"], one["kind"], one["quote"])
            _cited(page, one)
    if len(cited) > _SIDE:
        more = words.counted(len(cited) - _SIDE, "more place")
        with st.expander(f"{words.capital(more)} on this side", type="compact"):
            for one in cited[_SIDE:]:
                _cited(page, one)


def _cited(page: Page, one: Json) -> None:
    cite(one["title"], one["evidence_id"], f"{one['title']}, {one['where']}")
    at = _moment(one["available_at"])
    source = words.capital(words.SOURCES.get(one["source"], one["source"]))
    st.caption(
        f"{source} · {plain(spot(one['where']), 120)} · {numbers.when(at)}, {numbers.ago(at, page.moment)}"
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
