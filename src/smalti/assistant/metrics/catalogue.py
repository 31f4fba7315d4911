"""The catalogue of line items, metrics and rules of thumb, and how people say them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from smalti.platform.concepts import Statement, UnitKind, concepts

__all__ = [
    "Item",
    "Metric",
    "Naming",
    "Rule",
    "item",
    "items",
    "metric",
    "metrics",
    "named",
    "rule_named",
    "title_of",
]


@dataclass(frozen=True, slots=True)
class Item:
    """A line item of a statement.

    Attributes:
        name: of `platform.concepts`, or one of its own where those have none.
        title: for people.
        phrases: how questions say it.
        labels: patterns (against `plain_label`) of rows of its statement that mean it and have no concept.
        parts: patterns of the rows it is the sum of, where a statement prints only those.
        add: all rows that match `labels` are added up.
        cost: told as a positive amount, whatever sign is printed.
    """

    name: str
    title: str
    statement: Statement
    unit: UnitKind
    phrases: tuple[str, ...]
    labels: tuple[re.Pattern[str], ...] = ()
    parts: tuple[re.Pattern[str], ...] = ()
    add: bool = False
    cost: bool = False

    @property
    def instant(self) -> bool:
        """Stated at a moment, not over a period."""
        return self.statement in (Statement.BALANCE, Statement.COVER)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number made of line items.

    Attributes:
        formula: as `formulas.parse` reads it.
        also: a second usual definition, told beside the first; empty if there is none.
        unit: `percent`, `ratio`, `days`, `money` or `per_share`.
        better: `higher`, `lower`, or empty where neither is good in itself.
        source: the definition in words.
    """

    name: str
    title: str
    phrases: tuple[str, ...]
    formula: str
    unit: str
    source: str
    better: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A judgement on numbers.

    Attributes:
        says: what is said of the issuer where it holds.
        at_least: what each metric has to reach; percentages in percent.
        needed: how many of them have to hold.
        source: told with every answer that uses it.
    """

    name: str
    phrases: tuple[str, ...]
    says: str
    at_least: Mapping[str, float]
    needed: int
    source: str


@dataclass(frozen=True, slots=True)
class Naming:
    """An item or metric that a text names, at `start` to `end`."""

    name: str
    start: int
    end: int


@cache
def _raw() -> Mapping[str, Any]:
    text = files("smalti.assistant.metrics").joinpath("metrics.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def items() -> Mapping[str, Item]:
    """Every line item by name."""
    known = concepts()
    made = {}
    for row in _raw()["item"]:
        concept = known.get(row["name"])
        made[row["name"]] = Item(
            name=row["name"],
            title=row["title"],
            statement=concept.statement if concept else Statement(row["statement"]),
            unit=concept.unit if concept else UnitKind(row["unit"]),
            phrases=tuple(row["phrases"]),
            labels=tuple(re.compile(one) for one in row.get("labels", ())),
            parts=tuple(re.compile(one) for one in row.get("parts", ())),
            add=row.get("add", False),
            cost=row.get("cost", False),
        )
    for name, concept in known.items():
        made.setdefault(name, Item(name, _spaced(name), concept.statement, concept.unit, ()))
    return made


@cache
def metrics() -> Mapping[str, Metric]:
    """Every metric by name."""
    return {row["name"]: Metric(**row | {"phrases": tuple(row["phrases"])}) for row in _raw()["metric"]}


def item(name: str) -> Item | None:
    """The line item called so."""
    return items().get(name)


def metric(name: str) -> Metric | None:
    """The metric called so."""
    return metrics().get(name)


def title_of(name: str) -> str:
    """What people call an item or metric; the name itself where it is neither."""
    found = metric(name) or item(name)
    return found.title if found else name


def named(text: str) -> Sequence[Naming]:
    """Items and metrics that a text names, in its order; of phrases that overlap the longest counts."""
    return [
        Naming(_names()[_plain(found[0])], found.start(), found.end()) for found in _pattern().finditer(text)
    ]


def rule_named(text: str) -> Rule | None:
    """The rule of thumb that a text asks for."""
    low = text.lower()
    return next((rule for rule in _rules() if any(phrase in low for phrase in rule.phrases)), None)


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(Rule(**row | {"phrases": tuple(row["phrases"])}) for row in _raw()["rule"])


@cache
def _names() -> Mapping[str, str]:
    both: Iterable[Item | Metric] = (*items().values(), *metrics().values())
    return {_plain(phrase): one.name for one in both for phrase in one.phrases}


@cache
def _pattern() -> re.Pattern[str]:
    phrases = sorted(_names(), key=len, reverse=True)
    return re.compile(r"(?<![\w&])(?:" + "|".join(map(_loose, phrases)) + r")(?![\w&])", re.I)


_GAP = r"[\s,‐-–-]+"


def _loose(phrase: str) -> str:
    """A phrase as it may be typed: other dashes and quotes, `&` for `and`, commas left out."""
    words = [re.escape(word) for word in phrase.split()]
    words = ["(?:and|&)" if word == "and" else re.sub(r"s$", "['’]?s['’]?", word) for word in words]
    return _GAP.join(words)


def _plain(phrase: str) -> str:
    text = re.sub(_GAP, " ", phrase.lower().replace("’", "'")).replace(" & ", " and ")
    return text.replace("'", "").strip()


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
