"""EDGAR companyfacts JSON: every reported value of one filer, with the day each was filed.

One file holds the filings of many years, so it becomes one document an accession number, available from the
day that filing was made: a case of 2021 never reads what was filed in 2025.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Record, Request
from smalti.ingest.parse.moments import end_of_day
from smalti.ingest.parse.text import clean, decode, load_json
from smalti.platform.concepts import Concept, UnitKind, concept_of_tag
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind, Json, Locator, Outcome, SourceKind

PARSER = "xbrl_facts"
VERSION = "1"

_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_CIK = re.compile(r"[0-9]{1,10}")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_ABSURD = 1e18  # no line item reaches a quintillion
_TEXT = 200


@dataclass(frozen=True, slots=True)
class _Fact:
    pointer: str
    item: Concept
    rank: int  # of its element among those that mean the item
    tag: str
    label: str
    unit: str
    value: float
    start: date | None
    end: date
    accession: str
    filed: date
    form: str
    fiscal: str

    @property
    def key(self) -> tuple[str, str, str, date | None, date]:
        return self.accession, self.item.name, self.unit, self.start, self.end


def parse(raw: bytes, request: Request) -> Parsed:
    """Read a companyfacts file.

    Facts of the line items in `platform.concepts` become FACT pieces, their record a JSON pointer; where a
    filing gives one item under two elements the more usual one is taken. Every other element is counted in
    one skipped record a taxonomy, every unreadable fact is quarantined alone.

    Raises:
        Empty: it holds no fact of a known line item.
        Malformed: not JSON, or not of companyfacts' shape.
        TooLarge: more bytes or facts than `request.limits` allow.
    """
    if len(raw) > request.limits.max_bytes:
        raise TooLarge("over the byte limit", subject=request.name, mend="raise limits.max_bytes")
    data = load_json(decode(raw), request.name)
    taxonomies = data.get("facts") if isinstance(data, dict) else None
    if not isinstance(taxonomies, dict):
        raise Malformed(
            "no `facts` object in it", subject=request.name, mend="save data.sec.gov/api/xbrl/companyfacts"
        )
    records: list[Record] = []
    facts: list[_Fact] = []
    for seen, (pointer, *parts) in enumerate(_walk(taxonomies, records), 1):
        if seen > request.limits.max_records:
            raise TooLarge(
                f"more than {request.limits.max_records} facts",
                subject=request.name,
                mend="raise limits.max_records",
            )
        try:
            facts.append(_fact(pointer, *parts))
        except ValueError as fault:
            records.append(
                Record(pointer, Outcome.QUARANTINED, Malformed.__name__, str(fault), "fetch the file again")
            )
    if not facts:
        raise Empty("no fact of a known line item", subject=request.name, mend="fetch it again from EDGAR")
    documents = _documents(_preferred(facts, records), data, request)
    return Parsed(documents, [*(Record(d.part, Outcome.PARSED) for d in documents), *records])


def _walk(
    taxonomies: Mapping[str, Any], records: list[Record]
) -> Iterator[tuple[str, str, Concept, str, str, Any]]:
    """Each fact of a known item as (pointer, tag, item, label, unit, row); notes what is left out."""
    for taxonomy, tags in taxonomies.items():
        others = counted = 0
        for tag, entry in tags.items() if isinstance(tags, dict) else ():
            rows = _rows(entry)
            item = concept_of_tag(tag)
            if item is None or not rows:
                others, counted = others + 1, counted + len(rows)
                continue
            label = clean(str(entry.get("label") or tag))[:_TEXT]
            for unit, i, row in rows:
                yield _pointer("facts", taxonomy, tag, "units", unit, str(i)), tag, item, label, unit, row
        if others:
            reason = f"{others} elements with {counted} facts are no line items smalti uses"
            records.append(Record(_pointer("facts", taxonomy), Outcome.SKIPPED, reason=reason))


def _rows(entry: Any) -> list[tuple[str, int, Any]]:
    """(unit, number, row) of every fact of an element; none where the element is not shaped as one."""
    units = entry.get("units") if isinstance(entry, dict) else None
    if not isinstance(units, dict) or not all(isinstance(rows, list) for rows in units.values()):
        return []
    return [(unit, i, row) for unit, rows in units.items() for i, row in enumerate(rows)]


def _pointer(*steps: str) -> str:
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


def _fact(pointer: str, tag: str, item: Concept, label: str, unit: str, row: Any) -> _Fact:
    """A checked fact.

    Raises:
        ValueError: what is wrong with the row.
    """
    if not isinstance(row, dict):
        raise ValueError("a fact that is no object")
    value = row.get("val")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("its `val` is no number")
    if not abs(value) < _ABSURD or not math.isfinite(value):
        raise ValueError("its `val` is beyond any line item")
    accession = row.get("accn")
    if not isinstance(accession, str) or not _ACCESSION.fullmatch(accession):
        raise ValueError("its `accn` is no accession number")
    start = _day(row, "start") if "start" in row else None
    end, filed = _day(row, "end"), _day(row, "filed")
    if (start is None) is not item.instant:
        raise ValueError("a moment where the item has a period, or the other way about")
    if end > filed or (start is not None and start > end):
        raise ValueError("its period ends before it starts, or after it was filed")
    return _Fact(
        pointer, item, item.tags.index(tag), tag, label, _unit(unit, item), float(value), start, end,
        accession, filed, clean(str(row.get("form") or ""))[:_TEXT], _fiscal(row),
    )  # fmt: skip


def _day(row: Mapping[str, Any], key: str) -> date:
    text = row.get(key)
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f"its `{key}` is no day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"its `{key}` is no day") from None


def _unit(unit: str, item: Concept) -> str:
    """The unit in our words.

    Raises:
        ValueError: it does not count what the item counts.
    """
    shapes = {
        UnitKind.MONEY: r"[A-Z]{3}",
        UnitKind.PER_SHARE: r"[A-Z]{3}/shares?",
        UnitKind.SHARES: r"shares",
    }
    if not re.fullmatch(shapes[item.unit], unit):
        raise ValueError(f"its unit is not one of {item.unit.value}")
    return unit.replace("/shares", "/share")


def _fiscal(row: Mapping[str, Any]) -> str:
    year, period = row.get("fy"), row.get("fp")
    return f"{year} {period}" if isinstance(year, int) and period in ("FY", "Q1", "Q2", "Q3", "Q4") else ""


def _preferred(facts: list[_Fact], records: list[Record]) -> list[_Fact]:
    """One fact an item, unit, period and filing: that of the most usual element."""
    best: dict[tuple[str, str, str, date | None, date], _Fact] = {}
    for fact in sorted(facts, key=lambda f: f.rank):
        kept = best.setdefault(fact.key, fact)
        if kept is not fact:
            reason = f"the same item is taken from {kept.pointer}"
            records.append(Record(fact.pointer, Outcome.SKIPPED, reason=reason))
    return list(best.values())


def _documents(facts: list[_Fact], data: Mapping[str, Any], request: Request) -> list[ParsedDocument]:
    filings: dict[str, list[_Fact]] = defaultdict(list)
    for fact in facts:
        filings[fact.accession].append(fact)
    entity = clean(str(data.get("entityName") or ""))[:_TEXT]
    cik = str(data.get("cik"))
    hints = {"name": entity, "cik": cik.zfill(10) if _CIK.fullmatch(cik) else "", **request.hints}
    documents = []
    for accession, rows in filings.items():
        newest = max(rows, key=lambda f: f.filed)
        documents.append(
            ParsedDocument(
                part=accession,
                kind=SourceKind.FILING,
                title=" ".join(filter(None, (entity, newest.form, newest.fiscal, "reported facts"))),
                pieces=[_piece(fact) for fact in sorted(rows, key=lambda f: (f.item.name, f.end, f.pointer))],
                published_at=end_of_day(newest.filed),
                date_method=DateMethod.FEED,
                language="en",
                hints={key: value for key, value in hints.items() if value},
            )
        )
    return sorted(documents, key=lambda d: (d.published_at, d.part))


def _piece(fact: _Fact) -> Piece:
    span = f"{fact.start} to {fact.end}" if fact.start else f"at {fact.end}"
    payload: Json = {
        "concept": fact.item.name,
        "label": fact.label,
        "value": fact.value,
        "unit": fact.unit,
        "scale": 1.0,
        "period_start": fact.start.isoformat() if fact.start else None,
        "period_end": fact.end.isoformat(),
        "as_reported": f"{fact.value:.15g}",
        "statement": fact.item.statement.value,
        "tag": fact.tag,
        "accession": fact.accession,
        "form": fact.form,
        "fiscal": fact.fiscal,
        "filed": fact.filed.isoformat(),
    }
    text = f"{fact.label}: {fact.value:,.15g} {fact.unit}, {span}"
    return Piece(EvidenceKind.FACT, Locator(record=fact.pointer), text, payload)
