"""The configured sources: what the store knows of each place to pull from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smalti.ingest.feeds.source import FOLDER, KINDS, Source, feed_of
from smalti.platform.errors import NotFound, SettingsError
from smalti.platform.scheduler import trigger
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json


def all_sources(store: Store) -> list[Source]:
    """Those that were added by name, in the order of their names; a folder taken in by hand is none."""
    rows = store.read("SELECT * FROM sources WHERE coalesce(schedule, '') <> '' ORDER BY name")
    return [_source(row) for row in rows.iter_rows(named=True)]


def find(store: Store, name: str) -> Source:
    """The source of that name.

    Raises:
        NotFound: there is none.
    """
    known = {source.name: source for source in all_sources(store)}
    if name not in known:
        mend = f"known: {', '.join(known)}" if known else "`smalti sources add` makes one"
        raise NotFound("no such source", subject=name, mend=mend)
    return known[name]


def by_id(store: Store, source_id: str) -> Source:
    """A source that the store speaks of, added by name or not.

    Raises:
        NotFound: there is none.
    """
    rows = store.read("SELECT * FROM sources WHERE source_id = ?", [source_id])
    if not rows.height:
        raise NotFound("no such source", subject=source_id, mend="`smalti sources list`")
    return _source(rows.row(0, named=True))


def add(store: Store, source: Source) -> None:
    """Add a source, or change the one of its name.

    Raises:
        SettingsError: its kind, address, schedule or an option cannot be used, or its address has another
            name already.
    """
    if source.kind not in KINDS:
        raise SettingsError(f"no kind of source: {source.kind}", subject=source.name, mend=", ".join(KINDS))
    if not source.name.strip() or not source.schedule.strip():
        raise SettingsError("a source needs a name and a schedule", subject=source.name or source.address)
    trigger(source.schedule)
    if source.kind != FOLDER:
        feed_of(source).begin(source)
    others = [s for s in all_sources(store) if s.source_id == source.source_id and s.name != source.name]
    if others:
        mend = f"remove {others[0].name} first, or use it"
        raise SettingsError("this address is pulled already", subject=source.name, mend=mend)
    batch = Batch()
    batch.drop("sources", name=source.name)
    batch.add("sources", _row(source))
    store.commit(batch)


def add_once(store: Store, source: Source) -> None:
    """Note a source that nobody added by name, unless it is known."""
    if store.read("SELECT 1 FROM sources WHERE source_id = ?", [source.source_id]).height:
        return
    batch = Batch()
    batch.add("sources", _row(source))
    store.commit(batch)


def pause(store: Store, name: str, paused: bool) -> Source:
    """Stop or resume pulling a source by schedule.

    Raises:
        NotFound: there is no such source.
    """
    source = replace(find(store, name), paused=paused)
    batch = Batch()
    batch.add("sources", _row(source))
    store.commit(batch)
    return source


def remove(store: Store, name: str) -> Source:
    """Forget a source's schedule and cursors; what was pulled stays.

    Raises:
        NotFound: there is no such source.
    """
    source = find(store, name)
    batch = Batch()
    batch.drop("cursors", source_id=source.source_id)
    # The row stays, since sightings and dispositions speak of it, but nothing is pulled any more.
    batch.add("sources", _row(replace(source, schedule="")))
    store.commit(batch)
    return source


def _row(source: Source) -> Mapping[str, Any]:
    return {
        "source_id": source.source_id,
        "name": source.name,
        "kind": source.kind,
        "address": source.address,
        "schedule": source.schedule,
        "options": as_json(dict(source.options)),
        "paused": source.paused,
    }


def _source(row: Mapping[str, Any]) -> Source:
    options = json.loads(row["options"] or "{}")
    return Source(row["name"], row["kind"], row["address"], row["schedule"], options, bool(row["paused"]))
