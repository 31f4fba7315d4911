"""Issuers named in a title and text, and how sure it is that the words are meant as the name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from smalti.ingest.forms import Form, Forms, Tier
from smalti.ingest.names import Token, tokenize
from smalti.platform.records import Issuer

__all__ = ["Evident", "evident_names"]

_TITLE_FULL, _TITLE_NAME, _TITLE_PLAIN = 0.9, 0.8, 0.55
_TEXT_FULL, _TEXT_PLAIN = 0.6, 0.45
_TEXT_FIRST, _TEXT_MORE, _TEXT_MOST = 0.4, 0.15, 0.7  # 0.4 named once, 0.55 twice, 0.7 from three times on
_SMALL = {"and", "of", "the", "de", "for", "com"}
_ARTICLES = {"the", "a", "an"}  # "the Amazon" is a river
_BUSINESS = {"shares", "stock", "ceo", "cfo", "says", "said", "announced", "reported", "unveils", "unveiled"}
_NEVER_ALONE = {
    *(("nasdaq",), ("msci",), ("s", "and", "p"), ("dow",)),  # indexes and markets before issuers
    *((day,) for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    *(
        (month,)
        for month in ("jan", "feb", "mar", "april", "may", "june", "july", "aug", "sept", "oct", "nov", "dec")
    ),
}
_SENTENCE_END = re.compile(r"[.!?:;\n\"“”|•]|--|\s[-–—]\s")
_PUBLISHER = re.compile(r"\s+[|–—-]\s+(?=[^|–—-]{2,40}$)")
_AROUND = 60


@dataclass(frozen=True, slots=True)
class Evident:
    """An issuer that is named, with a score in [0, 1] and the words around its first mention."""

    issuer: Issuer
    score: float
    in_title: bool
    quote: str


@dataclass(frozen=True, slots=True)
class _Mention:
    form: Form
    in_title: bool
    quote: str
    as_name: bool  # written as a name is: in capitals, and no part of a longer name
    plain: bool  # needs another cue
    inside: bool  # within a sentence of small letters, so that the capital is not the sentence's
    business: bool  # a word like `shares` or `says` follows


def evident_names(title: str, text: str, forms: Forms, supported: Collection[str]) -> list[Evident]:
    """The issuers named, in order of first mention.

    Args:
        title: headline; a publisher's name at its end (`... - The Example Times`) is not counted.
        text: plain text.
        forms: the names to look for.
        supported: ids of issuers with another cue (a ticker), for whom plain words will do.
    """
    found: defaultdict[str, list[_Mention]] = defaultdict(list)
    for mention in (*_mentions(_without_publisher(title), forms, True), *_mentions(text, forms, False)):
        found[mention.form.issuer.issuer_id].append(mention)
    judged = (_judge(mentions, issuer in supported) for issuer, mentions in found.items())
    return [one for one in judged if one]


def _mentions(text: str, forms: Forms, in_title: bool) -> Iterator[_Mention]:
    tokens = tokenize(text)
    for hit in forms.find(tokens):
        start, end = tokens[hit.first].start, tokens[hit.last].end
        before = _neighbour(text, tokens, hit.first, -1)
        after = _neighbour(text, tokens, hit.last, +1)
        article = before is not None and before.norm in _ARTICLES
        follows = after is not None and after.norm in _BUSINESS
        alone = hit.first == hit.last and not in_title  # headlines may capitalise every word
        longer = alone and after is not None and text[after.start].isupper() and not follows
        inner = alone and before is not None and text[before.start].isupper() and not article
        inner = inner and _neighbour(text, tokens, hit.first - 1, -1) is not None
        as_name = all(_is_name_word(text, t) for t in tokens[hit.first : hit.last + 1])
        quote = text[:200] if in_title else text[max(0, start - _AROUND) : end + _AROUND]
        yield _Mention(
            hit.form,
            in_title,
            " ".join(quote.split()),
            as_name=as_name and not inner,
            plain=hit.form.plain or longer,
            inside=before is not None and text[before.start].islower() and not article,
            business=follows and not article,
        )


def _neighbour(text: str, tokens: Sequence[Token], at: int, step: int) -> Token | None:
    """The next word in the same sentence."""
    other = at + step
    if not 0 <= other < len(tokens):
        return None
    left, right = sorted((at, other))
    ends = _SENTENCE_END.search(text, tokens[left].end, tokens[right].start)
    return None if ends else tokens[other]


def _is_name_word(text: str, token: Token) -> bool:
    word = text[token.start : token.end]
    return token.norm in _SMALL or word.isdigit() or any(c.isupper() for c in word)


def _judge(mentions: Sequence[_Mention], supported: bool) -> Evident | None:
    named = [m for m in mentions if m.as_name]
    supported = supported or any(m.form.tier is Tier.FULL for m in named)
    if not supported:
        named = [m for m in named if m.form.tokens not in _NEVER_ALONE]
    clear = [m for m in named if supported or not m.plain]
    if clear:
        return _evident(clear, _clear_score(clear))
    telling = [m for m in named if m.inside or m.business]
    # Small letters elsewhere ("the target") say that the word is meant as a word.
    doubtful = len(named) < len(mentions) or not telling
    if doubtful or not (len(named) > 1 or telling[0].business):
        return None
    if any(len(m.form.tokens) > 1 for m in telling):
        return _evident(named, _clear_score(named))
    return _evident(named, _TITLE_PLAIN if any(m.in_title for m in named) else _TEXT_PLAIN)


def _clear_score(mentions: Sequence[_Mention]) -> float:
    entire = [m for m in mentions if m.form.tier is Tier.FULL]
    if any(m.in_title for m in mentions):
        return _TITLE_FULL if any(m.in_title for m in entire) else _TITLE_NAME
    counted = min(_TEXT_MOST, _TEXT_FIRST + _TEXT_MORE * (len(mentions) - 1))
    return max(counted, _TEXT_FULL) if entire else counted


def _evident(mentions: Sequence[_Mention], score: float) -> Evident:
    first = mentions[0]
    return Evident(first.form.issuer, score, first.in_title, first.quote)


def _without_publisher(title: str) -> str:
    """A title less its last part, where that is short and enough stays: sites append their own name."""
    cut = _PUBLISHER.search(title)
    return title[: cut.start()] if cut and len(title[: cut.start()].split()) >= 4 else title
