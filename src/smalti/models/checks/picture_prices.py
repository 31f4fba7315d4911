"""Pictures of prices, charts and claims, held against the prices there were.

Stored prices may be adjusted for later splits and dividends, so their levels prove little: a rise that a
picture shows is held against the greatest rise between any two days of the time it speaks of, which no
adjustment changes. A level is held against those days' closes too, and is left alone where a usual split
ratio would explain it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.models.checks.chart_series import number
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.picture_shown import Shown
from smalti.models.checks.record import Citation, Finding
from smalti.platform.records import DateMethod, Evidence, EvidenceKind, SourceKind

MOVE, MOVE_FAR = 0.4, 0.6
"""Strength where a picture shows a move at least 1.2 times, and 1.5 times, any there was."""
LEVEL, LEVEL_OF_CHART = 0.4, 0.3
_OPEN_WINDOW, _DOUBTFUL = 0.8, 0.8
"""Factors: the picture does not say of which days it is, so it is held against all that are known; its chart
was not read surely."""
_WITHIN = 0.25
"""Part of a close by which a price within its day, or one read from a chart, may lie off it."""
_SPLITS = (1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100)
_NEAR_SPLIT = 0.06
_LEAST_DAYS = 20
_STALE = timedelta(days=7)
_TRADING = {"day": 1, "week": 5, "month": 22, "quarter": 66, "year": 253, "d": 1, "w": 5, "m": 22, "y": 253}
_WINDOW = re.compile(
    r"\b(?:last|past|previous)\s+(\d{1,4})?\s*(?:trading\s+)?(day|week|month|quarter|year)s?\b"
    r"|\b(\d{1,3})[\s-]?(day|week|month|year|[DWMY])s?\b",
    re.I,
)
_PRICE = re.compile(
    r"(?:\b(?:price|trad(?:es|ing)(?: at)?|clos(?:ed|es|ing)(?: at)?|last|now(?: at)?|hit"
    r"|quote)\b[\s:]{0,3}(?:of "
    r"|at )?)(?:US)?\$\s?(\d{1,5}(?:,\d{3})?(?:\.\d{1,4})?)(?![\d,]*\s?(?:million|billion|bn|mn"
    r"|[mbk]\b|%))",
    re.I,
)
_GAIN = re.compile(
    r"(?:(?P<up>\bup\b|\bgain(?:ed|s)?\b|\brose\b|\bsoar(?:ed|s)\b|\+)|(?P<down>\bdown\b|\bfell\b|\blost\b"
    r"|\bdrop(?:ped|s)\b|[-−](?=\s?\d)))\s{0,2}\+?(?P<n>\d{1,5}(?:\.\d{1,2})?)\s?%[^%\n]{0,20}?"
    r"\b(?P<span>today|this week|this month|this year|ytd|in (?:a|one) (?:day|week|month|year)"
    r"|(?:past|last) (?:day|week|month|year))\b",
    re.I,
)
_NOT_YET = re.compile(
    r"\b(?:targets?|pt|goal|predict\w*|forecasts?|estimates?|expect\w*|could|will|would|soon"
    r"|potential|upside|calls?|by (?:eoy|year|summer|winter|20\d\d)|going to|to the moon|next|if)\b",
    re.I,
)
_OF_PRICES = re.compile(r"\b(?:price|shares?|stock|chart|days|weeks|months?|1y|ytd|sma|candles?)\b", re.I)
_SHARE_PRICE = re.compile(r"\b(?:share|stock|closing) prices?\b", re.I)
_COMMON_WORDS = frozenset(
    (
        "the",
        "inc",
        "corp",
        "corporation",
        "company",
        "ltd",
        "limited",
        "plc",
        "group",
        "holdings",
        "and",
        "com",
    )
)
_PRICE_KINDS = ("line", "area", "candlestick", "other")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a picture says of prices: a finding, why it could not be judged, or neither: it fits."""

    finding: Finding | None = None
    silence: str = ""


class Market:
    """The issuer's prices, and the name it trades under."""

    def __init__(self, dossier: Dossier) -> None:
        self.frame = dossier.prices.filter(pl.col("close") > 0).sort("day", "available_at")
        self.ticker = _ticker(dossier)
        words = [word.lower() for word in re.findall(r"\w{3,}", dossier.name)]
        self.name = [word for word in words if word not in _COMMON_WORDS][:2]

    def names(self, text: str) -> bool:
        """Whether a text names the issuer, by the first words of its name, or its ticker."""
        words = {word.lower() for word in re.findall(r"\w+", text[:2_000])}
        named = bool(self.name) and words.issuperset(self.name)
        return named or bool(self.ticker and self.ticker.lower() in words)

    def until(self, shown: Shown) -> pl.DataFrame:
        """The days whose close was known when a picture was shown, and the one of that day."""
        at = shown.document.available_at
        return self.frame.filter((pl.col("available_at") <= at) | (pl.col("day") == at.date()))


