"""Formulas over line items: those of the catalogue and those a question gives in its own words.

A formula is read into a small tree and never run as code. Operands are names of the catalogue, functions of
them, numbers, or phrases: `average accounts payable between FY2016 and FY2017`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from smalti.assistant.metrics.catalogue import item, metric, named

__all__ = [
    "Call",
    "Node",
    "Number",
    "Operation",
    "Term",
    "Unread",
    "definitions",
    "names",
    "parse",
    "words_of",
]

MOST_CHARACTERS = 1_000
_MOST_DEPTH = 12
_FUNCTIONS = frozenset(("average", "change", "previous", "first", "optional"))


class Unread(Exception):
    """A text that is no formula this module can read."""


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number."""

    value: float


@dataclass(frozen=True, slots=True)
class Term:
    """A line item or metric. `name` is empty where only its `label` is known; `years` where the text says."""

    name: str
    label: str = ""
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A function of terms; see the catalogue. `years` where the text says between which."""

    function: str
    given: tuple[Node, ...]
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """Two nodes and `+`, `-`, `*` or `/`."""

    sign: str
    left: Node
    right: Node


Node = Number | Term | Call | Operation

_STATEMENT = re.compile(
    r"\(?\b(?:as (?:shown|stated) )?(?:from|in|on|per) (?:the )?[\w&\s]{0,40}?(?:statements?|balance sheet)"
    r"(?: of [\w ]{1,30}?)?\)"
    r"|\b(?:from|in|on|per) (?:the )?[\w&\s]{0,40}?(?:cash flow statement|statement of cash flows"
    r"|income statement|p&l statement|p&l|balance sheet|statement of (?:income|financial position))\b",
    re.I,
)
_WORDS = (
    (re.compile(r"\b(?:divided by|over)\b", re.I), "/"),
    (re.compile(r"\b(?:multiplied by|times)\b|×|\s[xX]\s", re.I), "*"),
    (re.compile(r"\b(?:plus|added to)\b", re.I), "+"),
    (re.compile(r"\b(?:minus|less|net of)\b", re.I), "-"),
    (re.compile(r"÷"), "/"),
    (re.compile(r"\s[–—−-]\s|(?<=\))\s*[–—−-]|[–—−-]\s*(?=\()"), " - "),
)  # fmt: skip
_SHARE = re.compile(
    r"^(?P<part>.+?)\s+as\s+(?:a\s+)?(?:%|percent(?:age)?|share|fraction)\s+of\s+(?P<whole>.+)$", re.I
)
_MARGIN = re.compile(r"^(?P<part>.+?)\s+(?:%\s+)?margin$", re.I)
_RATIO = re.compile(
    r"^(?:the\s+)?ratio\s+of\s+(?P<part>.+?)\s+to\s+(?P<whole>.+)$"
    r"|^(?P<part2>.+?)\s+to\s+(?P<whole2>.+?)\s+ratio$", re.I
)  # fmt: skip
_TOKEN = re.compile(r"\s*(?:(?P<number>\d[\d,]*(?:\.\d+)?)(?=\s*(?:[-+*/(),]|$))|(?P<sign>[-+*/(),]))")
_PHRASE = re.compile(r"(?:[^-+*/()]|(?<=\S)[-/](?=[A-Za-z])(?!\())+")
_YEAR = re.compile(r"\b(?:FY\s?|fiscal\s+(?:year\s+)?)?((?:19|20)\d\d)\b|\bFY\s?['’]?(\d\d)\b", re.I)
_BETWEEN = re.compile(
    r"\b(?:between|from|in|for|of|at|during|across|and|to|the|end|year[ -]end|ending|period)\b", re.I
)
_AVERAGE = re.compile(r"^\W*(?:the\s+)?(?:simple\s+)?average\b(?:\s+of\b)?", re.I)
_CHANGE = re.compile(r"^\W*(?:the\s+)?(?:change|increase|difference)\s+(?:in|of)\b", re.I)
_FILLING = re.compile(
    r"\b(?:total|the|net|year|end|ending|unadjusted|reported|consolidated|annual|of|for|its|value|amount|balance"
    r"|gaap|line|item|company|s|expense|expenses|costs?|from|in|at|on|using|and both)\b|\W",
    re.I,
)
_DEFINED = (
    re.compile(
        r"(?P<name>[^.:;?]{2,120}?)\s+(?:is|are|was|being)\s+(?:defined|calculated|computed)\s+(?:as|using|by)\b\s*:?\s*"
        r"(?P<formula>.+?)(?=[.;?](?:\s|$)|$)", re.I | re.S),
    re.compile(
        r"\b(?:define|calculate|compute)\s+(?P<name>[^.:;?]{2,80}?)\s+(?:as|using|with|by taking)\b\s*:?\s*"
        r"(?P<formula>.+?)(?=[.;?](?:\s|$)|$)", re.I | re.S),
)  # fmt: skip


_AS_RATIO = re.compile(
    r"(?P<name>[^.:;?,]{2,80}?)\s+(?:using|with)\s+(?P<over>[^.;?]{2,80}?)\s+as\s+(?:the\s+)?numerator\s+and\s+"
    r"(?P<under>[^.;?]{2,80}?)\s+as\s+(?:the\s+)?denominator",
    re.I,
)


def definitions(text: str) -> Sequence[tuple[str, str]]:
    """What a question defines itself: name and formula of each, as they stand there, in order."""
    found = [
        (match.start("formula"), match["name"].strip(), match["formula"].strip())
        for pattern in _DEFINED
        for match in pattern.finditer(text[: 4 * MOST_CHARACTERS])
    ]
    found += [
        (match.start("over"), match["name"].strip(), f"({match['over']}) / ({match['under']})")
        for match in _AS_RATIO.finditer(text[: 4 * MOST_CHARACTERS])
    ]
    return [(name, formula) for _, name, formula in sorted(found)]


@lru_cache(maxsize=512)
def parse(text: str) -> Node:
    """A formula of the catalogue or of a question.

    Raises:
        Unread: it is none, or too long, or holds what is no operand.
    """
    if len(text) > MOST_CHARACTERS:
        raise Unread("too long")
    cleaned = _STATEMENT.sub(" ", text.strip().rstrip("."))
    for form in (_SHARE, _RATIO, _MARGIN):
        if (found := form.match(cleaned)) and not re.search(r"[-+*/](?=\s)", cleaned):
            return _shared(found.groupdict())
    for pattern, sign in _WORDS:
        cleaned = pattern.sub(f" {sign} ", cleaned)
    return _Reader(cleaned).whole()


def _shared(found: Mapping[str, str | None]) -> Node:
    part = found.get("part") or found.get("part2") or ""
    whole = found.get("whole") or found.get("whole2") or "Revenues"
    return Operation("/", _operand(part), _operand(whole))


class _Reader:
    """Recursive descent over one text: sums of products of operands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self._sum()
        if self._peek():
            raise Unread(f"what is left over: {self.text[self.at :]!r}")
        return node

    def _peek(self) -> str:
        found = re.compile(r"\s*(\S?)").match(self.text, self.at)
        return found[1] if found else ""

    def _sign(self, signs: str) -> str:
        found = re.compile(rf"\s*([{re.escape(signs)}])").match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found[1]

    def _sum(self) -> Node:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise Unread("nested too deep")
        node = self._product()
        while sign := self._sign("+-"):
            node = Operation(sign, node, self._product())
        self.depth -= 1
        return node

    def _product(self) -> Node:
        node = self._atom()
        while sign := self._sign("*/"):
            node = Operation(sign, node, self._atom())
        return node

    def _atom(self) -> Node:
        if self._sign("("):
            return self._closed()
        if (found := _TOKEN.match(self.text, self.at)) and found["number"]:
            self.at = found.end()
            return Number(float(found["number"].replace(",", "")))
        call = re.compile(r"\s*([a-z]+)\(").match(self.text, self.at)
        if call and call[1] in _FUNCTIONS:
            self.at = call.end()
            return self._arguments(call[1])
        return self._phrase()

    def _closed(self) -> Node:
        node = self._sum()
        if not self._sign(")"):
            raise Unread("a bracket is not closed")
        return node

    def _arguments(self, function: str) -> Node:
        """Of a function of the catalogue: `first(x, y)`."""
        depth, start = 1, self.at
        given = []
        while depth and self.at < len(self.text):
            sign = self.text[self.at]
            depth += (sign == "(") - (sign == ")")
            if (sign == "," and depth == 1) or depth == 0:
                given.append(_Reader(self.text[start : self.at]).whole())
                start = self.at + 1
            self.at += 1
        return Call(function, tuple(given))

    def _phrase(self) -> Node:
        found = _PHRASE.match(self.text, self.at)
        if not found or not found[0].strip():
            raise Unread(f"no operand at {self.text[self.at :]!r}")
        self.at = found.end()
        words = found[0].strip()
        if self._peek() == "(" and (over := _function_of(words)):
            self._sign("(")
            inner = self._closed()
            years = _years(inner.label) if isinstance(inner, Term) and not inner.name else ()
            return Call(over, (inner,), years)
        return _operand(words)


