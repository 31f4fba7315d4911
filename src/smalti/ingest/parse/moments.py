"""Dates as feeds, pages and posts write them, read so that nothing is known too early.

- A moment with its zone is that moment.
- A bare date is the end of that day, UTC: when in the day it came out is not known.
- A time without a zone is read in UTC-12, the latest it can mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from smalti.ingest.parse.contract import Request
from smalti.platform.records import DateMethod

_WEST = timezone(timedelta(hours=-12))
_YEARS = range(1970, 2100)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_SPOKEN = (
    (re.compile(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.I), (3, 1, 2)),
    (re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+{_MONTH},?\s+(\d{{4}})\b", re.I), (3, 2, 1)),
)


def end_of_day(day: date) -> datetime:
    """The last second of `day`, UTC."""
    return datetime.combine(day, time(23, 59, 59), UTC)


def moment(text: str) -> datetime | None:
    """A date as ISO 8601, RFC 2822 or Twitter write it, or a day in English words, in UTC; None if unread."""
    found = _read(text)
    return _latest_meaning(found) if found else None


def last_stated(texts: Iterable[str]) -> datetime | None:
    """The last of the dates a page states about itself, in UTC: revised text was not public before that.

    Pages repeat one date with a zone, without, and as a bare day. The less exact ones count only where they
    name a later day than every exact one.
    """
    found = [one for one in map(_read, texts) if one]
    exact = [one.astimezone(UTC) for one in found if isinstance(one, datetime) and one.tzinfo]
    last = max(exact, default=None)
    rest = [one for one in found if not (isinstance(one, datetime) and one.tzinfo)]
    return latest([last, *(_latest_meaning(one) for one in rest if not last or _day(one) > last.date())])


def has_zone(text: str) -> bool:
    """Whether a date as written is exact: a time with its zone."""
    found = _read(text)
    return isinstance(found, datetime) and found.tzinfo is not None


def from_epoch(value: float) -> datetime | None:
    """Seconds, or milliseconds where the number is too large for seconds, since 1970; None out of range."""
    seconds = value / 1000 if abs(value) >= 1e11 else value
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.year in _YEARS else None


def latest(moments: Sequence[datetime | None]) -> datetime | None:
    """The last of those known: a text revised later was not public in this form before."""
    return max((one for one in moments if one), default=None)


def dated(
    request: Request, own: datetime | None, method: DateMethod
) -> tuple[datetime | None, DateMethod | None]:
    """The date to use and how it was learned: what the request states, else the document's own.

    A feed's date is that of the first version; a page that dates itself later is that later version.
    """
    if request.published_at is not None:
        if own and request.date_method is not DateMethod.MANIFEST and own > request.published_at:
            return own, method
        return request.published_at, request.date_method
    return (own, method) if own else (None, None)


def _latest_meaning(found: date) -> datetime:
    if not isinstance(found, datetime):
        return end_of_day(found)
    return (found if found.tzinfo else found.replace(tzinfo=_WEST)).astimezone(UTC)


def _day(found: date) -> date:
    return found.date() if isinstance(found, datetime) else found


def _read(text: str) -> date | None:
    """A datetime, with or without zone, or a bare date; None if unread or out of range."""
    text = " ".join(text[:200].split())[:80]
    for read in (_iso, _mail, _twitter, _spoken_day):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):  # what the standard readers raise
            continue
        if found:
            return found if found.year in _YEARS else None
    return None


def _iso(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def _mail(text: str) -> date:
    found = parsedate_to_datetime(text)
    return found if ":" in text else found.date()


def _twitter(text: str) -> date:
    return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")


def _spoken_day(text: str) -> date | None:
    for pattern, (year, month, day) in _SPOKEN:
        if found := pattern.search(text):
            number = _MONTHS.index(found[month][:3].lower()) + 1
            return date(int(found[year]), number, int(found[day]))
    return None
