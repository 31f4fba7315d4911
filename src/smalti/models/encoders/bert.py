"""A BERT encoder for short texts, run without padding, whose result for a text ignores the rest of the batch.

Texts of one length share an attention call; all their tokens share each matrix product. With `int8`, every
token row is scaled to 8 bits by its own largest value and every weight row by its own, so a product is an
exact sum of integers: it cannot depend on batch size or blocking, and runs several times faster than float32
on a CPU with VNNI. With `float32`, products run in blocks of a fixed number of rows for the same reason.

Architecture: Devlin et al. 2018, https://arxiv.org/abs/1810.04805.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn.functional import (
    embedding,
    gelu,
    layer_norm,
    linear,
    normalize,
    pad,
    scaled_dot_product_attention,
)

Precision = Literal["int8", "float32"]

_BLOCK_ROWS = 128


class Int8Linear:
    """`x @ w.T + b` with per-row 8-bit scales on both sides and 32-bit integer sums."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        scale = weight.abs().amax(1, keepdim=True).clamp_(min=1e-8) / 127
        self._weight = (weight / scale).round_().to(torch.int8).t()
        self._scale = scale.t().contiguous()
        self._bias = bias

    def __call__(self, x: Tensor) -> Tensor:
        """(rows, in) to (rows, out), float32 both."""
        scale = x.abs().amax(1, keepdim=True).clamp_(min=1e-8) / 127
        sums = torch._int_mm((x / scale).round_().to(torch.int8), self._weight)
        return torch.addcmul(self._bias, sums.float().mul_(scale), self._scale)


class FloatLinear:
    """`x @ w.T + b` in float32, in blocks of a fixed number of rows."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self._weight = weight.contiguous()
        self._bias = bias

    def __call__(self, x: Tensor) -> Tensor:
        """(rows, in) to (rows, out), float32 both."""
        rows = x.shape[0]
        padded = pad(x, (0, 0, 0, -rows % _BLOCK_ROWS))
        blocks = [linear(block, self._weight, self._bias) for block in torch.split(padded, _BLOCK_ROWS)]
        return torch.cat(blocks)[:rows]


@dataclass(frozen=True, slots=True)
class Norm:
    """Layer normalisation with its learned scale and shift."""

    weight: Tensor
    bias: Tensor

    def __call__(self, x: Tensor) -> Tensor:
        """Each row of (rows, width) on its own."""
        return layer_norm(x, (x.shape[1],), self.weight, self.bias, 1e-12)


class Bert:
    """Mean-pooled, L2-normalised vectors of token id sequences.

    Args:
        state: tensors under their names in the published checkpoint.
        heads: attention heads.
        precision: how matrix products are computed.
    """

    def __init__(self, state: Mapping[str, Tensor], heads: int, precision: Precision) -> None:
        dense = Int8Linear if precision == "int8" else FloatLinear
        self._words = state["embeddings.word_embeddings.weight"]
        # Every text is one segment, so the first segment's vector can be added to each position's once.
        self._places = (
            state["embeddings.position_embeddings.weight"]
            + state["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = Norm(state["embeddings.LayerNorm.weight"], state["embeddings.LayerNorm.bias"])
        count = len({name.split(".")[2] for name in state if name.startswith("encoder.layer.")})
        self._layers = [_Layer(state, f"encoder.layer.{i}.", heads, dense) for i in range(count)]

    @torch.inference_mode()
    def __call__(self, groups: Sequence[Tensor]) -> Tensor:
        """Embed groups of equally long texts.

        Args:
            groups: int64 tensors (texts, tokens) of token ids, one for each length.

        Returns:
            float32 (texts of all groups in order, width), rows of length 1.
        """
        ids = torch.cat([g.reshape(-1) for g in groups])
        places = torch.cat([torch.arange(g.shape[1], device=g.device).repeat(g.shape[0]) for g in groups])
        x = self._norm(embedding(ids, self._words) + embedding(places, self._places))
        shapes = [(g.shape[0], g.shape[1]) for g in groups]
        for layer in self._layers:
            x = layer(x, shapes)
        rows = torch.split(x, [texts * tokens for texts, tokens in shapes])
        means = [r.view(*shape, -1).mean(1) for r, shape in zip(rows, shapes, strict=True)]
        return normalize(torch.cat(means), dim=1)


class _Layer:
    """Self-attention and a feed-forward block, each added to its input and normalised."""

    def __init__(
        self,
        state: Mapping[str, Tensor],
        prefix: str,
        heads: int,
        product: type[Int8Linear] | type[FloatLinear],
    ) -> None:
        def get(name: str) -> Tensor:
            return state[prefix + name]

        def dense(name: str) -> Int8Linear | FloatLinear:
            return product(get(f"{name}.dense.weight"), get(f"{name}.dense.bias"))

        def norm(name: str) -> Norm:
            return Norm(get(f"{name}.LayerNorm.weight"), get(f"{name}.LayerNorm.bias"))

        joint = [f"attention.self.{n}" for n in ("query", "key", "value")]
        self._heads = heads
        self._qkv = product(
            torch.cat([get(f"{n}.weight") for n in joint]), torch.cat([get(f"{n}.bias") for n in joint])
        )
        self._attended, self._attended_norm = dense("attention.output"), norm("attention.output")
        self._widened = dense("intermediate")
        self._narrowed, self._narrowed_norm = dense("output"), norm("output")

    def __call__(self, x: Tensor, shapes: Sequence[tuple[int, int]]) -> Tensor:
        x = self._attended_norm(self._attended(self._attend(self._qkv(x), shapes)).add_(x))
        return self._narrowed_norm(self._narrowed(gelu(self._widened(x))).add_(x))

    def _attend(self, qkv: Tensor, shapes: Sequence[tuple[int, int]]) -> Tensor:
        """Attention inside each text; (tokens, 3 * width) to (tokens, width)."""
        mixed = []
        for rows, (texts, tokens) in zip(torch.split(qkv, [a * b for a, b in shapes]), shapes, strict=True):
            q, k, v = rows.view(texts, tokens, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
            heads = scaled_dot_product_attention(q, k, v)
            mixed.append(heads.transpose(1, 2).reshape(texts * tokens, -1))
        return torch.cat(mixed)
