"""Facts of real filings: are the operands behind 77 questions found, and are the facts found right?

Recall. `labels/filings_qa.json` holds the operands behind each question of `filings_qa`, read off its gold
evidence pages: page, printed label and number, concept, scale, unit, period, dimension (segment, region,
category; null for the company as a whole), and the number's box, taken from the page's own text. An operand
is *found* when a fact stands at that box with its value, unit and period and the right concept: the standard
name where `concepts.toml` has one, else the printed label; and with a dimension exactly where the label has
one. (Of prose about an item without a standard name any name or label will do.) A period agrees when its end
is the same day and its start at most seven days off, for years of 52 weeks. Looser figures: *unnamed* leaves
out the concept, *value on page* asks for the amount alone. Questions of even number are `dev`, those of odd
number `held`: nothing was to be tuned on the latter, though both are of the same 44 filings.

Precision. `labels/filings_qa_facts.json` holds what is printed in seeded samples of the cells that facts were
taken from, judged by eye (dimension `any` where the row's own words tell it too). A fact at such a cell is
right when value, label, period, unit, dimension, and concept where it gives one, all agree with it; the
interval is Wilson's, 95%. What was wrong in the `first` sample was told to those who then mended the reader,
some of it from pages of held questions; the `blind` sample was drawn after that. Beside
it, every fact of the gold pages is checked by machine: its box must hold the number it reports, with sign and
scale.

Run `python bench/filings_qa.py [--sample N]`; writes `bench/results/filings_qa.json`. `--sample` prints N
facts that no label judges yet, for labelling.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from rich.console import Console
from rich.table import Table

from smalti.ingest.facts import read_facts
from smalti.ingest.parse import pdf
from smalti.ingest.parse.contract import Request
from smalti.platform.concepts import concepts, plain_label
from smalti.platform.records import EvidenceKind

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data")) / "filings_qa"
TARGET = HERE / "results" / "filings_qa.json"
SEED = 20260722
START_DAYS = 7
Fact = dict[str, Any]
Operand = Mapping[str, Any]

COUNTED = {"stores": {"stores", "pure"}, "shares": {"shares", "votes"}, "aircraft/month": {"pure"}}
"""Units that a fact may give beside the labelled one."""


def read(document: str, pages: Iterable[int]) -> list[Fact]:
    """The facts of some pages, read with the whole filing around them, each with the text in its box."""
    path = DATA / "pdf" / f"{document}.pdf"
    pieces = pdf.parse(path.read_bytes(), Request("bench.pdf")).documents[0].pieces
    pieces = [*pieces, *read_facts(pieces)]
    source = pdfium.PdfDocument(path)
    texts = {number: source[number].get_textpage() for number in pages}
    found: list[Fact] = []
    for piece in pieces:
        place = piece.locator
        if piece.kind is not EvidenceKind.FACT or place.page not in texts or place.box is None:
            continue
        height, left = _origin(source[place.page])
        x0, top, x1, bottom = place.box
        inside = texts[place.page].get_text_bounded(
            left + x0 - 1, height - bottom - 1, left + x1 + 1, height - top + 1
        )
        fact: Fact = {**piece.payload, "document": document, "page": place.page, "box": list(place.box)}
        found.append(fact | {"prose": place.cell is None, "inside": inside, "text": piece.text})
    return found


def _origin(page: pdfium.PdfPage) -> tuple[float, float]:
    """Top and left of what is shown of a page, in its own coordinates."""
    left, _, _, top = page.get_cropbox()
    return top, left


# --- recall --------------------------------------------------------------------------------------------


def same_value(fact: Fact, value: float) -> bool:
    return math.isclose(fact["value"], value, rel_tol=1e-9, abs_tol=1e-9)


def same_period(fact: Fact, period: Mapping[str, str | None]) -> bool:
    start, end = fact.get("period_start"), fact.get("period_end")
    if end != period["end"] or (start is None) is not (period["start"] is None):
        return False
    if start is None or period["start"] is None:
        return True
    return abs((date.fromisoformat(start) - date.fromisoformat(period["start"])).days) <= START_DAYS


def same_unit(fact: Fact, unit: str) -> bool:
    return fact["unit"] == unit or fact["unit"] in COUNTED.get(unit, ())


def same_concept(fact: Fact, truth: Operand) -> bool:
    """By standard name where there is one, else by printed label; a dimension exactly where there is one."""
    dimension, named = fact.get("dimension") or "", fact.get("concept") or fact.get("line") or ""
    if truth.get("where") == "prose" and truth["concept"] not in concepts():
        return named not in concepts() and bool(named or fact.get("label"))
    if not same_dimension(fact, truth):
        return False
    if truth["concept"] in concepts():
        return bool(named == truth["concept"])
    if named in concepts():
        return False
    wanted = plain_label(truth["label"])
    said = plain_label(fact.get("label") or ""), plain_label(dimension)
    return any(wanted == text or (wanted and wanted in text) for text in said)


def same_dimension(fact: Fact, truth: Operand) -> bool:
    """None where the number is the whole company's; else one that holds the labelled words.

    A table with a row a segment and a column a measure may have them the other way about.
    """
    said, wanted = plain_label(fact.get("dimension") or ""), plain_label(truth["dimension"] or "")
    if truth["concept"] not in concepts() and said and wanted:
        said = f"{said} {plain_label(fact.get('label') or '')}"
    return wanted == "any" or (wanted in said if wanted else not said)


def same_label(fact: Fact, truth: Operand) -> bool:
    """The row's label as printed, perhaps with what stands over it."""
    said, wanted = plain_label(fact.get("label") or ""), plain_label(truth["label"])
    return wanted in said or (bool(said) and said in wanted)


