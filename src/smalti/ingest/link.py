"""Which issuers a document is about, each with a score and the words that say so.

A score is the strength of the strongest cue, by the scale in `SCORES`: a convention that orders cues, not a
probability. On the labelled pieces of `bench/linking.py` nearly all links are right in every band, so it says
how much a document is *about* an issuer more than how surely it is meant: of 475 links, right below .5: 97 %
(94 % of the half kept aside while this was made), .5 to .7: 99.7 % (99 %), .7 to .9: 98 % (95 %), from .9 on:
all 86 (all 41).

Words that also mean something else ("Target", "Apple", "Best Buy") need a second cue: their legal form, a
ticker, a business word beside them, a list of other names, or capitals where only a name has them; a very
large company's need less. Tickers are read in `tickers`: behind `$` or an exchange's name, beside a word of
the market, or as a hint of the parser. Names and tickers mean their bearer of the document's day; a name
given up before it counts for less.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from smalti.ingest.issuers import Master, normal_cik
from smalti.ingest.mentions import Evident, Names, evident_names
from smalti.ingest.names import core
from smalti.ingest.tickers import MARKET, written_tickers
from smalti.platform.errors import Malformed
from smalti.platform.records import Issuer, SourceKind

__all__ = ["SCORES", "Link", "LinkInput", "link", "reason"]

SCORES: Mapping[str, float] = {
    "manifest": 1.0,
    "cik": 0.99,
    "cover name": 0.95,
    "ticker": 0.95,
    "exchange ticker": 0.95,
    "cashtag": 0.9,
    "cashtag in a list": 0.6,
    "bare ticker": 0.55,
}
"""What each cue is worth; names in title and text are scored in `mentions`."""

MAX_TEXT = 20_000
LEAST_SCORE = 0.3
MAX_TITLE = 500
_ENTITY_HINTS = ("entity_name", "company", "name")
_LIST = 4  # a post with this many cashtags is a list of tickers more than news of one
_OWN_ISSUER = {SourceKind.FILING, SourceKind.CALL, SourceKind.PRICE}


@dataclass(frozen=True, slots=True)
class LinkInput:
    """What linking looks at.

    Attributes:
        title: headline or file title, empty where there is none.
        text: plain text; the first 20,000 characters count.
        kind: of the document; a filing, call or price series belongs to one issuer.
        issuer: the issuer's name as the manifest or a sidecar states it.
        hints: `cik`; `entity_name`, `company` or `name`, as cover pages and companyfacts give it; `ticker`;
            `tickers` and `cashtags`, several by spaces.
        on: the day it became known, to read tickers by; None for unknown.
    """

    title: str
    text: str
    kind: SourceKind | None = None
    issuer: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict)
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One issuer a document is about.

    Attributes:
        issuer: perhaps one that the master does not know yet.
        score: in [0, 1].
        method: the strongest cue: a key of `SCORES`, or `name`, `former name` or `subsidiary` with `in title`
            or `in text`.
        quote: the words, or the field's value, that made it.
    """

    issuer: Issuer
    score: float
    method: str
    quote: str


_REASONS: Mapping[str, str] = {
    "manifest": "Whoever handed it in says it is of {name}.",
    "cik": "Its cover gives CIK {quote}, which is {name}'s.",
    "cover name": "Its cover names {quote}, which is {name}.",
    "ticker": "Its own record gives the ticker {quote}, which was {name}'s on its day.",
    "exchange ticker": "It names an exchange and the ticker {quote}, which was {name}'s on its day.",
    "cashtag": "It says {quote}, which was {name}'s ticker on its day.",
    "cashtag in a list": "It lists {quote} among other tickers, which was {name}'s on its day.",
    "bare ticker": "It says {quote} beside a word of the market, which was {name}'s ticker on its day.",
    "name": "It names {name}: \u201c{quote}\u201d.",
    "former name": "It uses a name that {name} had given up: \u201c{quote}\u201d.",
    "subsidiary": "It names a company that {name} owns: \u201c{quote}\u201d.",
}


def reason(method: str, quote: str, name: str) -> str:
    """Why a document is linked to an issuer, in one sentence.

    Args:
        method: of the link.
        quote: of the link.
        name: of the issuer.
    """
    known = _REASONS.get(method) or _REASONS[method.rpartition(" in ")[0]]
    return known.format(quote=quote, name=name)


