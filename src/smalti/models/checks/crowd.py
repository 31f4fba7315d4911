"""Crowd: many accounts with one message within days, or one account that floods, and what the market did.

A *message* is what several posts say in nearly the same words, show as nearly the same picture, or tout with
the same two numbers. Its densest three days count. Posts that repeat a headline known before, share a page,
enter a contest, quote prices or answer somebody are innocent, reposts too unless they tout, and so are posts
in words of their own, however many.

Strength, by rule: .2 for five or more accounts with one message, and .15 more for each of

- *burst*: more posts about the issuer than its usual rate allows (`crowd_setting.rate`, p < .001);
- *market*: abnormal volume or price in those days, and no news, filing or call in the two days before;
- *touts*: the message urges to buy or sell, names a price target or promises gains;
- *throwaway accounts*: most have never posted on the issuer before and have under a hundred followers;
- *picture*: most show the same picture;

and .25 for a *denial* by the company or a report that calls the posts what they are. It is a finding with a
denial, or two of burst, market and touts; else it is only counted. One account that posts the
same twenty times a day, and reposts of one post, are judged alike, less .1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from smalti.models.checks.crowd_posts import Post, messages, posts_of
from smalti.models.checks.crowd_setting import LEAST_HISTORY, Market, Rate, Setting
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check, Citation, Finding, Silence, judged
from smalti.platform.records import Evidence

WINDOW = timedelta(days=3)
LEAST_ACCOUNTS = 5
LEAST_UNKNOWN = 10
"""Posts whose accounts are not known that count as a crowd."""
LEAST_FLOOD = 20
"""Posts of one account within a day."""
SIGNIFICANT = 1e-3
FEW_FOLLOWERS = 100
BASE, MARK, DENIAL, WEAKER = 0.2, 0.15, 0.25, -0.1
MOST_CITED = 5
MOST_LETTERS = 220  # of a quote in a reason
MOST_MESSAGES = 100
"""Of one issuer that are judged, those of most accounts first."""
MOST_WAVES = 5  # of one message that are looked at

_CONTEST = re.compile(
    r"\b(?:giveaway|contest|sweepstakes?|raffle|enter(?:ed|ing)? to win|chance to win|prize|retweet to"
    r"|like and share|hashtag challenge)\b|#(?:ad|sponsored)\b",
    re.I,
)
_GAINS = re.compile(
    r"\b(?:price target|moon|squeeze|gains?|profits?|contract|merger|takeover|buyout|doubl\w+"
    r"|shares?|stocks?)\b",
    re.I,
)
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class _Wave:
    """A message within its densest days, and what surrounds it."""

    posts: Sequence[Post]
    accounts: int
    weaker: bool
    marks: tuple[str, ...]
    rate: Rate
    market: Market | None
    denials: Sequence[tuple[Evidence, str]]

    @property
    def strength(self) -> float:
        marks = sum(DENIAL if mark == "denial" else MARK for mark in self.marks)
        return round(min(0.95, BASE + marks + (WEAKER if self.weaker else 0)), 2)

    @property
    def stands(self) -> bool:
        return "denial" in self.marks or len({"burst", "market", "touts"} & set(self.marks)) > 1

    @property
    def unknown(self) -> bool:
        """It would stand if it were a burst, and nobody knows what is usual."""
        return not self.stands and self.rate.p is None and self.market is None and "touts" in self.marks


def crowd(dossier: Dossier) -> Check:
    """Coordinated posts about an issuer, against what the market, the news and its usual posts say."""
    posts, left_out = posts_of(dossier)
    setting = Setting(dossier, posts)
    parts = [part for message in messages(posts) for part in _dense(message)]
    parts.sort(key=lambda part: (-len({post.author for post in part}), -len(part), part[0].at))
    innocent: Counter[str] = Counter()
    waves = []
    for part in parts[:MOST_MESSAGES]:
        why = _innocent(setting, part)
        if why:
            innocent[why] += 1
        else:
            waves.append(_wave(setting, part))
    left_out["messages over the limit"] = max(0, len(parts) - MOST_MESSAGES)
    details = {"left_out": dict(+left_out), "innocent": dict(innocent), "messages": len(waves)}
    findings = [_finding(several, posts) for several in _together([one for one in waves if one.stands])]
    silences = [_silence(wave) for wave in waves if wave.unknown]
    return judged("crowd", len(posts), findings, silences, nothing="no dated post is known", details=details)


def _dense(message: Sequence[Post]) -> Iterator[list[Post]]:
    """The days in which most accounts, or one flooding account, post a message, as long as there are such."""
    left = list(message)
    for _ in range(MOST_WAVES):
        part = _densest(left)
        accounts = Counter(post.author for post in part)
        known = len(accounts) - ("" in accounts)
        if known >= LEAST_ACCOUNTS or accounts[""] >= LEAST_UNKNOWN:
            yield part
        else:
            author, times = max(accounts.items(), key=lambda item: item[1], default=("", 0))
            own = [post for post in part if post.author == author]
            if times < LEAST_FLOOD or not author or _fastest(own, LEAST_FLOOD) > timedelta(days=1):
                return
            yield own
            part = own
        gone = {id(post) for post in part}
        left = [post for post in left if id(post) not in gone]


def _densest(posts: Sequence[Post]) -> list[Post]:
    """Posts of the `WINDOW` with most accounts, then most posts, then the earliest."""
    best, span, start = (0, 0), (0, 0), 0
    accounts: Counter[str] = Counter()
    for end, post in enumerate(posts):
        accounts[post.author] += 1
        while post.at - posts[start].at > WINDOW:
            accounts[posts[start].author] -= 1
            if not accounts[posts[start].author]:
                del accounts[posts[start].author]
            start += 1
        if (len(accounts), end - start + 1) > best:
            best, span = (len(accounts), end - start + 1), (start, end + 1)
    return list(posts[slice(*span)])


def _fastest(posts: Sequence[Post], count: int) -> timedelta:
    """The shortest time in which so many of the posts came."""
    spans = (later.at - first.at for first, later in zip(posts, posts[count - 1 :], strict=False))
    return min(spans, default=timedelta.max)


def _innocent(setting: Setting, posts: Sequence[Post]) -> str:
    """Why a repeated message is nobody's scheme; empty where nothing says so."""
    most = len(posts) / 2
    texts = {post.quote for post in posts}
    forms = {_DIGITS.sub("#", text) for text in texts}
    pictures = sum(bool(post.phashes) for post in posts)
    form = len(forms) * 4 <= len(texts) and len(texts) > most >= pictures
    quiet = sum(post.touts for post in posts) <= most
    reasons = {
        "answers": sum(post.reply for post in posts) > most,
        "contest": sum(map(_is_contest, posts)) > most,
        "reposts": quiet and sum(post.repost for post in posts) > most,
        "shares of a page": quiet and sum(post.link for post in posts) > most,
        "a form filled with numbers": quiet and form,
    }
    why = next((why for why, holds in reasons.items() if holds), "")
    return why or ("news known before" if setting.explanation(posts) is not None else "")


