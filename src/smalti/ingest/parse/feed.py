"""Saved feeds: RSS, Atom and JSON Feed, news sitemaps, and reddit listings. One document an item."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import feedparser
from lxml import etree

from smalti.ingest.language import detect
from smalti.ingest.parse.contract import Parsed, ParsedDocument, Record, Request
from smalti.ingest.parse.moments import dated, from_epoch, latest, moment
from smalti.ingest.parse.text import blocks, decode, from_markup, load_json, paragraphs, web_address
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, Outcome, SourceKind

PARSER = "feed"
VERSION = "1"

MAX_BYTES = 20_000_000
MAX_MARKS = 100_000
"""Tags and entities in XML: a feed of a hundred items has two or three thousand. It bounds the time that
broken markup takes, which grows faster than its size."""
_REDDIT = "https://www.reddit.com"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True)
class _Item:
    """An item before cleaning: `title` and `body` may hold markup."""

    title: str = ""
    body: str = ""
    url: str = ""
    key: str = ""  # guid, else the address
    author: str = ""
    dates: Sequence[datetime | None] = ()
    language: str = ""
    tickers: str = ""


@dataclass(frozen=True, slots=True)
class _Feed:
    items: Sequence[_Item]
    language: str = ""
    partial: str | None = None


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
    if len(raw) > min(MAX_BYTES, request.limits.max_bytes):
        raise TooLarge(f"{len(raw)} bytes of feed, over {MAX_BYTES}", subject=request.name, mend="split it")
    text = decode(raw, declared=True).lstrip("\ufeff \t\r\n\0")
    feed = _json_feed(text, request) if text[:1] in ("{", "[") else _xml_feed(text, request)
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


def _document(part: str, item: _Item, feed: _Feed, request: Request) -> ParsedDocument | None:
    title = " ".join(from_markup(item.title).split())
    body = [one for one in blocks(from_markup(item.body)) if one != title]
    if not title and not body:
        return None
    published, method = dated(request, latest(item.dates), DateMethod.FEED)
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


def _xml_feed(text: str, request: Request) -> _Feed:
    if re.search(r"<!ENTITY", text[:100_000] if "<!DOCTYPE" not in text else text, re.I):
        mend = "remove the DOCTYPE: no feed needs its own entities"
        raise Malformed("it defines XML entities", subject=request.name, mend=mend)
    if re.search(r"<(?:\w+:)?urlset\b", text[:4000]):
        return _sitemap(text, request)
    if text.count("<") + text.count("&") > MAX_MARKS:
        raise TooLarge(f"over {MAX_MARKS} tags and entities", subject=request.name, mend="split it")
    try:
        # BytesIO, since feedparser opens a bare string as an address or a file.
        told = feedparser.parse(io.BytesIO(_as_utf8(text)), sanitize_html=False, resolve_relative_uris=False)
    except (LookupError, AttributeError, TypeError, ValueError, AssertionError, RecursionError) as bad:
        # What its lenient parser raises on markup more broken than it foresaw.
        what = f"no feed: broken beyond reading ({type(bad).__name__})"
        raise Malformed(what, subject=request.name, mend="fetch it again") from None
    broken = str(told.get("bozo_exception", "")) if told.bozo else ""
    if not told.entries and (broken or not told.version):
        raise Malformed(f"no feed: {broken or 'no items'}", subject=request.name, mend="fetch it again")
    partial = f"the feed's XML is broken, items may be cut: {broken}"[:300] if broken else None
    return _Feed([_entry(entry) for entry in told.entries], told.feed.get("language") or "", partial)


def _as_utf8(text: str) -> bytes:
    """UTF-8 without the declaration of the encoding it had before."""
    return re.sub(r"^<\?xml[^>]*\?>", "", text, count=1).lstrip().encode("utf-8", "replace")


def _entry(entry: dict[str, Any]) -> _Item:
    # dict.get: feedparser's own makes `updated` up from `published`.
    content = dict.get(entry, "content") or []
    bodies = [str(entry.get("summary") or ""), *(str(one.get("value") or "") for one in content)]
    url = str(entry.get("link") or "").strip()
    tickers = {
        str(tag.get("term")).upper()
        for tag in entry.get("tags") or ()
        if "/symbol/" in str(tag.get("scheme") or tag.get("link") or "") and tag.get("term")
    }
    return _Item(
        title=str(entry.get("title") or ""),
        body=max(bodies, key=len),
        url=url,
        key=str(entry.get("id") or "").strip() or url,
        author=str(entry.get("author") or ""),
        dates=[_written(dict.get(entry, key)) for key in ("published", "updated", "created")],
        language=str((entry.get("title_detail") or {}).get("language") or ""),
        tickers=" ".join(sorted(tickers)),
    )


def _written(value: object) -> datetime | None:
    if isinstance(value, str):
        return moment(value)
    return from_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _sitemap(text: str, request: Request) -> _Feed:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(_as_utf8(text), parser)
    broken = str(parser.error_log[0].message) if len(parser.error_log) else ""
    items = list(_sitemap_items(root)) if root is not None else []
    if not items and broken:
        raise Malformed(f"no feed: {broken}", subject=request.name, mend="fetch it again")
    return _Feed(items, partial=f"the sitemap's XML is broken: {broken}"[:300] if broken else None)


def _sitemap_items(root: Any) -> Iterator[_Item]:
    for url in root.iter(f"{{{_SITEMAP}}}url"):

        def said(path: str, url: Any = url) -> str:
            return (url.findtext(path) or "").strip()

        address = said(f"{{{_SITEMAP}}}loc")
        news = f"{{{_NEWS}}}news/{{{_NEWS}}}"
        yield _Item(
            title=said(f"{news}title"),
            url=address,
            key=address,
            dates=[moment(said(f"{news}publication_date"))],
            language=said(f"{news}publication/{{{_NEWS}}}language"),
            tickers=said(f"{news}stock_tickers"),
        )


def _json_feed(text: str, request: Request) -> _Feed:
    told = load_json(text, request.name)
    if isinstance(told, dict) and told.get("kind") == "Listing":
        children = (told.get("data") or {}).get("children") if isinstance(told.get("data"), dict) else None
        if isinstance(children, list):
            return _Feed([_reddit(_mapping(_mapping(child).get("data"))) for child in children])
    if isinstance(told, dict) and isinstance(told.get("items"), list):
        return _Feed([_json_item(_mapping(item)) for item in told["items"]], _string(told, "language"))
    raise Malformed(
        "JSON, but no feed: neither `items` nor a listing", subject=request.name, mend="check its source"
    )


def _reddit(post: Mapping[str, Any]) -> _Item:
    path = _string(post, "permalink")
    edited = post.get("edited")
    return _Item(
        title=_string(post, "title"),
        body=_string(post, "selftext"),
        url=f"{_REDDIT}{path}" if path.startswith("/") else path or _string(post, "url"),
        key=_string(post, "name") or path,
        author=_string(post, "author"),
        dates=[_written(post.get("created_utc")), _written(edited)],
    )


def _json_item(item: Mapping[str, Any]) -> _Item:
    authors = item.get("authors")
    author = _mapping(authors[0] if isinstance(authors, list) and authors else item.get("author"))
    url = _string(item, "url") or _string(item, "external_url")
    return _Item(
        title=_string(item, "title"),
        body=_string(item, "content_html") or _string(item, "content_text") or _string(item, "summary"),
        url=url,
        key=str(item.get("id") or "") or url,
        author=_string(author, "name"),
        dates=[_written(item.get("date_published")), _written(item.get("date_modified"))],
        language=_string(item, "language"),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(of: Mapping[str, Any], key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""
