"""Who speaks in which role, where the questions begin, and which answer belongs to which question.

Told by what is said and in which order (the operator announces a question, the next voice asks it, those who
spoke before the questions answer), with the voice or the label to carry a role from one sentence to the next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from smalti.ingest.calls import introductions
from smalti.ingest.calls.speakers import ASKER, HOST, PRESENTER
from smalti.ingest.calls.spoken_numbers import read_numbers
from smalti.platform.records import Json

__all__ = ["Standing", "Utterance", "sides", "standings"]

OPERATOR, MANAGEMENT, ANALYST = "operator", "management", "analyst"
PREPARED, QUESTIONS = "prepared", "questions"

_OPERATOR_SAYS = re.compile(
    r"\bstar[ ,]+(?:one|1|key)\b|\bpress \*|\bline (?:is|are) (?:now )?open\b|\blisten[- ]only mode\b"
    r"|\b(?:conference|earnings|teleconference) (?:call )?operator\b|\bI(?:'ll| will) be your operator\b"
    r"|\bplease (?:go ahead|proceed)\b|\byou may (?:now )?(?:disconnect|begin)\b|\bplease stand by\b"
    r"|\bthis (?:does )?conclude[sd]?\b.{0,40}\b(?:call|conference|session|program|today)\b"
    r"|\bno further questions (?:at this time|in (?:the )?queue)\b",
    re.IGNORECASE,
)
_HANDS_OVER = re.compile(r"\b(?:turn|hand|pass)\b.{0,40}\b(?:over|back)\b.{0,12}\bto\b", re.IGNORECASE)
_ANNOUNCES = re.compile(
    r"\b(?:first|next|last|final|following|another) question\b.{0,40}\b(?:comes?|is|will be|today)\b"
    r"|\bquestion (?:comes|is coming|today comes) from\b|\b(?:comes|go|is) (?:now )?(?:to|from) the line of\b"
    r"|\btake (?:our|the|your) (?:first|next|last|final) question\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"\b(?:begin|start|open|move|turn|go|proceed)\w*\b.{0,40}"
    r"\b(?:q ?(?:&|and) ?a|questions?|question[- ]and[- ]answer)\b"
    r"|\b(?:take|answer)\b.{0,20}\bquestions\b",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\b(?:after|following|followed by|later|before|prior|at the end|joining us|listeners? to)\b",
    re.IGNORECASE,
)
_LONG_QUESTION = 6  # sentences before a question mark that are taken for the asker's
_COURTESY_WORDS = 8  # a reply this short and without a question is thanks, not a question
_FIRST_PART = 0.15  # an opening of the questions this early in a call is a preview of them


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence and who says it: a voice's number or a label, None where neither is known."""

    text: str
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a sentence is in its call.

    Attributes:
        role: `operator`, `management` or `analyst`; None where nothing tells.
        part: `prepared` or `questions`.
        question: number of the question that it asks, from 1.
        answer_to: number of the question that it answers.
        name: of its speaker, as introduced in the call.
        affiliation: title or firm, as introduced.
    """

    role: str | None
    part: str
    question: int | None = None
    answer_to: int | None = None
    name: str | None = None
    affiliation: str | None = None

    def payload(self) -> Json:
        """What a piece of evidence says of it, beside its speaker's name."""
        return {
            "affiliation": self.affiliation,
            "role": self.role,
            "part": self.part,
            "question": self.question,
            "answer_to": self.answer_to,
        }


def sides(texts: Sequence[str]) -> list[str | None]:
    """What the words alone say of who speaks, for telling voices apart.

    After an announced question the asker speaks, up to the first question mark: neither the operator nor
    anybody who spoke before the first question. Who gives figures before it is not the operator.
    """
    announced = [i for i, text in enumerate(texts) if _ANNOUNCES.search(text)]
    if not announced:
        return [None] * len(texts)
    found: list[str | None] = [_side(text, before=i <= announced[0]) for i, text in enumerate(texts)]
    for i in announced:
        begin = next((j for j in range(i + 1, len(texts)) if not _is_hosted(texts[j])), len(texts))
        asked = next(
            (j for j in range(begin, min(begin + _LONG_QUESTION, len(texts))) if "?" in texts[j]), begin
        )
        found[begin : asked + 1] = [ASKER] * len(found[begin : asked + 1])
    return found


def _side(text: str, *, before: bool) -> str | None:
    if _is_hosted(text):
        return OPERATOR
    if not before:
        return None
    return PRESENTER if any(number.unit for number in read_numbers(text.split())) else HOST


def standings(utterances: Sequence[Utterance]) -> list[Standing]:
    """The standing of each sentence of one call, in order.

    Where no voices are known (`voice` None throughout), an asker is taken to speak until the last question
    mark before the next sentence that asks nothing.
    """
    texts = [u.text for u in utterances]
    opening = _opening(texts)
    known = any(u.voice is not None for u in utterances)
    turns = _turns(utterances, known)
    operator = _operator(utterances)
    roles = _roles(utterances, turns, operator, opening)
    questions, answers = _pairs(texts, roles, opening)
    named = introductions.names(texts, [u.voice for u in utterances], turns, roles)
    return [
        Standing(roles[i], QUESTIONS if i >= opening else PREPARED, questions[i], answers[i], *named[i])
        for i in range(len(texts))
    ]


