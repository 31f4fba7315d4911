"""Follow-ups, what is asked back, and questions that mean harm."""

from __future__ import annotations

from tests.assistant.asked.world import IDS, NOW, asked

from smalti.assistant.asked import understand
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask, Turn
from smalti.assistant.understood import Kind

_CAPEX = Turn("What was 3M's capex in FY2018?", "$1,577 million.", (IDS["3M CO"],), ("FY2018",), "capex")
_RISK = Turn("What is Boeing's risk?", "0.3", (IDS["BOEING CO"],), (), "risk")


def test_another_year_keeps_issuer_and_subject(grounds: Grounds) -> None:
    found = asked(grounds, "and in 2017?", _CAPEX)
    assert found.kind is Kind.VALUE
    assert found.issuer_ids == (IDS["3M CO"],)
    assert [one.text for one in found.periods] == ["2017"]
    assert [one.metric for one in found.wanted] == ["CapitalExpenditures"]
    assert set(found.carried) == {"issuer", "subject"}


def test_another_issuer_keeps_period_and_subject(grounds: Grounds) -> None:
    found = asked(grounds, "what about Amazon?", _CAPEX)
    assert found.issuer_ids == (IDS["AMAZON COM INC"],)
    assert [one.text for one in found.periods] == ["FY2018"]
    assert [one.metric for one in found.wanted] == ["CapitalExpenditures"]


def test_another_number_keeps_issuer_and_period(grounds: Grounds) -> None:
    found = asked(grounds, "and gross margin?", _CAPEX)
    assert found.kind is Kind.VALUE
    assert found.issuer_ids == (IDS["3M CO"],)
    assert [one.text for one in found.periods] == ["FY2018"]
    assert [one.metric for one in found.wanted] == ["gross_margin"]


def test_why_after_a_score_asks_for_its_reasons(grounds: Grounds) -> None:
    found = asked(grounds, "why?", _RISK)
    assert found.kind is Kind.WHY
    assert found.issuer_ids == (IDS["BOEING CO"],)
    assert found.signal == "risk"


def test_another_signal_keeps_the_issuer(grounds: Grounds) -> None:
    found = asked(grounds, "and its fraud?", _RISK)
    assert found.kind is Kind.SIGNAL
    assert found.signal == "fraud"
    assert found.issuer_ids == (IDS["BOEING CO"],)


def test_a_list_after_a_number_is_not_bound_to_its_year(grounds: Grounds) -> None:
    found = asked(grounds, "what calls are there", _CAPEX)
    assert found.kind is Kind.LIST
    assert not found.periods


def test_an_answer_to_the_question_back_completes_what_was_asked(grounds: Grounds) -> None:
    first = Turn("What was total revenue in FY2018?", "Which company?", (), ("FY2018",), "total revenue")
    found = asked(grounds, "3M", first)
    assert found.kind is Kind.VALUE
    assert found.issuer_ids == (IDS["3M CO"],)
    assert [one.text for one in found.periods] == ["FY2018"]
    assert [one.metric for one in found.wanted] == ["Revenues"]


def test_what_somebody_spoke_about_is_the_topic(grounds: Grounds) -> None:
    found = asked(grounds, "What did the CFO of 3M say about organic growth in Asia?")
    assert (found.speaker, found.topic) == ("CFO", "organic growth in Asia")


def test_another_topic_takes_nothing_over(grounds: Grounds) -> None:
    found = asked(grounds, "Which issuers score highest on fraud?", _CAPEX)
    assert found.kind is Kind.SIGNAL
    assert not found.issuers
    assert not found.periods
    full = asked(grounds, "What were the total current liabilities of Netflix at the end of FY2017?", _CAPEX)
    assert full.issuer_ids == (IDS["NETFLIX INC"],)
    assert not full.carried


def test_follow_ups_reach_over_several_turns(grounds: Grounds) -> None:
    again = Turn("and in 2017?", "$1,373 million.", (IDS["3M CO"],), ("2017",), "capex")
    found = asked(grounds, "and for Boeing?", _CAPEX, again)
    assert found.issuer_ids == (IDS["BOEING CO"],)
    assert [one.text for one in found.periods] == ["2017"]
    assert [one.metric for one in found.wanted] == ["CapitalExpenditures"]


def test_a_stranger_in_a_follow_up_is_not_answered_with_the_one_before(grounds: Grounds) -> None:
    found = asked(grounds, "and Honeywell's?", _CAPEX)
    assert "Honeywell" in found.unclear


def test_who_is_looked_at_counts_where_nobody_is_named(grounds: Grounds) -> None:
    found = asked(grounds, "What was the capex in FY2018?", issuer=IDS["3M CO"])
    assert found.issuer_ids == (IDS["3M CO"],)
    assert not found.unclear
    named = asked(grounds, "What was Boeing's capex in FY2018?", issuer=IDS["3M CO"])
    assert named.issuer_ids == (IDS["BOEING CO"],)


def test_a_number_of_nobody_is_asked_back_and_a_search_is_not(grounds: Grounds) -> None:
    found = asked(grounds, "What was total revenue in FY2019?")
    assert found.unclear == "Which company?"
    assert found.choices
    assert not asked(grounds, "Who were the nominees for the board?").unclear


def test_nothing_is_asked_back_of_what_was_handed_in(grounds: Grounds) -> None:
    ask = Ask("What was total revenue in FY2019?", NOW, attached=("document",))
    assert not understand(ask, grounds).unclear


def test_asides_do_not_change_what_is_asked(grounds: Grounds) -> None:
    plain = asked(grounds, "What is 3M's net PPNE at year end FY2018?")
    told = asked(
        grounds,
        "Assume that you are a public equities analyst. Answer the following question by primarily using"
        " information that is shown in the balance sheet: what is 3M's net PPNE at year end FY2018? Answer in"
        " USD billions. If it is not a useful metric for a company like this, then state that.",
    )
    assert told.text == plain.text.replace("What", "what")
    assert told.topic == plain.topic
    assert told.wanted[0].metric == plain.wanted[0].metric == "PropertyPlantAndEquipmentNet"
    assert told.wanted[0].unit == "USD billions"


def test_a_part_is_not_taken_for_the_whole(grounds: Grounds) -> None:
    for text in (
        "What was Best Buy's domestic revenue in FY2023?",
        "What was Apple iPhone revenue at Best Buy in FY2023?",
        "What were Boeing's sales of aircraft in 2022?",
        "What was MGM's Adjusted EBIT in FY2022?",
        "What is Amcor's organic revenue growth in FY2023?",
        "What are Walmart's wages as a percent of net sales in FY2020?",
    ):
        assert [one.metric for one in asked(grounds, text).wanted] in ([""], []), text


def test_hostile_questions_are_read_within_bounds(grounds: Grounds) -> None:
    for text in (
        "",
        "\x00\ud800",
        "?" * 5_000,
        "fiscal year " * 2_000,
        "A.B.C." * 3_000,
        "(" * 10_000,
        "what is the " * 2_000 + "revenue of Nike",
        "revenue " * 3_000,
        "Apple Inc. " * 1_000,
        "last " + "fiscal " * 3_000 + "year",
        "define " + "x " * 4_000 + "as y",
    ):
        asked(grounds, text)
