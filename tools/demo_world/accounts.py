"""Three-statement accounting: what a year's plan implies, so that every statement balances by construction.

Cash is never planned: it is what the cash flow statement leaves. Amounts are whole numbers in the issuer's
own scale (thousands or millions of dollars).
"""

from __future__ import annotations

from dataclasses import dataclass

Book = dict[str, int]
"""One fiscal year's line items by name; flows are signed as the statements show them."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Balances at the end of the year before the first reported one; retained earnings balance them."""

    cash: int
    securities: int
    receivables: int
    inventories: int
    prepaid: int
    ppe: int
    goodwill: int
    other_assets: int
    current_debt: int
    payables: int
    accrued: int
    deferred_revenue: int
    long_debt: int
    deferred_tax: int
    other_liabilities: int
    paid_in: int
    treasury: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided for one year: its income, its closing balances and its financing."""

    year: int
    net_sales: int
    cost_of_sales: int
    sga: int
    research: int
    interest: int
    other_income: int
    tax: int
    depreciation: int  # lies inside cost of sales and SG&A
    stock_pay: int  # likewise
    receivables: int
    inventories: int
    prepaid: int
    securities: int
    other_assets: int
    payables: int
    accrued: int
    deferred_revenue: int
    deferred_tax: int
    other_liabilities: int
    capex: int
    borrowed: int
    repaid: int
    current_debt: int
    issued: int
    repurchased: int
    dividends: int
    shares: int  # weighted, diluted, in the issuer's scale


def plans(years: tuple[int, ...], **items: tuple[int, ...]) -> tuple[Plan, ...]:
    """One `Plan` a year from columns: each item of `Plan` with its value in each of `years`."""
    return tuple(
        Plan(year=year, **{name: values[n] for name, values in items.items()}) for n, year in enumerate(years)
    )


def opening_book(opening: Opening) -> Book:
    """The opening balances with retained earnings set so that they balance."""
    book = {name: getattr(opening, name) for name in Opening.__slots__}
    book["retained"] = 0
    _sum_up(book)
    book["retained"] = book["assets"] - book["liabilities_equity"]
    _sum_up(book)
    return book


def close(before: Book, plan: Plan) -> Book:
    """The year `plan` describes, carried on from `before`.

    Raises:
        ValueError: when cash runs below zero or the balance sheet does not balance.
    """
    book: Book = {name: getattr(plan, name) for name in Plan.__slots__}
    book["gross_profit"] = plan.net_sales - plan.cost_of_sales
    book["operating_income"] = book["gross_profit"] - plan.sga - plan.research
    book["pretax_income"] = book["operating_income"] - plan.interest + plan.other_income
    book["net_income"] = book["pretax_income"] - plan.tax
    _cash_flow(before, plan, book)
    book["cash_begin"] = before["cash"]
    book["cash"] = before["cash"] + book["net_change"]
    book["ppe"] = before["ppe"] + plan.capex - plan.depreciation
    book["goodwill"] = before["goodwill"]
    debt = before["current_debt"] + before["long_debt"] + plan.borrowed - plan.repaid
    book["long_debt"] = debt - plan.current_debt
    book["paid_in"] = before["paid_in"] + plan.stock_pay + plan.issued
    book["treasury"] = before["treasury"] - plan.repurchased
    book["retained"] = before["retained"] + book["net_income"] - plan.dividends
    _sum_up(book)
    if book["assets"] != book["liabilities_equity"] or book["cash"] < 0:
        raise ValueError(
            f"{plan.year}: {book['assets']} against {book['liabilities_equity']}, cash {book['cash']}"
        )
    return book


def _cash_flow(before: Book, plan: Plan, book: Book) -> None:
    for asset in ("receivables", "inventories", "prepaid", "other_assets"):
        book[f"change_{asset}"] = before[asset] - book[asset]
    for liability in ("payables", "accrued", "deferred_revenue", "deferred_tax", "other_liabilities"):
        book[f"change_{liability}"] = book[liability] - before[liability]
    changes = sum(value for name, value in book.items() if name.startswith("change_"))
    book["cfo"] = book["net_income"] + plan.depreciation + plan.stock_pay + changes
    book["securities_bought"] = before["securities"] - plan.securities
    book["cfi"] = book["securities_bought"] - plan.capex
    book["cff"] = plan.borrowed - plan.repaid + plan.issued - plan.repurchased - plan.dividends
    book["net_change"] = book["cfo"] + book["cfi"] + book["cff"]


def _sum_up(book: Book) -> None:
    book["current_assets"] = sum(
        book[k] for k in ("cash", "securities", "receivables", "inventories", "prepaid")
    )
    book["assets"] = book["current_assets"] + sum(book[k] for k in ("ppe", "goodwill", "other_assets"))
    book["current_liabilities"] = sum(
        book[k] for k in ("current_debt", "payables", "accrued", "deferred_revenue")
    )
    book["liabilities"] = book["current_liabilities"] + sum(
        book[k] for k in ("long_debt", "deferred_tax", "other_liabilities")
    )
    book["equity"] = sum(book[k] for k in ("paid_in", "treasury", "retained"))
    book["liabilities_equity"] = book["liabilities"] + book["equity"]


def books(opening: Opening, plans: tuple[Plan, ...]) -> tuple[Book, ...]:
    """One book a plan, oldest first."""
    out: list[Book] = []
    before = opening_book(opening)
    for plan in plans:
        before = close(before, plan)
        out.append(before)
    return tuple(out)


def beneish_m(now: Book, before: Book) -> float:
    """Beneish's eight-variable M-score (Financial Analysts Journal 55(5), 1999); above -1.78 is a warning."""

    def soft(book: Book) -> float:
        return 1 - (book["current_assets"] + book["ppe"]) / book["assets"]

    def wear(book: Book) -> float:
        return book["depreciation"] / (book["depreciation"] + book["ppe"])

    def leverage(book: Book) -> float:
        return (book["long_debt"] + book["current_liabilities"]) / book["assets"]

    def per_sale(book: Book, name: str) -> float:
        return book[name] / book["net_sales"]

    return (
        -4.84
        + 0.920 * per_sale(now, "receivables") / per_sale(before, "receivables")
        + 0.528 * per_sale(before, "gross_profit") / per_sale(now, "gross_profit")
        + 0.404 * soft(now) / soft(before)
        + 0.892 * now["net_sales"] / before["net_sales"]
        + 0.115 * wear(before) / wear(now)
        - 0.172 * per_sale(now, "sga") / per_sale(before, "sga")
        + 4.679 * (now["net_income"] - now["cfo"]) / now["assets"]
        - 0.327 * leverage(now) / leverage(before)
    )
