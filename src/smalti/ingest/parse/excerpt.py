"""What a person is shown of a cited piece: a part of a page, a picture, some seconds of a recording.

These run in the sandbox, for the bytes are those that were received. What they make is written anew: PNG and
WAV that hold pixels and samples, and nothing else of the file.
"""

from __future__ import annotations

import io
import json
import math
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from smalti.ingest.parse import audio, image
from smalti.ingest.parse.contract import Limits, Request
from smalti.ingest.parse.pdf_text import Canvas
from smalti.platform.errors import InputError, Malformed, TooLarge
from smalti.platform.records import Box

VERSION = "1"

PAGE = "smalti.ingest.parse.excerpt:page"
PICTURE = "smalti.ingest.parse.excerpt:picture"
SOUND = "smalti.ingest.parse.excerpt:sound"
PAGES = "smalti.ingest.parse.excerpt:pages"
RECORDING = "smalti.ingest.parse.excerpt:recording"

MADE = "made"
"""The file that each of these leaves in `outside`."""

_SCALE = 2.0  # pixels a point: what a screen shows sharply
_MOST_PIXELS = 6_000_000
_AROUND = 30.0  # points of the page shown around a piece
_LEAST = 90.0  # points down that are shown at least: a number alone says nothing
_MARK, _FILL = (196, 118, 0), (255, 196, 0, 46)
_MOST_SECONDS = 600.0


def page(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, int]:
    """A page of the PDF `inside/0` with a box marked on it, as PNG.

    Args:
        inside: folder of the PDF.
        outside: folder written to.
        arguments: `page` from 0; `box` in points of the page as shown, origin at the top left, or null;
            `whole`: the whole page, else the lines of the box and a little around them.

    Returns:
        `width` and `height` in pixels.

    Raises:
        Malformed: it is no PDF that can be drawn, or has no such page.
    """
    number, box = int(arguments["page"]), arguments["box"]
    try:
        document = pdfium.PdfDocument((inside / "0").read_bytes())
        if not 0 <= number < len(document):
            raise Malformed(f"the PDF has no page {number + 1}", mend="ingest its source again")
        shown = document[number]
        canvas = Canvas(shown)
        whole = (0.0, 0.0, canvas.width, canvas.height)
        part = whole if box is None or arguments["whole"] else _around(box, whole)
        area = max((part[2] - part[0]) * (part[3] - part[1]), 1.0)
        scale = min(_SCALE, math.sqrt(_MOST_PIXELS / area), 16_000 / max(canvas.width, canvas.height))
        crop = (part[0], canvas.height - part[3], canvas.width - part[2], part[1])
        drawn = shown.render(scale=scale, crop=crop, may_draw_forms=False).to_pil().convert("RGB")
    except pdfium.PdfiumError as error:
        raise Malformed(f"the page cannot be drawn ({error})", mend="open the file itself") from None
    return _keep(_marked(drawn, box, part, scale), outside)


