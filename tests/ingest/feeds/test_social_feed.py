import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.recorded.answers import recorded

from smalti.ingest.feeds import social
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import ParsedDocument, Request
from smalti.ingest.parse.dispatch import choose
from smalti.ingest.parse.posts import parse
from smalti.platform.errors import Malformed, SettingsError
from smalti.platform.records import DateMethod, SourceKind

BASE = "https://server.example"
MASTODON = "mastodon://server.example/@walnut_watch"
STATUSES = f"{BASE}/mastodon/api/v1/accounts/109000000000000001/statuses?limit=40"


def source(address: str, **options: str) -> Source:
    return Source("posts", "social", address, "every 15m", options)


def listed(raw: bytes | object, address: str, url: str, **options: str) -> Listing:
    told = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
    return social.listed(told, Wanted("timeline.json", url, lists=True), source(address, **options))


def mastodon(**options: str) -> Listing:
    return listed(recorded("social/mastodon-statuses.json", BASE), MASTODON, STATUSES, **options)


def bluesky(page: str = "", **options: str) -> Listing:
    url = f"{BASE}/xrpc/app.bsky.feed.getAuthorFeed?actor=boxes.example&limit=100"
    return listed(
        recorded(f"social/bluesky-feed{page}.json", BASE), "bluesky://boxes.example", url, **options
    )


def reddit(page: str = "", **options: str) -> Listing:
    url = f"{BASE}/r/synthetic_stocks/new.json?limit=100&raw_json=1"
    return listed(
        recorded(f"social/reddit-new{page}.json", BASE), "reddit://r/synthetic_stocks", url, **options
    )


