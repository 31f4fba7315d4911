"""Calls: the recordings of a podcast or investor relations feed, or one recording at its own address.

Address: a feed in RSS, Atom or JSON with enclosures, or a recording (`https://ir.example/2025-q4.mp3`). An
address whose path ends like a recording is one; any other is a feed, unless `recording` says otherwise. Pages
of web sites are not searched for players. Options, beside `issuer` and `synthetic` of every feed:

- `published`: when the one recording was public, `2026-02-05T14:00:00Z` or a day.
- `title`: of the one recording.
- `transcript`: the address of the one recording's transcript.
- `vocabulary`: names and words to expect, for the recogniser.
- `recording`: `yes` or `no`, where the address does not tell.
- `since`: `2026-01-31`; what came out before is left.
- `max_items`: newest recordings taken of the feed, 1 to 1000 (default 20).
- `max_hours`, `max_mb`: what is stated to be longer or larger is left (default 4 and 500; the client has caps
  of its own for what is not stated).

A transcript that a feed offers (`podcast:transcript`) lies beside its recording under the same name; it may
be gone without harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from smalti.ingest.feeds.addresses import Options, absolute, key, line, oldest_first, suffix, web_source
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.feed_items import Attached, Item, read_feed
from smalti.ingest.parse.moments import end_of_day
from smalti.ingest.parse.text import from_markup
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import Outcome, SourceKind

__all__ = ["OPTIONS", "begin", "listed"]

OPTIONS = {
    "published": "",
    "title": "",
    "transcript": "",
    "vocabulary": "",
    "recording": "",
    "since": "",
    "max_items": "20",
    "max_hours": "4",
    "max_mb": "500",
}
_BY_TYPE = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/aac": ".aac",
    "audio/ogg": ".ogg",
    "audio/opus": ".opus",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "audio/flac": ".flac",
    "audio/webm": ".webm",
    "video/mp4": ".mp4",
    "video/x-m4v": ".m4v",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
}
_RECORDINGS = tuple(dict.fromkeys([*_BY_TYPE.values(), ".mkv", ".oga", ".mpeg"]))
_TRANSCRIPTS = {
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
    "application/srt": ".srt",
    "text/srt": ".srt",
    "application/json": ".json",
    "text/html": ".html",
    "text/plain": ".txt",
}
_BEST_FIRST = (".vtt", ".srt", ".json", ".html", ".txt")
"""Those that say when each word was spoken come first."""

Fault = tuple[Outcome, str, str, str]


def begin(source: Source) -> Sequence[Wanted]:
    """The feed; or the recording, with its transcript.

    Raises:
        SettingsError: the address is none of the web, or an option cannot be used.
    """
    options, url = _checked(source), web_source(source)
    ending = suffix(url, _RECORDINGS, "")
    if not (options.yes("recording") if options.text("recording") else ending):
        return [Wanted("feed.xml", url, lists=True)]
    published = options.moment("published")
    if published and len(options.text("published")) == len("2026-01-31"):
        published = end_of_day(published.date())
    hints = _hints(options, url, options.text("title"))
    call = Wanted(
        f"recording{ending or '.mp3'}", url, kind=SourceKind.CALL, published_at=published, hints=hints
    )
    if not options.text("transcript"):
        return [call]
    offered = options.web("transcript")
    return [call, _transcript(offered, suffix(offered, _BEST_FIRST, ".txt"), call)]


def listed(raw: bytes, wanted: Wanted, source: Source) -> Listing:
    """The recordings of a feed, each with the best transcript offered.

    Raises:
        InputError: no feed, or one without a single recording.
        SettingsError: an option cannot be used.
    """
    options = _checked(source)
    feed = read_feed(raw, wanted.name)
    items = [replace(one, language=one.language or feed.language) for one in feed.items]
    most, since = options.number("max_items", 1, 1000), options.moment("since")
    found: list[Wanted] = []
    records: list[Record] = []
    seen: set[str] = set()
    taken = old = 0
    for number, item in enumerate(items, 1):
        if since and item.dated and item.dated < since:
            old += 1
            continue
        if taken == most:
            reason = f"{len(items) - number + 1} items after the first {most} recordings: option max_items"
            records.append(Record("more items", Outcome.SKIPPED, reason=reason))
            break
        things, fault = _item(item, wanted.url, options)
        if fault:
            records.append(Record(f"item {number}", *fault))
        elif things[0].name in seen:
            records.append(Record(f"item {number}", Outcome.DUPLICATE, reason="same guid as another"))
        else:
            seen.add(things[0].name)
            found.extend(things)
            taken += 1
    if old:
        records.append(Record("older items", Outcome.SKIPPED, reason=f"{old} from before option since"))
    if not found and not old and not any(one.outcome is Outcome.QUARANTINED for one in records):
        raise Empty("a feed without a recording", subject=wanted.name, mend="give the feed with enclosures")
    return Listing(oldest_first(found), records)


def _checked(source: Source) -> Options:
    options = Options(source, OPTIONS)
    options.number("max_items", 1, 1000)
    options.number("max_hours", 1, 24)
    options.number("max_mb", 1, 10_000)
    options.moment("since")
    options.moment("published")
    if options.text("recording"):
        options.yes("recording")
    if options.text("transcript"):
        options.web("transcript")
    return options


def _item(item: Item, base: str, options: Options) -> tuple[list[Wanted], Fault | None]:
    """The recording of an item and its transcript, or what is wrong with it."""
    found = next((one for one in item.enclosures if _ending(one)), None)
    if found is None:
        return [], (Outcome.SKIPPED, Empty.__name__, "an item without a recording", "")
    url = absolute(found.url, base)
    if url is None:
        reason = f"a recording whose address {line(found.url, 80)!r} is none of the web"
        return [], (Outcome.QUARANTINED, Malformed.__name__, reason, "look at it by hand")
    hours, megabytes = options.number("max_hours", 1, 24), options.number("max_mb", 1, 10_000)
    if item.duration_s > hours * 3600 or found.size > megabytes * 1_000_000:
        reason = f"a recording of {item.duration_s / 3600:.1f} hours and {found.size / 1e6:.0f} MB"
        return [], (Outcome.QUARANTINED, TooLarge.__name__, reason, "raise option max_hours or max_mb")
    name = f"calls/{key(item.key or url)}"
    title = line(from_markup(item.title[:100_000]))
    call = Wanted(
        f"{name}{_ending(found)}",
        url,
        revision=key(url, str(found.size)),
        kind=SourceKind.CALL,
        published_at=item.dated,
        hints=_hints(options, url, title, line(item.language, 35)),
    )
    return [call, *_offered(item, base, call)], None


def _ending(one: Attached) -> str:
    """The suffix of a recording, by its address, else its stated type; empty for anything else."""
    kind = one.type.partition(";")[0].strip()
    by_type = _BY_TYPE.get(kind, ".mp3" if kind.startswith("audio/") else "")
    if kind and not kind.startswith(("audio/", "video/", "application/octet-stream")):
        return ""
    return suffix(one.url, _RECORDINGS, by_type)


def _offered(item: Item, base: str, call: Wanted) -> list[Wanted]:
    offers: dict[str, str] = {}
    for one in item.transcripts:
        ending = _TRANSCRIPTS.get(one.type.partition(";")[0].strip()) or suffix(one.url, _BEST_FIRST, "")
        url = absolute(one.url, base)
        if ending and url:
            offers.setdefault(ending, url)
    best = next((ending for ending in _BEST_FIRST if ending in offers), None)
    return [_transcript(offers[best], best, call)] if best else []


def _transcript(url: str, ending: str, call: Wanted) -> Wanted:
    """A transcript beside its recording: the same name with another suffix."""
    return Wanted(
        call.name.rpartition(".")[0] + ending,
        url,
        revision=key(url) if call.revision else "",
        optional=True,
        kind=SourceKind.CALL,
        published_at=call.published_at,
        hints={**call.hints, "url": url, "transcript_of": call.name.rpartition("/")[2]},
    )


def _hints(options: Options, url: str, title: str, language: str = "") -> dict[str, str]:
    said = {
        "url": url,
        "title": title,
        "language": language,
        "vocabulary": options.text("vocabulary"),
    }
    return {name: value for name, value in said.items() if value}
