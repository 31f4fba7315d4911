"""Text to meaning: MiniLM-L6-v2 vectors, made so that a text has one vector whatever it is run with.

Model: Wang et al. 2020, https://arxiv.org/abs/2002.10957, trained as in Reimers & Gurevych 2019,
https://arxiv.org/abs/1908.10084.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from tokenizers import Tokenizer

from smalti.models.encoders.bert import Bert, Precision
from smalti.platform.errors import SettingsError
from smalti.platform.inference import Batcher
from smalti.platform.weights import Resolved, resolve

__all__ = ["TextEncoder"]

_HEADS = 12
_MAX_TOKENS = 256  # the length MiniLM-L6-v2 was trained for, with its two marker tokens
_TOKEN_BUDGET = {"cpu": 1024, "cuda": 65_536}  # more a batch fall out of a core's cache; a GPU wants many
_SLAB = 4096  # texts tokenised at a time, which bounds memory
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*\s+|\n\s*")


class TextEncoder:
    """Vectors of texts: 384 float32, length 1.

    Args:
        weights: resolved `minilm-l6-v2`; found in the usual places when not given.
        precision: `int8` (mean cosine .996 with float32, about three times as fast), `float32`, or `auto`:
            int8 on a CPU with VNNI instructions, else float32. Vectors of one precision never mix with the
            other's, since it is part of `model_version`.
        device: as torch names it; `int8` runs on the CPU only.

    Attributes:
        width: numbers in a vector.
        precision: what `auto` came to.
        model_version: name, weights and precision; the key under which vectors may be cached.

    Raises:
        WeightsError: the weights are not there or not as pinned.
        SettingsError: int8 is asked for where it would be inexact.
    """

    width = 384

    def __init__(
        self,
        weights: Resolved | None = None,
        precision: Precision | Literal["auto"] = "auto",
        device: str = "cpu",
    ) -> None:
        weights = weights or resolve("minilm-l6-v2")
        self.precision: Precision = _choose(precision, device)
        self.model_version = f"{weights.name}:{weights.sha256[:12]}:{self.precision}"
        self._tokenizer = Tokenizer.from_file(str(weights.path / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._device = device
        self._bert = Bert(load_file(weights.path / "model.safetensors", device), _HEADS, self.precision)
        self._batcher = Batcher(_TOKEN_BUDGET.get(device.partition(":")[0], _TOKEN_BUDGET["cpu"]))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row a text, shape (texts, 384), each of length 1 and independent of the other texts.

        A text too long for the model is read in chunks (see `chunk`); its vector is the chunks' mean,
        weighted by their tokens and brought back to length 1.
        """
        slabs = [self._slab(texts[i : i + _SLAB]) for i in range(0, len(texts), _SLAB)]
        return np.concatenate(slabs) if slabs else np.empty((0, self.width), dtype=np.float32)

    def chunk(self, text: str) -> list[tuple[int, int]]:
        """Character spans of at most 256 tokens that cover the text's words.

        They end at a sentence's end where one is in reach, else between words. A text that fits is one span;
        blank text is none.
        """
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        spans, words = encoding.offsets, encoding.word_ids
        ends = {m.end() for m in _SENTENCE_END.finditer(text)}
        room = _MAX_TOKENS - 2
        chunks = []
        start = 0
        while start < len(spans):
            stop = min(start + room, len(spans))
            if stop < len(spans):
                stop = _cut(start, stop, spans, words, ends)
            chunks.append((spans[start][0], spans[stop - 1][1]))
            start = stop
        return chunks

    def _slab(self, texts: Sequence[str]) -> NDArray[np.float32]:
        tokens = [e.ids for e in self._tokenizer.encode_batch_fast(list(texts))]
        long = [i for i, ids in enumerate(tokens) if len(ids) > _MAX_TOKENS]
        pieces = {i: [texts[i][a:b] for a, b in self.chunk(texts[i])] for i in long}
        for i in long:
            tokens[i] = []
        short = [i for i, ids in enumerate(tokens) if ids]
        out = np.empty((len(texts), self.width), dtype=np.float32)
        out[short] = self._run([tokens[i] for i in short])
        for i, parts in pieces.items():
            out[i] = self._joined(parts)
        return out

    def _joined(self, parts: list[str]) -> NDArray[np.float32]:
        tokens = [e.ids for e in self._tokenizer.encode_batch_fast(parts)]
        mean = np.average(self._run(tokens), axis=0, weights=[len(ids) for ids in tokens])
        return (mean / np.linalg.norm(mean)).astype(np.float32)

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        def call(positions: list[int]) -> NDArray[np.float32]:
            groups = groupby((tokens[i] for i in positions), key=len)
            vectors = self._bert([torch.tensor(list(same), device=self._device) for _, same in groups])
            return np.asarray(vectors.cpu().numpy(), dtype=np.float32)

        return self._batcher.run([len(ids) for ids in tokens], self.width, call)


def _choose(precision: Precision | Literal["auto"], device: str) -> Precision:
    """Without VNNI, 8-bit products may saturate in 16-bit sums and are slower than float32."""
    exact = device == "cpu" and _has_vnni()
    if precision == "int8" and not exact:
        raise SettingsError(
            "int8 needs a CPU with VNNI instructions", subject=f"device {device}", mend="precision auto"
        )
    if precision == "auto":
        return "int8" if exact else "float32"
    return precision


def _has_vnni() -> bool:
    # Private in torch, as is the 8-bit product; the public list of capabilities is newer than torch 2.6.
    return bool(torch.cpu._is_vnni_supported())


def _cut(start: int, stop: int, spans: list[tuple[int, int]], words: list[int | None], ends: set[int]) -> int:
    """The last token index in (start, stop] that begins a sentence, else one that begins a word."""
    for i in range(stop, start, -1):
        if spans[i][0] in ends:
            return i
    for i in range(stop, start, -1):
        if words[i] != words[i - 1]:
            return i
    return stop
