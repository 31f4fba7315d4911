"""Which parser reads an input: by what its bytes are, and by its name only where bytes leave a choice."""

from __future__ import annotations

import ast
import io
import json
import re
import struct
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import PurePosixPath

from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.text import decode
from smalti.ingest.parse.transcript import is_transcript
from smalti.platform.errors import Empty, Malformed, TooLarge, Unsupported
from smalti.platform.records import SourceKind

_HOME = "smalti.ingest.parse"
_SNIFFED = 262_144  # bytes looked at as text

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image"),
    (0, b"\xff\xd8\xff", "image"),
    (0, b"GIF8", "image"),
    (8, b"WEBP", "image"),
    (6, b"\0\0\0\0", "image"),  # BMP, if it begins with BM: these four are reserved
    (0, b"II*\0", "image"),
    (0, b"MM\0*", "image"),
    (0, b"ID3", "audio"),
    (8, b"WAVE", "audio"),
    (0, b"fLaC", "audio"),
    (0, b"OggS", "audio"),
    (4, b"ftypM4A", "audio"),
    (4, b"ftyp", "video"),
    (4, b"moov", "video"),
    (0, b"\x1aE\xdf\xa3", "video"),  # WebM, Matroska
)
_BEGINS = {b"WAVE": b"RIFF", b"WEBP": b"RIFF", b"\0\0\0\0": b"BM"}  # and so must the file
_KNOWN_BINARY: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "an SQLite file"),
)
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))
_BINARY_NAMES = {
    ".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff",
    ".mp3", ".wav", ".flac", ".ogg", ".m4a", ".mp4", ".mov", ".webm", ".mkv",
    ".docx", ".xlsx", ".pptx", ".zip",
}  # fmt: skip
_HTML_NAMES = {".html", ".htm", ".xhtml"}
_MARKED_NAMES = {".xml", ".rss", ".atom", ".json", ".jsonl", ".ndjson"}
_PLAIN_NAMES = {".txt", ".text", ".md"}
_EDGAR = re.compile(r"<ix:|<SEC-DOCUMENT>|<DOCUMENT>\s*<TYPE>|xbrl\.sec\.gov|xmlns:(?:xbrli|ix)=", re.I)
_FORM = re.compile(r"\bform\s+(?:8-K|10-K|10-Q|20-F|6-K|40-F|DEF\s*14A)\b", re.I)
_COMMISSION = re.compile(r"commission\s+file\s+n|\(exact\s+name\s+of\s+registrant", re.I)
_XML_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|(?:\w+:)?urlset)[\s>]", re.I)
_ONE_POST = re.compile(r'\{[^\n]*"(?:full_text|text|body)"\s*:')  # broken, but meant as a post a line
_POSTS = re.compile(r'\[\s*\{[^{}]{0,4000}"(?:full_text|text|body)"\s*:')  # an array of posts
_POST_KEYS = {"text", "full_text", "body"}


def choose(raw: bytes, request: Request) -> str:
    """The dotted `module:function` of the parser for an input.

    Args:
        raw: the input's bytes; its first 256 KiB suffice for all but ZIP archives, whose directory of
            sizes is at the end (cut off, they are refused all the same, as `Unsupported`).
        request: its `name` breaks ties; `kind` tells a filing's HTML from a news page without marks.

    Raises:
        Empty: no bytes, or nothing but spaces.
        Malformed: text in a file named as a picture, recording or PDF; JSON nested too deep.
        TooLarge: an archive that declares it inflates beyond `limits.max_inflated_ratio`.
        Unsupported: anything else smalti does not read, by what it is.
    """
    if not raw.strip(b"\0 \t\r\n"):
        raise Empty("no bytes in it" if not raw else "blank", subject=request.name, mend="fetch it again")
    head = raw[:_SNIFFED]
    return f"{_HOME}.{_binary(raw, request) or _transcribed(head, request) or _textual(head, request)}:parse"


@cache
def version(parser: str) -> tuple[str, str]:
    """`PARSER` and `VERSION` of the module in `module:function`, read from its source, not imported."""
    module = parser.partition(":")[0]
    spec = find_spec(module)
    source = spec.loader.get_source(module) if spec and spec.loader else None  # type: ignore[attr-defined]
    found: dict[str, str] = {}
    for node in ast.parse(source or "").body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
            found[target.id] = value.value
    return found["PARSER"], found["VERSION"]


def _binary(raw: bytes, request: Request) -> str | None:
    """The parser for a binary format; None for text."""
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"PK\x05\x06"):
        _refuse_archive(raw, request)
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    for offset, magic, parser in _MAGIC:
        if raw.startswith(magic, offset) and raw.startswith(_BEGINS.get(magic, b"")):
            return parser
    if len(raw) > 1 and raw[0] == 0xFF and raw[1] & 0xE0 == 0xE0 and not raw.startswith(b"\xff\xfe"):
        return "audio"  # an MPEG frame without an ID3 tag
    for magic, what in _KNOWN_BINARY:
        if raw.startswith(magic):
            raise Unsupported(what, subject=request.name, mend="unpack it, or save it as PDF, HTML or text")
    if _is_text(raw[:_SNIFFED]):
        return None
    if PurePosixPath(request.name).suffix.lower() in _BINARY_NAMES:
        suffix = PurePosixPath(request.name).suffix
        raise Malformed(f"not the {suffix} its name says", subject=request.name, mend="fetch it again")
    raise Unsupported("binary data of no known format", subject=request.name, mend="remove it or convert it")


