"""Planted copies of real news found again, beside plain SimHash and an exact hash; speed on many documents.

Originals are the sample's news pages, and bodies of its longer feed items. Of each, copies are planted as
other publishers make them (an agency's dateline before it, their own trimmings after it, cut at the end or in
the middle, another headline), and near misses that are news of their own (a number corrected, the story of
another year, a longer version, another company). Every document has its own address; copies follow within
hours, near misses too, the other year's after a year.

Found is a copy that is marked as one of its original; dropped wrongly is a near miss or an original that
is marked at all. SimHash is `text_hash` within `NEAR_TEXT` bits of an earlier text; the exact hash is that
of the text without case and spacing.

The finder's rules were made while looking at this table, so it says what they do, not what strangers' copies
would give.

Speed: 20,000 made-up stories of about 200 words, a fifth of them copies, through the same functions.

Run `python bench/duplicates.py [--documents 20000]`; writes `bench/results/duplicates.json`.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from smalti.ingest.dedupe import NewsItem, repeated_news
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.dispatch import choose
from smalti.platform.similarity import NEAR_TEXT, text_hash

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
NOON = datetime(2020, 3, 2, 12, tzinfo=UTC)
LEAST = 60  # words of an original
TRIMMINGS = (
    "\n(Reporting by Ann Example; Editing by Bob Example)",
    "\nThis story has been published from a wire agency feed without modifications to the text.",
    "\nSign up for our daily newsletter. © 2021 Example Media Ltd. All rights reserved.",
    "\nGet the latest business stories on our app. Follow us on social media for more.",
    "\nMore from Example Times: ten stories that our readers liked this week",
    "\nThe Example Group may earn a commission when you buy through links on this site.",
)
HEADLINES = ("Update: what we know", "Markets today", "What investors should know now", "In brief")
Planted = tuple[str, str, float]
"""Kind, text, hours after the original."""


@dataclass(frozen=True)
class World:
    """Items, and of each planted one its kind and original."""

    items: Sequence[NewsItem]
    planted: dict[str, tuple[str, str]]


def main() -> None:
    """Plant, look, print and write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=20_000)
    args = parser.parse_args()
    world = plant(originals())
    finders: dict[str, Callable[[Sequence[NewsItem]], dict[str, str]]] = {
        "smalti": smalti,
        "SimHash": simhash,
        "exact hash": exact,
    }
    result: dict[str, Any] = {"originals": len(world.items) - len(world.planted)}
    for name, find in finders.items():
        result[name] = judge(world, find(world.items))
    result["speed"] = speed(args.documents)
    show(result)
    (HERE / "results" / "duplicates.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def originals() -> list[tuple[str, str]]:
    """Titles and bodies of the sample's news of some length."""
    found = []
    for path in sorted((DATA / "sample" / "news").iterdir()):
        if path.name == "ground_truth.json":
            continue
        raw, request = path.read_bytes(), Request(path.name)
        module, function = choose(raw, request).split(":")
        for document in getattr(importlib.import_module(module), function)(raw, request).documents:
            body = "\n".join(p.text for p in document.pieces if p.kind == "paragraph")
            body = body.removeprefix(document.title).strip()
            if len(body.split()) >= LEAST:
                found.append((document.title, body))
    return found


def plant(stories: Sequence[tuple[str, str]]) -> World:
    """The originals with their copies and near misses."""
    rng = random.Random(8)  # noqa: S311 - to repeat, not to keep secrets
    items, planted = [], {}
    for n, (title, body) in enumerate(stories):
        start = NOON + timedelta(hours=6 * n)
        items.append(NewsItem(f"original {n}", f"{title}\n{body}", f"https://first.test/{n}", start))
        others = [other for other in stories if other[1] != body]
        for at, (kind, text, hours) in enumerate(variants(title, body, others, rng)):
            key = f"{kind} {n} {at}"
            planted[key] = (kind, f"original {n}")
            when = start + timedelta(hours=hours)
            items.append(NewsItem(key, text, f"https://other{at}.test/{n}", when))
    rng.shuffle(items)
    return World(items, planted)


def variants(
    title: str, body: str, others: Sequence[tuple[str, str]], rng: random.Random
) -> Iterator[Planted]:
    """What other publishers, and later news, make of one story."""
    yield "copy: as it is", f"{title}\n{body}", 1.0
    agency = rng.choice(("Reuters", "AP", "AFP", "Bloomberg"))
    yield "copy: dateline", f"{title}\nLONDON, March 3 ({agency}) - {body}", 2.0
    for trimming in rng.sample(TRIMMINGS, 3):
        yield "copy: trimmings", f"{title}\n{body}{trimming}", 3.0
    yield "copy: dateline and trimmings", f"{title}\n({agency}) - {body}{rng.choice(TRIMMINGS)}", 4.0
    for share in (0.3, 0.6):
        yield f"copy: cut to {share:.0%}", f"{title}\n{body[: int(len(body) * share)]}", 5.0
    yield "copy: cut, with …", f"{title}\n{body[: int(len(body) * 0.5)].rsplit(' ', 1)[0]} …", 5.0
    paragraphs = body.split("\n")
    if len(paragraphs) > 4:
        gone = rng.randrange(1, len(paragraphs) - 1)
        yield "copy: a paragraph gone", "\n".join([title, *paragraphs[:gone], *paragraphs[gone + 1 :]]), 6.0
    yield "copy: other headline", f"{rng.choice(HEADLINES)}\n{body}", 7.0
    numbers = [m for m in re.finditer(r"\d+", body) if len(m[0]) < 4]
    if numbers:
        one = rng.choice(numbers)
        changed = f"{body[: one.start()]}{int(one[0]) + 7}{body[one.end() :]}"
        yield "news: a number corrected", f"{title}\n{changed}", 2.0
    years = re.sub(r"\b(?:19|20)\d\d\b", lambda m: str(int(m[0]) + 1), body)
    if years != body:
        yield "news: another year", f"{title}\n{years}", 2.0
    yield "news: a year later", f"{title}\n{body}", 24 * 365.0
    more = rng.choice(others)[1].split()[:80]
    yield "news: a longer version", f"{title}\n{body}\n{' '.join(more)}", 4.0
    names = [w for w, _ in _names(body)]
    if names:
        swapped = body
        for name in names[:4]:
            swapped = re.sub(rf"\b{re.escape(name)}\b", f"Zz{name[::-1].lower()}", swapped)
        yield "news: another company", f"{title}\n{swapped}", 3.0


def _names(body: str) -> list[tuple[str, int]]:
    counts: defaultdict[str, int] = defaultdict(int)
    for word in re.findall(r"(?<=[a-z] )[A-Z][a-z]{3,}", body):
        counts[word] += 1
    return sorted(((w, n) for w, n in counts.items() if n > 2), key=lambda one: -one[1])


def smalti(items: Sequence[NewsItem]) -> dict[str, str]:
    """Copies by the product's own function, each with the one it points to, followed to the first."""
    of = {one.key: one.of for one in repeated_news(items)}
    return {key: _followed(first, of) for key, first in of.items()}


def _followed(key: str, of: dict[str, str]) -> str:
    while key in of:
        key = of[key]
    return key


def simhash(items: Sequence[NewsItem]) -> dict[str, str]:
    """Copies by the nearest earlier text hash."""
    kept: list[tuple[int, str]] = []
    of: dict[str, str] = {}
    for item in sorted(items, key=lambda i: (i.available_at, i.key)):
        own = text_hash(item.text)
        if own is None:
            continue
        near = min((((own ^ h).bit_count(), key) for h, key in kept), default=(64, ""))
        if near[0] <= NEAR_TEXT:
            of[item.key] = near[1]
        else:
            kept.append((own, item.key))
    return of


def exact(items: Sequence[NewsItem]) -> dict[str, str]:
    """Copies with the same words."""
    first: dict[str, str] = {}
    of: dict[str, str] = {}
    for item in sorted(items, key=lambda i: (i.available_at, i.key)):
        own = hashlib.sha256(" ".join(item.text.lower().split()).encode()).hexdigest()
        if first.setdefault(own, item.key) != item.key:
            of[item.key] = first[own]
    return of


def judge(world: World, of: dict[str, str]) -> dict[str, Any]:
    """By kind: planted, and marked as a copy of its original (or, of originals, of anything)."""
    kinds: defaultdict[str, list[bool]] = defaultdict(list)
    for item in world.items:
        kind, original = world.planted.get(item.key, ("news: originals", ""))
        marked = of.get(item.key)
        kinds[kind].append(marked is not None if kind.startswith("news") else marked == original)
    table = {k: {"planted": len(v), "marked": sum(v)} for k, v in sorted(kinds.items())}
    right = sum(row["marked"] for k, row in table.items() if k.startswith("copy"))
    wrong = sum(row["marked"] for k, row in table.items() if k.startswith("news"))
    copies = sum(row["planted"] for k, row in table.items() if k.startswith("copy"))
    return {
        "recall": round(right / copies, 4),
        "precision": round(right / max(1, right + wrong), 4),
        "kinds": table,
    }


def speed(documents: int) -> dict[str, Any]:
    """Seconds for made-up stories over a month, a fifth of them copies."""
    rng = np.random.default_rng(3)
    words = np.array([f"w{n}" for n in range(20_000)])
    frequent = 1 / np.arange(1, len(words) + 1)
    stories: list[str] = []
    items = []
    for n in range(documents):
        copied = n % 5 == 4
        text = stories[int(rng.integers(max(0, len(stories) - 200), len(stories)))] if copied else ""
        text = text or " ".join(rng.choice(words, 200, p=frequent / frequent.sum()))
        stories.append(text)
        when = NOON + timedelta(minutes=2.16 * n * 20_000 / documents)
        items.append(NewsItem(str(n), f"Story\n{text}", f"https://x{n}.test/", when))
    begin, busy = time.perf_counter(), time.process_time()
    found = repeated_news(items)
    seconds, busy = time.perf_counter() - begin, time.process_time() - busy
    return {
        "documents": documents,
        "copies planted": documents // 5,
        "found": len(found),
        "seconds": round(seconds, 1),
        "processor seconds": round(busy, 1),
        "documents a second": round(documents / seconds),
    }


def show(result: dict[str, Any]) -> None:
    """One row a kind."""
    names = ("smalti", "SimHash", "exact hash")
    table = Table("marked as copies", "planted", *names)
    for kind, row in result["smalti"]["kinds"].items():
        table.add_row(kind, str(row["planted"]), *(str(result[n]["kinds"][kind]["marked"]) for n in names))
    for figure in ("recall", "precision"):
        table.add_row(figure, "", *(f"{result[n][figure]:.3f}" for n in names))
    console = Console()
    console.print(table)
    console.print(result["speed"])


if __name__ == "__main__":
    main()
