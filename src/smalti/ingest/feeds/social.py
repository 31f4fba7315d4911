"""Social posts with their pictures, from Mastodon, Bluesky, reddit, or any feed.

Addresses:

- `mastodon://mastodon.social/@name`, `mastodon://mastodon.social/@name@elsewhere.example`
- `mastodon://mastodon.social/tags/stocks`
- `bluesky://handle.bsky.social`; `bluesky://search/"some words"` where the service answers searches without
  a login
- `reddit://r/stocks`: what reddit shows to all; its terms want a licence for most commercial uses, and its
  robots.txt, which the client honours, shuts out whoever has none
- `https://…`: a feed in RSS, Atom or JSON whose items are posts

Options, beside `issuer` and `synthetic` of every feed:

- `since`: `2026-01-31`; what was posted before is left.
- `reposts`: `no` leaves out what is only passed on (default `yes`).
- `images`: `no` leaves pictures out (default `yes`).
- `max_pages`: pages of a timeline, newest first, 1 to 100 (default 3).
- `host`: another server with the same interface, `https://api.example`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote

from smalti.ingest.feeds.addresses import (
    Options,
    absolute,
    answer,
    key,
    line,
    oldest_first,
    suffix,
    web_source,
)
from smalti.ingest.feeds.social_posts import Post, from_bluesky, from_item, from_mastodon, from_reddit
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.feed_items import read_feed
from smalti.platform.errors import InputError, Malformed, SettingsError, TooLarge
from smalti.platform.records import Outcome, SourceKind

__all__ = ["OPTIONS", "begin", "listed"]

OPTIONS = {"since": "", "reposts": "yes", "images": "yes", "max_pages": "3", "host": ""}
MAX_BYTES = 20_000_000
MAX_POSTS = 500
"""Of one page; the sites give at most a hundred."""
_BLUESKY = "https://public.api.bsky.app"
_REDDIT = "https://www.reddit.com"
_PICTURES = {".jpg": ".jpg", ".jpeg": ".jpg", ".png": ".png", ".gif": ".gif", ".webp": ".webp"}
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?", re.I)
_ID = re.compile(r"[A-Za-z0-9_]{1,60}")
_MEND = "mastodon://host/@name, mastodon://host/tags/tag, bluesky://handle, reddit://r/name or https://…"


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address means: which interface, on which server, and what of it."""

    site: str
    server: str = ""
    who: str = ""
    of: str = ""


def begin(source: Source) -> Sequence[Wanted]:
    """The first page of the timeline; for an account of Mastodon, its number first.

    Raises:
        SettingsError: the address is of no form above, or an option cannot be used.
    """
    options, place = _checked(source), _place(source)
    if place.site == "feed":
        return [Wanted("feed.xml", web_source(source), lists=True)]
    host = _host(options, place)
    if place.site == "mastodon" and place.of == "account":
        url = f"{host}/api/v1/accounts/lookup?acct={quote(place.who, safe='@')}"
        return [Wanted("account.json", url, lists=True)]
    return [Wanted("timeline.json", _timeline(place, host), lists=True)]


def listed(raw: bytes, wanted: Wanted, source: Source) -> Listing:
    """The posts of a page with their pictures, and the next page.

    Raises:
        InputError: it is no such page.
        SettingsError: the address or an option cannot be used.
    """
    options, place = _checked(source), _place(source)
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"{len(raw)} bytes of posts", subject=wanted.name, mend="look at it by hand")
    if place.site == "feed":
        items = read_feed(raw, wanted.name).items
        return _listing(items, from_item, wanted, options)
    told = answer(raw, wanted.name)
    host = _host(options, place)
    if wanted.name == "account.json":
        number = str(told.get("id", "")) if isinstance(told, dict) else ""
        if not _ID.fullmatch(number):
            raise Malformed("no account", subject=wanted.name, mend="check the name on its server")
        url = f"{host}/api/v1/accounts/{number}/statuses?limit=40"
        return Listing([Wanted("timeline.json", url, lists=True)])
    entries, cursor = _entries(told, place, wanted.name)
    listing = _listing(entries, lambda one: _post(one, place), wanted, options)
    further = _further(_timeline(place, host, wanted.url), cursor, place, wanted, options)
    return Listing([*listing.wanted, *further], listing.records)


def _checked(source: Source) -> Options:
    options = Options(source, OPTIONS)
    options.moment("since")
    options.yes("reposts")
    options.yes("images")
    options.number("max_pages", 1, 100)
    if options.text("host"):
        options.web("host")
    return options


def _place(source: Source) -> _Place:
    refused = SettingsError(
        f"its address {source.address[:80]!r} is of no form known here", subject=source.name, mend=_MEND
    )
    site, _, rest = source.address.strip().partition("://")
    server, _, path = rest.partition("/")
    if site in ("http", "https"):
        return _Place("feed")
    if site == "mastodon" and _HOST.fullmatch(server):
        if found := re.fullmatch(r"@(\w{1,60}(?:@[\w.-]{1,200})?)", path):
            return _Place(site, server, found[1], "account")
        if found := re.fullmatch(r"tags/(\w{1,100})", path):
            return _Place(site, server, found[1], "tag")
    if site == "bluesky" and server == "search" and path.strip():
        return _Place(site, "bsky.app", unquote(path.strip())[:300], "search")
    if site == "bluesky" and not path and re.fullmatch(r"[a-z0-9.:-]{3,250}", server, re.I):
        return _Place(site, "bsky.app", server, "author")
    if site == "reddit" and server == "r" and re.fullmatch(r"\w{2,50}", path, re.ASCII):
        return _Place(site, "reddit.com", path, "new")
    raise refused


