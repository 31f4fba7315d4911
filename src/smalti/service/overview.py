"""All issuers beside each other: where their scores stand, what moved most since a moment, and why.

Scores are only held against each other where both were given, by one version of what gives them: else what
is told is why there is nothing to compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import polars as pl

from smalti.platform.store import Store
from smalti.service.alerts.stored import ALERTS, AlertView, view
from smalti.service.overview_reasons import Move, Reason, reasons
from smalti.service.standings import KINDS, Standings
from smalti.service.watchlists import Watchlist

STEPS: Mapping[str, float] = {"risk": 0.05, "fraud": 0.005, "sentiment": 0.2, "fraud.contradiction": 0.2}
"""Changes of about the same weight, by which moves of different scores are ranked among each other."""

MOST_ISSUERS, MOST_MOVES = 200, 20
_LEAST_MOVE = 0.1
"""Steps below which nothing is said to have moved."""

Order = Literal["moved", "risk", "fraud", "sentiment", "contradiction", "name"]

Compared = Literal[
    "moved", "not scored since", "not scored before", "withheld", "withheld before", "withheld since",
    "another model",
]  # fmt: skip

_OPEN = (
    " WHERE as_of <= $as_of AND ($issuers IS NULL OR list_contains($issuers::TEXT[], issuer_id))"
    " AND alert_id NOT IN (SELECT alert_id FROM alert_events WHERE kind = 'acknowledged')"
)
_COUNTED = f"SELECT severity, count(*) FROM alerts {_OPEN} GROUP BY 1"
_NEWEST = f"SELECT * FROM ({ALERTS}) {_OPEN} ORDER BY raised_at DESC, alert_id LIMIT 4"
_NAMES = (
    "SELECT i.issuer_id, i.name AS issuer, coalesce(t.tickers, []) AS tickers FROM issuers i LEFT JOIN"
    " (SELECT issuer_id, list(DISTINCT text ORDER BY text) AS tickers FROM issuer_names WHERE kind = 'ticker'"
    "  AND (valid_from IS NULL OR valid_from <= $day) AND (valid_to IS NULL OR valid_to >= $day)"
    "  GROUP BY issuer_id) t USING (issuer_id)"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A score as it stood at the moment, and how it stood before.

    Attributes:
        kind: `risk` (over 30 trading days), `fraud`, `sentiment`, `fraud.contradiction`.
        as_of: of the scoring.
        reason: why it was withheld, where it was.
        before_id, before_as_of, before_value: the same as of the earlier moment; null where there was none.
        change: from then to now, where `compared` is `moved`.
        compared: else why there is none. `withheld since` is one that had a value before.
        steps: the change in steps of its kind, by which moves are ranked; 1 for one withheld since.
    """

    kind: str
    signal_id: str
    as_of: datetime
    value: float | None
    low: float | None
    high: float | None
    model_version: str
    in_sample: bool
    reason: str | None
    before_id: str | None
    before_as_of: datetime | None
    before_value: float | None
    change: float | None
    compared: Compared
    steps: float


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One issuer; `cells` lack what it was never scored for."""

    issuer_id: str
    issuer: str
    tickers: Sequence[str]
    synthetic: bool
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Moved:
    """An issuer's largest move, and the piece of evidence that bears most of it, if one bears a fair part."""

    issuer_id: str
    issuer: str
    synthetic: bool
    cell: Cell
    because: Reason | None


