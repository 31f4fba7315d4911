# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the plain issuer."""

from __future__ import annotations

from .world import Case, Place

_PDF = "filings_pdf/ZZWL_2025_10K.pdf"
CASES = (
    Case(
        "zzwl-net-sales",
        "claim_against_fact",
        "What is said is what is filed.",
        Place(line="Net sales were 2,846 million dollars, an increase of about 4 percent."),
    ),
    Case(
        "zzwl-net-income",
        "claim_against_fact",
        "What is said is what is filed.",
        Place(line="Net income was 243 million dollars."),
    ),
    Case(
        "zzwl-guidance",
        "claim_against_fact",
        "A range expected of 2026.",
        Place(line="We expect sales to grow between 3 and 5 percent in 2026."),
    ),
    Case(
        "zzwl-paper-answered",
        "evasive_answers",
        "The answer gives an amount and who bears it.",
        Place(
            line="Paper cost us about 20 million dollars more than last year, and our contracts let us pass on nearly all of it."
        ),
    ),
    Case(
        "zzwl-dividend-answered",
        "evasive_answers",
        "The answer begins with yes and gives a number.",
        Place(line="Yes. The board raised the dividend by 5 percent in January."),
    ),
    Case(
        "zzwl-chart-sales",
        "chart_against_table",
        "A chart from zero that agrees with its table.",
        Place(_PDF, "Net sales ($ millions)"),
    ),
    Case(
        "zzwl-chart-dividends",
        "chart_against_table",
        "A chart from zero that agrees with the statements.",
        Place(_PDF, "The following chart accompanies the table above."),
    ),
    Case(
        "zzwl-beneish",
        "beneish_m",
        "Steady growth: M stays below its threshold.",
        Place(_PDF, "CONSOLIDATED BALANCE SHEETS"),
    ),
    Case(
        "zzwl-true-price-chart",
        "picture",
        "The posted chart is the share's own closing prices.",
        Place(image="zzwl_price.png"),
    ),
)
