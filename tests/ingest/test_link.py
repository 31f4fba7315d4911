"""Which issuers a document is about, by which words, and which words must not do."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from smalti.ingest.feeds.folder import walk
from smalti.ingest.issuers import Master
from smalti.ingest.link import SCORES, Link, LinkInput, link, reason
from smalti.platform.records import Issuer, Name, SourceKind

SAMPLE = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3] / "shared/data")) / "sample"
MASTER = Master.load()
AMAZON, APPLE, TARGET, MMM, BOEING = "1018724", "320193", "27419", "66740", "12927"


def news(title: str, text: str = "", **hints: str) -> dict[str | None, Link]:
    return {
        found.issuer.cik: found
        for found in link(LinkInput(title, text, SourceKind.NEWS, hints=hints), MASTER)
    }


def test_the_manifest_is_certain_and_quoted() -> None:
    (one,) = link(
        LinkInput("Annual report", "Amazon.com, Inc. rival", SourceKind.FILING, issuer="3M"), MASTER
    )
    assert (one.issuer.cik, one.score, one.method, one.quote) == (MMM, 1.0, "manifest", "3M")


def test_a_filing_belongs_to_the_cik_on_its_cover() -> None:
    hints = {"cik": "0001822523", "name": "AFC GAMMA, INC."}
    (one,) = link(LinkInput("8-K", "Apple Inc. is named too", SourceKind.FILING, hints=hints), MASTER)
    assert (one.issuer.name, one.method, one.quote) == ("Advanced Flower Capital Inc.", "cik", "1822523")


def test_a_delisted_issuer_is_made_from_its_cover() -> None:
    hints = {"cik": "0000072333", "name": "Nordstrom, Inc."}
    (one,) = link(LinkInput("8-K", "", SourceKind.FILING, hints=hints), MASTER)
    assert (one.issuer.cik, one.issuer.name) == ("72333", "Nordstrom, Inc.")


def test_an_unknown_manifest_name_is_the_entity_on_the_cover_when_they_begin_alike() -> None:
    hints = {"cik": "72333", "name": "Nordstrom, Inc."}
    (one,) = link(LinkInput("", "", SourceKind.FILING, issuer="Nordstrom", hints=hints), MASTER)
    assert (one.issuer.cik, one.method) == ("72333", "manifest")


def test_a_false_cik_claims_nothing() -> None:
    assert link(LinkInput("8-K", "", SourceKind.FILING, hints={"cik": "12x"}), MASTER) == []


def test_an_undeclared_filing_goes_to_the_one_most_named() -> None:
    text = "MGM Resorts International reported. " * 4 + "Boeing was a guest. Pfizer Inc. too."
    (one,) = link(LinkInput("Fourth quarter results", text, SourceKind.FILING), MASTER)
    assert one.issuer.cik == "789570"


@pytest.mark.parametrize(
    ("text", "cik", "score"),
    [
        ("long $amzn here", AMAZON, 0.9),
        ("$MMM $AMZN $FB $NFLX $SPY", MMM, 0.6),
        ("buy $brk.b", "1067983", 0.9),
    ],
)
def test_cashtags_link_and_lists_of_them_less(text: str, cik: str, score: float) -> None:
    found = {one.issuer.cik: one for one in link(LinkInput("", text, SourceKind.SOCIAL), MASTER)}
    assert found[cik].score == score and found[cik].method.startswith("cashtag")


@pytest.mark.parametrize("text", ["US$amzn", "paid $5", "in $M", "$AMZNX", "AMZN up", "email a$mmm", "$$MMM"])
def test_what_only_looks_like_a_cashtag_does_not_link(text: str) -> None:
    assert link(LinkInput("", text, SourceKind.SOCIAL), MASTER) == []


def test_exchange_tickers_link_and_foreign_ones_do_not() -> None:
    assert news("Results", "Acme (Nasdaq: AAPL) and 3M (NYSE: MMM)")[APPLE].method == "exchange ticker"
    assert news("Results", "Acme (LSE: AAPL)") == {}
    assert set(news("Movers", tickers="CPH:NOVOB, LON:BP/, XXX:NOVOB, NYSE:CF")) == {
        "1324404",
        "353278",
        "313807",
    }
    assert set(news("Results", "Barclays (LON: BARC) fell")) == {"312069"}


def test_one_item_may_be_about_several() -> None:
    found = news("Pfizer, BlackRock and Boeing move", "")
    assert set(found) == {"78003", "2012383", BOEING}
    assert found[BOEING].score == 0.8 and found[BOEING].method == "name in title"


def test_mentions_in_text_add_up_and_are_quoted() -> None:
    scores = [news("Planes", "They flew with Boeing today. " * n)[BOEING].score for n in (1, 2, 3, 9)]
    assert scores == [0.4, 0.55, 0.7, 0.7]
    assert "flew with Boeing today" in news("Planes", "They flew with Boeing today.")[BOEING].quote


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Target Practice for Beginners", "The target is small. Hit the target."),
        ("Apple Pie", "An apple a day. Apple pie is best."),
        ("The Gap Between Rich and Poor", "Mind the gap."),
        ("Fires in the Amazon", "The Amazon burns. Trees of the Amazon fall, and in the Amazon rivers dry."),
        (
            "Markets",
            "The S&P 500 rose, the Nasdaq fell and the Dow Jones Industrial Average slept on Monday.",
        ),
        ("Court", "It was signed by Judge Richard Eaton and by Jennifer Williams."),
        ("Merger news this week - The New York Times", "Nothing of it."),
        ("Emerging markets could endure", "Emerging markets again."),
    ],
)
def test_words_that_also_mean_something_else_do_not_link(title: str, text: str) -> None:
    assert news(title, text) == {}


@pytest.mark.parametrize(
    ("title", "text", "cik"),
    [
        ("Target Corp. cuts prices", "", TARGET),
        ("Prices", "Shoppers went to Target. They say that Target is cheap.", TARGET),
        ("Target shares fall", "", TARGET),
        ("Target cuts prices", "Analysts like $TGT.", TARGET),
        ("Amazon says it will hire", "", AMAZON),
        ("Cloud", "Rivals such as Amazon fell. Buyers left Apple and Amazon.", AMAZON),
    ],
)
def test_a_second_cue_settles_plain_words(title: str, text: str, cik: str) -> None:
    assert cik in news(title, text)


def test_a_headline_repeated_in_the_text_counts_once() -> None:
    assert news("Boxes by Lemonade", "Boxes by Lemonade") == {}
    assert link(LinkInput("Boxes by Lemonade", "Boxes by Lemonade", SourceKind.SOCIAL), MASTER) == []


def test_tickers_are_read_by_the_day_of_the_document() -> None:
    old = Issuer("old", "Oldco", names=(Name("ZZT", "ticker", None, date(2014, 6, 30)),))
    new = Issuer("new", "Newco", names=(Name("ZZT", "ticker", date(2014, 7, 1)),))
    master = Master([old, new])
    for day, issuer in ((date(2014, 1, 1), old), (date(2015, 1, 1), new)):
        (one,) = link(LinkInput("", "$ZZT", SourceKind.SOCIAL, on=day), master)
        assert one.issuer == issuer


def ciks(text: str, day: date | None = None, kind: SourceKind = SourceKind.SOCIAL) -> set[str | None]:
    return {one.issuer.cik for one in link(LinkInput("", text, kind, on=day), MASTER)}


@pytest.mark.parametrize(
    "text", ["$ALL in for Friday!", "$IT is what it is", "going $ON holiday", "$NOW or never"]
)
def test_everyday_words_behind_a_dollar_are_words(text: str) -> None:
    assert ciks(text) == set()


@pytest.mark.parametrize(
    ("text", "cik"),
    [
        ("$ALL $MET $PRU", "899051"),
        ("buying $ALL calls", "899051"),
        ("$NOW earnings tonight", "1373715"),
        ("ServiceNow is hiring, $NOW", "1373715"),
        ("Results (NYSE: ALL)", "899051"),
    ],
)
def test_everyday_words_link_with_context(text: str, cik: str) -> None:
    assert cik in ciks(text)


def test_bare_tickers_link_beside_a_word_of_the_market_only() -> None:
    assert ciks("AAPL earnings beat") == {APPLE} and ciks("shares of TSLA fell") == {"1318605"}
    for text in ("AAPL and TSLA", "ALL stocks fell", "CEO earnings", "USA stock prices", "NEW shares"):
        assert ciks(text) == set(), text


def test_an_index_is_no_company() -> None:
    assert "1563190" not in ciks("$COMP $SPX $AAPL", date(2023, 1, 1))
    assert "1563190" in ciks("Compass, Inc. $COMP", date(2023, 1, 1))


@pytest.mark.parametrize(
    ("ticker", "then", "later"),
    [
        ("FB", "1326801", None),
        ("AA", "4281", "1675149"),
        ("WTW", "105319", "1140536"),
        ("SQ", "1512673", None),
    ],
)
def test_a_ticker_used_again_means_its_owner_of_the_day(ticker: str, then: str, later: str | None) -> None:
    assert ciks(f"long ${ticker} here", date(2016, 3, 1)) == {then}
    assert ciks(f"long ${ticker} here", date(2025, 3, 1)) == ({later} if later else set())


def test_a_delisted_company_is_named_by_its_own_ticker_then_and_by_nobodys_after() -> None:
    (one,) = link(LinkInput("", "long $TWTR here", SourceKind.SOCIAL, on=date(2015, 3, 1)), MASTER)
    assert one.issuer.name == "Twitter" and one.issuer.cik is None
    assert ciks("long $TWTR here", date(2023, 3, 1)) == set()


def test_a_name_is_nobodys_before_it_was_taken_and_counts_for_less_after_it_was_given_up() -> None:
    text = "Shares of Meta Platforms, Inc. rose."
    assert ciks(text, date(2020, 1, 1), SourceKind.NEWS) == set()
    assert ciks(text, date(2023, 1, 1), SourceKind.NEWS) == {"1326801"}
    then, later = (
        link(LinkInput("Square, Inc. reports", "", SourceKind.NEWS, on=date(year, 1, 1)), MASTER)[0]
        for year in (2019, 2024)
    )
    assert then.issuer.cik == later.issuer.cik == "1512673"
    assert (then.method, later.method) == ("name in title", "former name in title")
    assert later.score < then.score


def test_a_name_taken_over_means_its_bearer_of_the_day() -> None:
    for day, cik in ((date(2015, 1, 1), "4281"), (date(2019, 1, 1), "1675149")):
        assert ciks("Alcoa said it would close a smelter.", day, SourceKind.NEWS) == {cik}


def test_a_list_of_names_settles_the_plain_words_in_it() -> None:
    found = news("Movers: Pfizer, Whirlpool & more")
    assert set(found) == {"78003", "106640"}
    assert news("Pfizer rode a Whirlpool of bad news").keys() == {"78003"}


def test_tags_and_handles_name_a_company_but_not_who_wrote_the_post() -> None:
    assert ciks("my #gopro broke, thanks @petrobras") == {"1500435", "1119639"}
    assert ciks("RT @petrobras: good morning") == set()
    assert ciks("#target practice") == set()


def test_in_a_text_without_capitals_names_have_none() -> None:
    assert "1408356" not in ciks("nothing here")
    assert ciks("jpmorgan upgrades pfizer to buy") == {"19617", "78003"}
    assert ciks("He sells pfizer and jpmorgan. So it goes, says She.") == set()


def test_abbreviations_count_in_capitals_only() -> None:
    assert ciks("#UPS lost my parcel") == {"1090727"}
    assert ciks("ups and downs of the market") == set()


def test_a_subsidiary_stands_for_its_parent_with_less_weight() -> None:
    owned = Name("Grey Heron Insurance Company", "subsidiary", date(2020, 2, 1))
    parent = Issuer("p", "Basalt Thimble Corp", names=(Name("Basalt Thimble Corp", "name"), owned))
    text = "Grey Heron Insurance Company sued a broker."
    (one,) = link(LinkInput("", text, SourceKind.NEWS, on=date(2021, 1, 1)), Master([parent]))
    assert one.issuer == parent and one.method == "subsidiary in text" and 0.3 <= one.score < 0.6
    assert link(LinkInput("", text, SourceKind.NEWS, on=date(2019, 1, 1)), Master([parent])) == []


def test_a_name_of_its_own_comes_before_a_subsidiarys() -> None:
    owned = Name("Grey Heron Insurance Co", "subsidiary")
    parent = Issuer("p", "Basalt Thimble Corp", names=(Name("Basalt Thimble Corp", "name"), owned))
    itself = Issuer("i", "Grey Heron Insurance Co", names=(Name("Grey Heron Insurance Co", "name"),))
    (one,) = link(LinkInput("", "Grey Heron Insurance Co paid.", SourceKind.NEWS), Master([parent, itself]))
    assert one.issuer == itself


def test_every_method_gives_its_reason_in_one_sentence() -> None:
    named = [
        f"{kind} in {place}" for kind in ("name", "former name", "subsidiary") for place in ("title", "text")
    ]
    for method in (*SCORES, *named):
        said = reason(method, "QUOTE", "Acme")
        assert "Acme" in said and said.endswith(".") and ("QUOTE" in said or method == "manifest")
    assert reason("cashtag", "$FB", "Meta") == "It says $FB, which was Meta's ticker on its day."


def test_hostile_text_stays_cheap() -> None:
    for text in (" " * 20_000, "A & " * 5_000, "a." * 10_000, "'" * 20_000, "$" * 20_000, "Apple " * 4_000):
        link(LinkInput(text, text, SourceKind.NEWS), MASTER)


@pytest.mark.data
@pytest.mark.skipif(not SAMPLE.is_dir(), reason="SMALTI_DATA names no folder of real data")
class TestSample:
    def test_manifest_names_are_the_secs_issuers(self) -> None:
        names = {i.issuer for i in walk(SAMPLE) if i.issuer}
        assert {n: MASTER.resolve(n).cik for n in names} == {
            "3M": MMM, "Amazon": AMAZON, "Pfizer": "78003",
            "MGM Resorts": "789570", "Best Buy": "764478", "Amcor": "1748790",
        }  # fmt: skip

    def test_every_tweet_links_to_the_issuer_it_was_collected_for(self) -> None:
        total = linked = 0
        for file in sorted((SAMPLE / "social/stocknet_tweets").iterdir()):
            wanted = MASTER.by_ticker(file.name.partition("_")[0])
            for line in file.read_text().splitlines():
                words = json.loads(line)["text"]
                text = " ".join(words).replace("$ ", "$")
                found = link(LinkInput(text[:80], text, SourceKind.SOCIAL), MASTER)
                linked += wanted in [one.issuer for one in found]
                total += 1
        assert total > 100 and linked == total
