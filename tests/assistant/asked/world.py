"""A small store of issuers with their calendars, and how well questions about them are understood."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from smalti.assistant.asked import understand
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask, Turn
from smalti.assistant.retrieval import Found, Question
from smalti.assistant.understood import Understood
from smalti.ingest.issuers import issuer_id
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store

HERE = Path(__file__).parent
_ROWS = tomllib.loads((HERE / "issuers.toml").read_text("utf-8"))["issuer"]
IDS = {row["name"]: issuer_id(row["name"], row["cik"] or None) for row in _ROWS}
"""Of the issuers, by name."""
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def nothing(question: Question) -> Found:
    raise AssertionError(f"understanding does not search: {question}")


def filled(store: Store) -> Grounds:
    """The store with the issuers of `issuers.toml`, one filing each, and facts that show its calendar."""
    batch = Batch()
    for row in _ROWS:
        _add(batch, row)
    store.commit(batch)
    return Grounds(store, nothing, NOW)


def _add(batch: Batch, row: Mapping[str, Any]) -> None:
    issuer = IDS[row["name"]]
    batch.add("issuers", {"issuer_id": issuer, "name": row["name"], "cik": row["cik"] or None})
    for kind in ("name", "alias", "ticker"):
        for text in row.get("aliases" if kind == "alias" else f"{kind}s", ()):
            batch.add("issuer_names", {"issuer_id": issuer, "text": text, "kind": kind})
    document = content_id("document", issuer)
    spans = [(end - timedelta(days=363), end) for end in row["years"]]
    spans += [(start, end) for start, end in row.get("quarters", ())]
    last = max((end for _, end in spans), default=date(2023, 1, 1))
    batch.add(
        "documents",
        {"document_id": document, "artifact_id": document, "part": "", "parser": "p", "parser_version": "1",
         "kind": "filing", "title": f"filing of {row['name']}", "available_method": "text", "hints": "{}",
         "available_at": datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=40)},
    )  # fmt: skip
    batch.add("links", {"document_id": document, "issuer_id": issuer, "score": 1.0, "method": "cik"})
    for start, end in spans:
        for at, concept in enumerate(("Revenues", "NetIncomeLoss", "GrossProfit")):
            batch.add(
                "facts",
                {"evidence_id": f"{issuer} {end} {at}", "document_id": document, "concept": concept,
                 "label": concept, "value": 1.0, "unit": "USD", "period_start": start, "period_end": end},
            )  # fmt: skip


def asked(grounds: Grounds, text: str, *before: Turn, issuer: str | None = None) -> Understood:
    return understand(Ask(text, NOW, issuer_id=issuer, history=before), grounds)


@dataclass(frozen=True, slots=True)
class Score:
    """How many labels of a part are right, and which are not."""

    right: int
    judged: int
    wrong: Sequence[str]

    @property
    def share(self) -> float:
        return self.right / self.judged


def questions(name: str = "questions.toml") -> Sequence[Mapping[str, Any]]:
    return list(tomllib.loads((HERE / name).read_text("utf-8"))["question"])


def scores(grounds: Grounds, labelled: Iterable[Mapping[str, Any]]) -> Mapping[str, Score]:
    """Accuracy of each part over labelled questions."""
    right: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    for label in labelled:
        found = _parts(asked(grounds, label["text"]))
        for part, value in _expected(label).items():
            judged[part] += 1
            if found[part] == value:
                right[part] += 1
            else:
                wrong.setdefault(part, []).append(f"{label['text']} -> {found[part]!r}, not {value!r}")
    return {part: Score(right[part], judged[part], wrong.get(part, ())) for part in judged}


def _expected(label: Mapping[str, Any]) -> Mapping[str, Any]:
    parts: dict[str, Any] = {"kind": label["kind"], "unclear": label.get("unclear", False)}
    parts["issuers"] = sorted(IDS[name] for name in label["issuers"])
    parts["periods"] = sorted(map(_bare_period, label["periods"]))
    if "metrics" in label:
        parts["metrics"] = sorted(label["metrics"])
    if label["kind"] in ("value", "verdict", "compare"):
        parts["form"] = (label.get("unit", ""), label.get("decimals"), label.get("statement", ""))
        if label.get("change"):
            parts["change"] = label["change"]
    for part in ("speaker", "signal"):
        if part in label:
            parts[part] = label[part]
    if "forms" in label:
        parts["forms"] = sorted(label["forms"])
    if "definition" in label:
        parts["definition"] = label["definition"]
    return parts


def _parts(found: Understood) -> Mapping[str, Any]:
    first = found.wanted[0] if found.wanted else None
    return {
        "kind": found.kind.value,
        "unclear": bool(found.unclear),
        "issuers": sorted(found.issuer_ids),
        "periods": sorted(_bare_period(one.text) for one in found.periods),
        "metrics": sorted(one.metric for one in found.wanted),
        "form": ("", None, "") if first is None else (first.unit, first.decimals, first.statement or ""),
        "change": "" if first is None else first.change.value,
        "speaker": found.speaker,
        "signal": found.signal,
        "forms": sorted(found.forms),
        "definition": bool(first and first.definition),
    }


def _bare_period(text: str) -> str:
    """A period's words, without what does not change its days."""
    return re.sub(r"^(?:as of|at|dated) |FY(?=\d)", "", text)
