"""A published chart drawn anew from the values read from it."""

from __future__ import annotations

import re

import polars as pl

from smalti import charts
from smalti.charts.theme import Chart


def read(*rows: tuple[str, str, float, float | None]) -> pl.DataFrame:
    names = ("series", "category", "value", "error")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return pl.DataFrame(columns, schema_overrides={"error": pl.Float64}).with_columns(unit=pl.lit("$"))


def told(chart: Chart) -> str:
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(chart))
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split())


def test_bars_stand_on_zero_in_the_order_they_were_read() -> None:
    frame = read(("Sales", "2023", 104.0, 0.5), ("Sales", "2021", 88.0, None))
    chart = charts.chart_read(frame, "bar", "Sales, $ million", charts.Notes(synthetic=True))
    said = told(chart)
    assert "Sales, $ million as read, in $, from zero" in said
    assert "SYNTHETIC DATA" in said
    assert said.index("2023") < said.index("2021")
    assert re.search(r"\b0\b", said)
    bars = chart.to_dict()["layer"][0]
    assert (bars["mark"]["type"], bars["encoding"]["y"]["scale"]["zero"]) == ("bar", True)


def test_lines_stay_lines_and_series_are_told_apart_by_name() -> None:
    frame = read(("US", "2023", 1.0, 0.1), ("Japan", "2023", 2.0, 0.1))
    chart = charts.chart_read(frame, "line", "Shares")
    assert chart.to_dict()["layer"][0]["mark"]["type"] == "line"
    assert "US Japan" in told(chart)


def test_nothing_hostile_grows_without_bound() -> None:
    frame = read(*((f"s{i}" * 200, f"c{i}" * 200, float(i), None) for i in range(700)))
    drawn = charts.chart_read(frame, "pie", "x" * 5_000).to_dict()
    assert [len(rows) for rows in drawn["datasets"].values()] == [400]
    assert max(len(one) for one in drawn["title"]["text"]) < 100
