"""What moved a score: integrated gradients of all tokens, and what the score loses without the largest.

Integrated gradients (Sundararajan, Taly and Yan 2017) divide the way of a score from "nothing known" to what
it is among the tokens. The way here is *presence*: all tokens come in together, from not there to wholly
there, while each pair's learned absent token goes. Both ends are states the networks were trained in, and
what a token gets is told in the terms of leaving it out. (Blending each token's embedding with the absent
one, at weights that make hundreds of those count as one, gives nearly the same: over tokens the rank
correlation with leaving out was .987 by blending and .993 by presence for risk, .91 and .94 for sentiment.)
A token's presence counts on a logarithmic scale, so that a pair of 256 sentences does not fill all attention
at a hundredth of the way, before a pair of one token has begun.

Ratios of a fiscal year come in with their year: from the training mean, unknown ones from known, to what
they are. So a year's share divides into one for each ratio and the rest, for the year being there at all.

Gradients are of the score in its own unit, as calibration reads it from the mean of all members.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from smalti.models.calibration import TRADING_DAYS
from smalti.models.case import NAMED_FEATURES, Case
from smalti.models.checkpoint import HeadModel
from smalti.models.heads import CLASSES, FRAUD, RISK, split_risk
from smalti.models.packing import Packed, collate, pack
from smalti.models.predict import horizons
from smalti.platform.records import Modality, SignalKind

Exact = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]

TOLERANCE = 0.02
"""Share of a score's way that its contributions may miss before more steps are taken."""

STEPS = (16, 32, 64, 128)
"""Points on the way, doubled until the contributions are within TOLERANCE; past the last the error stays."""

TOP = 20
"""Parts of a score, the largest contributions first, that are also left out."""

_VARIANTS = 128
"""Masks of one case that go through a network together."""

_SPELLED = Modality.FACT
"""Its features have contributions of their own, for each rests on line items of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Contributions to each of S scores of one case.

    Attributes:
        value, baseline: (S,) the scores, and those of nothing known.
        tokens: (S, N) of each token, with all its features.
        features: (S, n, F) of the features of the n fact tokens, in NAMED_FEATURES' order.
        steps: points on the way.
    """

    value: Exact
    baseline: Exact
    tokens: Exact
    features: Exact
    steps: int

    @property
    def error(self) -> Exact:
        """(S,) how far contributions are from adding up, as a share of the score's way from the baseline.

        A way shorter than a thousandth of the score counts as that: below, rounding decides.
        """
        way = self.value - self.baseline
        gap = np.abs(self.tokens.sum(1) - way)
        least = 1e-3 * np.maximum(np.abs(self.value), np.abs(self.baseline))
        share: Exact = gap / np.maximum(np.maximum(np.abs(way), least), np.finfo(np.float32).tiny)
        return share


@dataclass(frozen=True, slots=True)
class Part:
    """What one token, or one ratio of a fiscal year, has to do with a score.

    Attributes:
        token: its index in the case.
        feature: the ratio; None for a token as a whole, or for what is left of a year beside its ratios.
        contribution: its share of the score's way from nothing known.
        without: what the score would lose without it; None past the largest, and for what is left of a year.
    """

    token: int
    evidence_id: str
    modality: Modality
    feature: str | None
    contribution: float
    without: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """One score, from nothing known to what it is.

    Attributes:
        baseline_value: what the model says of an issuer nothing is known of.
        completeness_error: see `Shares.error`.
        parts: largest contribution first; together `value - baseline_value`, but for the error.
    """

    kind: SignalKind
    horizon_days: int
    value: float
    baseline_value: float
    completeness_error: float
    parts: tuple[Part, ...]


