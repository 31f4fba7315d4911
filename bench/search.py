"""Search: does it find what is known to be there, and is its index the right one?

1. Known items: questions of `labels/search.json` on the demo world and on the sample (`$SMALTI_DATA/sample`),
   by words (BM25), by meaning (vectors) and by both fused; and the same with filings embedded too, in memory
   only. Recall at 5 and 10, and the mean reciprocal rank.
2. Three indexes over the same words of the same pieces: Tantivy, SQLite FTS5, DuckDB fts. Time to build, p50
   and p99 of a query of three words, time until one more document of 20 pieces is found, bytes on disk.
   DuckDB's index cannot take in one more document: it is made anew.
3. Vectors compared by brute force: time and memory for 100,000 and 1,000,000, and what rounding them to eight
   bits does to a cosine. Run with

    python bench/search.py [--demo HOME] [--sample HOME] [--no-embedding]

where the homes hold stores with these files taken in; without them they are made, which takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from smalti.assistant.retrieval import Question
from smalti.assistant.retrieval.meaning import FOR_SEARCH, Meaning, unit
from smalti.assistant.retrieval.records import Hit
from smalti.assistant.retrieval.retriever import Retriever
from smalti.assistant.retrieval.text_index import Indexed, Piece, TantivyIndex
from smalti.assistant.retrieval.vectors import Vectors
from smalti.assistant.retrieval.words import query_words, words
from smalti.models.encoders.text import TextEncoder
from smalti.platform.inference import limit_threads
from smalti.platform.settings import load_settings
from smalti.platform.store import Batch, Store
from smalti.service.demo_world import FILES
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SMALTI_DATA", ROOT / ".." / "shared" / "data"))
LABELS = ROOT / "bench" / "labels" / "search.json"
RESULT = ROOT / "bench" / "results" / "search.json"
NOW = datetime(2100, 1, 1, tzinfo=UTC)
DEEP = 100

Ranking = Callable[[Sequence[Hit]], list[Hit]]
RANKINGS: dict[str, Ranking] = {
    "words": lambda hits: sorted((h for h in hits if h.bm25_rank), key=lambda h: h.bm25_rank or 0),
    "meaning": lambda hits: sorted((h for h in hits if h.cosine_rank), key=lambda h: h.cosine_rank or 0),
    "fused": list,
}


@dataclass(frozen=True)
class Asked:
    """One known item: whether a hit is it is told by the title of its document and by what it says."""

    store: str
    question: str
    title: str
    says: str
    kind: str

    def right(self, hit: Hit, texts: Mapping[str, str]) -> bool:
        """Whether a hit is what was meant."""
        return self.title in hit.title and self.says in texts[hit.evidence_id] and hit.kind == self.kind


def quality(name: str, home: Path, encoder: TextEncoder, *, embed_filings: bool) -> list[dict[str, Any]]:
    """A row for each ranking; the store is a scratch copy."""
    asked = [Asked(**one) for one in json.loads(LABELS.read_text())["questions"] if one["store"] == name]
    rows = []
    with tempfile.TemporaryDirectory() as made:
        shutil.copy(home / "smalti.duckdb", made)
        with Store(Path(made) / "smalti.duckdb") as store:
            texts = dict(store.read("SELECT evidence_id, text FROM evidence").iter_rows())
            version = encoder.model_version.rpartition(":")[0]
            for filings in (False, True) if embed_filings else (False,):
                seconds = _embed_filings(store, encoder) if filings else 0.0
                retriever = Retriever(TantivyIndex(Path(made) / f"index-{filings}"), Meaning(version, 10**6))
                retriever.refresh(store)
                found = {
                    one.question: retriever.search(
                        store,
                        Question(one.question, NOW, limit=2 * DEEP),
                        lambda q: unit(encoder.encode([q])[0]),
                    ).hits
                    for one in asked
                }
                for ranking, order in RANKINGS.items():
                    ranks = [_rank(one, order(found[one.question]), texts) for one in asked]
                    rows.append(
                        {"store": name, "filings_embedded": filings, "embedding_s": round(seconds, 1),
                         "ranking": ranking, **_figures(ranks), "by_kind": _by_kind(asked, ranks),
                         "not_in_ten": [
                            a.question for a, r in zip(asked, ranks, strict=True) if not 0 < r <= 10]}
                    )  # fmt: skip
    return rows


def _rank(asked: Asked, hits: Sequence[Hit], texts: Mapping[str, str]) -> int:
    """The place of the first right hit; 0 where there is none."""
    return next((i for i, hit in enumerate(hits, 1) if asked.right(hit, texts)), 0)


def _figures(ranks: Sequence[int]) -> dict[str, Any]:
    return {
        "questions": len(ranks),
        "recall_5": round(sum(0 < r <= 5 for r in ranks) / len(ranks), 3),
        "recall_10": round(sum(0 < r <= 10 for r in ranks) / len(ranks), 3),
        "mrr": round(sum(1 / r for r in ranks if r) / len(ranks), 3),
    }


def _by_kind(asked: Sequence[Asked], ranks: Sequence[int]) -> dict[str, str]:
    kinds = sorted({one.kind for one in asked})
    of = {k: [r for a, r in zip(asked, ranks, strict=True) if a.kind == k] for k in kinds}
    return {k: f"{sum(0 < r <= 10 for r in rs)} of {len(rs)} in ten" for k, rs in of.items()}


def _embed_filings(store: Store, encoder: TextEncoder) -> float:
    todo = store.read(
        "SELECT content_id, any_value(e.text) AS text FROM evidence e JOIN documents d USING (document_id)"
        " WHERE d.kind = 'filing' AND e.kind IN ('paragraph', 'table') AND length(e.text) > 30"
        " GROUP BY 1 ORDER BY 1"
    )
    start = time.perf_counter()
    vectors = encoder.encode([text[:1500] for text in todo["text"]])
    seconds = time.perf_counter() - start
    batch = Batch()
    frame = todo.select("content_id").with_columns(
        encoder=pl.lit(FOR_SEARCH + encoder.model_version),
        vector=pl.Series(vectors.tolist(), dtype=pl.List(pl.Float32)),
    )
    batch.add_frame("embeddings", frame)
    store.commit(batch)
    return seconds


# --- the index itself -------------------------------------------------------------------------------


class Sqlite:
    """FTS5 over words cut beforehand, so that all three hold the same."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self._con = sqlite3.connect(folder / "fts.sqlite")
        self._con.execute("CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, body, tokenize='unicode61')")

    def add(self, pieces: Iterable[tuple[str, str]]) -> None:
        """Take pieces in."""
        with self._con:
            self._con.executemany("INSERT INTO t VALUES (?, ?)", ((i, _joined(b)) for i, b in pieces))

    def search(self, query: str) -> list[str]:
        """Ids of the best ten."""
        asked = " OR ".join(f'"{w}"' for w in _joined(query).split())
        return [
            i
            for (i,) in self._con.execute("SELECT id FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", [asked])
        ]


