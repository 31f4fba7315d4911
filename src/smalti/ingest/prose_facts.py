"""Facts that a sentence states plainly: `SG&A expenses decreased to 23.5% compared to 23.9% in fiscal 2021`.

Only a few forms of sentence are read, each with its subject, its amount and its time in fixed places; where
the statements give another figure for the same item and time, the sentence is not taken. Prose rounds, so a
known item is named in `line` and never claimed as `concept`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from smalti.ingest.fiscal import Calendar
from smalti.ingest.parse.contract import Piece
from smalti.ingest.prose_forms import read_forms
from smalti.ingest.table_facts import COSTS, Filing, Known, item_of
from smalti.platform.quantities import Number, Period, PeriodPhrase, read_number, read_period
from smalti.platform.records import EvidenceKind, Locator

__all__ = ["read_prose"]

MAX_FACTS = 2_000  # of one document
_LONGEST = 6_000  # characters of a paragraph that is read
_AMOUNT = r"(?:\$\s?\d[\d,]*(?:\.\d+)?(?:\s(?:thousand|million|billion))?|\d+(?:\.\d+)?\s?%)"
_LABEL = r"[A-Z][A-Za-z&’' ,()/-]{2,90}?"
_WHEN = (
    r"(?:(?:the )?(?:first|second|third|fourth) quarter of (?:fiscal )?(?:19|20)\d\d"
    r"|(?:the )?(?:full )?(?:fiscal )?(?:year )?(?:of )?(?:fiscal )?(?:19|20)\d\d\b(?!\s*and)"
    r"|the (?:three|six|nine|twelve) months ended [A-Z][a-z]+ \d{1,2}, (?:19|20)\d\d"
    r"|(?:the )?(?:fiscal )?years? ended [A-Z][a-z]+ \d{1,2}, (?:19|20)\d\d)"
)
_MOVED = re.compile(
    rf"^(?P<of>As a percentage of [a-z ]+, )?(?P<label>{_LABEL})"
    rf" (?:increased|decreased|grew|declined|rose|fell)(?: (?:by )?[\d.]+%)?"
    rf" to (?P<now>{_AMOUNT})(?:,? or [\d.]+% of [a-z ]+,?)? compared (?:to|with)"
    rf" (?P<then>{_AMOUNT})(?:,? or [\d.]+% of [a-z ]+,?)? in (?P<before>{_WHEN})"
)
_DURING = re.compile(
    rf"^During (?P<when>{_WHEN}), (?P<label>(?:the Company|we) (?:repurchased|paid)[^$]{{5,90}}?"
    rf"(?: at a cost of| for| of)) (?P<now>{_AMOUNT})"
)
_DIVIDEND = re.compile(
    rf"(?P<label>\b(?:annual|quarterly)? ?dividends? of) (?P<now>\$\d+\.\d+) per (?:common )?share"
    rf" (?:in|for|during|throughout) (?P<when>{_WHEN})"
)
_CLOSED = re.compile(
    rf"\b(?P<label>[A-Z][A-Za-z]{{2,}}(?: [A-Za-z]+){{0,4}}), (?:ending|closing) (?P<end>{_WHEN}) at"
    rf" (?P<now>{_AMOUNT})"
)
_NUMERIC = re.compile(
    r"\$\s?\d|\d\s?%|\d percent\b|\d [a-z -]{0,60}(?:shares|employees|people|associates|stores)\b"
)
_SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z“])")
_QUARTER = re.compile(r"(first|second|third|fourth) quarter of (?:fiscal )?((?:19|20)\d\d)", re.I)
_ORDER = ("first", "second", "third", "fourth")
_PER_SHARE = re.compile(r"\bper (?:\w+ )?share\b|\b[A-Z]*(?:BV|EPS)PS\b|\bEPS\b|\bTBVPS\b", re.I)
_SEGMENT = re.compile(r"(?<!\w)(?!(?:Our|The|In|For) )([A-Z][\w&’' -]{1,40}?)(?:’s|'s)? segment(?:’s|s)?\b")
_COMMON = frozenset(("Other", "Corporate", "Retained", "Total", "Service", "Services", "Net"))
_LOSS = re.compile(r"\bused (?:in|for)\b|\bloss\b", re.I)
_EITHER = re.compile(r"\(used|\(loss|\bincome or loss", re.I)
_PER = re.compile(r" per (?:\w+ )?share$")
_DOING = (
    (re.compile(r"repurchased .*shares"), "PaymentsForRepurchaseOfCommonStock"),
    (re.compile(r"paid .*dividends"), "PaymentsOfDividends"),
)


@dataclass(frozen=True, slots=True)
class _Said:
    label: str
    text: str
    period: Period
    line: str
    at: int
    dimension: str = ""
    unit: str = ""


def read_prose(pieces: Sequence[Piece], known: Known, filing: Filing) -> Iterator[Piece]:
    """Fact pieces of a filing's paragraphs.

    Args:
        pieces: of the document in reading order.
        known: what its statements say.
        filing: its calendar.
    """
    under: Period | None = None
    count = 0
    for piece in pieces:
        if piece.kind is not EvidenceKind.PARAGRAPH or len(piece.text) > _LONGEST:
            continue
        if "hidden" in piece.payload:
            continue
        if len(piece.text) < 80 and not piece.text.endswith("."):
            under = _time(piece.text, filing.calendar)
            continue
        for said in _sayings(piece.text, under, filing):
            fact = _piece(piece, said, known)
            if fact is not None and count < MAX_FACTS:
                count += 1
                yield fact


def _sayings(text: str, under: Period | None, filing: Filing) -> Iterator[_Said]:
    """What the sentences of a paragraph say, each amount once."""
    at, calendar = 0, filing.calendar
    for sentence in _SENTENCE.split(text):
        start = text.find(sentence, at)
        at = start + len(sentence)
        if not _NUMERIC.search(sentence):
            continue
        taken: set[int] = set()
        forms = (_moved(sentence, under, calendar), _stated(sentence, calendar), _listed(sentence, filing))
        for said in chain.from_iterable(forms):
            if said.at not in taken:
                taken.add(said.at)
                yield replace(said, at=start + said.at)


def _listed(sentence: str, filing: Filing) -> Iterator[_Said]:
    """Amounts with as many times, of the whole company or of a segment that the subject names."""
    for one in read_forms(sentence, filing.calendar):
        part = _part(one.label, filing.members)
        line = (
            ""
            if one.change or one.unit
            else _line(one.label.replace(part, "").strip() if part else one.label)
        )
        yield _Said(one.label, one.text, one.period, line, one.at, part, one.unit)


def _part(label: str, members: Iterable[str]) -> str:
    """The segment that a subject names; empty for the whole company.

    A name of one word (`Consumer`) may be a common word, so it must stand first, before a known item.
    """
    said = _SEGMENT.search(label)
    if said:
        return said[1]
    first, _, rest = label.partition(" ")
    if first in members and first not in _COMMON and item_of(rest) is not None:
        return first
    return max((name for name in members if " " in name and name in label), key=len, default="")


def _moved(sentence: str, under: Period | None, calendar: Calendar) -> Iterator[_Said]:
    """Two amounts compared, the later one's time given by the heading: the earlier must be a year before."""
    found = _MOVED.match(sentence)
    if found is None or under is None or under.start is None:
        return
    before = _time(found["before"], calendar)
    if before is None or before.start is None or not 350 < (under.end - before.end).days < 380:
        return
    if abs(under.days - before.days) > 10:
        return
    label = f"{found['of'] or ''}{found['label']}"
    line = "" if found["of"] else _line(found["label"])
    yield _Said(label, found["now"], under, line, found.start("now"))
    yield _Said(label, found["then"], before, line, found.start("then"))


