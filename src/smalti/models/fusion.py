"""Three ways to make one vector of many tokens, behind one protocol.

- `hybrid`: learned latent queries cross-attend to all tokens, then to each other (Perceiver, Jaegle et al.
  2021), so cost grows linearly with evidence and modalities meet token by token.
- `early`: the mean token of each pair, side by side, into one network: modalities meet before any model.
- `late`: each pair's mean goes through its own network, and the answers are averaged: they never meet.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import torch
from torch import nn
from torch.nn import functional


class FusionKind(StrEnum):
    """The selectable ways."""

    EARLY = "early"
    LATE = "late"
    HYBRID = "hybrid"


class Fusion(Protocol):
    """Tokens in, one vector a case out."""

    def __call__(self, tokens: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        """Fuse.

        Args:
            tokens: (B, N, W), or (1, N, W) when all V masks are of the same case.
            members: (V, N, K) bool: token n is shown and belongs to pair k. V is B, or any when B is 1. A
                token shown nowhere moves nothing. Each case shows at least one token. Or float: how much of
                token n is there, as which it counts in every attention and mean.

        Returns:
            (V, W).
        """
        ...


def fusion(kind: FusionKind, pairs: int, width: int, latents: int, layers: int, dropout: float) -> nn.Module:
    """Build the chosen `Fusion` for `pairs` pairs and vectors of `width`."""
    if kind is FusionKind.HYBRID:
        return Hybrid(width, latents, layers, dropout)
    return Early(pairs, width, dropout) if kind is FusionKind.EARLY else Late(pairs, width, dropout)


class Early(nn.Module):
    """One network over all pairs' mean tokens side by side."""

    def __init__(self, pairs: int, width: int, dropout: float) -> None:
        super().__init__()
        self.mix = feed_forward(pairs * width, width, dropout)

    def forward(self, tokens: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        """See `Fusion`."""
        mixed: torch.Tensor = self.mix(pair_means(tokens, members).flatten(1))
        return mixed


class Late(nn.Module):
    """One network a pair; the mean of those of pairs that are shown."""

    def __init__(self, pairs: int, width: int, dropout: float) -> None:
        super().__init__()
        self.each = nn.ModuleList(feed_forward(width, width, dropout) for _ in range(pairs))

    def forward(self, tokens: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        """See `Fusion`."""
        means = pair_means(tokens, members)
        answers = torch.stack([network(means[:, k]) for k, network in enumerate(self.each)], 1)
        shown = (members.sum(1) > 0).unsqueeze(-1).to(answers.dtype)
        return (answers * shown).sum(1) / shown.sum(1)


class Hybrid(nn.Module):
    """Latents cross-attend to tokens and self-attend, `layers` times; their mean is the answer."""

    def __init__(self, width: int, latents: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(latents, width) * 0.5)
        self.cross = nn.ModuleList(Attention(width, dropout) for _ in range(layers))
        self.among = nn.ModuleList(Attention(width, dropout) for _ in range(layers))
        self.after = nn.ModuleList(feed_forward(width, width, dropout) for _ in range(layers))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
        """See `Fusion`."""
        shown = members.sum(-1) if members.is_floating_point() else members.any(-1)
        latents = self.latents.expand(len(members), -1, -1)
        for cross, among, after in zip(self.cross, self.among, self.after, strict=True):
            latents = latents + cross(latents, tokens, shown)
            latents = latents + among(latents, latents, None)
            latents = latents + after(latents)
        fused: torch.Tensor = self.norm(latents).mean(1)
        return fused


class Attention(nn.Module):
    """Multi-head attention of queries on tokens, with a mask over tokens.

    Keys and values are made once for each of B token sets; with B = 1 they serve all V queries, which
    makes leaving out each token in turn cheap.
    """

    HEADS = 4

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm_queries = nn.LayerNorm(width)
        self.norm_tokens = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        self.dropout = dropout

    def forward(
        self, queries: torch.Tensor, tokens: torch.Tensor, shown: torch.Tensor | None
    ) -> torch.Tensor:
        """(V, L, W) queries on (B, N, W) tokens where `shown` (V, N) is true, or by its weight: (V, L, W)."""
        count = len(queries)
        query = self._heads(self.query(self.norm_queries(queries)))
        key, value = (
            self._heads(part).expand(count, -1, -1, -1)
            for part in self.key_value(self.norm_tokens(tokens)).chunk(2, -1)
        )
        # A logarithm added to a token's score multiplies its weight.
        mask = shown.log() if shown is not None and shown.is_floating_point() else shown
        mask = None if mask is None else mask[:, None, None, :]
        found = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=mask, dropout_p=self.dropout if self.training else 0.0
        )
        attended: torch.Tensor = self.out(found.transpose(1, 2).flatten(2))
        return attended

    def _heads(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.view(*rows.shape[:2], self.HEADS, -1).transpose(1, 2)


def pair_means(tokens: torch.Tensor, members: torch.Tensor) -> torch.Tensor:
    """Mean of the shown tokens of each pair, by weight: (V, K, W), zero where a pair shows none."""
    weights = members.to(tokens.dtype)
    weights = weights / weights.sum(1, keepdim=True).clamp(min=1)
    return weights.transpose(1, 2) @ tokens


def feed_forward(size: int, width: int, dropout: float) -> nn.Sequential:
    """Norm, widen, GELU, narrow."""
    return nn.Sequential(
        nn.LayerNorm(size),
        nn.Linear(size, 2 * width),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(2 * width, width),
    )