def link(document: LinkInput, master: Master) -> list[Link]:
    """The issuers a document is about, surest first; one link an issuer.

    A filing, call or price series that states its issuer is linked to nobody else, and one that does not to
    one issuer at most. News and posts may be about several.
    """
    stated = _best(_stated(document, master))
    own = document.kind in _OWN_ISSUER
    if own and stated:
        return stated
    title, text = _headline_and_body(document)
    tickers = _best([*stated, *_tickers(document, f"{title}\n{text}", master)])
    named = evident_names(
        title,
        text,
        Names(master.forms, document.on, frozenset(c.issuer.issuer_id for c in tickers), master.prominent),
    )
    links = _best([*tickers, *(_name_link(n) for n in named)])
    return links[:1] if own else links


def _headline_and_body(document: LinkInput) -> tuple[str, str]:
    """Title and text with nothing in both, or one mention would count as two; a post has no headline."""
    title, text = document.title[:MAX_TITLE], document.text[:MAX_TEXT]
    if document.kind is SourceKind.SOCIAL:
        return "", text or title
    return title, text.removeprefix(title)


def _stated(document: LinkInput, master: Master) -> Iterator[Link]:
    """Links by what a person or a cover page says outright."""
    entity = next((e for key in _ENTITY_HINTS if (e := document.hints.get(key, "").strip())), "")
    cik = _cik(document.hints.get("cik", ""))
    by_cik = master.resolve(entity or document.issuer or "", cik, document.on) if cik else None
    if document.issuer and document.issuer.strip():
        issuer = master.resolve(document.issuer, on=document.on)
        unknown = master.by_id(issuer.issuer_id) is None
        # A name that nobody knows is the same entity under its CIK when the names begin alike.
        if by_cik and unknown and core(document.issuer)[:1] == core(entity or document.issuer)[:1]:
            issuer = by_cik
        yield Link(issuer, SCORES["manifest"], "manifest", document.issuer)
    if by_cik:
        yield Link(by_cik, SCORES["cik"], "cik", cik or "")
    elif entity:
        yield Link(master.resolve(entity, on=document.on), SCORES["cover name"], "cover name", entity)


def _tickers(document: LinkInput, whole: str, master: Master) -> Iterator[Link]:
    hints = document.hints
    several = re.split(r"[\s,;]+", MARKET.sub("", hints.get("tickers", "")))
    for ticker in (hints.get("ticker", ""), *several):
        yield from _owner(document, master, ticker, "ticker", ticker)
    written = list(written_tickers(whole))
    tags = dict.fromkeys(t.upper() for t in hints.get("cashtags", "").split())
    tags.update(dict.fromkeys(t.symbol.upper() for t in written if t.method == "cashtag"))
    unsure = {t.symbol.upper() for t in written if t.needs_name}
    for ticker in (t for t in tags if t not in unsure):
        method = "cashtag" if len(tags) < _LIST else "cashtag in a list"
        yield from _owner(document, master, ticker, method, f"${ticker}")
    for one in written:
        if one.method != "cashtag":
            yield from _owner(document, master, one.symbol, one.method, one.symbol)


def _owner(document: LinkInput, master: Master, ticker: str, method: str, quote: str) -> Iterator[Link]:
    issuer = master.by_ticker(ticker, document.on) if ticker else None
    if issuer:
        yield Link(issuer, SCORES[method], method, quote)


def _name_link(name: Evident) -> Link:
    kind = "subsidiary" if name.subsidiary else "former name" if name.former else "name"
    return Link(name.issuer, name.score, f"{kind} in {'title' if name.in_title else 'text'}", name.quote)


def _best(links: Iterable[Link]) -> list[Link]:
    """The strongest link of each issuer, strongest first; ties in the order given."""
    best: dict[str, Link] = {}
    for one in links:
        known = best.get(one.issuer.issuer_id)
        if one.score >= LEAST_SCORE and (known is None or one.score > known.score):
            best[one.issuer.issuer_id] = one
    return sorted(best.values(), key=lambda one: -one.score)


def _cik(text: str) -> str | None:
    """A document's own claim of a CIK; one that is none claims nothing."""
    try:
        return normal_cik(text)
    except Malformed:
        return None
