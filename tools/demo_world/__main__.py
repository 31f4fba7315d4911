"""Writes the demo world: `python -m tools.demo_world [--out DIR] [--without-audio | --audio-of TICKER …]`."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from . import calls, facts, news, posts, prices, truth
from .calls import Span
from .cases import Told, cases
from .copper_lantern import COMPANY as COPPER_LANTERN
from .filing import filing_pdf
from .granite_teacup import COMPANY as GRANITE_TEACUP
from .html_filing import filing_html
from .indigo_thimble import STORY as INDIGO_THIMBLE
from .manifest import manifest
from .marble_heron import STORY as MARBLE_HERON
from .pewter_falcon import STORY as PEWTER_FALCON
from .pictures import pictures
from .saffron_glacier import COMPANY as SAFFRON_GLACIER
from .velvet_comet import STORY as VELVET_COMET
from .walnut_lighthouse import STORY as WALNUT_LIGHTHOUSE
from .world import Company, Story

HOME = Path(__file__).resolve().parents[2] / "src" / "smalti" / "service" / "demo_world"
STORIES: list[Company] = [
    MARBLE_HERON,
    VELVET_COMET,
    WALNUT_LIGHTHOUSE,
    INDIGO_THIMBLE,
    PEWTER_FALCON,
    COPPER_LANTERN,
    GRANITE_TEACUP,
    SAFFRON_GLACIER,
]


def main() -> None:
    """Write `files/` and `truth.json` below `--out`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HOME)
    parser.add_argument(
        "--without-audio",
        action="store_true",
        help="write all but the recordings; where they speak is taken from the committed truth.json",
    )
    parser.add_argument(
        "--audio-of", nargs="*", help="make the recordings of these tickers only; the others as above"
    )
    asked = parser.parse_args()
    every = [story.ticker for story in STORIES]
    write(asked.out, audio=[] if asked.without_audio else asked.audio_of or every)


def write(out: Path, *, audio: Collection[str]) -> None:
    """Write the demo world below `out`, anew; only recordings of the tickers in `audio` are made."""
    files = out / "files"
    planted: list[truth.Planted] = []
    spoken: list[dict[str, Any]] = []
    judged: list[dict[str, Any]] = []
    posts_of: dict[str, list[posts.Post]] = {}
    for name in ("filings_pdf", "filings_html", "news", "social", "prices"):
        shutil.rmtree(files / name, ignore_errors=True)
    for story in STORIES:
        spans = _speak(story, files) if story.ticker in audio else _spans_on_record(story)
        rows = posts_of[story.key] = posts.posts(story)
        _put_texts(story, files, rows)
        for name, picture in pictures(story).items():
            _put(files / "social" / name, picture)
        pages: list[str] = []
        if isinstance(story, Story):
            pdf = filing_pdf(story)
            pages = truth.pages_of(pdf)
            _put(files / f"filings_pdf/{story.ticker}_2025_10K.pdf", pdf)
            planted += truth.planted(story, pages, spans, rows)
        spoken += truth.call_lines(story, spans)
        judged += cases(story, Told(spans, rows, pages))
    _put(files / "manifest.csv", manifest(STORIES, posts_of).encode())
    told = truth.truth(STORIES, planted, spoken, judged)
    _put(out / "truth.json", (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode())


def _put_texts(story: Company, files: Path, rows: list[posts.Post]) -> None:
    _put(files / f"social/{story.key}_posts.jsonl", posts.json_lines(rows).encode())
    _put(files / f"prices/{story.ticker}.csv", prices.prices_csv(prices.bars(story)).encode())
    _put(files / f"news/{story.key}_feed.xml", news.feed(story).encode())
    for article in story.articles:
        _put(files / f"news/{article.slug}.html", news.page(article).encode())
    for paper in story.papers:
        _put(files / f"filings_html/{paper.slug}.html", filing_html(story, paper))
    if isinstance(story, Story) and story.role == "plain":
        _put(files / f"filings_html/{story.key}_companyfacts.json", facts.company_facts(story).encode())


def _speak(story: Company, files: Path) -> list[Span]:
    if not story.call:
        return []
    recordings, spans = calls.call_files(story)
    for name, raw in recordings.items():
        _put(files / "call_audio" / name, raw)
    return spans


def _spans_on_record(story: Company) -> list[Span]:
    lines = {line.text: line for line in story.call}
    told = json.loads((HOME / "truth.json").read_text(encoding="utf-8"))
    return [
        Span(row["file"].removeprefix("call_audio/"), row["start_s"], row["end_s"], lines[row["says"]])
        for row in told["spoken"]
        if row["issuer"] == story.name
    ]


def _put(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


if __name__ == "__main__":
    main()
