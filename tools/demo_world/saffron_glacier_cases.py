"""What checks must find, and must leave alone, of the bank."""

from __future__ import annotations

from .saffron_glacier import QUOTES, RUMOR
from .world import Case, Place

_FILED = "filings_html/zzsg_2025_10k.html"
CASES = (
    Case(
        "zzsg-going-concern-policy",
        "filing_drift",
        "What management assesses by rule, and that there is no doubt.",
        Place(
            _FILED,
            "substantial doubt exists about the entity's ability to continue as a going concern; it does not",
        ),
    ),
    Case(
        "zzsg-not-computable",
        "beneish_m",
        "A bank has no cost of sales, receivables or current assets: Beneish's M is not computable.",
        Place(_FILED, "Net interest income"),
    ),
    Case("zzsg-robot", "crowd", "One account repeats one automated message each day.", Place(posts=QUOTES)),
    Case(
        "zzsg-run-rumor",
        "crowd",
        "Eighteen new accounts post nearly the same alarm within an hour; the company denies it.",
        Place(posts=RUMOR),
        Place("news/saffron-glacier-no-outflow.html", "messages about closed branches are false"),
    ),
)
