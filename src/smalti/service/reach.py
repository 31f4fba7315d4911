"""How commands find the service that owns a home folder, or one on another machine."""

from __future__ import annotations

import json
import os
import socket
import ssl
from pathlib import Path

import httpx2

from smalti.client.transport import Transport
from smalti.platform.errors import SettingsError

FILE = "service.json"
"""What a running service leaves in its home folder: its `address`, a `local_key`, its `pid`, with TLS its
`certificate`, a PEM file, and the address of its `dashboard` where one runs."""
KEY = "SMALTI_KEY"

_MOST_BYTES = 10_000
_PATIENCE = 2.0
"""Seconds to find out whether somebody listens on this machine."""


def service_of(home: Path) -> Transport | None:
    """The running service that says it owns a home folder; None where there is none, or it is gone.

    Raises:
        SettingsError: somebody else could have written what names it.
    """
    told = _told(home / FILE)
    if told is None:
        return None
    address, key, certificate = told
    url = httpx2.URL(address)
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        socket.create_connection((url.host, port), _PATIENCE).close()
    except OSError:
        return None
    return Transport(address, key, tls=_trusting(certificate) if certificate else None)


def left_by(home: Path) -> str:
    """The address in a home folder at which a service ought to answer; empty where none is told."""
    told = _told(home / FILE)
    return told[0] if told else ""


def service_elsewhere(address: str) -> Transport:
    """The service on another machine that the settings name, with the key of the environment.

    Raises:
        SettingsError: there is no key, or it was set for another address than this one.
    """
    key = os.environ.get(KEY)
    if not key:
        mend = "make one there with `smalti keys create`, and set it in the environment"
        raise SettingsError("a key is needed to ask it", subject=KEY, mend=mend)
    # A settings file lies in whatever folder a command is given in: it must not choose where a key goes.
    if os.environ.get("SMALTI_SERVICE") != address:
        mend = "set SMALTI_SERVICE beside it, instead of `service` in a file"
        raise SettingsError("the key goes only to an address set in the same place", subject=KEY, mend=mend)
    return Transport(address, key)


def _trusting(certificate: str) -> ssl.SSLContext:
    """Trusts a service on this machine by the certificate it says it has, which is another name's.

    Raises:
        SettingsError: it cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # it is trusted itself, whoever signed it
    try:
        context.load_verify_locations(certificate)
    except (OSError, ValueError) as error:
        mend = "is the service's setting tls_certificate right?"
        raise SettingsError(
            f"its certificate cannot be read: {error}", subject=certificate, mend=mend
        ) from None
    return context


def _told(file: Path) -> tuple[str, str, str] | None:
    """Address, key and certificate in a file that nobody but its owner can write."""
    try:
        with file.open("rb") as opened:
            found = os.fstat(opened.fileno())
            raw = opened.read(_MOST_BYTES)
    except OSError:
        return None
    if found.st_uid not in (os.geteuid(), 0) or found.st_mode & 0o022:
        raise SettingsError(
            "others could have written it", subject=str(file), mend="remove it, and start the service again"
        )
    try:
        told = json.loads(raw)
        return str(told["address"]), str(told["local_key"]), str(told.get("certificate") or "")
    except (ValueError, TypeError, KeyError):
        return None  # half written: a service that is just starting, or that broke
