"""The four roles, and somebody who holds one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do. Viewer, analyst and admin each may all that the one before may.

    A customer stands apart: they see what was published to customers, and nothing else.
    """

    CUSTOMER = "customer"
    VIEWER = "viewer"
    ANALYST = "analyst"
    ADMIN = "admin"

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where another is asked for."""
        if Role.CUSTOMER in (self, needed):
            return self is needed
        ladder = (Role.VIEWER, Role.ANALYST, Role.ADMIN)
        return ladder.index(self) >= ladder.index(needed)


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks.

    Attributes:
        name: the user's, as in the audit log.
        role: theirs.
        via: how they are known: `local` (whoever may read the service's folder), `key: <its id>`, `session`.
    """

    name: str
    role: Role
    via: str
