"""A question put together from what is understood of its parts."""

from __future__ import annotations

from smalti.assistant.asked.issuers import issuers_in
from smalti.assistant.asked.register import register
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask
from smalti.assistant.understood import Kind, Named, Understood

LONGEST = 2_000
"""Characters of a question that are read."""


def understand(ask: Ask, grounds: Grounds) -> Understood:
    """What is asked, as far as it can be told; what cannot is in `unclear`."""
    text = ask.text[:LONGEST]
    naming = issuers_in(text, grounds)
    issuers = tuple(naming.named) or _looked_at(ask, grounds)
    return Understood(text, Kind.PASSAGE, issuers, topic=text, unclear=naming.unclear, choices=naming.choices)


def _looked_at(ask: Ask, grounds: Grounds) -> tuple[Named, ...]:
    if ask.issuer_id is None:
        return ()
    name = register(grounds).names.get(ask.issuer_id)
    return (Named(ask.issuer_id, name),) if name else ()
