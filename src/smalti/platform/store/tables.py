"""What a row of each table is, for whoever makes rows outside the database.

The SQL in `migrations/` makes the tables; a test holds these schemas against it. `recorded_at` is absent
here because only the writer knows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

TIME = pl.Datetime("us", "UTC")
_TEXT = pl.String
_TEXTS = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class Table:
    """Schema and key of one table.

    `replace`: a row with a known key takes the old one's place (current state); otherwise it is ignored
    (history never changes).
    """

    columns: Mapping[str, Any]
    key: tuple[str, ...]
    replace: bool = False


def _columns(dtype: Any, names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), dtype)


TABLES: Mapping[str, Table] = {
    "issuers": Table(_columns(_TEXT, "issuer_id name cik lei"), ("issuer_id",)),
    "issuer_names": Table(
        _columns(_TEXT, "issuer_id text kind") | _columns(pl.Date, "valid_from valid_to") | {"origin": _TEXT},
        ("issuer_id", "text", "kind"),
    ),
    "sources": Table(
        _columns(_TEXT, "source_id name kind address schedule options") | {"paused": pl.Boolean},
        ("source_id",),
        replace=True,
    ),
    "cursors": Table(
        _columns(_TEXT, "source_id name revision etag last_modified") | {"checked_at": TIME},
        ("source_id", "name"),
        replace=True,
    ),
    "artifacts": Table({"artifact_id": _TEXT, "size": pl.Int64}, ("artifact_id",)),
    "sightings": Table(
        _columns(_TEXT, "sighting_id artifact_id source_id path url headers") | {"fetched_at": TIME},
        ("sighting_id",),
    ),
    "dispositions": Table(
        _columns(_TEXT, "source_id path record artifact_id outcome parser detail run_id"),
        ("source_id", "path", "record"),
        replace=True,
    ),
    "documents": Table(
        _columns(_TEXT, "document_id artifact_id part parser parser_version kind title author url language")
        | {"available_at": TIME}
        | _columns(_TEXT, "available_method partial hints"),
        ("document_id",),
    ),
    "evidence": Table(
        _columns(_TEXT, "evidence_id document_id kind")
        | {"ordinal": pl.Int64}
        | _columns(_TEXT, "locator text payload media_id content_id"),
        ("evidence_id",),
    ),
    "facts": Table(
        _columns(_TEXT, "evidence_id document_id concept label")
        | {"value": pl.Float64, "unit": _TEXT}
        | _columns(pl.Date, "period_start period_end")
        | {"unverified": _TEXT},
        ("evidence_id",),
    ),
    "prices": Table(
        {"ticker": _TEXT, "day": pl.Date}
        | _columns(pl.Float64, "close adjusted_close volume")
        | {"document_id": _TEXT, "available_at": TIME},
        ("ticker", "day", "document_id"),
    ),
    "links": Table(
        _columns(_TEXT, "document_id issuer_id") | {"score": pl.Float64} | _columns(_TEXT, "method quote"),
        ("document_id", "issuer_id"),
    ),
    "duplicates": Table(
        _columns(_TEXT, "document_id of_document method") | {"score": pl.Float64},
        ("document_id",),
        replace=True,
    ),
    "likenesses": Table(
        _columns(_TEXT, "evidence_id of_evidence") | {"distance": pl.Int64}, ("evidence_id", "of_evidence")
    ),
    "comparisons": Table(
        _columns(_TEXT, "evidence_id item with_evidence verdict") | _columns(pl.Float64, "ours theirs"),
        ("evidence_id", "item", "with_evidence"),
    ),
    "embeddings": Table(
        _columns(_TEXT, "content_id encoder") | {"vector": pl.List(pl.Float32)}, ("content_id", "encoder")
    ),
    "signals": Table(
        _columns(_TEXT, "signal_id case_id issuer_id kind")
        | {"as_of": TIME, "horizon_days": pl.Int64}
        | _columns(pl.Float64, "value low high percentile")
        | {"model_version": _TEXT}
        | _columns(_TEXTS, "used missing not_trained stale")
        | {"in_sample": pl.Boolean}
        | _columns(_TEXT, "reason details"),
        ("signal_id",),
    ),
    "attributions": Table(
        _columns(_TEXT, "signal_id evidence_id modality")
        | {"effect": pl.Float64, "rank": pl.Int64, "method": _TEXT},
        ("signal_id", "evidence_id", "modality", "method"),
    ),
    "findings": Table(
        _columns(_TEXT, "finding_id signal_id verdict")
        | {"rank": pl.Int64, "strength": pl.Float64}
        | _columns(_TEXT, "reason said against details"),
        ("finding_id",),
    ),
    "runs": Table(
        _columns(_TEXT, "run_id stage subject state")
        | _columns(TIME, "started_at finished_at")
        | _columns(_TEXT, "counts error"),
        ("run_id",),
        replace=True,
    ),
    "jobs": Table(
        _columns(_TEXT, "job state")
        | _columns(TIME, "started_at succeeded_at")
        | {"failures": pl.Int64, "error": _TEXT},
        ("job",),
        replace=True,
    ),
    "quarantine": Table(
        _columns(_TEXT, "quarantine_id source_id path record artifact_id stage code reason mend")
        | {"attempts": pl.Int64, "run_id": _TEXT},
        ("quarantine_id",),
        replace=True,
    ),
    "watchlists": Table(
        _columns(_TEXT, "watchlist_id name owner")
        | {"shared": pl.Boolean, "issuers": _TEXTS, "changed_at": TIME},
        ("watchlist_id",),
        replace=True,
    ),
    "users": Table(
        _columns(_TEXT, "name email role password_hash subject") | {"disabled": pl.Boolean, "made_at": TIME},
        ("name",),
        replace=True,
    ),
    "api_keys": Table(
        _columns(_TEXT, "key_id owner role label secret_hash") | _columns(TIME, "made_at ends_at revoked_at"),
        ("key_id",),
        replace=True,
    ),
    "sessions": Table(
        _columns(_TEXT, "session_id owner method") | _columns(TIME, "made_at seen_at ends_at"),
        ("session_id",),
        replace=True,
    ),
    "audit": Table(
        {"audit_id": _TEXT, "happened_at": TIME}
        | _columns(_TEXT, "kind who via action subject outcome address details"),
        ("audit_id",),
    ),
    "publications": Table(
        _columns(_TEXT, "kind subject_id published_by") | {"published_at": TIME},
        ("kind", "subject_id"),
        replace=True,
    ),
    "alert_rules": Table(
        {"rule_id": _TEXT, "version": pl.Int64}
        | _columns(_TEXT, "name spec")
        | {"enabled": pl.Boolean, "enabled_at": TIME, "removed": pl.Boolean}
        | {"made_by": _TEXT, "made_at": TIME},
        ("rule_id", "version"),
        replace=True,
    ),
    "alert_cursors": Table(
        {"rule_id": _TEXT, "version": pl.Int64, "seen_through": TIME, "counts": _TEXT},
        ("rule_id",),
        replace=True,
    ),
    "alerts": Table(
        {"alert_id": _TEXT, "rule_id": _TEXT, "version": pl.Int64}
        | _columns(_TEXT, "issuer_id subject kind")
        | {"horizon_days": pl.Int64}
        | _columns(_TEXT, "severity cause signal_id")
        | {"as_of": TIME}
        | _columns(pl.Float64, "value_before value_after")
        | _columns(_TEXT, "reason details")
        | {"synthetic": pl.Boolean, "raised_at": TIME},
        ("alert_id",),
    ),
    "alert_occurrences": Table(
        _columns(_TEXT, "alert_id cause signal_id") | {"as_of": TIME, "value": pl.Float64},
        ("alert_id", "cause"),
    ),
    "alert_events": Table(
        _columns(_TEXT, "event_id alert_id")
        | {"ordinal": pl.Int64}
        | _columns(_TEXT, "kind value text made_by")
        | {"made_at": TIME},
        ("event_id",),
    ),
    "alert_backtests": Table(
        {"backtest_id": _TEXT, "rule_id": _TEXT, "version": pl.Int64}
        | _columns(TIME, "begins ends")
        | {"result": _TEXT, "made_by": _TEXT, "made_at": TIME},
        ("backtest_id",),
    ),
    "alert_recipients": Table(
        {
            "name": _TEXT,
            "channels": _TEXTS,
            "quiet": _TEXT,
            "zone": _TEXT,
            "budget": pl.Int64,
            "least": _TEXT,
        },
        ("name",),
        replace=True,
    ),
    "alert_notices": Table(
        _columns(_TEXT, "alert_id recipient state why") | {"decided_at": TIME},
        ("alert_id", "recipient"),
        replace=True,
    ),
    "alert_channels": Table(
        _columns(_TEXT, "channel_id name kind address options secret made_by") | {"made_at": TIME},
        ("channel_id",),
        replace=True,
    ),
    "deliveries": Table(
        _columns(_TEXT, "delivery_id channel_id title message state")
        | {"attempts": pl.Int64, "status": pl.Int64, "error": _TEXT}
        | _columns(TIME, "queued_at next_try ended_at"),
        ("delivery_id",),
        replace=True,
    ),
    "delivery_attempts": Table(
        {"delivery_id": _TEXT, "attempt": pl.Int64, "tried_at": TIME}
        | {"outcome": _TEXT, "status": pl.Int64, "error": _TEXT},
        ("delivery_id", "attempt"),
    ),
    "reports": Table(
        _columns(_TEXT, "report_id title headline subject_kind subject_id subject")
        | {"issuers": _TEXTS}
        | _columns(TIME, "since as_of recorded_by")
        | {"schedule_id": _TEXT, "due_at": TIME, "skipped": _TEXTS, "synthetic": pl.Boolean}
        | {"made_with": _TEXTS}
        | _columns(_TEXT, "fingerprint content_id pdf_id html_id"),
        ("report_id",),
    ),
    "report_sources": Table(_columns(_TEXT, "report_id document_id"), ("report_id", "document_id")),
    "report_schedules": Table(
        _columns(_TEXT, "schedule_id name subject_kind subject cron zone")
        | _columns(_TEXTS, "formats channels")
        | {"when_unchanged": _TEXT, "starts_at": TIME},
        ("schedule_id",),
        replace=True,
    ),
    "report_dues": Table(
        _columns(_TEXT, "due_id schedule_id")
        | {"due_at": TIME, "outcome": _TEXT, "report_id": _TEXT, "skipped": _TEXTS},
        ("due_id",),
    ),
    "conversations": Table(
        _columns(_TEXT, "conversation_id owner channel outside title")
        | _columns(TIME, "began_at changed_at"),
        ("conversation_id",),
        replace=True,
    ),
    "turns": Table(
        {"turn_id": _TEXT, "conversation_id": _TEXT, "ordinal": pl.Int64}
        | _columns(_TEXT, "question answer status kind audience asked_by")
        | {"attached": _TEXTS, "as_of": TIME, "known_at": TIME, "ms": pl.Int64},
        ("turn_id",),
        replace=True,
    ),
    "turn_feedback": Table(
        _columns(_TEXT, "feedback_id turn_id thumb correction")
        | {"evidence": _TEXTS, "made_by": _TEXT, "made_at": TIME},
        ("feedback_id",),
        replace=True,
    ),
    "integrations": Table(
        _columns(_TEXT, "integration_id name kind address setup secrets made_by") | {"made_at": TIME},
        ("integration_id",),
        replace=True,
    ),
    "integration_events": Table(
        _columns(_TEXT, "event_id integration_id thread signature said turn_id outgoing")
        | {"sent": pl.Int64, "state": _TEXT, "attempts": pl.Int64, "error": _TEXT}
        | _columns(TIME, "got_at next_try ended_at"),
        ("event_id",),
        replace=True,
    ),
    "erasures": Table(
        _columns(_TEXT, "erasure_id subject kind reason by_whom") | {"erased_at": TIME, "counts": _TEXT},
        ("erasure_id",),
    ),
    "tombstones": Table(_columns(_TEXT, "hash kind erasure_id"), ("hash", "kind")),
    "erased_signals": Table(
        _columns(_TEXT, "signal_id erasure_id how") | {"pieces": pl.Int64}, ("signal_id", "erasure_id")
    ),
}

# Tables of the service's own (who may sign in, what was sent to whom): no published snapshot holds them.
PRIVATE: frozenset[str] = frozenset(
    (
        *("users", "api_keys", "sessions", "audit", "publications"),
        *("alert_events", "alert_recipients", "alert_notices", "alert_channels"),
        *("deliveries", "delivery_attempts"),
        *("watchlists", "report_schedules"),
        *("integrations", "integration_events"),
        *("conversations", "turns", "turn_feedback"),
        "erasures",
    )
)


class Batch:
    """Rows for several tables that are written together or not at all."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {}
        self._frames: dict[str, list[pl.DataFrame]] = {}
        self.drops: list[tuple[str, Mapping[str, Any]]] = []

    def drop(self, table: str, **where: Any) -> None:
        """First take out the rows of a table of current state whose columns equal these."""
        if not TABLES[table].replace:
            raise ValueError(f"{table} is history, which is not deleted")
        self.drops.append((table, where))

    def add(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Append rows; absent columns are null, unknown columns a `KeyError`."""
        known = TABLES[table].columns
        for row in rows:
            unknown = row.keys() - known.keys()
            if unknown:
                raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
        if rows:
            self._rows.setdefault(table, []).extend(rows)

    def add_frame(self, table: str, frame: pl.DataFrame) -> None:
        """Append a frame whose columns are all of the table's."""
        schema = TABLES[table].columns
        self._frames.setdefault(table, []).append(frame.select(pl.col(c).cast(t) for c, t in schema.items()))

    def frames(self) -> dict[str, pl.DataFrame]:
        """One frame a table, the first row of each key kept."""
        out: dict[str, pl.DataFrame] = {}
        for name in {**self._rows, **self._frames}:
            table = TABLES[name]
            parts = list(self._frames.get(name, ()))
            if rows := self._rows.get(name):
                parts.append(_frame(table.columns, rows))
            out[name] = pl.concat(parts).unique(subset=list(table.key), keep="first", maintain_order=True)
        return out

    def __len__(self) -> int:
        return (
            len(self.drops)
            + sum(map(len, self._rows.values()))
            + sum(f.height for frames in self._frames.values() for f in frames)
        )


def _frame(columns: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in columns}, schema=dict(columns), strict=False
    )