def same_place(fact: Fact, truth: Operand) -> bool:
    """The middle of a labelled box lies in the fact's, which holds the number as printed."""
    x0, top, x1, bottom = fact["box"]
    if _digits(truth["printed"]) not in _digits(fact["as_reported"] if fact["prose"] else fact["inside"]):
        return False
    middles = [((b[0] + b[2]) / 2, (b[1] + b[3]) / 2) for b in truth["boxes"]]
    return any(x0 - 2 <= x <= x1 + 2 and top - 2 <= y <= bottom + 2 for x, y in middles)


def _digits(text: str) -> str:
    return re.sub(r"[^\d.—–-]", "", text).strip(".—–-") or "0"


LEVELS: dict[str, Callable[[Fact, Operand], bool]] = {
    "found": lambda f, o: LEVELS["unnamed"](f, o) and same_concept(f, o),
    "unnamed": lambda f, o: (
        same_place(f, o)
        and same_value(f, o["value"])
        and same_period(f, o["period"])
        and same_unit(f, o["unit"])
    ),
    "value on page": lambda f, o: math.isclose(abs(f["value"]), abs(o["value"]), rel_tol=1e-9, abs_tol=1e-9),
}


def recall(operands: Sequence[Operand], facts: Mapping[tuple[str, int], Sequence[Fact]]) -> dict[str, Any]:
    """Of some operands how many are met at each level, and the share."""
    out: dict[str, Any] = {"operands": len(operands)}
    for level, meets in LEVELS.items():
        hits = sum(any(meets(f, o) for f in facts.get((o["document"], o["page"]), ())) for o in operands)
        out[level] = hits
        out[f"{level} share"] = round(hits / len(operands), 4) if operands else None
    return out


def missed(operands: Sequence[Operand], facts: Mapping[tuple[str, int], Sequence[Fact]]) -> list[str]:
    """One line an operand of the `dev` split that is not found, with how far it got."""
    lines = []
    for operand in operands:
        here = facts.get((operand["document"], operand["page"]), ())
        met = [level for level, meets in LEVELS.items() if any(meets(f, operand) for f in here)]
        if operand["split"] == "dev" and "found" not in met:
            what = f"{operand['concept']} {operand['printed']} {operand['dimension'] or ''}".strip()
            lines.append(
                f"{operand['document']} p. {operand['page'] + 1}: {what} ({met[0] if met else 'nothing'})"
            )
    return lines


# --- precision -----------------------------------------------------------------------------------------