@dataclass(frozen=True, slots=True)
class OverviewView:
    """All that stands on the overview.

    Attributes:
        as_of, since: the moments held against each other.
        watchlist: the list's name; null where all issuers are meant.
        stored: issuers there are in all.
        issuers: those meant: on the list, or all that were scored by then.
        scored: of these, with a score by then.
        found: of these, that the search left.
        rows: a page of them.
        moves: largest first, one an issuer; of all that are meant.
        moved: issuers with any move.
        alerts: how many that nobody has acknowledged, by severity.
        newest_alerts: the newest few of them.
    """

    as_of: datetime
    since: datetime
    watchlist: str | None
    stored: int
    issuers: int
    scored: int
    found: int
    rows: Sequence[OverviewRow]
    moves: Sequence[Moved]
    moved: int
    alerts: Mapping[str, int]
    newest_alerts: Sequence[AlertView]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be shown.

    Attributes:
        watchlist: whose issuers; all that were scored if None.
        search: part of a name, or the beginning of a ticker.
        order: what comes first: what moved most, what is highest (of sentiment, lowest), or by name.
        first: how many rows are passed over.
        limit: most rows.
        moves: most moves.
        alerts_by: alerts of no later moment; of none later than `as_of` if None.
    """

    as_of: datetime
    since: datetime
    watchlist: Watchlist | None = None
    search: str = ""
    order: Order = "moved"
    first: int = 0
    limit: int = 50
    moves: int = 8
    alerts_by: datetime | None = None


def overview(store: Store, standings: Standings, asked: Asked) -> OverviewView:
    """The overview as of a moment; nothing that became known later is read."""
    named = store.read(_NAMES, {"day": asked.as_of.date()})
    cells = _compared(*standings.at(asked.as_of, asked.since))
    if asked.watchlist is None:
        meant = named.join(cells, on="issuer_id", how="semi")
    else:
        meant = named.filter(pl.col("issuer_id").is_in(list(asked.watchlist.issuers)))
    cells = cells.join(meant, on="issuer_id", how="semi")
    found = meant.filter(_called(asked.search.strip().lower()))
    shown = _ordered(found, cells, asked.order).slice(asked.first, asked.limit)
    moves, moved = _moves(store, standings, cells, named, asked.moves)
    wanted = None if asked.watchlist is None else list(asked.watchlist.issuers)
    waiting = {"as_of": asked.alerts_by or asked.as_of, "issuers": wanted}
    return OverviewView(
        as_of=asked.as_of,
        since=asked.since,
        watchlist=asked.watchlist.name if asked.watchlist else None,
        stored=named.height,
        issuers=meant.height,
        scored=cells["issuer_id"].n_unique(),
        found=found.height,
        rows=_rows(standings, shown, cells),
        moves=moves,
        moved=moved,
        alerts=dict(store.read(_COUNTED, waiting).iter_rows()),
        newest_alerts=[view(row) for row in store.read(_NEWEST, waiting).iter_rows(named=True)],
    )


def _compared(now: pl.DataFrame, then: pl.DataFrame) -> pl.DataFrame:
    """A row a score: its columns, `before_…` of the earlier one, `change`, `compared` and `steps`."""
    before = then.select(
        "issuer_id", "kind", before_id="signal_id", before_as_of="as_of", before_value="value",
        before_model="model_version",
    )  # fmt: skip
    both = now.join(before, on=["issuer_id", "kind"], how="left")
    here, there = pl.col("value").is_not_null(), pl.col("before_value").is_not_null()
    compared = (
        pl.when(pl.col("before_id").is_null()).then(pl.lit("not scored before"))
        .when(pl.col("before_id") == pl.col("signal_id")).then(pl.lit("not scored since"))
        .when(~here & there).then(pl.lit("withheld since"))
        .when(~here).then(pl.lit("withheld"))
        .when(~there).then(pl.lit("withheld before"))
        .when(pl.col("before_model") != pl.col("model_version")).then(pl.lit("another model"))
        .otherwise(pl.lit("moved"))
    )  # fmt: skip
    told = both.with_columns(compared=compared).with_columns(
        change=pl.when(pl.col("compared") == "moved").then(pl.col("value") - pl.col("before_value"))
    )
    step = pl.col("kind").replace_strict(dict(STEPS), return_dtype=pl.Float64)
    steps = (
        pl.when(pl.col("compared") == "withheld since")
        .then(pl.lit(1.0))
        .otherwise((pl.col("change").abs() / step).fill_null(0.0))
    )
    return told.with_columns(steps=steps).drop("before_model")


def _called(words: str) -> pl.Expr:
    in_name = pl.col("issuer").str.to_lowercase().str.contains(words, literal=True)
    ticker = pl.col("tickers").list.eval(pl.element().str.to_lowercase().str.starts_with(words)).list.any()
    return in_name | ticker if words else pl.lit(value=True)


def _ordered(found: pl.DataFrame, cells: pl.DataFrame, order: Order) -> pl.DataFrame:
    by_name = found.with_columns(low=pl.col("issuer").str.to_lowercase()).sort("low", "issuer_id")
    if order == "name":
        return by_name
    if order == "moved":
        weighed = cells.group_by("issuer_id").agg(weight=pl.col("steps").max())
    else:
        kind = "fraud.contradiction" if order == "contradiction" else order
        sign = -1 if order == "sentiment" else 1
        weighed = cells.filter(pl.col("kind") == kind).select("issuer_id", weight=pl.col("value") * sign)
    return by_name.join(weighed, on="issuer_id", how="left", maintain_order="left").sort(
        "weight", descending=True, nulls_last=True, maintain_order=True
    )


def _rows(standings: Standings, shown: pl.DataFrame, cells: pl.DataFrame) -> list[OverviewRow]:
    made_up = standings.synthetic(shown["issuer_id"].to_list())
    own: dict[str, list[Cell]] = {}
    for row in cells.join(shown, on="issuer_id", how="semi").iter_rows(named=True):
        own.setdefault(row["issuer_id"], []).append(_cell(row))
    rank = {kind: place for place, kind in enumerate(KINDS)}
    return [
        OverviewRow(
            row["issuer_id"],
            row["issuer"],
            row["tickers"],
            row["issuer_id"] in made_up,
            sorted(own.get(row["issuer_id"], ()), key=lambda cell: rank[cell.kind]),
        )
        for row in shown.iter_rows(named=True)
    ]


def _cell(row: Mapping[str, Any]) -> Cell:
    return Cell(**{name: row[name] for name in Cell.__slots__})


def _moves(
    store: Store, standings: Standings, cells: pl.DataFrame, named: pl.DataFrame, most: int
) -> tuple[list[Moved], int]:
    """The largest move of each issuer that has one, largest first, and how many have one."""
    largest = (
        cells.filter(pl.col("steps") >= _LEAST_MOVE)
        .sort("steps", "issuer_id", "kind", descending=[True, False, False])
        .unique("issuer_id", keep="first", maintain_order=True)
    )
    top = largest.head(most).join(named, on="issuer_id", how="left", maintain_order="left")
    made_up = standings.synthetic(top["issuer_id"].to_list())
    moved = [
        Moved(row["issuer_id"], row["issuer"], row["issuer_id"] in made_up, _cell(row), None)
        for row in top.iter_rows(named=True)
    ]
    compared = [one for one in moved if one.cell.change is not None]
    told = dict(
        zip((one.cell.signal_id for one in compared), reasons(store, [*map(_move, compared)]), strict=True)
    )
    return [replace(one, because=told.get(one.cell.signal_id)) for one in moved], largest.height


def _move(one: Moved) -> Move:
    cell = one.cell
    assert cell.before_id is not None
    assert cell.before_as_of is not None
    assert cell.change is not None
    return Move(cell.kind, cell.before_id, cell.signal_id, cell.change, cell.before_as_of, cell.as_of)
