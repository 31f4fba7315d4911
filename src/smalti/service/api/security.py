"""What a request must look like before anybody asks who sent it: its host, its origin, its rate."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import Request

import smalti
from smalti.client.transport import is_this_machine
from smalti.platform.auth import Principal
from smalti.platform.auth.hashing import digest
from smalti.platform.auth.limits import Budgets, too_many
from smalti.platform.errors import NotAllowed, NotSignedIn, SettingsError
from smalti.platform.settings import Settings

if TYPE_CHECKING:
    from smalti.platform.auth.openid import Openid

CSRF_HEADER = "x-csrf-token"
_BURST_SECONDS = 2.0
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Security:
    """The service's rules for requests, from its settings. One for an application; thread-safe.

    Raises:
        SettingsError: `public_url` or the OpenID provider cannot be used as described.
    """

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        try:
            public = urlsplit(settings.public_url.lower())
        except ValueError as error:
            raise SettingsError(f"no address: {error}", subject="public_url") from None
        self._public, self._public_host = f"{public.scheme}://{public.netloc}", public.hostname or ""
        self._hosts = {self._public_host, *(name.lower() for name in settings.hosts)} - {""}
        self._callers = Budgets(settings.api_rate, max(1.0, settings.api_rate * _BURST_SECONDS))
        tries = settings.signin_rate / 60, max(1.0, settings.signin_rate)
        self._strangers, self._beginners = Budgets(*tries), Budgets(*tries)
        self.openid = _openid(settings, now) if settings.oidc_issuer else None

    def knows_host(self, request: Request) -> bool:
        """Whether a request was sent to a name of ours: one sent to another was misled by somebody's DNS."""
        name = _host(request)
        return is_this_machine(name) or name in self._hosts

    def secure(self, request: Request) -> bool:
        """Whether a request came through TLS, ours or that of a proxy before us."""
        behind_proxy = self._public.startswith("https://") and _host(request) == self._public_host
        return request.url.scheme == "https" or behind_proxy

    def host(self, request: Request) -> str:
        """The name we were asked by, as an address writes it, without the port."""
        name = _host(request)
        return f"[{name}]" if ":" in name else name

    def origin(self, request: Request) -> str:
        """Where people believe to be when they ask us."""
        if _host(request) == self._public_host:
            return self._public
        return f"{request.url.scheme}://{request.headers.get('host', '')}".lower()

    def check_unread(self, request: Request) -> None:
        """Refuse what others on the network could read.

        Raises:
            NotAllowed: it comes from another machine in the clear.
        """
        if not self.secure(request) and not is_this_machine(_host(request)):
            mend = "put a proxy with TLS before the service and set `public_url`"
            raise NotAllowed("people sign in through https only", subject=_host(request), mend=mend)

    def check_here(self, request: Request) -> None:
        """Refuse what is for this machine alone.

        Raises:
            NotAllowed: it comes from another machine, or through a proxy.
        """
        client = request.client.host if request.client else ""
        passed_on = any(name in request.headers for name in _PASSED_ON)
        if passed_on or not (is_this_machine(client) and is_this_machine(_host(request))):
            raise NotAllowed("this is done on the service's own machine only", subject=client)

    def check_sign_in(self, request: Request) -> None:
        """Refuse to take a password, or start a session, where others could read or plant it.

        Raises:
            NotAllowed: it would go over the network in the clear, or another site's page sent it.
        """
        self.check_unread(request)
        if not self._from_our_pages(request, needed=False):
            raise NotAllowed("another site's page sent this", subject=request.headers.get("origin", "")[:200])

    def check_change(self, request: Request, token: str) -> None:
        """Refuse a change by a session that the person may not have meant.

        Raises:
            NotAllowed: it was not sent by one of our own pages, or without the session's CSRF token.
        """
        if request.method not in _SAFE:
            self.check_meant(request, token, request.headers.get(CSRF_HEADER, ""))

    def check_meant(self, request: Request, token: str, sent: str) -> None:
        """The same of whatever a page of ours sent; `sent` is the CSRF token that came with it.

        Raises:
            NotAllowed: as `check_change`.
        """
        if not self._from_our_pages(request, needed=True):
            mend = "send it from the service's own address, or use a key"
            raise NotAllowed("a session may change things from our own pages only", mend=mend)
        if not hmac.compare_digest(sent.encode("utf-8", "replace"), csrf_token(token).encode()):
            raise NotAllowed(
                "the CSRF token is missing or wrong", mend="send `csrf` of GET /v1/session in it"
            )

    def _from_our_pages(self, request: Request, *, needed: bool) -> bool:
        """By what the browser says, which a page cannot change; `needed`: silence is a no."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        if site is not None and site not in {"same-origin", "none"}:
            return False
        if origin is not None:
            return origin.lower() == self.origin(request)
        return not needed or site == "same-origin"

    def check_rate(self, request: Request, who: Principal) -> None:
        """Take a request from somebody's budget. Whoever may read the home folder has no limit.

        Raises:
            TooMany: it is used up; the answer's Retry-After says for how long.
        """
        if who.via != "local" and (wait := self._callers.wait(f"{who.name} {who.via}")):
            raise too_many("asked more often than is let", who.name, wait)

    def check_begin(self, request: Request) -> None:
        """Take one from what an address may begin at the OpenID provider; few people mean to do so often.

        Raises:
            TooMany: it is used up.
        """
        address = address_of(request)
        if wait := self._beginners.wait(address):
            raise too_many("too many sign-ins begun from this address", address, wait)

    @contextmanager
    def guess(self, request: Request) -> Iterator[None]:
        """One try with a password or key; if the block fails for it, it counts against the address.

        Raises:
            TooMany: too many failed from there.
        """
        address = address_of(request)
        # Taken first and given back, so that many tries at once are counted too.
        if wait := self._strangers.wait(address):
            raise too_many("too many wrong keys or passwords from this address", address, wait)
        try:
            yield
        except NotSignedIn:
            raise
        except BaseException:
            self._strangers.give_back(address)
            raise
        self._strangers.give_back(address)


def _openid(settings: Settings, now: Callable[[], datetime]) -> Openid:
    from smalti.platform.auth.openid import Openid  # its libraries take a second to load
    from smalti.platform.web import Web, WebRules

    agent = settings.agent or f"smalti/{smalti.__version__}"
    rules = WebRules(
        agent, allow=settings.allow, max_seconds=20.0, attempts=2, robots=False, rates={"*": 20.0}
    )
    return Openid(settings, Web(rules), now)


def csrf_token(token: str) -> str:
    """What a page has to send with each change; only whoever has the session can know it."""
    return digest(f"csrf {token}")


def address_of(request: Request) -> str:
    """Where a request came from; of IPv6 the network, for one person has 2^64 addresses of it."""
    text = request.client.host if request.client else ""
    try:
        address = ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64)) + "/64"
    return text


def _host(request: Request) -> str:
    host = request.headers.get("host", "").lower()
    name, _, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).strip("[]")
