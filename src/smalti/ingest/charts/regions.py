"""Areas of one colour in a picture: bars, segments, wedges, legend squares."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Colour = tuple[float, float, float]

_STEP = 9  # of 255: a larger difference between neighbours is an edge
_LEAST = 12  # pixels
_MOST = 800  # regions looked at, largest first
_SLACK = 2.0  # pixels by which a box's side may waver


@dataclass(frozen=True, slots=True)
class Patch:
    """A place of one colour.

    Attributes:
        box: x0, top, x1, bottom in pixels, ends excluded.
        colour: mean R, G, B.
        area: pixels.
    """

    box: tuple[int, int, int, int]
    colour: Colour
    area: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.box[3] - self.box[1]


@dataclass(frozen=True, slots=True)
class Region(Patch):
    """An area of slowly changing colour.

    Attributes:
        boxed: 0 to 1, the part of its sides that lie on its box; 1 for an upright rectangle, also with
            words in it.
    """

    boxed: float


def find_regions(rgb: Rgb) -> list[Region]:
    """Regions, largest first."""
    smooth = _smooth(rgb)
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(smooth, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    flat = numbers.ravel()
    sums = [np.bincount(flat, rgb[:, :, c].ravel(), count) for c in range(3)]
    order = [int(i) for i in np.argsort(-areas, kind="stable") if i and areas[i] >= _LEAST][:_MOST]
    out = []
    for i in order:
        x0, top, wide, high = (int(v) for v in stats[i, :4])
        colour = (float(sums[0][i] / areas[i]), float(sums[1][i] / areas[i]), float(sums[2][i] / areas[i]))
        inside = numbers[top : top + high, x0 : x0 + wide] == i
        out.append(Region((x0, top, x0 + wide, top + high), colour, int(areas[i]), boxedness(inside)))
    return out


def boxedness(inside: NDArray[np.bool_]) -> float:
    """The part of a shape's columns and rows, taken alone, that reach the sides of its box."""
    high, wide = inside.shape
    columns, rows = inside.any(axis=0), inside.any(axis=1)
    first, last = inside.argmax(axis=0), high - inside[::-1].argmax(axis=0)
    left, right = inside.argmax(axis=1), wide - inside[:, ::-1].argmax(axis=1)
    slack_y, slack_x = max(_SLACK, 0.04 * high), max(_SLACK, 0.04 * wide)
    up = (first[columns] <= slack_y) & (last[columns] >= high - slack_y)
    over = (left[rows] <= slack_x) & (right[rows] >= wide - slack_x)
    return float(min(up.mean(), over.mean()))


def distance(one: Colour, two: Colour) -> float:
    """Between two colours: the largest difference of a channel, 0 to 255."""
    return max(abs(a - b) for a, b in zip(one, two, strict=True))


def background(rgb: Rgb) -> Colour:
    """The colour of the page: frequent in the picture, and along its rim."""
    coarse = (rgb >> 4).astype(np.int32)
    keys = (coarse[:, :, 0] << 8) | (coarse[:, :, 1] << 4) | coarse[:, :, 2]
    rim = max(2, min(keys.shape) // 50)
    edge = np.concatenate([side.ravel() for side in (keys[:rim], keys[-rim:], keys[:, :rim], keys[:, -rim:])])
    everywhere = np.bincount(keys.ravel(), minlength=4096) / keys.size
    along = np.bincount(edge, minlength=4096) / edge.size
    where = keys == int((everywhere * (0.1 + along)).argmax())
    r, g, b = (float(rgb[:, :, c][where].mean()) for c in range(3))
    return (r, g, b)


def _smooth(rgb: Rgb) -> NDArray[np.uint8]:
    soft = cv2.medianBlur(rgb, 3).astype(np.int16)
    edge = np.zeros(rgb.shape[:2], dtype=bool)
    across = np.abs(np.diff(soft, axis=1)).max(axis=2) > _STEP
    down = np.abs(np.diff(soft, axis=0)).max(axis=2) > _STEP
    edge[:, 1:] |= across
    edge[1:, :] |= down
    return (~edge).astype(np.uint8)
