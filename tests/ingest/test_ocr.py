"""Pictures drawn here, with their words known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

pytest.importorskip("rapidocr", reason="OCR needs the extra `models`")

from smalti.ingest import ocr
from smalti.platform.errors import Malformed

WORDS = ["Quarterly revenue", "$412.6 million", "up 7.3% since 2016"]


def _drawn(lines: list[str], size: tuple[int, int] = (640, 360), height: int = 32) -> NDArray[np.uint8]:
    picture = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(picture)
    for i, line in enumerate(lines):
        pen.text((40, 40 + i * 2 * height), line, fill="black", font=ImageFont.load_default(height))
    return np.asarray(picture)


@pytest.fixture(scope="module")
def three_lines() -> list[ocr.Line]:
    return ocr.read(_drawn(WORDS))


def test_reads_words_and_figures_exactly_from_the_top(three_lines: list[ocr.Line]) -> None:
    assert [line.text for line in three_lines] == WORDS
    assert all(line.score > 0.9 for line in three_lines)


def test_boxes_lie_where_the_words_were_drawn(three_lines: list[ocr.Line]) -> None:
    for i, line in enumerate(three_lines):
        x0, top, x1, bottom = line.box
        assert x0 == pytest.approx(40, abs=12)
        assert top - 12 <= 40 + i * 64 + 16 <= bottom + 12  # the middle of the drawn line
        assert 150 < x1 - x0 < 400


def test_boxes_of_a_shrunk_picture_are_in_its_own_pixels() -> None:
    (line,) = ocr.read(_drawn(["Net income fell"], size=(2048, 1024), height=96))
    assert line.text == "Net income fell"
    assert line.box[0] == pytest.approx(40, abs=30)
    assert line.box[2] > 600


def test_columns_are_read_row_by_row_though_one_sits_a_little_higher() -> None:
    picture = Image.new("RGB", (640, 160), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((40, 44), "Sales", fill="black", font=ImageFont.load_default(32))
    pen.text((400, 40), "Profit", fill="black", font=ImageFont.load_default(32))
    assert [line.text for line in ocr.read(np.asarray(picture))] == ["Sales", "Profit"]


def test_the_same_picture_reads_the_same_twice(three_lines: list[ocr.Line]) -> None:
    assert ocr.read(_drawn(WORDS)) == three_lines


def test_a_picture_without_words_has_no_lines() -> None:
    assert ocr.read(np.full((120, 200, 3), 200, dtype=np.uint8)) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3)])
def test_slivers_do_not_break_it(shape: tuple[int, int, int]) -> None:
    assert ocr.read(np.zeros(shape, dtype=np.uint8)) == []


def test_what_is_no_rgb_picture_is_refused() -> None:
    with pytest.raises(Malformed, match="not an RGB picture"):
        ocr.read(np.zeros((10, 10), dtype=np.uint8))
