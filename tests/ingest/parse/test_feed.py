import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.feed import parse
from smalti.platform.errors import Empty, Malformed, TooLarge
from smalti.platform.records import DateMethod, SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/news"


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Wire</title>'
        f"<language>en-us</language>{inside}</channel></rss>"
    ).encode()


def read(raw: bytes, name: str = "news/wire.xml") -> Parsed:
    return parse(raw, Request(name))


def outcomes(parsed: Parsed) -> list[str]:
    return [one.outcome.value for one in parsed.records]


def test_an_item_becomes_a_document() -> None:
    parsed = read(
        rss(
            "<title>Acme &amp; Co raises outlook</title><link>https://example.org/a</link><guid>g1</guid>"
            "<author>the desk</author><pubDate>Sun, 08 Mar 2026 07:23:46 -0400</pubDate>"
            "<description>&lt;p&gt;Sales &lt;b&gt;rose&lt;/b&gt; 5%.&lt;/p&gt;"
            "&lt;script&gt;x()&lt;/script&gt;</description>"
        )
    )
    (document,) = parsed.documents
    assert (document.part, document.kind, document.title) == (
        "item 1",
        SourceKind.NEWS,
        "Acme & Co raises outlook",
    )
    assert [piece.text for piece in document.pieces] == ["Acme & Co raises outlook", "Sales rose 5%."]
    assert document.published_at == datetime(2026, 3, 8, 11, 23, 46, tzinfo=UTC)
    assert document.date_method is DateMethod.FEED
    assert (document.url, document.author, document.language) == ("https://example.org/a", "the desk", "en")
    assert document.partial is None


def test_items_without_words_repeated_or_undated_each_have_their_disposition() -> None:
    parsed = read(
        rss(
            "<title>One</title><guid>g1</guid>",
            "<guid>g2</guid><link>https://example.org/2</link>",
            "<title>One again</title><guid>g1</guid>",
            "<title>Two</title><guid>g3</guid><pubDate>2026-03-08</pubDate>",
        )
    )
    assert outcomes(parsed) == ["parsed", "skipped", "duplicate", "parsed"]
    assert "no readable date" in parsed.records[0].reason
    assert parsed.records[2].reason == "same guid or address as item 1"
    assert [document.part for document in parsed.documents] == ["item 1", "item 4"]
    assert [document.published_at for document in parsed.documents] == [
        None,
        datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC),
    ]


def test_a_revised_atom_entry_is_dated_by_its_revision() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
        b"<entry><id>1</id><title>Deal closed</title>"
        b"<published>2026-03-01T08:00:00Z</published><updated>2026-03-04T09:30:00Z</updated>"
        b'<link href="https://example.org/x"/>'
        b'<content type="html">&lt;p&gt;It closed.&lt;/p&gt;</content></entry></feed>'
    )
    (document,) = read(atom).documents
    assert document.published_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert document.pieces[1].text == "It closed."


def test_a_feed_that_breaks_off_is_marked_partial() -> None:
    whole = rss("<title>One</title>", "<title>Two</title>")
    parsed = read(whole[: whole.index(b"Two") + 2])
    assert parsed.documents[0].title == "One"
    assert all("broken" in (document.partial or "") for document in parsed.documents)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "http://[bad", "http://"]
)
def test_an_address_that_is_no_web_address_is_dropped(address: str) -> None:
    assert read(rss(f"<title>One</title><link>{address}</link>")).documents[0].url is None


def test_bytes_that_look_like_a_path_or_address_are_not_opened() -> None:
    for raw in (b"/etc/passwd", b"http://127.0.0.1:1/feed"):
        with pytest.raises(Malformed):
            read(raw)


def test_json_feed() -> None:
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "https://example.org/1",
                "title": "Acme",
                "content_html": "<p>Up.</p><p>Then down.</p>",
                "date_published": "2026-03-01T08:00:00+01:00",
                "authors": [{"name": "desk"}],
            },
            {"id": "2", "content_text": "Note\n\nSecond"},
            "junk",
        ],
    }
    parsed = read(json.dumps(told).encode(), "news/wire.json")
    assert outcomes(parsed) == ["parsed", "parsed", "skipped"]
    first, second = parsed.documents
    assert [piece.text for piece in first.pieces] == ["Acme", "Up.", "Then down."]
    assert (first.published_at, first.author) == (datetime(2026, 3, 1, 7, tzinfo=UTC), "desk")
    assert [piece.text for piece in second.pieces] == ["Note", "Second"]


def test_a_feed_that_defines_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    bomb += b"<rss><channel><item><title>&b;</title></item></channel></rss>"
    for raw in (bomb, bomb.decode().encode("utf-16")):
        with pytest.raises(Malformed, match="entities"):
            read(raw)


def test_markup_its_lenient_parser_trips_over_is_malformed() -> None:
    with pytest.raises(Malformed):
        read(b'<rss version="2.0"><channel><item><link></item></link></channel>')


def test_no_feed_no_items_and_too_many() -> None:
    with pytest.raises(Malformed):
        read(b"<rss version='2.0'><channel><title>x")
    with pytest.raises(Malformed):
        read(b'{"a": 1}')
    with pytest.raises(Empty):
        read(rss())
    with pytest.raises(Empty):
        read(rss("<guid>1</guid>"))
    with pytest.raises(TooLarge):
        parse(rss("<title>a</title>", "<title>b</title>"), Request("f", limits=Limits(max_records=1)))


def test_what_one_item_says_stays_with_it() -> None:
    alone = read(rss("<title>One</title>")).documents[0]
    beside = read(rss("<title>One</title>", "<title>Later news</title>")).documents[0]
    assert alone == beside


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "items", "title", "published"),
    [
        ("cnbc_finance_rss_2019-07.xml", 30, "Morgan Stanley: The", "2019-07-29T13:55:00"),
        ("rss_bloomberg.xml", 16, "Trump Wants Countries to", "2026-03-15T00:48:24.900000"),
        ("rss_cnbc.xml", 30, "Oil surges above $100 a barrel", "2026-03-08T23:58:37"),
        ("rss_google.xml", 100, "Canada's labor market dips", "2026-03-13T12:33:03"),
        ("rss_nytimes.xml", 50, "Oil Prices Surge Above $100", "2026-03-08T23:24:20"),
        ("rss_reddit.json", 2, "AAPL earnings beat lifts market sentiment", "2024-03-09T16:00:00"),
        ("rss_reddit.xml", 1, "TSLA guidance worries hit stock discussion", "2024-03-09T12:00:00"),
        ("rss_seekingalpha.xml", 20, "Wall Street Week Ahead", "2026-03-08T11:23:46"),
    ],
)  # fmt: skip
def test_saved_feeds(name: str, items: int, title: str, published: str) -> None:
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"no {path}: set SMALTI_DATA to the folder of real data")
    parsed = read(path.read_bytes(), name)
    assert outcomes(parsed) == ["parsed"] * items
    first = parsed.documents[0]
    assert first.title.startswith(title)
    assert first.published_at == datetime.fromisoformat(published).replace(tzinfo=UTC)
    assert first.kind is (SourceKind.SOCIAL if "reddit" in name else SourceKind.NEWS)
    assert all(document.url and document.published_at for document in parsed.documents)
    assert not any("<" in piece.text for document in parsed.documents for piece in document.pieces)
