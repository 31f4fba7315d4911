# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the issuer whose call contradicts its filing."""

from __future__ import annotations

from .world import Case, Place

_PDF = "filings_pdf/ZZMH_2025_10K.pdf"
CASES = (
    Case(
        "zzmh-revenue",
        "claim_against_fact",
        "The call gives 412 million and a record, the filing 371.4 million and a decrease.",
        Place(line="Revenue for the year grew 12 percent to a record 412 million dollars."),
        Place(_PDF, "Net sales for 2025 were $371.4 million, a decrease of 6.7 percent"),
    ),
    Case(
        "zzmh-gross-margin",
        "claim_against_fact",
        "Gross margin is said to have expanded to 41 percent, and declined to 33.8.",
        Place(line="Gross margin expanded to 41 percent, helped by pricing and by better use of our plants."),
        Place(_PDF, "Gross margin declined to 33.8 percent of net sales in 2025 from 37.5 percent in 2024"),
    ),
    Case(
        "zzmh-operating-cash",
        "claim_against_fact",
        "58 million of operating cash is said, 42.3 million was used.",
        Place(line="Operating cash flow was strong at 58 million dollars."),
        Place(_PDF, "Operating activities used $42.3 million of cash in 2025"),
    ),
    Case(
        "zzmh-denied-weakness",
        "claim_against_fact",
        "A material weakness is denied that the annual report describes.",
        Place(
            line="Our year end review is complete, and we found no material weakness in our internal controls."
        ),
        Place(_PDF, "management identified a material weakness in internal control over financial reporting"),
    ),
    Case(
        "zzmh-days-dodged",
        "evasive_answers",
        "A number of days is asked for; the answer is a feeling.",
        Place(
            line="You know, we feel really good about where we are. There are a lot of moving pieces, and we do not look at any one of them alone."
        ),
        Place(
            line="What were days sales outstanding at year end, and did you ship product that customers had not paid for?"
        ),
    ),
    Case(
        "zzmh-bill-and-hold-dodged",
        "evasive_answers",
        "An amount is asked for; the answer speaks of love for the product.",
        Place(
            line="That is a great question. What I would say is that our customers love the product, and we will share more when it makes sense."
        ),
        Place(line="Thanks. Can you tell us how much of the fourth quarter came from bill and hold orders?"),
    ),
    Case(
        "zzmh-chart-values",
        "chart_against_table",
        "The chart draws 412.0 for 2025, the table beside it says 371.4.",
        Place(_PDF, "The following chart accompanies the table above."),
        Place(_PDF, "Net sales by segment"),
    ),
    Case(
        "zzmh-chart-truncated",
        "chart_against_table",
        "The bars begin at 385.",
        Place(_PDF, "The following chart accompanies the table above."),
        Place(_PDF, "Net sales by segment"),
    ),
    Case(
        "zzmh-backlog-truncated",
        "chart_against_table",
        "The bars begin at 80.",
        Place(_PDF, "Backlog believed to be firm ($ millions)"),
        Place(_PDF, "Backlog believed to be firm ($ millions)"),
    ),
    Case(
        "zzmh-material-weakness",
        "filing_drift",
        "The report tells of a material weakness; no earlier report is at hand.",
        Place(_PDF, "management identified a material weakness in internal control over financial reporting"),
        Place(_PDF, "internal control over financial reporting were not effective"),
    ),
    Case(
        "zzmh-beneish",
        "beneish_m",
        "Receivables and accruals outrun sales: Beneish's M is over its threshold.",
        Place(_PDF, "CONSOLIDATED BALANCE SHEETS"),
        Place(_PDF, "CONSOLIDATED STATEMENTS OF CASH FLOWS"),
    ),
)
