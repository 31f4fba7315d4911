"""The rules: what each watches, whether it is on, and how right people found it."""

from __future__ import annotations

from itertools import islice

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.page import Page
from smalti.dashboards.parts import numbers, states, whom
from smalti.dashboards.parts.here import here
from smalti.dashboards.parts.text import plain
from smalti.dashboards.views import alerts_words as words

_MOST = 200


def show(page: Page) -> None:
    """Show all rules."""
    if page.who.may("analyst"):
        here("New rule", "rule-new", icon=":material/add:", rule="new")
    else:
        states.needs("analyst", "Making and back-testing rules")
    rules = list(islice(page.smalti.rules(), _MOST + 1))
    if not rules:
        states.empty("There is no rule yet.", "A rule says what to watch, of whom, and whom to tell.")
        return
    judged = {one["rule_id"]: one for one in page.smalti.precision()}
    for rule in rules[:_MOST]:
        _row(page, rule, judged.get(rule["rule_id"]))
    if len(rules) > _MOST:
        st.caption(f"The first {_MOST} by name are shown: `smalti alerts rules list` has all.")


def _row(page: Page, rule: Json, judged: Json | None) -> None:
    told = rule["rule"]
    with st.container(gap=None):
        here(
            f"**{plain(told['name'], 100)}** · {plain(words.condition(told['condition']))}",
            f"rule-{rule['rule_id']}",
            icon=":material/toggle_on:" if rule["enabled"] else ":material/toggle_off:",
            rule=rule["rule_id"],
        )
        parts = [
            f"**{words.state(rule)}**",
            f"{told['severity']} severity",
            plain(scope(page, told)),
            backtested(rule),
            plain(words.precision(judged)),
        ]
        st.caption(" · ".join(parts))


def scope(page: Page, told: Json) -> str:
    """Whom a rule watches."""
    if told["issuer"]:
        return whom.issuers(page).get(told["issuer"], told["issuer"])
    if told["watchlist"]:
        return f"watchlist {whom.watchlists(page).get(told['watchlist'], told['watchlist'])}"
    return "all sources" if told["condition"]["when"] == "stale source" else "all issuers"


def backtested(rule: Json) -> str:
    """When a rule was last back-tested as it stands, and what it raised."""
    if not rule["backtested"]:
        return "this version was never back-tested"
    count = rule["backtest_alerts"]
    raised = f", {count:,} alert{'' if count == 1 else 's'}" if count is not None else ""
    return f"back-tested {numbers.when(words.moment(rule['backtested_at']))}{raised}"
