"""A figure beside those of others."""

from __future__ import annotations

import re

import polars as pl
import pytest

from smalti import charts
from smalti.charts import Notes
from smalti.charts.theme import LINE, RAISED


def rows(ours: float = 0.30, rival: float = 0.31) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "label": ["smalti", "ridge", "somebody"],
            "value": [ours, rival, 0.62],
            "low": [ours - 0.05, rival - 0.05, None],
            "high": [ours + 0.05, rival + 0.05, None],
            "whose": ["ours", "baseline", "published"],
        }
    )


def told(drawn: charts.theme.Chart) -> str:
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(drawn))
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split())


@pytest.mark.parametrize(
    ("ours", "rival", "better", "title"),
    [
        (0.30, 0.31, "lower", "smalti 0.300, ahead of ridge at 0.310, by less than its interval"),
        (0.30, 0.40, "lower", "smalti 0.300, ahead of ridge at 0.400"),
        (0.50, 0.40, "lower", "smalti 0.500, behind ridge at 0.400"),
        (0.50, 0.40, "higher", "smalti 0.500, behind somebody at 0.620"),
    ],
)
def test_it_says_who_is_ahead_and_whether_by_more_than_chance(
    ours: float, rival: float, better: str, title: str
) -> None:
    text = told(charts.side_by_side(rows(ours, rival), "squared error", better, Notes("bench")))  # type: ignore[arg-type]  # one of three words
    assert title in text
    assert ("by less than its interval" in text) == ("interval" in title)
    assert f"{better} is better" in text
    assert "Source: bench" in text


def test_whose_a_figure_is_shows_in_its_shape_too() -> None:
    drawn = charts.side_by_side(rows(), "squared error", "lower")
    marks = [layer["mark"] for layer in drawn.to_dict()["layer"] if layer["mark"]["type"] == "point"]
    assert {(mark["shape"], mark["filled"]) for mark in marks} == {
        ("circle", True), ("circle", False), ("square", True),
    }  # fmt: skip
    assert {mark["color"] for mark in marks} == {LINE, RAISED}
    assert "square: published by others" in told(drawn)


def test_groups_keep_their_order_and_nobody_is_ahead() -> None:
    groups = rows().with_columns(whose=pl.lit("baseline"), label=pl.Series(["b", "c", "a"]))
    text = told(charts.side_by_side(groups, "error", "neither"))
    assert "Error: 0.300 to 0.620" in text
    assert text.index(" b ") < text.index(" c ") < text.index(" a ")
    assert "disc" not in text


def test_nothing_measured_draws_nothing_and_says_so() -> None:
    assert "nothing was measured" in told(charts.side_by_side(rows().clear(), "error", "lower"))


def test_without_an_interval_it_says_so() -> None:
    bare = rows().with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    assert "ahead of ridge at 0.310; no interval was measured" in told(
        charts.side_by_side(bare, "error", "lower")
    )
