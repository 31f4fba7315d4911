"""What is hidden of addresses and options in answers: a key that lets somebody into another's service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MASK = "***"

_SECRET = re.compile(
    r"(?i)(^|[-_.])(api|access|auth|secret|private)?[-_]?(key|token|secret|password|passwd|pwd|sig|signature|auth|authorization|credential)s?$"
)


def is_secret(name: str) -> bool:
    """Whether an option or a parameter is called like something that lets one in."""
    return _SECRET.search(name) is not None


def masked_address(address: str) -> str:
    """An address without passwords and without the values of parameters that are called like keys."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if "@" in parts.netloc:
        parts = parts._replace(netloc=f"{MASK}@{parts.netloc.rpartition('@')[2]}")
    named = parse_qsl(parts.query, keep_blank_values=True)
    if any(is_secret(name) for name, _ in named):
        told = [(name, MASK if is_secret(name) else value) for name, value in named]
        parts = parts._replace(query=urlencode(told, safe="*{}"))
    shown = urlunsplit(parts)
    return shown if shown != urlunsplit(urlsplit(address)) else address


def masked_options(options: Mapping[str, str]) -> dict[str, str]:
    """Options without the values of those that are called like keys."""
    return {name: MASK if is_secret(name) else masked_address(value) for name, value in options.items()}
