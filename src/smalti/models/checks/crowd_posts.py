"""Posts as the crowd check reads them, and which are one message: the same words, or the same picture."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np

from smalti.models.checks.dossier import Dossier
from smalti.platform.records import DateMethod, Document, Evidence, EvidenceKind, SourceKind
from smalti.platform.similarity import NEAR_IMAGE, NEAR_TEXT, text_hash

__all__ = ["MAX_POSTS", "Post", "messages", "posts_of"]

MAX_POSTS = 20_000
"""Newest posts that are read."""
MAX_HASHES = 4_000
"""Different texts, and pictures, that are held against each other, the most repeated ones first."""
MAX_TEXT = 1_000  # letters of a post that are read
MAX_LETTERS = 3_000_000  # of all posts: where there are many, less is read of each
_LEAST_LETTERS = 150
MOST_TAGS = 5
"""A post with more cashtags than this is a list, about none of them."""
_NEAR_DRAWN = 1  # bits: charts and screenshots of one design have nearly one hash
_LEAST_BITS = 12  # set or unset: a nearly blank picture is like every other such
_LEAST_NUMBERS, _MOST_NUMBERS = 2, 3
_LINK = re.compile(r"https?://(\S+)|\bURL\b")
_ROOM = re.compile(r"^(?:t\.me|telegram\.|discord\.|chat\.whatsapp|wa\.me)", re.I)
_SHARED = re.compile(r"^\s*rt\b", re.I)
_TOUTS = re.compile(
    r"\b(?:price target|target(?: price)?:? \$?\d|pt:? \$?\d|get in (?:before|now|early|while|at)"
    r"|before (?:the )?(?:news|announcement|open|bell|crowd|(?:it|this) (?:runs|flies|pops|moves|explodes))"
    r"|to the moon|moon(?:ing|shot)?|squeeze|skyrocket\w*|(?:about|going|ready) to (?:explode|run|pop)"
    r"|guaranteed?|(?:10|100|[2-9])x|multibagger|buy(?:ing)? now|strong buy|easy money|load(?:ing)? up"
    r"|sell now|dump(?:ing)? now|going to (?:zero|\$?\d)|(?:massive|huge) (?:gains?|upside|contract|news)"
    r"|undervalued|next (?:tesla|nvidia|gme|gamestop))\b|🚀",
    re.I,
)
_SHARES = re.compile(
    r"\b(?:shares?|stocks?|price target|ticker|calls|puts|nasdaq|nyse|otc)\b|\$[A-Z]{1,5}\b", re.I
)
_NUMBER = re.compile(r"(?<![\w.,])\$?(\d{2,}(?:[.,]\d+)*)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_Item = TypeVar("_Item", bound=Hashable)
_WORD = re.compile(r"\w+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Post:
    """One post.

    Attributes:
        piece: its words, else its picture.
        author: its account; empty where unknown.
        words: lower case, links left out.
        tags: cashtags in it, lower case.
        link: it leads to a page (a chat room is no page).
        reply: it answers somebody.
        repost: it is somebody else's post, shared.
        touts: it urges to trade shares, or promises gains with them.
        numbers: in it, of two digits and more, but for years.
        followers: of its author when it was fetched; None where unknown.
    """

    piece: Evidence
    at: datetime
    author: str
    words: tuple[str, ...]
    tags: frozenset[str]
    link: bool
    reply: bool
    repost: bool
    touts: bool
    numbers: frozenset[str]
    followers: int | None
    phashes: tuple[tuple[int, bool], ...]

    @property
    def quote(self) -> str:
        """Its words as they stand; empty for a picture."""
        return self.piece.text[:MAX_TEXT] if self.piece.kind is EvidenceKind.PARAGRAPH else ""


def posts_of(dossier: Dossier) -> tuple[list[Post], Counter[str]]:
    """Dated posts in the order of time, and how many were left out and why: `undated`, `lists`."""
    pieces: dict[str, list[Evidence]] = defaultdict(list)
    papers = [one for one in dossier.documents.values() if one.kind is SourceKind.SOCIAL]
    kept = {one.document_id for one in papers[-MAX_POSTS:]}
    for piece in dossier.evidence:
        if piece.document_id in kept:
            pieces[piece.document_id].append(piece)
    letters = min(MAX_TEXT, max(_LEAST_LETTERS, MAX_LETTERS // max(1, len(kept))))
    left_out: Counter[str] = Counter()
    found = []
    for paper in papers[-MAX_POSTS:]:
        post = _post(paper, pieces[paper.document_id], letters) if pieces[paper.document_id] else None
        if post is None:
            continue
        if paper.available_method is DateMethod.RECORDED:
            left_out["undated"] += 1
        elif len(post.tags) > MOST_TAGS:
            left_out["lists"] += 1
        else:
            found.append(post)
    left_out["over the limit"] = max(0, len(papers) - MAX_POSTS)
    return sorted(found, key=lambda one: (one.at, one.piece.evidence_id)), +left_out


def _post(paper: Document, pieces: Sequence[Evidence], letters: int) -> Post | None:
    spoken = [one for one in pieces if one.kind is EvidenceKind.PARAGRAPH and one.payload.get("role") is None]
    pictures = [one for one in pieces if one.kind is EvidenceKind.IMAGE]
    if not spoken and not pictures:
        return None
    text = " ".join(one.text for one in spoken)[:letters]
    links = [one[1] or "" for one in _LINK.finditer(text)]
    bare = _LINK.sub(" ", text)
    hints = paper.hints
    followers = str(hints.get("followers", ""))
    of_shares = bool(hints.get("cashtags")) or _SHARES.search(text) is not None
    return Post(
        piece=(spoken or pictures)[0],
        at=paper.available_at,
        author=str(hints.get("author_id") or paper.author or ""),
        words=tuple(_WORD.findall(bare.lower())),
        tags=frozenset(str(hints.get("cashtags", "")).lower().split()),
        link=any(not _ROOM.match(link) for link in links),
        reply=text.lstrip().startswith("@"),
        touts=_TOUTS.search(text) is not None and of_shares,
        numbers=_numbers(bare),
        repost=bool(hints.get("repost_of")) or _SHARED.match(text) is not None,
        followers=int(followers) if followers.isdecimal() and len(followers) < 12 else None,
        phashes=tuple(mark for one in pictures if (mark := _phash(one)) is not None),
    )


def _numbers(text: str) -> frozenset[str]:
    found = {hit[1].rstrip(".,") for hit in _NUMBER.finditer(text)}
    return frozenset(one for one in found if not _YEAR.fullmatch(one))


def _phash(picture: Evidence) -> tuple[int, bool] | None:
    """Its hash and whether it is drawn (a chart, a screenshot); None where it tells nothing."""
    try:
        value = int(str(picture.payload.get("phash") or ""), 16)
    except ValueError:
        return None
    if not (0 <= value < 1 << 64 and _LEAST_BITS <= value.bit_count() <= 64 - _LEAST_BITS):
        return None
    kind = picture.payload.get("picture_kind")
    return value, isinstance(kind, dict) and kind.get("kind") in ("chart", "screenshot")


def messages(posts: Sequence[Post]) -> list[list[Post]]:
    """Posts that say the same or show the same, in groups of two or more, each in the order of time.

    Posts that tout with the same two or three numbers (a price target, a contract's worth) say the same,
    however they are worded. Two texts are the same within `NEAR_TEXT` bits of the one of them that is posted
    most; texts of fewer than four words are like nothing. Groups that share a post are one. The work is
    bounded by `MAX_HASHES`.
    """
    texts = [" ".join(one.words) for one in posts]
    hashed = {text: text_hash(text) for text, _ in Counter(texts).most_common(MAX_HASHES)}
    by_text = _leaders({text: (value, NEAR_TEXT) for text, value in hashed.items() if value is not None})
    marks = [
        mark for mark, _ in Counter(mark for one in posts for mark in one.phashes).most_common(MAX_HASHES)
    ]
    by_picture = _leaders({mark: (mark[0], _NEAR_DRAWN if mark[1] else NEAR_IMAGE) for mark in marks})
    parts = _Union(len(posts))
    first: dict[Hashable, int] = {}
    for at, (post, text) in enumerate(zip(posts, texts, strict=True)):
        keys: list[Hashable] = [("picture", by_picture[mark]) for mark in post.phashes if mark in by_picture]
        if text in by_text:
            keys.append(("text", by_text[text]))
        if post.touts and _LEAST_NUMBERS <= len(post.numbers) <= _MOST_NUMBERS:
            keys.append(("numbers", post.numbers))
        for key in keys:
            parts.join(first.setdefault(key, at), at)
    groups: dict[int, list[Post]] = defaultdict(list)
    for at, post in enumerate(posts):
        groups[parts.root(at)].append(post)
    return [own for own in groups.values() if len(own) > 1]


def _leaders(hashes: Mapping[_Item, tuple[int, int]]) -> dict[_Item, _Item]:
    """Of each item the first one near it; what is near none before it leads itself.

    Args:
        hashes: of each item its hash, and within how many bits others are near it.
    """
    items = list(hashes)
    values = np.array([hashes[item][0] for item in items], np.uint64)
    free = np.ones(len(items), np.bool_)
    found: dict[_Item, _Item] = {}
    for at, item in enumerate(items):
        if free[at]:
            near = free & (np.bitwise_count(values ^ values[at]) <= hashes[item][1])
            found.update((items[one], item) for one in np.flatnonzero(near).tolist())
            free &= ~near
    return found


class _Union:
    """Numbers joined into sets."""

    def __init__(self, count: int) -> None:
        self._over = list(range(count))

    def root(self, at: int) -> int:
        while self._over[at] != at:
            self._over[at] = at = self._over[self._over[at]]
        return at

    def join(self, one: int, other: int) -> None:
        self._over[self.root(other)] = self.root(one)