def explain(model: HeadModel, case: Case, top: int = TOP) -> list[Explanation]:
    """Explain each score of a head, in the order of its horizons.

    Args:
        model: the head.
        case: the case.
        top: so many parts of each score are left out, to see what it loses.

    Returns:
        Nothing where the case has nothing the head was trained on.
    """
    packed = pack(case, model.head.pairs)
    if not len(packed):
        return []
    shares, cuts = integrated_gradients(model, packed), _cuts(packed)
    sizes = _contributions(shares, cuts)
    orders = [[cuts[at] for at in row] for row in np.argsort(-np.abs(sizes), axis=1, kind="stable")]
    tops = [[cut for cut in order if not cut.rest][:top] for order in orders]
    losses = _losses(model, packed, list(dict.fromkeys(cut for best in tops for cut in best)))
    place = {cut: at for at, cut in enumerate(cuts)}
    return [
        Explanation(
            model.head.kind,
            horizon,
            float(shares.value[score]),
            float(shares.baseline[score]),
            float(shares.error[score]),
            tuple(
                _part(
                    case,
                    packed,
                    cut,
                    float(sizes[score, place[cut]]),
                    float(losses[cut][score]) if cut in tops[score] else None,
                )
                for cut in orders[score]
            ),
        )
        for score, horizon in enumerate(horizons(model.head))
    ]


def integrated_gradients(model: HeadModel, packed: Packed) -> Shares:
    """Contributions of all tokens of a case to each score of a head."""
    count = len(packed)
    value, baseline = values_under(model, packed, np.array([[True] * count, [False] * count]))
    for steps in STEPS:
        shares = Shares(value, baseline, *_integral(model, packed, steps), steps)
        if shares.error.max() <= TOLERANCE:
            break
    return shares


def values_under(model: HeadModel, packed: Packed, shown: Masks) -> Exact:
    """(V, S) scores, in their units, of one case with only the tokens that each of (V, N) masks shows."""
    masks = torch.from_numpy(shown)
    return np.concatenate([_answers(model, [packed], some) for some in torch.split(masks, _VARIANTS)])


def _answers(model: HeadModel, cases: Sequence[Packed], shown: torch.Tensor | None = None) -> Exact:
    """(V, S) scores of V cases, or of one under V masks."""
    device = model.networks[0].start.device
    batch = collate(cases).to(device)
    masks = None if shown is None else shown.to(device)
    with torch.inference_mode():
        outputs = torch.stack([network(batch, masks) for network in model.networks]).mean(0)
        values: Exact = _values(model, outputs).cpu().numpy()
    return values


def _values(model: HeadModel, outputs: torch.Tensor) -> torch.Tensor:
    """Scores (V, S) of mean outputs (V, outputs), as `calibration.read` gives them."""
    outputs = outputs.double()
    if model.head is RISK:
        return split_risk(outputs)[0].exp() * math.sqrt(TRADING_DAYS)
    if model.head is FRAUD:
        slope, start = (float(number) for number in model.table["platt"])
        return torch.sigmoid(slope * outputs + start)
    return outputs[:, len(CLASSES) :].tanh()


def _integral(model: HeadModel, packed: Packed, steps: int) -> tuple[Exact, Exact]:
    """Slopes along the way, integrated by Gauss and Legendre: `tokens` and `features` of `Shares`."""
    nodes, weights = np.polynomial.legendre.leggauss(steps)
    # Cubed, points crowd near nothing known, where the first tokens take all attention at once.
    levels, weights = ((nodes + 1) / 2) ** 3, 3 / 2 * weights * ((nodes + 1) / 2) ** 2
    parts = []
    for start in range(0, steps, STEPS[0]):
        some = slice(start, start + STEPS[0])
        slopes = _slopes(model, packed, levels[some])
        parts.append([np.tensordot(weights[some], each, (0, 1)) for each in slopes])
    tokens, features = (np.sum(each, 0) for each in zip(*parts, strict=True))
    return tokens, features