def _stated(sentence: str, calendar: Calendar) -> Iterator[_Said]:
    """One amount with its own time."""
    for pattern in (_DURING, _DIVIDEND):
        found = pattern.search(sentence)
        period = _time(found["when"], calendar) if found else None
        if found and period:
            label = found["label"] + (" per share" if pattern is _DIVIDEND else "")
            yield _Said(label.strip(), found["now"], period, _line(label), found.start("now"))
    found = _CLOSED.search(sentence)
    whole = _time(found["end"], calendar) if found else None
    if found and whole:
        moment = Period(None, whole.end)
        yield _Said(found["label"], found["now"], moment, _line(found["label"]), found.start("now"))


def _line(label: str) -> str:
    for pattern, name in _DOING:
        if pattern.search(label):
            return name
    item = item_of(label)
    return item.name if item else ""


def _time(text: str, calendar: Calendar) -> Period | None:
    """The days that a few words name."""
    quarter = _QUARTER.search(text)
    if quarter:
        return calendar.quarter(int(quarter[2]), _ORDER.index(quarter[1].lower()) + 1)
    phrase = read_period(text)
    if not isinstance(phrase, PeriodPhrase) or phrase.year is None:
        return None
    if phrase.month is not None:
        whole = phrase.resolve()
        if isinstance(whole, Period):
            return whole
        return Period(None, day.end) if isinstance(day := _moment(phrase), Period) else None
    told = "fiscal" in text.lower() or (calendar.month == 12 and calendar.fixed)
    whole_year = told and not (phrase.weeks or phrase.months not in (None, 12))
    return calendar.year(phrase.year) if whole_year else None


