"""How parsed pieces travel from a sandbox or a worker to the writer: Arrow files of plain columns.

The reader trusts nothing: links and odd files in the folder are refused, columns are taken by name and
type, and JSON is parsed, never evaluated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from smalti.ingest.parse.contract import Parsed, ParsedDocument, Piece, PriceRow, Record
from smalti.platform.errors import Malformed
from smalti.platform.records import DateMethod, EvidenceKind, Locator, Outcome, SourceKind

_TEXT, _TIME = pa.string(), pa.timestamp("us", tz="UTC")
_DOCUMENTS = pa.schema(
    [
        (n, _TEXT)
        for n in ("part", "kind", "title", "date_method", "language", "author", "url", "partial", "hints")
    ]
    + [("published_at", _TIME)]
)
_PIECES = pa.schema(
    [("document", pa.int64())]
    + [(n, _TEXT) for n in ("kind", "locator", "text", "payload")]
    + [("media", pa.binary())]
)
_RECORDS = pa.schema([(n, _TEXT) for n in ("record", "outcome", "code", "reason", "mend")])
_PRICES = pa.schema(
    [("ticker", _TEXT), ("day", _TEXT)] + [(n, pa.float64()) for n in ("close", "adjusted_close", "volume")]
)


def write(parsed: Parsed, folder: Path) -> None:
    """Write everything `parsed` holds into `folder`."""
    documents = [_document_row(d) for d in parsed.documents]
    pieces = [_piece_row(i, p) for i, d in enumerate(parsed.documents) for p in d.pieces]
    _save(folder / "documents.arrow", _DOCUMENTS, documents)
    _save(folder / "pieces.arrow", _PIECES, pieces)
    _save(folder / "records.arrow", _RECORDS, _rows(parsed.records, _RECORDS))
    _save(folder / "prices.arrow", _PRICES, _rows(parsed.prices, _PRICES))
    for name, array in parsed.arrays.items():
        np.save(folder / f"{name}.npy", np.asarray(array), allow_pickle=False)


def read(folder: Path) -> Parsed:
    """Read it back; `arrays` maps names to paths of `.npy` files, still on disk.

    Raises:
        Malformed: the folder does not hold what a parser writes.
    """
    try:
        documents = _load(folder / "documents.arrow", _DOCUMENTS)
        pieces: list[list[Piece]] = [[] for _ in documents]
        for row in _load(folder / "pieces.arrow", _PIECES):
            pieces[row["document"]].append(_piece(row))
        records = [
            Record(**row | {"outcome": Outcome(row["outcome"])})
            for row in _load(folder / "records.arrow", _RECORDS)
        ]
        prices = [PriceRow(**row) for row in _load(folder / "prices.arrow", _PRICES)]
        parsed = [_document(row, own) for row, own in zip(documents, pieces, strict=True)]
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise Malformed(
            f"its parser left unreadable output ({type(error).__name__}: {error})",
            mend="report it with the file; other inputs are not affected",
        ) from error
    arrays = {p.stem: p for p in sorted(folder.glob("*.npy")) if is_plain(p)}
    return Parsed(parsed, records, prices, arrays)


def _rows(records: Iterable[Record | PriceRow], schema: pa.Schema) -> list[dict[str, Any]]:
    """Plain rows; `dataclasses.asdict` copies deeply, which takes ten times as long."""
    return [{name: getattr(record, name) for name in schema.names} for record in records]


def _document_row(document: ParsedDocument) -> dict[str, Any]:
    names = ("part", "title", "language", "author", "url", "partial", "published_at")
    return {name: getattr(document, name) for name in names} | {
        "kind": document.kind.value,
        "date_method": document.date_method.value if document.date_method else None,
        "hints": json.dumps(dict(document.hints), ensure_ascii=False),
    }


def _document(row: Mapping[str, Any], pieces: Sequence[Piece]) -> ParsedDocument:
    published: datetime | None = row["published_at"]
    return ParsedDocument(
        part=row["part"],
        kind=SourceKind(row["kind"]),
        title=row["title"] or "",
        pieces=pieces,
        published_at=published,
        date_method=DateMethod(row["date_method"]) if row["date_method"] else None,
        language=row["language"],
        author=row["author"],
        url=row["url"],
        partial=row["partial"],
        hints={str(k): str(v) for k, v in json.loads(row["hints"]).items()},
    )


def _piece_row(document: int, piece: Piece) -> dict[str, Any]:
    return {
        "document": document,
        "kind": piece.kind.value,
        "locator": piece.locator.to_json(),
        "text": piece.text,
        "payload": json.dumps(dict(piece.payload), allow_nan=False, sort_keys=True, ensure_ascii=False),
        "media": piece.media,
    }


def _piece(row: Mapping[str, Any]) -> Piece:
    payload = json.loads(row["payload"])
    return Piece(
        EvidenceKind(row["kind"]), Locator.from_json(row["locator"]), row["text"], payload, row["media"]
    )


def _save(path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, Any]]) -> None:
    table = pa.Table.from_pylist([_clean(row) for row in rows], schema=schema)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_table(table)


def _clean(row: Mapping[str, Any]) -> dict[str, Any]:
    # A PDF may hold lone surrogates, which no UTF-8 column takes; JSON is unescaped so as to show them.
    return {k: v.encode("utf-8", "replace").decode() if isinstance(v, str) else v for k, v in row.items()}


def _load(path: Path, schema: pa.Schema) -> list[dict[str, Any]]:
    if not is_plain(path):
        raise ValueError(f"{path.name} is not a plain file")
    with pa.OSFile(str(path), "rb") as source:
        table = pa.ipc.open_file(source).read_all()
    rows: list[dict[str, Any]] = table.select(schema.names).cast(schema).to_pylist()
    return rows


def is_plain(path: Path) -> bool:
    """Whether it is a file of the sandbox's own making: a link could lead the reader anywhere."""
    return path.is_file() and not path.is_symlink()
