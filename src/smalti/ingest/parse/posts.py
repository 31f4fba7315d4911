"""Social posts: JSON lines or arrays, and tables of posts (`guid,text`) whose pictures lie beside them.

Of a JSON post these are read: its words (`text`, `full_text` or `body`), `created_at` and `edited_at`, `id`
or `uri`, its author (`user` with `id`, `username`, `display_name`, `followers_count`; or `user_id`),
`followers`, `likes`, `reposts`, `replies`, `language`, `url`, `repost_of` with `original_author`, and its
pictures (`image`, a file name; or `images`, each `{"file", "alt"}`). Counts are those of the moment of
fetching: they were not known when the post was written. A column or key named `label` is somebody's
annotation and is never read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, Record, Request
from smalti.ingest.parse.moments import dated, from_epoch, latest, moment
from smalti.ingest.parse.text import clean, decode, load_json, paragraphs, web_address
from smalti.platform.errors import Empty, InputError, Malformed, TooLarge
from smalti.platform.records import DateMethod, EvidenceKind, Locator, Outcome, SourceKind

PARSER = "posts"
VERSION = "2"

MAX_LINE = 1_000_000
"""Characters: a post with its metadata is a few thousand."""
MAX_POST = 40_000
"""Characters of text kept: the longest posts the big sites allow."""

MAX_IMAGES = 20
"""Pictures of one post that are named; the big sites allow four to twenty."""

MAX_ALT = 2_000
"""Characters of one picture's alternative text."""

_SHAPE = 'write {"text": ..., "created_at": ...}'
_CASHTAG = re.compile(r"(?<![\w$])\$\s?([A-Za-z][A-Za-z._]{0,6})(?![\w$])")
_TEXT_KEYS = ("full_text", "text", "body")
_IMAGE_KEYS = ("image", "media", "picture")
_AUTHOR_KEYS = ("user_id_str", "user_id", "author_id")
_FILE_NAME = re.compile(r"[\w][\w .@-]{0,200}\.(?:jpe?g|png|gif|webp)", re.I)


def parse(raw: bytes, request: Request) -> Parsed:
    """One document and one record a post; a bad post is quarantined alone.

    Raises:
        TooLarge: more posts than the request's limit.
        Malformed: a CSV without `guid` and `text` columns.
        Empty: no post at all, or none that can be read.
    """
    text = decode(raw)
    rows = _json_rows(text, request) if _is_json(text) else _csv_rows(text, request)
    documents: list[ParsedDocument] = []
    records: list[Record] = []
    seen: dict[str, str] = {}
    for part, row in rows:
        if len(records) >= request.limits.max_records:
            raise TooLarge(
                f"more than {request.limits.max_records} posts", subject=request.name, mend="split the file"
            )
        if isinstance(row, InputError):
            records.append(Record(part, Outcome.QUARANTINED, row.code, row.what, row.mend))
            continue
        record, document = _post(part, row, request, seen)
        records.append(record)
        if document:
            documents.append(document)
    if not records:
        raise Empty("no post in it", subject=request.name, mend="write one JSON object or CSV row a post")
    if not documents and all(one.outcome is Outcome.QUARANTINED for one in records):
        first = records[0]
        raise Malformed(
            f"no readable post; {first.record}: {first.reason}", subject=request.name, mend=first.mend
        )
    return Parsed(documents, records)


