from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from tests.service.care.conftest import Opened

from smalti.platform.errors import NotFound
from smalti.platform.store import PRIVATE, TABLES, Batch
from smalti.service.care import snapshot
from smalti.service.engine import Engine

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)

NOTEBOOK = """
import sys, duckdb, polars as pl
with duckdb.connect(sys.argv[1], read_only=True) as con:
    documents = con.sql("SELECT kind, count(*) AS n FROM documents GROUP BY kind ORDER BY kind").pl()
    about = con.sql("SELECT * FROM snapshot_of").pl()
print(documents.rows(), about["snapshot_of"][0].isoformat(), about["schema_version"][0])
try:
    duckdb.connect(sys.argv[2], read_only=True)
except duckdb.IOException:
    print("the store itself is not to be had")
"""


@pytest.mark.slow
def test_another_process_reads_it_while_the_owner_has_the_store(engine: Engine) -> None:
    made = snapshot.publish(engine, NOON)
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK, made.latest, str(engine.store.path)],
        capture_output=True,
        text=True,
        check=True,
    )
    first, second = done.stdout.splitlines()
    assert first.startswith("[('news', 1), ('social', 3)] 2030-01-02T12:00:00")
    assert first.endswith(str(made.schema_version))
    assert second == "the store itself is not to be had"


def test_it_holds_every_public_table_and_no_private_one(engine: Engine) -> None:
    private = Batch()
    private.add("erasures", {"erasure_id": "x", "reason": "for one pair of eyes", "counts": "{}"})
    engine.store.commit(private)
    made = snapshot.publish(engine, NOON)
    with duckdb.connect(made.path, read_only=True) as con:
        held = {name for (name,) in con.sql("SHOW TABLES").fetchall()}
    assert held == (TABLES.keys() - PRIVATE) | {"snapshot_of"}
    assert b"for one pair of eyes" not in Path(made.path).read_bytes()
    assert made.tables["documents"] == 4


def test_a_newer_one_takes_its_place_and_an_open_one_stays_readable(opened: Opened) -> None:
    with opened(snapshot_keep=2) as engine:
        first = snapshot.publish(engine, NOON)
        with duckdb.connect(first.path, read_only=True) as reader:
            for hour in (1, 2):
                newest = snapshot.publish(engine, NOON + timedelta(hours=hour))
            assert [str(p.resolve()) for p in snapshot.published(engine)][-1] == newest.path
            assert len(snapshot.published(engine)) == 2
            assert reader.sql("SELECT count(*) FROM documents").fetchone() == (4,)
        assert Path(newest.latest).resolve() == Path(newest.path)
        assert snapshot.latest(engine) == newest


def test_the_same_moment_is_published_once(engine: Engine) -> None:
    assert snapshot.publish(engine, NOON) == snapshot.publish(engine, NOON)
    assert engine.store.read("SELECT count(*) FROM runs WHERE stage = 'snapshot'").item() == 1


def test_it_is_made_only_when_the_last_is_too_old(opened: Opened) -> None:
    with opened() as engine:
        assert snapshot.publish_due(engine, NOON) is None, "off unless asked for"
    with opened(snapshot_minutes=60) as engine:
        assert snapshot.publish_due(engine, NOON) is not None
        assert snapshot.publish_due(engine, NOON + timedelta(minutes=59)) is None
        assert snapshot.publish_due(engine, NOON + timedelta(minutes=60)) is not None


def test_without_one_it_says_how_to_make_one(engine: Engine) -> None:
    with pytest.raises(NotFound, match="smalti snapshot"):
        snapshot.latest(engine)


def test_polars_reads_it_through_duckdb(engine: Engine) -> None:
    made = snapshot.publish(engine, NOON)
    with duckdb.connect(made.path, read_only=True) as con:
        signals = con.sql("SELECT signal_id, value FROM signals ORDER BY signal_id").pl()
    assert signals.equals(pl.DataFrame({"signal_id": ["before", "cites", "reads"], "value": [0.2] * 3}))
