"""Which decoding of a window is kept, with scripted decodings in the place of a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

pytest.importorskip("faster_whisper", reason="needs the extra `speech`")

from faster_whisper import BatchedInferencePipeline

from smalti.ingest.calls.whisper_batches import Twice


@dataclass(frozen=True)
class Options:
    initial_prompt: str | None
    beam_size: int = 1


class Words:
    """A tokenizer of which token 0 is `we` and 1 is `no`."""

    @staticmethod
    def decode(tokens: list[int]) -> str:
        return " ".join("no" if token else "we" for token in tokens)


PLAIN, TOLD, WIDE = (-0.10, 20), (-0.11, 20), (-0.05, 20)


def decodings(
    monkeypatch: pytest.MonkeyPatch, plain: Any, told: Any, wide: Any, denied: Any = ()
) -> list[dict[str, Any]]:
    """What is kept of two windows: the first as given, the second always certain; `denied` say `no` once."""
    asked: list[int] = []

    def decode(_: Any, features: Any, __: Any, options: Options) -> tuple[str, list[dict[str, Any]]]:
        scores = wide if options.beam_size > 1 else told if options.initial_prompt else plain
        asked.append(len(features))
        both = [scores, (-0.01, 20)][: len(features)]
        return "encoded", [
            {
                "avg_logprob": p,
                "tokens": [int(scores in denied)] + [0] * (n - 1),
                "from": scores,
                "beams": options.beam_size,
            }
            for p, n in both
        ]

    monkeypatch.setattr(BatchedInferencePipeline, "generate_segment_batched", decode)
    pipeline = Twice.__new__(Twice)
    encoded, kept = pipeline.generate_segment_batched(np.zeros((2, 1)), Words, Options("Acme"))
    assert encoded == "encoded"
    return kept


def test_the_prompts_words_are_kept_where_they_are_about_as_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decodings(monkeypatch, PLAIN, TOLD, WIDE)[0]["from"] == TOLD


@pytest.mark.parametrize("told", [(-0.13, 20), (-0.02, 12)], ids=["less likely", "stopped early"])
def test_a_prompt_that_does_harm_is_passed_over(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decodings(monkeypatch, PLAIN, told, WIDE)[0]["from"] == PLAIN


def test_only_a_doubtful_window_is_searched_widely(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = decodings(monkeypatch, (-0.3, 20), (-0.31, 20), WIDE)
    assert (first["beams"], second["beams"]) == (5, 1)
    assert decodings(monkeypatch, (-0.3, 20), (-0.31, 20), (-0.5, 20))[0]["beams"] == 1


def test_a_decoding_that_denies_what_the_plain_one_does_not_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert decodings(monkeypatch, PLAIN, TOLD, WIDE, denied=[TOLD])[0]["from"] == PLAIN
    assert decodings(monkeypatch, PLAIN, TOLD, WIDE, denied=[TOLD, PLAIN])[0]["from"] == TOLD
    doubtful, prompted = (-0.3, 20), (-0.31, 20)
    assert decodings(monkeypatch, doubtful, prompted, WIDE, denied=[WIDE])[0]["beams"] == 1
