"""The issuer master: by CIK, ticker and name; what is new; what must not be guessed."""

from datetime import date

import pytest

from smalti.ingest.issuers import Master, issuer_id, normal_cik
from smalti.ingest.names import core, full, tokenize
from smalti.platform.errors import Malformed
from smalti.platform.records import Issuer, Name, content_id

MASTER = Master.load()


def test_what_is_shipped_holds_the_secs_issuers_once_each() -> None:
    assert sum(i.cik is not None for i in MASTER.issuers) == 7_992
    assert len({i.issuer_id for i in MASTER.issuers}) == len(MASTER.issuers)
    today = sum(n.kind == "ticker" and n.valid_to is None for i in MASTER.issuers for n in i.names)
    assert today == 10_365


def test_a_ticker_has_one_owner_on_any_day() -> None:
    for year in range(2005, 2027):
        for ticker in ("AA", "DD", "WTW", "HAWK", "P", "FB", "CB", "SE", "S", "MBLY", "GOLD", "SNDK"):
            owners = [
                i.name
                for i in MASTER.issuers
                for n in i.names
                if n.kind == "ticker" and n.text == ticker
                if (n.valid_from or date.min) <= date(year, 6, 1) <= (n.valid_to or date.max)
            ]
            assert len(owners) <= 1, (ticker, year, owners)


def test_a_cik_that_comes_to_light_later_joins_the_issuer_known_by_name() -> None:
    named = MASTER.resolve("Quartz Anvil Corporation")
    known = MASTER.extend([named])
    found = known.resolve("QUARTZ ANVIL CORP", "9900000055")
    assert (found.issuer_id, found.cik) == (named.issuer_id, "9900000055")
    both = known.extend([found])
    assert both.by_cik("9900000055") == found and both.by_name("Quartz Anvil") is not None
    assert len(both.issuers) == len(known.issuers)


def test_a_cik_does_not_join_an_issuer_that_has_another() -> None:
    assert MASTER.resolve("Pfizer Inc", "9900000055").issuer_id == content_id("cik", "9900000055")


def test_a_cik_does_not_join_an_issuer_of_another_countrys_legal_form() -> None:
    abroad = MASTER.by_name("Continental AG")
    assert abroad is not None and abroad.issuer.cik is None
    assert MASTER.resolve("Continental Corp", "9900000055").issuer_id == content_id("cik", "9900000055")
    assert MASTER.resolve("Continental AG", "9900000055").issuer_id == abroad.issuer.issuer_id


@pytest.mark.parametrize("cik", ["66740", "0000066740"])
def test_by_cik_with_or_without_zeros(cik: str) -> None:
    found = MASTER.by_cik(cik)
    assert found is not None and found.name == "3M CO"
    assert found.issuer_id == content_id("cik", "66740") == issuer_id("anything", cik)


@pytest.mark.parametrize("cik", ["", "0000", "12a", "12345678901", "٣"])
def test_what_is_no_cik_finds_nobody(cik: str) -> None:
    assert MASTER.by_cik(cik) is None
    with pytest.raises(Malformed):
        normal_cik(cik)


@pytest.mark.parametrize(
    ("ticker", "cik"),
    [("MMM", "66740"), ("$amzn", "1018724"), ("BRK.B", "1067983"), ("brk-b", "1067983"), ("GOOG", "1652044")],
)
def test_by_ticker(ticker: str, cik: str) -> None:
    found = MASTER.by_ticker(ticker)
    assert found is not None and found.cik == cik


@pytest.mark.parametrize(
    ("name", "cik", "least"),
    [
        ("3M", "66740", 0.97),
        ("3M Co", "66740", 1.0),
        ("3M Company", "66740", 0.97),
        ("Amazon", "1018724", 0.97),
        ("Amazon.com Inc.", "1018724", 1.0),
        ("Amazon.com, Inc.", "1018724", 1.0),
        ("Pfizer", "78003", 0.97),
        ("MGM Resorts", "789570", 0.9),
        ("Best Buy", "764478", 0.97),
        ("Amcor", "1748790", 0.97),
        ("The Buckle, Inc.", "885245", 1.0),
        ("Oracle Corporation", "1341439", 0.97),
        ("McDonald's", "63908", 0.97),
        ("AT&T", "732717", 0.97),
        ("Estée Lauder", "1001250", 0.9),
        ("Google", "1652044", 0.97),
        ("J.P. Morgan", "19617", 0.97),
        ("Costco", "909832", 0.9),
        ("Microsft Corporation", "789019", 0.8),
    ],
)
def test_by_name(name: str, cik: str, least: float) -> None:
    found = MASTER.by_name(name)
    assert found is not None and found.issuer.cik == cik
    assert least <= found.score <= 1


