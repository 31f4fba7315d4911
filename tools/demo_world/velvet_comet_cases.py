"""What checks must find, and must leave alone, of the pumped issuer."""

from __future__ import annotations

from .world import Case, Place

_PDF = "filings_pdf/ZZVC_2025_10K.pdf"
CASES = (
    Case(
        "zzvc-net-loss-rounded",
        "claim_against_fact",
        "About 14 million is the filed loss rounded.",
        Place(line="Our net loss for the year was about 14 million dollars."),
    ),
    Case(
        "zzvc-no-contract",
        "claim_against_fact",
        "The denial of a contract is what the filing says too.",
        Place(line="We have no supply agreement with any car maker, and we are not negotiating one."),
    ),
    Case(
        "zzvc-yes",
        "evasive_answers",
        "The answer begins with yes.",
        Place(
            line="Yes. We expect to sell shares when we can, and that would dilute the holders we have today."
        ),
    ),
    Case(
        "zzvc-not-before",
        "evasive_answers",
        "A year is asked for and given.",
        Place(line="Not before 2027, and only if we can pay for the second furnace."),
    ),
    Case(
        "zzvc-chart-cash",
        "chart_against_table",
        "A chart from zero that agrees with the text.",
        Place(_PDF, "Cash and marketable securities at year end ($ millions)"),
    ),
    Case(
        "zzvc-chart-sales",
        "chart_against_table",
        "A chart in millions beside a table in thousands.",
        Place(_PDF, "The following chart accompanies the table above."),
    ),
    Case(
        "zzvc-going-concern",
        "filing_drift",
        "The report tells of substantial doubt; no earlier report is at hand.",
        Place(_PDF, "substantial doubt about our ability to continue as a going concern"),
        Place(_PDF, "Note 1. Going concern"),
    ),
    Case(
        "zzvc-beneish",
        "beneish_m",
        "A company that loses money is no manipulator: M stays below its threshold.",
        Place(_PDF, "CONSOLIDATED BALANCE SHEETS"),
    ),
    Case(
        "zzvc-pump",
        "crowd",
        "Fifty-four near-identical posts of forty-one accounts with one picture, and price and volume jump.",
        Place(account="promotion account"),
        Place("prices/ZZVC.csv", "2026-05-13,"),
    ),
)
