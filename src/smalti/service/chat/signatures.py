"""Whether a request is from whom it says it is from, and from now.

Slack signs `v0:TIMESTAMP:BODY`, Chatwoot (since 4.13, for agent bots) `TIMESTAMP.BODY`, both with HMAC-SHA256
(api.slack.com/authentication/verifying-requests-from-slack; github.com/chatwoot/chatwoot/pull/13892).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

FRESH_S = 300
"""Seconds that the clocks of the two sides may differ, and a request may be under way."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one system signs.

    Attributes:
        header: that carries the signature; `moment`, the one with the time, in unix seconds.
        prefix: what the signature begins with.
        before: what is signed before the body; `{moment}` stands for the time.
    """

    header: str
    moment: str
    prefix: str
    before: str


SLACK = Scheme("x-slack-signature", "x-slack-request-timestamp", "v0=", "v0:{moment}:")
CHATWOOT = Scheme("x-chatwoot-signature", "x-chatwoot-timestamp", "sha256=", "{moment}.")


def signature(scheme: Scheme, secret: str, moment: str, body: bytes) -> str:
    """What a request of that moment with that body is signed with."""
    signed = scheme.before.format(moment=moment).encode() + body
    return scheme.prefix + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def is_signed(scheme: Scheme, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether the holder of the secret sent this body within the last minutes."""
    moment, given = headers.get(scheme.moment, ""), headers.get(scheme.header, "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    if abs(now.timestamp() - int(moment)) > FRESH_S:
        return False
    wanted = signature(scheme, secret, moment, body)
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
