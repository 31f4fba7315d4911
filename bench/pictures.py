"""Pictures: are their kinds told, do the hints of manipulation mean anything, are near-duplicates found?

*Kinds*: `labels/pictures.json`, by eye; the rules were fitted on its `tune` half, its `test` half is the
figure to quote. *Hints*: photos of the test half, spliced (a third of another photo once saved at quality 60
set in) or with a quarter of themselves copied elsewhere, then saved as a social network would, against the
same photos merely saved: AUC of the score, and how often the right place is named. Then the corpus's own
`verif_*` pictures, from collections of disputed posts, against its ordinary photos: many of those are true
pictures with a false story, so little can be expected. *Likeness*: photos of the test half changed as posts
change them, and every pair among all pictures of the sample, the charts and the tweets.

The constants of error levels were chosen on photos of the tuning half, changed in the same way.

Run `python bench/pictures.py [PART …]`; writes `bench/results/pictures.json`. Some five minutes on one core.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from numpy.typing import NDArray
from PIL import Image, ImageOps
from rich.console import Console
from rich.table import Table

from smalti.ingest import ocr
from smalti.ingest.forensics import TELLING_LEVEL, copy_move, error_levels
from smalti.ingest.likeness import NEAR_DRAWN
from smalti.ingest.parse.contract import Request
from smalti.ingest.parse.image import parse
from smalti.ingest.picture_kind import KINDS, picture_kind
from smalti.platform.similarity import NEAR_IMAGE, distance, image_hash

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("SMALTI_DATA", HERE.parent.parent / "shared" / "data"))
Rgb = NDArray[np.uint8]
PHOTOS = 24  # for the hints
QUALITIES = (95, 85, 75)


def pixels(entry: Mapping[str, Any]) -> Rgb:
    """A labelled picture as the parser decodes it."""
    path = DATA / entry["file"]
    if "page" not in entry:
        return np.asarray(parse(path.read_bytes(), Request(entry["file"])).arrays["rgb"])
    page = pdfium.PdfDocument(path)[entry["page"]]
    whole = page.render(scale=800 / page.get_width()).to_pil().convert("RGB")
    return np.asarray(whole if entry["part"] == "whole" else whole.crop((0, 0, 800, whole.height // 2)))


def kinds(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Right kinds, and precision and recall of each, by set."""
    told: dict[str, Counter[tuple[str, str]]] = {"tune": Counter(), "test": Counter()}
    seconds = 0.0
    for entry in entries:
        rgb = pixels(entry)
        lines = [{"text": line.text, "box": line.box} for line in ocr.read(rgb)]
        begin = time.process_time()
        kind, _ = picture_kind(rgb, lines)
        seconds += time.process_time() - begin
        told[entry["set"]][entry["kind"], kind] += 1
    out: dict[str, Any] = {"seconds a picture": round(seconds / len(entries), 3)}
    for name, counts in told.items():
        right = sum(n for (a, b), n in counts.items() if a == b)
        out[name] = {"pictures": counts.total(), "right": round(right / counts.total(), 3)}
        for kind in KINDS:
            given = sum(n for (_, b), n in counts.items() if b == kind)
            labelled = sum(n for (a, _), n in counts.items() if a == kind)
            hits = counts[kind, kind]
            out[name][kind] = {
                "labelled": labelled,
                "precision": round(hits / given, 3) if given else None,
                "recall": round(hits / labelled, 3),
            }
        out[name]["confused"] = {f"{a} taken for {b}": n for (a, b), n in sorted(counts.items()) if a != b}
    return out


def saved(rgb: Rgb, quality: int) -> Rgb:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out).convert("RGB"))