def _host(options: Options, place: _Place) -> str:
    if options.text("host"):
        return options.web("host")
    return {"bluesky": _BLUESKY, "reddit": _REDDIT}.get(place.site, f"https://{place.server}")


def _timeline(place: _Place, host: str, asked: str = "") -> str:
    """The address of a timeline's first page; an account's is only known from what was `asked`."""
    who = quote(place.who, safe="")
    if place.of == "account":
        return f"{asked.partition('?')[0]}?limit=40"
    return {
        "tag": f"{host}/api/v1/timelines/tag/{who}?limit=40",
        "search": f"{host}/xrpc/app.bsky.feed.searchPosts?q={who}&sort=latest&limit=100",
        "author": f"{host}/xrpc/app.bsky.feed.getAuthorFeed?actor={who}&limit=100",
        "new": f"{host}/r/{who}/new.json?limit=100&raw_json=1",
    }[place.of]


def _entries(told: Any, place: _Place, name: str) -> tuple[list[Any], str]:
    """The posts of a page, and what leads to the next: a parameter of its address, or nothing."""
    page = told.get("data") if place.site == "reddit" and isinstance(told, dict) else told
    entries: Any = page
    follows, value = "max_id", ""
    if place.site != "mastodon":
        field = {"author": "feed", "search": "posts", "new": "children"}[place.of]
        entries = page.get(field) if isinstance(page, dict) else None
        follows = "after" if place.site == "reddit" else "cursor"
        value = str(page.get(follows) or "") if isinstance(page, dict) else ""
    if not isinstance(entries, list):
        raise Malformed("no list of posts", subject=name, mend="check the address in a browser")
    if place.site == "mastodon" and entries:
        last = entries[-1].get("id") if isinstance(entries[-1], dict) else None
        value = last if isinstance(last, str) and _ID.fullmatch(last) else ""
    return entries, f"{follows}={quote(value, safe='')}" if 0 < len(value) <= 500 else ""


def _post(entry: Any, place: _Place) -> Post:
    if place.site == "mastodon":
        return from_mastodon(entry, place.server)
    return from_bluesky(entry) if place.site == "bluesky" else from_reddit(entry)


def _listing(
    entries: Sequence[Any], read: Callable[[Any], Post], wanted: Wanted, options: Options
) -> Listing:
    since, reposts = options.moment("since"), options.yes("reposts")
    found: list[Wanted] = []
    records: list[Record] = []
    seen: set[str] = set()
    old = passed_on = videos = 0
    for number, entry in enumerate(entries[:MAX_POSTS], 1):
        try:
            post = read(entry)
        except InputError as bad:
            records.append(Record(f"post {number}", Outcome.QUARANTINED, bad.code, bad.what, bad.mend))
            continue
        if since and post.published_at and post.published_at < since:
            old += 1
        elif post.repost_of and not reposts:
            passed_on += 1
        elif post.id in seen:
            records.append(Record(f"post {number}", Outcome.DUPLICATE, reason="same id as another"))
        else:
            seen.add(post.id)
            videos += post.videos
            found.extend(_things(post, wanted.url, options, records))
    for name, count in {
        "posts from before option since": old,
        "reposts: option reposts": passed_on,
        "videos and sounds in posts are not read": videos,
        f"posts of one page after the first {MAX_POSTS}": max(0, len(entries) - MAX_POSTS),
    }.items():
        if count:
            records.append(Record(name.partition(":")[0], Outcome.SKIPPED, reason=f"{count} {name}"))
    return Listing(oldest_first(found), records)


def _things(post: Post, base: str, options: Options, records: list[Record]) -> Iterator[Wanted]:
    """The post and its pictures."""
    name = f"posts/{key(post.id)}"
    shown: list[tuple[str, str, str]] = []
    for number, (address, alt) in enumerate(post.images if options.yes("images") else (), 1):
        url = absolute(address, base)
        if url:
            shown.append((f"{name}-{number}{suffix(url, _PICTURES, '.jpg')}", url, alt))
        else:
            reason = (
                f"a picture of {line(post.id, 100)} whose address {line(address, 80)!r} is none of the web"
            )
            records.append(Record("picture", Outcome.QUARANTINED, Malformed.__name__, reason))
    url = absolute(post.url, base) or ""
    said = {"url": url, "author": post.author or post.author_id, "language": post.language}
    hints = {name: value for name, value in said.items() if value}
    kept = tuple((address, alt) for _, address, alt in shown)
    yield Wanted(
        f"{name}.jsonl",
        raw=replace(post, images=kept).raw([one.rpartition("/")[2] for one, _, _ in shown], url),
        revision=post.revision,
        kind=SourceKind.SOCIAL,
        published_at=post.published_at,
        hints=hints,
    )
    for file, address, _ in shown:
        yield Wanted(
            file,
            address,
            revision=key(address.partition("?")[0]),
            kind=SourceKind.SOCIAL,
            published_at=post.published_at,
            hints={"url": address},
        )


def _further(first: str, cursor: str, place: _Place, wanted: Wanted, options: Options) -> list[Wanted]:
    number = int(wanted.hints.get("page", "1")) + 1
    url = f"{first}&{cursor}"
    if not cursor or number > options.number("max_pages", 1, 100) or url == wanted.url:
        return []
    return [Wanted(f"timeline/{key(url)}.json", url, lists=True, further=True, hints={"page": str(number)})]
