"""Is the right page among the first five, with 44 filings in one store and no file named?

The questions of `filings_qa` name a company and a time in passing and never a file; each has gold pages. A
question counts as found at N when one of its gold pages is among the first N of all pages of all filings
(`any`), or all of them (`all`). By type of question: `metrics-generated` (numbers of primary statements),
`domain-relevant` (an analyst's usual questions), `novel-generated` (written for one filing).

Beside ours, in the same run, stands plain BM25 (k1 1.2, b .75) over the texts of the same pages with the
whole question. Ours is also shown with parts of what was understood taken away: nothing but words (of the
topic, which holds no names and times, hence less than plain BM25 has); the issuer; the issuer and the time;
and all of it (statements, items, other words for the same). Times are those
of the search for pages alone, and of understanding the question with it. Intervals: percentile bootstrap.

The terms in `retrieval/page_terms.py` and the weights in `page_ranking.py` were set by hand and looked at on
these questions, so the figures are those of a development set; another half of the set was not seen.

Run `python bench/pages.py [--home HOME]`, where HOME holds a store with these filings taken in; without one
it is made, which takes minutes. Writes `bench/results/pages.json`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from smalti.assistant.asked import understand
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Ask
from smalti.assistant.retrieval.page_records import PageQuestion
from smalti.assistant.retrieval.pages import page_question
from smalti.assistant.retrieval.words import words
from smalti.platform.settings import load_settings
from smalti.platform.store import Store
from smalti.service.assistant import grounds_of
from smalti.service.engine import Engine, open_engine
from smalti.service.local import LocalGateway
from smalti.service.search import refresh

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data")) / "filings_qa"
TARGET = HERE / "results" / "pages.json"
NOW = datetime(2100, 1, 1, tzinfo=UTC)
DEEP = 20
AT = (1, 5, 20)
SEED, RESAMPLES = 20260723, 2_000

Place = tuple[str, int]
Parts = Callable[[PageQuestion], PageQuestion]

WORDS: Parts = lambda q: replace(  # noqa: E731 - named for the table of ablations
    q, issuer_ids=(), spells=(), forms=(), day=None, statements={}, items=(), concepts=(), also=()
)
ISSUER: Parts = lambda q: replace(  # noqa: E731 - named for the table of ablations
    q, spells=(), forms=(), day=None, statements={}, items=(), concepts=(), also=()
)
TIME: Parts = lambda q: replace(q, statements={}, items=(), concepts=(), also=())  # noqa: E731 - named for the table of ablations
OURS: Mapping[str, Parts] = {
    "ours, words alone": WORDS,
    "ours, issuer": ISSUER,
    "ours, issuer and time": TIME,
    "ours": lambda q: q,
}


@dataclass(frozen=True)
class Asked:
    """A question and its gold pages, by file."""

    name: str
    text: str
    kind: str
    gold: frozenset[Place]

    def first(self, found: Sequence[Place]) -> int:
        """The rank of the first gold page; more than `DEEP` if none is found."""
        return next((i for i, place in enumerate(found, 1) if place in self.gold), DEEP + 1)

    def last(self, found: Sequence[Place]) -> int:
        """The rank at which all gold pages were found."""
        ranks = [found.index(place) + 1 if place in found else DEEP + 1 for place in self.gold]
        return max(ranks)


def asked(files: Mapping[str, str]) -> list[Asked]:
    """The questions; `files`: documents by the file they were read from."""
    rows = [json.loads(line) for line in (DATA / "questions.jsonl").read_text("utf-8").splitlines()]
    return [
        Asked(
            row["financebench_id"],
            row["question"],
            row["question_type"],
            frozenset((files[f"{row['doc_name']}.pdf"], one["evidence_page_num"]) for one in row["evidence"]),
        )
        for row in rows
    ]


def documents(store: Store) -> dict[str, str]:
    """Documents by file name."""
    rows = store.read(
        "SELECT x.path, d.document_id FROM dispositions x JOIN documents d USING (artifact_id)"
        " WHERE x.record = '' ORDER BY d.recorded_at"
    )
    return {Path(path).name: document for path, document in rows.iter_rows()}


class Plain:
    """BM25 over pages, each one text."""

    def __init__(self, store: Store) -> None:
        rows = store.read(
            "SELECT document_id, CAST(locator->>'page' AS INTEGER) AS page,"
            " string_agg(text, ' ' ORDER BY ordinal) FROM evidence WHERE kind IN ('paragraph', 'table')"
            " AND (locator->>'page') IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"
        )
        self._pages = [((d, p), Counter(words(text or ""))) for d, p, text in rows.iter_rows()]
        self._lengths = [counts.total() for _, counts in self._pages]
        self._usual = sum(self._lengths) / len(self._lengths)
        self._holding = Counter(word for _, counts in self._pages for word in counts)

    def __call__(self, text: str) -> list[Place]:
        """The best pages, best first."""
        n = len(self._pages)
        idf = {
            w: math.log1p((n - self._holding[w] + 0.5) / (self._holding[w] + 0.5)) for w in set(words(text))
        }
        scores = []
        for (place, counts), length in zip(self._pages, self._lengths, strict=True):
            norm = 1.2 * (0.25 + 0.75 * length / self._usual)
            scores.append((sum(idf[w] * counts[w] * 2.2 / (counts[w] + norm) for w in idf), place))
        return [place for _, place in sorted(scores, reverse=True)[:DEEP]]


def interval(hits: Sequence[bool]) -> tuple[float, float]:
    """95%, percentile bootstrap."""
    rng = random.Random(SEED)  # noqa: S311 - to repeat, not to keep secrets
    means = sorted(sum(rng.choices(hits, k=len(hits))) / len(hits) for _ in range(RESAMPLES))
    return round(means[int(RESAMPLES * 0.025)], 3), round(means[int(RESAMPLES * 0.975)], 3)


def scored(name: str, questions: Sequence[Asked], found: Sequence[Sequence[Place]]) -> list[dict[str, Any]]:
    """A row for each type of question, and one for all."""
    rows = []
    for kind in (*sorted({one.kind for one in questions}), "all"):
        chosen = [
            (q.first(f), q.last(f)) for q, f in zip(questions, found, strict=True) if kind in (q.kind, "all")
        ]
        row: dict[str, Any] = {"ranking": name, "questions_of": kind, "questions": len(chosen)}
        for at in AT:
            hits = [first <= at for first, _ in chosen]
            row[f"any_at_{at}"] = round(sum(hits) / len(hits), 3)
        row["any_at_5_interval"] = interval([first <= 5 for first, _ in chosen])
        row["all_at_5"] = round(sum(last <= 5 for _, last in chosen) / len(chosen), 3)
        rows.append(row)
    return rows


def ours(
    grounds: Grounds, questions: Sequence[Asked]
) -> tuple[list[dict[str, Any]], dict[str, Any], list[Any]]:
    """Rows of each ablation, times, and what was missed by the whole."""
    looked = [page_question(grounds, understand(Ask(q.text, NOW), grounds), DEEP) for q in questions]
    rows: list[dict[str, Any]] = []
    missed: list[Any] = []
    spent: list[float] = []
    for name, parts in OURS.items():
        found = []
        for one in looked:
            began = time.perf_counter()
            pages = grounds.find_pages(parts(one))
            if name == "ours":
                spent.append(time.perf_counter() - began)
            found.append([(page.document_id, page.page) for page in pages])
        rows += scored(name, questions, found)
        if name == "ours":
            missed = [
                {"question": q.name, "kind": q.kind, "first_gold": q.first(f) if q.first(f) <= DEEP else None}
                for q, f in zip(questions, found, strict=True)
                if q.first(f) > 5
            ]
    whole = []
    for question in questions:
        began = time.perf_counter()
        grounds.find_pages(page_question(grounds, understand(Ask(question.text, NOW), grounds), 5))
        whole.append(time.perf_counter() - began)
    return rows, {"search": _quantiles(spent), "with_understanding": _quantiles(whole)}, missed


def _quantiles(seconds: Iterable[float]) -> dict[str, float]:
    order = sorted(seconds)
    return {
        "p50_ms": round(order[len(order) // 2] * 1e3, 1),
        "p95_ms": round(order[int(len(order) * 0.95)] * 1e3, 1),
    }


@contextmanager
def taken_in(home: Path | None) -> Iterator[Engine]:
    """An engine over the filings."""
    with (
        tempfile.TemporaryDirectory() as made,
        open_engine(load_settings(home=home or Path(made))) as engine,
    ):
        if home is None:
            LocalGateway(engine).ingest(DATA / "pdf")
        yield engine


def main() -> None:
    """Measure, print, and write the figures down."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--home", type=Path, help="home with the filings taken in")
    args = ask.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}; set SMALTI_DATA")
    with taken_in(args.home) as engine:
        began = time.perf_counter()
        refresh(engine)
        fresh = time.perf_counter() - began
        questions = asked(documents(engine.store))
        plain = Plain(engine.store)
        rows = scored("plain BM25", questions, [plain(q.text) for q in questions])
        more, times, missed = ours(grounds_of(engine, Ask("", NOW)), questions)
        rows += more
        pieces = engine.store.read("SELECT count(*) FROM evidence").item()
    columns = [one for one in rows[0] if one != "any_at_5_interval"]
    table = Table(*columns, title="pages")
    for row in rows:
        table.add_row(*(str(row[column]) for column in columns))
    Console(width=130).print(table)
    print(times, f"index brought up to the store in {fresh:.1f} s")
    result = {
        "pieces": pieces,
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "refresh_s": round(fresh, 1),
        "rows": rows,
        "times": times,
        "missed": missed,
    }
    TARGET.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
