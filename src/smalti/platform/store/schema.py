"""The schema, step by step: which steps a store lacks, and taking them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

import duckdb

from smalti.platform.errors import StoreError


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema; never edited once released."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All steps, in order, from `migrations/NNNN_name.sql`."""
    files = sorted(
        (f for f in resources.files(__package__).joinpath("migrations").iterdir() if f.name.endswith(".sql")),
        key=lambda f: f.name,
    )
    return [Migration(int(f.name[:4]), f.name[5:-4], f.read_text(encoding="utf-8")) for f in files]


def version(con: duckdb.DuckDBPyConnection) -> int:
    """The newest step that was taken; 0 of an empty file."""
    return max(_taken(con), default=0)


def missing(con: duckdb.DuckDBPyConnection) -> list[Migration]:
    """The steps still to take.

    Raises:
        StoreError: the file was written by a newer smalti.
    """
    taken, steps = _taken(con), migrations()
    if unknown := taken - {step.version for step in steps}:
        raise StoreError(
            f"the store has schema {max(unknown)}, this smalti knows {steps[-1].version}",
            mend="upgrade smalti",
        )
    return [step for step in steps if step.version not in taken]


def migrate(con: duckdb.DuckDBPyConnection) -> int:
    """Bring the connection's current schema up to date, in one transaction; returns its version.

    Raises:
        StoreError: the file was written by a newer smalti.
        duckdb.Error: a step failed; nothing was changed.
    """
    steps = missing(con)
    con.begin()
    try:
        con.execute(
            "CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT, name TEXT, applied_at TIMESTAMPTZ)"
        )
        for step in steps:
            con.execute(step.sql)
            con.execute(
                "INSERT INTO schema_versions VALUES (?, ?, ?)", [step.version, step.name, datetime.now(UTC)]
            )
        con.commit()
    except BaseException:
        con.rollback()
        raise
    return version(con)


def _taken(con: duckdb.DuckDBPyConnection) -> set[int]:
    known = con.execute(
        "SELECT count(*) FROM duckdb_tables()"
        " WHERE table_name = 'schema_versions' AND database_name = current_database()"
    ).fetchone()
    if not known or not known[0]:
        return set()
    return {int(row[0]) for row in con.execute("SELECT version FROM schema_versions").fetchall()}
