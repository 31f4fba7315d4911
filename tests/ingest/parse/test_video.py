"""Films of calls: sound and slides, made here with PyAV."""

import io

import numpy as np
import pytest

from smalti.ingest.parse.audio import RATE
from smalti.ingest.parse.contract import Limits, Request
from smalti.ingest.parse.dispatch import choose
from smalti.ingest.parse.video import parse
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import EvidenceKind, SourceKind

av = pytest.importorskip("av", reason="needs the extra `speech`")

COLOURS = [(200, 30, 30), (200, 30, 30), (30, 200, 30), (30, 30, 200)]


def film(
    form: str = "mp4", *, sound: bool = True, pictures: bool = True, size: tuple[int, int] = (160, 90)
) -> bytes:
    """Four seconds, one picture a second, with a tone of 440 Hz."""
    out = io.BytesIO()
    codecs = {
        "mp4": ("mpeg4", "aac"),
        "mov": ("mpeg4", "aac"),
        "webm": ("libvpx", "libopus"),
        "matroska": ("mpeg4", "libopus"),
    }
    video_codec, audio_codec = codecs[form]
    with av.open(out, "w", format=form) as made:
        if pictures:
            shown = made.add_stream(video_codec, rate=1)
            shown.width, shown.height, shown.pix_fmt, shown.gop_size = *size, "yuv420p", 1
        if sound:
            heard = made.add_stream(audio_codec, rate=48_000, layout="mono")
        if pictures:
            for colour in COLOURS:
                still = np.full((size[1], size[0], 3), colour, np.uint8)
                made.mux(shown.encode(av.VideoFrame.from_ndarray(still, format="rgb24")))
            made.mux(shown.encode(None))
        if sound:
            tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(4 * 48_000) / 48_000)
            resampler = av.AudioResampler(
                format=heard.codec_context.format, layout="mono", rate=48_000, frame_size=960
            )
            whole = av.AudioFrame.from_ndarray(tone.astype(np.float32)[None], format="fltp", layout="mono")
            whole.rate = 48_000
            for piece in [*resampler.resample(whole), *resampler.resample(None)]:
                made.mux(heard.encode(piece))
            made.mux(heard.encode(None))
    return out.getvalue()


@pytest.mark.parametrize("form", ["mp4", "mov", "webm", "matroska"])
def test_sound_and_slides_of_a_film(form: str) -> None:
    raw = film(form)
    assert choose(raw, Request("q4")) == "smalti.ingest.parse.video:parse"
    parsed = parse(raw, Request("calls/q4.mp4"))
    (document,) = parsed.documents
    pcm = parsed.arrays["pcm"]
    assert pcm.size / RATE == pytest.approx(4.0, abs=0.15)
    assert int(np.argmax(np.abs(np.fft.rfft(pcm[RATE : 2 * RATE])))) == 440
    assert document.kind is SourceKind.CALL
    assert [p.kind for p in document.pieces] == [EvidenceKind.IMAGE] * 3  # the first is shown twice as long
    starts = [p.locator.seconds[0] for p in document.pieces if p.locator.seconds]
    assert starts == [pytest.approx(s, abs=0.1) for s in (0.0, 2.0, 3.0)]
    assert all(p.media and p.media.startswith(b"\x89PNG") for p in document.pieces)
    assert document.pieces[0].payload == {"width": 160, "height": 90, "format": "PNG", "slide": 1}


def test_a_film_without_sound_has_slides_and_says_so() -> None:
    parsed = parse(film(sound=False), Request("q4.mp4"))
    assert len(parsed.documents[0].pieces) == 3
    assert parsed.documents[0].partial == "no sound in it"
    assert not parsed.arrays


def test_sound_alone_in_a_films_container() -> None:
    parsed = parse(film(pictures=False), Request("q4.mp4"))
    assert not parsed.documents[0].pieces
    assert parsed.arrays["pcm"].size > 3 * RATE


def test_bad_films_and_limits() -> None:
    with pytest.raises(Empty):
        parse(b"", Request("q4.mp4"))
    with pytest.raises(Malformed):
        parse(b"\0\0\0\x18ftypisom" + b"\0" * 100, Request("q4.mp4"))
    with pytest.raises(TooLarge, match="pixels"):
        parse(film(), Request("q4.mp4", limits=Limits(max_pixels=1_000)))
    with pytest.raises(TooLarge, match="longer"):
        parse(film(), Request("q4.mp4", limits=Limits(max_audio_s=2.0)))


def test_a_film_of_which_no_picture_can_be_decoded_keeps_its_sound() -> None:
    raw = film().replace(b"\0\0\1\xb6", b"\0\0\0\0")  # no picture begins any more
    parsed = parse(raw, Request("q4.mp4"))
    assert parsed.arrays["pcm"].size > 3 * RATE
    assert not parsed.documents[0].pieces


def test_a_film_cut_short_keeps_what_can_be_decoded() -> None:
    raw = film("matroska")
    parsed = parse(raw[: int(len(raw) * 0.6)], Request("q4.mkv"))
    assert 0 < parsed.arrays["pcm"].size < 4 * RATE
