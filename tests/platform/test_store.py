"""The store: one owner, whole batches, both clocks, and a schema that DuckLake takes too."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from importlib.metadata import files

import duckdb
import polars as pl
import pytest

from smalti.platform.errors import StoreError, StoreLocked
from smalti.platform.ledger import Run, close_interrupted
from smalti.platform.store import TABLES, Batch, Store
from smalti.platform.store.schema import migrate, migrations
from smalti.platform.store.store import OWN_TABLES

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.duckdb") as opened:
        yield opened


def document(name: str, available_at: datetime | None = NOON) -> dict[str, object]:
    return {"document_id": name, "title": name, "available_at": available_at}


def batch_of(table: str, *rows) -> Batch:
    batch = Batch()
    batch.add(table, *rows)
    return batch


def test_the_schemas_rows_are_made_with_are_those_of_the_database(store):
    for name, table in TABLES.items():
        frame = store.read(f"SELECT * EXCLUDE (recorded_at) FROM {name}")
        assert dict(frame.schema) == dict(table.columns), name


def test_writing_a_batch_twice_is_the_same_as_once(store):
    assert store.commit(batch_of("documents", document("a"), document("b"))) == {"documents": 2}
    assert store.commit(batch_of("documents", document("a"), document("b"))) == {"documents": 0}
    assert store.counts()["documents"] == 2


def test_a_row_of_current_state_takes_the_place_of_the_old_one(store):
    row = {"source_id": "s", "path": "p", "record": "", "outcome": "quarantined"}
    store.commit(batch_of("dispositions", row))
    store.commit(batch_of("dispositions", row | {"outcome": "parsed"}))
    assert store.read("SELECT outcome FROM dispositions")["outcome"].to_list() == ["parsed"]


def test_a_batch_is_written_whole_or_not_at_all(store, monkeypatch):
    batch = batch_of("documents", document("a"))
    batch.add("links", {"document_id": "a", "issuer_id": "i", "score": 1.0})
    broken = batch.frames() | {"links": pl.DataFrame({"no_such_column": [1]})}
    monkeypatch.setattr(batch, "frames", lambda: broken)
    with pytest.raises(duckdb.Error):
        store.commit(batch)
    assert store.counts()["documents"] == 0


def test_what_nobody_dated_becomes_available_when_it_is_recorded(store):
    later = datetime(2026, 3, 4, tzinfo=UTC)
    store.commit(batch_of("documents", document("dated"), document("undated", None)), recorded_at=later)
    rows = store.read("SELECT document_id, available_at FROM documents ORDER BY 1")
    assert rows.rows() == [("dated", NOON), ("undated", later)]


def test_an_unknown_column_is_refused():
    with pytest.raises(KeyError, match="colour"):
        batch_of("documents", {"colour": "red"})


def test_history_cannot_be_dropped():
    with pytest.raises(ValueError, match="history"):
        Batch().drop("evidence", evidence_id="x")


def test_a_second_owner_is_told_who_the_first_is(store):
    code = (
        "import sys; from pathlib import Path; from smalti.platform.store import Store\n"
        f"Store(Path({str(store.path)!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "StoreLocked" in done.stderr
    assert "is using it" in done.stderr
    with pytest.raises(StoreLocked):
        Store(store.path)


def test_a_file_of_a_newer_smalti_is_refused(tmp_path):
    path = tmp_path / "s.duckdb"
    with Store(path):
        pass
    with duckdb.connect(str(path)) as con:
        con.execute("INSERT INTO schema_versions VALUES (9999, 'future', now())")
    with pytest.raises(StoreError, match="upgrade smalti"):
        Store(path)


def test_a_file_that_is_no_store_is_refused_and_unlocked(tmp_path):
    path = tmp_path / "s.duckdb"
    path.write_bytes(b"not a database" * 1000)
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot open"):
            Store(path)


def test_migrations_are_numbered_once_each_and_run_once(store):
    steps = migrations()
    assert len({s.version for s in steps}) == len(steps)
    assert store.read("SELECT version FROM schema_versions").height == len(steps)


def test_the_whole_schema_creates_and_takes_rows_in_ducklake(tmp_path):
    extension = next(
        f for f in files("duckdb-extension-ducklake") or [] if str(f).endswith("ducklake.duckdb_extension")
    )
    con = duckdb.connect()
    con.execute(f"LOAD '{extension.locate()}'")
    con.execute(f"ATTACH 'ducklake:{tmp_path}/lake.ducklake' AS lake (DATA_PATH '{tmp_path}/files')")
    con.execute("USE lake")
    migrate(con)
    batch = batch_of("documents", document("a"))
    batch.add("embeddings", {"content_id": "c", "encoder": "e", "vector": [0.5, -1.0]})
    batch.add("signals", {"signal_id": "s", "as_of": NOON, "used": ["text@call"], "details": "{}"})
    batch.add("prices", {"ticker": "T", "day": date(2026, 1, 2), "close": 1.5, "available_at": NOON})
    for name, rows in batch.frames().items():
        assert rows.height == 1
        con.execute(f"INSERT INTO {name} BY NAME SELECT * FROM rows")
    assert con.sql("SELECT vector FROM embeddings").fetchone() == ([0.5, -1.0],)
    assert con.sql("SELECT used FROM signals").fetchone() == (["text@call"],)
    made = {row[0] for row in con.sql("SHOW TABLES").fetchall()}
    assert made == {*TABLES, *OWN_TABLES}
    con.close()


def test_a_run_is_in_the_ledger_from_its_first_moment_and_a_crash_is_found(store):
    with Run(store, "ingest", "here") as run:
        run.counts["parsed"] += 2
        assert store.read("SELECT state FROM runs").item() == "running"
    assert store.read("SELECT state, counts FROM runs").row(0) == ("done", '{"parsed":2}')
    with pytest.raises(ZeroDivisionError), Run(store, "score", "x"):
        raise ZeroDivisionError("oh")
    assert store.read("SELECT error FROM runs WHERE state = 'failed'").item() == "ZeroDivisionError: oh"
    Run(store, "link", "killed here")
    assert [cut.subject for cut in close_interrupted(store)] == ["killed here"]
    assert not close_interrupted(store)
    assert store.read("SELECT state FROM runs WHERE stage = 'link'").item() == "interrupted"
