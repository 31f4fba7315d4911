"""Hints that a picture was put together or painted over: error levels, and parts that appear twice.

Hints with numbers and a place, never verdicts. A crop, a caption, a screenshot of a screenshot or a
social network's own recompression moves both measures, and rows of windows repeat by themselves; what they
are worth on real pictures is in `bench/results/pictures.json`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Floats = NDArray[np.float64]

_BLOCK = 16  # pixels; two JPEG blocks a side
_QUALITIES = (95, 90, 85, 80, 75, 70, 60, 50)
_LEAST_BLOCKS = 64  # fewer say nothing of what is usual in the picture
_FAR = 3.0  # robust standard deviations from the picture's own level
TELLING_LEVEL = 4.0
"""Score of error levels that 19 of 20 untouched photos stay below, at whatever quality they were saved."""
_NO_LOSS = 0.3  # grey levels squared; where the last saving is repeated, logarithms of the loss are wild
_LEAST_SPREAD = 0.4  # of logarithms; with less, what stands out from almost nothing is rounding
_MOST_SHARE = 0.4  # a larger part is the picture, not something put into it
_SIDE = 800  # pixels; the copy searched for repeats
_KEYPOINTS = 2_000
_RATIO = 0.6  # a match must be this much nearer than the next best (Lowe 2004)
_APART = 40.0  # pixels of that copy; nearer matches are texture
_BIN = 8.0  # pixels; shifts this close are one shift
_LEAST_MATCHES = 6


def forensics(
    rgb: NDArray[np.uint8], *, lossy: bool, shrunk: bool, lines: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Both hints on one picture.

    Args:
        rgb: (height, width, 3), as the parser decoded it.
        lossy: the file was JPEG or lossy WebP; without lossy compression there are no levels to compare.
        shrunk: `rgb` is smaller than the file's picture; resampling wipes error levels out.
        lines: text read in it, each with a `box`; letters repeat, so what lies in them is no repeated part.

    Returns:
        JSON values; boxes are x0, top, x1, bottom in pixels of `rgb`.

        - `error_levels`: None where they say nothing, or `score` (mean robust z of the region that stands
          out most, 0 where none does), `telling` (at least `TELLING_LEVEL`), `quality` (JPEG quality at
          which it does), `share` of the picture and `box`.
        - `copy_move`: `score` (matching points of the part found twice, 0 where there is none), `shift`
          (x, y), `box` and `box_of` (around its points, and where they are again).
    """
    return {
        "error_levels": error_levels(rgb) if lossy and not shrunk else None,
        "copy_move": copy_move(rgb, lines),
    }


def error_levels(rgb: NDArray[np.uint8]) -> dict[str, Any] | None:
    """The compact region whose loss on recompression differs most from that of like texture elsewhere.

    JPEG ghosts (Farid, *Exposing Digital Forgeries from JPEG Ghosts*, 2009): a part once saved at another
    quality loses less there. Losses are compared as logarithms, after taking out what contrast explains.

    Returns:
        See `forensics`; None for a picture of fewer than 64 blocks or without texture.
    """
    picture = Image.fromarray(rgb).convert("L")
    grey = np.asarray(picture, np.float64)
    contrast = np.log(_blocks(grey**2) - _blocks(grey) ** 2 + 1.0)
    if contrast.size < _LEAST_BLOCKS or np.ptp(contrast) < 1e-6:
        return None
    best: dict[str, Any] = {"score": 0.0, "telling": False, "quality": None, "share": 0.0, "box": None}
    strength = 0.0
    for quality in _QUALITIES:
        lost = np.log(_blocks((grey - _recompressed(picture, quality)) ** 2) + _NO_LOSS)
        level = _robust(ndimage.uniform_filter(lost - _explained(lost, contrast), 3))
        regions, count = ndimage.label(np.abs(level) > _FAR)
        if not count:
            continue
        sizes = ndimage.sum_labels(np.ones_like(level), regions, range(1, count + 1))
        sums = ndimage.sum_labels(np.abs(level) - _FAR, regions, range(1, count + 1))
        sums[(sizes < 4) | (sizes > _MOST_SHARE * level.size)] = 0
        chosen = int(np.argmax(sums))
        if sums[chosen] > strength:
            strength = float(sums[chosen])
            rows, columns = ndimage.find_objects(regions)[chosen]
            score = round(float(np.abs(level[regions == chosen + 1]).mean()), 2)
            best = {
                "score": score,
                "telling": score >= TELLING_LEVEL,
                "quality": quality,
                "share": round(float(sizes[chosen]) / level.size, 4),
                "box": [v * _BLOCK for v in (columns.start, rows.start, columns.stop, rows.stop)],
            }
    return best


