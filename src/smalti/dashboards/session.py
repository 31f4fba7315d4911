"""Who is signed in: the session is the service's own, begun on its page, and its cookie comes here too."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from smalti.client import Client
from smalti.client.transport import Transport
from smalti.platform.errors import NotSignedIn, SmaltiError

SERVICE, CERTIFICATE, SIGN_IN = "SMALTI_SERVICE", "SMALTI_SERVICE_CERTIFICATE", "SMALTI_SIGN_IN"
"""Environment: where the service is asked, the certificate it is known by (if not by the system's own
trust), and where people reach it (if not at the host of the dashboard and the service's port)."""

OVER_TLS, PLAIN = "__Host-smalti", "smalti"
"""What the service calls its cookie: over TLS, and on loopback."""

CUSTOMER = "customer"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,100}")
"""What a token of the service looks like."""
_PATIENCE_S = 5.0
_RANKS = ("viewer", "analyst", "admin")


@dataclass(frozen=True, slots=True)
class Who:
    """A person who is signed in.

    Attributes:
        role: `viewer`, `analyst`, `admin`; or `customer`, who stands apart.
        session: names their session without being of use to anybody: a hash.
    """

    name: str
    role: str
    session: str

    def may(self, needed: str) -> bool:
        """Whether the role is at least `needed`. For what is shown; the service decides for itself."""
        if self.role not in _RANKS or needed not in _RANKS:
            return self.role == needed
        return _RANKS.index(self.role) >= _RANKS.index(needed)


def token() -> str:
    """The session's token as the browser sent it, or nothing."""
    cookies = st.context.cookies
    return cookies.get(OVER_TLS) or cookies.get(PLAIN) or ""  # the gate lets through the one that counts


def signed_in() -> tuple[Client, Who]:
    """The client that asks as whoever looks, and who that is; asked anew at each run of a page.

    Raises:
        NotSignedIn: nobody is, or not any more.
        Unreachable: the service is away.
    """
    given = token()
    name = hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    if st.session_state.get("session", name) != name:  # somebody else took over a page: nothing stays
        st.session_state.clear()
        st.cache_data.clear()
    st.session_state["session"] = name
    if not _TOKEN.fullmatch(given):
        raise NotSignedIn("nobody is signed in", mend="sign in")
    client: Client | None = st.session_state.get("client")
    if client is None:
        client = st.session_state["client"] = Client(address(), session=given, tls=tls())
    told = client.who_am_i()
    return client, Who(told["name"], told["role"], name)


def counts(given: str) -> bool | None:
    """Whether a token is of a session that counts, as the service says; None where it is away."""
    if not _TOKEN.fullmatch(given):
        return False
    asks = Transport(address(), session=given, tls=tls(), timeout=_PATIENCE_S, attempts=1)
    try:
        with closing(asks):
            asks.get(("session",))
    except NotSignedIn:
        return False
    except SmaltiError:
        return None
    return True


def address() -> str:
    """Where the service is asked from here."""
    return os.environ[SERVICE]


def public_address() -> str:
    """Where the browser that looks reaches the service: its media, its files, its sign-in page."""
    return service_at(st.context.headers.get("Host") or "127.0.0.1")


def service_at(host: str) -> str:
    """Where a browser that came by a `Host` header reaches the service.

    Who came by the name that the service is known by to people goes to its public address; who came by
    another, such as loopback, to the service's port there, for there is where their cookie counts.
    """
    name, public = host_name(host), os.environ.get(SIGN_IN, "").rstrip("/")
    own = urlsplit(address())
    if public and name == urlsplit(public).hostname:
        return public
    return f"{own.scheme}://{f'[{name}]' if ':' in name else name}:{own.port}"


def host_name(host: str) -> str:
    """The name in a `Host` header, without the port; an IPv6 address without its brackets."""
    name, _, port = host.lower().rpartition(":")
    return (name if name and port.isdigit() else host.lower()).strip("[]")


def tls() -> ssl.SSLContext | None:
    """How the service is known that is asked with TLS on this machine; None: as everybody is."""
    if not (certificate := os.environ.get(CERTIFICATE)):
        return None
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False  # it is asked by its loopback address, with exactly this certificate
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # which is trusted itself, whoever signed it
    made.load_verify_locations(certificate)
    return made
