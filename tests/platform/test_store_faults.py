"""What a disk, a crash or a clock can do to a store: nothing acknowledged is lost without a word."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest

from smalti.platform.errors import StoreError
from smalti.platform.ledger import Run
from smalti.platform.store import Batch, Erasure, Store, schema
from smalti.platform.store.copies import copy_file
from smalti.platform.store.repair import repair

COMMITS = 12
NEWEST = schema.migrations()[-1].version


def rows(number: int, size: int = 1) -> Batch:
    batch = Batch()
    batch.add("artifacts", *({"artifact_id": f"{number}-{i}", "size": number} for i in range(size)))
    return batch


def child(
    code: str, path: Path, *, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    program = (
        "import os, sys; from pathlib import Path\n"
        "from smalti.platform.store import Store\n"
        "from smalti.platform.errors import StoreError\n"
        "from tests.platform.test_store_faults import rows\n"
        f"path = Path(sys.argv[1])\n{code}"
    )
    return subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=before,
        cwd=Path(__file__).parents[2],
    )


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> Path:
    """The files as they are when the owner is killed after some commits: all still in the log."""
    folder = tmp_path_factory.mktemp("killed")
    path = folder / "smalti.duckdb"
    with Store(path) as store:
        for number in range(COMMITS):
            store.commit(rows(number))
        (folder / "left").mkdir()
        for file in folder.glob("smalti.duckdb*"):
            shutil.copy(file, folder / "left")
    Path(folder / "left" / "smalti.duckdb.owner").write_text("999999999")
    return folder / "left" / path.name


@pytest.fixture
def left_behind(killed: Path, tmp_path: Path) -> Path:
    shutil.copytree(killed.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / killed.name


def wal(path: Path) -> Path:
    return Path(f"{path}.wal")


def test_what_a_killed_process_committed_is_there_and_its_lock_does_not_hold(left_behind):
    assert Path(f"{left_behind}.owner").read_text() != str(os.getpid())
    with Store(left_behind) as store:
        assert store.counts()["artifacts"] == COMMITS


def cut(at: float) -> Callable[[Path], None]:
    return lambda log: os.truncate(log, int(log.stat().st_size * at))


def flip(at: float) -> Callable[[Path], None]:
    def change(log: Path) -> None:
        raw = bytearray(log.read_bytes())
        raw[int(len(raw) * at)] ^= 0x40
        log.write_bytes(raw)

    return change


@pytest.mark.parametrize(
    "damage",
    [cut(0.999), cut(0.5), cut(0), flip(0), flip(0.3), flip(0.7), lambda log: log.unlink()],
    ids=["cut a little", "cut in half", "emptied", "first byte", "a third in", "further in", "taken away"],
)
def test_a_log_that_lost_acknowledged_commits_is_refused_each_time(left_behind, damage):
    damage(wal(left_behind))
    for _ in range(2):
        with pytest.raises(StoreError, match=r"missing|damaged") as told:
            Store(left_behind)
        assert "smalti restore" in told.value.mend
        assert "smalti repair" in told.value.mend


def test_without_the_count_a_log_cut_short_would_pass_unnoticed(left_behind):
    """What DuckDB does by itself; if this ever fails, the count beside the store may go."""
    cut(0.5)(wal(left_behind))
    with duckdb.connect(str(left_behind)) as con:
        assert con.sql("SELECT count(*) FROM artifacts").fetchone()[0] < COMMITS


def test_an_older_file_put_in_its_place_is_refused(tmp_path):
    path, older = tmp_path / "s.duckdb", tmp_path / "older"
    with Store(path) as store:
        store.commit(rows(1))
    copy_file(path, older)
    with Store(path) as store:
        store.commit(rows(2))
    older.replace(path)
    with pytest.raises(StoreError, match="1 acknowledged commits are missing"):
        Store(path)


def test_a_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "s.duckdb"
    with Store(path) as store:
        store.commit(rows(1, 20_000))
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(StoreError) as told, Store(path) as store:
        store.read("SELECT max(size), max(artifact_id) FROM artifacts")
    assert "smalti" in told.value.mend or "restore" in told.value.mend


@pytest.mark.slow
def test_a_full_disk_refuses_the_batch_and_keeps_what_was_acknowledged(tmp_path):
    code = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY))
acknowledged, told = 0, None
for n in range(200):
    try:
        store.commit(rows(n, 4000))
        acknowledged += 1
    except StoreError as error:
        told = error
        break
assert told is not None
print(acknowledged, "|", told, "|", store.counts()["artifacts"])
try:
    store.close()
except StoreError as error:
    print("closing:", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with Store(path) as store:
    store.commit(rows(999, 1))
    print(store.counts()["artifacts"])
"""
    done = child(code, tmp_path / "s.duckdb")
    assert done.returncode == 0, done.stderr
    first, *rest = [line for line in done.stdout.splitlines() if "[" not in line]  # not the log's
    acknowledged, told, held = first.split(" | ")
    assert "may not grow any further" in told
    assert int(held) == int(acknowledged) * 4000
    assert int(rest[-1]) == int(acknowledged) * 4000 + 1


