"""One rule: tried on the past, switched on and off, changed; or a new one made."""

from __future__ import annotations

from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_backtest, alerts_form, alerts_rules
from smalti.dashboards.views import alerts_words as words

_SAID, _SWITCHED = "rules-said", "rules-switched"


def show(page: Page, rule_id: str) -> None:
    """Show the rule of an id or name, or the form of a new one (`new`)."""
    here("All rules", "rules", icon=":material/arrow_back:", rule=None, tab="rules")
    if rule_id == "new":
        _new(page)
    else:
        _one(page, page.smalti.rule(rule_id))


def said(where: str = _SAID) -> None:
    """What was just done with a rule, at the place where it was done."""
    if told := st.session_state.pop(where, None):
        st.success(told, icon=":material/check:")


def _new(page: Page) -> None:
    st.header("New rule", anchor=False)
    if not page.who.may("analyst"):
        states.needs("analyst", "Making a rule")
        return
    told = alerts_form.fields(page, "rule-new", None)
    st.subheader("Try it before it is kept", anchor=False)
    _trial(page, told, "rule-new")
    if st.button(
        "Keep as a draft", icon=":material/save:", help="It is off until it was back-tested and switched on."
    ):
        with states.told():
            made = page.smalti.add_rule(told)
            _done("The rule is kept as a draft. Back-test it, then switch it on.", made["rule_id"])


def _trial(page: Page, told: dict[str, Any], key: str) -> None:
    found = alerts_backtest.tried(
        key, lambda begins, ends: page.smalti.try_rule(told, begins, ends), may=True
    )
    if found is not None:
        st.session_state[f"{key}-tried"] = (told, found)
    before = st.session_state.get(f"{key}-tried")
    if before is None:
        return
    if before[0] != told:
        st.caption(":material/history: The rule was changed since this was tried.")
    alerts_backtest.result(before[1], key)


def _one(page: Page, rule: Json) -> None:
    told, may = rule["rule"], page.who.may("analyst")
    st.header(plain(told["name"]), anchor=False)
    st.markdown(f"**{words.state(rule)}** · {plain(words.condition(told['condition']))}.")
    _about(page, rule)
    if not may:
        states.needs("analyst", "Back-testing, switching and changing a rule")
    last = _tested(page, rule, may)
    _switch(page, rule, last, may)
    if may:
        _change(page, rule)


def _about(page: Page, rule: Json) -> None:
    told = rule["rule"]
    tells = ", ".join(told["notify"]) or "nobody; it stands in the inbox"
    since = f"on since {numbers.when(words.moment(rule['enabled_at']))}" if rule["enabled"] else ""
    judged = next((one for one in page.smalti.precision() if one["rule_id"] == rule["rule_id"]), None)
    parts = [
        f"watches {alerts_rules.scope(page, told)}",
        f"{told['severity']} severity",
        f"tells {tells}",
        f"what begins again within {told['window_hours']:g} hours is the same alert",
        since,
        f"version {rule['version']} by {rule['made_by']}, {numbers.when(words.moment(rule['made_at']))}",
    ]
    st.caption(plain(" · ".join(one for one in parts if one), 1000))
    st.caption(f"People's verdicts on its alerts: {plain(words.precision(judged))}.")
    if rule["unjudged"]:
        st.caption(
            "Could not judge so far: "
            + "; ".join(f"{n:,} {plain(why)}" for why, n in rule["unjudged"].items())
            + "."
        )


def _tested(page: Page, rule: Json, may: bool) -> Json | None:
    st.subheader("Back-test", anchor=False)
    key = f"rule-{rule['rule_id']}"
    found = alerts_backtest.tried(
        key, lambda begins, ends: page.smalti.backtest(rule["rule_id"], begins, ends), may=may
    )
    if found is not None:
        st.rerun()  # the switch below hangs on it
    last = page.smalti.last_backtest(rule["rule_id"])
    if last is None:
        st.caption("Never back-tested: what it would raise is not known.")
        return None
    older = f" of version {last['version']}, not of this one" if last["version"] != rule["version"] else ""
    made = f"{numbers.when(words.moment(last['made_at']))}, by {plain(last['made_by'])}"
    st.caption(f"The last back-test{older}: {made}.")
    alerts_backtest.result(last["result"], key)
    return last


def _why_not(rule: Json, last: Json | None) -> str:
    """Why a rule cannot be switched on yet, if so."""
    if not rule["backtested"] or last is None:
        return "It can be switched on once this version was back-tested: press “Try it” above."
    if last["result"]["begins"] is None and rule["rule"]["condition"]["when"] != "stale source":
        return "Its back-test had nothing to look at: no signal of its kind is stored in that span."
    return ""


def _switch(page: Page, rule: Json, last: Json | None, may: bool) -> None:
    st.subheader("On or off", anchor=False)
    said(_SWITCHED)
    if rule["enabled"]:
        if st.button("Switch off", disabled=not may, icon=":material/toggle_off:"):
            with states.told():
                page.smalti.switch_rule(rule["rule_id"], on=False)
                _done("It is off: it raises nothing any more.", rule["rule_id"], _SWITCHED)
        return
    why_not = _why_not(rule, last)
    if why_not:
        st.caption(f":material/lock: {why_not}")
    ready = not why_not
    if st.button("Switch on", type="primary", disabled=not (may and ready), icon=":material/toggle_on:"):
        with states.told():
            page.smalti.switch_rule(rule["rule_id"], on=True)
            told = "It is on: it looks at the newest signal of each series, and at what comes after."
            _done(told, rule["rule_id"], _SWITCHED)


def _change(page: Page, rule: Json) -> None:
    key = f"rule-{rule['rule_id']}-{rule['version']}"
    with st.expander("Change this rule"):
        st.caption("A change is another version: off, and not back-tested.")
        told = alerts_form.fields(page, key, rule["rule"])
        if st.button("Keep the change", key=f"{key}-keep", icon=":material/save:"):
            with states.told():
                page.smalti.change_rule(rule["rule_id"], told)
                _done("Kept as another version. Back-test it, then switch it on.", rule["rule_id"])
    with st.expander("Remove this rule"):
        st.caption("Its alerts stay, with all that people wrote about them.")
        sure = st.checkbox("I want to remove it", key=f"{key}-remove-sure")
        if st.button("Remove", key=f"{key}-remove", disabled=not sure, icon=":material/delete:"):
            with states.told():
                page.smalti.remove_rule(rule["rule_id"])
                st.session_state[_SAID] = "The rule is removed; its alerts stay."
                place.put(rule=None, tab="rules")
                st.rerun()


def _done(said: str, rule_id: str, where: str = _SAID) -> None:
    st.session_state[where] = said
    place.put(rule=rule_id)
    st.rerun()
