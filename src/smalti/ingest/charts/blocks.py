"""Filled upright rectangles of a picture: what may be a bar, a segment of one, or a legend's square."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from smalti.ingest.charts.regions import Colour, Patch, Region, Rgb, background, boxedness, distance
from smalti.platform.records import Box

_NEAR = 34.0  # of 255: pixels this far from a colour still have it
_SAME = 16.0  # colours closer than this are one
_BOXED = 0.72
_LEAST = (3, 2)  # pixels across, down
_MOST_COLOURS = 24
_MOST = 500
_MOST_PIECES = 150  # of one colour
_FREQUENT = 0.008  # of all pixels
_BRIDGE = 0.045  # of the picture's height
_GAP = 14  # pixels a line or a word may cut out of a bar


@dataclass(frozen=True, slots=True)
class Block(Patch):
    """A filled rectangle."""

    @property
    def x(self) -> float:
        """Middle, across."""
        return (self.box[0] + self.box[2]) / 2


@dataclass(frozen=True, slots=True)
class Painted:
    """A picture's rectangles, and each pixel's colour as an index into `palette` (-1: of none).

    The palette begins with the page's ground and white.
    """

    blocks: tuple[Block, ...]
    which: NDArray[np.int16]
    palette: tuple[Colour, ...]


def find_blocks(rgb: Rgb, regions: Sequence[Region], words: Sequence[Box]) -> Painted:
    """Rectangles of one colour or of a gentle shade, largest first, the page's own ground left out.

    Letters inside `words` (boxes) are taken as the colour around them, so that they cut no bar in two.
    """
    ground = background(rgb)
    area = rgb.shape[0] * rgb.shape[1]
    flat = [r for r in regions if r.area < 0.3 * area and distance(r.colour, ground) > _SAME]
    palette = palette_of(rgb, flat, ground)
    whole = (ground, (255.0, 255.0, 255.0), *palette)
    masks = nearest(rgb, whole)
    _fill_letters(masks, words)
    pieces: list[Block] = []
    for k in range(len(palette)):
        pieces += _joined(_pieces(masks == k + 2, palette[k]))
    wide = [(Block(r.box, r.colour, r.area), r.boxed) for r in flat if min(r.width, r.height) > 5]
    shaded = _joined([(b, boxed) for b, boxed in wide if boxed >= 0.5], alike=22.0)
    found = _without_strips(shaded, pieces)
    kept = [b for b in found if not _open_above(rgb, b)][:_MOST]
    return Painted(tuple(kept), masks, whole)


def _open_above(rgb: Rgb, block: Block) -> bool:
    """Whether a block's colour goes on over its upper end and on both sides: a part of a shaded ground."""
    x0, top, x1, bottom = block.box
    colour = np.array(block.colour)
    strips = [
        rgb[max(top - 9, 0) : max(top - 4, 0), x0:x1],
        rgb[top:bottom, max(x0 - 9, 0) : max(x0 - 4, 0)],
        rgb[top:bottom, x1 + 4 : x1 + 9],
    ]
    alike = [bool(np.abs(np.median(s, axis=(0, 1)) - colour).max() < _SAME) for s in strips if s.size]
    return bool(alike) and alike[0]


def palette_of(rgb: Rgb, regions: Sequence[Region], ground: Colour) -> list[Colour]:
    """The colours of regions, and those frequent in the picture that no region has (soft edges hide some)."""
    out = colours(regions)
    keys = (rgb >> 4).astype(np.int32)
    codes = (keys[:, :, 0] << 8) | (keys[:, :, 1] << 4) | keys[:, :, 2]
    counts = np.bincount(codes.ravel(), minlength=4096)
    for code in np.argsort(-counts)[:12].tolist():
        if counts[code] < _FREQUENT * codes.size:
            break
        r, g, b = (float(v) for v in rgb[codes == code].mean(axis=0))
        known = [ground, (255.0, 255.0, 255.0), *out]
        if all(distance((r, g, b), c) > 1.5 * _SAME for c in known):
            out.append((r, g, b))
    return out[: _MOST_COLOURS + 4]


def colours(regions: Sequence[Region]) -> list[Colour]:
    """The distinct colours of the larger regions, by the pixels they cover."""
    out: list[tuple[Colour, int]] = []
    for region in regions:
        if min(region.width, region.height) < 3 or region.area < 24:
            continue
        for k, (colour, weight) in enumerate(out):
            if distance(colour, region.colour) < _SAME:
                out[k] = (colour, weight + region.area)
                break
        else:
            out.append((region.colour, region.area))
    return [c for c, _ in sorted(out, key=lambda pair: -pair[1])[:_MOST_COLOURS]]


def nearest(rgb: Rgb, palette: Sequence[Colour]) -> NDArray[np.int16]:
    """The index of each pixel's colour in the palette, (H, W); -1 where none is near."""
    # Looked up in a cube of 32 levels a channel, which is far quicker than asking every pixel.
    level = np.arange(32, dtype=np.int16) * 8 + 4
    cube = np.stack(np.meshgrid(level, level, level, indexing="ij"), axis=-1)
    away = np.stack([np.abs(cube - np.array(c, dtype=np.int16)).max(axis=3) for c in palette], axis=-1)
    which = np.where(away.min(axis=3) < _NEAR, away.argmin(axis=3), -1).astype(np.int16)
    r, g, b = (rgb[:, :, c] >> 3 for c in range(3))
    return np.asarray(which[r, g, b], dtype=np.int16)


