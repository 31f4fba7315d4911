"""What may stand in a request: ids, words and moments, bounded and clean before any code sees them."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import Query
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

_EARLIEST, _LATEST = 1900, 2200
"""Years; a moment outside them is a slip, and near the ends of the calendar zones overflow."""


def _printable(text: str) -> str:
    # Control characters end up in logs, headers and terminals; a lone surrogate cannot be written at all.
    if any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in text):
        raise ValueError("it holds characters that are no text")
    return text


def writable(text: str) -> str:
    """Text of several lines as it is; a pydantic validator.

    Raises:
        ValueError: it holds what cannot be stored.
    """
    if any(c == "\x00" or 0xD800 <= ord(c) < 0xE000 for c in text):
        raise ValueError("it holds characters that are no text")
    return text


def _whole_day(value: Any) -> Any:
    if isinstance(value, str):
        if value.isascii() and value.replace(".", "").replace("-", "", 1).isdigit():
            raise ValueError("a day or a time is wanted: 2017-04-26 or 2017-04-26T15:00:00Z")
        if len(value) == 10:
            return datetime.combine(datetime.fromisoformat(value), time.max)
    return value


def _utc(moment: datetime) -> datetime:
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"a year from {_EARLIEST} to {_LATEST} is wanted")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Text = Annotated[str, Field(max_length=500), AfterValidator(_printable)]
"""A line of words: a name, a title, what is searched for."""

Id = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:-]+$")]
"""An id as the API gives it out."""

Issuer = Annotated[
    str,
    Field(min_length=1, max_length=200, description="Name, ticker, CIK or id of an issuer."),
    AfterValidator(_printable),
]

Moment = Annotated[
    datetime,
    BeforeValidator(_whole_day),
    AfterValidator(_utc),
    WithJsonSchema(
        {
            "type": "string",
            "anyOf": [{"format": "date"}, {"format": "date-time"}],
            "examples": ["2017-04-26", "2017-04-26T15:00:00Z"],
        }
    ),
]
"""A day (meaning its end, UTC) or an ISO time; without a zone, UTC."""

AsOf = Annotated[
    Moment | None, Query(description="Nothing that became known later is read; now, if left out.")
]
RecordedBy = Annotated[
    Moment | None, Query(description="Nothing that was stored later is read: the answer as it was then.")
]
