"""Answering what came in, in the background: each conversation in order, until the other side took it.

A message is acknowledged once it is stored; from then on it is answered, or given up after many tries with
its reason in the log. A service killed between the other side's word and our note of it says the same again.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary, finalize

import structlog

from smalti.assistant.records import Audience
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import NotFound, SmaltiError
from smalti.platform.store import Store
from smalti.platform.store.store import as_json
from smalti.platform.web import Answer as WebAnswer
from smalti.platform.web import Web
from smalti.service.alerts.queueing import FAILED, GIVEN_UP, QUEUED, SENT
from smalti.service.alerts.senders import Outcome, open_sender
from smalti.service.assistant import converse
from smalti.service.chat import chatwoot, slack
from smalti.service.chat.handing import summary
from smalti.service.chat.inbox import change, forget_old, said_of
from smalti.service.chat.integrations import (
    ChatwootSetup,
    IntegrationView,
    SlackSetup,
    find_integration,
    secrets_of,
)
from smalti.service.chat.records import Call
from smalti.service.chat.wording import EXCUSE, FILES, evidence_page
from smalti.service.service import Service

_log = structlog.get_logger(__name__)

_PAUSES = tuple(timedelta(minutes=m) for m in (1, 1, 2, 5, 15, 30, 60))
"""Before each further try; after the last it is given up, about two hours after the first."""
_TRIES_TO_ANSWER = 3
"""After so many tries without an answer a person is called instead."""
_AT_ONCE = 3
_LOCKS = 64
"""Each for some of the conversations: messages of one are answered one after the other."""
_MOST_A_ROUND = 500
_NOTHING = "What can I ask you?"
"""What is answered where somebody only calls."""


class Answering:
    """Answers the messages of one service. Thread-safe."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="chat")
        self._turns = [threading.Lock() for _ in range(_LOCKS)]
        self._under_way: set[Future[None]] = set()

    def soon(self, service: Service, integration_id: str, thread: str) -> Future[None]:
        """Answer what waits in a conversation, in the background."""
        done = self._pool.submit(self._answer, service, integration_id, thread)
        self._under_way.add(done)
        done.add_done_callback(self._ended)
        return done

    def due(self, service: Service, now: datetime) -> int:
        """Answer all that is due, and wait for it; returns how many conversations that were."""
        store = service.engine.store
        forget_old(store, now)
        waiting = store.read(
            "SELECT integration_id, thread, min(got_at) AS got_at FROM integration_events"
            f" WHERE state IN (?, ?) AND next_try <= ? GROUP BY ALL ORDER BY got_at LIMIT {_MOST_A_ROUND}",
            [QUEUED, FAILED, now],
        )
        jobs = [self.soon(service, row[0], row[1]) for row in waiting.iter_rows()]
        for job in jobs:
            job.exception()  # which is in the log, and does not stop the others
        return len(jobs)

    def finish(self, seconds: float) -> bool:
        """Wait for what is under way, so long at most; returns whether it ended."""
        return not wait(list(self._under_way), seconds).not_done

    def close(self) -> None:
        """Begin nothing more; what waits is found in the store at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _answer(self, service: Service, integration_id: str, thread: str) -> None:
        with self._turns[hash((integration_id, thread)) % _LOCKS]:
            _answer_thread(service, integration_id, thread)

    def _ended(self, done: Future[None]) -> None:
        self._under_way.discard(done)
        if not done.cancelled() and (error := done.exception()) is not None:
            _log.error("a message was not answered", exc_info=error)


_of_store: WeakKeyDictionary[Store, Answering] = WeakKeyDictionary()
_opening = threading.Lock()


def answering(service: Service) -> Answering:
    """What answers the messages of a service, begun once."""
    store = service.engine.store
    with _opening:
        found = _of_store.get(store)
        if found is None:
            found = _of_store[store] = Answering()
            finalize(store, found.close)
        return found


def _answer_thread(service: Service, integration_id: str, thread: str) -> None:
    """What waits in one conversation, oldest first; what failed holds up what came after it."""
    store = service.engine.store
    try:
        view = find_integration(store, integration_id)
    except NotFound:  # it was removed meanwhile, and its messages with it
        return
    rows = store.read(
        "SELECT * FROM integration_events WHERE integration_id = ? AND thread = ? AND state IN (?, ?)"
        " ORDER BY got_at, event_id",
        [integration_id, thread, QUEUED, FAILED],
    )
    with open_sender(service.engine.settings) as web:
        for row in rows.iter_rows(named=True):
            if row["next_try"] > store.now() or not _try(service, view, web, row):
                return


def _try(service: Service, view: IntegrationView, web: Web, row: Mapping[str, Any]) -> bool:
    """Answer one message; returns whether those after it may follow."""
    store, now = service.engine.store, service.engine.store.now()
    attempts = row["attempts"] + 1
    last = attempts > len(_PAUSES)
    pause = timedelta() if last else _PAUSES[attempts - 1]
    # Counted before it is tried: one that ends the process is not tried for ever.
    mine = change(store, row, attempts=attempts, next_try=now + pause)
    try:
        if mine["outgoing"] is None:
            turn_id, made = _made(service, view, mine)
            mine = change(store, mine, turn_id=turn_id, outgoing=as_json(made))
        outcome = _sent(service, view, web, mine)
    except SmaltiError as error:
        outcome = Outcome(sent=False, error=f"{error.code}: {error.what}"[:300])
    if outcome.sent:
        change(store, mine | _NO_WORDS, sent=0, state=SENT, error=None, next_try=None, ended_at=store.now())
        return True
    if last or outcome.final:
        _log.error("an answer was given up", integration=view.integration.name, error=outcome.error)
        gone = mine | _NO_WORDS
        change(store, gone, state=GIVEN_UP, error=outcome.error, next_try=None, ended_at=store.now())
        return True
    asked = timedelta(seconds=min(outcome.wait or 0.0, _PAUSES[-1].total_seconds()))
    again = store.now() + max(pause, asked)
    change(store, mine, state=FAILED, error=outcome.error, next_try=again)
    return False


_NO_WORDS: dict[str, Any] = {"said": "{}", "outgoing": None}
"""Once a message is dealt with, question and answer stand in the assistant's own tables only."""


