# ruff: noqa: E501 - this module is prose
"""What checks must find, and must leave alone, of the issuer that says more than it files."""

from __future__ import annotations

from .granite_teacup import FIRE, RUMOUR
from .world import Case, Place

_FILED = "filings_html/zzgt_2025_10k.html"
_RELEASE = "news/granite-teacup-reports-results.html"
CASES = (
    Case(
        "zzgt-against-release",
        "claim_against_fact",
        "The call says 640 million, the company's own release of February said 612.4 million.",
        Place(line="Net sales for 2025 came to 640 million dollars."),
        Place(_RELEASE, "reported unaudited net sales of $612.4 million for 2025"),
    ),
    Case(
        "zzgt-denied-investigation",
        "claim_against_fact",
        "An investigation is denied that the annual report dates to the November before.",
        Place(line="We are not under investigation by anyone."),
        Place(_FILED, "Since November 2025 we have been under investigation by the attorney general"),
    ),
    Case(
        "zzgt-constant-currency",
        "claim_against_fact",
        "9 percent is at constant currency, beside 6.2 percent as reported.",
        Place(line="Thank you. At constant currency, net sales grew 9 percent."),
    ),
    Case(
        "zzgt-euros",
        "claim_against_fact",
        "84 million are euros, of one country.",
        Place(line="Sales in Germany were 84 million euros."),
    ),
    Case(
        "zzgt-competitor",
        "claim_against_fact",
        "1.2 billion is a competitor's number.",
        Place(line="Our largest competitor reported net sales of 1.2 billion dollars."),
    ),
    Case(
        "zzgt-strained-supply",
        "words_against_voice",
        "Words of calm in a voice raised by a seventh, rough and trembling, slow and halting.",
        Place(line="Our supply of tea is secure, and we expect no trouble at all."),
        Place(line="Our new jars are made of recycled glass."),
    ),
    Case(
        "zzgt-price-dodged",
        "evasive_answers",
        "A price is asked for; the answer praises the place.",
        Place(line="It is a beautiful place with a great history, and we are excited to own it."),
        Place(line="How much did you pay for the porcelain works?"),
    ),
    Case(
        "zzgt-quarter-more",
        "evasive_answers",
        "About a quarter is a number, given in words.",
        Place(line="They were up by about a quarter."),
    ),
    Case(
        "zzgt-partner-rotation",
        "filing_drift",
        "The auditor's lead partner changes by rule; the auditor stays.",
        Place(_FILED, "The lead partner of our auditor changed in 2025"),
    ),
    Case(
        "zzgt-ratios",
        "beneish_m",
        "Steady growth with steady receivables: no score over its threshold.",
        Place(_FILED, "CONSOLIDATED BALANCE SHEETS"),
    ),
    Case(
        "zzgt-rumour",
        "crowd",
        "Twenty-two young accounts say the same in other words within hours, with one picture, and price and volume jump.",
        Place(posts=RUMOUR),
        Place("prices/ZZGT.csv", "2026-05-06,"),
    ),
    Case(
        "zzgt-generated-as-photo",
        "picture",
        "The file says a model made it; the post says a photo was taken ten minutes ago.",
        Place(image=FIRE),
        Place(posts=("Took this photo ten minutes ago, the new $ZZGT warehouse opens tonight, it is huge!",)),
    ),
)
