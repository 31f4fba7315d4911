"""How every chart looks, and how one becomes a picture.

Colours differ in lightness as well as in hue, so that they stay apart in grey print and for readers who are
colour-blind; what is drawn with them is labelled besides. The font is Liberation Sans, which vl-convert
carries, so that the same chart is the same bytes on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import wrap
from typing import TypeAlias

import altair as alt
import vl_convert

Chart: TypeAlias = alt.LayerChart | alt.FacetChart | alt.VConcatChart
"""What builders give: layers of one plot, or plots below each other."""

INK, MUTED, GRID = "#16263b", "#5c6b7d", "#dfe5ec"
LINE, BAND = "#1d4f7c", "#bcd2e6"
RAISED, LOWERED = "#8c2d04", "#6baed6"
NOTICE, ABSENT, PAPER = "#f0a63a", "#eef1f5", "#ffffff"

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
WIDTH, HEIGHT = 520, 155
"""Pixels of the plot itself, where a builder names no others; a pixel is three quarters of a point."""

TITLE_LETTERS = 72
"""Letters of a title on one line above a plot of that width."""

_TITLE_LINES = 3
_PICTURE_SCALE = 2.0
_LABEL_PIXELS = 210


@dataclass(frozen=True, slots=True)
class Notes:
    """What a chart says of its data beside them.

    Attributes:
        source: where the numbers come from, in a few words.
        synthetic: whether any of them are made up.
    """

    source: str = ""
    synthetic: bool = False


def finished(chart: Chart, title: str, unit: str, notes: Notes, letters: int = TITLE_LETTERS) -> Chart:
    """A chart with its title, what it is measured in, its source, and the theme.

    Args:
        chart: the layers, sized.
        title: the finding, as one sentence.
        unit: what is drawn, and in which unit.
        notes: source, and whether it is synthetic.
        letters: how many letters of a title fit above the plot.
    """
    under = [line for line in (unit, f"Source: {notes.source}" if notes.source else "") if line]
    if notes.synthetic:
        under.append("SYNTHETIC DATA: a made-up company, not a real one")
    titled = chart.properties(
        title=alt.TitleParams(text=wrapped(title, letters), subtitle=under),
        padding={"left": 4, "right": 10, "top": 4, "bottom": 4},
    )
    themed: Chart = (
        titled.configure(font=FONT, background=PAPER)
        .configure_title(
            anchor="start", frame="group", fontSize=14, fontWeight="bold", color=INK, subtitleColor=MUTED,
            subtitleFontSize=11, subtitlePadding=5, offset=10, lineHeight=17, subtitleLineHeight=14,
        )
        .configure_axis(
            labelColor=INK, titleColor=MUTED, labelFontSize=11, titleFontSize=11, titleFontWeight="normal",
            gridColor=GRID, domainColor=MUTED, tickColor=MUTED, labelLimit=_LABEL_PIXELS,
        )
        .configure_legend(labelColor=INK, titleColor=MUTED, labelFontSize=11, titleFontSize=11, orient="top")
        .configure_view(stroke=None)
    )  # fmt: skip
    return themed


def wrapped(text: str, letters: int = TITLE_LETTERS) -> list[str]:
    """A title in as few lines as fit above a plot, of about the same length, and three at most."""
    flat = " ".join(text.split())
    fewest = wrap(flat, letters, max_lines=_TITLE_LINES, placeholder="…")
    even = (wrap(flat, width) for width in range(-(-len(flat) // max(1, len(fewest))), letters))
    return next((lines for lines in even if len(lines) <= len(fewest)), fewest)


def shortened(text: str, letters: int) -> str:
    """A label on one line, cut where it is long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= letters else f"{flat[: letters - 1]}…"


def svg(chart: Chart) -> str:
    """A chart as an SVG document."""
    drawn: str = vl_convert.vegalite_to_svg(chart.to_dict(), allowed_base_urls=[])
    return drawn


def pdf(chart: Chart) -> bytes:
    """A chart as a page of PDF, its font within; equal charts may differ in the order of its parts."""
    drawn: bytes = vl_convert.vegalite_to_pdf(chart.to_dict(), allowed_base_urls=[])
    return drawn


def png(chart: Chart, scale: float = _PICTURE_SCALE) -> bytes:
    """A chart as a PNG of `scale` dots a pixel."""
    drawn: bytes = vl_convert.vegalite_to_png(chart.to_dict(), scale=scale, allowed_base_urls=[])
    return drawn
