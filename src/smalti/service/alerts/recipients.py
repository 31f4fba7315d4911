"""Who is told of alerts: their channels, their quiet hours, and how much they want to hear in a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from smalti.platform.errors import NotFound, SettingsError
from smalti.platform.store import Batch, Store
from smalti.service.alerts.conditions import SEVERITIES, Name, Severity

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")
_RESERVED = 4
"""A quarter of a budget is kept for what is severe."""


class Recipient(BaseModel):
    """A person, or a team that reads together.

    Attributes:
        name: the user's, or the team's.
        channels: ids of the channels they are told through.
        quiet: hours in which nothing is sent, `22:00-07:00`; what comes then is sent as one digest after.
        zone: the IANA time zone in which their hours and days are counted.
        budget: most alerts sent singly in one day; the others come as one digest on the next. A quarter of
            it is kept for high severity.
        least: what is less severe is never sent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    channels: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=20)] = ()
    quiet: str | None = None
    zone: str = "UTC"
    budget: Annotated[int, Field(ge=0, le=10_000)] = 20
    least: Severity = "low"

    @field_validator("quiet")
    @classmethod
    def _hours(cls, text: str | None) -> str | None:
        if text is not None and not _QUIET.fullmatch(text):
            raise ValueError("quiet hours are written 22:00-07:00")
        return text

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, text: str) -> str:
        try:
            if _ZONE.fullmatch(text):
                ZoneInfo(text)
                return text
        except (KeyError, ValueError, OSError):  # no zone, or a folder of zones
            pass
        raise ValueError("no such time zone; write it as Europe/Berlin")

    def is_quiet(self, now: datetime) -> bool:
        """Whether they want to hear nothing now, by the clock on their wall, whenever that is changed."""
        match = _QUIET.fullmatch(self.quiet or "")
        if match is None:
            return False
        hours = [int(part) for part in match.groups()]
        begin, end = time(hours[0], hours[1]), time(hours[2], hours[3])
        wall = now.astimezone(ZoneInfo(self.zone)).time()
        return begin <= wall < end if begin <= end else wall >= begin or wall < end

    def day(self, moment: datetime) -> date:
        """Their day at a moment."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def wants(self, severity: Severity) -> bool:
        """Whether alerts so severe are sent to them at all."""
        return SEVERITIES.index(severity) <= SEVERITIES.index(self.least)

    def room(self, severity: Severity) -> int:
        """How many alerts they take in a day before one so severe must wait."""
        return self.budget if severity == "high" else self.budget - self.budget // _RESERVED


@dataclass(frozen=True, slots=True)
class RecipientView:
    """A recipient, and how much waits for their next digest."""

    recipient: Recipient
    waiting: int


def read_recipient(told: Mapping[str, Any]) -> Recipient:
    """A recipient out of plain values.

    Raises:
        SettingsError: says what is wrong with which part.
    """
    try:
        return Recipient.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            first["msg"], subject=".".join(map(str, first["loc"])), mend="see docs/alerts.md"
        ) from None


def all_recipients(store: Store) -> list[RecipientView]:
    """Those there are, by name."""
    rows = store.read(
        "SELECT r.* EXCLUDE (recorded_at), coalesce(n.waiting, 0) AS waiting FROM alert_recipients r"
        " LEFT JOIN (SELECT recipient, count(*) AS waiting FROM alert_notices WHERE state = 'held'"
        "  GROUP BY 1) n ON n.recipient = r.name ORDER BY r.name"
    )
    return [
        RecipientView(
            Recipient.model_validate({k: v for k, v in row.items() if k != "waiting"}), row["waiting"]
        )
        for row in rows.iter_rows(named=True)
    ]


def find_recipient(store: Store, name: str) -> Recipient:
    """The recipient of that name.

    Raises:
        NotFound: there is none.
    """
    known = {one.recipient.name: one.recipient for one in all_recipients(store)}
    if name not in known:
        raise NotFound("no such recipient", subject=name, mend=f"known: {', '.join(known) or 'none yet'}")
    return known[name]


def put_recipient(store: Store, recipient: Recipient) -> Recipient:
    """Store a recipient, or change the one of that name.

    Raises:
        NotFound: one of the channels is not there.
    """
    there = set(store.read("SELECT channel_id FROM alert_channels")["channel_id"].to_list())
    for channel in recipient.channels:
        if channel not in there:
            raise NotFound("no such channel", subject=channel, mend="`smalti alerts channels list`")
    batch = Batch()
    batch.add("alert_recipients", recipient.model_dump())
    store.commit(batch)
    return recipient


def remove_recipient(store: Store, name: str) -> None:
    """Tell them no more; what waited for their digest is forgotten.

    Raises:
        NotFound: there is none of that name.
    """
    find_recipient(store, name)
    batch = Batch()
    batch.drop("alert_recipients", name=name)
    batch.drop("alert_notices", recipient=name, state="held")
    store.commit(batch)
