"""What the amounts of a table are counted in, and the factor they are printed in.

Everything is read off the table's own words (label, header, corner, caption, the line before it). A cell
whose unit could be read two ways has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smalti.ingest.grids import Amount, Grid, Line
from smalti.ingest.table_periods import VOTES, Context
from smalti.platform.quantities import Scale, read_currency, read_scale

__all__ = ["Unit", "Units", "first_scale"]

_PERCENT = re.compile(r"(?<!\d)(?<!\d )%|\bpercent(?:age)?s?\b", re.I)
_EXCEPTION = re.compile(r"\b(?:except|excluding|other than)\b.*", re.I | re.S)
_PER_SHARE = re.compile(r"\bper\b[^|]{0,30}\b(?:shares?|ADS)\b|\bEPS\b", re.I)
_SHARES = re.compile(
    r"\bweighted[ -]average\b.{0,40}\bshares\b"
    r"|\b(?:number of|diluted|basic|average|total(?: number of)?) shares\b"
    r"|\bshares (?:outstanding|used)\b|^shares\b|\| shares\b",
    re.I,
)
_WEIGHTED = re.compile(r"\bweighted[ -]average\b.{0,40}\bshares\b", re.I)
_MAYBE_SHARES = re.compile(r"\bshares\b(?!['’]| repurchase| of )", re.I)
_OTHER_THINGS = re.compile(
    r"\bsquare f|\bunits\b|\btons?\b|\bbarrels\b|\bcustomers\b|\bsubscri|\bconnections\b|\boptions\b"
    r"|\bawards\b|\bgallons\b|\bmiles\b|\bnet additions\b|['‘’]000",
    re.I,
)
_COUNT = re.compile(
    r"\bnumber of (?!shares)|\bstores?\b|\bemployees\b|\bheadcount\b|\bwarehouses\b|\bsquare f(?:ee|oo)t",
    re.I,
)
_RATE = re.compile(
    r"\brates?\b(?! (?:swap|lock|contract|deriv|cap))|\bratios?\b|\bmargins?\b|\bmultiple\b|\bdays\b"
    r"|\b(?:in|of) years\b|\blife\b",
    re.I,
)
_CENTS = re.compile(r"\bcents\b", re.I)
_PRICE = re.compile(r"\bprices?\b|\bper\b", re.I)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (`USD`, `USD/share`, `shares`, `%`, `count`) and the factor amounts are printed in."""

    name: str
    factor: float


class _Words:
    """The words beside and over a cell, less what they except (`in millions, except per share data`)."""

    def __init__(self, line: Line, path: Sequence[str]) -> None:
        self.over = _EXCEPTION.sub("", " | ".join(path))
        self.own = _EXCEPTION.sub("", line.label) + " | " + self.over
        self.all = " | ".join(line.parents[-2:]) + " | " + self.own
        money = any(a.number.currency for a in line.amounts.values())
        self.shares = bool(_SHARES.search(self.own) or (not money and _WEIGHTED.search(self.all)))
        self.votes = bool(VOTES.search(self.over))
        self.things = bool(_COUNT.search(self.own))

    @property
    def counted(self) -> bool:
        """Whether they speak of something that is not money."""
        return self.shares or self.things or self.votes or bool(_RATE.search(self.own))


