"""Working a computation out again: the numbers it shows, put in place of its inputs' own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose, isfinite

from smalti.assistant.checks.agreement import told_positive
from smalti.assistant.checks.numerals import numerals
from smalti.assistant.records import Computation, Figure

__all__ = ["COUNTED", "Unworkable", "recomputed"]

COUNTED = "counted in the store"
"""`Computation.source` of a number of stored things."""

_OPENS = ("(", "+", "-", "*", "/", "^", ",", ";")
_LONGEST = 2_000
_DEEPEST = 20
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)"
    r"(?:\s?(?P<scale>thousand|million|billion|trillion)s?\b)?(?P<percent>\s?%)?"
    r"|(?P<name>max|min|sum|abs|average|mean)\b\s*(?:of\s)?(?=\()|(?P<sign>\*\*|[-+*/^(),;]))"
)
_NOISE = re.compile(r"US\$|[$€£¥]|\b(?:USD|EUR|GBP|CAD|AUD|JPY|days?|shares?|x)\b(?!\s*\()", re.I)
_AS_ASCII = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "[": "(", "]": ")", "’": "'"})
_CALLS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "max": max, "min": min, "sum": sum, "abs": lambda x: abs(x[0]),
    "average": lambda x: sum(x) / len(x), "mean": lambda x: sum(x) / len(x),
}  # fmt: skip


class Unworkable(ValueError):
    """What is shown does not follow from its inputs; the message says where."""


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    off: float
    percent: bool


def recomputed(computation: Computation) -> float:
    """The result in the unit of `computation.result`, made from its inputs' full values.

    Raises:
        Unworkable: what `worked` shows is no arithmetic, or not that of its inputs.
    """
    shown = computation.worked
    if len(shown) > _LONGEST:
        raise Unworkable("the working is too long to be checked")
    left, _, told = shown.translate(_AS_ASCII).replace("≈", "=").partition("=")
    tokens = list(_tokens(left))
    factor, values = _placed(tokens, computation)
    result = _Reader([v if isinstance(t, _Number) else t for t, v in zip(tokens, values, strict=True)]).read()
    if told.strip():
        _agrees(told, result, computation)
    return _in_unit(result, factor, computation)


def _tokens(text: str) -> Iterator[_Number | str]:
    plain, at = _NOISE.sub(" ", text).rstrip(), 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None:
            raise Unworkable(f"{plain[at : at + 20].strip()!r} is no arithmetic")
        at = found.end()
        if found["number"]:
            worth = _SCALES.get(found["scale"] or "", 1.0)
            digits = found["number"].replace(",", "")
            off = 0.5 * worth / 10.0 ** len(digits.partition(".")[2])
            yield _Number(float(digits) * worth, off, bool(found["percent"]))
        else:
            yield (found["name"] or found["sign"]).replace("**", "^")


def _placed(tokens: Sequence[_Number | str], computation: Computation) -> tuple[float, list[float]]:
    """The scale of the numbers shown, and each number's full value, inputs in order."""
    for factor in (1.0, 1e-3, 1e-6, 1e-9):
        if (values := _fitted(tokens, computation, factor)) is not None:
            return factor, values
    raise Unworkable("the numbers shown are not those of its inputs, in their order")


