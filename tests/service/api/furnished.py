"""A store with a little of everything that routes read, made without running any model."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from smalti.platform.records import artifact_id
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json
from smalti.service.engine import Engine
from smalti.service.tasks import Tasks, TaskView

ANVIL, BRASS = "a" * 32, "b" * 32
DAY = datetime(2024, 5, 1, 12, tzinfo=UTC)
PDF, CALL, NEWS = "d1", "d2", "d3"
PARAGRAPH, FACT, SPOKEN, HEADLINE = "e1", "e2", "e3", "e4"

SEVEN = {"concept": "Revenues", "label": "Revenue", "value": 7.0, "unit": "USD", "scale": 1.0} | {
    "period_start": "2023-01-01",
    "period_end": "2023-12-31",
}


class Idle(Tasks):
    """Tells of tasks as if they were begun: what is made up here must not be carried out."""

    def start(self, name: str, who: str, work: Callable[..., object], **given: Any) -> TaskView:
        asked: datetime = given["clock"]()
        return TaskView("t1", name, who, "queued", (), asked, None, None, None, None)


def furnish(engine: Engine) -> None:
    """Two issuers; of one a filing, a call, news, prices of nothing, signals of three days, and a finding."""
    batch = Batch()
    batch.add(
        "issuers",
        {"issuer_id": ANVIL, "name": "Quartz Anvil Corporation", "cik": "123"},
        {"issuer_id": BRASS, "name": "Brass Heron plc"},
    )
    batch.add(
        "issuer_names",
        {"issuer_id": ANVIL, "text": "QRTZ", "kind": "ticker", "valid_to": DAY.date(), "origin": "list"},
        {"issuer_id": ANVIL, "text": "ZZQA", "kind": "ticker", "valid_from": (DAY + timedelta(1)).date()},
    )
    batch.add(
        "sources",
        {
            "source_id": "s1",
            "name": "files",
            "kind": "folder",
            "address": "/files",
            "schedule": "every 1d",
            "options": "{}",
            "paused": False,
        },
    )
    batch.add("runs", {"run_id": "r1", "stage": "pull", "subject": "files", "state": "done"} | _RAN)
    batch.add(
        "quarantine",
        {"quarantine_id": "q1", "source_id": "s1", "path": "bad.pdf", "record": "", "artifact_id": "0" * 64}
        | {"stage": "parse", "code": "Malformed", "reason": "cut short", "mend": "fetch it again"}
        | {"attempts": 1, "run_id": "r1"},
    )
    _document(batch, engine, PDF, "filing", "pdf", _pdf(), "report.pdf", DAY)
    _document(batch, engine, CALL, "call", "audio", _wav(), "call.wav", DAY + timedelta(days=1))
    _document(batch, engine, NEWS, "news", "news", b"<p>Profit falls</p>", '../n"ews.html', DAY, ANVIL)
    _piece(batch, PARAGRAPH, PDF, "paragraph", {"page": 1, "box": [72, 80, 300, 100]}, "Revenue was 7.")
    _piece(batch, FACT, PDF, "fact", {"page": 9, "box": [1, 1, 2, 2]}, "Revenue 7", SEVEN)
    _piece(batch, SPOKEN, CALL, "audio", {"seconds": [0.5, 1.5], "speaker": "CEO"}, "We did well.")
    _piece(batch, HEADLINE, NEWS, "paragraph", {"chars": [0, 12]}, "Profit falls")
    for day in range(3):
        batch.add("signals", *signals(ANVIL, DAY + timedelta(days=day)))
    batch.add("signals", *signals(BRASS, DAY, kinds=("risk",)))
    first = signals(ANVIL, DAY + timedelta(days=2))[1]
    batch.add(
        "attributions",
        {"signal_id": first["signal_id"], "evidence_id": PARAGRAPH, "modality": "text", "effect": -0.25}
        | {"rank": 0, "method": "input"},
    )
    cited = as_json([{"evidence_id": HEADLINE, "quote": "Profit falls"}])
    batch.add(
        "findings",
        {
            "finding_id": "f1",
            "signal_id": first["signal_id"],
            "verdict": "finding",
            "rank": 0,
            "strength": 0.8,
        }
        | {"reason": "it does not fit", "said": cited, "against": "[]", "details": "{}"},
    )
    batch.add(
        "comparisons",
        {"evidence_id": FACT, "item": "Revenue", "with_evidence": HEADLINE, "verdict": "differs"}
        | {"ours": 7.0, "theirs": 8.0},
    )
    engine.store.commit(batch)


_RAN: dict[str, Any] = {"started_at": DAY, "finished_at": DAY, "counts": '{"parsed":3}', "error": None}


def signals(
    issuer_id: str,
    as_of: datetime,
    *,
    value: float = 0.5,
    kinds: tuple[str, ...] = ("risk", "fraud", "fraud.check"),
) -> list[dict[str, Any]]:
    """One signal a kind; risk over 30 days."""
    return [
        {
            "signal_id": f"{issuer_id[0]}-{kind}-{as_of:%Y%m%d%H}-{value}",
            "case_id": f"{issuer_id[0]}-{as_of:%Y%m%d}",
            "issuer_id": issuer_id,
            "kind": kind,
            "as_of": as_of,
            "horizon_days": 30 if kind == "risk" else 0,
            "value": value,
            "low": None,
            "high": None,
            "percentile": None,
            "model_version": "m1",
            "used": ["text@filing"],
            "missing": [],
            "not_trained": [],
            "stale": [],
            "in_sample": False,
            "reason": None,
            "details": json.dumps({"ages_days": {"text@filing": 1.5}}),
        }
        for kind in kinds
    ]


def _document(
    batch: Batch,
    engine: Engine,
    name: str,
    kind: str,
    parser: str,
    raw: bytes,
    path: str,
    at: datetime,
    issuer: str = ANVIL,
) -> None:
    artifact = engine.objects.put(raw)
    assert artifact == artifact_id(raw)
    batch.add("artifacts", {"artifact_id": artifact, "size": len(raw)})
    batch.add(
        "sightings",
        {"sighting_id": f"x{name}", "artifact_id": artifact, "source_id": "s1", "path": path, "headers": "{}"}
        | {"url": f"https://example.com/{name}?token=topsecret", "fetched_at": at},
    )
    batch.add(
        "dispositions",
        {"source_id": "s1", "path": path, "record": "", "artifact_id": artifact, "outcome": "parsed"}
        | {"parser": f"{parser}/1", "detail": "", "run_id": "r1"},
    )
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": artifact, "part": "", "parser": parser, "parser_version": "1"}
        | {"kind": kind, "title": f"The {kind}", "language": "en", "available_at": at, "hints": "{}"}
        | {"available_method": "manifest"},
    )
    batch.add(
        "links", {"document_id": name, "issuer_id": issuer, "score": 1.0, "method": "manifest", "quote": ""}
    )


def _piece(
    batch: Batch,
    name: str,
    document: str,
    kind: str,
    locator: dict[str, Any],
    text: str,
    payload: dict[str, Any] | None = None,
) -> None:
    batch.add(
        "evidence",
        {"evidence_id": name, "document_id": document, "kind": kind, "ordinal": int(name[1:]), "text": text}
        | {"locator": json.dumps(locator), "payload": json.dumps(payload or {}), "content_id": name},
    )


def _pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for text in ("Cover", "Revenue was 7."):
        canvas.drawString(72, 750, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _wav() -> bytes:
    """Two seconds whose samples count up, so that a span can be told from another."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(b"".join((i // 2).to_bytes(2, "little") for i in range(32_000)))
    return out.getvalue()
