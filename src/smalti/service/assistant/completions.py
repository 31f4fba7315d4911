"""Questions and answers in the shape of OpenAI's chat completions, which many programs already speak."""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from smalti.assistant.asked import understand
from smalti.assistant.citing import shortened
from smalti.assistant.guard.personal import redacted
from smalti.assistant.records import Answer, Ask, Audience, Sentence, Turn
from smalti.platform.errors import Empty, Malformed, NotFound, Refused, TooLarge, Unsupported
from smalti.platform.records import content_id
from smalti.service.assistant.asking import grounds_of
from smalti.service.assistant_views import MOST_ATTACHED, TurnView
from smalti.service.engine import Engine

MODEL, CUSTOMER_MODEL = "smalti", "smalti-customer"
"""What may be asked for; the second shows analysts what customers would be answered."""

_MOST_MESSAGES = 500
_REMEMBERED = 4
"""Earlier questions that one is understood with."""
_MOST_WORDS = 100_000
_MOST_BYTES = 15_000_000
_TITLE = 120
_DATA_URL = re.compile(r"data:([a-z]+/[a-z0-9.+-]{1,60});base64,", re.ASCII)
_ENDINGS = {
    "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp",
    "application/pdf": "pdf", "text/plain": "txt", "text/html": "html",
    "audio/wav": "wav", "audio/mpeg": "mp3", "audio/flac": "flac",
}  # fmt: skip
_SOUNDS = ("wav", "mp3", "flac")


class Part(BaseModel):
    """A part of a message: `text`, `image_url` (a data URL), `input_audio`, or `file`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(max_length=40)
    text: str | None = Field(None, max_length=_MOST_WORDS)
    image_url: dict[str, Any] | None = None
    input_audio: dict[str, Any] | None = None
    file: dict[str, Any] | None = None


class Message(BaseModel):
    """A message; only what users say is taken as asked, whatever else is said."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = Field(None)


