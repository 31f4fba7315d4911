"""Calls as people listen to them: the whole recording, and what is said when, by whom, and how it sounds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.ingest.parse import excerpt
from smalti.platform.errors import NotFound
from smalti.platform.records import EvidenceKind
from smalti.platform.voice_measures import MEASURES
from smalti.service.documents import row_of
from smalti.service.engine import Engine
from smalti.service.evidence import pieces_of_call
from smalti.service.excerpts import FLAC, Excerpt, Recipe, kept

SAID = (
    "SELECT e.evidence_id, e.ordinal, e.text, e.locator, e.payload, d.available_at"
    " FROM evidence e JOIN documents d USING (document_id)"
    f" WHERE e.document_id = $document AND e.kind = '{EvidenceKind.AUDIO.value}'"
)
"""What is said in a call, a sentence a row."""


@dataclass(frozen=True, slots=True)
class HeardNumber:
    """A number in a sentence.

    Attributes:
        raw: the words of it as they were heard.
        value: what they were taken for, in `unit`.
        unverified: no filing has confirmed it.
    """

    raw: str
    value: float | None
    unit: str | None
    unverified: bool


@dataclass(frozen=True, slots=True)
class SpokenView:
    """One sentence of a call.

    Attributes:
        start: second of the whole recording at which it begins; `end`: at which it ends.
        speaker: a name or label; `role`: `operator`, `management`, `analyst`, as it was told apart.
        part: `prepared` remarks or `questions`.
        voice: measures of the voice by name (`platform.voice_measures`); null where undefined.
    """

    evidence_id: str
    ordinal: int
    start: float
    end: float
    text: str
    speaker: str
    role: str
    part: str
    numbers: Sequence[HeardNumber]
    voice: Mapping[str, float | None]
    available_at: datetime


def spoken(row: Mapping[str, Any]) -> SpokenView:
    """A sentence from its row (`SAID`)."""
    at, told = json.loads(row["locator"]), json.loads(row["payload"])
    start, end = at.get("seconds") or (0.0, 0.0)
    voice = told.get("voice") or {}
    return SpokenView(
        evidence_id=row["evidence_id"],
        ordinal=row["ordinal"],
        start=start,
        end=end,
        text=row["text"],
        speaker=at.get("speaker") or told.get("speaker") or "",
        role=told.get("role") or "",
        part=told.get("part") or "",
        numbers=[
            HeardNumber(one["raw"], one.get("value"), one.get("unit"), bool(one.get("unverified")))
            for one in told.get("numbers") or ()
        ],
        voice={name: voice.get(name) for name in MEASURES if name in voice},
        available_at=row["available_at"],
    )


def recording(engine: Engine, document_id: str) -> Excerpt:
    """The whole recording of a call as FLAC, decoded anew, made when first asked for and kept.

    Raises:
        NotFound: no such document, or it is no recording.
        InputError: its bytes can no longer be decoded.
    """
    row = row_of(engine.store, document_id)
    if row["parser"] not in ("audio", "video"):
        mend = "its pieces and its file are all there is"
        raise NotFound("this document is no recording", subject=document_id, mend=mend)
    return kept(engine, document_id, FLAC, (row["artifact_id"],), lambda: _recipe(engine, row["artifact_id"]))


def _recipe(engine: Engine, artifact_id: str) -> Recipe:
    objects = [one for _, one in pieces_of_call(engine, artifact_id)] or [artifact_id]
    return Recipe(excerpt.RECORDING, objects, {"pieces": len(objects)})