@pytest.mark.slow
def test_after_a_checkpoint_that_found_no_room_the_same_store_goes_on(tmp_path):
    code = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(path)
store.commit(rows(1, 20_000))
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, resource.RLIM_INFINITY))
try:
    store.rewrite()
except StoreError as error:
    print("told:", error.what)
try:
    store._con.execute("CHECKPOINT")
except Exception as error:
    print("invalid:", type(error).__name__)
try:
    store.read("SELECT 1 FROM artifacts")
except StoreError as error:
    print("told:", error.what)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(store.read("SELECT count(*) FROM artifacts").item())
print(store.commit(rows(2, 1)))
store.close()
"""
    done = child(code, tmp_path / "s.duckdb")
    assert done.returncode == 0, done.stderr
    assert "invalid: FatalException" in done.stdout
    assert done.stdout.splitlines()[-2:] == ["20000", "{'artifacts': 1}"]


def without_rights() -> None:
    """As a user who must heed file modes, even if the tests run as root."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


OPENING = (
    "try: Store(path)\nexcept StoreError as error: print(type(error).__name__, '|', error, '|', error.mend)"
)


@pytest.mark.slow
def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    done = child(OPENING, home / "s.duckdb", before=without_rights)
    assert "StoreError" in done.stdout, done.stderr
    assert "the right to" in done.stdout


@pytest.mark.slow
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    path = tmp_path / "s.duckdb"
    with Store(path):
        pass
    path.chmod(0)
    done = child(OPENING, path, before=without_rights)
    assert "may not be read or written" in done.stdout, done.stdout + done.stderr


