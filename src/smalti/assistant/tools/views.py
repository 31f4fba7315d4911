"""The tool `read_view`: rows of views that stand here, narrowed by filters that are values, never SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from smalti.assistant.grounds import Grounds
from smalti.assistant.tools.records import Parameters, Result
from smalti.platform.errors import InputError

MOST_ROWS = 200
_MOST_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class View:
    """What may be read: our own statement, and its columns with their types."""

    about: str
    sql: str
    columns: Mapping[str, type]


VIEWS: Mapping[str, View] = {
    "facts": View(
        "Numbers that filings state (XBRL and recognised tables), with unit and period.",
        """SELECT l.issuer_id, i.name AS issuer, f.concept, f.label, f.value, f.unit, f.period_start,
            f.period_end, f.unverified, f.evidence_id, f.document_id, d.available_at
        FROM facts f JOIN documents d USING (document_id) JOIN links l USING (document_id)
        JOIN issuers i USING (issuer_id) WHERE d.available_at <= $as_of""",
        {
            "issuer_id": str, "issuer": str, "concept": str, "label": str, "value": float, "unit": str,
            "period_start": date, "period_end": date, "unverified": str, "evidence_id": str,
            "document_id": str, "available_at": datetime,
        },
    ),
    "signals": View(
        "Scores: risk, fraud, sentiment and sub-signals, with interval, percentile and model.",
        """SELECT s.signal_id, s.issuer_id, i.name AS issuer, s.kind, s.as_of, s.horizon_days, s.value, s.low,
            s.high, s.percentile, s.model_version, s.in_sample, s.reason
        FROM signals s JOIN issuers i USING (issuer_id) WHERE s.as_of <= $as_of""",
        {
            "signal_id": str, "issuer_id": str, "issuer": str, "kind": str, "as_of": datetime,
            "horizon_days": int, "value": float, "low": float, "high": float, "percentile": float,
            "model_version": str, "in_sample": bool, "reason": str,
        },
    ),
    "attributions": View(
        "How much each piece of evidence moved a signal.",
        """SELECT a.signal_id, s.issuer_id, s.kind, s.as_of, a.evidence_id, a.modality, a.effect, a.rank,
            a.method
        FROM attributions a JOIN signals s USING (signal_id) JOIN evidence e USING (evidence_id)
        JOIN documents d USING (document_id) WHERE s.as_of <= $as_of AND d.available_at <= $as_of""",
        {
            "signal_id": str, "issuer_id": str, "kind": str, "as_of": datetime, "evidence_id": str,
            "modality": str, "effect": float, "rank": int, "method": str,
        },
    ),
    "findings": View(
        "What checks found (`finding`) or could not judge (`cannot compare`).",
        """SELECT f.finding_id, f.signal_id, s.issuer_id, i.name AS issuer, s.kind AS check_kind, s.as_of,
            f.verdict, f.strength, f.reason
        FROM findings f JOIN signals s USING (signal_id) JOIN issuers i USING (issuer_id)
        WHERE s.as_of <= $as_of""",
        {
            "finding_id": str, "signal_id": str, "issuer_id": str, "issuer": str, "check_kind": str,
            "as_of": datetime, "verdict": str, "strength": float, "reason": str,
        },
    ),
    "comparisons": View(
        "The same number told twice by two pieces of evidence, and whether they agree.",
        """SELECT c.evidence_id, c.item, c.with_evidence, c.verdict, c.ours, c.theirs, d.document_id,
            d.available_at
        FROM comparisons c JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)
        JOIN evidence o ON o.evidence_id = c.with_evidence JOIN documents p ON p.document_id = o.document_id
        WHERE d.available_at <= $as_of AND p.available_at <= $as_of""",
        {
            "evidence_id": str, "item": str, "with_evidence": str, "verdict": str, "ours": float,
            "theirs": float, "document_id": str, "available_at": datetime,
        },
    ),
    "prices": View(
        "Daily closing prices and volumes.",
        """SELECT ticker, day, close, adjusted_close, volume, available_at FROM prices
        WHERE available_at <= $as_of""",
        {
            "ticker": str, "day": date, "close": float, "adjusted_close": float, "volume": float,
            "available_at": datetime,
        },
    ),
}  # fmt: skip
"""All that can be read so; users, keys, conversations and the like are not among them."""


class Op(StrEnum):
    """How a column is compared."""

    EQUAL = "="
    AT_LEAST = ">="
    AT_MOST = "<="


class ViewName(StrEnum):
    """Names of the views."""

    FACTS = "facts"
    SIGNALS = "signals"
    ATTRIBUTIONS = "attributions"
    FINDINGS = "findings"
    COMPARISONS = "comparisons"
    PRICES = "prices"


class Where(Parameters):
    """One condition on a row."""

    column: Annotated[str, Field(max_length=40)]
    op: Op = Op.EQUAL
    value: Annotated[str, Field(max_length=200)] | float | bool


class ReadView(Parameters):
    """Parameters of `read_view`."""

    view: Annotated[
        ViewName,
        Field(
            description="; ".join(f"{n}: {v.about} Columns: {', '.join(v.columns)}" for n, v in VIEWS.items())
        ),
    ]
    columns: Annotated[Sequence[str], Field(max_length=20, description="Columns to give; all if none.")] = ()
    where: Annotated[Sequence[Where], Field(max_length=8, description="All of them must hold.")] = ()
    order_by: Annotated[str, Field(max_length=40, description="Column to order by.")] = ""
    descending: bool = False
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


def read_view(asked: ReadView, grounds: Grounds) -> Result:
    """Read rows of one of the views: filters compare a column with a value by =, >= or <=. No SQL is taken.

    Ids in the rows (`evidence_id`, `with_evidence`) can be read with `read_evidence` and cited.

    Raises:
        InputError: a column is not one of the view's, or a value is not of its type.
    """
    view = VIEWS[asked.view]
    shown = list(dict.fromkeys(asked.columns)) or list(view.columns)
    conditions, values = [], {}
    for number, one in enumerate(asked.where):
        conditions.append(f"{_column(view, one.column)} {one.op.value} $p{number}")
        values[f"p{number}"] = _value(view.columns[one.column], one)
    # What becomes part of the statement are names of `VIEWS` and operators of `Op`; all else is bound.
    sql = f"SELECT {', '.join(_column(view, one) for one in shown)} FROM ({view.sql})"
    if conditions:
        sql += f" WHERE {' AND '.join(conditions)}"
    if asked.order_by:
        sql += f" ORDER BY {_column(view, asked.order_by)} {'DESC' if asked.descending else 'ASC'} NULLS LAST"
    found = grounds.rows(f"{sql} LIMIT {asked.limit + 1}", **values).to_dicts()
    notes = [f"only the first {asked.limit} rows are given"] if len(found) > asked.limit else []
    rows = [{name: _short(value) for name, value in row.items()} for row in found[: asked.limit]]
    return Result("read_view", "found" if rows else "nothing", rows=rows, notes=notes)


def _column(view: View, name: str) -> str:
    if name not in view.columns:
        known = ", ".join(view.columns)
        raise InputError("the view has no such column", subject=name, mend=f"one of: {known}")
    return f'"{name}"'


def _value(wanted: type, where: Where) -> Any:
    value = where.value
    try:
        if wanted in (float, int) and not isinstance(value, bool):
            return float(value)
        if wanted is bool and isinstance(value, bool):
            return value
        if wanted is datetime and isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        if wanted is date and isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        pass
    if wanted is str and isinstance(value, str):
        return value
    raise InputError(f"`{where.column}` is compared with a {wanted.__name__}", subject=str(value)[:100])


def _short(value: Any) -> Any:
    return value[:_MOST_CHARACTERS] if isinstance(value, str) else value
