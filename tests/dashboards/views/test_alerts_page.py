"""The alerts page in each of its states: inbox, one alert, rules and their back-tests, channels."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL

from smalti.platform.auth import Role
from smalti.service.alerts import evaluate, history
from smalti.service.alerts.backtests import backtest_rule
from smalti.service.alerts.channels import add_channel, read_channel
from smalti.service.alerts.recipients import Recipient
from smalti.service.alerts.rules import add_rule, all_rules, find_rule, read_rule, switch_rule
from smalti.service.alerts.stored import alert_detail, list_alerts

LEVEL = {"when": "level", "signal": "risk", "horizon": 30, "above": 0.4}
SECRET = "a-secret-of-sixteen"


@pytest.fixture(scope="module")
def alert_id(served: Served) -> str:
    """An alert on the first issuer; the rule behind it raised another on the second."""
    engine = served.service.engine
    rule = read_rule({"name": "high *risk*", "condition": LEVEL, "severity": "high"})
    made = add_rule(engine.store, rule, "ann")
    backtest_rule(engine, made.rule_id, None, None, "ann")
    switch_rule(engine.store, made.rule_id, on=True, by="ann")
    evaluate(served.service, engine.store.now())
    [mine] = list_alerts(engine.store, issuer=ANVIL)
    return mine.alert_id


def pressed(page: AppTest, label: str) -> AppTest:
    """The page after a button was pressed."""
    [button] = [one for one in page.button if one.label == label]
    assert not button.disabled
    return button.click().run()


def labels(page: AppTest) -> list[str]:
    return [one.label.replace("\\", "") for one in page.button]


def test_the_inbox_tells_each_alert_in_words(look: Open, alert_id: str) -> None:
    page = look("alerts", Role.VIEWER)
    assert not page.exception
    assert any("Quartz Anvil Corporation" in one and "above 40.0%" in one for one in labels(page))
    told = words(page).replace("\\%", "%")
    assert "**High severity**" in told
    assert r"50\.0% → 50\.0%" in told
    assert "as of 3 May 2024, 12:00 UTC" in told
    assert "met once" in told
    assert r"rule high \*risk\*" in told


def test_an_inbox_without_alerts_says_what_would_bring_some(look: Open, alert_id: str) -> None:
    assert "No open alerts" in words(look("alerts", as_of="2001-01-01"))
    page = look("alerts")
    page.selectbox(key="alerts-severity").set_value("low").run()
    assert "No alert is like that" in words(page)


def test_a_viewer_reads_an_alert_and_is_told_what_acting_takes(look: Open, alert_id: str) -> None:
    page = look("alerts", Role.VIEWER, alert=alert_id)
    told = words(page)
    assert "What stands behind it" in told
    assert "Nobody has done anything with it yet" in told
    assert "takes the role *analyst*" in told
    acts = [
        one for one in page.button if one.label in ("Record verdict", "Acknowledge", "Assign", "Add comment")
    ]
    assert len(acts) == 4
    assert all(one.disabled for one in acts)


def test_a_verdict_is_recorded_and_changes_the_rules_precision(
    look: Open, alert_id: str, served: Served
) -> None:
    page = look("alerts", alert=alert_id)
    page.radio[0].set_value("wrong")
    page.text_area[0].set_value("![it](https://evil.example/x.png) was a split")
    pressed(page, "Record verdict")
    told = words(page)
    assert not page.exception
    assert "Recorded: wrong" in told.replace("\\", "")
    assert "0 of 1 right, 0%" in told.replace("\\", "")
    assert "**analyst** judged it wrong" in told
    assert r"\!\[it\]\(https" in told
    store = served.service.engine.store
    assert alert_detail(store, alert_id).alert.verdict == "wrong"
    pressed(page, "Acknowledge")
    assert "Acknowledged" in words(page)
    assert alert_detail(store, alert_id).alert.state == "acknowledged"


def test_without_a_verdict_chosen_nothing_is_recorded(look: Open, alert_id: str, served: Served) -> None:
    before = history.precision_by_rule(served.service.engine.store)
    page = look("alerts", alert=alert_id)
    page.text_area[0].set_value("hm")
    pressed(page, "Record verdict")
    assert "Choose right, wrong or unsure" in words(page)
    assert page.text_area[0].value == "hm"
    assert history.precision_by_rule(served.service.engine.store) == before


def test_an_alert_that_is_not_there(look: Open) -> None:
    page = look("alerts", alert="feedfeed")
    assert not page.exception
    assert "No alert has this id" in words(page)


def test_a_rule_goes_on_only_after_its_back_test(look: Open, served: Served) -> None:
    store = served.service.engine.store
    made = add_rule(store, read_rule({"name": "draft", "condition": LEVEL}), "ann")
    page = look("alerts", rule=made.rule_id)
    assert "**Draft**" in words(page)
    [switch] = [one for one in page.button if one.label == "Switch on"]
    assert switch.disabled
    assert "once this version was back-tested" in words(page)
    pressed(page, "Try it")
    assert not page.exception
    assert [(one.label, one.value) for one in page.metric][:1] == [("Alerts", "2")]
    assert {"Brass Heron plc", "Quartz Anvil Corporation"} == set(page.dataframe[0].value["issuer"])
    pressed(page, "Switch on")
    assert "It is on" in words(page)
    assert find_rule(store, made.rule_id).enabled


def test_a_back_test_of_nothing_switches_nothing_on(look: Open, served: Served) -> None:
    engine = served.service.engine
    silent = read_rule({"name": "silent", "condition": LEVEL | {"signal": "fraud.crowd", "horizon": None}})
    made = add_rule(engine.store, silent, "ann")
    backtest_rule(engine, made.rule_id, None, None, "ann")
    page = look("alerts", rule=made.rule_id)
    assert "had nothing to look at" in words(page)
    assert [one.disabled for one in page.button if one.label == "Switch on"] == [True]


def test_a_new_rule_is_tried_kept_and_told_of_its_faults(look: Open, served: Served) -> None:
    page = look("alerts", rule="new")
    page.number_input(key="rule-new-level-risk").set_value(45.0)
    pressed(page, "Keep as a draft")
    assert page.error or page.warning
    assert page.number_input(key="rule-new-level-risk").value == 45.0
    page.text_input(key="rule-new-name").set_value("very high risk")
    pressed(page, "Try it")
    assert page.metric[0].value == "2"
    pressed(page, "Keep as a draft")
    assert "kept as a draft" in words(page)
    [made] = [one for one in all_rules(served.service.engine.store) if one.rule.name == "very high risk"]
    assert made.rule.condition.above == 0.45  # type: ignore[union-attr]
    assert made.rule_id in page.query_params["rule"]


def test_rules_are_listed_with_their_verdicts(look: Open, alert_id: str) -> None:
    page = look("alerts", Role.VIEWER, tab="rules")
    assert any("Risk over 30 trading days is above 40.0%" in one for one in labels(page))
    assert "back-tested" in words(page)
    assert "New rule" not in labels(page)
    assert "takes the role *analyst*" in words(page)


def test_channels_show_no_secret_and_their_last_error(look: Open, served: Served) -> None:
    engine = served.service.engine
    told = {"name": "hook", "kind": "webhook", "address": "https://hooks.example.org/x"}
    add_channel(engine.store, engine.settings, read_channel(told), None, "adm")
    assert "takes the role *analyst*" in words(look("alerts", Role.VIEWER, tab="channels"))
    page = look("alerts", Role.ANALYST, tab="channels")
    assert "no secret is set" in words(page)
    assert [one.disabled for one in page.button if one.label == "Send a test"] == [True]
    page = look("alerts", Role.ADMIN, tab="channels")
    pressed(page, "Send a test")
    assert "was not taken" in words(page)
    assert "no secret" in page.dataframe[0].value["error"][0]


def test_a_recipient_gets_quiet_hours(look: Open, served: Served) -> None:
    served.service.gateway.alerts.put_recipient(Recipient(name="Ann Lee"))
    page = look("alerts", tab="channels")
    page.selectbox(key="recipient-name").set_value("Ann Lee").run()
    page.checkbox(key="recipient-Ann Lee-quiet").check().run()
    page.selectbox(key="recipient-Ann Lee-zone").set_value("Asia/Tokyo")
    page.number_input(key="recipient-Ann Lee-budget").set_value(3)
    pressed(page, "Keep")
    assert not page.exception
    [kept] = served.service.gateway.alerts.recipients()
    told = kept.recipient
    assert (told.name, told.quiet, told.zone, told.budget) == ("Ann Lee", "22:00-07:00", "Asia/Tokyo", 3)
    assert "quiet 22:00-07:00 (Asia/Tokyo), 3 alerts a day" in words(page).replace("\\", "")
