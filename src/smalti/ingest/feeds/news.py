"""News: a feed in RSS, Atom or JSON, or a news sitemap, and the pages that it names.

Address: the feed's, `https://news.example/rss.xml`. Options, beside `issuer` and `synthetic` of every feed:

- `since`: `2026-01-31`; what came out before is left.
- `pages`: `no` takes the items alone, not the articles behind them (default `yes`).
- `max_items`: newest items taken of one page of the feed, 1 to 2000 (default 200).
- `max_pages`: pages of a feed that is paged as RFC 5005 or JSON Feed have it, 1 to 100 (default 5).

Each item gives two things: the item, as a JSON Feed of itself, so that the summary stands even where the page
cannot be had, and the page. Both are dated by the feed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from smalti.ingest.dedupe import canonical_url
from smalti.ingest.feeds.addresses import Options, absolute, key, line, oldest_first, suffix, tidy, web_source
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.feed_items import Feed, Item, read_feed
from smalti.ingest.parse.text import from_markup
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import Outcome, SourceKind

__all__ = ["OPTIONS", "begin", "listed"]

OPTIONS = {"since": "", "pages": "yes", "max_items": "200", "max_pages": "5"}
MAX_BODY = 1_000_000
"""Characters of markup in one item; the longest articles have a tenth."""
_VERSION = "https://jsonfeed.org/version/1.1"


def begin(source: Source) -> Sequence[Wanted]:
    """The feed.

    Raises:
        SettingsError: the address is none of the web, or an option cannot be used.
    """
    _checked(source)
    return [Wanted("feed.xml", web_source(source), lists=True)]


def listed(raw: bytes, wanted: Wanted, source: Source) -> Listing:
    """The items of a feed, and the pages behind them; then the feed's next page.

    Raises:
        InputError: no feed.
        SettingsError: an option cannot be used.
    """
    options = _checked(source)
    feed = read_feed(raw, wanted.name)
    if not feed.items:
        raise Empty("a feed without items", subject=wanted.name, mend="fetch it again")
    most, since = options.number("max_items", 1, 2000), options.moment("since")
    found: list[Wanted] = []
    records: list[Record] = []
    seen: set[str] = set()
    old = 0
    for number, item in enumerate(feed.items[:most], 1):
        if since and item.dated and item.dated < since:
            old += 1
            continue
        things, record = _item(item, feed, wanted.url, options)
        if record:
            records.append(Record(f"item {number}", *record))
        fresh = [one for one in things if one.name not in seen]
        if things and not fresh:
            records.append(
                Record(f"item {number}", Outcome.DUPLICATE, reason="same guid and address as another")
            )
        seen.update(one.name for one in fresh)
        found.extend(fresh)
    if len(feed.items) > most:
        reason = f"{len(feed.items) - most} items after the first {most}: option max_items"
        records.append(Record(f"items from {most + 1}", Outcome.SKIPPED, reason=reason))
    if old:
        records.append(Record("older items", Outcome.SKIPPED, reason=f"{old} from before option since"))
    return Listing([*oldest_first(found), *_next(feed, wanted, options)], records)


def _checked(source: Source) -> Options:
    options = Options(source, OPTIONS)
    options.number("max_items", 1, 2000)
    options.number("max_pages", 1, 100)
    options.moment("since")
    options.yes("pages")
    return options


def _item(
    item: Item, feed: Feed, address: str, options: Options
) -> tuple[list[Wanted], tuple[Outcome, str, str, str] | None]:
    """The item and its page, and what is wrong with it: outcome, code, reason, mend."""
    link = absolute(item.url, address) if item.url else None
    url = tidy(link) if link else ""
    title = line(from_markup(item.title[:MAX_BODY]))
    if len(item.body) > MAX_BODY:
        reason = f"an item of {len(item.body)} characters, over {MAX_BODY}"
        return [], (Outcome.QUARANTINED, TooLarge.__name__, reason, "fetch its page by itself")
    said = {
        "url": url,
        "title": title,
        "author": line(from_markup(item.author[:10_000])),
        "language": line(item.language or feed.language, 35),
        "tickers": line(item.tickers),
    }
    hints = {name: value for name, value in said.items() if value}
    updated = item.dated.isoformat() if item.dated else ""
    # By its words: advertising and counting pixels in its markup differ at every request.
    revision = key(item.key or url, updated, title, from_markup(item.body))
    things: list[Wanted] = []
    if title or item.body.strip():
        own = key(item.key) if item.key else revision
        things.append(
            Wanted(
                f"items/{own}.json",
                raw=_alone(item, hints, updated),
                revision=revision,
                kind=SourceKind.NEWS,
                published_at=item.dated,
                hints=hints,
            )
        )
    if url and options.yes("pages"):
        page = f"pages/{key(canonical_url(url) or url)}{suffix(url, ('.pdf',), '.html')}"
        revision = key(item.key or url, updated)
        things.append(
            Wanted(page, url, revision=revision, kind=SourceKind.NEWS, published_at=item.dated, hints=hints)
        )
    if item.url and not url:
        reason = f"its link {line(item.url, 80)!r} is none of the web"
        return things, (Outcome.QUARANTINED, Malformed.__name__, reason, "look at it by hand")
    if not things:
        return things, (Outcome.SKIPPED, Empty.__name__, "neither words nor a link", "")
    return things, None


def _alone(item: Item, hints: dict[str, str], dated: str) -> bytes:
    """One item as a JSON Feed, the same bytes for the same item."""
    told = {
        "id": line(item.key, 2000),
        "url": hints.get("url"),
        "title": hints.get("title"),
        "content_html": item.body,
        "date_published": dated,
        "authors": [{"name": hints["author"]}] if "author" in hints else None,
        "language": hints.get("language"),
    }
    alone = {name: value for name, value in told.items() if value}
    return json.dumps({"version": _VERSION, "items": [alone]}, sort_keys=True, ensure_ascii=True).encode()


def _next(feed: Feed, wanted: Wanted, options: Options) -> list[Wanted]:
    number = int(wanted.hints.get("page", "1")) + 1
    url = absolute(feed.following, wanted.url) if feed.following else None
    if url is None or url == wanted.url or number > options.number("max_pages", 1, 100):
        return []
    return [Wanted(f"feed/{key(url)}.xml", url, lists=True, further=True, hints={"page": str(number)})]
