"""Earnings calls with the volatility that followed (MAEC, Li et al. 2020): text, voice and price to risk.

A call is offered not only at its own moment but also some trading days later, with the price history and the
label of that later day: at run time a case is scored on any day, and the model must know what a call of last
month is worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from smalti.models.case import Floats, Pair
from smalti.models.datasets.labelled import Embed, Sample, Terms, need
from smalti.models.heads import HORIZONS, RISK
from smalti.models.packing import Packed
from smalti.models.prices import price_features
from smalti.platform.records import Modality, SourceKind
from smalti.platform.voice_measures import MEASURES

TERMS = Terms(
    "MAEC",
    "Li et al. 2020, earnings calls 2015-2018 with Praat measures; daily prices from Yahoo-derived sets",
    "CC BY-SA 4.0",
    commercial=True,
)
PUBLISHED_TERMS = Terms(
    "MAEC published splits",
    "authors of KeFVP; used to evaluate, never to ship",
    "none stated",
    commercial=False,
)

LATER: tuple[int, ...] = (0, 2, 10, 30)
"""Trading days after the call at which it is offered."""

SENTENCES = 48
"""Of a longer call so many sentences are read, so that embedding all calls takes minutes, not hours."""

_TEXT, _VOICE, _PRICE = (
    RISK.pairs.index(Pair(modality, source))
    for modality, source in (
        (Modality.TEXT, SourceKind.CALL),
        (Modality.VOICE, SourceKind.CALL),
        (Modality.PRICE, SourceKind.PRICE),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """One call: (n, 384) text and (n, 29) voice rows, one a sentence in order."""

    call_id: str
    ticker: str
    day: date
    text: Floats
    voice: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Closes:
    """Adjusted closes of one ticker on consecutive trading days."""

    days: npt.NDArray[np.datetime64]
    levels: npt.NDArray[np.float64]

    def until(self, day: date) -> int:
        """How many closes are known at the end of `day`."""
        return int(np.searchsorted(self.days, np.datetime64(day, "D"), side="right"))


def read_calls(data: Path, embed: Embed) -> list[Call]:
    """All calls in order of date and name, each with at most SENTENCES sentences, evenly spaced.

    `embed` sees each distinct sentence once.
    """
    rows = pl.read_parquet(need(data / "maec" / "sentences.parquet")).sort("date", "call_id", "sentence")
    place = pl.int_range(pl.len()).over("call_id")
    length = pl.max_horizontal(pl.len().over("call_id"), SENTENCES)
    rows = rows.filter(place * SENTENCES // length != (place - 1) * SENTENCES // length)
    texts = rows["text"].unique(maintain_order=True)
    vectors = embed(texts.to_list())
    places = rows.join(
        pl.DataFrame({"text": texts}).with_row_index("place"), on="text", maintain_order="left"
    )
    found = []
    for (call_id, ticker, day), part in places.group_by("call_id", "ticker", "date", maintain_order=True):
        voice = part.select(pl.col(MEASURES).cast(pl.Float32)).fill_null(np.nan).to_numpy()
        found.append(Call(str(call_id), str(ticker), day, vectors[part["place"].to_numpy()], voice))
    return found


def read_closes(data: Path) -> dict[str, Closes]:
    """Prices by ticker."""
    rows = pl.read_parquet(need(data / "maec" / "prices.parquet")).sort("ticker", "date")
    return {
        str(ticker): Closes(part["date"].to_numpy().astype("datetime64[D]"), part["adj_close"].to_numpy())
        for (ticker,), part in rows.group_by("ticker", maintain_order=True)
    }


def later_samples(
    calls: Sequence[Call], closes: Mapping[str, Closes], last_label: date, later: Sequence[int] = LATER
) -> list[list[Sample]]:
    """For each call its samples at each of `later`; a label that ends after `last_label` is left out."""
    return [
        [sample for days in later if (sample := _sample(call, closes.get(call.ticker), days, last_label))]
        for call in calls
    ]


def _sample(call: Call, closes: Closes | None, later: int, last_label: date) -> Sample | None:
    if closes is None:
        return None
    known = closes.until(call.day) + later
    if known < 5 or known > len(closes.days):
        return None
    targets = _labels(closes, known, last_label)
    if np.isnan(targets).all():
        return None
    as_of = closes.days[known - 1]
    end = closes.days[min(known - 1 + HORIZONS[-1], len(closes.days) - 1)]
    age = float((as_of - np.datetime64(call.day, "D")).astype(int)) if later else 0.0
    case = call_case(call, price_features(closes.levels[:known]), age)
    last = min(end.astype(date), last_label)
    return Sample(case, targets, call.ticker, as_of.astype(date), last, call.call_id)


def _labels(closes: Closes, known: int, last_label: date) -> Floats:
    """Log of the standard deviation (ddof 0) of the next N simple returns, for each horizon N."""
    levels = closes.levels[known - 1 : known + HORIZONS[-1]]
    returns = levels[1:] / levels[:-1] - 1
    targets = np.full(len(HORIZONS), np.nan, np.float32)
    for place, horizon in enumerate(HORIZONS):
        ends = known - 1 + horizon
        if ends < len(closes.days) and closes.days[ends] <= np.datetime64(last_label, "D"):
            deviation = float(np.std(returns[:horizon]))
            targets[place] = np.log(deviation) if deviation > 0 else np.nan
    return targets


def call_case(call: Call, price: Floats | None, age: float) -> Packed:
    """A packed case of one call and, where known, the price history at its moment."""
    count = len(call.text)
    positions = np.linspace(0, 1, count, dtype=np.float32) if count > 1 else np.zeros(count, np.float32)
    vectors: dict[Modality, Floats] = {Modality.TEXT: call.text, Modality.VOICE: call.voice}
    pairs, ages, places = [_TEXT] * count + [_VOICE] * count, [age] * (2 * count), [positions, positions]
    if price is not None:
        vectors[Modality.PRICE] = price[None]
        pairs, ages, places = [*pairs, _PRICE], [*ages, 0.0], [*places, np.ones(1, np.float32)]
    return Packed(
        vectors,
        np.array(pairs, np.int64),
        np.array(ages, np.float32),
        np.concatenate(places),
        np.arange(len(pairs)),
    )


def thinned(case: Packed, rng: np.random.Generator, sentences: int, drop: float) -> Packed:
    """A case as training shows it: some sentences, and each modality gone with chance `drop`, never all.

    Text and voice of a sentence stay or go together where both are shown, as they do at run time.
    """
    here = np.unique(case.pairs)
    gone = rng.random(len(here)) < drop
    if gone.all():
        gone[rng.integers(len(here))] = False
    keep = ~np.isin(case.pairs, here[gone])
    count = int((case.pairs == _TEXT).sum())
    if count > sentences:
        chosen = np.zeros(count, bool)
        chosen[rng.choice(count, sentences, replace=False)] = True
        keep[: 2 * count] &= np.concatenate([chosen, chosen])
    return case.take(keep)


def read_published(
    data: Path, calls: Sequence[Call], closes: Mapping[str, Closes]
) -> Iterator[tuple[str, str, Sample]]:
    """The published splits: set name, `train`, `dev` or `test`, and a sample with their own label.

    The price features are ours, from closes up to the call day; a call whose ticker has none goes without.
    """
    by_id = {call.call_id: call for call in calls}
    rows = pl.read_parquet(need(data / "maec" / "published_splits.parquet"))
    for row in rows.iter_rows(named=True):
        call = by_id.get(row["call_id"])
        if call is None:
            continue
        prices = closes.get(call.ticker)
        known = 0 if prices is None else prices.until(call.day)
        price = price_features(prices.levels[:known]) if prices is not None and known >= 5 else None
        targets = np.array([row[f"future_{horizon}"] for horizon in HORIZONS], np.float32)
        case = call_case(call, price, 0.0)
        yield row["set"], row["split"], Sample(case, targets, call.ticker, call.day, None, call.call_id)
