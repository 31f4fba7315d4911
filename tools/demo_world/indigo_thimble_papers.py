# ruff: noqa: E501 - this module is prose
"""What the issuer that makes its earnings up filed beside its annual report of 2025."""

from __future__ import annotations

from datetime import UTC, date, datetime

from .world import Grid, Paper, Section

_YEAR_BEFORE = Paper(
    "zzit_2024_10k",
    "10-K",
    datetime(2025, 3, 12, 21, 4, tzinfo=UTC),
    date(2024, 12, 31),
    (
        (
            "Item 1. Business",
            (
                "Indigo Thimble Devices Inc. designs and makes infusion pumps and their tubing sets for "
                "hospitals and home care. At December 31, 2024 we had approximately 388 full-time employees.",
            ),
        ),
        (
            "Item 1A. Risk Factors",
            (
                Section(
                    "A recall of our pumps would harm us.",
                    (
                        "Our pumps deliver drugs to patients. A defect could injure a patient, lead to a "
                        "recall and stop our sales until health authorities are satisfied.",
                    ),
                ),
                Section(
                    "We depend on one supplier for the motors of our pumps.",
                    (
                        "The motors of all our pumps come from one supplier. A shortage would delay our "
                        "deliveries.",
                    ),
                ),
                Section(
                    "Larger competitors may take share from us.",
                    ("Several competitors are much larger than we are and may lower their prices.",),
                ),
            ),
        ),
        (
            "Item 7. Management's Discussion and Analysis",
            (
                "Net sales for 2024 were $73.4 million, an increase of 19.8 percent from $61.2 million in 2023. "
                "Gross margin was 52.0 percent. Net income was $6.5 million. Operating activities provided $6.3 "
                "million of cash.",
            ),
        ),
        (
            "Item 8. Financial Statements and Supplementary Data",
            (
                Grid(
                    "CONSOLIDATED STATEMENTS OF OPERATIONS",
                    "(in thousands)",
                    ("2024", "2023"),
                    (
                        ("Net sales", ("73,390", "61,240"), "Revenues"),
                        ("Cost of sales", ("35,230", "27,980"), "CostOfRevenue"),
                        ("Gross profit", ("38,160", "33,260"), "GrossProfit"),
                        ("Net income", ("6,530", "7,910"), "NetIncomeLoss"),
                    ),
                    ends=(date(2024, 12, 31), date(2023, 12, 31)),
                ),
            ),
        ),
        (
            "Item 9. Changes in and Disagreements With Accountants on Accounting and Financial Disclosure",
            ("None.",),
        ),
        (
            "Item 9A. Controls and Procedures",
            (
                "Management evaluated our internal control over financial reporting as of December 31, 2024 and "
                "concluded that it was effective.",
            ),
        ),
    ),
)
_AUDITOR_GONE = Paper(
    "zzit_20251208_8k",
    "8-K",
    datetime(2025, 12, 8, 22, 15, tzinfo=UTC),
    date(2025, 12, 4),
    (
        (
            "Item 4.01 Changes in Registrant's Certifying Accountant",
            (
                "On December 4, 2025 the Audit Committee of Indigo Thimble Devices Inc. dismissed its independent "
                "registered public accounting firm. During the two most recent fiscal years and to the date of "
                "dismissal there was a disagreement on the timing of sales to two distributors, which was not "
                "resolved to the satisfaction of the firm.",
            ),
        ),
    ),
)
_LATE = Paper(
    "zzit_20260303_nt10k",
    "NT 10-K",
    datetime(2026, 3, 3, 22, 30, tzinfo=UTC),
    date(2025, 12, 31),
    (
        (
            "Part III. Narrative",
            (
                "NOTIFICATION OF LATE FILING. Indigo Thimble Devices Inc. is unable to file its annual report on "
                "Form 10-K for the year ended December 31, 2025 within the prescribed time without unreasonable "
                "effort or expense, because its new auditor needs more time to review sales to distributors.",
            ),
        ),
    ),
)
_NO_RELIANCE = Paper(
    "zzit_20260310_8k",
    "8-K",
    datetime(2026, 3, 10, 21, 40, tzinfo=UTC),
    date(2026, 3, 9),
    (
        (
            "Item 4.02 Non-Reliance on Previously Issued Financial Statements",
            (
                "On March 9, 2026 the Audit Committee of Indigo Thimble Devices Inc. concluded that the unaudited "
                "financial statements for the quarters ended March 31, June 30 and September 30, 2025 should no "
                "longer be relied upon, because sales to two distributors were recognized too early. The company "
                "will restate them in its annual report.",
            ),
        ),
    ),
)

PAPERS = (_YEAR_BEFORE, _AUDITOR_GONE, _LATE, _NO_RELIANCE)