def _refuse_archive(raw: bytes, request: Request) -> None:
    if raw.count(b"PK\x01\x02") > 10_000:  # more entries than are worth listing
        raise Unsupported("a ZIP archive of many files", subject=request.name, mend="unpack it")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            inflated = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, struct.error):
        raise Unsupported("a ZIP archive", subject=request.name, mend="unpack it") from None
    ratio = inflated / len(raw)
    if ratio > request.limits.max_inflated_ratio:
        raise TooLarge(
            f"an archive that inflates {ratio:.0f}-fold",
            subject=request.name,
            mend="it may be a bomb: remove it",
        )
    office = any(name.startswith(("word/", "xl/", "ppt/")) for name in names)
    what, mend = ("an Office file", "save it as PDF") if office else ("a ZIP archive", "unpack it")
    raise Unsupported(what, subject=request.name, mend=mend)


def _is_text(head: bytes) -> bool:
    """Marked as UTF-16 or 32, or hardly any control characters; a tenth of a binary file's bytes are."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
        return True
    start = head[:64]
    if len(start) // 3 < start.count(0) < len(start) * 2 // 3:
        return _is_text(head.replace(b"\0", b""))  # UTF-16 without a mark
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls <= min(4, len(head) // 16) + len(head) // 200


def _transcribed(head: bytes, request: Request) -> str | None:
    text = decode(head, declared=True)
    return "transcript" if is_transcript(text, call=request.kind is SourceKind.CALL) else None


def _textual(head: bytes, request: Request) -> str:
    suffix = PurePosixPath(request.name).suffix.lower()
    if suffix in _BINARY_NAMES:
        raise Malformed(
            f"text in a file named {suffix}", subject=request.name, mend="rename or fetch it again"
        )
    text = decode(head, declared=True).lstrip("\ufeff \t\r\n\0")
    if text[:1] in ("{", "["):
        return _json(text, request)
    if text.startswith("<"):
        return _markup(text, request)
    if table := _table(text):
        return table
    if _holds_post(text):  # a bad first line before good ones
        return "posts"
    if suffix in _HTML_NAMES and "<" in text:
        return _markup(text, request)
    if suffix in _PLAIN_NAMES:
        return "plain"
    if suffix == ".csv":
        mend = "name columns Date and Close for prices, guid and text for posts"
        raise Unsupported("a table of unknown columns", subject=request.name, mend=mend)
    if suffix in _MARKED_NAMES | _HTML_NAMES:
        raise Malformed(f"not the {suffix} its name says", subject=request.name, mend="fetch it again")
    raise Unsupported("text of no known kind", subject=request.name, mend="name plain text .txt")


def _json(text: str, request: Request) -> str:
    if re.search(r'"facts"\s*:\s*\{', text) and re.search(r'"cik"\s*:', text):
        return "xbrl_facts"
    if _holds_post(text) or _ONE_POST.match(text) or _POSTS.match(text):
        return "posts"
    if re.search(r'"kind"\s*:\s*"Listing"|"items"\s*:\s*\[|jsonfeed\.org/version', text[:20_000]):
        return "feed"
    if re.match(r"(?:\s*[\[{]){64}", text) or re.match(r'(?:\s*[\[{]\s*(?:"\w*"\s*:)?){64}', text):
        raise Malformed("its JSON is nested too deep", subject=request.name, mend="flatten it")
    mend = "smalti reads JSON Feed, listings, posts a line, and company facts"
    raise Unsupported("JSON of no known kind", subject=request.name, mend=mend)


def _holds_post(text: str) -> bool:
    """Whether one of the first lines is a JSON object with a post's text."""
    for line in text.replace("\0", "").split("\n", 40)[:40]:
        if not line.startswith("{") or len(line) > 1_000_000:
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict) and _POST_KEYS & row.keys():
            return True
    return False


def _markup(text: str, request: Request) -> str:
    start = text[:8192]
    feed, page = _XML_FEED.search(start), re.search(r"<(?:!doctype\s+html|html|body|head)\b", start, re.I)
    if feed and (not page or feed.start() < page.start()):
        return "feed"
    words = re.sub(r"<[^<>]*>|&nbsp;|&#160;|&#xa0;", " ", text)
    if _EDGAR.search(text) or (_FORM.search(words) and _COMMISSION.search(words)):
        return "edgar_html"
    if page or re.search(r"<(?:p|div|table|article|meta|title)\b", text, re.I):
        return "edgar_html" if request.kind is SourceKind.FILING else "news"
    if start.startswith("<?xml") and PurePosixPath(request.name).suffix.lower() in (".xml", ".rss", ".atom"):
        return "feed"  # which says what is wrong with it
    raise Unsupported("markup of no known kind", subject=request.name, mend="smalti reads HTML and feeds")


def _table(text: str) -> str | None:
    first = text.split("\n", 1)[0].lower().replace('"', "")
    columns = {name.strip() for name in first.split(",")}
    if {"date", "close"} <= columns:
        return "prices"
    return "posts" if {"guid", "text"} <= columns else None
