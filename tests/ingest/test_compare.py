import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from smalti.ingest.compare import Comparison, Told, compare_charts, compare_heard, compare_printed
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.xbrl_facts import parse
from smalti.platform.facts import AGREES, DIFFERS, Fact, as_known, fact_of, verdict

MAY, JUNE, NEXT = (datetime(y, m, 1, tzinfo=UTC) for y, m in ((2017, 5), (2017, 6), (2018, 5)))


def fact(name: str, value: float, as_reported: str, known: datetime = MAY, **more: Any) -> Fact:
    payload = {
        "concept": "Revenues",
        "label": "Net sales",
        "value": value,
        "unit": "USD",
        "period_start": "2016-01-01",
        "period_end": "2016-12-31",
        "as_reported": as_reported,
    }
    return fact_of(name, payload | more, known)


def tagged(name: str, value: float, known: datetime = MAY, **more: Any) -> Fact:
    return fact(name, value, f"{value:.15g}", known, tag="Revenues", **more)


def told(found: Comparison) -> tuple[str, str, str]:
    return found.evidence_id, found.with_evidence, found.verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "off", "expected"),
    [
        (1_577e6, 1_577_300_000, 0.5e6, AGREES),  # printed in millions
        (1_577e6, 1_577_600_000, 0.5e6, DIFFERS),
        (1_577e6, 1_577_000, 0.5e6, "differs by 10^-3"),
        (12.5, 0.125, 0.05, "differs by 10^-2"),  # a percentage read as a fraction
        (-20e6, 20e6, 0.5e6, DIFFERS),  # a lost sign is no scale slip
        (0.0, 0.0, 0.5, AGREES),
    ],
)
def test_numbers_agree_within_their_rounding_and_a_slip_of_scale_is_named(
    ours: float, theirs: float, off: float, expected: str
) -> None:
    assert verdict(ours, theirs, off) == expected


def test_rounding_is_half_of_the_last_printed_digit() -> None:
    assert fact("p", 1_577e6, "(1,577)").rounding == pytest.approx(0.5e6)
    assert fact("p", 10.21, "$ 10.21").rounding == pytest.approx(0.005)
    assert fact("p", 2.2e9, "$2.2 billion").rounding == pytest.approx(0.05e9)
    assert fact("p", 0.0, "—").rounding == 0.0


def test_a_printed_fact_is_held_against_the_tag_of_the_filing_nearest_in_time() -> None:
    facts = [
        fact("printed", 100e6, "100"),
        tagged("own", 100_200_000.0, JUNE),
        tagged("restated", 90_000_000.0, NEXT),
    ]
    assert [told(c) for c in compare_printed(facts)] == [("printed", "own", AGREES)]


def test_only_the_whole_company_the_same_item_unit_and_period_are_compared() -> None:
    others = [
        tagged("other year", 1.0, period_start="2015-01-01", period_end="2015-12-31"),
        tagged("quarter", 1.0, period_start="2016-10-01"),
        tagged("euros", 1.0, unit="EUR"),
        tagged("item", 1.0, concept="GrossProfit"),
    ]
    segment = fact("segment", 100e6, "100", dimension="Anvils")
    unnamed = fact("unnamed", 100e6, "100", concept="")
    assert list(compare_printed([fact("p", 100e6, "100"), segment, unnamed, *others])) == []
    # A year of 52 weeks: the table says only when it ended.
    weeks = [fact("p", 100e6, "100"), tagged("t", 100e6, period_start="2016-01-03")]
    assert [told(c) for c in compare_printed(weeks)] == [("p", "t", AGREES)]


def test_a_wrong_scale_is_found() -> None:
    (found,) = compare_printed([fact("p", 100e3, "100"), tagged("t", 100_400_000.0)])
    assert (found.verdict, found.ours, found.theirs) == ("differs by 10^3", 100e3, 100_400_000.0)


def test_a_restatement_counts_from_the_day_it_was_filed_and_the_original_stays() -> None:
    row = {"start": "2016-01-01", "end": "2016-12-31", "fp": "FY", "form": "10-K"}
    rows = [
        row | {"val": 100, "accn": "0000000001-17-000001", "fy": 2016, "filed": "2017-02-09"},
        row
        | {"val": 93, "accn": "0000000001-17-000009", "fy": 2016, "filed": "2017-08-01", "form": "10-K/A"},
        row | {"val": 92, "accn": "0000000001-18-000001", "fy": 2017, "filed": "2018-02-08"},
    ]
    raw = {
        "cik": 1,
        "entityName": "Anvil",
        "facts": {"us-gaap": {"Revenues": {"label": "R", "units": {"USD": rows}}}},
    }
    facts = [
        fact_of(f"{d.part} {i}", p.payload, d.published_at)
        for d in parse(json.dumps(raw).encode(), Request("facts.json")).documents
        for i, p in enumerate(d.pieces)
        if d.published_at is not None
    ]
    seen = {
        day: [f.value for f in as_known(facts, datetime.fromisoformat(day).replace(tzinfo=UTC))]
        for day in ("2017-02-09", "2017-02-10", "2017-08-02", "2018-02-09")
    }
    assert seen == {"2017-02-09": [], "2017-02-10": [100.0], "2017-08-02": [93.0], "2018-02-09": [92.0]}