def _made(
    service: Service, view: IntegrationView, row: Mapping[str, Any]
) -> tuple[str | None, Mapping[str, Any]]:
    """The calls that answer a message, and what they quote."""
    said, setup = said_of(row), view.setup
    if said["has_files"] and not said["text"]:
        return None, _outgoing(_excuse(service, view, row, said, FILES))
    if row["attempts"] > _TRIES_TO_ANSWER:
        return None, _outgoing(_excuse(service, view, row, said, EXCUSE))
    audience = Audience(said["audience"])
    role = Role.ANALYST if audience is Audience.ANALYST else Role.CUSTOMER
    turn = converse(
        service.engine,
        asker(view, role),
        said["text"] or _NOTHING,
        outside=outside(view, row["thread"]),
        channel=setup.kind,
        audience=audience,
    )
    cites = [one.evidence_id for one in turn.answer.citations]
    if isinstance(setup, SlackSetup):
        page = evidence_page(service) if role is Role.ANALYST else ""
        made = slack.calls(setup, said["to"], turn.answer, page)
    else:
        assert isinstance(setup, ChatwootSetup)
        told = summary(service.engine.store, turn.conversation_id, turn.answer)
        made = chatwoot.calls(setup, said["to"], turn.answer, told)
    return turn.turn_id, _outgoing(made, cites)


def asker(view: IntegrationView, role: Role) -> Principal:
    """As whom the assistant is asked by people in another system: nobody who could sign in."""
    return Principal(f"{view.setup.kind}:{view.integration_id}", role, f"integration: {view.integration_id}")


def outside(view: IntegrationView, thread: str) -> str:
    """What the other system calls a conversation, among those of all integrations."""
    return f"{view.integration_id}/{thread}"


def _excuse(
    service: Service, view: IntegrationView, row: Mapping[str, Any], said: Mapping[str, Any], text: str
) -> list[Call]:
    if isinstance(view.setup, SlackSetup):
        return slack.excuse(view.setup, said["to"], text)
    assert isinstance(view.setup, ChatwootSetup)
    why = "The customer sent a file." if text == FILES else f"No answer could be made: {row['error']}."
    asked = f" Asked: “{said['text'][:500]}”" if said["text"] else ""
    return chatwoot.excuse(view.setup, said["to"], f"smalti hands this over. {why}{asked}", text)


def _outgoing(calls: Sequence[Call], cites: Sequence[str] = ()) -> Mapping[str, Any]:
    return {"calls": [asdict(one) for one in calls], "cites": list(cites)}


def _sent(service: Service, view: IntegrationView, web: Web, row: dict[str, Any]) -> Outcome:
    """Send what was not sent yet; each call that was taken is noted, in `row` too, before the next."""
    setup = view.setup
    assert isinstance(setup, SlackSetup | ChatwootSetup)
    headers, judged = _SYSTEMS[setup.kind]
    token = secrets_of(service.engine.store, service.engine.settings, view).token
    calls = json.loads(row["outgoing"])["calls"]
    outcome = Outcome(sent=True)
    for number in range(row["sent"], len(calls)):
        told = calls[number]
        answer = web.post(
            setup.address.rstrip("/") + told["path"],
            json.dumps(told["body"], ensure_ascii=False).encode("utf-8", "replace"),
            content_type="application/json; charset=utf-8",
            headers=headers(token),
        )
        outcome = judged(answer)
        if not outcome.sent:
            return outcome
        row["sent"] = number + 1
        change(service.engine.store, row)
    return outcome


_SYSTEMS: Mapping[str, tuple[Callable[[str], Mapping[str, str]], Callable[[WebAnswer], Outcome]]] = {
    "slack": (slack.headers, slack.outcome),
    "chatwoot": (chatwoot.headers, chatwoot.outcome),
}
"""How each system knows us, and how it says what became of a call."""