def _is_hosted(text: str) -> bool:
    """Words only who runs the call says."""
    return bool(_OPERATOR_SAYS.search(text) or _ANNOUNCES.search(text))


def _opening(texts: Sequence[str]) -> int:
    """Index of the first sentence of the questions; the number of sentences where there are none."""
    for i, text in enumerate(texts):
        if _ANNOUNCES.search(text):
            return i - 1 if i and _OPENS.search(texts[i - 1]) else i
        early = i < _FIRST_PART * len(texts)
        if not early and _OPENS.search(text) and not _LATER.search(text):
            return i
    return len(texts)


def _turns(utterances: Sequence[Utterance], known: bool) -> list[int]:
    """Number of the turn each sentence is in: a new one where the voice, or what is said, changes hands."""
    turns: list[int] = []
    turn = 0
    asked = False
    for i, u in enumerate(utterances):
        if i:
            before = utterances[i - 1]
            hosted, was_hosted = _is_hosted(u.text), _is_hosted(before.text)
            changed = u.voice != before.voice if known else hosted != was_hosted
            answered = not known and asked and "?" not in u.text and not hosted
            asked = not known and "?" in u.text and not hosted
            turn += changed or answered or (was_hosted and bool(_ANNOUNCES.search(before.text)))
        turns.append(turn)
    return turns


def _operator(utterances: Sequence[Utterance]) -> str | None:
    """The voice that says most of what an operator says, or that a label calls so."""
    stated = next(
        (u.voice for u in utterances if u.voice and u.voice.casefold() in ("operator", "moderator")), None
    )
    if stated:
        return stated
    said: Counter[str] = Counter()
    for u in utterances:
        if u.voice is not None:
            said[u.voice] += 2 * _is_hosted(u.text) + bool(_HANDS_OVER.search(u.text) and _is_hosted(u.text))
    best = said.most_common(1)
    return best[0][0] if best and best[0][1] >= 2 else None


def _roles(
    utterances: Sequence[Utterance], turns: Sequence[int], operator: str | None, opening: int
) -> list[str | None]:
    askers = _asking_turns(utterances, turns, operator)
    votes: dict[str | None, Counter[str]] = {}
    for i, u in enumerate(utterances):
        if u.voice is not None and u.voice != operator:
            side = ANALYST if turns[i] in askers else MANAGEMENT if i < opening else ""
            votes.setdefault(u.voice, Counter())[side] += len(u.text)
    # Nobody asks before being announced: one of management was given that asker's voice.
    announced = {u.voice: i for i, u in reversed(list(enumerate(utterances))) if turns[i] in askers}
    roles: list[str | None] = []
    for i, u in enumerate(utterances):
        if (operator is not None and u.voice == operator) or (u.voice is None and _is_hosted(u.text)):
            roles.append(OPERATOR)
        elif turns[i] in askers:
            roles.append(ANALYST)
        elif i < max(opening, announced.get(u.voice, 0)) or not votes.get(u.voice, Counter())[ANALYST]:
            roles.append(MANAGEMENT)
        else:
            own = votes[u.voice]
            roles.append(ANALYST if own[ANALYST] > own[MANAGEMENT] else MANAGEMENT)
    return roles


def _asking_turns(utterances: Sequence[Utterance], turns: Sequence[int], operator: str | None) -> set[int]:
    """Turns right after an announced question, by somebody else than the operator."""
    askers: set[int] = set()
    waiting = False
    for i, u in enumerate(utterances):
        if _ANNOUNCES.search(u.text):
            waiting = True
        elif waiting and not _is_hosted(u.text) and (u.voice is None or u.voice != operator):
            askers.add(turns[i])
            waiting = False
    return askers


def _pairs(
    texts: Sequence[str], roles: Sequence[str | None], opening: int
) -> tuple[list[int | None], list[int | None]]:
    """For each sentence the number of the question it asks, and of the one it answers."""
    questions: list[int | None] = [None] * len(texts)
    answers: list[int | None] = [None] * len(texts)
    number, answered = 0, True
    for start, end in _runs(roles, opening):
        role = roles[start]
        if role == ANALYST:
            words = sum(len(t.split()) for t in texts[start:end])
            if not answered or any("?" in t for t in texts[start:end]) or words > _COURTESY_WORDS:
                number += answered
                answered = False
                questions[start:end] = [number] * (end - start)
        elif role == MANAGEMENT and number:
            answers[start:end] = [number] * (end - start)
            answered = True
        elif role == OPERATOR and number:
            answered = True
    return questions, answers


def _runs(roles: Sequence[str | None], opening: int) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    begin = opening
    for i in range(opening + 1, len(roles) + 1):
        if i == len(roles) or roles[i] != roles[begin]:
            runs.append((begin, i))
            begin = i
    return runs
