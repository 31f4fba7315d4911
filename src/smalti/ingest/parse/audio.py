"""Recordings: one file decoded to mono 16 kHz, and the numbered files of one call joined into one signal.

Decoding only: what is said and how it sounds is found later, outside the sandbox, on the plain array.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smalti.ingest.parse.contract import Limits, Parsed, ParsedDocument, Request
from smalti.ingest.parse.moments import dated
from smalti.platform.errors import Empty, Malformed, TooLarge, Unsupported
from smalti.platform.records import DateMethod, SourceKind

PARSER = "audio"
VERSION = "3"

RATE = 16_000
"""Samples a second of every decoded signal, what recognisers take."""

GAP_S = 0.4
"""Silence between joined pieces, seconds: enough for a recogniser to hear a sentence end."""

_BLOCK_SAMPLES = 1 << 16  # samples over all channels read at once; what a broken file loses at its end
_MIN_RATE, _MAX_RATE, _MAX_CHANNELS = 4_000, 384_000, 32
_SILENCE = 1e-4  # -80 dB of full scale, under the noise of any room
_LOUDEST = 64.0  # decoders overshoot full scale a little; this far beyond, the numbers are no sound
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_EBML = b"\x1aE\xdf\xa3"
_DECODE_AGAIN = "fetch it again; it may be cut off"

Pcm = NDArray[np.float32]
Blocks = Iterator[NDArray[np.float32]]


def parse(raw: bytes, request: Request) -> Parsed:
    """Decode WAV, FLAC, MP3, Ogg, M4A or the sound of a film to `arrays["pcm"]`.

    That is float32 of shape (samples,), mono, at 16 kHz; channels are averaged. The document has no pieces
    yet; its hints say `seconds`, `sample_rate` and `channels` of the file as it came. A file that breaks off
    while decoding is kept up to there and marked partial.

    Raises:
        Empty: no bytes, no samples, or nothing but silence.
        Malformed: not decodable, or its samples are no numbers.
        TooLarge: over `limits.max_bytes`, or longer than `limits.max_audio_s`.
        Unsupported: no audio format smalti reads, or a sample rate or channel count outside speech.
    """
    check_size(raw, request, mend="send it compressed or in parts")
    boxed = raw[4:8] in _MP4_BOXES or raw.startswith(_EBML)
    blocks, rate, channels = _open_boxed(raw, request.name) if boxed else _open(raw, request.name)
    if not _MIN_RATE <= rate <= _MAX_RATE or not 1 <= channels <= _MAX_CHANNELS:
        raise Unsupported(
            f"{channels} channels at {rate} Hz",
            subject=request.name,
            mend=f"send at most {_MAX_CHANNELS} channels at {_MIN_RATE} to {_MAX_RATE} Hz",
        )
    pcm, seconds, broken = _resampled(blocks, rate, request.name, request.limits)
    published, method = dated(request, None, DateMethod.TEXT)
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.CALL,
        title=PurePosixPath(request.name).stem,
        pieces=(),
        published_at=published,
        date_method=method,
        url=request.hints.get("url"),
        partial=broken,
        hints={"seconds": f"{seconds:.3f}", "sample_rate": str(rate), "channels": str(channels)},
    )
    return Parsed([document], arrays={"pcm": pcm})


def check_size(raw: bytes, request: Request, mend: str) -> None:
    """Refuse a file before anything in it is looked at.

    Raises:
        Empty: no bytes.
        TooLarge: over `limits.max_bytes`; `mend` says what to do then.
    """
    if not raw:
        raise Empty("the file has no bytes", subject=request.name, mend="fetch it again")
    if len(raw) > request.limits.max_bytes:
        raise TooLarge(f"{len(raw)} bytes, over {request.limits.max_bytes}", subject=request.name, mend=mend)


def join(pieces: Sequence[Pcm], gap_s: float = GAP_S) -> tuple[Pcm, list[tuple[float, float]]]:
    """The pieces of one call as one signal, short silences between them.

    Args:
        pieces: signals of shape (samples,) at 16 kHz, in the order they are heard.
        gap_s: silence between two of them, seconds.

    Returns:
        The joined signal, and start and end second of each piece in it.
    """
    gap = np.zeros(round(gap_s * RATE), dtype=np.float32)
    parts: list[Pcm] = []
    spans: list[tuple[float, float]] = []
    at = 0
    for piece in pieces:
        if parts:
            parts.append(gap)
            at += gap.size
        spans.append((at / RATE, (at + piece.size) / RATE))
        parts.append(piece)
        at += piece.size
    return (np.concatenate(parts) if parts else gap[:0]), spans


def _open(raw: bytes, name: str) -> tuple[Blocks, int, int]:
    import soundfile

    try:
        sound = soundfile.SoundFile(io.BytesIO(raw))
    except soundfile.LibsndfileError as bad:
        if "not recognised" in str(bad):
            mend = "send WAV, FLAC, MP3, Ogg or M4A"
            raise Unsupported("no audio format smalti reads", subject=name, mend=mend) from None
        raise Malformed(f"cannot be decoded: {bad.error_string}", subject=name, mend=_DECODE_AGAIN) from None
    return _blocks(sound), int(sound.samplerate), int(sound.channels)


def _blocks(sound: Any) -> Blocks:
    import soundfile

    promised, read = int(sound.frames), 0
    with sound:
        while True:
            try:
                block = sound.read(max(1, _BLOCK_SAMPLES // sound.channels), dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as bad:
                raise _BrokenOff(bad.error_string) from None
            if not len(block):
                break
            read += len(block)
            yield block.mean(axis=1, dtype=np.float32)
    if 0 < read < 0.99 * promised:
        raise _BrokenOff(f"the file promises {promised / sound.samplerate:.1f} s")


def container(raw: bytes, name: str) -> Any:
    """An MP4, QuickTime, WebM or Matroska file opened with PyAV; the caller closes it.

    The format is named, so that nothing in the bytes can make FFmpeg try another one, such as a playlist.

    Raises:
        Malformed: it cannot be opened.
    """
    import av

    form = "matroska" if raw.startswith(_EBML) else "mp4"
    try:
        return av.open(io.BytesIO(raw), format=form, metadata_errors="replace")
    except (av.FFmpegError, ValueError) as bad:
        raise Malformed(f"cannot be decoded: {bad}", subject=name, mend=_DECODE_AGAIN) from None


def _open_boxed(raw: bytes, name: str) -> tuple[Blocks, int, int]:
    opened = container(raw, name)
    if not opened.streams.audio:
        raise Unsupported("a recording without sound", subject=name, mend="send the recording itself")
    stream = opened.streams.audio[0]
    return _boxed_blocks(opened, stream), int(stream.rate or 0), int(stream.channels or 0)


def _boxed_blocks(opened: Any, stream: Any) -> Blocks:
    import av

    resampler = av.AudioResampler(format="fltp", layout=stream.layout, rate=stream.rate)
    with opened:
        try:
            for frame in opened.decode(stream):
                for plain in resampler.resample(frame):
                    yield plain.to_ndarray().mean(axis=0, dtype=np.float32)
        except (av.FFmpegError, ValueError) as bad:
            raise _BrokenOff(str(bad)) from None


class _BrokenOff(Exception):
    """The decoder gave up in the middle."""


def _resampled(blocks: Blocks, rate: int, name: str, limits: Limits) -> tuple[Pcm, float, str | None]:
    """Stream blocks to 16 kHz, so that no more than the 16 kHz copy is ever held."""
    import soxr

    stream = soxr.ResampleStream(rate, RATE, 1, dtype="float32", quality="HQ")
    done: list[Pcm] = []
    samples, peak, broken = 0, 0.0, None
    try:
        for block in blocks:
            samples += len(block)
            if samples > limits.max_audio_s * rate:
                raise TooLarge(
                    f"longer than {limits.max_audio_s:.0f} s",
                    subject=name,
                    mend="split it, or raise the audio limit",
                )
            highest = float(np.abs(block).max(initial=0.0))
            if not highest < _LOUDEST:  # nor is NaN
                raise Malformed("its samples are no sound", subject=name, mend=_DECODE_AGAIN)
            peak = max(peak, highest)
            done.append(stream.resample_chunk(block))
    except _BrokenOff as stop:
        if not samples:
            raise Malformed(f"cannot be decoded: {stop}", subject=name, mend=_DECODE_AGAIN) from None
        broken = f"decoding broke off after {samples / rate:.1f} s: {stop}"
    if not samples:
        raise Empty("it holds no samples", subject=name, mend="fetch it again")
    if peak < _SILENCE:
        raise Empty("it holds only silence", subject=name, mend="check the recording")
    done.append(stream.resample_chunk(np.empty(0, dtype=np.float32), last=True))
    return np.concatenate(done), samples / rate, broken
