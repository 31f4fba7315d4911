"""Values read from charts against what people read in them.

60 company charts were labelled by eye before any output on them was seen (`labels/charts.json`: kind, value
axes, every value that is printed or can be read to 5%, and the operands of each numeric question on the
picture, as the picture shows them, also where the data set's own answer contradicts it). Each picture goes
through smalti's chart reader as it would in a folder, one process, one thread.

**A point matches a label** when value, category and series agree, each label and each point used once, the
best agreement first:

- *value*: within 5% of the label (a printed range: within it). The scale word in a unit is applied (`1.2`
  in `$B` is 1.2e9; thousand, million, billion, trillion and their usual short forms). Where one side states
  none, its number may also be the bare one of the other side, as charts keep their scale in a caption.
- *category* and *series*: the same after case folding and dropping punctuation; or the numbers in one are
  among those in the other (2014, '14 and 14 are one; joined digits too) and, letters alone, one contains
  the other or rapidfuzz's ratio is at least 80.
- *series* need not match where the picture has one series or does not name this one. A label `Total` is
  matched by an empty name, the chart's title, or a name with `total` in it.

**Recall** is matched labels over labels; numbers beside the chart that are no mark of it (`annotation`) do
not count, unless a question needs them. **Precision** is matched points over points given; points at places
of a continuous line that nobody labelled (`partial` charts) are counted apart as unjudged. *Operands* are
counted once for each question that needs them. Intervals: 95%, bootstrap over pictures, seed 0.

Run `python bench/charts.py [--limit N]`; writes `bench/results/charts.json` when not limited.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
LABELS = HERE / "labels" / "charts.json"
TOLERANCE = 0.05
RATIO = 80
DRAWS = 2000
SCALES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "000s": 1e3,
    "m": 1e6, "mm": 1e6, "mn": 1e6, "million": 1e6, "millions": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9,
    "t": 1e12, "tn": 1e12, "trillion": 1e12, "trillions": 1e12,
}  # fmt: skip
SAME_KIND = {
    "column": "bar",
    "grouped bar": "bar",
    "waterfall": "bar",
    "stacked column": "stacked bar",
    "doughnut": "donut",
}
Payload = Mapping[str, Any]
Share = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Given:
    """A point the reader gave."""

    series: str
    category: str
    value: float
    unit: str
    method: str


@dataclass(frozen=True, slots=True)
class Match:
    """Of one picture: for each label the index of its point or None, and the points nobody can judge."""

    labels: list[dict[str, Any]]
    points: list[Given]
    point_of: list[int | None]
    unjudged: frozenset[int]


def factor(unit: str) -> float | None:
    """What the scale word in a unit multiplies by; None where it has none."""
    for word in re.findall(r"000s|[a-z]+", unit.casefold().replace("usd", " ").replace("/", " per ")):
        if word == "per":
            return None
        if word in SCALES:
            return SCALES[word]
    return None


def agree(label: Mapping[str, Any], value: float, unit: str) -> bool:
    """Whether a value given in a unit is the labelled one."""
    mine, its = factor(label["scale"]), factor(unit)
    low, high = label.get("range", (label["value"], label["value"]))
    both = mine is not None and its is not None
    factors = {(its or 1.0) / (mine or 1.0)} | (set() if both else {1.0})
    return any(
        low - TOLERANCE * abs(low) <= value * times <= high + TOLERANCE * abs(high) for times in factors
    )


def normal(text: str) -> str:
    """Folded case and plain words: `Q1 '15(1)` is `q1 15`."""
    folded = unicodedata.normalize("NFKC", re.sub(r"[¹²³⁰-⁹]|\(\w\)", " ", text)).casefold()
    return " ".join(re.findall(r"\w+", folded.replace("_", " ")))


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, years by their last two digits."""
    found = re.findall(r"\d+", text)
    return Counter((n[2:] if re.fullmatch(r"(?:19|20)\d\d", n) else n).lstrip("0") or "0" for n in found)


@cache
def alike(one: str, two: str) -> float:
    """How far two names agree, 0 (not) to 1 (the same); see the module's rule."""
    one, two = normal(one), normal(two)
    if not one or not two:
        return 0.0
    if one == two:
        return 1.0
    a, b = numbers(one), numbers(two)
    joined = re.sub(r"\D", "", one) == re.sub(r"\D", "", two)
    if a and b and not (a <= b or b <= a or joined):
        return 0.0
    left, right = re.sub(r"[\d ]", "", one), re.sub(r"[\d ]", "", two)
    return _letters_alike(left, right, a == b, bool(a and b))


def _letters_alike(one: str, two: str, same_numbers: bool, both_numbered: bool) -> float:
    """How far two names agree of which the numbers do."""
    if not one or not two:
        # Only one has letters: their numbers must be what they share.
        return 0.7 if both_numbered else 0.0
    if one == two:
        return 0.95 if same_numbers else 0.7
    ratio = fuzz.ratio(one, two)
    if one in two or two in one or ratio >= RATIO:
        return 0.5 + ratio / (250 if same_numbers else 500)
    return 0.0


