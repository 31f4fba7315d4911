"""A question put together from what is understood of its parts."""

from __future__ import annotations

from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask
from smalti.assistant.understood import Kind, Named, Understood


def understand(ask: Ask, grounds: Grounds) -> Understood:
    """What is asked, as far as it can be told; what cannot is in `unclear`."""
    issuers = _looked_at(ask, grounds)
    return Understood(ask.text, Kind.PASSAGE, issuers, topic=ask.text)


def _looked_at(ask: Ask, grounds: Grounds) -> tuple[Named, ...]:
    if ask.issuer_id is None:
        return ()
    rows = grounds.rows("SELECT issuer_id, name FROM issuers WHERE issuer_id = $issuer", issuer=ask.issuer_id)
    return tuple(Named(*row) for row in rows.iter_rows())
