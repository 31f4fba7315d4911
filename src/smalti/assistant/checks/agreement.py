"""Whether a number fits what is said of it: unit, sign, the item it is of, and the time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from smalti.assistant.checks.numerals import DATE, Numeral
from smalti.assistant.metrics import items, metrics, title_of
from smalti.assistant.records import Figure
from smalti.platform.concepts import concepts, plain_label

__all__ = ["covered", "is_money", "prints", "same_item", "same_unit", "told_positive", "wordings", "words_of"]

_MONEY = re.compile(r"[A-Z]{3}(?:/share)?")
_OUTFLOWS = re.compile(
    r"\b(?:payments?|purchases?|paid|repayments?|repurchases?|dividends?|capital expenditures?|capex"
    r"|expenses?|costs?|acquisitions?|additions to|used (?:in|for)|investments? in|treasury stock|outflows?"
    r"|allowances?"
    r"|depreciation|amortization|interest|tax(?:es)?|charges?"
    r"|impairments?|deductions?|eliminations?|accumulated deficit|provision)\b",
    re.I,
)
_NEGATIVE_WORDS = re.compile(
    r"\b(?:loss(?:es)?|deficits?|negative|minus|below zero|used (?:in|for|by)|outflows?|decreas\w+|declin\w+"
    r"|fell|fallen|falls?|drop\w*|down|lower|less|shrank|shrunk|reduc\w+|contract\w+|worsen\w+|benefit)\b",
    re.I,
)
_OF_TIMES = re.compile(r"^(?:change|growth|average|difference|increase|decrease|trend) (?:of|in) ", re.I)
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "for",
        "from",
        "has",
        "had",
        "have",
        "in",
        "is",
        "it",
        "its",
        "of",
        "on",
        "or",
        "per",
        "that",
        "the",
        "their",
        "this",
        "to",
        "was",
        "were",
        "with",
        "total",
        "net",
        "company",
        "companies",
        "inc",
        "corp",
    ]
)


def is_money(unit: str) -> bool:
    """Whether a unit is a currency, also by share."""
    return _MONEY.fullmatch(unit) is not None and unit != "any"


def prints(numeral: Numeral, figure: Figure, sentence: str) -> str:
    """Why a numeral does not print a figure's value in its unit; empty if it does."""
    if numeral.unit == DATE:
        return "" if numeral.day in (figure.start, figure.end) else "it is no date of the figure's period"
    values = _as_printed(numeral, figure, sentence)
    if not values:
        return f"it is told in {numeral.unit or 'no unit'}, not in {figure.unit}"
    slack = numeral.off * (1 + 1e-9) + 1e-12
    if not any(abs(abs(value) - abs(numeral.value)) <= slack for value in values):
        return f"it prints {numeral.value:g}, the value is {figure.value:g}"
    return _signed(numeral, figure, sentence)


def _as_printed(numeral: Numeral, figure: Figure, sentence: str) -> list[float]:  # noqa: PLR0911 - a unit each
    """What the numeral would have to read, by its own unit; empty where the units do not go together."""
    unit, value, printed = figure.unit, figure.value, numeral.unit
    if unit == "%":
        return [value] if printed in ("%", "points") else []
    if unit in ("pure", "ratio", "x", ""):
        hundred = [value * 100.0] if printed in ("%", "points") or re.search(r"\bpoints?\b", sentence) else []
        bps = [value * 10_000.0] if printed == "bps" else []
        return hundred + bps + ([value] if printed in ("", "x", "year", "ordinal") else [])
    if unit == "percentile":
        return [value] if printed in ("", "ordinal", "%") else []
    if unit == "points":
        return [value, value * 100.0] if printed in ("", "points", "%") else []
    if unit == "bps":
        return [value] if printed == "bps" else []
    if is_money(unit):
        return _money(numeral, figure, sentence)
    return [value] if printed in ("", "year", "ordinal") and not is_money(printed) else []


def _money(numeral: Numeral, figure: Figure, sentence: str) -> list[float]:
    currency, _, share = figure.unit.partition("/")
    printed, _, printed_share = numeral.unit.partition("/")
    if printed in ("%", "points", "bps", "x", "ordinal") or (printed_share and not share):
        return []
    if printed not in (currency, "", "year"):
        return []
    if printed != currency and not re.search(rf"\b{currency}\b|\bdollars?\b|\$|€|£", sentence):
        return []
    if printed != currency and re.match(
        r"\s*(?:shares|days|units|employees|stores|people)\b", sentence[numeral.end :]
    ):
        return []
    return [figure.value]


