import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.recorded.answers import recorded

from smalti.ingest.feeds import news
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.feed import parse
from smalti.platform.errors import Empty, Malformed, SettingsError, TooLarge
from smalti.platform.records import DateMethod, SourceKind

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/news"
FEED = Wanted("feed.xml", "https://wire.example/news/feed.xml", lists=True)


def source(**options: str) -> Source:
    return Source("wire", "news", FEED.url, "every 15m", options)


def listed(raw: bytes | str, wanted: Wanted = FEED, **options: str) -> Listing:
    return news.listed(raw.encode() if isinstance(raw, str) else raw, wanted, source(**options))


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>w</title><language>en</language>{inside}</channel></rss>'


def pages(listing: Listing) -> list[Wanted]:
    return [one for one in listing.wanted if one.url and not one.lists]


def items(listing: Listing) -> list[Wanted]:
    return [one for one in listing.wanted if one.raw is not None]


def test_the_feed_is_asked_for_first() -> None:
    assert news.begin(source()) == [FEED]


def test_an_item_gives_itself_and_its_page_dated_by_the_feed_oldest_first() -> None:
    listing = listed(recorded("news/feed.xml", "https://wire.example"))
    assert [one.url for one in pages(listing)] == [
        "https://wire.example/news/gone.html",
        "https://wire.example/news/walnut-lighthouse-results.html",
        "https://wire.example/news/velvet-comet-going-concern.html",
    ]
    page = pages(listing)[2]
    assert page.published_at == datetime(2026, 4, 1, 11, 15, tzinfo=UTC)
    assert page.kind is SourceKind.NEWS
    assert page.hints == {
        "url": "https://wire.example/news/velvet-comet-going-concern.html",
        "title": "Velvet Comet Batteries warns of going concern",
        "author": "Markets desk",
        "language": "en-us",
    }
    item = items(listing)[2]
    assert item.raw is not None
    (document,) = parse(
        item.raw, Request(item.name, item.kind, item.published_at, DateMethod.FEED, item.hints)
    ).documents
    assert document.pieces[1].text == (
        "Velvet Comet Batteries (ZZVC) said there is substantial doubt about its ability to go on."
    )
    assert (document.url, document.published_at) == (page.url, page.published_at)
    assert document.author == "Markets desk"


def test_the_next_page_of_a_feed_is_a_further_list_and_a_circle_ends() -> None:
    listing = listed(recorded("news/feed.xml", "https://wire.example"))
    further = listing.wanted[-1]
    assert (further.url, further.lists, further.further) == (
        "https://wire.example/news/feed.xml?page=2",
        True,
        True,
    )
    second = listed(recorded("news/feed-2.xml", "https://wire.example"), further)
    assert second.wanted[-1].url == FEED.url  # it points back: the count ends it
    followed = [FEED]
    while followed[-1].lists:
        name = "news/feed-2.xml" if "page=2" in followed[-1].url else "news/feed.xml"
        followed.append(listed(recorded(name, "https://wire.example"), followed[-1]).wanted[-1])
    assert len(followed) == 6  # five pages, and what is no list any more
    assert not listed(recorded("news/feed.xml", "https://wire.example"), max_pages="1").wanted[-1].lists


def test_the_same_item_is_the_same_and_a_revised_one_is_known_again() -> None:
    item = "<title>{}</title><guid>g</guid><link>https://x.example/a?utm_source=rss&amp;id=7#c</link>"
    dated = "<pubDate>Sun, 08 Mar 2026 07:23:46 GMT</pubDate>"
    first = listed(rss(item.format("A") + dated))
    again = listed(rss("<title>New</title><guid>n</guid>", item.format("A") + dated))
    assert {one.name: one for one in first.wanted}.items() <= {one.name: one for one in again.wanted}.items()
    assert pages(first)[0].url == "https://x.example/a?id=7"
    revised = listed(rss(item.format("B") + dated.replace("08 Mar", "09 Mar")))
    assert [one.name for one in revised.wanted] == [one.name for one in first.wanted]
    assert all(a.revision != b.revision for a, b in zip(first.wanted, revised.wanted, strict=True))
    tracked = listed(rss(item.format("A").replace("utm_source=rss", "utm_medium=mail") + dated))
    assert pages(tracked)[0].name == pages(first)[0].name


def test_markup_that_differs_at_every_request_is_no_revision() -> None:
    body = "&lt;p&gt;{}&lt;/p&gt;&lt;img src='/p?{}'&gt;"
    item = f"<title>A</title><guid>g</guid><description>{body}</description>"
    first, again = (items(listed(rss(item.format("Sales rose.", n))))[0] for n in (1, 2))
    assert (first.name, first.revision) == (again.name, again.revision)
    assert items(listed(rss(item.format("Sales fell.", 1))))[0].revision != first.revision


