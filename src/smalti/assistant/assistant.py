"""From a question to its answer: understood, answered by planned steps, checked, said for its audience."""

from __future__ import annotations

from collections.abc import Iterator

from smalti.assistant.answers import ANSWERERS, LAST
from smalti.assistant.asked import understand
from smalti.assistant.checks.checking import checked
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.warnings import warned
from smalti.assistant.records import Answer, Ask, Status
from smalti.assistant.understood import Understood


def answer(ask: Ask, grounds: Grounds) -> Answer:
    """Answer a question from what is stored, without a language model."""
    return answered(understand(ask, grounds), grounds)


def answered(understood: Understood, grounds: Grounds) -> Answer:
    """Answer a question that was understood: as asked by a person, or as a tool was asked for it."""
    if understood.unclear:
        return _asked_back(understood).answer(understood, grounds)
    made = (draft.answer(understood, grounds) for draft in _drafts(understood, grounds))
    left = (checked(one, grounds, understood.text).answer for one in made)
    return warned(next(one for one in left if one is not None))


def _drafts(understood: Understood, grounds: Grounds) -> Iterator[Draft]:
    for answerer in (*ANSWERERS.get(understood.kind, ()), *LAST):
        if (draft := answerer(understood, grounds)) is not None:
            yield draft
    nothing = Draft(status=Status.UNKNOWN)
    nothing.say("I do not know.")
    yield nothing


def _asked_back(understood: Understood) -> Draft:
    draft = Draft(status=Status.UNCLEAR, offers=list(understood.choices))
    draft.say(understood.unclear)
    return draft
