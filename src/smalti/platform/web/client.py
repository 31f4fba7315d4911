"""The only way out: asks an address under rules, or says why not."""

from __future__ import annotations

import random
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

from smalti.platform.errors import InputError, Refused, SettingsError, TooLarge, Unreachable, Unreadable
from smalti.platform.web import robots
from smalti.platform.web.addresses import Gate, Resolver, Target
from smalti.platform.web.bodies import ACCEPTED, Truncated, decoded
from smalti.platform.web.cassette import Cassette
from smalti.platform.web.rates import Clock, Rates, SystemClock
from smalti.platform.web.rules import Answer, WebRules
from smalti.platform.web.wire import Exchange, Failed, Headers, Transport, Wire, system_addresses

_REDIRECTS = {301, 302, 303, 307, 308}
_PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Statuses after which another try is worth its while."""
_FIRST_PAUSE = 0.5  # seconds, doubled with each failure
_MAX_HEADERS, _MAX_HEADER_CHARS = 100, 2_000


_HEADER = re.compile(r"[A-Za-z0-9-]{1,100}")
_OWN_HEADERS = {
    *("host", "user-agent", "accept-encoding", "connection", "content-length", "transfer-encoding", "te"),
    *("trailer", "upgrade", "expect", "proxy-authorization", "proxy-connection", "keep-alive"),
}
"""Headers that callers of `post` cannot set: they say whom we ask, who asks, or where a body ends."""


@dataclass(slots=True)
class _Budget:
    """What is left to one `get` or `post`, over all its hops and tries."""

    failures: int
    seconds: float
    max_bytes: int


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked at each hop: a GET, or a POST of `content`, which goes again only if `repeatable`."""

    headers: Headers
    content: bytes | None = None
    repeatable: bool = True


