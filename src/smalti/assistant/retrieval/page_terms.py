"""What the words of a question point to in a filing: which statement, which item, in which other words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_MOST_CHARS = 2_000  # of a question read
_BESIDE = 0.6  # what an implied statement counts beside one that the question names itself


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where a question points.

    Attributes:
        statements: each with how sure that is, in (0, 1].
        items: of the annual report (or of an 8-K) that deal with such things: `7`, `1A`, `5.02`.
        also: other words for the same things.
    """

    statements: Mapping[str, float] = field(default_factory=dict)
    items: Sequence[str] = ()
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Term:
    asks: re.Pattern[str]
    statements: Mapping[str, float]
    items: Sequence[str]
    also: Sequence[str]


def pointed(text: str) -> Pointed:
    """Where the words of a question point; a statement that it names itself outdoes what its items imply."""
    plain = " ".join(text[:_MOST_CHARS].lower().replace("’", "'").split())
    rest = plain
    named: dict[str, float] = {}
    for term in _terms("named"):
        if term.asks.search(plain):
            named |= term.statements
            rest = term.asks.sub(" ", rest)  # a `cash flow statement` asks for no cash flow
    found = [term for term in _terms("term") if term.asks.search(rest)]
    statements: dict[str, float] = {}
    for term in found:
        for one, strength in term.statements.items():
            statements[one] = max(statements.get(one, 0.0), strength * (_BESIDE if named else 1.0))
    return Pointed(
        statements | named,
        tuple(dict.fromkeys(item for term in found for item in term.items)),
        tuple(dict.fromkeys(word for term in found for word in term.also)),
    )


@cache
def _terms(table: str) -> Sequence[_Term]:
    raw = tomllib.loads(files("smalti.assistant.retrieval").joinpath("page_terms.toml").read_text("utf-8"))
    return [
        _Term(
            re.compile(rf"(?<!\w)(?:{row['asks']})(?!\w)"),
            row.get("statements", {}),
            row.get("items", ()),
            row.get("also", "").split(),
        )
        for row in raw[table]
    ]
