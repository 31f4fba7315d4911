"""The way of a list through the sandbox: what goes in, what may come out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from smalti.ingest.feeds.source import Listing, Source, Wanted, feed_of
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.text import web_address
from smalti.ingest.spool import is_plain
from smalti.platform.errors import Malformed
from smalti.platform.records import Outcome, SourceKind

LIST = "smalti.ingest.feeds.listing:list_file"

MOST_ENTRIES = 20_000
"""Of one list; the longest real one, EDGAR's submissions, has a thousand a page."""
_LONGEST_NAME, _LONGEST_URL, _LONGEST_HINT = 300, 4_000, 20_000
_REPORT = "report it with the address of the list; other sources are not affected"
_NAME = re.compile(r"[^\x00-\x1f\\]+")


def list_file(inside: Path, outside: Path, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """In the sandbox: what the list in `inside/0` names; bytes it holds are left in `outside`."""
    source = Source(**arguments["source"])
    listing = feed_of(source).listed((inside / "0").read_bytes(), _wanted(arguments["wanted"]), source)
    if len(listing.wanted) > MOST_ENTRIES:
        raise Malformed(f"{len(listing.wanted)} entries, over {MOST_ENTRIES}", mend="choose a shorter list")
    told = []
    for number, wanted in enumerate(listing.wanted):
        if wanted.raw is not None:
            (outside / str(number)).write_bytes(wanted.raw)
        told.append(_plain(wanted))
    return {"wanted": told, "records": [asdict(r) for r in listing.records[:MOST_ENTRIES]]}


def arguments(wanted: Wanted, source: Source) -> dict[str, Any]:
    """What `list_file` is called with."""
    return {"source": asdict(source) | {"options": dict(source.options)}, "wanted": _plain(wanted)}


def read(result: Mapping[str, Any], outside: Path) -> Listing:
    """What came out of the sandbox, checked: whoever wrote the list may have taken over what read it.

    Entries whose name or address cannot be used become quarantined records.

    Raises:
        Malformed: what came out has not the shape that `list_file` gives.
    """
    found: list[Wanted] = []
    try:
        records = [Record(**r | {"outcome": Outcome(r["outcome"])}) for r in result["records"]]
        entries = [_wanted(told) for told in result["wanted"][:MOST_ENTRIES]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(
            f"its reader left unreadable output ({type(error).__name__})", mend=_REPORT
        ) from error
    for number, wanted in enumerate(entries):
        if problem := _problem(wanted, held=is_plain(outside / str(number))):
            mend = "tell whoever publishes it"
            records.append(Record(f"entry {number + 1}", Outcome.QUARANTINED, "Malformed", problem, mend))
        elif wanted.url:
            found.append(wanted)
        else:
            found.append(replace(wanted, raw=(outside / str(number)).read_bytes()))
    return Listing(found, records)


def _problem(wanted: Wanted, *, held: bool) -> str:
    """Why an entry cannot be used; empty if it can."""
    parts = wanted.name.split("/")
    if len(wanted.name) > _LONGEST_NAME or not _NAME.fullmatch(wanted.name) or {"", ".", ".."} & set(parts):
        return f"a name that is no plain path: {wanted.name[:80]!r}"
    if len(wanted.url) > _LONGEST_URL or (wanted.url and web_address(wanted.url) is None):
        return f"no web address: {wanted.url[:80]!r}"
    if not wanted.url and not held:
        return "neither an address nor content"
    if any(len(k) + len(v) > _LONGEST_HINT for k, v in wanted.hints.items()):
        return "an absurdly long description"
    return ""


def _plain(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "url": wanted.url,
        "revision": wanted.revision,
        "lists": wanted.lists,
        "further": wanted.further,
        "optional": wanted.optional,
        "kind": wanted.kind.value if wanted.kind else None,
        "published_at": wanted.published_at.isoformat() if wanted.published_at else None,
        "hints": dict(wanted.hints),
    }


def _wanted(told: Mapping[str, Any]) -> Wanted:
    return Wanted(
        name=str(told["name"]),
        url=str(told["url"]),
        revision=str(told["revision"])[:_LONGEST_NAME],
        lists=bool(told["lists"]),
        further=bool(told["further"]),
        optional=bool(told["optional"]),
        kind=SourceKind(told["kind"]) if told["kind"] else None,
        published_at=datetime.fromisoformat(told["published_at"]) if told["published_at"] else None,
        hints={str(k): str(v) for k, v in told["hints"].items()},
    )
