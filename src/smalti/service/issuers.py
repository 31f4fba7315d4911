"""Issuers as people ask for them: who is called so, what is known of them, and how fresh it is."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from smalti.platform.errors import NotFound
from smalti.platform.store import Store

_NAMED = 20
"""Issuers that an error names."""
_MOST_MEANT = 10_000
"""Texts remembered with whom they mean."""


@dataclass(frozen=True, slots=True)
class IssuerRow:
    """One issuer in a list.

    Attributes:
        tickers: those in use on the day asked about.
        documents: linked to it.
        newest: when the newest dated document about it became available.
        scored_as_of: the newest moment it has signals for.
        synthetic: documents about it are made up.
    """

    issuer_id: str
    name: str
    cik: str | None
    lei: str | None
    tickers: Sequence[str]
    documents: int
    newest: datetime | None
    scored_as_of: datetime | None
    synthetic: bool


@dataclass(frozen=True, slots=True)
class NameView:
    """A name, ticker or alias, when it was in use, and who says so."""

    text: str
    kind: str
    valid_from: date | None
    valid_to: date | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class KindCount:
    """What is held of one kind of source: `news`, `filing`, `social`, `call`, `price`."""

    kind: str
    documents: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class IssuerDetail:
    """An issuer with all its names and what is held about it."""

    issuer_id: str
    name: str
    cik: str | None
    lei: str | None
    names: Sequence[NameView]
    kinds: Sequence[KindCount]
    newest: datetime | None
    scored_as_of: datetime | None
    signals: int
    synthetic: bool


# $day is the day names are asked about; an open end of their time counts as in use.
LIST = """
SELECT i.issuer_id, i.name, lower(i.name) AS sorted_name, i.cik, i.lei,
    coalesce(n.tickers, []) AS tickers, coalesce(d.documents, 0) AS documents, d.newest, s.scored_as_of,
    coalesce(d.synthetic, false) AS synthetic
FROM issuers i
LEFT JOIN (
    SELECT issuer_id, list(DISTINCT text ORDER BY text) AS tickers FROM issuer_names
    WHERE kind IN ('ticker', 'listing') AND (valid_from IS NULL OR valid_from <= $day)
        AND (valid_to IS NULL OR valid_to >= $day)
    GROUP BY issuer_id
) n USING (issuer_id)
LEFT JOIN (
    SELECT l.issuer_id, count(*) AS documents,
        max(d.available_at) FILTER (d.available_method <> 'recorded') AS newest,
        bool_or(json_extract_string(d.hints, '$.synthetic') IS NOT NULL) AS synthetic
    FROM links l JOIN documents d USING (document_id) WHERE d.available_at <= $as_of GROUP BY l.issuer_id
) d USING (issuer_id)
LEFT JOIN (
    SELECT issuer_id, max(as_of) AS scored_as_of FROM signals WHERE as_of <= $as_of GROUP BY issuer_id
) s USING (issuer_id)
WHERE ($text IS NULL OR i.issuer_id = $text OR i.cik = ltrim($text, '0') OR contains(lower(i.name), $text)
    OR EXISTS (
        SELECT 1 FROM issuer_names x WHERE x.issuer_id = i.issuer_id AND starts_with(lower(x.text), $text)
            AND (x.valid_from IS NULL OR x.valid_from <= $day) AND (x.valid_to IS NULL OR x.valid_to >= $day)
    ))
