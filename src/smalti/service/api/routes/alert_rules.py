"""The rules that raise alerts, and their back-tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, status
from pydantic import BaseModel, ConfigDict

from smalti.service.alerts import history, rules
from smalti.service.alerts.backtest import Backtest, backtest
from smalti.service.alerts.backtests import BacktestView, backtest_rule, backtests_of
from smalti.service.alerts.conditions import Rule
from smalti.service.alerts.history import RulePrecision
from smalti.service.alerts.rules import RuleView
from smalti.service.api.access import Analyst, Viewer, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Limit, Page, page_of
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Moment, Text

RuleCalled = Annotated[
    Text, Path(min_length=1, max_length=200, pattern=r"^[^/]+$", description="Name or id.")
]

router = APIRouter(tags=["alerts"], prefix="/alert-rules")


class Switch(BaseModel):
    """Whether a rule shall be on; `force` does without a back-test."""

    model_config = ConfigDict(extra="forbid")

    on: bool
    force: bool = False


class Span(BaseModel):
    """Which signals a back-test looks at, by `as_of`; all if null."""

    model_config = ConfigDict(extra="forbid")

    begins: Moment | None = None
    ends: Moment | None = None


class Trial(Span):
    """A rule that need not be stored, and the span it is tried on."""

    rule: Rule


@router.get("", summary="List alert rules")
def list_rules(
    store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[RuleView]:
    """The rules by name, each with whether it is on, back-tested, and what it could not judge."""
    return page_of(rules.all_rules(store), "alert rules", lambda one: one.rule_id, limit, cursor)


@router.get("/precision", summary="Precision of alert rules")
def precision(
    store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[RulePrecision]:
    """How right people found each rule's alerts, with the interval that so few verdicts leave."""
    return page_of(
        history.precision_by_rule(store), "precision of rules", lambda one: one.rule_id, limit, cursor
    )


@router.get("/verdicts", summary="Judged signals")
def verdicts(store: TheStore, who: Analyst) -> Sequence[Mapping[str, Any]]:
    """Signals whose alerts people judged, with how many found them right, wrong and unclear."""
    return history.verdicts(store).to_dicts()


@router.post("/try", summary="Back-test a rule that is not stored")
def try_rule(told: Trial, service: TheService, who: Analyst) -> Backtest:
    """What a rule would have raised, and how often the event followed. Nothing is stored."""
    rule = rules.resolved(service.engine.store, told.rule, who.name)
    return backtest(service.engine, rule, told.begins, told.ends)


@router.post("", status_code=status.HTTP_201_CREATED, summary="Add an alert rule")
def add_rule(told: Rule, request: Request, store: TheStore, who: Analyst) -> RuleView:
    """A new rule. It is off until it was back-tested and is switched on."""
    made = rules.add_rule(store, told, who.name)
    about(request, made.rule_id)
    return made


@router.get("/{rule}", summary="One alert rule")
def get_rule(rule: RuleCalled, store: TheStore, who: Viewer) -> RuleView:
    """A rule by its id."""
    return rules.find_rule(store, rule)


@router.put("/{rule}", summary="Change an alert rule")
def change_rule(rule: RuleCalled, told: Rule, store: TheStore, who: Analyst) -> RuleView:
    """Another version of a rule, which is off and has to be back-tested itself."""
    return rules.change_rule(store, rule, told, who.name)


@router.post("/{rule}/switch", summary="Switch an alert rule on or off")
def switch_rule(rule: RuleCalled, told: Switch, store: TheStore, who: Analyst) -> RuleView:
    """A version that was never back-tested is refused (409), unless `force` is given."""
    return rules.switch_rule(store, rule, told.on, who.name, force=told.force)


@router.delete("/{rule}", status_code=status.HTTP_204_NO_CONTENT, summary="Remove an alert rule")
def remove_rule(rule: RuleCalled, store: TheStore, who: Analyst) -> None:
    """Take a rule away; its alerts stay."""
    rules.remove_rule(store, rule, who.name)


@router.post("/{rule}/backtests", status_code=status.HTTP_201_CREATED, summary="Back-test an alert rule")
def backtest_stored(rule: RuleCalled, told: Span, service: TheService, who: Analyst) -> BacktestView:
    """What this version of the rule would have raised, kept with it."""
    return backtest_rule(service.engine, rule, told.begins, told.ends, who.name)


@router.get("/{rule}/backtests", summary="Back-tests of an alert rule")
def list_backtests(
    rule: RuleCalled, store: TheStore, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[BacktestView]:
    """The stored back-tests of a rule, newest first."""
    return page_of(backtests_of(store, rule), "back-tests", lambda one: one.backtest_id, limit, cursor)
