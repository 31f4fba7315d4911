"""What a feed holds, before cleaning: RSS, Atom, JSON Feed, news sitemaps and reddit listings as items."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import feedparser
from lxml import etree

from smalti.ingest.parse.moments import from_epoch, latest, moment
from smalti.ingest.parse.text import decode, load_json
from smalti.platform.errors import Malformed, TooLarge

__all__ = ["MAX_BYTES", "MAX_MARKS", "REDDIT", "Attached", "Feed", "Item", "read_feed"]

MAX_BYTES = 20_000_000
MAX_MARKS = 100_000
"""Tags and entities in XML: a feed of a hundred items has two or three thousand. It bounds the time that
broken markup takes, which grows faster than its size."""
REDDIT = "https://www.reddit.com"
_MOST_ATTACHED = 20
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that an item offers: its address as written, stated media type and bytes (0: unknown)."""

    url: str
    type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """An item before cleaning: `title` and `body` may hold markup, addresses are as written.

    Attributes:
        key: its guid, else its address.
        dates: of publication, update and creation; None where unread.
        tickers: space separated.
        duration_s: length of its recording as stated, seconds; 0 where it is not.
    """

    title: str = ""
    body: str = ""
    url: str = ""
    key: str = ""
    author: str = ""
    dates: Sequence[datetime | None] = ()
    language: str = ""
    tickers: str = ""
    enclosures: Sequence[Attached] = ()
    images: Sequence[Attached] = ()
    transcripts: Sequence[Attached] = ()
    duration_s: float = 0.0

    @property
    def dated(self) -> datetime | None:
        """When it came out in this form, UTC."""
        return latest(self.dates)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as read; `partial` says why items may be missing, `following` is the next page's address."""

    items: Sequence[Item]
    title: str = ""
    language: str = ""
    partial: str | None = None
    following: str = ""


def read_feed(raw: bytes, name: str, max_bytes: int = MAX_BYTES) -> Feed:
    """The items of a feed in its own order.

    Raises:
        TooLarge: over `max_bytes` (20 MB at most), or over `MAX_MARKS` of markup.
        Malformed: no feed, broken before its first item, or one that defines entities.
    """
    if len(raw) > min(MAX_BYTES, max_bytes):
        raise TooLarge(f"{len(raw)} bytes of feed, over {MAX_BYTES}", subject=name, mend="split it")
    text = decode(raw, declared=True).lstrip("\ufeff \t\r\n\0")
    return _json_feed(text, name) if text[:1] in ("{", "[") else _xml_feed(text, name)


def _xml_feed(text: str, name: str) -> Feed:
    if re.search(r"<!ENTITY", text[:100_000] if "<!DOCTYPE" not in text else text, re.I):
        mend = "remove the DOCTYPE: no feed needs its own entities"
        raise Malformed("it defines XML entities", subject=name, mend=mend)
    if re.search(r"<(?:\w+:)?urlset\b", text[:4000]):
        return _sitemap(text, name)
    if text.count("<") + text.count("&") > MAX_MARKS:
        raise TooLarge(f"over {MAX_MARKS} tags and entities", subject=name, mend="split it")
    try:
        # BytesIO, since feedparser opens a bare string as an address or a file.
        told = feedparser.parse(io.BytesIO(_as_utf8(text)), sanitize_html=False, resolve_relative_uris=False)
    except (LookupError, AttributeError, TypeError, ValueError, AssertionError, RecursionError) as bad:
        # What its lenient parser raises on markup more broken than it foresaw.
        what = f"no feed: broken beyond reading ({type(bad).__name__})"
        raise Malformed(what, subject=name, mend="fetch it again") from None
    broken = str(told.get("bozo_exception", "")) if told.bozo else ""
    if not told.entries and (broken or not told.version):
        raise Malformed(f"no feed: {broken or 'no items'}", subject=name, mend="fetch it again")
    partial = f"the feed's XML is broken, items may be cut: {broken}"[:300] if broken else None
    transcripts = _transcripts(text)
    links = told.feed.get("links") or ()
    return Feed(
        [_entry(entry, transcripts) for entry in told.entries],
        title=str(told.feed.get("title") or ""),
        language=told.feed.get("language") or "",
        partial=partial,
        following=next((str(link.get("href") or "") for link in links if link.get("rel") == "next"), ""),
    )


def _as_utf8(text: str) -> bytes:
    """UTF-8 without the declaration of the encoding it had before."""
    return re.sub(r"^<\?xml[^>]*\?>", "", text).encode("utf-8", "replace")


def _entry(entry: Any, transcripts: Mapping[str, Sequence[Attached]]) -> Item:
    # dict.get, since feedparser's own get warns where it answers for a missing key with another.
    content = dict.get(entry, "content") or []
    bodies = [str(entry.get("summary") or ""), *(str(one.get("value") or "") for one in content)]
    url = str(entry.get("link") or "").strip()
    if entry.get("guidislink") and entry.get("id") == entry.get("link") and ":" not in url:
        url = ""  # RSS has a guid be an address unless it denies it; many bare ones do not deny it
    tickers = {
        str(tag.get("term")).upper()
        for tag in entry.get("tags") or ()
        if "/symbol/" in str(tag.get("scheme") or tag.get("link") or "") and tag.get("term")
    }
    links = [one for one in entry.get("links") or () if one.get("rel") == "enclosure"]
    enclosures = _attached(links, "href", "type", "length")
    media = [one for key in ("media_content", "media_thumbnail") for one in dict.get(entry, key) or ()]
    pictured = [one for one in media if "image" in f"{one.get('medium')} {one.get('type')}" or "width" in one]
    return Item(
        title=str(entry.get("title") or ""),
        body=max(bodies, key=len),
        url=url,
        key=str(entry.get("id") or "").strip() or url,
        author=str(entry.get("author") or ""),
        dates=[_written(dict.get(entry, key)) for key in ("published", "updated", "created")],
        language=str((entry.get("title_detail") or {}).get("language") or ""),
        tickers=" ".join(sorted(tickers)),
        enclosures=enclosures,
        images=[*(one for one in enclosures if one.type.startswith("image/")), *_attached(pictured, "url")],
        transcripts=next((transcripts[one.url] for one in enclosures if one.url in transcripts), ()),
        duration_s=_duration(dict.get(entry, "itunes_duration")),
    )