def spliced(one: Rgb, other: Rgb, rng: np.random.Generator) -> tuple[Rgb, Sequence[int]]:
    """A third of another photo's sides set into this one, on the grid of JPEG blocks."""
    given = saved(other, 60)
    height, width = (min(a, b) // 24 * 8 for a, b in zip(one.shape, other.shape, strict=True) if a != 3)
    top, left = (
        int(rng.integers(0, (a - b) // 8)) * 8 for a, b in zip(one.shape, (height, width), strict=False)
    )
    y, x = (
        int(rng.integers(0, (a - b) // 8)) * 8 for a, b in zip(other.shape, (height, width), strict=False)
    )
    out = one.copy()
    out[top : top + height, left : left + width] = given[y : y + height, x : x + width]
    return out, (left, top, left + width, top + height)


def moved(one: Rgb, rng: np.random.Generator) -> tuple[Rgb, Sequence[int]]:
    """A quarter of the sides of its left half copied into its right half."""
    height, width = one.shape[0] // 4, one.shape[1] // 4
    top, y = (int(rng.integers(0, one.shape[0] - height)) for _ in range(2))
    x = int(rng.integers(0, width))
    left = one.shape[1] // 2 + int(rng.integers(0, width))
    out = one.copy()
    out[top : top + height, left : left + width] = one[y : y + height, x : x + width]
    return out, (left, top, left + width, top + height)


def auc(marked: Sequence[float], plain: Sequence[float]) -> float:
    """How often a marked picture scores above a plain one, ties counting half."""
    one, other = np.array(marked)[:, None], np.array(plain)[None, :]
    return round(float((one > other).mean() + 0.5 * (one == other).mean()), 3)


def hits(box: Sequence[int] | None, truth: Sequence[int]) -> bool:
    """The middle of the box lies in the changed part."""
    if box is None:
        return False
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return truth[0] <= x <= truth[2] and truth[1] <= y <= truth[3]


def level(rgb: Rgb) -> tuple[float, Sequence[int] | None]:
    found = error_levels(rgb) or {"score": 0.0, "telling": False, "box": None}
    return found["score"], found["box"]


def repeat(rgb: Rgb) -> tuple[float, Sequence[int] | None]:
    found = copy_move(rgb)
    return found["score"], found["box_of"]


def hints(photos: Sequence[Rgb]) -> dict[str, Any]:
    """AUC and place of both hints on both changes, at each quality of the last saving."""
    rng = np.random.default_rng(11)
    changes: dict[str, list[tuple[Rgb, Sequence[int]]]] = {
        "spliced": [spliced(one, photos[i - 1], rng) for i, one in enumerate(photos)],
        "copied": [moved(one, rng) for one in photos],
    }
    measures: dict[str, Callable[[Rgb], tuple[float, Sequence[int] | None]]] = {
        "error levels": level,
        "copy-move": repeat,
    }
    limits = {"error levels": TELLING_LEVEL, "copy-move": 1}
    out: dict[str, Any] = {"photos": len(photos)}
    for quality in QUALITIES:
        for measure, run in measures.items():
            plain = [run(saved(one, quality))[0] for one in photos]
            for change, pictures in changes.items():
                found = [run(saved(rgb, quality)) for rgb, _ in pictures]
                places = [hits(box, truth) for (_, box), (_, truth) in zip(found, pictures, strict=True)]
                out[f"{measure}, {change}, last saved at {quality}"] = {
                    "auc": auc([score for score, _ in found], plain),
                    "right place": round(float(np.mean(places)), 3),
                    "marked": round(float(np.mean([score >= limits[measure] for score, _ in found])), 3),
                    "marked though plain": round(float(np.mean([s >= limits[measure] for s in plain])), 3),
                }
    return out


def disputed(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The sample's `verif_*` against its ordinary photos."""
    mine = [e for e in entries if e["file"].startswith("sample/social") and e["kind"] == "photo"]
    groups: dict[bool, list[Rgb]] = {True: [], False: []}
    for entry in mine:
        groups["verif_" in entry["file"]].append(pixels(entry))
    out: dict[str, Any] = {"disputed": len(groups[True]), "ordinary": len(groups[False])}
    for name, run in (("error levels", level), ("copy-move", repeat)):
        out[f"auc of {name}"] = auc(*([run(rgb)[0] for rgb in groups[group]] for group in (True, False)))
    return out


def posted(rgb: Rgb) -> Iterator[tuple[str, Image.Image]]:
    """The same picture as others might post it."""
    picture = Image.fromarray(rgb)
    width, height = picture.size
    yield "saved at quality 40", Image.fromarray(saved(rgb, 40))
    yield "half the size", picture.resize((max(1, width // 2), max(1, height // 2)))
    yield "grey", picture.convert("L").convert("RGB")
    yield "brighter", Image.fromarray((rgb * 1.15 + 10).clip(0, 255).astype(np.uint8))
    for percent in (2, 5):
        edge = (width * percent // 100, height * percent // 100)
        yield f"{percent} % cut off each side", picture.crop((*edge, width - edge[0], height - edge[1]))
    yield "black bar of a tenth below", ImageOps.expand(picture, (0, 0, 0, height // 10), "black")
    yield "mirrored", ImageOps.mirror(picture)


@cache
def every_hash() -> dict[str, int]:
    """Hashes of all pictures of the data, copies of one file once."""
    folders = ("sample/social", "charts/images", "social_sentiment/images")
    paths = [p for f in folders for p in sorted((DATA / f).iterdir()) if p.suffix in (".jpg", ".png")]
    out, seen = {}, set()
    for path in paths:
        raw = path.read_bytes()
        if raw not in seen:
            seen.add(raw)
            payload = parse(raw, Request(path.name)).documents[0].pieces[0].payload
            out[path.relative_to(DATA).as_posix()] = int(payload["phash"], 16)
    return out


def likeness(photos: Sequence[Rgb], same: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Recall under changes, and pairs of different pictures that are taken for one."""
    found: Counter[str] = Counter()
    for rgb in photos:
        own = image_hash(rgb)
        for name, picture in posted(rgb):
            found[name] += distance(own, image_hash(np.asarray(picture))) <= NEAR_IMAGE
    hashes = every_hash()
    names, values = list(hashes), np.array(list(hashes.values()), np.uint64)
    true = {frozenset(pair) for pair in same}
    tally: Counter[str] = Counter()
    for i, name in enumerate(names):
        apart = np.bitwise_count(values[:i] ^ values[i])
        for j in np.flatnonzero(apart <= NEAR_IMAGE):
            if frozenset((name, names[j])) in true:
                tally["one picture"] += 1
                continue
            charts = "chart" in name and "chart" in names[j]
            tally["different charts" if charts else "different others"] += 1
            tally["different charts within the limit for what is drawn"] += int(
                charts and apart[j] <= NEAR_DRAWN
            )
    return {
        "photos": len(photos),
        "limit": NEAR_IMAGE,
        "found when": {name: round(count / len(photos), 3) for name, count in found.items()},
        "pictures compared": len(names),
        "charts among them": sum("chart" in name for name in names),
        "pairs within the limit": dict(tally),
    }


def show(result: Mapping[str, Any]) -> None:
    console = Console(width=120)
    for title, part in result.items():
        table = Table("", "", title=title)
        for name, value in part.items():
            table.add_row(str(name), json.dumps(value) if isinstance(value, dict) else str(value))
        console.print(table, markup=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parts", nargs="*", help="kinds, hints, disputed, likeness; all if left out")
    options = parser.parse_args()
    if not DATA.is_dir():
        raise SystemExit(f"no data at {DATA}: set SMALTI_DATA to the folder of real data")
    labels = json.loads((HERE / "labels" / "pictures.json").read_text())
    entries = labels["pictures"]
    photos = [pixels(e) for e in entries if e["kind"] == "photo" and e["set"] == "test"]
    large = [rgb for rgb in photos if min(rgb.shape[:2]) >= 240][:PHOTOS]
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "kinds": lambda: kinds(entries),
        "hints": lambda: hints(large),
        "disputed": lambda: disputed(entries),
        "likeness": lambda: likeness(photos, labels["same"]),
    }
    path = HERE / "results" / "pictures.json"
    result = json.loads(path.read_text()) if path.exists() else {}
    result |= {name: parts[name]() for name in options.parts or parts}
    show(result)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
