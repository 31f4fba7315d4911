"""Saved feeds: RSS, Atom and JSON Feed, news sitemaps, and reddit listings. One document an item."""

from __future__ import annotations

from urllib.parse import urlsplit

from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Record, Request
from smalti.ingest.parse.feed_items import MAX_BYTES, Feed, Item, read_feed
from smalti.ingest.parse.moments import dated
from smalti.ingest.parse.text import blocks, from_markup, paragraphs, web_address
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, Outcome, SourceKind

PARSER = "feed"
VERSION = "2"

__all__ = ["MAX_BYTES", "PARSER", "VERSION", "parse"]


def parse(raw: bytes, request: Request) -> Parsed:
    """Every item as one document (`item N`, counted from 1) and one record.

    An item is dated by the later of its publication and its update. One without a date is parsed and counts
    as known when it was stored; one without words is skipped; one whose guid or address came before is a
    duplicate. A feed that breaks off gives what it holds, each document marked partial.

    Raises:
        TooLarge: over `MAX_BYTES`, or more items than the request's limit.
        Malformed: no feed, broken before its first item, or one that defines entities.
        Empty: a feed without items.
    """
    feed = read_feed(raw, request.name, request.limits.max_bytes)
    if not feed.items:
        raise Empty("a feed without items", subject=request.name, mend="fetch it again")
    if len(feed.items) > request.limits.max_records:
        raise TooLarge(f"{len(feed.items)} items", subject=request.name, mend="split it")
    documents: list[ParsedDocument] = []
    records: list[Record] = []
    seen: dict[str, str] = {}
    for number, item in enumerate(feed.items, 1):
        part = f"item {number}"
        if item.key and item.key in seen:
            records.append(
                Record(part, Outcome.DUPLICATE, reason=f"same guid or address as {seen[item.key]}")
            )
            continue
        seen[item.key] = part
        document = _document(part, item, feed, request)
        if document is None:
            records.append(Record(part, Outcome.SKIPPED, Empty.__name__, "an item without words"))
            continue
        documents.append(document)
        reason = "" if document.published_at else "no readable date: it counts as known when it was stored"
        records.append(Record(part, Outcome.PARSED, reason=reason))
    if not documents:
        if feed.partial:
            what = f"no whole item in it: {feed.partial}"
            raise Malformed(what, subject=request.name, mend="fetch it again")
        raise Empty("no item with words in it", subject=request.name, mend="fetch it again")
    return Parsed(documents, records)


def _document(part: str, item: Item, feed: Feed, request: Request) -> ParsedDocument | None:
    title = " ".join(from_markup(item.title).split())
    body = [one for one in blocks(from_markup(item.body)) if one != title]
    if not title and not body:
        return None
    published, method = dated(request, item.dated, DateMethod.FEED)
    url = web_address(item.url)
    social = url is not None and (urlsplit(url).hostname or "").endswith("reddit.com")
    hints = {"tickers": item.tickers} if item.tickers else {}
    return ParsedDocument(
        part=part,
        kind=request.kind or (SourceKind.SOCIAL if social else SourceKind.NEWS),
        title=title or body[0][:200],
        pieces=paragraphs(body, headline=title),
        published_at=published,
        date_method=method,
        language=detect("\n".join([title, *body]), item.language or feed.language),
        author=from_markup(item.author) or None,
        url=url,
        partial=feed.partial,
        hints=hints,
    )