class Duck:
    """DuckDB's fts, which indexes a table as it is at one moment."""

    name = "DuckDB fts"

    def __init__(self, folder: Path) -> None:
        import duckdb_extension_fts

        found = next(Path(duckdb_extension_fts.__file__).parent.rglob("fts.duckdb_extension"))
        self._con = duckdb.connect(str(folder / "fts.duckdb"))
        self._con.execute(f"LOAD '{found}'")
        self._con.execute("CREATE TABLE t (id TEXT, body TEXT)")

    def add(self, pieces: Iterable[tuple[str, str]]) -> None:
        """Take pieces in, and index everything anew."""
        frame = pl.DataFrame([(i, _joined(b)) for i, b in pieces], schema=["id", "body"], orient="row")
        self._con.register("frame", frame)
        self._con.execute("INSERT INTO t SELECT * FROM frame")
        self._con.execute("PRAGMA create_fts_index('t', 'id', 'body', stemmer='none', overwrite=1)")

    def search(self, query: str) -> list[str]:
        """Ids of the best ten."""
        sql = (
            "SELECT id FROM (SELECT id, fts_main_t.match_bm25(id, ?) AS s FROM t) WHERE s IS NOT NULL"
            " ORDER BY s DESC LIMIT 10"
        )
        return [i for (i,) in self._con.execute(sql, [_joined(query)]).fetchall()]


class Tantivy:
    """Ours, by the same calls."""

    name = "Tantivy"

    def __init__(self, folder: Path) -> None:
        self._index = TantivyIndex(folder / "tantivy")
        self._batches = 0

    def add(self, pieces: Iterable[tuple[str, str]]) -> None:
        """Take pieces in, 20 a document."""
        whole, began = list(pieces), datetime(2000, 1, 1, tzinfo=UTC)
        self._batches += 1
        self._index.add(
            Indexed(
                f"{self._batches} {i}", "s", "news", "en", began, NOW, False, (),
                [Piece(p, "paragraph", body) for p, body in whole[i : i + 20]],
            )
            for i in range(0, len(whole), 20)
        )  # fmt: skip

    def search(self, query: str) -> list[str]:
        """Ids of the best ten."""
        weights = dict.fromkeys(query_words(query)[0], 1.0)
        return self._index.search(weights, Question(query, datetime(2050, 1, 1, tzinfo=UTC)), 10)