def _moment(phrase: PeriodPhrase) -> Period | None:
    found = PeriodPhrase(moment=True, month=phrase.month, day=phrase.day, year=phrase.year).resolve()
    return found if isinstance(found, Period) else None


def _piece(piece: Piece, said: _Said, known: Known) -> Piece | None:
    number = read_number(_PER.sub("", said.text).replace(" percent", "%"))
    if not isinstance(number, Number):
        return None
    unit = _unit(number, said)
    if unit is None or not _agrees(number.value, said, known):
        return None
    value = _signed(number.value, said, known)
    payload: Mapping[str, Any] = {
        "concept": "",
        "label": said.label,
        "value": value,
        "unit": unit,
        "scale": 1.0,
        "period_start": said.period.start.isoformat() if said.period.start else None,
        "period_end": said.period.end.isoformat(),
        "as_reported": said.text,
        "path": [said.label],
        "column_path": [],
        "dimension": said.dimension,
        "line": said.line,
    }
    chars = piece.locator.chars
    begin = (chars[0] if chars else 0) + said.at
    span = f"{said.period.start} to {said.period.end}" if said.period.start else f"at {said.period.end}"
    return Piece(
        EvidenceKind.FACT,
        Locator(chars=(begin, begin + len(said.text)), page=piece.locator.page, box=piece.locator.box),
        f"{said.label}: {value:,.15g} {unit}, {span}",
        payload,
    )


def _unit(number: Number, said: _Said) -> str | None:
    if said.unit:
        return said.unit
    if number.percent:
        return "%"
    if number.currency is None:
        return None
    if _PER_SHARE.search(said.label):
        return f"{number.currency}/share"
    return number.currency if number.scaled else None


def _signed(value: float, said: _Said, known: Known) -> float:
    """The amount with the sign the item has: `cash used in financing was $3 billion` is less than nothing."""
    if not said.line or said.line in COSTS:
        return abs(value) if said.line else value
    stated = None if said.dimension else known.find(said.line, said.period)
    if stated is not None:
        return math.copysign(value, stated)
    return -abs(value) if _LOSS.search(said.label) else value


def _agrees(value: float, said: _Said, known: Known) -> bool:
    """Whether the statements, where they know the item, round to what is said, and its sign is plain."""
    whole = said.line and not said.dimension
    stated = known.find(said.line, said.period) if whole else None
    if stated is None and said.line and _EITHER.search(said.label):
        return False  # nothing says which of the two it was
    return stated is None or abs(abs(stated) - abs(value)) <= 0.05 * abs(value)
