"""What a check finds wrong with an answer."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Failure"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A sentence that must not be said so.

    Attributes:
        sentence: its place in the answer, from 0.
        what: the numeral or the words that fail.
        why: for people.
        check: `number` or `citation`.
    """

    sentence: int
    what: str
    why: str
    check: str = "number"
