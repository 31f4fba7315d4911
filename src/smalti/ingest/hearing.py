"""Worker task: what is said in a recording, by whom, with its voice measures. Plain arrays only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.parse.contract import Piece
from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.settings import Settings

__all__ = ["HeardCall", "hear_call", "model"]

_NO_VOICES = "speakers not told apart by voice: pip install --no-deps resemblyzer==0.1.4 and 'smalti[models]'"


@dataclass(frozen=True, slots=True)
class HeardCall:
    """What was heard, one piece a sentence, and why it is only part of what was said, if so."""

    pieces: list[Piece]
    partial: str | None = None


def model(settings: Settings) -> str | None:
    """Name of the models recordings are heard with, for the document's version; None where there is none."""
    return _model(settings.recogniser, settings.whisper, settings.hub)


def hear_call(
    pcm_path: Path,
    spans: Sequence[Sequence[Any]],
    hints: Mapping[str, str],
    settings: Settings,
    device: str | None = None,
) -> HeardCall:
    """Worker task: the sentences of a recording, who says each, and their voice measures.

    Args:
        pcm_path: `.npy`, float32, (samples,), 16 kHz.
        spans: name, start and end (s) of each file in it; an end of None is the end of the recording.
        hints: of the request; `issuer` and `vocabulary` say what names to expect.
        settings: which engine, where.
        device: in place of the settings' own.
    """
    from smalti.ingest import speech, voice
    from smalti.ingest.calls import activity, telling
    from smalti.ingest.calls.vocabulary import Vocabulary
    from smalti.ingest.parse.audio import RATE

    if device is not None:
        settings = settings.model_copy(update={"device": device})
    pcm = np.load(pcm_path, allow_pickle=False)
    names = [str(span[0]) for span in spans]
    ends = [(span[1], len(pcm) / RATE if span[2] is None else span[2]) for span in spans]
    parts = speech.parts_of(names, ends)
    words = Vocabulary.of_hints(hints, [p.speaker for p in parts if p.speaker])
    heard = speech.hear(pcm, _recogniser(settings), parts, words, activity.speech(pcm))
    with ThreadPoolExecutor(settings.threads) as pool:  # most of it is FFTs, which let other threads run
        rows = pool.map(lambda s: voice.measure(pcm, [(s.start, s.end)])[0], heard.sentences)
        measures = list(rows)
    encoder = _encoder()
    who = telling.who_speaks(pcm, heard.sentences, encoder)
    reasons = [heard.partial, None if encoder else _NO_VOICES]
    pieces = telling.sentence_pieces(heard.sentences, measures, who)
    return HeardCall(pieces, "; ".join(filter(None, reasons)) or None)


def _recogniser(settings: Settings) -> Any:
    found = weights.resolve("whisper-base", settings.whisper, settings.hub)
    return _loaded(settings.recogniser, found.path, settings.device, settings.threads)


@lru_cache(maxsize=1)
def _loaded(engine: str, path: Path, device: str, threads: int) -> Any:
    from smalti.ingest.speech_engines import load_recogniser

    return load_recogniser(engine, path, device=device, threads=threads)


@cache
def _encoder() -> Any:
    """What tells voices apart; None where it is not installed."""
    if _voice_weights() is None:
        return None
    from smalti.ingest.calls.voiceprints import VoiceEncoder

    return VoiceEncoder(weights.resolve("resemblyzer").path)


@cache
def _voice_weights() -> str | None:
    if any(find_spec(needed) is None for needed in ("torch", "scipy", "safetensors")):
        return None
    try:
        return weights.resolve("resemblyzer").sha256
    except WeightsError:
        return None


@cache
def _model(recogniser: str, whisper: Path | None, hub: bool) -> str | None:
    from smalti.ingest.speech_engines import ENGINES

    if any(find_spec(needed) is None for needed in (ENGINES[recogniser][0], "faster_whisper")):
        return None
    try:
        found = weights.resolve("whisper-base", whisper, hub)
    except WeightsError:
        return None
    voices = _voice_weights()
    return f"{recogniser}-{found.sha256[:8]}" + (f"-resemblyzer-{voices[:8]}" if voices else "")
