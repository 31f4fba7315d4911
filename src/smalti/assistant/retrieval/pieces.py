"""Pieces of evidence as the store holds them: their words for the index, and what is shown of a hit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from smalti.assistant.retrieval.quotes import quote
from smalti.assistant.retrieval.records import Hit
from smalti.assistant.retrieval.text_index import Indexed, Piece
from smalti.platform.records import Locator
from smalti.platform.store import Store

_MOST_ISSUERS = 5  # named with a hit
_AT_ONCE = 20_000  # pieces indexed in one go: what a kill can cost

# What a piece's structure says of it beside its text, as far as it is words.
_PARTS = (
    "concat_ws(' ', e.payload->>'heading', e.payload->>'caption', e.payload->>'speaker', e.payload->>'role',"
    " e.payload->>'concept')"
)
# Last days of the periods that facts and tables tell of themselves.
_ENDS = (
    "CASE e.kind WHEN 'fact' THEN [e.payload->>'period_end']"
    " WHEN 'table' THEN json_extract_string(e.payload, '$.periods[*].end') END"
)
_OF_DOCUMENTS = (
    f"SELECT e.document_id, e.evidence_id, e.kind, e.text, {_PARTS} AS parts, {_ENDS} AS ends FROM evidence e"
    " WHERE e.document_id IN (SELECT unnest($documents::TEXT[]))"
    " ORDER BY e.document_id, e.ordinal, e.evidence_id"
)
_NAMED = (
    f"SELECT e.evidence_id, e.document_id, e.kind, e.text, e.locator, e.media_id, {_PARTS} AS parts,"
    " d.title, d.part, d.kind AS source, d.language, d.url, d.available_at, d.available_method,"
    " json_extract_string(d.hints, '$.synthetic') IS NOT NULL AS synthetic"
    " FROM evidence e JOIN documents d USING (document_id)"
    " WHERE e.evidence_id IN (SELECT unnest($wanted::TEXT[]))"
)
_SHOWN = (
    "SELECT d.document_id, coalesce((SELECT min(x.path) FROM dispositions x"
    "  WHERE x.artifact_id = d.artifact_id AND x.record = ''), '') AS file,"
    " coalesce((SELECT list(i.name ORDER BY l.score DESC, i.name) FROM links l"
    "  JOIN issuers i USING (issuer_id) WHERE l.document_id = d.document_id), []) AS issuers"
    " FROM documents d WHERE d.document_id IN (SELECT unnest($wanted::TEXT[]))"
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

Row = Mapping[str, Any]


def indexed(store: Store, documents: pl.DataFrame) -> Iterator[list[Indexed]]:
    """Documents (rows of `standing`) with their pieces, in portions of about as many pieces."""
    portion = (pl.col("pieces").cum_sum() - pl.col("pieces")) // _AT_ONCE
    for (_,), part in documents.with_columns(portion=portion).group_by("portion", maintain_order=True):
        rows = store.read(_OF_DOCUMENTS, {"documents": part["document_id"].to_list()})
        by_document = rows.partition_by("document_id", as_dict=True, include_key=False)
        yield [_indexed(one, by_document.get((one["document_id"],))) for one in part.iter_rows(named=True)]


def body(row: Row, title: str, names: str | None) -> str:
    """All words of a piece: its text, and what its document, its issuer and its heading are called.

    A paragraph hardly ever says of whom it speaks.
    """
    text = row["text"] or ""
    beside = " ".join(filter(None, ("" if text.startswith(title) else title, names, row["parts"])))
    told_once = dict.fromkeys(_CAMEL.sub(" ", beside).split())
    return f"{text} {' '.join(told_once)}"


def rows_of(store: Store, evidence_ids: Sequence[str]) -> dict[str, Row]:
    """Pieces by id, with what their documents say."""
    if not evidence_ids:
        return {}
    rows = store.read(_NAMED, {"wanted": sorted(set(evidence_ids))})
    return {row["evidence_id"]: row for row in rows.iter_rows(named=True)}


def shown(store: Store, document_ids: Sequence[str]) -> dict[str, Row]:
    """Of documents by id: the `file` they were sighted as, and the names of their `issuers`."""
    rows = store.read(_SHOWN, {"wanted": sorted(set(document_ids))})
    return {row["document_id"]: row for row in rows.iter_rows(named=True)}


def hit(
    row: Row,
    of_document: Row,
    weights: Mapping[str, float],
    fused: float,
    by_words: tuple[float | None, int | None],
    by_meaning: tuple[float | None, int | None],
) -> Hit:
    """A piece as it is shown; the last two are a score and a rank."""
    found = quote(row["text"] or "", weights)
    where = Locator.from_json(row["locator"]).describe()
    return Hit(
        evidence_id=row["evidence_id"],
        document_id=row["document_id"],
        kind=row["kind"],
        source=row["source"],
        title=row["title"],
        where=", ".join(filter(None, (row["part"], where))),
        locator=row["locator"],
        quote=found.text,
        quote_start=found.start,
        highlights=found.highlights,
        issuers=of_document["issuers"][:_MOST_ISSUERS],
        language=row["language"],
        url=row["url"],
        file=of_document["file"],
        media_id=row["media_id"],
        available_at=row["available_at"],
        available_method=row["available_method"],
        fused=fused,
        bm25=by_words[0],
        bm25_rank=by_words[1],
        cosine=by_meaning[0],
        cosine_rank=by_meaning[1],
        synthetic=row["synthetic"],
    )


def _indexed(document: Row, rows: pl.DataFrame | None) -> Indexed:
    pieces = [] if rows is None else rows.iter_rows(named=True)
    return Indexed(
        document_id=document["document_id"],
        signature=document["signature"],
        source=document["source"],
        language=document["language"],
        since=document["since"],
        until=document["until"],
        copy=document["copy"],
        issuers=document["issuers"],
        pieces=[
            Piece(
                row["evidence_id"],
                row["kind"],
                body(row, document["title"], document["names"]),
                sorted({end[:7] for end in row["ends"] or () if end}) or [document["told"]],
            )
            for row in pieces
        ],
    )