class Web:
    """The guarded client. Thread-safe.

    Args:
        rules: limits and manners.
        resolve: names to addresses; the operating system's unless given.
        cassette: answers are replayed from it, or recorded to it.
        clock: time between requests, for tests.
        tls: which certificates are trusted, for tests; the system's and certifi's unless given.
    """

    def __init__(
        self,
        rules: WebRules,
        *,
        resolve: Resolver = system_addresses,
        cassette: Cassette | None = None,
        clock: Clock | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.rules = rules
        self._clock = clock or SystemClock()
        self._gate = Gate.of(rules.ports, rules.allow)
        self._rates = Rates(rules.rates, self._clock)
        self._replaying = cassette is not None and not cassette.record
        network = Wire(self._gate, resolve, self._clock.now, tls)
        self._transport: Transport = network
        if cassette is not None:
            self._transport = cassette.recording(network) if cassette.record else cassette
        self._robots = robots.Robots(self._robots_txt, rules.agent, self._clock)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ask nothing any more; what is under way ends by itself."""
        self._closed = True

    def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        accept: str = "*/*",
        max_bytes: int | None = None,
    ) -> Answer:
        """Fetch one address, following redirects.

        An answer that is cut off is never given: a body shorter than its stated length or than its encoding
        says counts as a failed try. (One with neither length, chunks nor encoding cannot be told from whole.)

        Args:
            url: absolute http or https URL.
            etag: of the copy the caller has.
            last_modified: of the copy the caller has.
            accept: media types wanted.
            max_bytes: instead of the rules' own, where smaller.

        Raises:
            Refused: the address, one it redirects to, or its host's robots.txt says no.
            Unreachable: server or network failed as often as the rules let it, or asks to wait too long.
            Unreadable: the server says no (4xx); the message has the status.
            TooLarge: over a byte or ratio limit.
            Malformed: not in the content encoding it claims.
            Unsupported: a content encoding that was not asked for.
        """
        headers = (*_conditions(etag, last_modified), ("accept", accept))
        most = min(max_bytes or self.rules.max_bytes, self.rules.max_bytes)
        return self._walk(url, _Request(headers), _Budget(self.rules.attempts, self.rules.max_seconds, most))

    def post(
        self,
        url: str,
        content: bytes,
        *,
        content_type: str,
        headers: Mapping[str, str] | None = None,
        accept: str = "*/*",
        idempotent: bool = False,
        max_bytes: int | None = None,
    ) -> Answer:
        """Send `content` to one address, under the same guards as `get`; robots.txt is not asked.

        The answer is given whatever its status: `answer.status` says whether the server took it. Its body
        is read only where the status is 2xx. A redirect is followed only where it keeps the method (307,
        308) and stays at the origin, so that what is sent never reaches a server it was not meant for.

        Args:
            url: absolute http or https URL.
            content: the body.
            content_type: of the body.
            headers: others to send, such as `Authorization`.
            accept: media types wanted.
            idempotent: the server takes the same body twice for once, so failures and passing refusals
                (429, 503 …) are tried again. If not, it is tried again only where nothing was sent.
            max_bytes: of the answer, instead of the rules' own, where smaller.

        Raises:
            Refused: the address, or a redirect that may not be followed.
            Unreachable: server or network failed, or (if `idempotent`) kept refusing in passing.
            SettingsError: a header that is none, or that is not the caller's to set.
            TooLarge: the content or the answer is over the byte limit.
            Malformed: not in the content encoding it claims.
            Unsupported: a content encoding that was not asked for.
        """
        if len(content) > self.rules.max_bytes:
            raise TooLarge(f"{len(content)} bytes to send are over the limit", subject=url, mend="send less")
        sent = _checked({"content-type": content_type, "accept": accept, **(headers or {})})
        ask = _Request((*sent.items(), ("content-length", str(len(content)))), content, idempotent)
        most = min(max_bytes or self.rules.max_bytes, self.rules.max_bytes)
        budget = _Budget(self.rules.attempts, self.rules.max_seconds, most)
        return self._walk(url, ask, budget, heed_robots=False)

    def _robots_txt(self, url: str) -> bytes:
        budget = _Budget(min(2, self.rules.attempts), min(20.0, self.rules.max_seconds), robots.MAX_BYTES)
        ask = _Request((("accept", "text/plain,*/*"),))
        return self._walk(url, ask, budget, heed_robots=False).body

    def _walk(self, url: str, ask: _Request, budget: _Budget, heed_robots: bool = True) -> Answer:
        """From hop to hop until there is an answer."""
        target = self._gate.target(url)
        hops = [target.url]
        while True:
            delay = self._robots.delay(target) if heed_robots and self.rules.robots else 0.0
            exchange, body = self._persist(target, ask, budget, delay)
            if exchange.status not in _REDIRECTS:
                if ask.content is None:
                    _check_answer(target, exchange, ask.headers)
                return _answer(target, exchange, body, hops)
            following = self._next(target, exchange, hops)
            if ask.content is not None:
                _check_moved(target, exchange, following)
            target = following
            hops.append(target.url)

    def _next(self, target: Target, exchange: Exchange, hops: list[str]) -> Target:
        location = exchange.header("location")
        if not location:
            raise Unreachable(f"answered {exchange.status} without saying where to", subject=target.url)
        following = self._gate.redirect(target, location)
        if following.url in hops:
            raise Refused("redirects in a circle", subject=hops[0], mend="check the address of the source")
        if len(hops) > self.rules.max_redirects:
            raise Refused(
                f"redirects more than {self.rules.max_redirects} times",
                subject=hops[0],
                mend="give the address it ends at",
            )
        return following

    def _persist(
        self, target: Target, ask: _Request, budget: _Budget, delay: float
    ) -> tuple[Exchange, bytes]:
        """One hop, tried again while it fails in passing and the budget lasts; the body decoded."""
        while True:
            self._turn(target, delay)
            wait: float | None = None
            again = True
            try:
                exchange, body = self._exchange(target, ask, budget)
                if exchange.status not in _PASSING or not ask.repeatable:
                    return exchange, body
                problem = f"answered {exchange.status}"
                wait = self._retry_after(exchange)
            except Failed as failed:
                problem, again = failed.what, failed.again and (ask.repeatable or not failed.sent)
            except InputError as error:
                error.subject = error.subject or target.url
                raise
            budget.failures -= 1
            if wait is not None and wait > self.rules.max_wait:
                raise Unreachable(
                    f"{problem} and asks to come back in {wait:.0f} s",
                    subject=target.url,
                    mend="the next scheduled pull tries it again",
                )
            if not again or budget.failures <= 0 or budget.seconds <= 0:
                raise Unreachable(
                    problem, subject=target.url, mend="check the address; the next pull tries it again"
                )
            if not self._replaying:
                self._rates.hold(target.host, self._pause(budget) if wait is None else wait)

    def _exchange(self, target: Target, ask: _Request, budget: _Budget) -> tuple[Exchange, bytes]:
        """One try; its time is taken off the budget."""
        if self._closed:
            raise Unreachable("the client is closed", subject=target.url, mend="open another")
        sent: Headers = (
            ("host", target.authority),
            ("user-agent", self.rules.agent),
            ("accept-encoding", ACCEPTED),
            ("connection", "close"),
            *ask.headers,
        )
        begin = time.monotonic()
        try:
            exchange = self._transport.exchange(
                target,
                sent,
                deadline=begin + budget.seconds,
                max_bytes=budget.max_bytes,
                content=ask.content,
            )
            return exchange, _decoded(exchange, budget.max_bytes, self.rules.max_ratio)
        finally:
            budget.seconds -= time.monotonic() - begin

    def _turn(self, target: Target, delay: float) -> None:
        if not self._replaying:
            own = self._rates.named(target.host)
            self._rates.wait(target.host, 0.0 if own else min(delay, self.rules.max_wait))

    def _pause(self, budget: _Budget) -> float:
        failed = max(self.rules.attempts - budget.failures, 1)
        longest: float = min(_FIRST_PAUSE * 2**failed, self.rules.max_wait)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients out, hides nothing

    def _retry_after(self, exchange: Exchange) -> float | None:
        """Seconds the server asks for, as a number or a date (RFC 9110, 10.2.3); None where it does not."""
        said = (exchange.header("retry-after") or "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:12])
        try:
            moment = parsedate_to_datetime(said)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max((moment - self._clock.now()).total_seconds(), 0.0)


def _conditions(etag: str | None, last_modified: str | None) -> Headers:
    """Validators as headers; one that could not have come from a header is left out."""
    pairs = (("if-none-match", etag), ("if-modified-since", last_modified))
    return tuple((n, v) for n, v in pairs if v and v.isascii() and v.isprintable())


def _decoded(exchange: Exchange, max_bytes: int, max_ratio: float) -> bytes:
    if len(exchange.body) > max_bytes:
        raise TooLarge(f"over {max_bytes} bytes", mend="raise the source's byte limit if it can be trusted")
    encodings = [
        e for name, value in exchange.headers if name == "content-encoding" for e in value.split(",")
    ]
    try:
        return decoded(exchange.body, encodings, max_bytes=max_bytes, max_ratio=max_ratio)
    except Truncated:
        raise Failed("its compressed body is cut off") from None


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers` by lower-case name, after each was looked at: none may break out of its line or mislead."""
    for name, value in headers.items():
        plain = value.isascii() and value.isprintable() and len(value) <= _MAX_HEADER_CHARS
        if not (_HEADER.fullmatch(name) and plain) or name.lower() in _OWN_HEADERS:
            raise SettingsError(
                "no header that can be sent", subject=name[:100], mend="a plain name and value in ASCII"
            )
    return {name.lower(): value for name, value in headers.items()}


def _check_moved(target: Target, exchange: Exchange, following: Target) -> None:
    if exchange.status not in (307, 308) or following.origin != target.origin:
        raise Refused(
            f"answered {exchange.status}, sending us on to {following.origin}; nothing is sent on",
            subject=target.url,
            mend="give the address it ends at",
        )


def _check_answer(target: Target, exchange: Exchange, sent: Headers) -> None:
    status = exchange.status
    conditional = any(name.startswith("if-") for name, _ in sent)
    if 400 <= status < 500:
        mend = "check the address and whether it needs a login"
        raise Unreadable(f"the server answered {status}", subject=target.url, mend=mend)
    whole = 200 <= status < 300 and status != 206
    if not (whole or (status == 304 and conditional)):
        raise Unreachable(f"answered {status}, which was not asked for", subject=target.url)


def _answer(target: Target, exchange: Exchange, body: bytes, hops: list[str]) -> Answer:
    headers = {
        name: value
        for name, value in exchange.headers[:_MAX_HEADERS]
        if name != "set-cookie" and len(name) + len(value) <= _MAX_HEADER_CHARS
    }
    status = exchange.status
    return Answer(target.url, status, headers, body, status == 304, exchange.at, tuple(hops))
