"""Things that are asked of every filer, and how filings word what answers them: `passages.toml`, read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_NAME = (
    r"(?-i:(?!(?:The|This|These|Those|In|On|Newly|Any|Our|All|Represents|Its|If|As)\b)"
    r"[A-Z][\w.&’'-]*[\w&’'-](?: [A-Z][\w.&’'-]*[\w&’'-]){0,3})"
)
_WE = rf"(?:we|our company|the company|the firm|the registrant|{_NAME})"


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that is often asked for.

    Attributes:
        asked: of a question.
        wording: of a sentence that answers.
        places: of the headings and items it stands under; it may stand elsewhere too.
        covers: beginnings of words of the question that the wording makes up for.
        stems: beginnings of words by which its sentences are found.
        several: more than one sentence may be told.
        first: the earliest in the document is best.
    """

    name: str
    asked: re.Pattern[str]
    wording: re.Pattern[str]
    places: re.Pattern[str]
    covers: re.Pattern[str]
    stems: tuple[str, ...]
    several: bool
    first: bool


@cache
def table() -> Mapping[str, Any]:
    """`passages.toml` as it stands."""
    return tomllib.loads(files("smalti.assistant.answers").joinpath("passages.toml").read_text("utf-8"))


@cache
def topics() -> Sequence[Topic]:
    """In the order in which they are tried."""
    return [
        Topic(
            name=one["name"],
            asked=_pattern(one["asked"]),
            wording=_pattern(one["wording"]),
            places=_pattern(one["places"]),
            covers=_pattern(one["covers"]),
            stems=tuple(one["stems"].split()),
            several=one.get("several", True),
            first=one.get("first", False),
        )
        for one in table()["topics"]
    ]


def topic_of(text: str) -> Topic | None:
    """What a question asks of those things: the first that it fits; None if none."""
    return next((one for one in topics() if one.asked.search(text)), None)


def _pattern(alternatives: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(f"(?:{one})" for one in alternatives)
    return re.compile(either.replace("{WE}", _WE).replace("{NAME}", _NAME), re.IGNORECASE)
