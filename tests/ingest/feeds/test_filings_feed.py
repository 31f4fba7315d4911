import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.recorded.answers import CIK, recorded

from smalti.ingest.feeds import filings
from smalti.ingest.feeds.source import Listing, Source, Wanted
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.xbrl_facts import parse
from smalti.platform.errors import Empty, Malformed, SettingsError
from smalti.platform.records import SourceKind

REAL = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[4] / "shared/data")) / "sample/filings_html"
FACTS = Wanted("companyfacts.json", "https://data.sec.gov/x", lists=True, optional=True, hints={"cik": CIK})
SUBMISSIONS = Wanted("submissions.json", "https://data.sec.gov/y", lists=True, hints={"cik": CIK})


def source(address: str = CIK, **options: str) -> Source:
    return Source("walnut", "filing", address, "every 6h", options)


def submissions(**options: str) -> Listing:
    return filings.listed(recorded("filings/submissions.json"), SUBMISSIONS, source(**options))


def of_filing(number: str, **options: str) -> Listing:
    (wanted,) = [one for one in submissions(**options).wanted if one.name == f"{CIK}-{number}/index.html"]
    return filings.listed(recorded(f"filings/{number}-index-headers.html"), wanted, source(**options))


def test_the_list_of_filings_and_the_facts_are_asked_for_by_padded_cik() -> None:
    first = filings.begin(source("0001018724"))
    assert [(one.url, one.lists, one.optional) for one in first] == [
        ("https://data.sec.gov/submissions/CIK0001018724.json", True, False),
        ("https://data.sec.gov/api/xbrl/companyfacts/CIK0001018724.json", True, True),
    ]
    assert filings.begin(source("1018724")) == filings.begin(source("CIK1018724")) == list(first)
    assert len(filings.begin(source("1018724", facts="no"))) == 1


def test_a_ticker_stands_for_the_cik_of_its_issuer() -> None:
    assert filings.begin(source("AMZN"))[0].url.endswith("/CIK0001018724.json")


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("QQQQQZ", {}),
        ("0", {}),
        ("https://www.sec.gov/", {}),
        (CIK, {"data": "ftp://data"}),
        (CIK, {"max_filings": "-1"}),
        (CIK, {"form": "8-K"}),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(address: str, options: dict[str, str]) -> None:
    with pytest.raises(SettingsError) as refused:
        filings.begin(source(address, **options))
    assert refused.value.mend


def test_wanted_forms_with_amendments_are_listed_oldest_first_with_what_is_known_of_them() -> None:
    listing = submissions()
    assert [(one.hints["accession"][-9:], one.hints["form"]) for one in listing.wanted] == [
        ("26-000004", "8-K"),
        ("26-000001", "10-K"),
        ("26-000009", "10-K/A"),
        ("26-000012", "8-K"),
    ]
    results = listing.wanted[0]
    assert results.url == (
        f"https://www.sec.gov/Archives/edgar/data/{CIK}/990000000326000004/{CIK}-26-000004-index-headers.html"
    )
    assert results.revision == results.hints["accession"]
    assert {k: results.hints[k] for k in ("items", "period", "entity_name", "tickers", "exchanges")} == {
        "items": "2.02,9.01",
        "period": "2026-02-05",
        "entity_name": "Walnut Lighthouse Packaging Company",
        "tickers": "ZZWL",
        "exchanges": "NYSE",
    }
    assert json.loads(results.hints["former_names"]) == [
        {"name": "Walnut Paper Box Company", "from": "2009-03-02", "to": "2018-06-01"}
    ]


def test_forms_since_and_the_most_filings_bound_the_list() -> None:
    assert [one.hints["form"] for one in submissions(forms="10-K").wanted] == ["10-K", "10-K/A"]
    assert len(submissions(since="2026-03-01").wanted) == 2
    few = submissions(max_filings="1")
    assert [one.hints["accession"][-9:] for one in few.wanted] == ["26-000012"]
    assert few.records[0].reason == "3 older filings: option max_filings"


def test_older_lists_are_asked_for_only_where_since_reaches_back() -> None:
    assert not any(one.further for one in submissions(since="2022-01-01").wanted)
    older = submissions(since="2020-01-01").wanted[-1]
    assert older.further
    assert older.url == f"https://data.sec.gov/submissions/CIK{CIK}-submissions-001.json"
    (annual,) = filings.listed(
        recorded("filings/submissions-001.json"), older, source(since="2020-01-01")
    ).wanted
    assert annual.hints["accession"] == f"{CIK}-21-000001"
    assert annual.hints["entity_name"] == "Walnut Lighthouse Packaging Company"


