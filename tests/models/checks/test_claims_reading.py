"""Sentences read into claims: measures, numbers, directions, periods; hostile ones too."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from smalti.models.checks.claims.amounts import read_amounts
from smalti.models.checks.claims.claim import Kind
from smalti.models.checks.claims.periods import Calendar, find_periods
from smalti.models.checks.claims.reading import read_sentence, sentences
from smalti.models.checks.claims.tokens import Names
from smalti.platform.facts import Fact
from smalti.platform.quantities import Period

ANVIL = Names(frozenset({"anvil"}), frozenset({"packaging", "inc"}))


def read(text: str) -> list[tuple[str, str, int, float | None, str]]:
    """(kind, measure, sign, number, unit) of each claim of a sentence that can be held."""
    return [
        (
            c.kind.value,
            c.measure.name,
            c.sign,
            c.amount.value if c.amount else None,
            c.amount.unit if c.amount else "",
        )
        for c in read_sentence(text, ANVIL).claims
        if not c.why_not
    ]


READ = {
    "Revenue for the year grew 12%. to a record $412 million.": [
        ("change", "revenue", 1, 12.0, "%"),
        ("level", "revenue", 0, 412e6, "$"),
        ("record", "revenue", 1, 412e6, "$"),
    ],
    "Net sales were $2846 million.": [("level", "revenue", 0, 2846e6, "$")],
    "Gap operating margins were 23.1% down 100 basis points versus last year's Q1.": [
        ("level", "operating margin", 0, 23.1, "%"),
        ("change", "operating margin", -1, 100.0, "bps"),
    ],
    "First quarter, free cash flow was $701 million, down $245 million.": [
        ("level", "free cash flow", 0, 701e6, "$"),
        ("change", "free cash flow", -1, 245e6, "$"),
    ],
    "Anvil Packaging Inc. reported 2025 net sales of $2,846 million, an increase of 4.2 percent, and net"
    " income of $243 million.": [
        ("level", "revenue", 0, 2846e6, "$"),
        ("change", "revenue", 1, 4.2, "%"),
        ("level", "net income", 0, 243e6, "$"),
    ],
    "Our net loss was $14.0 million in 2025, compared with $14.5 million in 2024.": [
        ("level", "net income", 0, -14.0e6, "$")
    ],
    "We generated $58 million of operating cash flow.": [("level", "operating cash flow", 0, 58e6, "$")],
    "Margins expanded.": [("direction", "margins", 1, None, "")],
    "We were profitable in 2025.": [("sign", "net income", 1, None, "")],
    "GAAP earnings increased 5.4% to $2.16 per share.": [
        ("change", "earnings", 1, 5.4, "%"),
        ("level", "earnings", 0, 2.16, "$/share"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "claims"), READ.items())
def test_a_sentence_is_read_into_its_claims(
    text: str, claims: list[tuple[str, str, int, float | None, str]]
) -> None:
    assert sorted(read(text), key=str) == sorted(claims, key=str)


UNREAD = (
    "Free cash flow was $2,578.6 million lower than net income.",
    "Revenue was $20 million more than last year.",
    "Foreign currency, net of hedging, brought margins down 40 basis points in the quarter.",
    "Strategic investments reduced earnings by 3 cents per share.",
    "Rival Corp reported revenue of $412 million.",
    "In 2016, we had issuances of debt of $27,281 million.",
    "The seller can record a receivable at fair value.",
    "Cash flow from operations is reduced by purchases of equipment.",
    "Our tax rate is typically lower than the statutory rate.",
    "Basic earnings per share $13.60 $0.43 $14.03 $7.70",
    "Revenue and operating loss of $2.0 billion and $692 million, respectively, were of the acquired unit.",
)


@pytest.mark.parametrize("text", UNREAD)
def test_what_does_not_tell_of_the_whole_company_is_no_claim(text: str) -> None:
    assert read(text) == []


def test_a_fragment_goes_on_about_what_was_told_before() -> None:
    before = read_sentence("Net sales were $2846 million.", ANVIL)

    (claim,) = read_sentence("An increase of about 4%.", ANVIL, before=before.measure).claims

    assert (claim.kind, claim.measure.name, claim.sign) == (Kind.CHANGE, "revenue", 1)
    assert claim.amount is not None and claim.amount.off == pytest.approx(1.5)


def test_numbers_that_were_heard_in_words_are_taken_from_the_hearing() -> None:
    heard = [{"value": 200.0, "unit": "basis points", "raw": "two hundred basis points.", "unverified": True}]

    (claim,) = read_sentence("Gross margin expanded two hundred basis points.", ANVIL, heard=heard).claims

    assert claim.amount is not None and (claim.amount.value, claim.amount.unit) == (200.0, "bps")


@pytest.mark.parametrize(
    ("text", "value", "unit", "off", "bound"),
    [
        ("$412 million", 412e6, "$", 0.5e6, ""),
        ("$412.0 million", 412e6, "$", 0.05e6, ""),
        ("nearly 7%", 7.0, "%", 1.5, ""),
        ("more than $400 million", 400e6, "$", 8.5e6, "low"),
        ("€1.2bn", 1.2e9, "EUR", 0.05e9, ""),
        ("200 basis points", 200.0, "bps", 4.5, ""),
        ("22 cents per share", 0.22, "$/share", 0.005, ""),
        ("41 percent", 41.0, "%", 0.5, ""),
        ("double-digit growth", 10.0, "%", 0.5, "low"),
    ],
)
def test_an_amount_has_its_unit_and_what_rounding_leaves_open(
    text: str, value: float, unit: str, off: float, bound: str
) -> None:
    (amount,) = read_amounts(text)

    assert (amount.value, amount.unit, amount.bound) == (value, unit, bound)
    assert amount.off == pytest.approx(off)


def test_ends_of_ranges_and_misheard_money_are_marked() -> None:
    assert all("range" in a.odd for a in read_amounts("in the range of 26 to 27.5%"))
    assert all("misheard" in a.odd for a in read_amounts("revenue was $400 and $12 million"))
    assert not any(a.odd for a in read_amounts("grew 12% to $412 million"))


def calendar(*ends: str) -> Calendar:
    """Of an issuer whose fiscal years end on these days."""
    moment = datetime(2026, 4, 1, tzinfo=UTC)
    return Calendar(
        Fact(
            "e",
            "Revenues",
            "",
            "",
            1.0,
            "USD",
            date(day.year - 1, day.month, day.day),
            day,
            0.5,
            False,
            moment,
        )
        for day in map(date.fromisoformat, ends)
    )


def test_a_fiscal_quarter_and_year_follow_from_where_the_years_end() -> None:
    february = calendar("2025-02-28", "2026-02-28")
    said = date(2026, 4, 7)

    def meant(text: str) -> list[Period]:
        ((_, _, named),) = find_periods(text)
        return february.resolve(named, said)

    assert meant("for the year") == [Period(date(2025, 3, 1), date(2026, 2, 28))]
    assert meant("in the fourth quarter") == [Period(date(2025, 12, 1), date(2026, 2, 28))]
    assert meant("fiscal 2026") == [Period(date(2025, 3, 1), date(2026, 2, 28))]
    assert {p.end for p in meant("fiscal 2025")} == {date(2025, 2, 28), date(2026, 2, 28)}
    assert meant("the three months ended November 30, 2025") == [Period(date(2025, 9, 1), date(2025, 11, 30))]
    assert meant("next quarter") == []
    assert february.implied(said, loosely=False) == [
        Period(date(2025, 12, 1), date(2026, 2, 28)),
        Period(date(2025, 3, 1), date(2026, 2, 28)),
    ]


def test_without_facts_no_period_is_known() -> None:
    assert calendar().implied(date(2026, 2, 1), loosely=True) == []


def test_sentences_end_where_they_end() -> None:
    text = "Anvil Inc. grew 4.2%. The U.S. market shrank. Sales were $5 million!"

    assert sentences(text) == ["Anvil Inc. grew 4.2%.", "The U.S. market shrank.", "Sales were $5 million!"]


HOSTILE = (
    "revenue " * 70,
    "revenue grew " + "strongly " * 60 + "12%",
    "revenue was " + "$412 million, up 12%, " * 25,
    "in the year, " * 40 + "revenue was $412 million",
    "revenue " + "for the year " * 40 + "was up",
    "we " * 150 + "grew revenue",
    "1" * 590,
    "$" * 590,
    "from 1% to " * 50,
    "record " * 80,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sentence_made_to_be_slow_is_read(text: str) -> None:
    assert len(read_sentence(text[:590], ANVIL).claims) <= 100
