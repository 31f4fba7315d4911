"""Charts say what they show, in every state of their data, and are the same bytes each time."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from PIL import Image

from smalti import charts
from smalti.charts import Notes
from smalti.charts.theme import INK, LINE, LOWERED, NOTICE, RAISED, Chart, wrapped

MADE_UP = Notes("scores of core-123", synthetic=True)


def scores(values: list[float | None], in_sample: int = 0) -> pl.DataFrame:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    return pl.DataFrame(
        {
            "as_of": [start + timedelta(days=7 * i) for i in range(len(values))],
            "value": values,
            "low": [None if v is None else v - 0.1 for v in values],
            "high": [None if v is None else v + 0.2 for v in values],
            "in_sample": [i < in_sample for i in range(len(values))],
        },
        schema_overrides=dict.fromkeys(("value", "low", "high"), pl.Float64),
    )


def told(chart: Chart) -> str:
    """All text of a chart's picture; a title may be on several lines."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(chart))
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split())


def test_a_course_tells_its_way_its_unit_and_its_source() -> None:
    text = told(charts.score_over_time(scores([0.21, 0.24, 0.26]), "risk", 30, MADE_UP))
    assert "Risk over 30 trading days rose from 21% on 5 January 2026" in text
    assert "26% on 19 January 2026" in text
    assert "annualised volatility, % a year" in text
    assert "Source: scores of core-123" in text
    assert "SYNTHETIC" in text


def test_what_is_real_is_not_called_synthetic() -> None:
    assert "SYNTHETIC" not in told(charts.score_over_time(scores([0.2, 0.3]), "risk", 30, Notes("x")))


def test_withheld_moments_are_marked_and_break_the_line() -> None:
    picture = charts.svg(charts.score_over_time(scores([0.2, None, 0.3, 0.31]), "risk", 30))
    assert picture.count(">withheld<") == 1
    lines = [path for path in re.findall(r' d="(M[^"]+)"[^>]*stroke="' + LINE, picture) if "L" in path]
    assert lines
    assert all("M" in path[1:] for path in lines)  # begun anew after the gap


def test_in_sample_moments_are_hatched_and_named() -> None:
    hatched = told(charts.score_over_time(scores([0.2, 0.3, 0.4], in_sample=2), "fraud"))
    assert "in-sample (hatched)" in hatched
    assert "in-sample" not in told(charts.score_over_time(scores([0.2, 0.3, 0.4]), "fraud"))


def test_a_course_of_withheld_scores_alone_says_so() -> None:
    assert "every score was withheld" in told(charts.score_over_time(scores([None, None]), "sentiment"))


def test_horizons_stand_beside_the_volatility_behind() -> None:
    risks = pl.DataFrame(
        {"horizon_days": [3, 30], "value": [0.15, 0.26], "low": [0.1, 0.15], "high": [0.6, 0.46]}
    )
    past = pl.DataFrame({"horizon_days": [30, 250], "value": [0.27, 0.2]})
    text = told(charts.risk_by_horizon(risks, past, Notes()))
    assert "Over 30 trading days volatility is expected at 26% a year" in text
    assert "3 trading days" in text
    assert "250 trading days" not in text  # nothing is expected at that horizon


def test_prices_are_an_index_and_never_a_level() -> None:
    days = pl.DataFrame(
        {
            "day": [date(2026, 1, 1) + timedelta(days=i) for i in range(60)],
            "adjusted_close": [50.0 + 0.5 * i for i in range(60)],
        }
    )
    text = told(charts.price_and_volatility(days, Notes("prices")))
    assert "The price rose by 59%" in text
    assert "price, first day = 100" in text
    assert not re.search(r"\b79\.5\b", text)


def test_parts_of_an_index_are_told_with_their_sum() -> None:
    parts = pl.DataFrame({"check": ["claims", "crowds"], "share": [0.6, 0.2], "matters": [3, 1]})
    text = told(charts.contradiction_parts(parts, 0.8, Notes()))
    assert "Contradiction index 0.80, 0.60 of it from claims" in text
    assert "0.6 (3)" in text


def test_attributions_say_what_raised_and_what_lowered() -> None:
    effects = pl.DataFrame({"label": ["prices.csv", "call.mp3"], "effect": [-0.071, 0.02]})
    text = told(charts.attribution_bars(effects, "risk", Notes()))
    assert "call.mp3 raised it most (+2.00); prices.csv lowered it most (-7.10)" in text
    assert "percentage points" in text


def test_coverage_says_every_state_in_words() -> None:
    rows = [
        ("Risk", "prices", "used", 0.1),
        ("Risk", "call words", "too old", 120.4),
        ("Risk", "call voice", "missing", None),
        ("Risk", "news", "not trained", None),
    ]
    frame = pl.DataFrame(rows, schema=["score", "input", "state", "age_days"], orient="row")
    text = told(charts.modality_coverage(frame, Notes()))
    assert "1 of the 3 inputs" in text
    for word in ("used", "120 d old", "missing", "not trained"):
        assert word in text


def test_reliability_counts_the_groups_that_fit() -> None:
    bins = pl.DataFrame(
        {"predicted": [0.01, 0.05], "observed": [0.012, 0.2], "low": [0.0, 0.1], "high": [0.03, 0.3]}
    )
    assert "In 1 of 2 groups" in told(charts.reliability(bins, Notes()))


def test_coverage_of_intervals_is_held_against_the_promise() -> None:
    rows = pl.DataFrame(
        {"label": ["3 days", "30 days"], "inside": [0.85, 0.94], "low": [0.8, 0.92], "high": [0.9, 0.96]}
    )
    text = told(charts.interval_coverage(rows, 0.9, Notes()))
    assert "90% of the time held it 85% to 94%" in text


def test_a_chart_is_the_same_bytes_each_time() -> None:
    made = [charts.score_over_time(scores([0.2, 0.3, 0.25]), "risk", 30, MADE_UP) for _ in range(2)]
    assert charts.svg(made[0]) == charts.svg(made[1])
    assert charts.png(made[0], 1.0) == charts.png(made[1], 1.0)


def test_labels_are_text_and_not_markup() -> None:
    effects = pl.DataFrame({"label": ["<script>alert(1)</script>", "b"], "effect": [0.1, -0.2]})
    picture = charts.svg(charts.attribution_bars(effects, "sentiment", Notes("<b>&")))
    assert "<script" not in picture
    assert "&lt;script" in picture


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("one", "other"), [(RAISED, LOWERED), (LINE, NOTICE), (INK, NOTICE)])
def test_colours_that_tell_things_apart_differ_in_grey_print(one: str, other: str) -> None:
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) > 3.0


def test_a_title_is_cut_into_even_lines() -> None:
    lines = wrapped(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen", 60
    )
    assert len(lines) == 2
    assert abs(len(lines[0]) - len(lines[1])) < 12
    assert len(wrapped("word " * 200, 60)) == 3


def test_a_picture_has_the_asked_size() -> None:
    chart = charts.contradiction_parts(pl.DataFrame({"check": ["a"], "share": [0.5], "matters": [1]}), 0.5)
    small, large = (Image.open(io.BytesIO(charts.png(chart, scale))) for scale in (1.0, 2.0))
    assert abs(large.width - 2 * small.width) <= 2
