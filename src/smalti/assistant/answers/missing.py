"""What smalti does not have or know: inputs missing, stale or not used, what failed, how old all is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smalti.assistant.answers.signals import NEWEST, USUAL_DAYS, signal_words, withheld
from smalti.assistant.answers.telling import count, day, source, sources, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.understood import Named, Understood
from smalti.platform.records import SourceKind
from smalti.platform.words import MAIN, capital, inputs, listed

Row = Mapping[str, Any]

_SHOWN = 5

_DATES = """
SELECT d.kind, max(d.available_at) AS newest, arg_max(f.first, d.available_at) AS first
FROM documents d
JOIN (SELECT document_id, arg_min(evidence_id, ordinal) AS first FROM evidence GROUP BY 1) f
USING (document_id)
WHERE d.available_at <= $as_of
  AND ($issuer IS NULL OR EXISTS (SELECT 1 FROM links l WHERE l.document_id = d.document_id
       AND l.score >= 0.5 AND l.issuer_id = $issuer))
GROUP BY d.kind ORDER BY d.kind
"""
_PARTIAL = """
SELECT d.title, d.partial, d.available_at,
       (SELECT arg_min(e.evidence_id, e.ordinal) FROM evidence e WHERE e.document_id = d.document_id) AS first
FROM documents d
WHERE d.partial IS NOT NULL AND d.partial <> '' AND d.available_at <= $as_of
  AND ($issuer IS NULL OR EXISTS (SELECT 1 FROM links l WHERE l.document_id = d.document_id
       AND l.score >= 0.5 AND l.issuer_id = $issuer))
ORDER BY d.available_at DESC
"""
_QUARANTINED = """
SELECT code, count(*) AS inputs, any_value(reason) AS reason FROM quarantine
WHERE recorded_at <= $as_of GROUP BY code ORDER BY inputs DESC, code
"""
_ALL_SOURCES = ("filing", "news", "social", "call", "price")


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """What lacks for each issuer named; of the whole store where none is."""
    draft = Draft()
    for one in understood.issuers:
        _scores(draft, grounds, one)
        _documents(draft, grounds, one)
    if not understood.issuers:
        _documents(draft, grounds, None)
    _quarantined(draft, grounds)
    draft.did("state", "newest scores, dates by source, partial documents, quarantine")
    return draft


def _scores(draft: Draft, grounds: Grounds, issuer: Named) -> None:
    """Inputs that the newest scores lacked, and scores that were withheld."""
    rows = grounds.rows(NEWEST, kinds=list(MAIN), issuers=[issuer.issuer_id]).iter_rows(named=True)
    newest = [row for row in rows if row["newest"] and row["horizon_days"] in (0, USUAL_DAYS)]
    if not newest:
        tell(draft, "No score of {} is stored.", issuer.name)
        return
    for row in newest:
        if row["value"] is None:
            withheld(draft, row)
            continue
        lacks = [
            f"{inputs(row[which])} {verb}"
            for which, verb in (
                ("missing", "missing"),
                ("stale", "stale"),
                ("not_trained", "not used, for nothing was trained"),
            )
            if row[which]
        ]
        what = "; ".join(lacks) or "nothing was missing"
        tell(draft, "{}: {}.", capital(signal_words(row["kind"])), what)
    draft.notes.append(f"scores of {listed(sorted({day(row['as_of']) for row in newest}))}")


def _documents(draft: Draft, grounds: Grounds, issuer: Named | None) -> None:
    who = issuer.issuer_id if issuer else None
    rows = {row["kind"]: row for row in grounds.rows(_DATES, issuer=who).iter_rows(named=True)}
    absent = [sources(kind) for kind in _ALL_SOURCES if kind not in rows]
    of_whom = f" of {issuer.name}" if issuer else ""
    if absent:
        tell(draft, "There are no {}{}.", listed(absent), of_whom)
    for kind, row in rows.items():
        if kind != SourceKind.PRICE:
            tell(
                draft, "The newest {}{} is of {}.", source(kind), of_whom, day(row["newest"]),
                evidence=[row["first"]],
            )  # fmt: skip
    _partial(draft, list(grounds.rows(_PARTIAL, issuer=who).iter_rows(named=True)), of_whom)


def _partial(draft: Draft, rows: Sequence[Row], of_whom: str) -> None:
    if not rows:
        return
    number = count(draft, len(rows), f"documents{of_whom} that are partly read")
    tell(
        draft,
        "{} {}{} only partly read:",
        number,
        "document is" if len(rows) == 1 else "documents are",
        of_whom,
    )
    for row in rows[:_SHOWN]:
        evidence = [row["first"]] if row["first"] else []
        tell(
            draft,
            "{}, of {}: {}.",
            row["title"],
            day(row["available_at"]),
            row["partial"].rstrip("."),
            evidence=evidence,
        )


def _quarantined(draft: Draft, grounds: Grounds) -> None:
    rows = list(grounds.rows(_QUARANTINED).iter_rows(named=True))
    if not rows:
        return
    total = count(draft, sum(row["inputs"] for row in rows), "inputs in quarantine")
    tell(draft, "{} of all inputs could not be read and are in quarantine:", total)
    for row in rows[:_SHOWN]:
        tell(
            draft,
            "{}: {}, such as: {}.",
            row["code"],
            count(draft, row["inputs"], f"inputs in quarantine: {row['code']}"),
            row["reason"].rstrip("."),
        )