def status(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(recorded("social/mastodon-statuses.json", BASE))[0]
    return {**told, **changes}


def documents(listing: Listing) -> list[ParsedDocument]:
    """Its posts as the parser reads them."""
    found = []
    for one in listing.wanted:
        if one.raw is not None:
            request = Request(one.name, one.kind, one.published_at, DateMethod.FEED, one.hints)
            assert choose(one.raw, request) == "smalti.ingest.parse.posts:parse"
            found.extend(parse(one.raw, request).documents)
    return found


def test_each_address_asks_its_own_interface() -> None:
    first = {
        MASTODON: f"{BASE}/api/v1/accounts/lookup?acct=walnut_watch",
        "mastodon://server.example/@a@b.example": f"{BASE}/api/v1/accounts/lookup?acct=a@b.example",
        "mastodon://server.example/tags/aktien": f"{BASE}/api/v1/timelines/tag/aktien?limit=40",
        "bluesky://boxes.example": "https://public.api.bsky.app/xrpc/app.bsky.feed.getAuthorFeed"
        "?actor=boxes.example&limit=100",
        'bluesky://search/"going concern" $ZZVC': "https://public.api.bsky.app/xrpc/app.bsky.feed.searchPosts"
        "?q=%22going%20concern%22%20%24ZZVC&sort=latest&limit=100",
        "reddit://r/stocks": "https://www.reddit.com/r/stocks/new.json?limit=100&raw_json=1",
        "https://x.example/feed.xml": "https://x.example/feed.xml",
    }
    assert {address: social.begin(source(address))[0].url for address in first} == first
    assert all(social.begin(source(address))[0].lists for address in first)
    elsewhere = social.begin(source("reddit://r/stocks", host="http://127.0.0.1:8000/reddit/"))
    assert elsewhere[0].url == "http://127.0.0.1:8000/reddit/r/stocks/new.json?limit=100&raw_json=1"


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("mastodon://server.example/walnut", {}),
        ("mastodon://server.example/@../x", {}),
        ("mastodon://user:secret@server.example/@x", {}),
        ("bluesky://a/b", {}),
        ("reddit://r/a/../b", {}),
        ("reddit://user/x", {}),
        ("file:///etc/passwd", {}),
        (MASTODON, {"host": "file:///"}),
        (MASTODON, {"max_pages": "many"}),
        (MASTODON, {"token": "x"}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        social.begin(source(address, **options))
    assert refused.value.mend


def test_an_account_of_mastodon_is_looked_up_for_its_number() -> None:
    asked = source(MASTODON, host=f"{BASE}/mastodon")
    (lookup,) = social.begin(asked)
    (timeline,) = social.listed(recorded("social/mastodon-account.json", BASE), lookup, asked).wanted
    assert (timeline.url, timeline.lists) == (STATUSES, True)
    for bad in (b'{"error": "Record not found"}', b'{"id": "../../x"}', b"[]"):
        with pytest.raises(Malformed, match="account"):
            social.listed(bad, lookup, asked)


def test_a_status_becomes_a_post_with_its_pictures_beside_it() -> None:
    listing = mastodon()
    post, first, second = (
        one for one in listing.wanted if one.published_at == datetime(2026, 4, 2, 15, 30, tzinfo=UTC)
    )
    assert post.kind is SourceKind.SOCIAL
    assert [first.url, second.url] == [
        f"{BASE}/mastodon/media/box.jpg",
        f"{BASE}/mastodon/media/chart.png",
    ]
    document = documents(listing)[1]
    names = [one.name.rpartition("/")[2] for one in (first, second)]
    assert document.hints["image"].splitlines() == names
    assert post.name.rpartition("/")[0] == first.name.rpartition("/")[0]
    assert [one.name.rpartition(".")[2] for one in (first, second)] == ["jpg", "png"]
    assert [piece.text for piece in document.pieces] == [
        "Two pictures of the new #boxline at $ZZWL. Boring company, good boxes.",
        "A cardboard box on a belt",
        "A chart of $ZZWL net sales, rising",
    ]
    assert document.published_at == datetime(2026, 4, 2, 15, 30, tzinfo=UTC)  # the edit
    assert document.url == f"{BASE}/mastodon/@walnut_watch/112000000000000009"
    assert {name: document.hints[name] for name in ("cashtags", "author_id", "followers", "likes")} == {
        "cashtags": "ZZWL",
        "author_id": "walnut_watch@server.example",
        "followers": "1830",
        "likes": "11",
    }
    assert "videos" in listing.records[0].record


def test_a_boost_names_whose_words_it_passes_on() -> None:
    boost = documents(mastodon())[0]
    assert boost.hints["repost_of"] == "https://charts.example/users/axis_reader/statuses/3"
    assert boost.hints["original_author"] == "axis_reader@charts.example"
    assert boost.hints["author_id"] == "walnut_watch@server.example"
    assert boost.published_at == datetime(2026, 3, 22, 8, 0, tzinfo=UTC)  # not when the original was written
    assert boost.pieces[0].text.startswith("The chart in the $ZZMH filing")
    own = mastodon(reposts="no")
    assert [document.hints.get("repost_of") for document in documents(own)] == [None]
    assert "1 reposts: option reposts" in [one.reason for one in own.records]


def test_likes_make_no_new_document_but_words_and_edits_do() -> None:
    def revision(**changes: Any) -> str:
        return listed([status(**changes)], MASTODON, STATUSES).wanted[0].revision

    assert revision() == revision(favourites_count=99_000, reblogs_count=7, replies_count=0)
    assert revision() != revision(edited_at="2026-04-03T00:00:00Z")
    assert revision() != revision(content="<p>Sold all of it.</p>")


def test_a_timeline_goes_on_before_its_last_post_and_ends() -> None:
    further = mastodon().wanted[-1]
    assert (further.lists, further.further) == (True, True)
    assert further.url == f"{STATUSES}&max_id=112000000000000008"
    second = social.listed(recorded("social/mastodon-statuses-2.json", BASE), further, source(MASTODON))
    assert second.wanted[-1].url == f"{STATUSES}&max_id=112000000000000002"
    assert social.listed(b"[]", second.wanted[-1], source(MASTODON)).wanted == []
    third = social.listed(
        recorded("social/mastodon-statuses.json", BASE), second.wanted[-1], source(MASTODON)
    )
    assert not any(one.lists for one in third.wanted)  # max_pages
    (post,) = documents(second)
    assert post.pieces[0].text == "$ZZWL results in line, nothing to see."  # no script


def test_a_post_of_bluesky_is_dated_by_when_the_service_saw_it() -> None:
    (backdated,) = documents(bluesky("-2"))
    assert backdated.published_at == datetime(2026, 5, 10, 18, 0, tzinfo=UTC)  # it claims New Year
    listing = bluesky()
    assert listing.wanted[-1].url.endswith("&cursor=2026-05-11T10%3A00%3A02Z")
    repost, own = documents(listing)
    assert own.url == "https://bsky.app/profile/boxes.example/post/3kzz000000003"
    assert own.hints["image"].endswith("-1.jpg")
    assert own.author == "boxes.example"
    assert own.hints["author_id"] == "did:plc:synthetic0001"
    assert own.pieces[1].text == "A contract, signed"
    assert repost.hints["repost_of"] == "at://did:plc:synthetic0002/app.bsky.feed.post/3kzz000000002"
    assert repost.hints["original_author"] == "cells.example"
    assert repost.published_at == datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


def test_posts_of_reddit_carry_title_text_and_picture() -> None:
    listing = reddit()
    older, newer = documents(listing)
    assert newer.pieces[0].text == "$ZZMH flow meter Installed two of these, setup took an hour."
    assert newer.hints["image"].endswith("-1.jpg")
    assert [one.url for one in listing.wanted if one.url and not one.lists] == [f"{BASE}/reddit/i/meter.jpg"]
    assert older.published_at == datetime(2025, 11, 1, 13, 26, 40, tzinfo=UTC)  # the edit, an hour later
    assert older.url == "https://www.reddit.com/r/synthetic_stocks/comments/zz1/x/"
    assert listing.wanted[-1].url.endswith("raw_json=1&after=t3_zz1")
    assert not any(one.lists for one in reddit("-2").wanted)


def test_items_of_any_feed_are_posts() -> None:
    rss = (
        '<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>t</title><item>'
        "<title>Two boxes…</title><guid isPermaLink='false'>p1</guid><link>/p/1</link>"
        "<pubDate>Sun, 08 Mar 2026 07:23:46 +0200</pubDate>"
        "<description>Two boxes, and a belt $ZZWL</description>"
        '<media:content url="/m/1.png" medium="image"/></item></channel></rss>'
    )
    wanted = Wanted("feed.xml", "https://x.example/feed.xml", lists=True)
    listing = social.listed(rss.encode(), wanted, source(wanted.url))
    post, picture = listing.wanted
    assert picture.url == "https://x.example/m/1.png"
    (document,) = documents(listing)
    assert [piece.text for piece in document.pieces] == ["Two boxes, and a belt $ZZWL"]
    assert post.published_at == datetime(2026, 3, 8, 5, 23, 46, tzinfo=UTC)


def test_pictures_in_the_markup_of_an_item_are_its_own_but_counting_pixels_are_not() -> None:
    body = (
        '&lt;p>Look&lt;/p>&lt;img src="/m/1.png" alt="A box">&lt;IMG src="/pixel.gif" width="1" height="1">'
    )
    rss = (
        f'<rss version="2.0"><channel><title>t</title><item><guid>p1</guid><description>{body}</description>'
    )
    wanted = Wanted("feed.xml", "https://x.example/feed.xml", lists=True)
    listing = social.listed(f"{rss}</item></channel></rss>".encode(), wanted, source(wanted.url))
    assert [one.url for one in listing.wanted if one.url] == ["https://x.example/m/1.png"]
    assert [piece.text for piece in documents(listing)[0].pieces] == ["Look", "A box"]


def test_a_bad_entry_costs_one_entry_and_a_bad_picture_one_picture() -> None:
    bad = status(
        id="5",
        uri="https://x.example/5",
        media_attachments=[
            {"type": "image", "url": url}
            for url in ("javascript:x", "file:///etc/passwd", "https://x.example/../a\0.png")
        ],
    )
    listing = listed([7, {}, {"content": "no id"}, bad, bad], MASTODON, STATUSES)
    assert [one.outcome.value for one in listing.records] == [
        "quarantined",
        "quarantined",
        "quarantined",
        "quarantined",
        "quarantined",
        "duplicate",
    ]
    (picture,) = (one for one in listing.wanted if one.url and not one.lists)
    assert ".." not in picture.name
    assert "\0" not in picture.url


def test_since_leaves_what_is_older() -> None:
    listing = mastodon(since="2026-04-01")
    assert len(documents(listing)) == 1
    assert "1 posts from before option since" in [one.reason for one in listing.records]


@pytest.mark.parametrize("raw", [b"<html>rate limited</html>", b"{}", b"[" * 99_999, b'{"data": []}', b"7"])
def test_what_is_no_page_of_posts_is_refused(raw: bytes) -> None:
    for address in (MASTODON, "bluesky://boxes.example", "reddit://r/stocks"):
        with pytest.raises(Malformed):
            listed(raw, address, STATUSES)


def test_a_page_of_thousands_of_posts_is_cut_and_says_so() -> None:
    many = [{"uri": f"u{n}", "id": str(n), "content": "x"} for n in range(20_000)]
    listing = listed(many, MASTODON, STATUSES)
    assert len(listing.wanted) == social.MAX_POSTS + 1
    assert listing.records[-1].reason.startswith("19500 posts")
