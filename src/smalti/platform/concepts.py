"""Line items of financial statements: one name each, and the labels and XBRL tags that mean it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["Concept", "Statement", "UnitKind", "concept", "concept_of_label", "concept_of_tag", "concepts"]


class Statement(StrEnum):
    """Which statement a line item stands on; `cover` is the cover page's data."""

    INCOME = "income"
    BALANCE = "balance"
    CASH = "cash"
    COVER = "cover"


class UnitKind(StrEnum):
    """What a line item is counted in, and so which scale applies to it."""

    MONEY = "money"
    PER_SHARE = "per_share"
    SHARES = "shares"


@dataclass(frozen=True, slots=True)
class Concept:
    """A line item.

    Attributes:
        name: the one name used in facts, checks and features; us-gaap-like.
        labels: patterns of the labels filings print for it, against `plain_label` text.
        tags: us-gaap or dei elements that mean it, the most usual first.
    """

    name: str
    statement: Statement
    unit: UnitKind
    labels: tuple[re.Pattern[str], ...]
    tags: tuple[str, ...]

    @property
    def instant(self) -> bool:
        """Stated at a moment (balance sheet, cover page), not over a period."""
        return self.statement in (Statement.BALANCE, Statement.COVER)


@cache
def concepts() -> dict[str, Concept]:
    """Every known line item by name, in statement order."""
    raw = tomllib.loads(files("smalti.platform").joinpath("concepts.toml").read_text("utf-8"))
    return {
        row["name"]: Concept(
            name=row["name"],
            statement=Statement(row["statement"]),
            unit=UnitKind(row["unit"]),
            labels=tuple(re.compile(pattern) for pattern in row["labels"]),
            tags=tuple(row["tags"]),
        )
        for row in raw["concept"]
    }


def concept(name: str) -> Concept:
    """The line item called `name`.

    Raises:
        KeyError: no line item has that name.
    """
    return concepts()[name]


@cache
def _by_tag() -> dict[str, Concept]:
    return {tag: item for item in concepts().values() for tag in item.tags}


def concept_of_tag(tag: str) -> Concept | None:
    """The line item an XBRL element means; a taxonomy prefix (`us-gaap:`) is ignored."""
    return _by_tag().get(tag.rsplit(":", 1)[-1])


_MAX_LABEL = 300
_NOTES = re.compile(r"\((?:see )?notes?\b[^)]*\)|\(\w{1,2}\)\s*$|[*†‡]+$|\bnote \d+\w?$")
_APOSTROPHES = re.compile(r"[’‘`´']")
_PUNCTUATION = re.compile(r"[^\w&']+")


def plain_label(label: str) -> str:
    """A label as the patterns see it: lower case, notes and punctuation gone, spaces single."""
    text = _APOSTROPHES.sub("'", label[:_MAX_LABEL].lower())
    text = _PUNCTUATION.sub(" ", _NOTES.sub(" ", text)).replace("_", " ")
    return " ".join(text.replace("' ", " ").strip(" '").split())


def concept_of_label(label: str, statement: Statement) -> Concept | None:
    """The line item a printed label means on one statement.

    Returns:
        The one line item whose patterns match the whole label; None where none or several do.
    """
    text = plain_label(label)
    return _concept_of(text, statement) if text else None


@lru_cache(maxsize=16_384)
def _concept_of(text: str, statement: Statement) -> Concept | None:
    found = [
        item
        for item in concepts().values()
        if item.statement is statement and any(p.fullmatch(text) for p in item.labels)
    ]
    return found[0] if len(found) == 1 else None
