"""Addresses in the demo world that are worth looking at: each page, with something on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from smalti.client import Client

HERON = "Marble Heron"
"""Of the demo world's issuers the one whose call and charts say other things than its annual report."""


@dataclass(frozen=True)
class Pieces:
    """Ids of one piece of evidence of each kind, and of what rests on them.

    Attributes:
        spoken: a sentence of the call.
        printed: a paragraph of the annual report, which is a PDF.
        table, chart: of the same.
        posted: a picture in a post.
        fraud: the newest fraud signal of Marble Heron that has a value.
    """

    spoken: str
    printed: str
    table: str
    chart: str
    posted: str
    fraud: str


def pieces(client: Client) -> Pieces:
    """What the demo world holds of Marble Heron."""

    def find(kind: str, document: str, words: str = "") -> str:
        for one in documents[document]:
            for piece in client.each("documents", one, "evidence"):
                if piece["kind"] == kind and words in piece["text"]:
                    found: str = piece["evidence_id"]
                    return found
        raise LookupError(f"no {kind} with {words!r} in any {document}")

    documents: dict[str, list[str]] = {}
    for one in client.each("documents", issuer="ZZMH"):
        documents.setdefault(one["kind"], []).append(one["document_id"])
    scores = client.each("signals", issuer="ZZMH", kind="fraud")
    fraud = next(one for one in scores if one["kind"] == "fraud" and one["value"] is not None)
    return Pieces(
        spoken=find("audio", "call", "412"),
        printed=find("paragraph", "filing", "371.4 million"),
        table=find("table", "filing"),
        chart=find("chart", "filing"),
        posted=find("image", "social"),
        fraud=fraud["signal_id"],
    )


def addresses(found: Pieces) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    """Every page by a name of its own: view and query."""
    heron = {"issuer": HERON}
    return {
        "overview": ("", {}),
        "issuer": ("issuer", heron),
        "signal": ("issuer", {"signal": found.fraud}),
        "evidence-pdf": ("evidence", {"id": found.printed}),
        "evidence-table": ("evidence", {"id": found.table}),
        "evidence-chart": ("evidence", {"id": found.chart}),
        "evidence-call": ("evidence", {"id": found.spoken}),
        "evidence-post": ("evidence", {"id": found.posted}),
        "compare": ("compare", heron | {"with": "Walnut Lighthouse"}),
        "contradictions": ("contradictions", heron),
        "search": ("search", {"q": "material weakness"}),
        "alerts": ("alerts", {}),
        "rules": ("alerts", {"tab": "rules"}),
        "reports": ("reports", {}),
        "sources": ("sources", {}),
        "model": ("model", {}),
        "assistant": ("assistant", {}),
    }
