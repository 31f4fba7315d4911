"""A change split by cause is drawn as steps that add up; several issuers stand on one scale."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from smalti import charts
from smalti.charts import Notes
from smalti.charts.screen import DARK
from smalti.charts.theme import Chart

TIME = pl.Datetime("us", "UTC")
MADE_UP = Notes("scores of core-123", synthetic=True)
MOMENTS = (datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 5, 15, 23, 59, tzinfo=UTC))


def told(chart: Chart) -> str:
    """All text of a chart's picture."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(chart))
    return html.unescape(" ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split()))


def parts(*amounts: float) -> pl.DataFrame:
    names = ("model version", "aged-out evidence", "new evidence", "remainder")
    return pl.DataFrame({"name": names[: len(amounts)], "amount": amounts})


def courses(**values: list[float | None]) -> pl.DataFrame:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    rows = [
        (name.replace("_", " "), start + timedelta(days=7 * at), value)
        for name, listed in values.items()
        for at, value in enumerate(listed)
    ]
    return pl.DataFrame(rows, schema={"issuer": pl.String, "as_of": TIME, "value": pl.Float64}, orient="row")


def test_the_steps_lead_from_one_score_to_the_other() -> None:
    drawn = charts.score_change(parts(0.0, -0.02, 0.08, 0.0), 0.31, 0.37, "risk", MOMENTS, MADE_UP)
    text = told(drawn)
    assert "From 31.0% to 37.0%: new evidence raised it most (+8.0 pp)" in text
    assert "20 Feb 2026, 00:00" in text
    assert "−2.0 pp" in text
    assert "SYNTHETIC" in text
    steps = next(rows for rows in drawn.to_dict()["datasets"].values() if any("way" in r for r in rows))
    joined = {row["label"]: (row["from"], row["to"]) for row in steps if row.get("way") != "end"}
    assert abs(joined["remainder"][1] - 0.37) < 1e-12


def test_what_moved_nothing_has_no_sign() -> None:
    text = told(charts.score_change(parts(0.0, 1e-9), 0.31, 0.31, "risk", MOMENTS))
    assert "Unchanged at 31.0%" in text
    assert "+0.0" not in text


def test_a_fall_names_what_lowered_it() -> None:
    text = told(charts.score_change(parts(0.1, -0.6), 0.3, -0.2, "sentiment", MOMENTS))
    assert "From +0.30 to −0.20: aged-out evidence lowered it most (−0.60)" in text


def test_two_moments_of_one_minute_are_two_lines() -> None:
    drawn = charts.score_change(parts(0.1), 0.3, 0.4, "risk", (MOMENTS[0], MOMENTS[0]))
    assert told(drawn).count("20 Feb 2026, 00:00") == 2


def test_issuers_are_told_apart_without_colour_and_share_a_scale() -> None:
    drawn = charts.issuers_over_time(courses(Anvil=[0.2, 0.3], Heron=[0.4, None, 0.6]), "risk", 30, MADE_UP)
    text = told(drawn)
    assert (
        "Risk over 30 trading days: Heron stands highest at 60.0%, Anvil lowest at 30.0% (12 Jan 2026)"
        in text
    )
    assert "SYNTHETIC" in text
    picture = charts.svg(drawn)
    assert "stroke-dasharray" in picture
    assert picture.count('aria-roledescription="axis"') == 2


def test_names_that_begin_alike_are_told_apart() -> None:
    long = "An_Issuer_Whose_Name_Is_Rather_Long_"
    text = told(charts.issuers_over_time(courses(**{f"{long}A": [0.2], f"{long}B": [0.3]}), "fraud"))
    assert "(2)" in text


def test_where_every_score_was_withheld_it_says_so() -> None:
    assert "every score was withheld" in told(charts.issuers_over_time(courses(A=[None]), "sentiment"))


@pytest.mark.parametrize(
    "drawn",
    [
        charts.issuers_over_time(courses(A=[0.1], B=[0.2], C=[0.3], D=[0.4]), "risk", 30),
        charts.score_change(parts(0.0, -0.02, 0.08), 0.31, 0.37, "risk", MOMENTS),
    ],
)
def test_on_dark_ground_every_colour_is_one_for_it(drawn: Chart) -> None:
    colours = set(re.findall(r"#[0-9a-f]{6}", str(charts.on_screen(drawn, dark=True, told="x"))))
    assert colours <= set(DARK.values())
