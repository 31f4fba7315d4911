"""The network of one head: project each token to one width, say what and when it is, fuse, answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from smalti.models.case import NAMED_FEATURES, RAW_SIZES, Floats
from smalti.models.fusion import FusionKind, fusion
from smalti.models.heads import Head
from smalti.models.packing import Batch
from smalti.platform.records import Modality, SourceKind

_CLIP = 4.0
"""Standard deviations a feature may be from its training mean; beyond, the network would extrapolate."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a network. `features` names, by modality, the named features it uses."""

    features: Mapping[Modality, tuple[str, ...]]
    width: int = 96
    latents: int = 8
    layers: int = 2
    dropout: float = 0.2
    fusion: FusionKind = FusionKind.HYBRID


class HeadNetwork(nn.Module):
    """Tokens of a head's trained pairs to its outputs, as a correction of its linear baseline."""

    pair_modality: torch.Tensor
    pair_source: torch.Tensor
    start: torch.Tensor

    def __init__(self, head: Head, shape: Shape) -> None:
        super().__init__()
        self.head = head
        width, count = shape.width, len(head.pairs)
        modalities = list(dict.fromkeys(pair.modality for pair in head.pairs))
        self.inputs = nn.ModuleDict({m: Features(m, shape.features.get(m, ())) for m in modalities})
        self.project = nn.ModuleDict({m: nn.Linear(self._features(m).size, width) for m in modalities})
        self.modality = nn.Embedding(len(Modality), width)
        self.source = nn.Embedding(len(SourceKind), width)
        self.when = nn.Linear(_WHEN_SIZE, width)
        self.absent = nn.Parameter(torch.randn(count, width) * 0.5)
        self.norm = nn.LayerNorm(width)
        self.drop = nn.Dropout(shape.dropout)
        self.fusion = fusion(shape.fusion, count, width, shape.latents, shape.layers, shape.dropout)
        self.out = nn.Linear(width, head.outputs)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)
        self.register_buffer("pair_modality", _numbers([p.modality for p in head.pairs], list(Modality)))
        self.register_buffer("pair_source", _numbers([p.source for p in head.pairs], list(SourceKind)))
        self.register_buffer("start", torch.zeros(head.outputs))
        self.baseline: nn.Linear | None = None
        if head.baseline is not None:
            self.baseline = nn.Linear(self._features(head.baseline.modality).size, head.outputs)
            self.baseline.requires_grad_(False)

    def forward(self, batch: Batch, shown: torch.Tensor | None = None) -> torch.Tensor:
        """Outputs of each case, or of one case under many masks.

        Args:
            batch: B cases.
            shown: (V, N) bool, which tokens are seen; B must then be 1 or V. By default all are.

        Returns:
            (V, outputs), V being B by default.
        """
        shown = batch.mask if shown is None else shown & batch.mask
        ready = {m: self.ready(m, rows) for m, rows in batch.vectors.items()}
        members = shown.unsqueeze(-1) & self._belongs(batch)
        missing = torch.diag_embed(~members.any(1))
        outputs = self._fused(batch, ready, members, missing)
        return outputs + self._base(batch, ready, members)

    def partly(
        self, batch: Batch, presence: torch.Tensor, ready: Mapping[Modality, torch.Tensor]
    ) -> torch.Tensor:
        """Outputs of one case whose tokens are only partly there: where a path to "nothing known" leads.

        A token of presence w counts w times in every attention and mean, and a pair's learned absent token
        as much as its tokens lack on average. So presence 1 throughout gives what `forward` gives, and
        presence near 0 what it gives with no token shown. The linear baseline's newest token moves the
        answer from where it starts by its presence; older tokens of its pair leave it as it is.

        Args:
            batch: the case, once or V times.
            presence: (V, N), above 0 and at most 1.
            ready: by modality, what `ready` gives for the batch's vectors, or features on the way there.

        Returns:
            (V, outputs).
        """
        belongs = self._belongs(batch).to(presence.dtype)
        members = presence.unsqueeze(-1) * belongs
        missing = 1 - members.sum(1) / belongs.sum(1).clamp(min=1)
        outputs = self._fused(batch, ready, members, torch.diag_embed(missing))
        return outputs + self._partial_base(batch, ready, presence)

    def features(self) -> Iterator[tuple[Modality, Features]]:
        """What makes each modality's raw features comparable."""
        for modality in self.inputs:
            yield Modality(modality), self._features(modality)

    def ready(self, modality: Modality, rows: torch.Tensor) -> torch.Tensor:
        """(n, raw size) raw features made comparable: (n, size)."""
        found: torch.Tensor = self._features(modality)(rows)
        return found

    def _belongs(self, batch: Batch) -> torch.Tensor:
        """(B, N, K) bool: token n is real and of pair k."""
        pairs = torch.arange(len(self.head.pairs), device=batch.pairs.device)
        return batch.mask.unsqueeze(-1) & (batch.pairs.unsqueeze(-1) == pairs)

    def _fused(
        self,
        batch: Batch,
        ready: Mapping[Modality, torch.Tensor],
        members: torch.Tensor,
        missing: torch.Tensor,
    ) -> torch.Tensor:
        tokens = torch.cat([self._embed(batch, ready), self._absent_tokens(len(batch.mask))], 1)
        outputs: torch.Tensor = self.out(self.fusion(tokens, torch.cat([members, missing], 1)))
        return outputs

    def _features(self, modality: str) -> Features:
        found = self.inputs[modality]
        assert isinstance(found, Features)
        return found

    def _embed(self, batch: Batch, ready: Mapping[Modality, torch.Tensor]) -> torch.Tensor:
        rows, columns = batch.mask.shape
        grid = self.out.weight.new_zeros(rows * columns, self.out.in_features)
        for modality, features in ready.items():
            grid = grid.index_copy(0, batch.slots[modality], self.project[modality](features))
        kinds = self.modality(self.pair_modality) + self.source(self.pair_source)
        tokens = grid.view(rows, columns, -1) + kinds[batch.pairs]
        tokens = tokens + self.when(_when(batch.ages, batch.positions))
        embedded: torch.Tensor = self.drop(self.norm(tokens))
        return embedded

    def _absent_tokens(self, rows: int) -> torch.Tensor:
        kinds = self.modality(self.pair_modality) + self.source(self.pair_source)
        learned: torch.Tensor = self.norm(self.absent + kinds)
        return learned.expand(rows, -1, -1)

    def _base(
        self, batch: Batch, ready: Mapping[Modality, torch.Tensor], members: torch.Tensor
    ) -> torch.Tensor:
        """The linear model's answer from the newest shown token of its pair, or where it starts from."""
        pair = self.head.baseline
        if self.baseline is None or pair is None or pair.modality not in ready:
            return self.start.expand(len(members), -1)
        own = members[:, :, self.head.pairs.index(pair)]
        first = own.to(torch.uint8).argmax(1)
        answers = self._linear(batch, self.baseline(ready[pair.modality]), pair.modality)
        answers = answers.expand(len(members), -1, -1)
        chosen = answers[torch.arange(len(members), device=first.device), first]
        return torch.where(own.any(1, keepdim=True), chosen, self.start)

    def _partial_base(
        self, batch: Batch, ready: Mapping[Modality, torch.Tensor], presence: torch.Tensor
    ) -> torch.Tensor:
        pair = self.head.baseline
        if self.baseline is None or pair is None or pair.modality not in ready:
            return self.start.expand(len(presence), -1)
        answers = self._linear(batch, self.baseline(ready[pair.modality]), pair.modality)
        newest = self._belongs(batch)[0, :, self.head.pairs.index(pair)].to(torch.uint8).argmax()
        return self.start + presence[:, newest, None] * (answers[:, newest] - self.start)

    def _linear(self, batch: Batch, answers: torch.Tensor, modality: Modality) -> torch.Tensor:
        """The linear model's answers where their tokens stand: (B, N, outputs), zero elsewhere."""
        rows, columns = batch.mask.shape
        grid = self.start.new_zeros(rows * columns, len(self.start))
        return grid.index_copy(0, batch.slots[modality], answers).view(rows, columns, -1)


