"""What each topic of the model page is about, and days, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from smalti.dashboards.parts import numbers
from smalti.platform import words

_PAIR = re.compile(r"[a-z]+@[a-z]+")

ABOUT: Mapping[str, str] = {
    "figures": "Each head beside baselines that were fitted on the same rows and judged on the same held-out"
    " cases, and beside what others published. Intervals are 95%, bootstrapped over firms or groups of"
    " near-identical texts.",
    "calibration": "Whether stated probabilities come true as often as they say, and whether the 90%"
    " intervals hold the truth 90% of the time, by what is known of a case.",
    "ablation": "What each input and each way to fuse them is worth.",
    "robustness": "What becomes of errors and intervals in times that nothing was calibrated on, with prices"
    " beyond what training showed, and which scores are withheld.",
    "faithfulness": "Whether contributions add up to the score, and whether a score moves when what they name"
    " is taken away.",
    "fairness": "Errors, intervals and alarms by group. Groups of few cases have wide intervals.",
}


def label(name: str) -> str:
    """A row's name with its inputs in words: `news, 2 to 4 together` for `text@news, 2 to 4 together`."""
    return _PAIR.sub(lambda found: words.inputs([found[0]]), name)


def day(text: str) -> str:
    """A day or time of the service as `23 Nov 2026`."""
    return numbers.day(datetime.fromisoformat(text))
