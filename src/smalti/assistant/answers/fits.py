"""Which product or document fits a need: product documents ranked, with why, and what each costs.

A product document is one whose feed or manifest states a `form` of `FORMS`; nothing is guessed from its text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from smalti.assistant.answers.passages_sentences import Candidate, candidates
from smalti.assistant.answers.passages_terms import Term, stems_of, terms_of
from smalti.assistant.answers.telling import day, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Audience, Status
from smalti.assistant.understood import Understood

FORMS = (
    "product", "fact sheet", "fee schedule", "terms", "prospectus", "key information document", "brochure",
    "product guide",
)  # fmt: skip
"""What a manifest states as `form` of documents on products."""

_TOLD, _WHY, _COSTS = 3, 2, 2
"""Products told of, and sentences quoted of each: why it fits, and what it costs or risks."""
_LEAST = 0.34
"""Share of the need's telling words that a document has to speak of."""

_PRODUCTS = """
SELECT d.document_id, d.title, d.available_at, json_extract_string(d.hints, '$.form') AS form
FROM documents d
WHERE d.available_at <= $as_of
  AND list_contains($forms::TEXT[], lower(json_extract_string(d.hints, '$.form')))
QUALIFY row_number() OVER (PARTITION BY d.artifact_id, d.part
                            ORDER BY d.recorded_at DESC, d.document_id) = 1
"""
_COST = re.compile(
    r"\b(?:fees?|charges?|costs?|commissions?|penalt(?:y|ies)|interest rate|apr|apy|minimum balance"
    r"|risks?|lose|loss(?:es)?|not guaranteed|withdraw\w*|terminat\w*)\b",
    re.IGNORECASE,
)
_NEED = (
    "product products fit fits suit suitable need needs want looking best right account for me offer choose"
    " recommend"
)


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The product documents that speak most of the need, each with quotes; says so where there is none."""
    products = {
        row["document_id"]: row for row in grounds.rows(_PRODUCTS, forms=list(FORMS)).iter_rows(named=True)
    }
    draft = Draft()
    draft.did("products", f"{len(products)} product documents")
    if not products:
        draft.status = Status.UNKNOWN
        draft.say("No product documents are stored, so I cannot say which product fits.")
        if grounds.audience is Audience.ANALYST:
            forms = ", ".join(FORMS)
            draft.notes.append(
                f"a document counts as one on a product where its manifest states a form of: {forms}"
            )
        return draft
    terms = terms_of(understood.topic or understood.text, [_NEED])
    stems = [*stems_of(terms), *("fee", "charge", "cost", "risk", "rate", "minimum", "penalt")]
    by_document: dict[str, list[Candidate]] = {}
    for one in candidates(grounds, list(products), [], stems):
        by_document.setdefault(one.document_id, []).append(one)
    scores = {
        document: _score(own, terms, products[document]["title"]) for document, own in by_document.items()
    }
    ranked = sorted((one for one in scores if scores[one] >= _LEAST), key=lambda one: (-scores[one], one))
    if not ranked:
        draft.status = Status.UNKNOWN
        draft.say("None of the product documents that are stored speaks of this need.")
        return draft
    draft.say("These product documents speak of it; this tells what they say and recommends none:")
    for document in ranked[:_TOLD]:
        _told(draft, products[document], by_document[document], terms)
    return draft


def _score(own: Sequence[Candidate], terms: Sequence[Term], title: str) -> float:
    """The share of the need's words that a document speaks of anywhere."""
    held = frozenset(word for one in own for word in one.words | one.around)
    return sum(term.said_in(held) for term in terms) / (len(terms) or 1)


def _told(draft: Draft, product: Any, own: Sequence[Candidate], terms: Sequence[Term]) -> None:
    why = sorted(own, key=lambda one: -sum(term.said_in(one.words) for term in terms))
    fitting = [one for one in why if any(term.said_in(one.words) for term in terms)][:_WHY]
    costs = [one for one in own if _COST.search(one.text) and one not in fitting][:_COSTS]
    first = [one.evidence_id for one in (fitting or own)[:1]]
    tell(
        draft, "{} ({}, {}):", product["title"], product["form"], day(product["available_at"]), evidence=first
    )
    _quoted(draft, fitting)
    if costs:
        draft.say("On what it costs or risks:", [one.evidence_id for one in costs])
        _quoted(draft, costs)


def _quoted(draft: Draft, chosen: Sequence[Candidate]) -> None:
    for one in chosen:
        draft.say(f"“{one.text}”", [one.evidence_id], quoted=True)
        draft.quote(one.evidence_id, one.text)
