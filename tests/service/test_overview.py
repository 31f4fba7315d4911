"""What the overview says of each score's change, in which order, and which evidence it gives for a move."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smalti.platform.store import Batch
from smalti.service.engine import Engine
from smalti.service.overview import Asked, Moved, OverviewView, overview
from smalti.service.standings import KINDS, Standings
from smalti.service.watchlists import Watchlist

THEN = datetime(2025, 3, 1, 12, tzinfo=UTC)
NOW = THEN + timedelta(days=1)


class World:
    """A store with issuers named a, b, … and scores of two moments."""

    def __init__(self, engine: Engine) -> None:
        self.store = engine.store
        self.standings = Standings(engine.store)

    def issuers(self, *names: str) -> None:
        batch = Batch()
        for name in names:
            batch.add("issuers", {"issuer_id": name, "name": f"{name.upper()} Corporation"})
            batch.add("issuer_names", {"issuer_id": name, "text": f"ZZ{name.upper()}", "kind": "ticker"})
        self.store.commit(batch)

    def score(self, issuer: str, kind: str, value: float | None, as_of: datetime, **more: Any) -> str:
        name = f"{issuer}-{kind}-{as_of:%d}"
        said = {key: more.pop(key) for key in ("documents", "effects", "matters") if key in more}
        details: dict[str, Any] = {}
        if "documents" in said:
            details["contributions"] = {"by_document": said["documents"]}
        if "matters" in said:
            details["matters"] = [{"check": "crowd", "share": share} for _, share, _ in said["matters"]]
        row = {"signal_id": name, "case_id": name, "issuer_id": issuer, "kind": kind, "as_of": as_of}
        row |= {"horizon_days": KINDS[kind], "value": value, "model_version": "m1", "in_sample": False}
        batch = Batch()
        batch.add("signals", row | {"details": json.dumps(details)} | more)
        for rank, (evidence, effect) in enumerate(said.get("effects", {}).items(), 1):
            moved = {"signal_id": name, "evidence_id": evidence, "modality": "text", "effect": effect}
            batch.add("attributions", moved | {"rank": rank, "method": "integrated-gradients"})
        for rank, (evidence, _, reason) in enumerate(said.get("matters", ()), 1):
            cited = json.dumps([{"evidence_id": evidence, "quote": "q"}])
            found = {"finding_id": f"{name}-{rank}", "signal_id": name, "verdict": "finding", "rank": rank}
            batch.add(
                "findings",
                found | {"strength": 0.5, "reason": reason, "said": cited, "against": "[]", "details": "{}"},
            )
        self.store.commit(batch)
        return name

    def document(self, name: str, kind: str = "news", **hints: str) -> None:
        """A document with two pieces, `NAME1` and `NAME2`."""
        batch = Batch()
        row = {"document_id": name, "artifact_id": name, "part": "", "kind": kind, "title": f"Title {name}"}
        batch.add(
            "documents",
            row | {"available_at": NOW, "available_method": "feed", "hints": json.dumps(hints)},
        )
        for n in (1, 2):
            piece = {"evidence_id": f"{name}{n}", "document_id": name, "kind": "paragraph", "ordinal": n}
            batch.add("evidence", piece | {"text": f"Text {name}{n}", "locator": json.dumps({"page": n})})
        self.store.commit(batch)

    def shown(self, **asked: Any) -> OverviewView:
        return overview(self.store, self.standings, Asked(NOW, THEN, **asked))

    def moved(self, issuer: str) -> Moved:
        (found,) = (one for one in self.shown().moves if one.issuer_id == issuer)
        return found


@pytest.fixture
def world(engine: Engine) -> World:
    made = World(engine)
    made.issuers("a", "b", "c")
    return made


def test_scores_are_compared_only_where_both_were_given_by_one_model(world: World):
    world.score("a", "risk", 0.2, THEN)
    world.score("a", "risk", 0.25, NOW)
    world.score("a", "fraud", 0.01, THEN, model_version="m0")
    world.score("a", "fraud", 0.09, NOW)
    world.score("a", "sentiment", None, THEN, reason="no news")
    world.score("a", "sentiment", 0.5, NOW)
    world.score("b", "risk", 0.4, THEN)
    world.score("b", "risk", None, NOW, reason="too old")
    world.score("b", "fraud", 0.5, THEN)
    world.score("b", "sentiment", 0.5, NOW)
    world.score("c", "risk", None, THEN)
    world.score("c", "risk", None, NOW)
    told = {
        (row.issuer_id, cell.kind): (cell.compared, cell.change, cell.before_value)
        for row in world.shown().rows
        for cell in row.cells
    }
    assert told == {
        ("a", "risk"): ("moved", pytest.approx(0.05), 0.2),
        ("a", "fraud"): ("another model", None, 0.01),
        ("a", "sentiment"): ("withheld before", None, None),
        ("b", "risk"): ("withheld since", None, 0.4),
        ("b", "fraud"): ("not scored since", None, 0.5),
        ("b", "sentiment"): ("not scored before", None, None),
        ("c", "risk"): ("withheld", None, None),
    }
    assert {one.issuer_id for one in world.shown().moves} == {"a", "b"}  # b: withheld since


def test_what_moved_most_comes_first_and_other_orders_put_the_worst_first(world: World):
    for issuer, risk, mood in (("a", 0.21, -0.5), ("b", 0.3, 0.9), ("c", 0.9, 0.1)):
        world.score(issuer, "risk", 0.2 if issuer != "c" else 0.9, THEN)
        world.score(issuer, "risk", risk, NOW)
        world.score(issuer, "sentiment", mood, NOW)
    orders = {
        order: [row.issuer_id for row in world.shown(order=order).rows]
        for order in ("moved", "risk", "sentiment", "name")
    }
    assert orders == {
        "moved": ["b", "a", "c"],
        "risk": ["c", "b", "a"],
        "sentiment": ["a", "c", "b"],
        "name": ["a", "b", "c"],
    }


def test_a_page_of_rows_of_those_that_are_called_so_while_moves_are_of_all(world: World):
    for issuer in "abc":
        world.score(issuer, "risk", 0.2, THEN)
        world.score(issuer, "risk", 0.4, NOW)
    page = world.shown(order="name", first=1, limit=1)
    assert [row.issuer for row in page.rows] == ["B Corporation"]
    assert (page.issuers, page.found, page.moved, len(page.moves)) == (3, 3, 3, 3)
    assert [row.tickers for row in world.shown(search=" zzc").rows] == [["ZZC"]]
    assert [row.issuer_id for row in world.shown(search="B corp").rows] == ["b"]
    assert world.shown(search="zz%").rows == []


def test_a_watchlist_shows_its_issuers_also_those_never_scored(world: World):
    world.score("a", "risk", 0.2, NOW)
    world.score("c", "risk", 0.2, NOW)
    mine = Watchlist("w", "Mine", "ana", False, ["a", "b", "gone"], NOW)
    told = world.shown(watchlist=mine)
    assert {row.issuer_id: len(row.cells) for row in told.rows} == {"a": 1, "b": 0}
    assert (told.watchlist, told.issuers, told.scored) == ("Mine", 2, 1)


def test_a_new_document_that_bears_a_fair_part_is_the_reason_before_an_older_one(world: World):
    world.document("old")
    world.document("new", "filing", form="10-K")
    world.score("a", "risk", 0.2, THEN, documents={"old": 0.1}, effects={"old1": 0.1})
    world.score(
        "a", "risk", 0.3, NOW, documents={"old": 0.16, "new": 0.04},
        effects={"old1": 0.16, "new1": -0.02, "new2": 0.06},
    )  # fmt: skip
    because = world.moved("a").because
    assert because is not None
    assert (because.cause, because.evidence_id, because.form) == ("new", "new2", "10-K")
    assert because.amount == pytest.approx(0.04)
    assert because.where == "p. 3"


def test_without_a_new_one_what_weighs_otherwise_or_no_longer_counts_is(world: World):
    world.document("old")
    world.document("gone")
    world.score("a", "sentiment", 0.5, THEN, documents={"old": 0.1}, effects={"old1": 0.1})
    world.score("a", "sentiment", 0.1, NOW, documents={"old": -0.3}, effects={"old1": -0.4, "old2": 0.1})
    a = world.moved("a").because
    assert a is not None
    assert (a.cause, a.evidence_id, a.amount) == ("weighs otherwise", "old1", pytest.approx(-0.4))
    world.score("b", "sentiment", -0.4, THEN, documents={"gone": -0.6}, effects={"gone1": 0.1, "gone2": -0.7})
    world.score("b", "sentiment", 0.2, NOW, documents={})
    b = world.moved("b").because
    assert b is not None
    assert (b.cause, b.evidence_id, b.amount) == ("gone", "gone2", pytest.approx(0.6))


def test_no_reason_is_given_where_no_document_bears_a_fair_part(world: World):
    names = [f"d{n}" for n in range(8)]
    for name in names:
        world.document(name)
    world.score("a", "risk", 0.2, THEN, documents={}, effects={})
    world.score(
        "a", "risk", 0.28, NOW, documents=dict.fromkeys(names, 0.01),
        effects={f"{name}1": 0.01 for name in names},
    )  # fmt: skip
    assert world.moved("a").because is None


def test_of_the_contradiction_index_the_new_finding_is_the_reason_in_its_words(world: World):
    world.document("d")
    world.score("a", "fraud.contradiction", 0.3, THEN, matters=[("d1", 0.3, "known before")])
    world.score(
        "a", "fraud.contradiction", 0.8, NOW,
        matters=[("d1", 0.35, "known before"), ("d2", 0.45, "says 412, filed 371")],
    )  # fmt: skip
    because = world.moved("a").because
    assert because is not None
    assert (because.finding, because.evidence_id) == ("says 412, filed 371", "d2")
    assert (because.cause, because.amount) == ("new", pytest.approx(0.45))


def test_alerts_that_nobody_has_seen_to_are_counted_as_of_the_moment(world: World):
    batch = Batch()
    for name, issuer, severity, as_of in (
        ("x1", "a", "high", THEN), ("x2", "a", "low", NOW), ("x3", "b", "high", NOW),
        ("x4", "a", "high", NOW + timedelta(days=1)), ("x5", "a", "high", THEN),
    ):  # fmt: skip
        batch.add(
            "alerts",
            {"alert_id": name, "issuer_id": issuer, "severity": severity, "as_of": as_of, "raised_at": NOW},
        )
    batch.add("alert_events", {"event_id": "e", "alert_id": "x5", "ordinal": 1, "kind": "acknowledged"})
    world.store.commit(batch)
    told = world.shown()
    assert told.alerts == {"high": 2, "low": 1}
    assert [one.alert_id for one in told.newest_alerts] == ["x1", "x2", "x3"]
    assert world.shown(alerts_by=NOW + timedelta(days=2)).alerts == {"high": 3, "low": 1}
    mine = Watchlist("w", "Mine", "ana", False, ["b"], NOW)
    assert world.shown(watchlist=mine).alerts == {"high": 1}
