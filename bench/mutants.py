"""Hostile files: seeded mutations of good ones. `attacks` has those that are built.

Every file is made from `random.Random(f"{SEED}:{number}")`, so one number names one file for good. Good
files are those of the demo world; kinds it has none of are written here from its contents.
"""

from __future__ import annotations

import io
import json
import random
import re
import struct
import wave
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

WORLD = Path(__file__).resolve().parent.parent / "src" / "smalti" / "service" / "demo_world" / "files"
SEED = "smalti-fuzz-1"
MAX_MUTANT = 4_000_000
"""Bytes: a mutation that repeats stops growing here."""

Mutator = Callable[[bytes, random.Random, "list[bytes]"], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One hostile file: `path` below its own folder, what it was and what was done to it."""

    path: str
    raw: bytes
    kind: str
    mutation: str


# --- good files ---------------------------------------------------------------------------------------


def originals(world: Path = WORLD) -> dict[str, bytes]:
    """Good files by name, every kind of input smalti reads."""
    named = {
        "filings_pdf/ZZWL_2025_10K.pdf", "filings_html/zzwl_companyfacts.json",
        "news/marble-heron-contract-win.html", "news/zzmh_feed.xml", "prices/ZZMH.csv",
        "social/zzmh_posts.jsonl", "social/zzmh_filing_chart.png", "social/zzmh_flow_meter.jpg",
        "call_audio/Velvet Comet_20260326.ogg",
        "call_audio/Walnut Lighthouse_20260205/Audio/Operator_4_1.mp3",
    }  # fmt: skip
    good = {Path(name).name: (world / name).read_bytes() for name in sorted(named)}
    good["speech.mp3"] = good.pop("Operator_4_1.mp3")
    good["call.ogg"] = good.pop("Velvet Comet_20260326.ogg")
    picture = Image.open(io.BytesIO(good["zzmh_flow_meter.jpg"])).convert("RGB").resize((320, 240))
    for form in ("GIF", "WEBP", "TIFF", "BMP"):
        out = io.BytesIO()
        picture.save(out, form)
        good[f"photo.{form.lower()}"] = out.getvalue()
    good["tone.wav"] = _wav()
    good |= _sounds(good["tone.wav"], picture)
    good["call.vtt"] = CAPTIONS.encode()
    good["call.srt"] = re.sub(r"<v ([^>]*)>", r"\1: ", CAPTIONS.replace("WEBVTT\n", "1")).encode()
    posts = [json.loads(line) for line in good["zzmh_posts.jsonl"].decode().splitlines()[:20]]
    rows = [f'p{i},"{str(p["text"]).replace(chr(34), "")}",1' for i, p in enumerate(posts)]
    good["posts.csv"] = "\n".join(["guid,text,label", *rows]).encode()
    items = [
        {"id": str(i), "title": "Orders", "content_text": str(p["text"]), "date_published": "2026-01-05"}
        for i, p in enumerate(posts)
    ]
    good["feed.json"] = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "Posts", "items": items}
    ).encode()
    entries = "".join(
        f"<entry><id>urn:{i}</id><title>Orders {i}</title><updated>2026-01-05T10:00:00Z</updated>"
        f"<content type='html'>&lt;p&gt;{p['content_text'].replace('&', '').replace('<', '')}&lt;/p&gt;"
        "</content></entry>"
        for i, p in enumerate(items)
    )
    good["atom.xml"] = (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>{entries}</feed>'
    ).encode()
    good["inline.htm"] = INLINE.encode()
    good["filing.htm"] = FILING.encode()
    good["note.txt"] = b"Marble Heron opened a works.\n\nIts orders rose by a tenth, it said on Monday.\n" * 4
    return good


def _wav(seconds: float = 1.0) -> bytes:
    import math

    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        count = int(seconds * 16_000)
        sound.writeframes(struct.pack(f"<{count}h", *(int(9000 * math.sin(i / 9)) for i in range(count))))
    return out.getvalue()


def _sounds(raw: bytes, picture: Image.Image) -> dict[str, bytes]:
    """The same tone as FLAC and M4A, and as MP4 and Matroska with a picture."""
    import av
    import numpy as np
    import soundfile

    samples, rate = soundfile.read(io.BytesIO(raw), dtype="int16")
    out = io.BytesIO()
    soundfile.write(out, samples, rate, format="FLAC")
    made = {"tone.flac": out.getvalue()}
    for name, form in (("tone.m4a", "mp4"), ("clip.mp4", "mp4"), ("clip.mkv", "matroska")):
        out = io.BytesIO()
        with av.open(out, "w", format=form, container_options={"fflags": "+bitexact"}) as container:
            sound = container.add_stream("aac", rate=rate)
            sight = container.add_stream("mpeg4", rate=2) if name.startswith("clip") else None
            if sight:
                sight.width, sight.height, sight.pix_fmt = *picture.size, "yuv420p"
                for turned in (picture, picture.rotate(180)):
                    container.mux(
                        sight.encode(av.VideoFrame.from_ndarray(np.asarray(turned), format="rgb24"))
                    )
                container.mux(sight.encode(None))
            frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
            frame.rate = rate
            for packet in [*sound.encode(frame), *sound.encode(None)]:
                container.mux(packet)
        made[name] = out.getvalue()
    made["tone.m4a"] = made["tone.m4a"][:4] + b"ftypM4A " + made["tone.m4a"][12:]
    return made


CAPTIONS = """WEBVTT

00:00:01.000 --> 00:00:04.000
<v Operator>Good morning, and welcome to the call.

00:00:04.500 --> 00:00:09.000
<v Chief Executive Officer>Revenue was $412 million, up 5 percent.

00:00:09.500 --> 00:00:12.000
<v Analyst A>What drove the growth in orders?
"""
INLINE = """<html xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:xbrli="http://www.xbrl.org/2003/instance"
 xmlns:us-gaap="http://fasb.org/us-gaap/2025" xmlns:dei="http://xbrl.sec.gov/dei/2025"><head><title>10-K</title>
</head><body><div style="display:none"><ix:header><ix:hidden>
<ix:nonNumeric contextRef="c1" name="dei:EntityCentralIndexKey">0000012345</ix:nonNumeric></ix:hidden>
<ix:resources><xbrli:context id="c1"><xbrli:entity><xbrli:identifier scheme="http://www.sec.gov/CIK">0000012345
</xbrli:identifier></xbrli:entity><xbrli:period><xbrli:startDate>2025-01-01</xbrli:startDate>
<xbrli:endDate>2025-12-31</xbrli:endDate></xbrli:period></xbrli:context>
<xbrli:unit id="usd"><xbrli:measure>iso4217:USD</xbrli:measure></xbrli:unit></ix:resources></ix:header></div>
<p>FORM 10-K</p><p>Commission file number 1-2345</p><p>Item 1A. Risk Factors</p>
<p>We depend on one supplier of brass, and could not replace it within a year.</p>
<table><tr><td></td><td>2025</td></tr><tr><td>Revenue</td><td><ix:nonFraction contextRef="c1" unitRef="usd"
 name="us-gaap:Revenues" decimals="-6" scale="6" format="ixt:num-dot-decimal">1,234</ix:nonFraction></td></tr>
<tr><td>Net income</td><td><ix:nonFraction contextRef="c1" unitRef="usd" name="us-gaap:NetIncomeLoss"
 decimals="-6" scale="6" sign="-">56</ix:nonFraction></td></tr></table></body></html>
"""
FILING = """<html><head><title>Annual report</title></head><body>
<p>UNITED STATES SECURITIES AND EXCHANGE COMMISSION</p>
<p>FORM 10-K</p><p>For the fiscal year ended December 31, 2025</p><p>Commission file number 1-2345</p>
<p>(Exact name of registrant as specified in its charter)</p><p>Item 7. Management's Discussion</p>
<p>Revenue rose by a tenth.</p><p>(in millions, except per share amounts)</p><table>
<tr><th></th><th colspan="2">Year ended December 31,</th></tr><tr><th></th><th>2025</th><th>2024</th></tr>
<tr><td>Revenue</td><td>$ 1,234</td><td>$ 1,120</td></tr><tr><td>Net income (loss)</td>
<td>(56)</td><td>78</td></tr><tr><td>Total assets</td><td>9,876</td><td>9,000</td></tr></table></body></html>
"""

# --- mutations of any bytes -----------------------------------------------------------------------------


def _truncate(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    return raw[: draw.randrange(1, max(2, len(raw)))]


def _flip_bits(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    out = bytearray(raw)
    for _i in range(draw.choice((1, 4, 16, 64, 512))):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out)


def _overwrite(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    out, size = bytearray(raw), draw.choice((4, 64, 1024))
    at = draw.randrange(len(out))
    out[at : at + size] = draw.choice((draw.randbytes(size), b"\xff" * size, b"\0" * size))
    return bytes(out)


def _cut_out(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    at = draw.randrange(len(raw))
    return raw[:at] + raw[at + draw.randrange(1, max(2, len(raw) // 4)) :]


def _repeat(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    at = draw.randrange(len(raw))
    part = raw[at : at + draw.randrange(1, 4096)]
    return raw[:at] + part * draw.choice((2, 50, 500)) + raw[at:]


def _insert_nuls(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    at = draw.randrange(len(raw))
    return raw[:at] + b"\0" * draw.choice((1, 100, 100_000)) + raw[at:]


def _swap_header(raw: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    size = draw.choice((4, 12, 64, 1024))
    return draw.choice(others)[:size] + raw[size:]


def _concatenate(raw: bytes, draw: random.Random, others: list[bytes]) -> bytes:
    return raw + draw.choice(others)[: MAX_MUTANT // 2]


def _prepend(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    return draw.randbytes(draw.choice((1, 16, 2000))) + raw


def _move_number(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    """A two- or four-byte field becomes an extreme."""
    out, size = bytearray(raw), draw.choice((2, 4))
    for _i in range(draw.choice((1, 3, 10))):
        at = draw.randrange(min(len(out), 4096))
        extremes = (0, 1, 2**31 - 1, 2**32 - 1, 2**16 - 1, 2**15)
        value = draw.choice(extremes) & (256**size - 1)
        out[at : at + size] = value.to_bytes(size, draw.choice(("little", "big")))
    return bytes(out)


ANY: Mapping[str, Mutator] = {
    "truncate": _truncate, "flip bits": _flip_bits, "overwrite": _overwrite, "cut out": _cut_out,
    "repeat": _repeat, "nuls": _insert_nuls, "swap header": _swap_header, "concatenate": _concatenate,
    "prepend": _prepend, "extreme field": _move_number,
}  # fmt: skip

# --- mutations of text ----------------------------------------------------------------------------------

_NUMBER = re.compile(rb"-?\d[\d,.]*")
EXTREMES = (
    b"1e400", b"-1e400", b"NaN", b"Infinity", b"-Infinity", b"9" * 5000, b"0" * 5000 + b"1", b"1e-400",
    b"2" * 400 + b"." + b"3" * 400, b"-0", b"0x7fffffff", b"1_000", b"\xd9\xa1\xd9\xa2\xd9\xa3", b"9" * 21,
)  # fmt: skip
_DATES = (
    b"0000-00-00",
    b"9999-12-31T23:59:59-23:59",
    b"0001-01-01T00:00:00+23:59",
    b"2026-02-30",
    b"-1",
    b"1e18",
)


def _huge_numbers(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    return _NUMBER.sub(lambda m: draw.choice(EXTREMES) if draw.random() < 0.2 else m[0], raw[:200_000])


def _odd_dates(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    return re.sub(rb"\d{4}-\d\d-\d\d[T0-9:Z+-]*|\b20\d\d\b", lambda m: draw.choice(_DATES), raw)


def _other_encoding(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    text = raw.decode("utf-8", "replace")
    codec = draw.choice(("utf-16", "utf-16-le", "utf-32", "cp037", "utf-7", "shift_jis"))
    return text.encode(codec, "replace")


def _odd_characters(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    odd = (b"\xed\xa0\x80", b"\xef\xbf\xbf", b"\xe2\x80\xae", b"\xff", b"\x1b[31m", b"\xf4\x8f\xbf\xbf",
           b"\xcc\x81" * 200, b"\xe2\x80\x8b", b"\x85", b"\x00")  # fmt: skip
    out = bytearray(raw)
    for _i in range(40):
        at = draw.randrange(len(out))
        out[at:at] = draw.choice(odd)
    return bytes(out)


def _shuffle_lines(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    lines = raw.split(b"\n")
    draw.shuffle(lines)
    return b"\n".join(line for line in lines if draw.random() < 0.8)


def _many_lines(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    lines = raw.split(b"\n")
    line = draw.choice(lines)
    return (b"\n".join(lines[:2]) + (b"\n" + line) * 20_000)[:MAX_MUTANT]


def _one_line(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    return raw.replace(b"\n", b" ") * draw.choice((1, 20))


def _lost_marks(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    mark = draw.choice([b'"', b">", b"<", b",", b"}", b"{", b"\n"])
    return bytes(b for b in raw if b != mark[0] or draw.random() < 0.7)


def _nested(raw: bytes, draw: random.Random, _: list[bytes]) -> bytes:
    depth = draw.choice((200, 5_000, 100_000))
    at = draw.randrange(len(raw))
    opening, closing = draw.choice(((b"<div>", b"</div>"), (b"[", b"]"), (b'{"a":', b"}"), (b"(", b")")))
    return raw[:at] + opening * depth + closing * depth + raw[at:]


TEXT: Mapping[str, Mutator] = {
    "huge numbers": _huge_numbers, "odd dates": _odd_dates, "other encoding": _other_encoding,
    "odd characters": _odd_characters, "shuffled lines": _shuffle_lines, "many lines": _many_lines,
    "one line": _one_line, "lost marks": _lost_marks, "nested": _nested,
}  # fmt: skip
_TEXTUAL = {".vtt", ".srt", ".json", ".jsonl", ".csv", ".xml", ".html", ".htm", ".txt"}


def mutants(count: int, world: Path = WORLD) -> Iterator[Mutant]:
    """`count` seeded mutants, the good files and what is done to them taken in turn."""
    good = originals(world)
    names, every = sorted(good), list(good.values())
    for number in range(count):
        draw = random.Random(f"{SEED}:{number}")  # noqa: S311 - to repeat, not to keep secrets
        name = names[number % len(names)]
        suffix = Path(name).suffix
        known = dict(ANY) | (dict(TEXT) if suffix in _TEXTUAL else {})
        mutation = sorted(known)[(number // len(names) * 7 + draw.randrange(3)) % len(known)]
        raw = known[mutation](good[name], draw, every)[:MAX_MUTANT]
        if raw == good[name]:
            raw += draw.randbytes(3)
        yield Mutant(f"{number:03d}/{name}", raw, suffix[1:], mutation)
