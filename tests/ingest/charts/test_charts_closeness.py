"""Charts set close: labels read as one line, segments that meet at one height, banners in a line's colour."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

pytest.importorskip("cv2")

from smalti.ingest.charts.places import parted
from smalti.ingest.charts.printed import Text, texts_of
from smalti.ingest.charts.reading import read_charts
from smalti.ingest.ocr import Line

NAVY, BLUE, GREY, MAROON, YELLOW = (0, 32, 96), (60, 140, 220), (150, 150, 150), (92, 3, 29), (248, 179, 42)
QUARTERS = ["1Q14", "2Q14", "3Q14", "4Q14", "1Q15"]
XS = [150 + 130 * k for k in range(5)]


def line(text: str, x: float, y: float) -> Line:
    half = 5.0 * len(text)
    return Line(text, (x - half, y - 9, x + half, y + 9), 0.99)


def sheet() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (800, 560), "white")
    return image, ImageDraw.Draw(image)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("4Q 111Q 122Q 12", ["4Q 11", "1Q 12", "2Q 12"]),
        ("-10%-11%", ["-10%", "-11%"]),
        ("$12.1$13.4", ["$12.1", "$13.4"]),
        ("12.5% Growth", ["12.5% Growth"]),
        ("$3.10 - $3.30", ["$3.10 - $3.30"]),
        ("1,234,567", ["1,234,567"]),
    ],
)
def test_a_line_is_cut_where_its_signs_leave_no_doubt(words, parts):
    assert [t.text for t in texts_of([(words, (0, 0, 200, 20), 1.0)])] == parts


def test_segments_that_meet_at_one_height_are_no_base_line():
    image, draw = sheet()
    lines = [line(q, x, 505) for q, x in zip(QUARTERS, XS, strict=True)]
    small, large, thin = [140, 142, 139, 141, 142], [131, 130, 128, 130, 131], [16, 18, 17, 16, 20]
    for x, a, b, c in zip(XS, small, large, thin, strict=True):
        at = 480.0
        for value, colour in ((a, NAVY), (b, BLUE), (c, GREY)):
            draw.rectangle((x - 45, at - 1.3 * value, x + 44, at - 1), fill=colour)
            lines.append(line(str(value), x, at - 0.65 * value))
            at -= 1.3 * value
        lines.append(line(f"${a + b + c}", x, at - 20))
    for k, (name, colour) in enumerate([("Commercial", NAVY), ("Corporate", BLUE), ("Banking", GREY)]):
        draw.rectangle((140 + 200 * k, 533, 154 + 200 * k, 547), fill=colour)
        name_x = 140 + 200 * k + 24 + 5 * len(name)
        lines.append(line(name, name_x, 540))
    (chart,) = read_charts(np.asarray(image), lines)
    read = {s.name: [p.value for p in s.points] for s in chart.series}
    assert chart.kind == "stacked bar"
    assert read["Commercial"] == small
    assert read["Corporate"] == large
    assert read["Banking"] == thin
    assert read["Total"] == [a + b + c for a, b, c in zip(small, large, thin, strict=True)]
    assert not any(axis.truncated for axis in chart.axes.values())


def test_a_line_is_found_under_a_banner_of_its_colour():
    image, draw = sheet()
    draw.rectangle((0, 0, 800, 60), fill=MAROON)
    lines = [line(q, x, 505) for q, x in zip(QUARTERS, XS, strict=True)]
    bars, points = [9.9, 13.7, 12.6, 12.9, 48.0], [12.12, 12.00, 12.47, 11.58, 11.44]
    heights = [200 - 60 * (p - 12) for p in points]
    for x, value, point, y in zip(XS, bars, points, heights, strict=True):
        draw.rectangle((x - 45, 480 - 5 * value, x + 44, 479), fill=YELLOW)
        lines += [line(f"{value}%", x, 468), line(f"${point:.2f}", x, y - 22)]
    draw.line(list(zip(XS, heights, strict=True)), fill=MAROON, width=5)
    draw.rectangle((140, 93, 154, 107), fill=YELLOW)
    draw.line((396, 100, 440, 100), fill=MAROON, width=5)
    lines += [line("Leased", 194, 100), line("Rent a foot", 503, 100)]
    (chart,) = read_charts(np.asarray(image), lines)
    read = {s.name: [p.value for p in s.points] for s in chart.series}
    assert chart.kind == "combo"
    assert read["Leased"] == bars
    assert read["Rent a foot"] == points


def test_names_read_as_one_line_are_cut_between_words_over_their_bars():
    one, two = parted([Text("Wyndham Choice", (80, 500, 320, 520), 20.0)], [120.0, 280.0], 480.0)
    assert (one.text, two.text) == ("Wyndham", "Choice")
    whole = Text("Wyndham Choice", (80, 500, 160, 520), 20.0)
    assert parted([whole], [120.0, 280.0], 480.0) == [whole]