def _ticker(dossier: Dossier) -> str:
    """The one ticker that most posts on the issuer name; empty where none is in half of them."""
    tags = [str(d.hints.get("cashtags") or "").split() for d in dossier.documents.values()]
    tagged = [set(one) for one in tags if one]
    counts = Counter(tag for one in tagged for tag in one)
    best, count = max(counts.items(), key=lambda pair: (pair[1], pair[0]), default=("", 0))
    return best if 2 * count >= len(tagged) else ""


def held_against_prices(shown: Shown, charts: Sequence[Evidence], market: Market) -> Iterator[Verdict]:
    """What a picture says of the issuer's price, against the days it speaks of.

    Args:
        shown: a picture in a post or a news item.
        charts: charts that were read in it.
        market: the issuer's prices.
    """
    if shown.document.kind not in (SourceKind.SOCIAL, SourceKind.NEWS):
        return
    written = shown.image.text[:1_000]
    claims = [*_claims(written)] if market.names(written) or _only_ticker(shown, market) else []
    drawn = [c for c in charts if _is_price_chart(c, written, shown, market)]
    if not claims and not drawn:
        return
    days = market.until(shown)
    if shown.document.available_method is DateMethod.RECORDED:
        yield Verdict(silence="cannot compare: it is not known when the picture was shown")
    elif days.height < _LEAST_DAYS or shown.document.available_at.date() - days["day"][-1] > _STALE:
        yield Verdict(silence="cannot compare: no prices are known of the days before the picture was shown")
    else:
        for claim in claims[:5]:
            yield _claimed(shown, claim, days)
        for chart in drawn[:5]:
            yield _charted(shown, chart, written, market, days)


def _only_ticker(shown: Shown, market: Market) -> bool:
    return bool(market.ticker) and shown.document.hints.get("cashtags") == market.ticker


@dataclass(frozen=True, slots=True)
class _Claim:
    """`move`: a factor over `days` trading days; else a price level. `words` as written."""

    words: str
    value: float
    days: int = 0


def _claims(written: str) -> Iterator[_Claim]:
    for line in written.split("\n")[:50]:
        if _NOT_YET.search(line):
            continue
        for found in _PRICE.finditer(line):
            yield _Claim(found[0].strip(), float(found[1].replace(",", "")))
        for found in _GAIN.finditer(line):
            change = float(found["n"]) / 100
            span = next(
                (d for word, d in _TRADING.items() if len(word) > 1 and word in found["span"].lower()), 1
            )
            days = 253 if "ytd" in found["span"].lower() else 2 if "today" in found["span"].lower() else span
            yield _Claim(found[0].strip(), 1 + change if found["up"] else max(1 - change, 1e-3), days + 1)


def _claimed(shown: Shown, claim: _Claim, days: pl.DataFrame) -> Verdict:
    if claim.days:
        window = days.tail(claim.days + 2)
        possible = _greatest_move(window["close"].to_numpy(), up=claim.value > 1)
        excess = claim.value / possible if claim.value > 1 else possible / claim.value
        strength = MOVE_FAR if excess >= 1.5 else MOVE if excess >= 1 + _WITHIN else 0.0
        if not strength:
            return Verdict()
        reason = (
            f"The picture in the {shown.place} says {claim.words!r}; between no two closes of the"
            f" {window.height} trading days to {window['day'][-1]} did the price change by more than"
            f" {possible - 1:+.0%}."
        )
        return Verdict(
            _finding(shown, claim.words, window, strength, reason, {"possible": round(possible, 4)})
        )
    window = days.tail(6)
    return _level(shown, claim.words, (claim.value, claim.value), window, LEVEL)


def _charted(shown: Shown, chart: Evidence, written: str, market: Market, days: pl.DataFrame) -> Verdict:
    lines = _lines(chart.payload, market)
    if not lines:
        return Verdict(silence="cannot compare: too few values of the chart of prices could be read")
    title = str(chart.payload.get("title") or "")[:200]
    length = _window(f"{title}\n{written}")
    window = days.tail(length + 1) if length else days
    if window.height < min(length, _LEAST_DAYS):
        return Verdict(silence="cannot compare: no prices are known of the days the chart shows")
    factor = 1.0 if length else _OPEN_WINDOW
    factor *= 1.0 if number(chart.payload.get("confidence")) >= 0.8 else _DOUBTFUL
    for up in (True, False):
        moved = _moved(shown, chart, lines, window, factor, up=up, least=1.2 if length else 1.5)
        if moved is not None:
            return moved
    if not length:
        return Verdict()
    values = np.concatenate(lines)
    span = float(np.quantile(values, 0.25)), float(np.quantile(values, 0.75))
    return _level(shown, title, span, window, round(LEVEL_OF_CHART * factor, 3), chart)