class CompletionAsked(BaseModel):
    """A chat completion as it is asked for; parameters that mean nothing here are let be."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "What is 3M's risk?"}]}]
        },
    )

    model: str = Field(min_length=1, max_length=200)
    messages: list[Message] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool | None = None
    stream_options: dict[str, Any] | None = None
    n: int | None = Field(None, ge=1, le=1, description="One answer is given.")


@dataclass(frozen=True, slots=True)
class Attachment:
    """Bytes that came with a question, under the name they are taken in as."""

    name: str
    raw: bytes


def audience_of(model: str) -> Audience | None:
    """Whom a model answers like; None: whoever asks.

    Raises:
        NotFound: there is no such model.
    """
    if model not in {MODEL, CUSTOMER_MODEL}:
        raise NotFound("no such model", subject=model[:80], mend=f"`{MODEL}`; GET /v1/models lists them")
    return Audience.CUSTOMER if model == CUSTOMER_MODEL else None


def question_of(messages: Sequence[Message]) -> str:
    """The last thing that a user says.

    Raises:
        Empty: no user says anything.
    """
    said = _said(messages)
    if not said:
        raise Empty("no message of a user has words", subject="messages", mend="end with a user's message")
    return said[-1]


def thread_of(messages: Sequence[Message]) -> str:
    """What is the same of all questions of one chat: how it began."""
    return content_id("chat", _said(messages)[0])


def history_of(engine: Engine, messages: Sequence[Message], asked: Ask) -> Sequence[Turn]:
    """The earlier questions of a chat, each understood anew.

    What a caller says was answered is not believed: whoever sends the messages wrote those too.
    """
    grounds = grounds_of(engine, asked)
    turns: list[Turn] = []
    for said in _said(messages)[-_REMEMBERED - 1 : -1]:
        text = redacted(said) if asked.audience is Audience.CUSTOMER else said
        one = understand(Ask(text, asked.as_of, asked.audience, history=tuple(turns)), grounds)
        periods = [period.text for period in one.periods]
        subject = ", ".join(w.label or w.metric for w in one.wanted) or one.signal or one.topic
        turns.append(Turn(text, "", one.issuer_ids, periods, subject))
    return turns


def attachments_of(messages: Sequence[Message]) -> Sequence[Attachment]:
    """The pictures, sounds and files of the last question.

    Raises:
        Refused: one is elsewhere: nothing is fetched for a question.
        Malformed, Unsupported, TooLarge: one cannot be taken.
    """
    last = next((one for one in reversed(messages) if one.role == "user"), None)
    parts = last.content if last is not None and isinstance(last.content, list) else []
    found = [_attachment(part, number) for number, part in enumerate(parts) if part.type != "text"]
    if len(found) > MOST_ATTACHED:
        raise TooLarge(f"more than {MOST_ATTACHED} attachments", subject="messages", mend="send fewer")
    if sum(len(one.raw) for one in found) > _MOST_BYTES:
        mend = "hand it in through POST /v1/uploads"
        raise TooLarge(f"attachments over {_MOST_BYTES:,} bytes", subject="messages", mend=mend)
    return found


def _said(messages: Sequence[Message]) -> list[str]:
    texts = [_text(one.content) for one in messages if one.role == "user"]
    return [text for text in texts if text.strip()]


def _text(content: str | list[Part] | None) -> str:
    if isinstance(content, list):
        return "\n".join(part.text or "" for part in content if part.type == "text")
    return content or ""


def _attachment(part: Part, number: int) -> Attachment:
    if part.type == "image_url":
        return _of_url(str((part.image_url or {}).get("url", "")), "picture", number)
    if part.type == "input_audio":
        told = part.input_audio or {}
        form = str(told.get("format", ""))
        if form not in _SOUNDS:
            raise Unsupported("sound of another format", subject=form[:40], mend=f"one of {_SOUNDS}")
        return Attachment(f"attached-{number}.{form}", _bytes(str(told.get("data", "")), "input_audio"))
    if part.type == "file":
        return _of_url(str((part.file or {}).get("file_data", "")), "file", number)
    raise Unsupported("a part of another type", subject=part.type, mend="text, image_url, input_audio, file")


def _of_url(url: str, what: str, number: int) -> Attachment:
    found = _DATA_URL.match(url)
    if found is None:
        mend = "send the bytes themselves: data:image/png;base64,…"
        raise Refused(
            f"nothing is fetched for a question: the {what} is no data URL", subject=url[:80], mend=mend
        )
    if (ending := _ENDINGS.get(found[1])) is None:
        raise Unsupported(
            "a kind of file that is not read", subject=found[1], mend=f"one of {sorted(_ENDINGS)}"
        )
    return Attachment(f"attached-{number}.{ending}", _bytes(url[found.end() :], what))


def _bytes(encoded: str, subject: str) -> bytes:
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("it is no base64", subject=subject, mend="encode the bytes of the file") from None
    if not raw:
        raise Empty("it has no bytes", subject=subject)
    return raw


def models(names: Sequence[str]) -> dict[str, Any]:
    """The list of models."""
    return {"object": "list", "data": [model(name) for name in names]}


def model(name: str) -> dict[str, Any]:
    """One model; they are as old as the protocol is here."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "smalti"}


def completion(turn: TurnView, asked: CompletionAsked, base: str) -> dict[str, Any]:
    """A turn as a whole completion.

    Args:
        turn: question and answer.
        asked: for the model's name and the count of words.
        base: the service's own address, for links to evidence.
    """
    content = content_of(turn.answer)
    message = {
        "role": "assistant",
        "content": content,
        "refusal": None,
        "annotations": cited_in(turn.answer, content, base),
    }
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {
        **_head(turn.turn_id, "chat.completion", asked.model, int(turn.asked_at.timestamp())),
        "choices": [choice],
        "usage": usage(asked, content),
        "smalti": _plain(turn),
    }


