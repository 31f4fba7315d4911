"""Numerals that say nothing new: those of the question; names of issuers, periods, forms, pages and notes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from smalti.assistant.checks.mentions import times_in
from smalti.assistant.checks.numerals import Numeral, numerals, plain_digits
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Figure, Sentence

__all__ = ["Labels", "labels_of"]

_FORM = re.compile(
    r"\b(?:(?:form\s+)?(?:10|8|6|20|40|11)-?[KQF](?:/A)?|S-\d|DEF\s?14A|13[DFG]|XBRL|Q[1-4]|H[12]|FY\d{2,4}"
    r"|(?:topic|ASC|ASU|IFRS|IAS|SFAS)\s?\d[\d.-]*|S&P\s?\d+|section\s\d[\w.]*|COVID-19|items?\s[1-9]\.0[1-9])\b",
    re.I,
)
_PLACE = re.compile(
    r"\b(?:notes?|page|pages|p\.|item|part|table|row|col|column|chart|figure|exhibit|line|slide|question|speaker"
    r"|paragraph|citation|number|no\.)\s*\(?(?P<it>\d{1,4}(?:\.\d{1,2})?[A-Z]?|[a-z]+)\b",
    re.I,
)
_PARTS = re.compile(
    r"\b(?:first|second|third|fourth|one|two|three|four|six|nine|twelve|1st|2nd|3rd|4th)"
    r"[\s-](?:fiscal\s)?(?:quarters?|half|halves|months?|years?)\b",
    re.I,
)
_CLOCK = re.compile(r"\b\d{1,2}:\d\d(?::\d\d)?(?:\.\d)?(?:-\d{1,2}:\d\d(?::\d\d)?(?:\.\d)?)?\b")


@dataclass(frozen=True, slots=True)
class Labels:
    """What may stand in an answer without saying anything new.

    Attributes:
        asked: values of the question's numerals.
        names: names of issuers that hold digits, and titles of what is cited, plain.
        places: where each citation stands, by its mark.
        days: days of what is cited and of the moment asked for.
        years: of periods that were asked for.
        ages: days that stored reasons of withheld scores name.
    """

    asked: frozenset[float]
    names: Sequence[str]
    places: Mapping[int, str]
    days: frozenset[date]
    years: frozenset[int]
    ages: frozenset[float] = frozenset()

    def why_unknown(self, numeral: Numeral, sentence: Sentence) -> str:
        """Why a numeral without a figure is not bound; empty if it names something known."""
        if self._named(numeral, sentence):
            return ""
        return "it is bound to nothing"

    def why_not(self, numeral: Numeral, figure: Figure, sentence: Sentence) -> str:
        """Why a numeral is not the label, or not of the question, that its figure says it is."""
        if figure.said == "question":
            return "" if self._of_question(numeral) else "it does not stand in the question"
        return "" if self._named(numeral, sentence) else "it names nothing that is cited or asked"

    def _of_question(self, numeral: Numeral) -> bool:
        return any(abs(numeral.value - value) <= 1e-9 * max(1.0, abs(value)) for value in self.asked)

    def _named(self, numeral: Numeral, sentence: Sentence) -> bool:
        text = sentence.text
        if numeral.day is not None or numeral.unit in ("year", "date"):
            return self._timed(numeral, sentence)
        inside = [m for p in (_FORM, _PARTS, _CLOCK) for m in p.finditer(text) if _within(numeral, m)]
        if inside or self._in_name(numeral, text):
            return True
        if numeral.value in self.ages and re.match(r"\s+days?\b", text[numeral.end :]):
            return True
        plain_year = _in_time(numeral, text)
        if plain_year is not None:
            return plain_year in self._years(sentence)
        if any(m.start() <= numeral.start and numeral.end <= m.end() for m in _PLACE.finditer(text)):
            return self._placed(numeral, sentence)
        return False

    def _timed(self, numeral: Numeral, sentence: Sentence) -> bool:
        if numeral.day is not None:
            own = {d for f in sentence.figures for d in (f.start, f.end) if d}
            return numeral.day in self.days | own or numeral.day.year in self.years
        return int(numeral.value) in self._years(sentence) or self._in_name(numeral, sentence.text)

    def _years(self, sentence: Sentence) -> set[int]:
        own = {
            year
            for figure in sentence.figures
            for day in (figure.start, figure.end)
            if day
            for year in ((day.year, day.year - 1, day.year + 1) if day.month <= 5 else (day.year,))
        }
        return own | self.years | {day.year for day in self.days}

    def _in_name(self, numeral: Numeral, text: str) -> bool:
        low = plain_digits(text).lower()
        for name in self.names:
            at = low.find(name)
            while at >= 0:
                if at <= numeral.start and numeral.end <= at + len(name):
                    return True
                at = low.find(name, at + 1)
        return False

    def _placed(self, numeral: Numeral, sentence: Sentence) -> bool:
        told = " ".join(
            self.places[mark] for mark in sentence.cites or self.places if mark in self.places
        ).lower()
        return (
            re.search(rf"(?<!\d){re.escape(plain_digits(numeral.text).strip().lower())}(?!\d)", told)
            is not None
        )


def _within(numeral: Numeral, found: re.Match[str]) -> bool:
    digits = numeral.start + len(numeral.text) - len(numeral.text.lstrip("-−– "))
    return found.start() <= digits and numeral.end <= found.end() + 1


def _in_time(numeral: Numeral, text: str) -> int | None:
    for time in times_in(text):
        if time.start <= numeral.start and numeral.end <= time.end:
            return time.year or -1
    return None


def labels_of(answer: Answer, grounds: Grounds, question: str) -> Labels:
    """What the numerals of an answer may name."""
    issuers = grounds.rows(_NAMES, issuers=list(answer.issuer_ids)).to_series().to_list()
    names = {one for cited in answer.citations for one in (*cited.issuers, cited.title) if _numbered(one)}
    names |= {one for one in issuers if _numbered(one)}
    times = [time for period in answer.periods for time in times_in(period)]
    times += times_in(question)
    figures = [one for made in answer.computations for one in (*made.inputs, made.result)]
    figures += [one for sentence in answer.sentences for one in sentence.figures if not one.said]
    days = {d for one in figures for d in (one.start, one.end) if d}
    return Labels(
        asked=frozenset(one.value for one in numerals(question)),
        names=sorted({_plain(one) for one in names}),
        places={
            one.mark: " ".join(
                (one.where, "" if one.page is None else f"p. {one.page + 1}", one.title, one.quote)
            )
            for one in answer.citations
        },
        days=frozenset(days)
        | {one.available_at.date() for one in answer.citations}
        | {answer.as_of.date()}
        | {time.day for time in times if time.day},
        years=frozenset(time.year for time in times if time.year),
        ages=_ages(answer, grounds),
    )


def _ages(answer: Answer, grounds: Grounds) -> frozenset[float]:
    if answer.kind not in ("signal", "why", "missing"):
        return frozenset()
    told = grounds.rows(_REASONS, issuers=list(answer.issuer_ids)).to_series()
    return frozenset(one.value for reason in told for one in numerals(reason))


_REASONS = """
SELECT DISTINCT reason FROM signals
WHERE as_of <= $as_of AND reason IS NOT NULL AND issuer_id IN (SELECT unnest($issuers::TEXT[]))
ORDER BY reason LIMIT 500
"""


_NAMES = """
SELECT text FROM issuer_names WHERE issuer_id IN (SELECT unnest($issuers::TEXT[]))
UNION SELECT name FROM issuers WHERE issuer_id IN (SELECT unnest($issuers::TEXT[]))
"""


def _numbered(text: str) -> bool:
    return any(c.isdigit() for c in text)


def _plain(text: str) -> str:
    short = re.sub(r"[,.]?\s+(?:company|co|inc|corp|corporation|plc|ltd)\b\.?", "", text.lower())
    return plain_digits(short)
