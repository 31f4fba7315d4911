"""What contradicts what over all issuers, by each one's newest scoring: findings, and what was not judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from smalti.assistant.answers.contradictions import JUDGED
from smalti.platform.store import Store
from smalti.service.signals import finding_views
from smalti.service.views import FindingView

_GROUPS = 60
"""Reasons told of what could not be judged, those met most often."""

FOUND = (
    f"{JUDGED} SELECT f.*, j.kind, j.as_of, j.issuer_id, i.name AS issuer FROM findings f"
    " JOIN judged j USING (signal_id) JOIN issuers i USING (issuer_id)"
    " WHERE f.strength IS NOT NULL AND f.strength >= $least"
)
"""The findings as of `$as_of`, a row each."""

_COUNTED = (
    f'{JUDGED} SELECT j.kind AS "check", count(f.strength) AS findings, max(f.strength) AS strongest,'
    " count(DISTINCT j.issuer_id) FILTER (f.strength IS NOT NULL) AS issuers,"
    " count(*) FILTER (f.finding_id IS NOT NULL AND f.strength IS NULL) AS silences"
    " FROM judged j JOIN findings f USING (signal_id) GROUP BY j.kind ORDER BY findings DESC, j.kind"
)

# What a reason names besides (a word it stumbled over, a number, a day) tells issuers apart, not reasons.
_SILENT = (
    f'{JUDGED}, told AS (SELECT j.kind AS "check", j.issuer_id, f.reason, regexp_replace(regexp_replace('
    r"regexp_replace(f.reason, '\s*\([^()]*\)', '', 'g'), '(^|\s)''[^'']*''', '\1…', 'g'),"
    r" '\d[\d.,:-]*', '…', 'g') AS why"
    " FROM findings f JOIN judged j USING (signal_id) WHERE f.strength IS NULL)"
    ' SELECT "check", CASE WHEN count(DISTINCT reason) = 1 THEN any_value(reason) ELSE why END AS reason,'
    ' count(*) AS times, count(DISTINCT issuer_id) AS issuers FROM told GROUP BY "check", why'
    f' ORDER BY times DESC, "check", why LIMIT {_GROUPS}'
)

_SYNTHETIC = (
    "SELECT DISTINCT l.issuer_id FROM links l JOIN documents d USING (document_id)"
    " WHERE list_contains($issuers::TEXT[], l.issuer_id)"
    " AND json_extract_string(d.hints, '$.synthetic') IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A finding, and whose it is."""

    issuer_id: str
    issuer: str
    finding: FindingView


@dataclass(frozen=True, slots=True)
class CheckCount:
    """How much one check found: findings, the strongest of them, in how many issuers, and silences."""

    check: str
    findings: int
    strongest: float | None
    issuers: int
    silences: int


@dataclass(frozen=True, slots=True)
class SilenceGroup:
    """Why a check could not judge, how often, in how many issuers; `…` stands for what differs."""

    check: str
    reason: str
    times: int
    issuers: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The findings and silences as of a moment, counted.

    Attributes:
        checks: those that found or kept quiet about something, most findings first.
        silences: the reasons met most often.
    """

    checks: Sequence[CheckCount]
    silences: Sequence[SilenceGroup]


def chosen(
    as_of: datetime, issuers: Sequence[str] | None, check: str | None, least: float = 0.0
) -> dict[str, Any]:
    """The parameters of `FOUND`.

    Args:
        as_of: no scoring after it is read.
        issuers: ids; all if None.
        check: the sub-signal, such as `fraud.crowd`; all if None.
        least: strength of a finding, 0 to 1.
    """
    wanted = None if issuers is None else list(issuers)
    return {"as_of": as_of, "issuers": wanted, "check": check, "least": least}


def contradictions(store: Store, rows: Sequence[Mapping[str, Any]]) -> list[Contradiction]:
    """Findings of rows of `FOUND`, with the places they cite."""
    whose = sorted({row["issuer_id"] for row in rows})
    made_up = set(store.read(_SYNTHETIC, {"issuers": whose})["issuer_id"])
    views = finding_views(store, [{**row, "synthetic": row["issuer_id"] in made_up} for row in rows])
    return [
        Contradiction(row["issuer_id"], row["issuer"], view) for row, view in zip(rows, views, strict=True)
    ]


def tally(store: Store, as_of: datetime, issuers: Sequence[str] | None, check: str | None) -> Tally:
    """Findings by check, and silences by reason, of each issuer's newest scoring as of a moment."""
    asked = chosen(as_of, issuers, check)
    del asked["least"]
    checks = store.read(_COUNTED, asked).iter_rows(named=True)
    silences = store.read(_SILENT, asked).iter_rows(named=True)
    return Tally([CheckCount(**row) for row in checks], [SilenceGroup(**row) for row in silences])
