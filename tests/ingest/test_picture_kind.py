"""Kinds of picture told apart, on pictures drawn here whose kind is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from smalti.ingest.picture_kind import KINDS, picture_kind

Rgb = NDArray[np.uint8]
Lines = list[dict[str, Any]]


def line(text: str, x: float, y: float, height: float = 12) -> dict[str, Any]:
    return {"text": text, "box": [x, y, x + 7 * len(text), y + height], "score": 0.9}


def bars() -> tuple[Rgb, Lines]:
    picture = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(picture)
    lines = [line("Revenue ($m)", 20, 5)]
    for i, value in enumerate((120, 180, 150, 240, 300)):
        draw.rectangle((90 + 100 * i, 360 - value, 150 + 100 * i, 360), fill="navy")
        lines += [line(str(value), 100 + 100 * i, 345 - value), line(f"Q{i % 4 + 1} 2024", 95 + 100 * i, 370)]
    return np.asarray(picture), [*lines, *(line(f"{v}", 20, 360 - v) for v in (0, 100, 200, 300))]


def page() -> tuple[Rgb, Lines]:
    picture = Image.new("RGB", (640, 400), "white")
    draw = ImageDraw.Draw(picture)
    lines = []
    for i in range(14):
        text = "the company expects its revenue to grow in the coming year"
        lines.append(line(text, 40, 20 + 26 * i))
        draw.text((40, 20 + 26 * i), text, fill="black")
    return np.asarray(picture), lines


def app() -> tuple[Rgb, Lines]:
    picture = Image.new("RGB", (400, 800), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 60, 400, 500), fill=(30, 60, 90))
    lines = [line("10:16 AM", 160, 5), line("17,006 views", 20, 520), line("Subscribe", 280, 560)]
    return np.asarray(picture), [*lines, line("Our new plant opens", 20, 540)]


def photo() -> tuple[Rgb, Lines]:
    rng = np.random.default_rng(2)
    coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), dtype=np.uint8))
    scene = np.asarray(coarse.resize((640, 480), Image.Resampling.BICUBIC), np.float64)
    return (scene + rng.normal(0, 6, scene.shape)).clip(0, 255).astype(np.uint8), []


def poster() -> tuple[Rgb, Lines]:
    picture = Image.new("RGB", (500, 500), (20, 160, 200))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((100, 100, 400, 400), fill=(250, 210, 40))
    draw.polygon([(0, 500), (250, 300), (500, 500)], fill=(200, 40, 60))
    return np.asarray(picture), [line("SUMMER", 120, 40, 60)]


DRAWN = {"chart": bars, "photo": photo, "screenshot": app, "other": poster}


@pytest.mark.parametrize(("kind", "draw"), [*DRAWN.items(), ("screenshot", page)])
def test_each_kind_is_told(kind: str, draw: Any) -> None:
    found, score = picture_kind(*draw())
    assert found == kind
    assert 0.5 <= score <= 1


def test_a_chart_without_its_numbers_is_not_called_one() -> None:
    rgb, _ = bars()
    assert picture_kind(rgb, [])[0] != "chart"


def test_a_soft_photo_with_one_number_on_it_stays_a_photo() -> None:
    rgb, _ = photo()
    blurred = np.asarray(Image.fromarray(rgb).filter(ImageFilter.GaussianBlur(1)))
    assert picture_kind(blurred, [line("23", 300, 200)])[0] == "photo"


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3), (40, 40, 3)])
def test_any_shape_gets_a_kind(shape: tuple[int, int, int]) -> None:
    kind, score = picture_kind(np.full(shape, 7, np.uint8), [line("x" * 10_000, -5, -5)])
    assert kind in KINDS
    assert 0.5 <= score <= 1
