"""The demo world is what its truth.json says, adds up, and calls itself synthetic everywhere."""

from __future__ import annotations

import csv
import html
import json
import math
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from rapidfuzz.fuzz import ratio

from smalti.platform.similarity import NEAR_IMAGE, distance, image_hash

REPO = Path(__file__).resolve().parents[2]
HOME = REPO / "src" / "smalti" / "service" / "demo_world"
FILES = HOME / "files"
PRINTED = ("ZZMH", "ZZVC", "ZZWL", "ZZIT", "ZZPF")
"""Issuers whose annual report is a PDF."""
TICKERS = (*PRINTED, "ZZCL", "ZZGT", "ZZSG")
ROLES = re.compile(r"(retail|promotion) account \d+|quote robot \d+")
CHECKS = {
    "claim_against_fact",
    "words_against_voice",
    "evasive_answers",
    "chart_against_table",
    "filing_drift",
    "beneish_m",
    "crowd",
    "picture",
}


@cache
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((HOME / "truth.json").read_text(encoding="utf-8"))
    return told


def planted(kind: str) -> list[dict[str, Any]]:
    found = [row for row in truth()["planted"] if row["kind"] == kind]
    assert found, kind
    return found


@cache
def pages(file: str) -> tuple[str, ...]:
    with pypdfium2.PdfDocument(FILES / file) as document:
        return tuple(page.get_textpage().get_text_bounded().replace("\r", "") for page in document)


def flat(text: str) -> str:
    return " ".join(text.split())


