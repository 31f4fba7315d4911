"""The rules a store keeps, each a query for what breaks it.

DuckLake takes neither keys nor checks, so the store has none; what they would hold is held here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smalti.platform.store import TABLES

_READ_AGAIN = "ingest its source again, or `smalti restore DIR`"
_RESTORE = "`smalti restore DIR` brings a backup back"
_ERASED_SIGNALS = " AND t.signal_id NOT IN (SELECT signal_id FROM erased_signals)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in plain words and the query whose rows (`id`) break it."""

    name: str
    sql: str
    mend: str


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column whose values stand in another table too."""

    table: str
    column: str
    other: str
    other_column: str
    unless: str = ""
    mend: str = _RESTORE


_REFERENCES = (
    _Reference("issuer_names", "issuer_id", "issuers", "issuer_id"),
    _Reference("cursors", "source_id", "sources", "source_id"),
    _Reference("sightings", "source_id", "sources", "source_id"),
    _Reference("sightings", "artifact_id", "artifacts", "artifact_id", mend=_READ_AGAIN),
    _Reference("dispositions", "source_id", "sources", "source_id"),
    _Reference("dispositions", "run_id", "runs", "run_id"),
    _Reference("quarantine", "source_id", "sources", "source_id"),
    _Reference("quarantine", "run_id", "runs", "run_id"),
    _Reference("documents", "artifact_id", "artifacts", "artifact_id", mend=_READ_AGAIN),
    _Reference("evidence", "document_id", "documents", "document_id", mend=_READ_AGAIN),
    _Reference("facts", "evidence_id", "evidence", "evidence_id", mend=_READ_AGAIN),
    _Reference("facts", "document_id", "documents", "document_id", mend=_READ_AGAIN),
    _Reference("prices", "document_id", "documents", "document_id", mend=_READ_AGAIN),
    _Reference("links", "document_id", "documents", "document_id"),
    _Reference("links", "issuer_id", "issuers", "issuer_id"),
    _Reference("duplicates", "document_id", "documents", "document_id"),
    _Reference("duplicates", "of_document", "documents", "document_id"),
    _Reference("likenesses", "evidence_id", "evidence", "evidence_id"),
    _Reference("likenesses", "of_evidence", "evidence", "evidence_id"),
    _Reference("comparisons", "evidence_id", "evidence", "evidence_id"),
    _Reference("comparisons", "with_evidence", "evidence", "evidence_id"),
    _Reference("embeddings", "content_id", "evidence", "content_id"),
    _Reference("signals", "issuer_id", "issuers", "issuer_id"),
    _Reference("attributions", "signal_id", "signals", "signal_id"),
    _Reference("attributions", "evidence_id", "evidence", "evidence_id", unless=_ERASED_SIGNALS),
    _Reference("findings", "signal_id", "signals", "signal_id"),
    _Reference("turns", "conversation_id", "conversations", "conversation_id"),
    _Reference("turn_feedback", "turn_id", "turns", "turn_id"),
    _Reference("erased_signals", "signal_id", "signals", "signal_id"),
    _Reference("erased_signals", "erasure_id", "erasures", "erasure_id"),
)

_OWN = (
    Rule(
        "every file that was received has a disposition",
        "SELECT DISTINCT s.source_id || ' ' || s.path AS id FROM sightings s ANTI JOIN"
        " (SELECT source_id, path FROM dispositions WHERE record = '') USING (source_id, path)",
        _READ_AGAIN,
    ),
    Rule(
        "every disposition is of an artifact that is there, was erased, or never came",
        "SELECT x.source_id || ' ' || x.path || ' ' || x.record AS id FROM dispositions x"
        " ANTI JOIN artifacts a USING (artifact_id) WHERE coalesce(x.artifact_id, '') <> ''"
        " AND x.outcome <> 'quarantined' AND x.artifact_id NOT IN (SELECT hash FROM tombstones)",
        _READ_AGAIN,
    ),
    Rule(
        "every disposition is one of the five",
        "SELECT source_id || ' ' || path || ' ' || record AS id FROM dispositions WHERE coalesce(outcome, '')"
        " NOT IN ('parsed', 'part of', 'duplicate', 'skipped', 'quarantined')",
        _READ_AGAIN,
    ),
    Rule(
        "every document's file was read",
        "SELECT d.document_id AS id FROM documents d ANTI JOIN dispositions x USING (artifact_id)",
        _READ_AGAIN,
    ),
    Rule(
        "what is quarantined has a quarantined disposition",
        "SELECT q.quarantine_id AS id FROM quarantine q ANTI JOIN"
        " (SELECT * FROM dispositions WHERE outcome = 'quarantined') USING (source_id, path, record)",
        "`smalti quarantine retry`",
    ),
    Rule(
        "findings cite evidence that is there",
        "SELECT f.finding_id AS id FROM (SELECT finding_id, signal_id, unnest(list_concat("
        "json_extract_string(said, '$[*].evidence_id'), json_extract_string(against, '$[*].evidence_id')))"
        " AS evidence_id FROM findings) f ANTI JOIN evidence USING (evidence_id)"
        " WHERE f.signal_id NOT IN (SELECT signal_id FROM erased_signals)",
        _RESTORE,
    ),
    Rule(
        "answers cite evidence that is there",
        "SELECT t.turn_id AS id FROM (SELECT turn_id, unnest(json_extract_string(answer,"
        " '$.citations[*].evidence_id')) AS evidence_id FROM turns) t ANTI JOIN evidence USING (evidence_id)",
        _RESTORE,
    ),
)


def rules(json_columns: Iterator[tuple[str, str]]) -> list[Rule]:
    """All rules.

    Args:
        json_columns: (table, column) of those that hold JSON.
    """
    return [
        *(_reference(one) for one in _REFERENCES),
        *_keys(),
        *_moments(),
        *(_parses(table, column) for table, column in json_columns),
        *_OWN,
    ]


def _reference(r: _Reference) -> Rule:
    key = " || ' ' || ".join(f"coalesce(t.{column}::TEXT, '')" for column in TABLES[r.table].key)
    return Rule(
        f"every {r.table}.{r.column} is a known {r.other}.{r.other_column}",
        f"SELECT {key} AS id FROM {r.table} t WHERE t.{r.column} IS NOT NULL AND NOT EXISTS"
        f" (SELECT 1 FROM {r.other} o WHERE o.{r.other_column} = t.{r.column}){r.unless}",
        r.mend,
    )


def _keys() -> Iterator[Rule]:
    for name, table in TABLES.items():
        columns = ", ".join(table.key)
        shown = " || ' ' || ".join(f"coalesce({column}::TEXT, 'null')" for column in table.key)
        yield Rule(
            f"{name}: each key once",
            f"SELECT {shown} AS id FROM {name} GROUP BY {columns} HAVING count(*) > 1",
            _RESTORE,
        )


def _moments() -> Iterator[Rule]:
    for name, table in TABLES.items():
        shown = f"coalesce({table.key[0]}::TEXT, 'null')"
        wanted = ["recorded_at"]
        if name in ("documents", "prices"):
            wanted.append("available_at")
        if name == "signals":
            wanted.append("as_of")
        for column in wanted:
            yield Rule(
                f"{name}.{column} is never unknown",
                f"SELECT {shown} AS id FROM {name} WHERE {column} IS NULL",
                _RESTORE,
            )


def _parses(table: str, column: str) -> Rule:
    shown = f"coalesce({TABLES[table].key[0]}::TEXT, 'null')"
    return Rule(
        f"{table}.{column} is JSON",
        f"SELECT {shown} AS id FROM {table} WHERE {column} IS NOT NULL AND NOT json_valid({column}::TEXT)",
        _RESTORE,
    )
