"""Accounting policies as notes word them: which of them an issuer words otherwise than a year before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from smalti.models.checks.filings import Filing
from smalti.models.checks.risk_factors import sentences
from smalti.platform.records import Evidence

__all__ = ["PolicyChange", "policy_changes"]

MOST = 60
"""Sentences of one policy in one filing that are compared."""
MAX_LETTERS = 700
SAME = 92.0
"""Of 100: sentences as alike as this say the same, with a year or a word changed."""
KIN = 55.0
"""And those less alike than this speak of different things."""
_SECTIONS = ("8", "15", "18", "7", "5")
_POLICIES = {
    "when revenue is recognized": re.compile(
        r"\b(?:revenues?|sales)\b.{0,80}\b(?:is|are) recogni[sz]ed\b|\brecogni[sz]es? (?:revenues?|sales)\b",
        re.I,
    ),
    "how long assets are used": re.compile(
        r"^(?!.*(?:acqui|intangible|weighted|goodwill)).*\buseful li(?:fe|ves)\b.{0,160}\byears?\b", re.I
    ),
    "how inventories are valued": re.compile(
        r"\binventor(?:y|ies)\b.{0,120}\b(?:first-in|last-in|fifo|lifo|average cost|lower of)\b", re.I
    ),
    "how doubtful receivables are provided for": re.compile(
        r"\ballowance for (?:doubtful|credit|expected)\b.{0,120}\b(?:is|are) (?:based|estimated|set)",
        re.I,
    ),
}
_ADOPTED = re.compile(
    r"\b(?:adopt(?:ed|ion|s)?|asu \d{4}-\d\d|asc \d{3}|topic \d{3}|new (?:standard|guidance))\b", re.I
)
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")


_COUNTED = ("how long assets are used",)
"""Policies that are a number."""
_STANDARDS = re.compile(
    r"\bnet realizable value\b|\bcontrol of\b|\btransfer of control\b|\bexpected credit", re.I
)
"""Words that accounting standards of 2014 to 2016 brought for inventories, revenue and credit losses."""
_NUMBER = re.compile(
    r"\d+(?:\.\d+)?|(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)\b"
)
_Worded = tuple[Evidence, str]


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """A policy of which no wording of one year comes again in the other.

    Attributes:
        old, new: its nearest wordings of both years, with the paragraphs they stand in.
    """

    name: str
    old: tuple[Evidence, str]
    new: tuple[Evidence, str]


def policy_changes(old: Filing, new: Filing) -> Iterator[PolicyChange]:
    """Policies worded otherwise, but for those that a newly adopted standard explains."""
    for name, pattern in _POLICIES.items():
        before, after = _worded(old, pattern), _worded(new, pattern)
        if not before or not after:
            continue
        table = process.cdist(
            [_plain(words) for _, words in before],
            [_plain(words) for _, words in after],
            scorer=fuzz.token_sort_ratio,
        )
        row, column = divmod(int(table.argmax()), len(after))
        one, other = before[row], after[column]
        likeness = float(table[row, column])
        moved = name in _COUNTED and _numbers(one[1]) != _numbers(other[1])
        differ = likeness >= KIN and (moved or likeness < SAME)
        if differ and not _explained(before, after) and not _of_standards(one, other):
            yield PolicyChange(name, one, other)


def _explained(before: Sequence[_Worded], after: Sequence[_Worded]) -> bool:
    """Whether a standard is told to be new beside it, or its words are new to the policy."""
    old, new = (any(_ADOPTED.search(piece.text[:20_000]) for piece, _ in side) for side in (before, after))
    was, is_now = (any(_STANDARDS.search(words) for _, words in side) for side in (before, after))
    return (new and not old) or (is_now and not was)


def _of_standards(one: _Worded, other: _Worded) -> bool:
    """Whether the later wording is one that a standard brought."""
    return _STANDARDS.search(other[1]) is not None and _STANDARDS.search(one[1]) is None


def _worded(filing: Filing, pattern: re.Pattern[str]) -> list[_Worded]:
    found = []
    for piece in filing.section(*_SECTIONS):
        for words in sentences(piece.text[:20_000]):
            if len(words) <= MAX_LETTERS and pattern.search(words):
                found.append((piece, words))
                if len(found) == MOST:
                    return found
    return found


def _numbers(words: str) -> list[str]:
    return sorted(_NUMBER.findall(_YEARS.sub("", words.lower())))


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", _YEARS.sub("", words.lower())))