def posts(ticker: str) -> list[dict[str, Any]]:
    lines = (FILES / f"social/{ticker.lower()}_posts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def closes(ticker: str) -> list[tuple[str, float, float]]:
    with (FILES / f"prices/{ticker}.csv").open(newline="") as file:
        return [(r["Date"], float(r["Close"]), float(r["Volume"])) for r in csv.DictReader(file)]


def images() -> Iterator[Path]:
    yield from sorted(p for p in (FILES / "social").iterdir() if p.suffix in (".jpg", ".png"))


def statement_values(ticker: str, label: str, title: str) -> list[int]:
    """The figures of one line of one statement, newest year first."""
    page = next(p for p in pages(f"filings_pdf/{ticker}_2025_10K.pdf") if title in p)
    line = re.search(rf"^{re.escape(label)}\s+((?:[$\s]*[\d,()—]+)+)$", page, re.MULTILINE)
    assert line, (ticker, label)
    numbers = re.findall(r"\(?[\d,]+\)?|—", line[1])
    return [
        0 if n == "—" else int(n.strip("()").replace(",", "")) * (-1 if n[0] == "(" else 1) for n in numbers
    ]


OPERATIONS, BALANCE, CASH = (
    "CONSOLIDATED STATEMENTS OF OPERATIONS",
    "CONSOLIDATED BALANCE SHEETS",
    "CONSOLIDATED STATEMENTS OF CASH FLOWS",
)


def test_the_package_data_stays_small() -> None:
    assert sum(p.stat().st_size for p in HOME.rglob("*") if p.is_file()) < 3_500_000


@pytest.mark.parametrize("ticker", PRINTED)
def test_every_filing_page_says_it_is_synthetic(ticker: str) -> None:
    told = pages(f"filings_pdf/{ticker}_2025_10K.pdf")
    assert 6 <= len(told) <= 12
    assert all("SYNTHETIC: fictional issuer" in flat(page) for page in told)


def test_every_filing_in_html_says_it_is_synthetic() -> None:
    told = [path.read_text(encoding="utf-8") for path in (FILES / "filings_html").glob("*.html")]
    assert len(told) == 9
    assert all("SYNTHETIC SECURITIES FILING" in page for page in told)
    assert all("<p>SYNTHETIC: fictional issuer" in page for page in told)


def test_every_news_page_feed_post_and_picture_says_it_is_synthetic() -> None:
    for page in (FILES / "news").glob("*.html"):
        assert re.search(r"<footer>SYNTHETIC", page.read_text(encoding="utf-8")), page.name
    feeds = list((FILES / "news").glob("*.xml"))
    assert len(feeds) == 8
    assert all("<title>SYNTHETIC" in feed.read_text(encoding="utf-8") for feed in feeds)
    assert all(post["synthetic"] is True for ticker in TICKERS for post in posts(ticker))
    for path in images():
        with Image.open(path) as picture:
            noted = picture.info.get("comment", b"").decode() or picture.info.get("Description", "")
        assert noted == "SYNTHETIC", path.name


def test_speakers_and_authors_are_roles() -> None:
    assert all(ROLES.fullmatch(post["user_id"]) for ticker in TICKERS for post in posts(ticker))
    speakers = {row["speaker"] for kind in ("spoken_claim", "evasive_answer") for row in planted(kind)}
    assert speakers <= {"Chief Executive Officer", "Chief Financial Officer"}


def test_every_line_of_every_call_is_placed() -> None:
    lines = truth()["spoken"]
    for before, after in pairwise(lines):
        assert after["file"] != before["file"] or after["start_s"] >= before["end_s"]
    for issuer in {line["issuer"] for line in lines}:
        call = [line for line in lines if line["issuer"] == issuer]
        assert {line["role"] for line in call} == {"operator", "management", "analyst"}
        asked = [line["question"] for line in call if line["question"]]
        assert sorted(set(asked)) == list(range(1, max(asked) + 1))
        assert {line["answer_to"] for line in call} == {None, *asked}
        assert max(asked) >= 2
    placed = {(line["file"], line["start_s"], line["says"]) for line in lines}
    assert all(
        (claim["file"], claim["start_s"], claim["says"]) in placed for claim in planted("spoken_claim")
    )


@pytest.mark.parametrize("ticker", PRINTED)
def test_the_statements_balance(ticker: str) -> None:
    assets = statement_values(ticker, "Total assets", BALANCE)
    assert assets == statement_values(ticker, "Total liabilities and stockholders' equity", BALANCE)
    liabilities = statement_values(ticker, "Total liabilities", BALANCE)
    equity = statement_values(ticker, "Total stockholders' equity", BALANCE)
    assert [a + b for a, b in zip(liabilities, equity, strict=True)] == assets


@pytest.mark.parametrize("ticker", PRINTED)
def test_the_cash_flows_tie(ticker: str) -> None:
    flows = [
        statement_values(ticker, f"Net cash provided by (used in) {kind} activities", CASH)
        for kind in ("operating", "investing", "financing")
    ]
    change = statement_values(ticker, "Net increase (decrease) in cash and cash equivalents", CASH)
    begin = statement_values(ticker, "Cash and cash equivalents at beginning of year", CASH)
    end = statement_values(ticker, "Cash and cash equivalents at end of year", CASH)
    assert [sum(year) for year in zip(*flows, strict=True)] == change
    assert [a + b for a, b in zip(begin, change, strict=True)] == end
    assert end[:2] == statement_values(ticker, "Cash and cash equivalents", BALANCE)
    word = "Net loss" if ticker == "ZZVC" else "Net income"
    assert statement_values(ticker, word, CASH) == statement_values(ticker, word, OPERATIONS)


@pytest.mark.parametrize("ticker", PRINTED)
def test_sales_agree_between_table_and_statement(ticker: str) -> None:
    sales = statement_values(ticker, "Net sales", OPERATIONS)
    title = {"ZZMH": "segment", "ZZVC": "product", "ZZIT": "product"}.get(ticker, "product line")
    assert statement_values(ticker, "Total net sales", f"Net sales by {title}") == sales


def test_filing_facts_stand_on_their_pages() -> None:
    for row in (*planted("filing_fact"), *planted("statement_value")):
        assert row["text"] in flat(pages(row["file"])[row["page"]]), row["id"]
        assert row["page_shown"] == row["page"] + 1


def test_the_call_contradicts_the_filing_of_one_issuer_only() -> None:
    facts = {row["id"]: row for row in planted("filing_fact")}
    for claim in planted("spoken_claim"):
        fact = facts[claim["answered_by"]]
        assert claim["agrees_with_filing"] is not claim["issuer"].startswith("Marble Heron")
        if claim["value"] is not None:
            close = math.isclose(claim["value"], fact["value"], rel_tol=0.01)
            assert close is claim["agrees_with_filing"], claim["id"]


def test_only_the_contradicting_and_the_manipulating_issuer_warn_by_beneish_m() -> None:
    scores = {row["issuer"].split()[0]: row["value"] for row in planted("beneish_m")}
    assert {name for name, score in scores.items() if score > -1.78} == {"Marble", "Indigo"}
    assert set(scores) == {"Marble", "Velvet", "Walnut", "Indigo", "Pewter"}


def test_truncated_charts_lie_with_two_issuers_and_one_disagrees_with_its_table() -> None:
    assert {row["issuer"].split()[0] for row in planted("chart_truncated_axis")} == {"Marble", "Indigo"}
    (chart,) = planted("chart_table_mismatch")
    assert chart["axis_from"] > 0.9 * min(chart["drawn"].values())
    table = statement_values("ZZMH", "Total net sales", "Net sales by segment")
    assert list(chart["table"].values()) == [round(v / 1000, 1) for v in reversed(table)]
    assert chart["differs_in"] == ["2025"]


def test_charts_are_drawn_as_paths_and_as_pictures() -> None:
    for row in (*planted("chart_truncated_axis"), *planted("chart_honest")):
        with pypdfium2.PdfDocument(FILES / row["file"]) as document:
            kinds = [thing.type for thing in document[row["page"]].get_objects()]
        if row["made_as"] == "raster":
            assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds, row["id"]
        else:
            assert row["title"] in flat(pages(row["file"])[row["page"]])
            assert kinds.count(pypdfium2.raw.FPDF_PAGEOBJ_PATH) > len(row["drawn"]), row["id"]


def test_the_pump_is_a_burst_of_near_identical_posts_and_pictures() -> None:
    (pump,) = planted("pump_burst")
    by_id = {post["id"]: post for post in posts("ZZVC")}
    burst = [by_id[key] for key in pump["post_ids"]]
    assert len(burst) >= 40
    assert len({post["user_id"] for post in burst}) == pump["accounts"] >= 30
    times = [datetime.fromisoformat(post["created_at"]) for post in burst]
    assert (max(times) - min(times)).total_seconds() < 48 * 3600
    alike = [ratio(a["text"].lower(), b["text"].lower()) for a, b in combinations(burst, 2)]
    assert min(alike) > 80
    assert statistics.median(alike) > 92
    others = [post for post in by_id.values() if post["id"] not in pump["post_ids"]]
    assert max(ratio(a["text"].lower(), b["text"].lower()) for a in others for b in burst) < 70
    hashes = [_hash(FILES / name) for name in pump["images"]]
    assert len(hashes) == 3
    assert all(distance(a, b) <= NEAR_IMAGE for a, b in combinations(hashes, 2))


def _hash(path: Path) -> int:
    import numpy as np

    with Image.open(path) as picture:
        return image_hash(np.asarray(picture.convert("RGB")))


def test_the_price_and_volume_spike_with_the_posts_and_collapse_after() -> None:
    (spike,) = planted("price_volume_spike")
    rows = {day: (close, volume) for day, close, volume in closes("ZZVC")}
    assert rows["2026-05-14"][0] / rows["2026-05-11"][0] - 1 == pytest.approx(spike["rise"], abs=0.001)
    assert spike["rise"] > 1
    assert rows["2026-05-13"][1] > 20 * rows["2026-05-11"][1]
    assert rows[spike["fall_on"]][0] < 0.7 * rows["2026-05-14"][0]


def test_there_are_planted_and_innocent_cases_of_every_check() -> None:
    cases = truth()["cases"]
    assert len({case["id"] for case in cases}) == len(cases)
    for innocent in (True, False):
        of_kind = [case for case in cases if case["innocent"] is innocent]
        assert len(of_kind) >= 20
        assert {case["check"] for case in of_kind} == CHECKS
    assert {case["issuer"] for case in cases} == set(TICKERS)
    assert all(("against" in case) is not case["innocent"] and case["why"] for case in cases)


def test_each_side_of_a_case_stands_where_it_says() -> None:
    sides = [(case, side) for case in truth()["cases"] for side in ("said", "against") if side in case]
    assert all(stands(case["issuer"], case[side]) for case, side in sides)


def stands(ticker: str, where: dict[str, Any]) -> bool:
    """Whether what a side of a case names is in its file; fails with what is missing."""
    path = FILES / where["file"]
    if "start_s" in where:
        placed = {(line["file"], line["start_s"], line["end_s"], line["says"]) for line in truth()["spoken"]}
        assert path.is_file(), where
        assert (where["file"], where["start_s"], where["end_s"], where["text"]) in placed, where
    elif "post" in where:
        by_id = {post["id"]: post for post in posts(ticker)}
        assert set(where.get("posts", [where["post"]])) <= set(by_id), where
        assert "image" not in where or by_id[where["post"]]["image"] == Path(where["image"]).name, where
    elif "page" in where:
        assert where["text"] in flat(pages(where["file"])[where["page"]]), where
    else:
        # What is written between tags, as a reader sees it.
        shown = html.unescape(re.sub(r"<[^>]*>", "", path.read_text(encoding="utf-8")))
        assert where["text"] in flat(shown), where
    return True


def test_a_false_price_chart_disagrees_with_the_prices_and_a_crowd_moves_them() -> None:
    false = {day: close for day, close, _ in closes("ZZIT")}
    assert max(close for day, close in false.items() if "2026-03-20" <= day <= "2026-04-29") < 8
    talked_up = {day: (close, volume) for day, close, volume in closes("ZZGT")}
    assert talked_up["2026-05-06"][0] > 1.1 * talked_up["2026-05-05"][0]
    assert talked_up["2026-05-06"][1] > 5 * statistics.median(v for _, v in talked_up.values())


def test_pictures_that_say_a_model_made_them_say_it_in_the_file() -> None:
    for name in ("zzgt_warehouse.jpg", "zzcl_illustration.jpg"):
        assert b"digitalsourcetype/trainedAlgorithmicMedia" in (FILES / "social" / name).read_bytes(), name
    for later in ("zzpf_trailer_now.jpg", "zzpf_trailer_repost.jpg"):
        first = _hash(FILES / "social/zzpf_trailer.jpg")
        assert distance(first, _hash(FILES / "social" / later)) <= NEAR_IMAGE, later


def test_a_tagged_statement_says_the_same_in_its_tag_and_to_the_eye() -> None:
    told = (FILES / "filings_html/zzcl_2026_10k.html").read_text(encoding="utf-8")
    tags = re.findall(r'name="us-gaap:(\w+)" contextRef="(\w+)"[^>]* scale="3"[^>]*>([\d,]+)<', told)
    found = {(name, context): int(value.replace(",", "")) for name, context, value in tags}
    assert found["Revenues", "fy20260228"] == 254_100
    assert found["Revenues", "fy20240229"] == 131_400
    assert found["Assets", "at20260228"] == found["LiabilitiesAndStockholdersEquity", "at20260228"]
    assert "<xbrli:startDate>2025-03-01</xbrli:startDate>" in told


def test_volatility_orders_the_issuers_as_expected() -> None:
    def volatility(ticker: str) -> float:
        last = [close for _, close, _ in closes(ticker)][-40:]
        return statistics.pstdev(b / a - 1 for a, b in pairwise(last))

    assert volatility("ZZWL") < volatility("ZZMH") < volatility("ZZVC")
    assert all(len(closes(ticker)) > 490 for ticker in TICKERS)


def test_the_manifest_dates_every_file_within_the_story() -> None:
    with (FILES / "manifest.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["path", "issuer", "kind", "available_at", "source_of_date", "synthetic"]
    assert (rows[0]["path"], rows[0]["synthetic"]) == (".", "true")
    named = {row["path"] for row in rows}
    for path in (p for p in FILES.rglob("*") if p.is_file() and p.name != "manifest.csv"):
        own = path.relative_to(FILES)
        assert {str(own), *map(str, own.parents)} & named, own
    for row in rows:
        assert (FILES / row["path"]).exists()
        if row["available_at"]:
            at = datetime.fromisoformat(row["available_at"])
            assert datetime(2025, 1, 1, tzinfo=UTC) <= at < datetime(2026, 7, 1, tzinfo=UTC)


def test_posts_name_pictures_that_exist_and_lie_in_time_order() -> None:
    for ticker in TICKERS:
        rows = posts(ticker)
        assert [post["created_at"] for post in rows] == sorted(post["created_at"] for post in rows)
        assert all((FILES / "social" / post["image"]).is_file() for post in rows if "image" in post)
    used = {post.get("image") for ticker in TICKERS for post in posts(ticker)}
    assert {path.name for path in images()} <= used


def test_company_facts_state_what_the_filing_states() -> None:
    told = json.loads((FILES / "filings_html/zzwl_companyfacts.json").read_text())
    rows = told["facts"]["us-gaap"]["Assets"]["units"]["USD"]
    newest = next(row for row in rows if row["end"] == "2025-12-31")
    assert newest["val"] == statement_values("ZZWL", "Total assets", BALANCE)[0] * 1_000_000
    assert newest["filed"] == "2026-02-20"
    assert told["synthetic"] is True


@pytest.mark.slow
def test_the_makers_write_the_same_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.demo_world", "--without-audio", "--out", str(tmp_path)]
    subprocess.run(command, cwd=REPO, check=True, timeout=240)
    again = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    texts = [p for p in again if p.suffix in (".json", ".jsonl", ".csv", ".xml", ".html")]
    assert len(texts) >= 20
    for path in texts:
        assert path.read_bytes() == (HOME / path.relative_to(tmp_path)).read_bytes(), path.name
    for path in (p for p in again if p.suffix == ".pdf"):
        with pypdfium2.PdfDocument(path) as document:
            new = tuple(page.get_textpage().get_text_bounded().replace("\r", "") for page in document)
        assert new == pages(f"filings_pdf/{path.name}")
