"""The parts of an evaluation, each of which can be measured by itself."""

from __future__ import annotations

from collections.abc import Mapping

PARTS: Mapping[str, str] = {
    "risk": "Risk on calls after the last label, beside its baselines and with modalities left out",
    "published": "Risk on the published MAEC splits, and ways to fuse, each network trained anew",
    "fraud": "Fraud on firm-years held out by firm, beside its baselines",
    "ratios": "Each ratio alone on the same firm-years",
    "sentiment": "Sentiment on texts held out by group, beside its baselines",
    "coverage": "Whether intervals and probabilities hold, and what is withheld",
    "faithfulness": "Whether contributions add up, and whether what they name moves the score",
    "fairness": "Errors and alarms by voice, size and sector",
}
"""Name → what is measured. `published` takes longest."""


def command(part: str) -> str:
    """The command that measures a part."""
    return f"smalti evaluate --part {part}"
