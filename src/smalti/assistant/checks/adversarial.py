"""Questions that are traps: wrong premises, periods, issuers and units, and what nothing stored answers."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from itertools import cycle, islice

from smalti.assistant.grounds import Grounds

__all__ = ["Trap", "questions"]

# Issuers with filed numbers, and of each the last year there is.
_ISSUERS = """
SELECT i.name, max(year(f.period_end)) AS newest FROM issuers i
JOIN links l USING (issuer_id) JOIN documents d USING (document_id) JOIN facts f USING (document_id)
WHERE d.available_at <= $as_of AND f.concept <> '' AND l.score >= 0.5
  AND f.period_end <= CAST($as_of AS DATE)
GROUP BY i.name ORDER BY i.name
"""


@dataclass(frozen=True, slots=True)
class Trap:
    """A question and its trap: `premise`, `period`, `issuer`, `unit`, `unanswerable`, `order`."""

    text: str
    trap: str


def questions(grounds: Grounds, most: int = 150) -> Iterator[Trap]:
    """Traps about the issuers of a store, each template with another issuer in turn.

    Args:
        grounds: whose issuers are asked about.
        most: how many; fewer where the store has no issuers with numbers.
    """
    raw = tomllib.loads(files("smalti.assistant.checks").joinpath("adversarial.toml").read_text("utf-8"))
    issuers = list(grounds.rows(_ISSUERS).iter_rows())
    if not issuers:
        return
    templates = [(one["trap"], text) for one in raw["trap"] for text in one["asks"]]
    made = zip(cycle(templates), cycle(issuers), cycle(issuers[1:] + issuers[:1]), strict=False)
    seen: set[str] = set()
    for (trap, text), (name, newest), (other, _) in islice(made, most * 3):
        asked = text.format(name=name, other=other, **_years(newest))
        if asked not in seen and len(seen) < most:
            seen.add(asked)
            yield Trap(asked, trap)


def _years(newest: int) -> dict[str, int]:
    return {"year": newest, "before": newest - 1, "long_ago": 1950, "ahead": newest + 20}
