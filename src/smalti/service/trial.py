"""Trying a source without storing anything."""

from __future__ import annotations

from pathlib import Path

from smalti.ingest.feeds import listing as lists
from smalti.ingest.feeds.folder import walk
from smalti.ingest.feeds.source import FOLDER, Source, Wanted, feed_of
from smalti.ingest.parse import entry
from smalti.ingest.parse.contract import Limits, Request
from smalti.platform.records import DateMethod, SourceKind
from smalti.platform.web import Web
from smalti.service.engine import Engine
from smalti.service.stages.pull import open_web
from smalti.service.views import EntryView, SourceTest


def try_source(engine: Engine, source: Source) -> SourceTest:
    """Ask a source once and say what it would give.

    Raises:
        SettingsError: the source or the settings cannot be used.
        InputError: it cannot be fetched, or its answer cannot be read.
    """
    if source.kind == FOLDER:
        return _folder(source)
    with open_web(engine.settings) as web:
        return _feed(engine, source, web)


def _folder(source: Source) -> SourceTest:
    inputs = walk(Path(source.address))
    entries = [EntryView(i.path, "", i.issuer or "", i.published_at, False) for i in inputs if i.readable]
    problems = [f"{i.path}: {i.error.what}" for i in inputs if i.error]
    return SourceTest([source.address], entries, problems)


def _feed(engine: Engine, source: Source, web: Web) -> SourceTest:
    asked: list[str] = []
    entries: list[EntryView] = []
    problems: list[str] = []
    for wanted in feed_of(source).begin(source):
        raw = wanted.raw
        if raw is None:
            answer = web.get(wanted.url)
            raw = answer.body
            asked.extend(answer.hops)
        if not wanted.lists:
            _read_one(engine, source, wanted, raw)
            entries.append(_entry(wanted))
            continue
        with engine.sandbox.call(lists.LIST, {"0": raw}, lists.arguments(wanted, source)) as (result, out):
            listing = lists.read(result, out)
        entries += [_entry(one) for one in listing.wanted]
        problems += [f"{r.record}: {r.reason}" for r in listing.records if r.code]
    return SourceTest(asked, entries, problems)


def _read_one(engine: Engine, source: Source, wanted: Wanted, raw: bytes) -> None:
    """Parse it, so that what cannot be read is found out before the first pull."""
    kind = wanted.kind or SourceKind(source.kind)
    limits = Limits(max_bytes=engine.settings.max_bytes, max_pages=engine.settings.max_pages)
    hints = dict(wanted.hints)
    request = Request(wanted.name, kind, wanted.published_at, DateMethod.FEED, hints, limits)
    arguments = {"request": entry.to_arguments(request), "pieces": [wanted.name]}
    with engine.sandbox.call(entry.FILE, {"0": raw}, arguments):
        pass


def _entry(wanted: Wanted) -> EntryView:
    return EntryView(
        wanted.name, wanted.url, wanted.hints.get("title", ""), wanted.published_at, wanted.lists
    )
