"""The recognisers behind one protocol: faster-whisper (the default), openai-whisper, transformers.

Each takes windows of at most 30 seconds and gives words with times. Cutting a recording into windows,
catching loops and making sentences is the same for all of them and lies in `smalti.ingest.speech`.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from smalti.platform.errors import SettingsError, WeightsError

__all__ = ["ENGINES", "RATE", "Heard", "Recogniser", "Word", "load_recogniser"]

RATE = 16_000
"""Samples a second that every engine takes."""

Pcm = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as heard.

    Attributes:
        start, end: seconds from the beginning of the signal it was found in.
        text: the word with its punctuation and the blank before it, so that texts concatenate.
        probability: the recogniser's own, 0 to 1; None where the engine gives none.
    """

    start: float
    end: float
    text: str
    probability: float | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What one window holds.

    Attributes:
        words: in order, times from the window's beginning.
        language: ISO 639-1 code the engine decoded in.
        log_probability: mean over tokens; None where the engine gives none.
        no_speech: the engine's probability that nobody speaks; None where it gives none.
    """

    words: tuple[Word, ...]
    language: str
    log_probability: float | None = None
    no_speech: float | None = None

    @property
    def text(self) -> str:
        """All words, as written."""
        return "".join(w.text for w in self.words).strip()

    @property
    def compression(self) -> float:
        """Length over compressed length: Whisper's measure of repetition (suspect above 2.4)."""
        raw = self.text.encode()
        return len(raw) / len(zlib.compress(raw)) if raw else 0.0


class Recogniser(Protocol):
    """Speech to words. The same windows and prompt give the same words."""

    @property
    def name(self) -> str:
        """Engine, precision and weights, for the model version stored with what was heard."""
        ...

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        """One `Heard` a window.

        Args:
            windows: signals of shape (samples,), at most 30 s at 16 kHz each.
            prompt: words to expect, such as the issuer's names; an engine may pass over it where that
                gives likelier words.
            careful: search wider and forbid repeated runs of words; slower, for what looped before.
        """
        ...


class FasterWhisper:
    """Whisper on CTranslate2.

    Args:
        weights: folder with `model.bin`, `config.json`, `tokenizer.json` and the vocabulary.
        device: `cpu`, `cuda` or `auto`.
        compute_type: CTranslate2's; None for `float16` on a GPU and `int8` elsewhere.
        threads: CPU threads; the words may depend on it in the last digit of a tie, so it is fixed.
        batch: windows decoded together.
        language: ISO 639-1 code, or None to find it from the first window.
    """

    def __init__(
        self,
        weights: Path,
        *,
        device: str = "cpu",
        compute_type: str | None = None,
        threads: int = 2,
        batch: int = 8,
        language: str | None = None,
    ) -> None:
        _widen_vectors()
        from smalti.ingest.calls.whisper_batches import OnceEncoded, Twice

        compute_type = compute_type or ("float16" if device == "cuda" else "int8")
        model = OnceEncoded(
            str(weights), device=device, compute_type=compute_type, cpu_threads=threads, local_files_only=True
        )
        self._pipeline = Twice(model)
        self._batch, self._language = batch, language
        self.name = f"faster-whisper {compute_type} {weights.name}"

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        """See `Recogniser`."""
        if not windows:
            return []
        ends = np.cumsum([w.size for w in windows]) / RATE
        starts = [0.0, *ends[:-1].tolist()]
        segments, info = self._pipeline.transcribe(
            np.concatenate(windows),
            clip_timestamps=[{"start": s, "end": float(e)} for s, e in zip(starts, ends, strict=True)],
            batch_size=self._batch,
            language=self._language,
            initial_prompt=prompt or None,
            beam_size=5 if careful else 1,
            no_repeat_ngram_size=5 if careful else 0,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
        )
        found: list[list[Any]] = [[] for _ in windows]
        for segment in segments:
            # A segment's own times may be off; where its window began is exact to a hundredth.
            found[int(np.argmin(np.abs(np.asarray(starts) - segment.seek / 100)))].append(segment)
        return [self._heard(f, s, info.language) for f, s in zip(found, starts, strict=True)]

    @staticmethod
    def _heard(segments: Sequence[Any], start: float, language: str) -> Heard:
        words = [
            Word(
                max(0.0, float(w.start) - start), max(0.0, float(w.end) - start), w.word, float(w.probability)
            )
            for segment in segments
            for w in segment.words or ()
        ]
        if not segments:
            return Heard((), language)
        return Heard(tuple(words), language, segments[0].avg_logprob, segments[0].no_speech_prob)


