"""Which inputs and documents say again what is already there.

Files with the same bytes are one artifact. A news item is a duplicate of an *earlier* one when it adds
nothing: nearly all its word triples and every number in it stand there already. It must also come from the
same address, or have a near text hash, and follow within days. So a corrected figure, a longer version and a
yearly repeat all stay, and as of any moment the first to say it is there. Posts are never dropped: that many
say the same is itself a finding, for which `groups` finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np

from smalti.platform.similarity import NEAR_TEXT, text_hash

__all__ = ["Duplicate", "NewsItem", "canonical_url", "groups", "repeated_artifacts", "repeated_news"]

LEAST_CONTAINED = 0.85  # share of the later text's word triples
MOST_APART = timedelta(days=7)
_MOST_COMPARED = 32
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|mc_[ce]id|cmp(id)?|ref(src|_src)?|ncid|smid|sr_share|guc\w+", re.I
)
_HOST_PREFIX = re.compile(r"^(www\d?|m|mobile|amp)\.")
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True)
class NewsItem:
    """A news document as deduplication sees it.

    Attributes:
        key: its document id.
        text: title and body.
        url: its address, if known.
        available_at: when the public could know it, UTC.
    """

    key: str
    text: str
    url: str | None
    available_at: datetime

    @cached_property
    def address(self) -> str | None:
        """Canonical address."""
        return canonical_url(self.url) if self.url else None

    @cached_property
    def hash(self) -> int | None:
        """64-bit text hash; None for a few words."""
        return text_hash(self.text)

    @cached_property
    def triples(self) -> frozenset[tuple[str, ...]]:
        """Its word triples, in lower case; the whole text where it has fewer than three words."""
        words = re.findall(r"\w+", self.text.lower())
        return frozenset(zip(words, words[1:], words[2:], strict=False)) or frozenset([tuple(words)])

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers in it, as written."""
        return frozenset(n.rstrip(".,") for n in _NUMBER.findall(self.text))


@dataclass(frozen=True, slots=True)
class Duplicate:
    """`key` adds nothing to `of`; `reason` says how they met."""

    key: str
    of: str
    reason: str


def repeated_artifacts(paths: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Of (path, artifact id) pairs, the paths whose bytes came before, each with the first such path."""
    first: dict[str, str] = {}
    return {path: first[artifact] for path, artifact in paths if first.setdefault(artifact, path) != path}


def repeated_news(items: Sequence[NewsItem], settled: Sequence[NewsItem] = ()) -> list[Duplicate]:
    """The items that add nothing to an earlier one.

    Args:
        items: to be decided, in any order.
        settled: kept before; they stay, and only those that were available no later can be repeated.

    Returns:
        One entry a duplicate; `of` is always an item that is kept.
    """
    kept = _Kept(len(items) + len(settled))
    for item in sorted(settled, key=_order):
        kept.add(item)
    found: list[Duplicate] = []
    for item in sorted(items, key=_order):
        repeated = next((d for d in (_repeats(item, k) for k in kept.like(item)) if d), None)
        if repeated:
            found.append(repeated)
        else:
            kept.add(item)
    return found


def groups(hashes: Sequence[int], within: int = NEAR_TEXT) -> list[list[int]]:
    """Indexes of the hashes that lie near one another, directly or through others, in groups of two or more.

    Args:
        hashes: 64-bit text or image hashes.
        within: most bits that two neighbours may differ in.
    """
    every = np.array(hashes, np.uint64)
    left = np.arange(len(every))
    found: list[list[int]] = []
    while len(left):
        group = [int(left[0])]
        left = left[1:]
        for at in group:  # grows while it is read, until no neighbour is left
            near = np.bitwise_count(every[left] ^ every[at]) <= within
            group.extend(left[near].tolist())
            left = left[~near]
        if len(group) > 1:
            found.append(sorted(group))
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
    query = sorted((k, v) for k, v in parse_qsl(parts.query) if not _TRACKING.fullmatch(k))
    path = re.sub(r"/(amp/?)?$", "", parts.path)
    return _HOST_PREFIX.sub("", host) + path + (f"?{urlencode(query)}" if query else "")


class _Kept:
    """The items kept so far, found again by address or by likeness."""

    def __init__(self, room: int) -> None:
        self._by_address: dict[str, list[NewsItem]] = {}
        self._hashes = np.zeros(room, np.uint64)
        self._hashed: list[NewsItem] = []

    def add(self, item: NewsItem) -> None:
        if item.address is not None:
            self._by_address.setdefault(item.address, []).append(item)
        if item.hash is not None:
            self._hashes[len(self._hashed)] = item.hash
            self._hashed.append(item)

    def like(self, item: NewsItem) -> Iterator[NewsItem]:
        """Items at the same address, then the nearest by text; a few of each, so that a flood stays cheap."""
        yield from self._by_address.get(item.address or "", ())[:_MOST_COMPARED]
        if item.hash is not None:
            apart = np.bitwise_count(self._hashes[: len(self._hashed)] ^ np.uint64(item.hash))
            near = np.flatnonzero(apart <= NEAR_TEXT)
            nearest = near[np.argsort(apart[near], kind="stable")][:_MOST_COMPARED]
            yield from (self._hashed[at] for at in nearest)


def _order(item: NewsItem) -> tuple[datetime, int, str]:
    return item.available_at, -len(item.text), item.key  # of two at one moment, the fuller first


def _repeats(later: NewsItem, earlier: NewsItem) -> Duplicate | None:
    """That `later` adds nothing to `earlier`, if so."""
    if not timedelta() <= later.available_at - earlier.available_at <= MOST_APART:
        return None
    if not later.numbers <= earlier.numbers:
        return None
    if len(later.triples & earlier.triples) < LEAST_CONTAINED * len(later.triples):
        return None
    same_place = later.address is not None and later.address == earlier.address
    return Duplicate(later.key, earlier.key, "same address" if same_place else "near-identical text")
