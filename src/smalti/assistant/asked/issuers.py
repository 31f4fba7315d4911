"""Issuers that a question names, loosely: by name, short form, ticker or CIK.

A wrong company is worse than none: where words could also be plain words they count only as they stand in
names (with capitals, or with a possessive); where several issuers fit equally, or a company is named that is
not in the store, the question is to be asked back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from smalti.assistant.asked.periods import periods_in
from smalti.assistant.asked.register import (
    LONGEST_NAME,
    Register,
    Way,
    known_companies,
    most_spoken_of,
    register,
)
from smalti.assistant.asked.vocabulary import common
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Named
from smalti.ingest.forms import Tier
from smalti.ingest.names import Token, tokenize
from smalti.ingest.tickers import EVERYDAY

MOST_CHOICES = 8
_TERM_WORDS = """
    EBIT EBITDA EBITDAR ROE ROA ROI ROIC ROCE DPO DSO DIO CCC PPE PPNE COGS SGA FCF FFO CAGR YOY QOQ YTD
    TTM LTM GAAP VAR AR AP PE PB EV WACC MDA AUM NIM NII NPL LTV ARPU GMV MAU DAU BPS FX MA FY NA OCI
    AOCI RD CET LCR RWA CAPEX OPEX WC BS CF IS PL DOJ FTC EPA USA UAE HR PR IR CSR DCF IRR NPV DE AGM Q1
    Q2 Q3 Q4 H1 H2 SHOW LIST GIVE HOW WHY WHAT DOES DID WAS COMPARE AND
"""
_NO_TICKER = EVERYDAY | frozenset(_TERM_WORDS.split())
_ARTICLES = frozenset(("the", "a", "an", "this", "that", "any", "each", "every", "our", "their", "its", "my"))
_BEFORE_WORDS = """
    of for at by from did does do has have had is was were are will about in on and or vs versus compare
    than to with what how why
"""
_BEFORE_NAME = frozenset(_BEFORE_WORDS.split())
_AFTER_WORD = frozenset(("between", "in", "of", "on", "for", "the", "to", "a", "an", "from", "at", "into"))
_SENTENCE_END = re.compile(r"[.!?:;\n\"“”]\s*$|^\s*$")
_POSSESSIVE = re.compile(r"(?:['’]s|s['’])$", re.I)
_CIK = re.compile(r"\bCIK\s*(?:no\.?|number|code)?\s*[:#]?\s*(\d{3,10})\b", re.I)
_CASHTAG = re.compile(r"\$([A-Za-z]{1,5}(?:[.-][A-Za-z])?)(?![\w.])")
_OF_CLASS = re.compile(r"(?<![\w$./-])([A-Z]{1,5}[.-][A-Z]{1,2})(?![\w/-])")  # `BRK.B`
_LEGAL = re.compile(
    r"\b((?:[A-Z][\w&'’.-]*\s+){1,5}?)(?:Inc|Corp|Corporation|Ltd|Limited|plc|PLC|LLC|GmbH|AG|N\.V)\b\.?"
)
_OWNED = re.compile(r"\b((?:[A-Z][\w&.-]*\s+){0,3}[A-Z][\w&.-]*)['’]s\b")
_OWNER_WORDS = """
    what who where when how that it he she there here today yesterday tomorrow let year company quarter
    week month