def _moved(
    shown: Shown,
    chart: Evidence,
    lines: Sequence[npt.NDArray[np.float64]],
    window: pl.DataFrame,
    factor: float,
    *,
    up: bool,
    least: float,
) -> Verdict | None:
    """A chart that shows a larger rise (or fall) than there was; None where it does not."""
    possible = _greatest_move(window["close"].to_numpy(), up=up)
    moves = [_greatest_move(line, up=up) for line in lines]
    move = min(moves) if up else max(moves)  # every line must show it: one may be a slip in reading
    excess = move / possible if up else possible / move
    if excess < least:
        return None
    reason = (
        f"The chart of prices in the {shown.place} shows a change of {move - 1:+.0%}; between no two closes"
        f" of the {window.height} trading days to {window['day'][-1]} was it more than {possible - 1:+.0%}."
    )
    details = {"shown": round(move, 4), "possible": round(possible, 4), "days": window.height}
    strength = round((MOVE_FAR if excess >= 1.5 and least < 1.5 else MOVE) * factor, 3)
    return Verdict(_finding(shown, "", window, strength, reason, details, chart))


def _level(
    shown: Shown,
    words: str,
    span: tuple[float, float],
    window: pl.DataFrame,
    strength: float,
    chart: Evidence | None = None,
) -> Verdict:
    """Whether a span of prices meets the closes of some days, as they were or as adjusted."""
    columns = [window["close"].to_numpy(), window["adjusted_close"].to_numpy()]
    lows, highs = [float(np.nanmin(c)) for c in columns], [float(np.nanmax(c)) for c in columns]
    if span[0] <= max(highs) * (1 + _WITHIN) and span[1] >= min(lows) / (1 + _WITHIN):
        return Verdict()
    middle = (span[0] * span[1]) ** 0.5
    ratios = [middle / float(np.nanmedian(c)) for c in columns]
    for ratio in (r for one in ratios for r in (one, 1 / one)):
        split = min(_SPLITS, key=lambda s: abs(s / ratio - 1))
        if abs(split / ratio - 1) <= _NEAR_SPLIT:
            return Verdict(
                silence=f"cannot compare: a split of {split:g} to 1 may lie between the two prices"
            )
    shows = f"{span[0]:,.2f}" if span[0] == span[1] else f"{span[0]:,.2f} to {span[1]:,.2f}"
    reason = (
        f"The picture in the {shown.place} shows a price of {shows}; the closes of the {window.height}"
        f" trading days to {window['day'][-1]} lay between {lows[0]:,.2f} and {highs[0]:,.2f}, and no usual"
        " split explains it."
    )
    details = {"shown": [round(v, 4) for v in span], "low": lows[0], "high": highs[0]}
    return Verdict(_finding(shown, words, window, strength, reason, details, chart))


def _finding(
    shown: Shown,
    words: str,
    window: pl.DataFrame,
    strength: float,
    reason: str,
    details: Mapping[str, Any],
    chart: Evidence | None = None,
) -> Finding:
    held = chart or shown.image
    said = (Citation(held.evidence_id, words if words and words in held.text else ""),)
    return Finding(said, (Citation(window["evidence_id"][-1]),), strength, reason, details)


def _is_price_chart(chart: Evidence, written: str, shown: Shown, market: Market) -> bool:
    """Whether a chart is of the issuer's price: it names the issuer and a price, or days if a line."""
    title = str(chart.payload.get("title") or "")[:200]
    words = f"{title}\n{written}"
    bars = chart.payload.get("chart") not in _PRICE_KINDS
    if not _OF_PRICES.search(words) or (bars and not _SHARE_PRICE.search(words)):
        return False
    return market.names(title) or market.names(written) or (not title and _only_ticker(shown, market))


def _lines(payload: Mapping[str, Any], market: Market) -> list[npt.NDArray[np.float64]]:
    """Values from left to right of the lines under the issuer's name, else of all, with at least three."""
    out = []
    listed = payload.get("series")
    listed = listed if isinstance(listed, list) else []
    named = [s for s in listed if isinstance(s, Mapping) and market.names(str(s.get("name") or ""))]
    listed = named or listed
    for series in listed[:20]:
        points = series.get("points") if isinstance(series, Mapping) else None
        placed = []
        for point in (points if isinstance(points, list) else [])[:2_000]:
            value = number(point.get("value")) if isinstance(point, Mapping) else 0.0
            box = point.get("box") if value > 0 else None
            if isinstance(box, list | tuple) and len(box) == 4:
                placed.append((number(box[0]) + number(box[2]), value))
        if len(placed) >= 3:
            out.append(np.array([value for _, value in sorted(placed)]))
    return out


def _window(words: str) -> int:
    """Trading days that a chart says it shows; 0 where it does not say."""
    found = _WINDOW.search(words)
    if not found:
        return 0
    count, unit = (found[1] or "1", found[2]) if found[2] else (found[3], found[4])
    return min(int(count) * _TRADING[unit.lower()], 5_000)


def _greatest_move(values: npt.NDArray[np.float64], *, up: bool) -> float:
    """The largest (or smallest) ratio of a later to an earlier value."""
    if up:
        return float((values / np.minimum.accumulate(values)).max())
    return float((values / np.maximum.accumulate(values)).min())


def charts_by_document(dossier: Dossier) -> dict[str, list[Evidence]]:
    """Charts in posts and news, by the document they stand in."""
    found: dict[str, list[Evidence]] = {}
    for piece in dossier.pieces(EvidenceKind.CHART, SourceKind.SOCIAL, SourceKind.NEWS):
        found.setdefault(piece.document_id, []).append(piece)
    return found
