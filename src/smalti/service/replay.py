"""A stored signal made again, from what was stored then, and how near it comes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from smalti.models.versions import CHECKS_VERSION, weights_version
from smalti.service.engine import Engine
from smalti.service.stages.known import View, known
from smalti.service.stages.score import case_id, score_case
from smalti.service.views import ReplayView

if TYPE_CHECKING:  # the process that owns the store never loads a model
    from smalti.models.scoring import Scored

NEAR = 1e-5
"""How far a score may lie off on another machine class, with other versions or threads."""

IDENTICAL, WITHIN, DIFFERS, GONE = "identical", "within 1e-5", "differs", "gone"


def replay(engine: Engine, row: Mapping[str, Any]) -> ReplayView:
    """Make a stored signal again.

    Args:
        engine: of the store that holds it.
        row: the signal's row of table `signals`.

    Returns:
        Verdict `identical` or `within 1e-5`, with whether machine class, versions and threads are those it
        was made with; `differs`, which on the same ones is a defect; or `gone`, with what is.
    """
    gone = _model_gone(engine, row["model_version"])
    if gone:
        return _view(row, GONE, gone)
    view = View(row["issuer_id"], row["as_of"], recorded_by=row["recorded_at"])
    if row["erased"]:
        return _view(row, GONE, "part of what it was made from was erased on request")
    found = known(engine.store, view)
    details = json.loads(row["details"])
    if case_id(engine, view, found) != row["case_id"]:
        then = details.get("inputs", {})
        lost = [
            f"{then[k]} {k} then, {n} now" for k, n in found.sizes.items() if then.get(k) not in (n, None)
        ]
        what = "; ".join(lost) or "as many pieces as then, but not the same, or other settings of freshness"
        return _view(row, GONE, f"what it was made from is not all there: {what}")
    scored: Scored = score_case(engine, view, found, row["case_id"])
    again = next(
        (s for s in scored.signals if (s.kind, s.horizon_days) == (row["kind"], row["horizon_days"])), None
    )
    if again is None:
        return _view(row, GONE, "this version of smalti makes no such signal")
    now = asdict(again)
    off = _apart(row, now)
    changed = _changed(details.get("environment", {}), again.details["environment"])
    if off == 0:
        verdict, reason = IDENTICAL, "to the last bit"
    elif off is not None and off <= NEAR:
        verdict, reason = WITHIN, f"off by {off:.1e}"
    else:
        verdict, reason = (
            DIFFERS,
            "one has a value and the other has not" if off is None else f"off by {off:.3g}",
        )
    if changed:
        reason += "; made on " + ", ".join(f"{name} {then}, now {at}" for name, (then, at) in changed.items())
    else:
        reason += "; same machine class, versions and threads"
        if verdict != IDENTICAL:
            reason += ": this is a defect, report it"
    return _view(row, verdict, reason, now["value"], off)


def _model_gone(engine: Engine, version: str) -> str | None:
    installed = (weights_version(engine.settings.model), CHECKS_VERSION)
    if version in installed:
        return None
    return f"it was made by {version}; installed are {' and '.join(installed)} (setting: model)"


def _apart(then: Mapping[str, Any], now: Mapping[str, Any]) -> float | None:
    """The largest distance of value and interval; None where one is given once only."""
    pairs = [(then[name], now[name]) for name in ("value", "low", "high", "percentile")]
    if any((a is None) != (b is None) for a, b in pairs):
        return None
    return max((abs(a - b) for a, b in pairs if a is not None), default=0.0)


def _changed(then: Mapping[str, str], now: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (then.get(name, "unknown"), now.get(name, "unknown"))
        for name in sorted(then.keys() | now.keys())
        if then.get(name) != now.get(name)
    }


def _view(
    row: Mapping[str, Any], verdict: str, reason: str, again: float | None = None, off: float | None = None
) -> ReplayView:
    return ReplayView(
        row["signal_id"], row["kind"], row["horizon_days"], row["as_of"], row["recorded_at"], row["value"],
        again, off, verdict, reason,
    )  # fmt: skip
