"""Sentences whose numerals are bound: counts, stored scores, dates and names, told in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from string import Formatter

from smalti.assistant.draft import Draft
from smalti.assistant.records import Computation, Figure
from smalti.platform.words import SOURCES

_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")


def tell(
    draft: Draft, template: str, *parts: str | Figure, evidence: Iterable[str] = (), of: str = ""
) -> None:
    """Add a sentence made of words and figures, each numeral in it bound.

    Args:
        draft: to add to.
        template: with `{}` for each part. Numerals in it and in parts that are words only name things.
        parts: words, or figures.
        evidence: ids of the pieces that support it.
        of: the signal, finding or piece whose own row holds the numerals that only name things.
    """
    text: list[str] = []
    figures: list[Figure] = []
    rest = iter(parts)
    for literal, field, _, _ in Formatter().parse(template):
        pieces: list[str | Figure] = [literal] if field is None else [literal, next(rest)]
        for piece in pieces:
            text.append(piece if isinstance(piece, str) else piece.text)
            figures.extend(labels(piece, of) if isinstance(piece, str) else [piece])
    draft.say("".join(text), evidence, figures)


def quote(draft: Draft, evidence_id: str, words: str) -> None:
    """Add a sentence of words that stand so in a piece."""
    draft.say(f"“{words}”", [evidence_id], quoted=True)
    draft.quote(evidence_id, words)


def labels(text: str, of: str = "") -> Iterator[Figure]:
    """The numerals of a name, a title or a date, which say nothing but what is meant.

    Args:
        text: that holds them.
        of: the stored thing in whose row they stand; empty where they name something cited or asked.
    """
    for found in _NUMERAL.finditer(text):
        yield Figure(found[0], float(re.sub(r"\D", "", found[0])), "", said="label", evidence_id=of)


def count(draft: Draft, number: int, of_what: str, issuer_id: str = "") -> Figure:
    """A number of stored things, counted here."""
    name = draft.next_name
    told = f"{number:,}"
    result = Figure(told, float(number), "count", of_what, issuer_id=issuer_id, computation=name)
    draft.compute(Computation(name, f"count of {of_what}", told, (), result, "counted in the store"))
    return result


def day(moment: datetime | date) -> str:
    """`15 May 2026`, of UTC."""
    at = moment.astimezone(UTC) if isinstance(moment, datetime) else moment
    return f"{at.day} {at:%B %Y}"


def possessive(name: str) -> str:
    """`Boeing's`, `Walnut Brands'`."""
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def source(kind: str) -> str:
    """One document of a kind: `filing`, `news page`, `post`, `call`."""
    return {"news": "news page", "social": "post"}.get(kind, kind)


def sources(kind: str) -> str:
    """Documents of a kind, as people call them."""
    return SOURCES.get(kind, kind)


def one_line(text: str) -> str:
    """Text in one line."""
    return " ".join(text.split())
