"""Scores in words, for audiences that are told no numbers: by a published scale, with the model's range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from smalti.assistant.audience.policy import Policy
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Status
from smalti.assistant.understood import Named, Understood

__all__ = ["answer"]

# Of each kind the newest scoring; of risk the one of the usual horizon, where it is scored.
_NEWEST = """
SELECT s.kind, s.as_of, s.value, s.low, s.high, s.in_sample, s.horizon_days
FROM signals s WHERE s.issuer_id = $issuer AND s.as_of <= $as_of AND list_contains($kinds::TEXT[], s.kind)
QUALIFY row_number() OVER (PARTITION BY s.kind
  ORDER BY s.as_of DESC, abs(s.horizon_days - 30), s.recorded_at DESC, s.signal_id) = 1
ORDER BY s.kind
"""
_NAMES = {"risk": "risk", "fraud": "accounting risk", "sentiment": "sentiment"}


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The newest published scores of the issuers named, in words."""
    policy = grounds.policy
    draft = Draft()
    if not understood.issuers:
        draft.status = Status.UNCLEAR
        draft.say("Which of the published companies do you mean?")
        names = grounds.rows("SELECT name FROM issuers ORDER BY name LIMIT 10").to_series().to_list()
        draft.offers.extend(names)
        return draft
    kinds = [understood.signal] if understood.signal in policy.signals else list(policy.signals)
    for issuer in understood.issuers:
        rows = grounds.rows(_NEWEST, issuer=issuer.issuer_id, kinds=kinds)
        told = [row for row in rows.iter_rows(named=True) if row["value"] is not None]
        if not told:
            draft.say(f"No score of {issuer.name} is published.")
            draft.status = Status.UNKNOWN
        for row in told:
            _told(draft, policy, issuer, row)
    return draft


def _told(draft: Draft, policy: Policy, issuer: Named, row: Mapping[str, Any]) -> None:
    scale, name = policy.scale[row["kind"]], _NAMES.get(row["kind"], row["kind"])
    word = scale.told(row["value"])
    steps = ", ".join(one.say for one in scale.steps)
    draft.say(f"The published {name} of {issuer.name} is {word}, on a scale of {steps}: {scale.about}.")
    if row["low"] is not None and row["high"] is not None:
        low, high = scale.told(row["low"]), scale.told(row["high"])
        reach = (
            f"it may lie anywhere from {low} to {high}"
            if low != high
            else f"it is {word} over its whole range"
        )
        draft.say(f"No score is certain; {reach}.")
    if row["in_sample"]:
        draft.say("It is no forecast: it was made from a time whose outcome was known.")
