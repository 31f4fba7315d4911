"""The PDF parser on pages made here: what is drawn is what comes out."""

import io

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from smalti.ingest.parse.contract import Limits, ParsedDocument, Request
from smalti.ingest.parse.pdf import parse
from smalti.platform.errors import Empty, Encrypted, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind

PROSE = (
    "Net sales grew in every region because customers bought more of the new",
    "products and because prices rose, while currency changes took away a part.",
    "The company expects this to go on in the coming year in most markets.",
)


class Page:
    """A letter page drawn with the origin at the top left, as the parser reports it."""

    def __init__(self, **options: object) -> None:
        self.out = io.BytesIO()
        self.canvas = Canvas(self.out, pagesize=(612, 792), **options)
        self.canvas.setFont("Helvetica", 9)

    def at(self, x: float, y: float, text: str) -> None:
        self.canvas.drawString(x, 792 - y, text)

    def right(self, x: float, y: float, text: str) -> None:
        self.canvas.drawRightString(x, 792 - y, text)

    def turn(self) -> None:
        self.canvas.showPage()
        self.canvas.setFont("Helvetica", 9)

    def raw(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()


def read(raw: bytes, **options: object) -> ParsedDocument:
    return parse(raw, Request("filing.pdf", **options)).documents[0]


def statement(page: Page, top: float = 100) -> None:
    """An income statement as filings set it: currency in its own slot, brackets hanging out."""
    page.canvas.line(330, 792 - (top + 3), 530, 792 - (top + 3))
    page.at(385, top, "Year Ended December 31,")
    for x, year in ((405, "2016"), (505, "2015")):
        page.at(x, top + 14, year)
    page.at(60, top + 28, "Operating results:")
    rows = (
        ("Net sales", "$", "30,109", "$", "30,274"),
        ("Cost of sales", "", "(15,040)", "", "(15,383)"),
        ("Other expense, net of gains and of losses on", "", "", "", ""),
        ("securities", "", "—", "", "(12)"),
        ("Share of sales", "", "49.9 %", "", "50.8 %"),
    )
    for i, (label, sign, one, also, two) in enumerate(rows):
        y = top + 40 + 12 * i
        page.at(60, y, label)
        page.at(340, y, sign)
        page.right(430, y, one)
        page.at(440, y, also)
        page.right(530, y, two)


def test_a_borderless_statement_becomes_rows_with_whole_amounts():
    page = Page()
    statement(page)
    (table,) = [p for p in read(page.raw()).pieces if p.kind is EvidenceKind.TABLE]
    assert table.text.splitlines() == [
        " | Year Ended December 31,",
        " | 2016 | 2015",
        "Operating results:",
        "Net sales | $ 30,109 | $ 30,274",
        "Cost of sales | (15,040) | (15,383)",
        "Other expense, net of gains and of losses on securities | — | (12)",
        "Share of sales | 49.9 % | 50.8 %",
    ]
    cells = {(c["row"], c["column"]): c for c in table.payload["cells"]}
    assert cells[0, 1]["span"] == 2
    assert [c["text"] for c in cells.values() if c["header"]] == ["Year Ended December 31,", "2016", "2015"]
    x0, top, x1, bottom = cells[3, 1]["box"]
    assert (round(x0), round(x1)) == (340, 430)
    assert top < 140 < bottom + 2


def columns(page: Page, top: float, rows: list[tuple[str, ...]], *, right: tuple[float, ...]) -> None:
    """Labels at the left and amounts set flush right."""
    for i, (label, *amounts) in enumerate(rows):
        page.at(60, top + 14 * i, label)
        for x, amount in zip(right, amounts, strict=False):
            page.right(x, top + 14 * i, amount)


def test_a_day_before_bare_years_is_a_header_and_not_one_label_with_the_section_below():
    page = Page()
    page.canvas.drawCentredString(306, 722, "Consolidated Statements of Position")
    page.at(60, 88, "(Dollars in millions, except per share data)")
    rows = [
        ("December 31,", "2018", "2017"),
        ("Assets",),
        ("Cash and cash equivalents", "$7,637", "$8,813"),
        ("Common stock, 1,012 shares issued at December 31,",),
        ("2018 and 2017", "5,061", "5,061"),
    ]
    columns(page, 102, rows, right=(480, 550))
    (table,) = [p for p in read(page.raw()).pieces if p.kind is EvidenceKind.TABLE]
    assert table.text.splitlines() == [
        "(Dollars in millions, except per share data)",
        "December 31, | 2018 | 2017",
        "Assets",
        "Cash and cash equivalents | $7,637 | $8,813",
        "Common stock, 1,012 shares issued at December 31, 2018 and 2017 | 5,061 | 5,061",
    ]
    assert [c["row"] for c in table.payload["cells"] if c["header"]] == [0, 1, 1, 1]


def test_a_period_without_its_year_covers_the_years_under_it():
    page = Page()
    page.at(367, 88, "Years ended December 31,")
    rows = [
        ("", "2025", "2024", "2023"),
        ("Net sales", "$ 371,412", "$ 398,215", "$ 389,640"),
        ("Cost of sales", "245,874", "248,884", "241,580"),
    ]
    columns(page, 102, rows, right=(377, 455, 533))
    (table,) = [p for p in read(page.raw()).pieces if p.kind is EvidenceKind.TABLE]
    over = table.payload["cells"][0]
    assert (over["text"], over["row"], over["column"], over["span"]) == ("Years ended December 31,", 0, 1, 3)
    assert table.text.splitlines()[1] == " | 2025 | 2024 | 2023"


def test_pieces_come_in_reading_order_with_page_box_and_offsets():
    page = Page()
    for i, line in enumerate(PROSE):
        page.at(60, 60 + 11 * i, line)
    statement(page, 130)
    page.at(60, 260, "The notes are a part of this statement and should be read with it.")
    page.turn()
    page.at(60, 60, "A second page begins here with its own words.")
    pieces = read(page.raw()).pieces
    assert [p.kind.value for p in pieces] == ["paragraph", "table", "paragraph", "paragraph"]
    assert pieces[0].text == " ".join(PROSE)
    assert [p.locator.page for p in pieces] == [0, 0, 0, 1]
    plain = "\n\n".join(p.text for p in pieces)
    for piece in pieces:
        start, end = piece.locator.chars
        assert plain[start:end] == piece.text
    x0, top, _, bottom = pieces[0].locator.box
    assert round(x0) == 60
    assert 48 < top < 60 < 80 < bottom < 90


def test_contents_lists_bullets_and_two_columns_are_no_tables():
    page = Page()
    for i, (name, number) in enumerate(
        (
            ("Business", 4),
            ("Risk Factors", 10),
            ("Properties", 13),
            ("Legal Proceedings", 13),
            ("Exhibits", 98),
        )
    ):
        page.at(60, 60 + 14 * i, f"Item {i + 1}. {name}")
        page.right(540, 60 + 14 * i, str(number))
    page.turn()
    for i in range(6):
        page.at(60, 60 + 14 * i, "•")
        page.at(75, 60 + 14 * i, f"sales of product {i} rose by {i + 2} percent to ${i},400 million in 2016")
    page.turn()
    for i in range(12):
        page.at(50, 60 + 12 * i, f"In 201{i % 7} the firm sold goods for ${i}00 million here")
        page.at(320, 60 + 12 * i, f"and spent {i}5 percent of its 201{i % 8} income abroad on")
    assert {p.kind for p in read(page.raw()).pieces} == {EvidenceKind.PARAGRAPH}


def test_a_table_beside_prose_keeps_to_its_side():
    page = Page()
    for i in range(14):
        page.at(50, 60 + 11 * i, "The firm may be exposed to country risk from many markets")
    for i, country in enumerate(("Germany", "Japan", "France", "China", "Brazil", "Canada")):
        page.at(330, 66 + 14 * i, country)
        page.right(450, 66 + 14 * i, f"{i + 1}.5")
        page.right(520, 66 + 14 * i, f"{i + 20}.1")
    (table,) = [p for p in read(page.raw()).pieces if p.kind is EvidenceKind.TABLE]
    assert table.text.splitlines()[0] == "Germany | 1.5 | 20.1"
    assert table.text.splitlines()[-1] == "Canada | 6.5 | 25.1"


def test_running_heads_and_page_numbers_are_left_out():
    page = Page()
    for number in range(4):
        page.at(60, 30, "Table of Contents")
        page.at(60, 300, f"The text of page {'abcd'[number]} is told here.")
        page.at(300, 770, str(number + 1))
        page.turn()
    assert [p.text for p in read(page.raw()).pieces] == [
        f"The text of page {c} is told here." for c in "abcd"
    ]


def test_pictures_and_drawn_charts_are_cut_out_but_logos_are_not():
    page = Page()
    photo = ImageReader(Image.effect_noise((300, 200), 60))
    logo = ImageReader(Image.effect_noise((90, 90), 30))
    for number in range(3):
        page.canvas.drawImage(logo, 60, 700, 60, 60)
        page.at(60, 150, f"Words of page {number} below the logo.")
        if number == 1:
            page.canvas.drawImage(photo, 100, 300, 240, 160)
        if number == 2:
            for i, height in enumerate((30, 55, 80, 110, 140)):
                page.canvas.rect(120 + 40 * i, 300, 25, height, fill=1)
                page.at(125 + 40 * i, 505, str(2012 + i))
        page.turn()
    images = [p for p in read(page.raw()).pieces if p.media]
    assert [(p.locator.page, p.payload["origin"]) for p in images] == [(1, "raster"), (2, "vector")]
    assert tuple(round(v) for v in images[0].locator.box) == (100, 332, 340, 492)
    assert "2012 2013 2014 2015 2016" in images[1].text
    picture = Image.open(io.BytesIO(images[0].media))
    assert picture.format == "PNG"
    assert picture.size == (images[0].payload["width"], images[0].payload["height"])


def test_three_bars_between_axes_are_a_chart():
    page = Page()
    page.at(220, 330, "Net sales ($ millions)")
    page.canvas.line(120, 300, 420, 300)
    page.canvas.line(120, 300, 120, 440)
    for i, (height, value) in enumerate(((90, "2612"), (100, "2731"), (110, "2846"))):
        page.canvas.rect(150 + 100 * i, 300, 40, height, fill=1)
        page.at(160 + 100 * i, 792 - 305 - height, value)
        page.at(160 + 100 * i, 505, str(2023 + i))
    for i, tick in enumerate(("0", "1500", "3000")):
        page.right(115, 495 - 65 * i, tick)
    (chart,) = read(page.raw()).pieces
    assert chart.payload["origin"] == "vector"
    assert chart.text.split("\n")[0] == "Net sales ($ millions)"
    assert "2023 2024 2025" in chart.text


def test_shaded_rows_of_amounts_are_no_bars():
    page = Page()
    page.canvas.setFillGray(0.9)
    for i, width in enumerate((240, 75, 77, 8, 79)):
        page.canvas.rect(300, 792 - 103 - 28 * i, width, 13, fill=1, stroke=0)
    page.canvas.setFillGray(0)
    rows = [("", "2022", "2021", "2020")]
    rows += [("Leases", f"{i},535", f"{i},669", f"{i},572") for i in range(1, 11)]
    columns(page, 86, rows, right=(360, 450, 540))
    pieces = read(page.raw()).pieces
    assert [p.kind for p in pieces] == [EvidenceKind.TABLE]


def test_a_page_without_text_is_named_and_kept_as_a_picture():
    page = Page()
    page.at(60, 60, "A page with words.")
    page.turn()
    page.canvas.drawImage(ImageReader(Image.effect_noise((600, 700), 50)), 0, 0, 612, 792)
    document = read(page.raw())
    assert document.partial == "no text on page 2"
    assert document.pieces[-1].payload["origin"] == "scan"
    assert document.pieces[-1].locator.page == 1


def test_a_turned_page_is_read_as_it_is_shown():
    page = Page()
    page.canvas.setPageRotation(90)
    page.canvas.rotate(90)
    page.canvas.drawString(100, -200, "Turned words stand upright when shown.")
    (piece,) = read(page.raw()).pieces
    assert piece.text == "Turned words stand upright when shown."
    x0, top, x1, bottom = piece.locator.box
    assert x1 - x0 > 100 > bottom - top


def test_cover_and_signature_give_title_hints_and_date():
    page = Page()
    for i, line in enumerate(
        (
            "UNITED STATES",
            "FORM 10-K",
            "For the fiscal year ended December 31, 2016",
            "EXAMPLE HOLDINGS, INC.",
            "(Exact name of registrant as specified in its charter)",
            "Common Stock EXH New York Stock Exchange",
        )
    ):
        page.at(60, 100 + 25 * i, line)
    page.turn()
    page.at(60, 60, "SIGNATURES")
    page.at(
        60, 90, "Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934,"
    )
    page.at(60, 101, "the registrant has duly caused this report to be signed by the undersigned.")
    page.at(60, 140, "Date: February 9, 2017")
    raw = page.raw()
    document = read(raw)
    assert document.title == "EXAMPLE HOLDINGS, INC.: Form 10-K, fiscal year ended December 31, 2016"
    assert dict(document.hints) == {"form": "10-K", "company": "EXAMPLE HOLDINGS, INC.", "ticker": "EXH"}
    assert str(document.published_at) == "2017-02-09 23:59:59+00:00"
    assert document.date_method is DateMethod.TEXT


def test_a_document_that_states_no_day_has_none():
    page = Page()
    page.at(60, 60, "On March 3, 2015 something happened, says this text without a signature.")
    document = read(page.raw())
    assert document.published_at is None
    assert document.date_method is None


@pytest.mark.parametrize(
    ("raw", "error", "why"),
    [
        (b"", Empty, "no bytes"),
        (b"Dear reader, this is a text.", Malformed, "not a PDF"),
        (b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", Malformed, "cut short"),
    ],
)
def test_bad_bytes_are_refused_with_their_reason(raw, error, why):
    with pytest.raises(error, match=why):
        read(raw)


def test_a_password_is_named():
    page = Page(encrypt="secret")
    page.at(60, 60, "hidden")
    with pytest.raises(Encrypted, match="password"):
        read(page.raw())


def test_blank_pages_are_empty():
    page = Page()
    page.turn()
    with pytest.raises(Empty):
        read(page.raw())


def test_limits_are_kept():
    page = Page()
    for number in range(3):
        page.at(60, 60, f"page {number}")
        page.canvas.showPage()
    raw = page.raw()
    with pytest.raises(TooLarge, match="3 pages"):
        read(raw, limits=Limits(max_pages=2))
    with pytest.raises(TooLarge, match="bytes"):
        read(raw, limits=Limits(max_bytes=100))
