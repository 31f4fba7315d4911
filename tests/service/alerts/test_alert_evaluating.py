"""Rules that are on, looking at what is new: each alert once, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.service.alerts.conftest import World

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import Conflict, NotFound
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.service import sources
from smalti.service.alerts import evaluate, evaluating
from smalti.service.alerts.rules import (
    add_rule,
    all_rules,
    change_rule,
    find_rule,
    read_rule,
    remove_rule,
    switch_rule,
)
from smalti.service.alerts.stored import alert_detail, list_alerts

ABOVE = {"when": "level", "signal": "risk", "horizon": 30, "above": 0.4}


def raised(world: World) -> list[str]:
    return [alert.reason for alert in evaluate(world.service, world.now)]


def test_a_rule_tells_of_the_newest_signal_when_it_is_switched_on_and_of_each_after(world: World):
    world.issuer("acme")
    world.signal("acme", 0.9)
    world.later(days=1)
    world.signal("acme", 0.5)
    world.later(days=1)
    world.rule(ABOVE)
    assert raised(world) == ["risk over 30 trading days is 50.0%, above 40.0%"]
    world.later(days=1)
    world.signal("acme", 0.6)
    assert raised(world) == []
    world.later(days=1)
    world.signal("acme", 0.2)
    world.later(days=5)
    again = world.signal("acme", 0.7)
    [alert] = evaluate(world.service, world.now)
    assert (alert.signal_id, alert.before, alert.after, alert.count) == (again, 0.2, 0.7, 1)
    counts = {one.after: one.count for one in list_alerts(world.store)}
    assert counts == {0.5: 2, 0.7: 1}


def test_looking_again_raises_and_counts_nothing_twice(world: World):
    world.issuer("acme")
    world.rule(ABOVE)
    world.later(minutes=1)
    world.signal("acme", 0.5)
    assert len(raised(world)) == 1
    before = world.store.counts()
    world.later(seconds=10)
    assert raised(world) == []
    assert world.store.counts() == before


def test_an_undisturbed_service_and_a_killed_one_have_the_same_alerts(world: World, monkeypatch):
    """Looking after every signal, or once at the end, or dying in the middle: the same ids."""
    values = [0.5, 0.1, None, 0.6, 0.61, 0.2, 0.9]
    for name in ("acme", "bolt"):
        world.issuer(name)
    rule = world.rule(ABOVE, window_hours=24)

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    for at, value in enumerate(values):
        world.later(days=2)
        for name in ("acme", "bolt"):
            world.signal(name, value)
        if at % 3 == 1:
            with monkeypatch.context() as killed:
                killed.setattr(evaluating, "_note_progress", die)
                with pytest.raises(RuntimeError):
                    evaluate(world.service, world.now)
        elif at % 3 == 2:
            evaluate(world.service, world.now)
    evaluate(world.service, world.now)
    step_by_step = {(a.alert_id, a.count, a.as_of) for a in list_alerts(world.store)}
    assert len(step_by_step) == 2 * 3

    batch = Batch()
    batch.drop("alert_cursors", rule_id=rule.rule_id)
    world.store.commit(batch)
    evaluate(world.service, world.now)
    assert {(a.alert_id, a.count, a.as_of) for a in list_alerts(world.store)} == step_by_step


def test_what_comes_late_about_the_past_is_no_news(world: World):
    world.issuer("acme")
    world.rule(ABOVE)
    world.later(days=1)
    world.signal("acme", 0.1)
    world.later(days=1)
    world.signal("acme", 0.9, as_of=world.now - timedelta(days=30))
    assert raised(world) == []


def test_withheld_and_in_sample_signals_raise_nothing_and_are_counted(world: World):
    world.issuer("acme")
    world.rule(ABOVE)
    world.later(days=1)
    world.signal("acme", None)
    world.later(days=1)
    world.signal("acme", 0.9, in_sample=True)
    assert raised(world) == []
    assert all_rules(world.store)[0].unjudged == {"in sample": 1, "withheld": 1}


def test_a_rule_looks_at_its_issuer_or_its_watchlist_only(world: World):
    for name in ("acme", "bolt", "core"):
        world.issuer(name)
    batch = Batch()
    listed = {"watchlist_id": "w1", "name": "Mine", "owner": "ann", "shared": False, "issuers": ["bolt"]}
    batch.add("watchlists", listed | {"changed_at": world.now})
    world.store.commit(batch)
    world.rule(ABOVE, issuer="Acme")
    world.rule(ABOVE, watchlist="mine")
    for name in ("acme", "bolt", "core"):
        world.signal(name, 0.9)
    assert sorted(alert.subject for alert in evaluate(world.service, world.now)) == ["Acme", "Bolt"]
    with pytest.raises(NotFound):
        world.rule(ABOVE, issuer="nobody")
    with pytest.raises(NotFound):
        add_rule(world.store, read_rule({"name": "x", "condition": ABOVE, "watchlist": "mine"}), "bob")


def test_a_rule_whose_watchlist_is_gone_says_so(world: World):
    batch = Batch()
    listed = {"watchlist_id": "w1", "name": "Mine", "owner": "ann", "shared": False, "issuers": []}
    batch.add("watchlists", listed | {"changed_at": world.now})
    world.store.commit(batch)
    world.rule(ABOVE, watchlist="w1")
    batch = Batch()
    batch.drop("watchlists", watchlist_id="w1")
    world.store.commit(batch)
    evaluate(world.service, world.now)
    assert all_rules(world.store)[0].unjudged == {"no such watchlist": 1}


def test_a_new_contradiction_is_one_that_rests_on_no_piece_told_before(world: World):
    world.issuer("acme")
    world.finding("acme", ["old"], 0.9)
    world.later(days=1)
    world.rule({"when": "contradiction", "strength": 0.5})
    assert raised(world) == []
    world.later(days=1)
    world.finding("acme", ["old", "older"], 0.9)  # what stood when the rule began, with one piece more
    world.later(days=1)
    world.finding("acme", ["weak"], 0.4)
    assert raised(world) == []
    world.later(days=1)
    world.finding("acme", ["weak"], 0.6)  # now strong enough
    assert raised(world) == ["weak does not fit"]
    world.later(days=1)
    world.finding("acme", ["weak"], 0.7)
    assert raised(world) == []
    assert [(a.reason, a.count) for a in list_alerts(world.store)] == [("weak does not fit", 2)]


def test_a_scoring_of_a_past_moment_makes_an_old_contradiction_no_news(world: World):
    world.issuer("acme")
    world.finding("acme", ["piece"], 0.9)
    world.later(hours=1)
    world.rule({"when": "contradiction"})
    world.later(hours=1)
    world.finding("acme", ["piece"], 0.9, as_of=world.now - timedelta(days=90))
    assert raised(world) == []
    world.finding("acme", ["another"], 0.9)
    assert raised(world) == ["another does not fit"]


def test_a_contradiction_rule_may_want_one_check(world: World):
    world.issuer("acme")
    world.rule({"when": "contradiction", "check": "fraud.picture"})
    world.later(days=1)
    world.finding("acme", ["a"], 0.9, check="fraud.crowd")
    world.finding("acme", ["b"], 0.9, check="fraud.picture")
    world.finding("acme", ["b"], 0.9, check="fraud.contradiction")  # repeats the others
    assert raised(world) == ["b does not fit"]


def test_every_outage_of_a_source_is_one_alert(world: World):
    source = Source("wire", "rss", "https://news.example.org/feed", "every 1h", {}, False)
    batch = Batch()
    batch.add(
        "sources",
        {
            "source_id": source.source_id,
            "name": "wire",
            "kind": "rss",
            "address": source.address,
            "schedule": "every 1h",
            "options": "{}",
            "paused": False,
        },
    )
    world.store.commit(batch)
    world.rule({"when": "stale source", "hours": 6})
    world.later(hours=5)
    assert raised(world) == []
    world.later(hours=2)
    assert raised(world) == ["source wire was never pulled well, 7 hours ago"]
    world.later(hours=20)
    assert raised(world) == []
    from smalti.service.stages.pulls import subject

    with Run(world.store, "pull", subject(source)):
        pass
    world.later(hours=7)
    [alert] = evaluate(world.service, world.now)
    assert (alert.subject, alert.after) == ("wire", pytest.approx(7.0))
    sources.pause(world.store, "wire", paused=True)
    world.later(hours=30)
    assert raised(world) == []


def test_a_changed_rule_is_another_version_and_off(world: World):
    rule = world.rule(ABOVE)
    changed = change_rule(world.store, rule.rule_id, rule.rule.model_copy(update={"severity": "high"}), "bob")
    assert (changed.version, changed.enabled, changed.made_by) == (2, False, "bob")
    assert change_rule(world.store, rule.rule_id, changed.rule, "eve") == changed
    with pytest.raises(Conflict, match="never back-tested"):
        switch_rule(world.store, rule.rule_id, on=True, by="bob")
    remove_rule(world.store, rule.rule_id, "bob")
    with pytest.raises(NotFound):
        find_rule(world.store, rule.rule_id)


def test_a_rule_switched_off_and_on_does_not_tell_again_what_it_told(world: World):
    world.issuer("acme")
    rule = world.rule(ABOVE)
    world.signal("acme", 0.5)
    assert len(raised(world)) == 1
    switch_rule(world.store, rule.rule_id, on=False, by="ann")
    world.later(days=1)
    world.signal("acme", 0.55)
    assert raised(world) == []
    switch_rule(world.store, rule.rule_id, on=True, by="ann", force=True)
    world.later(days=9)
    assert [alert.after for alert in evaluate(world.service, world.now)] == [0.55]


def test_an_alert_shows_what_stands_behind_it(world: World):
    world.issuer("acme")
    batch = Batch()
    batch.add(
        "documents",
        {
            "document_id": "d1",
            "title": "10-K",
            "kind": "filing",
            "part": "",
            "artifact_id": "a1",
            "available_at": world.now,
            "hints": '{"synthetic": "yes"}',
            "available_method": "manifest",
        },
    )
    batch.add(
        "evidence",
        {
            "evidence_id": "e1",
            "document_id": "d1",
            "kind": "paragraph",
            "ordinal": 1,
            "locator": '{"page": 41}',
            "text": "Revenue fell.",
            "payload": "{}",
        },
    )
    batch.add("links", {"document_id": "d1", "issuer_id": "acme", "score": 1.0, "method": "manifest"})
    world.store.commit(batch)
    world.rule(ABOVE)
    world.later(days=1)
    signal = world.signal("acme", 0.5)
    batch = Batch()
    batch.add(
        "attributions",
        {
            "signal_id": signal,
            "evidence_id": "e1",
            "modality": "text",
            "effect": 0.1,
            "rank": 1,
            "method": "leave-one-out",
        },
    )
    world.store.commit(batch)
    [alert] = evaluate(world.service, world.now)
    detail = alert_detail(world.store, alert.alert_id[:10])
    assert detail.alert.synthetic
    assert [(e.quote, e.where, e.title) for e in detail.evidence] == [("Revenue fell.", "p. 42", "10-K")]
    assert detail.signal is not None
    assert not detail.erased


@pytest.mark.slow
def test_ten_thousand_issuers_are_looked_at_in_one_go(world: World):
    import polars as pl

    names = [f"issuer{i:05d}" for i in range(10_000)]
    world.rule(ABOVE)
    world.later(days=1)
    template = world.signal("template", 0.1)
    row = world.store.read("SELECT * EXCLUDE (recorded_at) FROM signals WHERE signal_id = ?", [template])
    many = pl.concat([row] * len(names)).with_columns(
        issuer_id=pl.Series(names),
        signal_id=pl.Series([f"s{name}" for name in names]),
        value=pl.Series([0.5 if i % 2 else 0.1 for i in range(len(names))]),
    )
    batch = Batch()
    batch.add_frame("signals", many)
    world.store.commit(batch)
    assert len(evaluate(world.service, world.now)) == 5_000
    assert evaluate(world.service, world.now) == []
