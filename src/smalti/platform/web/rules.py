"""What the guarded client keeps to, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smalti.platform.errors import SettingsError

_RATES = {"*": 2.0, "sec.gov": 8.0}  # the SEC blocks above 10 a second


@dataclass(frozen=True, slots=True)
class WebRules:
    """Limits and manners of the guarded client.

    Attributes:
        agent: what we call ourselves to servers; EDGAR wants a name and an e-mail address in it.
        allow: exact `address:port` pairs excepted from the address and port rules, for test servers.
        max_bytes: of one answer, as sent and as decompressed.
        max_seconds: on the network for one `get` or `post`, over all its redirects and tries.
        max_redirects: hops after the first address.
        max_ratio: of decompressed to sent bytes, for bodies over a megabyte.
        attempts: failed tries after which a `get` or `post` gives up.
        max_wait: seconds; a server that asks to wait longer is `Unreachable`, a Crawl-delay is cut to it.
        rates: requests a second by domain, its subdomains counting together; `*` is each other host.
            A domain named here is asked at this rate whatever Crawl-delay its robots.txt asks for.
        robots: heed robots.txt.
        ports: ports that may be asked.
    """

    agent: str
    allow: tuple[str, ...] = ()
    max_bytes: int = 50_000_000
    max_seconds: float = 60.0
    max_redirects: int = 5
    max_ratio: float = 100.0
    attempts: int = 4
    max_wait: float = 60.0
    rates: Mapping[str, float] = field(default_factory=lambda: dict(_RATES))
    robots: bool = True
    ports: frozenset[int] = frozenset({80, 443})

    def __post_init__(self) -> None:
        if not (self.agent.strip() and self.agent.isascii() and self.agent.isprintable()):
            raise SettingsError(
                "no declared agent",
                subject="agent",
                mend="say in plain ASCII who asks and how to reach them: 'Name name@example.org'",
            )
        for name in ("max_bytes", "max_seconds", "max_ratio", "attempts", "max_wait"):
            if getattr(self, name) <= 0:
                raise SettingsError("must be above 0", subject=name, mend="leave it out for its default")
        if any(rate <= 0 for rate in self.rates.values()):
            raise SettingsError(
                "a rate must be above 0", subject="rates", mend="requests a second, such as 2"
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        url: the address that answered, after redirects.
        status: HTTP status: of a `get` 2xx or 304, of a `post` any but a redirect.
        headers: lower-case names; of a repeated one the last; without cookies.
        body: decompressed; empty where `not_modified`.
        not_modified: what the caller has is still current.
        fetched_at: when the answer came, UTC.
        hops: every address asked, the first first and `url` last.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool
    fetched_at: datetime
    hops: tuple[str, ...]

    @property
    def etag(self) -> str | None:
        """To hand back at the next `get`."""
        return self.headers.get("etag")

    @property
    def last_modified(self) -> str | None:
        """To hand back at the next `get`."""
        return self.headers.get("last-modified")

    @property
    def content_type(self) -> str | None:
        """As the server says, in lower case and without parameters: `text/html`. Not to be believed."""
        stated = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return stated or None
