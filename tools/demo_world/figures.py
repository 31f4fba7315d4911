"""Pictures: charts for filings (vector and raster) and images for posts, each labelled synthetic."""

from __future__ import annotations

import io
import random
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFont
from PIL.PngImagePlugin import PngInfo
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
    bars.barLabelFormat = f"%0.{chart.decimals}f"
    bars.barLabels.fontName, bars.barLabels.fontSize, bars.barLabels.nudge = "Times-Roman", 8, 7
    bars.groupSpacing = 16
    drawing.add(bars)
    drawing.add(String(425, 4, f"{LABEL} data", textAnchor="end", fontName="Times-Italic", fontSize=7))
    return drawing


def raster_chart(chart: Chart) -> bytes:
    """A chart of bars or a line as PNG bytes, its value axis from `chart.floor` to `chart.top`."""
    figure, axes = plt.subplots(figsize=(5.6, 2.9), dpi=130)
    written = f"%.{chart.decimals}f"
    if chart.shape == "line":
        axes.plot(chart.labels, chart.values, color=_NAVY, marker="o", linewidth=2)
        for label, value in zip(chart.labels, chart.values, strict=True):
            axes.annotate(written % value, (label, value), (0, 7), textcoords="offset points", ha="center")
    else:
        bars = axes.bar(chart.labels, chart.values, color=_TEAL, width=0.55)
        axes.bar_label(bars, fmt=written, fontsize=10, padding=2)
    axes.set_ylim(chart.floor, chart.top)
    axes.set_title(chart.title, fontsize=11, fontweight="bold", loc="left")
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


def offer_picture() -> Image.Image:
    """The picture of the rumor: an offer that nobody made."""
    image = Image.new("RGB", (600, 400), "#f7f2e7")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 600, 92), fill="#7b1e2b")
    big, mid, small = (ImageFont.truetype(_FONT, size) for size in (40, 28, 18))
    draw.text((300, 46), "ZZGT: CASH OFFER", font=big, fill="white", anchor="mm")
    draw.ellipse((60, 150, 230, 320), fill="#d8c9a3", outline="#7b1e2b", width=8)
    draw.text((145, 235), "52", font=ImageFont.truetype(_FONT, 76), fill="#7b1e2b", anchor="mm")
    draw.text((420, 190), "dollars a share", font=mid, fill="#2b2b2b", anchor="mm")
    draw.text((420, 250), "this week", font=mid, fill="#2b2b2b", anchor="mm")
    draw.text((300, 368), f"{LABEL}: fictional issuer, false claim", font=small, fill="#4b5661", anchor="mm")
    return image


def scene(caption: str, kind: str, rng: random.Random) -> Image.Image:
    """A drawn scene with grain as of a camera: `trailer`, `desk`, `shelf`, `warehouse` or `building`."""
    image = Image.new("RGB", (640, 430), "#c9d6e2")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 300, 640, 430), fill="#8d8f88")
    _SCENES[kind](draw, rng)
    draw.text((320, 26), caption, font=ImageFont.truetype(_FONT, 20), fill="#1d232b", anchor="mm")
    note = ImageFont.truetype(_FONT, 15)
    draw.text((320, 410), f"{LABEL}: fictional issuer", font=note, fill="#11161c", anchor="mm")
    noise = np.random.default_rng(rng.randrange(2**32)).normal(0, 3, (image.height, image.width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))