"""
_NO_OWNER = frozenset(_OWNER_WORDS.split())
_START = 3  # the tier of a name's beginning
_PART = re.compile(
    r"\s+(?!Form\b|Inc\b|Corp\b|Q[1-4]\b|FY|H[12]\b)((?:[A-Z][a-z]{2,}|Web)\b(?:\s+[A-Z][a-z]{2,}\b){0,2})"
)
_MOST_MISSPELT = 30  # words looked at
_LEAST_MISSPELT = 5  # letters


@dataclass(frozen=True, slots=True)
class Naming:
    """Whom a question names.

    Attributes:
        named: in order, each once.
        places: start and end of the words that name them, or companies unknown here, in the text.
        unclear: what to ask back; empty if nothing.
        choices: to choose from then.
        unknown: names of companies that are not in the store, as they are called in the text.
        doubtful: those whose names are words that the text writes as words: `amazon revenue`; only where it
            names nobody.
        doubtful_places: where these words stand.
        part: of the issuer, that is named with it: `China` of a `MGM China`.
    """

    named: Sequence[Named] = ()
    places: Sequence[tuple[int, int]] = ()
    unclear: str = ""
    choices: Sequence[str] = ()
    unknown: Sequence[str] = ()
    doubtful: Sequence[Named] = ()
    doubtful_places: Sequence[tuple[int, int]] = ()
    part: str = ""

    @property
    def named_ids(self) -> tuple[str, ...]:
        """Ids of those named."""
        return tuple(one.issuer_id for one in self.named)


@dataclass(frozen=True, slots=True)
class _Hit:
    issuer_ids: Sequence[str]
    start: int
    end: int
    tier: int


def issuers_in(text: str, grounds: Grounds) -> Naming:
    """The issuers that a text names, and the companies that it names but nobody follows."""
    known = register(grounds)
    tokens = tokenize(text)
    hits = [*_by_names(text, tokens, known), *_by_signs(text, tokens, known)]
    times = [(one.start, one.end) for one in periods_in(text)]
    hits = [one for one in _apart(hits) if not any(a <= one.start and one.end <= b for a, b in times)]
    unknown = _unknown(text, tokens, known, hits)
    hits = [one for one in hits if not any(_overlaps(one, other) for other in unknown)]
    if not hits and not unknown:
        hits = list(_misspelt(text, tokens, known))
        unknown = [] if hits else _strangers(text)
    if hits or unknown:
        return _naming(text, hits, unknown, known, grounds)
    weak = list(_as_words(tokens, known))
    ids = dict.fromkeys(one for hit in weak for one in hit.issuer_ids)
    return Naming(
        doubtful=tuple(Named(one, known.names[one]) for one in ids),
        doubtful_places=tuple((hit.start, hit.end) for hit in weak),
    )


def _as_words(tokens: Sequence[Token], known: Register) -> Iterator[_Hit]:
    """Names of one word that stand as plain words where a name may stand."""
    for before, token in pairwise(tokens):
        ways = known.ways.get((token.bare,), ()) if before.norm in _BEFORE_NAME else ()
        if ids := [way.issuer_id for way in ways if way.tier < 3]:
            yield _Hit(ids, token.start, token.end, 3)


def _naming(
    text: str, hits: Sequence[_Hit], unknown: Sequence[tuple[int, int]], known: Register, grounds: Grounds
) -> Naming:
    named: dict[str, Named] = {}
    unclear, choices = "", tuple[str, ...]()
    sure = {one.issuer_ids[0] for one in hits if len(one.issuer_ids) == 1}
    for hit in hits:
        words = _POSSESSIVE.sub("", text[hit.start : hit.end])
        fitting = hit.issuer_ids
        if len(fitting) > 1 and not sure.intersection(fitting):
            fitting = most_spoken_of(grounds, fitting)
        if len(fitting) > 1 and not sure.intersection(fitting):
            names = [known.names[one] for one in fitting[:MOST_CHOICES]]
            unclear, choices = f"“{words}” could be {len(fitting)} companies. Which one?", tuple(names)
            continue
        one = next((i for i in fitting if i in sure), fitting[0])
        named.setdefault(one, Named(one, known.names[one], words))
    places = (*((one.start, one.end) for one in hits), *unknown)
    called = dict.fromkeys(_POSSESSIVE.sub("", text[a:b].strip()) for a, b in unknown)
    part = next((found[1] for one in hits if (found := _PART.match(text, one.end))), "")
    return Naming(tuple(named.values()), places, unclear, choices, tuple(called), part=part)


# --- by name -----------------------------------------------------------------------------------------


def _by_names(text: str, tokens: Sequence[Token], known: Register) -> Iterator[_Hit]:
    shouted = _shouted(text)
    at = 0
    while at < len(tokens):
        step = 1
        for length in range(min(LONGEST_NAME, len(tokens) - at), 0, -1):
            mine = tokens[at : at + length]
            ways = _ways(mine, known)
            if ways and _meant(text, tokens, at, length, ways, shouted):
                best = min(way.tier for way in ways)
                ids = [way.issuer_id for way in ways if way.tier == best]
                yield _Hit(ids, mine[0].start, mine[-1].end, best)
                step = length
                break
        at += step


def _ways(mine: Sequence[Token], known: Register) -> Sequence[Way]:
    """Who is called so; the last word may be a possessive, with or without its apostrophe."""
    start = tuple(one.norm for one in mine[:-1])
    last = mine[-1]
    for end in dict.fromkeys((last.norm, last.bare)):
        if found := known.ways.get((*start, end)):
            return found
    return ()


def _meant(
    text: str, tokens: Sequence[Token], at: int, length: int, ways: Sequence[Way], shouted: bool
) -> bool:
    """Whether the words are meant as a name."""
    mine = tokens[at : at + length]
    if mine[0].start and text[mine[0].start - 1] in "$€£":
        return False
    best = min(ways, key=lambda way: way.tier)
    if best.tier == 0 and length > 1:
        return True
    written = all(_capital(text, one) for one in mine) and not shouted
    owns = mine[-1].norm != mine[-1].bare
    article = at > 0 and tokens[at - 1].norm in _ARTICLES
    if length == 1 and (best.tier == _START or mine[0].bare in common()):
        sure = owns or mine[0].bare not in common()
        return written and (sure or (at > 0 and best.tier < _START and _set_off(text, tokens, at)))
    if not best.plain:
        letters = sum(len(one.norm) for one in mine)
        return written or letters > 3 or any(one.norm[:1].isdigit() for one in mine)
    if length > 1:
        return written or not article
    return (owns and not article) or (written and _set_off(text, tokens, at))


def _set_off(text: str, tokens: Sequence[Token], at: int) -> bool:
    """Whether one capitalised plain word is a name by itself: in no longer one, no sentence's first word."""
    token = tokens[at]
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and not text[token.end : after.start].strip():
        word = text[after.start : after.end]
        if word[:1].isupper() and word[1:].islower() and word.isalpha():
            return False
    if _SENTENCE_END.search(text[: token.start]):
        return after is not None and after.norm not in _AFTER_WORD and after.norm.isalnum() and at == 0
    before = tokens[at - 1]
    word = text[before.start : before.end]
    return before.norm in _BEFORE_NAME or not (word[:1].isupper() and word.isalpha())


