"""The stored rules: every change of one is a new version, to be back-tested before it is switched on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from smalti.platform.auth.users import LOCAL
from smalti.platform.errors import Conflict, NotFound, SettingsError
from smalti.platform.records import content_id
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.service.alerts.conditions import Rule
from smalti.service.issuers import issuer_called
from smalti.service.watchlists import members

_MOST_RULES = 2_000

_CURRENT = (
    "(SELECT * FROM alert_rules QUALIFY row_number() OVER (PARTITION BY rule_id ORDER BY version DESC) = 1)"
)


@dataclass(frozen=True, slots=True)
class RuleView:
    """A stored rule.

    Attributes:
        version: counts its changes; alerts and back-tests name it.
        enabled_at: since when it is on; None while it is off.
        backtested: whether this version was back-tested.
        backtested_at: when last; `backtest_alerts`, how many alerts it would have raised then.
        seen_through: signals recorded by then were looked at.
        unjudged: how many signals it could not judge so far, by reason: `withheld`, `in sample`, …
    """

    rule_id: str
    version: int
    rule: Rule
    enabled: bool
    enabled_at: datetime | None
    backtested: bool
    seen_through: datetime | None
    unjudged: Mapping[str, int]
    made_by: str
    made_at: datetime
    backtested_at: datetime | None = None
    backtest_alerts: int | None = None


def read_rule(told: Mapping[str, Any]) -> Rule:
    """A rule out of plain values, as a file or a command gives them.

    Raises:
        SettingsError: says what is wrong with which part.
    """
    try:
        return Rule.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            first["msg"], subject=".".join(map(str, first["loc"])) or "rule", mend="see docs/alerts.md"
        ) from None


def all_rules(store: Store) -> list[RuleView]:
    """The rules there are, by name."""
    rows = store.read(
        "SELECT r.*, c.seen_through, c.counts, b.rule_id IS NOT NULL AS backtested, b.at, b.alerts"
        f" FROM {_CURRENT} r LEFT JOIN alert_cursors c ON c.rule_id = r.rule_id AND c.version = r.version"
        " LEFT JOIN (SELECT rule_id, version, max(made_at) AS at,"
        "  arg_max(CAST(json_extract_string(result, '$.alerts') AS BIGINT), made_at) AS alerts"
        "  FROM alert_backtests GROUP BY 1, 2) b"
        "  ON b.rule_id = r.rule_id AND b.version = r.version"
        " WHERE NOT r.removed ORDER BY r.name, r.rule_id"
    )
    return [_view(row) for row in rows.iter_rows(named=True)]


def find_rule(store: Store, rule_id: str) -> RuleView:
    """The rule of that id or name, or whose id begins so.

    Raises:
        NotFound: there is none, or there are several.
    """
    rules = all_rules(store)
    exact = [r for r in rules if rule_id in (r.rule_id, r.rule.name)]
    found = exact or [r for r in rules if len(rule_id) >= 4 and r.rule_id.startswith(rule_id)]
    if len(found) != 1:
        what = "no such rule" if not found else "several rules are called so"
        raise NotFound(what, subject=rule_id, mend="`smalti alerts rules list` has their ids")
    return found[0]


def resolved(store: Store, rule: Rule, by: str) -> Rule:
    """A rule whose issuer and watchlist are named by their ids, however they were called.

    Raises:
        NotFound: there is no such issuer, or no such watchlist that `by` may see.
    """
    if rule.issuer is not None:
        return rule.model_copy(update={"issuer": issuer_called(store, rule.issuer)})
    if rule.watchlist is not None:
        user = None if by == LOCAL else by
        return rule.model_copy(update={"watchlist": members(store, rule.watchlist, user).watchlist_id})
    return rule


def add_rule(store: Store, rule: Rule, by: str) -> RuleView:
    """Store a new rule; it is off.

    Raises:
        Conflict: there are too many.
        NotFound: as `resolved`.
    """
    rule = resolved(store, rule, by)
    if len(all_rules(store)) >= _MOST_RULES:
        raise Conflict(f"there are {_MOST_RULES} rules", subject=rule.name, mend="remove some first")
    rule_id = content_id("rule", secrets.token_hex(16))
    _write(store, rule_id, 1, rule, by)
    return find_rule(store, rule_id)


def change_rule(store: Store, rule_id: str, rule: Rule, by: str) -> RuleView:
    """A new version of a rule; it is off until switched on. The same rule again changes nothing.

    Raises:
        NotFound: there is no such rule, or as `resolved`.
    """
    rule = resolved(store, rule, by)
    old = find_rule(store, rule_id)
    if old.rule == rule:
        return old
    _write(store, old.rule_id, old.version + 1, rule, by)
    return find_rule(store, old.rule_id)


def switch_rule(store: Store, rule_id: str, on: bool, by: str, *, force: bool = False) -> RuleView:
    """Switch a rule on or off.

    From then on it looks at the newest signal of each series, and at what comes after.

    Raises:
        NotFound: there is no such rule.
        Conflict: it was never back-tested, and `force` is not given.
    """
    found = find_rule(store, rule_id)
    if on and not (found.backtested or force):
        raise Conflict(
            "this version of the rule was never back-tested",
            subject=found.rule.name,
            mend=f"`smalti alerts rules backtest {found.rule_id[:8]}` first, or give `force`",
        )
    if on != found.enabled:
        _write(store, found.rule_id, found.version, found.rule, by, enabled=on)
    return find_rule(store, found.rule_id)


def remove_rule(store: Store, rule_id: str, by: str) -> None:
    """Take a rule away; its alerts stay.

    Raises:
        NotFound: there is no such rule.
    """
    found = find_rule(store, rule_id)
    _write(store, found.rule_id, found.version, found.rule, by, removed=True)


def enabled_rules(store: Store) -> Sequence[RuleView]:
    """Those that are on."""
    return [rule for rule in all_rules(store) if rule.enabled]


def _write(
    store: Store,
    rule_id: str,
    version: int,
    rule: Rule,
    by: str,
    *,
    enabled: bool = False,
    removed: bool = False,
) -> None:
    batch = Batch()
    batch.add(
        "alert_rules",
        {
            "rule_id": rule_id,
            "version": version,
            "name": rule.name,
            "spec": as_json(rule.model_dump(mode="json")),
            "enabled": enabled,
            "enabled_at": store.now() if enabled else None,
            "removed": removed,
            "made_by": by,
            "made_at": store.now(),
        },
    )
    store.commit(batch)


def _view(row: Mapping[str, Any]) -> RuleView:
    return RuleView(
        row["rule_id"],
        row["version"],
        Rule.model_validate_json(row["spec"]),
        row["enabled"],
        row["enabled_at"],
        row["backtested"],
        row["seen_through"],
        json.loads(row["counts"] or "{}"),
        row["made_by"],
        row["made_at"],
        row["at"],
        row["alerts"],
    )
