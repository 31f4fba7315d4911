"""How many company charts whose bars do not start at zero the check of charts tells, and how many others.

180 charts (`charts/images` of the data, by file name) are read as they would be in a folder, then checked as
if each stood alone in a filing without numbers; `labels/cut_bars.json` says by eye whose bars are cut. The
rules were written with the first 107 in view (`tune`); the next 73 (`test`) were labelled before any output
on them was seen. `told` counts charts with a finding that bars begin elsewhere than at zero; `other` counts
findings of another sort, of which none can be right here but two scales and time that runs backwards.
Intervals: 95%, Wilson.

Run `python bench/cut_bars.py [--limit N] [--keep DIR]`: what was read is kept in DIR and not read again.
Writes `bench/results/cut_bars.json` when not limited.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from smalti.ingest import ocr
from smalti.ingest.charts.reading import read_charts
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.image import parse
from smalti.models.checks.chart_against_table import chart_against_table
from smalti.models.checks.dossier import Dossier
from smalti.platform.records import DateMethod, Document, Evidence, EvidenceKind, Locator, SourceKind

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
LABELS = HERE / "labels" / "cut_bars.json"
NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
NOTHING = pl.DataFrame({"available_at": []}, {"available_at": pl.Datetime("us", "UTC")})


def charts_in(path: Path, keep: Path | None) -> list[Mapping[str, Any]]:
    """Payload and text of each chart read in a picture."""
    kept = keep / f"{path.stem}.json" if keep else None
    if kept and kept.exists():
        return list(json.loads(kept.read_text("utf-8"))["charts"])
    rgb = parse(path.read_bytes(), Request(path.name)).arrays["rgb"]
    found: list[Mapping[str, Any]] = [
        {"payload": c.payload(), "text": c.text()} for c in read_charts(rgb, ocr.read(rgb))
    ]
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"charts": found}), "utf-8")
    return found


def told(charts: Sequence[Mapping[str, Any]]) -> tuple[bool, int]:
    """Whether cut bars are found in these charts of one filing, and how many other findings there are."""
    filing = Document(
        "filing", "artifact", "", "bench", "1", SourceKind.FILING, "filing", NOON, DateMethod.MANIFEST
    )
    pieces = [
        Evidence(f"chart {k}", "filing", EvidenceKind.CHART, k, Locator(page=k), c["text"], c["payload"])
        for k, c in enumerate(charts)
    ]
    found = chart_against_table(
        Dossier("issuer", "Issuer", NOON, {"filing": filing}, pieces, NOTHING, NOTHING)
    ).findings
    cut = [one for one in found if "lie_factor" in one.details]
    return bool(cut), len(found) - len(cut)


def share(hits: int, of: int) -> dict[str, Any]:
    """A share with its 95% Wilson interval; none of nothing."""
    if not of:
        return {"share": None, "hits": 0, "of": 0}
    z, p = 1.96, hits / of
    middle, room = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * room) / (1 + z * z / of) for sign in (-1, 1))
    return {"share": round(p, 3), "hits": hits, "of": of, "low": round(low, 3), "high": round(high, 3)}


def main() -> None:
    """Read, check, print, write."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--limit", type=int, help="pictures of each set")
    options.add_argument("--keep", type=Path, help="folder for what was read")
    asked = options.parse_args()
    labels = json.loads(LABELS.read_text("utf-8"))
    pictures = sorted((DATA / "charts" / "images").iterdir())
    results: dict[str, Any] = {}
    begin = 0
    for name in ("tune", "test"):
        count = labels[name]["pictures"]
        chosen = pictures[begin : begin + count][: asked.limit]
        begin += count
        cut = set(labels[name]["cut"])
        rows = {path.stem: told(charts_in(path, asked.keep)) for path in chosen}
        given = {stem for stem, (found, _) in rows.items() if found}
        wanted = cut & set(rows)
        results[name] = {
            "pictures": len(rows),
            "cut": len(wanted),
            "precision": share(len(given & cut), len(given)),
            "recall": share(len(given & cut), len(wanted)),
            "missed": sorted(wanted - given),
            "wrong": sorted(given - cut),
            "other findings": sum(other for _, other in rows.values()),
        }
    table = Table("set", "pictures", "cut", "precision", "recall", "other findings", title="Cut bars")
    for name, row in results.items():
        shares = [f"{row[k]['hits']}/{row[k]['of']}" for k in ("precision", "recall")]
        table.add_row(name, str(row["pictures"]), str(row["cut"]), *shares, str(row["other findings"]))
    Console().print(table)
    if asked.limit is None:
        (HERE / "results" / "cut_bars.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
