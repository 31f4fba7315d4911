"""Single files handed in by a person: stored, read and settled like the files of a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from smalti.ingest.documents import Origin
from smalti.ingest.feeds.inputs import Member, read_member
from smalti.ingest.feeds.source import Source
from smalti.ingest.parse.contract import Request
from smalti.platform.errors import InputError
from smalti.platform.ledger import Run
from smalti.platform.records import Outcome, SourceKind
from smalti.service.engine import Engine
from smalti.service.sources import add_once
from smalti.service.stages.reading import Item, Reader, is_picture, sighting

PUSHED = Source("pushed files", "push", "push", schedule="")


def push(
    engine: Engine,
    files: Sequence[Path],
    kind: SourceKind | None = None,
    published_at: datetime | None = None,
    hints: Mapping[str, str] | None = None,
) -> Run:
    """Take in single files.

    Args:
        engine: the owner's.
        files: plain files; the same bytes under the same name are taken once.
        kind: what they are, where the caller knows.
        published_at: when the public could know them, likewise; UTC.
        hints: `issuer`, `url`, `synthetic`.

    Returns the finished run; its `counts` are files by outcome, `settled` those known already.
    """
    with Run(engine.store, "push", ", ".join(file.name for file in files)[:500]) as run:
        add_once(engine.store, PUSHED)
        reader = Reader(engine, PUSHED.source_id, run, own_too=True)
        items = []
        for file in files:
            try:
                raw = read_member(file.parent, Member(file.name, 0, 0), reader.limits.max_bytes)
                artifact = engine.objects.put(raw)
            except InputError as error:
                reader.set_aside(Origin(PUSHED.source_id, file.name, "", run.run_id), error)
                continue
            path = f"{artifact[:12]}/{file.name}"
            if reader.known_artifact(path) == artifact and reader.is_settled(path, artifact):
                run.counts["settled"] += 1
                continue
            origin = Origin(PUSHED.source_id, path, artifact, run.run_id)
            first = reader.first_with(artifact, path)
            rows = sighting(PUSHED.source_id, path, artifact, len(raw), engine.store.now(), file.name)
            if first != path and raw:
                for table, row in rows:
                    reader.planned.add(table, row)
                reader.settle(origin, Outcome.DUPLICATE, f"the same bytes as {first}")
                continue
            request = Request(path, kind, published_at, hints=dict(hints or {}), limits=reader.limits)
            items.append(Item(origin, request, (artifact,), (path,), tuple(rows)))
        reader.flush()
        engine.progress.start("push", len(items))
        reader.read_all([i for i in items if not is_picture(i.origin.path)])
        reader.read_all([i for i in items if is_picture(i.origin.path)])
    return run
