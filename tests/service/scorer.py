"""Workers that score nothing, and documents to be scored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from smalti.models.cases import Known
from smalti.models.scoring import Scored
from smalti.models.versions import CHECKS_VERSION
from smalti.platform.records import Attribution, Modality, Signal
from smalti.platform.store import Batch
from smalti.service.engine import Engine


class Scorer:
    """Workers that note what is known and give one signal a case."""

    size = 1

    def __init__(self) -> None:
        self.seen: list[Known] = []

    def call(self, function: str, *, known: Known, case_id: str, **_: Any) -> Scored:
        assert function == "smalti.models.scoring:score_known"
        self.seen.append(known)
        signal = Signal(
            f"signal of {case_id}", known.issuer_id, "fraud.benford", known.as_of, 0, 0.5, None, None, None,
            CHECKS_VERSION,
        )  # fmt: skip
        moved = Attribution(signal.signal_id, "e", Modality.FACT, float("nan"), 1, "input")
        return Scored(case_id, [signal], [moved])

    def close(self) -> None:
        pass


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)


def add(engine: Engine, name: str, day: str | None, kind: str = "news", **more: Any) -> None:
    """One document of one paragraph, linked to `issuer` with `score`."""
    batch = Batch()
    row = {
        "document_id": name,
        "artifact_id": more.get("artifact", name),
        "part": "",
        "kind": kind,
        "hints": "{}",
    }
    dated = {
        "available_at": moment(day) if day else None,
        "available_method": "header" if day else "recorded",
    }
    batch.add("documents", row | dated)
    piece = {
        "evidence_id": f"e-{name}",
        "document_id": name,
        "kind": "paragraph",
        "ordinal": 0,
        "text": name,
        "locator": "{}",
    }
    batch.add("evidence", piece | {"content_id": f"c-{name}"})
    link = {"document_id": name, "issuer_id": more.get("issuer", "i1"), "score": more.get("score", 1.0)}
    batch.add("links", link)
    engine.store.commit(batch, recorded_at=more.get("recorded"))
