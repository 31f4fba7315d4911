"""Filings in EDGAR's kind of HTML: a submission header, a tagged cover, items, tables with inline XBRL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from html import escape

from .accounts import Book
from .statements import Row, balance, cash_flow, income
from .world import DISCLAIMER, LABEL, Company, Grid, Paper, Section

_TAGS = {
    "Net sales": "Revenues",
    "Revenue": "Revenues",
    "Cost of sales": "CostOfRevenue",
    "Gross profit": "GrossProfit",
    "Selling, general and administrative expenses": "SellingGeneralAndAdministrativeExpense",
    "Research and development expenses": "ResearchAndDevelopmentExpense",
    "Operating income": "OperatingIncomeLoss",
    "Provision for income taxes": "IncomeTaxExpenseBenefit",
    "Net income": "NetIncomeLoss",
    "Depreciation and amortization": "DepreciationDepletionAndAmortization",
    "Net cash provided by (used in) operating activities": "NetCashProvidedByUsedInOperatingActivities",
    "Net cash provided by (used in) investing activities": "NetCashProvidedByUsedInInvestingActivities",
    "Net cash provided by (used in) financing activities": "NetCashProvidedByUsedInFinancingActivities",
    "Capital expenditures": "PaymentsToAcquirePropertyPlantAndEquipment",
    "Dividends paid": "PaymentsOfDividends",
    "Cash and cash equivalents": "CashAndCashEquivalentsAtCarryingValue",
    "Marketable securities": "MarketableSecuritiesCurrent",
    "Accounts receivable, net": "AccountsReceivableNetCurrent",
    "Inventories": "InventoryNet",
    "Total current assets": "AssetsCurrent",
    "Property, plant and equipment, net": "PropertyPlantAndEquipmentNet",
    "Goodwill": "Goodwill",
    "Total assets": "Assets",
    "Accounts payable": "AccountsPayableCurrent",
    "Total current liabilities": "LiabilitiesCurrent",
    "Long-term debt": "LongTermDebtNoncurrent",
    "Total liabilities": "Liabilities",
    "Retained earnings": "RetainedEarningsAccumulatedDeficit",
    "Total stockholders' equity": "StockholdersEquity",
    "Total liabilities and stockholders' equity": "LiabilitiesAndStockholdersEquity",
}
_PAYMENTS = {"PaymentsToAcquirePropertyPlantAndEquipment", "PaymentsOfDividends"}  # told as positive
_FORMS = {
    "10-K": "ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934",
    "8-K": "CURRENT REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934",
    "NT 10-K": "NOTIFICATION OF LATE FILING (FORM 12b-25)",
}
_STYLE = "font-family:Times New Roman,serif;font-size:10pt"


def statement_grids(newest: Sequence[Book], ends: Sequence[date], scale: int = 1_000) -> tuple[Grid, ...]:
    """The three statements; columns newest first, the balance sheet with two of them."""
    units = f"(in {'thousands' if scale == 1_000 else 'millions'}, except per share amounts)"
    years = tuple(str(end.year) for end in ends)
    return (
        Grid(
            "CONSOLIDATED STATEMENTS OF OPERATIONS", units, years, _tagged(income(newest)), scale, tuple(ends)
        ),
        Grid(
            "CONSOLIDATED BALANCE SHEETS",
            units,
            years[:2],
            _tagged(balance(newest[:2])),
            scale,
            tuple(ends[:2]),
            instant=True,
        ),
        Grid(
            "CONSOLIDATED STATEMENTS OF CASH FLOWS",
            units,
            years,
            _tagged(cash_flow(newest)),
            scale,
            tuple(ends),
        ),
    )


def _tagged(rows: Iterable[Row]) -> tuple[tuple[str, tuple[str, ...] | None, str], ...]:
    """Rows with the element that tags each; of a label that is there twice the first."""
    out: list[tuple[str, tuple[str, ...] | None, str]] = []
    used: set[str] = set()
    for row in rows:
        tag = "" if row.label in used else _TAGS.get(row.label, "")
        used.add(row.label)
        out.append((row.label, row.values, tag))
    return tuple(out)


def filing_html(company: Company, paper: Paper) -> bytes:
    """The whole submission: header, cover and items."""
    grids = [part for _, parts in paper.items for part in parts if isinstance(part, Grid)]
    body = "\n".join(
        f'<p style="font-weight:bold">{escape(title, quote=False)}</p>\n'
        + "\n".join(_part(part) for part in parts)
        for title, parts in paper.items
    )
    header = (
        "<SEC-DOCUMENT>\n<SEC-HEADER>\n"
        f"<ACCEPTANCE-DATETIME>{(paper.accepted - timedelta(hours=5)):%Y%m%d%H%M%S}\n"
        f"CONFORMED SUBMISSION TYPE: {paper.form}\nFILED AS OF DATE: {paper.accepted:%Y%m%d}\n"
        f"COMPANY CONFORMED NAME: {company.name.upper()}\nCENTRAL INDEX KEY: {company.cik:010d}\n"
        f"</SEC-HEADER>\n<DOCUMENT>\n<TYPE>{paper.form}\n<TEXT>\n"
    )
    return (
        header
        + f"""<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ix="http://www.xbrl.org/2013/inlineXBRL">
