"""An answer while it is made: sentences, what each rests on, and what was computed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from smalti.assistant.citing import citations
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Answer, Computation, Figure, Sentence, Status, Step
from smalti.assistant.telling import tell
from smalti.assistant.understood import Understood


@dataclass(slots=True)
class Draft:
    """An answer while it is made.

    Attributes:
        status: what will have become of the question.
        notes, offers: as in `Answer`.
        steps: what was done for it.
    """

    status: Status = Status.ANSWERED
    notes: list[str] = field(default_factory=list)
    offers: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    _said: list[tuple[str, tuple[str, ...], tuple[Figure, ...], bool]] = field(default_factory=list)
    _quotes: dict[str, str] = field(default_factory=dict)
    _computations: list[Computation] = field(default_factory=list)

    def say(
        self,
        text: str,
        evidence: Iterable[str] = (),
        figures: Iterable[Figure] = (),
        *,
        quoted: bool = False,
    ) -> None:
        """Add a sentence.

        Args:
            text: plain text.
            evidence: ids of the pieces that support it.
            figures: its numerals, in order; each that comes from evidence also cites that piece.
            quoted: its words stand so in what it cites.
        """
        bound = tuple(figures)
        cited = dict.fromkeys((*evidence, *(one.evidence_id for one in bound if one.evidence_id)))
        for one in cited:
            self._quotes.setdefault(one, "")
        self._said.append((text, tuple(cited), bound, quoted))

    def quote(self, evidence_id: str, words: str) -> None:
        """Say for which of its words a piece is cited."""
        self._quotes[evidence_id] = words

    def compute(self, computation: Computation) -> None:
        """Show how a number was made; what it was made from is cited with the sentence that tells it."""
        self._computations.append(computation)
        for one in computation.inputs:
            if one.evidence_id:
                self._quotes.setdefault(one.evidence_id, "")

    def did(self, tool: str, told: str) -> None:
        """Note what was done for the answer."""
        self.steps.append(Step(tool, told))
        tell(self.steps[-1])

    @property
    def next_name(self) -> str:
        """What the next computation is to be called: `a` to `z`, then `a2`, `b2`, ..."""
        turn, letter = divmod(len(self._computations), 26)
        return chr(ord("a") + letter) + (str(turn + 1) if turn else "")

    @property
    def empty(self) -> bool:
        """Nothing was said yet."""
        return not self._said

    def answer(self, understood: Understood, grounds: Grounds) -> Answer:
        """The whole, its citations marked in the order they are first used."""
        order = dict.fromkeys(one for _, cited, _, _ in self._said for one in cited)
        order |= dict.fromkeys(self._quotes)
        made = citations(grounds, {one: self._quotes.get(one, "") for one in order})
        marks = {one.evidence_id: one.mark for one in made}
        return Answer(
            status=self.status,
            sentences=[
                Sentence(text, tuple(marks[one] for one in cited if one in marks), figures, quoted)
                for text, cited, figures, quoted in self._said
            ],
            as_of=grounds.as_of,
            kind=understood.kind,
            citations=made,
            computations=tuple(self._computations),
            notes=tuple(dict.fromkeys(self.notes)),
            offers=tuple(self.offers),
            issuer_ids=understood.issuer_ids,
            periods=tuple(one.text for one in understood.periods),
            subject=_subject(understood),
            steps=tuple(self.steps),
        )


def _subject(understood: Understood) -> str:
    wanted: Sequence[str] = [one.label or one.metric for one in understood.wanted]
    return ", ".join(wanted) or understood.signal or understood.topic
