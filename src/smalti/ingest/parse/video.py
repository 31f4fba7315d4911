"""Recorded calls with pictures: the sound decoded as of any recording, and the slides as images.

A slide is a key frame that differs from the one before it. Only key frames are decoded, which encoders set at
every change of scene.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.parse import audio
from smalti.ingest.parse.contract import Limits, Parsed, ParsedDocument, Piece, Request
from smalti.ingest.parse.moments import dated
from smalti.platform.errors import Empty, InputError, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind, Locator, SourceKind

PARSER = "video"
VERSION = "2"

MOST_SLIDES = 60
"""Pictures kept of one recording; of more, those that change most."""

_MOST_KEY_FRAMES = 20_000
_LONG_SIDE = 1_600  # of a stored slide, pixels
_GLANCE = (64, 36)  # width and height at which frames are compared
_CHANGED = 6.0  # mean difference of grey levels, of 255, that makes another slide
_ALIKE = 2.0  # as often shown before: the same slide again
_SEND = "send WAV, FLAC, MP3, Ogg, M4A, MP4 or WebM"
_AGAIN = "fetch it again; it may be cut off"

Grey = NDArray[np.float32]


def parse(raw: bytes, request: Request) -> Parsed:
    """Decode MP4, MOV, WebM or Matroska: `arrays["pcm"]` as `audio.parse` gives it, and a piece a slide.

    Slides are image pieces whose `media` is a PNG at most 1,600 pixels long, located by the seconds during
    which they are shown. A recording without sound has only slides, one without pictures only sound.

    Raises:
        Empty: no bytes, or neither sound nor pictures in it.
        Malformed: not decodable.
        TooLarge: over `limits.max_bytes`, `max_pixels` a frame, or longer than `max_audio_s`.
        Unsupported: a container or a sound that smalti does not read.
    """
    audio.check_size(raw, request, mend="send the sound only")
    has_sound, has_pictures, length = _streams(raw, request)
    if not has_sound and not has_pictures:
        raise Empty("neither sound nor pictures in it", subject=request.name, mend=_SEND)
    slides, broken = _slides(raw, request, length) if has_pictures else ([], None)
    if has_sound:
        parsed = audio.parse(raw, request)
        (document,) = parsed.documents
        why = "; ".join(filter(None, (document.partial, broken))) or None
        return replace(parsed, documents=[replace(document, pieces=slides, partial=why)])
    if not slides:
        raise Malformed("none of its pictures can be decoded", subject=request.name, mend=_AGAIN)
    published, method = dated(request, None, DateMethod.TEXT)
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.CALL,
        title=PurePosixPath(request.name).stem,
        pieces=slides,
        published_at=published,
        date_method=method,
        url=request.hints.get("url"),
        partial="; ".join(filter(None, ("no sound in it", broken))),
    )
    return Parsed([document])


def _streams(raw: bytes, request: Request) -> tuple[bool, bool, float | None]:
    """Whether there is sound, whether there are moving pictures, and the stated length in seconds."""
    with audio.container(raw, request.name) as opened:
        pictures = [s for s in opened.streams.video if not _is_cover(s)]
        length = opened.duration / 1e6 if opened.duration else None
        if length and length > request.limits.max_audio_s:
            raise TooLarge(
                f"longer than {request.limits.max_audio_s:.0f} s",
                subject=request.name,
                mend="split it, or raise the audio limit",
            )
        return bool(opened.streams.audio), bool(pictures), length


def _is_cover(stream: Any) -> bool:
    """A picture on the sleeve, not a film."""
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _slides(raw: bytes, request: Request, length: float | None) -> tuple[list[Piece], str | None]:
    """The slides in the order they are first shown, and why there may be more, if so."""
    kept: list[tuple[float, float, bytes, tuple[int, int]]] = []  # second, change, PNG, size
    seen: list[Grey] = []
    broken: str | None = None
    try:
        for second, picture in _key_frames(raw, request):
            glance = np.asarray(picture.convert("L").resize(_GLANCE), dtype=np.float32)
            change = float(np.abs(glance - seen[-1]).mean()) if seen else 255.0
            known = any(float(np.abs(glance - old).mean()) < _ALIKE for old in seen[-MOST_SLIDES:])
            if change < _CHANGED or known:
                continue
            seen.append(glance)
            kept.append((second, change, _png(picture), picture.size))
            if len(kept) > MOST_SLIDES:
                kept.remove(min(kept[1:], key=lambda slide: slide[1]))
                broken = f"more than {MOST_SLIDES} slides: those that change least are left out"
    except InputError:
        raise
    except (ValueError, OSError) as stop:
        broken = f"its pictures break off: {stop}"
    if not kept:
        return [], broken
    ends = [slide[0] for slide in kept[1:]] + [length or kept[-1][0]]
    return [
        Piece(
            EvidenceKind.IMAGE,
            Locator(seconds=(round(second, 3), round(max(second, end), 3))),
            "",
            {"width": size[0], "height": size[1], "format": "PNG", "slide": n + 1},
            png,
        )
        for n, ((second, _, png, size), end) in enumerate(zip(kept, ends, strict=True))
    ], broken


def _key_frames(raw: bytes, request: Request) -> Iterator[tuple[float, Any]]:
    """Second and picture (RGB, at most `_LONG_SIDE` pixels long) of every key frame."""
    import av

    with audio.container(raw, request.name) as opened:
        stream = next(s for s in opened.streams.video if not _is_cover(s))
        _check_size(int(stream.width or 0), int(stream.height or 0), request)
        stream.codec_context.skip_frame = "NONKEY"
        stream.thread_count = 1
        try:
            for n, frame in enumerate(opened.decode(stream)):
                if n >= _MOST_KEY_FRAMES:
                    return
                _check_size(frame.width, frame.height, request)
                scale = min(1.0, _LONG_SIDE / max(frame.width, frame.height))
                size = (max(1, round(frame.width * scale)), max(1, round(frame.height * scale)))
                yield float(frame.time or 0.0), frame.to_image(width=size[0], height=size[1])
        except av.FFmpegError as bad:
            raise ValueError(str(bad)) from None


def _check_size(width: int, height: int, request: Request) -> None:
    limit: Limits = request.limits
    if width * height > limit.max_pixels:
        raise TooLarge(
            f"frames of {width} x {height} pixels",
            subject=request.name,
            mend="send it smaller, or the sound only",
        )


def _png(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
