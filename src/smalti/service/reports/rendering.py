"""A report's content as PDF and as HTML: the same content gives the same bytes.

This runs in a worker process: it draws the charts, fills the templates and sets the pages. All that documents
say reaches the templates as data, never as markup; Typst sees one folder of ours and no other file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
import typst
from markupsafe import Markup
from PIL import Image

from smalti.charts import pdf, svg
from smalti.service.reports.content import Report, drawings, from_json
from smalti.service.reports.drawing import draw
from smalti.service.reports.glyphs import printable
from smalti.service.reports.pages import blocks, filled, quotes, strengths

_FULL_WIDTH = 680
"""Pixels of a chart that fills the width of a page."""
_CROP_HIGH, _CROP_WIDE = 150.0, 440.0  # points
_CROP_SCALE = 0.5  # points a pixel, at most
_SVG_SIZE = re.compile(r'<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"')


@dataclass(frozen=True, slots=True)
class Rendered:
    """One report in both forms."""

    pdf: bytes
    html: bytes


def render(content: str, pictures: Mapping[str, bytes]) -> Rendered:
    """Draw the charts, fill the templates, set the pages.

    Args:
        content: the report as `content.to_json` wrote it.
        pictures: PNG bytes of the pictures it names, by their ids.
    """
    report = from_json(content)
    drawn = [draw(one) for one in drawings(report)]
    vectors = [svg(chart) for chart in drawn]
    return Rendered(
        _pdf(report, [pdf(chart) for chart in drawn], vectors, pictures), _html(report, vectors, pictures)
    )


def _pdf(report: Report, charts: list[bytes], vectors: list[str], pictures: Mapping[str, bytes]) -> bytes:
    page = filled(report, printable)
    strengths(page)
    with tempfile.TemporaryDirectory(prefix="report-") as name:
        root = Path(name)
        for number, block in enumerate(b for b in blocks(page) if b["is"] == "Drawing"):
            file = root / f"chart-{number}.pdf"
            file.write_bytes(charts[number])
            block |= {"file": file.name, "width": min(1.0, _size(vectors[number])[0] / _FULL_WIDTH)}
            block["ratio"] = _size(vectors[number])[1] / _size(vectors[number])[0]
        for quote in quotes(page):
            raw = pictures.get(quote["crop"] or "")
            quote |= {"picture": None, "height": 0.0}
            if raw is not None:
                (root / f"{quote['crop']}.png").write_bytes(raw)
                quote |= {"picture": f"{quote['crop']}.png", "height": _height(raw)}
        (root / "report.json").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
        shutil.copyfile(_template("report.typ"), root / "report.typ")
        (root / "packages").mkdir()
        made: bytes = typst.compile(
            str(root / "report.typ"),
            root=str(root),
            ignore_system_fonts=True,
            package_path=str(root / "packages"),
            package_cache_path=str(root / "packages"),
            timestamp=int(report.as_of.timestamp()),
        )
        return made


def _html(report: Report, vectors: list[str], pictures: Mapping[str, bytes]) -> bytes:
    page = filled(report, str)
    strengths(page)
    for number, block in enumerate(b for b in blocks(page) if b["is"] == "Drawing"):
        block |= {"image": _base64(vectors[number].encode()), "pixels": round(_size(vectors[number])[0])}
    for quote in quotes(page):
        raw = pictures.get(quote["crop"] or "")
        quote["image"] = _base64(raw) if raw is not None else None
    style = _template("report.css").read_text(encoding="utf-8")
    told = (
        _templates()
        .get_template("report.html.j2")
        .render(data=page, style=Markup(style), style_hash=_hash(style))  # noqa: S704 - our own file
    )
    return f"{told}\n".encode()


@cache
def _templates() -> jinja2.Environment:
    folder = _template("report.css").parent
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined
    )


def _template(name: str) -> Path:
    return Path(__file__).parent / "templates" / name


def _hash(style: str) -> str:
    """What a content security policy calls these bytes."""
    return f"sha256-{_base64(hashlib.sha256(style.encode()).digest())}"


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _size(vector: str) -> tuple[float, float]:
    """Width and height of an SVG, in pixels."""
    found = _SVG_SIZE.search(vector)
    assert found is not None
    return float(found[1]), float(found[2])


def _height(raw: bytes) -> float:
    """Points that a picture is high: no larger than it is, nor than fits beside its quote."""
    with Image.open(io.BytesIO(raw)) as picture:
        wide, high = picture.size
    scale = min(_CROP_SCALE, _CROP_HIGH / high, _CROP_WIDE / wide)
    return high * scale


__all__ = ["Rendered", "render"]
