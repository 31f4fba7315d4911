"""Small filings written by hand: pages of pieces with headings, items, captions and facts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store

BALANCE = ["CashAndCashEquivalents", "InventoryNet", "ReceivablesNetCurrent", "Assets", "Liabilities"]
LABELS = {
    "balance": ["Cash", "Total inventories", "Receivables", "Total assets", "Total liabilities"],
    "income": ["Revenue", "Cost of sales", "Gross profit", "Operating income", "Net income"],
}
INCOME = ["Revenues", "CostOfRevenue", "GrossProfit", "OperatingIncomeLoss", "NetIncomeLoss"]


@dataclass
class Sheet:
    """A page: paragraphs, perhaps under a heading of their own, and facts of a statement."""

    texts: Sequence[str]
    heading: str = ""
    section: str = ""
    part: str = ""
    statement: str = ""
    concepts: Sequence[str] = ()
    caption: str = ""
    breakdown: Sequence[Mapping[str, str]] = ()


def statement(name: str, title: str, concepts: Sequence[str]) -> Sheet:
    """The page of a primary statement: its labels and numbers, nothing else."""
    lines = " ".join(f"{one} 1 2" for one in LABELS[name])
    return Sheet([f"{title} (in millions) {lines}"], title, "8", "II", name, concepts, caption=title)


def file_report(
    store: Store, issuer: str, end: date, sheets: Sequence[Sheet], *, form: str = "10-K", name: str = ""
) -> str:
    """Take in a report on a year or quarter, public 40 days after its end; returns the document's id."""
    name = name or f"{issuer} {form} {end}"
    document = content_id("document", name)
    called = {"10-K": "fiscal year ended", "10-Q": "quarterly period ended"}.get(form, "")
    title = f"{issuer}: Form {form}" + (f", {called} {end:%B} {end.day}, {end.year}" if called else "")
    published = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=40 if called else 0)
    batch = Batch()
    batch.add(
        "documents",
        {"document_id": document, "artifact_id": content_id(name), "part": "", "parser": "pdf",
         "parser_version": "1", "kind": "filing", "title": title, "language": "en",
         "available_at": published, "available_method": "text", "hints": json.dumps({"form": form})},
    )  # fmt: skip
    ordinal = 0
    for page, sheet in enumerate(sheets):
        place = {"heading": sheet.heading, "section": sheet.section, "part": sheet.part}
        pieces: list[tuple[str, str, Mapping[str, str]]] = [
            ("paragraph", text, place) for text in sheet.texts
        ]
        if sheet.caption:
            pieces.append(("table", "a | b", {**place, "caption": sheet.caption}))
        pieces += [
            ("fact", f"{one}: 1 USD", {"concept": one, "statement": sheet.statement, "period_end": str(end)})
            for one in sheet.concepts
        ]
        pieces += [("fact", f"{one['dimension']}: 1 USD", one) for one in sheet.breakdown]
        for kind, text, payload in pieces:
            batch.add(
                "evidence",
                {"evidence_id": f"{name}/{ordinal}", "document_id": document, "kind": kind,
                 "ordinal": ordinal, "locator": json.dumps({"page": page}), "text": text,
                 "payload": json.dumps(payload), "content_id": content_id(text)},
            )  # fmt: skip
            ordinal += 1
    batch.add("links", {"document_id": document, "issuer_id": issuer, "score": 1.0, "method": "cik"})
    batch.add("issuers", {"issuer_id": issuer, "name": issuer, "cik": None})
    store.commit(batch)
    return document
