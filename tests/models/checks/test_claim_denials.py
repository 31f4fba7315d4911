"""Denials against filings that affirm what was denied: which are found, and which are innocent."""

from __future__ import annotations

import pytest
from tests.models.checks.dossiers import NOW, document, dossier, piece

from smalti.models.checks.claim_against_fact import claim_against_fact
from smalti.models.checks.record import Check
from smalti.platform.records import EvidenceKind, SourceKind

CALL = document(SourceKind.CALL, "2026-02-12", name="call")
ANNUAL = document(SourceKind.FILING, "2026-03-02", name="annual", form="10-K")


def check(denial: str, *filed: str, day: str = "2026-03-02") -> Check:
    """A denial on a call of 2026-02-12, and a filing of a day with these paragraphs."""
    annual = document(SourceKind.FILING, day, name="annual", form="10-K")
    said = piece(CALL, EvidenceKind.AUDIO, denial, {"role": "management", "speaker": "CFO"}, seconds=(9, 12))
    paragraphs = [piece(annual, EvidenceKind.PARAGRAPH, text, ordinal=i) for i, text in enumerate(filed)]
    return claim_against_fact(dossier([CALL, annual], [said, *paragraphs], max(NOW, annual.available_at)))


FALSE = {
    "And we found no material weakness in our internal controls.": (
        "In that evaluation management identified a material weakness in internal control over financial"
        " reporting: sales staff could record shipments without evidence."
    ),
    "Our internal controls are effective.": (
        "Management concluded that our internal control over financial reporting was not effective as of"
        " December 31, 2025."
    ),
    "There is no doubt about our ability to continue as a going concern.": (
        "These conditions raise substantial doubt about our ability to continue as a going concern."
    ),
    "We are not going to restate anything; there is no restatement.": (
        "The Audit Committee concluded that our previously issued financial statements for 2024 should no"
        " longer be relied upon."
    ),
    "We are not under investigation by anybody.": (
        "In November 2025 we received a subpoena from the Securities and Exchange Commission."
    ),
    "No customer accounts for more than 10% of our sales.": (
        "One customer accounted for 23% of our net sales in 2025."
    ),
    "No single customer is over ten percent of revenue.": (
        "Three customers accounted for 74 percent of net sales in 2025."
    ),
    "We are in compliance with all of our covenants.": (
        "At December 31, 2025 we were not in compliance with the leverage covenant of our credit facility."
    ),
}


@pytest.mark.parametrize(("denial", "filed"), FALSE.items())
def test_a_denial_that_the_filing_contradicts_is_found_with_both_sentences(denial: str, filed: str) -> None:
    (found,) = check(denial, filed).findings

    assert [c.quote for c in found.said] == [denial]
    assert [c.quote for c in found.against] == [filed]
    assert "the 10-K filed 2026-03-02 says" in found.reason
    assert found.strength > 0.5


INNOCENT = {
    "We found no material weakness.": (
        "We may identify a material weakness in the future, and if we do our shares may fall.",
        "No material weakness was identified, and internal control over financial reporting was effective.",
        "A material weakness is a deficiency, such that there is a possibility of a misstatement.",
        "The previously identified material weakness has been remediated as of December 31, 2025.",
        "As of December 31, 2023, management identified a material weakness in inventory counts.",
        "Our audit included assessing the risk that a material weakness exists.",
    ),
    "There is no going concern doubt.": (
        "If we cannot refinance, there could be substantial doubt about us as a going concern.",
        "Management evaluates whether there is substantial doubt about our status as a going concern.",
        "Our plans alleviate the substantial doubt about our ability to continue as a going concern.",
    ),
    "There is no restatement.": (
        "This exhibit is the Amended and Restated Credit Agreement of the Company's financial statements.",
        "Share amounts have been restated for the stock split in all financial statements.",
    ),
    "We are not under investigation.": (
        "We could become the subject of an investigation.",
        "On March 1, 2026 we received a subpoena from the Securities and Exchange Commission.",
    ),
    "No customer accounts for more than 10% of our sales.": (
        "Our ten largest customers accounted for 45% of our net sales.",
        "One customer accounted for 9% of our net sales in 2025.",
        "Two customers together accounted for 18% of our net sales in 2025.",
    ),
}


@pytest.mark.parametrize(("denial", "filed"), [(d, f) for d, fs in INNOCENT.items() for f in fs])
def test_what_only_sounds_like_an_affirmation_is_none(denial: str, filed: str) -> None:
    found = check(denial, filed)

    assert not found.findings
    assert found.value == 0.0


def test_a_weakness_that_was_remediated_within_the_filing_is_of_an_earlier_time() -> None:
    found = check(
        "We found no material weakness.",
        "In 2025 we identified a material weakness in our controls over inventory.",
        "The weakness was remediated in the fourth quarter of 2025.",
    )

    assert not found.findings


def test_a_filing_of_another_year_speaks_against_nothing() -> None:
    filed = FALSE["Our internal controls are effective."].replace("2025", "2026")

    assert not check("Our internal controls are effective.", filed, day="2027-03-01").findings


def test_a_hope_a_question_and_a_denial_without_a_filing() -> None:
    filed = "These conditions raise substantial doubt about our ability to continue as a going concern."
    said = piece(CALL, EvidenceKind.AUDIO, "There is no going concern doubt.", {"role": "management"})
    alone = claim_against_fact(dossier([CALL], [said]))

    assert not check("Could there be no going concern doubt?", filed).findings
    assert not check("We hope that there is no going concern doubt.", filed).findings
    assert alone.value is None
    assert alone.silences[0].reason.startswith("cannot compare: no filing is known that could tell of")


def test_ten_thousand_repetitions_of_a_trigger_are_one_finding() -> None:
    found = check(
        "We found no material weakness. " * 3,
        *["We have identified a material weakness in our internal control over financial reporting. " * 10]
        * 1_000,
    )

    assert len(found.findings) == 1
    assert len(found.findings[0].against) <= 20
