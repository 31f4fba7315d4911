"""The demo world, from its files to the signals that were planted in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smalti.platform.store import Store
from smalti.service import demo_world

pytestmark = pytest.mark.slow

TRUTH = json.loads((Path(demo_world.FILES).parent / "truth.json").read_text())
NAMES = {one["ticker"]: one["name"] for one in TRUTH["issuers"]}


def demo(home: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", "from smalti.service.cli import main; main()", "demo", "--json"]
    done = subprocess.run(
        [*command, "--home", str(home)],
        env=os.environ | {"SMALTI_WORKERS": "2"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    return demo(home)


def value(first: dict[str, Any], ticker: str, kind: str, horizon: int = 0) -> float:
    (signal,) = [
        s
        for s in first["signals"]
        if (s["issuer"], s["kind"], s["horizon_days"]) == (NAMES[ticker], kind, horizon)
    ]
    found: float = signal["value"]
    return found


def test_each_issuer_gets_each_signal_and_all_is_marked_synthetic(first):
    assert {s["issuer"] for s in first["signals"]} == set(NAMES.values())
    assert all(s["synthetic"] for s in first["signals"])
    for name in NAMES.values():
        valued = {
            (s["kind"], s["horizon_days"])
            for s in first["signals"]
            if s["issuer"] == name
            if s["value"] is not None
        }
        assert {("risk", h) for h in (3, 7, 15, 30)} | {("fraud", 0), ("sentiment", 0)} <= valued
        assert ("fraud.benford", 0) in {
            (s["kind"], s["horizon_days"]) for s in first["signals"] if s["issuer"] == name
        }


def test_each_signal_has_evidence_that_a_person_can_find(first):
    files = {str(p.relative_to(demo_world.FILES)) for p in Path(demo_world.FILES).rglob("*")}
    shown = {(w["signal"]["issuer"], w["signal"]["kind"]): w["evidence"] for w in first["why"]}
    for name in NAMES.values():
        for kind in ("risk", "fraud", "sentiment"):
            evidence = shown[name, kind]
            assert evidence, (name, kind)
            assert all(e["file"] in files for e in evidence)
            assert all(e["where"] for e in evidence)
            moved = [e for e in evidence if e["effect"] is not None]
            assert moved
            assert any(e["effect"] != 0 for e in moved)
    fraud = [e for e in shown[NAMES["ZZMH"], "fraud"] if e["effect"] is not None]
    assert all(e["file"] == "filings_pdf/ZZMH_2025_10K.pdf" and "p. " in e["where"] for e in fraud)


def test_the_planted_figures_are_read_from_the_filings(first):
    assert value(first, "ZZMH", "fraud.beneish_m") == pytest.approx(-1.37, abs=0.005)
    assert value(first, "ZZWL", "fraud.beneish_m") == pytest.approx(-2.70, abs=0.005)
    assert value(first, "ZZIT", "fraud.beneish_m") == pytest.approx(-0.31, abs=0.005)
    assert value(first, "ZZPF", "fraud.beneish_m") == pytest.approx(-2.65, abs=0.005)
    assert value(first, "ZZCL", "fraud.beneish_m") < -1.78
    assert value(first, "ZZGT", "fraud.beneish_m") < -1.78


def test_a_bank_has_no_beneish_m(first):
    (signal,) = [
        s for s in first["signals"] if (s["issuer"], s["kind"]) == (NAMES["ZZSG"], "fraud.beneish_m")
    ]
    assert signal["value"] is None


def test_the_signals_stand_as_planted(first):
    told = ("ZZMH", "ZZVC", "ZZWL")
    risk = {ticker: value(first, ticker, "risk", 30) for ticker in told}
    assert risk["ZZVC"] > risk["ZZMH"] > risk["ZZWL"]
    fraud = {ticker: value(first, ticker, "fraud") for ticker in told}
    assert max(fraud, key=fraud.__getitem__) == "ZZMH"


def said_as(text: str) -> str:
    """Text with numbers as digits: lower case, `%`, no `$`, no thousands separators."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower().replace("$", ""))
    return " ".join(re.sub(r"\s*\bper ?cent\b", "%", text).split())


def test_the_recogniser_hears_every_planted_claim(first, home):
    with Store(home / "smalti.duckdb") as store:
        heard = store.read(
            "SELECT i.name, string_agg(e.text, ' ' ORDER BY e.ordinal) AS words FROM evidence e"
            " JOIN documents d USING (document_id) JOIN links l USING (document_id)"
            " JOIN issuers i USING (issuer_id) WHERE e.kind = 'audio' GROUP BY i.name"
        )
    words = {name: said_as(text) for name, text in heard.iter_rows()}
    claims = [row for row in (*TRUTH["spoken"], *TRUTH["planted"]) if row.get("must_hear")]
    assert {row["issuer"] for row in claims} == set(words)
    for text in words.values():
        assert "synthetic" in text[:150]
        assert "fictional" in text[:150]
    lost = [
        (row["issuer"], w)
        for row in claims
        for w in row["must_hear"]
        if said_as(w) not in words[row["issuer"]]
    ]
    assert lost == []


def test_every_file_and_record_of_the_demo_world_is_settled_well(first, home):
    assert first["stages"][0]["counts"].get("quarantined", 0) == 0
    with Store(home / "smalti.duckdb") as store:
        rows = store.read("SELECT path, record, outcome FROM dispositions")
        undated = store.read("SELECT title FROM documents WHERE available_method = 'recorded'")
    whole = rows.filter(rows["record"] == "")
    assert whole["path"].is_unique().all()
    assert set(whole["path"]) >= {
        str(p.relative_to(demo_world.FILES)) for p in Path(demo_world.FILES).rglob("*") if p.is_file()
    }
    assert "quarantined" not in rows["outcome"].to_list()
    assert undated["title"].to_list() == []


def test_a_second_run_does_nothing_and_says_the_same(first, home):
    def held() -> dict[str, int]:
        with Store(home / "smalti.duckdb") as store:
            return store.counts()

    before = held()
    second = demo(home)
    after = held()
    assert {t for t, n in after.items() if n != before[t]} == {"runs"}
    ingest, *_, score = second["stages"]
    assert set(ingest["counts"]) == {"settled"}
    assert score["counts"] == {"unchanged": len(NAMES)}
    assert second["signals"] == first["signals"]