class Chunks:
    """A completion in pieces.

    Args:
        asked: for the model's name.
        base: the service's own address, for links to evidence.
        created: seconds since 1970.
    """

    def __init__(self, asked: CompletionAsked, base: str, created: int) -> None:
        self._asked, self._base = asked, base
        self._head = _head(uuid.uuid4().hex, "chat.completion.chunk", asked.model, created)
        self._begun = False

    def first(self) -> dict[str, Any]:
        """Who speaks."""
        return self._chunk({"role": "assistant", "content": ""})

    def step(self, step: Any) -> dict[str, Any]:
        """Something that is done on the way, which is no part of the message."""
        return {**self._chunk({}), "smalti": {"step": _plain(step)}}

    def sentence(self, sentence: Sentence) -> dict[str, Any]:
        """The next sentence."""
        text = ("\n" if sentence.quoted else " ") * self._begun + sentence_text(sentence)
        self._begun = True
        return self._chunk({"content": text})

    def last(self, turn: TurnView) -> Iterator[dict[str, Any]]:
        """What stands under the sentences, the end, and the usage where it was asked for."""
        if below := below_of(turn.answer):
            yield self._chunk({"content": below})
        content = content_of(turn.answer)
        end = self._chunk({"annotations": cited_in(turn.answer, content, self._base)}, "stop")
        yield {**end, "smalti": _plain(turn)}
        if (self._asked.stream_options or {}).get("include_usage"):
            yield {**self._head, "choices": [], "usage": usage(self._asked, content)}

    def _chunk(self, delta: Mapping[str, Any], reason: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": dict(delta), "finish_reason": reason, "logprobs": None}
        return {**self._head, "choices": [choice]}


def content_of(answer: Answer) -> str:
    """The whole message: sentences with `[1]`, how numbers were made, sources, notes."""
    text = ""
    for one in answer.sentences:
        text += ("\n" if one.quoted else " ") * bool(text) + sentence_text(one)
    return text + below_of(answer)


def sentence_text(sentence: Sentence) -> str:
    """A sentence with the marks of what supports it."""
    words = f"“{sentence.text}”" if sentence.quoted else sentence.text
    return words + "".join(f" [{mark}]" for mark in sentence.cites)


def below_of(answer: Answer) -> str:
    """What stands under the sentences; each begins with an empty line."""
    made = "\n".join(f"{one.formula} = {one.worked} = {one.result.text}" for one in answer.computations)
    sources = "\n".join(
        f"[{one.mark}] "
        + ", ".join(filter(None, (one.title, one.where, f"{one.available_at:%Y-%m-%d}")))
        + (" (synthetic)" if one.synthetic else "")
        + (f" (not to be trusted: {one.suspicious})" if one.suspicious else "")
        for one in answer.citations
    )
    notes = "\n".join(f"Note: {note}" for note in answer.notes)
    offers = "\n".join(f"- {offer}" for offer in answer.offers)
    parts = (made, sources and f"Sources:\n{sources}", notes, offers)
    return "".join(f"\n\n{part}" for part in parts if part)


def cited_in(answer: Answer, content: str, base: str) -> list[dict[str, Any]]:
    """Each mark in a message as OpenAI's annotation of a citation, with the piece it stands for."""
    cited = {one.mark: one for one in answer.citations}
    end = content.find("\n\nSources:\n")
    found = []
    for one in re.finditer(r"\[(\d{1,3})\]", content[: end if end >= 0 else None], re.ASCII):
        citation = cited.get(int(one[1]))
        if citation is None:
            continue
        link = {
            "start_index": one.start(),
            "end_index": one.end(),
            "title": shortened(citation.title, _TITLE),
            "url": citation.url or f"{base}/v1/evidence/{citation.evidence_id}",
        }
        own = {"evidence_id": citation.evidence_id, "where": citation.where, "quote": citation.quote}
        found.append({"type": "url_citation", "url_citation": link, "smalti": own})
    return found


def usage(asked: CompletionAsked, content: str) -> dict[str, int]:
    """How much was said; counted in words, as no tokens are made."""
    prompt = sum(len(_text(one.content).split()) for one in asked.messages)
    answer = len(content.split())
    return {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}


def _head(name: str, kind: str, model_name: str, created: int) -> dict[str, Any]:
    return {"id": f"chatcmpl-{name}", "object": kind, "created": created, "model": model_name}


_any: TypeAdapter[Any] = TypeAdapter(Any)


def _plain(record: Any) -> Any:
    return _any.dump_python(record, mode="json")
