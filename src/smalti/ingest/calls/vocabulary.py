"""The words to expect in an issuer's call, for the recogniser's prompt, and their spelling afterwards."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from smalti.ingest.speech_engines import Word

__all__ = ["Vocabulary", "terms_of"]

_MOST_TERMS, _LONGEST_TERM, _MOST_TEXT = 40, 40, 2_000_000
_SPOKEN_IN_CALLS = (
    "GAAP and non-GAAP results, EPS, CapEx, EBITDA, EMEA, Asia-Pacific, the U.S., foreign exchange,"
    " divestitures, hedging gains, basis points, year-on-year, Q1, Q4"
)
_SEPARATORS = re.compile(r"[;\n|]+|,\s")
_TERM = re.compile(
    r"\b(?!(?:The|Our|In|We|This|These|For|As|Total|Sales|At|On|If) )"
    r"[A-Z][\w’'-]+(?: (?:(?:and|of|&) )?[A-Z][\w’'-]+){1,3}\b"
)


class Vocabulary:
    """Names and terms of one issuer.

    Args:
        issuer: its name.
        terms: products, people, segments, as the issuer writes them; the first forty count, each up to forty
            characters of letters, digits and plain punctuation, since they may come from documents.
        speakers: names known from elsewhere, such as file names.
    """

    def __init__(self, issuer: str = "", terms: Iterable[str] = (), speakers: Iterable[str] = ()) -> None:
        self.issuer = _plain(issuer)
        self.speakers = tuple(dict.fromkeys(filter(None, map(_plain, speakers))))[:10]
        self.terms = tuple(dict.fromkeys(filter(None, map(_plain, terms))))[:_MOST_TERMS]
        spaced = (t for t in self.terms if " " in t or "-" in t)
        self._spellings = {_letters(t): t.split() for t in spaced if len(_letters(t)) >= 6}

    @classmethod
    def of_hints(cls, hints: Mapping[str, str], speakers: Iterable[str] = ()) -> Vocabulary:
        """From the hints `issuer` and `vocabulary` (terms parted by semicolons, commas or lines)."""
        return cls(hints.get("issuer", ""), _SEPARATORS.split(hints.get("vocabulary", "")), speakers)

    @property
    def prompt(self) -> str:
        """What the recogniser is told to expect: about a hundred words at most."""
        call = f"{self.issuer} earnings call." if self.issuer else "Earnings call."
        people = f" {', '.join(self.speakers)}." if self.speakers else ""
        return f"{call}{people} {', '.join((*self.terms, _SPOKEN_IN_CALLS))}."

    def respelled(self, words: Sequence[Word]) -> list[Word]:
        """Words whose letters are exactly those of a term, spelt as the issuer spells it.

        `healthcare` becomes `Health Care` where the issuer writes that; nothing else is touched, and nothing
        is guessed from the sound. The time of one word is parted by the letters of its new ones.
        """
        return [new for word in words for new in self._respelled(word)]

    def _respelled(self, word: Word) -> list[Word]:
        bare = word.text.strip()
        core = bare.strip(".,;:?!\"'")
        spelt = self._spellings.get(_letters(core)) if core else None
        if not spelt or len(spelt) < 2 or len(core.split()) != 1:
            return [word]
        if core[0].islower():
            spelt = [s.lower() for s in spelt]
        head, _, tail = bare.partition(core)
        lead = word.text[: len(word.text) - len(word.text.lstrip())]
        texts = [f"{lead if i == 0 else ' '}{head if i == 0 else ''}{s}" for i, s in enumerate(spelt)]
        texts[-1] += tail
        step = (word.end - word.start) / max(1, sum(map(len, spelt)))
        found, at = [], word.start
        for text, part in zip(texts, spelt, strict=True):
            found.append(Word(at, at + step * len(part), text, word.probability))
            at += step * len(part)
        return found


def terms_of(texts: Iterable[str], most: int = 30) -> list[str]:
    """Names of several words that an issuer's own documents use most, for the hint `vocabulary`.

    Args:
        texts: paragraphs of its filings, known before the call.
        most: how many.
    """
    counts: Counter[str] = Counter()
    read = 0
    for text in texts:
        read += len(text)
        if read > _MOST_TEXT:
            break
        counts.update(m[0].replace("&", "and") for m in _TERM.finditer(text))
    return [term for term, count in counts.most_common(most) if count >= 3]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w&.’'\- ]", " ", text[: 4 * _LONGEST_TERM]).split())[:_LONGEST_TERM].strip()


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()
