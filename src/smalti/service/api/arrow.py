"""Frames as Arrow IPC streams: record batches straight from the store, one in memory at a time."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
import pyarrow as pa
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from smalti.platform.errors import TooMany
from smalti.platform.store import Store

ARROW = "application/vnd.apache.arrow.stream"

CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {ARROW: {"schema": {"type": "string", "format": "binary"}}}}
}
"""Documents the answer in this shape beside the JSON one."""

_ROWS = 32_768  # of one batch


def wanted(request: Request) -> bool:
    """Whether the sender accepts Arrow and says so."""
    accepted = request.headers.get("accept", "").lower().split(",")
    return any(one.partition(";")[0].strip() == ARROW for one in accepted)


def stream(store: Store, sql: str, params: Mapping[str, Any], most: int, name: str) -> StreamingResponse:
    """What a query gives, written as it comes.

    Args:
        store: to read from.
        sql: the query.
        params: its named parameters.
        most: rows that may be asked for.
        name: of the file, if a browser keeps it.

    Raises:
        TooMany: there are more rows.
    """
    if (
        store.read(f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) LIMIT {int(most) + 1})", params).item()
        > most
    ):
        raise _too_many(most)
    # An answer without rows has no batch to tell its columns.
    schema = store.read(f"SELECT * FROM ({sql}) LIMIT 0", params).to_arrow().schema
    pieces = _pieces(store.batches(sql, params, _ROWS), schema)
    return StreamingResponse(pieces, media_type=ARROW, headers=_headers(name))


def frame(rows: pl.DataFrame, most: int, name: str) -> Response:
    """A frame that is in memory already.

    Raises:
        TooMany: it has more rows than may be asked for.
    """
    if rows.height > most:
        raise _too_many(most)
    return Response(
        b"".join(_pieces(rows.to_arrow().to_batches(), rows.to_arrow().schema)),
        media_type=ARROW,
        headers=_headers(name),
    )


def _too_many(most: int) -> TooMany:
    return TooMany(f"there are more than {most:,} rows", mend="ask for less, or raise api_max_rows")


def _headers(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}.arrows"', "cache-control": "no-store"}


def _pieces(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[bytes]:
    sink = io.BytesIO()
    writer: pa.RecordBatchStreamWriter | None = None
    for batch in batches:
        if writer is None:
            writer = pa.ipc.new_stream(sink, batch.schema)
        writer.write_batch(batch)
        yield _taken(sink)
    writer = writer or pa.ipc.new_stream(sink, schema)
    writer.close()
    yield _taken(sink)


def _taken(sink: io.BytesIO) -> bytes:
    written = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return written
