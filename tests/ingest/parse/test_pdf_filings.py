"""The PDF parser on real filings: figures a person can check in the source."""

import io
import os
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.pdf import parse
from smalti.platform.errors import Empty, Encrypted, InputError
from smalti.platform.records import EvidenceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared" / "data"))
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"no data at {DATA}: set SMALTI_DATA"),
]


def read(name):
    path = DATA / name
    return parse(path.read_bytes(), Request(path.name)).documents[0]


def test_best_buy_release_gives_its_earnings_statement_and_dateline():
    document = read("sample/filings_pdf/BESTBUY_2024Q2_EARNINGS.pdf")
    assert str(document.published_at)[:10] == "2023-08-29"
    assert document.hints["ticker"] == "BBY"
    statement = next(
        p for p in document.pieces if "STATEMENTS OF EARNINGS" in str(p.payload.get("caption", ""))
    )
    assert statement.locator.page == 4
    lines = statement.text.splitlines()
    assert lines[:3] == [
        " | Three Months Ended |  | Six Months Ended",
        " | July 29, 2023 | July 30, 2022 | July 29, 2023 | July 30, 2022",
        "Revenue | $ 9,583 | $ 10,329 | $ 19,050 | $ 20,976",
    ]
    assert (
        "Earnings before income tax expense and equity in income (loss) of affiliates | 369 | 367 | 689 | 818"
        in lines
    )


def test_amcor_8k_is_dated_by_its_signature_and_named_by_its_cover():
    document = read("sample/filings_pdf/AMCOR_2022_8K_dated-2022-07-01.pdf")
    assert str(document.published_at)[:10] == "2022-07-01"
    assert dict(document.hints) == {"form": "8-K", "company": "AMCOR PLC", "ticker": "AMCR"}


@pytest.mark.parametrize(
    ("name", "page", "day", "concept", "values"),
    [
        ("BOEING_2018_10K", 51, "December 31,", "Assets", {"2018-12-31": 117_359, "2017-12-31": 112_362}),
        ("MICROSOFT_2016_10K", 53, "June 30,", "Assets", {"2016-06-30": 193_694, "2015-06-30": 174_472}),
        (
            "AMCOR_2023_10K",
            52,
            "For the years ended June 30,",
            "NetCashFromOperatingActivities",
            {"2023-06-30": 1_261, "2022-06-30": 1_526, "2021-06-30": 1_461},
        ),
    ],
)
def test_a_statement_whose_day_stands_right_over_its_first_section_keeps_its_periods(
    name, page, day, concept, values
):
    out = io.BytesIO()
    alone = pdfium.PdfDocument.new()
    alone.import_pages(pdfium.PdfDocument(DATA / "filings_qa" / "pdf" / f"{name}.pdf"), [page])
    alone.save(out)
    pieces = parse(out.getvalue(), Request(name)).documents[0].pieces
    (table,) = [p for p in pieces if p.kind is EvidenceKind.TABLE]
    assert day in [c["text"] for c in table.payload["cells"] if c["header"]]
    facts = read_facts(pieces)
    found = {f.payload["period_end"]: f.payload["value"] for f in facts if f.payload["concept"] == concept}
    assert found == {end: millions * 1e6 for end, millions in values.items()}


@pytest.mark.slow
def test_3m_10k_gives_whole_statements_and_is_dated_by_its_signature_page():
    document = read("sample/filings_pdf/3M_2016_10K.pdf")
    assert str(document.published_at)[:10] == "2017-02-09"
    assert document.partial is None
    flows = next(
        p
        for p in document.pieces
        if p.kind is EvidenceKind.TABLE
        and p.text.startswith("(Millions) | 2016 |")
        and "Statement of Cash Flows" in p.payload["caption"]
    )
    assert flows.locator.page == 58
    assert "Purchases of treasury stock | (3,753) | (5,238) | (5,652)" in flows.text
    assert "treasury stock pursuant to stock option and benefit plans | 804 | 635 | 968" in flows.text


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((DATA / "torture" / "pdf").glob("*.pdf")), ids=lambda p: p.stem)
def test_awkward_files_parse_or_are_refused_by_name(path):
    refused = {"empty": Empty, "password-example": Encrypted, "issue-297-example": Empty}
    try:
        (document,) = parse(path.read_bytes(), Request(path.name)).documents
    except InputError as error:
        assert type(error) is refused[path.stem]
        assert path.name in str(error)
    else:
        assert path.stem not in refused
        assert document.pieces