class Features(nn.Module):
    """Raw features of one modality, made comparable: clipped to the training range, centred and scaled.

    Named features that are unknown (NaN) become their mean, and an indicator beside each says so.
    """

    columns: torch.Tensor
    low: torch.Tensor
    high: torch.Tensor
    mean: torch.Tensor
    scale: torch.Tensor

    def __init__(self, modality: Modality, names: Sequence[str]) -> None:
        super().__init__()
        known = NAMED_FEATURES.get(modality)
        chosen = range(RAW_SIZES[modality]) if known is None else [known.index(name) for name in names]
        self.named = known is not None
        count = len(chosen)
        self.size = 2 * count if self.named else count
        self.register_buffer("columns", torch.tensor(list(chosen)), persistent=False)
        self.register_buffer("low", torch.full((count,), -1e9))
        self.register_buffer("high", torch.full((count,), 1e9))
        self.register_buffer("mean", torch.zeros(count))
        self.register_buffer("scale", torch.ones(count))

    def fit(self, rows: Floats) -> None:
        """Learn range, mean and spread from (n, raw size) training rows; NaN is passed over."""
        chosen = rows[:, self.columns.numpy()].astype(np.float64)
        low, high = np.nanquantile(chosen, [0.005, 0.995], axis=0)
        clipped = np.clip(chosen, low, high)
        spread = np.nanstd(clipped, axis=0)
        learned = (low, high, np.nanmean(clipped, axis=0), np.where(spread > 1e-12, spread, 1.0))
        for buffer, values in zip((self.low, self.high, self.mean, self.scale), learned, strict=True):
            buffer.copy_(torch.from_numpy(np.asarray(values)))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """(n, raw size) to (n, self.size)."""
        chosen = torch.minimum(torch.maximum(rows[:, self.columns], self.low), self.high)
        ready = ((chosen - self.mean) / self.scale).clamp(-_CLIP, _CLIP)
        if not self.named:
            return ready
        return torch.cat([ready.nan_to_num(0.0), chosen.isnan().to(ready.dtype)], -1)


_WHEN_SIZE = 6


def _when(ages: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Age (log days, and fading over a month) and position (linear and two waves): (B, N, 6)."""
    turns = positions * torch.pi
    return torch.stack(
        [
            torch.log1p(ages) / 3,
            torch.exp(-ages / 30),
            positions,
            turns.sin(),
            turns.cos(),
            (2 * turns).sin(),
        ],
        -1,
    )


def _numbers(members: Sequence[str], names: Sequence[str]) -> torch.Tensor:
    return torch.tensor([names.index(member) for member in members])
