"""Lists in pages: a stable order, and a cursor that says after which row the next page begins.

A page is read by the order's own columns (`WHERE (as_of, id) > (...)`), never by counting rows off, so that
the thousandth page costs what the first did, and rows that came meanwhile shift nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from smalti.platform.errors import Malformed
from smalti.platform.store import Store

T = TypeVar("T")

DEFAULT_LIMIT, MOST_ITEMS = 100, 1_000

Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS, description="Most items of one page.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=1_500,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="`next` of the page before; leave it out for the first page.",
    ),
]

_KINDS: Mapping[str, type] = {"text": str, "whole": int, "number": float, "moment": datetime}


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` is the cursor of the page after it, null on the last one."""

    items: Sequence[T]
    next: str | None


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order; never null in it.

    Attributes:
        column: its name in the rows.
        kind: `text`, `whole`, `number` or `moment`.
        descending: whether the largest comes first.
    """

    column: str
    kind: str = "text"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A stable order of a list: its columns together are unique.

    Args:
        name: of the list; the cursor of another list is refused.
        keys: columns, most weighty first.
    """

    name: str
    keys: tuple[Key, ...]

    @property
    def by(self) -> str:
        """What stands after ORDER BY."""
        return ", ".join(f"{key.column} {'DESC' if key.descending else 'ASC'}" for key in self.keys)

    def after(self, cursor: str | None) -> tuple[str, dict[str, Any]]:
        """The SQL condition that a row comes after a cursor, with its named parameters.

        Raises:
            Malformed: it is no cursor of this list.
        """
        if cursor is None:
            return "true", {}
        values = self.read(cursor)
        params = {f"after_{i}": value for i, value in enumerate(values)}
        steps = []
        for i, key in enumerate(self.keys):
            same = [f"{earlier.column} = $after_{j}" for j, earlier in enumerate(self.keys[:i])]
            steps.append(" AND ".join((*same, f"{key.column} {'<' if key.descending else '>'} $after_{i}")))
        return "(" + " OR ".join(f"({step})" for step in steps) + ")", params

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The cursor of what comes after a row."""
        told = [_told(row[key.column]) for key in self.keys]
        raw = json.dumps([self.name, *told], separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    def read(self, cursor: str) -> list[Any]:
        """The values of the row that a cursor names, one a key.

        Raises:
            Malformed: it is no cursor of this list.
        """
        try:
            raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            name, *told = json.loads(raw.decode())
            if name != self.name or len(told) != len(self.keys):
                raise ValueError(name)
            return [_value(key.kind, one) for key, one in zip(self.keys, told, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
            raise Malformed(
                f"it is no cursor of the {self.name}",
                subject=cursor[:60],
                mend="give `next` of the page before, or none",
            ) from None


def read_page(
    store: Store,
    sql: str,
    params: Mapping[str, Any],
    order: Order,
    limit: int,
    cursor: str | None,
    view: Callable[[Mapping[str, Any]], T],
) -> Page[T]:
    """One page of what a query gives.

    Args:
        store: to read from.
        sql: a query without order and limit whose rows have the order's columns.
        params: its named parameters.
        order: of the list.
        limit: most items.
        cursor: where it begins.
        view: makes an item of a row.

    Raises:
        Malformed: the cursor is none of this list.
    """
    rows, after = read_rows(store, sql, params, order, limit, cursor)
    return Page(items=[view(row) for row in rows], next=after)


def read_rows(
    store: Store, sql: str, params: Mapping[str, Any], order: Order, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The rows of a page as `read_page` reads them, and the cursor of the page after it."""
    after, more = order.after(cursor)
    rows = store.read(
        f"SELECT * FROM ({sql}) WHERE {after} ORDER BY {order.by} LIMIT {int(limit) + 1}",
        {**params, **more},
    )
    found = list(rows.head(limit).iter_rows(named=True))
    return found, order.cursor(found[-1]) if rows.height > limit else None


def _told(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _value(kind: str, told: Any) -> Any:
    """A cursor's value, of the kind its column holds."""
    wanted = _KINDS[kind]
    if wanted is datetime:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None or not 1 < moment.year < 9999:
            raise ValueError(told)
        return moment
    if isinstance(told, bool) or not isinstance(told, (int, float) if wanted is float else wanted):
        raise ValueError(told)
    if isinstance(told, int) and not -(2**63) <= told < 2**63:
        raise ValueError(told)
    if isinstance(told, str):
        told.encode()
        if "\x00" in told:
            raise ValueError(told)
    return told


def page_of(
    items: Sequence[T], name: str, key: Callable[[T], str], limit: int, cursor: str | None
) -> Page[T]:
    """One page of a list that was made whole, as it has to be put in order whole.

    Args:
        items: in their order.
        name: of the list.
        key: names an item, uniquely.
        limit: most items.
        cursor: where the page begins.

    Raises:
        Malformed: the cursor is none of this list, or what it names is no longer in it.
    """
    order = Order(name, (Key("key"),))
    begin = 0
    if cursor is not None:
        after = order.read(cursor)[0]
        places = [i for i, item in enumerate(items) if key(item) == after]
        if not places:
            raise Malformed(f"the {name} have changed since", subject=cursor[:60], mend="begin anew")
        begin = places[0] + 1
    found = items[begin : begin + limit]
    more = begin + limit < len(items)
    return Page(items=found, next=order.cursor({"key": key(found[-1])}) if more else None)
