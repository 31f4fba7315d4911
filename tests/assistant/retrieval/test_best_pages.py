"""Pages are found by what they are, in the report of the time asked for, and nothing of later moves them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.assistant.retrieval.filings import BALANCE, INCOME, Sheet, file_report, statement

from smalti.assistant.grounds import Grounds
from smalti.assistant.retrieval.meaning import Meaning
from smalti.assistant.retrieval.notes import Notes
from smalti.assistant.retrieval.page_finder import PageFinder
from smalti.assistant.retrieval.page_index import PageIndex
from smalti.assistant.retrieval.page_records import PageQuestion
from smalti.assistant.retrieval.pages import best_pages
from smalti.assistant.retrieval.retriever import Retriever
from smalti.assistant.retrieval.standing import standing
from smalti.assistant.retrieval.text_index import TantivyIndex
from smalti.assistant.understood import Kind, Named, Period, Understood

LATER = datetime(2030, 1, 1, tzinfo=UTC)
TALK = Sheet(
    ["Inventories rose as we opened stores. Inventory of the year before was lower."], "Overview", "7"
)
NOTE = Sheet(["NOTE 1. Debt", "Notes due 2040 were issued."], "NOTE 1. Debt", "8", "II")
GOES_ON = Sheet(["They are senior and unsecured obligations."], "", "8", "II")
ANNUAL = [
    Sheet(["Securities registered pursuant to Section 12(b) of the Act", "Commission file number 1"]),
    TALK,
    statement("income", "Consolidated Statements of Income", INCOME),
    statement("balance", "Consolidated Balance Sheets", BALANCE),
    NOTE,
    GOES_ON,
]


@pytest.fixture
def finder(tmp_path):
    return PageFinder(PageIndex(tmp_path / "pages"))


@pytest.fixture
def ask(store, finder):
    def asked(text, issuer="", periods=(), as_of=LATER, limit=5, kind=Kind.VALUE, **more):
        finder.refresh(store, standing(store))
        grounds = Grounds(store, lambda _: None, as_of, find_pages=lambda one: finder.find(store, one))
        named = (Named(issuer, issuer, issuer),) if issuer else ()
        return best_pages(grounds, Understood(text, kind, named, periods, topic=text, **more), limit)

    return asked


def test_a_number_of_the_balance_sheet_leads_to_its_page_in_the_report_of_that_year(store, ask):
    for year in (2017, 2018, 2019):
        for issuer in ("Quartz", "Onyx"):
            file_report(store, issuer, date(year, 12, 31), ANNUAL)
    first = ask("year end total inventories", "Onyx", [Period("FY2018", 2018)])[0]
    assert (first.page, first.statement, first.period_end) == (3, "balance", date(2018, 12, 31))
    assert first.title.startswith("Onyx")
    assert first.pieces


def test_a_statement_named_in_the_question_goes_before_what_its_words_imply(store, ask):
    file_report(store, "Quartz", date(2018, 12, 31), ANNUAL)
    asked = "what is revenue, looking only at the balance sheet?"
    assert ask(asked, "Quartz", [Period("FY2018", 2018)])[0].statement == "balance"
    assert ask("what is revenue?", "Quartz", [Period("FY2018", 2018)])[0].statement == "income"


def test_a_quarter_is_counted_from_the_end_of_the_issuer_s_own_year(store, ask):
    file_report(store, "Quartz", date(2023, 1, 28), ANNUAL)
    for end in (date(2022, 10, 29), date(2023, 4, 29), date(2023, 7, 29)):
        file_report(store, "Quartz", end, ANNUAL, form="10-Q")
    first = ask("total inventories", "Quartz", [Period("Q2 FY2024", 2024, 2)])[0]
    assert (first.form, first.period_end) == ("10-Q", date(2023, 7, 29))


def test_of_two_years_compared_the_newer_report_comes_first(store, ask):
    for year in (2017, 2018):
        file_report(store, "Quartz", date(year, 12, 31), ANNUAL)
    periods = [Period("FY2018", 2018), Period("FY2017", 2017)]
    assert ask("change in inventories", "Quartz", periods)[0].period_end == date(2018, 12, 31)


def test_a_wrong_year_moves_a_page_down_and_not_out(store, ask):
    file_report(store, "Quartz", date(2018, 12, 31), ANNUAL)
    assert any(one.statement == "balance" for one in ask("inventories", "Quartz", [Period("FY2011", 2011)]))


def test_without_a_time_the_newest_report_counts(store, ask):
    for year in (2017, 2019, 2018):
        file_report(store, "Quartz", date(year, 12, 31), ANNUAL)
    assert ask("total inventories", "Quartz")[0].period_end == date(2019, 12, 31)


def test_another_issuer_s_page_is_not_found_and_without_an_issuer_words_decide(store, ask):
    odd = Sheet(["The zircon mine was flooded."], "Mines", "1")
    file_report(store, "Quartz", date(2018, 12, 31), [*ANNUAL, odd])
    file_report(store, "Onyx", date(2018, 12, 31), ANNUAL)
    assert ask("was the zircon mine flooded?")[0].page == len(ANNUAL)
    assert not any(one.title.startswith("Quartz") for one in ask("zircon mine balance sheet", "Onyx"))


def test_a_report_of_a_day_is_found_by_that_day(store, ask):
    for day in (date(2022, 5, 20), date(2022, 8, 19)):
        file_report(store, "Quartz", day, [Sheet(["Item 8.01 Other events"], section="8.01")], form="8-K")
    day = date(2022, 5, 20)
    found = ask("what did it announce?", "Quartz", [Period("", start=day, end=day)], forms=("8-K",))
    assert [(one.form, one.page) for one in found] == [("8-K", 0)]
    assert found[0].pieces[0].startswith("Quartz 8-K 2022-05-20")


def test_pages_are_known_by_cover_note_item_and_headings(store, ask):
    file_report(store, "Quartz", date(2018, 12, 31), ANNUAL)
    found = {
        one.page: one for one in ask("notes debt securities overview senior unsecured", "Quartz", limit=20)
    }
    assert found[0].statement == "cover"
    assert (found[1].item, found[1].headings) == ("7", ("Overview",))
    assert (found[4].note, found[5].note, found[3].note) == ("NOTE 1. Debt", "NOTE 1. Debt", "")


def test_what_comes_later_is_not_found_and_moves_nothing(store, ask):
    file_report(store, "Quartz", date(2017, 12, 31), ANNUAL)
    then = datetime(2018, 6, 1, tzinfo=UTC)
    before = ask("total inventories", "Quartz", [Period("FY2018", 2018)], then)
    for year in range(2018, 2024):
        file_report(store, "Quartz", date(year, 12, 31), ANNUAL)
        file_report(store, "Onyx", date(year, 12, 31), ANNUAL)
    assert ask("total inventories", "Quartz", [Period("FY2018", 2018)], then) == before


def test_pages_come_and_go_with_the_pieces_of_their_document(store, finder, folder):
    document = file_report(store, "Quartz", date(2018, 12, 31), ANNUAL)
    retriever = Retriever(TantivyIndex(folder), Meaning("none", 1), finder)
    retriever.refresh(store)
    asked = PageQuestion("total inventories", LATER, ["Quartz"])
    assert finder.find(store, asked)
    retriever.remove([document])
    assert not finder.find(store, asked)
    retriever.rebuild(store)
    assert finder.find(store, asked)


def test_who_asks_for_the_largest_segment_is_led_to_where_segments_are_told_apart(store, ask):
    prose = Sheet(["Segment revenue by segment: our largest segment grew."] * 2, "Segments", "7")
    told = [{"line": "Revenues", "dimension": one} for one in ("Copper", "Zinc", "Tin")]
    table = Sheet(["Revenue of segments"], "Results", "7", breakdown=told)
    file_report(store, "Quartz", date(2018, 12, 31), [*ANNUAL, prose, table])
    found = ask(
        "which segment had the largest revenue?", "Quartz", [Period("FY2018", 2018)], kind=Kind.LARGEST
    )
    assert "breakdown" in next(one for one in found if one.page == len(ANNUAL) + 1).why
    assert not any("breakdown" in one.why for one in ask("segment revenue", "Quartz"))


@pytest.mark.parametrize(
    ("texts", "notes"),
    [
        (["Note 1. Basis", "words", "Note 2. Debt", "words"], ["Note 1. Basis"] * 2 + ["Note 2. Debt"] * 2),
        (["1. Basis", "words", "3. Debt"], ["1. Basis", "1. Basis", "3. Debt"]),
        (["1. Basis", "9. Not counted on", "2. Debt"], ["1. Basis", "1. Basis", "2. Debt"]),
        (["Note 1. Basis", "2. A list's item", "words"], ["Note 1. Basis"] * 3),
        (["NOTE 4 - DEBT The notes are due.", "words"], ["NOTE 4 - DEBT"] * 2),
        (["Note 2 – Fair value measurement Refer to page 5"], ["Note 2 – Fair value measurement"]),
    ],
)
def test_notes_begin_with_their_number_and_go_on_to_the_next(texts, notes):
    follows = Notes("10-K")
    heads = [not text.startswith(("NOTE 4", "Note 2 –")) for text in texts]
    assert [
        follows.after("8", text if head else "Debt", text) for text, head in zip(texts, heads, strict=True)
    ] == notes
    assert follows.after("9", "", "words") == ""
