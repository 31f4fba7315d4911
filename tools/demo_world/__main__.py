"""Writes the demo world: `python -m tools.demo_world [--out DIR] [--without-audio]`."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from . import calls, facts, news, posts, prices, truth
from .calls import Span
from .filing import filing_pdf
from .marble_heron import STORY as MARBLE_HERON
from .velvet_comet import STORY as VELVET_COMET
from .walnut_lighthouse import STORY as WALNUT_LIGHTHOUSE
from .world import Story

HOME = Path(__file__).resolve().parents[2] / "src" / "smalti" / "service" / "demo_world"
STORIES = [MARBLE_HERON, VELVET_COMET, WALNUT_LIGHTHOUSE]


def main() -> None:
    """Write `files/` and `truth.json` below `--out`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HOME)
    parser.add_argument(
        "--without-audio",
        action="store_true",
        help="write all but the recordings; where they speak is taken from the committed truth.json",
    )
    asked = parser.parse_args()
    write(asked.out, audio=not asked.without_audio)


def write(out: Path, *, audio: bool) -> None:
    """Write the demo world below `out`, anew; recordings stay as they are unless `audio`."""
    files = out / "files"
    planted: list[truth.Planted] = []
    spoken: list[dict[str, Any]] = []
    posts_of: dict[str, list[posts.Post]] = {}
    for name in (
        "filings_pdf",
        "filings_html",
        "news",
        "social",
        "prices",
        *(["call_audio"] if audio else []),
    ):
        shutil.rmtree(files / name, ignore_errors=True)
    for story in STORIES:
        pdf = filing_pdf(story)
        _put(files / f"filings_pdf/{story.ticker}_2025_10K.pdf", pdf)
        spans = _speak(story, files) if audio else _spans_on_record(story)
        posts_of[story.key] = posts.posts(story)
        _put_texts(story, files, posts_of[story.key])
        for name, picture in posts.pictures(story).items():
            _put(files / "social" / name, picture)
        spoken += truth.call_lines(story, spans)
        planted += truth.planted(story, pdf, spans, posts_of[story.key])
    _put(files / "manifest.csv", truth.manifest(STORIES, posts_of).encode())
    told = json.dumps(truth.truth(STORIES, planted, spoken), indent=1, ensure_ascii=False) + "\n"
    _put(out / "truth.json", told.encode())


def _put_texts(story: Story, files: Path, rows: list[posts.Post]) -> None:
    _put(files / f"social/{story.key}_posts.jsonl", posts.json_lines(rows).encode())
    _put(files / f"prices/{story.ticker}.csv", prices.prices_csv(prices.bars(story)).encode())
    _put(files / f"news/{story.key}_feed.xml", news.feed(story).encode())
    for article in story.articles:
        _put(files / f"news/{article.slug}.html", news.page(article).encode())
    if story.role == "plain":
        _put(files / f"filings_html/{story.key}_companyfacts.json", facts.company_facts(story).encode())


def _speak(story: Story, files: Path) -> list[Span]:
    recordings, spans = calls.call_files(story)
    for name, raw in recordings.items():
        _put(files / "call_audio" / name, raw)
    return spans


def _spans_on_record(story: Story) -> list[Span]:
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
