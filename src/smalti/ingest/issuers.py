"""The issuer master: who is who, by CIK, ticker or name, on a day.

What is shipped (`shipped.py`) is a *snapshot* of the SEC's list of issuers with tickers, whose beginnings are
unknown, so that `valid_from` is open; a dated history of well-known changes of name and ticker, and of
companies that left the market; and large companies listed elsewhere. A change that is in none of these is
resolved wrongly until a document states it.

An id never changes. An issuer first known by its name alone keeps the id made from that name when its CIK
comes to light; the CIK is then one more thing known of it.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property

from rapidfuzz import fuzz, process

from smalti.ingest.forms import Forms, Tier
from smalti.ingest.names import LEGAL, core, full, shortened
from smalti.platform.errors import Malformed
from smalti.platform.records import Issuer, Name, content_id

__all__ = ["Found", "Master", "issuer_id", "normal_cik"]

FULL_SCORE, CORE_SCORE, SHORT_SCORE = 1.0, 0.97, 0.9
LEAST_SCORE = 0.8
_AMERICAN = frozenset(
    ("inc", "incorporated", "corp", "corporation", "co", "company", "companies", "llc", "lp")
)
_LEAST_RATIO = 92.0  # of 100; below it, distinct register names begin to meet
_LEAST_LENGTH = 7  # shorter names differ from strangers' by a letter or two


def normal_cik(text: str) -> str:
    """A CIK without leading zeros.

    Raises:
        Malformed: not one to ten digits, or zero.
    """
    digits = text.strip().lstrip("0")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 10):
        raise Malformed("it is no CIK", subject=text[:40], mend="a CIK is one to ten digits")
    return digits


def issuer_id(name: str, cik: str | None = None) -> str:
    """The id of an issuer: from its CIK where known, else from its name without legal form.

    Raises:
        Malformed: neither gives anything to go by.
    """
    if cik:
        return content_id("cik", normal_cik(cik))
    # A name in a script that gives no tokens still names somebody.
    words = " ".join(core(name)) or unicodedata.normalize("NFKC", name).casefold().strip()
    if not words:
        raise Malformed("an issuer needs a name or a CIK", subject=repr(name), mend="give one")
    return content_id("name", words)


@dataclass(frozen=True, slots=True)
class Found:
    """An issuer found by name, with a score in [0, 1] that says how exactly."""

    issuer: Issuer
    score: float


class Master:
    """Known issuers. Immutable: `extend` gives a new one."""

    def __init__(
        self,
        issuers: Sequence[Issuer],
        words: Collection[str] = frozenset(),
        prominent: Collection[str] = frozenset(),
        root: Master | None = None,
    ) -> None:
        """Index issuers.

        Args:
            issuers: ids unique.
            words: dictionary words, which alone name nobody.
            prominent: ids of those so well known that their name in its place needs little more.
            root: the master that this one extends, whose index of names it shares.
        """
        self._root = root
        self.issuers = tuple(issuers)
        self.words = frozenset(words)
        self.prominent = frozenset(prominent)
        self._by_id = {i.issuer_id: i for i in self.issuers}
        self._by_cik = {i.cik: i for i in self.issuers if i.cik}
        self._by_ticker: defaultdict[str, list[tuple[Name, Issuer]]] = defaultdict(list)
        for issuer in self.issuers:
            for name in issuer.names:
                if name.kind in ("ticker", "listing"):
                    self._by_ticker[_ticker(name.text)].append((name, issuer))

    @classmethod
    def load(cls) -> Master:
        """What is shipped: about 8,300 issuers."""
        return _shipped()

    def by_id(self, issuer_id: str) -> Issuer | None:
        """The issuer of this id."""
        return self._by_id.get(issuer_id)

    def by_cik(self, cik: str) -> Issuer | None:
        """The issuer of this CIK, leading zeros or not; None when unknown or not a CIK."""
        try:
            return self._by_cik.get(normal_cik(cik))
        except Malformed:
            return None

    def by_ticker(self, ticker: str, on: date | None = None) -> Issuer | None:
        """Who trades under `ticker` (`BRK.B` and `BRK-B` are one), with or without `$`.

        Args:
            ticker: in any case; of an exchange outside the United States behind its code, as `LON:BARC`.
            on: the day meant; without it, today's owner, or whoever last had it. Open ends of validity
                count as valid.

        Returns:
            The issuer; None when nobody or more than one does.
        """
        named = self._by_ticker.get(_ticker(ticker), ())
        if on is None:
            named = [(n, i) for n, i in named if n.valid_to is None] or named
        owners = {i.issuer_id: i for n, i in named if _valid(n, on)}
        return next(iter(owners.values())) if len(owners) == 1 else None

    def by_name(self, name: str, on: date | None = None) -> Found | None:
        """Who bears this name: exact (1.0), but for the legal form (.97), as said (.9), misspelt (.83-.9).

        Args:
            name: as written.
            on: the day meant; without it, any day. A former name finds its bearer while no other bears it.

        Returns:
            None where nothing scores 0.8, or where two issuers answer equally well.
        """
        whole = core(name)
        for tokens, score in (
            (full(name), FULL_SCORE),
            (whole, CORE_SCORE),
            (shortened(whole), SHORT_SCORE),
        ):
            form = self.forms.get(tokens, on)
            if form and form.tier is not Tier.SUBSIDIARY:
                return Found(form.issuer, min(score, (FULL_SCORE, CORE_SCORE, SHORT_SCORE)[form.tier]))
        return self._misspelt(" ".join(whole), on)

    def resolve(self, name: str, cik: str | None = None, on: date | None = None) -> Issuer:
        """The known issuer of this CIK or name, else a new one (not yet in the master).

        A CIK nobody is known by goes to the issuer of exactly this name that has none yet, so that a company
        first met by name does not become two; the legal form may differ, if not in its country.

        Raises:
            Malformed: the CIK is none, or the name is empty and there is no CIK.
        """
        if cik:
            number = normal_cik(cik)
            known = self.by_cik(cik)
            if known:
                return known
            named = self.by_name(name, on)
            if named and named.score >= CORE_SCORE and named.issuer.cik is None and _akin(name, named.issuer):
                return replace(named.issuer, cik=number)
            return Issuer(issuer_id(name, cik), name or f"CIK {number}", number, names=_names(name))
        found = self.by_name(name, on)
        own = issuer_id(name)
        return found.issuer if found else self._by_id.get(own) or Issuer(own, name, names=_names(name))

    def extend(self, issuers: Iterable[Issuer]) -> Master:
        """A master that also knows these; names of one already known are added to it, its CIK and its LEI."""
        known = dict(self._by_id)
        for new in issuers:
            old = known.get(new.issuer_id)
            if old:
                names = _merged(old.names, new.names)
                whole = replace(old, names=names, cik=old.cik or new.cik, lei=old.lei or new.lei)
            else:
                whole = new if new.names else replace(new, names=_names(new.name))
            known[new.issuer_id] = whole
        if known == self._by_id:
            return self
        return Master(tuple(known.values()), self.words, self.prominent, self._root or self)

    @cached_property
    def forms(self) -> Forms:
        """The ways in which these issuers are named in text."""
        if self._root is None:
            return Forms(self.issuers, self.words)
        changed = [i for i in self.issuers if self._root.by_id(i.issuer_id) is not i]
        return Forms(changed, self.words, self._root.forms)

    def _misspelt(self, words: str, on: date | None) -> Found | None:
        if len(words) < _LEAST_LENGTH:
            return None
        near = process.extract(words, self._cores, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=2)
        if not near or (len(near) > 1 and near[0][1] == near[1][1]):
            return None
        form = self.forms.get(tuple(near[0][0].split()), on)
        return Found(form.issuer, round(near[0][1] / 100 * SHORT_SCORE, 3)) if form else None

    @cached_property
    def _cores(self) -> list[str]:
        return list(dict.fromkeys(" ".join(form.tokens) for form in self.forms.cores()))


@cache
def _shipped() -> Master:
    from smalti.ingest.shipped import shipped  # it makes issuers, and so needs this module

    data = shipped()
    return Master(data.issuers, data.words, data.prominent)


def _names(name: str) -> tuple[Name, ...]:
    return (Name(name, "name"),) if name else ()


def _akin(name: str, issuer: Issuer) -> bool:
    """Whether the legal forms do not tell two companies apart: `Continental AG` is not `Continental Corp`."""
    mine = LEGAL.intersection(full(name))
    for known in issuer.names:
        other = LEGAL.intersection(full(known.text)) if known.kind == "name" else frozenset()
        if mine and other and mine.isdisjoint(_AMERICAN) != other.isdisjoint(_AMERICAN):
            return False
    return True


def _merged(old: Sequence[Name], new: Sequence[Name]) -> tuple[Name, ...]:
    """The names of both; one that was open-ended takes the end that the new ones give it."""
    ends = {(n.text, n.kind, n.valid_from): n.valid_to for n in new if n.valid_to}
    ended = (replace(n, valid_to=n.valid_to or ends.get((n.text, n.kind, n.valid_from))) for n in old)
    known = {(n.text, n.kind, n.valid_from) for n in old}
    return (*ended, *dict.fromkeys(n for n in new if (n.text, n.kind, n.valid_from) not in known))


def _ticker(text: str) -> str:
    return text.strip().lstrip("$").rstrip("/").upper().replace(".", "-")


def _valid(name: Name, on: date | None) -> bool:
    """Whether a name is in use on a day; `valid_to` is the last such day."""
    if on is None:
        return True
    return (name.valid_from or date.min) <= on <= (name.valid_to or date.max)
