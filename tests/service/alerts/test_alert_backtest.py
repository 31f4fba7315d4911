"""What a rule would have raised, against outcomes that are planted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.service.alerts.conftest import World

from smalti.platform.errors import Conflict
from smalti.platform.ledger import Run
from smalti.platform.store import Batch
from smalti.service.alerts.backtest import backtest
from smalti.service.alerts.backtests import backtest_rule, backtests_of
from smalti.service.alerts.history import wilson
from smalti.service.alerts.rules import add_rule, find_rule, read_rule, switch_rule

CALM, WILD = 0.005, 0.05
"""Daily moves up and down: 8 % and 79 % a year."""


def evening(day: date) -> datetime:
    return datetime.combine(day, time(22, 30), UTC)


def rule(**told: object) -> object:
    return read_rule({"name": "r", "condition": {"when": "level", "signal": "risk", "above": 0.4} | told})


def moves(*spans: tuple[int, float]) -> list[float]:
    """Days of moves up and down in turn."""
    sizes = [size for days, size in spans for _ in range(days)]
    return [size if at % 2 else -size for at, size in enumerate(sizes)]


def test_alerts_are_held_against_the_volatility_that_came(world: World):
    """Two companies turn wild after an alert, one stays calm: two of three."""
    for name, spans in (
        ("wild", ((100, CALM), (40, WILD))),
        ("storm", ((100, CALM), (40, WILD))),
        ("calm", ((140, CALM),)),
    ):
        world.issuer(name)
        days = world.prices(name, date(2023, 1, 2), moves(*spans))
        for at, value in ((80, 0.1), (100, 0.5)):
            world.signal(name, value, horizon=15, as_of=evening(days[at]))
    found = backtest(world.engine, rule(horizon=15), None, None)
    assert (found.signals, found.issuers, found.alerts) == (6, 3, 3)
    assert found.volatility.event == "realised volatility over the horizon is above the level, 40.0%"
    assert (found.volatility.hits, found.volatility.cases) == (2, 3)
    assert found.volatility.precision == pytest.approx(2 / 3)
    assert (found.volatility.low, found.volatility.high) == pytest.approx((0.2077, 0.9385), abs=1e-4)
    assert found.volatility.base_rate == pytest.approx(2 / 6)
    assert found.volatility.lead_days == 3  # three returns, from a Monday to a Thursday
    weeks = (days[100] - days[80]).days / 7
    assert found.alerts_a_week == pytest.approx(3 / weeks)
    assert found.scored_later == 6
    assert found.enforcement.cases == 0


def test_no_price_known_at_the_alert_counts_as_later(world: World):
    """The wild days lie before the alert, calm ones after it."""
    world.issuer("acme")
    days = world.prices("acme", date(2023, 1, 2), moves((100, CALM), (10, WILD), (40, CALM)))
    world.signal("acme", 0.9, horizon=7, as_of=evening(days[110]))
    found = backtest(world.engine, rule(horizon=7), None, None)
    assert (found.volatility.hits, found.volatility.cases) == (0, 1)


def test_what_cannot_be_judged_is_counted_by_its_reason(world: World):
    days = world.prices(
        "short",
        date(2023, 1, 2),
        moves(
            (100, CALM),
        ),
    )
    for name in ("short", "dark"):
        world.issuer(name)
        world.signal(name, 0.9, horizon=15, as_of=evening(days[-3]))
    world.signal("short", None, horizon=15, as_of=evening(days[10]))
    world.signal("short", 0.9, horizon=15, as_of=evening(days[11]), in_sample=True)
    found = backtest(world.engine, rule(horizon=15, in_sample=True), None, None)
    assert found.volatility.unjudged == {"prices end before the horizon": 1, "no prices": 1}
    assert found.volatility.precision is None
    assert found.unjudged == {"in sample": 1, "withheld": 1}
    assert found.alerts == 2


def test_each_alert_is_told_with_what_followed_and_what_was_left_out(world: World):
    for name, spans in (("wild", ((100, CALM), (40, WILD))), ("calm", ((140, CALM),))):
        world.issuer(name)
        days = world.prices(name, date(2023, 1, 2), moves(*spans))
        for at, value in ((80, 0.1), (100, 0.5)):
            fired = world.signal(name, value, horizon=15, as_of=evening(days[at]))
    world.signal("calm", 0.9, horizon=15, as_of=evening(days[20]), in_sample=True)
    world.signal("calm", 0.9, horizon=15, as_of=evening(days[30]), in_sample=True)
    made = add_rule(world.store, rule(horizon=15), "ann")
    backtest_rule(world.engine, made.rule_id, None, None, "ann")
    [kept] = backtests_of(world.store, made.rule_id)
    told = {one.issuer: one for one in kept.result.raised}
    assert (told["Calm"].signal_id, told["Calm"].before, told["Calm"].after) == (fired, 0.1, 0.5)
    assert told["Calm"].reason == "risk over 15 trading days is 50.0%, above 40.0%"
    assert {name: (one.volatility, one.lead_days) for name, one in told.items()} == {
        "Wild": (True, 3), "Calm": (False, None)}  # fmt: skip
    assert told["Wild"].enforcement is None
    assert (kept.result.in_sample_begins, kept.result.in_sample_ends) == (
        evening(days[20]),
        evening(days[30]),
    )
    view = find_rule(world.store, made.rule_id)
    assert (view.backtested_at, view.backtest_alerts) == (kept.made_at, 2)


def test_other_rules_are_held_against_the_issuers_own_upper_quartile(world: World):
    world.issuer("acme")
    days = world.prices("acme", date(2023, 1, 2), moves((150, CALM), (40, WILD)))
    world.signal("acme", 0.5, kind="sentiment", horizon=0, as_of=evening(days[140]))
    world.signal("acme", -0.5, kind="sentiment", horizon=0, as_of=evening(days[150]))
    drop = read_rule({"name": "r", "condition": {
        "when": "change", "signal": "sentiment", "by": 0.5, "days": 30, "direction": "down"}})  # fmt: skip
    found = backtest(world.engine, drop, None, None)
    assert "own upper quartile" in found.volatility.event
    assert (found.volatility.hits, found.volatility.cases) == (1, 1)
    falling = read_rule({"name": "r", "condition": {
        "when": "change", "signal": "risk", "by": 0.5, "direction": "down"}})  # fmt: skip
    assert backtest(world.engine, falling, None, None).volatility.event == "none"


def test_fraud_is_held_against_enforcement_where_the_list_is_there(world: World):
    folder = world.settings.data / "fraud"
    folder.mkdir(parents=True)
    (folder / "aaer_firm_years.csv").write_text("P_AAER,CIK,YEARA,UNDERSTATEMENT\n2,1234,2001,0\n")
    for name, cik in (("guilty", "0001234"), ("clean", "99"), ("nameless", None)):
        world.issuer(name, cik)
        world.signal(name, 0.9, kind="fraud", horizon=0, as_of=datetime(2002, 3, 1, tzinfo=UTC))
    world.signal("guilty", 0.9, kind="fraud", horizon=0, as_of=datetime(2014, 3, 1, tzinfo=UTC))
    found = backtest(world.engine, rule(signal="fraud"), None, None)
    assert (found.enforcement.hits, found.enforcement.cases) == (1, 2)
    assert found.enforcement.unjudged == {"no CIK": 1}
    assert found.enforcement.lead_days is None
    assert found.alerts == 3  # the fraud of 2014 is the same alert still: it never went back
    later = backtest(world.engine, rule(signal="fraud"), datetime(2013, 1, 1, tzinfo=UTC), None)
    assert later.enforcement.unjudged == {"not known yet when the list ends": 1}


def test_without_the_list_enforcement_is_not_known(world: World):
    world.issuer("acme", "12")
    world.signal("acme", 0.9, kind="fraud", horizon=0, as_of=datetime(2002, 3, 1, tzinfo=UTC))
    found = backtest(world.engine, rule(signal="fraud"), None, None)
    assert found.enforcement.unjudged == {"no list of enforcement releases": 1}


def test_of_two_scorings_of_one_moment_the_last_stands(world: World):
    world.issuer("acme")
    moment = world.now - timedelta(days=300)
    world.signal("acme", 0.9, as_of=moment)
    world.later(days=1)
    world.signal("acme", 0.1, as_of=moment)
    assert backtest(world.engine, rule(), None, None).alerts == 0


def test_a_contradiction_is_counted_once_however_often_it_was_scored(world: World):
    world.issuer("acme")
    for _ in range(3):
        world.finding("acme", ["piece"], 0.9)
        world.later(days=10)
    found = backtest(
        world.engine, read_rule({"name": "r", "condition": {"when": "contradiction"}}), None, None
    )
    assert (found.alerts, found.signals) == (1, 3)
    assert found.alerts_a_week == pytest.approx(1 / (20 / 7))


def test_a_sources_outages_are_read_off_the_ledger(world: World):
    from smalti.ingest.feeds.source import Source
    from smalti.service.stages.pulls import subject

    source = Source("wire", "rss", "https://news.example.org/feed", "every 1h", {}, False)
    batch = Batch()
    row = {"source_id": source.source_id, "name": "wire", "kind": "rss", "address": source.address}
    batch.add("sources", row | {"schedule": "every 1h", "options": "{}", "paused": False})
    world.store.commit(batch)
    for hours in (1, 2, 30, 1, 200):
        world.later(hours=hours)
        with Run(world.store, "pull", subject(source)):
            pass
    stale = read_rule({"name": "r", "condition": {"when": "stale source", "hours": 12}})
    found = backtest(world.engine, stale, None, None)
    assert found.alerts == 2
    assert found.alerts_a_week == pytest.approx(2 / (233 / 168))


def test_nothing_stored_gives_nothing_and_says_so(world: World):
    found = backtest(world.engine, rule(), None, None)
    assert (found.alerts, found.begins, found.alerts_a_week) == (0, None, None)
    assert found.notes == ["There was nothing to look at."]
    with pytest.raises(Conflict):
        backtest(world.engine, rule(), world.now, world.now)


def test_a_rule_is_switched_on_only_after_its_own_version_was_backtested(world: World):
    world.issuer("acme")
    world.signal("acme", 0.9)
    made = add_rule(world.store, rule(), "ann")
    with pytest.raises(Conflict, match="back-tested"):
        switch_rule(world.store, made.rule_id, on=True, by="ann")
    kept = backtest_rule(world.engine, made.rule_id, None, None, "ann")
    assert backtests_of(world.store, made.rule_id) == [kept]
    assert switch_rule(world.store, made.rule_id, on=True, by="ann").enabled
    assert find_rule(world.store, made.rule_id).backtested


@pytest.mark.parametrize(
    ("hits", "cases", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_intervals_are_wilsons(hits: int, cases: int, low: float, high: float):
    """The last as in Newcombe (1998), table I."""
    found = wilson(hits, cases)
    assert found is not None
    assert found[1:] == pytest.approx((low, high), abs=1e-4)
    assert wilson(0, 0) is None