def printed_there(fact: Fact) -> bool:
    """The fact's box holds the number it reports, and its value is that number with sign and scale."""
    if _digits(fact["as_reported"]) not in _digits(fact["inside"]):
        return False
    digits = _digits(fact["as_reported"]).replace(",", "")
    try:
        number = float(digits)
    except ValueError:
        return False
    word = re.search(r"(thousand|million|billion)", fact["as_reported"], re.I)
    factor = {"thousand": 1e3, "million": 1e6, "billion": 1e9}[word[1].lower()] if word else fact["scale"]
    if not math.isclose(abs(fact["value"]), number * factor, rel_tol=1e-9, abs_tol=1e-9):
        return False
    minus = re.search(r"\(|(?:^|\s)[-−–]\s*[$\d]", fact["as_reported"])
    return (
        minus is not None
        or fact["value"] >= 0
        or fact.get("concept") == "IncomeTaxExpenseBenefit"
        or fact["prose"]
    )


def judged(fact: Fact, truths: Mapping[tuple[str, int], Sequence[Operand]]) -> Operand | None:
    """The labelled cell that a fact was taken from, if any is."""
    here = truths.get((fact["document"], fact["page"]), ())
    return next((t for t in here if same_place(fact, t)), None)


def is_right(fact: Fact, truth: Operand) -> bool:
    """Value, unit, period, label and dimension are those of the labelled cell, and no wrong name is given."""
    given = fact.get("concept") or fact.get("line") or ""
    named = given == truth["concept"] if given in concepts() else True
    return (
        named
        and same_label(fact, truth)
        and same_dimension(fact, truth)
        and same_value(fact, truth["value"])
        and same_period(fact, truth["period"])
        and same_unit(fact, truth["unit"])
    )


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a share."""
    if not of:
        return 0.0, 1.0
    share, wide = hits / of, z * z / of
    middle = (share + wide / 2) / (1 + wide)
    half = z * math.sqrt(share * (1 - share) / of + wide / (4 * of)) / (1 + wide)
    return round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4)


def precision(facts: Sequence[Fact], truths: Sequence[Operand]) -> dict[str, Any]:
    """Share of right facts among those at labelled cells; facts marked unverified are counted apart."""
    by_page: dict[tuple[str, int], list[Operand]] = {}
    for truth in truths:
        by_page.setdefault((truth["document"], truth["page"]), []).append(truth)
    pairs = [(fact, cell) for fact in facts if (cell := judged(fact, by_page)) is not None]
    sure = [(f, t) for f, t in pairs if not f.get("unverified")]
    right = sum(is_right(f, t) for f, t in sure)
    return {
        "labelled cells": len(truths),
        "judged": len(sure),
        "right": right,
        "precision": round(right / len(sure), 4) if sure else None,
        "interval": wilson(right, len(sure)),
        "unverified at labelled cells": len(pairs) - len(sure),
        "wrong": [describe(f) for f, t in sure if not is_right(f, t)],
    }


def describe(fact: Fact) -> str:
    """A fact on one line."""
    name = fact.get("concept") or f"[{fact.get('line') or ''}]"
    span = f"{fact.get('period_start') or ''}..{fact.get('period_end')}"
    about = f" of {fact['dimension']}" if fact.get("dimension") else ""
    return (
        f"{fact['document']} p. {fact['page'] + 1}: {fact.get('label')!r} {fact['as_reported']!r}"
        f" -> {name}{about} {fact['value']:.15g} {fact['unit']} {span}"
    )


def sample(facts: Sequence[Fact], truths: Sequence[Operand], count: int) -> None:
    """Print facts at cells that no label judges, drawn with the bench's seed, one JSON a line."""
    known: dict[tuple[str, int], list[Operand]] = {}
    for truth in truths:
        known.setdefault((truth["document"], truth["page"]), []).append(truth)
    order = sorted(facts, key=lambda f: (f["document"], f["page"], f["box"], f["value"]))
    random.Random(SEED).shuffle(order)  # noqa: S311 - to repeat, not to keep secrets
    for fact in [f for f in order if judged(f, known) is None][:count]:
        print(json.dumps(fact, ensure_ascii=False, default=str))


