"""Names of issuers as sequences of plain tokens, cut the same way in a register and in running text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["LEGAL", "Token", "core", "full", "shortened", "tokenize", "without_legal"]

_LEGAL_WORDS = """
    inc incorporated corp corporation co company companies ltd limited plc llc lp llp sa ag nv se ab asa oyj
    spa gmbh kgaa sab cv pbc adr com
"""
LEGAL = frozenset(_LEGAL_WORDS.split())
"""Legal forms as they end a name, and `com` of a name that is a web address."""

_TRADE_WORDS = """
    group holding holdings international communications technologies technology global worldwide enterprises
    industries stores brands platforms wholesale pharmaceuticals therapeutics laboratories motor motors
    systems entertainment interactive
"""
_TRADE = frozenset(_TRADE_WORDS.split())
"""Words that people leave off the end of a name."""

_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’][^\W_]+)*|&")
_STATE = re.compile(r"\s*/\s*[A-Za-z]{2,4}\s*/?\s*$")  # `/DE/`, `/ADR`, `/NEW` in the SEC's register


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text.

    Attributes:
        norm: lower case, without accents, apostrophes and inner dots; `&` is `and`.
        bare: likewise without a possessive `'s`, else the same as `norm`.
        start, end: offsets in the text.
    """

    norm: str
    bare: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """The words of a text in order; `J.P.` is one word, `Amazon.com` two."""
    found = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        norm = bare = "and" if word == "&" else word
        if not word.isalnum() and word != "&":
            norm = re.sub(r"['’.]", "", word)
            bare = norm[:-1] if re.search(r"['’]s$", word) else norm
        if not norm.isascii():
            norm, bare = _unaccented(norm), _unaccented(bare)
        found.append(Token(norm, bare, match.start(), match.end()))
    return found


def full(name: str) -> tuple[str, ...]:
    """A name's tokens with its legal form, without a leading `the` or a register's state tag."""
    tokens = tuple(t.norm for t in tokenize(_STATE.sub("", name)))
    return tokens[1:] if len(tokens) > 1 and tokens[0] == "the" else tokens


def core(name: str) -> tuple[str, ...]:
    """A name's tokens without its legal form: `3M Company` and `3M CO` are both `3m`."""
    return without_legal(full(name))


def without_legal(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens of a full name without those of its legal form, leaving at least one."""
    while len(tokens) > 1 and (tokens[-1] in LEGAL or tokens[-1] in {"and", "de"}):
        tokens = tokens[:-1]
    return tokens


def shortened(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """A core as people say it: `mgm resorts international` is `mgm resorts`."""
    while len(tokens) > 1 and (tokens[-1] in _TRADE or tokens[-1] == "and"):
        tokens = tokens[:-1]
    return tokens


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
