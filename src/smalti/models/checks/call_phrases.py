"""What people say in calls: the word lists and patterns of `call_phrases.toml`, ready to match."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["pattern", "plain", "words"]

LONGEST = 1_000
"""Characters of one sentence that are read."""

_CONTRACTIONS = (
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(it|that|what|there|here|how|who|when|where|he|she)'s\b"), r"\1 is"),
    (re.compile(r"\blet's\b"), "let us"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"'m\b"), " am"),
)
_NAMES = re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)*\b")


def plain(text: str) -> str:
    """Lower case, contractions written out, one space between words, cut to `LONGEST`."""
    text = " ".join(text[:LONGEST].lower().replace("’", "'").split())
    for short, long in _CONTRACTIONS:
        text = short.sub(long, text)
    return text


@cache
def _entries() -> dict[str, str]:
    text = files("smalti.models.checks").joinpath("call_phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(entry: str) -> frozenset[str]:
    """A list of words."""
    return frozenset(_entries()[entry].split())


@cache
def pattern(entry: str, *, start: bool = False) -> re.Pattern[str]:
    """The alternatives of an entry, for `plain` text: whole words, or from where a match begins."""
    body = source(entry)
    return re.compile(rf"{body}(?!\w)" if start else rf"(?<!\w){body}(?!\w)")


def source(entry: str) -> str:
    """The alternatives of an entry as one group; a name in capitals in it stands for that entry."""
    lines = _entries()[entry].strip().splitlines()
    return f"(?:{_NAMES.sub(lambda name: source(name.group().lower()), '|'.join(lines))})"
