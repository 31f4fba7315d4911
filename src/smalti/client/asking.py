"""The assistant: questions, answers as they are made, conversations, and what one thinks of an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

import httpx2

from smalti.client.base import Base, Json
from smalti.client.events import Event
from smalti.platform.errors import Malformed, error_of

_LONG = 600.0


class Asking(Base):
    """Questions to the assistant; an answer's every sentence cites its evidence."""

    def ask(
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        conversation: str | None = None,
        attached: Sequence[str] = (),
        audience: Literal["analyst", "customer"] | None = None,
    ) -> Json:
        """Ask the assistant.

        Args:
            text: the question.
            issuer: whom one looks at, where the question names nobody.
            as_of: only what was public by then; now if None.
            conversation: goes on with one of one's own; begins one if None.
            attached: ids of documents handed in with it, uploaded before.
            audience: see what customers would be answered.

        Returns:
            The turn: `turn_id`, `conversation_id`, `text`, and `answer` with `status`, `sentences`,
            `citations`, `computations`, `notes`, `offers`.
        """
        body = _body(text, issuer, as_of, conversation, attached, audience)
        found: Json = self._send("POST", "assistant", **body)
        return found

    def ask_stream(
        self,
        text: str,
        issuer: str | None = None,
        as_of: datetime | None = None,
        conversation: str | None = None,
        attached: Sequence[str] = (),
        audience: Literal["analyst", "customer"] | None = None,
    ) -> Iterator[Event]:
        """The same, heard as it is made: events `step`, `sentence`, and at last `answer`, as `ask` gives it.

        Raises:
            SmaltiError: what the service refuses, also where it does so in the middle.
        """
        body = _body(text, issuer, as_of, conversation, attached, audience)
        asked = self._transport.stream(
            "POST",
            ["assistant", "stream"],
            headers={"Accept": "text/event-stream"},
            timeout=_LONG,
            json={name: value for name, value in body.items() if value is not None},
        )
        with asked as response:
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise Malformed("the answer is no stream of events", subject=self._transport.address)
            for told in httpx2.EventSource(response):
                if not told.data:
                    continue
                data = cast("Mapping[str, Any]", told.json())
                if told.event == "error":
                    fields = {name: str(data.get(name, "")) for name in ("what", "subject", "mend")}
                    raise error_of(str(data.get("code", "")), **fields)
                yield Event(told.event, data, told.id)

    def conversations(self) -> Iterator[Json]:
        """One's own conversations, the last one first."""
        return self.each("assistant", "conversations")

    def conversation(self, conversation: str) -> Json:
        """One of one's own conversations, with its `turns`, each as `ask` gives it."""
        return self._one("assistant", "conversations", conversation)

    def forget_conversation(self, conversation: str) -> None:
        """Take one of one's own conversations away for good."""
        self._send("DELETE", "assistant", "conversations", conversation)

    def rate_answer(
        self,
        turn: str,
        thumb: Literal["up", "down"] | None = None,
        correction: str = "",
        evidence: Sequence[str] = (),
    ) -> Json:
        """Say what one thinks of an answer; it takes the place of what one said before.

        Args:
            turn: `turn_id` of the answer.
            thumb: what one thinks of it.
            correction: what would have been right.
            evidence: ids of the pieces that say so.
        """
        said = {"thumb": thumb, "correction": correction, "evidence": list(evidence)}
        found: Json = self._send("POST", "assistant", "turns", turn, "feedback", **said)
        return found

    def feedback(self) -> Iterator[Json]:
        """What people said of answers, newest first, each with the question and what was answered."""
        return self.each("assistant", "feedback")

    def chat(self, body: Mapping[str, Any]) -> Json:
        """One completion in OpenAI's shape; the `openai` package does the same with `base_url=…/v1`."""
        found: Json = self._send("POST", "chat", "completions", **body)
        return found

    def chat_models(self) -> Json:
        """What `model` may be in `chat`, in OpenAI's shape."""
        return self._one("models")


def _body(
    text: str,
    issuer: str | None,
    as_of: datetime | None,
    conversation: str | None,
    attached: Sequence[str],
    audience: str | None,
) -> dict[str, Any]:
    when = None if as_of is None else (as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)).isoformat()
    return {
        "text": text,
        "issuer": issuer,
        "as_of": when,
        "conversation": conversation,
        "attached": list(attached),
        "audience": audience,
    }
