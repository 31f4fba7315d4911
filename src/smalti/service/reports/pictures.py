"""Pictures of the places that a report quotes: a few, of the strongest, kept as stored objects."""

from __future__ import annotations

from smalti.platform.errors import SmaltiError
from smalti.platform.records import EvidenceKind, Locator
from smalti.service.engine import Engine
from smalti.service.evidence import crop
from smalti.service.reports.reading import Place

_MOST = 4
_SEEN = (EvidenceKind.CHART.value, EvidenceKind.IMAGE.value, EvidenceKind.TABLE.value)


class Pictures:
    """Hands out pictures of pages and images until a report has enough of them."""

    def __init__(self, engine: Engine, most: int = _MOST) -> None:
        self._engine = engine
        self._left = most
        self._shown: set[str] = set()
        self.failed: dict[str, str] = {}

    def of(self, place: Place) -> str | None:
        """The object id of a picture of a place; None where it is none, was shown, or there are enough.

        What could not be pictured is remembered in `failed`, with the reason.
        """
        seen = place.kind in _SEEN or Locator.from_json(place.locator).page is not None
        if not seen or self._left <= 0 or place.evidence_id in self._shown:
            return None
        try:
            picture = crop(self._engine, place.evidence_id)
        except SmaltiError as error:
            self.failed[place.evidence_id] = error.what
            return None
        self._left -= 1
        self._shown.add(place.evidence_id)
        return self._engine.objects.put(picture)
