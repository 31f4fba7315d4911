"""Folder in, documents and evidence out: nothing lost, nothing done twice, nothing bad stops the rest."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from smalti.ingest.feeds.folder import walk
from smalti.platform.errors import Unreadable
from smalti.service.engine import Engine
from smalti.service.local import LocalGateway
from smalti.service.stages.ingest import ingest
from tests.service.conftest import post

pytestmark = pytest.mark.slow  # each test starts parsers of its own


def outcomes(engine: Engine) -> dict[str, str]:
    rows = engine.store.read("SELECT path, outcome FROM dispositions WHERE record = ''")
    assert rows["path"].is_unique().all()
    return dict(rows.iter_rows())


def test_every_file_and_every_record_has_exactly_one_disposition(engine, world):
    run = ingest(engine, world)
    files = {str(p.relative_to(world)) for p in world.rglob("*") if p.is_file()}
    found = outcomes(engine)
    assert found.keys() == files
    assert found["manifest.csv"] == "skipped"
    assert found["social/anvil.png"] == "part of"
    assert {found[f] for f in files - {"manifest.csv", "social/anvil.png"}} == {"parsed"}
    assert sum(run.counts.values()) == len(files)
    records = engine.store.read("SELECT path, record, outcome FROM dispositions WHERE record <> ''")
    assert records.filter(records.select("path", "record").is_duplicated()).height == 0
    posts = {r: o for p, r, o in records.iter_rows() if p == "social/posts.jsonl"}
    assert posts == {"line 1": "parsed", "line 2": "parsed", "line 3": "quarantined"}


def test_a_second_run_writes_nothing_but_its_own_row_in_the_ledger(engine, world):
    ingest(engine, world)
    before = engine.store.counts()
    run = ingest(engine, world)
    after = engine.store.counts()
    assert {k: n for k, n in after.items() if n != before[k]} == {"runs": before["runs"] + 1}
    assert set(run.counts) == {"settled"}


def test_only_what_changed_is_read_again_and_the_old_document_stays(engine, world):
    ingest(engine, world)
    old = engine.store.read("SELECT document_id FROM documents WHERE parser = 'news'").item()
    page = world / "news" / "anvil.html"
    page.write_text(page.read_text().replace("a third", "one half"))
    run = ingest(engine, world)
    assert run.counts["parsed"] == 1
    documents = engine.store.read("SELECT document_id FROM documents WHERE parser = 'news'")["document_id"]
    assert old in documents
    assert documents.len() == 2
    quotes = engine.store.read("SELECT text FROM evidence WHERE text LIKE '%profit fell%'")["text"].to_list()
    assert {"a third" in q for q in quotes} == {True, False}


def test_the_picture_a_post_names_is_evidence_of_that_post(engine, world):
    ingest(engine, world)
    found = engine.store.read(
        "SELECT d.part, e.kind, e.media_id FROM evidence e JOIN documents d USING (document_id)"
        " WHERE e.kind = 'image'"
    )
    part, _, media = found.row(0)
    assert part == "line 2"
    assert engine.objects.get(media) == (world / "social" / "anvil.png").read_bytes()


def test_a_settled_picture_moves_to_the_new_reading_of_an_edited_file_of_posts(engine, world):
    ingest(engine, world)
    posts = world / "social" / "posts.jsonl"
    posts.write_text(posts.read_text().replace("a good quarter", "a dull quarter"))
    ingest(engine, world)
    owner = engine.store.read(
        "SELECT p.text FROM evidence e JOIN evidence p USING (document_id)"
        " WHERE e.kind = 'image' AND p.kind = 'paragraph'"
    )
    assert sorted("dull" in text for text in owner["text"]) == [False, True]
    before = engine.store.counts()
    ingest(engine, world)
    assert engine.store.counts() == before | {"runs": before["runs"] + 1}


def test_a_manifest_date_dates_the_whole_file_but_records_keep_their_own(engine, world):
    ingest(engine, world)
    dated = engine.store.read("SELECT parser, part, available_at, available_method FROM documents")
    by = {(p, r): (str(a), m) for p, r, a, m in dated.iter_rows()}
    assert by["news", ""] == ("2025-02-10 12:00:00+00:00", "manifest")
    assert by["pdf", ""] == ("2025-02-01 23:59:59+00:00", "manifest")
    assert by["posts", "line 1"][0] == "2025-02-08 12:00:00+00:00"


def test_a_price_is_known_only_after_its_days_close(engine, world):
    ingest(engine, world)
    row = engine.store.read("SELECT day, available_at FROM prices ORDER BY day LIMIT 1").row(0)
    assert row[1].date() == row[0]
    assert row[1].hour == 22


def test_the_same_bytes_twice_are_a_duplicate_of_the_first(engine, world):
    (world / "news" / "copy.html").write_bytes((world / "news" / "anvil.html").read_bytes())
    ingest(engine, world)
    row = engine.store.read("SELECT outcome, detail FROM dispositions WHERE path = 'news/copy.html'").row(0)
    assert row == ("duplicate", "the same bytes as news/anvil.html")


def test_a_folder_that_is_not_there_is_an_error(engine, tmp_path):
    with pytest.raises(Unreadable, match="nowhere"):
        ingest(engine, tmp_path / "nowhere")


def _png_of(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(width + 1) * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def plant_bad_inputs(world: Path) -> dict[str, str]:
    """Bad files by path, with the code each must end under."""
    (world / "call_audio").mkdir()
    (world / "call_audio" / "silent.mp3").write_bytes(b"")
    (world / "filings_pdf" / "text.pdf").write_text("This is plain text, not a PDF at all.\n" * 20)
    whole = (world / "filings_pdf" / "ZZQA.pdf").read_bytes()
    (world / "filings_pdf" / "cut.pdf").write_bytes(whole[: len(whole) // 3])
    (world / "filings_pdf" / "empty.pdf").write_bytes(b"")
    (world / "social" / "huge.png").write_bytes(_png_of(20_000, 20_000))
    with zipfile.ZipFile(world / "filings_pdf" / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", bytes(50_000_000))
    (world / "news" / "feed.xml").write_text("<rss version='2.0'><channel><item><title>Broken</item>")
    (world / "social" / "escape.txt").symlink_to("/etc/hostname")
    return {
        "call_audio/silent.mp3": "Empty",
        "filings_pdf/text.pdf": "Malformed",
        "filings_pdf/cut.pdf": "Malformed",
        "filings_pdf/empty.pdf": "Empty",
        "social/huge.png": "TooLarge",
        "filings_pdf/bomb.docx": "TooLarge",
        "news/feed.xml": "Malformed",
        "social/escape.txt": "Unreadable",
    }


def test_each_bad_input_is_set_aside_with_its_own_reason_and_the_rest_goes_through(engine, world):
    good = {str(p.relative_to(world)) for p in world.rglob("*") if p.is_file()}
    expected = plant_bad_inputs(world)
    ingest(engine, world)
    found = outcomes(engine)
    rows = engine.store.read("SELECT path, code, reason, mend FROM quarantine WHERE record = ''")
    codes = {path: code for path, code, _, _ in rows.iter_rows()}
    assert codes == expected
    assert all(reason and mend for _, _, reason, mend in rows.iter_rows())
    assert {found[path] for path in expected} == {"quarantined"}
    assert {found[path] for path in good} <= {"parsed", "part of", "skipped"}


def test_a_folder_without_read_permission_is_set_aside(engine, world, monkeypatch):
    (world / "news").chmod(0)
    if os.geteuid() == 0:  # root may read everything, so somebody else walks
        for folder in (world, *world.parents):
            if folder.owner() == "root" and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o055)

        walk(world)  # so that all it needs is loaded while it may be read

        def walk_as_nobody(*args):
            os.seteuid(65534)
            try:
                return walk(*args)
            finally:
                os.seteuid(0)

        monkeypatch.setattr("smalti.service.stages.ingest.walk", walk_as_nobody)
    ingest(engine, world)
    (world / "news").chmod(0o755)
    assert engine.store.read("SELECT code FROM quarantine WHERE path = 'news'").item() == "Unreadable"
    assert outcomes(engine)["filings_pdf/ZZQA.pdf"] == "parsed"


def test_what_was_mended_leaves_quarantine_on_retry(engine, world):
    lines = (world / "social" / "posts.jsonl").read_text().splitlines()
    ingest(engine, world)
    gateway = LocalGateway(engine)
    (entry,) = gateway.quarantine()
    assert (entry.path, entry.record, entry.attempts) == ("social/posts.jsonl", "line 3", 1)
    gateway.retry(entry.quarantine_id)
    assert [q.record for q in gateway.quarantine()] == ["line 3"]  # nothing was mended yet
    good = post("2025-02-09", "The third post about $ZZQA, whole at last.")
    (world / "social" / "posts.jsonl").write_text("\n".join([*lines[:2], good]))
    gateway.retry(entry.quarantine_id)
    assert gateway.quarantine() == []
    records = engine.store.read(
        "SELECT outcome FROM dispositions WHERE path = 'social/posts.jsonl' AND record <> ''"
    )
    assert records["outcome"].to_list() == ["parsed"] * 3
