"""What somebody said about something in calls: their own sentences, by call, numbers marked as heard."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from smalti.assistant.answers.passages_terms import Term, terms_of
from smalti.assistant.answers.telling import day, quote, source, tell
from smalti.assistant.answers.telling import sources as plural
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Status
from smalti.assistant.retrieval import Filters
from smalti.assistant.retrieval.words import words
from smalti.assistant.understood import Understood
from smalti.platform.records import EvidenceKind, Locator, SourceKind
from smalti.platform.words import listed

Row = Mapping[str, Any]

_HITS, _TOLD, _CALLS = 60, 6, 3
"""Pieces of a search looked at, sentences quoted, and calls they are from."""
_LEAST_LIKENESS = 0.45
"""Of meaning, from which a sentence without a word of the question still speaks of it."""

_ROLES: Sequence[tuple[str, str, str]] = (
    (r"\bceo\b|chief executive", "chief executive officer", ""),
    (r"\bcfo\b|chief financial", "chief financial officer", ""),
    (r"\bcoo\b|chief operating", "chief operating officer", ""),
    (r"analysts?", "", "analyst"),
    (r"management|company|executives?|they|he|she", "", "management"),
    (r"operator", "", "operator"),
)
"""How a speaker is asked for, and what a piece's speaker or role then has to be."""

_PIECES = """
SELECT e.evidence_id, e.document_id, e.text, e.locator, e.ordinal, e.payload->>'speaker' AS speaker,
       e.payload->>'role' AS role, e.payload->>'affiliation' AS affiliation, e.payload->>'part' AS part,
       e.payload->>'answer_to' AS answer_to, to_json(e.payload->'numbers')::TEXT AS numbers,
       d.title, d.available_at,
       EXISTS (SELECT 1 FROM comparisons c
               WHERE c.evidence_id = e.evidence_id AND c.verdict = 'agrees') AS agrees
FROM evidence e JOIN documents d USING (document_id)
WHERE e.kind = 'audio' AND d.available_at <= $as_of
  AND ($issuers IS NULL OR EXISTS (SELECT 1 FROM links l WHERE l.document_id = d.document_id
       AND l.score >= 0.5 AND list_contains($issuers::TEXT[], l.issuer_id)))
ORDER BY d.available_at DESC, e.document_id, e.ordinal
"""


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """Sentences of the speaker that speak of the topic; None where no call of the issuer is stored."""
    written = [source for form, source in _WRITTEN.items() if form in understood.forms]
    if written:
        return _posted(understood, grounds, written)
    whose = list(understood.issuer_ids) or None
    rows = list(grounds.rows(_PIECES, issuers=whose).iter_rows(named=True))
    if not rows:
        return None
    who, by_them = _speaker(understood, rows)
    names = [name for one in understood.issuers for name in (one.words, one.name)]
    terms = terms_of(understood.topic or understood.text, [*names, who, _SAYING])
    found = grounds.search(
        understood.topic or understood.text,
        understood.issuer_ids,
        _HITS,
        Filters(sources=[SourceKind.CALL], kinds=[EvidenceKind.AUDIO]),
    )
    likeness = {hit.evidence_id: hit.cosine or 0.0 for hit in found.hits}
    chosen = _best(by_them, terms, likeness)
    draft = Draft()
    draft.did("search", f"{len(by_them)} sentences by {who}, {len(chosen)} of them on this")
    if not chosen and (others := _best([r for r in rows if r["role"] == "management"], terms, likeness)):
        draft.status = Status.PARTLY
        tell(draft, "No sentence on this is known to be by {}; others of management said:", _article(who))
        chosen = others
    if not chosen:
        draft.status = Status.UNKNOWN
        about = f"“{understood.topic}”" if understood.topic else "this"
        tell(draft, "In the calls that are stored, I find no sentence by {} about {}.", _article(who), about)
        return draft
    _told(draft, chosen, who)
    return draft


_WRITTEN = {"post": SourceKind.SOCIAL, "news": SourceKind.NEWS}
"""Forms of documents in which somebody writes and does not speak."""
_SAYING = (
    "say said tell told talk talked speak spoke mention comment think ask asked question thought call calls"
    " earnings conference what"
)


