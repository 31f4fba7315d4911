"""What stands around a piece of evidence: headings over it, its table, the words before, who spoke before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.notes import Notes, short
from smalti.ingest.sections import section_title
from smalti.platform.errors import NotFound

_OF_TURN = 6  # sentences of an earlier turn, at most
_BACK = 60  # pieces looked back at
_COLUMNS = (
    "e.evidence_id, e.document_id, e.kind, e.ordinal, coalesce(e.text, '') AS text, e.locator,"
    " coalesce(e.payload->>'heading', '') AS heading, coalesce(e.payload->>'section', '') AS section,"
    " coalesce(e.payload->>'part', '') AS part, coalesce(e.payload->>'caption', '') AS caption,"
    " coalesce(e.payload->>'speaker', '') AS speaker,"
    " coalesce(json_extract_string(d.hints, '$.form'), '') AS form"
)
_FROM = "FROM evidence e JOIN documents d ON d.document_id = e.document_id WHERE d.available_at <= $as_of"
_PIECE = f"SELECT {_COLUMNS} {_FROM} AND e.evidence_id = $evidence"
_TABLES = f"""
SELECT {_COLUMNS} {_FROM} AND e.document_id = $document AND e.kind = 'table'
  AND (e.locator->>'page') IS NOT DISTINCT FROM CAST($page AS TEXT) ORDER BY e.ordinal
"""
_BEFORE = f"""
SELECT {_COLUMNS} {_FROM} AND e.document_id = $document AND e.ordinal < $ordinal
  AND e.kind IN ('paragraph', 'audio') ORDER BY e.ordinal DESC LIMIT {_BACK}
"""
_HEADINGS = r"""
SELECT coalesce(e.payload->>'section', '') AS section, coalesce(e.payload->>'heading', '') AS heading,
       left(e.text, 400) AS text
FROM evidence e JOIN documents d ON d.document_id = e.document_id
WHERE d.available_at <= $as_of AND e.document_id = $document AND e.kind = 'paragraph'
  AND e.ordinal <= $ordinal AND regexp_matches(e.text, '^(?i)(note\s+)?[0-9]{1,2}\W')
ORDER BY e.ordinal
"""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around a piece.

    Attributes:
        headings: over it, outermost first: the form's item, the note to the statements, the heading.
        table: the evidence (id) of the table a fact or cell stands in; empty if it stands in none.
        caption: of its table.
        before: what stands just before it: a paragraph, the text of the post a picture belongs to, or the
            sentence before in the same turn of a call.
        before_id: its evidence; empty where nothing stands before.
        speaker: who speaks it; empty outside calls.
        turn_before: the end of what the speaker before said, and `speaker_before` who that was.
    """

    headings: Sequence[str] = ()
    table: str = ""
    caption: str = ""
    before: str = ""
    before_id: str = ""
    speaker: str = ""
    turn_before: str = ""
    speaker_before: str = ""


def context(grounds: Grounds, evidence_id: str) -> Context:
    """What stands around a piece of evidence, in its own document.

    Raises:
        NotFound: no such evidence was public by then.
    """
    found = grounds.rows(_PIECE, evidence=evidence_id)
    if found.is_empty():
        raise NotFound(
            "no such evidence is known", subject=evidence_id, mend="take an id that a search or a tool gave"
        )
    piece: Row = found.row(0, named=True)
    table = _table_of(grounds, piece)
    anchor = table or piece
    earlier = grounds.rows(_BEFORE, document=piece["document_id"], ordinal=anchor["ordinal"]).to_dicts()
    if piece["kind"] == "audio":
        return _in_call(piece, earlier)
    before = next((one for one in earlier if _says_something(one)), None)
    return Context(
        headings=_headings(grounds, anchor),
        table=table["evidence_id"] if table else "",
        caption=anchor["caption"],
        before=before["text"] if before else "",
        before_id=before["evidence_id"] if before else "",
    )


def _says_something(row: Row) -> bool:
    """No heading, and no page number."""
    return row["text"] != row["heading"] and any(char.isalpha() for char in row["text"])


def _table_of(grounds: Grounds, piece: Row) -> Row | None:
    """The table itself, or the one that holds a fact: by its characters, or by its box on the page."""
    if piece["kind"] == "table":
        return piece
    if piece["kind"] != "fact":
        return None
    place = json.loads(piece["locator"])
    rows = grounds.rows(_TABLES, document=piece["document_id"], page=place.get("page"))
    for row in rows.iter_rows(named=True):
        if _holds(json.loads(row["locator"]), place):
            return row
    return None


def _holds(table: Mapping[str, Any], fact: Mapping[str, Any]) -> bool:
    if fact.get("chars") and table.get("chars"):
        first, last = fact["chars"]
        return bool(table["chars"][0] <= first and last <= table["chars"][1])
    if not fact.get("box") or not table.get("box"):
        return False
    x = (fact["box"][0] + fact["box"][2]) / 2
    y = (fact["box"][1] + fact["box"][3]) / 2
    x0, top, x1, bottom = table["box"]
    return bool(x0 <= x <= x1 and top <= y <= bottom)


def _headings(grounds: Grounds, anchor: Row) -> tuple[str, ...]:
    title = section_title(anchor["form"], anchor["part"], anchor["section"]) if anchor["section"] else ""
    item = f"Item {anchor['section']}. {title}".strip(" .") if anchor["section"] else ""
    notes, note = Notes(anchor["form"]), ""
    above = grounds.rows(_HEADINGS, document=anchor["document_id"], ordinal=anchor["ordinal"])
    for section, heading, text in above.iter_rows():
        note = notes.after(section, short(heading), short(text))
    note = notes.after(anchor["section"], "", "") if note else ""
    return tuple(dict.fromkeys(one for one in (item, note, short(anchor["heading"])) if one))


def _in_call(piece: Row, earlier: Sequence[Row]) -> Context:
    """`earlier`: sentences before, nearest first."""
    own = 0
    while own < len(earlier) and earlier[own]["speaker"] == piece["speaker"]:
        own += 1
    rest = earlier[own:]
    other = rest[0]["speaker"] if rest else ""
    turn: list[str] = []
    for one in rest[:_OF_TURN]:
        if one["speaker"] != other:
            break
        turn.insert(0, one["text"])
    return Context(
        before=earlier[0]["text"] if own else "",
        before_id=earlier[0]["evidence_id"] if own else "",
        speaker=piece["speaker"],
        turn_before=" ".join(turn),
        speaker_before=other,
    )
