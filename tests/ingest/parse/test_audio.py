"""Recordings decoded: length, rate, channels, limits, broken files, joined pieces."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from smalti.ingest.parse.audio import RATE, join, parse
from smalti.ingest.parse.contract import Limits, Request
from smalti.platform.errors import Empty, Malformed, TooLarge, Unsupported
from smalti.platform.records import SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3].parent / "shared" / "data"))
CALLS = DATA / "sample" / "call_audio"
needs_data = pytest.mark.skipif(not CALLS.is_dir(), reason=f"no real calls at {CALLS}: set SMALTI_DATA")


def tone(seconds: float = 1.0, rate: int = 44_100, hertz: float = 440.0, level: float = 0.5) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def encoded(samples: np.ndarray, rate: int = 44_100, form: str = "WAV", **options: str) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format=form, **options)
    return out.getvalue()


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_each_format_gives_the_same_tone_at_16_khz(form: str) -> None:
    parsed = parse(encoded(tone(2.0), form=form), Request("call.bin"))
    pcm = parsed.arrays["pcm"]
    assert pcm.dtype == np.float32
    assert abs(pcm.size / RATE - 2.0) < 0.06  # MP3 pads
    middle = pcm[RATE // 2 : RATE // 2 + RATE]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 440
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.02)


def test_m4a_is_decoded() -> None:
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44_100)
        frame = av.AudioFrame.from_ndarray(tone(2.0)[None], format="fltp", layout="mono")
        frame.rate = 44_100
        container.mux([*stream.encode(frame), *stream.encode(None)])
    parsed = parse(out.getvalue(), Request("call.m4a"))
    pcm = parsed.arrays["pcm"]
    assert pcm.size / RATE == pytest.approx(2.0, abs=0.1)
    assert np.argmax(np.abs(np.fft.rfft(pcm[RATE // 2 : RATE // 2 + RATE]))) == 440


def test_channels_are_averaged_and_the_document_says_how_the_file_came() -> None:
    left, right = tone(), np.zeros_like(tone())
    parsed = parse(encoded(np.stack([left, right], axis=1)), Request("calls/q4.wav"))
    document = parsed.documents[0]
    assert document.hints == {"seconds": "1.000", "sample_rate": "44100", "channels": "2"}
    assert document.kind is SourceKind.CALL
    assert document.title == "q4"
    assert document.published_at is None
    assert np.abs(parsed.arrays["pcm"][4000:12000]).max() == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", Empty),
        (encoded(np.zeros(0, np.float32)), Empty),
        (encoded(np.zeros(44_100, np.float32)), Empty),
        (b"To our shareholders, " * 50, Unsupported),
        (encoded(tone())[:20], Malformed),
        (b"\x00\x00\x00\x18ftypM4A " + b"\x00" * 200, Malformed),
        (encoded(np.full(8_000, np.nan, np.float32), subtype="FLOAT"), Malformed),
        (encoded(np.full(8_000, 1e30, np.float32), subtype="FLOAT"), Malformed),
        (encoded(tone(0.5), rate=1_000), Unsupported),
    ],
    ids=["no bytes", "no samples", "silence", "text", "cut header", "empty mp4", "nan", "huge", "rate"],
)
def test_bad_input_has_its_own_error(raw: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"x\.mp3"):
        parse(raw, Request("x.mp3"))


def test_limits_on_bytes_and_seconds() -> None:
    raw = encoded(tone(2.0))
    with pytest.raises(TooLarge, match="bytes"):
        parse(raw, Request("x.wav", limits=Limits(max_bytes=1000)))
    with pytest.raises(TooLarge, match="longer than 1 s"):
        parse(raw, Request("x.wav", limits=Limits(max_audio_s=1.0)))


def test_a_file_that_breaks_off_is_kept_and_marked_partial() -> None:
    raw = encoded(tone(10.0), form="FLAC")
    whole, cut = parse(raw, Request("x.flac")), parse(raw[: len(raw) // 2], Request("x.flac"))
    assert whole.documents[0].partial is None
    assert "broke off after" in (cut.documents[0].partial or "")
    assert 2.0 < cut.arrays["pcm"].size / RATE < 8.0


def test_joined_pieces_lie_where_their_spans_say() -> None:
    pieces = [np.full(n, v, np.float32) for n, v in ((16_000, 0.1), (8_000, 0.2), (4_000, 0.3))]
    pcm, spans = join(pieces, gap_s=0.5)
    assert spans == [(0.0, 1.0), (1.5, 2.0), (2.5, 2.75)]
    for piece, (start, end) in zip(pieces, spans, strict=True):
        assert np.array_equal(pcm[round(start * RATE) : round(end * RATE)], piece)
    assert not pcm[16_000:24_000].any()


def test_joining_nothing_gives_nothing() -> None:
    pcm, spans = join([])
    assert (pcm.size, spans) == (0, [])


@pytest.mark.data
@needs_data
def test_a_real_recording_has_its_known_length() -> None:
    parsed = parse((CALLS / "jfk.flac").read_bytes(), Request("jfk.flac"))
    assert parsed.documents[0].hints == {"seconds": "11.000", "sample_rate": "44100", "channels": "2"}
    assert parsed.arrays["pcm"].shape == (176_000,)
