"""The assistant's tools over the service's store, for whoever calls them by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smalti.assistant.records import Ask, Audience
from smalti.assistant.tools import call
from smalti.platform.auth import Principal, Role
from smalti.service.assistant.asking import grounds_of
from smalti.service.engine import Engine


def audience_of(who: Principal) -> Audience:
    """As whom somebody is answered who cannot choose."""
    return Audience.CUSTOMER if who.role is Role.CUSTOMER else Audience.ANALYST


def call_tool(
    engine: Engine,
    audience: Audience,
    name: str,
    arguments: Mapping[str, Any],
    as_of: datetime | None = None,
) -> Mapping[str, Any]:
    """Run one tool: its result as JSON values; see `assistant.tools`.

    Raises:
        NotFound: there is no such tool for this audience, or what it was asked for is not there.
        InputError: the arguments are not as described.
        TooMany: it took too long.
    """
    asked = Ask(name, as_of or engine.store.now(), audience)
    return call(name, arguments, grounds_of(engine, asked)).to_json()
