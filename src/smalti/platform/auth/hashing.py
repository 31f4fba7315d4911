"""Random tokens, and what is stored in place of passwords, keys and sessions."""

from __future__ import annotations

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

# OWASP's smallest advised argon2id setting: 19 MiB, two passes, one lane; about 25 ms on one core.
_ARGON2 = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)
"""Hashes at once: more would take memory and cores from everybody else, which is what a flood wants."""
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
    """The argon2id hash of a password or key, with its salt and cost."""
    with _AT_ONCE:
        return _ARGON2.hash(secret.encode("utf-8", "surrogatepass"))


def matches(stored: str | None, secret: str) -> bool:
    """Whether a secret is the one hashed. Takes as long where there is no hash to compare with."""
    with _AT_ONCE:
        try:
            _ARGON2.verify(stored or _DECOY, secret.encode("utf-8", "surrogatepass"))
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether a hash was made at another cost than today's, and is to be made anew at the next sign-in."""
    return _ARGON2.check_needs_rehash(stored)