<head><meta charset="utf-8"><title>{company.ticker} {paper.form} ({LABEL})</title></head>
<body style="{_STYLE}">
<div style="display:none"><ix:header><ix:resources>
{_contexts(company, grids)}
</ix:resources></ix:header></div>
{_cover(company, paper)}
{body}
<p style="font-weight:bold">SIGNATURES</p>
<p>Signed by role: Chief Financial Officer, {escape(company.name)}. No natural person stands behind it.</p>
<p>Date: {paper.accepted:%B} {paper.accepted.day}, {paper.accepted.year}</p>
<p>{DISCLAIMER}</p>
</body>
</html>
</TEXT>
</DOCUMENT>
</SEC-DOCUMENT>
"""
    ).encode()


def _cover(company: Company, paper: Paper) -> str:
    day = f"{paper.period:%B} {paper.period.day}, {paper.period.year}"
    of = "For the fiscal year ended" if paper.form.endswith("10-K") else "Date of report (date of event):"

    def dei(name: str, text: str) -> str:
        return (
            f'<ix:nonNumeric name="dei:{name}" contextRef="cover">{escape(text, quote=False)}</ix:nonNumeric>'
        )

    return f"""<p>SYNTHETIC SECURITIES FILING. Not filed with any authority; all in it is fictional.</p>
<p>Form {dei("DocumentType", paper.form)}</p>
<p>{_FORMS[paper.form]}</p>
<p>{of} {dei("DocumentPeriodEndDate", day)}</p>
<p>Commission file number 000-00000</p>
<p>{dei("EntityRegistrantName", company.name)}</p>
<p>(Exact name of registrant as specified in its charter)</p>
<p>{company.state} (State of incorporation). {company.place}.
Trading symbol: {dei("TradingSymbol", company.ticker)}.
Central Index Key (fictional): {dei("EntityCentralIndexKey", f"{company.cik:010d}")}</p>"""


def _part(part: Section | Grid | str) -> str:
    if isinstance(part, Grid):
        return _table(part)
    if isinstance(part, Section):
        text = "\n".join(f"<p>{escape(p, quote=False)}</p>" for p in part.paragraphs)
        return f'<p style="font-style:italic;font-weight:bold">{escape(part.title, quote=False)}</p>\n{text}'
    return f"<p>{escape(part, quote=False)}</p>"


def _table(grid: Grid) -> str:
    heads = "".join(f"<th>{escape(name)}</th>" for name in grid.columns)
    lines = [f"<tr><th></th>{heads}</tr>"]
    for label, values, tag in grid.rows:
        cells = values or ("",) * len(grid.columns)
        shown = "".join(f"<td>{_cell(grid, tag, n, value)}</td>" for n, value in enumerate(cells))
        lines.append(f"<tr><td>{escape(label, quote=False)}</td>{shown}</tr>")
    rows = "\n".join(lines)
    over = f"<p>{escape(grid.title, quote=False)}</p>\n<p>{grid.units}</p>"
    return f"{over}\n<table>\n{rows}\n</table>"


def _cell(grid: Grid, tag: str, column: int, value: str) -> str:
    digits = value.replace("$", "").strip().strip("()")
    if not (tag and grid.ends and digits[:1].isdigit()):
        return escape(value)
    negative = "(" in value and tag not in _PAYMENTS
    power = {1_000: 3, 1_000_000: 6}[grid.scale]
    sign = ' sign="-"' if negative else ""
    told = (
        f'<ix:nonFraction name="us-gaap:{tag}" contextRef="{_context(grid, column)}" unitRef="usd"'
        f' decimals="-{power}" scale="{power}" format="ixt:num-dot-decimal"{sign}>{digits}</ix:nonFraction>'
    )
    return value.replace(digits, told)


def _context(grid: Grid, column: int) -> str:
    return f"{'at' if grid.instant else 'fy'}{grid.ends[column]:%Y%m%d}"


def _contexts(company: Company, grids: Sequence[Grid]) -> str:
    """Each period that a tagged table tells of, and the one currency."""
    named = {_context(g, n): (g.ends[n], g.instant) for g in grids for n in range(len(g.ends))}
    entity = (
        f'<xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">{company.cik:010d}'
        "</xbrli:identifier></xbrli:entity>"
    )
    out = []
    for name, (end, instant) in sorted(named.items()):
        span = (
            f"<xbrli:instant>{end}</xbrli:instant>"
            if instant
            else f"<xbrli:startDate>{_year_before(end)}</xbrli:startDate><xbrli:endDate>{end}</xbrli:endDate>"
        )
        out.append(f'<xbrli:context id="{name}">{entity}<xbrli:period>{span}</xbrli:period></xbrli:context>')
    out.append('<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit>')
    return "\n".join(out)


def _year_before(end: date) -> date:
    """The first day of the year that ends on `end`, which is the end of a month."""
    first_after = end + timedelta(days=1)
    return first_after.replace(year=first_after.year - 1)
