"""Inline XBRL: the tagged numbers of a filing's HTML, and what its cover page says of the filer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from lxml.html import HtmlElement

from smalti.ingest.parse.html_tables import cell_text
from smalti.platform.concepts import Concept, UnitKind, concept_of_tag
from smalti.platform.quantities import Period

_ABSURD = Decimal(10) ** 18  # no line item reaches a quintillion
_DIGITS = re.compile(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+")
_SCALE = re.compile(r"-?\d{1,2}")
_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d")
_POINT_FORMATS = {"", "num-dot-decimal", "numdotdecimal", "numcommadot"}
_NIL_FORMATS = {"zerodash", "numdash", "fixed-zero", "num-dash"}


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged number of a known line item, of the filer as a whole (no dimension)."""

    element: HtmlElement
    item: Concept
    tag: str
    value: float
    unit: str
    scale: float
    period: Period
    as_reported: str
    precision: int  # XBRL `decimals`; the larger, the finer


def cover_data(tree: HtmlElement) -> dict[str, str]:
    """Values of the cover page's `dei:` elements by local name, the first of each: `DocumentType`, ..."""
    found: dict[str, str] = {}
    for node in tree.iter("ix:nonnumeric", "ix:nonfraction"):
        prefix, _, name = (node.get("name") or "").rpartition(":")
        if prefix == "dei" and name not in found:
            found[name] = cell_text(node)[:200]
    return found


def tagged_facts(tree: HtmlElement) -> tuple[list[Tagged], int]:
    """The facts of known line items and how many tagged numbers were left out.

    Left out are other elements, facts of a segment or class (a context with dimensions), and numbers whose
    format, unit or period cannot be read. Of one fact tagged twice the more exact counts.
    """
    periods, units = _contexts(tree), _units(tree)
    best: dict[tuple[str, str, Period], Tagged] = {}
    total = 0
    for node in tree.iter("ix:nonfraction"):
        total += 1
        fact = _fact(node, periods, units)
        if fact is None:
            continue
        key = (fact.item.name, fact.unit, fact.period)
        kept = best.get(key)
        if kept is None or _beats(fact, kept):
            best[key] = fact
    return list(best.values()), total - len(best)


def _beats(fact: Tagged, kept: Tagged) -> bool:
    rank, kept_rank = fact.item.tags.index(fact.tag), kept.item.tags.index(kept.tag)
    return (rank, -fact.precision) < (kept_rank, -kept.precision)


def _fact(node: HtmlElement, periods: Mapping[str, Period], units: Mapping[str, str]) -> Tagged | None:
    tag = (node.get("name") or "").rpartition(":")[2]
    item = concept_of_tag(tag)
    period = periods.get(node.get("contextref") or "")
    unit = units.get(node.get("unitref") or "")
    if item is None or period is None or unit is None or not _counts(unit, item):
        return None
    if (period.start is None) is not item.instant:
        return None
    text = cell_text(node)
    value = _value(node, text)
    if value is None:
        return None
    decimals = node.get("decimals") or ""
    precision = int(decimals) if re.fullmatch(r"-?\d{1,3}", decimals) else 0 if decimals != "INF" else 999
    scale = 10.0 ** int(node.get("scale") or 0)
    return Tagged(node, item, tag, value, unit, scale, period, text, precision)


def _counts(unit: str, item: Concept) -> bool:
    shape = {UnitKind.MONEY: r"[A-Z]{3}", UnitKind.PER_SHARE: r"[A-Z]{3}/share", UnitKind.SHARES: "shares"}
    return re.fullmatch(shape[item.unit], unit) is not None


def _value(node: HtmlElement, text: str) -> float | None:
    """The number a tagged element means, by its format, scale and sign; None where not plainly written."""
    style = (node.get("format") or "").rpartition(":")[2].lower()
    scale, sign = node.get("scale") or "0", node.get("sign") or ""
    if style in _NIL_FORMATS:
        return 0.0
    if style not in _POINT_FORMATS or not _SCALE.fullmatch(scale) or sign not in ("", "-"):
        return None
    if not text.isascii() or not _DIGITS.fullmatch(text):
        return None
    try:
        value = Decimal(text.replace(",", "")).scaleb(int(scale))
    except InvalidOperation:
        return None
    if value >= _ABSURD:
        return None
    return -float(value) if sign else float(value)


def _contexts(tree: HtmlElement) -> dict[str, Period]:
    """Periods of the contexts of the filer as a whole."""
    found: dict[str, Period] = {}
    for context in tree.iter("xbrli:context"):
        if next(context.iter("xbrldi:explicitmember", "xbrldi:typedmember"), None) is not None:
            continue
        moment = _day(context, "xbrli:instant")
        start, end = _day(context, "xbrli:startdate"), _day(context, "xbrli:enddate")
        if moment:
            found[context.get("id") or ""] = Period(None, moment)
        elif start and end and timedelta(0) <= end - start:
            found[context.get("id") or ""] = Period(start, end)
    return found


def _day(context: HtmlElement, tag: str) -> date | None:
    node = next(context.iter(tag), None)
    text = (node.text or "").strip() if node is not None else ""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _units(tree: HtmlElement) -> dict[str, str]:
    """Units in our words: `USD`, `shares`, `USD/share`."""
    found = {}
    for unit in tree.iter("xbrli:unit"):
        measures = [(m.text or "").strip().rpartition(":")[2] for m in unit.iter("xbrli:measure")]
        if len(measures) == 1:
            found[unit.get("id") or ""] = measures[0]
        elif len(measures) == 2 and measures[1] == "shares":
            found[unit.get("id") or ""] = f"{measures[0]}/share"
    return found