def test_relative_links_follow_xml_base_and_the_address_of_the_feed() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="sub/"><title>t</title>'
        '<entry><id>1</id><title>A</title><link href="a.html"/></entry></feed>'
    )
    assert pages(listed(atom))[0].url == "https://wire.example/news/sub/a.html"
    assert pages(listed(rss("<title>A</title><link>//y.example/b</link>")))[0].url == "https://y.example/b"
    spoken = rss("<title>A</title><link>/b\u00fcrse/a b?q=\u00e9&amp;r=%20#x</link>")
    assert pages(listed(spoken))[0].url == "https://wire.example/b%C3%BCrse/a%20b?q=%C3%A9&r=%20"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://x.example/a",
        "http://user:secret@x.example/",
        "http://x.example:99999/",
        "http://[::1",
        "https://x.example/" + "a" * 3000,
    ],
)
def test_a_link_that_is_none_of_the_web_costs_the_page_only(link: str) -> None:
    listing = listed(rss(f"<title>A title</title><link>{link}</link><guid isPermaLink='false'>1</guid>"))
    assert pages(listing) == []
    assert len(items(listing)) == 1
    assert [(one.record, one.outcome.value) for one in listing.records] == [("item 1", "quarantined")]


def test_hostile_names_never_reach_a_path() -> None:
    listing = listed(
        rss("<title>A</title><guid>../../etc/passwd\u202e</guid><link>https://x.example/..%2f..%00</link>")
    )
    assert all(set(one.name) <= set("abcdef0123456789itemspgjonhl/.") for one in listing.wanted)
    assert not any(".." in one.name for one in listing.wanted)


def test_items_twice_without_words_or_before_since_are_told() -> None:
    listing = listed(
        rss(
            "<title>A</title><guid>1</guid>",
            "<title>A</title><guid>1</guid>",
            "<guid>2</guid>",
            "<title>Old</title><guid>3</guid><pubDate>Sun, 08 Mar 2020 07:23:46 GMT</pubDate>",
        ),
        since="2025-01-01",
    )
    assert len(listing.wanted) == 1
    assert [(one.record, one.outcome.value) for one in listing.records] == [
        ("item 2", "duplicate"),
        ("item 3", "skipped"),
        ("older items", "skipped"),
    ]


def test_a_json_feed_of_thousands_of_items_is_cut_and_says_so() -> None:
    many = [{"id": str(number), "title": f"t {number}"} for number in range(20_000)]
    raw = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": many})
    listing = listed(raw, max_items="50")
    assert len(listing.wanted) == 50
    assert "19950 items" in listing.records[-1].reason


def test_what_is_no_feed_is_refused() -> None:
    with pytest.raises(Malformed):
        listed("<html><body>Please log in</body></html>")
    with pytest.raises(Malformed, match="nested"):
        listed("[" * 100_000)
    with pytest.raises(Malformed, match="entities"):
        listed('<!DOCTYPE r [<!ENTITY a "b">]><rss version="2.0"><channel/></rss>')
    with pytest.raises(TooLarge):
        listed(b"<" * 20_000_001)
    with pytest.raises(Empty):
        listed('{"version": "https://jsonfeed.org/version/1.1", "items": []}')


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("ftp://x.example/", {}),
        ("file:///etc/passwd", {}),
        ("x.example", {}),
        (FEED.url, {"sinse": "2026-01-01"}),
        (FEED.url, {"since": "soon"}),
        (FEED.url, {"max_items": "0"}),
        (FEED.url, {"pages": "perhaps"}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        news.begin(Source("wire", "news", address, "every 15m", options))
    assert refused.value.subject == "wire"
    assert refused.value.mend


@pytest.mark.data
def test_the_real_feeds_are_listed() -> None:
    if not DATA.is_dir():
        pytest.skip(f"no {DATA}: set SMALTI_DATA to the folder of real data")
    found = {}
    for path in sorted(DATA.glob("*rss*")):
        listing = listed(path.read_bytes(), max_items="2000")
        found[path.name] = (len(items(listing)), len(pages(listing)))
        assert all(one.published_at for one in listing.wanted if not one.lists), path.name
        assert all(one.url.startswith("http") for one in pages(listing))
    assert found == {
        "cnbc_finance_rss_2019-07.xml": (30, 30),
        "rss_bloomberg.xml": (16, 16),
        "rss_cnbc.xml": (30, 30),
        "rss_google.xml": (100, 100),
        "rss_nytimes.xml": (50, 50),
        "rss_reddit.json": (2, 2),
        "rss_reddit.xml": (1, 1),
        "rss_seekingalpha.xml": (20, 20),
    }
