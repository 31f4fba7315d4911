"""From what is known of an issuer to its signals, each with the evidence that moved it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
import torch

from smalti.models.attribution import explain
from smalti.models.calibration import TRADING_DAYS
from smalti.models.case import VOL_WINDOWS, Case
from smalti.models.cases import MODALITY, Assembled, Freshness, Known, assemble
from smalti.models.checks import Check, Dossier, finding_rows
from smalti.models.checks.catalogue import run_all
from smalti.models.checks.contradiction import contradiction
from smalti.models.contributions import contribution_details, contribution_rows, documents_of
from smalti.models.doubt import Doubt, doubt, withheld
from smalti.models.heads import HEADS
from smalti.models.predict import Predictor, Score
from smalti.models.versions import CHECKS_VERSION
from smalti.platform.machine import environment
from smalti.platform.records import Attribution, Json, Modality, Signal, SignalKind, content_id

_CONTEXT = 5
"""Pieces of filing text shown beside a risk signal."""

_KEPT = 50
"""Pieces kept of one signal, largest first; what the others moved it by is told as a sum."""


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
    signals: list[Signal] = []
    attributions: list[Attribution] = []
    findings: list[Json] = []
    explained = [one for model in predictor.models.values() for one in explain(model, assembled.case)]
    explanations = {(one.kind, one.horizon_days): one for one in explained}
    documents = documents_of(dossier)
    for score, held in _given(predictor, assembled):
        signal = _signal(case_id, score, held, assembled, predictor.version)
        explanation = explanations.get((score.kind, score.horizon_days))
        if explanation is not None:
            rows = contribution_rows(signal.signal_id, explanation, assembled.case, assembled.years)
            attributions += [row for row in rows if row.rank <= _KEPT]
            details = contribution_details(explanation, rows, documents, _KEPT)
            signal = replace(signal, details={**signal.details, **details})
        signals.append(signal)
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
    made = {"environment": environment(device, torch.get_num_threads()), "inputs": known.sizes}
    signals = [replace(signal, details={**signal.details, **made}) for signal in signals]
    return Scored(case_id, signals, attributions, findings)


Key = tuple[str, int]
"""Kind of a signal and its horizon in days."""


@dataclass(frozen=True, slots=True)
class Values:
    """The values alone of all signals of a case, without what moved them.

    Attributes:
        values: by kind and horizon; None where it cannot be computed.
        reasons: why not.
        used: ids of the evidence that gave the model a token.
    """

    values: Mapping[Key, float | None]
    reasons: Mapping[Key, str]
    used: frozenset[str]


def values_of(
    known: Known, dossier: Dossier, freshness: Freshness, model: Path | None, device: str
) -> Values:
    """Worker task: the values that `score_known` would give, sooner."""
    assembled = assemble(known, freshness)
    checks = run_all(dossier)
    told: list[tuple[Key, float | None, str | None]] = [
        ((score.kind.value, score.horizon_days), score.value, score.reason)
        for score, _ in _given(_predictor(model, device), assembled)
    ]
    told += [((_kind(c), 0), c.value, c.reason) for c in (*checks, contradiction(dossier, checks))]
    return Values(
        {key: value for key, value, _ in told},
        {key: reason for key, _, reason in told if reason},
        frozenset(token.evidence_id for token in assembled.case.tokens),
    )


def _given(predictor: Predictor, assembled: Assembled) -> Iterator[tuple[Score, Doubt]]:
    """Each score as it is given, which it is not where its doubt says so, and that doubt."""
    (prediction,) = predictor.predict([assembled.case])
    for score in prediction.scores:
        model = predictor.models.get(score.kind)
        pairs = model.head.pairs if model else ()
        stale = {str(pair): age for pair, age in assembled.stale.items() if pair in pairs}
        held = doubt(score, model, assembled.case, stale, assembled.unread)
        yield (withheld(score, held.reason) if held.reason else score), held


def _kind(check: Check) -> str:
    return f"{check.head.value}.{check.name}"


def _drivers(fraud: Signal, index: Check, dossier: Dossier) -> Iterator[Attribution]:
    """What does not fit, beside the fraud signal: its effect is its share of the contradiction index.

    The probability itself stays what was learned and calibrated on labels; no label says what a
    contradiction adds to it.
    """
    pieces = {piece.evidence_id: piece for piece in dossier.evidence}
    told = zip(index.findings, index.details.get("matters", ()), strict=True)
    for rank, (finding, matter) in enumerate(told, 1):
        piece = pieces[finding.said[0].evidence_id]
        modality, method = MODALITY[piece.kind], f"driver: {matter['check']}"
        yield Attribution(fraud.signal_id, piece.evidence_id, modality, matter["share"], rank, method)


def _signal(case_id: str, score: Score, held: Doubt, assembled: Assembled, version: str) -> Signal:
    pairs = {head.kind: head.pairs for head in HEADS}[score.kind]
    ages = {
        str(p): round(a, 1) for p, a in sorted({**assembled.available, **assembled.stale}.items(), key=str)
    }
    foreign = {str(p) for p in assembled.available if p not in pairs} | set(score.not_trained)
    stale = [str(p) for p in assembled.stale if p in pairs]
    details: dict[str, Any] = {**score.details, "ages_days": ages, "not_read": dict(assembled.unread)}
    details["doubt"] = held.details()
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
    kind = _kind(check)
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
