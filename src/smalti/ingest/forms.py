"""The ways in which issuers are named, as token sequences that can be looked up or found in a text."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from smalti.ingest.names import Token, full, shortened, without_legal
from smalti.platform.records import Issuer

__all__ = ["Form", "Forms", "Hit", "Tier"]

_END = ""  # in the trie, no token is empty


class Tier(IntEnum):
    """How much of a name a form keeps, most telling first."""

    FULL = 0  # with its legal form
    CORE = 1  # without it
    SHORT = 2  # as people say it


@dataclass(frozen=True, slots=True)
class Form:
    """One way of naming one issuer.

    `plain` says that its words also mean something else (dictionary words, or up to three characters), so
    that it names the issuer only with another cue beside it.
    """

    tokens: tuple[str, ...]
    tier: Tier
    issuer: Issuer
    plain: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A form found in a text at the tokens `first` to `last`, both included."""

    form: Form
    first: int
    last: int


class Forms:
    """All forms of some issuers. One that would name two issuers equally well names neither."""

    def __init__(self, issuers: Sequence[Issuer], words: Collection[str]) -> None:
        """Index `issuers`; `words` are dictionary words in lower case."""
        self._forms: dict[tuple[str, ...], Form] = {}
        for tokens, (tier, owners) in _owners(issuers).items():
            if len(owners) == 1:
                (issuer,) = owners.values()
                plain = tier is not Tier.FULL and _plain(tokens, words)
                self._forms[tokens] = Form(tokens, tier, issuer, plain)
        self._trie: dict[str, Any] = {}
        for tokens, form in self._forms.items():
            node = self._trie
            for token in tokens:
                node = node.setdefault(token, {})
            node[_END] = form

    def get(self, tokens: tuple[str, ...]) -> Form | None:
        """The form of exactly these tokens."""
        return self._forms.get(tokens)

    def cores(self) -> Iterator[Form]:
        """The forms without legal suffix."""
        return (f for f in self._forms.values() if f.tier is Tier.CORE)

    def find(self, tokens: Sequence[Token]) -> Iterator[Hit]:
        """Every form in a text, the longest at each place, without overlaps; one dictionary step a token."""
        at = 0
        while at < len(tokens):
            hit = self._longest(tokens, at)
            if hit:
                yield hit
            at = hit.last + 1 if hit else at + 1

    def _longest(self, tokens: Sequence[Token], at: int) -> Hit | None:
        node = self._trie
        found: Hit | None = None
        for last in range(at, len(tokens)):
            below = node.get(tokens[last].norm) or node.get(tokens[last].bare)
            if below is None:
                break
            node = below
            if _END in node:
                found = Hit(node[_END], at, last)
        return found


def _owners(issuers: Sequence[Issuer]) -> dict[tuple[str, ...], tuple[Tier, dict[str, Issuer]]]:
    """Who may be meant by each form: the issuers for whom it is most telling."""
    names = [(i, [full(n.text) for n in i.names if n.kind != "ticker"]) for i in issuers]
    first_words = Counter(word for _, mine in names for word in {tokens[0] for tokens in mine if tokens})
    found: defaultdict[tuple[str, ...], tuple[Tier, dict[str, Issuer]]]
    found = defaultdict(lambda: (Tier.SHORT, {}))
    for issuer, mine in names:
        for tokens, tier in (form for entire in mine if entire for form in _forms_of(entire, first_words)):
            best, owners = found[tokens]
            if tier < best:
                found[tokens] = (tier, {issuer.issuer_id: issuer})
            elif tier == best:
                owners[issuer.issuer_id] = issuer
    return found


def _forms_of(entire: tuple[str, ...], first_words: Counter[str]) -> Iterator[tuple[tuple[str, ...], Tier]]:
    whole = without_legal(entire)
    if entire != whole:
        yield entire, Tier.FULL
    yield whole, Tier.CORE
    short = shortened(whole)
    # One word stands for a longer name only where no other issuer's name begins with it.
    if short != whole and (len(short) > 1 or first_words[short[0]] == 1):
        yield short, Tier.SHORT


def _plain(tokens: tuple[str, ...], words: Collection[str]) -> bool:
    if len(tokens) == 1 and len(tokens[0]) <= 3:
        return True
    return all(t in words or t.isdigit() for t in tokens)
