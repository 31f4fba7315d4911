"""Bytes to clean text, clean text to paragraphs: what every text parser begins and ends with.

The plain text of a document is its pieces' texts joined by a blank line; `Locator.chars` counts in it.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree
from lxml import html as lxml_html

from smalti.ingest.parse.contract import Piece
from smalti.platform.errors import Malformed
from smalti.platform.records import EvidenceKind, Json, Locator

MAX_PARAGRAPH = 2_000
"""Characters; a longer paragraph is cut at a sentence, since a citation must be short enough to check."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with the UTF-16 one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Controls, and the marks that reorder or hide text on screen (bidi overrides, zero-width characters).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# References to U+D800-U+DFFF, and in decimal to the neighbours that share their leading digits.
_HALF = re.compile(r"&#(?:[xX]0*([dD][89a-fA-F][0-9a-fA-F]{2})|0*(5[5-7]\d{3}));")
_HALVES = re.compile(f"(?:{_HALF.pattern})+")
_BLOCK = re.compile(
    r"</?(?:p|div|br|li|ul|ol|tr|table|h[1-6]|blockquote|section|article|header|footer|pre)\b", re.I
)
_TAG = re.compile(r"<[a-zA-Z/!?]")
_SILENT = ("script", "style", "template", "noscript", "iframe", "object", "svg")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([a-zA-Z0-9_.:-]{2,30})""", re.I)
_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’)]*\s")


def decode(raw: bytes, *, declared: bool = False) -> str:
    """Text by byte order mark, else UTF-8, else (if `declared`) what the markup says, else Windows-1252.

    Args:
        raw: the whole of a text file.
        declared: it is markup: look for `charset=` or `encoding=` in the first 4,096 bytes, and join
            characters written as two halves (`&#xD83D;&#xDE00;`), which parsers drop or stumble over.
    """
    text = _decode(raw, declared)
    return _HALVES.sub(_whole, text) if declared and "&#" in text else text


def _whole(found: re.Match[str]) -> str:
    """Characters for references to UTF-16 halves; a half without its other is U+FFFD."""
    units = (int(hexadecimal or "0", 16) or int(number) for hexadecimal, number in _HALF.findall(found[0]))
    return "".join(map(chr, units)).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _decode(raw: bytes, declared: bool) -> str:
    for mark, codec in _BOMS:
        if raw.startswith(mark):
            return raw.decode(codec, errors="replace")
    if raw[:64].count(0) >= min(len(raw), 64) // 4:  # UTF-16 without a mark: every other byte of Latin text
        return raw.decode("utf-16-le" if raw[1:2] == b"\0" else "utf-16-be", errors="replace")
    named = _declared_codec(raw) if declared else None
    for codec in filter(None, ("utf-8", named)):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw.decode(named or "cp1252", errors="replace")


def _declared_codec(raw: bytes) -> str | None:
    found = _CHARSET.search(raw[:4096])
    if not found:
        return None
    try:
        codec = codecs.lookup(found[1].decode("ascii"))
    except LookupError:
        return None
    return codec.name if getattr(codec, "_is_text_encoding", True) else None


def clean(text: str) -> str:
    """Text without control, hidden or half characters; spaces and line ends made plain."""
    text = _SURROGATE.sub("\ufffd", _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return re.sub(r"[^\S\n]+", " ", text).strip()


def from_markup(markup: str) -> str:
    """The words of an HTML fragment, one line a block; scripts, styles and every tag gone.

    Parsed by libxml2, which drops what is nested beyond a few hundred levels; a sanitiser that follows the
    browsers' rules needs time quadratic in the depth.
    """
    if not _TAG.search(markup):
        return clean(html.unescape(markup))
    flowed = _BLOCK.sub(lambda found: "\n" + found[0], " ".join(markup.split()))
    try:
        tree = lxml_html.fromstring(f"<div>{_SURROGATE.sub('', flowed)}</div>".encode(), parser=html_parser())
    except (etree.ParserError, ValueError):  # nothing but comments, or null characters
        return ""
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    lines = (line.strip() for line in clean(str(tree.text_content())).split("\n"))
    return "\n".join(line for line in lines if line)


def html_parser() -> lxml_html.HTMLParser:
    """A parser of untrusted HTML given as UTF-8: no network, no entities of its own, no comments."""
    return lxml_html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)


def blocks(text: str) -> list[str]:
    """Paragraphs of plain text: parted by blank lines if it has any, else by line ends."""
    parts = re.split(r"\n\s*\n", text)
    if len(parts) == 1:
        parts = text.split("\n")
    return [one for one in (" ".join(part.split()) for part in parts) if one]


def paragraphs(texts: Iterable[str], *, headline: str = "", payload: Json | None = None) -> list[Piece]:
    """One PARAGRAPH piece a text, with its character range in the document's plain text.

    Args:
        texts: clean paragraphs in reading order; one over `MAX_PARAGRAPH` becomes several pieces.
        headline: put first, with `{"role": "headline"}`; left out of `texts` where the page repeats it.
        payload: given to every other piece.
    """
    pieces: list[Piece] = []
    at = 0

    def add(text: str, what: Json) -> None:
        nonlocal at
        where = Locator(chars=(at, at + len(text)))
        pieces.append(Piece(EvidenceKind.PARAGRAPH, where, text, what))
        at += len(text) + 2

    if headline:
        add(headline, {"role": "headline"})
    for text in texts:
        if text == headline:
            continue
        for part in _cut(text):
            add(part, payload or {})
    return pieces


def _cut(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > MAX_PARAGRAPH:
        half, limit = start + MAX_PARAGRAPH // 2, start + MAX_PARAGRAPH
        ends = [found.end() for found in _SENTENCE_END.finditer(text, half, limit)]
        space = text.rfind(" ", half, limit)
        end = ends[-1] if ends else space if space > 0 else limit
        yield text[start:end].strip()
        start = end
    if rest := text[start:].strip():
        yield rest


def web_address(url: str | None) -> str | None:
    """The address if it is one a browser may open over the web, else None: never a script, a file or data."""
    url = clean(url or "")[:2000]
    try:
        parts = urlsplit(url)
    except ValueError:  # an unclosed IPv6 bracket
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def load_json(text: str, subject: str) -> Any:
    """JSON of an untrusted text.

    Raises:
        Malformed: not JSON, a number beyond reading, or nested beyond the stack.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise Malformed(
            "its JSON is nested too deep", subject=subject, mend="flatten it; smalti reads a few levels"
        ) from None
    except ValueError as bad:
        raise Malformed(f"not JSON: {bad}", subject=subject, mend="write one valid JSON value") from None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")
