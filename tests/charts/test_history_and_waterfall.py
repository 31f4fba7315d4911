"""History with events, and the waterfall of a score: what they say, and that nothing is lost."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from smalti import charts
from smalti.charts import Notes
from smalti.charts.history import EVENT, SCORE
from smalti.charts.screen import DARK, on_screen
from smalti.charts.theme import LOWERED, RAISED, Chart
from smalti.charts.waterfall import PICKED

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


def scores(values: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "signal_id": [f"s{i}" for i in range(len(values))],
            "as_of": [START + timedelta(days=i) for i in range(len(values))],
            "value": values,
            "low": [None if v is None else v - 0.1 for v in values],
            "high": [None if v is None else v + 0.2 for v in values],
            "in_sample": False,
            "model_version": "m1",
        },
        schema_overrides=dict.fromkeys(("value", "low", "high"), pl.Float64),
    )


def events(*rows: tuple[int, str, str, str | None]) -> pl.DataFrame:
    schema = {"at": pl.Datetime("us", "UTC"), "lane": pl.String, "told": pl.String, "evidence_id": pl.String}
    found = [(START + timedelta(days=day), *rest) for day, *rest in rows]
    return pl.DataFrame(found, schema=schema, orient="row")


def told(chart: Chart) -> str:
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(chart))
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split())


def parts(*rows: tuple[str | None, str, float, bool]) -> pl.DataFrame:
    schema = {"key": pl.String, "label": pl.String, "effect": pl.Float64, "rest": pl.Boolean}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def rows_of(chart: Chart, name: str) -> list[dict[str, Any]]:
    """The rows of each layer's data that have a column."""
    spec = chart.to_dict()
    return [row for data in spec["datasets"].values() for row in data if name in row]


def test_history_names_only_the_kinds_of_events_there_are() -> None:
    happened = events((1, "filing", "10-K", "e1"), (2, "model", "another", None))
    text = told(charts.score_history(scores([0.2, 0.3, 0.25]), happened, "risk", 30, Notes("x")))
    assert "Risk over 30 trading days rose from 20% on 5 January 2026 to 25%" in text
    assert "filings" in text
    assert "model" in text
    assert "calls" not in text


def test_history_stands_without_events_and_with_withheld_scores_alone() -> None:
    assert "every score was withheld" in told(
        charts.score_history(scores([None, None]), events(), "fraud", 0, Notes())
    )


def test_scores_withheld_or_given_and_events_can_be_picked() -> None:
    happened = events((1, "filing", "10-K", "e1"))
    made = charts.score_history(scores([0.2, None, 0.25]), happened, "risk", 30, chosen="s2")
    spec = made.to_dict()
    picks = {one["name"]: one["select"]["fields"] for one in spec["params"]}
    assert picks == {SCORE: ["signal_id"], EVENT: ["evidence_id"]}
    assert [row["signal_id"] for row in rows_of(made, "signal_id")] == ["s0", "s1", "s2"]
    assert [row["score"] for row in rows_of(made, "signal_id")] == ["20%", "withheld", "25%"]


def test_sub_signals_have_an_axis_of_their_own() -> None:
    text = told(charts.score_history(scores([-2.5, -1.4]), events(), "fraud.beneish_m", 0, Notes()))
    assert "Beneish m rose from -2.5" in text
    assert "%" not in text


def test_thinning_keeps_every_peak_gap_and_edge() -> None:
    rng = random.Random(7)
    values: list[float | None] = [0.3 + rng.random() / 100 for _ in range(5_000)]
    values[1234], values[3210] = 0.9, 0.01
    values[2000] = values[2001] = None
    every = scores(values).with_columns(
        model_version=pl.when(pl.col("as_of") < START + timedelta(days=4000))
        .then(pl.lit("m1"))
        .otherwise(pl.lit("m2"))
    )
    kept = charts.thinned(every, 400)
    assert kept.height <= 420
    assert {"s0", "s4999", "s1234", "s3210", "s2000", "s2001", "s1999", "s2002", "s3999", "s4000"} <= set(
        kept["signal_id"]
    )
    assert kept["as_of"].is_sorted()


def test_short_series_are_not_thinned() -> None:
    every = scores([0.2, 0.3, 0.25])
    assert charts.thinned(every, 400).equals(every)


def test_a_waterfall_goes_from_nothing_known_to_the_score_step_by_step() -> None:
    steps = parts(("e1", "prices", 0.1432, False), ("e2", "call", -0.0151, False))
    made = charts.waterfall(steps, 0.257, 0.3851, "risk", Notes("m", synthetic=True))
    text = told(made)
    assert "From 25.7% for a company nothing is known of to 38.5%: prices raised it most (+14.3 pp)" in text
    assert "−1.5 pp" in text
    assert "percentage points of annualised volatility" in text
    assert "SYNTHETIC" in text
    bars = [row for row in rows_of(made, "way") if row["key"]]
    assert [(row["key"], round(row["from"], 4), round(row["to"], 4)) for row in bars] == [
        ("e1", 0.257, 0.4002),
        ("e2", 0.4002, 0.3851),
    ]
    assert [row["way"] for row in bars] == ["raised", "lowered"]
    assert made.to_dict()["params"][0]["name"] == PICKED


def test_steps_of_one_name_have_a_line_each() -> None:
    steps = parts(("e1", "posts.jsonl", 0.1, False), ("e2", "posts.jsonl", 0.2, False))
    made = charts.waterfall(steps, 0.1, 0.4, "sentiment")
    assert len({row["label"] for row in rows_of(made, "way") if row["key"]}) == 2
    assert "+0.20" in told(made)


def test_small_probabilities_keep_their_digits() -> None:
    text = told(charts.waterfall(parts(("e", "ppe", 0.000262, False)), 0.009135, 0.009397, "fraud"))
    assert "+0.026 pp" in text
    assert "0.91%" in text


@pytest.mark.parametrize("dark", [False, True])
def test_charts_on_a_page_are_as_wide_as_there_is_room_and_in_its_colours(*, dark: bool) -> None:
    made = charts.waterfall(parts(("e1", "prices", 0.1, False)), 0.2, 0.3, "risk")
    spec = on_screen(made, dark=dark, told="what it shows")
    assert spec["width"] == "container"
    assert spec["description"] == "what it shows"
    drawn = json.dumps({name: part for name, part in spec.items() if name != "datasets"})
    for shade in (RAISED, LOWERED):
        assert (shade in drawn, DARK[shade] in drawn) == (not dark, dark)
    assert spec["config"]["background"] == "transparent"
    assert made.to_dict()["config"]["background"] == "#ffffff"  # the export stays light


def test_an_index_is_not_certain_by_rounding() -> None:
    shares = pl.DataFrame({"check": ["claims"], "share": [0.9999], "matters": [3]})
    assert "Contradiction index over 0.99" in told(charts.contradiction_parts(shares, 0.9999))
