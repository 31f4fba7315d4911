"""Visitors of web pages: known by a token of their own conversation, and by nothing else."""

from __future__ import annotations

import hashlib
import hmac
import secrets as random
from datetime import datetime

from smalti.platform.auth.hashing import digest
from smalti.platform.errors import NotSignedIn
from smalti.service.chat.integrations import IntegrationView, Secrets

LASTS_S = 24 * 3_600
"""Seconds that a conversation may go on."""
_LONGEST = 200


def new_token(view: IntegrationView, secrets: Secrets, now: datetime) -> str:
    """A token for a conversation that begins now. It opens that conversation, and nothing else."""
    named = f"{int(now.timestamp())}.{random.token_urlsafe(24)}"
    return f"{named}.{_seal(view, secrets, named)}"


def thread_of(view: IntegrationView, secrets: Secrets, token: str, now: datetime) -> str:
    """The conversation that a token opens.

    Raises:
        NotSignedIn: it is none of this widget's, or has ended.
    """
    named, _, seal = token[:_LONGEST].rpartition(".")
    wanted = _seal(view, secrets, named)
    begun = named.partition(".")[0]
    if not hmac.compare_digest(wanted.encode(), seal.encode("utf-8", "replace")) or not begun.isdigit():
        raise NotSignedIn("this conversation is not known", mend="begin another")
    if now.timestamp() - int(begun) > LASTS_S:
        raise NotSignedIn("this conversation has ended", mend="begin another")
    return digest(named)[:32]


def _seal(view: IntegrationView, secrets: Secrets, named: str) -> str:
    signed = f"{view.integration_id} {named}".encode()
    return hmac.new(secrets.signing.encode(), signed, hashlib.sha256).hexdigest()
