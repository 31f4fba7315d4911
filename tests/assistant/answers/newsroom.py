"""A small store of everything that is no statement: a report, an event, a call, a chart, scores, findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smalti.assistant.assistant import answered
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer
from smalti.assistant.retrieval import Found, Question
from smalti.assistant.retrieval.page_records import Page, PageQuestion
from smalti.assistant.understood import Kind, Named, Period, Understood
from smalti.platform.store import Batch, Store

NOW = datetime(2024, 6, 1, tzinfo=UTC)
LATE = datetime(2025, 6, 1, tzinfo=UTC)
ACME = Named("acme", "Acme Airframes", "Acme Airframes")

# (page, section, heading, text)
_REPORT = (
    (1, "1", "Business", "We are a leading manufacturer of airframes for regional airlines worldwide."),
    (1, "1", "Customers", "We derive a substantial portion of our revenue from two airlines, Lark and Tern."),
    (2, "1A", "Risk Factors", "Historically, the airline industry has been cyclical and very competitive."),
    (3, "3", "Legal Proceedings",
     "In May 2023 a complaint was filed against us by Tern over late deliveries."),
    (4, "7", "Operating Expenses",
     "As a percentage of net sales, SG&A expenses decreased to 12.1% in fiscal 2023, primarily due to lower"
     " marketing expenses. SG&A expenses are reviewed each month."),
    (5, "7", "Balance Sheet",
     "Merchandise inventories, net were $1.6 billion at year end. The $104.2 million increase was primarily"
     " due to the opening of 47 new stores."),
    (6, "8", "Acquisitions", "On August 1, 2023, we acquired all of the outstanding shares of Plover Ltd., a"
     " maker of landing gear. The assets acquired are shown at fair value."),
    (7, "5", "Dividends", "We have never paid dividends on our common stock."),
)  # fmt: skip
_EVENT = (
    ("Item 5.02 Departure of Officers.", "Item 5.02 Departure of Officers."),
    ("Item 5.02 Departure of Officers.",
     "On March 4, 2024, Jo Reed stepped down as Chief Executive Officer. Kim Vale, former President of Plover"
     " Ltd., was appointed Chief Executive Officer. A third sentence follows."),
    ("Item 9.01 Exhibits.", "Item 9.01 Exhibits."),
    ("Item 9.01 Exhibits.", "Exhibit 99.1 is the press release of March 4, 2024, furnished herewith."),
)  # fmt: skip
_CALL = (
    ("Chief Executive Officer", "management", None, "Orders for landing gear grew 9 percent."),
    ("Speaker 3", "management", None, "Margins were steady over the year."),
    ("Analyst A", "analyst", None, "How do you see orders for landing gear next year?"),
)


@contextmanager
def newsroom(folder: Path) -> Iterator[Store]:
    """The store, filled."""
    with Store(folder / "smalti.duckdb") as store:
        batch = Batch()
        batch.add("issuers", {"issuer_id": "acme", "name": ACME.name})
        _document(batch, "report", "filing", "Acme Airframes: Form 10-K, fiscal 2023", {"form": "10-K"})
        for turn, (page, section, heading, text) in enumerate(_REPORT):
            place = {"section": section, "heading": heading}
            _piece(batch, f"r{turn}", "report", "paragraph", turn, text, place, {"page": page})
        _document(batch, "event", "filing", "Acme Airframes: Form 8-K", {"form": "8-K"}, month=3)
        for turn, (heading, text) in enumerate(_EVENT):
            _piece(batch, f"v{turn}", "event", "paragraph", turn, text, {"heading": heading}, {"page": 1})
        _document(batch, "call", "call", "Acme call", {}, month=4)
        for turn, (speaker, role, answer_to, text) in enumerate(_CALL):
            numbers = (
                [{"value": 9.0, "unit": "%", "raw": "9 percent", "unverified": True}] if turn == 0 else []
            )
            payload: dict[str, Any] = {
                "speaker": speaker,
                "role": role,
                "answer_to": answer_to,
                "numbers": numbers,
            }
            seconds = {"seconds": [10.0 * turn, 10.0 * turn + 5]}
            _piece(batch, f"c{turn}", "call", "audio", turn, text, payload, seconds)
        _pictures(batch)
        _scores(batch)
        _document(batch, "fees", "filing", "Fee schedule of the saver account", {"form": "fee schedule"})
        _piece(
            batch,
            "f0",
            "fees",
            "paragraph",
            0,
            "The saver account suits students with small balances.",
            {},
            {},
        )
        _piece(
            batch, "f1", "fees", "paragraph", 1, "A monthly fee of 3 EUR is charged below 500 EUR.", {}, {}
        )
        _document(batch, "later", "news", "Acme is bought", {}, year=2025)
        _piece(batch, "n0", "later", "paragraph", 0, "Tern bought Acme Airframes on Monday.", {}, {})
        store.commit(batch)
        yield store


def ask(store: Store, kind: Kind, text: str, *, now: datetime = NOW, **understood: Any) -> Answer:
    """Ask what is understood already; the answer went through the checks."""
    attached: Sequence[str] = understood.pop("attached", ())
    issuers = understood.pop("issuers", (ACME,))
    grounds = Grounds(store, _nothing, now, attached=attached, find_pages=_pages)
    return answered(Understood(text, kind, issuers, **{"topic": text, **understood}), grounds)


def told(answer: Answer) -> str:
    """All its sentences."""
    return " ".join(one.text for one in answer.sentences)


FY2023 = Period("FY2023", 2023)


def _nothing(question: Question) -> Found:
    return Found((), (), False, question.as_of, ())


def _pages(question: PageQuestion) -> Sequence[Page]:
    page = Page("report", 0, 1.0, "", "10-K", date(2023, 12, 31), "", "", "", (), (), "")
    event = replace(page, document_id="event", page=1, form="8-K", period_end=None)
    return [event] if "8-K" in question.forms else [page]


def _document(
    batch: Batch, name: str, kind: str, title: str, hints: Mapping[str, str], month: int = 2, year: int = 2024
) -> None:
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": name, "part": "", "parser": "x", "parser_version": "1",
         "kind": kind, "title": title, "available_method": "manifest", "hints": json.dumps(hints),
         "available_at": datetime(year, month, 10, tzinfo=UTC)},
    )  # fmt: skip
    batch.add("links", {"document_id": name, "issuer_id": "acme", "score": 1.0, "method": "manifest"})


def _piece(
    batch: Batch, name: str, document: str, kind: str, ordinal: int, text: str,
    payload: Mapping[str, Any], locator: Mapping[str, Any],
) -> None:  # fmt: skip
    batch.add(
        "evidence",
        {"evidence_id": name, "document_id": document, "kind": kind, "ordinal": ordinal, "text": text,
         "payload": json.dumps(payload), "locator": json.dumps(locator), "content_id": name},
    )  # fmt: skip


def _pictures(batch: Batch) -> None:
    chart = {
        "chart": "bar", "axes": {"y": {"min": 385.0, "max": 415.0, "truncated": True}}, "confidence": 1.0,
        "notes": ["truncated axis"], "series": [{"name": "Orders", "points": []}],
    }  # fmt: skip
    for name, month in (("post", 4), ("copy", 5)):
        _document(batch, name, "social", "Look at this", {}, month=month)
        _piece(batch, f"{name} chart", name, "chart", 0, "Orders\nOrders: 2022 390, 2023 412", chart, {})
    batch.add("likenesses", {"evidence_id": "copy chart", "of_evidence": "post chart", "distance": 0})


def _scores(batch: Batch) -> None:
    def score(name: str, kind: str, month: int, value: float | None, **more: Any) -> None:
        row: dict[str, Any] = {
            "signal_id": name, "case_id": f"case {month}", "issuer_id": "acme", "kind": kind, "value": value,
            "as_of": datetime(2024, month, 20, tzinfo=UTC), "horizon_days": 30 if kind == "risk" else 0,
            "model_version": "m1", "used": [], "missing": [], "not_trained": [], "stale": [],
            "in_sample": False, "details": "{}",
        }  # fmt: skip
        batch.add("signals", row | more)

    score("s1", "risk", 3, 0.3214, low=0.21, high=0.45, percentile=81.0, used=["price@price"])
    score("s2", "risk", 4, None, reason="too little known: only stale evidence: price@price of 45 days ago")
    score("s3", "fraud", 4, 0.0125, details=json.dumps({"baseline_value": 0.01}), in_sample=True)
    score("s4", "fraud.contradiction", 4, 0.6)
    score("s5", "fraud.claim_against_fact", 4, 0.6)
    score("s6", "fraud", 2, 0.0105)
    score("s7", "sentiment", 4, -0.31, missing=["text@news"])
    batch.add("attributions", {"signal_id": "s3", "evidence_id": "r3", "modality": "text", "effect": 0.0021,
                               "rank": 1, "method": "integrated-gradients"})  # fmt: skip
    batch.add("attributions", {"signal_id": "s3", "evidence_id": "c0", "modality": "text", "effect": 0.41,
                               "rank": 1, "method": "driver: claim_against_fact"})  # fmt: skip
    batch.add(
        "findings",
        {"finding_id": "g1", "signal_id": "s5", "verdict": "finding", "rank": 1, "strength": 0.6,
         "reason": "said 9, filed 2", "details": "{}",
         "said": json.dumps([{"evidence_id": "c0", "quote": ""}]),
         "against": json.dumps([{"evidence_id": "r2", "quote": ""}])},
    )  # fmt: skip
