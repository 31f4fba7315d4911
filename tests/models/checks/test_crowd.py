from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from tests.models.checks.dossiers import document, dossier, moment, piece

from smalti.models.checks.crowd import crowd
from smalti.models.checks.crowd_posts import posts_of
from smalti.models.checks.crowd_setting import Setting
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

START = moment("2026-05-11T13:00")
PUMP = "$ANVL just signed a huge contract with a rocket maker! Price target 40, get in before the news"
USUAL = [
    "$ANVL reports next week, I expect nothing special",
    "Bought a used anvil today, it rings like a bell $ANVL",
    "Why does nobody talk about the foundry strike at $ANVL?",
    "Dividend of $ANVL came in, coffee is on them",
    "Sold half of my $ANVL, the steel price worries me",
]
OWN_WORDS = [
    "Anvil beat on sales but the margin is thin $ANVL",
    "Good quarter from the smiths, I am adding on weakness $ANVL",
    "Guidance looks soft to me, not what I hoped for $ANVL",
    "They finally paid down the revolver, well done $ANVL",
    "Call was boring, which is how I like it $ANVL",
    "Inventory up again, somebody ask about that please $ANVL",
    "Foundry two back at full load says the CFO $ANVL",
    "Order book of the anvil people is the longest since 2019 $ANVL",
]
Told = tuple[Document, list[Evidence]]


def post(at: datetime, text: str, author: str, name: str, phash: str = "", **hints: str) -> Told:
    paper = document(
        SourceKind.SOCIAL, at.strftime("%Y-%m-%dT%H:%M:%S"), name, author,
        **({"author_id": author, "cashtags": "ANVL"} | hints),
    )  # fmt: skip
    pieces = [piece(paper, EvidenceKind.PARAGRAPH, text, name=f"{name} text")]
    if phash:
        pieces.append(piece(paper, EvidenceKind.IMAGE, payload={"phash": phash}, ordinal=1))
    return paper, pieces


