"""An answer in a language model's words, never worse than the one without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smalti.assistant.assistant import answer
from smalti.assistant.audience.shown import shown
from smalti.assistant.checks.checking import checked
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.warnings import warned
from smalti.assistant.language.fitting import fits
from smalti.assistant.language.rewording import Reworded, reworded, sentences
from smalti.assistant.language.sources import Source, Taking, sources
from smalti.assistant.language.talking import LanguageModel, NoWords, talked
from smalti.assistant.records import Answer, Ask, Status
from smalti.assistant.tools.asking import of_answer
from smalti.assistant.understood import Understood

_FOR_A_MODEL = (Status.ANSWERED, Status.PARTLY, Status.UNKNOWN)
"""What a model may reword or look further into; asking back, declining and handing over stay as they are."""
_SAID = (Status.ANSWERED, Status.PARTLY)


@dataclass(frozen=True, slots=True)
class _Kept:
    words: Reworded
    source: Source


def answer_with(ask: Ask, grounds: Grounds, model: LanguageModel) -> Answer:
    """Answer a question, worded by a language model as far as every sentence bears out.

    The question is answered without the model first. The model sees that answer, may call tools for more,
    and writes. Of what it wrote, only sentences stay that reword one sentence smalti made, number for number
    and word for word but for a small stock of plain words; each takes over what its original rests on. If the
    model does not answer, or does not tell what the answer without it tells first, that answer stands.
    """

    def worded(received: Ask, understood: Understood, without: Answer) -> Answer:
        return _worded(received, understood, without, grounds, model)

    return answer(ask, grounds, worded)


def _worded(
    ask: Ask, understood: Understood, without: Answer, grounds: Grounds, model: LanguageModel
) -> Answer:
    if without.status not in _FOR_A_MODEL:
        return without
    first = of_answer("ask", without)
    try:
        talk = talked(ask, grounds, model, first)
    except NoWords as error:
        return _noted(without, grounds, f"{model.name} did not answer: {error}")
    known = [*sources(0, first)]
    for number, result in enumerate(talk.results, 1):
        if result.status in _SAID:
            known += [one for one in sources(number, result) if fits(one.told, understood)]
    kept, dropped = _kept(sentences(talk.text), known)
    own = f"the words of {model.name} could not be borne out; smalti's own are given"
    if not _enough(without, kept):
        more = f"{model.name} found nothing more that bears out"
        return _noted(without, grounds, more if without.status is Status.UNKNOWN else own)
    held = checked(_written(kept, without, understood, grounds), grounds, ask.text)
    if held.answer is None:
        return _noted(without, grounds, own)
    made = shown(warned(held.answer), grounds)
    # Notes on single pieces go by their marks, which are those of the new text.
    notes = [one for one in without.notes if not one.startswith("[")]
    notes.append(f"worded by {model.name} from what smalti found")
    if dropped:
        notes.append(f"{dropped} of its sentences could not be borne out and were left out")
    steps = [*without.steps, *talk.steps] if grounds.policy.everything else ()
    made = replace(made, offers=without.offers, steps=steps, kind=without.kind, by=model.name)
    return _noted(made, grounds, *notes)


def _kept(written: Sequence[str], known: Sequence[Source]) -> tuple[list[_Kept], int]:
    kept: dict[tuple[int, int], _Kept] = {}
    dropped = 0
    for sentence in written:
        for source in known:
            words = reworded(sentence, source.told)
            if words is not None:
                kept.setdefault(source.place, _Kept(words, source))
                break
        else:
            dropped += 1
    return list(kept.values()), dropped


def _enough(without: Answer, kept: Sequence[_Kept]) -> bool:
    """Whether the words kept say at least what the answer without a model says first."""
    if without.status in _SAID:
        core = next((n for n, one in enumerate(without.sentences) if not one.quoted), 0)
        return any(one.source.place == (0, core) for one in kept)
    return any(one.source.place[0] > 0 and not one.source.told.quoted for one in kept)


def _written(kept: Sequence[_Kept], without: Answer, understood: Understood, grounds: Grounds) -> Answer:
    own = without.status in _SAID
    draft = Draft(status=without.status if own else Status.ANSWERED)
    taking = Taking(draft)
    for one in kept:
        taking.say(one.words.text, one.words.figures, one.source)
    return draft.answer(understood, grounds)


def _noted(made: Answer, grounds: Grounds, *notes: str) -> Answer:
    """An answer with notes of the inside, where the audience sees those."""
    if "*" not in grounds.policy.notes:
        return made
    return replace(made, notes=tuple(dict.fromkeys((*made.notes, *notes))))
