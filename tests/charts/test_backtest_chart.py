"""The chart of a back-test says what a rule would have raised, and what it left out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import polars as pl

from smalti import charts
from smalti.charts.theme import Chart

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
END = BEGIN + timedelta(days=200)


def raised(*rows: tuple[int, str, bool | None]) -> pl.DataFrame:
    """Alerts: on which day, of whom, and whether high volatility followed."""
    columns = {
        "as_of": [BEGIN + timedelta(days=day) for day, _, _ in rows],
        "issuer": [issuer for _, issuer, _ in rows],
        "followed": [followed for _, _, followed in rows],
    }
    return pl.DataFrame(columns, schema_overrides={"followed": pl.Boolean})


def told(chart: Chart) -> str:
    found = re.findall(r"<text[^>]*>(.*?)</text>", charts.svg(chart))
    return " ".join(" ".join(re.sub(r"<[^>]+>", " ", one) for one in found).split())


def test_the_finding_is_the_title() -> None:
    frame = raised((3, "Anvil", True), (3, "Anvil", True), (9, "Brass", False), (20, "Brass", None))
    said = told(charts.alerts_raised(frame, BEGIN, END))
    assert "It would have raised 4 alerts on 2 issuers; high volatility followed 2 of the 3 that can" in said
    assert "high volatility followed it did not not known" in said  # the legend
    assert said.count("Anvil") == said.count("Brass") == 1
    assert re.search(r"\b2\b", said.rpartition("Brass")[2])  # two at one moment are one mark, counted


def test_one_alert_of_which_nothing_is_known() -> None:
    said = told(charts.alerts_raised(raised((3, "Anvil", None)), BEGIN, END))
    assert "It would have raised 1 alert on 1 issuer; what followed is not known" in said


def test_what_was_left_out_is_drawn_and_said() -> None:
    left_out = (BEGIN - timedelta(days=90), BEGIN - timedelta(days=1))
    chart = charts.alerts_raised(raised((3, "Anvil", True)), BEGIN, END, left_out)
    assert "grey: left out, the model was trained on what followed" in told(chart)
    domains = [layer["encoding"]["x"]["scale"]["domain"] for layer in chart.to_dict()["layer"]]
    assert {one[0] for one in domains} == {"2025-10-07T00:00:00Z"}


def test_alerts_of_very_many_issuers_are_counted_by_month() -> None:
    frame = raised(*((number % 60, f"Issuer {number}", number % 2 == 0) for number in range(40)))
    said = told(charts.alerts_raised(frame, BEGIN, END))
    assert "40 alerts on 40 issuers" in said
    assert "alerts a month" in said
    assert "Issuer 7" not in said


def test_its_colours_are_the_themes_so_that_it_turns_dark() -> None:
    chart = charts.alerts_raised(raised((3, "Anvil", True)), BEGIN, END)
    dark = str(charts.on_screen(chart, dark=True, told="x"))
    assert "#f08a5d" in dark
    assert "#8c2d04" not in dark
