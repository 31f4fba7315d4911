from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.service.care.conftest import OTHER, SECRET, Opened, document_of

from smalti.models.versions import CHECKS_VERSION
from smalti.platform.errors import NotFound, SettingsError
from smalti.platform.store import Batch
from smalti.service.care import snapshot
from smalti.service.care.erase import GONE, erase, erasures
from smalti.service.care.verify import verify
from smalti.service.engine import Engine
from smalti.service.replay import replay
from smalti.service.signals import newest_signals, signal_row
from smalti.service.stages.ingest import ingest
from smalti.service.stages.push import push

NOON = datetime(2030, 1, 2, 12, tzinfo=UTC)


def files_with(root: Path, text: str) -> list[str]:
    """Every file under a folder that holds some words."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path.relative_to(root)) for path in files if text.encode() in path.read_bytes())


def test_the_words_are_in_no_file_of_the_home_folder_any_more(root: Path, opened: Opened) -> None:
    with opened() as engine:
        snapshot.publish(engine, NOON)
        excerpts = root / "home" / "excerpts"
        excerpts.mkdir()
        for subject in (piece_of(engine, SECRET), document_of(engine, SECRET)):
            (excerpts / f"{subject}-abc.png").write_bytes(SECRET.encode())
        assert len(files_with(root / "home", SECRET)) == 5, "the store, an object, the snapshot, excerpts"
        found = erase(engine, document_of(engine, SECRET), "she asked for it", "root")
        assert files_with(root / "home", SECRET) == []
        assert (found.documents, found.objects, list(found.still_in)) == (1, 1, [])
        assert len(snapshot.published(engine)) == 1, "published again, without it"
    assert files_with(root / "home", SECRET) == [], "nor after closing"


def piece_of(engine: Engine, text: str) -> str:
    return str(engine.store.read("SELECT evidence_id FROM evidence WHERE text = ?", [text]).item())


def test_what_else_the_file_held_stays_and_the_store_is_sound(engine: Engine) -> None:
    erase(engine, document_of(engine, SECRET), "asked", "root")
    titles = engine.store.read("SELECT title FROM documents WHERE kind = 'social' ORDER BY part")["title"]
    assert titles.to_list() == ["Nothing to see in this post.", OTHER]
    outcomes = engine.store.read(
        "SELECT record, outcome, detail FROM dispositions WHERE path = 'social/posts.jsonl' ORDER BY record"
    )
    assert outcomes.rows() == [
        ("", "skipped", "erased on request"),
        ("line 1", "skipped", "erased on request"),
        ("line 2", "parsed", ""),
        ("line 3", "parsed", ""),
    ]
    assert verify(engine).broken == {}


def test_it_does_not_come_back_with_the_same_bytes(engine: Engine, world: Path) -> None:
    artifact = engine.store.read("SELECT artifact_id FROM documents WHERE kind = 'news'").item()
    erase(engine, artifact[:12], "a court said so", "root")
    run = ingest(engine, world)
    assert run.counts["parsed"] == 0
    pushed = push(engine, [world / "news" / "kiln.html"])
    assert dict(pushed.counts) == {"skipped": 1}
    assert engine.store.read("SELECT count(*) FROM documents WHERE kind = 'news'").item() == 0
    assert not engine.objects.path(artifact).exists()
    said = engine.store.read(
        "SELECT DISTINCT outcome, detail FROM dispositions WHERE artifact_id = ?", [artifact]
    )
    assert said.rows() == [("skipped", "erased on request")]
    assert verify(engine).broken == {}


@pytest.mark.slow
def test_nor_with_the_same_words_in_another_file(engine: Engine, world: Path, tmp_path: Path) -> None:
    erase(engine, document_of(engine, SECRET), "asked", "root")
    another = tmp_path / "more" / "social"
    another.mkdir(parents=True)
    lines = (world / "social" / "posts.jsonl").read_text().splitlines()
    fresh = json.dumps(json.loads(lines[1]) | {"text": "A post that nobody has seen before."})
    (another / "later.jsonl").write_text("\n".join([fresh, lines[0]]) + "\n")
    ingest(engine, another.parent)
    texts = engine.store.read("SELECT text FROM evidence")["text"].to_list()
    assert "A post that nobody has seen before." in texts
    assert SECRET not in texts
    said = engine.store.read(
        "SELECT record, outcome, detail FROM dispositions WHERE path = 'social/later.jsonl' AND record <> ''"
        " ORDER BY record"
    )
    assert said.rows() == [("line 1", "parsed", ""), ("line 2", "skipped", "erased on request")]


def test_signals_that_knew_it_are_marked_and_findings_quote_it_no_more(engine: Engine) -> None:
    found = erase(engine, document_of(engine, SECRET), "asked", "root")
    assert found.signals == 2
    marks = engine.store.read("SELECT signal_id, how, pieces FROM erased_signals ORDER BY signal_id")
    assert marks.rows() == [("cites", "cited", 1), ("reads", "read", 0)]
    finding = engine.store.read("SELECT reason, said FROM findings").row(0)
    assert finding[0] == GONE
    assert json.loads(finding[1])[0]["quote"] == ""
    assert engine.store.counts()["signals"] == 3, "scores stay"


def test_messages_that_quoted_it_quote_it_no_more(engine: Engine) -> None:
    evidence = engine.store.read("SELECT evidence_id FROM evidence WHERE contains(text, ?)", [SECRET])
    quoted = evidence.item(0, 0)
    batch = Batch()
    for one, cites in (("quotes", [quoted]), ("speaks of another", ["e" * 32])):
        message = json.dumps({"title": SECRET, "text": SECRET, "cites": cites})
        batch.add("deliveries", {"delivery_id": one, "title": SECRET, "message": message, "state": "sent"})
    engine.store.commit(batch)
    erase(engine, document_of(engine, SECRET), "asked", "root")
    left = engine.store.read("SELECT delivery_id FROM deliveries WHERE message::TEXT LIKE ?", [f"%{SECRET}%"])
    assert left["delivery_id"].to_list() == ["speaks of another"]


def test_the_tombstone_says_what_why_and_by_whom_and_nothing_else(engine: Engine) -> None:
    document = document_of(engine, SECRET)
    erase(engine, document, "she asked for it", "root")
    [record] = erasures(engine.store)
    assert (record.subject, record.kind, record.reason, record.by_whom) == (
        document,
        "document",
        "she asked for it",
        "root",
    )
    assert record.counts == {"documents": 1, "pieces": 1, "objects": 1, "signals": 2}


def test_copies_elsewhere_are_named(engine: Engine) -> None:
    copies = Batch()
    copy, original = document_of(engine, OTHER), document_of(engine, SECRET)
    copies.add(
        "duplicates", {"document_id": copy, "of_document": original, "method": "same text", "score": 1.0}
    )
    engine.store.commit(copies)
    assert list(erase(engine, original, "asked", "root").copies) == [copy]


def test_bytes_that_a_crash_left_are_taken_away_by_the_next_start(opened: Opened, monkeypatch) -> None:
    with opened() as engine:
        document = document_of(engine, SECRET)
        artifact = engine.store.read(
            "SELECT artifact_id FROM documents WHERE document_id = ?", [document]
        ).item()
        monkeypatch.setattr("smalti.service.care.erase._clear", lambda *_: [])  # the process ends here
        erase(engine, document, "asked", "root")
        assert engine.objects.path(artifact).exists()
    with opened() as engine:
        assert not engine.objects.path(artifact).exists()
        assert files_with(engine.settings.home, SECRET) == []


@pytest.mark.parametrize("subject", ["", "abc", "0" * 32, "%", "not an id at all"])
def test_what_is_not_there_is_not_erased(engine: Engine, subject: str) -> None:
    with pytest.raises(NotFound):
        erase(engine, subject, "asked", "root")
    assert erasures(engine.store) == []


def test_it_needs_a_reason(engine: Engine) -> None:
    with pytest.raises(SettingsError, match="reason"):
        erase(engine, document_of(engine, SECRET), "  ", "root")


def test_views_show_the_mark_and_a_replay_says_why_it_cannot_be(engine: Engine) -> None:
    erase(engine, document_of(engine, SECRET), "asked", "root")
    last = datetime.max.replace(tzinfo=UTC)
    assert {s.erased for s in newest_signals(engine.store, "kiln", last, None)} <= {"cited", "read"}
    row = signal_row(engine.store, "cites")
    assert (row["erased"], signal_row(engine.store, "reads")["erased"]) == ("cited", "read")
    assert signal_row(engine.store, "before")["erased"] is None
    engine.store._con.execute("UPDATE signals SET model_version = ?", [CHECKS_VERSION])
    found = replay(engine, signal_row(engine.store, "reads"))
    assert found.verdict == "gone"
    assert "erased" in found.reason


def test_what_was_made_of_it_meanwhile_is_not_written(engine: Engine) -> None:
    document = document_of(engine, SECRET)
    read = {t: engine.store.read(f"SELECT * EXCLUDE (recorded_at) FROM {t}") for t in ("evidence", "links")}
    before = engine.tombstones.number
    erase(engine, document, "asked", "root")
    late = Batch()
    for table, frame in read.items():
        late.add_frame(table, frame)
    assert engine.store.commit(late) == {"evidence": 0, "links": 0}
    scored = Batch()
    scored.add("findings", {"finding_id": "late", "signal_id": "cites", "reason": SECRET})
    assert engine.store.commit(scored, still=lambda: engine.tombstones.number == before) == {}
    assert verify(engine).broken == {}
    assert files_with(engine.settings.home, SECRET) == []
