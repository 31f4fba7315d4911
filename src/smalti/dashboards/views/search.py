"""The search page: words across text, tables, charts, pictures and calls, as of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from textwrap import shorten
from typing import Any

import streamlit as st

from smalti.client import Client
from smalti.client.reading import Hits
from smalti.dashboards import place
from smalti.dashboards.memory import remembered
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import search_hits
from smalti.platform import words

KINDS = {
    "paragraph": "Text",
    "table": "Tables",
    "chart": "Charts",
    "image": "Pictures",
    "fact": "Facts",
    "audio": "Speech",
}
SOURCES = {kind: words.capital(name) for kind, name in words.SOURCES.items() if kind != "price"}
_FIRST, _MOST = 20, 100
"""Hits shown at first, and at most."""
_LONGEST = 300  # letters of a question; the address holds no more
_EXAMPLES = 5
_EXAMPLE = 60  # letters


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, as the address says it."""

    text: str
    issuer: str | None
    sources: tuple[str, ...]
    kinds: tuple[str, ...]
    since: datetime | None
    until: datetime | None


@remembered("documents")
def hits(smalti: Client, asked: Asked, as_of: datetime | None, limit: int) -> Hits:
    """See `Client.search`."""
    return smalti.search(
        asked.text, asked.issuer, as_of, sources=asked.sources, kinds=asked.kinds, since=asked.since,
        until=asked.until, limit=limit,
    )  # fmt: skip


@remembered("documents")
def newest_titles(smalti: Client, as_of: datetime | None, issuer: str | None) -> Sequence[str]:
    """Titles of the documents that came last: words that are sure to be found."""
    frame = smalti.newest_documents(issuer, as_of, 4 * _EXAMPLES)
    told = (" ".join(title.split()) for title in frame["title"] if title)
    return list(dict.fromkeys(shorten(title, _EXAMPLE, placeholder="") or title[:_EXAMPLE] for title in told))


def show(page: Page) -> None:
    """Show the field, the filters, and what was found."""
    st.title("Search")
    text = _words()
    asked = _filtered(page, text)
    if not text:
        _examples(page, asked)
        return
    with states.told():
        _results(page, asked)


def _words() -> str:
    """The question: the field's, which the address holds."""

    def changed() -> None:
        place.put(q=st.session_state["search-words"].strip() or None)
        st.session_state.pop("search-shown", None)

    text = place.get("q") or ""
    st.session_state["search-words"] = text
    st.text_input(
        "Search for", key="search-words", on_change=changed, max_chars=_LONGEST, icon=":material/search:",
        placeholder="material weakness, net sales 2025, price target …",
        help="Words, in any order. Nothing is syntax: quotes and stars are ignored. Numbers find each other"
        " however they are written: $1.2 billion, 1.2bn.",
    )  # fmt: skip
    return text.strip()


def _filtered(page: Page, text: str) -> Asked:
    sources = _pills("From", "source", SOURCES)
    kinds = _pills("Kind", "kind", KINDS)
    left, middle, right = st.columns([2, 1, 1])
    with left:
        issuer = _issuer(page)
    with middle:
        since = _day("Public from", "from", time.min)
    with right:
        until = _day("Public until", "to", time.max)
    return Asked(text, issuer, sources, kinds, since, until)


def _pills(label: str, name: str, options: dict[str, str]) -> tuple[str, ...]:
    """Some of a few options, which the address holds with commas between; none of them means all."""
    key = f"search-{name}"

    def changed() -> None:
        place.put(**{name: ",".join(st.session_state[key]) or None})

    given = (place.get(name) or "").split(",")
    current = [one for one in options if one in given]
    st.session_state[key] = current
    st.pills(
        label, list(options), selection_mode="multi", key=key, format_func=options.__getitem__,
        on_change=changed,
    )  # fmt: skip
    return tuple(current)


def _issuer(page: Page) -> str | None:
    names = whom.issuers(page)

    def changed() -> None:
        place.put(issuer=st.session_state["search-issuer"])

    current = place.get("issuer")
    st.session_state["search-issuer"] = current
    st.selectbox(
        "Issuer", list(names) if current is None or current in names else [*names, current],
        key="search-issuer", index=None, format_func=lambda one: str(names.get(one, one)),
        placeholder="All issuers", on_change=changed,
    )  # fmt: skip
    return current


def _day(label: str, name: str, at: time) -> datetime | None:
    """A day of the address, as its first or last moment, UTC."""
    key = f"search-{name}"

    def changed() -> None:
        picked: date | None = st.session_state[key]
        place.put(**{name: picked.isoformat() if picked else None})

    told = place.moment(name)
    st.session_state[key] = told.date() if told else None
    st.date_input(
        f"{label} (UTC)", key=key, value=None, min_value=date(1990, 1, 1), max_value=date(2200, 1, 1),
        on_change=changed,
    )  # fmt: skip
    return datetime.combine(told.date(), at, told.tzinfo) if told else None


def _results(page: Page, asked: Asked) -> None:
    limit = min(_MOST, int(st.session_state.get("search-shown", _FIRST)))
    with st.spinner("Searching by words and by meaning; the first search takes some seconds …"):
        told = hits(page, asked, page.as_of, limit)
    st.header("Results")
    if not told.hits.height:
        _nothing(page, asked)
    else:
        st.caption(_summary(told, limit))
        if told.hits["synthetic"].any():
            states.synthetic()
        search_hits.show(page, told.hits)
    for note in told.notes:
        st.caption(f":material/info: {words.capital(plain(note))}.")
    if told.hits.height == limit < _MOST and st.button("Show more", icon=":material/expand_more:"):
        st.session_state["search-shown"] = min(_MOST, limit + 2 * _FIRST)
        st.rerun()


def _summary(told: Hits, limit: int) -> str:
    count = words.counted(told.hits.height, "piece of evidence", "pieces of evidence")
    which = f"The best {count}" if told.hits.height == limit else words.capital(count)
    how = "by words and by meaning" if told.semantic else "by words alone"
    return f"{which}, found {how} among what was public by {numbers.when(told.as_of)}."


def _nothing(page: Page, asked: Asked) -> None:
    narrowed = asked.sources or asked.kinds or asked.issuer or asked.since or asked.until
    by = numbers.when(page.moment)
    states.empty(
        f"Nothing was found among what was public by {by}.",
        "Take a filter away, or look at a later moment." if narrowed
        else "Try fewer or other words, or a later moment.",
    )  # fmt: skip
    if narrowed:
        nothing: dict[str, Any] = dict.fromkeys(("source", "kind", "issuer", "from", "to"))
        here("Search without filters", "search-everything", icon=":material/filter_alt_off:", **nothing)


def _examples(page: Page, asked: Asked) -> None:
    with states.told():
        titles = newest_titles(page, page.as_of, asked.issuer)
        if not titles:
            states.empty("There is nothing to search in yet.", "Add a source, or upload a document.")
            place.link("Sources and runs", "sources", icon=":material/sync_alt:")
            return
        st.markdown("Text, tables, charts, pictures and calls are searched together. To begin with:")
        for number, title in enumerate(titles[:_EXAMPLES]):
            here(plain(title), f"example-{number}", icon=":material/search:", q=title)