"""
"""Issuers whose name, ticker, CIK or id answers to `$text` (in lower case), as of a moment."""


def row_view(row: Mapping[str, Any]) -> IssuerRow:
    """One issuer of `LIST`."""
    return IssuerRow(**{name: row[name] for name in IssuerRow.__slots__})


def issuer_called(store: Store, text: str) -> str:
    """The id of the one issuer called so: by id, name, alias, ticker or CIK, else by how its name begins.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    wanted = text.strip().casefold()
    found = store.read(
        "WITH called AS ("
        " SELECT issuer_id, lower(name) AS word, true AS own FROM issuers"
        " UNION ALL SELECT issuer_id, issuer_id, false FROM issuers"
        " UNION ALL SELECT issuer_id, ltrim(cik, '0'), false FROM issuers WHERE cik IS NOT NULL"
        " UNION ALL SELECT issuer_id, lower(text), false FROM issuer_names"
        " UNION ALL SELECT issuer_id, ltrim(text, '0'), false FROM issuer_names WHERE kind = 'cik')"
        " SELECT issuer_id, bool_or(word IN ($wanted, $number)) AS exact FROM called"
        " WHERE word IN ($wanted, $number) OR (own AND starts_with(word, $wanted)) GROUP BY issuer_id",
        {"wanted": wanted, "number": wanted.lstrip("0") or wanted},
    )
    exact = found.filter("exact")["issuer_id"].to_list()
    best = exact or found["issuer_id"].to_list()
    if len(best) == 1:
        return str(best[0])
    names = store.read(f"SELECT name FROM issuers ORDER BY name LIMIT {_NAMED}")["name"].to_list()
    what = "several issuers are called so" if best else "no such issuer"
    raise NotFound(what, subject=text, mend=f"known: {', '.join(names) or 'none yet'}")


class Called:
    """Remembers whom texts meant, until a commit brings issuers or names. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._meant: dict[str, str] = {}
        self._changes = 0
        self._changing = threading.Lock()
        store.watch(self._told)

    def issuer(self, text: str) -> str:
        """As `issuer_called`."""
        meant, before = self._meant.get(text), self._changes
        if meant is None:
            meant = issuer_called(self._store, text)
            with self._changing:
                if before == self._changes and len(self._meant) < _MOST_MEANT:
                    self._meant[text] = meant
        return meant

    def _told(self, frames: Mapping[str, pl.DataFrame]) -> None:
        if "issuers" in frames or "issuer_names" in frames:
            with self._changing:
                self._changes += 1
                self._meant.clear()


def issuer(store: Store, issuer_id: str, as_of: datetime) -> IssuerDetail:
    """All that is held about an issuer as of a moment.

    Raises:
        NotFound: no issuer has this id.
    """
    rows = store.read("SELECT issuer_id, name, cik, lei FROM issuers WHERE issuer_id = ?", [issuer_id])
    if not rows.height:
        raise NotFound("no such issuer", subject=issuer_id, mend="`issuers` lists them")
    names = store.read(
        "SELECT text, kind, valid_from, valid_to, origin FROM issuer_names WHERE issuer_id = ?"
        " ORDER BY kind, valid_from NULLS FIRST, text",
        [issuer_id],
    )
    kinds = store.read(
        "SELECT d.kind, count(*) AS documents,"
        " max(d.available_at) FILTER (d.available_method <> 'recorded') AS newest,"
        " bool_or(json_extract_string(d.hints, '$.synthetic') IS NOT NULL) AS synthetic"
        " FROM links l JOIN documents d USING (document_id)"
        " WHERE l.issuer_id = $issuer AND d.available_at <= $as_of GROUP BY d.kind ORDER BY d.kind",
        {"issuer": issuer_id, "as_of": as_of},
    )
    scored = store.read(
        "SELECT count(*) AS n, max(as_of) AS newest FROM signals"
        " WHERE issuer_id = $issuer AND as_of <= $as_of",
        {"issuer": issuer_id, "as_of": as_of},
    ).row(0, named=True)
    return IssuerDetail(
        **rows.row(0, named=True),
        names=[NameView(**row) for row in names.iter_rows(named=True)],
        kinds=[KindCount(*row[:3]) for row in kinds.iter_rows()],
        newest=kinds["newest"].max(),  # type: ignore[arg-type]  # a column of times
        scored_as_of=scored["newest"],
        signals=scored["n"],
        synthetic=bool(kinds["synthetic"].any()),
    )
