"""The sentences of tools' results, with the computations they need, as a draft can take them over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from smalti.assistant.draft import Draft
from smalti.assistant.records import Computation, Figure
from smalti.assistant.tools.data import without_marks
from smalti.assistant.tools.records import Result, Told


@dataclass(frozen=True, slots=True)
class Source:
    """A sentence that smalti made.

    Attributes:
        place: which result it is of, and which sentence there.
        computations: of its result, by name.
        quotes: for which of its words each piece is cited.
    """

    place: tuple[int, int]
    told: Told
    computations: Mapping[str, Computation]
    quotes: Mapping[str, str]


def sources(number: int, result: Result) -> Iterator[Source]:
    """The sentences of a result; what it quotes from pieces that look suspicious is left out."""
    computations = {one.name: one for one in result.computations}
    pieces = {one.evidence_id: one for one in result.pieces}
    for place, told in enumerate(result.told):
        rests_on = [pieces[one] for one in told.evidence if one in pieces]
        if not (told.quoted and any(one.suspicious for one in rests_on)):
            quotes = {one.evidence_id: without_marks(one.text) for one in rests_on}
            yield Source((number, place), told, computations, quotes)


class Taking:
    """Takes sentences over into a draft; a computation that several of them need, once."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._names: dict[tuple[int, str], str] = {}

    def say(self, text: str, figures: Sequence[Figure], source: Source) -> None:
        """Add a sentence that says what a source does, with all that the source rests on."""
        for evidence_id, quote in source.quotes.items():
            self._draft.quote(evidence_id, quote)
        bound = [self._renamed(figure, source) for figure in figures]
        self._draft.say(text, source.told.evidence, bound, quoted=source.told.quoted)

    def _renamed(self, figure: Figure, source: Source) -> Figure:
        if figure.computation not in source.computations:
            return figure
        return replace(figure, computation=self._computed(source.computations[figure.computation], source))

    def _computed(self, computation: Computation, source: Source) -> str:
        key = (source.place[0], computation.name)
        if key not in self._names:
            inputs = [self._renamed(one, source) for one in computation.inputs]
            name = self._names[key] = self._draft.next_name
            result = replace(computation.result, computation=name) if computation.result.computation else None
            made = replace(computation, name=name, inputs=inputs, result=result or computation.result)
            self._draft.compute(made)
        return self._names[key]
