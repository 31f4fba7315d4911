"""Signals as of a moment do not know what came after it, at whatever stage the future lies in wait."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from PIL import Image

from smalti.models.cases import Known
from smalti.models.checks import fiscal_years
from smalti.platform.errors import SmaltiError
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.embed import embed
from smalti.service.stages.ingest import ingest
from smalti.service.stages.known import View, known
from smalti.service.stages.link import link_all
from smalti.service.stages.score import score_all
from tests.service.conftest import news_page, post, write_pdf
from tests.service.pipeline import Here, write_model

AS_OF = datetime(2025, 2, 12, 12, tzinfo=UTC)
OWN = "Quartz Anvil Corporation"
CIK = "9900000055"

LAST_YEAR = {
    "Revenues": 1000.0,
    "CostOfRevenue": 600.0,
    "AccountsReceivableNetCurrent": 150.0,
    "AssetsCurrent": 450.0,
    "PropertyPlantAndEquipmentNet": 300.0,
    "Assets": 900.0,
    "NetIncomeLoss": 80.0,
    "NetCashProvidedByUsedInOperatingActivities": 70.0,
    "StockholdersEquity": 400.0,
    "LiabilitiesCurrent": 160.0,
}
THIS_YEAR = {name: value * (1.1 + 0.01 * i) for i, (name, value) in enumerate(LAST_YEAR.items())}
MOMENTS = {"AccountsReceivableNetCurrent", "AssetsCurrent", "PropertyPlantAndEquipmentNet", "Assets"} | {
    "StockholdersEquity",
    "LiabilitiesCurrent",
}


def filing(accession: str, filed: str, **years: dict[str, float]) -> list[tuple[str, dict[str, Any]]]:
    """Annual rows of one accession, by tag; `years` are `y2024=values`."""
    rows = []
    for year, values in ((int(name[1:]), v) for name, v in years.items()):
        for tag, value in values.items():
            start = {} if tag in MOMENTS else {"start": f"{year}-01-01"}
            meta = {"accn": accession, "fy": year, "fp": "FY", "form": "10-K", "filed": filed}
            rows.append((tag, {**start, "end": f"{year}-12-31", "val": value, **meta}))
    return rows


def facts_json(rows: list[tuple[str, dict[str, Any]]], name: str = OWN) -> str:
    tags: dict[str, list[dict[str, Any]]] = {}
    for tag, row in rows:
        tags.setdefault(tag, []).append(row)
    body = {tag: {"label": tag, "units": {"USD": mine}} for tag, mine in tags.items()}
    return json.dumps({"cik": int(CIK), "entityName": name, "facts": {"us-gaap": body}})


FILED = filing("0000000055-25-000001", "2025-02-05", y2023=LAST_YEAR, y2024=THIS_YEAR)
RESTATED = filing("0000000055-25-000009", "2025-03-15", y2024={t: v * 3 for t, v in THIS_YEAR.items()})


@pytest.fixture
def past(world: Path) -> Path:
    """The small world with a year of facts, and a news page that names a company nobody follows yet."""
    (world / "filings_html").mkdir()
    (world / "filings_html" / "facts.json").write_text(facts_json(FILED))
    (world / "news" / "basalt.html").write_text(
        news_page(
            "Basalt Thimble Corporation shares plunge after fire",
            "2025-02-09T09:00:00Z",
            "Basalt Thimble Corporation said its only plant burned down and that it expects heavy losses.",
            "Shares of Basalt Thimble Corporation fell by half in early trading on Sunday evening.",
        )
    )
    with (world / "manifest.csv").open("a") as manifest:
        manifest.write(f"filings_html/*,{OWN},filing,,\n")
    return world


def plant_future(world: Path) -> None:
    """Of every kind of source a piece that became known after AS_OF, in files of their own."""
    later = world / "later"
    for folder in ("news", "social", "prices", "filings_pdf", "filings_html"):
        (later / folder).mkdir(parents=True)
    said = "Quartz Anvil Corporation went bankrupt today and its shares lost nearly all of their value."
    (later / "news" / "ruin.html").write_text(
        news_page("Quartz Anvil is bankrupt", "2025-02-12T12:00:01Z", said)
    )
    (later / "news" / "feed.xml").write_text(
        "<rss version='2.0'><channel><title>Wire</title><item>"
        "<title>Quartz Anvil Corporation fraud inquiry</title><link>https://wire.test/1</link>"
        "<pubDate>Thu, 13 Feb 2025 08:00:00 GMT</pubDate>"
        "<description>Quartz Anvil Corporation is being investigated for fraud.</description></item>"
        "</channel></rss>"
    )
    (later / "social" / "posts.jsonl").write_text(
        post("2025-02-13", "$ZZQA is a fraud, sell everything you have right now.", image="ruin.png")
    )
    rng = np.random.default_rng(4)
    Image.fromarray(rng.integers(0, 255, (64, 96, 3), np.uint8)).save(later / "social" / "ruin.png")
    days = ("2025-02-12", "2025-02-13", "2025-02-14")
    rows = [f"{d},{c},{c},{c},{c},{c},1000" for d, c in zip(days, (9, 3, 1), strict=True)]
    (later / "prices" / "ZZQA.csv").write_text(
        "\n".join(["Date,Open,High,Low,Close,Adj Close,Volume", *rows])
    )
    write_pdf(
        later / "filings_pdf" / "ZZQA.pdf",
        "QUARTZ ANVIL CORPORATION\nFORM 8-K\nMarch 1, 2025",
        "Item 4.02\nThe financial statements for 2024 should no longer be relied upon.",
    )
    # The issuer takes the name that another company bore before.
    (later / "filings_html" / "restated.json").write_text(facts_json(RESTATED, "Basalt Thimble Corporation"))
    with (world / "manifest.csv").open("a") as manifest:
        manifest.write(
            f"later/prices/ZZQA.csv,{OWN},price,,\n"
            f"later/social/posts.jsonl,{OWN},social,,\n"
            f"later/filings_pdf/ZZQA.pdf,{OWN},filing,2025-03-01,signature page\n"
        )


def add_call(engine: Engine, name: str, day: datetime, seed: int) -> None:
    """A call of two spoken sentences, embedded and linked, as the stages would leave it."""
    batch = Batch()
    issuer = engine.store.read("SELECT DISTINCT issuer_id FROM links").item()
    batch.add(
        "documents",
        {"document_id": name, "artifact_id": name, "part": "", "parser": "audio", "parser_version": "1"}
        | {
            "kind": "call",
            "title": name,
            "language": "en",
            "available_at": day,
            "available_method": "manifest",
        }
        | {"hints": "{}"},
    )
    batch.add(
        "links", {"document_id": name, "issuer_id": issuer, "score": 1.0, "method": "manifest", "quote": OWN}
    )
    encoder = engine.store.read(
        "SELECT max(encoder) FROM embeddings WHERE starts_with(encoder, 'minilm')"
    ).item()
    rng = np.random.default_rng(seed)
    for i in range(2):
        voice = {"pitch_mean": float(rng.uniform(90, 200)), "intensity_mean": float(rng.uniform(50, 80))}
        evidence = {"evidence_id": f"{name}{i}", "document_id": name, "kind": "audio", "ordinal": i}
        spoken = {"locator": "{}", "text": f"sentence {i}", "content_id": f"{name}{i}"}
        batch.add("evidence", evidence | spoken | {"payload": json.dumps({"voice": voice})})
        vector = rng.normal(size=384).astype(np.float32)
        batch.add("embeddings", {"content_id": f"{name}{i}", "encoder": encoder, "vector": vector.tolist()})
    engine.store.commit(batch)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(home=tmp_path / "home", workers=1, ocr=False, model=write_model(tmp_path / "model"))
    with open_engine(settings) as opened:
        yield replace(opened, workers=Here())


def take_in(engine: Engine, world: Path) -> None:
    ingest(engine, world)
    link_all(engine)
    embed(engine)


def scores(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    signals = engine.store.read(
        "SELECT * EXCLUDE (recorded_at) FROM signals WHERE as_of = ? ORDER BY signal_id", [AS_OF]
    )
    told = {
        table: engine.store.read(f"SELECT * EXCLUDE (recorded_at) FROM {table} ORDER BY ALL")
        for table in ("attributions", "findings")
    }
    own = {
        table: rows.join(signals.select("signal_id"), on="signal_id", how="semi").rows()
        for table, rows in told.items()
    }
    return {"signals": signals.rows(), **own}


@pytest.mark.slow
def test_signals_are_bit_identical_with_a_planted_future_at_every_stage(here, past):
    take_in(here, past)
    add_call(here, "call-before", datetime(2025, 2, 11, 21, tzinfo=UTC), 1)
    score_all(here, None, AS_OF)
    before = scores(here)
    values = {(row[3], row[5]): row[6] for row in before["signals"]}
    assert all(
        values[kind, horizon] is not None for kind, horizon in [("risk", 3), ("fraud", 0), ("sentiment", 0)]
    )
    known = here.store.counts()

    plant_future(past)
    take_in(here, past)
    add_call(here, "call-after", datetime(2025, 2, 12, 21, tzinfo=UTC), 2)
    grown = here.store.counts()
    for table in ("documents", "evidence", "facts", "prices", "links", "embeddings"):
        assert grown[table] > known[table], f"the planted future has no {table}"
    rescored = score_all(here, None, AS_OF)
    assert dict(rescored.counts) == {"unchanged": 1}  # the same case, to the id
    assert scores(here) == before

    # The same from nothing, where the future was there all along.
    other = here.settings.model_copy(update={"home": here.settings.home / "fresh"})
    with open_engine(other) as opened:
        fresh = replace(opened, workers=Here())
        take_in(fresh, past)
        add_call(fresh, "call-before", datetime(2025, 2, 11, 21, tzinfo=UTC), 1)
        add_call(fresh, "call-after", datetime(2025, 2, 12, 21, tzinfo=UTC), 2)
        score_all(fresh, None, AS_OF)
        assert scores(fresh) == before

    # And the future does count once it has come.
    score_all(here, None, datetime(2025, 3, 20, tzinfo=UTC))
    later = here.store.read("SELECT DISTINCT kind FROM signals WHERE as_of > ?", [AS_OF])
    assert later.height > 0
    assert (
        here.store.read("SELECT count(*) FROM attributions WHERE evidence_id LIKE 'call-after%'").item() > 0
    )


@pytest.mark.slow
def test_files_that_grew_later_give_the_same_values(here, past):
    """A price file with more days or a facts file with more filings is a new artifact that tells no more."""
    take_in(here, past)
    score_all(here, None, AS_OF)
    values = "SELECT kind, horizon_days, value, low, high, percentile, used, missing, stale FROM signals"
    effects = (
        "SELECT s.kind, s.horizon_days, a.modality, a.rank, a.effect"
        " FROM attributions a JOIN signals s USING (signal_id)"
    )
    before = [here.store.read(f"{sql} ORDER BY ALL").rows() for sql in (values, effects)]
    prices = past / "prices" / "ZZQA.csv"
    prices.write_text(prices.read_text() + "2025-12-01,1,1,1,1,1,1000\n")
    (past / "filings_html" / "facts.json").write_text(facts_json([*FILED, *RESTATED]))
    other = here.settings.model_copy(update={"home": here.settings.home / "grown"})
    with open_engine(other) as opened:
        grown = replace(opened, workers=Here())
        take_in(grown, past)
        score_all(grown, None, AS_OF)
        assert [grown.store.read(f"{sql} ORDER BY ALL").rows() for sql in (values, effects)] == before


def test_a_name_counts_only_from_the_day_it_was_taken(here, past):
    plant_future(past)
    ingest(here, past)
    link_all(here)
    linked = here.store.read(
        "SELECT i.name FROM links l JOIN issuers i USING (issuer_id) JOIN documents d USING (document_id)"
        " WHERE d.kind = 'news' AND d.title LIKE 'Basalt Thimble%'"
    )
    assert OWN not in linked["name"].to_list()


def test_a_document_without_a_date_is_not_known_before_it_was_recorded(here, past):
    undated = past / "news" / "undated.html"
    said = "Quartz Anvil Corporation said that its plant in the north will close before the summer ends."
    undated.write_text(
        f"<html lang='en'><body><article><h1>Quartz Anvil</h1><p>{said}</p></article></body></html>"
    )
    with (past / "manifest.csv").open("a") as manifest:
        manifest.write(f"news/undated.html,{OWN},news,,\n")
    before = datetime.now(UTC)
    ingest(here, past)
    link_all(here)
    (row,) = here.store.read(
        "SELECT d.document_id, d.available_at, d.recorded_at, d.available_method, l.issuer_id"
        " FROM documents d JOIN links l USING (document_id) JOIN dispositions x USING (artifact_id)"
        " WHERE x.path = 'news/undated.html'"
    ).rows()
    document, available, recorded, method, issuer = row
    assert (method, available) == ("recorded", recorded)
    assert available >= before
    assert document not in known(here.store, View(issuer, before)).evidence["document_id"]
    assert document in known(here.store, View(issuer, datetime.now(UTC))).evidence["document_id"]


def test_a_days_price_is_not_known_at_noon(here, past):
    ingest(here, past)
    link_all(here)
    issuer = here.store.read("SELECT DISTINCT issuer_id FROM links").item()
    noon = known(here.store, View(issuer, datetime(2025, 2, 12, 12, tzinfo=UTC))).prices
    evening = known(here.store, View(issuer, datetime(2025, 2, 12, 22, tzinfo=UTC))).prices
    assert str(noon["day"].max()) == "2025-02-11"
    assert str(evening["day"].max()) == "2025-02-12"
    assert evening.height == noon.height + 1


@pytest.mark.parametrize("table", ["evidence", "facts", "prices"])
def test_a_case_refuses_what_is_from_after_its_moment(table):
    def frame(moment: datetime) -> pl.DataFrame:
        return pl.DataFrame(
            {"evidence_id": ["e"], "document_id": ["d"], "available_at": [moment], "vector": [None]}
        )

    frames = {name: frame(AS_OF) for name in ("evidence", "facts", "prices")}
    assert Known("issuer", AS_OF, **frames).case_id  # at the very moment is not after it
    late = frames | {table: frame(AS_OF.replace(second=1))}
    with pytest.raises(SmaltiError, match=f"{table} is from after 2025-02-12"):
        Known("issuer", AS_OF, **late)


def test_fiscal_years_do_not_know_a_restatement_before_it_is_filed():
    def row(value: float, available: datetime, evidence: str) -> dict[str, Any]:
        return {
            "concept": "Revenues", "value": value, "unit": "USD", "period_start": "2024-01-01",
            "period_end": "2024-12-31", "evidence_id": evidence, "available_at": available,
        }  # fmt: skip

    facts = pl.DataFrame(
        [
            row(100.0, datetime(2025, 2, 1, tzinfo=UTC), "first"),
            row(70.0, datetime(2025, 3, 1, tzinfo=UTC), "again"),
        ]
    )
    (then,) = fiscal_years(facts, AS_OF)
    (now,) = fiscal_years(facts, datetime(2025, 3, 1, tzinfo=UTC))
    assert (then.find("Revenues").value, then.find("Revenues").evidence) == (100.0, ("first",))
    assert (now.find("Revenues").value, now.find("Revenues").evidence) == (70.0, ("again",))


@pytest.mark.slow
def test_posts_past_their_horizon_are_stale_and_move_nothing(here, past):
    take_in(here, past)
    score_all(here, None, datetime(2025, 2, 16, 12, 0, 1, tzinfo=UTC))  # the last post is 7 days and 1 s old
    (row,) = here.store.read(
        "SELECT signal_id, used, stale, missing FROM signals WHERE kind = 'sentiment'"
    ).rows()
    signal_id, used, stale, missing = row
    assert "text@social" in stale
    assert "text@social" not in [*used, *missing]
    assert "text@news" in used
    sources = here.store.read(
        "SELECT DISTINCT d.kind FROM attributions a JOIN evidence e USING (evidence_id)"
        " JOIN documents d USING (document_id) WHERE a.signal_id = ?",
        [signal_id],
    )
    assert sources["kind"].to_list() == ["news"]
