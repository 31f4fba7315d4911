"""Pictures put together here, so that it is known what was done and where."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from smalti.ingest.forensics import copy_move, error_levels, forensics

Rgb = NDArray[np.uint8]


def textured(seed: int, width: int = 480, height: int = 320) -> Rgb:
    """Clouds with some grain: no edges that repeat."""
    rng = np.random.default_rng(seed)
    whole = np.zeros((height, width), np.float64)
    for cells in (4, 12, 40, 120):
        coarse = Image.fromarray(rng.normal(0, 1, (cells * 2 // 3, cells)).astype(np.float32))
        whole += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)) * 120 / cells**0.5
    return np.repeat((whole + 128).clip(0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def saved(rgb: Rgb, quality: int) -> Rgb:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def overlap(one: list[int], other: tuple[int, int, int, int]) -> float:
    """Intersection over union."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(across, 0) * max(down, 0)
    areas = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (one, other))
    return shared / (areas - shared)


def test_a_part_saved_before_at_a_lower_quality_stands_out_where_it_is() -> None:
    picture = saved(textured(1), 90).copy()
    plain = error_levels(saved(picture, 95))
    picture[96:224, 160:320] = saved(textured(2), 50)[96:224, 160:320]
    found = error_levels(saved(picture, 95))
    assert plain is not None
    assert found is not None
    assert overlap(found["box"], (160, 96, 320, 224)) > 0.6
    assert 60 / 600 <= found["share"] <= 120 / 600  # 80 blocks, with or without their border
    assert (found["telling"], plain["telling"]) == (True, False)
    assert found["score"] > plain["score"] + 1


def test_a_part_copied_elsewhere_is_found_with_its_shift() -> None:
    picture = textured(3).copy()
    picture[150:270, 300:440] = picture[30:150, 41:181]
    found = copy_move(saved(picture, 90))
    assert found["score"] >= 10
    assert found["shift"] == pytest.approx([259, 120], abs=1)
    assert overlap(found["box"], (41, 30, 181, 150)) > 0.3  # around the points that match, so inside it
    assert overlap(found["box_of"], (300, 150, 440, 270)) > 0.3
    assert found["box"][0] > 41
    assert found["box_of"][2] < 440


def test_a_large_picture_gives_its_own_pixels() -> None:
    picture = textured(4, 1200, 800).copy()
    picture[400:700, 800:1100] = picture[100:400, 100:400]
    found = copy_move(picture)
    assert found["shift"] == pytest.approx([700, 300], abs=3)


def test_a_picture_left_alone_has_no_part_twice() -> None:
    assert copy_move(saved(textured(5), 90)) == {"score": 0, "shift": None, "box": None, "box_of": None}


def test_words_that_repeat_are_no_copied_part() -> None:
    picture = textured(6).copy()
    picture[200:260, 260:460] = picture[40:100, 20:220]
    lines = [{"text": "so", "box": [15, 35, 225, 105], "score": 0.9}]
    assert copy_move(picture)["score"] > 0
    assert copy_move(picture, lines)["score"] == 0


def test_what_lossless_or_shrunk_pictures_cannot_tell_is_left_out() -> None:
    picture = textured(7, 240, 160)
    for lossy, shrunk in ((False, False), (True, True)):
        assert forensics(picture, lossy=lossy, shrunk=shrunk)["error_levels"] is None
    assert forensics(picture, lossy=True, shrunk=False)["error_levels"] is not None


@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 900, 3), (64, 64, 3), (300, 300, 3)])
def test_tiny_and_blank_pictures_give_nothing(shape: tuple[int, int, int]) -> None:
    found = forensics(np.full(shape, 200, np.uint8), lossy=True, shrunk=False)
    assert found["error_levels"] is None
    assert found["copy_move"]["score"] == 0
