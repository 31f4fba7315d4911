"""What a person who takes over is told: why, and what was said so far."""

from __future__ import annotations

from smalti.assistant.records import Answer
from smalti.platform.store import Store

_TURNS = 5
_MOST_CHARS = 500


def summary(store: Store, conversation_id: str, answer: Answer) -> str:
    """Why a conversation is handed over, and its last questions with what became of each; for agents only."""
    why = " ".join(answer.notes) or answer.text
    rows = store.read(
        f"SELECT question, status FROM turns WHERE conversation_id = ? ORDER BY ordinal DESC LIMIT {_TURNS}",
        [conversation_id],
    )
    asked = [f"• “{question[:_MOST_CHARS]}” ({status})" for question, status in rows.reverse().iter_rows()]
    return "\n".join(
        [f"smalti hands this conversation over: {why[:_MOST_CHARS]}", "The last questions:", *asked]
    )
