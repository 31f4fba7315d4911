"""What the commands about sources and single files say, to people and to programs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.service.commands import Call, answer
from tests.service.conftest import news_page

FEED = "https://example.org/rss.xml"


def test_a_source_is_added_listed_paused_resumed_and_removed(call: Call):
    added = answer(call("sources", "add", "wire", "news", FEED, "-o", "issuer=3M", "--json"))
    assert [(s["name"], s["kind"], s["schedule"], s["options"]) for s in added] == [
        ("wire", "news", "every 15m", {"issuer": "3M"})
    ]
    assert answer(call("sources", "pause", "wire", "--json"))[0]["paused"] is True
    assert answer(call("sources", "resume", "wire", "--json"))[0]["paused"] is False
    assert answer(call("sources", "remove", "wire", "--json")) == []
    assert "No sources yet" in call("sources", "list").stdout


def test_adding_under_a_known_name_changes_that_source(call: Call):
    call("sources", "add", "wire", "news", FEED)
    changed = answer(call("sources", "add", "wire", "news", FEED, "--schedule", "0 6 * * 1-5", "--json"))
    assert [(s["name"], s["schedule"]) for s in changed] == [("wire", "0 6 * * 1-5")]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["wire", "news", FEED, "--schedule", "daily"], "every 15m"),
        (["wire", "news", "not an address"], "http"),
        (["wire", "gossip", FEED], "no kind of source"),
        (["wire", "news", FEED, "-o", "issuer"], "NAME=VALUE"),
        (["wire", "news", FEED, "-o", "nonesuch=1"], "nonesuch"),
    ],
)
def test_a_source_that_cannot_be_pulled_is_refused_with_the_mend(call: Call, arguments: list[str], says: str):
    error = answer(call("sources", "add", *arguments, "--json"), 2)["error"]
    assert says in json.dumps(error)
    assert answer(call("sources", "list", "--json")) == []


def test_one_address_is_not_pulled_under_two_names(call: Call):
    call("sources", "add", "wire", "news", FEED)
    error = answer(call("sources", "add", "again", "news", FEED, "--json"), 2)["error"]
    assert "wire" in error["mend"]


def test_pulling_says_that_an_agent_must_be_declared(call: Call):
    call("sources", "add", "wire", "news", FEED)
    error = answer(call("pull", "wire", "--json"), 2)["error"]
    assert "SMALTI_AGENT" in error["mend"]
    assert answer(call("pull", "nonesuch", "--json"), 3)["error"]["code"] == "NotFound"


def test_a_pushed_file_is_read_once_and_a_bad_one_set_aside(call: Call, tmp_path: Path):
    page = tmp_path / "anvil.html"
    words = "Quartz Anvil Corporation said on Monday that its profit fell by a third as orders dried up."
    warned = "The company warned that weak demand would hurt its margins for the rest of the year."
    page.write_text(news_page("Quartz Anvil profit falls sharply", "2025-02-10T12:00:00Z", words, warned))
    (tmp_path / "empty.pdf").write_bytes(b"")
    issuer = ("--issuer", "Quartz Anvil Corporation")
    first = answer(call("push", page, tmp_path / "empty.pdf", tmp_path / "gone.pdf", *issuer, "--json"), 5)
    assert first[0]["counts"] == {"parsed": 1, "quarantined": 2}
    assert answer(call("push", page, *issuer, "--json"))[0]["counts"] == {"settled": 1}
    renamed = page.rename(tmp_path / "copy.html")
    assert answer(call("push", renamed, *issuer, "--json"))[0]["counts"] == {"duplicate": 1}


def test_a_watched_folder_gives_what_has_lain_still(call: Call, tmp_path: Path):
    drop = tmp_path / "drop"
    drop.mkdir()
    post = {"id": "1", "created_at": "2025-02-09T12:00:00Z", "text": "Orders of $ZZQA rose again this week."}
    (drop / "old.jsonl").write_text(json.dumps(post))
    os.utime(drop / "old.jsonl", (1, 1))
    (drop / "new.jsonl").write_text(json.dumps(post | {"id": "2", "text": "Orders of $ZZQA fell again."}))
    call("sources", "add", "drop", "folder", drop)
    counts = answer(call("pull", "drop", "--json"))[0]["counts"]
    assert counts == {"parsed": 1, "left for later": 1}