def _joined(text: str) -> str:
    return " ".join(word.replace(".", "d") for word in words(text))


def indexes(pieces: Sequence[tuple[str, str]], copies: int) -> list[dict[str, Any]]:
    """A row for each index over so many copies of the same pieces."""
    rng = np.random.default_rng(1)
    whole = [(f"{c}-{i}", body) for c in range(copies) for i, body in pieces]
    queries = [" ".join(rng.choice(body.split(), 3)) for _, body in rng.choice(np.array(pieces), 60)]
    rows = []
    for engine in (Tantivy, Sqlite, Duck):
        with tempfile.TemporaryDirectory() as made:
            index: Any = engine(Path(made))
            start = time.perf_counter()
            index.add(whole)
            built = time.perf_counter() - start
            spent = [_timed(partial(index.search, query)) for query in queries]
            fresh = _timed(partial(index.add, [(f"new {i}", f"xylophone {i}") for i in range(20)]))
            found = index.search("xylophone")
            rows.append(
                {"index": index.name, "pieces": len(whole), "build_s": round(built, 1),
                 "p50_ms": round(median(spent) * 1e3, 2),
                 "p99_ms": round(float(np.percentile(spent, 99)) * 1e3, 2),
                 "fresh_ms": round(fresh * 1e3, 1), "found_fresh": len(found) == 10,
                 "mb": round(sum(p.stat().st_size for p in Path(made).rglob("*") if p.is_file()) / 1e6, 1)}
            )  # fmt: skip
    return rows


def _timed(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def brute_force(rows: int) -> dict[str, Any]:
    """Time and memory of comparing a query with so many vectors, and the worst error of a cosine."""
    rng = np.random.default_rng(2)
    held, exact = Vectors(384, rows), np.empty(0, np.float32)
    query = _unit_rows(rng, 1)[0]
    for first in range(0, rows, 50_000):
        part = _unit_rows(rng, min(50_000, rows - first))
        held.add([str(first + i) for i in range(len(part))], part)
        exact = np.concatenate([exact, part @ query])
    spent = [_timed(lambda: held.cosines(query)) for _ in range(5)]
    error = float(np.abs(held.cosines(query) - exact).max())
    return {"vectors": rows, "ms": round(median(spent) * 1e3, 1), "mb": round(rows * (384 + 4) / 1e6),
            "most_error": round(error, 4)}  # fmt: skip


def _unit_rows(rng: np.random.Generator, rows: int) -> NDArray[np.float32]:
    found = rng.standard_normal((rows, 384)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def show(title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """A table of some columns."""
    table = Table(*columns, title=title)
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console(width=130).print(table)


def main() -> None:
    """Measure, print, and write the figures down."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--demo", type=Path, help="home with the demo world taken in")
    ask.add_argument("--sample", type=Path, help="home with the sample taken in")
    ask.add_argument("--no-embedding", action="store_true", help="leave out the trial with filings embedded")
    args = ask.parse_args()
    limit_threads(1)
    encoder = TextEncoder()
    known: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as made:
        homes = {"demo": (args.demo, Path(FILES)), "sample": (args.sample, DATA / "sample")}
        taken: dict[str, Path] = {}
        for name, (home, files) in homes.items():
            if home is None and not files.is_dir():
                print(f"{name} is left out: no data at {files}; set SMALTI_DATA")
                continue
            taken[name] = home or Path(made) / name
            if home is None:
                with open_engine(load_settings(home=taken[name])) as engine:
                    LocalGateway(engine).ingest(files)
            known += quality(name, taken[name], encoder, embed_filings=not args.no_embedding)
        largest = taken.get("sample") or taken["demo"]
        with duckdb.connect(str(largest / "smalti.duckdb"), read_only=True) as con:
            pieces = con.execute("SELECT evidence_id, text FROM evidence WHERE length(text) > 20").fetchall()
    columns = ("store", "filings_embedded", "ranking", "questions", "recall_5", "recall_10", "mrr")
    show("known items", known, columns)
    engines = indexes(pieces, 1) + indexes(pieces, max(1, 100_000 // len(pieces)))
    show("indexes", engines, list(engines[0]))
    vectors = [brute_force(100_000), brute_force(1_000_000)]
    show("vectors", vectors, list(vectors[0]))
    result = {
        "encoder": encoder.model_version,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "known_items": known,
        "indexes": engines,
        "vectors": vectors,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
