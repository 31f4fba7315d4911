"""The annual report of one issuer as a PDF, laid out as such filings are."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    HRFlowable,
    Image,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from . import statements
from .accounts import Book, books
from .figures import raster_chart, vector_chart
from .statements import Row
from .world import DISCLAIMER, Section, Story

_BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=13, alignment=TA_JUSTIFY, spaceAfter=7
)
_ITEM = ParagraphStyle(
    "item",
    parent=_BODY,
    fontName="Times-Bold",
    fontSize=11.5,
    spaceBefore=9,
    spaceAfter=6,
    keepWithNext=1,
)
_HEAD = ParagraphStyle("head", parent=_BODY, fontName="Times-BoldItalic", spaceBefore=5, spaceAfter=4)
_MID = ParagraphStyle("mid", parent=_BODY, alignment=TA_CENTER)
_BIG = ParagraphStyle("big", parent=_MID, fontName="Times-Bold", fontSize=17, leading=21, spaceAfter=8)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8.5, leading=10.5)
_CELL = ParagraphStyle("cell", parent=_BODY, alignment=0, fontSize=9.5, leading=11.5, spaceAfter=0)


def filing_pdf(story: Story) -> bytes:
    """The whole filing; the same bytes for the same story."""
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=letter,
        leftMargin=0.95 * inch,
        rightMargin=0.95 * inch,
        topMargin=0.85 * inch,
        bottomMargin=0.9 * inch,
        title=f"{story.name} annual report 2025 (synthetic)",
        author="smalti demo world",
        invariant=1,
    )
    document.build(
        [
            *_cover(story),
            *_contents(story),
            *_business(story),
            *_results(story),
            *_statements(story),
            *_closing(story),
        ],
        onFirstPage=_frame(story),
        onLaterPages=_frame(story),
    )
    return out.getvalue()


def _frame(story: Story) -> Any:
    def draw(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFont("Times-Bold", 8)
        canvas.setFillColor(colors.HexColor("#8a1c1c"))
        canvas.drawCentredString(letter[0] / 2, 0.42 * inch, DISCLAIMER)
        canvas.setFillColor(colors.black)
        canvas.setFont("Times-Roman", 9)
        canvas.drawCentredString(letter[0] / 2, 0.6 * inch, str(document.page))
        if document.page > 1:
            canvas.drawString(0.95 * inch, letter[1] - 0.6 * inch, story.name)
            canvas.drawRightString(
                letter[0] - 0.95 * inch, letter[1] - 0.6 * inch, "Form 10-K (synthetic), 2025"
            )
        canvas.restoreState()

    return draw


def _rule() -> HRFlowable:
    return HRFlowable(width="100%", thickness=0.8, color=colors.black, spaceBefore=6, spaceAfter=8)


def _day(story: Story) -> str:
    return f"{story.signed:%B} {story.signed.day}, {story.signed.year}"


def _cover(story: Story) -> list[Any]:
    shares = story.plans[-1].shares * story.scale
    return [
        Paragraph("SYNTHETIC SECURITIES FILING", _BIG),
        Paragraph("Not filed with any authority. Every name and figure in it is fictional.", _MID),
        _rule(),
        Paragraph("FORM 10-K", _BIG),
        Paragraph(
            "[X] ANNUAL REPORT PURSUANT TO SECTION 13 OR 15(d) OF THE SECURITIES EXCHANGE ACT OF 1934<br/>"
            "For the fiscal year ended December 31, 2025",
            _MID,
        ),
        Paragraph("Commission file number 000-00000", _MID),
        Spacer(1, 24),
        Paragraph(story.name.upper(), _BIG),
        Paragraph("(Exact name of registrant as specified in its charter)", _MID),
        Spacer(1, 10),
        Paragraph(f"{story.state}<br/>(State of incorporation)", _MID),
        Paragraph(f"{story.place}<br/>(Address of principal executive offices)", _MID),
        Paragraph(f"Central Index Key (fictional): {story.cik}", _MID),
        Spacer(1, 14),
        _grid(
            ("Title of each class", "Trading symbol", "Name of each exchange on which registered"),
            [("Common stock", story.ticker, "Fictional Stock Exchange")],
        ),
        Spacer(1, 14),
        Paragraph(
            "Indicate by check mark whether the registrant is a well-known seasoned issuer. Yes [ ] No [X]"
            "<br/>Indicate by check mark whether the registrant has filed all reports required to be filed "
            "during the preceding 12 months. Yes [X] No [ ]<br/>Indicate by check mark whether the "
            "registrant is a shell company. Yes [ ] No [X]",
            _SMALL,
        ),
        Paragraph(
            f"The number of shares of the registrant's common stock outstanding on February 1, 2026 was "
            f"{shares:,}.",
            _SMALL,
        ),
        PageBreak(),
    ]


def _contents(story: Story) -> list[Any]:
    auditor = [("", "Item 9", "Changes in and Disagreements With Accountants")] if story.auditor else []
    items = [
        ("PART I", "Item 1", "Business"),
        ("", "Item 1A", "Risk Factors"),
        ("", "Item 2", "Properties"),
        ("", "Item 3", "Legal Proceedings"),
        ("PART II", "Item 5", "Market for Registrant's Common Equity"),
        ("", "Item 7", "Management's Discussion and Analysis"),
        ("", "Item 8", "Financial Statements and Supplementary Data"),
        *auditor,
        ("", "Item 9A", "Controls and Procedures"),
        ("", "", "Signatures"),
    ]
    table = Table(items, colWidths=[70, 70, 320], style=[("FONT", (0, 0), (-1, -1), "Times-Roman", 10)])
    return [Paragraph("TABLE OF CONTENTS", _ITEM), table, Spacer(1, 10), _rule()]


def _prose(sections: Sequence[Section]) -> list[Any]:
    out: list[Any] = []
    for section in sections:
        first, *rest = section.paragraphs
        out.append(KeepTogether([Paragraph(section.title, _HEAD), Paragraph(first, _BODY)]))
        out.extend(Paragraph(text, _BODY) for text in rest)
    return out


def _business(story: Story) -> list[Any]:
    return [
        Paragraph("Item 1. Business", _ITEM),
        *_prose(story.business),
        Paragraph("Item 1A. Risk Factors", _ITEM),
        *_prose(story.risks),
        *_short_items(story),
        PageBreak(),
    ]


def _short_items(story: Story) -> list[Any]:
    paid = story.plans[-1].dividends * story.scale / 1e6
    dividends = (
        f"We paid dividends of ${paid:,.1f} million in 2025." if paid else "We have never paid a dividend."
    )
    return [
        Paragraph("Item 2. Properties", _ITEM),
        Paragraph(
            f"Our principal executive offices are at {story.place}. We believe that our plants, depots and "
            "offices are in good order and sufficient for our present needs.",
            _BODY,
        ),
        Paragraph("Item 3. Legal Proceedings", _ITEM),
        Paragraph(
            "From time to time we are party to claims in the ordinary course of business. We know of no "
            "proceeding at the date of this report that we expect to be material.",
            _BODY,
        ),
        Paragraph("Item 5. Market for Registrant's Common Equity", _ITEM),
        Paragraph(
            f"Our common stock trades on the Fictional Stock Exchange under the symbol {story.ticker}. "
            f"{dividends} We have not sold unregistered securities during the period covered by this report.",
            _BODY,
        ),
    ]


def _results(story: Story) -> list[Any]:
    years = books(story.opening, story.plans)
    newest = tuple(reversed(years))
    names = tuple(str(b["year"]) for b in newest)
    units = f"(in {story.scale_word})"
    picture = Image(io.BytesIO(raster_chart(story.raster_chart)), width=5.6 * 72, height=2.9 * 72)
    return [
        Paragraph("Item 7. Management's Discussion and Analysis", _ITEM),
        *(Paragraph(text, _BODY) for text in story.results),
        KeepTogether([_title(story.segment_word, units), _figures(names, statements.segments(story))]),
        Spacer(1, 10),
        KeepTogether([Paragraph("The following chart accompanies the table above.", _BODY), picture]),
        Spacer(1, 6),
        KeepTogether([_title("Selected measures", ""), _figures(names, statements.ratios(newest))]),
        Spacer(1, 10),
        KeepTogether([vector_chart(story.vector_chart)]),
        Spacer(1, 10),
        *_more_charts(story),
        KeepTogether(
            [
                _title("Quarterly data for 2025 (unaudited)", units),
                _figures(
                    ("First", "Second", "Third", "Fourth"),
                    statements.quarters(newest[0], (0.241, 0.252, 0.249, 0.258)),
                ),
            ]
        ),
        PageBreak(),
    ]


def _more_charts(story: Story) -> list[Any]:
    out: list[Any] = []
    for chart in story.more_charts:
        # Named in text too: the words in a picture are found by recognition only.
        name = Paragraph(f"<b>{chart.title}</b>", _MID)
        picture = Image(io.BytesIO(raster_chart(chart)), width=3.6 * 72, height=1.86 * 72)
        out += [KeepTogether([name, picture]), Spacer(1, 8)]
    return out


def _statements(story: Story) -> list[Any]:
    newest: tuple[Book, ...] = tuple(reversed(books(story.opening, story.plans)))
    years = tuple(str(b["year"]) for b in newest)
    units = f"(in {story.scale_word}, except per share amounts)"
    short = f"(in {story.scale_word})"
    return [
        Paragraph("Item 8. Financial Statements and Supplementary Data", _ITEM),
        _title("CONSOLIDATED STATEMENTS OF OPERATIONS", units),
        _figures(years, statements.income(newest), "Years ended December 31,"),
        Spacer(1, 12),
        Paragraph("The accompanying notes are an integral part of these statements.", _SMALL),
        PageBreak(),
        _title("CONSOLIDATED BALANCE SHEETS", short),
        _figures(years[:2], statements.balance(newest[:2]), "December 31,"),
        Spacer(1, 12),
        Paragraph("The accompanying notes are an integral part of these statements.", _SMALL),
        PageBreak(),
        _title("CONSOLIDATED STATEMENTS OF CASH FLOWS", short),
        _figures(years, statements.cash_flow(newest), "Years ended December 31,"),
        Spacer(1, 12),
        Paragraph("The accompanying notes are an integral part of these statements.", _SMALL),
        PageBreak(),
        Paragraph("NOTES TO CONSOLIDATED FINANCIAL STATEMENTS", _ITEM),
        *_prose(story.notes),
        *_debt(story),
    ]


def _debt(story: Story) -> list[Any]:
    """The debt note: what falls due when, summing to the balance sheet's two lines of debt."""
    newest = books(story.opening, story.plans)[-1]
    first = newest["current_debt"]
    later = [newest["long_debt"] // 4] * 3
    due = [first, *later, newest["long_debt"] - sum(later)]
    years = ("2026", "2027", "2028", "2029", "After 2029")
    rows = [
        Row(year, (statements.figure(value, dollar=not n),))
        for n, (year, value) in enumerate(zip(years, due, strict=True))
    ]
    total = Row("Total debt", (statements.figure(sum(due), dollar=True),), total=True)
    return [
        KeepTogether(
            [
                Paragraph("Note 7. Debt", _HEAD),
                Paragraph("Debt outstanding at December 31, 2025 falls due as follows.", _BODY),
                _title("Maturities of debt", f"(in {story.scale_word})"),
                _figures(("Amount",), [*rows, total]),
                Spacer(1, 8),
            ]
        )
    ]


def _closing(story: Story) -> list[Any]:
    roles = ("Chief Executive Officer", "Chief Financial Officer", "Chair of the Audit Committee")
    lines = "<br/><br/>".join(f"/s/ {role}, {story.name}, {_day(story)}" for role in roles)
    title = "Item 9. Changes in and Disagreements With Accountants on Accounting and Financial Disclosure"
    auditor = [Paragraph(title, _ITEM), *(Paragraph(text, _BODY) for text in story.auditor)]
    return [
        *(auditor if story.auditor else []),
        Paragraph("Item 9A. Controls and Procedures", _ITEM),
        *(Paragraph(text, _BODY) for text in story.controls),
        PageBreak(),
        Paragraph("SIGNATURES", _BIG),
        Paragraph(
            "Pursuant to the requirements of Section 13 or 15(d) of the Securities Exchange Act of 1934, the "
            "registrant has duly caused this report to be signed on its behalf by the undersigned, thereunto "
            "duly authorized.",
            _BODY,
        ),
        Paragraph(f"Date: {_day(story)}", _BODY),
        Spacer(1, 12),
        Paragraph(lines, _BODY),
        Spacer(1, 12),
        Paragraph(
            "Signed by role; no natural person stands behind any signature in this synthetic filing.", _SMALL
        ),
    ]


def _title(text: str, units: str) -> Paragraph:
    return Paragraph(f"<b>{text}</b>" + (f"<br/>{units}" if units else ""), _MID)


def _figures(columns: Sequence[str], rows: Sequence[Row], over: str = "") -> Table:
    data: list[list[Any]] = []
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Times-Roman", 9.5),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.6),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6),
    ]
    if over:
        data.append(["", over, *[""] * (len(columns) - 1)])
        style += [("SPAN", (1, 0), (-1, 0)), ("ALIGN", (1, 0), (-1, 0), "CENTER")]
    data.append(["", *columns])
    heads = len(data)
    style += [
        ("FONT", (0, 0), (-1, heads - 1), "Times-Bold", 9.5),
        ("LINEBELOW", (1, heads - 1), (-1, heads - 1), 0.7, colors.black),
    ]
    for line, row in enumerate(rows, start=heads):
        label = ("&nbsp;" * 4 if row.indent else "") + row.label
        data.append([Paragraph(label, _CELL), *(row.values or [""] * len(columns))])
        if row.total:
            style += [
                ("LINEABOVE", (1, line), (-1, line), 0.6, colors.black),
                ("FONT", (1, line), (-1, line), "Times-Bold", 9.5),
            ]
        elif line % 2:
            style.append(("BACKGROUND", (0, line), (-1, line), colors.HexColor("#eef3f8")))
    width = 78 if len(columns) < 4 else 66
    return Table(
        data, colWidths=[465 - width * len(columns), *[width] * len(columns)], style=TableStyle(style)
    )


def _grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    return Table(
        [head, *rows],
        style=[
            ("FONT", (0, 0), (-1, 0), "Times-Bold", 9),
            ("FONT", (0, 1), (-1, -1), "Times-Roman", 9),
            ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
            ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ],
    )
