"""What a current report (Form 8-K) is about: its items, by number, with how each begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    items: dict[str, str] = {}
    begun: set[str] = set()
    for row in grounds.rows(_BODY, document=document).iter_rows(named=True):
        heading, text = row["heading"], row["text"] or ""
        if _EXHIBITS.match(heading) or heading in begun:
            continue
        if text == heading:
            items[heading] = row["evidence_id"]
        elif len(text) >= _LEAST_LETTERS and len(begun) < _ITEMS:
            begun.add(heading)
            if heading in items:
                _quoted(draft, items[heading], heading)
            _quoted(draft, row["evidence_id"], _beginning(text))
    draft.did("read", f"{len(begun)} items of a current report")
    return None if draft.empty else draft


def _beginning(text: str) -> str:
    """The first sentences of a text, as they stand there."""
    told = [one for one in sentences(text) if one][:_SENTENCES]
    return text[text.index(told[0]) : text.index(told[-1]) + len(told[-1])]


def _quoted(draft: Draft, evidence_id: str, words: str) -> None:
    draft.say(f"“{words}”", [evidence_id], quoted=True)
    draft.quote(evidence_id, words)
