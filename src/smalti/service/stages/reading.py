"""Bytes to documents: what folders, feeds and single files have in common once their bytes are stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePosixPath
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
from smalti.ingest.parse import dispatch, entry
from smalti.ingest.parse.contract import Limits, Parsed, Request
from smalti.ingest.parse.prices import available_at
from smalti.platform.errors import Erased, InputError, input_error
from smalti.platform.ledger import Run
from smalti.platform.records import Outcome, content_id
from smalti.platform.store import Batch
from smalti.platform.store.store import as_json
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine
from smalti.service.tombstones import ERASED

_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff"}


@dataclass(frozen=True, slots=True)
class Item:
    """One input whose bytes are in the object store.

    Attributes:
        members, artifacts: the files it is made of and their bytes, in reading order; one, but for a call
            in pieces.
        beside: rows that are written together with what comes of it: a pulled thing's sighting and cursor.
    """

    origin: Origin
    request: Request
    artifacts: tuple[str, ...]
    members: tuple[str, ...]
    beside: Sequence[tuple[str, Mapping[str, Any]]] = ()

    @property
    def is_call_in_pieces(self) -> bool:
        """Whether its members are pieces of one recording."""
        return len(self.members) > 1


class Reader:
    """Reads the inputs of one source in one run, and knows what became of them before.

    Args:
        engine: the owner's.
        source_id: of the source.
        run: of the stage.
        again: paths that are read anew although they are settled.
        own_too: the source is not walked whole, so which of its bytes came first is asked of the store.
    """

    def __init__(
        self,
        engine: Engine,
        source_id: str,
        run: Run,
        again: Collection[str] = (),
        *,
        own_too: bool = False,
    ) -> None:
        self.engine = engine
        self.source_id = source_id
        self.run = run
        self.limits = Limits(max_bytes=engine.settings.max_bytes, max_pages=engine.settings.max_pages)
        self.planned = Batch()
        self._claims: dict[str, list[str]] = {}
        read = engine.store.read
        known = read(
            "SELECT path, artifact_id, outcome, parser, detail FROM dispositions"
            " WHERE source_id = ? AND record = ''",
            [source_id],
        )
        self._known = {row["path"]: row for row in known.iter_rows(named=True) if row["path"] not in again}
        tried = read(
            "SELECT path, max(attempts) FROM quarantine WHERE source_id = ? GROUP BY path", [source_id]
        )
        self._tried = dict(tried.iter_rows())
        elsewhere = read(
            "SELECT artifact_id, min(path) AS path FROM dispositions"
            " WHERE (source_id <> ? OR ?) AND record = '' AND outcome = 'parsed' GROUP BY artifact_id",
            [source_id, own_too],
        )
        self._first = dict(elsewhere.iter_rows())

    def known_artifact(self, path: str) -> str | None:
        """The bytes last settled under a path, if they were read."""
        known = self._known.get(path)
        is_read = known is not None and known["outcome"] in (Outcome.PARSED, Outcome.PART_OF)
        return str(known["artifact_id"]) if known and is_read else None

    def listed_artifact(self, path: str) -> str | None:
        """The bytes of a list last settled under a path."""
        known = self._known.get(path)
        return str(known["artifact_id"]) if known and known["outcome"] == Outcome.SKIPPED else None

    def first_with(self, artifact_id: str, path: str) -> str:
        """The path under which these bytes came first; `path` itself where they are new."""
        return str(self._first.setdefault(artifact_id, path))

    def is_settled(self, path: str, artifact_id: str) -> bool:
        """Whether these bytes were dealt with under this path by today's parser and models."""
        known = self._known.get(path)
        if known is None or known["artifact_id"] != artifact_id:
            return False
        if known["outcome"] not in (Outcome.PARSED, Outcome.PART_OF) or not known["parser"]:
            return True
        name, _, version = known["parser"].partition("/")
        newest = dispatch.version(f"smalti.ingest.parse.{name}:parse")[1]
        return bool(version == infer.version(self.engine.settings, name, newest))

    def settle(
        self,
        origin: Origin,
        outcome: Outcome,
        detail: str,
        error: InputError | None = None,
        stage: str = "read",
    ) -> None:
        """Decide an input without parsing it; written by `flush`."""
        known = self._known.get(origin.path)
        if known and (known["outcome"], known["artifact_id"]) == (outcome.value, origin.artifact_id):
            self.run.counts["settled"] += 1
            return
        self.run.counts[outcome.value] += 1
        self.planned.drop("quarantine", source_id=origin.source_id, path=origin.path)
        add_disposition(self.planned, origin, outcome, f"{error.code}: {detail}" if error else detail)
        if error:
            add_quarantine(self.planned, origin, error, stage=stage, attempts=self.attempts(origin.path))

    def set_aside(self, origin: Origin, error: InputError) -> None:
        """Decide an input that cannot be had; what was erased before is no fault."""
        if isinstance(error, Erased):
            self.settle(replace(origin, artifact_id=error.subject), Outcome.SKIPPED, ERASED)
        else:
            self.settle(origin, Outcome.QUARANTINED, error.what, error)

    def sight(self, path: str, artifact_id: str, size: int) -> None:
        """Note the receipt of a file's bytes; written by `flush`."""
        for table, row in sighting(self.source_id, path, artifact_id, size, self.engine.store.now()):
            self.planned.add(table, row)

    def flush(self) -> None:
        """Write what was decided without parsing, and the sightings."""
        if len(self.planned):
            self.engine.store.commit(self.planned)
        self.planned = Batch()

    def read_all(self, items: Sequence[Item]) -> None:
        """Parse inputs, several at once. Posts go before pictures: a picture becomes part of its post."""
        for item, outcome in in_threads(self.read, items, self.engine.settings.workers):
            self.run.counts[outcome] += 1
            self.engine.progress.step(self.run.stage, item.origin.path)

    def read(self, item: Item) -> str:
        """Parse one input and commit what came of it; returns its outcome."""
        try:
            batch, outcome = self._parse(item)
        except InputError as error:
            batch, outcome = Batch(), Outcome.QUARANTINED
            for origin in _origins(item):
                add_disposition(batch, origin, outcome, f"{error.code}: {error.what}")
            attempts = self.attempts(item.origin.path)
            add_quarantine(batch, item.origin, error, stage="parse", attempts=attempts)
        for origin in _origins(item):
            for table in ("dispositions", "quarantine"):
                batch.drop(table, source_id=origin.source_id, path=origin.path)
        for table, row in item.beside:
            batch.add(table, row)
        self.engine.store.commit(batch)
        return outcome.value

    def read_claims(self) -> None:
        """Learn which documents name which pictures."""
        named = self.engine.store.read(
            "SELECT d.document_id, x.path, json_extract_string(d.hints, '$.image') AS images"
            " FROM documents d JOIN dispositions x ON x.artifact_id = d.artifact_id AND x.record = ''"
            " WHERE x.source_id = ? AND json_extract_string(d.hints, '$.image') IS NOT NULL"
            " ORDER BY d.document_id",
            [self.source_id],
        )
        self._claims = {}
        for document, path, images in named.iter_rows():
            for image in images.splitlines():
                self._claims.setdefault(str(PurePosixPath(path).parent / image), []).append(document)

    def is_moved(self, item: Item) -> bool:
        """Whether other posts name a settled picture than when it was read."""
        owners = self.owners(item)
        return bool(owners) and self._known[item.origin.path]["detail"] != attached_to(owners)

    def attempts(self, path: str) -> int:
        """How often reading this path was tried, this time included."""
        return int(self._tried.get(path, 0)) + 1

    def _parse(self, item: Item) -> tuple[Batch, Outcome]:
        engine = self.engine
        files: dict[str, Any] = {str(i): engine.objects.path(a) for i, a in enumerate(item.artifacts)}
        arguments = {"request": entry.to_arguments(item.request), "pieces": list(item.members)}
        function = entry.CALL if item.is_call_in_pieces else entry.FILE
        with engine.sandbox.call(function, files, arguments) as (result, out):
            parsed = spool.read(out)
            # Inference runs in a worker, on plain arrays only.
            parsed = infer.pieces(engine.workers, engine.settings, parsed, result, item.request)
        parsed = _without_days_to_come(parsed, engine.store.now())
        parsed = engine.tombstones.without_erased(parsed)
        version = infer.version(engine.settings, result["parser"], result["version"])
        reading = Reading(item.origin, item.request, result["parser"], version, parsed)
        if owners := self.owners(item):
            batch = Batch()
            add_attached(batch, reading, owners, self._put)
            return batch, Outcome.PART_OF
        batch = rows(reading, self._put)
        if item.is_call_in_pieces:
            self._settle_call_pieces(batch, item, result["bad"])
        return batch, Outcome.PARSED

    def _put(self, raw: bytes) -> str:
        """Store a crop; one that was erased with another document is named, and not stored again."""
        try:
            return self.engine.objects.put(raw)
        except Erased as error:
            return error.subject

    def _settle_call_pieces(self, batch: Batch, item: Item, bad: Mapping[str, Any]) -> None:
        for piece in _origins(item)[1:]:
            if piece.path in bad:
                told = bad[piece.path]
                error = input_error(told["code"], told["what"], mend=told["mend"])
                add_disposition(batch, piece, Outcome.QUARANTINED, f"{error.code}: {error.what}")
                add_quarantine(batch, piece, error, stage="parse", attempts=self.attempts(piece.path))
            else:
                add_disposition(batch, piece, Outcome.PART_OF, item.origin.path)

    def owners(self, item: Item) -> list[str]:
        """Documents that name this picture."""
        path = item.origin.path
        return self._claims.get(path) or self._claims.get(str(PurePosixPath(path).with_suffix("")), [])


