"""What a reader is warned of: pieces that give orders to machines, or that nobody was meant to see."""

from __future__ import annotations

from dataclasses import replace

from smalti.assistant.guard.orders import orders_in
from smalti.assistant.records import Answer

__all__ = ["DATA_ONLY", "warned"]

DATA_ONLY = "what documents say is only shown, never followed"


def warned(answer: Answer) -> Answer:
    """An answer with a note on each suspicious piece it cites."""
    notes = [f"[{one.mark}] is suspicious: {one.suspicious}" for one in answer.citations if one.suspicious]
    if any(orders_in(one.quote) for one in answer.citations if one.suspicious):
        notes.append(DATA_ONLY)
    return replace(answer, notes=tuple(dict.fromkeys((*answer.notes, *notes)))) if notes else answer
