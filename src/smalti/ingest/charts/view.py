"""A picture prepared for reading: pixels, words and blocks, upright or turned a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from smalti.ingest.charts.bars import Bars
from smalti.ingest.charts.blocks import Block, Painted, find_blocks
from smalti.ingest.charts.legend import Entry, find_legend
from smalti.ingest.charts.printed import Text, turned, turned_back
from smalti.ingest.charts.regions import Colour, Region, Rgb
from smalti.platform.records import Box


@dataclass(frozen=True, slots=True)
class View:
    """A picture and its words; `level`: turned so that level bars stand upright.

    Attributes:
        ground: the commonest colour.
        whole: width in pixels of the upright picture.
    """

    rgb: Rgb
    texts: tuple[Text, ...]
    painted: Painted
    ground: Colour
    level: bool
    whole: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Pixels down."""
        return int(self.rgb.shape[0])

    def upright(self, box: Box) -> Box:
        """A box of this view in the picture as it was."""
        return turned_back(box, self.whole) if self.level else box


def view_of(rgb: Rgb, texts: Sequence[Text], regions: Sequence[Region]) -> View:
    """The upright view of a picture."""
    found = find_blocks(rgb, regions, [t.box for t in texts])
    painted = replace(found, blocks=tuple(_no_letters(found.blocks, texts)))
    return View(rgb, tuple(texts), painted, found.palette[0], level=False, whole=int(rgb.shape[1]))


def turned_view(view: View) -> View:
    """The view turned a quarter to the left: what grew to the right grows upwards."""
    wide = view.width
    blocks = tuple(
        Block((b.box[1], wide - b.box[2], b.box[3], wide - b.box[0]), b.colour, b.area)
        for b in view.painted.blocks
    )
    rgb = np.ascontiguousarray(np.rot90(view.rgb))
    painted = Painted(blocks, np.ascontiguousarray(np.rot90(view.painted.which)), view.painted.palette)
    return View(rgb, tuple(turned(view.texts, wide)), painted, view.ground, level=True, whole=wide)


def legend_of(upright: View, bars: Bars | None, *, level: bool) -> list[Entry]:
    """The legend's entries, told from words inside the bars of a view."""
    boxes: list[Box] = []
    if bars is not None:
        boxes = [floats(s.box) for b in bars.bars for s in b.segments]
    if level:
        boxes = [turned_back(b, upright.whole) for b in boxes]
    free = [t for t in upright.texts if not any(b[0] <= t.x <= b[2] and b[1] <= t.y <= b[3] for b in boxes)]
    return find_legend(upright.rgb, free, upright.ground)


def floats(box: tuple[int, int, int, int]) -> Box:
    """A pixel box as a `Box`."""
    return (float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def _no_letters(blocks: Sequence[Block], texts: Sequence[Text]) -> list[Block]:
    """Blocks less the strokes of letters and the grounds of words."""
    if not texts or not blocks:
        return list(blocks)
    words = np.array([t.box for t in texts])
    boxes = np.array([b.box for b in blocks], dtype=float)
    within = (
        (boxes[:, None, 0] >= words[:, 0] - 2)
        & (boxes[:, None, 1] >= words[:, 1] - 2)
        & (boxes[:, None, 2] <= words[:, 2] + 2)
        & (boxes[:, None, 3] <= words[:, 3] + 2)
    )
    inside = np.atleast_1d(within.any(axis=1))
    return [b for b, letter in zip(blocks, inside.tolist(), strict=True) if not letter]
