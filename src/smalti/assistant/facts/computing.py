"""A formula worked out for a period of an issuer: its value, and every number that went in with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from smalti.assistant.asked.spans import spans, year_before
from smalti.assistant.facts.choosing import (
    Chosen,
    Days,
    Lacking,
    choose,
    choose_labelled,
    statement_read,
)
from smalti.assistant.facts.ledger import Filed, Ledger
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import item, metric
from smalti.assistant.metrics.formulas import Call, Node, Number, Term, parse
from smalti.assistant.understood import Period

__all__ = ["Computing", "Used", "Value"]

_TIGHT = {"+": 1, "-": 1, "*": 2, "/": 2}
_SHOWN = {"*": "×", "-": "−", "/": "/", "+": "+"}
_MOST_TERMS = 60


@dataclass(frozen=True, slots=True)
class Used:
    """A filed number inside a formula. `row` is the one it is; `value` as it is told."""

    row: Filed
    value: float


@dataclass(frozen=True, slots=True)
class Value:
    """What a formula gives for a period.

    Attributes:
        amount: in `unit`: a currency, `USD/share`, `shares` or `pure`.
        formula: in words, with the periods.
        worked: the same with numbers in it: pieces of text and the numbers between them.
        chosen: the line items used, in order.
        tight: how strongly the outermost sign binds: 1 a sum, 2 a product, 3 a single number.
        absent: nought because the filer has no such line.
    """

    amount: float
    unit: str
    formula: str
    worked: tuple[str | Used, ...]
    days: Days
    chosen: tuple[Chosen, ...] = ()
    tight: int = 3
    absent: bool = False

    @property
    def used(self) -> tuple[Used, ...]:
        """The filed numbers in it, in order."""
        return tuple(one for one in self.worked if isinstance(one, Used))

    @property
    def single(self) -> bool:
        """One filed number as it stands."""
        return len(self.worked) == 1 and len(self.used) == 1

    def joined(self, sign: str, right: Value) -> Value:
        """This, `+`, `-`, `*` or `/`, and another one, with the brackets that takes.

        Raises:
            Lacking: units do not fit, it divides by nought, or what is needed is absent.
        """
        if right.absent or self.absent:
            if sign not in "+-" or self.absent:
                raise Lacking(f"{(self if self.absent else right).formula}: nothing to compute with")
            return self
        tight = _TIGHT[sign]
        first = _bracketed(self, self.tight < tight)
        second = _bracketed(right, right.tight < tight or (right.tight == tight and sign in "-/"))
        shown = f" {_SHOWN[sign]} "
        return Value(
            _result(sign, self, right),
            _unit(sign, self.unit, right.unit),
            first.formula + shown + second.formula,
            (*first.worked, shown, *second.worked),
            self.days if len(self.used) else right.days,
            (*self.chosen, *right.chosen),
            tight,
        )

    def over(self, number: int) -> Value:
        """This divided by a plain number."""
        return self.joined("/", Value(float(number), "pure", str(number), (str(number),), self.days))


@dataclass(slots=True)
class Computing:
    """Works formulas out for one issuer.

    Attributes:
        own: formulas that the question defines itself, by name of the metric or item they replace, or by
            their words.
        near: last day of the latest period asked of.
    """

    grounds: Grounds
    ledger: Ledger
    own: Mapping[str, Node] = field(default_factory=dict)
    near: date | None = None
    _days: dict[Period, Sequence[Days]] = field(default_factory=dict)
    _terms: int = 0

    def days(self, period: Period) -> Sequence[Days]:
        """What days a period can mean for the issuer, the likeliest first.

        Raises:
            Lacking: none is known.
        """
        if period not in self._days:
            found = spans(self.grounds, self.ledger.issuer_id, period)
            # The second reading of a year's name counts only where nothing was filed of the first.
            first = next((one for one in found if one.known), found[0] if found else None)
            self._days[period] = [Days(first.start, first.end)] if first else []
        if not self._days[period]:
            raise Lacking(f"nothing filed for {period.text}")
        return self._days[period]

    def value(self, node: Node, period: Period) -> Value:
        """The value of a formula for a period.

        Raises:
            Lacking: an input is not there or not sure, units do not fit, or it divides by nought.
        """
        self._terms += 1
        if self._terms > _MOST_TERMS * 10:
            raise Lacking("the formula is too long")
        days = self.days(period)[0]
        if isinstance(node, Number):
            return Value(node.value, "pure", f"{node.value:g}", (f"{node.value:g}",), days)
        if isinstance(node, Term):
            return self._term(node, _period_of(node.years, period))
        if isinstance(node, Call):
            return self._call(node, period)
        return self.value(node.left, period).joined(node.sign, self.value(node.right, period))

    def _term(self, term: Term, period: Period) -> Value:
        name = term.name or term.label.lower()
        if name in self.own:
            rest = {key: node for key, node in self.own.items() if key != name}
            return replace(self, own=rest).value(self.own[name], period)
        if found := metric(term.name):
            return self.value(parse(found.formula), period)
        days = self.days(period)[0]
        near = self.near or days.end
        known = item(term.name)
        if known is None:
            chosen = choose_labelled(self.ledger, term.label, days, near)
        else:
            chosen = choose(self.ledger, known, days, near)
        return _read(chosen, days, period)

    def _call(self, call: Call, period: Period) -> Value:
        if call.function == "first":
            return self._first(call.given, period)
        if call.function == "optional":
            return self._optional(call.given[0], period)
        if period.quarter is not None:
            raise Lacking(f"no {call.function} over a quarter is defined here")
        new, old = _ends(call, period)
        if call.function == "previous":
            return self.value(call.given[0], old)
        now, before = self.value(call.given[0], new), self.value(call.given[0], old)
        if call.function == "change":
            return now.joined("-", before)
        return before.joined("+", now).over(2)

    def _first(self, given: Sequence[Node], period: Period) -> Value:
        lacking: Lacking | None = None
        for node in given:
            try:
                return self.value(node, period)
            except Lacking as error:
                lacking = lacking or error
        raise lacking or Lacking("nothing to choose from")

    def _optional(self, node: Node, period: Period) -> Value:
        try:
            return self.value(node, period)
        except Lacking:
            days = self.days(period)[0]
            known = item(node.name) if isinstance(node, Term) else None
            if known is None or not statement_read(self.ledger, days.end, known.statement):
                raise
            return Value(0.0, "", f"no {known.title}", (), days, absent=True)


def _period_of(years: tuple[int, ...], period: Period) -> Period:
    if len(years) != 1 or years[0] == period.fiscal_year:
        return period
    return Period(f"FY{years[0]}", years[0])


def _ends(call: Call, period: Period) -> tuple[Period, Period]:
    """The period and the one before, or the two that the formula names itself."""
    if len(call.years) == 2:
        old, new = sorted(call.years)
        return Period(f"FY{new}", new), Period(f"FY{old}", old)
    return period, year_before(period)


def _read(chosen: Chosen, days: Days, period: Period) -> Value:
    sign = -1.0 if chosen.value * sum(row.value for row in chosen.rows) < 0 else 1.0
    worked: list[str | Used] = []
    for row in chosen.rows:
        worked += [" + ", Used(row, sign * row.value)]
    return Value(
        chosen.value,
        chosen.unit,
        f"{chosen.title} {period.text}",
        tuple(worked[1:]),
        days,
        (chosen,),
        tight=3 if len(chosen.rows) == 1 else 1,
    )


def _bracketed(value: Value, needed: bool) -> Value:
    if not needed:
        return value
    return replace(value, formula=f"({value.formula})", worked=("(", *value.worked, ")"))


def _result(sign: str, left: Value, right: Value) -> float:
    if sign == "+":
        return left.amount + right.amount
    if sign == "-":
        return left.amount - right.amount
    if sign == "*":
        return left.amount * right.amount
    if right.amount == 0:
        raise Lacking(f"{right.formula} is nought")
    return left.amount / right.amount


def _unit(sign: str, left: str, right: str) -> str:
    """The unit of a result.

    Raises:
        Lacking: dollars and shares are added, two currencies meet.
    """
    if sign in "+-":
        if left != right:
            raise Lacking(f"{left} and {right} cannot be added")
        return left
    if right == "pure":
        return left
    if sign == "*":
        if left != "pure":
            raise Lacking(f"{left} times {right} is nothing that is asked for")
        return right
    if left == right:
        return "pure"
    if right == "shares" and len(left) == 3:
        return f"{left}/share"
    raise Lacking(f"{left} over {right} is nothing that is asked for")
