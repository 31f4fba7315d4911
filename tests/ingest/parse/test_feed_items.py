import json
from datetime import UTC, datetime

import pytest

from smalti.ingest.parse.feed_items import Attached, read_feed
from smalti.platform.errors import TooLarge


def channel(inside: str) -> bytes:
    spaces = (
        'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:podcast="https://podcastindex.org/namespace/1.0" xmlns:media="http://search.yahoo.com/mrss/"'
    )
    return f'<rss version="2.0" {spaces}><channel><title>w</title>{inside}</channel></rss>'.encode()


def test_what_an_item_offers_is_read_with_type_and_size() -> None:
    raw = channel(
        "<item><guid isPermaLink='false'>1</guid><itunes:duration>1:02:03</itunes:duration>"
        '<enclosure url=" /a.mp3 " type="Audio/MPEG" length="77"/>'
        '<media:content url="/i.png" type="image/png" width="9"/><media:thumbnail url="/t.png" width="1"/>'
        '<media:content url="/v.mp4" type="video/mp4"/></item>'
    )
    (item,) = read_feed(raw, "f").items
    assert item.enclosures == [Attached("/a.mp3", "audio/mpeg", 77)]
    assert [one.url for one in item.images] == ["/i.png", "/t.png"]
    assert item.duration_s == 3723.0


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("90", 90.0), ("2:30", 150.0), ("1:00:00.5", 3600.5), ("an hour", 0.0), ("1:2:3:4", 0.0)],
)
def test_a_duration_is_read_in_every_form_or_not_at_all(told: str, seconds: float) -> None:
    raw = channel(f"<item><title>a</title><itunes:duration>{told}</itunes:duration></item>")
    assert read_feed(raw, "f").items[0].duration_s == seconds


def test_every_offered_transcript_is_kept_with_its_own_recording() -> None:
    item = (
        '<item><title>{0}</title><enclosure url="/{0}.mp3" type="audio/mpeg"/>'
        '<podcast:transcript url="/{0}.srt" type="application/srt"/>'
        '<podcast:transcript url="/{0}.vtt" type="text/vtt"/></item>'
    )
    found = read_feed(
        channel(item.format("a") + "<item><title>x</title></item>" + item.format("b")), "f"
    ).items
    assert [[one.url for one in item.transcripts] for item in found] == [
        ["/a.srt", "/a.vtt"], [], ["/b.srt", "/b.vtt"],
    ]  # fmt: skip


def test_a_transcript_of_an_undeclared_kind_does_no_harm() -> None:
    raw = b'<rss version="2.0"><channel><title>w</title><item><title>a</title><x:transcript url="/t"/></item>'
    assert read_feed(raw + b"</channel></rss>", "f").items[0].transcripts == ()


def test_a_json_feed_tells_the_same() -> None:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "w",
        "next_url": "https://x.example/2",
        "items": [
            {
                "id": "1",
                "image": "/p.png",
                "date_published": "2026-03-08T07:23:46-04:00",
                "date_modified": "2026-03-09T07:00:00Z",
                "attachments": [
                    {
                        "url": "/a.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": 5,
                        "duration_in_seconds": 61,
                    },
                    7,
                ],
            },
            "no item",
        ],
    }
    feed = read_feed(json.dumps(told).encode(), "f")
    item = feed.items[0]
    assert feed.following == "https://x.example/2"
    assert item.enclosures == [Attached("/a.mp3", "audio/mpeg", 5)]
    assert [one.url for one in item.images] == ["/p.png"]
    assert item.duration_s == 61.0
    assert item.dated == datetime(2026, 3, 9, 7, tzinfo=UTC)


def test_the_next_page_is_that_of_the_feed() -> None:
    raw = channel(
        '<atom:link rel="self" href="/1"/><atom:link rel="next" href="/2"/><item><title>a</title></item>'
    )
    assert read_feed(raw, "f").following == "/2"
    assert read_feed(channel("<item><title>a</title></item>"), "f").following == ""


def test_a_bare_guid_is_no_address_but_one_that_is_a_link_is() -> None:
    raw = channel("<item><title>a</title><guid>7</guid></item><item><guid>https://x.example/1</guid></item>")
    assert [(one.key, one.url) for one in read_feed(raw, "f").items] == [
        ("7", ""),
        ("https://x.example/1", "https://x.example/1"),
    ]


def test_a_flood_of_markup_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge, match="tags"):
        read_feed(channel('<item><podcast:transcript url="/a"/></item>' * 60_000), "f")
