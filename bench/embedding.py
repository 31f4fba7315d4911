"""Text embedding without a cache: smalti beside sentence-transformers' default `encode`.

Same process, threads, weights and texts: sentences of earnings calls and paragraphs of the sample's filings.
Both sides take turns and each turn's ratio counts, since other work on the machine slows both. Run with

    python bench/embedding.py [--texts 1000] [--threads 2] [--turns 3]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import polars as pl
import pypdfium2
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from smalti.models.encoders.text import TextEncoder
from smalti.platform.inference import limit_threads
from smalti.platform.weights import resolve

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("SMALTI_DATA", ROOT / ".." / "shared" / "data"))
RESULT = ROOT / "bench" / "results" / "embedding.json"


def call_sentences(count: int) -> list[str]:
    frame = pl.read_parquet(DATA / "maec" / "sentences.parquet", columns=["text"])
    texts = frame["text"].unique(maintain_order=True)
    return texts.gather_every(max(1, len(texts) // count))[:count].to_list()


def filing_paragraphs(count: int, fits: Callable[[str], bool]) -> list[str]:
    """Runs of prose lines on the filings' pages, of at most 256 tokens: a longer one the peer would cut."""
    found: list[str] = []
    for path in sorted((DATA / "sample" / "filings_pdf").rglob("*.pdf")):
        pdf = pypdfium2.PdfDocument(path)
        for number in range(0, len(pdf), 4):
            lines = pdf[number].get_textpage().get_text_bounded().splitlines()
            for i in range(0, len(lines), 8):
                text = " ".join(line.strip() for line in lines[i : i + 8])
                if len(text) > 200 and fits(text):
                    found.append(text)
    return found[:: max(1, len(found) // count)][:count]


def timed(encode: Callable[[list[str]], Any], texts: list[str]) -> tuple[float, NDArray[np.float32]]:
    start = time.perf_counter()
    vectors = np.asarray(encode(texts), dtype=np.float32)
    return time.perf_counter() - start, vectors


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    ask.add_argument("--texts", type=int, default=1000)
    ask.add_argument("--threads", type=int, default=2)
    ask.add_argument("--turns", type=int, default=3)
    args = ask.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}; set SMALTI_DATA")
    limit_threads(args.threads)
    ours = TextEncoder()
    peer = SentenceTransformer(str(resolve("minilm-l6-v2").path), device="cpu")
    sets = {
        "call sentences": call_sentences(args.texts),
        "filing paragraphs": filing_paragraphs(args.texts // 4, lambda t: len(ours.chunk(t)) == 1),
    }
    rows = [compare(name, texts, ours, peer, args.turns) for name, texts in sets.items()]
    for row in rows:
        print(
            f"{row['texts']:5d} {row['name']:18s} smalti {row['smalti_per_s']:7.1f}/s   "
            f"sentence-transformers {row['peer_per_s']:7.1f}/s   ratio {row['ratio']:.2f}   "
            f"cosine mean {row['cosine_mean']:.4f} min {row['cosine_min']:.4f}"
        )
    result = {
        "model_version": ours.model_version,
        "threads": args.threads,
        "turns": args.turns,
        "torch": torch.__version__,
        "cpu": platform.processor() or platform.machine(),
        "rows": rows,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


def compare(
    name: str, texts: list[str], ours: TextEncoder, peer: SentenceTransformer, turns: int
) -> dict[str, Any]:
    """Median over turns of each side's speed and of the ratio within a turn."""

    def by_peer(batch: list[str]) -> Any:
        return peer.encode(batch, show_progress_bar=False, normalize_embeddings=True)

    timed(ours.encode, texts[:16])
    timed(by_peer, texts[:16])
    ours_s, peer_s, cosines = [], [], np.empty(0)
    for _ in range(turns):
        seconds, mine = timed(ours.encode, texts)
        ours_s.append(seconds)
        seconds, theirs = timed(by_peer, texts)
        peer_s.append(seconds)
        cosines = (mine * theirs).sum(1)
    return {
        "name": name,
        "texts": len(texts),
        "smalti_per_s": round(len(texts) / median(ours_s), 1),
        "peer_per_s": round(len(texts) / median(peer_s), 1),
        "ratio": round(median(p / o for o, p in zip(ours_s, peer_s, strict=True)), 2),
        "ratio_least": round(min(p / o for o, p in zip(ours_s, peer_s, strict=True)), 2),
        "cosine_mean": round(float(cosines.mean()), 4),
        "cosine_min": round(float(cosines.min()), 4),
    }


if __name__ == "__main__":
    main()