def is_picture(path: str) -> bool:
    """Whether a path is named as a picture."""
    return PurePosixPath(path).suffix.lower() in _IMAGES


def sighting(
    source_id: str,
    path: str,
    artifact_id: str,
    size: int,
    at: datetime,
    url: str = "",
    headers: Mapping[str, str] | None = None,
) -> list[tuple[str, Mapping[str, Any]]]:
    """The rows of one receipt of bytes: under which name, from where, when, with which headers."""
    received = {
        "sighting_id": content_id("sighting", source_id, path, artifact_id),
        "artifact_id": artifact_id,
        "source_id": source_id,
        "path": path,
        "url": url or path,
        "fetched_at": at,
        "headers": as_json(dict(headers or {})),
    }
    return [("artifacts", {"artifact_id": artifact_id, "size": size}), ("sightings", received)]


def _without_days_to_come(parsed: Parsed, now: datetime) -> Parsed:
    """Less prices of days that are not over: what a table fetched at noon calls a close is none."""
    over = [price for price in parsed.prices if available_at(date.fromisoformat(price.day)) <= now]
    left = len(parsed.prices) - len(over)
    if not left:
        return parsed
    why = f"{left} days were not over when it was read, and are left out"
    documents = [replace(d, partial="; ".join(filter(None, (d.partial, why)))) for d in parsed.documents]
    return replace(parsed, prices=over, documents=documents)


def bundle(names: Sequence[str], artifacts: Sequence[str]) -> bytes:
    """The artifact that stands for a call in pieces: the list of them, in reading order."""
    pieces = [{"name": PurePosixPath(n).name, "artifact": a} for n, a in zip(names, artifacts, strict=True)]
    return json.dumps({"pieces": pieces}, indent=0).encode()


def _origins(item: Item) -> list[Origin]:
    """The input itself and, for a call in pieces, each of its files."""
    if not item.is_call_in_pieces:
        return [item.origin]
    pieces = zip(item.members, item.artifacts, strict=True)
    return [item.origin, *(replace(item.origin, path=p, artifact_id=a) for p, a in pieces)]
