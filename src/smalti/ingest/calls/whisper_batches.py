"""Batches of windows decoded with the prompt and without it, the likelier words kept for each window.

A prompt teaches Whisper how names are spelt, but in some windows it makes the small models stop early or
lose the thread. Decoding costs a fraction of encoding, so each window is encoded once and decoded twice; the
fifth or so of them whose words are least likely are decoded once more with a wider search. A decoding that
denies more or less than the plain one is not taken: "no material" and "non-material weakness" sound alike.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from faster_whisper import BatchedInferencePipeline, WhisperModel

__all__ = ["OnceEncoded", "Twice"]

_NEGATION = re.compile(r"\b(?:no|not|never|none|nor|neither|without|cannot)\b(?!-)|n['’]t\b", re.I)
_FAVOUR = (
    0.02  # mean log probability by which the prompt's words may be less likely: that is where names differ
)
_DOUBTFUL, _WIDE = -0.14, 5  # mean log probability under which the search is widened to so many beams
_LEAST_LENGTH = 0.9  # of the other's tokens: a shorter decoding has left words out


class OnceEncoded(WhisperModel):  # type: ignore[misc]  # ships no types
    """A model that remembers the encoding of the last batch."""

    _last: tuple[Any, Any] | None = None

    def encode(self, features: Any) -> Any:
        """As in the base class, unless this very array was encoded last."""
        if self._last is None or self._last[0] is not features:
            self._last = (features, super().encode(features))
        return self._last[1]


class Twice(BatchedInferencePipeline):  # type: ignore[misc]  # ships no types
    """The batched pipeline with a choice between two decodings where there is a prompt."""

    def generate_segment_batched(self, features: Any, tokenizer: Any, options: Any) -> tuple[Any, Any]:
        """The encoded batch, and one decoding a window: see the module."""
        freely = replace(options, initial_prompt=None)
        encoded, best = super().generate_segment_batched(features, tokenizer, freely)
        denied = [_negations(tokenizer.decode(found["tokens"])) for found in best]

        def agrees(window: int, found: dict[str, Any]) -> bool:
            return _negations(tokenizer.decode(found["tokens"])) == denied[window]

        if options.initial_prompt:
            _, told = super().generate_segment_batched(features, tokenizer, options)
            best = [
                _likelier(plain, one) if agrees(i, one) else plain
                for i, (plain, one) in enumerate(zip(best, told, strict=True))
            ]
        doubtful = [i for i, found in enumerate(best) if found["avg_logprob"] < _DOUBTFUL]
        if doubtful and options.beam_size < _WIDE:
            wide = replace(freely, beam_size=_WIDE)
            _, again = super().generate_segment_batched(features[doubtful], tokenizer, wide)
            for i, found in zip(doubtful, again, strict=True):
                if agrees(i, found):
                    best[i] = max(best[i], found, key=lambda decoding: float(decoding["avg_logprob"]))
        return encoded, best


def _negations(text: str) -> int:
    return len(_NEGATION.findall(text))


def _likelier(plain: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    long_enough = len(told["tokens"]) >= _LEAST_LENGTH * len(plain["tokens"])
    return told if long_enough and told["avg_logprob"] >= plain["avg_logprob"] - _FAVOUR else plain
