"""A cited piece as a person checks it: what it says, where it stands, and the picture or sound itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.ingest.parse import excerpt
from smalti.platform.errors import NotFound
from smalti.platform.records import EvidenceKind, Locator
from smalti.platform.store import Store
from smalti.service.documents import refuse_erased
from smalti.service.engine import Engine
from smalti.service.excerpts import PNG, WAV, Excerpt, Recipe, kept
from smalti.service.signals import FILE, place_of
from smalti.service.tombstones import EVIDENCE


@dataclass(frozen=True, slots=True)
class EvidenceDetail:
    """One piece of evidence.

    Attributes:
        where: its place, for people.
        locator: its place, for programs: `page` counts from 0, `box` in points or pixels, `seconds`.
        payload: its structure: cells, a fact's parts, what was read in a picture.
        media_type: of the picture or sound that can be asked for; null where there is none.
    """

    evidence_id: str
    document_id: str
    kind: str
    ordinal: int
    where: str
    locator: Mapping[str, Any]
    text: str
    payload: Mapping[str, Any]
    media_type: str | None
    title: str
    source: str
    file: str
    available_at: datetime
    recorded_at: datetime
    synthetic: bool


PIECES = (
    "SELECT e.*, d.artifact_id, d.part, d.parser, d.title, d.kind AS source, d.available_at,"
    f" json_extract_string(d.hints, '$.synthetic') IS NOT NULL AS synthetic, {FILE}"
    " FROM evidence e JOIN documents d USING (document_id)"
)


def evidence(store: Store, evidence_id: str) -> EvidenceDetail:
    """One piece.

    Raises:
        NotFound: no piece has this id.
    """
    return detail(_row(store, evidence_id))


def detail(row: Mapping[str, Any]) -> EvidenceDetail:
    """A piece from its row (`PIECES`)."""
    return EvidenceDetail(
        evidence_id=row["evidence_id"],
        document_id=row["document_id"],
        kind=row["kind"],
        ordinal=row["ordinal"],
        where=place_of(row),
        locator=json.loads(row["locator"]),
        text=row["text"],
        payload=json.loads(row["payload"]),
        media_type=_media_type(row),
        title=row["title"],
        source=row["source"],
        file=row["file"] or "",
        available_at=row["available_at"],
        recorded_at=row["recorded_at"],
        synthetic=row["synthetic"],
    )


def crop(engine: Engine, evidence_id: str, *, whole: bool = False) -> bytes:
    """The picture of a piece as PNG: a part of its page with the piece marked, or the picture it is.

    Raises:
        NotFound: no such piece, or it has no picture: text of a web page, a fact of a data file.
        InputError: its file can no longer be drawn.
    """
    made = media(engine, evidence_id, whole=whole)
    if made.media_type != PNG:
        raise NotFound("this piece has no picture", subject=evidence_id, mend="it is a recording")
    return made.path.read_bytes()


def media(engine: Engine, evidence_id: str, *, whole: bool = False) -> Excerpt:
    """The picture (PNG) or sound (WAV) of a piece, made when first asked for and kept.

    Args:
        engine: the owner's.
        evidence_id: of the piece.
        whole: the whole page or picture with the piece marked, instead of the piece with a little around.

    Raises:
        NotFound: no such piece, or it has neither picture nor sound.
        InputError: its file can no longer be read.
    """
    row = _row(engine.store, evidence_id)
    media_type = _media_type(row)
    if media_type is None:
        raise NotFound(
            "this piece has neither picture nor sound",
            subject=evidence_id,
            mend="its text is all there is; the file is at its document",
        )
    is_whole = whole and media_type == PNG
    told_by = (row["locator"], row["media_id"] or "", str(is_whole))
    return kept(engine, evidence_id, media_type, told_by, lambda: _recipe(engine, row, whole))


def _recipe(engine: Engine, row: Mapping[str, Any], whole: bool) -> Recipe:
    at = Locator.from_json(row["locator"])
    if row["kind"] == EvidenceKind.AUDIO:
        start, end, artifact = _heard(engine, row, at)
        return Recipe(excerpt.SOUND, [artifact], {"start": start, "end": end})
    if _on_page(row):
        marked = {"page": at.page, "box": at.box, "whole": whole}
        return Recipe(excerpt.PAGE, [row["artifact_id"]], marked)
    # A picture cut out of a page or film is stored by itself; of others the box is a part of the picture.
    own = row["media_id"] != row["artifact_id"]
    return Recipe(excerpt.PICTURE, [row["media_id"]], {"box": None if own else at.box, "whole": whole})


def _heard(engine: Engine, row: Mapping[str, Any], at: Locator) -> tuple[float, float, str]:
    """Start, end and object of what was said; a call that came in pieces is the list of them."""
    file = json.loads(row["payload"]).get("file")
    if file is None or at.seconds is None:
        return *(at.seconds or (0.0, 0.0)), row["artifact_id"]
    if row["parser"] == "audio":
        pieces = dict(pieces_of_call(engine, row["artifact_id"]))
        if file["name"] in pieces:
            return file["start"], file["end"], pieces[file["name"]]
    return at.seconds[0], at.seconds[1], row["artifact_id"]


_MOST_LISTED = 5_000_000  # bytes; no list of the pieces of a call is longer


def pieces_of_call(engine: Engine, artifact_id: str) -> list[tuple[str, str]]:
    """Name and object of each piece, in the order they are heard; none where the call is one recording."""
    path = engine.objects.path(artifact_id)
    if not path.exists() or path.stat().st_size > _MOST_LISTED:
        return []
    return _pieces(engine.objects.get(artifact_id))


def _pieces(raw: bytes) -> list[tuple[str, str]]:
    """Where these bytes are a list that ingest wrote."""
    if not raw.startswith(b'{"pieces":') and not raw.startswith(b'{\n"pieces":'):
        return []
    try:
        return [(str(piece["name"]), str(piece["artifact"])) for piece in json.loads(raw)["pieces"]]
    except (ValueError, KeyError, TypeError):
        return []


def _media_type(row: Mapping[str, Any]) -> str | None:
    if row["kind"] == EvidenceKind.AUDIO:
        return WAV
    return PNG if row["media_id"] or _on_page(row) else None


def _on_page(row: Mapping[str, Any]) -> bool:
    return row["parser"] == "pdf" and Locator.from_json(row["locator"]).page is not None


def _row(store: Store, evidence_id: str) -> dict[str, Any]:
    found = store.read(f"{PIECES} WHERE e.evidence_id = ?", [evidence_id])
    if not found.height:
        refuse_erased(store, EVIDENCE, evidence_id)
        raise NotFound("no piece of evidence has this id", subject=evidence_id, mend="`why` names ids")
    return found.row(0, named=True)
