"""The rows of the tables in a filing, from an issuer's books."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .accounts import Book
from .world import Story


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `values` newest year first, None for a heading."""

    label: str
    values: tuple[str, ...] | None = None
    total: bool = False
    indent: bool = False


def figure(value: float, dollar: bool = False, decimals: int = 0) -> str:
    """`1,234`, `(1,234)` or a dash, with a dollar sign where asked."""
    if value == 0 and decimals == 0:
        text = "—"
    else:
        text = f"{abs(value):,.{decimals}f}"
        text = f"({text})" if value < 0 else text
    return f"$ {text}" if dollar else text


class _Table:
    def __init__(self, books: Sequence[Book]) -> None:
        self.books = books
        self.rows: list[Row] = []

    def head(self, label: str) -> None:
        self.rows.append(Row(label))

    def add(self, label: str, item: str | Callable[[Book], float], **style: bool) -> None:
        get = item if callable(item) else (lambda book: book[item])
        dollar = style.pop("dollar", False)
        values = tuple(figure(get(book), dollar) for book in self.books)
        if any(value not in ("—", "$ —") for value in values):
            self.rows.append(Row(label, values, **style))

    def per_share(self, label: str) -> None:
        values = tuple(
            figure(round(b["net_income"] / b["shares"], 2), dollar=True, decimals=2) for b in self.books
        )
        self.rows.append(Row(label, values))


def income(books: Sequence[Book]) -> list[Row]:
    """Statement of operations, columns in the order of `books`."""
    t = _Table(books)
    loss = any(b["net_income"] < 0 for b in books)
    t.add("Net sales", "net_sales", dollar=True)
    t.add("Cost of sales", "cost_of_sales")
    t.add("Gross profit (loss)" if loss else "Gross profit", "gross_profit", total=True)
    t.add("Selling, general and administrative expenses", "sga")
    t.add("Research and development expenses", "research")
    t.add("Operating loss" if loss else "Operating income", "operating_income", total=True)
    t.add("Interest expense", lambda b: -b["interest"])
    t.add("Other income, net", "other_income")
    t.add("Loss before income taxes" if loss else "Income before income taxes", "pretax_income", total=True)
    t.add("Provision for income taxes", "tax")
    t.add("Net loss" if loss else "Net income", "net_income", total=True, dollar=True)
    word = "loss" if loss else "earnings"
    t.per_share(f"Basic and diluted {word} per share")
    t.add("Weighted average shares outstanding, diluted", "shares")
    return t.rows


def balance(books: Sequence[Book]) -> list[Row]:
    """Balance sheet, columns in the order of `books`."""
    t = _Table(books)
    t.head("Assets")
    t.head("Current assets:")
    t.add("Cash and cash equivalents", "cash", dollar=True, indent=True)
    t.add("Marketable securities", "securities", indent=True)
    t.add("Accounts receivable, net", "receivables", indent=True)
    t.add("Inventories", "inventories", indent=True)
    t.add("Prepaid expenses and other current assets", "prepaid", indent=True)
    t.add("Total current assets", "current_assets", total=True)
    t.add("Property, plant and equipment, net", "ppe")
    t.add("Goodwill", "goodwill")
    t.add("Other assets", "other_assets")
    t.add("Total assets", "assets", total=True, dollar=True)
    t.head("Liabilities and stockholders' equity")
    t.head("Current liabilities:")
    t.add(
        "Short-term borrowings and current portion of long-term debt",
        "current_debt",
        dollar=True,
        indent=True,
    )
    t.add("Accounts payable", "payables", indent=True)
    t.add("Accrued expenses", "accrued", indent=True)
    t.add("Deferred revenue", "deferred_revenue", indent=True)
    t.add("Total current liabilities", "current_liabilities", total=True)
    t.add("Long-term debt", "long_debt")
    t.add("Deferred income taxes", "deferred_tax")
    t.add("Other liabilities", "other_liabilities")
    t.add("Total liabilities", "liabilities", total=True)
    t.head("Stockholders' equity:")
    t.add("Common stock and additional paid-in capital", "paid_in", indent=True)
    t.add("Treasury stock", "treasury", indent=True)
    deficit = any(b["retained"] < 0 for b in books)
    t.add("Accumulated deficit" if deficit else "Retained earnings", "retained", indent=True)
    t.add("Total stockholders' equity", "equity", total=True)
    t.add("Total liabilities and stockholders' equity", "liabilities_equity", total=True, dollar=True)
    return t.rows


