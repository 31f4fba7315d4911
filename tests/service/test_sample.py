"""Real input, a part of the sample small enough for every test run; `bench/run.py` takes in all of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from smalti.platform.settings import Settings
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from tests.sample_home import AS_OF, CALL, FILINGS, PIECES, first_sample

pytestmark = [pytest.mark.slow, pytest.mark.data]


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return first_sample(tmp_path_factory)[1]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Owner of a store that took the part in and scored Amazon as of 2017-02-13."""
    home = tmp_path_factory.mktemp("sample") / "home"
    shutil.copytree(first_sample(tmp_path_factory)[0], home)
    with open_engine(Settings(home=home, workers=2, ocr=False)) as opened:
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
    assert [outcomes[one] for one in FILINGS] == ["parsed", "parsed"]


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
    assert {e.file for e in facts} == {FILINGS[0]}
    assert all("p. " in e.where for e in facts)


def test_a_second_run_writes_nothing_outside_the_ledger(engine, part):
    before = engine.store.counts()
    gateway = LocalGateway(engine)
    gateway.ingest(part)
    gateway.score("Amazon", AS_OF)
    after = engine.store.counts()
    assert {t for t, n in after.items() if n != before[t]} == {"runs"}
