from datetime import UTC, datetime

import pytest
from tests.recorded.answers import recorded

from smalti.ingest.feeds import calls
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.platform.errors import Empty, Malformed, SettingsError
from smalti.platform.records import SourceKind

FEED = Wanted("feed.xml", "https://ir.example/calls/podcast.xml", lists=True)
WALNUT = "Walnut Lighthouse Packaging Company"


def source(address: str = FEED.url, **options: str) -> Source:
    return Source("calls", "call", address, "every 1d", options)


def podcast(**options: str) -> Listing:
    return calls.listed(recorded("calls/podcast.xml", "https://ir.example"), FEED, source(**options))


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>w</title>{inside}</channel></rss>'.encode()


def test_a_feed_gives_recordings_with_transcripts_beside_them_oldest_first() -> None:
    found = podcast(issuer=WALNUT, vocabulary="Walnut Lighthouse ZZWL").wanted
    third, lost, fourth, words = found
    assert [one.url for one in found] == [
        "https://ir.example/calls/q3.wav",
        "https://ir.example/calls/q3-gone.vtt",
        "https://ir.example/calls/q4.mp3?source=feed",
        "https://ir.example/calls/q4.vtt",  # not the JSON: this one says when words were spoken
    ]
    assert (third.name[-4:], fourth.name[-4:]) == (".wav", ".mp3")
    assert (fourth.optional, words.optional, lost.optional) == (False, True, True)
    assert words.name == fourth.name[:-4] + ".vtt"
    assert words.hints["transcript_of"] == fourth.name.rpartition("/")[2]
    assert {one.kind for one in found} == {SourceKind.CALL}
    assert fourth.published_at == words.published_at == datetime(2026, 2, 5, 14, tzinfo=UTC)
    assert fourth.hints == {
        "url": fourth.url,
        "title": "Fourth quarter 2025 results",
        "vocabulary": "Walnut Lighthouse ZZWL",
        "language": "en-us",
    }


def test_what_is_stated_to_be_too_long_or_large_is_left() -> None:
    listing = podcast()
    assert [(one.record, one.code, one.reason) for one in listing.records] == [
        ("item 3", "TooLarge", "a recording of 24.0 hours and 0 MB")
    ]
    assert len(podcast(max_hours="24").wanted) == 5
    item = '<guid isPermaLink="false">1</guid><enclosure url="/a.mp3" type="audio/mpeg" length="600000000"/>'
    (large,) = calls.listed(rss(item), FEED, source()).records
    assert large.reason == "a recording of 0.0 hours and 600 MB"
    assert len(calls.listed(rss(item), FEED, source(max_mb="600")).wanted) == 1


def test_the_newest_recordings_are_taken_and_older_ones_left() -> None:
    few = podcast(max_items="1")
    assert [one.hints["title"] for one in few.wanted] == ["Fourth quarter 2025 results"] * 2
    assert few.records[0].reason == "2 items after the first 1 recordings: option max_items"
    assert len(podcast(since="2026-01-01").wanted) == 2
    assert calls.listed(recorded("calls/podcast.xml"), FEED, source(since="2027-01-01")).wanted == []


@pytest.mark.parametrize(
    ("enclosure", "ending"),
    [
        ('url="/a" type="video/mp4"', ".mp4"),
        ('url="/a.m4a?x=1" type=""', ".m4a"),
        ('url="/a.php" type="audio/x-unheard-of"', ".mp3"),
        ('url="/a.mov" type="application/octet-stream"', ".mov"),
    ],
)
def test_a_recording_is_known_by_its_address_or_its_type(enclosure: str, ending: str) -> None:
    (call,) = calls.listed(rss(f"<guid>1</guid><enclosure {enclosure} length='1'/>"), FEED, source()).wanted
    assert call.name.endswith(ending)


def test_items_without_recordings_and_twice_are_told() -> None:
    item = '<guid isPermaLink="false">1</guid><enclosure url="{}" type="audio/mpeg" length="1"/>'
    listing = calls.listed(
        rss(
            item.format("/a.mp3"),
            item.format("/a.mp3"),
            "<title>words</title>",
            '<guid>2</guid><enclosure url="/slides.pdf" type="application/pdf" length="1"/>',
            item.format("file:///etc/passwd.mp3"),
        ),
        FEED,
        source(),
    )
    assert [one.outcome.value for one in listing.records] == [
        "duplicate", "skipped", "skipped", "quarantined",
    ]  # fmt: skip
    assert len(listing.wanted) == 1
    with pytest.raises(Empty, match="without a recording"):
        calls.listed(rss("<title>words</title>"), FEED, source())
    with pytest.raises(Malformed):
        calls.listed(b"<html>log in</html>", FEED, source())


def test_one_recording_is_fetched_at_its_own_address() -> None:
    url = "https://ir.example/2025-q4.MP4?token=1"
    (call, words) = calls.begin(
        source(url, issuer=WALNUT, published="2026-02-05", transcript="https://ir.example/q4.vtt", title="Q4")
    )
    assert (call.name, call.url, call.lists) == ("recording.mp4", url, False)
    assert call.published_at == datetime(2026, 2, 5, 23, 59, 59, tzinfo=UTC)  # a bare day is over first
    assert call.hints == {"url": url, "title": "Q4"}
    assert (words.name, words.optional, words.lists) == ("recording.vtt", True, False)
    exact = calls.begin(source(url, published="2026-02-05T09:00:00-05:00"))[0]
    assert exact.published_at == datetime(2026, 2, 5, 14, tzinfo=UTC)
    assert calls.begin(source("https://ir.example/play", recording="yes"))[0].name == "recording.mp3"
    assert calls.begin(source("https://ir.example/feed.mp3", recording="no")) == [
        Wanted("feed.xml", "https://ir.example/feed.mp3", lists=True)
    ]
    assert calls.begin(source()) == [FEED]


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("ftp://ir.example/a.mp3", {}),
        (FEED.url, {"max_hours": "25"}),
        (FEED.url, {"published": "recently"}),
        (FEED.url, {"transcript": "q4.vtt"}),
        (FEED.url, {"recording": "maybe"}),
        (FEED.url, {"isuer": WALNUT}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        calls.begin(source(address, **options))
    assert refused.value.mend
