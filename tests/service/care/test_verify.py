from __future__ import annotations

from pathlib import Path

import duckdb

from smalti.platform.store import TABLES
from smalti.service.care.rules import rules
from smalti.service.care.verify import verify
from smalti.service.engine import Engine


def test_a_store_as_the_stages_leave_it_is_sound(engine: Engine) -> None:
    found = verify(engine)
    assert found.broken == {}
    assert found.is_sound
    assert found.objects == 2
    assert found.rows == sum(engine.store.counts().values())
    assert found.unreferenced == 0


def only(engine: Engine, rule: str) -> str:
    """The subject of the one breach, which is of this rule."""
    found = verify(engine)
    assert not found.is_sound
    assert [(b.rule, b.mend != "") for b in found.breaches] == [(rule, True)]
    return found.breaches[0].subject


def an_object(engine: Engine) -> Path:
    return engine.objects.path(next(engine.objects.ids()))


def test_a_flipped_byte_in_an_object_is_found(engine: Engine) -> None:
    path = an_object(engine)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    assert only(engine, "every object's bytes are those of its hash") == path.parent.name + path.name


def test_a_missing_object_is_found(engine: Engine) -> None:
    path = an_object(engine)
    path.unlink()
    assert only(engine, "every object that is named is there") == path.parent.name + path.name


def test_an_object_that_no_row_names_is_no_fault_but_counted(engine: Engine) -> None:
    engine.objects.put(b"a crop of a run that was cut short")
    assert verify(engine).is_sound
    assert verify(engine).unreferenced == 1


BREAKS = (
    ("DELETE FROM issuers", "every signals.issuer_id is a known issuers.issuer_id"),
    ("DELETE FROM artifacts", "every documents.artifact_id is a known artifacts.artifact_id"),
    ("DELETE FROM documents", "every evidence.document_id is a known documents.document_id"),
    ("DELETE FROM evidence", "every attributions.evidence_id is a known evidence.evidence_id"),
    ("DELETE FROM evidence", "findings cite evidence that is there"),
    ("DELETE FROM signals", "every findings.signal_id is a known signals.signal_id"),
    ("DELETE FROM sources", "every sightings.source_id is a known sources.source_id"),
    ("DELETE FROM runs", "every dispositions.run_id is a known runs.run_id"),
    ("DELETE FROM dispositions", "every file that was received has a disposition"),
    ("UPDATE dispositions SET outcome = 'lost'", "every disposition is one of the five"),
    ("INSERT INTO signals FROM signals LIMIT 1", "signals: each key once"),
    ("INSERT INTO dispositions FROM dispositions LIMIT 1", "dispositions: each key once"),
    ("UPDATE documents SET available_at = NULL", "documents.available_at is never unknown"),
    ("UPDATE findings SET recorded_at = NULL", "findings.recorded_at is never unknown"),
)


def test_each_rule_finds_what_breaks_it(engine: Engine) -> None:
    by_name = {rule.name: rule for rule in rules(iter(()))}
    con = engine.store._con
    for statement, name in BREAKS:
        rule = by_name[name]
        assert con.execute(rule.sql).fetchall() == [], name
        con.begin()
        con.execute(statement)
        broken = con.execute(rule.sql).fetchall()
        con.rollback()
        assert broken, name
        assert all(subject for (subject,) in broken), name
        assert rule.mend


def test_one_deleted_row_is_named_by_what_refers_to_it(engine: Engine) -> None:
    gone = engine.store.read("SELECT document_id FROM documents WHERE kind = 'news'").item()
    pieces = engine.store.read("SELECT evidence_id FROM evidence WHERE document_id = ?", [gone])
    engine.store._con.execute("DELETE FROM documents WHERE document_id = ?", [gone])
    found = verify(engine)
    named = {b.subject for b in found.breaches if b.rule.startswith("every evidence.document_id")}
    assert named == set(pieces["evidence_id"])


def test_many_breaches_are_counted_and_some_listed(engine: Engine) -> None:
    engine.store._con.execute(
        "INSERT INTO links (document_id, issuer_id, recorded_at)"
        " SELECT 'none', range::TEXT, now() FROM range(50)"
    )
    found = verify(engine)
    rule = "every links.document_id is a known documents.document_id"
    assert found.broken[rule] == 50
    assert sum(b.rule == rule for b in found.breaches) == 20


def test_every_table_has_its_keys_and_moments_checked() -> None:
    names = [rule.name for rule in rules(iter(()))]
    for table in TABLES:
        assert f"{table}: each key once" in names
        assert f"{table}.recorded_at is never unknown" in names
    assert len(names) == len(set(names))


def test_text_that_is_no_json_is_found(tmp_path: Path) -> None:
    [rule] = [r for r in rules(iter([("findings", "details")])) if r.name == "findings.details is JSON"]
    with duckdb.connect() as con:
        con.execute("CREATE TABLE findings (finding_id TEXT, details TEXT)")
        con.execute("INSERT INTO findings VALUES ('good', '{}'), ('bad', '{oh')")
        assert con.sql(rule.sql).fetchall() == [("bad",)]
