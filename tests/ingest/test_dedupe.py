"""What counts as said before, and what must never be dropped."""

from datetime import UTC, datetime, timedelta

import pytest

from smalti.ingest.dedupe import NewsItem, canonical_url, repeated_news

NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
WIRE = (
    "Acme to buy Bolt for $1.2 billion. The maker of hand tools said on Monday it would pay 14 dollars "
    "a share in cash for its smaller rival, its largest purchase in ten years, to enter cordless machines."
)


def item(key: str, text: str, hours: float = 0.0, url: str | None = None) -> NewsItem:
    return NewsItem(key, text, url, NOON + timedelta(hours=hours))


def test_a_wire_copy_repeats_the_first_to_say_it_whatever_the_order_given() -> None:
    copy = item("copy", WIRE.replace("said on Monday", "said"), hours=2)
    (found,) = repeated_news([copy, item("first", WIRE)])
    assert (found.key, found.of, found.reason) == ("copy", "first", "near text")
    assert 0.85 <= found.score < 1


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


def test_the_outcome_is_the_same_in_any_order_and_in_parts() -> None:
    items = [item(str(n), WIRE.replace("tools", f"tools{'s' * (n % 3)}"), hours=30 * n) for n in range(9)]
    items += [item(f"o{n}", WIRE.replace("14", str(n)), hours=30 * n) for n in range(9)]
    whole = repeated_news(items)
    assert whole and repeated_news(items[::-1]) == whole == repeated_news(sorted(items, key=lambda i: i.key))
    since = NOON + timedelta(hours=120)
    late = {i.key for i in items if i.available_at >= since}
    assert repeated_news(items, since) == [d for d in whole if d.key in late]


def test_an_earlier_original_found_later_becomes_what_all_copies_point_at() -> None:
    items = [item("b", WIRE, hours=5), item("c", WIRE, hours=6)]
    assert [(d.key, d.of) for d in repeated_news(items)] == [("c", "b")]
    assert [(d.key, d.of) for d in repeated_news([*items, item("a", WIRE)])] == [("b", "a"), ("c", "a")]


AGENCY = (
    "Acme to buy Bolt for $1.2 billion\nThe maker of hand tools said on Monday it would pay 14 dollars a"
    " share in cash for its smaller rival, its largest purchase in ten years, to enter cordless machines."
    " Bolt, which employs 4,000 people in three countries, will keep its name. Its shares rose 9 percent."
    " Acme expects savings of 80 million dollars a year from shared factories and says that it needs no new"
    " debt to pay for the deal."
)
TITLE, BODY = AGENCY.split("\n")


@pytest.mark.parametrize(
    "copy",
    [
        f"{TITLE}\nNEW YORK, March 2 (Reuters) - {BODY}",
        f"{TITLE}\n(Reuters) - {BODY} (Reporting by A. Person; Editing by B. Person)",
        f"{TITLE}\n{BODY[: len(BODY) * 2 // 3]}",
        f"{TITLE}\n{BODY}\nSign up for our newsletter.\n© 2021 Example Media. All rights reserved.",
        f"{TITLE}\nThis story was published from a wire agency feed without changes. {BODY}",
        f"{TITLE} | The Example Times\n{BODY}\nRead more: the best stories of the day",
    ],
)
def test_copies_under_another_publishers_trimmings_are_copies(copy: str) -> None:
    (found,) = repeated_news(
        [item("first", AGENCY, url="https://a.test/1"), item("copy", copy, 3, "https://b.test/x")]
    )
    assert (found.key, found.of) == ("copy", "first")


@pytest.mark.parametrize(
    "other",
    [
        AGENCY.replace("80 million", "90 million"),
        AGENCY + " This story has been corrected: Bolt employs 400 people.",
        AGENCY
        + " Regulators in two countries want to look at the deal, which may take until autumn, they wrote.",
        AGENCY.replace("Acme", "Anvil").replace("Bolt", "Brace").replace("hand tools", "garden hoses"),
    ],
)
def test_what_corrects_adds_or_tells_of_others_stays(other: str) -> None:
    assert repeated_news([item("first", AGENCY), item("other", other, hours=3)]) == []


def test_a_bare_headline_that_comes_again_days_later_stays() -> None:
    assert (
        repeated_news([item("a", "Wall Street Week Ahead"), item("b", "Wall Street Week Ahead", hours=160)])
        == []
    )
    assert (
        len(repeated_news([item("a", "Wall Street Week Ahead\n"), item("b", "Wall Street Week Ahead", 1)]))
        == 0
    )
    long = "Wall Street Week Ahead: banks report"
    assert len(repeated_news([item("a", long), item("b", long, hours=1)])) == 1


def test_a_flood_of_lookalikes_stays_cheap() -> None:
    flood = [item(str(n), f"{AGENCY} Lot {n + 1000}.", hours=n / 100) for n in range(150)]
    assert repeated_news(flood) == []
    assert len(repeated_news([item(str(n), AGENCY, hours=n / 100) for n in range(150)])) == 149


def test_duplicates_point_at_kept_items_only() -> None:
    found = repeated_news([item(str(n), WIRE, hours=n) for n in range(4)])
    assert [(d.key, d.of, d.reason) for d in found] == [(n, "0", "same text") for n in "123"]


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