def chart(title: str, name: str, *points: tuple[str, float, str, float]) -> Told:
    series = [
        {
            "name": name,
            "points": [dict(zip(("category", "value", "unit", "error"), p, strict=True)) for p in points],
        }
    ]
    return Told("chart", title, {"chart": "bar", "title": title, "axes": {}, "series": series}, JUNE)


SALES = [
    tagged("2015", 38_826e6, period_start="2015-01-01", period_end="2015-12-31"),
    tagged("2016", 39_302e6),
]


def test_chart_points_are_held_against_the_facts_of_their_year() -> None:
    drawn = chart("Net Sales ($ in millions)", "", ("2015", 38_800, "", 60), ("FY16", 39_302, "", 0.5))
    found = list(compare_charts([drawn], SALES))
    assert [(c.item, c.with_evidence, c.verdict) for c in found] == [
        ("series 0 point 0", "2015", AGREES),
        ("series 0 point 1", "2016", AGREES),
    ]
    assert found[1].ours == 39_302e6


def test_a_chart_that_shows_another_number_differs_and_a_wrong_scale_is_named() -> None:
    wrong = chart("Net sales in millions", "", ("2016", 41_000, "", 60))
    assert [c.verdict for c in compare_charts([wrong], SALES)] == [DIFFERS]
    slipped = chart("Net sales", "", ("2016", 39.3, "$M", 0.05))
    assert [c.verdict for c in compare_charts([slipped], SALES)] == ["differs by 10^3"]


def test_where_a_chart_leaves_its_scale_or_meaning_open_only_agreement_is_said() -> None:
    assert [
        c.verdict for c in compare_charts([chart("Net sales", "", ("2016", 39.3, "$", 0.05))], SALES)
    ] == [AGREES]
    assert list(compare_charts([chart("Net sales", "", ("2016", 45, "$", 0.05))], SALES)) == []
    assert list(compare_charts([chart("Anvils ($ in millions)", "", ("2016", 45, "", 0.05))], SALES)) == []
    assert list(compare_charts([chart("Net sales growth", "", ("2016", 39.3, "%", 0.05))], SALES)) == []
    assert list(compare_charts([chart("Net sales in millions", "", ("Q4 2016", 9_000, "", 1))], SALES)) == []


def test_a_chart_of_segments_is_read_along_its_categories() -> None:
    part = tagged("part", 12_000e6, concept="", label="Net sales", dimension="Safety and Industrial")
    drawn = chart("Sales by segment, $ in millions", "2016", ("Safety and Industrial", 12_000, "", 0.5))
    assert [told(c) for c in compare_charts([drawn], [part, *SALES])] == [("chart", "part", AGREES)]


def heard(text: str, *numbers: tuple[float, str | None], known: datetime = JUNE) -> Told:
    said = [{"value": v, "unit": u, "raw": "", "unverified": True} for v, u in numbers]
    return Told("call", text, {"numbers": said}, known)


QUARTER = fact("q1", 7_685e6, "7,685", JUNE, period_start="2017-01-01", period_end="2017-03-31")


def test_a_number_heard_is_confirmed_by_a_fact_of_the_item_that_its_sentence_names() -> None:
    call = heard("First quarter sales were $7.7 billion, up 4.5 percent", (7.7e9, "USD"), (4.5, "percent"))
    assert [(c.item, *told(c)) for c in compare_heard([call], [QUARTER])] == [
        ("number 0", "call", "q1", AGREES)
    ]
    silent = heard("We spent 7.7 billion dollars on that", (7.7e9, "USD"))
    assert list(compare_heard([silent], [QUARTER])) == []


def test_a_misheard_scale_is_named_but_another_number_says_nothing() -> None:
    slip = heard("Net sales were 7,685 thousand", (7_685e3, "USD"))
    assert [c.verdict for c in compare_heard([slip], [QUARTER])] == ["differs by 10^3"]
    assert list(compare_heard([heard("We expect sales of $8.1 billion", (8.1e9, "USD"))], [QUARTER])) == []
    assert list(compare_heard([heard("Sales, about eight billion", (8e9, "USD"))], [QUARTER])) == []


def test_a_round_number_is_held_against_the_newest_period_and_nothing_after_the_call() -> None:
    before = fact("year", 30_100e6, "30,100")
    call = heard("Sales were $30.1 billion", (30.1e9, "USD"))
    two = heard("Sales were $30 billion", (30e9, "USD"))
    assert [told(c)[1:] for c in compare_heard([call], [before, QUARTER])] == [("year", AGREES)]
    assert list(compare_heard([two], [before, QUARTER])) == []
    early = heard("Sales were $7.7 billion", (7.7e9, "USD"), known=datetime(2017, 3, 1, tzinfo=UTC))
    assert list(compare_heard([early], [QUARTER])) == []
    assert date(2017, 3, 31) == QUARTER.end


def test_a_loss_is_named_and_not_signed() -> None:
    loss = fact("loss", -749_439e3, "(749,439)", JUNE, concept="NetIncomeLoss", label="Net loss")
    call = heard("our net loss came to $749.4 million", (749.4e6, "USD"))
    assert [told(c) for c in compare_heard([call], [loss])] == [("call", "loss", AGREES)]


def test_many_facts_of_one_item_and_end_stay_cheap() -> None:
    facts = [tagged(f"t{i}", 1e6) for i in range(5_000)] + [
        fact(f"p{i}", 1e6, "1,000,000") for i in range(2_000)
    ]
    assert sum(c.verdict == AGREES for c in compare_printed(facts)) == 2_000
