"""What becomes of a question before it is looked into: answered, declined, or handed to a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from smalti.assistant.audience.policy import Policy
from smalti.assistant.checks.mentions import issuer_names, issuers_in
from smalti.assistant.grounds import Grounds
from smalti.assistant.guard.customers import Concern, concern_of, language_of, without_abuse
from smalti.assistant.guard.orders import orders_in
from smalti.assistant.records import Answer, Ask, Audience, Sentence, Status
from smalti.assistant.understood import Understood

__all__ = ["Received", "named_only", "received"]

_OFFERS = (
    "What does the newest annual report say about risks?",
    "What was its revenue in its last fiscal year?",
    "What is its published risk?",
)


@dataclass(frozen=True, slots=True)
class Received:
    """A question as it goes on.

    Attributes:
        ask: what is looked into: without orders to machines and without abuse.
        answer: what is said instead; None where it is looked into.
        notes: what is told beside an answer.
    """

    ask: Ask
    answer: Answer | None
    notes: tuple[str, ...] = ()

    def noted(self, answer: Answer) -> Answer:
        """An answer with what is to be told beside it."""
        return replace(answer, notes=(*answer.notes, *self.notes)) if self.notes else answer


def received(ask: Ask, grounds: Grounds) -> Received:
    """Look at a question by its audience's policy."""
    policy, notes = grounds.policy, []
    if why := orders_in(ask.text):
        rest = _without_orders(ask.text)
        notes.append(f"the question gives orders to a machine, which are not followed: {why}")
        if not rest and policy.hand_over:
            return Received(ask, _said(ask, Status.DECLINED, policy, "orders"), tuple(notes))
        ask = replace(ask, text=rest or ask.text)
    if policy.hand_over or not policy.advice:
        if (language := language_of(ask.text)) != "":
            notes.append(f"the question seems to be in {language}; answers are in English only")
        ask, answer = _concerned(ask, policy)
        if answer is not None:
            return Received(ask, answer, tuple(notes))
    if names_another(ask, grounds):
        return Received(ask, _said(ask, Status.UNKNOWN, policy, "nothing"), tuple(notes))
    return Received(ask, None, tuple(notes))


def named_only(understood: Understood, ask: Ask, grounds: Grounds) -> Understood:
    """A question without an issuer that it does not name, where not all issuers may be seen.

    The only one that may be seen is not thereby meant: the question may be of one that is not published.
    """
    if grounds.policy.everything or ask.issuer_id is not None or "issuer" in understood.carried:
        return understood
    return replace(understood, issuers=[one for one in understood.issuers if one.words])


def names_another(ask: Ask, grounds: Grounds) -> bool:
    """Whether a question names issuers of the store, and none that its audience may see."""
    if grounds.policy.everything:
        return False
    everybody = issuer_names(replace(grounds, audience=Audience.ANALYST))
    named = {one for _, ids in issuers_in(ask.text, everybody) for one in ids}
    seen = set(grounds.rows("SELECT issuer_id FROM issuers").to_series())
    return bool(named) and not named & seen


def _concerned(ask: Ask, policy: Policy) -> tuple[Ask, Answer | None]:
    found = concern_of(ask.text)
    if found is None:
        return ask, None
    if found.kind is Concern.ADVICE:
        return ask, None if policy.advice else _said(ask, Status.DECLINED, policy, "advice", offers=_OFFERS)
    if not policy.hand_over:
        return ask, None
    if found.kind is Concern.ABUSE and (rest := without_abuse(ask.text)):
        return replace(ask, text=rest), None
    return ask, _said(ask, Status.HANDED_OVER, policy, found.kind.value)


def _said(ask: Ask, status: Status, policy: Policy, reason: str, offers: tuple[str, ...] = ()) -> Answer:
    return Answer(
        status=status,
        sentences=(Sentence(policy.word(reason)),),
        as_of=ask.as_of,
        kind=reason,
        offers=offers if policy.offers else (),
    )


def _without_orders(text: str) -> str:
    """The sentences of a question that ask something and order nothing."""
    parts = re.split(r"(?<=[.!?])\s+|\n+", text)
    asking = [one for one in parts if "?" in one and len(one.split()) >= 3 and not orders_in(one)]
    return " ".join(asking)
