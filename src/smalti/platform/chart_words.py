"""What the words on a chart mean: the year or quarter a label names, the item, the scale of the values."""

from __future__ import annotations

import re

from smalti.platform.quantities import Scale, read_scale

__all__ = ["quarter_of", "scale_factor", "without_scale", "year_of"]

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)|\bfy\s?['’]?(\d\d)(?!\d)|(?<!\w)['’](\d\d)(?!\d)", re.I)
_QUARTER = re.compile(r"\b(?:q([1-4])|([1-4])q)\b|\b([1-4])q(?=\d\d\b)|\bq([1-4])(?=\d\d\b)", re.I)
_SHORT_YEAR = re.compile(r"(?:\b[1-4]q|\bq[1-4])[\s'’-]{0,2}(\d\d)\b", re.I)
_RANGE = re.compile(r"(?<!\d)(?:19|20)\d\d\s?[-–—/]\s?\d\d(?!\d)")
_SCALED = re.compile(
    r"\([^)]*(?:thousand|million|billion|[$%])[^)]*\)|[,–—-]?\s*(?:[$€£]\s*)?(?:in\s+)?(?:[$€£]\s*)?"
    r"\b(?:thousand|million|billion)s\b|[,(–—-]?\s*(?:US|us)?[$€£]\s?(?:000s?|[mkb]|mm|mn|bn)\b\)?",
    re.I,
)
_SUFFIX = {"k": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12}
_LONGEST = 300  # characters of a label that are read


def year_of(label: str) -> int | None:
    """The one year that a label names; None for quarters, ranges and labels without a year."""
    label = label[:_LONGEST]
    return None if _QUARTER.search(label) or _RANGE.search(label) else _one_year(label)


def quarter_of(label: str) -> tuple[int, int] | None:
    """Year and quarter that a label such as `Q3 2025` or `3Q25` names; None where it names no one quarter."""
    label = label[:_LONGEST]
    found = [int(next(filter(None, parts))) for parts in _QUARTER.findall(label)]
    if len(found) != 1:
        return None
    short = _SHORT_YEAR.search(label)
    year = _one_year(label) or (2000 + int(short[1]) if short else None)
    return (year, found[0]) if year else None


def _one_year(label: str) -> int | None:
    found = [next(filter(None, parts)) for parts in _YEAR.findall(label)]
    years = {int(year) if len(year) == 4 else 2000 + int(year) for year in found}
    return years.pop() if len(years) == 1 else None


def without_scale(name: str) -> str:
    """`Net sales ($ in millions)` and `Net sales, $ millions` without what they count in."""
    return _SCALED.sub(" ", name[:_LONGEST])


def scale_factor(unit: str, stated: str) -> float | None:
    """What a chart's values are to be multiplied by; None where it states no scale.

    Args:
        unit: printed with the value: `$`, `%`, `$B`.
        stated: the words of title and axes.
    """
    suffix = re.sub(r"[^a-z]", "", unit.lower())
    if suffix in _SUFFIX:
        return _SUFFIX[suffix]
    if "%" in unit or "%" in stated:
        return 1.0
    scale = read_scale(stated[:_LONGEST])
    return scale.money if isinstance(scale, Scale) else None
