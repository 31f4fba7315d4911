"""Which filed number is meant by a line item of a period: one, or none and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isclose

from rapidfuzz import fuzz

from smalti.assistant.facts.ledger import Filed, Filing, Ledger
from smalti.assistant.metrics import Item
from smalti.platform.concepts import Statement, UnitKind, plain_label

__all__ = ["Chosen", "Days", "Lacking", "choose", "choose_labelled"]

_SLACK = 8  # days the first day of a 52- or 53-week year moves about
_SAME = 2e-3  # two printings of one number, rounded apart
_ALIKE = 92  # rapidfuzz's token_sort_ratio, of 100
_TOTALS = frozenset(
    ("CostOfRevenue", "GrossProfit", "OperatingExpenses", "OperatingIncomeLoss", "TotalDebtOnBalanceSheet")
)
"""Items that other tables print of parts under the same words: only the primary statement is believed."""


class Lacking(Exception):
    """A number that is not there, or of which two differ. The argument says so, for people."""


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day of a fiscal period; a moment's value is that of its last day."""

    start: date | None
    end: date

    @property
    def length(self) -> int:
        """In days; 0 where the first is not known."""
        return (self.end - self.start).days + 1 if self.start else 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """The number meant.

    Attributes:
        rows: what it was read from: one row, or several that are added.
        value: as it is told, in `unit`.
        restated: what a later filing says of the same, where that differs.
    """

    rows: tuple[Filed, ...]
    value: float
    unit: str
    title: str
    restated: Filed | None = None


def choose(ledger: Ledger, item: Item, days: Days, near: date) -> Chosen:
    """The whole company's value of an item.

    Args:
        ledger: of the issuer.
        item: which line item.
        days: its period.
        near: last day of the latest period the question asks of; the filing of that period is preferred, so
            that all numbers of an answer come from one place where they can.

    Raises:
        Lacking: no filing gives it, or one gives two values.
    """
    fitting = [one for one in ledger.at(days.end) if not one.dimension and _fits(one, item, days)]
    order = _order(near)
    for tier in (_on_statement, _by_label, _in_parts, _elsewhere):
        rows = tier(fitting, item)
        for filing in sorted({row.filing for row in rows}, key=order):
            own = [row for row in rows if row.filing == filing]
            return _chosen(own, item, _restated(own, rows, item))
    raise Lacking(f"no {item.title} for the period to {days.end.isoformat()}")


def choose_labelled(ledger: Ledger, label: str, days: Days, near: date) -> Chosen:
    """The value of a row whose printed label reads as `label`.

    Raises:
        Lacking: no row of the whole company does, or rows of one filing differ.
    """
    wanted = plain_label(label)
    rows = [
        one
        for one in ledger.at(days.end)
        if not one.dimension
        and (one.start is None or abs(one.days - days.length) <= _SLACK)
        and (one.money or "/" in one.unit or one.unit == "shares")
        and fuzz.token_sort_ratio(wanted, plain_label(one.label)) >= _ALIKE
    ]
    stated = [one for one in rows if one.statement]
    for filing in sorted({row.filing for row in stated or rows}, key=_order(near)):
        own = [row for row in stated or rows if row.filing == filing]
        _agree(own, label)
        return Chosen((own[0],), own[0].value, own[0].unit, own[0].label)
    raise Lacking(f"no line “{label}” for the period to {days.end.isoformat()}")


def _order(near: date) -> Callable[[Filing], tuple[bool, str, str]]:
    return lambda one: (one.own_end != near, one.available_at.isoformat(), one.document_id)


def _fits(one: Filed, item: Item, days: Days) -> bool:
    kinds = {UnitKind.MONEY: one.money, UnitKind.SHARES: one.unit == "shares"}
    if not kinds.get(item.unit, "/share" in one.unit):
        return False
    if item.instant:
        return one.start is None
    return one.start is not None and abs(one.days - days.length) <= _SLACK


def _on_statement(rows: Sequence[Filed], item: Item) -> list[Filed]:
    """Of its own statement, or as the filer tagged it; XBRL gives a cover page's items only so."""
    return [
        row for row in rows if row.concept == item.name and (row.statement is item.statement or row.tagged)
    ]


def _by_label(rows: Sequence[Filed], item: Item) -> list[Filed]:
    """Rows of its own statement that the parser gave no name, or several that make it up."""
    return [
        row
        for row in rows
        if row.statement is item.statement
        and (not row.concept or item.add)
        and any(label.fullmatch(plain_label(row.label)) for label in item.labels)
    ]


def _in_parts(rows: Sequence[Filed], item: Item) -> list[Filed]:
    """The rows of which a statement gives no sum, under a heading that names the item."""
    return [
        row
        for row in rows
        if row.statement is item.statement
        and any(part.fullmatch(plain_label(row.label)) for part in item.parts)
        and any(label.fullmatch(plain_label(over)) for over in row.path[:-1] for label in item.labels)
    ]


def _elsewhere(rows: Sequence[Filed], item: Item) -> list[Filed]:
    """In notes and other tables; for totals only where the filing's own statement was not read."""
    read = {row.filing for row in rows if row.statement is item.statement}
    return [
        row for row in rows if row.concept == item.name and not (row.filing in read and item.name in _TOTALS)
    ]


def _chosen(own: Sequence[Filed], item: Item, restated: Filed | None) -> Chosen:
    """One value of the rows of one filing."""
    rows = _once(own)
    parts = bool(item.parts) and all(
        any(part.fullmatch(plain_label(row.label)) for part in item.parts) for row in rows
    )
    if (item.add or parts) and len(rows) > 1:
        totals = [row for row in rows if plain_label(row.label).startswith("total")]
        rows = totals or rows
    else:
        _agree(rows, item.title)
        rows = rows[:1]
    value = sum(row.value for row in rows)
    return Chosen(tuple(rows), abs(value) if item.cost else value, rows[0].unit, item.title, restated)


def _once(rows: Sequence[Filed]) -> list[Filed]:
    """Each label once; a statement printed twice gives the same rows again."""
    return list({(plain_label(row.label), round(row.value)): row for row in reversed(rows)}.values())[::-1]


def _agree(rows: Sequence[Filed], title: str) -> None:
    first = rows[0]
    for row in rows[1:]:
        if row.unit != first.unit or not isclose(abs(row.value), abs(first.value), rel_tol=_SAME):
            said = ", ".join(dict.fromkeys(f"“{one.label}”" for one in rows))
            raise Lacking(f"its filing gives more than one {title}: {said}")


def _restated(own: Sequence[Filed], rows: Sequence[Filed], item: Item) -> Filed | None:
    """The newest later filing's value where it is another one."""
    if item.add or len(own) != 1:
        return None
    later = [row for row in rows if row.filing.available_at > own[0].filing.available_at and row.statement]
    newest = max(later, key=lambda row: row.filing.available_at, default=None)
    same = newest is None or isclose(abs(newest.value), abs(own[0].value), rel_tol=5e-3)
    return None if same else newest


def statement_read(ledger: Ledger, end: date, statement: Statement) -> bool:
    """Whether any filing's own statement of that kind was read for a day: what it lacks is then not there."""
    return any(one.statement is statement for one in ledger.at(end))