def test_a_home_that_is_a_file_is_told(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    with pytest.raises(StoreError, match="folder"):
        Store(tmp_path / "home" / "s.duckdb")


def test_a_clock_set_back_does_not_make_the_past_younger(tmp_path):
    told = [datetime(2026, 5, 1, tzinfo=UTC)]
    with Store(tmp_path / "s.duckdb", clock=lambda: told[0]) as store:
        with Run(store, "ingest", "x"):
            pass
        told[0] -= timedelta(days=3)
        assert store.now() == datetime(2026, 5, 1, tzinfo=UTC)
        store.commit(rows(1))
        assert store.read("SELECT max(recorded_at) FROM artifacts").item() == store.now()
    with Store(tmp_path / "s.duckdb", clock=lambda: told[0]) as store:
        assert store.now() == datetime(2026, 5, 1, tzinfo=UTC), "a restart does not forget it"
        told[0] += timedelta(days=9)
        assert store.now() == told[0]


@pytest.fixture
def old_store(tmp_path, monkeypatch) -> Path:
    """A store as the first three steps of the schema made it, with a document in it."""
    path = tmp_path / "smalti.duckdb"
    with duckdb.connect(str(path)) as con:
        steps = schema.migrations()
        with monkeypatch.context() as earlier:
            earlier.setattr(schema, "migrations", lambda: steps[:3])
            assert schema.migrate(con) == 3
        con.execute("INSERT INTO documents (document_id, title) VALUES ('a', 'kept')")
    return path


def test_an_older_schema_is_brought_up_to_date_after_a_copy_was_made(old_store):
    with Store(old_store) as store:
        assert store.read("SELECT title FROM documents").item() == "kept"
        assert store.read("SELECT max(version) FROM schema_versions").item() == NEWEST
    [copy] = (old_store.parent / "backups").iterdir()
    assert copy.name.startswith("before-schema-3-")
    with duckdb.connect(str(copy), read_only=True) as con:
        assert con.sql("SELECT max(version) FROM schema_versions").fetchone() == (3,)
        assert con.sql("SELECT title FROM documents").fetchone() == ("kept",)
    with Store(old_store):
        pass
    assert len(list((old_store.parent / "backups").iterdir())) == 1


def test_a_step_that_fails_leaves_the_old_file_as_it_was(old_store, monkeypatch):
    steps = schema.migrations()
    bad = schema.Migration(steps[-1].version + 1, "bad", "CREATE TABLE half (a INT); SELECT no_such_thing")
    with monkeypatch.context() as broken:
        broken.setattr(schema, "migrations", lambda: [*steps, bad])
        with pytest.raises(StoreError, match=r"schema 3 could not be .* and was left as it was"):
            Store(old_store)
    with duckdb.connect(str(old_store)) as con:
        assert con.sql("SELECT max(version) FROM schema_versions").fetchone() == (3,)
        assert ("half",) not in con.sql("SHOW TABLES").fetchall()
    with Store(old_store) as store:
        assert store.read("SELECT title FROM documents").item() == "kept"


def test_without_room_for_the_copy_the_schema_is_not_touched(old_store, monkeypatch):
    class Full:
        free = 1000

    monkeypatch.setattr("shutil.disk_usage", lambda _: Full)
    with pytest.raises(StoreError, match="no room to copy the store before its schema changes"):
        Store(old_store)
    with duckdb.connect(str(old_store)) as con:
        assert con.sql("SELECT max(version) FROM schema_versions").fetchone() == (3,)


SECRET = "a sentence that nobody may read again"


def planted(path: Path) -> Store:
    store = Store(path)
    batch = rows(1, 50)
    batch.add("evidence", {"evidence_id": "e", "document_id": "d", "text": SECRET})
    batch.add("evidence", {"evidence_id": "f", "document_id": "o", "text": "of another document"})
    store.commit(batch)
    return store


def test_erased_rows_are_out_of_the_file_and_readers_of_before_go_on(tmp_path):
    path = tmp_path / "s.duckdb"
    store = planted(path)
    store.close()
    assert SECRET.encode() in path.read_bytes()
    with Store(path) as store:
        assert store.read("SELECT count(*) FROM evidence").item() == 2
        erasure = Erasure()
        erasure.remove("evidence", "document_id", ["d"])
        erasure.add("tombstones", {"hash": "d", "kind": "document", "erasure_id": "x"})
        assert store.erase(erasure) == {"tombstones": 1}
        store.finish_erasure()
        assert store.read("SELECT evidence_id FROM evidence").item() == "f"
        assert store.commit(rows(2)) == {"artifacts": 1}
        left = [f for f in tmp_path.iterdir() if SECRET.encode() in f.read_bytes()]
        assert left == []
    with Store(path) as store:
        assert store.counts()["artifacts"] == 51
        assert store.read("SELECT max(version) FROM schema_versions").item() == NEWEST


def test_an_erasure_cut_short_is_finished_by_the_next_start(tmp_path):
    path = tmp_path / "s.duckdb"
    store = planted(path)
    erasure = Erasure()
    erasure.remove("evidence", "document_id", ["d"])
    store.erase(erasure)  # and the process ends here
    store.close()
    assert SECRET.encode() in path.read_bytes()
    with Store(path):
        assert SECRET.encode() not in path.read_bytes()
    assert [f.name for f in tmp_path.iterdir() if "fresh" in f.name or "due" in f.name] == []


def test_a_reader_that_does_not_end_puts_the_rewriting_off_and_is_not_disturbed(tmp_path, monkeypatch):
    monkeypatch.setattr("smalti.platform.store.store._PATIENCE", 0.05)
    with planted(tmp_path / "s.duckdb") as store:
        long = store.batches("SELECT artifact_id FROM artifacts", rows=10)
        next(long)
        with pytest.raises(StoreError, match="the next start does it"):
            store.rewrite()
        assert sum(batch.num_rows for batch in long) == 40
        store.rewrite()
        assert store.counts()["evidence"] == 2


def test_threads_read_on_while_the_file_is_swapped(tmp_path):
    with planted(tmp_path / "s.duckdb") as store:
        over, seen, wrong = threading.Event(), [], []

        def read() -> None:
            while not over.is_set():
                try:
                    seen.append(store.read("SELECT count(*) FROM artifacts").item())
                except Exception as error:
                    wrong.append(error)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            store.rewrite()
        over.set()
        for thread in threads:
            thread.join()
        assert wrong == []
        assert set(seen) == {50}


def test_a_long_answer_comes_in_pieces(tmp_path):
    with planted(tmp_path / "s.duckdb") as store:
        pieces = list(store.batches("SELECT artifact_id, size FROM artifacts WHERE size = ?", [1], rows=20))
        assert [p.num_rows for p in pieces] == [20, 20, 10]
        assert pl.from_arrow(pieces).height == 50


@pytest.mark.parametrize(
    ("damage", "at_least"),
    [(cut(0.5), 1), (flip(0.7), 1), (flip(0), 0)],
    ids=["cut", "flipped", "unreadable"],
)
def test_repair_keeps_what_came_before_the_damage_and_says_what_is_lost(left_behind, damage, at_least):
    damage(wal(left_behind))
    found = repair(left_behind)
    assert 0 < found.lost_commits <= COMMITS + 1
    assert found.last_lost
    with Store(left_behind) as store:
        kept = store.counts()["artifacts"]
        assert at_least <= kept < COMMITS
        store.commit(rows(99))
    assert (Path(found.damaged) / f"{left_behind.name}.wal").exists()


def test_repair_of_a_sound_store_loses_nothing(left_behind):
    assert repair(left_behind).lost_commits == 0
    with Store(left_behind) as store:
        assert store.counts()["artifacts"] == COMMITS
