"""The commands: what they print for programs, and how they fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import Result

import smalti
from smalti.platform.store import Batch, Store
from tests.service.commands import answer
from tests.service.conftest import post

COMMANDS = (
    "run", "demo", "ingest", "score", "signals", "why", "status", "train", "evaluate", "doctor",
    "quarantine list", "quarantine show", "quarantine retry", "pull", "push", "diff", "compare",
    "checks", "change", "what-if", "replay",
    "sources add", "sources list", "sources test", "sources pause", "sources resume", "sources remove",
)  # fmt: skip

AFTER = ["link", "dedupe", "likeness", "compare", "embed"]
"""What follows every reading."""


def told(result: Result, code: int) -> str:
    """The error as a person reads it, on one line."""
    assert result.exit_code == code, result.output
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    """A folder that needs no model: one good post, one bad line."""
    root = tmp_path / "posts"
    (root / "social").mkdir(parents=True)
    good = post("2025-02-08", "Orders at the shop on the corner are late and nobody answers the phone.")
    (root / "social" / "posts.jsonl").write_text(good + '\n{"created_at": \n')
    return root


@pytest.fixture
def stored(tmp_path: Path) -> None:
    """Two signals of one issuer, without any model having run."""
    batch = Batch()
    batch.add("issuers", {"issuer_id": "i1", "name": "Quartz Anvil Corporation", "cik": "77"})
    batch.add("issuers", {"issuer_id": "i2", "name": "Quartz Ink Limited"})
    batch.add("issuer_names", {"issuer_id": "i1", "text": "ZZQA", "kind": "ticker"})
    for signal, kind, day, value in (
        ("aa11", "risk", "2025-02-01", 0.25),
        ("aa22", "risk", "2025-03-01", 0.75),
        ("bb33", "fraud", "2025-02-01", 0.01),
    ):
        batch.add(
            "signals",
            {"signal_id": signal, "case_id": "c", "issuer_id": "i1", "kind": kind, "horizon_days": 30}
            | {"as_of": f"{day}T12:00:00+00:00", "value": value, "model_version": "m", "details": "{}"}
            | {"used": [], "missing": ["voice@call"], "not_trained": [], "stale": [], "in_sample": False},
        )
    with Store(tmp_path / "home" / "smalti.duckdb") as store:
        store.commit(batch)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_can_answer_in_json(call, command):
    result = call(*command.split(), "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout


def test_the_list_of_commands_is_whole(call):
    result = call("--help")
    assert all(f" {name.split()[0]} " in result.stdout for name in COMMANDS)


def test_the_version_is_the_packages(call):
    assert call("--version").stdout.strip() == smalti.__version__


@pytest.mark.parametrize(
    "arguments", [("signals", "--as-of", "nonsense"), ("score", "--as-of", "2017-13-45")]
)
def test_a_moment_that_is_none_is_refused_with_an_example(call, arguments):
    message = told(call(*arguments), 2)
    assert message.startswith(f"SettingsError --as-of {arguments[-1]}: neither a day nor a time")
    assert "2017-04-26" in message
    error = answer(call(*arguments, "--json"), 2)["error"]
    assert error["code"] == "SettingsError"
    assert error["subject"] == f"--as-of {arguments[-1]}"
    assert "2017-04-26T15:00Z" in error["mend"]


def test_a_folder_that_is_not_there_is_named(call, tmp_path):
    error = answer(call("ingest", tmp_path / "nowhere", "--json"), 2)["error"]
    assert error["code"] == "Unreadable"
    assert "nowhere" in error["subject"]
    assert error["mend"]
    assert "nowhere" in told(call("run", tmp_path / "nowhere"), 2)


def test_a_bad_setting_is_named(call, monkeypatch):
    monkeypatch.setenv("SMALTI_WORKERS", "many")
    message = told(call("status"), 2)
    assert "workers" in message
    assert "SMALTI_" in message


def test_a_store_in_use_says_by_whom(call, tmp_path):
    path = tmp_path / "home" / "smalti.duckdb"
    code = (
        "import sys; from pathlib import Path; from smalti.platform.store import Store\n"
        f"store = Store(Path({str(path)!r})); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        error = answer(call("status", "--json"), 4)["error"]
        message = told(call("status"), 4)
        other.communicate()
    assert error["code"] == "StoreLocked"
    assert error["subject"] == str(path)
    assert error["what"] == f"process {other.pid} is using it"
    assert "wait for it" in message
    assert answer(call("status", "--json"))["unfinished"] == 0


def test_ingest_says_by_its_exit_code_that_something_was_set_aside(call, posts):
    bad = posts / "social" / "picture.png"
    bad.write_bytes(b"")
    stages = answer(call("ingest", posts, "--json"), 5)
    assert [s["stage"] for s in stages] == ["ingest", *AFTER]
    assert stages[0]["counts"] == {"parsed": 1, "quarantined": 1}
    again = answer(call("ingest", posts, "--json"))
    assert again[0]["counts"] == {"settled": 2}


def test_quarantine_is_listed_shown_and_retried(call, posts):
    call("ingest", posts, "--json")
    (entry,) = answer(call("quarantine", "list", "--json"))
    assert (entry["path"], entry["record"], entry["code"]) == ("social/posts.jsonl", "line 2", "Malformed")
    assert entry["mend"]
    assert answer(call("quarantine", "show", entry["quarantine_id"], "--json")) == entry
    shown = call("quarantine", "show", entry["quarantine_id"]).stdout
    assert entry["reason"].split(":")[0] in shown
    good = (posts / "social" / "posts.jsonl").read_text().splitlines()[0]
    (posts / "social" / "posts.jsonl").write_text(good + "\n")
    stages = answer(call("quarantine", "retry", entry["quarantine_id"], "--json"))
    assert stages[0]["counts"]["parsed"] == 1
    assert answer(call("quarantine", "list", "--json")) == []
    assert "Nothing is in quarantine" in call("quarantine", "list").stdout


@pytest.mark.parametrize("command", ["show", "retry"])
def test_a_quarantine_entry_that_is_none_is_named(call, command):
    error = answer(call("quarantine", command, "zz99", "--json"), 3)["error"]
    assert (error["code"], error["subject"]) == ("NotFound", "zz99")
    assert "smalti quarantine list" in error["mend"]


@pytest.mark.usefixtures("stored")
def test_signals_are_the_newest_that_are_not_after_the_moment(call):
    newest = answer(call("signals", "--json"))
    assert {(s["kind"], s["signal_id"], s["value"]) for s in newest} == {
        ("fraud", "bb33", 0.01),
        ("risk", "aa22", 0.75),
    }
    then = answer(call("signals", "--kind", "risk", "--as-of", "2025-02-01", "--json"))
    assert [(s["signal_id"], s["missing"]) for s in then] == [("aa11", ["voice@call"])]
    assert answer(call("signals", "--as-of", "2025-01-31", "--json")) == []
    # The same moment by its offset: noon UTC is 7 in New York.
    assert answer(call("signals", "--kind", "risk", "--as-of", "2025-02-01T06:59:59-05:00", "--json")) == []
    assert (
        len(answer(call("signals", "--kind", "risk", "--as-of", "2025-02-01T07:00:00-05:00", "--json"))) == 1
    )


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize("name", ["ZZQA", "zzqa", "Quartz Anvil Corporation", "quartz a", "77", "i1"])
def test_an_issuer_is_found_by_name_ticker_cik_or_id(call, name):
    assert {s["issuer"] for s in answer(call("signals", "--issuer", name, "--json"))} == {
        "Quartz Anvil Corporation"
    }


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(("name", "what"), [("Nobody", "no such issuer"), ("quartz", "several issuers")])
def test_an_issuer_that_is_unknown_or_not_the_only_one_is_an_error_that_lists_the_known(call, name, what):
    error = answer(call("signals", "--issuer", name, "--json"), 3)["error"]
    assert what in error["what"]
    assert error["subject"] == name
    assert "Quartz Ink Limited" in error["mend"]


@pytest.mark.usefixtures("stored")
def test_why_takes_the_beginning_of_an_id_if_only_one_begins_so(call):
    assert answer(call("why", "bb", "--json"))["signal"]["signal_id"] == "bb33"
    error = answer(call("why", "aa", "--json"), 3)["error"]
    assert (error["subject"], error["what"]) == ("aa", "2 signals begin so")
    message = told(call("why", "zz"), 3)
    assert message.startswith("NotFound zz: no signal has this id")
    assert "smalti signals" in message


@pytest.mark.usefixtures("stored")
def test_the_table_of_signals_shows_values_in_their_unit(call):
    shown = call("signals").stdout
    assert "75.0%" in shown
    assert "1.0%" in shown
    assert "voice@call" in shown.replace("\n", "").replace(" ", "") or "missing" in shown


def test_an_empty_store_says_how_to_fill_it(call):
    assert "smalti run PATH" in call("signals").stdout
    status = answer(call("status", "--json"))
    assert status["rows"]["documents"] == 0
    assert status["files"] == {}
    assert status["newest_evidence"] is None


def test_status_counts_files_and_the_records_in_them(call, posts):
    call("ingest", posts, "--json")
    status = answer(call("status", "--json"))
    assert status["files"] == {"parsed": 1}
    assert status["records"] == {"parsed": 1, "quarantined": 1}
    assert [run["stage"] for run in status["runs"]] == [*reversed(AFTER), "ingest"]
    assert {run["state"] for run in status["runs"]} == {"done"}


@pytest.mark.slow
def test_doctor_names_every_weight_with_its_licence_and_what_holds_the_parsers(call):
    found = {(f["area"], f["name"]): f for f in answer(call("doctor", "--json"))}
    areas = {area for area, _ in found}
    assert areas == {"python", "packages", "weights", "model", "sandbox"}
    for (area, _), finding in found.items():
        assert finding["state"] in ("ready", "missing", "damaged")
        assert finding["mend"] or finding["state"] == "ready"
        if area == "weights":
            assert "licence" in finding["detail"]
    for kind in ("risk", "fraud", "sentiment"):
        assert "learned from" in found["model", f"{kind} head"]["detail"]
    assert found["sandbox", "memory"]["state"] == "ready"