def _signed(numeral: Numeral, figure: Figure, sentence: str) -> str:
    if numeral.negative:
        return "" if figure.value <= 0 else "it is told as negative and is positive"
    if figure.value >= 0 or numeral.value == 0:
        return ""
    words = " ".join((figure.concept, title(figure.concept), sentence))
    if told_positive(figure.concept) or _OUTFLOWS.search(words):
        return ""
    return "" if _NEGATIVE_WORDS.search(sentence) else "it is negative and told as positive"


@lru_cache(maxsize=4_096)
def told_positive(concept: str) -> bool:
    """Whether an item is told as a positive amount whatever sign is printed: what is paid or spent."""
    known = items().get(concept)
    return (known is not None and known.cost) or _OUTFLOWS.search(title(concept)) is not None


@lru_cache(maxsize=4_096)
def title(concept: str) -> str:
    """A line item, metric or label in words."""
    if concept in _known():
        return title_of(concept)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", concept).replace("_", " ").replace(".", " ")


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset((*items(), *metrics()))


def is_known(concept: str) -> bool:
    """Whether it is a line item or metric of the catalogue, not a plain label."""
    return concept in _known()


@lru_cache(maxsize=4_096)
def wordings(concept: str) -> tuple[str, ...]:
    """Ways in which an item is said, plain: its title and what questions call it."""
    concept = _OF_TIMES.sub("", concept)
    own = items().get(concept) or metrics().get(concept)
    said = (own.title, *own.phrases) if own is not None else ()
    return tuple({plain_label(phrase) for phrase in (*said, title(concept))})


def same_item(concept: str, names: Iterable[str], *, running_text: bool = False) -> bool:
    """Whether what a place calls its number is the item that a figure claims.

    Args:
        concept: as the figure says: a line item, a metric, a kind of signal or a plain label.
        names: what the place calls it.
        running_text: the names are prose; most words of the item must stand in it.
    """
    given = list(names)
    if not concept:
        return running_text
    if concept in given:
        return True
    said = wordings(concept)
    if running_text:
        return any(covered(one, " ".join(given)) >= 0.6 for one in said)
    plain = [plain_label(name) for name in given]
    if any(name == one for name in plain for one in said if one):
        return True
    patterns = [*(items()[concept].labels if concept in items() else ())]
    if concept in concepts():
        patterns += concepts()[concept].labels
    if any(pattern.fullmatch(name) for pattern in patterns for name in plain):
        return True
    return concept not in _known() and any(
        min(covered(concept, name), covered(name, concept)) >= 0.8 for name in given
    )


def same_unit(figure: str, holding: str) -> float | None:
    """What a holding's value is to be multiplied by to be in the figure's unit; None if they differ."""
    if holding in (figure, "any"):
        return 1.0
    if holding == "" and not is_money(figure):
        return 1.0
    pairs = {
        ("pure", "%"): 0.01, ("%", "pure"): 100.0, ("points", "pure"): 100.0, ("ratio", "pure"): 1.0,
        ("pure", "x"): 1.0, ("x", "pure"): 1.0, ("", "pure"): 1.0, ("pure", "year"): 1.0,
        ("year", "year"): 1.0,
        ("percentile", "ordinal"): 1.0, ("percentile", "pure"): 1.0,
    }  # fmt: skip
    if holding.startswith(("USD", "EUR", "GBP")) and figure == holding.partition("/")[0] + "/share":
        return 1.0
    return pairs.get((figure, holding))


@lru_cache(maxsize=16_384)
def words_of(text: str) -> frozenset[str]:
    """Content words of a text, cut to their stems."""
    return frozenset(
        _stem(word)
        for word in re.findall(r"[^\W\d_]{2,}|\d[\d.,]*", text.lower().replace("’", "'"))
        if word not in _STOP
    )


def _stem(word: str) -> str:
    for ending in (
        "ization",
        "ations",
        "ation",
        "ments",
        "ment",
        "ings",
        "ing",
        "ies",
        "ied",
        "ers",
        "ed",
        "es",
        "s",
        "ly",
        "e",
        "y",
    ):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def covered(phrase: str, text: str) -> float:
    """The share of a phrase's content words that a text has; 1 of a phrase without any."""
    own = words_of(phrase)
    return len(own & words_of(text)) / len(own) if own else 1.0
