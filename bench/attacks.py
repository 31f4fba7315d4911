"""Hostile files that each carry one known attack: bombs, loops, lies about sizes, floods of parts.

Small to write down, large or endless to whoever believes them.
"""
# ruff: noqa: E501 - an attack a line

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mutants import EXTREMES, INLINE


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, *chunks: bytes) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + _chunk(b"IEND", b"")


def _zip(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return out.getvalue()


def _pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(body))
    return body + head + table + tail


def _stream(content: bytes, extra: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), extra, packed)


def _page_pdf(content: bytes, box: bytes = b"0 0 612 792", page: bytes = b"") -> bytes:
    font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s %s >>" % (box, font, page),
        _stream(content),
    )


def _wav_head(size: int, rate: int = 16_000, channels: int = 1, bits: int = 16) -> bytes:
    wide = channels * bits // 8
    form = struct.pack("<HHIIHH", 1, channels, rate, (rate * wide) & 0xFFFFFFFF, wide & 0xFFFF, bits)
    head = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", size)
    return b"RIFF" + struct.pack("<I", 0xFFFFFFFF) + head


def _json_feed(**item: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).encode()


def constructions() -> dict[str, bytes]:
    """Files that each carry one known attack, by name."""
    words = b"(Marble Heron reports) Tj 0 -12 Td "
    post = b'{"text": "Orders rose", "created_at": "2026-01-05T10:00:00Z", %s}\n'
    lol = b"".join(b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10) for i in range(1, 10))
    bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "lol">' + lol
    rss = b"<rss version='2.0'><channel><title>t</title>%s</channel></rss>"
    item = b"<item><title>Orders %d</title><guid>%d</guid><description>Orders rose</description></item>"
    marks = b"<html><body><p>FORM 10-K</p><p>Commission file number 1</p>"
    row = marks + b"<table>%s</table>"
    facts = b'{"cik": 1, "entityName": "X", "facts": {"us-gaap": {"Revenues": {"label": "R", "units": {"USD": [%s]}}}}}'
    fact = b'{"end": "2025-12-31", "val": %s, "accn": "1", "fy": 2025, "fp": "FY", "form": "10-K", "filed": "2026-01-01"}'
    blank = _chunk(b"IDAT", zlib.compress(b"\0" * 60_000_000, 9))
    many = b"Date,Close\n" + b"2026-01-05,1\n" * 150_000
    return {
        "huge-header.png": _png(2**31 - 1, 2**31 - 1, _chunk(b"IDAT", b"x")),
        "bomb.png": _png(20_000, 20_000, blank),
        "thin.png": _png(1, 90_000_000, _chunk(b"IDAT", zlib.compress(b"\0" * 4_000_000, 9))),
        "text-bomb.png": _png(8, 8, _chunk(b"zTXt", b"k\0\0" + zlib.compress(b"a" * 80_000_000, 9)),
                              _chunk(b"IDAT", zlib.compress(b"\0" * 25 * 8))),
        "profile-bomb.png": _png(8, 8, _chunk(b"iCCP", b"k\0\0" + zlib.compress(b"a" * 80_000_000, 9)),
                                 _chunk(b"IDAT", zlib.compress(b"\0" * 25 * 8))),
        "huge.gif": b"GIF89a\xff\xff\xff\xff\xf0\0\0" + b"\0\0\0\xff\xff\xff" + b",\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;",
        "huge.bmp": b"BM" + struct.pack("<IHHIIiiHHIIiiII", 100, 0, 0, 54, 40, 2**30, -(2**30), 1, 24, 0, 0, 0, 0, 0, 0),
        "huge.tiff": b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHII", 256, 4, 1, 2**31) + struct.pack("<HHII", 257, 4, 1, 2**31) + b"\0\0\0\0",
        "loop.tiff": b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", 256, 4, 1, 9) + b"\x08\0\0\0",
        "huge.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01\xff\xd9",
        "huge.webp": b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff",
        "bomb.zip": _zip({"zeros": b"\0" * 60_000_000}),
        "nested.zip": _zip({"inner.zip": _zip({"inner.zip": _zip({"zeros": b"\0" * 1_000_000})})}),
        "climbing.zip": _zip({"../../etc/passwd": b"root"}),
        "report.docx": _zip({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}),
        "page.html.gz": gzip.compress(b"\0" * 20_000_000),
        "gzip.html": gzip.compress(b"<html><body>" + b"a" * 5_000_000),
        "stream-bomb.pdf": _page_pdf(b" " * 200_000_000),
        "text-flood.pdf": _page_pdf(b"BT /F1 9 Tf 20 700 Td " + words * 60_000 + b"ET"),
        "lines-flood.pdf": _page_pdf(b"".join(b"%d %d m %d %d l S " % (i % 600, i % 790, (i * 7) % 600, (i * 3) % 790) for i in range(60_000))),
        "boxes-flood.pdf": _page_pdf(b"".join(b"%d %d 40 9 re f " % (i % 600, (i * 13) % 790) for i in range(40_000))),
        "grid-flood.pdf": _page_pdf(b"".join(b"0 %d 600 .5 re f %d 0 .5 790 re f " % (i, i) for i in range(600)) + b"BT /F1 2 Tf 3 780 Td " + b"(7) Tj 3 -2 Td " * 5000 + b"ET"),
        "huge-page.pdf": _page_pdf(b"BT /F1 12 Tf 72 700 Td (Hello) Tj ET", b"0 0 1e9 1e9"),
        "nan-page.pdf": _page_pdf(b"BT /F1 12 Tf nan inf Td (Hello) Tj ET", b"0 0 nan inf"),
        "tiny-page.pdf": _page_pdf(b"BT /F1 12 Tf 0 0 Td (Hello) Tj ET", b"0 0 0 0"),
        "turned-page.pdf": _page_pdf(b"BT /F1 12 Tf 72 700 Td (Hello) Tj ET", page=b"/Rotate 45"),
        "form-loop.pdf": _page_pdf(b"/X Do", page=b"/XObject << /X 4 0 R >>"),
        "kids-loop.pdf": _pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>"),
        "count-lie.pdf": _pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 2000000000 >>"),
        "prev-loop.pdf": _pdf(b"<< /Type /Catalog >>", trailer=b"/Root 1 0 R /Prev 9"),
        "deep-array.pdf": _pdf(b"[" * 100_000 + b"]" * 100_000),
        "script.pdf": _pdf(b"<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert(1)) >> /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
        "laughs.xml": bomb + b"]><rss><channel><title>&l9;</title></channel></rss>",
        "laughs.html": bomb + b"]><html><body><p>&l9;</p></body></html>",
        "outside.xml": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
        "quadratic.xml": b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "' + b"a" * 50_000 + b'">]><rss><channel><title>' + b"&a;" * 50_000 + b"</title></channel></rss>",
        "deep.xml": b"<rss><channel>" + b"<a>" * 200_000,
        "items.xml": rss % b"".join(item % (i, i) for i in range(30_000)),
        "same-items.xml": rss % (item % (1, 1) * 20_000),
        "odd-feed.json": _json_feed(id={"a": 1}, title=["x"], content_text=7, date_published=1e400, url=[]),
        "deep-feed.json": b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 100_000,
        "deep.json": b"[" * 1_000_000,
        "deep.jsonl": post % (b'"user": ' + b'{"user": ' * 20_000 + b"1" + b"}" * 20_000),
        "long-int.jsonl": post % (b'"id": ' + b"9" * 20_000) + post % b'"followers": 1e999',
        "long-text.jsonl": post.replace(b"Orders rose", b"$ABC " * 150_000) % b'"id": 1',
        "dollar-flood.jsonl": post.replace(b"Orders rose", b"$" * 900_000) % b'"id": 1',
        "odd-types.jsonl": b"".join(post % (b'"user": %s, "image": %s, "id": %s' % (v, v, v)) for v in (b"null", b"[]", b"{}", b"true", b"-1", b'"\\ud800"', b'"../../x.png"', b'"\\u0000"')),
        "quote.csv": b'guid,text\n1,"' + b"never closed " * 100_000,
        "wide.csv": b"Date,Close," + b"a," * 100_000 + b"\n" + b"2026-01-05,1," + b"1," * 100_000,
        "SAME.csv": many,
        "INF.csv": b"Date,Open,High,Low,Close,Adj Close,Volume\n" + b"".join(b"2026-01-%02d,%s,1,1,%s,1,1\n" % (i + 1, v, v) for i, v in enumerate(EXTREMES)),
        "colspan.htm": row % b"<tr><td colspan='999999999' rowspan='999999999'>1</td><td>2</td></tr>",
        "news-cells.html": b"<html><body><article><table><tr>" + b"<td>1</td>" * 40_000 + b"</tr></table>" + b"Orders rose. " * 50,
        "news-rows.html": b"<html><body><article><table>" + b"<tr><td>Orders</td><td>1</td></tr>" * 9_000 + b"</table>" + b"Orders rose. " * 50,
        "paragraphs.htm": marks + b"<p>Item 1A. Risk Factors</p><p>We may not be paid.</p>" * 20_000,
        "headings.htm": marks + b"<p><b>Item 7.</b></p>" * 30_000,
        "cells.htm": row % (b"<tr>" + b"<td>1</td>" * 40_000 + b"</tr>"),
        "rows.htm": row % (b"<tr><td>Revenue</td><td>1</td></tr>" * 20_000),
        "tables.htm": marks
        + (b"<p>(in millions)</p><table><tr><td>Revenue</td><td>2025</td></tr></table>" * 8_000) + row % b"",
        "nested-tables.htm": marks + b"<table><tr><td>" * 3_000,
        "deep.html": b"<html><body><article>" + b"<div>" * 90_000 + b"Orders rose.",
        "tags.html": b"<html><body>" + b"<p" * 400_000,
        "open-angle.html": b"<html><body><p>" + b"<" * 2_000_000,
        "spaces.html": b"<html><body><p>a" + b" " * 3_000_000 + b"b</p></body></html>",
        "nbsp.txt": ("\u00a0" * 500_000 + "word " * 20).encode(),
        "newlines.txt": b"\n \n" * 500_000 + b"word",
        "long-word.txt": b"w" * 3_000_000,
        "stops.txt": b".)" * 1_000_000,
        "scale.htm": INLINE.replace('scale="6"', 'scale="999999999"').encode(),
        "digits.htm": INLINE.replace("1,234", "9" * 100_000).encode(),
        "no-context.htm": INLINE.replace('contextRef="c1"', 'contextRef="zz"').encode(),
        "contexts.htm": INLINE.replace("<ix:resources>", "<ix:resources>" + '<xbrli:context id="c"/>' * 20_000).encode(),
        "nested-ix.htm": INLINE.replace("1,234", "<ix:nonFraction>" * 3_000 + "1").encode(),
        "nan_companyfacts.json": facts % (fact % b"NaN"),
        "inf_companyfacts.json": facts % (fact % b"1e999"),
        "odd_companyfacts.json": facts % b",".join(fact % v for v in (b"null", b'"1"', b"[]", b"true", b"{}")),
        "odd-dates_companyfacts.json": facts % (fact % b"1").replace(b"2025-12-31", b"0000-99-99"),
        "long_companyfacts.json": facts % b",".join([fact % b"1"] * 20_000),
        "null_companyfacts.json": b'{"cik": null, "entityName": 5, "facts": {"us-gaap": null, "dei": []}}',
        "half_companyfacts.json": (facts % (fact % b"1")).replace(b'"X"', b'"\\ud800\\u0000X"').replace(b'"R"', b'"\\udfff"').replace(b'"10-K"', b'"\\ud800"'),
        "half-feed.json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "\ud800", "language": "\ud800", "items": [{"id": "\ud800", "url": "https://a.example/\ud800", "title": "\ud800 a", "content_text": "b\ud800\u0000", "authors": [{"name": "\ud800"}], "tags": ["\ud800"], "image": "https://a.example/\ud800.png"}]}).encode(),
        "half.jsonl": json.dumps({"text": "\ud800 $ABC rose", "id": "\ud800", "user": {"screen_name": "\ud800", "followers_count": 1}, "image": "\ud800.png", "url": "https://a.example/\ud800", "lang": "\ud800", "reblog_of": "\ud800"}).encode(),
        "half.htm": INLINE.replace("Revenue<", "Revenue&#xD800;&#0;<").replace("0000012345<", "&#xD800;<").encode(),
        "half.html": b'<html lang="&#xD800;"><head><meta name="author" content="&#xDFFF;"><title>&#xD800;</title></head><body><article><p>' + b"Orders rose &#xD800; &#0; by a tenth, it said on Monday in a statement. " * 9 + b"</p></article></body></html>",
        "half.xml": rss % (b"<item><title>&#xD800;</title><guid>1</guid><description>a</description></item>" + item % (2, 2)),
        "half.pdf": _page_pdf(b"BT /F1 12 Tf 72 700 Td (\330\000\000Revenue 5) Tj ET").replace(b"/Root 1 0 R", b"/Root 1 0 R /Info << /Title <FEFFD800> >>"),
        "long.wav": _wav_head(0xFFFFFFF0) + b"\1\2" * 2000,
        "rate-zero.wav": _wav_head(4000, rate=0) + b"\1\2" * 2000,
        "rate-huge.wav": _wav_head(4000, rate=0xFFFFFFFF) + b"\1\2" * 2000,
        "channels.wav": _wav_head(4000, channels=65535) + b"\1\2" * 2000,
        "bits.wav": _wav_head(4000, bits=65535) + b"\1\2" * 2000,
        "nan.wav": b"RIFF\xff\xff\0\0WAVEfmt \x10\0\0\0\x03\0\x01\0\x80>\0\0\0\xfa\0\0\x04\0\x20\0data\x40\x1f\0\0" + b"\0\0\xc0\x7f" * 2000,
        "silence.wav": _wav_head(60_000) + b"\0" * 60_000,
        "tag.mp3": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 5000,
        "frames.mp3": b"\xff\xfb\x90\x64" * 5000,
        "pages.ogg": (b"OggS\0\x02" + b"\0" * 20 + b"\x01\x1e\x01vorbis" + b"\xff" * 23) * 500,
        "empty.flac": b"fLaC\0\0\0\x22" + b"\xff" * 34,
        "atoms.m4a": b"\0\0\0\x20ftypM4A " + b"\0" * 16 + b"\0\0\0\x01moov" + b"\xff" * 8 + b"\0\0\0\x10stco" + b"\xff" * 8,
        "loop.mp4": b"\0\0\0\x18ftypisom" + b"\0" * 12 + b"\0\0\0\0moov" * 2000,
        "nothing.pdf": b"",
        "blank.txt": b" \n\t\0" * 10,
        "pdf.png": b"%PDF-1.4\n",
        "words.mp3": b"these are words, not sound",
    }  # fmt: skip


