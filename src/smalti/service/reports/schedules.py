"""When reports are made by themselves: cron expressions by the clock of a place.

A due moment is a wall-clock time of its zone. One that the clocks skip in spring comes due when they have
jumped; one that comes twice in autumn is taken the first time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger

from smalti.platform.errors import NotFound, SettingsError
from smalti.platform.records import content_id
from smalti.platform.scheduler import trigger
from smalti.platform.store import Batch, Store
from smalti.service.reports import making
from smalti.service.reports.views import (
    Form,
    Schedule,
    ScheduleView,
    SubjectKind,
    WhenUnchanged,
)

LOOK_BACK = timedelta(days=800)
"""How far back missed moments are looked for, and ahead the next one."""
_MOST_MISSED = 2_000
_LEAST_APART = timedelta(minutes=59)
_TRIED = 12


def dues(cron: str, zone: str, after: datetime, until: datetime, most: int = _MOST_MISSED) -> list[datetime]:
    """The due moments of a cron expression later than one moment and not later than another, UTC, in order.

    Raises:
        SettingsError: it is no cron expression or no time zone.
    """
    place, due = _zone(zone), _cron(cron)
    found: list[datetime] = []
    # The trigger counts in wall time called UTC; what that is in the zone is told moment by moment.
    wall = (after.astimezone(place) - timedelta(hours=3)).replace(tzinfo=UTC)
    end = (until.astimezone(place) + timedelta(hours=3)).replace(tzinfo=UTC)
    previous: datetime | None = None
    while len(found) < most:
        nearest = due.get_next_fire_time(previous, wall)
        if nearest is None or nearest > end:
            break
        previous, wall = nearest, nearest + timedelta(seconds=1)
        moment = nearest.replace(tzinfo=place, fold=0).astimezone(UTC)
        if after < moment <= until and (not found or moment > found[-1]):
            found.append(moment)
    return found


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mend = "an IANA name such as `Europe/Zurich`, or UTC"
        raise SettingsError("no such time zone", subject=name, mend=mend) from None


def _cron(text: str) -> CronTrigger:
    made = trigger(text)
    if not isinstance(made, CronTrigger):
        raise SettingsError(
            "reports are made by the clock", subject=text, mend="five crontab fields: `0 7 * * 1-5`"
        )
    return made


def add(store: Store, schedule: Schedule, issuer_id: str | None = None) -> ScheduleView:
    """Add a schedule, or change the one of its name; its first due moment lies after now.

    Args:
        store: to write to.
        schedule: what is wanted.
        issuer_id: the issuer that its subject names, if it is of an issuer.

    Raises:
        SettingsError: cron, zone or formats cannot be used, or it would come due more than once an hour.
        NotFound: no such watchlist.
    """
    now = store.now()
    coming = dues(schedule.cron, schedule.zone, now, now + LOOK_BACK, _TRIED)
    if not coming:
        raise SettingsError("it never comes due", subject=schedule.cron, mend="`0 7 * * 1-5`: weekdays at 7")
    if any(later - earlier < _LEAST_APART for earlier, later in pairwise(coming)):
        raise SettingsError("it comes due more than once an hour", subject=schedule.cron, mend="`0 7 * * *`")
    if Form.JSON in schedule.formats:
        raise SettingsError("only pdf and html are sent", subject="formats", mend="pdf, html, or both")
    if schedule.subject_kind is SubjectKind.WATCHLIST:
        subject = making.watchlist(store, schedule.subject).subject_id
    else:
        subject = issuer_id or schedule.subject
    schedule_id = content_id("report schedule", schedule.name.casefold())
    batch = Batch()
    batch.add(
        "report_schedules",
        {
            "schedule_id": schedule_id,
            "name": schedule.name,
            "subject_kind": schedule.subject_kind.value,
            "subject": subject,
            "cron": schedule.cron,
            "zone": schedule.zone,
            "formats": [Form(one).value for one in schedule.formats],
            "channels": list(dict.fromkeys(schedule.channels)),
            "when_unchanged": WhenUnchanged(schedule.when_unchanged).value,
            "starts_at": now,
        },
    )
    store.commit(batch)
    return find(store, schedule_id)


def schedules(store: Store) -> list[ScheduleView]:
    """All schedules, by name."""
    return [_view(store, row) for row in rows(store)]


def find(store: Store, wanted: str) -> ScheduleView:
    """A schedule by its id or name.

    Raises:
        NotFound: there is none.
    """
    return _view(store, _row(store, wanted))


def remove(store: Store, wanted: str) -> ScheduleView:
    """Take a schedule away, by its id or name; its reports stay. Answers with what it was.

    Raises:
        NotFound: there is none.
    """
    found = find(store, wanted)
    batch = Batch()
    batch.drop("report_schedules", schedule_id=found.schedule_id)
    store.commit(batch)
    return found


def rows(store: Store) -> list[dict[str, Any]]:
    """The schedules' rows, by name."""
    return store.read("SELECT * FROM report_schedules ORDER BY lower(name), schedule_id").to_dicts()


def _row(store: Store, wanted: str) -> dict[str, Any]:
    for row in rows(store):
        if wanted == row["schedule_id"] or wanted.casefold() == row["name"].casefold():
            return row
    raise NotFound("no such schedule", subject=wanted, mend="`smalti reports schedule list` names them")


def _view(store: Store, row: Mapping[str, Any]) -> ScheduleView:
    before = last(store, row["schedule_id"])
    now = store.now()
    coming = dues(row["cron"], row["zone"], now, now + LOOK_BACK, 1)
    return ScheduleView(
        **{name: row[name] for name in ScheduleView.__slots__ if name in row},
        next_due=coming[0] if coming else None,
        last_due=before.get("due_at"),
        last_outcome=before.get("outcome"),
        last_report=before.get("report_id"),
    )


def last(store: Store, schedule_id: str) -> dict[str, Any]:
    """The newest due moment that was dealt with."""
    found = store.read(
        "SELECT * FROM report_dues WHERE schedule_id = ? ORDER BY due_at DESC LIMIT 1", [schedule_id]
    )
    return found.row(0, named=True) if found.height else {}