# --- report --------------------------------------------------------------------------------------------


def show(result: Mapping[str, Any], misses: Sequence[str]) -> None:
    console = Console(width=130)
    table = Table(title="Operands behind the questions")
    for name in ("set", "operands", *LEVELS):
        table.add_column(name, justify="left" if name == "set" else "right")
    for name, row in result["recall"].items():
        shares = [f"{row[lv]} ({row[f'{lv} share']:.1%})" if row["operands"] else "-" for lv in LEVELS]
        table.add_row(name, str(row["operands"]), *shares)
    console.print(table)
    for name, found in result["precision"].items():
        low, high = found["interval"]
        console.print(
            f"Precision, {name} sample: {found['precision']:.1%} ({found['right']} of {found['judged']} facts"
            f" at {found['labelled cells']} labelled cells; 95% interval {low:.1%} to {high:.1%})"
        )
    every = result["facts"]
    console.print(
        f"{every['printed there']} of all {every['facts']} facts of the gold pages stand printed in their box"
        f" with sign and scale; {every['unverified']} are marked unverified"
    )
    wrong = [f"({name}) {line}" for name, found in result["precision"].items() for line in found["wrong"]]
    for title, lines in (
        ("Wrong", wrong),
        ("Not printed", every["not printed there"]),
        ("Missed (dev)", misses),
    ):
        for line in lines[:40]:
            console.print(f"[bold]{title}[/] {line}", highlight=False)


def measured(facts: Sequence[Fact], truths: Sequence[Operand]) -> tuple[dict[str, Any], list[str]]:
    """All figures, and the operands of the `dev` split that were missed."""
    by_page: dict[tuple[str, int], list[Fact]] = {}
    for fact in facts:
        by_page.setdefault((fact["document"], fact["page"]), []).append(fact)
    labels = json.loads((HERE / "labels" / "filings_qa.json").read_text("utf-8"))
    operands = [
        {**o, "document": row["document"], "split": row["split"]} for row in labels for o in row["operands"]
    ]
    sets: dict[str, Callable[[Operand], bool]] = {
        "all": lambda o: True,
        "dev": lambda o: o["split"] == "dev",
        "held": lambda o: o["split"] == "held",
        "table": lambda o: o["where"] == "table",
        "prose": lambda o: o["where"] == "prose",
        "held, table": lambda o: o["split"] == "held" and o["where"] == "table",
    }
    measure = partial(recall, facts=by_page)
    result = {
        "questions": len(labels),
        "without operands": sum(not row["operands"] for row in labels),
        "recall": {name: measure([o for o in operands if keep(o)]) for name, keep in sets.items()},
        "precision": {
            name: precision(facts, [t for t in truths if t["set"] == name])
            for name in sorted({t["set"] for t in truths}, reverse=True)
        },
        "facts": {
            "facts": len(facts),
            "unverified": sum(bool(f.get("unverified")) for f in facts),
            "prose": sum(f["prose"] for f in facts),
            "printed there": sum(map(printed_there, facts)),
            "not printed there": [describe(f) for f in facts if not printed_there(f)][:20],
        },
    }
    return result, missed(operands, by_page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sample", type=int, default=0, help="print N facts for labelling, measure nothing")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}: set SMALTI_DATA to the folder of real data")
    questions = [json.loads(line) for line in (DATA / "questions.jsonl").read_text("utf-8").splitlines()]
    pages: dict[str, set[int]] = {}
    for question in questions:
        for gold in question["evidence"]:
            pages.setdefault(gold["doc_name"], set()).add(gold["evidence_page_num"])
    with ProcessPoolExecutor(options.processes) as pool:
        facts = [f for found in pool.map(read, pages, pages.values()) for f in found]
    labelled = HERE / "labels" / "filings_qa_facts.json"
    truths = json.loads(labelled.read_text("utf-8")) if labelled.exists() else []
    if options.sample:
        sample(facts, truths, options.sample)
        return
    result, misses = measured(facts, truths)
    result["gold pages"] = sum(map(len, pages.values()))
    show(result, misses)
    TARGET.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
