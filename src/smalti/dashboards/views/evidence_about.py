"""What a piece is, where it stands, when the public could know it, and how that is known."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers
from smalti.dashboards.parts.text import bold, plain
from smalti.platform import words
from smalti.platform.records import LEAST_LINK

KINDS = {
    "paragraph": "Paragraph",
    "table": "Table",
    "chart": "Chart",
    "image": "Picture",
    "fact": "Number",
    "audio": "Spoken sentence",
}
SOURCES = {
    "filing": "a filing",
    "news": "a news article",
    "social": "a post",
    "call": "an earnings call",
    "price": "prices",
}
METHODS = {
    "manifest": "dated by its manifest",
    "feed": "dated by its feed",
    "header": "dated by the server or archive it came from",
    "text": "dated by the document itself",
    "recorded": "its date is not known: the time it was stored stands for it",
}


def head(page: Page, piece: Json, around: Json) -> None:
    """What stands above the source."""
    document = around["document"]
    kind, source = KINDS.get(piece["kind"], piece["kind"]), SOURCES.get(piece["source"], piece["source"])
    st.header(f"{kind} of {source}")
    # The title of a post is its own first words, which stand below.
    title = "" if piece["source"] == "social" else f"{bold(piece['title'] or 'Untitled')}  \n"
    st.markdown(f"{title}{plain(_where(piece))}")
    _issuers(document)
    known = datetime.fromisoformat(piece["available_at"])
    stored = datetime.fromisoformat(piece["recorded_at"])
    st.caption(f"{public(page, known, document)} Stored {numbers.when(stored)}.")
    _warnings(document, around)
    _pull(around)


def public(page: Page, known: datetime, document: Json) -> str:
    """Since when it was public, how old it was at the moment looked at, and how that is known."""
    old = numbers.age(known, page.moment)
    told = f"{old} ago" if page.as_of is None else f"{old} before the moment looked at"
    aged = f" ({told})" if known <= page.moment else ""
    method = METHODS.get(document["available_method"]) or str(document["available_method"])
    return f"Public since **{numbers.when(known)}**{aged}, {plain(method)}."


def _where(piece: Json) -> str:
    """Its place; of a picture that is no part of a page, without the box that is all of it."""
    if piece["kind"] not in ("image", "chart") or "page" in piece["locator"]:
        return str(piece["where"])
    parts = [one for one in piece["where"].split(", ") if not one.startswith("region ")]
    return ", ".join(parts) or "The whole picture"


def _issuers(document: Json) -> None:
    sure = [one for one in document["issuers"] if one["score"] >= LEAST_LINK]
    if not sure:
        st.caption("No issuer is named in it clearly enough to be linked.")
        return
    with st.container(horizontal=True, gap="small"):
        for one in sure[:8]:
            place.link(plain(one["name"]), "issuer", icon=":material/domain:", issuer=one["issuer_id"])


def _warnings(document: Json, around: Json) -> None:
    if document["partial"]:
        st.warning(
            f"The document was read only in part: {plain(document['partial'])}.", icon=":material/rule:"
        )
    if document["language"] not in (None, "en"):
        st.info(
            f"Its language ({plain(document['language'])}) is not one that scores are made from.",
            icon=":material/translate:",
        )
    if (newer := around["newer"]) is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                "A newer version of the parser has read this file again"
                f" (version {plain(newer['parser_version'])}); this reading stays for what cited it.",
                icon=":material/history:",
            )
            if newer["evidence_id"]:
                place.link("The newer reading", "evidence", id=newer["evidence_id"])


def own(one: Json) -> bool:
    """Whether it moved the score itself by some amount, and is not only a share of an index or context."""
    return one["effect"] is not None and not one["method"].startswith("driver")


def _pull(around: Json) -> None:
    """By how much it moved the score that one came from."""
    wanted = place.get("signal")
    pulls = [one for one in around["moved"] if one["signal_id"] == wanted and own(one)]
    if not wanted:
        return
    if not pulls:
        st.caption("It did not move the score you came from by any amount of its own.")
        return
    one = pulls[0]
    name = words.signal_name(one["kind"], one["horizon_days"])
    as_of = datetime.fromisoformat(one["as_of"])
    by = numbers.moved(one["kind"], one["effect"])
    st.markdown(
        f"It moved **{plain(name)}** of {plain(one['issuer'])} by **{by}**"
        f" (score as of {numbers.when(as_of)}: {numbers.score(one['kind'], one['value'])})."
    )
