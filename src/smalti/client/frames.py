"""Answers as Polars frames, each of a fixed schema, also when there is nothing in it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import polars as pl

from smalti.platform.errors import Malformed

TIME = pl.Datetime("us", "UTC")
Schema = Mapping[str, Any]


def _texts(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), pl.String)


_NUMBERS = dict.fromkeys(("value", "low", "high", "percentile"), pl.Float64)
_MODALITIES = dict.fromkeys(("used", "missing", "not_trained", "stale"), pl.List(pl.String))

SIGNALS: Schema = (
    _texts("signal_id issuer_id issuer kind")
    | {"as_of": TIME, "horizon_days": pl.Int64}
    | _NUMBERS
    | {"model_version": pl.String}
    | _MODALITIES
    | {"in_sample": pl.Boolean, "reason": pl.String, "details": pl.String, "synthetic": pl.Boolean}
    | {"recorded_at": TIME, "erased": pl.String}
)
"""A stored signal a row. `value`, `low`, `high`: annualised volatility as a fraction (risk), a probability
(fraud), -1 to 1 (sentiment); `percentile` 0 to 100; `horizon_days` trading days; `details` JSON;
`erased`: `cited` or `read` where something behind it was erased since."""

SERIES: Schema = (
    {"signal_id": pl.String, "as_of": TIME, "recorded_at": TIME}
    | _NUMBERS
    | {"model_version": pl.String, "in_sample": pl.Boolean}
)
"""One signal of one issuer over time, units as in `SIGNALS`."""

ISSUERS: Schema = (
    _texts("issuer_id name cik lei")
    | {"tickers": pl.List(pl.String), "documents": pl.Int64, "newest": TIME, "scored_as_of": TIME}
    | {"synthetic": pl.Boolean}
)
WATCHLISTS: Schema = _texts("watchlist_id name owner") | {
    "shared": pl.Boolean,
    "issuers": pl.List(pl.String),
    "changed_at": TIME,
}
DOCUMENTS: Schema = (
    _texts("document_id artifact_id part kind title author url language")
    | {"available_at": TIME, "available_method": pl.String, "recorded_at": TIME}
    | _texts("parser parser_version partial file")
    | {"pieces": pl.Int64, "issuers": pl.String, "duplicate_of": pl.String}
    | {"superseded": pl.Boolean, "synthetic": pl.Boolean}
)
"""`available_at` is when the public could know it, `recorded_at` when it was stored; `issuers` is a JSON list
of objects with `issuer_id`, `name`, `score`, `method`."""

EVIDENCE: Schema = (
    _texts("evidence_id document_id kind")
    | {"ordinal": pl.Int64}
    | _texts("where locator text payload media_type title source file")
    | {"available_at": TIME, "recorded_at": TIME, "synthetic": pl.Boolean}
)
"""Pieces of evidence; `locator` and `payload` are JSON objects."""

HITS: Schema = (
    _texts("evidence_id document_id kind source title where locator quote")
    | {"quote_start": pl.Int64, "highlights": pl.String, "issuers": pl.List(pl.String)}
    | _texts("language url file media_id")
    | {"available_at": TIME, "available_method": pl.String, "fused": pl.Float64}
    | {"bm25": pl.Float64, "bm25_rank": pl.Int64, "cosine": pl.Float64, "cosine_rank": pl.Int64}
    | {"synthetic": pl.Boolean}
)
"""What a search found: `fused` orders it, `bm25` is how well its words match, `cosine` (-1 to 1) how near its
meaning is; `highlights` is a JSON list of start and end offsets in `quote`."""

FINDINGS: Schema = (
    _texts("finding_id signal_id check verdict")
    | {"strength": pl.Float64}
    | _texts("reason said against details")
    | {"as_of": TIME, "synthetic": pl.Boolean}
)
"""What checks found: `strength` up to 1, null of what could not be judged; `said` and `against` are the
places cited, JSON lists of objects with `evidence_id`, `where`, `quote` and more."""

HAPPENED: Schema = {"at": TIME, "kind": pl.String, "documents": pl.Int64, "usual": pl.Float64} | _texts(
    "title document_id evidence_id"
)
"""Days on which filings or calls came out, or bursts of news or posts (`usual`: the daily mean before)."""

COMPARISONS: Schema = (
    _texts("verdict item")
    | {"ours": pl.Float64, "theirs": pl.Float64}
    | _texts("evidence_id where title quote with_evidence with_where with_title")
    | {"available_at": TIME}
)
RUNS: Schema = (
    _texts("run_id stage subject state")
    | {"started_at": TIME, "finished_at": TIME}
    | _texts("counts error part")
    | {"done": pl.Int64, "total": pl.Int64}
)
"""The ledger: one execution of one stage a row; `counts` is a JSON object, `done` of `total` items of `part`
tell how far one under way is."""

QUARANTINE: Schema = _texts("quarantine_id source_id source path record stage code reason mend") | {
    "attempts": pl.Int64,
    "recorded_at": TIME,
}
SOURCES: Schema = (
    _texts("name kind address schedule")
    | {"paused": pl.Boolean, "options": pl.String, "last_pull": TIME}
    | _texts("last_state last_counts last_error")
)
"""Configured sources; `options` and `last_counts` are JSON objects."""

ALERTS: Schema = (
    {"alert_id": pl.String, "rule_id": pl.String, "version": pl.Int64}
    | _texts("rule severity issuer_id subject kind")
    | {"horizon_days": pl.Int64, "signal_id": pl.String, "as_of": TIME}
    | {"before": pl.Float64, "after": pl.Float64, "reason": pl.String, "synthetic": pl.Boolean}
    | {"raised_at": TIME, "count": pl.Int64, "last_as_of": TIME}
    | _texts("state assignee verdict link")
)
"""What was raised: `before` and `after` in the unit of the signal (`SIGNALS`), a finding's strength, or hours
without a pull."""

REPORTS: Schema = (
    _texts("report_id title headline subject_kind subject_id subject")
    | {"issuers": pl.List(pl.String), "since": TIME, "as_of": TIME, "recorded_by": TIME}
    | {"schedule_id": pl.String, "due_at": TIME, "skipped": pl.List(pl.String), "synthetic": pl.Boolean}
    | {"made_with": pl.List(pl.String), "pdf_id": pl.String, "html_id": pl.String, "recorded_at": TIME}
)

TASKS: Schema = (
    _texts("task_id name who state stages")
    | dict.fromkeys(("asked_at", "started_at", "finished_at"), TIME)
    | _texts("result error")
)
"""Long work; `stages`, `result` and `error` are JSON."""


def frame(rows: Iterable[Mapping[str, Any]], schema: Schema) -> pl.DataFrame:
    """JSON objects as a frame: times as times, nested values as JSON text; what the schema lacks is left out.

    Raises:
        Malformed: a value is none of its column's.
    """
    listed = list(rows)
    try:
        columns = {name: [_value(row.get(name), kind) for row in listed] for name, kind in schema.items()}
        return pl.DataFrame(columns, schema=dict(schema))
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise Malformed(f"the answer is not of the columns it should have: {error}") from None


def from_arrow(raw: bytes, schema: Schema) -> pl.DataFrame:
    """An Arrow IPC stream as a frame, its columns those of a schema; such as it lacks are left out.

    Raises:
        Malformed: it is none.
    """
    try:
        found = pl.read_ipc_stream(io.BytesIO(raw))
        return found.select(pl.col(n).cast(kind) for n, kind in schema.items() if n in found.columns)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise Malformed(f"the answer is no Arrow stream: {error}") from None


def _value(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if kind == TIME:
        return datetime.fromisoformat(value)
    if kind == pl.Date:
        return date.fromisoformat(value)
    if kind == pl.Float64:
        return float(value)
    if kind == pl.String and not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return value