@pytest.mark.parametrize(
    "name", ["", "Inc.", "Northwind Harbour Freight Corp", "General", "Acme", "3N", "...", "猫"]
)
def test_strangers_are_not_guessed(name: str) -> None:
    assert MASTER.by_name(name) is None


def test_a_name_of_two_issuers_names_neither() -> None:
    a, b = (
        Issuer(issuer_id("x", cik), "First Bancorp", cik, names=(Name("First Bancorp", "name"),))
        for cik in "12"
    )
    assert Master([a]).by_name("First Bancorp") is not None
    assert Master([a, b]).by_name("First Bancorp") is None


def test_an_unknown_name_becomes_an_issuer_with_a_stable_id() -> None:
    new = MASTER.resolve("Northwind Harbour Corp")
    assert new.cik is None and new.issuer_id == content_id("name", "northwind harbour")
    assert MASTER.resolve("Northwind Harbour, Inc.").issuer_id == new.issuer_id
    known = MASTER.extend([new])
    assert known.by_id(new.issuer_id) == new
    found = known.by_name("Northwind Harbour")
    assert found is not None and found.issuer == new
    assert MASTER.by_id(new.issuer_id) is None, "a master does not change"


def test_an_unknown_cik_becomes_an_issuer_of_that_cik() -> None:
    new = MASTER.resolve("Nordstrom, Inc.", "0000072333")
    assert (new.cik, new.name) == ("72333", "Nordstrom, Inc.")
    found = MASTER.extend([new]).by_cik("72333")
    assert found == new


def test_an_issuer_needs_a_name_or_a_cik() -> None:
    with pytest.raises(Malformed):
        MASTER.resolve(" ")


def test_extending_a_known_issuer_adds_its_former_names() -> None:
    block = MASTER.by_cik("1512673")
    assert block is not None
    former = Issuer(
        block.issuer_id,
        "Square, Inc.",
        "1512673",
        names=(Name("Square, Inc.", "name", None, date(2021, 12, 9)),),
    )
    known = MASTER.extend([former])
    found = known.by_name("Square, Inc.")
    assert found is not None and found.issuer.name == "Block, Inc."
    assert len(known.issuers) == len(MASTER.issuers)
    assert known.extend([former]) is known


def test_a_ticker_is_read_by_the_day() -> None:
    old = Issuer("old", "Old", names=(Name("ZZT", "ticker", date(2010, 1, 1), date(2014, 6, 30)),))
    new = Issuer("new", "New", names=(Name("ZZT", "ticker", date(2014, 7, 1)),))
    master = Master([old, new])
    assert master.by_ticker("ZZT", date(2014, 6, 30)) == old
    assert master.by_ticker("ZZT", date(2020, 1, 1)) == new
    assert master.by_ticker("ZZT", date(2009, 1, 1)) is None
    assert master.by_ticker("ZZT") == new, "without a day, its owner of today"
    assert Master([old]).by_ticker("ZZT") == old


def test_names_are_cut_into_plain_words() -> None:
    assert [t.norm for t in tokenize("J.P. Morgan & Co’s Nestlé-shop")] == [
        "jp",
        "morgan",
        "and",
        "cos",
        "nestle",
        "shop",
    ]
    assert full("WELLS FARGO & COMPANY/MN") == ("wells", "fargo", "and", "company")
    assert core("WELLS FARGO & COMPANY/MN") == ("wells", "fargo")
    assert core("AMERICA MOVIL SAB DE CV/") == ("america", "movil")
    assert core("The Gap, Inc.") == ("gap",)


def test_offsets_point_at_the_words() -> None:
    text = "At Kohl's, U.S. sales"
    assert [text[t.start : t.end] for t in tokenize(text)] == ["At", "Kohl's", "U.S.", "sales"]
