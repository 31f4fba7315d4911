"""An old picture shown as if it were of now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from smalti.models.checks.dossier import Dossier, Likeness
from smalti.models.checks.picture_shown import Shown, part
from smalti.models.checks.record import Citation, Finding
from smalti.platform.records import Document
from smalti.platform.similarity import NEAR_TEXT, distance, text_hash

LEAST_DAYS = 3
"""Less old, and two may show one event."""
_STRENGTHS = ((30, 0.7), (7, 0.6), (LEAST_DAYS, 0.4))
"""Strength by the least days between the two."""
_ELSEWHERE = 1.15
"""Factor: the earlier one was shown of somebody else."""
_NOT_A_PHOTO, _UNKNOWN_AUTHOR = 0.8, 0.6
_COMMON = 3
"""A picture that so many accounts showed without a word of news is a logo, a stock picture or a joke."""
_TITLE = 120  # characters of a post that are its title
_WORD = re.compile(r"\w{2,}")


@dataclass(frozen=True, slots=True)
class Reuse:
    """A picture told of as news that somebody else showed before, and the verdict on it."""

    shown: Shown
    finding: Finding | None
    silence: str = ""


def reused(dossier: Dossier, pictures: Mapping[str, Shown]) -> Iterable[Reuse]:
    """Pictures told of as of now that somebody else showed days before.

    Not told: what says it is older or a repost, what repeats the words of the earlier post too (a copied
    post, which the crowd check counts), charts, screenshots and logos, what many show in their own words.

    Args:
        dossier: of the issuer.
        pictures: those that are looked at, by evidence id.
    """
    elders: dict[str, set[str]] = {}
    for one in dossier.likenesses:
        shown = pictures.get(one.evidence_id)
        if (
            shown is not None
            and not shown.told_as_news
            and len(elders.setdefault(one.elder.evidence_id, set())) <= _COMMON
        ):
            elders[one.elder.evidence_id].add(shown.document.author or shown.document.document_id)
    told: set[str] = set()
    for one in dossier.likenesses:
        shown = pictures.get(one.evidence_id)
        if shown is None or not shown.told_as_news or one.elder.evidence_id in told:
            continue
        if len(elders.get(one.elder.evidence_id, ())) >= _COMMON:
            yield Reuse(shown, None)
            continue
        verdict = _judge(dossier, shown, one)
        if verdict.finding:
            told.add(one.elder.evidence_id)
        yield verdict


def _judge(dossier: Dossier, shown: Shown, one: Likeness) -> Reuse:
    elder = one.elder_document
    days = (shown.document.available_at - elder.available_at).days
    drawn = "chart" in (shown.kind, _kind(one)) or "screenshot" in (shown.kind, _kind(one))
    innocent = days < LEAST_DAYS or drawn or _is_logo(shown, dossier.name) or _same_words(shown, elder)
    if innocent or _same_author(shown, one):
        return Reuse(shown, None)
    if _undated(shown, one):
        return Reuse(shown, None, "cannot compare: it is not known when one of two like pictures was shown")
    strength = next(s for least, s in _STRENGTHS if days >= least)
    strength *= _ELSEWHERE if one.elder_document.document_id not in dossier.documents else 1.0
    strength *= 1.0 if shown.kind == "photo" else _NOT_A_PHOTO
    strength *= 1.0 if shown.document.author and elder.author else _UNKNOWN_AUTHOR
    claim = shown.told_as_news
    who = f" by {elder.author}" if elder.author else ""
    return Reuse(
        shown,
        Finding(
            said=shown.cite_words(claim),
            against=(Citation(one.elder.evidence_id),),
            strength=round(min(strength, 0.9), 3),
            reason=(
                f"The {shown.place} says {claim!r} of a picture that was shown on"
                f" {elder.available_at:%Y-%m-%d}{who}, {days} days before ({one.distance} of 64 bits differ)."
            ),
            details={"days": days, "distance": one.distance, "earlier_title": elder.title[:200]},
        ),
    )


def _kind(one: Likeness) -> str:
    return str(part(one.elder.payload, "picture_kind").get("kind") or "")


def _same_author(shown: Shown, one: Likeness) -> bool:
    mine, theirs = shown.document, one.elder_document
    ids = mine.hints.get("author_id"), theirs.hints.get("author_id")
    return bool((mine.author and mine.author == theirs.author) or (ids[0] and ids[0] == ids[1]))


def _undated(shown: Shown, one: Likeness) -> bool:
    return "recorded" in (shown.document.available_method.value, one.elder_document.available_method.value)


def _same_words(shown: Shown, elder: Document) -> bool:
    """Whether the earlier post says nearly the same: then the whole post is a copy."""
    mine, theirs = text_hash(shown.text[:_TITLE]), text_hash(elder.title)
    return mine is not None and theirs is not None and distance(mine, theirs) <= NEAR_TEXT


def _is_logo(shown: Shown, name: str) -> bool:
    """Whether all that is written in a picture is the issuer's name."""
    written = {w.lower() for w in _WORD.findall(shown.image.text[:200])}
    return bool(written) and len(written) <= 4 and written <= {w.lower() for w in _WORD.findall(name)}
