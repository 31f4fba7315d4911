"""Every recorded source pulled through its feed alone: recorded lists are followed, the rest is parsed."""

import random
from collections import Counter, deque
from urllib.parse import urlsplit

import pytest
from tests.recorded.answers import GONE, answers, recorded, sources

from smalti.ingest.feeds.source import Source, Wanted, feed_of
from smalti.ingest.parse.contract import Parsed, Request
from smalti.ingest.parse.dispatch import choose
from smalti.platform.errors import InputError
from smalti.platform.records import DateMethod

BASE = "http://127.0.0.1:8000"
LISTS = {
    "wire": ("news/feed.xml", "feed.xml"),
    "walnut filings": ("filings/submissions.json", "submissions.json"),
    "walnut watch": ("social/mastodon-statuses.json", "timeline.json"),
    "boxes": ("social/bluesky-feed.json", "timeline.json"),
    "synthetic stocks": ("social/reddit-new.json", "timeline.json"),
    "walnut calls": ("calls/podcast.xml", "feed.xml"),
}


def pulled(source: Source) -> tuple[dict[str, tuple[Wanted, bytes]], list[str]]:
    """What a source gives by name, with its bytes; and the paths that were gone."""
    feed, served = feed_of(source), answers(BASE)
    left, found, gone = deque(feed.begin(source)), dict[str, tuple[Wanted, bytes]](), []
    seen: set[str] = set()
    while left:
        wanted = left.popleft()
        if wanted.name in seen:
            continue
        seen.add(wanted.name)
        raw = wanted.raw
        if raw is None:
            parts = urlsplit(wanted.url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            status, _, raw = served[path]
            if status == 404:
                gone.append(path)
                continue
        if wanted.lists:
            left.extend(feed.listed(raw, wanted, source).wanted)
        else:
            found[wanted.name] = (wanted, raw)
    return found, gone


def read(wanted: Wanted, raw: bytes) -> Parsed:
    request = Request(wanted.name, wanted.kind, wanted.published_at, DateMethod.FEED, wanted.hints)
    module, _, function = choose(raw, request).partition(":")
    return getattr(__import__(module, fromlist=[function]), function)(raw, request)


@pytest.fixture(scope="module")
def everything() -> dict[str, tuple[dict[str, tuple[Wanted, bytes]], list[str]]]:
    return {source.name: pulled(source) for source in sources(BASE)}


def test_every_source_gives_what_was_recorded_of_it(
    everything: dict[str, tuple[dict[str, tuple[Wanted, bytes]], list[str]]],
) -> None:
    given = {
        name: dict(Counter(one.rpartition(".")[2] for one in found))
        for name, (found, _) in everything.items()
    }
    assert given == {
        "wire": {"json": 4, "html": 3},
        "walnut filings": {"htm": 7, "pdf": 1, "png": 1, "json": 3},
        "walnut watch": {"jsonl": 3, "jpg": 1, "png": 1},
        "boxes": {"jsonl": 3, "jpg": 1},
        "synthetic stocks": {"jsonl": 3, "jpg": 1},
        "walnut calls": {"mp3": 1, "wav": 1, "vtt": 1},
        "walnut recording": {"mp3": 1},
        "prices": {"csv": 2},
    }
    assert {path for _, gone in everything.values() for path in gone} == set(GONE)


def test_all_that_is_given_is_read_and_dated_in_the_past(
    everything: dict[str, tuple[dict[str, tuple[Wanted, bytes]], list[str]]],
) -> None:
    for found, _ in everything.values():
        for wanted, raw in found.values():
            if wanted.name.endswith(".vtt"):
                continue
            parsed = read(wanted, raw)
            assert parsed.documents, wanted.name
            if wanted.kind != "price":
                assert wanted.published_at, wanted.name
                assert all(one.published_at for one in parsed.documents), wanted.name


def test_a_second_pull_names_the_same_things_with_the_same_revisions(
    everything: dict[str, tuple[dict[str, tuple[Wanted, bytes]], list[str]]],
) -> None:
    for source in sources(BASE):
        assert pulled(source) == everything[source.name]


@pytest.mark.parametrize("name", LISTS)
def test_a_broken_list_is_refused_or_read_but_never_breaks_the_feed(name: str) -> None:
    (source,) = (one for one in sources(BASE) if one.name == name)
    file, asked = LISTS[name]
    good = recorded(file, BASE)
    dice = random.Random(f"{name} 20260101")
    wanted = Wanted(asked, f"{BASE}/list", lists=True, hints={"cik": "9900000003"})
    refused = 0
    for _ in range(60):
        raw = bytearray(good)
        for _ in range(dice.randint(1, 8)):
            at, length = dice.randrange(len(raw)), dice.randint(1, 40)
            kind = dice.randrange(4)
            if kind == 0:
                raw[at : at + length] = b""
            elif kind == 1:
                raw[at : at + 1] = bytes([dice.randrange(256)])
            elif kind == 2:
                raw[at:at] = raw[at : at + length] * dice.randint(1, 50)
            else:
                raw[at:at] = dice.choice(
                    [b"null", b"[[", b"\0", b"</", b'"', b"../../", b"\xff\xfe", b"1e999"]
                )
        try:
            listing = feed_of(source).listed(bytes(raw), wanted, source)
        except InputError as error:
            assert error.mend
            refused += 1
            continue
        for one in listing.wanted:
            assert one.raw is not None or one.url.startswith(("http://", "https://"))
            assert ".." not in one.name
            assert one.name.isascii()
    assert refused < 60