def _is_contest(post: Post) -> bool:
    return _CONTEST.search(post.quote) is not None and _GAINS.search(post.quote) is None


def _wave(setting: Setting, posts: Sequence[Post]) -> _Wave:
    start, end = posts[0].at, posts[-1].at
    usual = setting.rate(start, end)
    moved = setting.market(start, end)
    denied = setting.denial(posts)
    accounts = {post.author for post in posts if post.author}
    most = len(posts) / 2
    marks = {
        "burst": usual.p is not None and usual.p < SIGNIFICANT,
        "market": moved is not None and bool(moved.odd) and setting.headline(start) is None,
        "touts": sum(post.touts for post in posts) > most,
        "throwaway accounts": _throwaway(setting, posts),
        "picture": sum(bool(post.phashes) for post in posts) > most,
        "denial": bool(denied),
    }
    return _Wave(
        posts,
        len(accounts),
        len(accounts) == 1 or sum(post.repost for post in posts) > most,
        tuple(name for name, there in marks.items() if there),
        usual,
        moved,
        denied,
    )


def _throwaway(setting: Setting, posts: Sequence[Post]) -> bool:
    """Whether most accounts never posted on the issuer before and have few followers, as far as known."""
    followers = {post.author: post.followers for post in posts if post.author and post.followers is not None}
    small = [account for account, count in followers.items() if count < FEW_FOLLOWERS]
    accounts = {post.author for post in posts if post.author}
    new = sum(setting.is_new(account, posts[0].at) for account in small)
    return len(accounts) > 1 and new > len(accounts) / 2


