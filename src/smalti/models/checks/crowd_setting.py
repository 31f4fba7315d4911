"""What surrounds a burst of posts: how usual it is, what the market did, what news said before and after."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binom

from smalti.models.checks.crowd_posts import Post
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.risk_factors import sentences
from smalti.platform.records import Evidence, EvidenceKind, SourceKind

__all__ = ["Market", "Rate", "Setting"]

HISTORY = timedelta(days=180)
LEAST_HISTORY = timedelta(days=14)
BEFORE, LEAST_BEFORE = 60, 20
"""Trading days before a burst that say what is usual, and how many are needed."""
ODD = 4.0
"""Robust standard deviations (1.4826 median absolute deviations) from the median that are abnormal."""
LEAST_VOLUME, LEAST_MOVE = 3.0, 0.10
"""And at least so many times the median volume, and so much of the price."""
EXPLAINS = timedelta(days=3)
"""Before a burst, in which what came out explains it."""
MOVES = timedelta(days=2)
"""Before a burst, in which what came out, whatever it says, may move the market."""
DENIES = timedelta(days=14)
"""After it began, in which a denial speaks of it."""
MAX_LETTERS = 5_000
"""Of a paragraph of news that are read."""
_SAID = 12  # words of a message that count as what it is about
_MAX_NEWS = 400  # pieces of news read for one burst
_DENIAL = re.compile(
    r"\b(?:den(?:y|ies|ied)|false(?:ly)?|fake|hoax|fabricated|not genuine|no truth|untrue|impersonat\w+"
    r"|no (?:such|agreement|contract|supply|undisclosed|knowledge|basis)|knows? of no"
    r"|not (?:aware|negotiating|in talks|party)|nothing (?:new )?to (?:announce|disclose))\b",
    re.I,
)
_EXPOSURE = re.compile(
    r"\b(?:announced nothing|no news from the company|pump[- ]and[- ]dump"
    r"|coordinated (?:posts|accounts|campaign)|(?:same|identical) (?:message|post)s?"
    r"|unusual (?:market|trading|share)\w*|(?:stock|share) promot\w+"
    r"|promot\w+ (?:of )?(?:the|its|our) (?:stock|shares))\b",
    re.I,
)
_OF_MARKET = re.compile(
    r"\b(?:share|stock) price|\btrading activity|\bprice of (?:its|our)\b|\bshares\b", re.I
)
_OF_POSTS = frozenset(("posts", "social", "media"))
_LONG = 60
"""Paragraphs of a statement about posts at most: an annual report denies nothing in particular."""
_COMMON_WORDS = """about after again against along announced announces another because before being breaking
 company could corporation every first from have here high just like many more most much news only other over
 price share shares should some stock such target than that their them then there these they this today very
 what when which will with would your"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Rate:
    """Posts of a window against those before it.

    Attributes:
        p: chance of so many or more at the usual rate, times the number of windows looked at; None without
            a history of `LEAST_HISTORY`.
        before: posts in the `days` before.
    """

    posts: int
    before: int
    days: float
    p: float | None


@dataclass(frozen=True, slots=True)
class Market:
    """Price and volume in the days of a burst.

    Attributes:
        volume: the highest, over the median of the days before; None where unknown.
        volume_day: its day.
        move: of the adjusted close from the last day before to the furthest close, a fraction.
        move_day: that day.
        odd: which of them are abnormal, in words; empty where none is.
        evidence_id: of the prices.
    """

    volume: float | None
    volume_day: date | None
    move: float
    move_day: date
    odd: tuple[str, ...]
    evidence_id: str