Row = Mapping[str, Any]


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n\0")[:1] in ("{", "[")


def _json_rows(text: str, request: Request) -> Iterable[tuple[str, Row | InputError]]:
    """The objects of an array (`item N`), else of the lines (`line N`)."""
    if text.lstrip("\ufeff \t\r\n\0").startswith("["):
        try:
            told = load_json(text.strip("\ufeff \t\r\n\0"), request.name)
        except Malformed:
            return _json_lines(text, request)  # an array a line, or one that breaks off
        return _items(told)
    return _json_lines(text, request)


def _items(told: list[Any]) -> Iterable[tuple[str, Row | InputError]]:
    for number, row in enumerate(told, 1):
        bad = Malformed("not a JSON object", mend=_SHAPE)
        yield f"item {number}", row if isinstance(row, dict) else bad


def _json_lines(text: str, request: Request) -> Iterable[tuple[str, Row | InputError]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip(" \t\r\0\ufeff"):
            continue
        part = f"line {number}"
        try:
            if len(line) > MAX_LINE:
                raise TooLarge(f"a line over {MAX_LINE} characters", mend="one post a line")
            row = load_json(line.strip("\0\ufeff"), part)
            if not isinstance(row, dict):
                raise Malformed("not a JSON object", mend=_SHAPE)
        except InputError as bad:
            yield part, bad
        else:
            yield part, row


def _csv_rows(text: str, request: Request) -> Iterable[tuple[str, Row | InputError]]:
    # Unclosed quotes make the rest of a file one field: the reader's own field limit (128 KiB) stops that.
    reader = csv.reader(io.StringIO(text.replace("\0", "").lstrip("\ufeff"), newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    if "text" not in header or "guid" not in header:
        raise Malformed(
            "no `guid` and `text` columns", subject=request.name, mend="name them in the first line"
        )
    while True:
        part = f"line {reader.line_num + 1}"
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as bad:
            yield part, Malformed(f"not CSV: {bad}", mend="quote the field")
            continue
        if not any(cells):
            continue
        if len(cells) != len(header):
            mend = "quote text that holds commas"
            yield part, Malformed(f"{len(cells)} fields where the header names {len(header)}", mend=mend)
            continue
        row = {name: cell for name, cell in zip(header, cells, strict=True) if name != "label"}
        yield part, row | {"_table": True}


def _post(
    part: str, row: Row, request: Request, seen: dict[str, str]
) -> tuple[Record, ParsedDocument | None]:
    text, images = _text(row)[:MAX_POST], _images(row)
    if not text and not images:
        mend = "give it a `text`"
        return Record(part, Outcome.QUARANTINED, Malformed.__name__, "a post without text", mend), None
    key = _first(row, ("id_str", "id", "guid", "uri"))
    if key and key in seen:
        return Record(part, Outcome.DUPLICATE, reason=f"same id as {seen[key]}"), None
    if key:
        seen[key] = part
    published, method = dated(request, latest([_when(row), _edited(row)]), DateMethod.FEED)
    author = _first(row, _AUTHOR_KEYS) or _author(
        row.get("user"), ("id_str", "id", "screen_name", "username")
    )
    document = ParsedDocument(
        part=part,
        kind=SourceKind.SOCIAL,
        title=text[:120] or "a picture without words",
        pieces=_pieces(text, images),
        published_at=published,
        date_method=method,
        language=detect(text, _first(row, ("language",))),
        author=_author(row.get("user"), ("username", "screen_name")) or author or None,
        url=web_address(_first(row, ("url", "permalink"))),
        hints=_hints(row, text, author, images),
    )
    reason = "" if published else "no readable date: it counts as known when it was stored"
    return Record(part, Outcome.PARSED, reason=reason), document


def _pieces(text: str, images: Mapping[str, str]) -> list[Piece]:
    """The words of the post, then those that describe its pictures (`role` and `image` in the payload)."""
    pieces = paragraphs([" ".join(text.split())] if text else [])
    at = sum(len(piece.text) + 2 for piece in pieces)
    for name, alt in images.items():
        if alt:
            payload = {"role": "alternative text", "image": name}
            pieces.append(Piece(EvidenceKind.PARAGRAPH, Locator(chars=(at, at + len(alt))), alt, payload))
            at += len(alt) + 2
    return pieces


def _text(row: Row) -> str:
    found = next((row[key] for key in _TEXT_KEYS if row.get(key)), "")
    if isinstance(found, list):
        found = _join(str(token) for token in found if isinstance(token, str | int | float))
    return clean(found) if isinstance(found, str) else ""


def _join(tokens: Iterable[str]) -> str:
    """Tokens as a sentence: a currency sign leans on what follows, punctuation on what precedes."""
    text = " ".join(tokens)
    return re.sub(r" ([.,!?;:%)…])(?= |$)", r"\1", re.sub(r"(^| )\$ (?=\w)", r"\1$", text))


def _when(row: Row) -> datetime | None:
    for key in ("created_at", "created_utc", "timestamp", "date"):
        value = row.get(key)
        if isinstance(value, str) and (found := moment(value)):
            return found
        if isinstance(value, int | float) and not isinstance(value, bool) and (found := from_epoch(value)):
            return found
    return None


def _edited(row: Row) -> datetime | None:
    value = row.get("edited_at")
    return moment(value) if isinstance(value, str) else None


def _hints(row: Row, text: str, author: str, images: Mapping[str, str]) -> dict[str, str]:
    tags = sorted({tag.strip("._").upper() for tag in _CASHTAG.findall(text)})
    followers = row.get("followers", row.get("followers_count"))
    if followers is None and isinstance(row.get("user"), dict):
        followers = row["user"].get("followers_count")
    hints = {
        "cashtags": " ".join(tags),
        "author_id": author,
        "author_name": _author(row.get("user"), ("display_name",)),
        "followers": _count(followers),
        **{name: _count(row.get(name)) for name in ("likes", "reposts", "replies")},
        "post_id": _first(row, ("uri",)),
        "repost_of": _first(row, ("repost_of",)),
        "original_author": _first(row, ("original_author",)),
        "image": "\n".join(images),
    }
    return {key: value for key, value in hints.items() if value}


def _count(told: object) -> str:
    return str(told) if isinstance(told, int) and not isinstance(told, bool) else ""


def _images(row: Row) -> dict[str, str]:
    """Alternative text by bare file name beside the posts: a name with a folder in it is not believed."""
    if row.get("_table"):
        guid = clean(str(row.get("guid", "")))
        return {guid: ""} if re.fullmatch(r"[\w@-]{1,100}", guid) else {}
    named = next((row[key] for key in _IMAGE_KEYS if isinstance(row.get(key), str)), "")
    several = row.get("images")
    shown = {named: ""}
    for one in several[:MAX_IMAGES] if isinstance(several, list) else ():
        told = one if isinstance(one, dict) else {"file": one}
        if isinstance(told.get("file"), str):
            shown[told["file"]] = " ".join(clean(str(told.get("alt") or ""))[:MAX_ALT].split())
    return {name: alt for name, alt in shown.items() if _FILE_NAME.fullmatch(name)}


def _author(user: object, keys: Iterable[str]) -> str:
    return _first(user, keys) if isinstance(user, dict) else ""


def _first(row: Row, keys: Iterable[str]) -> str:
    for key in keys:
        value = row.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return clean(str(value))[:500]
    return ""
