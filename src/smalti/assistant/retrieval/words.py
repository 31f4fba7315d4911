"""What counts as a word of a text or a query: the same for both, so that what is written can be found.

Numbers are words too. Thousands separators go, leading zeros of identifiers go, and a number with its scale
also counts as the plain number: `$1.2 billion`, `1,200,000,000` and `1.2bn` share the word `1200000000`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache

from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

MOST_WORDS = 32
"""Different words of a query that are looked for; more add time and hardly any meaning."""
_MOST_CHARS = 100_000  # of one text read
_LONGEST_WORD = 64

# Scripts without spaces give one word a character.
_WORD = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]"
    r"|\p{N}+(?:\.\p{N}+)*[\p{L}--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]]*"
    r"|[\p{L}--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]][[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]]*"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_LEADING_ZEROS = re.compile(r"(?<![\d.])0+(?=\d{4})")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_FISCAL = re.compile(r"\bFY\s?'?(?=(?:19|20)\d\d\b)", re.IGNORECASE)
_AMPERSAND = re.compile(r"\b(\w{1,3})&(\w{1,3})\b")
_SCALED = re.compile(
    r"(?<![\d.])(\d{1,15}(?:\.\d{1,6})?)\s?-?(thousand|million|billion|trillion|mn|bn|tn)\b"
    r"|(?<=[$€£¥])\s?(\d{1,15}(?:\.\d{1,6})?)\s?(k|m|b)\b",
    re.IGNORECASE,
)
_SCALES = {
    "thousand": 3, "k": 3, "million": 6, "mn": 6, "m": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12,
    "tn": 12,
}  # fmt: skip
# Something that a reader would call one word; finer cuts are the analyser's.
_CHUNK = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)*[^\W\d_]*|(?:[A-Za-z]\.){2,}|[^\W_]+(?:[.&][^\W_]+)*")
_SCALE_WORD = re.compile(r"\s?-?(?:thousand|million|billion|trillion|mn|bn|tn|k|m|b)\b", re.IGNORECASE)

_EMPTY = (
    "a an and any are as at be been but by can could did do does for from had has have how i if in into is it"
    " its of on or our s so such than that the their them then there these they this those to was we were"
    " what when where which who whom why will with would you your"
)
"""English words that say nothing of what is looked for; they count when a query has no others."""


@cache
def analyser() -> TextAnalyzer:
    """Cuts prepared text into words; an index is given it, so both always agree."""
    return (
        TextAnalyzerBuilder(Tokenizer.regex(_WORD))
        .filter(Filter.remove_long(_LONGEST_WORD))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stemmer("english"))
        .build()
    )


def words(text: str) -> list[str]:
    """The words of a text in their order, as the index holds them."""
    return list(analyser().analyze(prepared(text)))


def query_words(query: str) -> tuple[list[str], bool]:
    """The different words to look for, and whether some were left out for being too many.

    Nothing in a query is syntax: quotes, stars, brackets and colons stand between words.
    """
    found = list(dict.fromkeys(words(query)))
    telling = [word for word in found if word not in _empty()] or found
    return telling[:MOST_WORDS], len(telling) > MOST_WORDS


def spans(text: str, wanted: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    """Where wanted words stand in a text: start and end offset, and which it is."""
    looked_for = frozenset(wanted)
    for chunk in _CHUNK.finditer(text):
        start, end = chunk.span()
        if text[start].isdigit() and (scale := _SCALE_WORD.match(text, end)):
            end = scale.end()
        before = max(start - 1, 0)  # a currency sign decides what a letter after the number means
        for word in words(text[before:end]):
            if word in looked_for:
                yield start, end, word
                break


def prepared(text: str) -> str:
    """A text with its numbers in the form they are found by; what the analyser is to be given."""
    text = unicodedata.normalize("NFKC", text[:_MOST_CHARS])
    text = _THOUSANDS.sub("", text)
    text = _LEADING_ZEROS.sub("", text)
    text = _INITIALS.sub(lambda found: found[0].replace(".", "") + " ", text)
    text = _FISCAL.sub("FY ", text)
    text = _AMPERSAND.sub(r"\1\2", text)
    return _SCALED.sub(_with_whole_number, text)


def _with_whole_number(found: re.Match[str]) -> str:
    number, scale = (found[1], found[2]) if found[1] else (found[3], found[4])
    whole = Decimal(number).scaleb(_SCALES[scale.lower()])
    plain = f" {int(whole)}" if whole == whole.to_integral_value() else ""
    return f" {number} {scale}{plain}"


@cache
def _empty() -> frozenset[str]:
    return frozenset(analyser().analyze(_EMPTY))