def _posted(understood: Understood, grounds: Grounds, sources: Sequence[SourceKind]) -> Draft:
    """What posts or news pages say, best first."""
    names = [name for one in understood.issuers for name in (one.words, one.name)]
    about = terms_of(understood.topic or understood.text, [*names, _SAYING, "posts news articles"])
    wanted = " ".join(one.word for one in about) or " ".join(names) or understood.text
    found = grounds.search(wanted, understood.issuer_ids, _TOLD, Filters(sources=sources))
    draft = Draft()
    draft.did("search", f"{len(found.hits)} pieces of {listed([plural(one) for one in sources])}")
    if not found.hits:
        draft.status = Status.UNKNOWN
        tell(draft, "No {} that is stored speaks of this.", source(sources[0]))
    for hit in found.hits:
        tell(draft, "In a {} of {}:", source(hit.source), day(hit.available_at), evidence=[hit.evidence_id])
        quote(draft, hit.evidence_id, hit.quote)
    if SourceKind.SOCIAL in sources and found.hits:
        draft.notes.append("anybody can post: a post is no evidence that what it says is so")
    return draft


def _speaker(understood: Understood, rows: Sequence[Row]) -> tuple[str, list[Row]]:
    """Who is meant, in words, and their sentences."""
    asked = understood.speaker.lower()
    for pattern, title, role in _ROLES:
        if asked and re.search(pattern, asked):
            theirs = [row for row in rows if _is(row, title, role)]
            return understood.speaker, theirs
    named = [row for row in rows if asked and asked in (row["speaker"] or "").lower()]
    if asked:
        return understood.speaker, named
    return "anybody but the operator", [row for row in rows if row["role"] != "operator"]


def _is(row: Row, title: str, role: str) -> bool:
    if role:
        return bool(row["role"] == role)
    return title in (row["speaker"] or "").lower() or title in (row["role"] or "").lower()


def _best(rows: Sequence[Row], terms: Sequence[Term], likeness: Mapping[str, float]) -> list[Row]:
    fits = [(_fit(row, terms, likeness), row) for row in rows]
    return [row for fit, row in sorted(fits, key=lambda one: -one[0]) if fit > 0][:_TOLD]


def _article(who: str) -> str:
    """`the CFO`, `analysts`, `Jane Doe`."""
    return f"the {who}" if who.isupper() or who.lower().startswith("chief") else who


def _fit(row: Row, terms: Sequence[Term], likeness: Mapping[str, float]) -> float:
    """How well a sentence speaks of what is asked: by its words, else by its meaning."""
    held = frozenset(words(row["text"] or ""))
    if not terms:
        return 1.0
    said = sum(term.said_in(held) for term in terms)
    like = likeness.get(row["evidence_id"], 0.0)
    return said + like if said or like >= _LEAST_LIKENESS else 0.0


def _told(draft: Draft, chosen: Sequence[Row], who: str) -> None:
    """Quote, the newest call first, each in the order it was said."""
    ordered = sorted(
        chosen, key=lambda row: (-row["available_at"].timestamp(), row["document_id"], row["ordinal"])
    )
    for turn, (_, group) in enumerate(groupby(ordered, key=lambda row: row["document_id"])):
        if turn == _CALLS:
            break
        theirs = list(group)
        tell(
            draft, "In the call of {} ({}):", day(theirs[0]["available_at"]), theirs[0]["title"],
            evidence=[theirs[0]["evidence_id"]],
        )  # fmt: skip
        for row in theirs:
            _quoted(draft, row)
    if who == "anybody but the operator":
        draft.offers.append("What did the CFO say about it?")


def _quoted(draft: Draft, row: Row) -> None:
    locator = Locator.from_json(row["locator"])
    at = Locator(seconds=locator.seconds).describe() if locator.seconds else row["part"] or ""
    role = row["role"] or ""
    speaker = row["speaker"] or "A speaker"
    kind = f", {role}" if role and role not in speaker.lower() else ""
    of_whom = f" of {row['affiliation']}" if row["affiliation"] else ""
    answers = ", answering a question" if row["answer_to"] else ""
    tell(draft, "{}{}{}{}, at {}:", speaker, of_whom, kind, answers, at, evidence=[row["evidence_id"]])
    text = " ".join((row["text"] or "").split())
    draft.say(f"“{text}”", [row["evidence_id"]], quoted=True)
    draft.quote(row["evidence_id"], text)
    if any(one["unverified"] for one in json.loads(row["numbers"] or "null") or []):
        sure = "a filing confirms one in" if row["agrees"] else "no filing confirms those in"
        draft.notes.append(f"numbers heard in a call are unverified; {sure} “{text[:60]}…”")
