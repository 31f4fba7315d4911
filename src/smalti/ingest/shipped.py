"""The issuers that come with smalti: a snapshot of the SEC's list, and what changed before it.

`data/README.md` says where each file is from. A ticker has one owner at a time: where the history names an
earlier one, its present owner has it from the day after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import as_file, files

import polars as pl

from smalti.ingest.issuers import issuer_id
from smalti.ingest.names import core
from smalti.platform.records import Issuer, Name

__all__ = ["Shipped", "shipped"]

PROMINENT = 600
"""Of so many, the largest by market value, readers expect the company when they see the word."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What is shipped: issuers, dictionary words in their names, and the ids of the best known of them."""

    issuers: list[Issuer]
    words: frozenset[str]
    prominent: frozenset[str]


def shipped() -> Shipped:
    """Read the data files."""
    with as_file(files("smalti.ingest") / "data") as folder:
        table = pl.read_parquet(folder / "issuers.parquet")
        said = pl.read_csv(folder / "aliases.csv")
        past = pl.read_csv(folder / "history.csv", schema_overrides={"cik": pl.Int64}, try_parse_dates=True)
        elsewhere = pl.read_csv(folder / "elsewhere.csv")
        listings = pl.read_csv(folder / "listings.csv", schema_overrides={"cik": pl.Int64})
        words = frozenset(pl.read_parquet(folder / "words.parquet")["word"])
    names: defaultdict[str, list[Name]] = defaultdict(list)
    heads: dict[str, tuple[str, str | None]] = {}
    for cik, issuer, kind, text, since, until, _ in past.iter_rows():
        own = issuer_id(issuer, str(cik) if cik else None)
        heads.setdefault(own, (issuer, str(cik) if cik else None))
        names[own].append(Name(text, kind, since, until))
    dated = {own: list(mine) for own, mine in names.items()}
    let_go = _let_go(dated)
    largest: list[str] = []
    for cik, name, tickers in _snapshot(table):
        own = issuer_id(name, cik)
        heads[own] = (name, cik)
        largest.append(own)
        mine = dated.get(own, [])
        if core(name) not in {core(n.text) for n in mine if n.kind == "name"}:
            names[own].insert(0, Name(name, "name"))
        known = {n.text for n in mine if n.kind == "ticker"}
        names[own].extend(Name(t, "ticker", let_go.get(t)) for t in tickers if t not in known)
    for cik, name in said.iter_rows():
        names[issuer_id("", str(cik))].append(Name(name, "alias"))
    for issuer, name in elsewhere.iter_rows():
        own = issuer_id(issuer)
        heads.setdefault(own, (issuer, None))
        names[own].append(Name(name, "name" if name == issuer else "alias"))
    for listing, cik, issuer in listings.iter_rows():
        names[issuer_id(issuer, str(cik) if cik else None)].append(Name(listing, "listing"))
    order = dict.fromkeys([*largest, *heads])
    issuers = [Issuer(own, *heads[own], names=tuple(dict.fromkeys(names[own]))) for own in order]
    return Shipped(issuers, words, frozenset(largest[:PROMINENT]))


def _snapshot(table: pl.DataFrame) -> Iterator[tuple[str, str, list[str]]]:
    grouped = table.group_by("cik", maintain_order=True).agg(pl.first("name"), "ticker")
    for cik, name, tickers in grouped.iter_rows():
        yield str(cik), name, tickers


def _let_go(names: Mapping[str, list[Name]]) -> dict[str, date]:
    """The day from which each past ticker was free for another."""
    ends: dict[str, date] = {}
    for mine in names.values():
        for name in mine:
            if name.kind == "ticker" and name.valid_to:
                free = name.valid_to + timedelta(days=1)
                ends[name.text] = max(free, ends.get(name.text, free))
    return ends
