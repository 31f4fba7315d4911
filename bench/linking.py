"""Links of pieces to issuers against labels read by eye, beside a plain look-up of names and cashtags.

`labels/links.json` holds the pieces and the rule they were labelled by. A pair is a piece and an issuer.
Precision is right pairs over pairs given, recall right pairs over pairs asked for, both over all pairs
(micro). Pairs that the labels set `aside` count nowhere. An issuer is right when its CIK is one of the
label's, or, where the linker has none for it, when one of its names is the label's but for the legal form.
Intervals are 95 % bootstrap percentiles over pieces. The split `dev` was looked at while the linker was
made; `held` only scored.

What is shipped of past tickers, everyday names and companies listed elsewhere was written by hand by the
reader of the labels. Small companies known from the labels alone were left out of it, but a memory is no
blindfold: on strangers' tweets of 2015 expect less recall.

The baseline links every register name found in the text word for word, with or without its legal form, and
every cashtag by the ticker's owner of today or last one, over the same shipped tables; over the SEC's
snapshot alone, as it was before these, it gave precision .675 and recall .650.

Run `python bench/linking.py`; writes `bench/results/linking.json`.
"""

from __future__ import annotations

import argparse
import importlib
import io
import json
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from rich.console import Console
from rich.table import Table

from smalti.ingest.issuers import Master
from smalti.ingest.link import Link, LinkInput, link
from smalti.ingest.names import core, full, shortened, tokenize
from smalti.ingest.parse.contract import ParsedDocument, Request
from smalti.ingest.parse.dispatch import choose
from smalti.platform.records import Issuer, SourceKind

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
COVER_PAGES = 8  # of a PDF: more than the characters that linking reads
RESAMPLES = 2000
BANDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01)
READ = {"paragraph", "audio", "image"}


@dataclass(frozen=True)
class Piece:
    """A labelled piece: where it is, what linking sees of it, and what it should say."""

    place: str
    kind: str
    split: str
    given: LinkInput
    wanted: Sequence[Mapping[str, Any]]
    aside: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Count:
    """Pairs of one piece."""

    right: int
    given: int
    wanted: int


