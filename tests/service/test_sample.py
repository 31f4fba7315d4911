"""Real input, a part of the sample small enough for every test run; `bench/run.py` takes in all of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from smalti.ingest.feeds.pieces import natural_key
from smalti.platform.settings import Settings
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway

pytestmark = [pytest.mark.slow, pytest.mark.data]

SAMPLE = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3] / "shared/data")) / "sample"
CALL = "call_audio/Amazon.com Inc._20170202"
PIECES = 15
AS_OF = datetime(2017, 2, 13, 23, 59, 59, tzinfo=UTC)


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Amazon call's first minutes, a 10-K, all prices, news, plain posts and filings in HTML."""
    if not SAMPLE.is_dir():
        pytest.skip(f"no {SAMPLE}: set SMALTI_DATA to the folder of real data")
    root = tmp_path_factory.mktemp("sample") / "part"
    for folder in ("news", "prices", "filings_html"):
        shutil.copytree(SAMPLE / folder, root / folder)
    shutil.copytree(SAMPLE / "social", root / "social", ignore=shutil.ignore_patterns("chart_*", "verif_*"))
    for file in ("manifest.csv", "filings_pdf/AMAZON_2016_10K.pdf", f"{CALL}/Text.txt"):
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / file, root / file)
    pieces = sorted((SAMPLE / CALL / "Audio").iterdir(), key=lambda p: natural_key(p.name))
    (root / CALL / "Audio").mkdir()
    for piece in pieces[:PIECES]:
        shutil.copy(piece, root / CALL / "Audio")
    return root


@pytest.fixture(scope="module")
def engine(part: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Owner of a store that took the part in and scored Amazon as of 2017-02-13."""
    home = tmp_path_factory.mktemp("home")
    with open_engine(Settings(home=home, workers=2, ocr=False)) as opened:
        gateway = LocalGateway(opened)
        gateway.ingest(part)
        gateway.score("Amazon", AS_OF)
        yield opened


def test_each_file_has_exactly_one_disposition(engine, part):
    rows = engine.store.read("SELECT path, outcome FROM dispositions WHERE record = ''")
    files = {str(p.relative_to(part)) for p in part.rglob("*") if p.is_file()}
    assert rows["path"].is_unique().all()
    assert set(rows["path"]) == files | {CALL}  # the call is one input made of its pieces
    outcomes = dict(rows.iter_rows())
    assert outcomes[CALL] == "parsed"
    assert [o for p, o in outcomes.items() if p.startswith(f"{CALL}/Audio/")] == ["part of"] * PIECES
    assert {p for p, o in outcomes.items() if o == "skipped"} == {
        "manifest.csv", "news/ground_truth.json", f"{CALL}/Text.txt",
    }  # fmt: skip
    assert outcomes["filings_pdf/AMAZON_2016_10K.pdf"] == "parsed"


def test_each_record_in_a_file_has_exactly_one_disposition(engine, part):
    records = engine.store.read("SELECT path, record, outcome FROM dispositions WHERE record <> ''")
    assert not records.select("path", "record").is_duplicated().any()
    tweets = sorted((part / "social" / "stocknet_tweets").iterdir())
    assert len(tweets) == 40
    for file in tweets:
        mine = records.filter(records["path"] == str(file.relative_to(part)))
        assert mine.height == len([line for line in file.read_text().splitlines() if line.strip()])
    documents = engine.store.read(
        "SELECT x.path, d.part FROM documents d JOIN dispositions x USING (artifact_id)"
        " WHERE x.record = '' AND x.outcome = 'parsed' AND d.part <> ''"
    )
    parsed = records.filter(records["outcome"] == "parsed").select("path", "record")
    assert set(documents.iter_rows()) <= set(parsed.iter_rows())
    others = {path.partition("/")[0] for path, _ in set(parsed.iter_rows()) - set(documents.iter_rows())}
    assert others == {"prices"}  # days of one document


def test_the_answer_keys_are_never_read(engine, part):
    key = (part / CALL / "Text.txt").read_bytes()
    held = {p.read_bytes() for p in (engine.settings.objects).glob("*/*")}
    assert key not in held
    assert (part / "news" / "ground_truth.json").read_bytes() not in held


def test_amazon_is_scored_from_what_was_known_then(engine):
    signals = engine.store.read(
        "SELECT s.* FROM signals s JOIN issuers i USING (issuer_id) WHERE i.cik = '1018724' AND s.as_of = ?",
        [AS_OF],
    )
    by = {(s["kind"], s["horizon_days"]): s for s in signals.iter_rows(named=True)}
    for horizon in (3, 7, 15, 30):
        risk = by["risk", horizon]
        assert set(risk["used"]) == {"price@price", "text@call", "voice@call"}
        assert 0 < risk["low"] < risk["value"] < risk["high"]
        assert 0.05 < risk["value"] < 1
        assert 0 <= risk["percentile"] <= 100
    assert by["fraud", 0]["used"] == ["fact@filing"]
    assert 0 <= by["fraud", 0]["value"] <= 1
    assert "text@social" in by["sentiment", 0]["stale"]  # tweets of late 2015
    late = engine.store.read(
        "SELECT count(*) FROM attributions a JOIN signals s USING (signal_id)"
        " JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)"
        " WHERE s.as_of = ? AND d.available_at > s.as_of",
        [AS_OF],
    )
    assert late.item() == 0


def test_why_points_to_seconds_and_pages_in_the_sources(engine):
    gateway = LocalGateway(engine)
    signals = {(s.kind, s.horizon_days): s for s in gateway.signals("Amazon", AS_OF)}
    spoken = [e for e in gateway.why(signals["risk", 30].signal_id).evidence if e.source == "call"]
    assert spoken
    assert all("-" in e.where and e.file.startswith(CALL) for e in spoken)
    shares = [e.effect or 0 for e in spoken if e.method == "integrated-gradients"]
    assert shares
    assert all(abs(a) >= abs(b) for a, b in pairwise(shares))
    facts = [e for e in gateway.why(signals["fraud", 0].signal_id).evidence if e.effect is not None]
    assert facts
    assert {e.file for e in facts} == {"filings_pdf/AMAZON_2016_10K.pdf"}
    assert all("p. " in e.where for e in facts)


def test_a_second_run_writes_nothing_outside_the_ledger(engine, part):
    before = engine.store.counts()
    gateway = LocalGateway(engine)
    gateway.ingest(part)
    gateway.score("Amazon", AS_OF)
    after = engine.store.counts()
    assert {t for t, n in after.items() if n != before[t]} == {"runs"}
