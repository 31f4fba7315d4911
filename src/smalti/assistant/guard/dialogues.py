"""Dialogues of customer service that were written for the tests of the guard, and how each of them went."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from smalti.assistant.guard.personal import redacted
from smalti.assistant.records import Answer, Status, Turn

__all__ = ["Dialogue", "Said", "Went", "dialogues", "held"]

Asking = Callable[[str, Sequence[Turn]], Answer]
"""Asks as a customer, after earlier turns."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of a customer and what has to become of it.

    Attributes:
        becomes: a status, or `said`: anything but declined and handed over.
        kind: of concern, where it matters which.
        gone: words that must not be in what is stored of it, nor in the answer.
    """

    says: str
    becomes: str
    kind: str = ""
    gone: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Turns of one conversation."""

    name: str
    turns: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Went:
    """How a turn went; `wrong` is empty where it went as it has to."""

    dialogue: str
    turn: Said
    answer: Answer
    wrong: str


def dialogues() -> Iterator[Dialogue]:
    """All of them."""
    raw = tomllib.loads(files("smalti.assistant.guard").joinpath("dialogues.toml").read_text("utf-8"))
    for one in raw["dialogue"]:
        yield Dialogue(one["name"], [Said(**turn) for turn in one["turns"]])


def held(talks: Iterable[Dialogue], asking: Asking) -> Iterator[Went]:
    """Hold dialogues with an assistant, each from its beginning.

    Args:
        talks: what is said.
        asking: the assistant, for a customer.
    """
    for talk in talks:
        history: list[Turn] = []
        for turn in talk.turns:
            answer = asking(turn.says, history)
            yield Went(talk.name, turn, answer, _wrong(turn, answer))
            history.append(Turn(turn.says, answer.text, answer.issuer_ids, answer.periods, answer.subject))


def _wrong(turn: Said, answer: Answer) -> str:
    kept_out = (Status.DECLINED, Status.HANDED_OVER)
    fits = answer.status not in kept_out if turn.becomes == "said" else answer.status == turn.becomes
    if not fits:
        return f"became {answer.status} ({answer.kind}), not {turn.becomes}"
    if turn.kind and answer.kind != turn.kind:
        return f"was taken for {answer.kind}, not {turn.kind}"
    left = [one for one in turn.gone if one in redacted(turn.says) or one in answer.text]
    return f"{', '.join(left)} is still there" if left else ""