def _function_of(words: str) -> str:
    if re.fullmatch(r"(?:the\s+)?average(?:\s+of)?", words, re.I):
        return "average"
    return "change" if re.fullmatch(r"(?:the\s+)?change\s+in", words, re.I) else ""


def _operand(text: str) -> Node:
    """A phrase with what it says of time and change: `change in inventory between FY2016 and FY2017`."""
    for function, pattern in (("average", _AVERAGE), ("change", _CHANGE)):
        if found := pattern.match(text):
            rest = text[found.end() :]
            return Call(function, (_term(rest, ()),), _years(rest))
    return _term(text, _years(text))


def _years(text: str) -> tuple[int, ...]:
    return tuple(int(full or f"20{short}") for full, short in _YEAR.findall(text))


def _term(text: str, years: tuple[int, ...]) -> Term:
    words = _YEAR.sub(" ", text).strip()
    hits = named(words)
    if not hits and (item(words) or metric(words)):
        return Term(words, "", years)
    if len(hits) == 1:
        rest = words[: hits[0].start] + " " + words[hits[0].end :]
        if not _FILLING.sub("", _BETWEEN.sub(" ", rest)):
            return Term(hits[0].name, "", years)
    label = " ".join(re.sub(r"\b(?:between|from)\s+and\b|\b(?:for|in|of)\s*$|^\s*the\b", " ", words).split())
    if not re.search(r"[A-Za-z]{2}", label):
        raise Unread(f"no line item: {text!r}")
    return Term("", label, years)


def only_names(text: str) -> frozenset[str]:
    """Names of the items a text lists and says nothing else of: `operating income and D&A`; else none."""
    plain = _STATEMENT.sub(" ", text)
    hits = named(plain)
    rest = plain
    for hit in reversed(hits):
        rest = rest[: hit.start] + " " + rest[hit.end :]
    rest = _FILLING.sub("", _BETWEEN.sub(" ", _YEAR.sub(" ", rest)))
    return frozenset(hit.name for hit in hits) if not rest else frozenset()


def words_of(node: Node) -> Iterator[Term]:
    """Every term of a formula, in order."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Call):
        for one in node.given:
            yield from words_of(one)
    elif isinstance(node, Operation):
        yield from words_of(node.left)
        yield from words_of(node.right)


def names(node: Node) -> frozenset[str]:
    """Names of the line items a formula comes down to, those of its metrics' formulas too."""
    out: set[str] = set()
    for term in words_of(node):
        if found := metric(term.name):
            out |= names(parse(found.formula))
        else:
            out.add(term.name or term.label)
    return frozenset(out)
