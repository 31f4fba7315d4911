# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the issuer that makes its earnings up."""

from __future__ import annotations

from .indigo_thimble import REAL_CHART
from .world import Case, Place

_PDF = "filings_pdf/ZZIT_2025_10K.pdf"
CASES = (
    Case(
        "zzit-growth",
        "claim_against_fact",
        "The call gives 96 million and 31 percent for 2025, the filing 88.1 million and 20.0 percent.",
        Place(line="Revenue for 2025 grew 31 percent to 96 million dollars."),
        Place(_PDF, "Net sales for 2025 were $88.1 million, an increase of 20.0 percent"),
    ),
    Case(
        "zzit-record",
        "claim_against_fact",
        "Net income is called the highest ever, and was lower than in both years before.",
        Place(line="Net income for the year was the highest in our history."),
        Place(_PDF, "compared with $6.5 million in 2024 and $7.9 million in 2023"),
    ),
    Case(
        "zzit-margin-direction",
        "claim_against_fact",
        "Gross margin is said to have improved, and fell by five points.",
        Place(line="Our gross margin improved again in 2025."),
        Place(_PDF, "Gross margin declined to 47.1 percent of net sales in 2025 from 52.0 percent in 2024"),
    ),
    Case(
        "zzit-denied-restatement",
        "claim_against_fact",
        "A restatement is denied, and four weeks later the annual report restates three quarters.",
        Place(line="There is no restatement, and there will be none."),
        Place(_PDF, "The Company has restated its unaudited statements"),
    ),
    Case(
        "zzit-capex-rounded",
        "claim_against_fact",
        "About 4 million is 4.1 million rounded.",
        Place(line="Capital expenditures were about 4 million dollars."),
    ),
    Case(
        "zzit-strained-comfort",
        "words_against_voice",
        "Words of comfort in a voice raised by a seventh, rough and trembling, slow and halting.",
        Place(line="We are very comfortable with our cash, and our lenders are happy with us."),
        Place(line="We opened a second assembly line in the spring."),
    ),
    Case(
        "zzit-receivables-dodged",
        "evasive_answers",
        "A number of days is asked for; the answer speaks of the team.",
        Place(line="We look at the business over the long term, and our team has done a wonderful job."),
        Place(line="How many days of sales were in receivables at the end of the year?"),
    ),
    Case(
        "zzit-cash-deferred",
        "evasive_answers",
        "The answer puts the number off and changes the subject.",
        Place(
            line="We will come back to that at a later date. Let us talk about the new pump, which doctors love."
        ),
        Place(line="How much cash did operations use in the fourth quarter?"),
    ),
    Case(
        "zzit-chart-values",
        "chart_against_table",
        "The chart draws 96.0 for 2025, the table beside it says 88.1.",
        Place(_PDF, "The following chart accompanies the table above."),
        Place(_PDF, "Net sales by product"),
    ),
    Case(
        "zzit-chart-truncated",
        "chart_against_table",
        "The bars begin at 23, so that a rise of an eighth looks like a fourfold one.",
        Place(_PDF, "Orders on hand at year end ($ millions)"),
        Place(_PDF, "Orders on hand at year end ($ millions)"),
    ),
    Case(
        "zzit-chart-reversed",
        "chart_against_table",
        "The years run backwards, so that a falling margin looks like a rising one.",
        Place(_PDF, "Gross margin path (%)"),
        Place(_PDF, "Gross margin declined to 47.1 percent"),
    ),
    Case(
        "zzit-going-concern",
        "filing_drift",
        "Substantial doubt appears, which the report of the year before did not know.",
        Place(_PDF, "raise substantial doubt about our ability to continue as a going concern"),
        Place("filings_html/zzit_2024_10k.html", "Larger competitors may take share from us."),
    ),
    Case(
        "zzit-material-weakness",
        "filing_drift",
        "Controls that were effective the year before have a material weakness.",
        Place(_PDF, "management identified a material weakness in internal control"),
        Place("filings_html/zzit_2024_10k.html", "concluded that it was effective"),
    ),
    Case(
        "zzit-auditor-dismissed",
        "filing_drift",
        "The auditor is dismissed after a disagreement; the year before there was none.",
        Place(
            "filings_html/zzit_20251208_8k.html",
            "dismissed its independent registered public accounting firm",
        ),
        Place("filings_html/zzit_2024_10k.html", "Changes in and Disagreements With Accountants"),
    ),
    Case(
        "zzit-non-reliance",
        "filing_drift",
        "Three quarters may no longer be relied upon and are restated.",
        Place("filings_html/zzit_20260310_8k.html", "should no longer be relied upon"),
        Place(_PDF, "The restatement lowered net sales of the three quarters"),
    ),
    Case(
        "zzit-late",
        "filing_drift",
        "A notice that the annual report will be late.",
        Place("filings_html/zzit_20260303_nt10k.html", "unable to file its annual report"),
        Place("filings_html/zzit_2024_10k.html", "concluded that it was effective"),
    ),
    Case(
        "zzit-beneish",
        "beneish_m",
        "Receivables, other assets and accruals far outrun sales: Beneish's M is over its threshold.",
        Place(_PDF, "CONSOLIDATED BALANCE SHEETS"),
        Place(_PDF, "CONSOLIDATED STATEMENTS OF CASH FLOWS"),
    ),
    Case(
        "zzit-false-price-chart",
        "picture",
        "The posted chart rises from 5 to 14 dollars, the share never closed over 8 since March.",
        Place(image=REAL_CHART),
        Place("prices/ZZIT.csv", "2026-04-29,"),
    ),
)
