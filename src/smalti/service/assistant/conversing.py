"""One turn of a conversation: who may ask what, what was said before, the answer, and keeping both."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from smalti.assistant.guard.personal import redacted
from smalti.assistant.records import Answer, Ask, Audience, Sentence, Status, Turn
from smalti.assistant.telling import Told, heard_by
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import Empty, NotAllowed, NotFound, TooLarge
from smalti.platform.store import Store
from smalti.service.assistant import stored
from smalti.service.assistant.asking import ask
from smalti.service.assistant_views import MOST_ATTACHED, MOST_TEXT, TurnView
from smalti.service.engine import Engine
from smalti.service.issuers import issuer_called

API = "api"
"""The channel of whoever asks the service's own routes."""

Person = Callable[[str, Answer, str], str]
"""Calls a person: the conversation's id, the answer that hands over, the question; what the asker is told."""

_UNWRITABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def converse(  # noqa: PLR0913 - each is something that an asker may say
    engine: Engine,
    who: Principal,
    text: str,
    *,
    conversation: str | None = None,
    outside: str = "",
    channel: str = API,
    audience: Audience | None = None,
    issuer: str | None = None,
    as_of: datetime | None = None,
    attached: Sequence[str] = (),
    history: Sequence[Turn] | None = None,
    told: Told | None = None,
    person: Person | None = None,
) -> TurnView:
    """Answer a question within a conversation, and keep both.

    Args:
        engine: the owner's.
        who: asks.
        text: as it was asked.
        conversation: id of one that they began; a new one if None.
        outside: what another system calls the conversation; the same again goes on with the same one.
        channel: the way it came in.
        audience: whom to answer like; a customer's answers are always a customer's.
        issuer: whom the asker looks at, by id, name, ticker or CIK.
        as_of: only what was public by then is read; now if None.
        attached: ids of documents handed in with it.
        history: what was said before, where another system knows it; else the conversation's own turns.
        told: hears of each step while it is done.
        person: calls one where the answer hands over.

    Raises:
        Empty, TooLarge: the question has no words, or too many.
        NotFound: no such conversation of theirs, issuer or document.
        NotAllowed: a customer names documents.
        TooMany: the conversation is too long, or reading took too long.
    """
    begun = time.monotonic()
    store = engine.store
    asked_at = store.now()
    meant = _audience(who, audience)
    words = _words(text, meant)
    row = _conversation(store, who, conversation, channel, outside, asked_at)
    moment = as_of or asked_at
    ordinal = stored.next_ordinal(store, row["conversation_id"])
    question = Ask(
        words,
        moment,
        meant,
        None if issuer is None else _issuer(store, who, issuer),
        stored.earlier(store, row["conversation_id"], meant, moment) if history is None else history,
        _documents(store, who, attached),
    )
    with heard_by(told):
        answer = ask(engine, question)
    if person is not None and answer.status is Status.HANDED_OVER:
        reached = Sentence(person(row["conversation_id"], answer, words))
        answer = replace(answer, sentences=(*answer.sentences, reached))
    turn = TurnView(
        turn_id=uuid.uuid4().hex,
        conversation_id=row["conversation_id"],
        ordinal=ordinal,
        question=words,
        answer=answer,
        text=answer.text,
        audience=meant,
        attached=tuple(attached),
        as_of=moment,
        asked_at=asked_at,
        ms=round((time.monotonic() - begun) * 1_000),
    )
    stored.keep_turn(store, row, turn, who)
    return turn


def _words(text: str, audience: Audience) -> str:
    words = " ".join(_UNWRITABLE.sub(" ", text).split())
    if not words:
        raise Empty("nothing is asked", mend="write a question")
    if len(words) > MOST_TEXT:
        raise TooLarge(f"the question has more than {MOST_TEXT:,} characters", mend="ask for less at once")
    # Of customers nothing personal is searched for, told to a language model, or kept.
    return redacted(words) if audience is Audience.CUSTOMER else words


def _audience(who: Principal, wanted: Audience | None) -> Audience:
    return Audience.CUSTOMER if who.role is Role.CUSTOMER else (wanted or Audience.ANALYST)


def _conversation(
    store: Store, who: Principal, conversation: str | None, channel: str, outside: str, now: datetime
) -> dict[str, Any]:
    if conversation is not None:
        return stored.own_conversation(store, who, conversation)
    conversation_id = stored.conversation_for(who, channel, outside)
    if outside:
        try:
            return stored.own_conversation(store, who, conversation_id)
        except NotFound:
            pass  # the first of it that is heard here
    return {
        "conversation_id": conversation_id,
        "owner": who.name,
        "channel": channel,
        "outside": outside,
        "title": "",
        "began_at": now,
        "changed_at": now,
    }


def _issuer(store: Store, who: Principal, issuer: str) -> str:
    try:
        return issuer_called(store, issuer)
    except NotFound:
        if who.role is not Role.CUSTOMER:
            raise
        # Whom else there is evidence about is no customer's business.
        raise NotFound("no such issuer", subject=issuer) from None


def _documents(store: Store, who: Principal, attached: Sequence[str]) -> Sequence[str]:
    if not attached:
        return ()
    if who.role is Role.CUSTOMER:
        raise NotAllowed("a customer hands in no documents", subject=who.name, mend="ask in words")
    if len(attached) > MOST_ATTACHED:
        raise TooLarge(f"more than {MOST_ATTACHED} documents", mend="hand in fewer at once")
    known = store.read(
        "SELECT document_id FROM documents WHERE list_contains($ids::TEXT[], document_id)",
        {"ids": list(attached)},
    )["document_id"]
    if missing := set(attached) - set(known):
        raise NotFound("no such document", subject=min(missing), mend="hand it in first: POST /v1/uploads")
    return tuple(attached)
