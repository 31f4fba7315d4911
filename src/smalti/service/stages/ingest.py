"""Folder to documents and evidence. Every file ends with one disposition; what is settled is not redone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from smalti.ingest import infer, spool
from smalti.ingest.documents import (
    Origin,
    Reading,
    add_attached,
    add_disposition,
    add_quarantine,
    attached_to,
    rows,
)
from smalti.ingest.feeds.folder import Input, WalkLimits, read_member, walk
from smalti.ingest.parse import dispatch, entry
from smalti.ingest.parse.contract import Limits, Request
from smalti.platform.errors import InputError, input_error
from smalti.platform.ledger import Run
from smalti.platform.records import Outcome, content_id
from smalti.platform.store import Batch
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine

_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True, slots=True)
class _Item:
    """One input whose bytes are in the object store."""

    origin: Origin
    request: Request
    artifacts: tuple[str, ...]  # of the members, in reading order
    members: tuple[str, ...]
    is_call: bool


def ingest(engine: Engine, root: Path, again: Collection[str] = ()) -> Run:
    """Take in a folder; safe to stop at any moment and start again.

    Args:
        engine: the owner's.
        root: the folder.
        again: paths in it that are read anew although they are settled.

    Returns the finished run; its `counts` are files by outcome, `settled` those nothing was done for.

    Raises:
        Unreadable: there is no such folder, or it cannot be listed.
        Malformed: its manifest cannot be trusted.
    """
    inputs = walk(root, WalkLimits(max_files=engine.settings.max_files))
    address = str(root.resolve())
    with Run(engine.store, "ingest", address) as run:
        stage = _Ingest(engine, root, content_id("source", "folder", address), run, again)
        stage.begin(address)
        todo = [item for given in inputs if (item := stage.plan(given)) is not None]
        stage.settle_planned()
        engine.progress.start("ingest", len(todo))
        # Posts before pictures: a picture that a post names becomes part of that post.
        stage.read_all([i for i in todo if not _is_picture(i.origin.path)])
        stage.read_all(stage.pictures([i for i in todo if _is_picture(i.origin.path)]))
    return run


class _Ingest:
    """One run over one folder."""

    def __init__(self, engine: Engine, root: Path, source_id: str, run: Run, again: Collection[str]) -> None:
        self.engine = engine
        self.root = root
        self.source_id = source_id
        self.run = run
        self.claims: dict[str, list[str]] = {}
        self.limits = Limits(max_bytes=engine.settings.max_bytes, max_pages=engine.settings.max_pages)
        known = engine.store.read(
            "SELECT path, artifact_id, outcome, parser, detail FROM dispositions"
            " WHERE source_id = ? AND record = ''",
            [source_id],
        )
        self._known = {row["path"]: row for row in known.iter_rows(named=True) if row["path"] not in again}
        tried = engine.store.read(
            "SELECT path, max(attempts) FROM quarantine WHERE source_id = ? GROUP BY path", [source_id]
        )
        self._tried = dict(tried.iter_rows())
        elsewhere = engine.store.read(
            "SELECT artifact_id, min(path) AS path FROM dispositions"
            " WHERE source_id <> ? AND record = '' AND outcome = 'parsed' GROUP BY artifact_id",
            [source_id],
        )
        self._seen = dict(elsewhere.iter_rows())
        self._planned = Batch()
        self._settled_pictures: list[_Item] = []

    def begin(self, address: str) -> None:
        """Note the source, once."""
        batch = Batch()
        batch.add("sources", {"source_id": self.source_id, "kind": "folder", "address": address})
        self.engine.store.commit(batch)

    def plan(self, given: Input) -> _Item | None:
        """Read and store an input's bytes; None when nothing is left to do for it."""
        origin = Origin(self.source_id, given.path, "", self.run.run_id)
        if given.skipped is not None:
            self._settle(origin, Outcome.SKIPPED, given.skipped)
            return None
        if given.error is not None:
            self._settle(origin, Outcome.QUARANTINED, given.error.what, given.error)
            return None
        try:
            raws = [read_member(self.root, m, self.limits.max_bytes) for m in given.members]
        except InputError as error:
            self._settle(origin, Outcome.QUARANTINED, error.what, error)
            return None
        artifacts = tuple(self.engine.objects.put(raw) for raw in raws)
        is_call = len(given.members) > 1
        whole = artifacts[0]
        if is_call:
            names = [m.path for m in given.members]
            whole = self.engine.objects.put(_bundle(names, artifacts))
        origin = replace(origin, artifact_id=whole)
        for member, artifact, raw in zip(given.members, artifacts, raws, strict=True):
            self._sight(member.path, artifact, len(raw))
        first = self._seen.setdefault(whole, given.path)
        if first != given.path and sum(map(len, raws)):
            self._settle(origin, Outcome.DUPLICATE, f"the same bytes as {first}")
            return None
        known = self._known.get(given.path)
        hints = dict(given.hints) | ({"issuer": given.issuer} if given.issuer else {})
        request = Request(given.path, given.kind, given.published_at, hints, self.limits)
        item = _Item(origin, request, artifacts, tuple(m.path for m in given.members), is_call)
        if known and known["artifact_id"] == whole and self._is_current(known["outcome"], known["parser"]):
            self.run.counts["settled"] += 1
            if _is_picture(given.path):
                self._settled_pictures.append(item)
            return None
        return item

    def settle_planned(self) -> None:
        """Write what planning alone decided, and the sightings."""
        if len(self._planned):
            self.engine.store.commit(self._planned)

    def read_all(self, items: Sequence[_Item]) -> None:
        """Parse inputs, several at once."""
        for item, outcome in in_threads(self.read, items, self.engine.settings.workers):
            self.run.counts[outcome] += 1
            self.engine.progress.step("ingest", item.origin.path)

    def pictures(self, new: Sequence[_Item]) -> list[_Item]:
        """The pictures to read: new ones, and settled ones that other posts name than when they were read."""
        if not new and not self.run.counts[Outcome.PARSED.value]:
            return []
        self.claims = self._read_claims()
        moved = [i for i in self._settled_pictures if self._owners(i) and not self._is_attached(i)]
        if moved:
            self.run.counts["settled"] -= len(moved)
        return [*new, *moved]

    def read(self, item: _Item) -> str:
        """Parse one input and commit what came of it; returns its outcome."""
        try:
            batch, outcome = self._parse(item)
        except InputError as error:
            batch, outcome = Batch(), Outcome.QUARANTINED
            for origin in self._origins(item):
                add_disposition(batch, origin, outcome, f"{error.code}: {error.what}")
            add_quarantine(batch, item.origin, error, stage="parse", attempts=self._attempts(item.origin))
        for origin in self._origins(item):
            for table in ("dispositions", "quarantine"):
                batch.drop(table, source_id=origin.source_id, path=origin.path)
        self.engine.store.commit(batch)
        return outcome.value

    def _read_claims(self) -> dict[str, list[str]]:
        """Documents that name a picture, by its path (without its ending where they leave it off)."""
        named = self.engine.store.read(
            "SELECT d.document_id, x.path, json_extract_string(d.hints, '$.image') AS image"
            " FROM documents d JOIN dispositions x ON x.artifact_id = d.artifact_id AND x.record = ''"
            " WHERE x.source_id = ? AND json_extract_string(d.hints, '$.image') IS NOT NULL"
            " ORDER BY d.document_id",
            [self.source_id],
        )
        claims: dict[str, list[str]] = {}
        for document, path, image in named.iter_rows():
            claims.setdefault(str(PurePosixPath(path).parent / image), []).append(document)
        return claims

    def _parse(self, item: _Item) -> tuple[Batch, Outcome]:
        files: dict[str, Any] = {str(i): self.engine.objects.path(a) for i, a in enumerate(item.artifacts)}
        arguments: dict[str, Any] = {
            "request": entry.to_arguments(item.request),
            "pieces": list(item.members),
        }
        function = entry.CALL if item.is_call else entry.FILE
        with self.engine.sandbox.call(function, files, arguments) as (result, out):
            parsed = spool.read(out)
            # Inference runs in a worker, on plain arrays only.
            parsed = infer.pieces(self.engine.workers, self.engine.settings, parsed, result, item.request)
        version = infer.version(self.engine.settings, result["parser"], result["version"])
        reading = Reading(item.origin, item.request, result["parser"], version, parsed)
        if owners := self._owners(item):
            batch = Batch()
            add_attached(batch, reading, owners, self.engine.objects.put)
            return batch, Outcome.PART_OF
        batch = rows(reading, self.engine.objects.put)
        if item.is_call:
            self._settle_call_pieces(batch, item, result["bad"])
        return batch, Outcome.PARSED

    def _settle_call_pieces(self, batch: Batch, item: _Item, bad: Mapping[str, Any]) -> None:
        for path, artifact in zip(item.members, item.artifacts, strict=True):
            piece = replace(item.origin, path=path, artifact_id=artifact)
            if path in bad:
                error = input_error(bad[path]["code"], bad[path]["what"], mend=bad[path]["mend"])
                add_disposition(batch, piece, Outcome.QUARANTINED, f"{error.code}: {error.what}")
                add_quarantine(batch, piece, error, stage="parse", attempts=self._attempts(piece))
            else:
                add_disposition(batch, piece, Outcome.PART_OF, item.origin.path)

    def _owners(self, item: _Item) -> list[str]:
        """Documents that name this picture."""
        path = item.origin.path
        return self.claims.get(path) or self.claims.get(str(PurePosixPath(path).with_suffix("")), [])

    def _is_attached(self, item: _Item) -> bool:
        return bool(self._known[item.origin.path]["detail"] == attached_to(self._owners(item)))

    def _is_current(self, outcome: str, parser: str) -> bool:
        if outcome not in (Outcome.PARSED, Outcome.PART_OF) or not parser:
            return True
        name, _, version = parser.partition("/")
        newest = dispatch.version(f"smalti.ingest.parse.{name}:parse")[1]
        return version == infer.version(self.engine.settings, name, newest)

    def _settle(self, origin: Origin, outcome: Outcome, detail: str, error: InputError | None = None) -> None:
        known = self._known.get(origin.path)
        if known and (known["outcome"], known["artifact_id"]) == (outcome.value, origin.artifact_id):
            self.run.counts["settled"] += 1
            return
        self.run.counts[outcome.value] += 1
        self._planned.drop("quarantine", source_id=origin.source_id, path=origin.path)
        add_disposition(self._planned, origin, outcome, f"{error.code}: {detail}" if error else detail)
        if error:
            add_quarantine(self._planned, origin, error, stage="read", attempts=self._attempts(origin))

    @staticmethod
    def _origins(item: _Item) -> list[Origin]:
        """The input itself and, for a call, each of its files."""
        if not item.is_call:
            return [item.origin]
        pieces = zip(item.members, item.artifacts, strict=True)
        return [item.origin, *(replace(item.origin, path=p, artifact_id=a) for p, a in pieces)]

    def _attempts(self, origin: Origin) -> int:
        return int(self._tried.get(origin.path, 0)) + 1

    def _sight(self, path: str, artifact: str, size: int) -> None:
        self._planned.add("artifacts", {"artifact_id": artifact, "size": size})
        self._planned.add(
            "sightings",
            {
                "sighting_id": content_id("sighting", self.source_id, path, artifact),
                "artifact_id": artifact,
                "source_id": self.source_id,
                "url": path,
                "fetched_at": datetime.now(UTC),
                "headers": "{}",
            },
        )


def _is_picture(path: str) -> bool:
    return PurePosixPath(path).suffix.lower() in _IMAGES


def _bundle(names: Sequence[str], artifacts: Sequence[str]) -> bytes:
    """The artifact that stands for a call in pieces: the list of them, in reading order."""
    pieces = [{"name": PurePosixPath(n).name, "artifact": a} for n, a in zip(names, artifacts, strict=True)]
    return json.dumps({"pieces": pieces}, indent=0).encode()
