"""Conversations, turns and feedback as rows of the store."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from smalti.assistant.citing import shortened
from smalti.assistant.records import Answer, Audience, Turn
from smalti.platform.auth import Principal
from smalti.platform.errors import NotFound, TooMany
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service.assistant_views import ConversationRow, ConversationView, FeedbackView, TurnView

_REMEMBERED = 6
"""Earlier turns that a question is understood with."""
_MOST_TURNS = 1_000
"""Turns of one conversation."""
_TITLE = 80

CONVERSATIONS = (
    "SELECT c.* EXCLUDE (recorded_at, outside), count(t.turn_id) AS turns FROM conversations c"
    " LEFT JOIN turns t USING (conversation_id) WHERE c.owner = $owner GROUP BY ALL"
)
"""One's own, with the number of their turns."""
_TURNS = (
    "SELECT * EXCLUDE (recorded_at) FROM turns WHERE conversation_id = $conversation"
    " ORDER BY ordinal, known_at, turn_id"
)
_EARLIER = (
    "SELECT answer, question FROM turns WHERE conversation_id = $conversation AND audience = $audience"
    " AND as_of <= $as_of ORDER BY ordinal DESC, known_at DESC LIMIT $most"
)
_FEEDBACK = (
    "SELECT f.* EXCLUDE (recorded_at) FROM turn_feedback f JOIN turns t USING (turn_id)"
    " WHERE t.conversation_id = $conversation ORDER BY f.made_at, f.feedback_id"
)


def conversation_for(who: Principal, channel: str, outside: str) -> str:
    """The id of a conversation that another system calls `outside`; the same for the same person there."""
    return content_id("conversation", channel, who.name, outside) if outside else uuid.uuid4().hex


def own_conversation(store: Store, who: Principal, conversation_id: str) -> dict[str, Any]:
    """The row of somebody's own conversation.

    Raises:
        NotFound: they have no such conversation.
    """
    found = store.read(
        "SELECT * EXCLUDE (recorded_at) FROM conversations WHERE conversation_id = ? AND owner = ?",
        [conversation_id, who.name],
    )
    if not found.height:
        mend = "leave it out to begin one; GET /v1/assistant/conversations lists yours"
        raise NotFound("no such conversation", subject=conversation_id, mend=mend)
    return found.row(0, named=True)


def earlier(store: Store, conversation_id: str, audience: Audience, as_of: datetime) -> Sequence[Turn]:
    """What was said before, oldest first: to the same audience, of what was public by then."""
    rows = store.read(
        _EARLIER,
        {"conversation": conversation_id, "audience": audience.value, "as_of": as_of, "most": _REMEMBERED},
    )
    turns = []
    for row in rows.reverse().iter_rows(named=True):
        answer = answer_of(row["answer"])
        turns.append(Turn(row["question"], answer.text, answer.issuer_ids, answer.periods, answer.subject))
    return turns


def keep_turn(store: Store, conversation: Mapping[str, Any], turn: TurnView, who: Principal) -> None:
    """Store a turn, and its conversation as it now is.

    Args:
        store: to write to.
        conversation: its row; a new one has no title yet.
        turn: to keep.
        who: asked.
    """
    batch = Batch()
    title = conversation["title"] or shortened(turn.question, _TITLE)
    batch.add("conversations", {**conversation, "title": title, "changed_at": turn.asked_at})
    batch.add(
        "turns",
        {
            "turn_id": turn.turn_id,
            "conversation_id": turn.conversation_id,
            "ordinal": turn.ordinal,
            "question": turn.question,
            "answer": answer_json(turn.answer),
            "status": turn.answer.status.value,
            "kind": turn.answer.kind,
            "audience": turn.audience.value,
            "asked_by": who.name,
            "attached": list(turn.attached),
            "as_of": turn.as_of,
            "known_at": turn.asked_at,
            "ms": turn.ms,
        },
    )
    store.commit(batch)


def next_ordinal(store: Store, conversation_id: str) -> int:
    """The place of the next turn of a conversation.

    Raises:
        TooMany: it has as many as one may have.
    """
    found = store.read("SELECT max(ordinal) FROM turns WHERE conversation_id = ?", [conversation_id]).item()
    if (found or 0) >= _MOST_TURNS:
        what = f"a conversation has at most {_MOST_TURNS:,} turns"
        raise TooMany(what, subject=conversation_id, mend="begin another")
    return (found or 0) + 1


def conversation(store: Store, who: Principal, conversation_id: str) -> ConversationView:
    """Somebody's own conversation with all its turns.

    Raises:
        NotFound: they have no such conversation.
    """
    row = own_conversation(store, who, conversation_id)
    asked = {"conversation": conversation_id}
    said: dict[str, list[FeedbackView]] = {}
    for one in store.read(_FEEDBACK, asked).iter_rows(named=True):
        said.setdefault(one["turn_id"], []).append(FeedbackView(**one))
    turns = [
        turn_view(one, said.get(one["turn_id"], ()))
        for one in store.read(_TURNS, asked).iter_rows(named=True)
    ]
    told = {name: row[name] for name in ConversationView.__slots__ if name != "turns"}
    return ConversationView(**told, turns=turns)


def forget(store: Store, who: Principal, conversation_id: str) -> None:
    """Take somebody's own conversation away, with what was said of its answers.

    Raises:
        NotFound: they have no such conversation.
    """
    own_conversation(store, who, conversation_id)
    drop(store, [conversation_id])


def drop(store: Store, conversation_ids: Sequence[str]) -> None:
    """Take conversations away, with their turns and what was said of them."""
    batch = Batch()
    turns = store.read(
        "SELECT turn_id FROM turns WHERE list_contains($ids::TEXT[], conversation_id)",
        {"ids": list(conversation_ids)},
    )
    for turn_id in turns["turn_id"]:
        batch.drop("turn_feedback", turn_id=turn_id)
    for one in conversation_ids:
        batch.drop("turns", conversation_id=one)
        batch.drop("conversations", conversation_id=one)
    store.commit(batch)


def turn_view(row: Mapping[str, Any], feedback: Sequence[FeedbackView] = ()) -> TurnView:
    """A turn from its row."""
    answer = answer_of(row["answer"])
    return TurnView(
        turn_id=row["turn_id"],
        conversation_id=row["conversation_id"],
        ordinal=row["ordinal"],
        question=row["question"],
        answer=answer,
        text=answer.text,
        audience=Audience(row["audience"]),
        attached=row["attached"],
        as_of=row["as_of"],
        asked_at=row["known_at"],
        ms=row["ms"],
        feedback=feedback,
    )


def conversation_row(row: Mapping[str, Any]) -> ConversationRow:
    """A conversation in a list, from its row."""
    return ConversationRow(**{name: row[name] for name in ConversationRow.__slots__})


def answer_json(answer: Answer) -> str:
    """An answer as it is stored."""
    return as_json(json.loads(_adapter().dump_json(answer)))


def answer_of(stored: str) -> Answer:
    """An answer as it was stored."""
    return _adapter().validate_json(stored)


@cache
def _adapter() -> TypeAdapter[Answer]:
    return TypeAdapter(Answer)
