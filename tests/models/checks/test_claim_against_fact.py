"""Claims of calls, news and posts against filed facts: what is found, and what is innocent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.models.checks.dossiers import document, dossier, filed, piece

from smalti.models.checks.claim_against_fact import claim_against_fact
from smalti.models.checks.dossier import Dossier
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

YEARS = ("2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31")
STATEMENTS: dict[str, Sequence[float]] = {
    "Revenues": (380.0e6, 389.6e6, 398.2e6, 371.4e6),
    "CostOfRevenue": (236.0e6, 241.6e6, 248.9e6, 245.9e6),
    "OperatingIncomeLoss": (40.1e6, 47.9e6, 43.8e6, 12.3e6),
    "NetIncomeLoss": (30.2e6, 34.3e6, 30.9e6, 4.6e6),
    "NetCashFromOperatingActivities": (41.0e6, 44.0e6, 45.9e6, -42.3e6),
    "CapitalExpenditures": (14.0e6, 15.0e6, 15.8e6, 16.8e6),
}
BALANCES: dict[str, Sequence[float]] = {
    "LongTermDebt": (100.0e6, 93.0e6, 85.0e6, 112.0e6),
    "DebtCurrent": (8.0e6, 8.0e6, 9.0e6, 21.0e6),
    "CashAndCashEquivalents": (62.3e6, 68.8e6, 75.7e6, 50.3e6),
}
ANNUAL = document(SourceKind.FILING, "2026-03-02", name="annual", form="10-K")
CALL = document(SourceKind.CALL, "2026-02-12", name="call")


def facts(of: Document = ANNUAL, unit: str = "USD") -> list[Evidence]:
    """Four years of a company whose sales fell in the last."""
    found = []
    for i, end in enumerate(YEARS):
        start = f"{end[:4]}-01-01"
        found += [filed(of, name, values[i], end, start, unit=unit) for name, values in STATEMENTS.items()]
        found += [filed(of, name, values[i], end, unit=unit) for name, values in BALANCES.items()]
    return found


def spoken(*sentences: str, of: Document = CALL, role: str = "management") -> list[Evidence]:
    """Sentences of a call, five seconds each."""
    return [
        piece(
            of, EvidenceKind.AUDIO, text, {"role": role, "speaker": "Chief Executive Officer", "numbers": []},
            ordinal=i, seconds=(5.0 * i, 5.0 * i + 4), speaker="Chief Executive Officer",
        )
        for i, text in enumerate(sentences)
    ]  # fmt: skip


def printed(
    kind: SourceKind, day: str, text: str, title: str = "Anvil", **more: str
) -> tuple[Document, Evidence]:
    """A news page on the company, or a post."""
    of = document(kind, day, name=f"{kind.value}-{day}-{abs(hash(text))}", **more)
    return of, piece(of, EvidenceKind.PARAGRAPH, f"{title}: {text}" if kind is SourceKind.NEWS else text)


def world(*sentences: str) -> Dossier:
    """A call that says this, and the annual report after it."""
    return dossier([CALL, ANNUAL], [*spoken(*sentences), *facts()])


def check(*sentences: str) -> Check:
    """The check of `world`."""
    return claim_against_fact(world(*sentences))


FALSE = {
    "Revenue for the year was $412 million.": ("revenue", "412", "371.4"),
    "For the full year 2025, revenue grew 12% to $412 million.": ("revenue", "12%", "371.4"),
    "We delivered record revenue in 2025.": ("revenue", "record", "398.2"),
    "2025 sales were the highest in our history.": ("revenue", "record", "398.2"),
    "Gross margin for the year expanded to 41%.": ("gross margin", "41%", "33.8%"),
    "Our gross margin expanded 200 basis points in 2025.": ("gross margin", "200 basis points", "37.5%"),
    "Operating cash flow for the year was strong at $58 million.": ("operating cash flow", "58", "-42.3"),
    "We generated $58 million in operating cash flow in 2025.": ("operating cash flow", "58", "-42.3"),
    "Free cash flow was positive for the year.": ("free cash flow", "positive", "-59.1"),
    "In 2025 we reduced debt by $20 million.": ("debt", "20", "112"),
    "Debt fell in 2025.": ("debt", "fell", "112"),
    "Net income for the year more than doubled.": ("net income", "doubled", "4.6"),
    "Operating income was 36 million dollars for fiscal 2025.": ("operating income", "36", "12.3"),
    "Cash at year end was $81 million.": ("cash", "81", "50.3"),
}  # fmt: skip


@pytest.mark.parametrize(("said", "told"), FALSE.items())
def test_a_false_claim_is_found_with_both_sides_and_both_numbers(
    said: str, told: tuple[str, str, str]
) -> None:
    (found, *rest) = check("Thank you.", said).findings

    assert not rest
    assert [c.quote for c in found.said] == [said]
    assert found.against and all(c.evidence_id.startswith("annual:") for c in found.against)
    assert found.strength > 0.5
    assert all(part in found.reason for part in told), found.reason
    assert "call of 2026-02-12, 00:05" in found.reason and "10-K filed 2026-03-02" in found.reason


TRUE = (
    "Revenue for the year was $371.4 million.",
    "Revenue for the year was about $370 million, a decrease of 6.7%.",
    "Revenue for the year was more than $360 million.",
    "Gross margin declined to 33.8% from 37.5% in 2024.",
    "Operating activities used cash, and we had a net loss of nothing; net income was $4.6 million in 2025.",
    "Cash at year end was roughly $50 million.",
    "Revenue in 2024 was a record $398.2 million.",
    "Long-term debt was $112 million at year end.",
    "Debt was $133 million at December 31, 2025.",
    "Revenue fell nearly 7% for the year.",
)


@pytest.mark.parametrize("said", TRUE)
def test_a_true_claim_stands(said: str) -> None:
    found = check(said)

    assert not found.findings
    assert found.value == 0.0


INNOCENT = {
    "We expect revenue of $412 million in 2025.": "looks ahead",
    "Our target for gross margin is 41%.": "looks ahead",
    "Adjusted gross margin for the year was 41%.": "basis",
    "Organic revenue grew 12% in 2025.": "basis",
    "In constant currency, revenue grew 12% in 2025.": "basis",
    "Excluding the divestiture, revenue grew 12% in 2025.": "basis",
    "Services revenue grew 17% in 2025.": "part",
    "Revenue in Europe grew 12% in 2025.": "not plain",
    "In North America, revenue for the year grew 12%.": "part",
    "Our Process Sensors segment grew revenue 12% in 2025.": "part",
    "Revenue from subscriptions was $40 million in 2025.": "not plain",
    "If we had closed the sale, revenue for the year would have been $412 million.": "not stated as a fact",
    "Revenue did not grow 12% in 2025.": "not plain",
    "Analysts had put revenue for 2025 at $412 million.": "somebody else",
    "Revenue for the year was between $400 and $12 million.": "not plain",
    "Revenue for the year was $400 and $12 million.": "misheard",
    "Revenue for the year was $3.714 billion.": "slip of scale",
    "Revenue for the year was €412 million.": "currency",
    "Revenue for the year was 41%.": "unit",
    "First quarter revenue was $102 million.": "no filing gives",
    "Revenue this year is $412 million.": "period",
    "Revenue for the year was $93 million.": "part",
    "Revenue for the year was $398.2 million.": "2024-12-31",
}


@pytest.mark.parametrize(("said", "why"), INNOCENT.items())
def test_what_cannot_be_aligned_is_silent_and_says_why(said: str, why: str) -> None:
    found = check(said)

    assert not found.findings
    assert [s.about.quote for s in found.silences] and why in found.silences[0].reason
    assert all(s.reason.startswith("cannot compare: ") for s in found.silences)


def test_a_question_and_an_analyst_claim_nothing() -> None:
    asked = spoken("Revenue for the year was $412 million.", role="analyst")
    question = spoken("So revenue for the year was $412 million?")

    for evidence in (asked, question):
        found = claim_against_fact(dossier([CALL, ANNUAL], [*evidence, *facts()]))
        assert not found.findings and not found.silences


def test_a_period_named_before_is_meant_until_another_is() -> None:
    found = check("2025 was a good year for us.", "Gross margin expanded to 41%.").findings

    assert len(found) == 1 and "41%" in found[0].reason
    assert found[0].strength < check("Gross margin for 2025 expanded to 41%.").findings[0].strength


def test_without_a_named_period_the_quarter_might_be_meant() -> None:
    found = check("Gross margin expanded to 41%.")

    assert not found.findings
    assert "no filing gives gross margin of the quarter to 2025-12-31" in found.silences[0].reason


def test_a_period_named_before_binds_nothing_that_is_true_of_another() -> None:
    quarter = filed(ANNUAL, "Revenues", 95.8e6, "2025-12-31", "2025-10-01")
    before = filed(ANNUAL, "Revenues", 101.0e6, "2024-12-31", "2024-10-01")
    said = spoken("The fourth quarter was busy.", "Revenue fell 6.7%.")

    found = claim_against_fact(dossier([CALL, ANNUAL], [*said, *facts(), quarter, before]))

    assert not found.findings and found.value == 0.0


def test_what_follows_a_turn_to_a_segment_is_of_the_segment() -> None:
    found = check("Let me start with the Flow segment.", "Revenue for the year was $412 million.")

    assert not found.findings
    assert "part of the company" in found.silences[0].reason


def test_a_word_about_regions_does_not_hide_the_sentence_after_it() -> None:
    assert check("Customers in all regions like it.", "Revenue for the year was $412 million.").findings


def test_a_claim_told_by_a_page_too_is_one_finding_that_cites_both_and_is_surer() -> None:
    said = "Revenue for the year was $412 million."
    page, paragraph = printed(SourceKind.NEWS, "2026-02-13", "2025 revenue was $412 million.")
    alone = check(said).findings[0]

    both = claim_against_fact(dossier([CALL, page, ANNUAL], [*spoken(said), paragraph, *facts()])).findings

    assert len(both) == 1
    assert {c.evidence_id for c in both[0].said} == {spoken(said)[0].evidence_id, paragraph.evidence_id}
    assert both[0].strength > alone.strength


def test_a_false_page_is_the_pages_own_finding_and_weaker() -> None:
    page, paragraph = printed(
        SourceKind.NEWS, "2026-03-10", "Anvil's 2025 revenue rose 12 percent to $412 million."
    )

    (found,) = claim_against_fact(dossier([page, ANNUAL], [paragraph, *facts()])).findings

    assert found.reason.startswith("A news page says revenue")
    assert found.strength < check("Revenue for 2025 was $412 million.").findings[0].strength


def test_a_restated_number_speaks_only_against_who_repeats_the_old_one() -> None:
    first = document(SourceKind.FILING, "2026-02-20", name="first", form="10-K")
    again = document(SourceKind.FILING, "2026-08-20", name="again", form="10-K/A")
    before = [*facts(first), filed(again, "Revenues", 330.0e6, "2025-12-31", "2025-01-01")]
    early = document(SourceKind.CALL, "2026-02-25", name="early")
    late = document(SourceKind.CALL, "2026-09-10", name="late")
    text = "Revenue in 2025 was $371.4 million."

    def found(call: Document) -> Check:
        now = document(SourceKind.SOCIAL, "2026-09-30").available_at
        return claim_against_fact(dossier([first, again, call], [*before, *spoken(text, of=call)], now))

    assert not found(early).findings
    assert "330 million" in found(late).findings[0].reason


def test_a_loss_is_a_negative_number_and_negative_revenue_no_growth() -> None:
    annual = document(SourceKind.FILING, "2026-03-02", name="annual", form="10-K")
    losing = [
        filed(annual, "NetIncomeLoss", -14.0e6, "2025-12-31", "2025-01-01"),
        filed(annual, "NetIncomeLoss", -14.5e6, "2024-12-31", "2024-01-01"),
        filed(annual, "Revenues", -2.0e6, "2025-12-31", "2025-01-01"),
        filed(annual, "Revenues", -1.0e6, "2024-12-31", "2024-01-01"),
    ]

    def found(text: str) -> Check:
        return claim_against_fact(dossier([CALL, annual], [*spoken(text), *losing]))

    assert found("Our net loss was $14.0 million in 2025, compared with $14.5 million in 2024.").value == 0.0
    assert found("Our net loss narrowed in 2025.").value == 0.0
    assert "of the other sign" in found("Net income was $14.0 million in 2025.").findings[0].reason
    assert "means nothing" in found("Revenue grew 100% in 2025.").silences[0].reason


def test_a_fiscal_year_that_ends_in_february_is_learned_from_the_facts() -> None:
    annual = document(SourceKind.FILING, "2026-04-20", name="annual", form="10-K")
    sales = [
        filed(annual, "Revenues", 500.0e6, "2026-02-28", "2025-03-02"),
        filed(annual, "Revenues", 480.0e6, "2025-03-01", "2024-03-03"),
    ]
    call = document(SourceKind.CALL, "2026-03-26", name="call")

    def found(text: str) -> Check:
        return claim_against_fact(dossier([call, annual], [*spoken(text, of=call), *sales]))

    assert found("Net sales for the year rose 4.2% to $500 million.").value == 0.0
    assert found("Fiscal 2026 net sales were $500 million.").value == 0.0
    assert found("Fiscal 2025 net sales were $500 million.").value == 0.0  # labelled by where it began
    assert "540" in found("Net sales for the year were $540 million.").findings[0].reason
    assert "540" in found("Fiscal 2025 net sales were $540 million.").findings[0].reason


def test_a_quarter_follows_from_two_stretches_of_the_year() -> None:
    quarterly = document(SourceKind.FILING, "2025-11-01", name="quarterly", form="10-Q")
    nine = filed(quarterly, "Revenues", 275.6e6, "2025-09-30", "2025-01-01")

    def found(text: str) -> Check:
        return claim_against_fact(dossier([quarterly, CALL, ANNUAL], [nine, *facts(), *spoken(text)]))

    assert found("Fourth quarter revenue was $95.8 million.").value == 0.0
    assert "110 million" in found("Fourth quarter revenue was $110 million.").findings[0].reason


def test_two_currencies_in_the_filings_leave_a_bare_dollar_open() -> None:
    other = document(SourceKind.FILING, "2026-03-03", name="other", form="20-F")
    mixed = [*facts(), *facts(other, "CAD")]

    found = claim_against_fact(
        dossier([CALL, ANNUAL, other], [*spoken("Revenue for 2025 was $412 million."), *mixed])
    )

    assert not found.findings
    assert "CAD, USD" in found.silences[0].reason


def test_unverified_facts_are_not_used() -> None:
    doubted = [
        filed(ANNUAL, "Revenues", value, end, f"{end[:4]}-01-01", unverified="two readings")
        for value, end in ((398.2e6, "2024-12-31"), (371.4e6, "2025-12-31"))
    ]
    income = [filed(ANNUAL, "NetIncomeLoss", 4.6e6, "2025-12-31", "2025-01-01")]

    found = claim_against_fact(
        dossier([CALL, ANNUAL], [*spoken("Revenue for 2025 was $412 million."), *doubted, *income])
    )

    assert not found.findings and "no filing gives revenue" in found.silences[0].reason


def test_a_call_that_says_another_growth_than_the_page_before_it() -> None:
    page, paragraph = printed(
        SourceKind.NEWS,
        "2026-04-20",
        "Anvil said first quarter revenue rose 7 percent.",
        title="Anvil reports",
    )
    call = document(SourceKind.CALL, "2026-04-21", name="later")
    said = spoken("First quarter revenue grew 12%.", of=call)

    (found,) = claim_against_fact(dossier([page, call, ANNUAL], [paragraph, *said, *facts()])).findings

    assert [c.evidence_id for c in found.said] == [said[0].evidence_id]
    assert [c.evidence_id for c in found.against] == [paragraph.evidence_id]
    assert "12%" in found.reason and "7 percent" in found.reason


def test_a_call_without_a_number_and_an_issuer_without_facts_say_so() -> None:
    quiet = claim_against_fact(dossier([CALL], spoken("Good morning.", "Thank you for joining.")))
    nothing = claim_against_fact(dossier([CALL], spoken("Revenue for 2025 was $412 million.")))

    assert quiet.value is None and "nothing that was said claims a number" in (quiet.reason or "")
    assert nothing.value is None and "no fiscal year is known" in nothing.silences[0].reason
    assert claim_against_fact(dossier([], [])).reason == "not computable: no call, news page or post is known"


def test_ten_thousand_posts_with_one_false_claim_are_one_weak_finding() -> None:
    text = "$ANVL revenue for 2025 was $412 million, up 12%! " + "record revenue " * 20
    posts, pieces = [], []
    for i in range(10_000):
        of = document(SourceKind.SOCIAL, "2026-03-05", name=f"post-{i}", author="bull", cashtags="ANVL")
        posts.append(of)
        pieces.append(piece(of, EvidenceKind.PARAGRAPH, text + "!" * (i % 3), name=f"said-{i}"))

    found = claim_against_fact(dossier([*posts, ANNUAL], [*pieces, *facts()]))

    assert len(found.findings) == 1
    assert found.findings[0].strength <= 0.6
    assert len(found.findings[0].said) == 20
    assert "9999 more" in found.findings[0].reason


def test_posts_that_each_claim_another_number_are_one_finding_too() -> None:
    posts = [
        printed(
            SourceKind.SOCIAL, "2026-03-05", f"Revenue for 2025 was ${412 + i} million!", author=f"bull {i}"
        )
        for i in range(300)
    ]

    found = claim_against_fact(
        dossier([*(of for of, _ in posts), ANNUAL], [*(p for _, p in posts), *facts()])
    )

    assert len(found.findings) == 1
    assert found.value is not None and found.value <= 0.6


def test_of_ten_thousand_different_posts_by_one_account_the_first_are_read() -> None:
    posts = [
        document(SourceKind.SOCIAL, "2026-03-05", name=f"post-{i}", author="bull") for i in range(10_000)
    ]
    pieces = [
        piece(
            of, EvidenceKind.PARAGRAPH, f"Revenue for 2025 was ${412 + i} million, up {i}%!", name=f"said-{i}"
        )
        for i, of in enumerate(posts)
    ]

    found = claim_against_fact(dossier([*posts, ANNUAL], [*pieces, *facts()]))

    assert len(found.findings) == 1
    assert found.details["claims"] == 80
    assert found.details["sentences_left_out"] == 10_000 - 40


def test_more_revenue_than_the_year_had_is_no_quarters() -> None:
    (found,) = check("Revenue rose to $412 million.").findings

    assert "the year to 2025-12-31" in found.reason
    assert found.strength < check("Revenue for 2025 rose to $412 million.").findings[0].strength


def test_a_page_that_tells_of_the_contradiction_makes_no_claim_of_its_own() -> None:
    told = (
        "Anvil told investors in February that 2025 revenue was $412 million; its 10-K says $371.4 million."
    )
    page, paragraph = printed(SourceKind.NEWS, "2026-03-10", told)

    found = claim_against_fact(dossier([page, ANNUAL], [paragraph, *facts()]))

    assert not found.findings


def test_what_another_company_reports_is_not_the_issuers() -> None:
    told = "Rival Corp reported 2025 net sales of $412 million, up 12 percent."
    page, paragraph = printed(SourceKind.NEWS, "2026-03-10", told, title="Anvil slips. Elsewhere")

    found = claim_against_fact(dossier([page, ANNUAL], [paragraph, *facts()]))

    assert not found.findings


def test_text_made_to_trip_the_reader_is_read_quickly_and_says_nothing() -> None:
    hostile = (
        "revenue grew " + "strongly " * 5_000 + "12%",
        "revenue " * 3_000,
        "revenue was " + "$412 million, up 12%, " * 2_000,
        "in the year " * 3_000 + "revenue was $412 million",
        "$" * 10_000 + "9" * 10_000 + "%",
        "no " + "a " * 5_000 + "material weakness " * 1_000,
        "1,2,3,4,5," * 2_000,
    )

    found = check(*hostile)

    assert all(len(c.quote) < 1_000 for f in found.findings for c in f.said)