def usual(days: int = 90) -> list[Told]:
    """A post every other day, in the words of five people."""
    return [
        post(START - timedelta(days=days - at), USUAL[at // 2 % 5], f"smith {at // 2 % 5}", f"usual {at}")
        for at in range(0, days - 3, 2)
    ]


def burst(texts: Sequence[str], authors: Sequence[str], minutes: float = 9, **hints: str) -> list[Told]:
    return [
        post(START + timedelta(minutes=minutes * at), text, author, f"burst {at}", **hints)
        for at, (text, author) in enumerate(zip(texts, authors, strict=True))
    ]


def accounts(count: int) -> list[str]:
    return [f"new {at}" for at in range(count)]


def news(at: datetime, text: str, kind: SourceKind = SourceKind.NEWS) -> Told:
    paper = document(kind, at.strftime("%Y-%m-%dT%H:%M"), f"news {at}")
    return paper, [piece(paper, EvidenceKind.PARAGRAPH, text)]


def prices(volume: float = 1000.0, close: float = 10.0) -> list[tuple[str, float, float]]:
    """Quiet trading with a slight wave, and these on the day of the burst."""
    days = [START.date() - timedelta(days=at) for at in range(60, 0, -1)]
    quiet = [
        (f"{d}", 10 + 0.05 * (n % 5), 950.0 + 25 * (n % 5)) for n, d in enumerate(days) if d.weekday() < 5
    ]
    return [*quiet, (f"{date(2026, 5, 11)}", close, volume)]


def check(*told: Sequence[Told], traded: Sequence[tuple[str, float, float]] = ()) -> Check:
    every = [one for several in told for one in several]
    return crowd(dossier([d for d, _ in every], [p for _, own in every for p in own], prices=traded))


def test_many_new_accounts_with_one_message_and_a_jump_in_volume_are_found() -> None:
    denial = "The company denied on Friday that it has signed any contract with a rocket maker."
    texts = [f"{'🚀 ' * (at % 3)}{PUMP}{'!' * (at % 4)}" for at in range(20)]
    found = check(
        usual(), burst(texts, accounts(20), followers="12"), [news(START + timedelta(days=3), denial)],
        traded=prices(volume=21_000, close=15.1),
    )  # fmt: skip
    (one,) = found.findings
    assert one.details["marks"] == ["burst", "market", "touts", "throwaway accounts", "denial"]
    assert (one.details["posts"], one.details["accounts"]) == (20, 20)
    assert one.strength == 0.95
    assert one.details["volume_over_median"] == pytest.approx(21, abs=0.1)
    assert [c.quote for c in one.against] == [denial, ""]
    assert one.against[1].evidence_id == "prices-table"
    assert len(one.said) == 5
    assert "20 accounts posted the same message 20 times" in one.reason
    assert "volume on 2026-05-11 was 21.0 times the median" in one.reason


def test_without_prices_or_news_a_touting_burst_stands_against_the_usual_posts() -> None:
    (one,) = check(usual(), burst([PUMP] * 12, accounts(12))).findings
    assert one.details["marks"] == ["burst", "touts"]
    assert one.strength == 0.5
    assert one.against[-1].quote in USUAL


def test_touts_in_many_words_share_their_numbers() -> None:
    touts = [
        "Hearing $ANVL inked a $900 million deal, my target is 40",
        "900 million for the anvil people?! 40 soon, get in $ANVL",
        "$ANVL to 40, easy money, they have a contract of 900 million",
        "Load up on anvils: 900 million order, 40 by Friday",
        "Price target $40. Order: $900 million. You are welcome $ANVL",
        "do not say I did not tell you, 900 million and the moon at 40 $ANVL",
    ]
    plain = burst(["$ANVL made 900 million in sales and 40 in profit", *OWN_WORDS[:5]], accounts(6))
    (one,) = check(usual(), burst(["Buy now: " + text for text in touts], accounts(6))).findings
    assert one.details["accounts"] == 6
    assert check(usual(), plain).details["messages"] == 0


def test_a_market_moved_by_news_is_no_mark_against_the_posts() -> None:
    results = news(START - timedelta(hours=20), "Anvil reported its quarter and lowered its forecast.")
    (one,) = check(
        usual(), burst([PUMP] * 12, accounts(12)), [results], traded=prices(volume=30_000)
    ).findings
    assert one.details["marks"] == ["burst", "touts"]
    assert one.reason.endswith("What came out in the two days before may have moved the market.")


def test_one_picture_under_different_words_is_one_message() -> None:
    shown = burst(OWN_WORDS, accounts(8), phash="b4c3cb34343c3ccb")
    (one,) = check(usual(), shown, traded=prices(volume=30_000)).findings
    assert one.details["marks"] == ["burst", "market", "picture"]


def test_ten_thousand_posts_by_one_account_are_one_finding() -> None:
    flood = burst([f"{PUMP} {at % 7}" for at in range(10_000)], ["loud"] * 10_000, minutes=0.1)
    (one,) = check(usual(), flood).findings
    assert one.reason.startswith("One account posted")
    assert one.details["posts"] == 10_000
    assert one.strength == 0.4


INNOCENT = {
    "posts in their own words on a busy day": (OWN_WORDS * 2, accounts(16)),
    "a headline known before": (
        [f"Anvil profit doubles to $30 million {at}" for at in range(9)],
        accounts(9),
    ),
    "reposts": (["RT @wire: Anvil to build a third foundry in Ohio"] * 12, accounts(12)),
    "shares of a page": (
        ["Anvil to build a third foundry in Ohio https://news.example/1"] * 12,
        accounts(12),
    ),
    "a contest": (["Buy now and enter the Anvil giveaway for a chance to win a hammer"] * 30, accounts(30)),
    "answers": (["@smith Sorry to hear that, please send us your order number"] * 30, ["Anvil care"] * 30),
    "quotes": (
        [f"$ANVL last {10 + at / 100:.2f} volume {at * 371} at the close" for at in range(30)],
        ["quotes"] * 30,
    ),
}


@pytest.mark.parametrize(("texts", "authors"), INNOCENT.values(), ids=INNOCENT)
def test_innocent_crowds_are_no_finding(texts: list[str], authors: list[str]) -> None:
    headline = news(START - timedelta(hours=5), "Anvil profit doubles to $30 million as smiths order more")
    found = check(usual(), burst(texts, authors), [headline], traded=prices(volume=30_000, close=12))
    assert found.findings == ()
    assert found.value == 0


def test_advertisements_of_goods_tout_no_shares() -> None:
    sold = burst(["Buy now: anvils 20 percent off in every shop this week"] * 12, accounts(12), cashtags="")
    found = check(usual(), sold, traded=prices())
    assert (found.findings, found.details["messages"]) == ((), 1)


def test_a_petition_moves_no_market_and_touts_nothing() -> None:
    signed = burst(["Please sign our petition against the new foundry by the river"] * 12, accounts(12))
    found = check(usual(), signed, traded=prices())
    assert (found.findings, found.details["messages"]) == ((), 1)


def test_reposts_of_a_touting_post_count_less() -> None:
    (one,) = check(usual(), burst([f"RT @loud: {PUMP}"] * 12, accounts(12))).findings
    assert one.strength == 0.4


def test_news_that_denies_something_else_or_promotes_somebody_is_no_denial() -> None:
    other = [
        news(START + timedelta(days=1), "Anvil denied wrongdoing in a dispute over a patent on tongs."),
        news(START + timedelta(days=2), "Anvil promoted its head of casting to vice president."),
    ]
    signed = burst(["Please sign our petition against the new foundry by the river"] * 12, accounts(12))
    assert check(usual(), signed, other).findings == ()


def test_lists_of_cashtags_are_about_no_one() -> None:
    tags = "ANVL AAPL MSFT TSLA AMZN GOOG"
    assert check(usual(), burst([f"Buy now: {tags}"] * 20, accounts(20), cashtags=tags)).findings == ()


def test_the_same_words_spread_over_months_are_no_burst() -> None:
    spread = burst([PUMP] * 20, accounts(20), minutes=-4 * 24 * 60)
    assert check(spread).findings == ()


def test_without_a_history_nobody_knows_what_is_usual() -> None:
    found = check(burst([PUMP] * 12, accounts(12)))
    assert found.findings == ()
    (one,) = found.silences
    assert one.reason.startswith("cannot compare: 12 accounts posted the same message")
    assert one.reason.endswith("no prices, no news and no posts of 14 days before are known")


def test_rates_are_compared_by_the_conditional_binomial() -> None:
    told = [post(START - timedelta(days=at), f"post {at}", "a", f"at {at}") for at in (40, 30, 20, 10)]
    told += [post(START, "post", "b", "one"), post(START, "post", "b", "two")]
    every = dossier([d for d, _ in told], [p for _, own in told for p in own])
    seen = Setting(every, posts_of(every)[0]).rate(START, START + timedelta(days=1))
    # Two of six posts in one of 41 days: 1 - (1-q)^6 - 6 q (1-q)^5 with q = 1/41, for each of six windows.
    q = 1 / 41
    assert seen.p == pytest.approx(6 * (1 - (1 - q) ** 6 - 6 * q * (1 - q) ** 5))
    assert (seen.posts, seen.before, seen.days) == (2, 4, 40)


@pytest.mark.parametrize("phash", ["", "no hash", "-b4c3cb34343c3ccb", "f" * 40, "0", "ffffffffffffffff"])
def test_pictures_that_tell_nothing_join_no_posts(phash: str) -> None:
    assert check(usual(), burst(OWN_WORDS, accounts(8), phash=phash)).details["messages"] == 0


def test_prices_with_holes_are_compared_as_far_as_they_go() -> None:
    holes = [
        (day, close, float("nan") if at % 2 else volume) for at, (day, close, volume) in enumerate(prices())
    ]
    holes[3] = (holes[3][0], float("inf"), 0.0)
    (one,) = check(usual(), burst([PUMP] * 12, accounts(12)), traded=holes).findings
    assert "market" not in one.details["marks"]


def test_no_posts_are_not_computable() -> None:
    assert crowd(dossier([], [])).reason == "not computable: no dated post is known"