def pictures() -> dict[str, bytes]:
    """Pictures that decode well and are hard on whoever looks for words, charts and forgery in them."""
    draw = np.random.default_rng(7)
    across, down = 1200, 900
    place = np.indices((down, across))
    grey: dict[str, NDArray[Any]] = {
        "flat": np.full((down, across), 255),
        "column": draw.integers(0, 256, (1600, 1)),
        "row": draw.integers(0, 256, (1, 1600)),
        "dots": draw.integers(0, 2, (down, across)) * 255,
        "checkers": place.sum(0) // 3 % 2 * 255,
        "stripes": place[1] // 8 % 2 * 255,
        "ramp": place[1] * 255 // across,
    }
    colour = {name: np.repeat(one[..., None], 3, 2) for name, one in grey.items()}
    colour["noise"] = draw.integers(0, 256, (down, across, 3))
    blocks = np.full((down, across, 3), 255)
    for y, x in zip(draw.integers(0, down - 6, 3000), draw.integers(0, across - 6, 3000), strict=True):
        blocks[y : y + 6, x : x + 6] = draw.integers(0, 255, 3)
    colour["blocks"] = blocks
    bars = np.full((down, across, 3), 255)
    for x in range(0, across, 4):
        bars[down - 50 - int(draw.integers(1, 800)) : down - 50, x : x + 3] = (0, 90, 200)
    colour["bars"] = bars
    turn = (np.arctan2(place[0] - 450, place[1] - 600) / np.pi * 90).astype(int)
    wedges = np.stack([turn * 37 % 256, turn * 91 % 256, turn * 53 % 256], 2)
    wedges[np.hypot(place[0] - 450, place[1] - 600) > 400] = 255
    colour["wedges"] = wedges
    walks = np.full((down, across, 3), 255)
    for i in range(60):
        at = np.clip(np.cumsum(draw.normal(0, 6, across)) + 450, 0, down - 4).astype(int)
        for thick in range(3):
            walks[at + thick, np.arange(across)] = (i * 4 % 256, i * 9 % 256, i * 31 % 256)
    colour["walks"] = walks
    figures = Image.new("RGB", (across, down), "white")
    pen = ImageDraw.Draw(figures)
    for y in range(0, down, 6):
        for x in range(0, across, 52):
            pen.text((x, y), str(draw.integers(0, 99_999)), fill="black")
    colour["figures"] = np.asarray(figures)
    axis = Image.new("RGB", (900, 600), "white")
    pen = ImageDraw.Draw(axis)
    for i, label in enumerate(
        ("0", "0", "0", "1e9", "-5%", "$$$", "(", "9" * 20, "0.0000001", "NaN", "1,2,3")
    ):
        pen.text((10, 20 + i * 45), label, fill="black", font_size=24)
    pen.rectangle((200, 100, 260, 560), fill="blue")
    pen.rectangle((400, 0, 460, 560), fill="red")
    colour["axis"] = np.asarray(axis)
    made: dict[str, bytes] = {}
    for name, pixels in colour.items():
        out = io.BytesIO()
        Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG", compress_level=1)
        made[f"{name}.png"] = out.getvalue()
    return made


