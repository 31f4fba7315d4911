"""Random tokens, and what is stored in place of passwords, keys and sessions."""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from smalti.platform.errors import TooMany

# OWASP's smallest advised argon2id setting: 19 MiB, two passes, one lane; about 25 ms on one core.
_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE, _WAITING = threading.BoundedSemaphore(2), threading.BoundedSemaphore(8)
"""Hashes at once, and those that may wait: more would take cores and threads from everybody else."""
_DECOY = "$argon2id$v=19$m=19456,t=2,p=1$syE0fMIaiL4rAnA2xpuNrg$gUlpq9v64yVVOU1ebzmKcL8Pw9y0y7zHfKGvNIDIeLM"


def new_token() -> str:
    """A secret of 256 random bits, 43 characters of A-Z a-z 0-9 - and _."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """A name for a key: 64 random bits in hexadecimal, no secret."""
    return secrets.token_hex(8)


def digest(token: str) -> str:
    """What is kept of a token that is random itself: its SHA-256."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def hashed(secret: str) -> str:
    """The argon2id hash of a password or key, with its salt and cost.

    Raises:
        TooMany: so many are being made already.
    """
    with _turn():
        return _ARGON2.hash(_bytes(secret))


def matches(stored: str | None, secret: str) -> bool:
    """Whether a secret is the one hashed. Takes as long where there is no hash to compare with.

    Raises:
        TooMany: so many are being compared already.
    """
    with _turn():
        try:
            _ARGON2.verify(stored or _DECOY, _bytes(secret))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _turn() -> Iterator[None]:
    if not _WAITING.acquire(blocking=False):
        raise TooMany("too many sign in at once", mend="try again in a moment")
    try:
        with _AT_ONCE:
            yield
    finally:
        _WAITING.release()


def _bytes(secret: str) -> bytes:
    # The same letters typed on another keyboard are the same password (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", secret).encode("utf-8", "surrogatepass")


def outdated(stored: str) -> bool:
    """Whether a hash was made at another cost than today's, and is to be made anew at the next sign-in."""
    return _ARGON2.check_needs_rehash(stored)
