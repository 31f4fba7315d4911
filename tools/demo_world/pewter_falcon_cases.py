# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the issuer in which all that looks wrong is right."""

from __future__ import annotations

from .pewter_falcon import PATTERN, PRICE, SHARED, SHOWN_AS_NEW, TRAILER, TRAILER_AGAIN
from .world import Case, Place

_PDF = "filings_pdf/ZZPF_2025_10K.pdf"
CASES = (
    Case(
        "zzpf-rounded",
        "claim_against_fact",
        "About 468 million is 467.6 million rounded.",
        Place(line="Net sales for the year were about 468 million dollars."),
    ),
    Case(
        "zzpf-segment",
        "claim_against_fact",
        "163 million and 15 percent are of one product line, not of the company.",
        Place(line="Refrigerated trailer sales grew 15 percent to 163 million dollars."),
    ),
    Case(
        "zzpf-quarter",
        "claim_against_fact",
        "116 million is the third quarter's, as the quarterly table says, not the year's.",
        Place(line="Thank you. In the third quarter net sales were 116 million dollars."),
    ),
    Case(
        "zzpf-adjusted",
        "claim_against_fact",
        "47 million is an adjusted measure that the filing states too, beside 41.2 million under GAAP.",
        Place(
            line="Adjusted operating income for the year was 47 million dollars, which leaves out the cost of the fire."
        ),
    ),
    Case(
        "zzpf-guidance",
        "claim_against_fact",
        "490 million is what is expected of 2026.",
        Place(line="For 2026 we expect net sales of about 490 million dollars."),
    ),
    Case(
        "zzpf-analyst-number",
        "claim_against_fact",
        "475 million is an analyst's wrong number, not the company's.",
        Place(
            line="My model had your net sales at 475 million dollars. What share of them came from the largest customer?"
        ),
    ),
    Case(
        "zzpf-loans",
        "claim_against_fact",
        "6 million of loans were repaid, as the cash flow statement says.",
        Place(line="We repaid 6 million dollars of loans."),
    ),
    Case(
        "zzpf-loud-greeting",
        "words_against_voice",
        "A greeting is loud, and no more than that.",
        Place(line="Good morning everyone, and a very warm welcome!"),
    ),
    Case(
        "zzpf-sad-voice",
        "words_against_voice",
        "The words are as sad as the voice.",
        Place(line="In October a fire killed two of our colleagues, and it was the worst day of my life."),
    ),
    Case(
        "zzpf-relative-answer",
        "evasive_answers",
        "A tenth is a number, given in words.",
        Place(line="Roughly one tenth, the same as last year."),
    ),
    Case(
        "zzpf-absolutely",
        "evasive_answers",
        "Absolutely is a yes.",
        Place(line="Absolutely, without any doubt."),
    ),
    Case(
        "zzpf-policy-then-number",
        "evasive_answers",
        "A policy is stated, and the number given all the same.",
        Place(line="We do not usually give a quarterly rate, but it was 24 percent."),
    ),
    Case(
        "zzpf-chart-in-millions",
        "chart_against_table",
        "The chart is in millions, the table in thousands.",
        Place(_PDF, "The following chart accompanies the table above."),
    ),
    Case(
        "zzpf-chart-of-segment",
        "chart_against_table",
        "The chart is of one product line, whose row the table has.",
        Place(_PDF, "Refrigerated trailers, net sales ($ millions)"),
    ),
    Case(
        "zzpf-chart-line",
        "chart_against_table",
        "A line of percentages need not begin at zero.",
        Place(_PDF, "On-time deliveries (%)"),
    ),
    Case(
        "zzpf-chart-rounded",
        "chart_against_table",
        "The labels are rounded to whole millions.",
        Place(_PDF, "Operating income, rounded ($ millions)"),
    ),
    Case(
        "zzpf-restated-agreement",
        "filing_drift",
        "A credit agreement is amended and restated; no statement is.",
        Place(_PDF, "amended and restated credit agreement, which extends the maturity"),
    ),
    Case(
        "zzpf-remediated",
        "filing_drift",
        "The weakness of the year before is remediated.",
        Place(_PDF, "was remediated as of June 30, 2025"),
    ),
    Case(
        "zzpf-cyber",
        "filing_drift",
        "A new risk factor of a kind everybody has.",
        Place(_PDF, "A cyber attack could interrupt our plants."),
    ),
    Case(
        "zzpf-going-concern-policy",
        "filing_drift",
        "What management evaluates by rule, and that it found nothing.",
        Place(_PDF, "No such conditions existed at December 31, 2025 or 2024"),
    ),
    Case(
        "zzpf-headline-shared",
        "crowd",
        "Ten accounts share one real headline over six hours.",
        Place(posts=tuple(d.text for d in SHARED)),
    ),
    Case(
        "zzpf-old-as-new",
        "picture",
        "A picture of November is shown as taken today, by another account.",
        Place(image=SHOWN_AS_NEW),
        Place(image=TRAILER),
    ),
    Case(
        "zzpf-repost-said",
        "picture",
        "The post says whose picture it is and from when.",
        Place(image=TRAILER_AGAIN),
    ),
    Case(
        "zzpf-pattern",
        "picture",
        "A stack of equal panels repeats itself; nothing was copied over.",
        Place(image=PATTERN),
    ),
    Case(
        "zzpf-true-price-chart",
        "picture",
        "The posted chart is the share's own closing prices.",
        Place(image=PRICE),
    ),
    Case(
        "zzpf-ratios",
        "beneish_m",
        "Steady growth with steady receivables: no score over its threshold.",
        Place(_PDF, "CONSOLIDATED BALANCE SHEETS"),
    ),
)