def cash_flow(books: Sequence[Book]) -> list[Row]:
    """Statement of cash flows, columns in the order of `books`."""
    t = _Table(books)
    t.head("Cash flows from operating activities:")
    loss = any(b["net_income"] < 0 for b in books)
    t.add("Net loss" if loss else "Net income", "net_income", dollar=True, indent=True)
    t.add("Depreciation and amortization", "depreciation", indent=True)
    t.add("Stock-based compensation", "stock_pay", indent=True)
    t.add("Deferred income taxes", "change_deferred_tax", indent=True)
    t.head("Changes in assets and liabilities:")
    for label, item in (
        ("Accounts receivable", "receivables"),
        ("Inventories", "inventories"),
        ("Prepaid expenses and other current assets", "prepaid"),
        ("Other assets", "other_assets"),
        ("Accounts payable", "payables"),
        ("Accrued expenses", "accrued"),
        ("Deferred revenue", "deferred_revenue"),
        ("Other liabilities", "other_liabilities"),
    ):
        t.add(label, f"change_{item}", indent=True)
    t.add("Net cash provided by (used in) operating activities", "cfo", total=True)
    t.head("Cash flows from investing activities:")
    t.add("Capital expenditures", lambda b: -b["capex"], indent=True)
    t.add("Sales (purchases) of marketable securities, net", "securities_bought", indent=True)
    t.add("Net cash provided by (used in) investing activities", "cfi", total=True)
    t.head("Cash flows from financing activities:")
    t.add("Proceeds from borrowings", "borrowed", indent=True)
    t.add("Repayment of debt", lambda b: -b["repaid"], indent=True)
    t.add("Proceeds from issuance of common stock", "issued", indent=True)
    t.add("Repurchases of common stock", lambda b: -b["repurchased"], indent=True)
    t.add("Dividends paid", lambda b: -b["dividends"], indent=True)
    t.add("Net cash provided by (used in) financing activities", "cff", total=True)
    t.add("Net increase (decrease) in cash and cash equivalents", "net_change")
    t.add("Cash and cash equivalents at beginning of year", "cash_begin")
    t.add("Cash and cash equivalents at end of year", "cash", total=True, dollar=True)
    return t.rows


def segments(story: Story) -> list[Row]:
    """Net sales by segment, newest year first."""
    rows = [
        Row(name, tuple(figure(v, dollar=not i) for v in reversed(values)))
        for i, (name, values) in enumerate(story.segments.items())
    ]
    totals = [sum(year) for year in zip(*story.segments.values(), strict=True)]
    return [
        *rows,
        Row("Total net sales", tuple(figure(v, dollar=True) for v in reversed(totals)), total=True),
    ]


def ratios(books: Sequence[Book]) -> list[Row]:
    """Selected measures in percent and days, columns in the order of `books`."""

    def row(label: str, get: Callable[[Book], float], sign: str) -> Row:
        return Row(label, tuple(f"{get(b):.1f}{sign}" for b in books))

    return [
        row("Gross margin", lambda b: 100 * b["gross_profit"] / b["net_sales"], "%"),
        row(
            "Selling, general and administrative, of net sales",
            lambda b: 100 * b["sga"] / b["net_sales"],
            "%",
        ),
        row("Days sales outstanding", lambda b: 365 * b["receivables"] / b["net_sales"], ""),
        row("Days of inventory", lambda b: 365 * b["inventories"] / b["cost_of_sales"], ""),
        row("Current ratio", lambda b: b["current_assets"] / b["current_liabilities"], ""),
    ]


def quarters(book: Book, shares: tuple[float, ...]) -> list[Row]:
    """Net sales and gross profit by quarter of one year; the quarters sum to the year."""

    def split(total: int) -> list[int]:
        parts = [round(total * share) for share in shares[:-1]]
        return [*parts, total - sum(parts)]

    return [
        Row("Net sales", tuple(figure(v, dollar=True) for v in split(book["net_sales"]))),
        Row("Gross profit (loss)", tuple(figure(v) for v in split(book["gross_profit"]))),
    ]
