"""Pictures: charts for filings (vector and raster) and images for posts, each labelled synthetic."""

from __future__ import annotations

import io
import random
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from PIL import Image, ImageDraw, ImageEnhance, ImageFont
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors

from .world import LABEL, Chart

_FONT = matplotlib.get_data_path() + "/fonts/ttf/DejaVuSans-Bold.ttf"
_NAVY, _TEAL = "#1f3a5f", "#2a7f7f"


def vector_chart(chart: Chart) -> Drawing:
    """A bar chart as PDF paths, 430 by 190 points, its value axis from `chart.floor` to `chart.top`."""
    drawing = Drawing(430, 190)
    drawing.add(String(215, 176, chart.title, textAnchor="middle", fontName="Times-Bold", fontSize=10))
    bars = VerticalBarChart()
    bars.x, bars.y, bars.width, bars.height = 45, 28, 360, 128
    bars.data = [list(chart.values)]
    bars.valueAxis.valueMin, bars.valueAxis.valueMax = chart.floor, chart.top
    bars.valueAxis.valueStep = (chart.top - chart.floor) / 5
    bars.valueAxis.labels.fontName = bars.categoryAxis.labels.fontName = "Times-Roman"
    bars.valueAxis.labels.fontSize = bars.categoryAxis.labels.fontSize = 8
    bars.valueAxis.labelTextFormat = "%0.0f"
    bars.valueAxis.visibleGrid = True
    bars.valueAxis.gridStrokeColor = colors.HexColor("#d5d9de")
    bars.categoryAxis.categoryNames = list(chart.labels)
    bars.bars[0].fillColor = colors.HexColor(_NAVY)
    bars.bars[0].strokeColor = None
    bars.barLabelFormat = "%0.1f"
    bars.barLabels.fontName, bars.barLabels.fontSize, bars.barLabels.nudge = "Times-Roman", 8, 7
    bars.groupSpacing = 16
    drawing.add(bars)
    drawing.add(String(425, 4, f"{LABEL} data", textAnchor="end", fontName="Times-Italic", fontSize=7))
    return drawing


def raster_chart(chart: Chart) -> bytes:
    """A bar chart as PNG bytes, its value axis from `chart.floor` to `chart.top`."""
    figure, axes = plt.subplots(figsize=(5.6, 2.9), dpi=130)
    bars = axes.bar(chart.labels, chart.values, color=_TEAL, width=0.55)
    axes.set_ylim(chart.floor, chart.top)
    axes.set_title(chart.title, fontsize=11, fontweight="bold", loc="left")
    axes.bar_label(bars, fmt="%.1f", fontsize=10, padding=2)
    axes.tick_params(labelsize=9)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.yaxis.grid(True, color="#e2e5e9")
    axes.set_axisbelow(True)
    figure.text(0.99, 0.01, f"{LABEL} data", ha="right", fontsize=7, color="#666666")
    return _png(figure)


def price_picture(title: str, closes: list[float]) -> bytes:
    """A line of closing prices as PNG bytes, as an account holder would post it."""
    figure, axes = plt.subplots(figsize=(5.0, 2.8), dpi=110)
    figure.set_facecolor("#10151c")
    axes.set_facecolor("#10151c")
    axes.plot(closes, color="#3ddc84" if closes[-1] >= closes[0] else "#ff5c5c", linewidth=1.6)
    axes.set_title(title, color="white", fontsize=11, loc="left")
    axes.tick_params(colors="#9aa4af", labelsize=8)
    axes.yaxis.grid(True, color="#26303b")
    for spine in axes.spines.values():
        spine.set_color("#26303b")
    figure.text(0.99, 0.02, f"{LABEL} data, fictional issuer", ha="right", fontsize=7, color="#9aa4af")
    return _png(figure)


def contract_picture() -> Image.Image:
    """The picture of the pump: a false contract, in big letters."""
    image = Image.new("RGB", (640, 420), "#0b1f14")
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 616, 396), outline="#f5c518", width=6)
    big, mid, small = (ImageFont.truetype(_FONT, size) for size in (46, 30, 18))
    draw.text((320, 78), "ZZVC TO THE MOON", font=big, fill="#f5c518", anchor="mm")
    draw.text((320, 150), "CAR MAKER CONTRACT", font=mid, fill="white", anchor="mm")
    draw.text((320, 196), "SIGNED - 900 MILLION", font=mid, fill="white", anchor="mm")
    draw.line(((80, 330), (200, 300), (300, 310), (420, 258), (560, 232)), fill="#3ddc84", width=8)
    draw.polygon(((560, 232), (530, 232), (548, 256)), fill="#3ddc84")
    draw.text((320, 366), f"{LABEL}: fictional issuer, false claim", font=small, fill="#c9d1d9", anchor="mm")
    return image


def near_copies(image: Image.Image, count: int, rng: random.Random) -> list[bytes]:
    """JPEG copies of one picture that differ as re-posts do: quality, brightness, a few cropped pixels."""
    copies: list[bytes] = []
    for n in range(count):
        inset = 0 if n == 0 else rng.randint(1, 4)
        width, height = image.size
        copy = image.crop((inset, inset, width - inset, height - inset)).resize(image.size)
        if n:
            copy = ImageEnhance.Brightness(copy).enhance(rng.uniform(0.95, 1.05))
        copies.append(jpeg(copy, quality=85 - 12 * n))
    return copies


def product_picture(caption: str, tone: str, shapes: str) -> bytes:
    """A drawn product (`box`, `pipe` or `cell`) with its caption, JPEG bytes."""
    image = Image.new("RGB", (560, 380), "#eef1f4")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 270, 560, 380), fill="#cfd6dd")
    if shapes == "box":
        draw.polygon(((170, 150), (300, 110), (420, 150), (420, 270), (290, 310), (170, 270)), fill=tone)
        draw.line(((170, 150), (290, 190), (420, 150)), fill="#6b4a2b", width=3)
        draw.line(((290, 190), (290, 310)), fill="#6b4a2b", width=3)
    elif shapes == "pipe":
        draw.rectangle((40, 190, 520, 250), fill="#8b97a3")
        draw.ellipse((230, 110, 330, 210), fill=tone, outline="#26303b", width=4)
        draw.line(((280, 160), (310, 135)), fill="white", width=4)
    else:
        for x in (150, 240, 330):
            draw.rounded_rectangle((x, 130, x + 70, 290), 12, fill=tone, outline="#26303b", width=3)
            draw.rectangle((x + 22, 116, x + 48, 130), fill="#26303b")
    draw.text((280, 40), caption, font=ImageFont.truetype(_FONT, 22), fill="#26303b", anchor="mm")
    note = ImageFont.truetype(_FONT, 14)
    draw.text((280, 356), f"{LABEL}: fictional issuer", font=note, fill="#4b5661", anchor="mm")
    return jpeg(image, quality=80)


def jpeg(image: Image.Image, quality: int) -> bytes:
    """JPEG bytes whose comment names the picture as synthetic."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, comment=LABEL.encode())
    return out.getvalue()


def _png(figure: Any) -> bytes:
    out = io.BytesIO()
    figure.tight_layout()
    figure.savefig(out, format="png", metadata={"Software": None, "Description": LABEL})
    plt.close(figure)
    return out.getvalue()