def _widen_vectors() -> None:
    """Let CTranslate2 use AVX-512 where the processor has it: on AMD it stays with AVX2 unless told."""
    info = Path("/proc/cpuinfo")
    flags = set(info.read_text().split()) if info.exists() else set()
    if {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"} <= flags:
        os.environ.setdefault("CT2_FORCE_CPU_ISA", "AVX512")


class OpenAiWhisper:
    """The reference implementation, with the reference checkpoint (`base.pt` or a name it knows)."""

    def __init__(
        self, weights: Path, *, device: str = "cpu", threads: int = 2, language: str | None = None
    ) -> None:
        import torch
        import whisper  # type: ignore[import-not-found,import-untyped,unused-ignore]

        torch.set_num_threads(threads)
        self._model = whisper.load_model(str(weights), device=device)
        self._language = language
        self.name = f"openai-whisper {weights.name}"

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        """See `Recogniser`; `careful` widens the beam only, this engine cannot forbid repeats."""
        heard = []
        for window in windows:
            result = self._model.transcribe(
                window,
                language=self._language,
                initial_prompt=prompt or None,
                beam_size=5 if careful else None,
                temperature=0.0,
                condition_on_previous_text=False,
                word_timestamps=True,
                fp16=self._model.device.type == "cuda",
            )
            segments = result["segments"]
            words = tuple(
                Word(float(w["start"]), float(w["end"]), w["word"], float(w["probability"]))
                for segment in segments
                for w in segment["words"]
            )
            scores = [(s["avg_logprob"], s["no_speech_prob"]) for s in segments]
            log_probability, no_speech = scores[0] if scores else (None, None)
            heard.append(Heard(words, result["language"], log_probability, no_speech))
        return heard


class TransformersWhisper:
    """Whisper through transformers, with a folder in its own format (safetensors)."""

    def __init__(
        self, weights: Path, *, device: str = "cpu", threads: int = 2, language: str | None = None
    ) -> None:
        import torch
        from transformers import pipeline

        torch.set_num_threads(threads)
        self._pipeline = pipeline("automatic-speech-recognition", model=str(weights), device=device)
        self._language = language or "en"
        self.name = f"transformers {weights.name}"

    def recognise(self, windows: Sequence[Pcm], *, prompt: str = "", careful: bool = False) -> list[Heard]:
        """See `Recogniser`; English unless a language was given, and no probabilities."""
        options: dict[str, Any] = {"language": self._language, "do_sample": False}
        if careful:
            options |= {"num_beams": 5, "no_repeat_ngram_size": 5}
        if prompt:
            tokenizer: Any = self._pipeline.tokenizer
            tokens = tokenizer.get_prompt_ids(prompt, return_tensors="pt")
            options["prompt_ids"] = tokens.to(self._pipeline.device)
        heard = []
        for window in windows:
            result: Any = self._pipeline(window.copy(), return_timestamps="word", generate_kwargs=options)
            heard.append(Heard(tuple(_chunk_words(result["chunks"], window.size / RATE)), self._language))
        return heard


def _chunk_words(chunks: Sequence[Any], length: float) -> list[Word]:
    words = []
    for chunk in chunks:
        start, end = chunk["timestamp"]  # the last word's end may be missing
        words.append(Word(float(start or 0.0), float(length if end is None else end), chunk["text"], None))
    return words


ENGINES: dict[str, tuple[str, str, Callable[..., Recogniser]]] = {
    "faster-whisper": ("faster_whisper", "smalti[speech]", FasterWhisper),
    "openai-whisper": ("whisper", "openai-whisper", OpenAiWhisper),
    "transformers": ("transformers", "smalti[models]", TransformersWhisper),
}
"""Engine name: the module it needs, the package that brings it, its class."""


def load_recogniser(engine: str, weights: Path, **options: Any) -> Recogniser:
    """The engine of that name with these weights.

    Args:
        engine: a key of `ENGINES`.
        weights: file or folder in the engine's own format.
        options: the engine's own (`device`, `threads`, `language`; `compute_type`, `batch`).

    Raises:
        SettingsError: no such engine.
        WeightsError: the engine is not installed, or the weights are missing or not in its format.
    """
    if engine not in ENGINES:
        raise SettingsError("no such recogniser", subject=engine, mend=f"choose one of {', '.join(ENGINES)}")
    module, package, build = ENGINES[engine]
    if find_spec(module) is None:
        raise WeightsError("the recogniser is not installed", subject=engine, mend=f"pip install '{package}'")
    if not weights.exists():
        raise WeightsError("no such file or folder", subject=str(weights), mend="run `smalti doctor`")
    try:
        return build(weights, **options)
    except (RuntimeError, OSError, ValueError) as bad:
        raise WeightsError(
            f"{engine} cannot load them: {bad}",
            subject=str(weights),
            mend="give weights in the engine's own format",
        ) from bad