def test_a_filing_gives_its_document_exhibits_slides_and_pictures_but_no_sidecars() -> None:
    documents = of_filing("26-000004").wanted
    assert [(one.name.rpartition("/")[2], one.hints.get("exhibit")) for one in documents] == [
        ("zzwl-8k.htm", None),
        ("zzwl-ex991.htm", "EX-99.1"),
        ("zzwl-ex992.pdf", "EX-99.2"),
        ("zzwl-chart.png", "GRAPHIC"),
    ]
    assert documents[0].url == (
        f"https://www.sec.gov/Archives/edgar/data/{CIK}/990000000326000004/zzwl-8k.htm"
    )
    assert documents[0].revision == f"{CIK}-26-000004"
    assert documents[0].kind is SourceKind.FILING
    annual = of_filing("26-000001")
    assert [one.name.rpartition("/")[2] for one in annual.wanted] == ["zzwl-10k.htm", "zzwl-ex21.htm"]
    assert len(of_filing("26-000001", exhibits="*").wanted) == 3


def test_a_filing_is_known_from_its_acceptance_in_new_york() -> None:
    assert {one.published_at for one in of_filing("26-000004").wanted} == {
        datetime(2026, 2, 5, 12, 30, 9, tzinfo=UTC)  # 07:30:09 in winter
    }
    assert of_filing("26-000009").wanted[0].published_at == datetime(2026, 3, 20, 20, 5, 41, tzinfo=UTC)


def test_a_filing_accepted_in_the_evening_is_known_the_next_morning() -> None:
    # accepted 18:10:05 on the 9th, filed as of the 10th
    assert of_filing("26-000012").wanted[0].published_at == datetime(2026, 4, 10, 10, 0, tzinfo=UTC)


def test_a_filing_without_its_acceptance_is_known_when_its_day_is_over() -> None:
    raw = recorded("filings/26-000001-index-headers.html").replace(b"&lt;ACCEPTANCE-DATETIME&gt;", b"")
    wanted = submissions().wanted[1]
    assert filings.listed(raw, wanted, source()).wanted[0].published_at == datetime(
        2026, 2, 21, 4, 59, 59, tzinfo=UTC
    )


def test_a_header_that_names_other_places_costs_those_documents() -> None:
    raw = recorded("filings/26-000004-index-headers.html")
    for name in (b"../../../etc/x.htm", b"https://evil.example/x.htm", b"x.htm?a", b"a\0.htm", b"/x.htm"):
        listing = filings.listed(raw.replace(b"zzwl-ex991.htm", name), submissions().wanted[0], source())
        assert len(listing.wanted) == 3
        assert [one.outcome.value for one in listing.records] == ["quarantined"]
        assert all("/990000000326000004/zzwl-" in one.url for one in listing.wanted)


def test_a_filing_of_thousands_of_documents_is_cut_and_says_so() -> None:
    document = "<DOCUMENT>\n<TYPE>EX-99.{0}\n<SEQUENCE>{0}\n<FILENAME>x{0}.htm\n</DOCUMENT>\n"
    raw = "".join(document.format(number) for number in range(3_000)).encode()
    listing = filings.listed(raw, submissions().wanted[0], source())
    assert len(listing.wanted) == filings.MAX_DOCUMENTS
    assert listing.records[0].reason.startswith("2900 documents")


@pytest.mark.parametrize(
    "raw", [b"<html>Undeclared automated tool</html>", b"[]", b'{"filings": 5}', b"[" * 99_999, b""]
)
def test_what_is_no_list_is_refused(raw: bytes) -> None:
    for wanted in (SUBMISSIONS, FACTS):
        with pytest.raises(Malformed):
            filings.listed(raw, wanted, source())


def test_columns_of_differing_length_are_refused() -> None:
    told = json.loads(recorded("filings/submissions.json"))
    told["filings"]["recent"]["form"].pop()
    with pytest.raises(Malformed, match="not alike"):
        filings.listed(json.dumps(told).encode(), SUBMISSIONS, source())


