"""An answer as its audience may see it; what slips through to here is left out, and the rest stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import structlog

from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.orders import orders_in
from smalti.assistant.guard.personal import personal_in, redacted
from smalti.assistant.records import Answer, Citation, Sentence, Status

__all__ = ["shown"]

_log = structlog.get_logger(__name__)

# Words of the inside: names of models and checks, percentiles, attributions.
_INSIDE = re.compile(
    r"\b(?:percentile|attribution|calibrat\w+|in-sample|beneish|dechow|benford|altman|piotroski|sloan"
    r"|model version|core-[0-9a-f]{6,}|research-[0-9a-f]{6,}|fusion|ensemble|embedding|quarantine|sandbox)\b",
    re.I,
)
_SAID_BY_US = (Status.DECLINED, Status.HANDED_OVER, Status.UNCLEAR)
_DOCUMENTS = "SELECT document_id FROM documents WHERE document_id IN (SELECT unnest($wanted::TEXT[]))"
_PIECES = "SELECT evidence_id FROM evidence WHERE evidence_id IN (SELECT unnest($wanted::TEXT[]))"


def shown(answer: Answer, grounds: Grounds) -> Answer:
    """Hold an answer to its audience's policy, whoever made it."""
    policy = grounds.policy
    if policy.everything and not policy.redact:
        return answer
    if answer.status is Status.UNKNOWN and policy.documents == "published":
        return _nothing(answer, grounds)  # what is not published and what is not known are told alike
    allowed = _allowed(answer, grounds)
    kept = [one for one in answer.sentences if _may(one, answer, allowed)]
    if len(kept) < len(answer.sentences):
        _log.error(
            "an answer held what its audience may not see", kind=answer.kind, sentences=len(answer.sentences)
        )
    if not kept:
        return _nothing(answer, grounds)
    marks = {mark for one in kept for mark in one.cites} & {one.mark for one in allowed}
    used = {one.computation for sentence in kept for one in sentence.figures}
    answer = replace(
        answer,
        sentences=tuple(
            _clean(replace(one, cites=tuple(m for m in one.cites if m in marks))) for one in kept
        ),
        citations=tuple(_cited(one) for one in allowed if one.mark in marks),
        computations=tuple(one for one in answer.computations if one.name in used),
        notes=tuple(one for one in answer.notes if "*" in policy.notes or one.startswith(policy.notes)),
        offers=answer.offers if policy.offers else (),
        steps=(),
    )
    return _disclaimed(answer, policy.disclaimer)


def _allowed(answer: Answer, grounds: Grounds) -> Sequence[Citation]:
    """Citations that may be shown: of pieces and documents the policy allows, and not giving orders."""
    documents = grounds.rows(_DOCUMENTS, wanted=[one.document_id for one in answer.citations])
    pieces = grounds.rows(_PIECES, wanted=[one.evidence_id for one in answer.citations])
    seen, read = set(documents.to_series()), set(pieces.to_series())
    return [
        one
        for one in answer.citations
        if one.document_id in seen and one.evidence_id in read and not one.suspicious
    ]


def _may(sentence: Sentence, answer: Answer, allowed: Sequence[Citation]) -> bool:
    marks = {one.mark for one in allowed}
    if sentence.cites and not marks.issuperset(sentence.cites):
        return False
    if answer.status in _SAID_BY_US:
        return True
    scored = any(
        one.concept.partition(".")[0].split(" ")[0] in ("risk", "fraud", "sentiment", "finding")
        for one in sentence.figures
    )
    return (
        not scored
        and not (not sentence.quoted and _INSIDE.search(sentence.text))
        and not orders_in(sentence.text)
    )


def _clean(sentence: Sentence) -> Sentence:
    return replace(sentence, text=redacted(sentence.text)) if personal_in(sentence.text) else sentence


def _cited(citation: Citation) -> Citation:
    return replace(citation, quote=redacted(citation.quote), title=redacted(citation.title))


def _nothing(answer: Answer, grounds: Grounds) -> Answer:
    return replace(
        answer, status=Status.UNKNOWN, sentences=(Sentence(grounds.policy.word("nothing")),), citations=(),
        computations=(), notes=(), offers=(), steps=(),
    )  # fmt: skip


def _disclaimed(answer: Answer, disclaimer: str) -> Answer:
    if not disclaimer or answer.status not in (Status.ANSWERED, Status.PARTLY):
        return answer
    return replace(answer, notes=(*answer.notes, disclaimer))
