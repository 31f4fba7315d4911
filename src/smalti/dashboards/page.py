"""What a view is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from smalti.client import Client
from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.session import Who

STANDING = timedelta(days=7)
"""How old the last score that was not withheld may be before pages look as of it instead of as of now: all
scores of now would be withheld as resting on old evidence, and a page of those tells nobody anything."""


@dataclass(frozen=True, slots=True)
class Page:
    """One run of one view.

    Attributes:
        smalti: asks the service as whoever looks.
        who: looks.
        edition: of the service's answers; see `Client.edition`.
        as_of: the moment looked at, UTC; None is now.
        moment: the same, never None: the service's clock where it is now.
        chosen: whether the person chose that moment; if not, it is now or that of the last score.
    """

    smalti: Client
    who: Who
    edition: Json
    as_of: datetime | None
    moment: datetime
    chosen: bool


def opened(smalti: Client, who: Who) -> Page:
    """The page as the address says it."""
    edition = smalti.edition()
    now = datetime.fromisoformat(edition["now"])
    if (asked := place.moment("as_of")) is not None:
        return Page(smalti, who, edition, asked, asked, chosen=True)
    last = datetime.fromisoformat(edition["latest_scored"] or edition["now"])
    if place.get("as_of") == "now" or now - last <= STANDING:
        return Page(smalti, who, edition, None, now, chosen=place.get("as_of") == "now")
    return Page(smalti, who, edition, last, last, chosen=False)


def of_customer(smalti: Client, who: Who) -> Page:
    """The page of a customer, who sees what is published as it is now, and no edition of the rest."""
    return Page(smalti, who, {}, None, datetime.now(UTC), chosen=False)
