"""A small store of three issuers' numbers, and drafts that tell them rightly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Audience, Computation, Figure
from smalti.assistant.retrieval import Found, Question
from smalti.assistant.understood import Kind, Named, Period, Understood
from smalti.platform.concepts import concept
from smalti.platform.store import Batch, Store

NOW = datetime(2025, 1, 1, tzinfo=UTC)
ISSUERS = {"marble": "Marble Heron Inc.", "velvet": "Velvet Comet Corporation", "w3": "3W Wool Company"}
YEARS = (2021, 2022, 2023)
LINES = {
    "Revenues": ("Net revenues", 12_345.0, "USD"),
    "CapitalExpenditures": ("Purchases of property and equipment", -1_577.0, "USD"),
    "NetIncomeLoss": ("Net income (loss)", 987.0, "USD"),
    "InventoryNet": ("Inventories", 2_468.0, "USD"),
    "EarningsPerShareDiluted": ("Diluted", 3.21, "USD/share"),
    "WeightedAverageSharesDiluted": ("Weighted average shares, diluted", 307.5, "shares"),
}
PROSE = (
    "In 2023, our gross margin increased to 41.5% from 39.2% in 2022. We employed approximately 12,400 people"
    " at December 31, 2023. The Company may close two stores."
)


def value_of(issuer: str, line: str, year: int) -> float:
    """A value like no other in the store."""
    base = LINES[line][1]
    step = 1.0 + 0.137 * list(ISSUERS).index(issuer) + 0.0531 * (year - YEARS[0])
    if line == "EarningsPerShareDiluted":
        return round(base * step, 2)
    return round(base * step) * 1e6


def period_of(line: str, year: int) -> tuple[date | None, date]:
    return (None if concept(line).instant else date(year, 1, 1)), date(year, 12, 31)


def figure(issuer: str, line: str, year: int, text: str) -> Figure:
    start, end = period_of(line, year)
    value = value_of(issuer, line, year)
    return Figure(text, value, LINES[line][2], line, start, end, issuer, f"{issuer} {line} {year}")


def printed(line: str, value: float, scale: str = "million") -> str:
    if line == "EarningsPerShareDiluted":
        return f"${value:.2f} per share"
    worth = {"million": 1e6, "billion": 1e9}[scale]
    number = f"{abs(value) / worth:,.0f}" if scale == "million" else f"{abs(value) / worth:,.3f}"
    return f"{number} {scale} shares" if "Shares" in line else f"${number} {scale}"


@dataclass
class Books:
    store: Store
    grounds: Grounds

    def answer(
        self, draft: Draft, issuers: Sequence[str] = tuple(ISSUERS), years: Sequence[int] = ()
    ) -> Answer:
        named = [Named(one, ISSUERS[one]) for one in issuers]
        periods = [Period(f"FY{year}", year) for year in years]
        return draft.answer(Understood("", Kind.VALUE, named, periods), self.grounds)


@contextmanager
def books(folder: Path) -> Iterator[Books]:
    with Store(folder / "smalti.duckdb") as store:
        store.commit(_rows())

        def nothing(question: Question) -> Found:
            return Found((), (), False, question.as_of, ())

        yield Books(store, Grounds(store, nothing, NOW, Audience.ANALYST))


def _rows() -> Batch:
    batch = Batch()
    for issuer, name in ISSUERS.items():
        batch.add("issuers", {"issuer_id": issuer, "name": name})
        batch.add("issuer_names", {"issuer_id": issuer, "text": name, "kind": "name"})
        batch.add("links", {"document_id": f"filing of {issuer}", "issuer_id": issuer, "score": 1.0})
        batch.add(
            "documents",
            {"document_id": f"filing of {issuer}", "artifact_id": issuer, "part": "", "parser": "pdf",
             "parser_version": "1", "kind": "filing", "title": f"{name}: Form 10-K", "available_at": NOW,
             "available_method": "manifest", "hints": "{}"},
        )  # fmt: skip
        for line in LINES:
            for year in YEARS:
                batch.add("evidence", _fact(issuer, line, year))
        text = f"{issuer} prose"
        batch.add("evidence", _piece(text, f"filing of {issuer}", "paragraph", PROSE, {}))
    batch.add(
        "signals",
        {"signal_id": "score", "case_id": "c", "issuer_id": "marble", "kind": "risk", "as_of": NOW,
         "horizon_days": 30, "value": 0.312, "low": 0.2, "high": 0.5, "percentile": 73.4,
         "model_version": "m", "used": [], "missing": [], "not_trained": [], "stale": [],
         "in_sample": False, "details": "{}"},
    )  # fmt: skip
    return batch


def _fact(issuer: str, line: str, year: int) -> dict[str, object]:
    label, _, unit = LINES[line]
    start, end = period_of(line, year)
    payload = {
        "concept": line, "label": label, "line": line, "path": [label], "value": value_of(issuer, line, year),
        "unit": unit, "period_start": start and start.isoformat(), "period_end": end.isoformat(),
    }  # fmt: skip
    return _piece(f"{issuer} {line} {year}", f"filing of {issuer}", "fact", f"{label}: …", payload)


def _piece(key: str, document: str, kind: str, text: str, payload: object) -> dict[str, object]:
    return {
        "evidence_id": key, "document_id": document, "kind": kind, "ordinal": 0,
        "locator": json.dumps({"page": 56}), "text": text, "payload": json.dumps(payload), "content_id": key,
    }  # fmt: skip


TITLES = {
    "Revenues": "revenue", "CapitalExpenditures": "capital expenditures", "NetIncomeLoss": "net income",
    "InventoryNet": "inventory", "EarningsPerShareDiluted": "diluted earnings per share",
    "WeightedAverageSharesDiluted": "diluted weighted average shares",
}  # fmt: skip


def told(issuer: str, line: str, year: int, scale: str = "million") -> tuple[str, Figure]:
    """A true sentence with its figure."""
    text = printed(line, value_of(issuer, line, year), scale)
    when = f"at December 31, {year}" if concept(line).instant else f"in fiscal year {year}"
    sentence = f"{ISSUERS[issuer]}'s {TITLES[line]} {when} was {text}."
    return sentence, figure(issuer, line, year, text)


def growth(issuer: str, line: str, new: int) -> tuple[str, Figure, Computation]:
    """A true sentence on a change, with its computation."""
    a, b = figure(issuer, line, new - 1, ""), figure(issuer, line, new, "")
    value = b.value / a.value - 1
    shown = f"{abs(b.value) / 1e6:,.0f} / {abs(a.value) / 1e6:,.0f} - 1"
    text = f"{value:.1%}"
    result = Figure(text, value, "pure", line, b.start, b.end, issuer, computation="a")
    made = Computation("a", "new / old - 1", shown, (b, a), result)
    sentence = f"{ISSUERS[issuer]}'s {TITLES[line]} increased by {text} from {new - 1} to {new}."
    return sentence, result, made
