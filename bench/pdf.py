"""PDF parsing against pdfplumber alone: pages a second, and table cells found on labelled pages.

Speed. Pages spread evenly over the sample's filings are cut into PDFs of few pages of one filing. Both sides
then work on the same bytes with as many processes each, one after the other: smalti's whole `parse`
(paragraphs, sections, tables, figures) and, timed apart, its facts; and pdfplumber's `extract_text` plus
`find_tables().extract()` on every page.

Quality. `labels/pdf_tables.json` holds the tables of the pages the parser was developed on, read from their
rendered pictures; `labels/pdf_tables_blind.json` those of pages of other filings, labelled before the parser
first saw them and never tuned on: its figure is the one to quote. Texts are compared without white space
(`$ 1` is `$1`) and with one kind of dash. A cell is *in place* when its own text and those of its nearest
filled neighbours left and right in its row agree with a labelled cell's, each labelled cell being matched
once; it is *found* when its own text alone does. Recall is matches over labelled cells, precision matches
over the cells a side reports, over all labelled pages; F1 is their harmonic mean.

Run `python bench/pdf.py [--pages 60]`; writes `bench/results/pdf.json`.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2 as pdfium

from smalti.ingest.facts import read_facts
from smalti.ingest.parse import pdf
from smalti.ingest.parse.contract import Request
from smalti.platform.records import EvidenceKind

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
PAGES_EACH = 4  # of one PDF that is timed
Grid = Sequence[Sequence[str]]
LABELS = {"development": "pdf_tables.json", "blind": "pdf_tables_blind.json"}
TEXT_STRATEGY = {"vertical_strategy": "text", "horizontal_strategy": "text"}


def cut(path: Path, pages: Sequence[int]) -> bytes:
    """Some pages of a PDF as a PDF of their own."""
    source, target = pdfium.PdfDocument(path), pdfium.PdfDocument.new()
    target.import_pages(source, list(pages))
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()


def ours(raw: bytes) -> list[Grid]:
    """The grids smalti finds."""
    grids: list[Grid] = []
    for piece in pdf.parse(raw, Request("bench.pdf")).documents[0].pieces:
        if piece.kind is EvidenceKind.TABLE:
            payload = piece.payload
            grid = [[""] * payload["columns"] for _ in range(payload["rows"])]
            for cell in payload["cells"]:
                grid[cell["row"]][cell["column"]] = cell["text"]
            grids.append(grid)
    return grids


def plumbed(settings: dict[str, str] | None = None) -> Callable[[bytes], list[Grid]]:
    """What finds grids as pdfplumber does with these settings."""

    def find(raw: bytes) -> list[Grid]:
        with pdfplumber.open(io.BytesIO(raw)) as document:
            return [
                [[cell or "" for cell in row] for row in table]
                for page in document.pages
                for table in page.extract_tables(settings or {})
            ]

    return find


def plumb(raw: bytes) -> None:
    """Everything pdfplumber is timed for."""
    with pdfplumber.open(io.BytesIO(raw)) as document:
        for page in document.pages:
            page.extract_text()
            for table in page.find_tables():
                table.extract()
            page.close()


def normal(text: str) -> str:
    """Without white space, and with one kind of dash and of apostrophe: pictures do not tell them apart."""
    return re.sub(r"[-–—−‐‑]", "-", re.sub(r"\s+", "", text).replace("’", "'"))


def places(grids: Iterable[Grid]) -> Counter[tuple[str, str, str]]:
    """Left neighbour, text and right neighbour of each filled cell."""
    out: Counter[tuple[str, str, str]] = Counter()
    for grid in grids:
        for row in grid:
            cells = ["", *(normal(c) for c in row if normal(c)), ""]
            out.update(zip(cells, cells[1:], cells[2:], strict=False))
    return out


def score(labelled: Sequence[list[Grid]], found: Sequence[list[Grid]]) -> dict[str, float]:
    """Recall, precision and F1, in place and by text alone."""
    result: dict[str, float] = {}
    for name in ("in_place", "found"):
        hits = wanted = given = 0
        for one, two in zip(labelled, found, strict=True):
            a: Counter[Any] = places(one)
            b: Counter[Any] = places(two)
            if name == "found":
                a, b = (_texts(c) for c in (a, b))
            hits += sum((a & b).values())
            wanted += sum(a.values())
            given += sum(b.values())
        recall, precision = hits / wanted, hits / given if given else 0.0
        result[f"{name}_recall"] = round(recall, 4)
        result[f"{name}_precision"] = round(precision, 4)
        result[f"{name}_f1"] = round(2 * recall * precision / (recall + precision), 4) if hits else 0.0
    return result


def _texts(cells: Counter[tuple[str, str, str]]) -> Counter[str]:
    out: Counter[str] = Counter()
    for (_, text, _), count in cells.items():
        out[text] += count
    return out


def quality(labels: str) -> dict[str, Any]:
    """Scores of each side over the pages of one file of labels, and smalti's page by page."""
    pages = json.loads((HERE / "labels" / labels).read_text())
    raws = [cut(DATA / page["file"], [page["page"]]) for page in pages]
    labelled = [page["tables"] for page in pages]
    sides = {
        "smalti": ours,
        "pdfplumber": plumbed(),
        "pdfplumber, text strategy": plumbed(TEXT_STRATEGY),
    }
    out: dict[str, Any] = {"pages": len(pages), "cells": sum(sum(places(t).values()) for t in labelled)}
    for name, find in sides.items():
        found = [find(raw) for raw in raws]
        out[name] = score(labelled, found)
        if name == "smalti":
            out["by page"] = {
                f"{Path(page['file']).stem} p. {page['page'] + 1}": score([tables], [grids])
                if tables
                else {"false cells": sum(places(grids).values())}
                for page, tables, grids in zip(pages, labelled, found, strict=True)
            }
    return out


