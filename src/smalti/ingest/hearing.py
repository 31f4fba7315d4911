"""Worker task: what is said in a recording, by whom, with its voice measures. Plain arrays only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.parse.contract import Piece
from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.settings import Settings


def model(settings: Settings) -> str | None:
    """Name of the model recordings are heard with, for the document's version; None where there is none."""
    return _model(settings.recogniser, settings.whisper, settings.hub)


def hear_call(pcm_path: Path, spans: Sequence[Sequence[Any]], prompt: str, settings: Settings) -> list[Piece]:
    """Worker task: the sentences of a recording with their voice measures.

    Args:
        pcm_path: `.npy`, float32, (samples,), 16 kHz.
        spans: name, start and end (s) of each file in it; an end of None is the end of the recording.
        prompt: names the recogniser should spell right.
        settings: which engine, where.
    """
    from smalti.ingest import speech, voice
    from smalti.ingest.parse.audio import RATE

    pcm = np.load(pcm_path, allow_pickle=False)
    names = [str(span[0]) for span in spans]
    ends = [(span[1], len(pcm) / RATE if span[2] is None else span[2]) for span in spans]
    sentences = speech.hear(pcm, _recogniser(settings), speech.parts_of(names, ends), prompt)
    measures = voice.measure(pcm, [(s.start, s.end) for s in sentences])
    return speech.sentence_pieces(sentences, measures)


@lru_cache(maxsize=1)
def _recogniser(settings: Settings) -> Any:
    from smalti.ingest.speech_engines import load_recogniser

    found = weights.resolve("whisper-base", settings.whisper, settings.hub)
    return load_recogniser(settings.recogniser, found.path, device=settings.device, threads=settings.threads)


@cache
def _model(recogniser: str, whisper: Path | None, hub: bool) -> str | None:
    from smalti.ingest.speech_engines import ENGINES

    if find_spec(ENGINES[recogniser][0]) is None:
        return None
    try:
        found = weights.resolve("whisper-base", whisper, hub)
    except WeightsError:
        return None
    return f"{recogniser}-{found.sha256[:8]}"
