"""What pictures and charts show: values with units, cut axes, words in them, marks of making, copies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from smalti.assistant.answers.telling import day, quote, source, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval import Filters
from smalti.assistant.understood import Understood
from smalti.platform.records import EvidenceKind
from smalti.platform.words import counted

Row = Mapping[str, Any]

_SHOWN, _LINES, _HITS = 3, 8, 30
"""Pictures told of, and lines of a chart; pieces of a search looked at."""
_LETTERS = 300
"""Characters of the words in a picture, and of a line of a chart, that are quoted."""

_PIECES = """
WITH shown_before AS (
  SELECT k.evidence_id, list(k.of_evidence ORDER BY o.available_at, k.of_evidence)[:1] AS earlier,
         list(o.available_at ORDER BY o.available_at, k.of_evidence)[:1] AS earlier_at,
         list(o.kind ORDER BY o.available_at, k.of_evidence)[:1] AS earlier_in
  FROM likenesses k JOIN evidence v ON v.evidence_id = k.of_evidence
  JOIN documents o ON o.document_id = v.document_id
  WHERE o.available_at <= $as_of GROUP BY 1)
SELECT e.evidence_id, e.document_id, e.kind, e.text, e.payload::TEXT AS payload, d.kind AS source,
       d.available_at, coalesce(b.earlier, []) AS earlier, coalesce(b.earlier_at, []) AS earlier_at,
       coalesce(b.earlier_in, []) AS earlier_in
FROM evidence e JOIN documents d USING (document_id) LEFT JOIN shown_before b USING (evidence_id)
WHERE e.kind IN ('chart', 'image') AND d.available_at <= $as_of
"""
_CHOSEN = f"{_PIECES} AND list_contains($wanted::TEXT[], e.evidence_id)"
_ATTACHED = (
    f"{_PIECES} AND list_contains($documents::TEXT[], e.document_id) ORDER BY e.document_id, e.ordinal"
)
_NEWEST = f"""{_PIECES} AND EXISTS (SELECT 1 FROM links l WHERE l.document_id = d.document_id
       AND l.score >= 0.5 AND list_contains($issuers::TEXT[], l.issuer_id))
ORDER BY e.kind = 'chart' DESC, d.available_at DESC, e.document_id, e.ordinal"""

_CHART = re.compile(r"\b(?:charts?|graphs?|plots?|diagrams?|axis|axes)\b", re.IGNORECASE)


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The pictures attached to the question, else those found for it; None where there is none."""
    rows = _chosen(understood, grounds)
    if not rows:
        return None
    draft = Draft()
    draft.did("pictures", f"{counted(len(rows), 'picture')} looked at")
    shown, copies = _first_of_each(rows)
    for row in shown[:_SHOWN]:
        payload = json.loads(row["payload"] or "{}")
        if row["kind"] == EvidenceKind.CHART:
            _chart(draft, row, payload)
        else:
            _image(draft, row, payload)
        _copies(draft, row)
    if copies:
        draft.notes.append(f"{counted(copies, 'more picture')} nearly the same as those told of")
    if len(shown) > _SHOWN:
        draft.notes.append(f"{counted(len(shown) - _SHOWN, 'more picture')} not told of")
    return draft


def _first_of_each(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """Pictures less those that nearly repeat another one of them, and how many those are."""
    known = {row["evidence_id"] for row in rows}
    kept: list[Row] = []
    told: set[tuple[str, str]] = set()
    for row in rows:
        same = (row["kind"], row["text"] or row["evidence_id"])
        if same not in told and not (known.intersection(row["earlier"]) and kept):
            kept.append(row)
        told.add(same)
    return kept, len(rows) - len(kept)


def _chosen(understood: Understood, grounds: Grounds) -> list[Row]:
    if grounds.attached:
        return list(grounds.rows(_ATTACHED, documents=list(grounds.attached)).iter_rows(named=True))
    kinds = (
        [EvidenceKind.CHART] if _CHART.search(understood.text) else [EvidenceKind.CHART, EvidenceKind.IMAGE]
    )
    wanted = understood.topic or understood.text
    found = grounds.search(wanted, understood.issuer_ids, _HITS, Filters(kinds=kinds))
    ids = [hit.evidence_id for hit in found.hits if hit.bm25 is not None]
    rows = {row["evidence_id"]: row for row in grounds.rows(_CHOSEN, wanted=ids).iter_rows(named=True)}
    best: list[Row] = [rows[one] for one in ids if one in rows]
    if best or not understood.issuers:
        return best
    return list(grounds.rows(_NEWEST, issuers=list(understood.issuer_ids)).iter_rows(named=True))


def _chart(draft: Draft, row: Row, payload: Mapping[str, Any]) -> None:
    """The values of a chart as they were read: printed ones as they stand, measured ones `about`."""
    evidence = [row["evidence_id"]]
    tell(
        draft, "A {} chart in the {} of {}:", payload.get("chart") or "", source(row["source"]),
        day(row["available_at"]), evidence=evidence,
    )  # fmt: skip
    for line in (row["text"] or "").splitlines()[:_LINES]:
        if line.strip():
            quote(draft, row["evidence_id"], line.strip()[:_LETTERS])
    if any(axis and axis.get("truncated") for axis in (payload.get("axes") or {}).values()):
        draft.say("Its axis is cut, so that differences look larger than they are.", evidence)
    others = [note for note in payload.get("notes") or [] if "truncated" not in note]
    if others:
        draft.notes.append(f"of the chart: {'; '.join(others)}")
    if (sure := payload.get("confidence")) is not None and sure < 1:
        draft.notes.append("a chart was read with some doubt")


def _image(draft: Draft, row: Row, payload: Mapping[str, Any]) -> None:
    """The words in a picture, what kind it is, and who says to have made it."""
    kind = (payload.get("picture_kind") or {}).get("kind") or ""
    named = f" ({kind})" if kind and kind != "other" else ""
    evidence = [row["evidence_id"]]
    tell(
        draft, "A picture{} in the {} of {}:", named, source(row["source"]), day(row["available_at"]),
        evidence=evidence,
    )  # fmt: skip
    text = (row["text"] or "").strip()
    if text:
        words = text[:_LETTERS]
        draft.say("The words in it:", evidence)
        quote(draft, row["evidence_id"], words)
    else:
        draft.say("No words were found in it.", evidence)
    _made(draft, row, payload)


def _made(draft: Draft, row: Row, payload: Mapping[str, Any]) -> None:
    provenance = payload.get("provenance") or {}
    mark = provenance.get("ai")
    if mark:
        by = {"c2pa": "a signed content credential", "xmp": "its metadata"}.get(
            mark.get("by"), mark.get("by") or "a mark"
        )
        tell(draft, "It is marked as made by a machine, by {}.", by, evidence=[row["evidence_id"]])
    moved = (payload.get("forensics") or {}).get("copy_move") or {}
    if (payload.get("forensics") or {}).get("error_levels", {}).get("telling"):
        draft.notes.append("parts of a picture were saved more often than others, which may be a retouch")
    if moved.get("box") and not mark:
        draft.notes.append(
            "two places of a picture are alike, which may be a copy within it or a repeated pattern"
        )


def _copies(draft: Draft, row: Row) -> None:
    for moment, kind, earlier in zip(row["earlier_at"], row["earlier_in"], row["earlier"], strict=True):
        evidence = [row["evidence_id"], earlier]
        tell(
            draft, "Nearly the same picture was shown before, in the {} of {}.", source(kind), day(moment),
            evidence=evidence,
        )  # fmt: skip
