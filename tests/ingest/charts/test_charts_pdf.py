"""A chart drawn in a PDF goes from its page through the parser and the reader to its values."""

from __future__ import annotations

import io

import numpy as np
import pytest

pytest.importorskip("cv2")

from smalti.ingest import seeing
from smalti.ingest.parse import pdf
from smalti.ingest.parse.contract import Parsed, Request
from smalti.platform.records import EvidenceKind

SALES = {"2011": 120.0, "2012": 150.0, "2013": 90.0, "2014": 200.0, "2015": 230.0}


def drawn() -> bytes:
    """A page with a paragraph and bars with the figures of `SALES` over them."""
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(612, 792))
    page.setFont("Helvetica", 10)
    page.drawString(72, 740, "Sales grew in most of the five years that are shown in the chart below.")
    page.setFont("Helvetica-Bold", 12)
    page.drawCentredString(300, 620, "Net sales by year")
    page.setFont("Helvetica", 9)
    page.line(120, 350, 500, 350)
    page.line(120, 350, 120, 600)
    for k, (year, value) in enumerate(SALES.items()):
        x = 140 + 70 * k
        page.setFillColorRGB(0.0, 0.13, 0.38)
        page.rect(x, 350, 40, value, stroke=0, fill=1)
        page.setFillColorRGB(0, 0, 0)
        page.drawCentredString(x + 20, 350 + value + 5, f"${value:.0f}")
        page.drawCentredString(x + 20, 336, year)
    page.save()
    return out.getvalue()


def read(tmp_path) -> Parsed:
    parsed = pdf.parse(drawn(), Request("a.pdf"))
    figures = []
    for name, payload in seeing.figures_of(parsed):
        np.save(tmp_path / f"{name}.npy", parsed.arrays[name])
        figures.append((name, (tmp_path / f"{name}.npy", payload["lines"])))
    found = seeing.read_figures([figure for _, figure in figures])
    return seeing.with_figures(parsed, dict(zip((n for n, _ in figures), found, strict=True)))


def test_bars_drawn_in_a_pdf_become_a_chart_with_their_values(tmp_path):
    (document,) = read(tmp_path).documents
    (chart,) = [p for p in document.pieces if p.kind is EvidenceKind.CHART]
    assert chart.payload["chart"] == "bar"
    assert chart.payload["title"] == "Net sales by year"
    (series,) = chart.payload["series"]
    assert {p["category"]: p["value"] for p in series["points"]} == SALES
    assert {p["method"] for p in series["points"]} == {"label"}
    assert chart.media is not None and chart.locator.page == 0
    assert "2014 $200" in chart.text
    assert "lines" not in chart.payload


@pytest.mark.slow
def test_a_picture_of_a_chart_is_read_by_real_ocr(tmp_path):
    pytest.importorskip("rapidocr")
    parsed = pdf.parse(drawn(), Request("a.pdf"))
    np.save(tmp_path / "rgb.npy", parsed.arrays["figure_0"])
    width = parsed.arrays["figure_0"].shape[1]
    seen = seeing.read_picture(tmp_path / "rgb.npy", lossy=False, width=width)
    (chart,) = seen["charts"]
    (series,) = chart["payload"]["series"]
    assert {p["category"]: p["value"] for p in series["points"]} == SALES
    assert seen["picture_kind"]["kind"] == "chart"
