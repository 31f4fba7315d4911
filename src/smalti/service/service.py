"""The service: what the API, the scheduler and their jobs share in the one process that owns the store."""

from __future__ import annotations

from dataclasses import dataclass, field

from smalti.service.engine import Engine
from smalti.service.live import Live
from smalti.service.local import LocalGateway


@dataclass(frozen=True, slots=True)
class Service:
    """One running service.

    Attributes:
        engine: the owner's hands.
        gateway: what commands are answered with.
        live: who hears of changes as they happen.
        local_key: what whoever may read the home folder signs requests with; made anew at each start.
    """

    engine: Engine
    gateway: LocalGateway
    local_key: str
    live: Live = field(default_factory=Live)
