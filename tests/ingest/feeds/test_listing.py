"""What comes out of the sandbox with a list is checked as if its reader had been taken over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from smalti.ingest.feeds.listing import read
from smalti.platform.errors import Malformed
from smalti.platform.records import Outcome

ENTRY = {
    "name": "pages/1.html", "url": "https://example.org/1", "revision": "", "lists": False, "further": False,
    "optional": False, "kind": "news", "published_at": None, "hints": {},
}  # fmt: skip


def told(**changed: Any) -> dict[str, Any]:
    return {"wanted": [ENTRY | changed], "records": []}


def test_a_sound_entry_is_wanted(tmp_path: Path):
    assert [wanted.url for wanted in read(told(), tmp_path).wanted] == ["https://example.org/1"]


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "http://[::1"},
        {"url": "file:///etc/passwd"},
        {"url": "https://"},
        {"name": "../../store"},
        {"name": "/etc/passwd"},
        {"name": "a\0b"},
        {"hints": {"title": "x" * 30_000}},
        {"url": ""},
    ],
)
def test_an_entry_that_cannot_be_used_is_set_aside_alone(tmp_path: Path, changed: dict[str, Any]):
    listing = read(told(**changed), tmp_path)
    assert not listing.wanted
    assert [record.outcome for record in listing.records] == [Outcome.QUARANTINED]


def test_a_link_in_the_place_of_an_entrys_bytes_is_not_followed(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"not for you")
    out = tmp_path / "out"
    out.mkdir()
    (out / "0").symlink_to(secret)
    assert not read(told(url=""), out).wanted


@pytest.mark.parametrize("changed", [{"kind": "gossip"}, {"published_at": "soon"}, {"hints": None}])
def test_output_of_another_shape_fails_the_list_and_nothing_else(tmp_path: Path, changed: dict[str, Any]):
    with pytest.raises(Malformed, match="unreadable output"):
        read(told(**changed), tmp_path)
