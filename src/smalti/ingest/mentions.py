"""Issuers named in a title and text, and how sure it is that the words are meant as the name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from smalti.ingest.forms import Form, Forms, Hit, Tier
from smalti.ingest.names import Token, tokenize
from smalti.platform.records import Issuer

__all__ = ["Evident", "Names", "evident_names"]

_TITLE_FULL, _TITLE_NAME, _TITLE_PLAIN = 0.9, 0.8, 0.55
_TEXT_FULL, _TEXT_PLAIN = 0.6, 0.45
_TEXT_FIRST, _TEXT_MORE, _TEXT_MOST = 0.4, 0.15, 0.7  # 0.4 named once, 0.55 twice, 0.7 from three times on
_FORMER, _OWNED = 0.9, 0.75  # of the score of a name in use, and of the issuer's own
_LEAST_SMALL = 5  # letters of a name in small letters
_WORD_SAMPLE, _HEADLINE = 60, 0.85  # words looked at; share of them with a capital
_CASE_SAMPLE, _FEW_CAPITALS = 2_000, 50  # characters looked at; letters to one capital
_AUTHOR = re.compile(r"\b(?:RT|via)\s+@$", re.I)  # who wrote it, not what it is about
_LIST_GAP = re.compile(r"['\u2019]?s?\s*(?:,|&|,?\s+and\s)\s*")
_SMALL = {"and", "of", "the", "de", "for", "com"}
_ARTICLES = {"the", "a", "an"}  # "the Amazon" is a river
_LEADS = _ARTICLES | {
    "for",
    "with",
    "by",
    "at",
    "from",
    "in",
    "on",
    "of",
    "to",
    "and",
    "or",
    "but",
    "as",
    "new",
}
_BUSINESS_WORDS = """
    shares share stock ceo cfo chairman earnings revenue revenues profit profits guidance dividend buyback
    ipo says said announces announced reports reported unveils unveiled launches launched posts posted beats
    misses
    cuts raises hikes slashes buys bought acquires acquired sells sold plans hires fires lays sues names named
    takes took wins won invests expands warns expects agrees agreed settles files filed recalls joins joined
    surges plunges soars slumps tumbles jumps climbs