def _together(waves: Sequence[_Wave]) -> list[list[_Wave]]:
    """Waves whose days overlap are one."""
    found: list[list[_Wave]] = []
    for wave in sorted(waves, key=lambda one: one.posts[0].at):
        if found and wave.posts[0].at <= max(one.posts[-1].at for one in found[-1]):
            found[-1].append(wave)
        else:
            found.append([wave])
    return found


def _finding(waves: Sequence[_Wave], every: Sequence[Post]) -> Finding:
    best = max(waves, key=lambda wave: (wave.strength, len(wave.posts)))
    said = tuple(Citation(post.piece.evidence_id, post.quote) for post in _spread(best.posts))
    against = [Citation(piece.evidence_id, words) for piece, words in best.denials]
    if best.market:
        against.append(Citation(best.market.evidence_id))
    if not against:  # then it is a burst, so earlier posts are known
        usual = [post for post in every if post.at < best.posts[0].at][-3:]
        against = [Citation(post.piece.evidence_id, post.quote) for post in usual]
    return Finding(said, tuple(against), best.strength, _reason(best), _details(best, waves))


def _silence(wave: _Wave) -> Silence:
    why = f"no prices, no news and no posts of {LEAST_HISTORY.days} days before are known"
    first = wave.posts[0]
    told = _told(wave)
    return Silence(
        Citation(first.piece.evidence_id, first.quote), f"cannot compare: {told[0].lower()}{told[1:]}; {why}"
    )


def _spread(posts: Sequence[Post]) -> list[Post]:
    """A few of them: of different accounts first, over their whole time."""
    step = max(1, len(posts) // MOST_CITED)
    return list(posts[::step][:MOST_CITED])


def _told(wave: _Wave) -> str:
    """Who posted how often what."""
    start, end = wave.posts[0].at, wave.posts[-1].at
    who = "One account" if wave.accounts == 1 else f"{wave.accounts or 'Unknown'} accounts"
    same = "the same message"
    if "picture" in wave.marks:
        same += ", with one picture,"
    return (
        f"{who} posted {same} {len(wave.posts)} times from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    )


def _reason(wave: _Wave) -> str:
    parts = [_told(wave)]
    if "burst" in wave.marks:
        per_day = wave.rate.before / wave.rate.days
        parts.append(f"all in all {wave.rate.posts} posts, where {per_day:.1f} a day were usual")
    if wave.market and wave.market.odd:
        parts.append(" and ".join(wave.market.odd))
    elif wave.market:
        parts.append("price and volume were as usual")
    reason = "; ".join(parts) + "."
    if wave.denials:
        reason += f" Against it stands: “{wave.denials[0][1][:MOST_LETTERS]}”"
    if "market" in wave.marks:
        reason += " No news, filing or call of the two days before is known."
    elif wave.market and wave.market.odd:
        reason += " What came out in the two days before may have moved the market."
    return reason


def _details(best: _Wave, waves: Sequence[_Wave]) -> dict[str, object]:
    return {
        "posts": sum(len(wave.posts) for wave in waves),
        "accounts": best.accounts,
        "marks": list(best.marks),
        "p": best.rate.p,
        "posts_in_days": best.rate.posts,
        "posts_before": best.rate.before,
        "days_before": round(best.rate.days, 1),
        "volume_over_median": best.market and best.market.volume,
        "price_move": best.market and best.market.move,
        "messages": len(waves),
    }
