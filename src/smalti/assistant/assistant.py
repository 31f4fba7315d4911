"""From a question to its answer: understood, answered by planned steps, checked, said for its audience."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from smalti.assistant.answers import ANSWERERS, LAST
from smalti.assistant.asked import understand
from smalti.assistant.audience import scores
from smalti.assistant.audience.policy import Policy
from smalti.assistant.audience.reception import named_only, received
from smalti.assistant.audience.shown import shown
from smalti.assistant.checks.checking import checked
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.warnings import warned
from smalti.assistant.records import Answer, Ask, Status
from smalti.assistant.understood import Kind, Understood

Worded = Callable[[Ask, Understood, Answer], Answer]
"""Puts an answer in other words: the question as it was received, as it was understood, and its answer."""


def answer(ask: Ask, grounds: Grounds, worded: Worded | None = None) -> Answer:
    """Answer a question from what is stored; without a language model, unless `worded` asks one."""
    taken = received(ask, grounds)
    if taken.answer is not None:
        return taken.noted(taken.answer)
    understood = named_only(understand(taken.ask, grounds), taken.ask, grounds)
    made = answered(understood, grounds)
    return taken.noted(made if worded is None else worded(taken.ask, understood, made))


def answered(understood: Understood, grounds: Grounds) -> Answer:
    """Answer a question that was understood: as asked by a person, or as a tool was asked for it."""
    if understood.kind not in grounds.policy.questions:
        return _declined(grounds.policy).answer(understood, grounds)
    if understood.unclear:
        return shown(_asked_back(understood).answer(understood, grounds), grounds)
    made = (draft.answer(understood, grounds) for draft in _drafts(understood, grounds))
    left = (checked(one, grounds, understood.text).answer for one in made)
    return shown(warned(next(one for one in left if one is not None)), grounds)


def _drafts(understood: Understood, grounds: Grounds) -> Iterator[Draft]:
    own = (scores.answer,) if understood.kind is Kind.SIGNAL and grounds.policy.scores == "words" else None
    why_not: list[str] = []
    for answerer in (*(own or ANSWERERS.get(understood.kind, ())), *LAST):
        draft = answerer(understood, grounds)
        if draft is None:
            continue
        if draft.empty:
            why_not += draft.notes
            continue
        if draft.status is Status.UNKNOWN:
            draft.notes[:0] = why_not
        yield draft
    nothing = Draft(status=Status.UNKNOWN)
    nothing.say("I do not know.")
    yield nothing


def _declined(policy: Policy) -> Draft:
    draft = Draft(status=Status.DECLINED)
    draft.say(policy.word("question"))
    return draft


def _asked_back(understood: Understood) -> Draft:
    draft = Draft(status=Status.UNCLEAR, offers=list(understood.choices))
    draft.say(understood.unclear)
    return draft
