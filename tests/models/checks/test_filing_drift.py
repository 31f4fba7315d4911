from tests.models.checks.dossiers import document, dossier, piece

from smalti.models.checks.filing_drift import filing_drift
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

CALM_9A = "Management concluded that our internal control over financial reporting was effective."
WEAK_9A = "Management concluded that our internal control over financial reporting was not effective."
BUSINESS = "We cast anvils in two foundries and sell them to smiths."


def filing(day: str, form: str, *parts: tuple[str, str], **hints: str) -> tuple[Document, list[Evidence]]:
    """A filing of (item, paragraph) pairs, a page each."""
    paper = document(SourceKind.FILING, day, f"{form} {day}", form=form, **hints)
    pieces = [
        piece(paper, EvidenceKind.PARAGRAPH, text, {"section": item}, at, f"{form} {day} {at}", page=at)
        for at, (item, text) in enumerate(parts)
    ]
    return paper, pieces


def check(*filings: tuple[Document, list[Evidence]]) -> Check:
    return filing_drift(dossier([one for one, _ in filings], [p for _, own in filings for p in own]))


def test_a_new_material_weakness_is_held_against_the_effective_controls_of_the_year_before() -> None:
    found = check(
        filing("2025-02-20", "10-K", ("1", BUSINESS), ("9A", CALM_9A)),
        filing("2026-02-20", "10-K", ("1", BUSINESS), ("9A", WEAK_9A)),
    )
    (one,) = found.findings
    assert (one.said[0].quote, one.against[0].quote) == (WEAK_9A, CALM_9A)
    assert (one.said[0].evidence_id, one.against[0].evidence_id) == ("10-K 2026-02-20 1", "10-K 2025-02-20 1")
    assert one.strength == 0.9
    assert "The 10-K of 2026-02-20 tells of a material weakness" in one.reason
    assert "the 10-K of 2025-02-20 said" in one.reason
    assert found.value == 0.9


def test_what_the_year_before_said_too_counts_half_and_cites_it() -> None:
    found = check(
        filing("2025-02-20", "10-K", ("9A", WEAK_9A)), filing("2026-02-20", "10-K", ("9A", WEAK_9A))
    )
    (one,) = found.findings
    assert one.strength == 0.45
    assert one.against[0].evidence_id == "10-K 2025-02-20 0"


def test_a_first_filing_is_held_against_its_own_calm_words() -> None:
    doubt = "These losses raise substantial doubt about our ability to continue as a going concern."
    calm = "We believe that our cash is sufficient to fund operations for twelve months."
    found = check(filing("2026-02-20", "10-K", ("1A", doubt), ("7", calm)))
    (one,) = found.findings
    assert (one.said[0].quote, one.against[0].quote) == (doubt, calm)
    assert one.strength == 0.9 * 0.8


def test_a_heading_read_as_one_with_its_text_is_not_quoted() -> None:
    text = f"Item 9A. Controls and Procedures {WEAK_9A}"
    (one,) = check(filing("2026-02-20", "10-K", ("9A", text))).findings
    assert one.said[0].quote == WEAK_9A


def test_a_mended_weakness_is_no_finding() -> None:
    history = "In the second quarter we identified a material weakness in our controls over leases."
    mended = "As of December 31 the material weakness was remediated."
    found = check(filing("2026-02-20", "10-K", ("1A", history), ("9A", f"{mended} {CALM_9A}")))
    assert found.findings == ()
    assert found.value == 0


def test_a_weakness_beside_effective_controls_contradicts_the_filing_itself() -> None:
    weak = "We have identified a material weakness in our controls over leases."
    (one,) = check(filing("2026-02-20", "10-K", ("1A", weak), ("9A", CALM_9A))).findings
    assert (one.strength, one.against[0].quote) == (0.45, CALM_9A)


def test_forms_and_items_announce_what_they_are_for() -> None:
    annual = filing(
        "2025-02-20", "10-K", ("", BUSINESS), ("8", "The statements present fairly our position.")
    )
    late = filing("2026-03-01", "NT 10-K", ("", "The registrant needs more time for its annual report."))
    off = filing("2026-03-09", "8-K", ("", "On March 8 the board met with its advisers."), items="4.02,9.01")
    firm = "On May 4 our independent registered public accounting firm resigned."
    left = filing("2026-05-05", "8-K", ("4.01", firm))
    found = {one.details["subject"]: one for one in check(annual, late, off, left).findings}
    assert {name: one.strength for name, one in found.items()} == {
        "a restatement": 0.8, "a late filing": 0.8, "a change of auditor": 0.6,
    }  # fmt: skip
    assert found["a restatement"].against[0].evidence_id == "10-K 2025-02-20 1"
    assert found["a change of auditor"].said[0].quote == firm


def test_news_of_long_ago_is_not_told_again() -> None:
    found = check(
        filing("2022-02-20", "10-K", ("9A", WEAK_9A)),
        filing("2025-02-20", "10-K", ("9A", CALM_9A)),
        filing("2026-02-20", "10-K", ("9A", CALM_9A)),
    )
    assert found.findings == ()


def test_an_amendment_is_not_the_year_before() -> None:
    found = check(
        filing("2025-02-20", "10-K", ("9A", CALM_9A)),
        filing("2026-02-20", "10-K", ("9A", WEAK_9A)),
        filing("2026-04-20", "10-K/A", ("9A", WEAK_9A)),
    )
    (one,) = found.findings
    assert one.against[0].evidence_id == "10-K 2025-02-20 0"
    assert one.strength == 0.9


def test_a_phrase_repeated_ten_thousand_times_is_one_finding() -> None:
    flood = "We have identified a material weakness. " * 10_000
    maze = "restated previously issued " * 8_000 + "."
    parts = [("1A", flood), ("8", maze), ("9A", WEAK_9A)] + [("8", flood)] * 20
    found = check(filing("2026-02-20", "10-K", *parts))
    (one,) = found.findings
    assert len(one.said) <= 3


def test_what_was_not_read_is_said() -> None:
    bomb = [
        ("8", f"If the SEC issued {'subpoena sec issued ' * 70}{at}, we would say so.") for at in range(300)
    ]
    found = check(filing("2026-02-20", "10-K", *bomb, ("9A", WEAK_9A)))
    assert [one.details["subject"] for one in found.findings] == ["a material weakness"]
    why = "more sentences that may tell of an inquiry by the SEC than are read"
    assert [one for one in found.silences if why in one.reason]


def test_no_filing_is_not_computable() -> None:
    assert filing_drift(dossier([], [])).reason == "not computable: no filing with text is known"
