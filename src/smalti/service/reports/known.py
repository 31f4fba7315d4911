"""What one issuer's part of a report is made from, read once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from smalti.platform.records import Locator, SourceKind
from smalti.service.engine import Engine
from smalti.service.reports import reading, words
from smalti.service.reports.pictures import Pictures
from smalti.service.reports.reading import Clocks, Place, Subject
from smalti.service.reports.sources import Sources
from smalti.service.signals import findings, why
from smalti.service.views import FindingView, SignalView, Why


@dataclass(frozen=True, slots=True)
class Paper:
    """What all parts of one report share: the numbering of its sources, and its pictures of pages."""

    sources: Sources
    pictures: Pictures


class Known:
    """An issuer as a report knows it: its scores, what its checks found, and what stands behind them.

    Args:
        engine: to read with.
        clocks: what may be known.
        issuer_id: of whom.
        paper: the report it is for.

    Raises:
        NotFound: no such issuer.
    """

    def __init__(self, engine: Engine, clocks: Clocks, issuer_id: str, paper: Paper) -> None:
        self.engine, self.clocks, self.paper = engine, clocks, paper
        self.subject: Subject = reading.subject(engine.store, issuer_id, clocks)
        self.signals: Sequence[SignalView] = reading.signals(engine.store, self.subject, clocks)
        self._whys: dict[str, Why] = {}

    @cached_property
    def told(self) -> list[FindingView]:
        """What the checks found and could not judge, strongest first; the index repeats them."""
        return [f for f in findings(self.engine.store, self.signals) if f.check != "fraud.contradiction"]

    @cached_property
    def found(self) -> list[FindingView]:
        """What the checks found, strongest first."""
        return [f for f in self.told if f.strength is not None]

    @cached_property
    def silences(self) -> list[FindingView]:
        """What the checks could not judge."""
        return [f for f in self.told if f.strength is None]

    @cached_property
    def heads(self) -> list[SignalView]:
        """The scores of the model."""
        return reading.heads(self.signals)

    @cached_property
    def suspects(self) -> list[SignalView]:
        """The ratios on the suspect side of their thresholds."""
        return [s for s in self.signals if s.details.get("suspect")]

    @property
    def judged(self) -> bool:
        """Whether any check could hold one piece of evidence against another; ratios alone do not count."""
        index = self.signal("fraud.contradiction")
        return index is not None and index.value is not None

    def signal(self, kind: str, horizon_days: int = 0) -> SignalView | None:
        """One of the signals."""
        return next((s for s in self.signals if (s.kind, s.horizon_days) == (kind, horizon_days)), None)

    @cached_property
    def main(self) -> list[SignalView]:
        """The scores of the first page: risk at its longest horizon that has a value, fraud, sentiment."""
        risks = [s for s in self.heads if s.kind == words.RISK]
        longest = max(risks, key=lambda s: (s.value is not None, s.horizon_days), default=None)
        return [s for s in (longest, self.signal(words.FRAUD), self.signal(words.SENTIMENT)) if s]

    def why(self, signal: SignalView) -> Why:
        """What stands behind a signal."""
        if signal.signal_id not in self._whys:
            self._whys[signal.signal_id] = why(self.engine.store, signal.signal_id)
        return self._whys[signal.signal_id]

    def places(self, evidence: Iterable[str]) -> Mapping[str, Place]:
        """Where pieces of evidence stand."""
        return reading.places(self.engine.store, set(evidence))


_SEEN = {"chart": "chart", "image": "picture"}
_RECORDING = re.compile(r", [^,]+ from [\d.]+ s$")
_CHARS = re.compile(r"\bchars (\d+)-(\d+)")


def where(place: Place, told: str = "") -> str:
    """Where in its document a piece stands, in words: `chart, p. 4`, `characters 63 to 233`."""
    named = _RECORDING.sub("", told or Locator.from_json(place.locator).describe())
    if place.source == SourceKind.PRICE:
        named = "daily closes"
    seen = _SEEN.get(place.kind, "")
    at = _CHARS.sub(r"characters \1 to \2", named)
    return words.clean(f"{seen}, {at}" if seen else at, 90)


def since(place: Place) -> str:
    """The day a piece became public; of prices nothing, for each has its own."""
    return "" if place.source == SourceKind.PRICE else words.day(place.available_at)