def copy_move(rgb: NDArray[np.uint8], lines: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The part of a picture that appears in it again, moved but not turned.

    SIFT key points matched within the picture (Amerini et al., *A SIFT-based forensic method for copy-move
    attack detection*, 2011), with the shift that most pairs share.

    Returns:
        See `forensics`.
    """
    import cv2

    scale = min(1.0, _SIDE / max(rgb.shape[:2]))
    small = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    if scale < 1:
        size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
        small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    found, descriptors = cv2.SIFT.create(nfeatures=_KEYPOINTS).detectAndCompute(small, None)
    nothing: dict[str, Any] = {"score": 0, "shift": None, "box": None, "box_of": None}
    if descriptors is None:
        return nothing
    points = np.array([point.pt for point in found], np.float64).reshape(-1, 2)
    plain = _outside(points / scale, lines)
    points = points[plain]
    one, other = _pairs(points, np.asarray(descriptors, np.float32)[plain])
    if len(one) < _LEAST_MATCHES:
        return nothing
    shift = points[other] - points[one]
    near = np.abs(shift[:, None, :] - shift[None, :, :]).max(axis=2) <= _BIN
    agreeing = near[int(near.sum(axis=1).argmax())]
    matches = len(np.unique(np.round(points[one[agreeing]] / 2), axis=0))
    if matches < _LEAST_MATCHES:
        return nothing
    moved = np.median(shift[agreeing], axis=0) / scale
    return {
        "score": matches,
        "shift": [round(float(v)) for v in moved],
        "box": _box(points[one[agreeing]] / scale),
        "box_of": _box(points[other[agreeing]] / scale),
    }


def _pairs(points: Floats, descriptors: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of key points that match one another and no third, each pair once, left to right."""
    if len(points) < 3:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    squares = (descriptors**2).sum(axis=1)
    distances = squares[:, None] + squares[None, :] - 2 * descriptors @ descriptors.T
    near = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2) < _APART**2
    distances[near] = np.inf
    second = np.partition(distances, 1, axis=1)[:, 1]
    nearest = distances.argmin(axis=1)
    every = np.arange(len(points))
    good = distances[every, nearest] < _RATIO**2 * second
    good &= np.isfinite(second) & (nearest[nearest] == every)
    keep = good & _before(points, points[nearest])
    return every[keep], nearest[keep]


def _before(one: Floats, other: Floats) -> NDArray[np.bool_]:
    """Which points lie left of the other, or above it where neither is."""
    left: NDArray[np.bool_] = one[:, 0] < other[:, 0]
    above: NDArray[np.bool_] = (one[:, 0] == other[:, 0]) & (one[:, 1] < other[:, 1])
    return left | above


def _outside(points: Floats, lines: Sequence[Mapping[str, Any]]) -> NDArray[np.bool_]:
    keep = np.ones(len(points), np.bool_)
    for line in lines:
        x0, top, x1, bottom = line["box"]
        inside = (
            (points[:, 0] >= x0) & (points[:, 0] <= x1) & (points[:, 1] >= top) & (points[:, 1] <= bottom)
        )
        keep &= ~inside
    return keep


def _box(points: Floats) -> list[int]:
    (x0, top), (x1, bottom) = points.min(axis=0), points.max(axis=0)
    return [int(x0), int(top), int(np.ceil(x1)), int(np.ceil(bottom))]


def _blocks(values: Floats) -> Floats:
    """Means of whole blocks; what is left over at the right and bottom is dropped."""
    rows, columns = (side // _BLOCK for side in values.shape)
    whole = values[: rows * _BLOCK, : columns * _BLOCK]
    means: Floats = whole.reshape(rows, _BLOCK, columns, _BLOCK).mean(axis=(1, 3))
    return means


def _recompressed(picture: Image.Image, quality: int) -> Floats:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out), np.float64)


def _explained(lost: Floats, contrast: Floats) -> Floats:
    """What blocks of like contrast lose: medians over twenty bins, interpolated."""
    edges = np.unique(np.quantile(contrast, np.linspace(0, 1, 21)))
    bins = np.clip(np.searchsorted(edges, contrast.ravel(), "right") - 1, 0, max(len(edges) - 2, 0))
    filled = np.unique(bins)
    centres = np.array([np.median(contrast.ravel()[bins == b]) for b in filled])
    medians = np.array([np.median(lost.ravel()[bins == b]) for b in filled])
    explained: Floats = np.interp(contrast, centres, medians)
    return explained


def _robust(values: Floats) -> Floats:
    """Distances from the median in robust standard deviations."""
    centred = values - np.median(values)
    spread = 1.4826 * float(np.median(np.abs(centred)))
    return centred / max(spread, _LEAST_SPREAD)
