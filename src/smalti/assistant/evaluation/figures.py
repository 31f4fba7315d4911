"""Shares of questions by group, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

SEED, DRAWS = 7, 2_000
ALL = "all"

_MOST_LISTED = 400


def shares(
    rows: Sequence[Mapping[str, Any]], outcomes: Sequence[str], by: str, over: str, seed: int = SEED
) -> dict[str, dict[str, Any]]:
    """Of all rows and of each group, the share with each outcome.

    Args:
        rows: each with a truth value (or None: it does not count) by outcome, its group and what is drawn.
        outcomes: names of truth values.
        by: the key of the group.
        over: the key of what the bootstrap draws whole: the filing a question is about.
        seed: of the draws.

    Returns:
        By group (`all` first): `n`, each share, and each share's 95% interval as `<outcome>_interval`.
    """
    groups = [ALL, *sorted({str(row[by]) for row in rows})]
    found = {}
    for group in groups:
        own = [row for row in rows if group in (ALL, str(row[by]))]
        told: dict[str, Any] = {"n": len(own)}
        for outcome in outcomes:
            counted = [row for row in own if row[outcome] is not None]
            told[outcome], told[f"{outcome}_interval"] = _share(
                [bool(row[outcome]) for row in counted], [str(row[over]) for row in counted], seed
            )
        found[group] = told
    return found


def listed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows as they are told beside the figures, the first some hundred."""
    return [dict(row) for row in rows[:_MOST_LISTED]]


def _share(
    truths: Sequence[bool], drawn: Sequence[str], seed: int
) -> tuple[float | None, list[float] | None]:
    if not truths:
        return None, None
    _, which = np.unique(np.asarray(drawn), return_inverse=True)
    hits = np.bincount(which, weights=np.asarray(truths, float))
    sizes = np.bincount(which)
    rng = np.random.default_rng(seed)
    picks = rng.integers(len(sizes), size=(DRAWS, len(sizes)))
    drawn_shares = hits[picks].sum(1) / sizes[picks].sum(1)
    low, high = np.quantile(drawn_shares, [0.025, 0.975])
    return round(float(np.mean(truths)), 4), [round(float(low), 4), round(float(high), 4)]