@dataclass(slots=True)
class Units:
    """Reads the units of one table's cells."""

    grid: Grid
    context: Context
    _scales: dict[tuple[str, ...], Scale | None] = field(default_factory=dict)
    _percents: dict[tuple[int, int], bool] = field(default_factory=dict)
    _currency: str | None = ""  # empty until looked for
    _styles: set[int] | None = None

    def of(self, line: Line, amount: Amount) -> Unit | None:
        """The unit of a cell and the factor it is printed in."""
        path = self.grid.column_path(amount.column, line.head)
        near = _Words(line, path)
        shown = amount.number.currency is not None
        if amount.number.percent or (not shown and self._is_percent(near, line, amount)):
            return Unit("%", 1.0)
        if _CENTS.search(near.own):
            return None
        currency = self.currency(amount)
        if _PER_SHARE.search(near.all):
            return Unit(f"{currency}/share", 1.0) if currency and _has_cents(amount) else None
        if not shown and near.counted:
            return self._counted(line, path, near, amount)
        return self._money(line, path, amount, currency)

    def _counted(self, line: Line, path: Sequence[str], near: _Words, amount: Amount) -> Unit | None:
        """Of a cell whose words speak of shares, things or rates."""
        if near.votes:
            return Unit("votes", 1.0)
        scale = self._scale(line, path)
        if near.shares:
            return Unit("shares", scale.shares) if scale and not _has_cents(amount) else None
        return Unit("count", 1.0) if near.things and scale is None else None

    def _money(self, line: Line, path: Sequence[str], amount: Amount, currency: str | None) -> Unit | None:
        shown = amount.number.currency is not None
        words = " | ".join((line.label, *path))
        if currency is None or (_PRICE.search(words) and (_has_cents(amount) or not shown)):
            return None
        if amount.number.scaled:
            return Unit(currency, 1.0)
        scale = self._scale(line, path)
        if scale is None or (not shown and self._is_doubtful(line, path, amount, scale)):
            return None
        return Unit(currency, scale.money)

    def _is_doubtful(self, line: Line, path: Sequence[str], amount: Amount, scale: Scale) -> bool:
        """Whether a bare number may be something else than money in the table's scale."""
        if not self._fits_style(amount) or _MAYBE_SHARES.search(line.label):
            return True
        if any(
            _OTHER_THINGS.search(text) for text in (*path, *self.grid.corner(0), *self.context.titles[:2])
        ):
            return True
        return scale.money > 1 and _has_cents(amount) and self._has_per_share()

    def _has_per_share(self) -> bool:
        """Whether any row or title speaks of amounts per share."""
        texts = (*(o.label for o in self.grid.lines), *self.context.titles[:3], *self.grid.corner(0))
        return any(_PER_SHARE.search(text) for text in texts)

    def _among_percents(self, line: Line, amount: Amount) -> bool:
        """Whether a bare number stands in a column of percentages, only some of which carry the sign."""
        key = (amount.column, line.head)
        if key not in self._percents:
            column = [
                other.amounts[amount.column]
                for other in self.grid.lines
                if other.head == line.head and amount.column in other.amounts
            ]
            signed = any(a.number.percent for a in column)
            self._percents[key] = signed and not any(a.number.currency or "," in a.text for a in column)
        return self._percents[key]

    def currency(self, amount: Amount) -> str | None:
        """The currency a cell shows, its table names, or the filing uses."""
        if amount.number.currency:
            shown = amount.number.currency
            named = self._named()
            return named if shown == "USD" and named else shown
        return self._named() or self.context.currency

    def _named(self) -> str | None:
        """The first currency that the header or a title names."""
        if self._currency == "":
            texts = (*(h["text"] for h in self.grid.heads[0]), *self.context.titles[:3])
            self._currency = next((c for c in map(read_currency, texts) if isinstance(c, str)), None)
        return self._currency

    def _is_percent(self, near: _Words, line: Line, amount: Amount) -> bool:
        section = line.parents[-1] if line.parents else ""
        if _PERCENT.search(near.own) or _PERCENT.search(section) or self._among_percents(line, amount):
            return True
        return any(re.match(r"\(?\s*(?:%|percent)", text, re.I) for text in self.grid.corner(line.head))

    def _scale(self, line: Line, path: Sequence[str]) -> Scale | None:
        texts = (
            line.label, *reversed(line.parents[-2:]), *reversed(path), *self.grid.corner(line.head),
            *self.grid.corner(0), *(h["text"] for h in self.grid.heads[0]), *self.context.titles,
        )  # fmt: skip
        if texts not in self._scales:
            self._scales[texts] = first_scale(texts)
        return self._scales[texts]

    def _fits_style(self, amount: Amount) -> bool:
        """Whether an amount is printed with as many decimals as the table's plain money is."""
        if self._styles is None:
            every = [a for line in self.grid.lines for a in line.amounts.values()]
            plain = [a for a in every if a.number.currency and not _PER_SHARE.search(a.text)]
            plain += [a for a in every if "," in a.text]
            self._styles = {_decimals(a.text) for a in plain}
        return not self._styles or _decimals(amount.text) in self._styles


def first_scale(texts: Iterable[str]) -> Scale | None:
    """The scale of the first text that states one; none at all if that text states two."""
    for text in texts:
        found = read_scale(text)
        if isinstance(found, Scale):
            return found
        if found.reason != "no scale stated":
            return None
    return None


def _decimals(text: str) -> int:
    found = re.search(r"\.(\d+)", text)
    return len(found[1]) if found else 0


def _has_cents(amount: Amount) -> bool:
    return _decimals(amount.text) >= 2 and abs(amount.number.value) < 100_000
