"""Evasive answers: which made-up exchanges the check finds, with and without sentence embeddings.

`labels/exchanges.json` holds questions and answers in the style of earnings calls, all made up, each labelled
before the check saw it: *answered*, *evasive*, *declined* (a standard refusal, which should count little) or
*partly* (one part of two answered). They were written in five rounds; after each the check was
mended, so what it makes of them now says that the mending holds, no more. `FIRST_SIGHT` keeps what it made of
each round before it was mended: those are the figures to quote. Few and made up, they say what the rules do,
not how often real managers evade.

A finding is right on anything but *answered*. *Strong, wrong* counts those of strength .3 and more on
answered and declined ones.

Run `python bench/evasive_answers.py`; writes `bench/results/evasive_answers.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from smalti.models.checks.dossier import Dossier
from smalti.models.checks.evasive_answers import evasive_answers
from smalti.models.encoders.text import TextEncoder
from smalti.platform.records import (
    DateMethod,
    Document,
    Evidence,
    EvidenceKind,
    Locator,
    SourceKind,
)

HERE = Path(__file__).resolve().parent
NOW = datetime(2026, 5, 15, tzinfo=UTC)
STRONG = 0.3
FIRST_SIGHT = {
    "first round": {"evasive": "12 of 15", "answered": "5 of 34"},
    "second round": {"evasive": "12 of 14", "answered": "1 of 28"},
    "third round": {"evasive": "10 of 12", "answered": "4 of 25"},
    "fourth round": {"evasive": "4 of 12", "answered": "0 of 25"},
    "fifth round": {"evasive": "7 of 12", "answered": "0 of 25"},
}
"""Exchanges with a finding, by label, as first judged with embeddings: evasive ones should have one."""
Exchange = Mapping[str, Any]


def call(exchanges: Sequence[Exchange]) -> list[Evidence]:
    """One call of these exchanges, each with an analyst of its own."""
    lines = [
        (text, {"speaker": who.format(number), key: number, "part": "questions"})
        for number, one in enumerate(exchanges, 1)
        for who, key, side in (("Analyst {}", "question", "asked"), ("CEO", "answer_to", "said"))
        for text in one[side]
    ]
    return [
        Evidence(
            f"{i}", "call", EvidenceKind.AUDIO, i, Locator(seconds=(5.0 * i, 5.0 * i + 4)), text, payload
        )
        for i, (text, payload) in enumerate(lines)
    ]


def strengths(exchanges: Sequence[Exchange], encoder: TextEncoder | None) -> list[float]:
    """Strength of the finding of each exchange, 0 where there is none."""
    pieces = call(exchanges)
    paper = Document(
        "call", "call", "", "bench", "1", SourceKind.CALL, "call", NOW, DateMethod.MANIFEST, language="en"
    )
    vectors = (
        dict(zip((p.evidence_id for p in pieces), encoder.encode([p.text for p in pieces]), strict=True))
        if encoder
        else {}
    )
    nothing = pl.DataFrame(schema={"available_at": pl.Datetime("us", "UTC")})
    check = evasive_answers(
        Dossier("x", "X", NOW, {"call": paper}, pieces, nothing, nothing, vectors=vectors)
    )
    number = {p.evidence_id: p.payload.get("question") for p in pieces}
    found = {number[f.against[0].evidence_id]: f.strength for f in check.findings}
    return [found.get(i, 0.0) for i in range(1, len(exchanges) + 1)]


def figures(exchanges: Sequence[Exchange], found: Sequence[float]) -> dict[str, Any]:
    """Counts of one set, and its errors in full."""
    labels = [one["label"] for one in exchanges]
    rows = list(zip(labels, found, strict=True))
    right = sum(label != "answered" and strength > 0 for label, strength in rows)
    alarms = sum(strength > 0 for _, strength in rows)
    return {
        "exchanges": len(rows),
        "found": {
            label: f"{sum(s > 0 for one, s in rows if one == label)} of {labels.count(label)}"
            for label in ("evasive", "partly", "declined", "answered")
        },
        "precision": right / alarms if alarms else None,
        "recall": right / sum(label != "answered" for label in labels),
        "strong": sum(s >= STRONG for _, s in rows),
        "strong_wrong": sum(s >= STRONG for label, s in rows if label in ("answered", "declined")),
        "mean_strength": {
            label: float(np.mean([s for one, s in rows if one == label])) for label in sorted(set(labels))
        },
        "missed": [
            o["asked"][-1]
            for o, s in zip(exchanges, found, strict=True)
            if o["label"] != "answered" and not s
        ],
        "false": [
            o["asked"][-1] for o, s in zip(exchanges, found, strict=True) if o["label"] == "answered" and s
        ],
    }


def main() -> None:
    """Judge both sets both ways, print a table, write the results."""
    sets = json.loads((HERE / "labels" / "exchanges.json").read_text(encoding="utf-8"))
    encoder = TextEncoder()
    results = {
        name: {
            how: figures(exchanges, strengths(exchanges, with_vectors))
            for how, with_vectors in (("embeddings", encoder), ("words alone", None))
        }
        for name, exchanges in sets.items()
    }
    table = Table(
        "set", "by", "evasive", "partly", "declined", "answered", "precision", "recall", "strong, wrong"
    )
    for name, ways in results.items():
        for how, row in ways.items():
            counts = row["found"].values()
            table.add_row(
                name,
                how,
                *counts,
                f"{row['precision']:.2f}",
                f"{row['recall']:.2f}",
                f"{row['strong_wrong']}",
            )
    Console().print(table)
    text = json.dumps({"first_sight": FIRST_SIGHT, **results}, indent=1, ensure_ascii=False)
    (HERE / "results" / "evasive_answers.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
