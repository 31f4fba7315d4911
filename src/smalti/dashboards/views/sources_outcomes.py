"""What became of files: a table with links to evidence, issuers and what was set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from smalti.client.base import Json
from smalti.dashboards.parts import numbers, states, tables

_HASH = re.compile(r"^[0-9a-f]{12}/")
"""Before the names of files that were handed in stands the hash of their bytes."""

OUTCOMES = {
    "parsed": "read",
    "part of": "part of another",
    "duplicate": "duplicate",
    "skipped": "skipped",
    "quarantined": "set aside",
}

_COLUMNS: Mapping[str, Any] = {
    "file": "File",
    "record": "Record",
    "outcome": "Became",
    "title": st.column_config.Column("Title", width="medium"),
    "issuer": "About (how sure, 0 to 1)",
    "kind": "Kind",
    "public": "Public since",
    "pieces": "Pieces",
    "why": "Why",
}

_LEADS: Mapping[str, tables.Lead] = {
    "title": ("evidence", {"id": "evidence_id"}),
    "issuer": ("issuer", {"issuer": "issuer_id"}),
    "why": ("sources", {"quarantine": "quarantine_id"}),
}


def table(items: Sequence[Json]) -> None:
    """The outcomes of a run; clicking one leads to its evidence, its issuer, or why it was set aside."""
    if any(one["document"] and one["document"]["synthetic"] for one in items):
        states.synthetic()
    frame = pl.DataFrame([_row(one) for one in items], infer_schema_length=None)
    columns = {name: heading for name, heading in _COLUMNS.items() if _says_something(frame[name])}
    tables.table(
        frame, "outcomes", columns=columns,
        leads={name: lead for name, lead in _LEADS.items() if name in columns},
        alt="Files and what became of them; a title leads to the evidence, a reason to what was set aside",
    )  # fmt: skip


def _says_something(column: pl.Series) -> bool:
    return bool((column.is_not_null() & (column.cast(pl.String) != "")).any())


def name(path: str) -> str:
    """The name of a file as its sender gave it."""
    return _HASH.sub("", path)


def concerned(items: Iterable[Json]) -> Mapping[str, tuple[str, datetime]]:
    """Issuers that documents are about: id → name, and when the newest of those documents became public."""
    found: dict[str, tuple[str, datetime]] = {}
    for one in items:
        if (document := one["document"]) is None:
            continue
        public = datetime.fromisoformat(document["available_at"])
        for issuer in document["issuers"]:
            known = found.get(issuer["issuer_id"])
            found[issuer["issuer_id"]] = (issuer["name"], max(public, known[1]) if known else public)
    return found


def _row(one: Json) -> dict[str, object]:
    document, aside = one["document"] or {}, one["aside"] or {}
    issuers = document.get("issuers") or []
    public = datetime.fromisoformat(document["available_at"]) if document else None
    undated = document.get("available_method") == "recorded"
    why = (
        one["detail"]
        if not aside
        else f"{aside['reason']}; {aside['mend']}"
        if aside["mend"]
        else aside["reason"]
    )
    return {
        "file": name(one["path"]),
        "record": one["record"],
        "outcome": OUTCOMES.get(one["outcome"], one["outcome"]),
        "why": why or (document.get("partial") or ""),
        "title": document.get("title") or ("" if not document else "untitled"),
        "kind": document.get("kind", ""),
        "public": "" if public is None else "undated: when stored" if undated else numbers.when(public),
        "pieces": document.get("pieces"),
        "issuer": ", ".join(f"{issuer['name']} ({issuer['score']:.2f})" for issuer in issuers[:3]),
        "issuer_id": issuers[0]["issuer_id"] if issuers else None,
        "evidence_id": one["evidence_id"],
        "quarantine_id": aside.get("quarantine_id"),
        "document_id": document.get("document_id"),
    }
