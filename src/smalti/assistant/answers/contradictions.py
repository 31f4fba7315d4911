"""What contradicts what: findings of checks with both sides quoted, and numbers told twice that differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smalti.assistant.answers.telling import count, day, possessive, tell
from smalti.assistant.answers.why import quoted_piece, sides
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Figure, Status
from smalti.assistant.understood import Understood
from smalti.platform import words

Row = Mapping[str, Any]

_SHOWN, _DIFFER = 4, 3
"""Findings and differing numbers that are told."""

# The newest scoring of each issuer is found by two columns, and only its rows are read further: to rank all
# signals by kind takes ten times as long where there are a million.
JUDGED = """
WITH newest AS (
  SELECT issuer_id, max(as_of) AS as_of FROM signals
  WHERE as_of <= $as_of AND contains(kind, '.')
    AND ($issuers IS NULL OR list_contains($issuers::TEXT[], issuer_id))
  GROUP BY issuer_id),
judged AS (
  SELECT s.issuer_id, s.kind, any_value(s.as_of) AS as_of,
    arg_max(s.signal_id, (s.recorded_at, s.signal_id)) AS signal_id
  FROM signals s JOIN newest n ON n.issuer_id = s.issuer_id AND n.as_of = s.as_of
  WHERE contains(s.kind, '.') AND s.kind <> 'fraud.contradiction' AND ($check IS NULL OR s.kind = $check)
  GROUP BY s.issuer_id, s.kind)
"""
"""What each issuer's newest scoring by `$as_of` judged, a row a check; `$issuers`, `$check` may narrow it."""

_FOUND = f"""
{JUDGED}
SELECT f.finding_id, f.strength, f.said, f.against, j.kind, j.as_of, j.issuer_id, i.name AS issuer
FROM findings f JOIN judged j USING (signal_id) JOIN issuers i USING (issuer_id)
WHERE f.strength IS NOT NULL ORDER BY f.strength DESC, f.finding_id
"""
_LOOKED = """
SELECT count(*) AS checks, max(as_of) AS as_of FROM signals s
WHERE as_of <= $as_of AND contains(kind, '.') AND value IS NOT NULL
  AND ($issuers IS NULL OR list_contains($issuers::TEXT[], issuer_id))
"""
_DIFFERING = """
SELECT c.evidence_id, c.with_evidence, a.text AS ours, b.text AS theirs
FROM comparisons c JOIN evidence a USING (evidence_id) JOIN evidence b ON b.evidence_id = c.with_evidence
JOIN documents d ON d.document_id = a.document_id JOIN documents o ON o.document_id = b.document_id
WHERE c.verdict <> 'agrees' AND d.available_at <= $as_of AND o.available_at <= $as_of
  AND ($issuers IS NULL OR EXISTS (SELECT 1 FROM links l
       WHERE l.document_id = a.document_id AND l.score >= 0.5
       AND list_contains($issuers::TEXT[], l.issuer_id)))
ORDER BY c.evidence_id, c.with_evidence
"""


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The strongest findings of the issuers named, or of all."""
    whose = list(understood.issuer_ids) or None
    asked = understood.text.lower()
    check = next((kind for kind, name in words.CHECKS.items() if name.lower() in asked), None)
    found = list(grounds.rows(_FOUND, issuers=whose, check=check).iter_rows(named=True))
    differing = list(grounds.rows(_DIFFERING, issuers=whose).iter_rows(named=True))
    draft = Draft()
    draft.did("contradictions", f"{len(found)} findings, {len(differing)} numbers told twice that differ")
    who = words.listed([one.name for one in understood.issuers])
    if not found and not differing:
        return _none(draft, grounds, whose, who)
    if found:
        number = count(draft, len(found), "findings of the newest checks" + (f" of {who}" if who else ""))
        tell(
            draft, "The checks have {} {}{}; the strongest:", number,
            "finding" if len(found) == 1 else "findings", f" on {who}" if who else "",
        )  # fmt: skip
    for row in found[:_SHOWN]:
        _told(draft, grounds, row)
    for row in differing[:_DIFFER]:
        tell(draft, "These do not agree:", evidence=[row["evidence_id"], row["with_evidence"]])
        quoted_piece(draft, row["evidence_id"], row["ours"])
        quoted_piece(draft, row["with_evidence"], row["theirs"])
    draft.notes.append(
        "a finding does not move the fraud probability; it stands beside it for a person to judge"
    )
    return draft


def _told(draft: Draft, grounds: Grounds, row: Row) -> None:
    strength = Figure(
        f"{row['strength']:.2f}", row["strength"], "pure", "finding strength", end=row["as_of"].date(),
        issuer_id=row["issuer_id"], evidence_id=row["finding_id"],
    )  # fmt: skip
    tell(
        draft,
        "{} {}, strength {}, as of {}.",
        possessive(row["issuer"]),
        words.check(row["kind"]),
        strength,
        day(row["as_of"]),
    )
    sides(draft, grounds, row)


def _none(draft: Draft, grounds: Grounds, whose: list[str] | None, who: str) -> Draft:
    """Nothing found is one thing, nothing looked at another."""
    looked = grounds.rows(_LOOKED, issuers=whose).row(0, named=True)
    of_whom = f" of {who}" if who else ""
    if not looked["checks"]:
        draft.status = Status.UNKNOWN
        tell(draft, "No check{} is stored, so I do not know of contradictions.", of_whom)
    else:
        tell(
            draft,
            "The checks{} looked, the last as of {}, and found no contradiction.",
            of_whom,
            day(looked["as_of"]),
        )
    return draft
