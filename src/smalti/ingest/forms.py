"""The ways in which issuers are named, as token sequences that can be looked up or found in a text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from smalti.ingest.names import Token, full, shortened, without_legal
from smalti.platform.records import Issuer, Name

__all__ = ["WORD_KINDS", "Form", "Forms", "Hit", "Tier"]

WORD_KINDS = ("name", "alias", "subsidiary")
"""Kinds of `Name` that are said in words."""

_END = ""  # in the trie, no token is empty
_SHOUTED = 5  # letters an abbreviation has at most


class Tier(IntEnum):
    """How much of a name a form keeps, most telling first."""

    FULL = 0  # with its legal form
    CORE = 1  # without it
    SHORT = 2  # as people say it
    SUBSIDIARY = 3  # of a company that the issuer owns


@dataclass(frozen=True, slots=True)
class Form:
    """One way of naming one issuer.

    Attributes:
        tokens: its words.
        tier: how much of the name it keeps.
        issuer: who is named.
        plain: its words also mean something else (dictionary words, or up to three characters), so that it
            names the issuer only with another cue beside it.
        shouted: an abbreviation that counts in capitals only, as `UPS`.
        since, until: when the name is in use; open ends are None.
    """

    tokens: tuple[str, ...]
    tier: Tier
    issuer: Issuer
    plain: bool
    shouted: bool = False
    since: date | None = None
    until: date | None = None

    def former(self, on: date | None) -> bool:
        """Whether it is out of use on a day; without a day, whether it is today."""
        return self.until is not None and (on is None or self.until < on)


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found in a text at the tokens `first` to `last`, both included."""

    form: Form
    first: int
    last: int


class Forms:
    """All forms of some issuers, by the day. One that would name two issuers equally well names neither."""

    def __init__(self, issuers: Sequence[Issuer], words: Collection[str], below: Forms | None = None) -> None:
        """Index `issuers`.

        Args:
            issuers: whose names.
            words: dictionary words in lower case.
            below: forms of other issuers, and of earlier states of these, which they replace.
        """
        self._below = below
        self._ids = {issuer.issuer_id for issuer in issuers}
        self._first_words: Counter[str] = Counter(_first_words(issuers)) + (
            below._first_words if below else Counter()
        )
        self._forms = _forms(issuers, words, self._first_words)
        self._trie: dict[str, Any] = {}
        for tokens, forms in self._forms.items():
            node = self._trie
            for token in tokens:
                node = node.setdefault(token, {})
            node[_END] = forms

    def get(self, tokens: tuple[str, ...], on: date | None = None) -> Form | None:
        """The form of exactly these tokens on a day; without a day, of any."""
        below = self._below._forms.get(tokens) if self._below else None
        return _meant(self._all(self._forms.get(tokens, ()), below), on)

    def cores(self) -> Iterator[Form]:
        """The forms without legal suffix."""
        if self._below:
            yield from (f for f in self._below.cores() if f.issuer.issuer_id not in self._ids)
        yield from (f for forms in self._forms.values() for f in forms if f.tier is Tier.CORE)

    def find(self, tokens: Sequence[Token], on: date | None = None) -> Iterator[Hit]:
        """Every form in a text, the longest at each place, without overlaps; one dictionary step a token."""
        at = 0
        while at < len(tokens):
            hit = self._longest(tokens, at, on)
            if hit:
                yield hit
            at = hit.last + 1 if hit else at + 1

    def _longest(self, tokens: Sequence[Token], at: int, on: date | None) -> Hit | None:
        mine: dict[str, Any] | None = self._trie
        below: dict[str, Any] | None = self._below._trie if self._below else None
        found: Hit | None = None
        for last in range(at, len(tokens)):
            mine, below = _step(mine, tokens[last]), _step(below, tokens[last])
            if mine is None and below is None:
                break
            ends = self._all((mine or {}).get(_END, ()), (below or {}).get(_END))
            form = _meant(ends, on) if ends else None
            if form:
                found = Hit(form, at, last)
        return found

    def _all(self, mine: tuple[Form, ...], below: tuple[Form, ...] | None) -> Sequence[Form]:
        if not below:
            return mine
        return [*(f for f in below if f.issuer.issuer_id not in self._ids), *mine]


def _step(node: dict[str, Any] | None, token: Token) -> dict[str, Any] | None:
    return None if node is None else node.get(token.norm) or node.get(token.bare)


def _meant(forms: Sequence[Form], on: date | None) -> Form | None:
    """The one form in use on a day; a name out of use still names its bearer while nobody else bears it."""
    known = [f for f in forms if on is None or f.since is None or f.since <= on]
    known = [f for f in known if not f.former(on)] or known
    best = min((f.tier for f in known), default=Tier.FULL)
    owners = {f.issuer.issuer_id: f for f in reversed(known) if f.tier is best}
    return next(iter(owners.values())) if len(owners) == 1 else None


def _first_words(issuers: Sequence[Issuer]) -> Iterator[str]:
    """The first words of each issuer's names; a subsidiary's is no claim of its parent's."""
    for issuer in issuers:
        yield from {t[0] for n in issuer.names if n.kind in ("name", "alias") if (t := full(n.text))}


def _forms(
    issuers: Sequence[Issuer], words: Collection[str], first_words: Counter[str]
) -> dict[tuple[str, ...], tuple[Form, ...]]:
    """The forms of each token sequence."""
    entire = [(i, [(n, full(n.text)) for n in i.names if n.kind in WORD_KINDS]) for i in issuers]
    found: defaultdict[tuple[str, ...], list[Form]] = defaultdict(list)
    for issuer, mine in entire:
        ways = ((name, *way) for name, whole in mine if whole for way in _forms_of(name, whole, first_words))
        for name, tokens, tier in ways:
            shouted = name.kind == "alias" and name.text.isupper() and len(name.text) <= _SHOUTED
            plain = tier is not Tier.FULL and _plain(tokens, words, shouted)
            if plain and tier is Tier.SUBSIDIARY:
                continue
            found[tokens].append(Form(tokens, tier, issuer, plain, shouted, name.valid_from, name.valid_to))
    return {tokens: tuple(forms) for tokens, forms in found.items()}


def _forms_of(
    name: Name, entire: tuple[str, ...], first_words: Counter[str]
) -> Iterator[tuple[tuple[str, ...], Tier]]:
    whole = without_legal(entire)
    if name.kind == "subsidiary":
        yield entire, Tier.SUBSIDIARY
        if len(whole) > 1 and whole != entire:
            yield whole, Tier.SUBSIDIARY
        return
    if entire != whole:
        yield entire, Tier.FULL
    yield whole, Tier.CORE
    short = shortened(whole)
    # One word stands for a longer name only where no other issuer's name begins with it.
    if short != whole and (len(short) > 1 or first_words[short[0]] == 1):
        yield short, Tier.SHORT


def _plain(tokens: tuple[str, ...], words: Collection[str], shouted: bool) -> bool:
    if len(tokens) == 1 and len(tokens[0]) <= (2 if shouted else 3):
        return True
    return not shouted and all(t in words or t.isdigit() for t in tokens)
