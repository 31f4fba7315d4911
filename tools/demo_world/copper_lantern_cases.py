# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the fast grower."""

from __future__ import annotations

from .copper_lantern import DRAWN, FLOOR_AGAIN, TALK
from .world import Case, Place

_FILED = "filings_html/zzcl_2026_10k.html"
_RELEASE = "news/copper-lantern-reports-fourth-quarter.html"
CASES = (
    Case(
        "zzcl-release-margin",
        "claim_against_fact",
        "The release says gross margin expanded to 74.4 percent, the annual report that it fell to 71.0.",
        Place(_RELEASE, "Gross margin expanded 200 basis points to 74.4 percent in fiscal 2026"),
        Place(_FILED, "Gross margin declined to 71.0 percent of revenue in fiscal 2026 from 72.4 percent"),
    ),
    Case(
        "zzcl-fiscal-year",
        "claim_against_fact",
        "254 million is of the fiscal year that ended in February 2026, as filed.",
        Place(line="Revenue for fiscal 2026 was 254 million dollars, up 39 percent."),
    ),
    Case(
        "zzcl-year-before",
        "claim_against_fact",
        "182 million is of fiscal 2025, as filed.",
        Place(line="In fiscal 2025 revenue was 182 million dollars."),
    ),
    Case(
        "zzcl-guidance",
        "claim_against_fact",
        "A range expected of fiscal 2027.",
        Place(_RELEASE, "For fiscal 2027 the company expects revenue of $320 million to $330 million."),
    ),
    Case(
        "zzcl-strained-renewals",
        "words_against_voice",
        "Words of confidence in a voice raised by a seventh, rough and trembling, slow and halting.",
        Place(line="Our renewals are healthy, and we feel very good about the coming year."),
        Place(line="Our engineers shipped nine releases."),
    ),
    Case(
        "zzcl-fast",
        "words_against_voice",
        "A sentence is spoken fast, and no more than that.",
        Place(
            line="We added a team for large customers, a team for schools and a team for our partners in the second half of the year."
        ),
    ),
    Case(
        "zzcl-customers-dodged",
        "evasive_answers",
        "A yes or no is asked for; the answer praises customers and platform.",
        Place(
            line="We have wonderful customers and a strong pipeline, and our platform is built for the long run."
        ),
        Place(line="Did you lose any of your five largest customers during the quarter?"),
    ),
    Case(
        "zzcl-partly-refused",
        "evasive_answers",
        "One half is refused, the other answered with a number.",
        Place(line="I cannot speak about the salespeople, but 6 percent of our customers left."),
    ),
    Case(
        "zzcl-hypothetical-weakness",
        "filing_drift",
        "A material weakness that may come, and has not.",
        Place(_FILED, "We may in the future identify a material weakness"),
    ),
    Case(
        "zzcl-reclassified",
        "filing_drift",
        "Amounts are reclassified, not restated.",
        Place(_FILED, "have been reclassified to conform"),
    ),
    Case(
        "zzcl-restated-agreement",
        "filing_drift",
        "A credit agreement is amended and restated; no statement is.",
        Place(_FILED, "second amended and restated credit agreement"),
    ),
    Case(
        "zzcl-cyber",
        "filing_drift",
        "A new risk factor of a kind everybody has.",
        Place(_FILED, "Attacks on our service by means of artificial intelligence may increase."),
    ),
    Case(
        "zzcl-fast-grower",
        "beneish_m",
        "Sales grow by 39 percent, with receivables and accruals that fit: M stays below its threshold.",
        Place(_FILED, "CONSOLIDATED STATEMENTS OF OPERATIONS"),
    ),
    Case(
        "zzcl-talk-after-results",
        "crowd",
        "Twenty-two accounts write about real results, each in its own words.",
        Place(posts=TALK),
    ),
    Case(
        "zzcl-own-again",
        "picture",
        "The same account shows its own picture again.",
        Place(image=FLOOR_AGAIN),
    ),
    Case(
        "zzcl-said-generated",
        "picture",
        "The file says a model made it, and so does the post.",
        Place(image=DRAWN),
    ),
)