def _trailer(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((90, 110, 560, 290), fill="#f4f6f8", outline="#39424c", width=4)
    for x in range(110, 560, 45):
        draw.line(((x, 112), (x, 288)), fill="#d3d9df", width=2)
    for x in (170, 220, 470, 520):
        draw.ellipse((x - 24, 282, x + 24, 330), fill="#22262b", outline="#777f88", width=5)
    draw.rectangle((470, 130, 545, 280), fill="#b9cbdc", outline="#39424c", width=3)


def _desk(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.rectangle((40, 270, 600, 300), fill="#8a5a33")
    for x in (110, 340):
        draw.rectangle((x, 110, x + 190, 235), fill="#161b22", outline="#2f3842", width=6)
        for n in range(7):
            y = 125 + 15 * n
            draw.line(((x + 14, y), (x + 14 + rng.randint(40, 160), y)), fill="#56b6c2", width=5)
        draw.rectangle((x + 80, 235, x + 110, 270), fill="#2f3842")
    draw.ellipse((560, 240, 590, 270), fill="#c0392b")


def _shelf(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    for y in (150, 230, 310):
        draw.rectangle((50, y, 590, y + 12), fill="#6b4a2b")
        for x in range(60, 560, 62):
            if rng.random() < 0.55:
                tone = rng.choice(("#2e7d4f", "#b58900", "#7b1e2b", "#2f5d8a"))
                draw.rounded_rectangle((x, y - 62, x + 46, y), 8, fill=tone, outline="#22262b", width=2)


def _warehouse(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.polygon(((40, 190), (330, 90), (610, 180), (610, 330), (40, 330)), fill="#9aa7b3")
    draw.polygon(((40, 190), (330, 90), (330, 118), (40, 218)), fill="#5d6975")
    for x in range(80, 580, 84):
        draw.rectangle((x, 230, x + 54, 330), fill="#e8b04b", outline="#3b3f44", width=3)
    for _ in range(60):
        x, y = rng.randint(0, 640), rng.randint(40, 120)
        draw.ellipse((x, y, x + 3, y + 3), fill="#fff6c9")


def _building(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    draw.polygon(((200, 330), (260, 70), (380, 50), (450, 330)), fill="#c77b3a", outline="#5a3415", width=4)
    for y in range(90, 320, 34):
        for x in range(260, 400, 36):
            draw.ellipse((x, y, x + 22, y + 22), fill=rng.choice(("#ffe9a8", "#ffd166", "#4a3a2a")))


_SCENES = {
    "trailer": _trailer,
    "desk": _desk,
    "shelf": _shelf,
    "warehouse": _warehouse,
    "building": _building,
}


def panels() -> bytes:
    """A stack of equal panels, drawn one by one, as PNG bytes: a pattern that repeats itself by nature."""
    image = Image.new("RGB", (640, 430), "#d9dde1")
    draw = ImageDraw.Draw(image)
    for row in range(7):
        for column in range(9):
            x, y = 22 + 66 * column, 44 + 48 * row
            draw.rectangle((x, y, x + 60, y + 42), fill="#f3efe4", outline="#4b5661", width=2)
            draw.line(((x + 6, y + 21), (x + 54, y + 21)), fill="#9aa4af", width=3)
            draw.ellipse((x + 24, y + 8, x + 36, y + 18), fill="#2a7f7f")
    draw.text((320, 22), "Insulation panels", font=ImageFont.truetype(_FONT, 20), fill="#26303b", anchor="mm")
    note = ImageFont.truetype(_FONT, 15)
    draw.text((320, 408), f"{LABEL}: fictional issuer", font=note, fill="#26303b", anchor="mm")
    return _saved_png(image)


def _saved_png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    told = PngInfo()
    told.add_text("Description", LABEL)
    image.save(out, "PNG", pnginfo=told, optimize=True)
    return out.getvalue()


def shown_again(image: Image.Image, inset: int, quality: int) -> bytes:
    """The same picture a little cropped and compressed anew, as JPEG bytes."""
    width, height = image.size
    return jpeg(image.crop((inset, inset, width - inset, height - inset)).resize(image.size), quality)


_GENERATED = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="synthetic image generator">
<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def said_generated(image: Image.Image) -> bytes:
    """JPEG bytes whose XMP says that a trained model made the picture, by IPTC's digital source type."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, comment=LABEL.encode(), xmp=_GENERATED.encode())
    return out.getvalue()


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
