"""Recorded answers: one JSON line an exchange, in the order they were made. For tests; easy to write by hand.

A line has `url`, `status`, `headers` (a list of pairs), and `text` or, where that is not UTF-8 as sent,
`base64`; `at` (ISO time) is when it was recorded, the year 1970 where it is left out. Lines that also have
`if_none_match` or `if_modified_since` answer only requests that carry the same, those with `"method": "POST"`
only posts. What was posted is not kept: it may hold secrets.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from smalti.platform.errors import Malformed, Refused
from smalti.platform.web.addresses import Target
from smalti.platform.web.wire import Exchange, Headers, Transport

_ROBOTS = "/robots.txt"
_GET = "GET"
_Key = tuple[str, str | None, str | None, str]


class Cassette:
    """Replays what a file holds, or records to it. Thread-safe.

    Replaying opens no socket and resolves no name. Several recorded answers to one request are given in
    their order, the last again and again. A robots.txt that was not recorded counts as absent (404); any
    other request that was not recorded is an error.

    Args:
        path: the file; in recording, lines are added to it.
        record: ask the network and write down what it answers.
    """

    def __init__(self, path: Path, *, record: bool = False) -> None:
        self.path, self.record = path, record
        self._lock = threading.Lock()
        self._played: dict[_Key, int] = defaultdict(int)
        self._tracks: dict[_Key, list[Exchange]] = defaultdict(list)
        if not record:
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if line.strip():
                    key, exchange = _parsed(line, f"{path.name} line {number}")
                    self._tracks[key].append(exchange)

    def exchange(
        self,
        target: Target,
        headers: Headers,
        *,
        deadline: float,
        max_bytes: int,
        content: bytes | None = None,
    ) -> Exchange:
        """See `Transport`; the caller checks `max_bytes` of what is recorded."""
        key = _key(target.url, headers, content)
        with self._lock:
            track = self._tracks.get(key)
            if not track:
                if target.path == _ROBOTS:
                    return Exchange(404, (), b"", datetime.fromisoformat("1970-01-01T00:00:00+00:00"))
                mend = "record it, or write it into the cassette"
                raise Refused(f"not on the cassette {self.path.name}", subject=target.url, mend=mend)
            played = self._played[key]
            self._played[key] = played + 1
            return track[min(played, len(track) - 1)]

    def recording(self, network: Transport) -> Transport:
        """The network, listened to."""
        return _Recorder(self, network)

    def write(self, target: Target, headers: Headers, content: bytes | None, exchange: Exchange) -> None:
        """Add one exchange, without cookies."""
        _, etag, modified, method = _key(target.url, headers, content)
        line: dict[str, Any] = {"url": target.url, "status": exchange.status}
        line |= {"method": method} if method != _GET else {}
        line |= {"if_none_match": etag} if etag else {}
        line |= {"if_modified_since": modified} if modified else {}
        line |= {
            "headers": [h for h in exchange.headers if h[0] != "set-cookie"],
            "at": exchange.at.isoformat(),
        }
        try:
            line["text"] = exchange.body.decode()
        except UnicodeDecodeError:
            line["base64"] = base64.b64encode(exchange.body).decode()
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


class _Recorder:
    def __init__(self, cassette: Cassette, network: Transport) -> None:
        self._cassette, self._network = cassette, network

    def exchange(
        self,
        target: Target,
        headers: Headers,
        *,
        deadline: float,
        max_bytes: int,
        content: bytes | None = None,
    ) -> Exchange:
        exchange = self._network.exchange(
            target, headers, deadline=deadline, max_bytes=max_bytes, content=content
        )
        self._cassette.write(target, headers, content, exchange)
        return exchange


def _key(url: str, headers: Headers, content: bytes | None) -> _Key:
    sent = dict(headers)
    method = _GET if content is None else "POST"
    return url, sent.get("if-none-match"), sent.get("if-modified-since"), method


def _parsed(line: str, where: str) -> tuple[_Key, Exchange]:
    try:
        entry = json.loads(line)
        body = base64.b64decode(entry["base64"]) if "base64" in entry else entry.get("text", "").encode()
        headers = tuple((str(name).lower(), str(value)) for name, value in entry.get("headers", ()))
        at = datetime.fromisoformat(entry.get("at", "1970-01-01T00:00:00+00:00"))
        validators = entry.get("if_none_match"), entry.get("if_modified_since")
        key = entry["url"], *validators, entry.get("method", _GET)
        return key, Exchange(int(entry["status"]), headers, body, at)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"no recorded exchange: {error!r}", subject=where, mend="record it again") from None
