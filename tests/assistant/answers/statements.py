"""A store of statements as filers printed them: Verizon's of 2021 and 2022, a retailer's and a bank's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from smalti.assistant.assistant import answered
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer
from smalti.assistant.retrieval import Found, Question
from smalti.assistant.understood import Kind, Named, Period, Understood, Wanted
from smalti.platform.store import Batch, Store

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ISSUERS = {"vz": "Verizon", "retail": "Walnut Stores", "bank": "Harbor Bank"}

# Verizon Communications Inc., Form 10-K for 2022, in millions of dollars: 2022 and 2021.
_VERIZON = {
    ("income", "Revenues", "Total Operating Revenues"): (136_835, 133_613),
    ("income", "OperatingIncomeLoss", "Operating Income"): (30_467, 32_448),
    ("income", "IncomeBeforeTax", "Income Before Provision For Income Taxes"): (28_271, 29_420),
    ("income", "IncomeTaxExpenseBenefit", "Provision for income taxes"): (6_523, 6_802),
    ("income", "NetIncomeLoss", "Net income attributable to Verizon"): (21_256, 22_065),
    ("balance", "CashAndCashEquivalents", "Cash and cash equivalents"): (2_605, 2_921),
    ("balance", "InventoryNet", "Inventories"): (2_388, 3_055),
    ("balance", "PrepaidExpenseAndOtherAssetsCurrent", "Prepaid expenses and other"): (8_358, 6_906),
    ("balance", "AssetsCurrent", "Total current assets"): (37_857, 36_728),
    ("balance", "PropertyPlantAndEquipmentNet", "Property, plant and equipment, net"): (107_434, 99_696),
    ("balance", "Assets", "Total assets"): (379_680, 366_596),
    ("balance", "DebtCurrent", "Debt maturing within one year"): (9_963, 7_443),
    ("balance", "", "Accrued interest on debt"): (700, 600),
    ("balance", "LiabilitiesCurrent", "Total current liabilities"): (50_171, 47_160),
    ("balance", "LongTermDebt", "Long-term debt"): (140_676, 143_425),
    ("cash", "DepreciationAndAmortization", "Depreciation and amortization expense"): (17_099, 16_206),
    ("cash", "CapitalExpenditures", "Capital expenditures"): (23_087, 20_286),
    ("cash", "", "Dividends paid"): (-10_805, -10_445),
    ("cash", "NetCashFromOperatingActivities", "Net cash provided by operating activities"): (37_141, 39_539),
    ("cash", "NetCashFromInvestingActivities", "Net cash used in investing activities"): (-28_662, -67_153),
    ("cash", "NetCashFromFinancingActivities", "Net cash from financing activities"): (-8_529, 8_277),
}
_RETAIL = {
    ("income", "Revenues", "Net sales"): (1_000, 900),
    ("income", "CostOfRevenue", "Cost of sales"): (700, 640),
    ("income", "NetIncomeLoss", "Net income"): (50, 40),
    ("balance", "", "Raw materials and supplies"): (30, 20),
    ("balance", "", "Finished goods"): (70, 60),
    ("balance", "Assets", "Total assets"): (500, 480),
    ("cash", "NetCashFromOperatingActivities", "Net cash from operations"): (80, 70),
}
_BANK = {
    ("income", "Revenues", "Total net revenue"): (300, 280),
    ("income", "", "Net interest income"): (200, 190),
    ("income", "", "Provision for credit losses"): (20, 10),
    ("income", "NetIncomeLoss", "Net income"): (60, 70),
    ("balance", "", "Deposits"): (2_000, 1_900),
    ("balance", "Assets", "Total assets"): (2_600, 2_500),
}
_SEGMENTS = {"Tools": (600, 500), "Paints": (300, 350), "Other": (100, 50)}


@dataclass
class Desk:
    """Asks questions that are understood already; every answer goes through the checks."""

    grounds: Grounds
    dropped: list[str] = field(default_factory=list)

    def ask(
        self,
        kind: Kind,
        wanted: Sequence[Wanted],
        years: Sequence[int],
        issuers: Sequence[str],
        text: str = "",
    ) -> Answer:
        periods = [Period(f"FY{year}", year) for year in years]
        named = [Named(one, ISSUERS[one]) for one in issuers]
        return answered(Understood(text, kind, named, periods, wanted, topic=text), self.grounds)


@contextmanager
def desk(folder: Path, now: datetime = NOW) -> Iterator[Desk]:
    """A store with the statements, open for questions."""
    with Store(folder / "smalti.duckdb") as store:
        batch = Batch()
        for issuer, rows in (("vz", _VERIZON), ("retail", _RETAIL), ("bank", _BANK)):
            batch.add("issuers", {"issuer_id": issuer, "name": ISSUERS[issuer]})
            _filing(batch, issuer, issuer, 2022, rows)
        restated = {("income", "Revenues", "Net sales"): (1_100, 950)}
        _filing(batch, "retail", "retail later", 2023, restated)
        _segments(batch)
        store.commit(batch)

        def nothing(question: Question) -> Found:
            return Found((), (), False, question.as_of, ())

        yield Desk(Grounds(store, nothing, now))


def _filing(
    batch: Batch, issuer: str, document: str, year: int, rows: Mapping[tuple[str, str, str], tuple[int, int]]
) -> None:
    batch.add("links", {"document_id": document, "issuer_id": issuer, "score": 1.0, "method": "cik"})
    batch.add(
        "documents",
        {"document_id": document, "artifact_id": document, "part": "", "parser": "pdf", "parser_version": "1",
         "kind": "filing", "title": f"{ISSUERS[issuer]}: Form 10-K {year}", "available_method": "text",
         "hints": json.dumps({"form": "10-K"}), "available_at": datetime(year + 1, 2, 10, tzinfo=UTC)},
    )  # fmt: skip
    for number, ((statement, concept, label), values) in enumerate(rows.items()):
        path = [label]
        if label in ("Raw materials and supplies", "Finished goods"):
            path = ["Inventories, net", label]
        for back, value in enumerate(values):
            _fact(batch, document, f"{document} {number} {back}", statement, concept, label, value * 1e6,
                  year - back, {"path": path})  # fmt: skip


def _segments(batch: Batch) -> None:
    """Revenue by segment in one table, with its total."""
    batch.add(
        "evidence",
        {"evidence_id": "segments", "document_id": "retail", "kind": "table", "ordinal": 900,
         "text": "Tools | 600", "locator": json.dumps({"page": 9}), "content_id": "segments",
         "payload": json.dumps({"caption": "Net sales by segment were as follows:"})},
    )  # fmt: skip
    for name, values in (*_SEGMENTS.items(), ("Total", (1_000, 900))):
        for back, value in enumerate(values):
            part = name != "Total"
            more = {"dimension": name if part else "", "line": "Revenues" if part else "",
                    "path": ["Net sales", name]}  # fmt: skip
            concept, place = "" if part else "Revenues", {"page": 9, "cell": [0, 1, 1]}
            _fact(batch, "retail", f"segment {name} {back}", "", concept, name, value * 1e6, 2022 - back,
                  more, place)  # fmt: skip


def _fact(
    batch: Batch, document: str, name: str, statement: str, concept: str, label: str, value: float, year: int,
    more: Mapping[str, object], locator: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    end = date(year, 12, 31)
    start = None if statement == "balance" else date(year, 1, 1)
    payload = {
        "concept": concept, "label": label, "line": "", "dimension": "", "value": value, "unit": "USD",
        "period_start": start and start.isoformat(), "period_end": end.isoformat(),
        "column_path": [str(year)], **({"statement": statement} if statement else {}), **more,
    }  # fmt: skip
    text = f"{label}: {value:,.0f} USD"
    batch.add(
        "evidence",
        {"evidence_id": name, "document_id": document, "kind": "fact", "ordinal": 1, "text": text,
         "locator": json.dumps(locator or {"page": 4, "cell": [0, 1, 1]}), "payload": json.dumps(payload),
         "content_id": name},
    )  # fmt: skip
    batch.add(
        "facts",
        {"evidence_id": name, "document_id": document, "concept": concept, "label": label, "value": value,
         "unit": "USD", "period_start": start, "period_end": end},
    )  # fmt: skip
