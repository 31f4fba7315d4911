"""Words in a picture, read offline by PP-OCR through rapidocr and ONNX Runtime.

The engine is loaded once a process and kept; it runs on one thread, so that many workers share a machine and
the same picture always gives the same lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from smalti.platform.errors import Malformed, WeightsError
from smalti.platform.records import Box
from smalti.platform.weights import Resolved, resolve

__all__ = ["Line", "model_version", "read"]

_MAX_SIDE = 1600  # pixels; larger pictures are shrunk, which bounds time at two or three seconds on one core
_FIND_SIDE = 1280  # the longer side at which text is looked for; at 640 the figures on chart axes are lost
_FIND_SCORE = 0.3  # how like text a place must look to be read; at the usual 0.5 short labels are lost
_MIN_SCORE = 0.6  # below it, most "words" are texture
_MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words.

    Attributes:
        text: what it says.
        box: x0, top, x1, bottom in pixels of the picture as it was handed over.
        score: the reader's mean confidence, 0 to 1.
    """

    text: str
    box: Box
    score: float


def model_version() -> str:
    """Changes whenever the same picture could read differently; part of a parser's version."""
    return f"rapidocr:{resolve('rapidocr').sha256[:12]}:{_MAX_SIDE}:{_FIND_SIDE}:{_FIND_SCORE}"


def read(rgb: NDArray[np.uint8], weights: Resolved | None = None) -> list[Line]:
    """The lines in a picture, top to bottom and, at one height, left to right; none if it has no words.

    Args:
        rgb: shape (height, width, 3); any size, shrunk when larger than `_MAX_SIDE` pixels.
        weights: resolved `rapidocr`; found in the usual places when not given.

    Raises:
        Malformed: an array of another shape or type.
        WeightsError: the OCR models are not installed or not as pinned.
    """
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or 0 in rgb.shape:
        raise Malformed(f"not an RGB picture: {rgb.dtype} {rgb.shape}", mend="uint8 (height, width, 3)")
    picture, scale = _shrink(rgb)
    # The engine takes colours in OpenCV's order.
    found = _engine(str((weights or resolve("rapidocr")).path))(np.ascontiguousarray(picture[:, :, ::-1]))
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    lines = [
        Line(text.strip(), _box(corners, scale), round(float(score), 4))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if text.strip()
    ]
    return _in_reading_order(lines)[:_MAX_LINES]


def _in_reading_order(lines: list[Line]) -> list[Line]:
    """Rows from the top, each from the left; a line is in a row when its middle is above the row's bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box[1], line.box[0])):
        if rows and (line.box[1] + line.box[3]) / 2 < rows[-1][0].box[3]:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box[0])]


def _shrink(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], tuple[float, float]]:
    """The picture at most `_MAX_SIDE` pixels long, and its own pixels for each of these across and down."""
    height, width = rgb.shape[:2]
    factor = _MAX_SIDE / max(height, width)
    if factor >= 1:
        return rgb, (1.0, 1.0)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    small = Image.fromarray(rgb).resize(size, Image.Resampling.LANCZOS)
    return np.asarray(small), (width / size[0], height / size[1])


def _box(corners: NDArray[np.float32], scale: tuple[float, float]) -> Box:
    """The upright box around four corners, back in the original picture's pixels."""
    x, y = corners[:, 0] * scale[0], corners[:, 1] * scale[1]
    x0, top, x1, bottom = (round(float(v), 1) for v in (x.min(), y.min(), x.max(), y.max()))
    return (x0, top, x1, bottom)


@cache
def _engine(folder: str) -> Any:  # RapidOCR, whose call is typed as four unrelated things
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise WeightsError(
            "the OCR engine is not installed", subject="rapidocr", mend="pip install smalti[models]"
        ) from error
    settings: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.text_score": _MIN_SCORE,
        "Global.use_cls": False,  # turns upside-down lines; posts and charts have none, and it misturns some
        "Global.max_side_len": _MAX_SIDE,
        "Det.limit_type": "max",
        "Det.limit_side_len": _FIND_SIDE,
        "Det.box_thresh": _FIND_SCORE,
        "Det.model_path": f"{folder}/PP-OCRv6_det_small.onnx",
        "Rec.model_path": f"{folder}/PP-OCRv6_rec_small.onnx",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    return RapidOCR(params=settings)