"""
_BUSINESS = frozenset(_BUSINESS_WORDS.split())
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
    former: bool = False
    subsidiary: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Which names to look for.

    Attributes:
        forms: of all issuers.
        on: the day of the text; None for unknown.
        supported: ids of issuers with another cue (a ticker), for whom plain words will do.
        prominent: ids of issuers so well known that their name in its place needs little more.
    """

    forms: Forms
    on: date | None = None
    supported: Collection[str] = field(default_factory=frozenset)
    prominent: Collection[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class _Mention:
    form: Form
    in_title: bool
    quote: str
    as_name: bool  # written as a name is: in capitals, and no part of a longer name
    plain: bool  # needs another cue
    inside: bool  # within a sentence of small letters, so that the capital is not the sentence's
    business: bool  # a word like `shares` or `says` follows
    beside: bool  # in a list with other names, or a possessive of a well-known one


def evident_names(title: str, text: str, names: Names) -> list[Evident]:
    """The issuers named, in order of first mention.

    Args:
        title: headline; a publisher's name at its end (`... - The Example Times`) is not counted.
        text: plain text.
        names: whose names to look for.
    """
    found: defaultdict[str, list[_Mention]] = defaultdict(list)
    for mention in (*_mentions(_without_publisher(title), names, True), *_mentions(text, names, False)):
        found[mention.form.issuer.issuer_id].append(mention)
    judged = (_judge(mentions, issuer, names) for issuer, mentions in found.items())
    return [one for one in judged if one]


def _mentions(text: str, names: Names, in_title: bool) -> Iterator[_Mention]:
    tokens = tokenize(text)
    hits = list(names.forms.find(tokens, names.on))
    listed = _listed(text, tokens, hits)
    small = _in_small_letters(text)
    headline = in_title or _in_headline_letters(text, tokens)
    for at, hit in enumerate(hits):
        start, end = tokens[hit.first].start, tokens[hit.last].end
        tagged = text[start - 1 : start] in {"#", "@"} and not re.match(r"\w", text[end : end + 1])
        if tagged and _AUTHOR.search(text[max(0, start - 6) : start]):
            continue
        before = _neighbour(text, tokens, hit.first, -1)
        after = _neighbour(text, tokens, hit.last, +1)
        article = before is not None and before.norm in _ARTICLES
        follows = after is not None and after.norm in _BUSINESS
        known = hit.form.issuer.issuer_id in names.prominent
        alone = hit.first == hit.last and not headline
        longer = alone and not known and after is not None and text[after.start].isupper() and not follows
        inner = alone and before is not None and text[before.start].isupper() and before.norm not in _LEADS
        inner = (
            inner
            and not (tagged or hit.form.shouted)
            and _neighbour(text, tokens, hit.first - 1, -1) is not None
        )
        quote = text[:200] if in_title else text[max(0, start - _AROUND) : end + _AROUND]
        yield _Mention(
            hit.form,
            in_title,
            " ".join(quote.split()),
            as_name=_as_name(text, tokens, hit, tagged or small)
            and (tagged or hit.form.shouted or not inner),
            plain=hit.form.plain or longer,
            inside=before is not None and text[before.start].islower() and not article,
            business=follows and not article,
            beside=(at in listed or (known and tokens[hit.last].norm != tokens[hit.last].bare))
            and not article,
        )


def _set_off(text: str, last: Token) -> bool:
    """Whether a possessive or a comma marks the word as a name."""
    return last.norm != last.bare or text[last.end : last.end + 1] == ","


def _as_name(text: str, tokens: Sequence[Token], hit: Hit, small: bool) -> bool:
    """Whether it is written as a name is; `small`: in tags and small letters, where plain words are words."""
    mine = tokens[hit.first : hit.last + 1]
    if hit.form.shouted:
        return text[mine[0].start : mine[-1].end].rstrip("s'\u2019").isupper()
    if all(_is_name_word(text, t) for t in mine):
        return True
    return small and not hit.form.plain and sum(len(t.norm) for t in mine) >= _LEAST_SMALL


def _in_small_letters(text: str) -> bool:
    """Whether its writer uses no capitals, so that a name has none either."""
    start = text[:_CASE_SAMPLE]
    return _FEW_CAPITALS * sum(map(str.isupper, start)) < sum(map(str.isalpha, start))


def _in_headline_letters(text: str, tokens: Sequence[Token]) -> bool:
    """Whether nearly every word has a capital, as in headlines, so that capitals say little."""
    words = [text[t.start] for t in tokens[:_WORD_SAMPLE] if text[t.start].isalpha() and len(t.norm) > 3]
    return len(words) > 3 and sum(map(str.isupper, words)) > _HEADLINE * len(words)


def _listed(text: str, tokens: Sequence[Token], hits: Sequence[Hit]) -> set[int]:
    """Which hits stand in a list of names ("Apple, Oracle and Pfizer") with one that is no plain word."""
    found: set[int] = set()
    group: list[int] = []
    for at, hit in enumerate(hits):
        gap = text[tokens[hits[at - 1].last].end : tokens[hit.first].start] if at else ""
        if not at or not _LIST_GAP.fullmatch(gap):
            found |= _telling(group, hits)
            group = []
        group.append(at)
    return found | _telling(group, hits)


def _telling(group: Sequence[int], hits: Sequence[Hit]) -> set[int]:
    sure = len(group) > 1 and any(not hits[at].form.plain for at in group)
    return set(group) if sure else set()


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


def _judge(mentions: Sequence[_Mention], issuer: str, names: Names) -> Evident | None:
    named = [m for m in mentions if m.as_name]
    known = issuer in names.prominent
    supported = issuer in names.supported or any(m.form.tier is Tier.FULL for m in named)
    if not supported:
        named = [m for m in named if m.form.tokens not in _NEVER_ALONE]
    clear = [m for m in named if supported or not m.plain]
    if clear:
        return _evident(clear, _clear_score(clear), names.on)
    telling = [m for m in named if m.inside or m.business or m.beside or (known and len(m.form.tokens) > 1)]
    # Small letters elsewhere ("the target") say that the word is meant as a word.
    doubtful = len(named) < len(mentions) or not telling
    strong = known or any(m.business or m.beside for m in telling)
    if doubtful or not (len(named) > 1 or strong):
        return None
    if any(len(m.form.tokens) > 1 for m in telling):
        return _evident(named, _clear_score(named), names.on)
    return _evident(named, _TITLE_PLAIN if any(m.in_title for m in named) else _TEXT_PLAIN, names.on)


def _clear_score(mentions: Sequence[_Mention]) -> float:
    entire = [m for m in mentions if m.form.tier is Tier.FULL]
    if any(m.in_title for m in mentions):
        return _TITLE_FULL if any(m.in_title for m in entire) else _TITLE_NAME
    counted = min(_TEXT_MOST, _TEXT_FIRST + _TEXT_MORE * (len(mentions) - 1))
    return max(counted, _TEXT_FULL) if entire else counted


def _evident(mentions: Sequence[_Mention], score: float, on: date | None) -> Evident:
    first = mentions[0]
    former = all(m.form.former(on) for m in mentions)
    owned = all(m.form.tier is Tier.SUBSIDIARY for m in mentions)
    score *= (_FORMER if former else 1.0) * (_OWNED if owned else 1.0)
    return Evident(first.form.issuer, round(score, 3), first.in_title, first.quote, former, owned)


def _without_publisher(title: str) -> str:
    """A title less its last part, where that is short and enough stays: sites append their own name."""
    cut = _PUBLISHER.search(title)
    return title[: cut.start()] if cut and len(title[: cut.start()].split()) >= 4 else title