def test_facts_are_split_by_filing_each_with_its_own_day() -> None:
    listing = filings.listed(recorded("filings/companyfacts.json"), FACTS, source())
    assert [(one.name, one.published_at) for one in listing.wanted] == [
        (f"facts/{CIK}-21-000001.json", datetime(2021, 2, 19, 23, 59, 59, tzinfo=UTC)),
        (f"facts/{CIK}-26-000001.json", datetime(2026, 2, 20, 23, 59, 59, tzinfo=UTC)),
        (f"facts/{CIK}-26-000009.json", datetime(2026, 3, 20, 23, 59, 59, tzinfo=UTC)),
    ]
    restated = listing.wanted[2]
    assert restated.raw is not None
    (document,) = parse(restated.raw, Request(restated.name, hints=restated.hints)).documents
    assert [(piece.payload["concept"], piece.payload["value"]) for piece in document.pieces] == [
        ("Revenues", 2_833_000_000.0)
    ]
    assert document.part == f"{CIK}-26-000009"


def test_what_an_old_filing_said_stays_the_same_when_a_newer_one_is_filed() -> None:
    told = json.loads(recorded("filings/companyfacts.json"))
    before = filings.listed(json.dumps(told).encode(), FACTS, source()).wanted
    revenues = told["facts"]["us-gaap"]["Revenues"]["units"]["USD"]
    revenues.append({**revenues[0], "accn": f"{CIK}-27-000001", "form": "10-K", "filed": "2027-02-19"})
    revenues[0].pop("frame")  # EDGAR moves it to the newest filing that tells the figure
    after = filings.listed(json.dumps(told).encode(), FACTS, source()).wanted
    assert list(after[:-1]) == list(before)
    assert len(after) == len(before) + 1


def test_a_label_worded_anew_is_no_revision_but_a_figure_is() -> None:
    told = json.loads(recorded("filings/companyfacts.json"))
    before = [one.revision for one in filings.listed(json.dumps(told).encode(), FACTS, source()).wanted]
    revenues = told["facts"]["us-gaap"]["Revenues"]
    revenues["label"] = "Revenues, Total"
    assert [o.revision for o in filings.listed(json.dumps(told).encode(), FACTS, source()).wanted] == before
    revenues["units"]["USD"][0]["val"] += 1
    after = [one.revision for one in filings.listed(json.dumps(told).encode(), FACTS, source()).wanted]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_facts_of_a_company_without_name_or_number_are_still_json() -> None:
    told = {"facts": json.loads(recorded("filings/companyfacts.json"))["facts"]}
    for one in filings.listed(json.dumps(told).encode(), FACTS, source()).wanted:
        assert one.raw is not None
        assert json.loads(one.raw)["facts"]


def test_facts_of_no_filing_are_counted_and_of_unwanted_forms_left() -> None:
    told = json.loads(recorded("filings/companyfacts.json"))
    told["facts"]["us-gaap"]["Assets"]["units"]["USD"] += [{"val": 1}, 7, {"accn": "../x", "filed": "x"}]
    listing = filings.listed(json.dumps(told).encode(), FACTS, source(forms="10-K"))
    assert len(listing.wanted) == 3
    assert listing.records[0].reason == "3 facts of no filing"
    assert filings.listed(json.dumps(told).encode(), FACTS, source(forms="10-Q")).wanted == []


@pytest.mark.data
def test_real_facts_split_by_filing_say_what_the_whole_file_says() -> None:
    file = REAL / "snow_facts.json"
    if not file.exists():
        pytest.skip(f"no {file}: set SMALTI_DATA to the folder of real data")
    whole = {one.part: one for one in parse(file.read_bytes(), Request(file.name)).documents}
    apart = filings.listed(file.read_bytes(), FACTS, source(forms="10-K 10-Q 8-K S-1 424B4")).wanted
    read = {}
    for one in apart:
        assert one.raw is not None
        try:
            (document,) = parse(one.raw, Request(one.name, hints=one.hints)).documents
        except Empty:
            continue  # a filing that tells its cover page alone
        read[document.part] = document
        assert (one.published_at, document.title) == (document.published_at, whole[document.part].title)
    assert read.keys() == whole.keys()
    for part, document in read.items():  # their order goes by position in the file
        assert {p.text: p.payload for p in document.pieces} == {p.text: p.payload for p in whole[part].pieces}
    assert len(read) > 15
