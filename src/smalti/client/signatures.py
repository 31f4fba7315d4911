"""Signed webhooks: how smalti signs what it sends, and how a receiver tells that it did.

The header `Smalti-Signature` reads `t=<unix seconds>,v1=<hex>`, where `v1` is the HMAC-SHA256, under the
shared secret, of the time's digits, a full stop, and the body as received. A receiver:

    verify(secret, request.headers["Smalti-Signature"], request.body)
    message = json.loads(request.body)
    if already_handled(message["delivery"]): return   # what could not be confirmed is sent again
"""

from __future__ import annotations

import hashlib
import hmac
import re
import time

HEADER, DELIVERY_HEADER = "Smalti-Signature", "Smalti-Delivery"
TOLERANCE_SECONDS = 300
"""How old, or how far ahead, a signature may be: so that one that was overheard cannot be used later."""

_MOST_CHARS = 1_000
_TIME, _DIGEST = re.compile(r"[0-9]{1,12}"), re.compile(r"[0-9a-f]{64}")


class BadSignature(ValueError):
    """Whoever sent this did not know the secret, or sent it long ago; nothing in it is to be believed."""


def sign(secret: str, body: bytes, moment: int) -> str:
    """The header's value for a body sent at `moment`, in unix seconds."""
    return f"t={moment},v1={_digest(secret, body, str(moment))}"


def verify(
    secret: str,
    header: str,
    body: bytes,
    *,
    now: float | None = None,
    tolerance: float = TOLERANCE_SECONDS,
) -> None:
    """Accept a webhook that was signed with `secret` a short while ago.

    Within the tolerance an overheard message can be sent again: take each `delivery` (in the body, which the
    signature covers; the header `Smalti-Delivery` repeats it unsigned) once.

    Args:
        secret: shared with smalti.
        header: `Smalti-Signature` as received; it may hold several `v1`, while secrets are being changed.
        body: the bytes as received, before any parsing.
        now: unix seconds; the machine's clock unless given.
        tolerance: seconds.

    Raises:
        BadSignature: forged, altered, or not of now.
        ValueError: the secret is empty, which anybody could sign with.
    """
    if not secret:
        raise ValueError("an empty secret proves nothing")
    moment, digests = _parts(header)
    expected = _digest(secret, body, moment)
    matches = [hmac.compare_digest(expected, given) for given in digests]
    if not any(matches):
        raise BadSignature("the signature is not of this body under this secret")
    off = (time.time() if now is None else now) - int(moment)
    if abs(off) > tolerance:
        raise BadSignature(f"signed {off:.0f} seconds ago, which is not within {tolerance:g}")


def _parts(header: str) -> tuple[str, list[str]]:
    """The time's digits, as they were signed, and the digests."""
    if len(header) > _MOST_CHARS:
        raise BadSignature("the header is too long")
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in pairs if name == "t" and _TIME.fullmatch(value)]
    digests = [value for name, value in pairs if name == "v1" and _DIGEST.fullmatch(value)]
    if len(times) != 1 or not digests:
        raise BadSignature("the header is not of the form t=<unix seconds>,v1=<hex>")
    return times[0], digests


def _digest(secret: str, body: bytes, moment: str) -> str:
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
