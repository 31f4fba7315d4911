"""What models add to a parsed input: words and voice measures of recordings, text and charts of pictures.

`pieces` runs in the process that owns the store and only hands work on; `hearing` and `seeing` hold what
runs in workers, on plain arrays that the sandbox decoded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from smalti.ingest import hearing, seeing
from smalti.ingest.parse.audio import RATE
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Request
from smalti.platform.errors import ParserFailed, SmaltiError
from smalti.platform.settings import Settings
from smalti.platform.workers import Need, Workers, on_device

_BEGINNING = 90.0
"""Seconds granted beside the limit: a worker's beginning, and its loading of models, count too."""
_SEEING = Need("cpu", 900)
"""Reading pictures: one takes seconds, and its engines run on the CPU alone."""
_NOTHING = "none"
_LOSSY = ("JPEG", "WEBP")


def version(settings: Settings, parser: str, parser_version: str) -> str:
    """A parser's version with that of the model whose findings the document holds, where one is used.

    Another model, or one installed since, makes another document; the old one still resolves.
    """
    if parser in ("audio", "video"):
        return f"{parser_version}+{hearing.model(settings) or _NOTHING}"
    if parser in ("image", "pdf"):
        return f"{parser_version}+{seeing.model(settings) or _NOTHING}"
    return parser_version


def pieces(
    workers: Workers, settings: Settings, parsed: Parsed, result: Mapping[str, Any], request: Request
) -> Parsed:
    """`parsed` with what inference finds in its arrays added to its only document.

    Where the model is not installed the document is marked partial and names what is missing.
    """
    if "pcm" in parsed.arrays:
        return _heard(workers, settings, parsed, result, request)
    if "rgb" in parsed.arrays:
        return _seen(workers, settings, parsed)
    if seeing.figures_of(parsed):
        return _figures_seen(workers, settings, parsed)
    return parsed


def _heard(
    workers: Workers, settings: Settings, parsed: Parsed, result: Mapping[str, Any], request: Request
) -> Parsed:
    if hearing.model(settings) is None:
        return _partial(parsed, "not heard: no speech model is installed (pip install 'smalti[speech]')")
    spans = result.get("pieces") or [[request.name, 0.0, None]]
    found = _asked(
        workers,
        "smalti.ingest.hearing:hear_call",
        Need(settings.device, 1_500),
        # Recognition takes a fraction of a recording's length; a spell of errors, several times as long.
        settings.sandbox_seconds + _seconds_of(parsed.arrays["pcm"]),
        pcm_path=parsed.arrays["pcm"],
        spans=spans,
        hints=dict(request.hints),
        settings=settings,
    )
    language = found.pieces[0].payload["language"] if found.pieces else None
    whole = _extended(parsed, found.pieces, language=language)
    return _partial(whole, found.partial) if found.partial else whole


def _seen(workers: Workers, settings: Settings, parsed: Parsed) -> Parsed:
    if seeing.model(settings) is None:
        return _partial(parsed, "text in it not read: OCR is off or not installed")
    (document,) = parsed.documents
    payload = document.pieces[0].payload
    seen = _asked(
        workers,
        "smalti.ingest.seeing:read_picture",
        _SEEING,
        settings.sandbox_seconds,
        rgb_path=parsed.arrays["rgb"],
        lossy=payload.get("format") in _LOSSY,
        width=payload["width"],
    )
    return seeing.with_findings(parsed, seen)


def _figures_seen(workers: Workers, settings: Settings, parsed: Parsed) -> Parsed:
    if seeing.model(settings) is None:
        bare = seeing.with_figures(parsed, {})
        return _partial(bare, "charts in its figures not read: OCR is off or not installed")
    figures = seeing.figures_of(parsed)
    wanted = [(parsed.arrays[name], payload.get("lines", [])) for name, payload in figures]
    limit = settings.sandbox_seconds
    read = _asked(workers, "smalti.ingest.seeing:read_figures", _SEEING, limit, figures=wanted)
    return seeing.with_figures(parsed, {name: r for (name, _), r in zip(figures, read, strict=True)})


def _asked(workers: Workers, function: str, need: Need, seconds: float, **arguments: Any) -> Any:
    """What a worker finds.

    Raises:
        SandboxKilled: it took too long or died.
        ParserFailed: it broke on the input.
    """
    limit = seconds + _BEGINNING
    try:
        if need is _SEEING:
            return workers.call(function, timeout=limit, need=need, **arguments)
        return on_device(workers, function, need, timeout=limit, **arguments)
    except SmaltiError:
        raise
    except Exception as error:  # whatever a model's library raises on an input made to break it
        what = f"a model broke on it ({type(error).__name__}: {error})"
        mend = "report it with the file; other inputs are not affected"
        raise ParserFailed(what, mend=mend) from error


def _seconds_of(pcm: Path) -> float:
    """About the length of a recording of 32-bit samples."""
    return pcm.stat().st_size / 4 / RATE


def _extended(parsed: Parsed, found: Sequence[Piece], language: str | None) -> Parsed:
    (document,) = parsed.documents
    whole = replace(document, pieces=[*document.pieces, *found], language=document.language or language)
    return replace(parsed, documents=[whole])


def _partial(parsed: Parsed, why: str) -> Parsed:
    def mark(document: ParsedDocument) -> ParsedDocument:
        return replace(document, partial="; ".join(filter(None, (document.partial, why))))

    return replace(parsed, documents=[mark(d) for d in parsed.documents])
