"""Requests to one service: to no other address, errors as ours, and again where that does no harm."""

from __future__ import annotations

import json
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import httpx2

from smalti.platform.errors import (
    InputError,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refused,
    SettingsError,
    SmaltiError,
    StoreError,
    TooLarge,
    TooMany,
    Unreachable,
    error_of,
)

JSON = "application/json"
MOST_BYTES = 4 << 30
"""Largest answer read; a million signals as Arrow are about a twentieth of it."""

_PREFIX = "v1"
_AGAIN = (429, 503)
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 60.0
"""Seconds; a service that wants a longer pause is told of as an error."""

_BY_STATUS: Mapping[int, type[SmaltiError]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    413: TooLarge,
    429: TooMany,
    502: Unreachable,
    503: StoreError,
    504: Unreachable,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service answered, read to its end."""

    body: bytes
    headers: Mapping[str, str]
    status: int

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            Malformed: it is none; something else than smalti may have answered.
        """
        try:
            return json.loads(self.body)
        except ValueError:
            raise Malformed(
                "the answer is no JSON", mend="is the address that of a smalti service?"
            ) from None


class Transport:
    """Sends requests to one service.

    The key goes to the address given here and nowhere else: redirects are not followed, proxies of the
    environment are not used, and certificates are always checked.

    Args:
        address: `https://host[:port][/prefix]`; plain `http` with a key only to this machine itself.
        key: an API key, or None for what needs none.
        session: the token of somebody who is signed in and whom one acts for, instead of a key.
        timeout: seconds to connect and between two pieces of an answer.
        tls: trust other certificates than the system's; it must check them.
        attempts: how often a read is tried when the service is busy or cannot be reached.
        sleep: waits between them.

    Raises:
        SettingsError: the address is none, or would carry the key in the open.
    """

    def __init__(
        self,
        address: str,
        key: str | None = None,
        *,
        session: str | None = None,
        timeout: float = 60.0,
        tls: ssl.SSLContext | None = None,
        attempts: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        secret, scheme = (key, "Bearer") if session is None else (session, "Session")
        self.address = _checked(address, secret)
        if tls is not None and not _checks(tls, self.address):
            raise SettingsError("certificates must be checked", subject="tls", mend="load your own authority")
        if secret is not None and not (
            secret.isascii() and secret.isprintable() and secret and " " not in secret
        ):
            raise SettingsError("the key holds characters that no key has", subject="key")
        # Reading the system's authorities takes longer than a request; a context without any trusts nobody.
        plain = self.address.startswith("http:")
        headers = {"User-Agent": "smalti-client"} | (
            {"Authorization": f"{scheme} {secret}"} if secret else {}
        )
        self._timeout = timeout
        self._attempts = attempts
        self._sleep = sleep
        self._http = httpx2.Client(
            headers=headers,
            timeout=timeout,
            verify=tls or (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True),
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def get(
        self,
        path: Sequence[str],
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> Answer:
        """Read; tried again while the service is busy or cannot be reached.

        Args:
            path: below `/v1`, in parts, which are quoted here.
            params: of the query; None are left out, moments are written as ISO times.
            headers: beside the common ones.
            timeout: seconds between two pieces of the answer, instead of the usual ones.

        Raises:
            SmaltiError: whatever the service tells, in the class it was raised in there.
            Unreachable: it cannot be reached, or breaks off.
            Refused: it answers with a redirect.
        """
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            try:
                with self._open("GET", path, params, headers, timeout, {}) as response:
                    return _whole(response)
            except _Busy as busy:
                wait = busy.wait if busy.wait is not None else self._backoff(attempt)
                if last or wait > _LONGEST_WAIT:
                    raise busy.error from None
            except Unreachable:
                if last:
                    raise
                wait = self._backoff(attempt)
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def send(
        self,
        method: str,
        path: Sequence[str],
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **body: Any,
    ) -> Answer:
        """Send one request, once; `body` is httpx2's `json`, `content` or `files`. Raises as `get`."""
        with self.stream(method, path, params, headers=headers, timeout=timeout, **body) as response:
            return _whole(response)

    @contextmanager
    def stream(
        self,
        method: str,
        path: Sequence[str],
        params: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **body: Any,
    ) -> Iterator[httpx2.Response]:
        """An answer to be read as it comes; errors are raised before the block begins. Raises as `get`."""
        try:
            with self._open(method, path, params, headers, timeout, body) as response:
                yield response
        except _Busy as busy:
            raise busy.error from None

    @contextmanager
    def _open(
        self,
        method: str,
        path: Sequence[str],
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None,
        timeout: float | None,
        body: Mapping[str, Any],
    ) -> Iterator[httpx2.Response]:
        try:
            with self._http.stream(
                method,
                self.address + _path(path),
                params=_query(params or {}),
                headers=dict(headers or {}),
                timeout=timeout or self._timeout,
                **body,
            ) as response:
                if response.status_code >= 300 and response.status_code != 304:
                    raise _error(response)
                yield response
        except httpx2.TimeoutException:
            raise Unreachable(
                f"no answer within {timeout or self._timeout:.0f} s", subject=self.address, mend="ask again"
            ) from None
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise Unreachable(
                f"it cannot be reached: {error}", subject=self.address, mend="is it up? `smalti up` starts it"
            ) from None

    def _backoff(self, attempt: int) -> float:
        # The jitter keeps clients that were cut off together from coming back together.
        return _FIRST_WAIT * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - spreads clients out


class _Busy(SmaltiError):
    """An answer that asks to come again.

    Args:
        error: what it says.
        wait: seconds it asks to wait, if it says so.
    """

    def __init__(self, error: SmaltiError, wait: float | None) -> None:
        super().__init__(error.what, subject=error.subject, mend=error.mend)
        self.error = error
        self.wait = wait


def _checked(address: str, key: str | None) -> str:
    """An address without its last slash.

    Raises:
        SettingsError: see `Transport`.
    """
    try:
        url = httpx2.URL(address)
    except (httpx2.InvalidURL, TypeError, ValueError):
        url = httpx2.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise SettingsError("it is no address of a service", subject=address[:200], mend="https://host:port")
    if url.scheme == "http" and key is not None and not is_this_machine(url.host):
        mend = "use https, or a tunnel to this machine"
        raise SettingsError("a key is not sent in the open", subject=address[:200], mend=mend)
    return str(url).rstrip("/")


def _checks(tls: ssl.SSLContext, address: str) -> bool:
    """Whether it checks certificates, and their names too unless the address is this machine's own."""
    named = tls.check_hostname or is_this_machine(httpx2.URL(address).host)
    return tls.verify_mode is ssl.CERT_REQUIRED and named


def is_this_machine(host: str) -> bool:
    """Whether a host is a loopback address, which no other machine hears."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _path(parts: Sequence[str]) -> str:
    if any(part in ("", ".", "..") for part in parts):
        raise SettingsError("an id or name is missing", subject="/".join(parts))
    return "/".join(("", _PREFIX, *(quote(part, safe="") for part in parts)))


def _query(params: Mapping[str, Any]) -> httpx2.QueryParams:
    pairs: list[tuple[str, str | int | float | bool | None]] = []
    for name, value in params.items():
        several = value if isinstance(value, (list, tuple)) else [value]
        pairs += [(name, _written(one)) for one in several if one is not None]
    return httpx2.QueryParams(pairs)


def _written(value: Any) -> str:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _read(response: httpx2.Response) -> bytes:
    pieces, size = [], 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MOST_BYTES:
            raise TooLarge(f"the answer is over {MOST_BYTES:,} bytes", mend="ask for less at once")
        pieces.append(piece)
    return b"".join(pieces)


def _whole(response: httpx2.Response) -> Answer:
    return Answer(_read(response), dict(response.headers), response.status_code)


def _error(response: httpx2.Response) -> SmaltiError:
    """What an answer that is none says, as the error that was raised at the other end."""
    if response.is_redirect or response.status_code < 400:
        to = response.headers.get("location", "nowhere")[:200]
        return Refused("the service answered with a redirect", subject=to, mend="give the address it names")
    error = _told(response)
    if response.status_code in _AGAIN:
        return _Busy(error, _pause(response.headers.get("retry-after", "")))
    return error


def _told(response: httpx2.Response) -> SmaltiError:
    try:
        told = json.loads(_read(response))["error"]
        fields = {name: str(told[name]) for name in ("code", "what", "subject", "mend")}
    except (ValueError, TypeError, KeyError):
        fields = {"code": "", "what": f"it answered {response.status_code}", "subject": "", "mend": ""}
    code = fields.pop("code")
    error = error_of(code, **fields)
    if type(error) is SmaltiError:  # the framework's own errors have no class of ours
        usual = InputError if response.status_code < 500 else SmaltiError
        return _BY_STATUS.get(response.status_code, usual)(**fields)
    return error


def _pause(told: str) -> float | None:
    """Seconds that a `Retry-After` header asks for; None where it says nothing one can use."""
    if told.isascii() and told.isdigit() and len(told) < 8:
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
