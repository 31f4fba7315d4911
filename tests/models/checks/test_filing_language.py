import pytest

from smalti.models.checks import grave_subjects as grave
from smalti.models.checks.filing_language import states

TRUE = {
    grave.RESTATEMENT: [
        "On May 3 the Audit Committee concluded that the previously issued financial statements for 2024"
        " should no longer be relied upon because of errors in revenue.",
        "Management determined that its previously issued interim reports should not be relied on.",
        "We restated certain of our previously issued consolidated financial statements, which may affect"
        " investor confidence.",
        "The interim statements previously filed no longer should be relied upon.",
        "Investors should no longer rely upon the previously released financial statements.",
        "We are restating our previously issued financial statements for 2024 because of improper sales.",
        "The 2024 statements have been restated to reflect the correction of errors in revenue recognition.",
        "The restatement corrects misstatements in the allowance for returns that were recorded in 2023.",
    ],
    grave.GOING_CONCERN: [
        "These conditions raise substantial doubt about our ability to continue as a going concern.",
        "The Company's ability to continue as a going concern is in substantial doubt.",
        "There is substantial doubt as to whether we can continue as a going concern.",
        "Our auditor's report contains a paragraph expressing substantial doubt about the Company's ability"
        " to continue as a going concern.",
    ],
    grave.MATERIAL_WEAKNESS: [
        "We have identified a material weakness in our internal control over financial reporting which,"
        " if not remediated, could result in misstatements.",
        "Management concluded that our disclosure controls and procedures were not effective as of year end.",
        "We had a material weakness that has not been remediated.",
        "The previously identified material weakness in revenue cut-off continues to exist as of year end.",
        "The Company did not maintain effective controls over the approval of journal entries.",
        "In the audit of the year, two additional material weaknesses were identified.",
    ],
    grave.AUDITOR_CHANGE: [
        "On June 1 the Audit Committee dismissed Tall & Short LLP as the Company's independent registered"
        " public accounting firm.",
        "Tall & Short LLP said that it would not stand for re-election as our independent registered public"
        " accounting firm.",
        "The Audit Committee approved the engagement of Fine LLP as the Company's new independent registered"
        " public accounting firm.",
        "Tall & Short LLP resigned as our independent registered public accounting firm.",
        "Our independent registered public accounting firm, Tall & Short LLP, declined to stand for"
        " re-appointment.",
    ],
    grave.LATE_FILING: [
        "The registrant is unable to file its Annual Report on Form 10-K within the prescribed time period"
        " without unreasonable effort or expense.",
        "We did not timely file our Quarterly Report on Form 10-Q for the second quarter.",
    ],
    grave.INQUIRY: [
        "In March we received a subpoena from the SEC for documents about revenue recognition.",
        "The Securities and Exchange Commission has begun an investigation of our accounting for rebates.",
    ],
}
INNOCENT = {
    grave.RESTATEMENT: [
        "If we find errors, we may have to restate our previously issued financial statements.",
        "Forward-looking statements should not be relied upon as a prediction of events.",
        "We restated previously reported segment results to reflect the new structure.",
        "Indicate by check mark whether any of those error corrections are restatements that required a"
        " recovery analysis of previously issued financial statements.",
        "We filed an Amended and Restated Certificate of Incorporation with the State.",
        "The amended and restated credit agreement corrects errors in the previously filed schedule.",
        "Previously reported results have been recast and restated to reflect discontinued operations.",
        "The revision of the previously issued statements for an immaterial error is not a restatement.",
        "Our policy recovers incentive pay where previously issued financial statements are restated.",
    ],
    grave.GOING_CONCERN: [
        "There is no substantial doubt about our ability to continue as a going concern.",
        "Management evaluates whether conditions raise substantial doubt about our ability to continue as a"
        " going concern.",
        "ASU 2014-15 says when substantial doubt about an entity's ability to continue as a going concern"
        " is disclosed.",
        "A breach could raise substantial doubt about our ability to continue as a going concern.",
        "A customer disclosed substantial doubt about its ability to continue as a going concern.",
        "Management's plans have alleviated the substantial doubt about our ability to continue as a going"
        " concern.",
    ],
    grave.MATERIAL_WEAKNESS: [
        "If we identify a material weakness, investors may lose confidence in our reports.",
        "A material weakness is a deficiency, or a combination of deficiencies, in internal control.",
        "We did not identify any material weakness during the year.",
        "The material weakness identified in 2023 was remediated as of December 31, 2024.",
        "Our audit includes assessing the risk that a material weakness exists.",
        "In the future we may identify one or more material weaknesses.",
        "Our internal control over financial reporting was effective as of December 31, 2025.",
        "We cannot assure you that our controls will not be found to be ineffective.",
        "We identified deficiencies, none of which rose to the level of a material weakness.",
        "The matters reported are not material weaknesses.",
        "We have in the past identified material weaknesses.",
        "Our supplier disclosed that it had identified a material weakness.",
    ],
    grave.AUDITOR_CHANGE: [
        "Adverse changes in our auditor's ratings of data centres could cost us customers whose contracts"
        " may be terminated.",
        "There were no changes in or disagreements with our independent registered public accounting firm.",
        "If our independent registered public accounting firm resigned, we could be late with our reports.",
        "Before she joined us she resigned as partner of an independent public accounting firm.",
        "Shareholders ratified the appointment of our independent registered public accounting firm.",
    ],
    grave.LATE_FILING: [
        "If we are unable to file our annual report on a timely basis, we may be delisted.",
        "Indicate by check mark whether the registrant failed to file its annual report on time.",
    ],
    grave.INQUIRY: [
        "We may receive a subpoena from the SEC about our disclosures.",
        "From time to time we receive inquiries from the SEC and other regulators.",
        "The SEC informed us that it had concluded its investigation and does not recommend enforcement.",
        "We have not received any subpoena from the SEC.",
        "We responded to comment letters that we received after an inquiry by the SEC staff.",
    ],
}


@pytest.mark.parametrize("subject", TRUE, ids=lambda one: one.name)
def test_plain_statements_are_heard(subject: grave.Subject) -> None:
    assert [text for text in TRUE[subject] if not states(subject, text.lower())] == []


@pytest.mark.parametrize("subject", INNOCENT, ids=lambda one: one.name)
def test_possible_denied_mended_and_borrowed_phrases_are_innocent(subject: grave.Subject) -> None:
    assert [text for text in INNOCENT[subject] if states(subject, text.lower())] == []
