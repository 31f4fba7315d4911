"""What can be asked, with examples over what the store really holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from smalti.assistant.answers.telling import count, sources, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Audience, Figure
from smalti.assistant.understood import Understood
from smalti.platform.words import FRAUD, listed

# The issuer with most kinds of documents of its own, and what there is of it.
_HELD = """
SELECT i.issuer_id, any_value(i.name) AS name, list(DISTINCT d.kind) AS kinds,
       count(DISTINCT d.document_id) AS documents
FROM issuers i JOIN links l USING (issuer_id) JOIN documents d USING (document_id)
WHERE l.score >= 0.5 AND d.available_at <= $as_of
GROUP BY i.issuer_id ORDER BY len(list(DISTINCT d.kind)) DESC, documents DESC, name LIMIT 2
"""
_KINDS = """
SELECT d.kind, count(*) AS documents FROM documents d WHERE d.available_at <= $as_of AND d.kind <> 'price'
GROUP BY d.kind ORDER BY documents DESC
"""
_SCORED = (
    "SELECT DISTINCT kind FROM signals WHERE as_of <= $as_of AND issuer_id = $issuer AND value IS NOT NULL"
)
_CHARTS = """
SELECT count(*) AS charts
FROM evidence e JOIN documents d USING (document_id) JOIN links l USING (document_id)
WHERE e.kind = 'chart' AND l.issuer_id = $issuer AND l.score >= 0.5 AND d.available_at <= $as_of
"""


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """What there is, and questions that it can be asked."""
    draft = Draft()
    kinds = list(grounds.rows(_KINDS).iter_rows())
    if not kinds:
        draft.say("Nothing is stored yet; once sources are pulled I answer questions over them.")
        return draft
    parts: list[str | Figure] = []
    for kind, documents in kinds:
        parts += [count(draft, documents, sources(kind)), sources(kind)]
    tell(draft, f"I answer from what is stored: {listed(['{} {}'] * len(kinds))}.", *parts)
    draft.say(
        "Each sentence names its evidence, each number comes from a filing or a computation that is shown,"
        " and where nothing supports an answer I say so."
    )
    held = list(grounds.rows(_HELD).iter_rows(named=True))
    if held:
        draft.offers.extend(_examples(held[0], grounds, understood))
        if len(held) > 1 and grounds.audience is Audience.ANALYST:
            draft.offers.append(f"Compare the revenue of {held[0]['name']} and {held[1]['name']}")
    draft.did("state", "what is stored of whom")
    return draft


def _examples(held: Mapping[str, Any], grounds: Grounds, understood: Understood) -> Iterator[str]:
    """Questions that what is stored of an issuer can answer."""
    issuer, name = held["issuer_id"], held["name"]
    if understood.issuers:
        issuer, name = understood.issuers[0].issuer_id, understood.issuers[0].name
    if "filing" in held["kinds"]:
        yield f"What was the revenue of {name} in the last fiscal year?"
        yield f"What risks does {name} name?"
    if "call" in held["kinds"]:
        yield f"What did management of {name} say about demand?"
    if grounds.rows(_CHARTS, issuer=issuer).item():
        yield f"What do the charts of {name} show?"
    if grounds.audience is Audience.ANALYST:
        scored = grounds.rows(_SCORED, issuer=issuer)["kind"].to_list()
        if FRAUD in scored:
            yield f"Why is the fraud probability of {name} what it is?"
            yield "Who scores highest on risk?"
        if any("." in kind for kind in scored):
            yield f"What contradicts what at {name}?"
        yield f"What is missing for {name}?"
    yield f"Which documents of {name} are there?"
