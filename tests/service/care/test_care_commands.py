from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.service.care.conftest import SECRET, Opened, document_of
from tests.service.commands import Call, answer


@pytest.mark.slow
def test_a_store_is_kept_brought_back_and_checked(call: Call, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / "home", tmp_path / "home")
    made = answer(call("backup", tmp_path / "kept", "--json"))
    assert made["objects"] == 2
    assert answer(call("verify", tmp_path / "kept", "--json"))["is_sound"]
    told = call("restore", tmp_path / "kept")
    assert told.exit_code == 1
    assert "--force" in told.stderr
    assert answer(call("restore", tmp_path / "kept", "--force", "--json"))["objects"] == 2
    found = answer(call("verify", "--json"))
    assert (found["is_sound"], found["broken"]) == (True, {})
    assert Path(answer(call("snapshot", "--json"))["path"]).exists()


def test_what_is_not_sound_is_shown_and_told_by_the_exit_code(call: Call, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / "home", tmp_path / "home")
    gone = next((tmp_path / "home" / "objects").glob("??/*"))
    gone.unlink()
    shown = call("verify")
    assert shown.exit_code == 1
    assert gone.parent.name + gone.name in shown.stdout
    assert "ingest its source again" in shown.stdout


def test_erasing_asks_for_a_reason_and_is_remembered(
    call: Call, kept: Path, opened: Opened, tmp_path: Path
) -> None:
    with opened() as engine:
        document = document_of(engine, SECRET)
    assert call("erase", document).exit_code == 2
    found = answer(call("erase", document, "--reason", "she asked", "--json"))
    assert (found["documents"], found["signals"]) == (1, 2)
    [record] = answer(call("erasures", "--json"))
    assert (record["reason"], record["subject"]) == ("she asked", document)
    assert answer(call("erase", document, "--reason", "twice", "--json"), 3)["error"]["code"] == "NotFound"


def test_a_damaged_log_is_told_with_its_mend_and_repaired(call: Call, kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / "home", tmp_path / "home")
    count = tmp_path / "home" / "smalti.duckdb.commits"
    number, at = count.read_text().split()
    count.write_text(
        f"{int(number) + 3:020d} {at:>40}\n"
    )  # as if three commits had been in a log that is gone
    told = call("status")
    assert told.exit_code == 1
    assert "3 acknowledged commits are missing" in " ".join(told.stderr.split())
    assert "smalti repair" in " ".join(told.stderr.split())
    assert answer(call("repair", "--json"), 1)["lost_commits"] == 3
    assert json.loads(call("status", "--json").stdout)["rows"]["documents"] == 4
