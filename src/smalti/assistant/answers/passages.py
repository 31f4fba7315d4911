"""The passages that speak of what is asked, as they stand."""

from __future__ import annotations

from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Status
from smalti.assistant.understood import Understood

_MOST = 5


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """Quotes of the best passages; none of them is said to answer the question."""
    found = grounds.search(understood.topic or understood.text, understood.issuer_ids, _MOST)
    draft = Draft(status=Status.UNKNOWN)
    draft.did("search", f"{len(found.hits)} passages for “{understood.topic or understood.text}”")
    if not found.hits:
        draft.say("Nothing stored speaks of this.")
        return draft
    draft.say("I do not know; these passages are nearest to the question:")
    for hit in found.hits:
        draft.say(hit.quote, [hit.evidence_id], quoted=True)
        draft.quote(hit.evidence_id, hit.quote)
    draft.notes.extend(found.notes)
    return draft
