"""Which inputs and documents say again what is already there.

Files with the same bytes are one artifact. A news item is a duplicate of an *earlier* one when it adds
nothing: nearly all its word triples, every number and every name in it stand there already, and it follows
within days.
What publishers add to agency copy (agency and place before it, who reported it, rights, calls to subscribe)
is taken off first. So a corrected figure, a longer version and a yearly repeat all stay, and as of any
moment the first to say it is there.

Of all items that it repeats, a copy points to the earliest. That depends on nothing but the two of them, so
the outcome is the same in whatever order items arrive, and an item that arrives late concerns only those of
the days after it. Posts are never dropped: that many say the same is itself a finding, for which `groups`
finds them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray

from smalti.platform.similarity import bands, minhash, shingles

__all__ = [
    "MOST_APART",
    "TRACKING",
    "Duplicate",
    "NewsItem",
    "canonical_url",
    "repeated_news",
]

LEAST_CONTAINED = 0.85  # share of the later text's word triples
MOST_NEW = 40  # word triples: a paragraph more is a longer version, however long the story
MOST_APART = timedelta(days=7)
MOST_APART_SHORT = timedelta(days=1)
"""A bare headline ("Wall Street Week Ahead") comes again and means something else."""

MAX_TEXT = 20_000
_LEAD = 60  # words: copies are cut at the end, so their beginnings agree
_LEAST_WORDS = 5
_SHORT = 12  # words
_TAIL = 60  # characters
_LONG = 300  # characters, of what a publisher adds in one sentence
_MOST_COMPARED = 48  # items that share a key; so that a flood of lookalikes stays cheap
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|mc_[ce]id|cmp(id)?|ref(src|_src)?|ncid|smid|sr_share|guc\w+", re.I
)
"""Names of parameters that say where a reader came from, to be matched whole."""

_HOST_PREFIX = re.compile(r"^(www\d?|m|mobile|amp)\.")
_NUMBER = re.compile(r"\d[\d.,]*")
_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z]\w{2,}")
_AGENCIES = (
    r"(?:Thomson )?Reuters|AP|Associated Press|AFP|Bloomberg|UPI|dpa|PTI|ANI|IANS|Xinhua|Kyodo|TASS|"
    r"CNN(?: Business)?|MarketWatch|CNBC|PR\s?Newswire|Business Wire|BUSINESS WIRE|GLOBE NEWSWIRE|"
    r"GlobeNewswire|Dow Jones|RTTNews"
)
_DATELINE = re.compile(rf"^[^\n(]{{0,60}}\(\s*(?:{_AGENCIES})\s*\)\s*(?:[-–—:]+\s*)?")
_LINE_OR_SENTENCE = re.compile(r"\n+|(?<=[.!?)\]])\s+(?=[A-Z(©])")
_TRIMMING = re.compile(
    r"all rights reserved|©|\bcopyright\b|\breporting by [A-Z]|\bediting by [A-Z]|\bnewsletters?\b|"
    r"\bsubscribe\b|\bsign up\b|\bfollow us\b|\bclick here\b|\bread more\b|"
    r"\bread the (?:full|original)\b|\b(?:originally|first) (?:appeared|published)\b|\bsyndicated\b|"
    r"\bwire agency\b|\bagency feed\b|\bour (?:standards|app|website|channel)\b|\badvertisement\b|"
    r"\bdownload (?:the|our)\b|\bthis (?:story|article|content) (?:was|is|has been|may)\b|"
    r"\bterms of (?:use|service)\b|\bwith inputs from\b|\bshare this\b",
    re.I,
)
_CUT_OFF = re.compile(r"\s*\S*\w(?:…|\s?\.\.\.|\s?\[…\])?$")
_MENDS = re.compile(r"correct|updat|clarif", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(frozen=True)
class NewsItem:
    """A news document as deduplication sees it.

    Attributes:
        key: its document id.
        text: title and body, on lines of their own.
        url: its address, if known.
        available_at: when the public could know it, UTC.
        artifact: the bytes it was read from, if known.
        places: where in a source these were received. Other bytes at the same place are another state of it,
            which takes the place of the earlier one and is no copy of it.
    """

    key: str
    text: str
    url: str | None
    available_at: datetime
    artifact: str | None = None
    places: frozenset[str] = frozenset()

    @cached_property
    def address(self) -> str | None:
        """Canonical address."""
        return canonical_url(self.url) if self.url else None

    @cached_property
    def own(self) -> str:
        """Its text without what publishers add."""
        kept = [s for s in _LINE_OR_SENTENCE.split(self.text[:MAX_TEXT]) if not _is_trimming(s)]
        whole = "\n".join(_DATELINE.sub("", s) for s in kept)
        # A copy cut off anywhere may end within a word, or worse, a number.
        return whole[:-_TAIL] + _CUT_OFF.sub("", whole[-_TAIL:]) if whole.count(" ") >= _LEAD else whole

    @cached_property
    def words(self) -> list[str]:
        """Its words, in lower case."""
        return _WORD.findall(self.own.lower())

    @cached_property
    def triples(self) -> NDArray[np.uint64]:
        """Hashes of its word triples, sorted."""
        return shingles(self.words)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in it, as written."""
        return frozenset(n.rstrip(".,") for n in _NUMBER.findall(self.own))

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that it writes with a capital within sentences, more than once: whom it is about."""
        counts = Counter(_CAPITAL.findall(self.own))
        return frozenset(word.lower() for word, times in counts.items() if times > 1)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its words, each once."""
        return frozenset(self.words)

    @cached_property
    def keys(self) -> list[tuple[str, bytes | str]]:
        """What a copy of it has one of in common: bands of the whole, of its beginning, its address."""
        found: list[tuple[str, bytes | str]] = [("address", self.address)] if self.address else []
        if len(self.words) >= _LEAST_WORDS:
            found += [(f"whole {i}", band) for i, band in enumerate(bands(minhash(self.triples)))]
            body = _WORD.findall(self.own.lower().partition("\n")[2])[:_LEAD]
            if len(body) >= _LEAST_WORDS:
                found += [(f"lead {i}", band) for i, band in enumerate(bands(minhash(shingles(body))))]
        return found


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`key` adds nothing to `of`.

    Attributes:
        reason: `same text`, `same address` or `near text`.
        score: share of its word triples that stand there already.
    """

    key: str
    of: str
    reason: str
    score: float


def repeated_news(items: Sequence[NewsItem], since: datetime | None = None) -> list[Duplicate]:
    """The items that add nothing to an earlier one, in order of time.

    Args:
        items: in any order, with distinct keys.
        since: decide only those available from then on; earlier ones can still be repeated.

    Returns:
        One entry a duplicate; `of` is the earliest item that it repeats, and may itself repeat another.
    """
    ordered = sorted(items, key=_order)
    sharing: defaultdict[tuple[str, bytes | str], list[NewsItem]] = defaultdict(list)
    found: list[Duplicate] = []
    for item in ordered:
        if since is None or item.available_at >= since:
            repeated = next((d for d in (_repeats(item, e) for e in _alike(item, sharing)) if d), None)
            if repeated:
                found.append(repeated)
        for key in item.keys:
            sharing[key].append(item)
    return found


def canonical_url(url: str) -> str | None:
    """An address without what does not change the page: scheme, `www.`, tracking, fragment, last slash.

    Returns:
        `host/path?query`, or None where it is no web address.
    """
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
    except ValueError:  # brackets that hold no IPv6 address
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        return None
    query = sorted((k, v) for k, v in parse_qsl(parts.query) if not TRACKING.fullmatch(k))
    path = re.sub(r"/(amp/?)?$", "", parts.path)
    return _HOST_PREFIX.sub("", host) + path + (f"?{urlencode(query)}" if query else "")


def _is_trimming(sentence: str) -> bool:
    """Whether a publisher added it; never what gives a number or mends the story."""
    if len(sentence) > _LONG or not _TRIMMING.search(sentence) or _MENDS.search(sentence):
        return False
    return not _NUMBER.search(_YEAR.sub("", sentence))


def _alike(item: NewsItem, sharing: dict[tuple[str, bytes | str], list[NewsItem]]) -> list[NewsItem]:
    """The earlier items of the days before that share a key with it, earliest first."""
    oldest = item.available_at - MOST_APART
    found: dict[str, NewsItem] = {}
    for key in item.keys:
        known = sharing.get(key, ())
        start = bisect_left(known, oldest, key=lambda one: one.available_at)
        found.update((one.key, one) for one in known[start : start + _MOST_COMPARED])
    return sorted(found.values(), key=_order)


def _order(item: NewsItem) -> tuple[datetime, int, str]:
    return item.available_at, -len(item.text), item.key  # of two at one moment, the fuller first


def _repeats(later: NewsItem, earlier: NewsItem) -> Duplicate | None:
    """That `later` adds nothing to `earlier`, if so."""
    if later.artifact != earlier.artifact and later.places & earlier.places:
        return None
    same_place = later.address is not None and later.address == earlier.address
    longest = MOST_APART if same_place or len(later.words) >= _SHORT else MOST_APART_SHORT
    if later.available_at - earlier.available_at > longest or not later.numbers <= earlier.numbers:
        return None
    if later.words == earlier.words:
        return Duplicate(later.key, earlier.key, "same text", 1.0)
    if not len(later.triples):
        return None
    known = np.isin(later.triples, earlier.triples, assume_unique=True)
    share = float(known.mean())
    if share < LEAST_CONTAINED or np.count_nonzero(~known) > MOST_NEW or later.names - earlier.vocabulary:
        return None
    return Duplicate(later.key, earlier.key, "same address" if same_place else "near text", round(share, 4))