def _fill_letters(which: NDArray[np.int16], words: Sequence[Box]) -> None:
    """In each row of a word, what lies between pixels of the row's commonest colour takes that colour."""
    height, width = which.shape
    for x0, top, x1, bottom in words:
        left, right = max(int(x0), 0), min(int(x1) + 1, width)
        for y in range(max(int(top), 0), min(int(bottom) + 1, height)):
            row = which[y, left:right]
            known = row[row >= 0]
            if len(known) < 0.25 * len(row):
                continue
            common = int(np.bincount(known).argmax())
            at = np.flatnonzero(row == common)
            row[at[0] : at[-1] + 1] = common


def _pieces(mask: NDArray[np.bool_], colour: Colour) -> list[tuple[Block, float]]:
    bridge = max(_GAP, round(_BRIDGE * mask.shape[0])) | 1
    closed = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    # A line that crosses a bar parts it from above to below: bridged upright only.
    closed = cv2.morphologyEx(closed, cv2.MORPH_CLOSE, np.ones((bridge, 1), np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    out = []
    for i in np.argsort(-stats[:, cv2.CC_STAT_AREA], kind="stable")[: _MOST_PIECES + 1].tolist():
        x0, top, wide, high, area = (int(v) for v in stats[i])
        if i == 0 or wide < _LEAST[0] or high < _LEAST[1] or area < 10:
            continue
        inside = numbers[top : top + high, x0 : x0 + wide] == i
        trimmed = _trimmed(inside)
        if trimmed is None:
            continue
        a, b, c, d = trimmed
        box = (x0 + a, top + b, x0 + c, top + d)
        out.append((Block(box, colour, area), boxedness(inside[b:d, a:c])))
    return out


def _trimmed(inside: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """The box without hairs: columns and rows in which less than a fifth of the usual pixels are set."""
    columns, rows = inside.sum(axis=0), inside.sum(axis=1)
    keep_x = np.flatnonzero(columns >= 0.2 * np.percentile(columns, 90))
    keep_y = np.flatnonzero(rows >= 0.2 * np.percentile(rows, 90))
    if not len(keep_x) or not len(keep_y):
        return None
    box = int(keep_x[0]), int(keep_y[0]), int(keep_x[-1]) + 1, int(keep_y[-1]) + 1
    return box if box[2] - box[0] >= _LEAST[0] and box[3] - box[1] >= _LEAST[1] else None


def _joined(pieces: Sequence[tuple[Block, float]], alike: float = 255.0) -> list[Block]:
    """Pieces of one colour (or as alike as that), those that a line or word parted put together again."""
    waiting = sorted((b for b, _ in pieces), key=lambda b: (b.box[1], b.box[0]))
    boxed = dict(pieces)
    out: list[tuple[Block, float]] = []
    for piece in waiting:
        for k, (other, score) in enumerate(out):
            one, two = other.box, piece.box
            slack = max(2.0, 0.06 * max(other.width, piece.width))
            nested = (
                min(one[0], two[0]) >= max(one[0], two[0]) - slack
                and max(one[2], two[2]) <= min(one[2], two[2]) + slack
            )
            if distance(other.colour, piece.colour) > alike:
                continue
            if nested and -_GAP < two[1] - one[3] <= _GAP and min(other.width, piece.width) >= 4:
                box = (min(one[0], two[0]), one[1], max(one[2], two[2]), max(one[3], two[3]))
                out[k] = (replace(other, box=box, area=other.area + piece.area), max(score, boxed[piece]))
                break
        else:
            out.append((piece, boxed[piece]))
    return [b for b, score in out if score >= _BOXED and b.area >= 0.35 * b.width * b.height]


def _without_strips(shaded: Sequence[Block], pieces: Sequence[Block]) -> list[Block]:
    """Shaded rectangles less those that a piece of one colour states better, and no strips of a shade."""
    kept: list[Block] = []
    for block in shaded:
        same = [p for p in pieces if _share(block.box, p.box) > 0.7 and _share(p.box, block.box) > 0.7]
        if not same:
            kept.append(block)
    rest = [
        p
        for p in pieces
        if not any(
            _share(p.box, k.box) > 0.8 and _share(k.box, p.box) < 0.7 and distance(k.colour, p.colour) < 60
            for k in kept
        )
    ]
    return sorted([*kept, *rest], key=lambda b: -b.area)


def _share(one: tuple[int, int, int, int], two: tuple[int, int, int, int]) -> float:
    """The part of the first box that lies in the second."""
    wide = min(one[2], two[2]) - max(one[0], two[0])
    high = min(one[3], two[3]) - max(one[1], two[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / max((one[2] - one[0]) * (one[3] - one[1]), 1)
