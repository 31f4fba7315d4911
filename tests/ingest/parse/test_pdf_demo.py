"""The PDF parser on the made-up filings of the demo world, whose contents are known."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image

import smalti
from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.pdf import parse
from smalti.platform.records import EvidenceKind

WORLD = Path(smalti.__file__).parent / "service" / "demo_world"
PLANTED = json.loads((WORLD / "truth.json").read_text())["planted"]
FILINGS = sorted((WORLD / "files" / "filings_pdf").glob("*.pdf"))
CONCEPTS = {"net_sales": "Revenues", "assets": "Assets", "cfo": "NetCashFromOperatingActivities"}


@pytest.fixture(scope="module", params=FILINGS, ids=lambda p: p.stem)
def filing(request):
    path = request.param
    planted = [p for p in PLANTED if Path(p.get("file", "")).name == path.name]
    return parse(path.read_bytes(), Request(path.name)).documents[0], planted


def test_each_chart_is_cut_out_with_its_title_and_values_and_is_no_table(filing):
    document, planted = filing
    drawn = ("chart_honest", "chart_truncated_axis", "chart_reversed", "chart_line")
    charts = {(p["page"], p["made_as"]): p for p in planted if p["kind"] in drawn}
    figures = {(p.locator.page, p.payload["origin"]): p for p in document.pieces if p.media}
    assert figures.keys() == charts.keys()
    for (page, origin), chart in charts.items():
        figure = figures[page, origin]
        width, height = Image.open(io.BytesIO(figure.media)).size
        assert width > 1.5 * height > 300
        if origin == "vector":
            assert figure.text.startswith(chart["title"])
            words = figure.text.split()
            assert words.count(f"{chart['axis_from']:g}") == 1
            for year, value in chart["drawn"].items():
                assert year in words
                assert f"{value:.1f}" in words
        tables = [p.text for p in document.pieces if p.kind is EvidenceKind.TABLE and p.locator.page == page]
        assert not any(chart["title"] in text for text in tables)


def test_statement_values_are_read_for_both_years(filing):
    document, planted = filing
    values = {
        (f.payload["concept"], f.payload["period_end"]): (f.payload["value"], f.locator.page)
        for f in reversed(read_facts(document.pieces))  # the statements come first and so count
    }
    for stated in (p for p in planted if p["kind"] == "statement_value"):
        concept = CONCEPTS[stated["item"]]
        assert values[concept, "2025-12-31"] == (stated["value"], stated["page"])
        assert values[concept, "2024-12-31"] == (stated["before"], stated["page"])