def _attached(told: Sequence[Any], url: str, kind: str = "type", size: str = "fileSize") -> list[Attached]:
    found = (
        Attached(str(one.get(url) or "").strip(), str(one.get(kind) or "").lower(), _count(one.get(size)))
        for one in told[:_MOST_ATTACHED]
        if isinstance(one, dict)
    )
    return [one for one in found if one.url]


def _transcripts(text: str) -> Mapping[str, Sequence[Attached]]:
    """Offers of `podcast:transcript` by the recording's address; feedparser keeps only the last of them."""
    if "transcript" not in text:
        return {}
    root = etree.fromstring(
        _as_utf8(text), etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    )
    offers: dict[Any, list[Any]] = {}
    for offer in root.iter("{*}transcript") if root is not None else ():
        offers.setdefault(offer.getparent(), []).append(dict(offer.attrib))
    found: dict[str, Sequence[Attached]] = {}
    for item, told in offers.items():
        recording = item.find("enclosure") if item is not None else None
        if recording is not None:
            found[str(recording.get("url") or "").strip()] = _attached(told, "url")
    return found


def _duration(told: object) -> float:
    """Seconds of `3600`, `60:00` or `1:00:00`; 0 where unread."""
    parts = str(told or "").strip().split(":")
    if len(parts) > 3 or not all(re.fullmatch(r"\d{1,6}(\.\d{1,3})?", part) for part in parts):
        return 0.0
    return sum(float(part) * float(60**power) for power, part in enumerate(reversed(parts)))


def _count(told: object) -> int:
    text = str(told).strip()
    return int(text) if re.fullmatch(r"\d{1,15}", text) else 0


def _written(value: object) -> datetime | None:
    if isinstance(value, str):
        return moment(value)
    return from_epoch(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _sitemap(text: str, name: str) -> Feed:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(_as_utf8(text), parser)
    broken = str(parser.error_log[0].message) if len(parser.error_log) else ""
    items = list(_sitemap_items(root)) if root is not None else []
    if not items and broken:
        raise Malformed(f"no feed: {broken}", subject=name, mend="fetch it again")
    return Feed(items, partial=f"the sitemap's XML is broken: {broken}"[:300] if broken else None)


def _sitemap_items(root: Any) -> Iterator[Item]:
    for url in root.iter(f"{{{_SITEMAP}}}url"):

        def said(path: str, url: Any = url) -> str:
            return (url.findtext(path) or "").strip()

        address = said(f"{{{_SITEMAP}}}loc")
        news = f"{{{_NEWS}}}news/{{{_NEWS}}}"
        yield Item(
            title=said(f"{news}title"),
            url=address,
            key=address,
            dates=[moment(said(f"{news}publication_date"))],
            language=said(f"{news}publication/{{{_NEWS}}}language"),
            tickers=said(f"{news}stock_tickers"),
        )


def _json_feed(text: str, name: str) -> Feed:
    told = load_json(text, name)
    if isinstance(told, dict) and told.get("kind") == "Listing":
        children = (told.get("data") or {}).get("children") if isinstance(told.get("data"), dict) else None
        if isinstance(children, list):
            return Feed([_reddit(_mapping(_mapping(child).get("data"))) for child in children])
    if isinstance(told, dict) and isinstance(told.get("items"), list):
        return Feed(
            [_json_item(_mapping(item)) for item in told["items"]],
            title=_string(told, "title"),
            language=_string(told, "language"),
            following=_string(told, "next_url"),
        )
    raise Malformed("JSON, but no feed: neither `items` nor a listing", subject=name, mend="check its source")


def _reddit(post: Mapping[str, Any]) -> Item:
    path = _string(post, "permalink")
    edited = post.get("edited")
    return Item(
        title=_string(post, "title"),
        body=_string(post, "selftext"),
        url=f"{REDDIT}{path}" if path.startswith("/") else path or _string(post, "url"),
        key=_string(post, "name") or path,
        author=_string(post, "author"),
        dates=[_written(post.get("created_utc")), _written(edited)],
    )


def _json_item(item: Mapping[str, Any]) -> Item:
    authors = item.get("authors")
    author = _mapping(authors[0] if isinstance(authors, list) and authors else item.get("author"))
    url = _string(item, "url") or _string(item, "external_url")
    told = item.get("attachments")
    attached = [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []
    enclosures = _attached(attached, "url", "mime_type", "size_in_bytes")
    pictures = [Attached(_string(item, key)) for key in ("image", "banner_image") if _string(item, key)]
    return Item(
        title=_string(item, "title"),
        body=_string(item, "content_html") or _string(item, "content_text") or _string(item, "summary"),
        url=url,
        key=str(item.get("id") or "") or url,
        author=_string(author, "name"),
        dates=[_written(item.get("date_published")), _written(item.get("date_modified"))],
        language=_string(item, "language"),
        enclosures=enclosures,
        images=[*(one for one in enclosures if one.type.startswith("image/")), *pictures],
        duration_s=max((_duration(one.get("duration_in_seconds")) for one in attached), default=0.0),
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _string(of: Mapping[str, Any], key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""