def pages(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> None:
    """How many pages the PDF `inside/0` has, as JSON: `{"pages": 12}`.

    Args:
        inside: folder of the PDF.
        outside: folder written to.
        arguments: none.

    Raises:
        Malformed: it is no PDF that can be drawn.
    """
    try:
        count = len(pdfium.PdfDocument((inside / "0").read_bytes()))
    except pdfium.PdfiumError as error:
        raise Malformed(f"its pages cannot be drawn ({error})", mend="open the file itself") from None
    (outside / MADE).write_text(json.dumps({"pages": count}))


def picture(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, int]:
    """The picture `inside/0`, upright and without what hides in it, as PNG.

    Args:
        inside: folder of the picture.
        outside: folder written to.
        arguments: `box` in its pixels, or null; `whole`: the whole picture with the box marked, else the
            box alone.

    Raises:
        InputError: it cannot be decoded, as `image.parse` says.
    """
    parsed = image.parse((inside / "0").read_bytes(), Request("picture"))
    drawn = Image.fromarray(parsed.arrays["rgb"])
    width = parsed.documents[0].pieces[0].payload["width"]
    box, scale = arguments["box"], drawn.width / max(width, 1)
    whole = (0.0, 0.0, drawn.width / scale, drawn.height / scale)
    if box is None or _fills(box, whole):
        return _keep(drawn, outside)
    if arguments["whole"]:
        return _keep(_marked(drawn, box, whole, scale), outside)
    x0, top, x1, bottom = (round(v * scale) for v in _within(box, whole))
    return _keep(drawn.crop((x0, top, max(x1, x0 + 1), max(bottom, top + 1))), outside)


def sound(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, float]:
    """Some seconds of the recording `inside/0` as 16-bit mono WAV at 16 kHz.

    Args:
        inside: folder of the recording.
        outside: folder written to.
        arguments: `start` and `end`, seconds; at most 10 minutes are given.

    Returns:
        `seconds` that it lasts.

    Raises:
        InputError: it cannot be decoded, or is shorter than that.
    """
    start, end = float(arguments["start"]), float(arguments["end"])
    pcm = audio.parse((inside / "0").read_bytes(), Request("recording")).arrays["pcm"]
    first = max(0, math.floor(start * audio.RATE))
    last = min(pcm.size, math.ceil(min(end, start + _MOST_SECONDS) * audio.RATE))
    if last <= first:
        raise Malformed(f"the recording ends before second {start:.1f}", mend="ingest its source again")
    samples = _samples(pcm[first:last])
    with wave.open(str(outside / MADE), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(audio.RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return {"seconds": samples.size / audio.RATE}


def recording(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, float]:
    """A whole call as 16-bit mono FLAC at 16 kHz: one recording, or its pieces `inside/0`, `inside/1`, ….

    Pieces are joined as they were when the call was heard, so that seconds of its evidence are seconds of
    this recording: those that cannot be decoded are left out.

    Args:
        inside: folder of the pieces.
        outside: folder written to.
        arguments: `pieces`, how many.

    Returns:
        `seconds` that it lasts.

    Raises:
        InputError: what the first piece raised, where none can be decoded.
        TooLarge: together they last longer than a recording may.
    """
    import soundfile

    gap = np.zeros(round(audio.GAP_S * audio.RATE), dtype=np.int16)
    first: InputError | None = None
    written, most = 0, Limits().max_audio_s * audio.RATE
    with soundfile.SoundFile(outside / MADE, "w", audio.RATE, 1, "PCM_16", format="FLAC") as file:
        for number in range(int(arguments["pieces"])):
            try:
                pcm = audio.parse((inside / str(number)).read_bytes(), Request("recording")).arrays["pcm"]
            except InputError as error:
                first = first or error
                continue
            for part in (gap, _samples(pcm)) if written else (_samples(pcm),):
                file.write(part)
                written += part.size
            if written > most:
                raise TooLarge("the call lasts too long to be played whole", mend="play what is cited of it")
    if not written:
        raise first or Malformed("it has no sound", mend="ingest its source again")
    return {"seconds": written / audio.RATE}


def _samples(pcm: NDArray[np.float32]) -> NDArray[np.int16]:
    whole: NDArray[np.int16] = np.clip(pcm * 32767.0, -32768, 32767).astype(np.int16)
    return whole


def _around(box: Box, whole: Box) -> Box:
    """All across the page, for a row's label stands far from its numbers; a little above and below."""
    _, top, _, bottom = _within(box, whole)
    down = max(_AROUND, (_LEAST - (bottom - top)) / 2)
    return _within((whole[0], top - down, whole[2], bottom + down), whole)


def _within(box: Box, whole: Box) -> Box:
    """The part of a box that lies on the page; all of it where none does."""
    x0, top = max(box[0], whole[0]), max(box[1], whole[1])
    x1, bottom = min(box[2], whole[2]), min(box[3], whole[3])
    return (x0, top, x1, bottom) if x1 - x0 >= 1 and bottom - top >= 1 else whole


def _fills(box: Box, whole: Box) -> bool:
    return all(abs(a - b) <= 2 for a, b in zip(box, whole, strict=True))


def _marked(drawn: Image.Image, box: Box | None, part: Box, scale: float) -> Image.Image:
    if box is None:
        return drawn
    rim = 2.0  # points, so that the frame does not cover letters
    place = (
        (box[0] - rim - part[0]) * scale,
        (box[1] - rim - part[1]) * scale,
        (box[2] + rim - part[0]) * scale,
        (box[3] + rim - part[1]) * scale,
    )
    veil = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    ImageDraw.Draw(veil).rectangle(place, fill=_FILL, outline=(*_MARK, 255), width=max(1, round(scale)))
    return Image.alpha_composite(drawn.convert("RGBA"), veil).convert("RGB")


def _keep(drawn: Image.Image, outside: Path) -> dict[str, int]:
    out = io.BytesIO()
    drawn.save(out, "PNG", compress_level=6)
    (outside / MADE).write_bytes(out.getvalue())
    return {"width": drawn.width, "height": drawn.height}