def call_pieces(good: Mapping[str, bytes]) -> dict[str, bytes]:
    """A call in pieces of which some are broken."""
    whole = good["speech.mp3"]
    return {
        "Audio/Chief_1_1.mp3": whole,
        "Audio/Chief_1_2.mp3": whole[: len(whole) // 2],
        "Audio/Chief_2_1.mp3": b"not sound",
        "Audio/Chief_2_2.mp3": b"",
    }


# --- what people say of files ---------------------------------------------------------------------------


def sidecars() -> dict[str, bytes]:
    """Hostile sidecars, each to lie beside a good file."""
    return {
        "deep": b"[" * 60_000, "list": b"[]", "number": b"1", "text": b"not json", "empty": b"",
        "large": b'{"issuer": "' + b"a" * 100_000 + b'"}', "kinds": b'{"kind": "exclude"}',
        "kind": b'{"kind": "secret"}', "date": b'{"available_at": "0001-01-01T00:00:00+23:59"}',
        "nan": b'{"available_at": NaN}', "long-int": b'{"issuer": ' + b"9" * 10_000 + b"}",
        "half": b'{"issuer": "\\ud800"}', "nul": b'{"issuer": "a\\u0000b", "url": "javascript:alert(1)"}',
        "latin": '{"issuer": "Müller"}'.encode("latin-1"), "utf16": '{"issuer": "A"}'.encode("utf-16"),
        "twice": b'{"issuer": "A", "issuer": "B"}', "good": b'{"issuer": "Marble Heron Instruments"}',
    }  # fmt: skip


def manifests() -> dict[str, bytes]:
    """Hostile manifests, each for a folder of its own."""
    head = b"path,issuer,kind,available_at,source_of_date\n"
    return {
        "empty": b"", "header": head, "no-path": b"issuer,kind\nA,news\n", "unknown": b"path,password\na,b\n",
        "twice": b"path,path\na,b\n", "latin": head + "note.txt,Müller,,,\n".encode("latin-1"),
        "utf16": (head + b"note.txt,A,,,\n").decode().encode("utf-16"), "nul": head + b"note\0.txt,A,,,\n",
        "binary": bytes(range(256)) * 16, "quote": head + b'"note.txt,A,,,\n' * 50,
        "climb": head + b"../../etc/passwd,A,,,\n", "root": head + b"/etc/passwd,A,,,\n",
        "patterns": head + b"".join(b"*%d*,A,,,\n" % i for i in range(1_200)),
        "stars": head + (b"**/" * 400 + b"x,A,exclude,,\n") * 20, "brackets": head + b"[" * 5_000 + b",A,,,\n",
        "exclude-all": head + b"**,,exclude,,\n", "kind": head + b"note.txt,A,secret,,\n",
        "date": head + b"note.txt,A,news,0001-01-01T00:00:00+23:59,\n", "future": head + b"note.txt,A,news,2199-12-31,\n",
        "shifted": head + b"note.txt,A,news,2026-01-01,page,extra,cells\n", "wide": head + b"note.txt," + b"a" * 50_000 + b",,,\n",
        "same": head + b"note.txt,A,,,\n" * 1_000, "rows": head + b"".join(b"f%d.txt,A,,,\n" % i for i in range(50_000)),
        "cr": (head + b"note.txt,A,,,\n").replace(b"\n", b"\r"), "bidi": head + "note.txt,A\u202eB,news,,\n".encode(),
        "folder": head + b".,A,news,2026-01-01,\n", "itself": head + b"manifest.csv,A,exclude,,\n",
        "large": head + b"x" * 16_500_000, "field": head + b"note.txt," + b"a" * 200_000 + b",,,\n",
    }  # fmt: skip
