"""From what is known of an issuer to its signals, each with the evidence that moved it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from smalti.models.calibration import TRADING_DAYS
from smalti.models.case import VOL_WINDOWS, Case
from smalti.models.cases import MODALITY, Assembled, Freshness, Known, assemble
from smalti.models.checks import (
    RATIOS,
    Check,
    Dossier,
    FiscalYear,
    contradiction,
    finding_rows,
    ratio_inputs,
    run_all,
)
from smalti.models.heads import HEADS
from smalti.models.predict import Predictor, Score
from smalti.models.versions import CHECKS_VERSION
from smalti.platform.records import Attribution, Json, Modality, Signal, SignalKind, content_id

_CONTEXT = 5
"""Pieces of filing text shown beside a risk signal."""

_KEPT = 50
"""Attributions kept of one signal: past these a piece moved it by next to nothing."""


@dataclass(frozen=True, slots=True)
class Scored:
    """All signals of one case, what moved them, and what its checks found, as rows of table `findings`."""

    case_id: str
    signals: Sequence[Signal]
    attributions: Sequence[Attribution]
    findings: Sequence[Json] = ()


def score_known(
    known: Known, dossier: Dossier, case_id: str, freshness: Freshness, model: Path | None, device: str
) -> Scored:
    """Worker task: score one issuer.

    Args:
        known: everything available of it at `as_of`; nothing later (it refuses to be made otherwise).
        dossier: the same as checks read it.
        case_id: names this knowledge under this model.
        freshness: days each kind of source counts.
        model: folder of weights; the shipped ones if None.
        device: where the model runs.
    """
    predictor = _predictor(model, device)
    assembled = assemble(known, freshness)
    (prediction,) = predictor.predict([assembled.case])
    signals: list[Signal] = []
    attributions: list[Attribution] = []
    findings: list[Json] = []
    effects = _effects(predictor, assembled)
    for score in prediction.scores:
        signal = _signal(case_id, score, assembled, predictor.version)
        signals.append(signal)
        if signal.value is not None:
            attributions += _ranked(signal, effects.get((score.kind, score.horizon_days), ()))
        if score.kind is SignalKind.RISK:
            attributions += _context(signal, known.evidence)
    checks = run_all(dossier)
    index = contradiction(dossier, checks)
    for check in (*checks, index):
        signal = _sub_signal(case_id, check, assembled.case)
        signals.append(signal)
        attributions += [
            Attribution(signal.signal_id, evidence, Modality.FACT, float("nan"), rank, "input")
            for rank, evidence in enumerate(check.inputs[:_KEPT], 1)
        ]
        findings += finding_rows(signal, check)
    (fraud,) = (signal for signal in signals if signal.kind == SignalKind.FRAUD)
    attributions += _drivers(fraud, index, dossier)
    return Scored(case_id, signals, attributions, findings)


def _drivers(fraud: Signal, index: Check, dossier: Dossier) -> Iterator[Attribution]:
    """What does not fit, beside the fraud signal: its effect is on the contradiction index.

    The probability itself stays what was learned and calibrated on labels; no label says what a
    contradiction adds to it.
    """
    pieces = {piece.evidence_id: piece for piece in dossier.evidence}
    told = zip(index.findings, index.details.get("matters", ()), strict=True)
    for rank, (finding, matter) in enumerate(told, 1):
        piece = pieces[finding.said[0].evidence_id]
        modality, method = MODALITY[piece.kind], f"driver: {matter['check']}"
        yield Attribution(fraud.signal_id, piece.evidence_id, modality, matter["effect"], rank, method)


@dataclass(frozen=True, slots=True)
class _Moved:
    evidence_id: str
    modality: Modality
    effect: float
    method: str = "leave-one-out"


def _effects(predictor: Predictor, assembled: Assembled) -> dict[tuple[SignalKind, int], list[_Moved]]:
    found: dict[tuple[SignalKind, int], list[_Moved]] = {}
    for e in predictor.leave_one_out(assembled.case):
        if e.modality is not Modality.FACT:
            moved = _Moved(e.evidence_id, e.modality, e.effect)
            found.setdefault((e.kind, e.horizon_days), []).append(moved)
    # A fiscal year is one token; what moved it is told ratio by ratio, each citing its own line item.
    found[SignalKind.FRAUD, 0] = list(_ratio_effects(predictor, assembled))
    return found


def _ratio_effects(predictor: Predictor, assembled: Assembled) -> Iterator[_Moved]:
    case = assembled.case
    full = _fraud(predictor, case)
    if full is None:
        return
    years = {_anchor(year): year for year in assembled.years}
    for index, token in enumerate(case.tokens):
        if token.modality is not Modality.FACT:
            continue
        for place, name in enumerate(RATIOS):
            if np.isnan(token.vector[place]):
                continue
            without = token.vector.copy()
            without[place] = np.nan
            tokens = [*case.tokens]
            tokens[index] = replace(token, vector=without)
            value = _fraud(predictor, replace(case, tokens=tokens))
            inputs = ratio_inputs(years[token.evidence_id], name)
            if value is not None:
                yield _Moved(inputs[-1], Modality.FACT, full - value, f"leave-one-out of {name}")


def _fraud(predictor: Predictor, case: Case) -> float | None:
    (prediction,) = predictor.predict([case])
    return next(s.value for s in prediction.scores if s.kind is SignalKind.FRAUD)


def _anchor(year: FiscalYear) -> str:
    known = year.find("Assets") or year.find("Income")
    return known.evidence[0] if known else ""


def _signal(case_id: str, score: Score, assembled: Assembled, version: str) -> Signal:
    pairs = {head.kind: head.pairs for head in HEADS}[score.kind]
    ages = {
        str(p): round(a, 1) for p, a in sorted({**assembled.available, **assembled.stale}.items(), key=str)
    }
    foreign = {str(p) for p in assembled.available if p not in pairs} | set(score.not_trained)
    stale = [str(p) for p in assembled.stale if p in pairs]
    details: dict[str, Any] = {**score.details, "ages_days": ages, "not_read": dict(assembled.unread)}
    if score.kind is SignalKind.RISK:
        details["past_volatility"] = _past_volatility(assembled.case)
    if score.trained_through:
        details["trained_through"] = score.trained_through.isoformat()
    return Signal(
        signal_id=content_id("signal", case_id, score.kind, str(score.horizon_days)),
        issuer_id=assembled.case.issuer_id,
        kind=score.kind.value,
        as_of=assembled.case.as_of,
        horizon_days=score.horizon_days,
        value=score.value,
        low=score.low,
        high=score.high,
        percentile=score.percentile,
        model_version=version,
        used=score.used,
        missing=[name for name in score.missing if name not in stale],
        not_trained=sorted(foreign),
        stale=stale,
        in_sample=score.in_sample,
        reason=score.reason,
        details=details,
    )


def _past_volatility(case: Case) -> dict[str, float]:
    """Annualised volatility of the last days, by their number: what a forecast is read against."""
    year = math.sqrt(TRADING_DAYS)
    return {
        str(days): round(math.exp(value) * year, 6)
        for token in case.tokens
        if token.modality is Modality.PRICE
        for days, value in zip(VOL_WINDOWS, token.vector.tolist(), strict=False)
        if not math.isnan(value)
    }


def _ranked(signal: Signal, moved: Sequence[_Moved]) -> list[Attribution]:
    best = sorted(moved, key=lambda m: (-abs(m.effect), m.evidence_id, m.modality))[:_KEPT]
    return [
        Attribution(signal.signal_id, m.evidence_id, m.modality, m.effect, rank, m.method)
        for rank, m in enumerate(best, 1)
    ]


def _context(signal: Signal, evidence: pl.DataFrame) -> list[Attribution]:
    """What the newest filing says of its own volatility: not used by the model, but worth reading beside."""
    said = evidence.filter(pl.col("on_risk") > 0)
    if not said.height:
        return []
    newest = said.filter(pl.col("available_at") == said["available_at"].max())
    best = newest.sort(["on_risk", "ordinal"], descending=[True, False]).head(_CONTEXT)
    return [
        Attribution(signal.signal_id, evidence_id, Modality.TEXT, float("nan"), rank, "context")
        for rank, evidence_id in enumerate(best["evidence_id"], 1)
    ]


def _sub_signal(case_id: str, check: Check, case: Case) -> Signal:
    kind = f"{check.head.value}.{check.name}"
    return Signal(
        signal_id=content_id("signal", case_id, kind),
        issuer_id=case.issuer_id,
        kind=kind,
        as_of=case.as_of,
        horizon_days=0,
        value=check.value,
        low=None,
        high=None,
        percentile=None,
        model_version=CHECKS_VERSION,
        used=["fact@filing"] if check.inputs and check.value is not None else [],
        reason=check.reason,
        details=check.details,
    )


@lru_cache(maxsize=2)
def _predictor(model: Path | None, device: str) -> Predictor:
    return Predictor.load(model, device)