class Setting:
    """All that was said and traded around an issuer's posts; made once, asked about each message.

    Args:
        dossier: of the issuer.
        posts: its dated ones, in the order of time.
    """

    def __init__(self, dossier: Dossier, posts: Sequence[Post]) -> None:
        self._times = [post.at for post in posts]
        self._first_seen: dict[str, datetime] = {}
        for post in posts:
            self._first_seen.setdefault(post.author, post.at)
        self._names = frozenset(re.findall(r"\w+", dossier.name.lower())) | _COMMON
        days = dossier.prices.unique("day", keep="last").sort("day")
        self._days = days.filter(pl.col("adjusted_close").is_finite() & (pl.col("adjusted_close") > 0))
        self._told = _told(dossier)
        self._told_at = [at for at, _ in self._told]
        self._lengths = Counter(piece.document_id for _, piece in self._told)

    def is_new(self, account: str, start: datetime) -> bool:
        """Whether an account posted nothing on the issuer before a moment at which others had."""
        return bool(self._times) and self._times[0] < start <= self._first_seen.get(account, start)

    def rate(self, start: datetime, end: datetime) -> Rate:
        """Is a window's number of posts unusual?

        The conditional test of two Poisson rates (J. Przyborowski and H. Wilenski, "Homogeneity of results
        in testing samples from Poisson series", Biometrika 31, 1940): at one rate, each post of window and
        history falls in the window with the window's share of the time. The window may be the densest of as
        many as there are posts, so p is multiplied by these (Bonferroni).

        Args:
            start: of the window.
            end: of the window; a post of that moment is in it.
        """
        times = self._times
        first, last = bisect_left(times, start), bisect_left(times, end + timedelta(seconds=1))
        since = max(times[0], start - HISTORY)
        before = first - bisect_left(times, since)
        days = (start - since) / timedelta(days=1)
        posts = last - first
        if start - since < LEAST_HISTORY:
            return Rate(posts, before, days, None)
        width = max((end - start) / timedelta(days=1), 1 / 24)
        p = float(binom.sf(posts - 1, posts + before, width / (width + days)))
        return Rate(posts, before, days, min(1.0, p * len(times)))

    def market(self, start: datetime, end: datetime) -> Market | None:
        """The days of a burst and one after, against those before; None where too few prices are known."""
        days = self._days
        usual = days.filter(pl.col("day") < start.date()).tail(BEFORE)
        then = days.filter(pl.col("day").is_between(start.date(), end.date() + timedelta(days=4)))
        then = then.head(then.filter(pl.col("day") <= end.date()).height + 1)
        if usual.height < LEAST_BEFORE or then.is_empty():
            return None
        closes = usual["adjusted_close"].to_numpy()
        returns = np.diff(np.log(closes))
        moves = np.log(then["adjusted_close"].to_numpy() / closes[-1])
        furthest = int(np.argmax(np.abs(moves)))
        move = float(np.expm1(moves[furthest]))
        odd = []
        if abs(move) >= LEAST_MOVE and _odd(moves[furthest] / np.sqrt(furthest + 1), returns):
            odd.append(
                f"the price {'rose' if move > 0 else 'fell'} {abs(move):.0%} by {then['day'][furthest]}"
            )
        volume, day = _volume(usual, then)
        if volume is not None and volume >= LEAST_VOLUME:
            odd.insert(0, f"volume on {day} was {volume:.1f} times the median of {usual.height} days before")
        return Market(volume, day, move, then["day"][furthest], tuple(odd), str(then["evidence_id"][0]))

    def explanation(self, posts: Sequence[Post]) -> Evidence | None:
        """What came out before a message and says what it says: half of the words that it is about."""
        about = self._about(posts)
        start = posts[0].at
        for piece in self._between(start - EXPLAINS, start + timedelta(minutes=30)):
            words = set(re.findall(r"\w{4,}|\d[\d.,]*\d", piece.text[:MAX_LETTERS].lower()))
            if len(about & words) >= max(3, 0.5 * len(about)):
                return piece
        return None

    def headline(self, start: datetime) -> Evidence | None:
        """The first that came out in the days before a moment: it may have moved the market by itself."""
        return next(iter(self._between(start - MOVES, start + timedelta(minutes=30))), None)

    def denial(self, posts: Sequence[Post]) -> list[tuple[Evidence, str]]:
        """Of what came out after a message began the nearest sentence that denies it, and that exposes it."""
        about = self._about(posts)
        found: dict[re.Pattern[str], list[tuple[int, Evidence, str]]] = {_DENIAL: [], _EXPOSURE: []}
        for piece in self._between(posts[0].at, posts[0].at + DENIES):
            if self._lengths[piece.document_id] > _LONG:
                continue
            for sentence in sentences(piece.text[:MAX_LETTERS]):
                words = set(re.findall(r"\w{4,}", sentence.lower()))
                near = len(words & about) + 2 * bool(words & _OF_POSTS)
                near += _OF_MARKET.search(sentence) is not None
                for pattern, own in found.items():
                    if near and pattern.search(sentence):
                        own.append((near, piece, sentence))
        return [max(own, key=lambda one: one[0])[1:] for own in found.values() if own]

    def _between(self, start: datetime, end: datetime) -> list[Evidence]:
        """What came out in a span of time, both ends in it."""
        first, last = bisect_left(self._told_at, start), bisect_right(self._told_at, end)
        return [piece for _, piece in self._told[first:last][:_MAX_NEWS]]

    def _about(self, posts: Sequence[Post]) -> set[str]:
        """Words that most of the posts have, but for the issuer's names and the commonest of the language."""
        some = posts[:200]
        counts: Counter[str] = Counter()
        for post in some:
            telling = {one for one in post.words if len(one) > 3 or one.isdecimal()}
            counts.update(sorted(telling - self._names - post.tags))
        return {word for word, times in counts.most_common(_SAID) if times >= len(some) / 2}


def _told(dossier: Dossier) -> list[tuple[datetime, Evidence]]:
    """Paragraphs of news, filings and calls, and when they came out, by time; of long ones the first."""
    spoken = (EvidenceKind.PARAGRAPH, EvidenceKind.AUDIO)
    sources = (SourceKind.NEWS, SourceKind.FILING, SourceKind.CALL)
    found = []
    lengths: Counter[str] = Counter()
    for piece in dossier.evidence:
        paper = dossier.document(piece)
        if piece.kind in spoken and paper.kind in sources and paper.document_id not in dossier.copies:
            lengths[paper.document_id] += 1
            if lengths[paper.document_id] <= _LONG + 1:
                found.append((paper.available_at, piece))
    return sorted(found, key=lambda one: one[0])


def _volume(usual: pl.DataFrame, then: pl.DataFrame) -> tuple[float | None, date | None]:
    """The highest volume over the usual one, and its day, where it is abnormal or not; None where unknown."""
    traded = pl.col("volume").is_finite() & (pl.col("volume") > 0)
    known = usual.filter(traded)["volume"].to_numpy()
    now = then.filter(traded).sort("volume", descending=True)
    if len(known) < LEAST_BEFORE or now.is_empty():
        return None, None
    highest = float(now["volume"][0])
    times = highest / float(np.median(known))
    if times >= LEAST_VOLUME and not _odd(np.log(highest), np.log(known)):
        times = LEAST_VOLUME - 1e-9  # high, but this share's volume often is
    return times, now["day"][0]


def _odd(value: float, usual: NDArray[np.float64]) -> bool:
    middle = float(np.median(usual))
    spread = 1.4826 * float(np.median(np.abs(usual - middle)))
    return abs(value - middle) > ODD * max(spread, 1e-9)