def same_series(label: Mapping[str, Any], name: str, title: str, only: bool) -> float:
    """How far a given series is the labelled one."""
    if only or label.get("unnamed"):
        return 1.0
    agreement = alike(label["series"], name)
    if label["series"] == "Total":
        words = normal(name).split()
        return max(agreement, 0.8 if not words or "total" in words or alike(title, name) > 0.9 else 0.0)
    return agreement


def pair(chart: Mapping[str, Any], points: Sequence[Given]) -> Match:
    """Match the points given for a picture with the labels of its chart, one to one, best first."""
    labels = list(chart["values"])
    only = len({v["series"] for v in labels if not v.get("annotation")}) == 1
    near: list[tuple[float, float, int, int]] = []
    known: set[int] = set()
    for i, label in enumerate(labels):
        for k, point in enumerate(points):
            place = alike(label["category"], point.category)
            if not place:
                continue
            one_series = only and not label.get("annotation")
            series = same_series(label, point.series, chart["title"], one_series)
            known.add(k)
            if series and agree(label, point.value, point.unit):
                near.append((-(place + series), abs(point.value - label["value"]), i, k))
    point_of: list[int | None] = [None] * len(labels)
    taken: set[int] = set()
    for _, _, i, k in sorted(near):
        if point_of[i] is None and k not in taken:
            point_of[i] = k
            taken.add(k)
    unjudged = set(range(len(points))) - known if chart["partial"] else set()
    return Match(labels, list(points), point_of, frozenset(unjudged))


def points_of(payloads: Iterable[Payload]) -> list[Given]:
    """All points of all charts found in a picture."""
    return [
        Given(one["name"], p["category"], float(p["value"]), p.get("unit") or "", p.get("method") or "")
        for payload in payloads
        for one in payload["series"]
        for p in one["points"]
    ]


def kind_of(payloads: Sequence[Payload]) -> str:
    """The kind of the largest chart found; empty where none was."""
    if not payloads:
        return ""
    kind = str(max(payloads, key=lambda p: sum(len(s["points"]) for s in p["series"]))["chart"])
    return SAME_KIND.get(kind, kind)


def judge(entry: Mapping[str, Any], payloads: Sequence[Payload], seconds: float) -> dict[str, Any]:
    """Counts of one picture."""
    (chart,) = entry["charts"]
    match = pair(chart, points_of(payloads))
    found = {
        (v["series"], v["category"]): at is not None
        for v, at in zip(match.labels, match.point_of, strict=True)
    }
    printed = {(v["series"], v["category"]): v["printed"] for v in match.labels}
    values = [v for v in match.labels if not v.get("annotation")]
    used = {k for k in match.point_of if k is not None}
    judged = [k for k in range(len(match.points)) if k not in match.unjudged]
    scaled = [
        factor(match.points[at].unit) == factor(v["scale"])
        for v, at in zip(match.labels, match.point_of, strict=True)
        if at is not None and v["scale"]
    ]
    counts: dict[str, Share] = {
        "all values": share(found[v["series"], v["category"]] for v in values),
        "points": share(k in used for k in judged),
        "scale stated": share(scaled),
        "questions": share(
            all(found[o["series"], o["category"]] for o in q["operands"])
            for q in entry["questions"]
            if q["operands"]
        ),
    }
    operands = [(o["series"], o["category"]) for q in entry["questions"] for o in q["operands"]]
    counts["operands"] = share(found[o] for o in operands)
    for how in (True, False):
        name = "printed" if how else "measured"
        counts[f"operands {name}"] = share(found[o] for o in operands if printed[o] is how)
        counts[f"all values {name}"] = share(
            found[v["series"], v["category"]] for v in values if v["printed"] is how
        )
    for method in sorted({p.method for p in match.points}):
        counts[f"points by {method}"] = share(k in used for k in judged if match.points[k].method == method)
    axes = [axis for payload in payloads for axis in payload["axes"].values()]
    return {
        "kind": chart["kind"],
        "kind read": kind_of(payloads),
        "truncated": chart["axis"]["truncated"],
        "truncated read": any(axis.get("truncated") for axis in axes),
        "starts above zero read": any(axis.get("truncated") or axis["min"] > 0 for axis in axes),
        "dual": chart["axis"]["dual"],
        "dual read": any("y2" in payload["axes"] for payload in payloads),
        "unjudged points": len(match.unjudged),
        "seconds": round(seconds, 2),
        "counts": counts,
    }


def share(hits: Iterable[bool]) -> Share:
    """How many of how many."""
    listed = list(hits)
    return sum(listed), len(listed)