def _capital(text: str, token: Token) -> bool:
    first = text[token.start]
    return first.isupper() or first.isdigit() or token.norm in ("and", "of", "the", "com", "de")


def _shouted(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return sum(map(str.isupper, letters)) > 0.7 * max(1, len(letters))


# --- by ticker and CIK -------------------------------------------------------------------------------


def _by_signs(text: str, tokens: Sequence[Token], known: Register) -> Iterator[_Hit]:
    for match in _CIK.finditer(text):
        if issuer := known.ciks.get(match[1].lstrip("0")):
            yield _Hit([issuer], match.start(), match.end(), 0)
    for pattern in (_CASHTAG, _OF_CLASS):
        for match in pattern.finditer(text):
            if ids := known.tickers.get(match[1].upper().replace(".", "-")):
                yield _Hit(ids, match.start(), match.end(), 0)
    shouted = _shouted(text)
    for at, token in enumerate(tokens):
        word = _POSSESSIVE.sub("", text[token.start : token.end])
        ids = known.tickers.get(word.upper())
        if ids and _is_ticker(text, tokens, at, word, shouted):
            yield _Hit(ids, token.start, token.end, 1)


def _is_ticker(text: str, tokens: Sequence[Token], at: int, word: str, shouted: bool) -> bool:
    """Whether a word is meant as a ticker: in capitals, or in small letters where a name may stand."""
    token = tokens[at]
    joined = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
    if len(word) < 2 or word.upper() in _NO_TICKER or any(sign in joined for sign in "-/.&" if sign != "."):
        return False
    if word.isupper() and not shouted:
        return True
    before = tokens[at - 1].norm if at else ""
    placed = not at or before in _BEFORE_NAME or token.norm != token.bare
    return len(word) > 2 and placed and word.lower() not in known_companies().words | common()


# --- companies that are not in the store, and misspelt ones ------------------------------------------


def _unknown(
    text: str, tokens: Sequence[Token], known: Register, hits: Sequence[_Hit]
) -> list[tuple[int, int]]:
    """Where companies are named that nobody follows; a looser form of a followed one gives way to them."""
    companies = known_companies()
    firm = [one for one in hits if one.tier < 3]
    found: list[tuple[int, int]] = []
    for hit in companies.forms.find(tokens):
        form, mine = hit.form, tokens[hit.first : hit.last + 1]
        place = (mine[0].start, mine[-1].end)
        if form.tier is Tier.SUBSIDIARY or form.issuer.issuer_id in known.names or form.former(None):
            continue
        if form.plain and form.tier is not Tier.FULL and form.issuer.issuer_id not in companies.prominent:
            continue
        capitals = all(_capital(text, one) for one in mine)
        way = Way(form.issuer.issuer_id, int(form.tier), form.plain)
        if capitals and _meant(text, tokens, hit.first, len(mine), [way], _shouted(text)):
            found.append(place)
    return [place for place in found if not any(_overlaps(one, place) for one in firm)]


def _strangers(text: str) -> list[tuple[int, int]]:
    """Where words stand as only a company's name does, whoever that is."""
    whole = _LEGAL.search(text)
    if whole and _like_a_name(whole[1]):
        return [whole.span()]
    owned = _OWNED.search(text)
    if owned is None:
        return []
    words = list(re.finditer(r"\S+", owned[1]))
    first = next((one.start() for one in words if one[0].lower() not in common() | _NO_OWNER), None)
    if first is None or not _like_a_name(owned[1][first:]):
        return []
    return [(owned.start(1) + first, owned.end(1))]


def _like_a_name(words: str) -> bool:
    """Whether capitalised words are somebody's name, no abbreviation and no sentence's first word."""
    return any(word[:1].isupper() and not word.isupper() for word in words.split()) and (
        words.split(maxsplit=1)[0].lower() not in _NO_OWNER
    )


def _misspelt(text: str, tokens: Sequence[Token], known: Register) -> Iterator[_Hit]:
    for at, token in enumerate(tokens[:_MOST_MISSPELT]):
        word = token.bare
        if not at and token.norm == token.bare and len(word) == _LEAST_MISSPELT:
            continue
        if len(word) < _LEAST_MISSPELT or not word.isalpha() or not text[token.start].isupper():
            continue
        most = 1 if len(word) < 9 else 2
        near = [
            (name, issuer)
            for name, issuer in known.singles.items()
            if name[0] == word[0] and OSA.distance(word, name, score_cutoff=most) <= most
        ]
        if len({issuer for _, issuer in near}) == 1:
            yield _Hit([near[0][1]], token.start, token.end, 3)


def _apart(hits: Sequence[_Hit]) -> list[_Hit]:
    """Hits in order, of overlapping ones the longest."""
    kept: list[_Hit] = []
    for one in sorted(hits, key=lambda hit: (hit.start - hit.end, hit.tier)):
        if not any(_overlaps(one, (other.start, other.end)) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda hit: hit.start)


def _overlaps(hit: _Hit, place: tuple[int, int]) -> bool:
    return hit.start < place[1] and place[0] < hit.end
