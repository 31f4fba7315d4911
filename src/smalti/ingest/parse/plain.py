"""Plain text documents: news or filing text saved as `.txt`, into paragraphs."""

from __future__ import annotations

from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Request
from smalti.ingest.parse.moments import dated
from smalti.ingest.parse.text import blocks, clean, decode, paragraphs, web_address
from smalti.platform.errors import Empty, TooLarge
from smalti.platform.records import DateMethod, SourceKind

PARSER = "plain"
VERSION = "1"

MAX_BYTES = 20_000_000
"""A long annual report is about one megabyte of text."""


def parse(raw: bytes, request: Request) -> Parsed:
    """One document, one piece a paragraph. It has no date of its own: a sentence's date is not the text's.

    Raises:
        TooLarge: over `MAX_BYTES` or the request's limit.
        Empty: no words.
    """
    if len(raw) > min(MAX_BYTES, request.limits.max_bytes):
        raise TooLarge("over the size limit of a text file", subject=request.name, mend="split it")
    text = clean(decode(raw))
    parts = blocks(text)
    if not parts:
        raise Empty("no words in it", subject=request.name, mend="check how it was saved")
    published, method = dated(request, None, DateMethod.TEXT)
    document = ParsedDocument(
        part="",
        kind=request.kind or SourceKind.NEWS,
        title=parts[0][:200],
        pieces=paragraphs(parts),
        published_at=published,
        date_method=method,
        language=detect(text),
        url=web_address(request.hints.get("url")),
    )
    return Parsed([document])