def ratio(pictures: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    """A share over pictures with its interval; None where there is nothing to count."""
    pairs = [p["counts"].get(name, (0, 0)) for p in pictures]
    return interval(pairs)


def interval(pairs: Sequence[Share]) -> dict[str, Any]:
    """Sum of hits over sum of wanted, with a 95% bootstrap interval over the pairs."""
    hits, wanted = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
    if not wanted:
        return {"share": None, "hits": 0, "of": 0}
    draw = random.Random(0)  # noqa: S311 - resampling
    shares = []
    for _ in range(DRAWS):
        drawn = draw.choices(pairs, k=len(pairs))
        total = sum(n for _, n in drawn)
        if total:
            shares.append(sum(h for h, _ in drawn) / total)
    shares.sort()
    low, high = shares[int(0.025 * len(shares))], shares[min(len(shares) - 1, int(0.975 * len(shares)))]
    return {
        "share": round(hits / wanted, 4),
        "hits": hits,
        "of": wanted,
        "low": round(low, 4),
        "high": round(high, 4),
    }


def summary(by_name: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """All figures over the pictures."""
    pictures = list(by_name.values())
    names = sorted({name for p in pictures for name in p["counts"]})
    seconds = sorted(p["seconds"] for p in pictures)

    def told(label: str, read: str) -> dict[str, Any]:
        has = [p for p in pictures if p[label]]
        return {
            "recall": interval([(int(p[read]), 1) for p in has]),
            "precision": interval([(int(p[label]), 1) for p in pictures if p[read]]),
        }

    kinds = sorted({p["kind"] for p in pictures})
    return {
        "pictures": len(pictures),
        "figures": {name: ratio(pictures, name) for name in names},
        "kind": interval([(int(p["kind"] == p["kind read"]), 1) for p in pictures]),
        "kinds confused": dict(
            Counter(f"{p['kind']} read as {p['kind read'] or 'nothing'}" for p in pictures
                    if p["kind"] != p["kind read"])
        ),
        "truncated axis": told("truncated", "truncated read"),
        "axis starts above zero": told("truncated", "starts above zero read"),
        "dual axis": told("dual", "dual read"),
        "unjudged points": sum(p["unjudged points"] for p in pictures),
        "seconds": {
            "mean": round(sum(seconds) / len(seconds), 2),
            "median": seconds[len(seconds) // 2],
            "worst": seconds[-1],
        },
        "by kind": {
            kind: {
                name: ratio([p for p in pictures if p["kind"] == kind], name)
                for name in ("operands", "all values", "points")
            }
            for kind in kinds
        },
    }  # fmt: skip


def read(path: Path) -> list[Payload]:
    """The charts of a picture: decoded, shrunk and read as a folder's pictures are, in this process."""
    # Here, so that the matching can be tested without loading any model.
    from smalti.ingest import ocr
    from smalti.ingest.charts.reading import read_charts
    from smalti.ingest.parse import image
    from smalti.ingest.parse.contract import Request

    rgb = image.parse(path.read_bytes(), Request(path.name)).arrays["rgb"]
    return [chart.payload() for chart in read_charts(rgb, ocr.read(rgb))]


def show(result: Mapping[str, Any]) -> None:
    """Print the tables."""
    console = Console(width=110)
    table = Table("", "share", "95%", "of", title=f"{result['pictures']} charts labelled by eye")
    rows = dict(result["figures"]) | {"kind of chart": result["kind"]}
    for name in ("truncated axis", "axis starts above zero", "dual axis"):
        rows |= {f"{name}, {part}": result[name][part] for part in ("recall", "precision")}
    for name, figure in rows.items():
        table.add_row(name, *cells(figure))
    console.print(table)
    kinds = Table("kind", "operands", "all values", "points right", title="By kind of chart")
    for kind, parts in result["by kind"].items():
        kinds.add_row(kind, *(" ".join(cells(parts[n])[::2]) for n in ("operands", "all values", "points")))
    console.print(kinds)
    console.print("kinds confused:", result["kinds confused"] or "none")
    console.print("seconds a picture:", result["seconds"], " unjudged points:", result["unjudged points"])


def cells(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    """A figure as text: share, interval, count."""
    if figure["share"] is None:
        return "-", "-", "0"
    return (
        f"{figure['share']:.3f}",
        f"{figure['low']:.3f}-{figure['high']:.3f}",
        f"{figure['hits']}/{figure['of']}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--limit", type=int, default=0, help="read this many pictures only; writes nothing")
    options = parser.parse_args()
    folder = DATA / "charts" / "images"
    if not folder.is_dir():
        raise SystemExit(f"no charts at {folder}: set SMALTI_DATA to the folder of real data")
    images = json.loads(LABELS.read_text())["images"]
    judged: dict[str, dict[str, Any]] = {}
    read(folder / next(iter(images)))  # so that loading the models is in nobody's seconds
    for name, entry in list(images.items())[: options.limit or None]:
        begin = time.perf_counter()
        payloads = read(folder / name)
        judged[name] = judge(entry, payloads, time.perf_counter() - begin)
    result = summary(judged) | {"by picture": judged}
    show(result)
    if not options.limit:
        (HERE / "results" / "charts.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
