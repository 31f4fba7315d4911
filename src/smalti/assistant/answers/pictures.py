"""What pictures and charts show: values with units, cut axes, words in them, marks of making, copies."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from smalti.assistant.answers.telling import day, source, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Figure
from smalti.assistant.retrieval import Filters
from smalti.assistant.understood import Understood
from smalti.platform.records import EvidenceKind
from smalti.platform.words import counted

Row = Mapping[str, Any]

_SHOWN, _SERIES, _POINTS, _HITS = 3, 4, 8, 30
"""Pictures told of, and of a chart the series and the points of each; pieces of a search looked at."""
_LETTERS, _TITLE = 300, 100
"""Characters of the words in a picture, and of a title, that are told."""

_PIECES = """
SELECT e.evidence_id, e.document_id, e.kind, e.text, e.payload::TEXT AS payload, d.title,
       d.kind AS source, d.available_at,
       (SELECT list(o.title || ' of ' || strftime(o.available_at, '%Y-%m-%d')) FROM likenesses k
        JOIN evidence v ON v.evidence_id = k.of_evidence JOIN documents o ON o.document_id = v.document_id
        WHERE k.evidence_id = e.evidence_id AND o.available_at <= $as_of) AS earlier,
       (SELECT min(k.of_evidence) FROM likenesses k WHERE k.evidence_id = e.evidence_id) AS earlier_evidence
FROM evidence e JOIN documents d USING (document_id)
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
        if same not in told and not (row["earlier_evidence"] in known and kept):
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
    """The values of a chart: printed labels as they stand, measured ones as about what they are."""
    evidence = [row["evidence_id"]]
    title = " ".join((payload.get("title") or payload.get("heading") or "").split())
    named = f" “{title}”" if title else ""
    tell(
        draft, "The {} chart{} in {}, {}:", payload.get("chart") or "", named, _place(row),
        day(row["available_at"]), evidence=evidence,
    )  # fmt: skip
    for series in (payload.get("series") or [])[:_SERIES]:
        points = [point for point in series.get("points") or [] if point.get("value") is not None][:_POINTS]
        if not points:
            continue
        parts: list[str | Figure] = [" ".join((series.get("name") or "values").split())]
        for point in points:
            parts += [str(point.get("category") or ""), *_value(row, series, point)]
        tell(draft, "{}: " + ", ".join(["{} {}{}"] * len(points)) + ".", *parts, evidence=evidence)
    _axes(draft, row, payload)
    if any(
        point.get("method") == "measured" for one in payload.get("series") or [] for point in one["points"]
    ):
        draft.notes.append("values told as “about” were measured in the picture, not printed there")
    if (sure := payload.get("confidence")) is not None and sure < 1:
        draft.notes.append("this chart was read with some doubt")


def _value(row: Row, series: Mapping[str, Any], point: Mapping[str, Any]) -> tuple[str, Figure]:
    """`about ` where it was measured, and the value as a figure."""
    value, unit = float(point["value"]), point.get("unit") or ""
    told = f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    text = f"${told}" if unit == "$" else f"{told}%" if unit == "%" else f"{told} {unit}".strip()
    figure = Figure(
        text,
        value,
        unit or "pure",
        " ".join((series.get("name") or "").split()),
        evidence_id=row["evidence_id"],
    )
    return ("about " if point.get("method") == "measured" else ""), figure


def _axes(draft: Draft, row: Row, payload: Mapping[str, Any]) -> None:
    for axis in (payload.get("axes") or {}).values():
        if not axis or not axis.get("truncated"):
            continue
        low, high = (
            Figure(
                f"{axis[end]:,.6g}",
                float(axis[end]),
                axis.get("unit") or "pure",
                "axis",
                evidence_id=row["evidence_id"],
            )
            for end in ("min", "max")
        )
        tell(
            draft, "Its axis is cut, from {} to {}, so that differences look larger than they are.", low, high,
            evidence=[row["evidence_id"]],
        )  # fmt: skip
    others = [note for note in payload.get("notes") or [] if "truncated" not in note]
    if others:
        draft.notes.append(f"of the chart: {'; '.join(others)}")


def _image(draft: Draft, row: Row, payload: Mapping[str, Any]) -> None:
    """The words in a picture, what kind it is, and who says to have made it."""
    kind = (payload.get("picture_kind") or {}).get("kind") or ""
    named = f" ({kind})" if kind and kind != "other" else ""
    evidence = [row["evidence_id"]]
    tell(draft, "A picture{} in {}, {}:", named, _place(row), day(row["available_at"]), evidence=evidence)
    text = (row["text"] or "").strip()
    if text:
        words = text[:_LETTERS]
        draft.say("The words in it:", evidence)
        draft.say(f"“{words}”", evidence, quoted=True)
        draft.quote(row["evidence_id"], words)
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


def _place(row: Row) -> str:
    """The document it is in: `the post “…”`."""
    title = " ".join(row["title"].split())
    return f"the {source(row['source'])} “{title if len(title) <= _TITLE else title[:_TITLE] + '…'}”"


def _copies(draft: Draft, row: Row) -> None:
    for earlier in (row["earlier"] or [])[:2]:
        evidence = [row["evidence_id"], *filter(None, [row["earlier_evidence"]])]
        tell(draft, "Nearly the same picture was shown before, in {}.", earlier, evidence=evidence)