def parsed(raw: bytes) -> int:
    """Smalti's text, tables and figures; the number of pieces."""
    return len(pdf.parse(raw, Request("bench.pdf")).documents[0].pieces)


def parsed_with_facts(raw: bytes) -> int:
    """The same and the facts of it."""
    return len(read_facts(pdf.parse(raw, Request("bench.pdf")).documents[0].pieces))


def plumbed_quietly(raw: bytes) -> int:
    """What pdfplumber is timed for, its warnings kept from the screen."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    plumb(raw)
    return 0


def speed(count: int, processes: int) -> dict[str, Any]:
    """Seconds and pages a second of both sides over `count` pages spread over the sample's filings."""
    paths = sorted((DATA / "sample" / "filings_pdf").glob("*.pdf"))
    every = [(path, number) for path in paths for number in range(len(pdfium.PdfDocument(path)))]
    step = max(1.0, len(every) / count)
    chosen = [every[int(i * step)] for i in range(min(count, len(every)))]
    raws: list[bytes] = []
    for path in paths:
        numbers = [n for p, n in chosen if p == path]
        raws += [cut(path, numbers[i : i + PAGES_EACH]) for i in range(0, len(numbers), PAGES_EACH)]
    sides = {"smalti": parsed, "smalti with facts": parsed_with_facts, "pdfplumber": plumbed_quietly}
    seconds = {}
    with ProcessPoolExecutor(processes) as pool:
        for work in sides.values():
            list(pool.map(work, raws[: 2 * processes]))  # both sides imported and warm
        for name, work in sides.items():
            begin = time.perf_counter()
            list(pool.map(work, raws))
            seconds[name] = time.perf_counter() - begin
    return {
        "pages": len(chosen),
        "of": len(every),
        "processes": processes,
        "load before": round(os.getloadavg()[0], 1),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "pages_per_second": {name: round(len(chosen) / value, 1) for name, value in seconds.items()},
        "ratio": round(seconds["pdfplumber"] / seconds["smalti"], 1),
    }


def show(result: dict[str, Any]) -> None:
    if "speed" in result:
        timed = result["speed"]
        print(f"Speed on {timed['pages']} of {timed['of']} pages, {timed['processes']} processes a side")
        for name, rate in timed["pages_per_second"].items():
            print(f"  {name:<28}{rate:>8.1f} pages/s")
        print(f"  {'ratio':<28}{timed['ratio']:>8.1f} x\n")
    for name, found in result["quality"].items():
        show_quality(name, found)


def show_quality(name: str, found: dict[str, Any]) -> None:
    print(f"Table cells, {name} set: {found['pages']} labelled pages, {found['cells']} cells")
    print(f"  {'':<28}{'in place: R':>12}{'P':>8}{'F1':>8}{'text: R':>12}{'P':>8}{'F1':>8}")
    keys = [f"{kind}_{part}" for kind in ("in_place", "found") for part in ("recall", "precision", "f1")]
    rows = {side: found[side] for side in ("smalti", "pdfplumber", "pdfplumber, text strategy")}
    for side, values in [*rows.items(), *found["by page"].items()]:
        if "false cells" in values:
            print(f"  {side[:28]:<28}{values['false cells']:>12} cells where there is no table")
            continue
        cells = "".join(f"{values[k]:>{w}.3f}" for k, w in zip(keys, (12, 8, 8, 12, 8, 8), strict=True))
        print(f"  {side[:28]:<28}{cells}")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--pages", type=int, default=60, help="pages timed, spread evenly; 0 leaves speed out"
    )
    parser.add_argument("--processes", type=int, default=2, help="processes of each side")
    options = parser.parse_args()
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}: set SMALTI_DATA to the folder of real data")
    result: dict[str, Any] = {"speed": speed(options.pages, options.processes)} if options.pages else {}
    result["quality"] = {name: quality(labels) for name, labels in LABELS.items()}
    show(result)
    target = HERE / "results" / "pdf.json"
    if options.pages:
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
