"""What signals, checks and inputs are called; the words of the reports, which a test holds to be the same."""

from __future__ import annotations

from collections.abc import Mapping

from smalti.platform.records import SignalKind

INPUTS: Mapping[str, str] = {
    "price@price": "prices",
    "text@call": "call words",
    "voice@call": "call voice",
    "fact@filing": "filed facts",
    "text@filing": "filing text",
    "image@filing": "filing pictures",
    "text@news": "news",
    "image@news": "news pictures",
    "text@social": "posts",
    "image@social": "post pictures",
}
"""Inputs as people call them."""

CHECKS: Mapping[str, str] = {
    "fraud.claim_against_fact": "claims against filed facts",
    "fraud.words_against_voice": "calm words in a tense voice",
    "fraud.evasive_answers": "questions left unanswered",
    "fraud.chart_against_table": "charts against tables",
    "fraud.filing_drift": "changes between filings",
    "fraud.crowd": "crowds of posts",
    "fraud.picture": "pictures",
    "fraud.contradiction": "contradiction index",
    "fraud.beneish_m": "Beneish M (earnings manipulation)",
    "fraud.dechow_f": "Dechow F (misstatement)",
    "fraud.sloan_accruals": "Sloan accruals",
    "fraud.benford": "Benford, first digits",
    "fraud.benford_two_digits": "Benford, two digits",
    "risk.altman_z": "Altman Z (distress)",
    "risk.piotroski_f": "Piotroski F (financial strength)",
}
"""Checks and ratios as people call them."""


def check_name(kind: str) -> str:
    """A check or ratio as people call it."""
    return CHECKS.get(kind, kind.partition(".")[2].replace("_", " ") or kind)


def signal_name(kind: str, horizon_days: int) -> str:
    """The name of a kind of signal: `Risk, 30 days`, `Fraud probability`, or its check's."""
    if "." in kind:
        return check_name(kind)
    return {
        SignalKind.RISK.value: f"Risk, {horizon_days} days",
        SignalKind.FRAUD.value: "Fraud probability",
        SignalKind.SENTIMENT.value: "Sentiment",
    }.get(kind, kind)


def input_name(pair: str) -> str:
    """An input (`text@call`) as people call it."""
    return INPUTS.get(pair, pair.replace("@", " of "))


def capital(text: str) -> str:
    """With its first letter as a sentence begins."""
    return text[:1].upper() + text[1:]