def main() -> None:
    """Score, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--misses", choices=("dev", "held", "all"), help="print what is wrong or missing")
    args = parser.parse_args()
    master = Master.load()
    pieces = load()
    found = {
        "smalti": [link(p.given, master) for p in pieces],
        "names and cashtags": baseline(pieces, master),
    }
    result: dict[str, Any] = {"pieces": len(pieces), "pairs": sum(len(p.wanted) for p in pieces)}
    for name, links in found.items():
        counts = [count(p, found_) for p, found_ in zip(pieces, links, strict=True)]
        result[name] = {
            group: figures([counts[i] for i in members]) for group, members in groups(pieces).items()
        }
    result["methods"] = by(pieces, found["smalti"], lambda one: one.method)
    result["score bands"] = by(pieces, found["smalti"], band)
    if args.misses:
        misses(pieces, found["smalti"], args.misses)
    show(result)
    (HERE / "results" / "linking.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def load() -> list[Piece]:
    """The labelled pieces as the link stage would see them."""
    labels = json.loads((HERE / "labels" / "links.json").read_text(encoding="utf-8"))["pieces"]
    return [
        Piece(
            f"{one['path']} {one['record']}".strip(),
            one["kind"],
            one["split"],
            given(one),
            one["issuers"],
            one["aside"],
        )
        for one in labels
    ]


def given(label: Mapping[str, Any]) -> LinkInput:
    """What linking sees of a piece; only a call, which is sound, is known by what its folder states."""
    if label["kind"] == "call":
        return LinkInput("", "", SourceKind.CALL, issuer=Path(label["path"]).name.rpartition("_")[0])
    document = documents(label["path"])[label["record"]]
    text = "\n".join(piece.text for piece in document.pieces if piece.kind in READ)
    day = document.published_at.date() if document.published_at else None
    return LinkInput(document.title, text, document.kind, None, document.hints, day)


@cache
def documents(path: str) -> dict[str, ParsedDocument]:
    """The documents in a file, by record."""
    raw = (DATA / path).read_bytes()
    if path.endswith(".pdf"):
        raw = cover(raw)
    kind = SourceKind.PRICE if "/prices/" in path else None
    request = Request(Path(path).name, kind, hints={"ticker": Path(path).stem} if kind else {})
    module, function = choose(raw, request).split(":")
    parsed = getattr(importlib.import_module(module), function)(raw, request)
    return {document.part: document for document in parsed.documents}


def cover(raw: bytes) -> bytes:
    """The first pages of a PDF."""
    source, target = pdfium.PdfDocument(raw), pdfium.PdfDocument.new()
    target.import_pages(source, list(range(min(COVER_PAGES, len(source)))))
    out = io.BytesIO()
    target.save(out)
    return out.getvalue()


def baseline(pieces: Iterable[Piece], master: Master) -> list[list[Link]]:
    """Names word for word and cashtags of today."""
    names: dict[tuple[str, ...], Issuer] = {}
    for issuer in master.issuers:
        for form in {full(issuer.name), core(issuer.name)}:
            names.setdefault(form, issuer)
    longest = max(map(len, names))
    out = []
    for piece in pieces:
        text = f"{piece.given.title}\n{piece.given.text[:20_000]}"
        words = [token.norm for token in tokenize(text)]
        spans = (tuple(words[i : i + n]) for i in range(len(words)) for n in range(1, longest + 1))
        hits = {
            names[span].issuer_id: Link(names[span], 1.0, "name", " ".join(span))
            for span in spans
            if span in names
        }
        for tag in re.findall(r"\$([A-Za-z]{1,6})\b", text):
            owner = master.by_ticker(tag)
            if owner:
                hits.setdefault(owner.issuer_id, Link(owner, 1.0, "cashtag", tag))
        out.append(list(hits.values()))
    return out


def same(issuer: Issuer, label: Mapping[str, Any]) -> bool:
    """Whether an issuer is the labelled one."""
    if issuer.cik and label.get("cik"):
        return issuer.cik in label["cik"]
    wanted = {core(label["name"]), shortened(core(label["name"]))}
    names = [core(name.text) for name in issuer.names if name.kind != "ticker"] or [core(issuer.name)]
    return any(name in wanted or shortened(name) in wanted for name in names)


def judged(piece: Piece, links: Iterable[Link]) -> list[tuple[Link, bool]]:
    """Each link with whether it is right, less those set aside."""
    counted = (one for one in links if not any(same(one.issuer, label) for label in piece.aside))
    return [(one, any(same(one.issuer, label) for label in piece.wanted)) for one in counted]


def count(piece: Piece, links: Sequence[Link]) -> Count:
    """Right, given and wanted pairs of one piece."""
    verdicts = judged(piece, links)
    right = sum(any(same(one.issuer, label) for one in links) for label in piece.wanted)
    return Count(right, len(verdicts), len(piece.wanted))


def groups(pieces: Sequence[Piece]) -> dict[str, list[int]]:
    """Indexes of all pieces, by split and by kind."""
    out: defaultdict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(pieces):
        for name in ("all", piece.split, piece.kind, f"{piece.kind}, {piece.split}"):
            out[name].append(at)
    return dict(out)


def figures(counts: Sequence[Count]) -> dict[str, Any]:
    """Precision and recall of some pieces, with 95 % intervals."""
    table = np.array([(c.right, c.given, c.wanted) for c in counts], float)
    # Right links, not right labels: two share classes of one issuer are one pair in both.
    drawn = np.random.default_rng(0).integers(0, len(table), (RESAMPLES, len(table)))
    sums = table[drawn].sum(axis=1)
    with np.errstate(invalid="ignore"):
        precision, recall = sums[:, 0] / sums[:, 1], sums[:, 0] / sums[:, 2]
    right, all_given, wanted = table.sum(axis=0)
    return {
        "pieces": len(counts),
        "right": int(right),
        "given": int(all_given),
        "wanted": int(wanted),
        "precision": _share(right, all_given),
        "precision_95": _interval(precision),
        "recall": _share(right, wanted),
        "recall_95": _interval(recall),
    }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _interval(values: Any) -> list[float] | None:
    known = values[~np.isnan(values)]
    return [round(float(v), 4) for v in np.quantile(known, (0.025, 0.975))] if len(known) else None


def by(
    pieces: Sequence[Piece], links: Sequence[Sequence[Link]], key: Callable[[Link], str]
) -> dict[str, dict[str, Any]]:
    """How many links of each kind are right, by split."""
    tally: defaultdict[str, defaultdict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for piece, found in zip(pieces, links, strict=True):
        for one, right in judged(piece, found):
            tally[key(one)]["all"].append(right)
            tally[key(one)][piece.split].append(right)
    return {
        name: {split: {"links": len(v), "right": round(sum(v) / len(v), 4)} for split, v in splits.items()}
        for name, splits in sorted(tally.items())
    }


def band(one: Link) -> str:
    """The score band of a link."""
    at = max(i for i, low in enumerate(BANDS) if one.score >= low)
    return f"{BANDS[at]:.2f}-{min(1.0, BANDS[at + 1]):.2f}"


def misses(pieces: Sequence[Piece], links: Sequence[Sequence[Link]], split: str) -> None:
    """Print wrong and missing pairs of one split."""
    for piece, found in zip(pieces, links, strict=True):
        if split not in ("all", piece.split):
            continue
        for one, right in judged(piece, found):
            if not right:
                print(
                    f"WRONG   {piece.place}: {one.issuer.name} {one.score} {one.method}: {one.quote[:140]!r}"
                )
        for label in piece.wanted:
            if not any(same(one.issuer, label) for one in found):
                print(f"MISSING {piece.place}: {label['name']}: {piece.given.title[:60]!r}")


def show(result: Mapping[str, Any]) -> None:
    """Two tables."""
    console = Console()
    table = Table("pieces", "n", "pairs", "precision", "95 %", "recall", "95 %", "plain P", "plain R")
    for name, f in result["smalti"].items():
        plain = result["names and cashtags"][name]
        cells = [
            f["precision"],
            f["precision_95"],
            f["recall"],
            f["recall_95"],
            plain["precision"],
            plain["recall"],
        ]
        table.add_row(name, str(f["pieces"]), str(f["wanted"]), *map(_cell, cells))
    console.print(table)
    for title in ("methods", "score bands"):
        table = Table(title, "links", "right", "held: links", "held: right")
        for name, splits in result[title].items():
            held = splits.get("held", {"links": 0, "right": None})
            table.add_row(name, *map(_cell, (*splits["all"].values(), *held.values())))
        console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, list):
        return f"{value[0]:.3f}-{value[1]:.3f}"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
