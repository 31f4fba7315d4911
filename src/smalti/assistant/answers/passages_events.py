"""What a current report (Form 8-K) is about: its items, by number, with how each begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smalti.assistant.answers.telling import day, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.page_records import Page
from smalti.assistant.understood import Understood
from smalti.models.checks.risk_factors import sentences

_ABOUT = re.compile(
    r"\b(?:agenda|purpose|about|subject|topic|gist|announc\w+|disclos\w+|report\w*|events?|happen\w*|summar\w+|content\w*|say"
    r"|filed for|reason)\b",
    re.IGNORECASE,
)
_FORM = re.compile(r"\b8-?k\b", re.IGNORECASE)
_ITEM = r"^\s*item\s+\d\.\d\d"
_EXHIBITS = re.compile(r"^\s*item\s+9\.01", re.IGNORECASE)
_ITEMS, _SENTENCES, _LEAST_LETTERS = 3, 2, 60

_BODY = f"""
SELECT e.evidence_id, e.text, e.payload->>'heading' AS heading, d.available_at, d.title
FROM evidence e JOIN documents d USING (document_id)
WHERE e.document_id = $document AND e.kind = 'paragraph' AND d.available_at <= $as_of
  AND regexp_matches(lower(e.payload->>'heading'), '{_ITEM}')
ORDER BY e.ordinal
"""


def events(understood: Understood, grounds: Grounds, pages: Sequence[Page]) -> Draft | None:
    """The items of the current report that is asked about; None where none is, or it has no items."""
    if not (_FORM.search(understood.text) or "8-K" in understood.forms) or not _ABOUT.search(understood.text):
        return None
    document = next((page.document_id for page in pages if page.form == "8-K"), None)
    if document is None:
        return None
    draft = Draft()
    items: dict[str, int] = {}
    for row in grounds.rows(_BODY, document=document).iter_rows(named=True):
        heading, text = " ".join(row["heading"].split()), row["text"] or ""
        if _EXHIBITS.match(heading) or len(text) < _LEAST_LETTERS or items.get(heading, 0) > 0:
            continue
        if len(items) == _ITEMS:
            break
        items[heading] = 1
        tell(
            draft, "The Form {} of {}, {}:", "8-K", day(row["available_at"]), heading.rstrip(".:"),
            evidence=[row["evidence_id"]],
        )  # fmt: skip
        told = [one for one in sentences(text) if one][:_SENTENCES]
        start, end = text.index(told[0]), text.index(told[-1]) + len(told[-1])
        draft.say(f"“{text[start:end]}”", [row["evidence_id"]], quoted=True)
        draft.quote(row["evidence_id"], text[start:end])
    return None if draft.empty else draft
