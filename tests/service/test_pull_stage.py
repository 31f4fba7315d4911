"""Pulling every kind of source from a real server that replays recorded answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import SettingsError
from smalti.platform.records import Outcome
from smalti.platform.settings import Settings
from smalti.service import sources as configured
from smalti.service.engine import Engine, open_engine
from smalti.service.stages.pull import open_web, pull
from smalti.service.trial import try_source
from tests.recorded.answers import answers, sources
from tests.service.loopback import Replay, serving
from tests.service.pipeline import Here, contents

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[Replay]:
    with serving(answers) as replay:
        yield replay


@pytest.fixture
def engine(settings: Settings, server: Replay) -> Iterator[Engine]:
    own = {
        "agent": "tests tests@example.org",
        "allow": (server.base.removeprefix("http://"),),
        "rate": 1000.0,
    }
    with open_engine(settings.model_copy(update=own)) as opened:
        yield replace(opened, workers=Here())


def named(server: Replay, name: str) -> Source:
    return next(source for source in sources(server.base) if source.name == name)


def pulled(engine: Engine, source: Source, again: tuple[str, ...] = ()) -> dict[str, int]:
    configured.add(engine.store, source)
    with open_web(engine.settings) as web:
        return dict(pull(engine, source, web, again).counts)


def documents(engine: Engine) -> list[dict[str, Any]]:
    rows = engine.store.read(
        "SELECT s.path, d.part, d.kind, d.title, d.author, d.url, d.available_at, d.available_method, d.hints"
        " FROM documents d JOIN sightings s USING (artifact_id) ORDER BY s.path, d.part"
    )
    return [row | {"hints": json.loads(row["hints"])} for row in rows.iter_rows(named=True)]


def outcomes(engine: Engine) -> dict[str, str]:
    found = engine.store.read("SELECT path, outcome FROM dispositions WHERE record = ''")
    return dict(found.iter_rows())


def test_a_news_feed_gives_its_items_and_their_pages_with_the_feeds_clock(engine: Engine, server: Replay):
    counts = pulled(engine, named(server, "wire"))
    found = documents(engine)
    pages = [d for d in found if d["path"].startswith("pages/")]
    items = [d for d in found if d["path"].startswith("items/")]
    assert len(pages) == 3
    assert len(items) >= len(pages)
    assert {d["available_method"] for d in found} == {"feed"}
    assert counts["parsed"] == len(pages) + len(items)
    assert {p for p, s in server.asked if s == 404} >= {"/news/gone.html"}
    gone = engine.store.read("SELECT code, stage FROM quarantine").rows()
    assert gone == [("Unreadable", "fetch")]


def test_a_second_pull_asks_for_the_list_alone_and_writes_nothing(engine: Engine, server: Replay):
    for source in sources(server.base):
        if source.kind != "call":
            pulled(engine, source)
    before = contents(engine.store)
    server.asked.clear()
    for source in sources(server.base):
        if source.kind != "call":
            counts = pulled(engine, source)
            assert not counts.get("parsed"), source.name
    assert contents(engine.store) == before
    assert {status for _, status in server.asked} <= {304, 404}


def test_filings_come_with_their_exhibits_dated_by_acceptance(engine: Engine, server: Replay):
    pulled(engine, named(server, "walnut filings"))
    found = documents(engine)
    assert {"8-K", "10-K", "10-K/A"} <= {d["hints"].get("form") for d in found}
    assert any(d["path"].endswith(".pdf") for d in found)
    results = next(d for d in found if d["path"].endswith("zzwl-8k.htm"))
    assert results["hints"]["cik"].lstrip("0") == "9900000003"
    assert results["available_method"] == "feed"
    assert results["available_at"].hour or results["available_at"].minute  # the acceptance, not a day's end
    facts = engine.store.read("SELECT count(*) FROM facts").item()
    assert facts > 0


def test_posts_carry_their_pictures_as_evidence(engine: Engine, server: Replay):
    for name in ("walnut watch", "boxes", "synthetic stocks"):
        pulled(engine, named(server, name))
    pictures = engine.store.read(
        "SELECT d.kind, e.kind AS evidence FROM evidence e JOIN documents d USING (document_id)"
        " WHERE e.kind IN ('image', 'chart')"
    )
    assert pictures.height == 4
    assert set(pictures["kind"]) == {"social"}
    pictured = [p for p in outcomes(engine).items() if p[0].endswith((".jpg", ".png"))]
    assert {outcome for _, outcome in pictured} == {"part of"}


def test_prices_come_by_ticker(engine: Engine, server: Replay):
    pulled(engine, named(server, "prices"))
    days = engine.store.read("SELECT ticker, count(*) AS days FROM prices GROUP BY 1 ORDER BY 1")
    assert days["ticker"].to_list() == ["ZZVC", "ZZWL"]
    assert days["days"].to_list() == [5, 5]


def test_a_price_of_a_day_that_is_not_over_is_left_out_and_said_to_be(engine: Engine, server: Replay):
    path = "/prices/ZZWL.csv"
    status, headers, body = server.answers[path]
    server.answers[path] = (status, headers, body + b"2099-01-02,1,1,1,1,1,1\n")
    pulled(engine, named(server, "prices"))
    days = engine.store.read("SELECT count(*), max(year(day)) FROM prices WHERE ticker = 'ZZWL'").row(0)
    assert days == (5, 2024)
    partial = engine.store.read("SELECT partial FROM documents WHERE partial IS NOT NULL").item()
    assert partial.startswith("1 days were not over")


def test_a_page_that_changed_is_known_in_its_new_form_from_when_it_was_seen(engine: Engine, server: Replay):
    source = named(server, "prices")
    pulled(engine, source)
    path = "/prices/ZZWL.csv"
    status, headers, body = server.answers[path]
    server.answers[path] = (status, headers | {"ETag": '"new"'}, body + b"2026-05-20,1,1,1,1,1,1\n")
    started = datetime.now(UTC)
    pulled(engine, source)
    when = engine.store.read(
        "SELECT d.available_at, d.available_method FROM documents d JOIN dispositions x USING (artifact_id)"
        " WHERE x.path LIKE '%ZZWL%'"
    ).row(0)
    assert when[1] == "recorded"
    assert when[0] >= started


def test_what_a_server_could_not_give_is_asked_for_again(engine: Engine, server: Replay):
    source = named(server, "prices")
    good = server.answers["/prices/ZZWL.csv"]
    server.answers["/prices/ZZWL.csv"] = (429, {"Retry-After": "7200"}, b"")
    counts = pulled(engine, source)
    assert counts["unreachable"] == 1
    reason = engine.store.read("SELECT code, reason, mend FROM quarantine").row(0)
    assert reason[0] == "Unreachable"
    server.answers["/prices/ZZWL.csv"] = good
    assert pulled(engine, source)["parsed"] == 1
    assert engine.store.read("SELECT count(*) FROM quarantine").item() == 0


def test_what_lies_beyond_the_cap_waits_for_the_next_pull(engine: Engine, server: Replay):
    capped = replace(engine, settings=engine.settings.model_copy(update={"max_pull": 3}))
    source = named(server, "wire")
    assert pulled(capped, source)["left for later"] > 0
    pulled(engine, source)
    whole = outcomes(engine)
    assert sum(outcome == Outcome.PARSED for outcome in whole.values()) >= 6


def test_a_redirect_into_the_house_is_refused_and_said_to_be(engine: Engine, server: Replay):
    server.answers["/prices/ZZWL.csv"] = (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b"")
    pulled(engine, named(server, "prices"))
    code, reason = engine.store.read("SELECT code, reason FROM quarantine").row(0)
    assert code == "Refused"
    assert "169.254.169.254" in reason


def test_without_a_declared_agent_nothing_is_asked(settings: Settings):
    with pytest.raises(SettingsError, match="SMALTI_AGENT"):
        open_web(settings)


def test_trying_a_source_stores_nothing(engine: Engine, server: Replay):
    source = named(server, "wire")
    before = contents(engine.store)
    found = try_source(engine, source)
    assert any(entry.title for entry in found.entries)
    assert found.asked == [f"{server.base}/news/feed.xml"]
    assert contents(engine.store) == before


def test_a_list_cannot_make_names_that_leave_its_source(engine: Engine, server: Replay):
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "x",
        "items": [
            {
                "id": "../../etc/passwd",
                "url": "file:///etc/passwd",
                "title": "A title",
                "content_text": "Words.",
            },
            {"id": "2", "url": f"{server.base}/news/velvet-comet-going-concern.html", "title": "Another"},
        ],
    }
    server.answers["/evil.json"] = (200, {"Content-Type": "application/json"}, json.dumps(feed).encode())
    pulled(engine, Source("evil", "news", f"{server.base}/evil.json", "every 1h"))
    assert not [path for path in outcomes(engine) if ".." in path or path.startswith("/")]
    assert {path for path, _ in server.asked if "passwd" in path} == set()
    assert any(path.startswith("pages/") for path in outcomes(engine))
