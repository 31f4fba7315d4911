"""What counts as said before, and what must never be dropped."""

from datetime import UTC, datetime, timedelta

import pytest

from smalti.ingest.dedupe import NewsItem, canonical_url, groups, repeated_artifacts, repeated_news

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
WIRE = (
    "Acme to buy Bolt for $1.2 billion. The maker of hand tools said on Monday it would pay 14 dollars "
    "a share in cash for its smaller rival, its largest purchase in ten years, to enter cordless machines."
)


def item(key: str, text: str, hours: float = 0.0, url: str | None = None) -> NewsItem:
    return NewsItem(key, text, url, NOON + timedelta(hours=hours))


def test_the_same_bytes_under_two_names_are_one_artifact() -> None:
    pairs = [("a.pdf", "1"), ("b.pdf", "2"), ("copy/a.pdf", "1"), ("z.pdf", "1")]
    assert repeated_artifacts(pairs) == {"copy/a.pdf": "a.pdf", "z.pdf": "a.pdf"}


def test_a_wire_copy_repeats_the_first_to_say_it_whatever_the_order_given() -> None:
    copy = item("copy", WIRE.replace("said on Monday", "said"), hours=2)
    (found,) = repeated_news([copy, item("first", WIRE)])
    assert (found.key, found.of, found.reason) == ("copy", "first", "near-identical text")


def test_a_summary_at_the_same_address_repeats_the_page() -> None:
    page = item("page", WIRE, url="https://www.x.test/a?utm_source=rss")
    feed = item("feed", WIRE[:80], hours=1, url="http://x.test/a/#top")
    assert [d.of for d in repeated_news([page, feed])] == ["page"]


def test_a_page_that_says_more_than_the_earlier_summary_stays() -> None:
    assert (
        repeated_news(
            [item("feed", WIRE[:80], url="https://x.test/a"), item("page", WIRE, 1, "https://x.test/a")]
        )
        == []
    )


def test_a_corrected_number_stays() -> None:
    assert repeated_news([item("first", WIRE), item("corrected", WIRE.replace("1.2", "1.3"), hours=1)]) == []


def test_a_repeat_long_after_stays() -> None:
    assert repeated_news([item("first", WIRE), item("next year", WIRE, hours=24 * 365)]) == []


def test_an_earlier_copy_found_later_stays_beside_the_settled_one() -> None:
    settled = item("settled", WIRE, hours=5)
    assert repeated_news([item("earlier", WIRE)], [settled]) == []
    assert [d.of for d in repeated_news([item("later", WIRE, hours=6)], [settled])] == ["settled"]


def test_duplicates_point_at_kept_items_only() -> None:
    found = repeated_news([item(str(n), WIRE, hours=n) for n in range(4)])
    assert [(d.key, d.of) for d in found] == [("1", "0"), ("2", "0"), ("3", "0")]


def test_other_news_stays() -> None:
    other = "Bolt names a new head of finance. She starts in May; the company gave no reason for the change."
    assert repeated_news([item("a", WIRE), item("b", other), item("c", "Up 3%"), item("d", "Up 4%")]) == []


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.X.Test:80/a/b/?utm_medium=x&b=2&a=1#frag", "x.test/a/b?a=1&b=2"),
        ("https://amp.x.test/story/amp/", "x.test/story"),
        ("https://x.test", "x.test"),
        ("javascript:alert(1)", None),
        ("http://[::1", None),
        ("/relative", None),
    ],
)
def test_addresses_lose_what_does_not_change_the_page(url: str, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


def test_near_hashes_are_grouped_through_one_another() -> None:
    base = 0x0F0F_0F0F_0F0F_0F0F
    chain = [base, base ^ 0xFF, base ^ 0xFFFF, ~base & (2**64 - 1), base]
    assert groups(chain, within=8) == [[0, 1, 2, 4]]
    assert groups([], within=8) == []
