"""Items, parts and headings of filings."""

from __future__ import annotations

from smalti.ingest.sections import Block, form_of, is_heading, places, section_title

PROSE = "We sell things to people who want them, in many countries and by several channels of trade. " * 4


def _block(text: str, page: int = 0) -> Block:
    return Block(text, page)


ANNUAL = [
    _block("FORM 10-K"),
    _block("Item 1. Business 3", 1),
    _block("Item 1A. Risk Factors 6", 1),
    _block("Item 2. Properties 9", 1),
    _block("Item 7. Management’s Discussion and Analysis of Financial Condition 12", 1),
    _block("Item 8. Financial Statements and Supplementary Data 20", 1),
    _block("PART I", 2),
    _block("Item 1. Busines s.", 2),
    _block(PROSE, 2),
    _block("Item 7, Management’s Discussion and Analysis, says more of this. " + PROSE, 2),
    _block("Table of Contents Item 1A. Risk Factors.", 3),
    _block("Our Markets May Shrink", 3),
    _block(PROSE, 3),
    _block("PART II", 4),
    _block("Item 7. Management’s Discussion and Analysis of Financial Condition", 4),
    _block("Results of Operations (continued)", 4),
    _block(PROSE, 4),
    Block("Net sales | 5 | 4", 4, table=True),
    _block("Item 8. Financial Statements and Supplementary Data", 5),
    _block(PROSE, 5),
]


def test_items_start_at_their_titles_and_not_in_the_contents_or_in_prose() -> None:
    found = places(ANNUAL, "10-K")
    assert [p.section for p in found[:7]] == [""] * 7
    assert [(p.part, p.section) for p in found[7:]] == (
        [("I", "1")] * 3 + [("I", "1A")] * 3 + [("I", "1A")] + [("II", "7")] * 4 + [("II", "8")] * 2
    )


def test_the_nearest_heading_is_kept_less_its_continued() -> None:
    found = places(ANNUAL, "10-K")
    assert found[12].heading == "Our Markets May Shrink"
    assert found[17].heading == "Results of Operations"


def test_a_form_is_known_by_its_items_where_the_cover_is_silent() -> None:
    assert form_of(ANNUAL[1:]) == "10-K"
    assert form_of([_block("Item 2.02 Results of Operations"), _block("Item 9.01 Exhibits")]) == "8-K"
    assert form_of([_block("Apex Reports First Quarter Results")]) == ""


def test_items_of_a_quarterly_report_are_told_apart_by_part() -> None:
    blocks = [
        _block("Part I - Financial Information Item 1. Financial Statements (unaudited)"),
        _block(PROSE),
        _block("Item 2. Management's Discussion and Analysis of Financial Condition"),
        _block(PROSE),
        _block("PART II. OTHER INFORMATION", 1),
        _block("Item 1. Legal Proceedings", 1),
        _block(PROSE, 1),
        _block("Item 1A. Risk Factors", 1),
    ]
    found = places(blocks, "10-Q/A")
    assert [(p.part, p.section) for p in found] == (
        [("I", "1")] * 2 + [("I", "2")] * 2 + [("I", "2")] + [("II", "1")] * 2 + [("II", "1A")]
    )
    assert section_title("10-Q", "II", "1A") == "Risk Factors"


def test_a_current_report_names_its_items_by_two_numbers() -> None:
    blocks = [_block("FORM 8-K"), _block("Item 8.01 Other Events."), _block(PROSE)]
    assert [p.section for p in places(blocks, "8-K")] == ["", "8.01", "8.01"]


def test_lines_that_head_every_page_are_no_headings() -> None:
    blocks = [b for n in range(9) for b in (_block("Apex Corporation", n), _block(PROSE, n))]
    assert {p.heading for p in places(blocks)} == {""}


def test_sentences_labels_and_numbers_are_no_headings() -> None:
    for text in ("Not applicable.", "we sell things", "1,234", "• Net Sales", "See Note 4 for more on this"):
        assert not is_heading(text)
    assert is_heading("LIQUIDITY AND CAPITAL RESOURCES")
    assert is_heading("Results of Operations by Segment")
