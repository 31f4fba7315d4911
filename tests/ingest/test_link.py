"""Which issuers a document is about, by which words, and which words must not do."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from smalti.ingest.feeds.folder import walk
from smalti.ingest.issuers import Master
from smalti.ingest.link import Link, LinkInput, link
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
    assert set(news("Movers", tickers="CPH:NOVOB, NYSE:CF")) == {"1324404"}


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
    assert news("Boxes by Amazon", "Boxes by Amazon") == {}
    assert link(LinkInput("Boxes by Amazon", "Boxes by Amazon", SourceKind.SOCIAL), MASTER) == []


def test_tickers_are_read_by_the_day_of_the_document() -> None:
    old = Issuer("old", "Oldco", names=(Name("ZZT", "ticker", None, date(2014, 6, 30)),))
    new = Issuer("new", "Newco", names=(Name("ZZT", "ticker", date(2014, 7, 1)),))
    master = Master([old, new])
    for day, issuer in ((date(2014, 1, 1), old), (date(2015, 1, 1), new)):
        (one,) = link(LinkInput("", "$ZZT", SourceKind.SOCIAL, on=day), master)
        assert one.issuer == issuer


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
