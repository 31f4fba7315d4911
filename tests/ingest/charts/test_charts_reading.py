"""Charts drawn with known values are read: values, names, kinds, axes and notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("cv2")

from smalti.ingest.charts.chart import LABEL, MEASURED, Chart
from smalti.ingest.charts.reading import read_charts
from smalti.ingest.ocr import Line

NAVY, ORANGE, GREEN, GREY = (0, 32, 96), (237, 125, 49), (84, 160, 60), (150, 150, 150)
YEARS = ["2011", "2012", "2013", "2014", "2015"]
FONT = ImageFont.load_default(size=18)


class Sheet:
    """A picture being drawn, and the words that OCR would find in it."""

    def __init__(self, width: int = 800, height: int = 560) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[Line] = []

    def word(self, text: str, x: float, y: float, fill: object = "black") -> None:
        """Words with their middle at x, y."""
        self.draw.text((x, y), text, fill=fill, font=FONT, anchor="mm")
        box = self.draw.textbbox((x, y), text, font=FONT, anchor="mm")
        self.lines.append(Line(text, tuple(float(v) for v in box), 0.99))

    def bar(self, x: float, base: float, end: float, colour: object, width: int = 60) -> None:
        top, bottom = sorted((base, end))
        self.draw.rectangle((x - width / 2, top, x + width / 2 - 1, bottom - 1), fill=colour)

    def legend(self, entries: Sequence[tuple[str, object, bool]], y: float = 530) -> None:
        for k, (name, colour, stroke) in enumerate(entries):
            x = 140 + 220 * k
            if stroke:
                self.draw.line((x - 24, y, x + 16, y), fill=colour, width=4)
            else:
                self.draw.rectangle((x, y - 7, x + 14, y + 7), fill=colour)
            left = x + 24
            wide = self.draw.textlength(name, font=FONT)
            self.word(name, left + wide / 2, y)

    def read(self) -> Chart:
        (chart,) = read_charts(np.asarray(self.image), self.lines)
        return chart


def xs(count: int = 5) -> list[int]:
    return [150 + 130 * k for k in range(count)]


def values(chart: Chart, name: str) -> dict[str, float]:
    (series,) = [s for s in chart.series if s.name == name]
    return {p.category: p.value for p in series.points}


def methods(chart: Chart) -> set[str]:
    return {p.method for s in chart.series for p in s.points}


def axis(sheet: Sheet, low: float, high: float, unit: str = "", x: float = 60, form: str = "{:.0f}") -> None:
    """Five ticks between the heights 480 and 80."""
    for k in range(5):
        value = low + (high - low) * k / 4
        text = form.format(value)
        sheet.word(f"${text}" if unit == "$" else text + unit, x, 480 - 100 * k)


def test_bars_take_the_labels_over_them():
    sheet, sold = Sheet(), [120.0, 150.0, 90.0, 200.0, 230.0]
    sheet.word("Annual Sales ($ in millions)", 400, 30)
    for x, year, value in zip(xs(), YEARS, sold, strict=True):
        sheet.bar(x, 480, 480 - value * 1.6, NAVY)
        sheet.word(f"${value:.0f}", x, 480 - value * 1.6 - 16)
        sheet.word(year, x, 500)
    chart = sheet.read()
    assert chart.kind == "bar"
    assert chart.title == "Annual Sales ($ in millions)"
    assert values(chart, chart.title) == dict(zip(YEARS, sold, strict=True))
    assert methods(chart) == {LABEL}
    assert {p.unit for s in chart.series for p in s.points} == {"$"}
    assert chart.notes == []


def test_bars_without_labels_are_measured_on_their_axis_within_the_error_given():
    sheet, sold = Sheet(), [31.0, 52.0, 77.0, 64.0, 96.0]
    axis(sheet, 0, 100)
    for x, year, value in zip(xs(), YEARS, sold, strict=True):
        sheet.bar(x, 480, 480 - value * 4, NAVY)
        sheet.word(year, x, 500)
    chart = sheet.read()
    (series,) = chart.series
    assert [p.category for p in series.points] == YEARS
    for point, true in zip(series.points, sold, strict=True):
        assert point.method == MEASURED
        assert abs(point.value - true) <= point.error <= 0.02 * true
    assert (chart.axes["y"].low, chart.axes["y"].high, chart.axes["y"].truncated) == (0, 100, False)


def test_bars_on_an_axis_that_begins_above_zero_are_noted():
    sheet, sold = Sheet(), [62.5, 57.4, 58.9, 60.2, 63.1]
    axis(sheet, 50, 66, "%")
    for x, year, value in zip(xs(), YEARS, sold, strict=True):
        sheet.bar(x, 480, 480 - (value - 50) * 25, NAVY)
        sheet.word(f"{value}%", x, 480 - (value - 50) * 25 - 16)
        sheet.word(year, x, 500)
    chart = sheet.read()
    assert chart.axes["y"].truncated
    assert "truncated axis" in chart.notes
    assert list(next(iter(chart.series)).points)[1].value == 57.4


def test_grouped_bars_are_told_apart_by_the_legend():
    sheet = Sheet()
    public, private = [140.0, 150.0, 160.0, 170.0, 180.0], [320.0, 340.0, 360.0, 380.0, 390.0]
    for x, year, low, high in zip(xs(), YEARS, public, private, strict=True):
        for off, value, colour in ((-22, low, NAVY), (22, high, ORANGE)):
            sheet.bar(x + off, 480, 480 - value, colour, 40)
            sheet.word(f"{value:.0f}", x + off, 480 - value - 14)
        sheet.word(year, x, 500)
    sheet.legend([("Public", NAVY, False), ("Private", ORANGE, False)])
    chart = sheet.read()
    assert chart.kind == "bar"
    assert values(chart, "Public") == dict(zip(YEARS, public, strict=True))
    assert values(chart, "Private") == dict(zip(YEARS, private, strict=True))


def test_stacks_give_their_segments_and_totals():
    sheet = Sheet()
    parts = [(100.0, 60.0, 24.0), (110.0, 70.0, 22.0), (90.0, 80.0, 26.0), (130.0, 90.0, 23.0)]
    names = ["Loans", "Leases", "Other"]
    for x, year, stack in zip(xs(), YEARS, parts, strict=False):
        base = 480.0
        for value, colour in zip(stack, (NAVY, ORANGE, GREY), strict=True):
            sheet.bar(x, base, base - value * 1.5, colour, 70)
            sheet.word(f"{value:.0f}", x, base - value * 0.75, "white")
            base -= value * 1.5
        sheet.word(f"${sum(stack):.0f}", x, base - 14)
        sheet.word(year, x, 500)
    sheet.legend([(n, c, False) for n, c in zip(names, (NAVY, ORANGE, GREY), strict=True)])
    chart = sheet.read()
    assert chart.kind == "stacked bar"
    for k, name in enumerate(names):
        assert values(chart, name) == {y: s[k] for y, s in zip(YEARS, parts, strict=False)}
    assert values(chart, "Total") == {y: sum(s) for y, s in zip(YEARS, parts, strict=False)}


def test_level_bars_are_read_as_such():
    sheet, shares = Sheet(), [62.0, 41.0, 33.0, 18.0]
    for k, (name, value) in enumerate(zip(["Europe", "Asia", "Africa", "Oceania"], shares, strict=True)):
        y = 120 + 90 * k
        sheet.draw.rectangle((160, y - 25, 160 + value * 8, y + 24), fill=GREEN)
        sheet.word(f"{value:.0f}%", 160 + value * 8 + 28, y)
        sheet.word(name, 100, y)
    chart = sheet.read()
    assert chart.kind == "horizontal bar"
    (series,) = chart.series
    assert {p.category: p.value for p in series.points} == {
        "Europe": 62.0, "Asia": 41.0, "Africa": 33.0, "Oceania": 18.0,
    }  # fmt: skip
    first = next(p for p in series.points if p.category == "Europe")
    assert first.box == pytest.approx((160, 95, 657, 145), abs=3)


def test_a_line_over_bars_has_an_axis_of_its_own():
    sheet = Sheet()
    sold, margin = [210.0, 260.0, 300.0, 350.0, 390.0], [4.0, 9.5, 7.0, 12.0, 15.5]
    axis(sheet, 0, 400, "$")
    axis(sheet, 0, 20, "%", x=760)
    points = [(x, 480 - m * 20) for x, m in zip(xs(), margin, strict=True)]
    for x, year, value in zip(xs(), YEARS, sold, strict=True):
        sheet.bar(x, 480, 480 - value, NAVY)
        sheet.word(f"${value:.0f}", x, 465, "white")
        sheet.word(year, x, 500)
    sheet.draw.line(points, fill=ORANGE, width=5)
    sheet.legend([("Revenue", NAVY, False), ("Margin", ORANGE, True)])
    chart = sheet.read()
    assert chart.kind == "combo"
    assert values(chart, "Revenue") == dict(zip(YEARS, sold, strict=True))
    assert "dual axis" in chart.notes
    assert (chart.axes["y"].unit, chart.axes["y2"].unit) == ("$", "%")


def test_lines_take_their_labels_and_are_measured_where_there_are_none():
    sheet = Sheet()
    stated, bare = [10.0, 14.0, 12.0, 20.0, 25.0], [31.0, 33.0, 36.0, 34.0, 38.0]
    axis(sheet, 0, 40)
    for x, year in zip(xs(), YEARS, strict=True):
        sheet.word(year, x, 500)
    for series, colour in ((stated, NAVY), (bare, ORANGE)):
        sheet.draw.line([(x, 480 - v * 10) for x, v in zip(xs(), series, strict=True)], colour, width=4)
    sheet.legend([("Cost", NAVY, True), ("Price", ORANGE, True)])
    chart = sheet.read()
    assert chart.kind == "line"
    for name, true in (("Cost", stated), ("Price", bare)):
        found = values(chart, name)
        assert found == {y: pytest.approx(v, rel=0.05) for y, v in zip(YEARS, true, strict=True)}


def test_the_labels_of_a_line_are_exact():
    sheet, rate = Sheet(), [4.36, 4.4, 4.49, 4.83, 5.26]
    for x, year, value in zip(xs(), YEARS, rate, strict=True):
        sheet.word(year, x, 500)
        sheet.word(f"{value}%", x, 480 - (value - 4) * 250 - 20)
    sheet.draw.line([(x, 480 - (v - 4) * 250) for x, v in zip(xs(), rate, strict=True)], NAVY, width=4)
    sheet.word("Loan yield by year", 400, 30)
    chart = sheet.read()
    assert values(chart, "Loan yield by year") == dict(zip(YEARS, rate, strict=True))
    assert methods(chart) == {LABEL}


@pytest.mark.parametrize("kind", ["pie", "donut"])
def test_wedges_take_the_label_that_is_as_large_as_they(kind):
    sheet = Sheet()
    parts = [("Fixed", 55.0, NAVY), ("Floating", 30.0, ORANGE), ("None", 15.0, GREEN)]
    start = -90.0
    for _, part, colour in parts:
        sheet.draw.pieslice((250, 130, 550, 430), start, start + 3.6 * part, fill=colour, outline="white")
        middle = np.radians(start + 1.8 * part)
        sheet.word(f"{part:.0f}%", 400 + 115 * np.cos(middle), 280 + 115 * np.sin(middle), "white")
        start += 3.6 * part
    if kind == "donut":
        sheet.draw.ellipse((335, 215, 465, 345), fill="white")
    sheet.legend([(n, c, False) for n, _, c in parts])
    chart = sheet.read()
    assert chart.kind == kind
    (series,) = chart.series
    assert {p.category: p.value for p in series.points} == {n: v for n, v, _ in parts}


def test_a_label_that_the_bar_contradicts_is_not_believed():
    sheet, sold = Sheet(), [120.0, 150.0, 90.0, 200.0, 230.0]
    axis(sheet, 0, 250)
    for x, year, value in zip(xs(), YEARS, sold, strict=True):
        sheet.bar(x, 480, 480 - value * 1.6, NAVY)
        shown = 20.0 if value == 200.0 else value  # as OCR reads a cut-off figure
        sheet.word(f"{shown:.0f}", x, 480 - value * 1.6 - 16)
        sheet.word(year, x, 500)
    chart = sheet.read()
    (series,) = chart.series
    by = {p.category: p for p in series.points}
    assert 20.0 not in [p.value for p in series.points]
    assert by["2014"].method == MEASURED
    assert by["2014"].value == pytest.approx(200, rel=0.03)


def test_pictures_without_a_chart_have_none():
    noise = np.random.default_rng(7).integers(0, 255, (300, 400, 3)).astype(np.uint8)
    assert read_charts(noise, []) == []
    page = Sheet()
    for k in range(12):
        page.word("Some words of a page that says nothing in figures", 400, 40 + 40 * k)
    assert read_charts(np.asarray(page.image), page.lines) == []


def test_a_small_copy_is_read_and_boxes_stay_in_the_pixels_handed_over():
    sheet = Sheet(2000, 1400)
    for k, value in enumerate([250, 440, 560, 810]):
        x = 300 + 400 * k
        sheet.bar(x, 1250, 1250 - value, NAVY, 200)
        sheet.lines.append(Line(f"{value}", (x - 40, 1210 - value, x + 40, 1240 - value), 1.0))
        sheet.lines.append(Line(YEARS[k], (x - 40, 1265, x + 40, 1295), 1.0))
    chart = sheet.read()
    (series,) = chart.series
    assert [p.value for p in series.points] == [250, 440, 560, 810]
    assert series.points[3].box == pytest.approx((1400, 440, 1600, 1250), abs=6)


def test_quarters_whose_letter_was_read_as_a_nought_are_put_right():
    sheet = Sheet()
    for x, shown, value in zip(xs(), ["1023", "2023", "3023", "4023", "1024"], [5, 6, 8, 9, 7], strict=True):
        sheet.bar(x, 480, 480 - value * 40, NAVY)
        sheet.word(f"{value}", x, 480 - value * 40 - 16)
        sheet.word(shown, x, 500)
    (series,) = sheet.read().series
    assert [p.category for p in series.points] == ["1Q23", "2Q23", "3Q23", "4Q23", "1Q24"]
