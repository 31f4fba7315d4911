"""Folder to documents and evidence. Every file ends with one disposition; what is settled is not redone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from smalti.ingest.documents import Origin
from smalti.ingest.feeds.folder import Input, WalkLimits, read_member, walk
from smalti.ingest.feeds.source import FOLDER, Source
from smalti.ingest.parse.contract import Request
from smalti.platform.errors import InputError
from smalti.platform.ledger import Run
from smalti.platform.records import Outcome
from smalti.service.engine import Engine
from smalti.service.sources import add_once
from smalti.service.stages.reading import Item, Reader, bundle, is_picture


def ingest(
    engine: Engine, root: Path, again: Collection[str] = (), changed_before_ns: int | None = None
) -> Run:
    """Take in a folder; safe to stop at any moment and start again.

    Args:
        engine: the owner's.
        root: the folder.
        again: paths in it that are read anew although they are settled.
        changed_before_ns: leave what was changed since (Unix time) for the next time: somebody may still be
            writing it.

    Returns the finished run; its `counts` are files by outcome, `settled` those nothing was done for.

    Raises:
        Unreadable: there is no such folder, or it cannot be listed.
        Malformed: its manifest cannot be trusted.
    """
    inputs = walk(root, WalkLimits(max_files=engine.settings.max_files))
    source = Source(root.name, FOLDER, str(root.resolve()), schedule="")
    with Run(engine.store, "ingest", source.address) as run:
        add_once(engine.store, source)
        folder = _Folder(engine, root, Reader(engine, source.source_id, run, again))
        todo: list[Item] = []
        for given in inputs:
            if changed_before_ns is not None and any(m.mtime_ns > changed_before_ns for m in given.members):
                run.counts["left for later"] += 1
            elif item := folder.plan(given):
                todo.append(item)
        folder.reader.flush()
        engine.progress.start("ingest", len(todo))
        folder.reader.read_all([i for i in todo if not is_picture(i.origin.path)])
        folder.reader.read_all(folder.pictures([i for i in todo if is_picture(i.origin.path)]))
    return run


class _Folder:
    """One run over one folder."""

    def __init__(self, engine: Engine, root: Path, reader: Reader) -> None:
        self.engine = engine
        self.root = root
        self.reader = reader
        self._settled_pictures: list[Item] = []

    def plan(self, given: Input) -> Item | None:
        """Read and store an input's bytes; None when nothing is left to do for it."""
        reader = self.reader
        origin = Origin(reader.source_id, given.path, "", reader.run.run_id)
        if given.skipped is not None:
            reader.settle(origin, Outcome.SKIPPED, given.skipped)
            return None
        if given.error is not None:
            reader.set_aside(origin, given.error)
            return None
        names = tuple(m.path for m in given.members)
        try:
            raws = [read_member(self.root, m, reader.limits.max_bytes) for m in given.members]
            artifacts = tuple(self.engine.objects.put(raw) for raw in raws)
            listed = bundle(names, artifacts) if len(names) > 1 else None
            whole = artifacts[0] if listed is None else self.engine.objects.put(listed)
        except InputError as error:
            reader.set_aside(origin, error)
            return None
        for name, artifact, raw in zip(names, artifacts, raws, strict=True):
            reader.sight(name, artifact, len(raw))
        if listed is not None:
            reader.sight(given.path, whole, len(listed))
        origin = replace(origin, artifact_id=whole)
        first = reader.first_with(whole, given.path)
        if first != given.path and any(raws):
            reader.settle(origin, Outcome.DUPLICATE, f"the same bytes as {first}")
            return None
        hints = dict(given.hints) | ({"issuer": given.issuer} if given.issuer else {})
        request = Request(given.path, given.kind, given.published_at, hints=hints, limits=reader.limits)
        item = Item(origin, request, artifacts, names)
        if reader.is_settled(given.path, whole):
            reader.run.counts["settled"] += 1
            if is_picture(given.path):
                self._settled_pictures.append(item)
            return None
        return item

    def pictures(self, new: Sequence[Item]) -> list[Item]:
        """The pictures to read: new ones, and settled ones that other posts name than when they were read."""
        counts = self.reader.run.counts
        if not new and not counts[Outcome.PARSED.value]:
            return []
        self.reader.read_claims()
        moved = [i for i in self._settled_pictures if self.reader.is_moved(i)]
        if moved:
            counts["settled"] -= len(moved)
        return [*new, *moved]
