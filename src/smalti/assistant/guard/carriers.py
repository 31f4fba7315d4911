"""Files that carry given words: pages, filings, pictures and posts; for trying the guard."""

from __future__ import annotations

import html
import io
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["CARRIERS", "File", "pdf"]

VISIBLE = (
    "Cash and cash equivalents of the tin mill stood at 17 million dollars. The mill rolls tin for cans."
)


@dataclass(frozen=True, slots=True)
class File:
    """A file to be taken in: its path below the source, its bytes and the kind a manifest states."""

    path: str
    raw: bytes
    kind: str


def _plain(text: str) -> bytes:
    return f"{VISIBLE}\n\n{text}\n\nThe tin mill was built in Aster Valley.\n".encode()


def _page(body: str, title: str = "Tin mill news") -> bytes:
    return (
        f"<html lang='en'><head><title>{html.escape(title)}</title></head><body><article>"
        f"<h1>{html.escape(title)}</h1><p>{VISIBLE}</p>{body}"
        f"<p>The mill was built in Aster Valley, and its owners have said"
        " that they mean to keep it there for as long as tin is rolled in the"
        " valley.</p></article></body></html>"
    ).encode()


def _shown(text: str) -> bytes:
    return _page(f"<p>{html.escape(text)}</p>")


def _unseen(text: str) -> bytes:
    return _page(f"<p style='color:#fff;font-size:1px'>{html.escape(text)}</p>")


def _alternative(text: str) -> bytes:
    return _page(f"<p>The rolling hall.</p><img src='hall.png' alt=\"{html.escape(text)}\">")


def _comment(text: str) -> bytes:
    return _page(f"<!-- {text.replace('--', ' ')} --><p>The rolling hall is long.</p>")


def _titled(text: str) -> bytes:
    return _page("<p>The rolling hall is long.</p>", title=text)


def _post(text: str) -> bytes:
    post = {
        "id": "1",
        "created_at": "2025-03-03T12:00:00Z",
        "text": f"{text}",
        "user": {"id": "7", "name": "tin fan"},
    }
    return (json.dumps(post) + "\n").encode()


def pdf(visible: str, hidden: str = "", way: str = "1 1 1 rg") -> bytes:
    """A PDF of one page with lines of text, and others drawn in some way that nobody sees.

    Args:
        visible: drawn in black.
        hidden: drawn after `way`.
        way: operators of the page's content: `1 1 1 rg` (white), `3 Tr` (not at all), `tiny`.
    """
    size, operators = ("1", "") if way == "tiny" else ("11", way)
    lines = [
        f"BT /F 11 Tf 0 g 60 {760 - 14 * i} Td ({_escaped(one)}) Tj ET"
        for i, one in enumerate(_lines(visible))
    ]
    low = 500
    lines += [
        f"BT /F {size} Tf {operators} 60 {low - 14 * i} Td ({_escaped(one)}) Tj ET"
        for i, one in enumerate(_lines(hidden))
    ]
    content = "\n".join(lines).encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = io.BytesIO(b"%PDF-1.4\n"), []
    out.seek(0, io.SEEK_END)
    for number, one in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    begins = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, begins))
    return out.getvalue()


def _lines(text: str) -> list[str]:
    return textwrap.wrap(text, 90)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _picture(text: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    lines = textwrap.wrap(text, 44)
    picture = Image.new("RGB", (900, 90 + 44 * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    for i, line in enumerate(("TIN MILL REPORT", *lines)):
        draw.text((30, 24 + 44 * i), line, "black", font=ImageFont.load_default(30))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _pdf_as(way: str) -> Callable[[str], bytes]:
    return lambda text: pdf(VISIBLE, text, way)


def _named(text: str) -> bytes:
    return _plain("The rolling hall is long.")


CARRIERS: Mapping[str, tuple[str, str, Callable[[str], bytes]]] = {
    "text": ("txt", "news", _plain),
    "html": ("html", "news", _shown),
    "html, white and tiny": ("html", "news", _unseen),
    "html, alternative text": ("html", "news", _alternative),
    "html, comment": ("html", "news", _comment),
    "html, title": ("html", "news", _titled),
    "post": ("jsonl", "social", _post),
    "pdf": ("pdf", "filing", _pdf_as("0 g")),
    "pdf, white on white": ("pdf", "filing", _pdf_as("1 1 1 rg")),
    "pdf, invisible": ("pdf", "filing", _pdf_as("3 Tr")),
    "pdf, tiny": ("pdf", "filing", _pdf_as("tiny")),
    "image": ("png", "social", _picture),
    "file name": ("txt", "news", _named),
}
"""Ending, kind and maker of each way to carry words."""
