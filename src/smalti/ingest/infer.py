"""What models add to a parsed input: words and voice measures of recordings, text in pictures.

`pieces` runs in the process that owns the store and only hands work on; `hear_call` and `read_picture`
run in workers, on plain arrays that the sandbox decoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.platform import weights
from smalti.platform.errors import WeightsError
from smalti.platform.records import EvidenceKind
from smalti.platform.settings import Settings
from smalti.platform.workers import Workers

_NOTHING = "none"


def version(settings: Settings, parser: str, parser_version: str) -> str:
    """A parser's version with that of the model whose findings the document holds, where one is used.

    Another model, or one installed since, makes another document; the old one still resolves.
    """
    if parser == "audio":
        return f"{parser_version}+{_speech(settings)}"
    if parser == "image":
        return f"{parser_version}+{_ocr(settings)}"
    return parser_version


def pieces(
    workers: Workers, settings: Settings, parsed: Parsed, result: Mapping[str, Any], request: Request
) -> Parsed:
    """`parsed` with what inference finds in its arrays added to its only document.

    Where the model is not installed the document is marked partial and names what is missing.
    """
    if "pcm" in parsed.arrays:
        if _speech(settings) == _NOTHING:
            return _partial(parsed, "not heard: no speech model is installed (pip install 'smalti[speech]')")
        spans = result.get("pieces") or [[request.name, 0.0, None]]
        found = workers.call(
            "smalti.ingest.infer:hear_call",
            pcm_path=parsed.arrays["pcm"],
            spans=spans,
            prompt=request.hints.get("issuer", ""),
            settings=settings,
        )
        language = found[0].payload["language"] if found else None
        return _extended(parsed, found, language=language)
    if "rgb" in parsed.arrays:
        if _ocr(settings) == _NOTHING:
            return _partial(parsed, "text in it not read: OCR is off or not installed")
        lines = workers.call("smalti.ingest.infer:read_picture", rgb_path=parsed.arrays["rgb"])
        return _with_text(parsed, lines)
    return parsed


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


def read_picture(rgb_path: Path) -> list[dict[str, Any]]:
    """Worker task: the lines of text in a picture (`.npy`, uint8, (H, W, 3)), with box and score."""
    from smalti.ingest import ocr

    return [
        {"text": line.text, "box": list(line.box), "score": round(line.score, 4)}
        for line in ocr.read(np.load(rgb_path, allow_pickle=False))
    ]


@lru_cache(maxsize=1)
def _recogniser(settings: Settings) -> Any:
    from smalti.ingest.speech_engines import load_recogniser

    found = weights.resolve("whisper-base", settings.whisper, settings.hub)
    return load_recogniser(settings.recogniser, found.path, device=settings.device, threads=settings.threads)


@cache
def _speech(settings: Settings) -> str:
    from smalti.ingest.speech_engines import ENGINES

    if find_spec(ENGINES[settings.recogniser][0]) is None:
        return _NOTHING
    try:
        found = weights.resolve("whisper-base", settings.whisper, settings.hub)
    except WeightsError:
        return _NOTHING
    return f"{settings.recogniser}-{found.sha256[:8]}"


@cache
def _ocr(settings: Settings) -> str:
    if not settings.ocr:
        return _NOTHING
    try:
        return f"rapidocr-{weights.resolve('rapidocr').sha256[:8]}"
    except WeightsError:
        return _NOTHING


def _with_text(parsed: Parsed, lines: Sequence[Mapping[str, Any]]) -> Parsed:
    """The picture's own piece says what OCR read in it, so that picture and words are cited together."""
    (document,) = parsed.documents
    text = "\n".join(str(line["text"]) for line in lines)
    named = [
        replace(p, text=text, payload={**p.payload, "ocr": list(lines)})
        if p.kind is EvidenceKind.IMAGE
        else p
        for p in document.pieces
    ]
    return replace(parsed, documents=[replace(document, pieces=named)])


def _extended(parsed: Parsed, found: Sequence[Piece], language: str | None) -> Parsed:
    (document,) = parsed.documents
    whole = replace(document, pieces=[*document.pieces, *found], language=document.language or language)
    return replace(parsed, documents=[whole])


def _partial(parsed: Parsed, why: str) -> Parsed:
    def mark(document: ParsedDocument) -> ParsedDocument:
        return replace(document, partial="; ".join(filter(None, (document.partial, why))))

    return replace(parsed, documents=[mark(d) for d in parsed.documents])
