"""The numbered list of documents that a report cites."""

from __future__ import annotations

from smalti.service.reports import words
from smalti.service.reports.content import Column, Table
from smalti.service.reports.reading import Place

_KINDS = {"filing": "filing", "news": "news", "social": "post", "call": "call", "price": "prices"}
_PLACES_SHOWN = 4


class Sources:
    """Gives each document a number when it is first cited, and remembers the places cited in it."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._named: dict[str, Place] = {}
        self._places: dict[str, list[str]] = {}

    def cite(self, place: Place, where: str) -> int:
        """The number of a document, one place of which is cited."""
        number = self._numbers.setdefault(place.document_id, len(self._numbers) + 1)
        self._named.setdefault(place.document_id, place)
        seen = self._places.setdefault(place.document_id, [])
        if where not in seen:
            seen.append(where)
        return number

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents cited, by number."""
        return tuple(self._numbers)

    def table(self) -> Table:
        """All that were cited, by number."""
        columns = (
            Column("No.", "right", 0.06),
            Column("Public since", "left", 0.15),
            Column("Kind", "left", 0.08),
            Column("Title and file", "left", 0.4),
            Column("Places cited", "left", 0.21),
            Column("Id", "left", 0.1),
        )
        rows = [self._row(number, document_id) for document_id, number in self._numbers.items()]
        return Table("Documents cited in this report", columns, rows)

    def _row(self, number: int, document_id: str) -> tuple[str, ...]:
        named, places = self._named[document_id], self._places[document_id]
        more = f" and {len(places) - _PLACES_SHOWN} more" if len(places) > _PLACES_SHOWN else ""
        title = words.clean(named.title, 110)
        file = words.clean(named.file, 110)
        told = title if file.endswith(title) or not file else f"{title} · {file}"
        return (
            str(number),
            f"{named.available_at:%Y-%m-%d %H:%M}" if named.source != "price" else "each day",
            _KINDS.get(named.source, named.source),
            file if file.endswith(title) and file else told,
            words.clean("; ".join(places[:_PLACES_SHOWN]) + more, 150),
            document_id[:10],
        )
