"""Who is signed in: the session is the service's own, begun on its page, and its cookie comes here too."""

from __future__ import annotations

import hashlib
import os
import ssl
from dataclasses import dataclass

import streamlit as st

from smalti.client import Client
from smalti.platform.errors import NotSignedIn

SERVICE, CERTIFICATE, SIGN_IN = "SMALTI_SERVICE", "SMALTI_SERVICE_CERTIFICATE", "SMALTI_SIGN_IN"
"""Environment: where the service is asked, the certificate it is known by (if not by the system's own
trust), and where browsers reach it (if not at the host of the dashboard and the service's port)."""

OVER_TLS, PLAIN = "__Host-smalti", "smalti"
"""What the service calls its cookie: over TLS, and on loopback."""

CUSTOMER = "customer"
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
    name = hashlib.sha256(given.encode()).hexdigest()[:16]
    if st.session_state.get("session") != name:  # somebody else took over a connection: nothing stays
        st.session_state.clear()
        st.cache_data.clear()
        st.session_state["session"] = name
    if not given:
        raise NotSignedIn("nobody is signed in", mend="sign in")
    client: Client | None = st.session_state.get("client")
    if client is None:
        client = st.session_state["client"] = Client(address(), session=given, tls=tls())
    told = client.who_am_i()
    return client, Who(told["name"], told["role"], name)


def address() -> str:
    """Where the service is asked from here."""
    return os.environ[SERVICE]


def public_address() -> str:
    """Where the browser reaches the service: its media, its files, its sign-in page.

    On one machine that is the dashboard's host and the service's port; behind a proxy, `SMALTI_SIGN_IN`.
    """
    if told := os.environ.get(SIGN_IN):
        return told.rstrip("/")
    scheme, _, rest = address().partition("://")
    port = rest.rsplit(":", 1)[-1]
    host = (st.context.headers.get("Host") or "127.0.0.1").rsplit(":", 1)[0]
    return f"{scheme}://{host}:{port}"


def tls() -> ssl.SSLContext | None:
    """How the service is known that is asked with TLS on this machine; None: as everybody is."""
    if not (certificate := os.environ.get(CERTIFICATE)):
        return None
    made = ssl.create_default_context(cafile=certificate)
    made.check_hostname = False  # it is asked by its loopback address, with exactly this certificate
    return made
