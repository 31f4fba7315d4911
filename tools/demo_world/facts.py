"""One issuer's facts in the shape of EDGAR's companyfacts JSON."""

from __future__ import annotations

import json
from typing import Any

from .accounts import Book, books
from .world import LABEL, Story

_FLOWS = {
    "Revenues": ("Revenues", "net_sales"),
    "CostOfRevenue": ("Cost of revenue", "cost_of_sales"),
    "GrossProfit": ("Gross profit", "gross_profit"),
    "SellingGeneralAndAdministrativeExpense": ("Selling, general and administrative expense", "sga"),
    "ResearchAndDevelopmentExpense": ("Research and development expense", "research"),
    "OperatingIncomeLoss": ("Operating income (loss)", "operating_income"),
    "InterestExpense": ("Interest expense", "interest"),
    "IncomeTaxExpenseBenefit": ("Income tax expense (benefit)", "tax"),
    "NetIncomeLoss": ("Net income (loss)", "net_income"),
    "DepreciationDepletionAndAmortization": ("Depreciation and amortization", "depreciation"),
    "ShareBasedCompensation": ("Share-based compensation", "stock_pay"),
    "NetCashProvidedByUsedInOperatingActivities": ("Net cash from operating activities", "cfo"),
    "NetCashProvidedByUsedInInvestingActivities": ("Net cash from investing activities", "cfi"),
    "NetCashProvidedByUsedInFinancingActivities": ("Net cash from financing activities", "cff"),
    "PaymentsToAcquirePropertyPlantAndEquipment": ("Capital expenditures", "capex"),
    "PaymentsOfDividends": ("Dividends paid", "dividends"),
}
_BALANCES = {
    "CashAndCashEquivalentsAtCarryingValue": ("Cash and cash equivalents", "cash"),
    "MarketableSecuritiesCurrent": ("Marketable securities, current", "securities"),
    "AccountsReceivableNetCurrent": ("Accounts receivable, net, current", "receivables"),
    "InventoryNet": ("Inventory, net", "inventories"),
    "AssetsCurrent": ("Current assets", "current_assets"),
    "PropertyPlantAndEquipmentNet": ("Property, plant and equipment, net", "ppe"),
    "Goodwill": ("Goodwill", "goodwill"),
    "Assets": ("Assets", "assets"),
    "DebtCurrent": ("Debt, current", "current_debt"),
    "AccountsPayableCurrent": ("Accounts payable, current", "payables"),
    "LiabilitiesCurrent": ("Current liabilities", "current_liabilities"),
    "LongTermDebtNoncurrent": ("Long-term debt, noncurrent", "long_debt"),
    "Liabilities": ("Liabilities", "liabilities"),
    "RetainedEarningsAccumulatedDeficit": ("Retained earnings (accumulated deficit)", "retained"),
    "StockholdersEquity": ("Stockholders' equity", "equity"),
    "LiabilitiesAndStockholdersEquity": ("Liabilities and stockholders' equity", "liabilities_equity"),
}


def company_facts(story: Story) -> str:
    """The JSON text; every fact was filed with the annual report of its own year."""
    gaap: dict[str, Any] = {}
    years = books(story.opening, story.plans)
    for concepts, is_flow in ((_FLOWS, True), (_BALANCES, False)):
        for concept, (label, item) in concepts.items():
            rows = [_row(story, book, item, is_flow) for book in years]
            gaap[concept] = {
                "label": label,
                "description": f"{LABEL}: fictional issuer.",
                "units": {"USD": rows},
            }
    newest = years[-1]
    shares = {
        "end": "2026-02-01",
        "val": newest["shares"] * story.scale,
        **_origin(story, newest["year"]),
    }
    dei = {
        "EntityCommonStockSharesOutstanding": {
            "label": "Entity Common Stock, Shares Outstanding",
            "description": f"{LABEL}: fictional issuer.",
            "units": {"shares": [shares]},
        }
    }
    told = {
        "cik": story.cik,
        "entityName": story.name,
        "synthetic": True,
        "facts": {"dei": dei, "us-gaap": gaap},
    }
    return json.dumps(told, indent=1) + "\n"


def _row(story: Story, book: Book, item: str, is_flow: bool) -> dict[str, Any]:
    year = book["year"]
    start = {"start": f"{year}-01-01"} if is_flow else {}
    return {
        **start,
        "end": f"{year}-12-31",
        "val": book[item] * story.scale,
        **_origin(story, year),
        "frame": f"CY{year}" if is_flow else f"CY{year}Q4I",
    }


def _origin(story: Story, year: int) -> dict[str, Any]:
    # Earlier reports came out on about the same day of their own year.
    filed = story.accepted.date().replace(year=year + 1)
    accession = f"{story.cik:010d}-{(year + 1) % 100:02d}-000001"
    return {"accn": accession, "fy": year, "fp": "FY", "form": "10-K", "filed": str(filed)}
