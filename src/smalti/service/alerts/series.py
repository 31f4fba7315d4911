"""The signals and findings that a rule looks at, as frames."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from smalti.platform.errors import NotFound
from smalti.platform.records import content_id
from smalti.platform.store import Store
from smalti.service.alerts.conditions import Contradiction, Rule
from smalti.service.alerts.judging import GROUP, OnSignals

_LATE = timedelta(minutes=1)
"""So long more may come that was recorded at the moment looked through to, and is looked at again."""

_IN_SCOPE = "($everyone OR list_contains($issuers::TEXT[], s.issuer_id))"
_OF_KIND = "s.kind = $kind AND ($horizon IS NULL OR s.horizon_days = $horizon)"
_OF_CHECK = (
    "($check IS NULL OR s.kind = $check) AND contains(s.kind, '.') AND s.kind NOT LIKE '%.contradiction'"
)
"""The index of contradictions repeats the findings of the other checks."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose signals a rule looks at: `issuers`, or everybody's if None."""

    issuers: Sequence[str] | None

    @property
    def params(self) -> dict[str, Any]:
        """Named parameters of a query."""
        return {"everyone": self.issuers is None, "issuers": list(self.issuers or ())}


def scope_of(store: Store, rule: Rule) -> Scope:
    """Whom a rule watches at this moment.

    Raises:
        NotFound: its watchlist is gone.
    """
    if rule.issuer is not None:
        return Scope([rule.issuer])
    if rule.watchlist is None:
        return Scope(None)
    found = store.read("SELECT issuers FROM watchlists WHERE watchlist_id = ?", [rule.watchlist])
    if not found.height:
        raise NotFound("no such watchlist", subject=rule.watchlist, mend="give the rule another")
    return Scope(found["issuers"].to_list()[0] or [])


def with_news(
    store: Store, rule: Rule, scope: Scope, since: datetime | None, now: datetime
) -> tuple[list[str], datetime | None]:
    """Issuers with signals that matter to a rule and were recorded since, and when the last of them was."""
    where, params = _wanted(rule, scope)
    if since is not None and now - since < _LATE:
        since -= _LATE
    rows = store.read(
        "SELECT s.issuer_id, max(s.recorded_at) AS newest FROM signals s"
        f" WHERE {where} AND ($since IS NULL OR s.recorded_at > $since) GROUP BY 1 ORDER BY 1",
        params | {"since": since},
    )
    newest: datetime | None = rows["newest"].max()  # type: ignore[assignment]  # a column of times
    return rows["issuer_id"].to_list(), newest


def signals_of(store: Store, rule: Rule, issuers: Collection[str] | None) -> pl.DataFrame:
    """All signals of some issuers (of all if None) that a rule's condition is held against; see `judged`."""
    where, params = _wanted(rule, Scope(None if issuers is None else sorted(issuers)))
    columns = ", ".join(
        f"s.{name}" for name in (*GROUP, "signal_id", "as_of", "recorded_at", "model_version")
    )
    return store.read(
        f"SELECT {columns}, s.value, s.low, s.high, s.percentile, coalesce(s.in_sample, false) AS in_sample,"
        f" s.missing, s.stale FROM signals s WHERE {where}",
        params,
    )


def _wanted(rule: Rule, scope: Scope) -> tuple[str, dict[str, Any]]:
    """SQL of which signals a rule looks at, and its parameters."""
    condition = rule.condition
    if isinstance(condition, Contradiction):
        return f"{_IN_SCOPE} AND {_OF_CHECK}", scope.params | {"check": condition.check}
    assert isinstance(condition, OnSignals)
    return f"{_IN_SCOPE} AND {_OF_KIND}", scope.params | {
        "kind": condition.signal,
        "horizon": condition.horizon,
    }


def marked_live(rows: pl.DataFrame, start: datetime) -> pl.DataFrame:
    """With `live`: whether a signal was news when it came, to a rule that was switched on at `start`.

    News is what is not older than what was recorded before; of what was there at `start`, the newest.
    """
    by_arrival = rows.sort("recorded_at", "as_of", "signal_id").with_columns(
        news=pl.col("as_of") >= pl.col("as_of").cum_max().over(GROUP), old=pl.col("recorded_at") <= start
    )
    standing = (pl.col("news") & pl.col("old")).cast(pl.Int64)
    last_old = standing.cum_sum().over(GROUP) == standing.sum().over(GROUP)
    live = pl.col("news") & (~pl.col("old") | last_old)
    return by_arrival.with_columns(live=live).drop("news", "old")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found in one scoring, with the pieces it rests on."""

    finding_id: str
    signal_id: str
    issuer_id: str
    kind: str
    as_of: datetime
    recorded_at: datetime
    strength: float
    reason: str
    said: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def cause(self) -> str:
        """Names what does not fit, whichever scoring finds it."""
        return content_id(self.kind, *(self.said or (self.reason,)), "against", *self.against)


def findings_of(store: Store, rule: Rule, issuers: Collection[str] | None) -> list[Finding]:
    """What the checks of some issuers (of all if None) found at the rule's strength, in order of time."""
    assert isinstance(rule.condition, Contradiction)
    where, params = _wanted(rule, Scope(None if issuers is None else sorted(issuers)))
    rows = store.read(
        "SELECT f.finding_id, f.signal_id, s.issuer_id, s.kind, s.as_of, s.recorded_at, f.strength, f.reason,"
        " f.said, f.against FROM signals s JOIN findings f USING (signal_id)"
        f" WHERE {where} AND f.verdict = 'finding' AND f.strength >= $strength"
        " ORDER BY s.issuer_id, s.kind, s.as_of, s.recorded_at, s.signal_id, f.rank",
        params | {"strength": rule.condition.strength},
    )
    return [
        Finding(**row | {side: _pieces(row[side]) for side in ("said", "against")})
        for row in rows.iter_rows(named=True)
    ]


def _pieces(side: str) -> tuple[str, ...]:
    return tuple(sorted({cited["evidence_id"] for cited in json.loads(side)}))


def same_contradiction(findings: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Each finding with the first that rests on a piece it rests on too, itself if there is none.

    Args:
        findings: in order of issuer, check and time: that of their moments, or that of their storing.
    """
    series: tuple[str, str] | None = None
    first_with: dict[str, Finding] = {}
    for finding in findings:
        if (finding.issuer_id, finding.kind) != series:
            series, first_with = (finding.issuer_id, finding.kind), {}
        pieces = finding.said or (finding.cause,)
        known = [first_with[piece] for piece in pieces if piece in first_with]
        first = min(known, key=lambda one: (one.as_of, one.recorded_at, one.finding_id)) if known else finding
        first_with.update(dict.fromkeys((p for p in pieces if p not in first_with), first))
        yield finding, first


def synthetic_issuers(store: Store, issuers: Collection[str]) -> set[str]:
    """Those of some issuers of whom any document is made up."""
    rows = store.read(
        "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], l.issuer_id)"
        " AND json_extract_string(d.hints, '$.synthetic') IS NOT NULL",
        {"wanted": sorted(issuers)},
    )
    return set(rows["issuer_id"].to_list())
