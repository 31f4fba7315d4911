"""A language model that does what a test says: a real server on loopback with OpenAI's chat completions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from smalti.assistant.language import LanguageModel
from smalti.platform.settings import Settings
from smalti.service.assistant.endpoint import language_model

NAME = "scripted"


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes instead of an answer in the protocol."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


Reply = str | Mapping[str, Any] | Raw
Script = Callable[[Mapping[str, Any]], Reply]
"""From the body of a request to a text, to calls of tools (`calling`), or to bytes."""


def calling(*calls: tuple[str, str]) -> Mapping[str, Any]:
    """Calls of tools: name and arguments as JSON (or what claims to be)."""
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {"id": f"call{n}", "type": "function", "function": {"name": name, "arguments": arguments}}
            for n, (name, arguments) in enumerate(calls)
        ],
    }


def results(body: Mapping[str, Any]) -> Sequence[str]:
    """What tools gave so far, as the model was told."""
    return [str(one["content"]) for one in body["messages"] if one["role"] == "tool"]


@dataclass
class Scripted:
    """A running server: what it was asked, and its address."""

    address: str
    asked: list[Mapping[str, Any]]
    keys: list[str]

    def model(self, **settings: Any) -> LanguageModel:
        """The model as the service's settings would name it."""
        given = {"assistant_endpoint": f"{self.address}/v1", "assistant_model": NAME, **settings}
        made = language_model(Settings(**given))
        assert made is not None
        return made


@contextmanager
def scripted(script: Script) -> Iterator[Scripted]:
    """A server that answers by a script while the block runs."""
    asked: list[Mapping[str, Any]] = []
    keys: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            asked.append(body)
            keys.append(self.headers.get("authorization", ""))
            reply = script(body)
            raw = reply if isinstance(reply, Raw) else Raw(200, json.dumps(_completion(reply)).encode())
            self.send_response(raw.status)
            for name, value in ({"content-type": "application/json"} | dict(raw.headers)).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(raw.body)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked had enough
                self.wfile.write(raw.body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Scripted(f"http://127.0.0.1:{server.server_port}", asked, keys)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _completion(reply: str | Mapping[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": reply} if isinstance(reply, str) else dict(reply)
    reason = "tool_calls" if message.get("tool_calls") else "stop"
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    told = {"id": "c", "object": "chat.completion", "created": 1, "model": NAME}
    return told | {"choices": [choice], "usage": usage}
