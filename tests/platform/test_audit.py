"""The audit log: stored before anybody is answered, written together, and never taken from."""

from __future__ import annotations

import json
import threading

import duckdb
import pytest

from smalti.platform.audit import CHANGE, Audit, Entry
from smalti.platform.auth import Principal, Role
from smalti.platform.errors import StoreError
from smalti.platform.store import PRIVATE, TABLES, Batch, Store


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "s.duckdb") as opened:
        yield opened


def test_the_log_is_history_that_cannot_be_deleted_and_that_no_snapshot_holds():
    assert not TABLES["audit"].replace
    with pytest.raises(ValueError, match="history"):
        Batch().drop("audit", who="ada")
    assert {"users", "api_keys", "sessions", "audit"} <= PRIVATE


def test_an_entry_is_stored_when_record_returns(store):
    Audit(store).record(Entry(CHANGE, "ada", "session", "POST /v1/users", "bob\n\x1b[31m", "201", "10.0.0.1"))
    [row] = store.read("SELECT who, via, action, subject, outcome, address FROM audit").rows()
    assert row == ("ada", "session", "POST /v1/users", "bob  [31m", "201", "10.0.0.1")


def test_what_somebody_was_shown_in_chat_is_noted_by_its_pieces(store):
    Audit(store).read_in_chat(Principal("ada", Role.VIEWER, "session"), "c1", ["e1", "e2"])
    [(kind, subject, details)] = store.read("SELECT kind, subject, details FROM audit").rows()
    assert (kind, subject) == ("read in chat", "c1")
    assert json.loads(details) == {"evidence": ["e1", "e2"], "pieces": 2}


def test_entries_of_one_moment_share_transactions_and_none_is_lost(store, monkeypatch):
    audit = Audit(store)
    commits = []
    commit = store.commit
    slow = threading.Event()

    def counted(batch):
        slow.wait(0.05)
        commits.append(len(batch))
        return commit(batch)

    monkeypatch.setattr(store, "commit", counted)
    entries = [Entry(CHANGE, f"u{i}", "key", "PUT /x") for i in range(20)]
    threads = [threading.Thread(target=audit.record, args=(entry,)) for entry in entries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.read("SELECT count(DISTINCT who) FROM audit").item() == 20
    assert len(commits) < 20


def test_an_entry_that_cannot_be_stored_is_an_error_and_the_next_is_stored(store, monkeypatch):
    audit = Audit(store)

    def full(batch):
        raise duckdb.IOException("no space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(store, "commit", full)
        with pytest.raises(StoreError, match="audit log cannot be written"):
            audit.record(Entry(CHANGE, "ada", "key", "PUT /x"))
    audit.record(Entry(CHANGE, "bob", "key", "PUT /x"))
    assert store.read("SELECT who FROM audit")["who"].to_list() == ["bob"]