def _fitted(tokens: Sequence[_Number | str], computation: Computation, factor: float) -> list[float] | None:
    rest = list(computation.inputs)
    constants = {float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", computation.formula)}
    values: list[float] = []
    for place, token in enumerate(tokens):
        if isinstance(token, str):
            values.append(0.0)
        elif (
            rest
            and _signed_so(tokens, place, rest[0])
            and (value := _value_of(token, rest[0], factor)) is not None
        ):
            values.append(value)
            rest.pop(0)
        elif token.value in constants:
            values.append(token.value)
        elif (
            again := _again(token, computation.inputs, len(computation.inputs) - len(rest), factor)
        ) is not None:
            values.append(again)
        else:
            return None
    return None if rest else values


def _signed_so(tokens: Sequence[_Number | str], place: int, figure: Figure) -> bool:
    """Whether a minus stands before a number as the input's sign wants it; what is paid may be positive."""
    minus = place > 0 and tokens[place - 1] == "-" and (place == 1 or tokens[place - 2] in _OPENS)
    return minus == (figure.value < 0) or (figure.value < 0 and told_positive(figure.concept))


def _again(token: _Number, inputs: Sequence[Figure], used: int, factor: float) -> float | None:
    """An input that was shown before stands there again: `(b - a) / a`."""
    for figure in inputs[:used]:
        if (value := _value_of(token, figure, factor)) is not None:
            return value
    return None


def _value_of(token: _Number, figure: Figure, factor: float) -> float | None:
    """The input's value at the scale shown, if the token prints it; told positive where it is told so."""
    counts = figure.unit in ("%", "pure", "days", "x", "percentile", "count") or "/" in figure.unit
    scale = 1.0 if counts else factor
    for value in (figure.value * scale, figure.value * 100.0 if figure.unit == "pure" else None):
        if value is not None and abs(abs(value) - token.value) <= token.off * (1 + 1e-9) + 1e-12:
            return abs(value)
    return None


def _agrees(told: str, result: float, computation: Computation) -> None:
    """What stands behind the equals sign has to be what comes out."""
    shown = next(iter(numerals(told)), None)
    if shown is None:
        return
    ways = {abs(result), abs(computation.result.value)} | (
        {abs(result) * 100.0} if shown.unit == "%" else set()
    )
    if not any(abs(way - abs(shown.value)) <= shown.off * (1 + 1e-6) + 1e-12 for way in ways):
        raise Unworkable(f"it comes to {result:g}, not to {shown.value:g}")


def _in_unit(result: float, factor: float, computation: Computation) -> float:
    figure = computation.result
    if figure.unit in ("%", "pure", "days", "x", "count", "percentile", "points"):
        hundredfold = isclose(result / 100.0, figure.value, rel_tol=1e-6) and "100" in computation.worked
        in_percent = figure.unit == "%" and "100" not in computation.worked
        return (
            result / 100.0
            if hundredfold and figure.unit == "pure"
            else result * 100.0
            if in_percent
            else result
        )
    return (
        result
        if "/" in figure.unit and factor == 1.0
        else result / factor
        if "/" not in figure.unit
        else result
    )


class _Reader:
    """Recursive descent over `+ - * / ^`, brackets and a few functions."""

    def __init__(self, tokens: Sequence[float | str]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0

    def read(self) -> float:
        try:
            value = self._sum()
        except (ZeroDivisionError, OverflowError) as error:
            raise Unworkable("it divides by nought or grows beyond bounds") from error
        if self._at < len(self._tokens) or not isfinite(value):
            raise Unworkable("the working does not end as arithmetic does")
        return value

    def _next(self, *wanted: str) -> str | None:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        if isinstance(token, str) and token in wanted:
            self._at += 1
            return token
        return None

    def _sum(self) -> float:
        value = self._product()
        while sign := self._next("+", "-"):
            value = value + self._product() if sign == "+" else value - self._product()
        return value

    def _product(self) -> float:
        value = self._power()
        while sign := self._next("*", "/"):
            value = value * self._power() if sign == "*" else value / self._power()
        return value

    def _power(self) -> float:
        value = self._one()
        if self._next("^"):
            power = self._power()
            if abs(power) > 100 or value < 0:
                raise Unworkable("a power beyond bounds")
            return float(value**power)
        return value

    def _one(self) -> float:
        self._depth += 1
        if self._depth > _DEEPEST * 20 or self._at >= len(self._tokens):
            raise Unworkable("the working breaks off")
        if self._next("-"):
            return -self._one()
        token = self._tokens[self._at]
        self._at += 1
        if not isinstance(token, str):
            return token
        if token == "(":  # noqa: S105 - a bracket
            value = self._sum()
            self._close()
            return value
        if token in _CALLS:
            return self._call(token)
        raise Unworkable(f"{token!r} stands where a number should")

    def _call(self, name: str) -> float:
        if not self._next("("):
            raise Unworkable(f"{name} without brackets")
        values = [self._sum()]
        while self._next(",", ";"):
            values.append(self._sum())
        self._close()
        return _CALLS[name](values)

    def _close(self) -> None:
        if not self._next(")"):
            raise Unworkable("a bracket is not closed")