def _slopes(model: HeadModel, packed: Packed, levels: Exact) -> tuple[Exact, Exact]:
    """Gradients of each score at some levels of presence, of features times their size.

    Returns:
        (S, levels, N) of tokens, their features' included, and (S, levels, n, F) of features.
    """
    device = model.networks[0].start.device
    points = torch.tensor(levels, dtype=torch.float32, device=device)
    level = points[:, None].repeat(1, len(packed)).requires_grad_()
    mates = torch.tensor(np.bincount(packed.pairs)[packed.pairs], dtype=torch.float32, device=device)
    presence = torch.expm1(level * mates.log1p()) / mates
    years, names = len(packed.vectors.get(_SPELLED, ())), model.shape.features.get(_SPELLED, ())
    growth = points.repeat_interleave(years)[:, None].repeat(1, 2 * len(names)).requires_grad_()
    batch = collate([packed] * (len(levels) if years else 1)).to(device)
    members = []
    for network in model.networks:
        ready = {modality: network.ready(modality, rows) for modality, rows in batch.vectors.items()}
        if years:
            ready[_SPELLED] = ready[_SPELLED] * growth
        members.append(network.partly(batch, presence, ready))
    values = _values(model, torch.stack(members).mean(0))
    both = [
        torch.autograd.grad(value.sum(), [level, growth], retain_graph=True, materialize_grads=True)
        for value in values.T
    ]
    tokens, grown = (torch.stack(slopes).double().cpu().numpy() for slopes in zip(*both, strict=True))
    features = np.zeros((*tokens.shape[:2], years, len(NAMED_FEATURES[_SPELLED])))
    columns = [NAMED_FEATURES[_SPELLED].index(name) for name in names]
    # A feature has two columns: its value, and whether it is unknown.
    features[..., columns] = grown.reshape(*tokens.shape[:2], years, 2, len(names)).sum(-2)
    tokens[:, :, _spelled(packed)] += features.sum(-1)
    return tokens, features


def _spelled(packed: Packed) -> npt.NDArray[np.int64]:
    """(n,) places of the tokens whose features have contributions of their own."""
    start = 0
    for modality, rows in packed.vectors.items():
        if modality is _SPELLED:
            return np.arange(start, start + len(rows))
        start += len(rows)
    return np.arange(0)


@dataclass(frozen=True, slots=True)
class _Cut:
    """What is told apart in a case: a token at its place, one known feature of it, or what is left of it."""

    place: int
    row: int = 0
    column: int | None = None
    rest: bool = False


def _cuts(packed: Packed) -> list[_Cut]:
    spelled = {int(place): row for row, place in enumerate(_spelled(packed))}
    found = []
    for place in range(len(packed)):
        if place not in spelled:
            found.append(_Cut(place))
            continue
        row = spelled[place]
        known = np.flatnonzero(~np.isnan(packed.vectors[_SPELLED][row]))
        found += [_Cut(place, row, column) for column in known.tolist()]
        found.append(_Cut(place, row, rest=True))
    return found


def _contributions(shares: Shares, cuts: Sequence[_Cut]) -> Exact:
    """(S, cuts) contributions; together those of all tokens."""
    found = np.empty((len(shares.value), len(cuts)))
    told: dict[int, Exact] = {}
    for at, cut in enumerate(cuts):
        if cut.column is not None:
            found[:, at] = shares.features[:, cut.row, cut.column]
            told[cut.place] = told.get(cut.place, 0.0) + found[:, at]
        else:
            found[:, at] = shares.tokens[:, cut.place] - told.get(cut.place, 0.0)
    return found


def _losses(model: HeadModel, packed: Packed, cuts: Sequence[_Cut]) -> dict[_Cut, Exact]:
    """(S,) what each score loses without each of some parts: a token gone, a ratio unknown."""
    (full,) = values_under(model, packed, np.ones((1, len(packed)), bool))
    tokens = [cut for cut in cuts if cut.column is None]
    shown = np.ones((len(tokens), len(packed)), bool)
    shown[np.arange(len(tokens)), [cut.place for cut in tokens]] = False
    losses = dict(zip(tokens, full - values_under(model, packed, shown), strict=True)) if tokens else {}
    ratios = [cut for cut in cuts if cut.column is not None]
    if ratios:
        less = _answers(model, [_unknown(packed, cut) for cut in ratios])
        losses |= dict(zip(ratios, full - less, strict=True))
    return losses


def _unknown(packed: Packed, cut: _Cut) -> Packed:
    """The case with one feature unknown."""
    rows = packed.vectors[_SPELLED].copy()
    rows[cut.row, cut.column] = np.nan
    return replace(packed, vectors={**packed.vectors, _SPELLED: rows})


def _part(case: Case, packed: Packed, cut: _Cut, contribution: float, without: float | None) -> Part:
    index = int(packed.order[cut.place])
    token = case.tokens[index]
    feature = None if cut.column is None else NAMED_FEATURES[_SPELLED][cut.column]
    return Part(index, token.evidence_id, token.modality, feature, contribution, without)
