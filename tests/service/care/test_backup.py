from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from tests.service.care.conftest import SECRET, Opened, document_of
from tests.service.pipeline import contents

from smalti.platform.errors import Conflict, NotFound, StoreError, StoreLocked
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.telemetry import NoProgress
from smalti.service.care.backup import backup, verify_backup
from smalti.service.care.erase import erase, erasures
from smalti.service.care.restore import restore
from smalti.service.care.verify import verify
from smalti.service.engine import open_engine

QUIET = NoProgress()


def home_of(folder: Path) -> Settings:
    return Settings(home=folder, workers=1, ocr=False)


def note(engine, name: str) -> None:
    batch = Batch()
    batch.add("issuers", {"issuer_id": name, "name": name})
    engine.store.commit(batch)


def test_what_was_backed_up_comes_back_with_every_row_and_byte(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        made = backup(engine, tmp_path / "kept")
        expected = contents(engine.store)
        assert (made.objects, made.new_objects, list(made.breaches)) == (2, 2, [])
        note(engine, "afterwards")
    found = restore(home_of(tmp_path / "new"), tmp_path / "kept", QUIET)
    assert (found.objects, found.replaced, found.erased_again) == (2, None, 0)
    with open_engine(home_of(tmp_path / "new")) as engine:
        assert contents(engine.store) == expected
        assert verify(engine).is_sound
        note(engine, "goes on")


def test_only_its_owner_may_read_it_and_its_secrets_are_named(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        made = backup(engine, tmp_path / "kept")
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "kept").rglob("*.duckdb")}
    assert modes == {0o600}
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    assert any("api_keys" in secret for secret in made.secrets)
    assert any("channels.key" in left for left in made.left_out)


@pytest.mark.slow
def test_a_second_backup_copies_new_objects_only_and_each_comes_back(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        first = backup(engine, tmp_path / "kept")
        engine.objects.put(b"something new")
        note(engine, "second")
        second = backup(engine, tmp_path / "kept")
        assert (second.objects, second.new_objects, second.new_bytes) == (3, 1, 13)
    for made, issuers in ((first, 1), (second, 2)):
        home = tmp_path / Path(made.manifest).stem
        restore(home_of(home), tmp_path / "kept", QUIET, stamp=Path(made.manifest).stem)
        with open_engine(home_of(home)) as engine:
            assert engine.store.counts()["issuers"] == issuers


def test_a_damaged_object_is_told_and_not_taken_into_a_backup(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        path = engine.objects.path(next(engine.objects.ids()))
        path.write_bytes(b"rot")
        made = backup(engine, tmp_path / "kept")
        assert [b.subject for b in made.breaches] == [path.parent.name + path.name]
    assert not verify_backup(tmp_path / "kept", QUIET).is_sound


@pytest.mark.slow
def test_a_damaged_backup_is_found_and_not_restored(opened: Opened, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with opened() as engine:
        backup(engine, kept)
    assert verify_backup(kept, QUIET).is_sound
    [store] = (kept / "stores").glob("*.duckdb")
    for path in (store, next((kept / "objects").glob("??/*"))):
        raw = path.read_bytes()
        path.write_bytes(raw[:100] + bytes([raw[100] ^ 1]) + raw[101:])
        assert not verify_backup(kept, QUIET).is_sound
        with pytest.raises(StoreError, match="damaged"):
            restore(home_of(tmp_path / "new"), kept, QUIET)
        assert not (tmp_path / "new" / "smalti.duckdb").exists()
        path.unlink()
        assert not verify_backup(kept, QUIET).is_sound
        path.write_bytes(raw)
    assert verify_backup(kept, QUIET).is_sound


@pytest.mark.slow
def test_a_home_that_is_not_empty_is_moved_away_only_when_asked(
    opened: Opened, root: Path, tmp_path: Path
) -> None:
    with opened() as engine:
        backup(engine, tmp_path / "kept")
        note(engine, "made since")
        with pytest.raises(StoreLocked):
            restore(engine.settings, tmp_path / "kept", QUIET, force=True)
    with pytest.raises(Conflict, match="--force"):
        restore(home_of(root / "home"), tmp_path / "kept", QUIET)
    found = restore(home_of(root / "home"), tmp_path / "kept", QUIET, force=True)
    assert found.replaced is not None
    assert (Path(found.replaced) / "smalti.duckdb").exists()
    with opened() as engine:
        assert engine.store.counts()["issuers"] == 1


@pytest.mark.slow
def test_what_was_erased_since_is_erased_again(opened: Opened, root: Path, tmp_path: Path) -> None:
    with opened() as engine:
        backup(engine, tmp_path / "kept")
        document = document_of(engine, SECRET)
        erase(engine, document, "asked", "root")
    found = restore(home_of(root / "home"), tmp_path / "kept", QUIET, force=True)
    assert found.erased_again == 1
    shutil.rmtree(str(found.replaced))
    with opened() as engine:
        assert [one.reason for one in erasures(engine.store)] == ["asked"]
        assert engine.store.read("SELECT count(*) FROM evidence WHERE text = ?", [SECRET]).item() == 0
        assert verify(engine).broken == {}
    for path in (root / "home").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


@pytest.mark.slow
def test_a_later_backup_knows_of_erasures_that_one_before_does_not(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        first = backup(engine, tmp_path / "kept")
        erase(engine, document_of(engine, SECRET), "asked", "root")
        backup(engine, tmp_path / "kept")
    new = home_of(tmp_path / "new")
    found = restore(new, tmp_path / "kept", QUIET, stamp=Path(first.manifest).stem)
    assert found.erased_again == 1
    with open_engine(new) as engine:
        assert engine.store.read("SELECT count(*) FROM evidence WHERE text = ?", [SECRET]).item() == 0


def test_a_folder_with_other_things_or_inside_the_home_is_refused(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with opened() as engine:
        with pytest.raises(Conflict, match="other things"):
            backup(engine, tmp_path / "mine")
        with pytest.raises(Conflict, match="inside"):
            backup(engine, engine.settings.home / "backups" / "x")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_where_no_backup_lies_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="smalti backup DIR"):
        restore(home_of(tmp_path / "new"), tmp_path / "nowhere", QUIET)


@pytest.mark.slow
def test_sessions_of_back_then_let_nobody_in(opened: Opened, tmp_path: Path) -> None:
    with opened() as engine:
        signed_in = Batch()
        signed_in.add("sessions", {"session_id": "s", "owner": "somebody", "method": "password"})
        engine.store.commit(signed_in)
        backup(engine, tmp_path / "kept")
    found = restore(home_of(tmp_path / "new"), tmp_path / "kept", QUIET)
    assert any("keys revoked" in one for one in found.to_do)
    with open_engine(home_of(tmp_path / "new")) as engine:
        assert engine.store.counts()["sessions"] == 0
