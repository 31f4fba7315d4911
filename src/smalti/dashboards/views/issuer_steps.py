"""From what stands behind a score to the steps of its waterfall; they sum to the score's way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from smalti.client.base import Json
from smalti.dashboards.views.issuer_asked import details
from smalti.platform import words

SHARES, LEFT_OUT, DRIVER, CONTEXT = "integrated-gradients", "leave-one-out", "driver: ", "context"
"""How the methods of attributions begin."""

RATIOS: Mapping[str, str] = {
    "ta": "accruals",
    "roa": "return on assets",
    "cfo": "operating cash flow",
    "size": "market value",
    "lev": "debt",
    "mtb": "market to book",
    "inv_at": "size of assets",
    "d_sale": "change in sales",
    "d_ar": "change in receivables",
    "ppe": "property and equipment",
    "the year": "the rest of the year",
}
"""Ratios of a fiscal year as people call them."""

_BARS = 10
_QUOTE = 60
_SCHEMA = {"key": pl.String, "label": pl.String, "effect": pl.Float64, "rest": pl.Boolean}


def parts(told: Json, by: str) -> pl.DataFrame:
    """The steps of a score, largest first; what is past the largest, and what is not told apart, last.

    Args:
        told: as `Client.why` tells it.
        by: `document`, `modality`, `piece`.

    Returns:
        `key` (id of the piece that a step leads to; null where it leads nowhere), `label`, `effect` in the
        score's unit, `rest`.
    """
    whole = sum(details(told["signal"])["contributions"]["by_modality"].values())
    rows = _pieces(told) if by == "piece" else _groups(told, by)
    rows.sort(key=lambda row: -abs(row["effect"]))
    shown, past = rows[:_BARS], rows[_BARS:]
    left = whole - sum(row["effect"] for row in shown)
    if past or abs(left) > 1e-9:
        names = {"document": "documents", "modality": "inputs", "piece": "pieces"}
        shown.append({"key": None, "label": f"all further {names[by]}", "effect": left, "rest": True})
    return pl.DataFrame(shown, schema=_SCHEMA)


def matters(told: Json) -> pl.DataFrame:
    """What a contradiction index is made of: `check`, `share` of the index, `matters` (how many)."""
    shares: dict[str, list[float]] = defaultdict(list)
    for one in details(told["signal"]).get("matters", ()):
        shares[words.check(_check(one["check"]))].append(float(one["share"]))
    rows = [(name, sum(found), len(found)) for name, found in shares.items()]
    schema = {"check": pl.String, "share": pl.Float64, "matters": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _check(name: str) -> str:
    return name if "." in name else f"fraud.{name}"


def of(method: str) -> str:
    """Which ratio a row speaks of, in words; empty for a piece as a whole."""
    _, _, ratio = method.partition(" of ")
    return RATIOS.get(ratio, ratio)


def _groups(told: Json, by: str) -> list[dict[str, Any]]:
    rows = []
    for group in told["groups"]:
        if group["by"] != by:
            continue
        best = _largest(told["evidence"], "document_id" if by == "document" else "modality", group["key"])
        rows.append({"key": best and best["evidence_id"], "effect": group["effect"], "rest": False})
        rows[-1]["label"] = words.modality(group["key"]) if by == "modality" else _document(group, best)
    return rows


def _largest(pieces: Iterable[Json], name: str, wanted: str) -> Json | None:
    own = [e for e in pieces if e[name] == wanted and e["method"].startswith(SHARES)]
    return max(own, key=lambda e: abs(e["effect"]), default=None)


def _document(group: Json, best: Json | None) -> str:
    """A document by its kind and title; one of which no piece is among the largest by its file."""
    if best is None:
        return str(group["name"])
    kind = {"social": "post", "price": "prices"}.get(best["source"], best["source"])
    return f"{kind}: {best['title'] or best['file']}"


def _pieces(told: Json) -> list[dict[str, Any]]:
    rows = []
    for e in told["evidence"]:
        if not e["method"].startswith(SHARES):
            continue
        said = e["quote"] if len(e["quote"]) <= _QUOTE else f"{e['quote'][:_QUOTE]}…"
        label = of(e["method"]) or f"{words.modality(e['modality'])}: {said}"
        rows.append({"key": e["evidence_id"], "label": label, "effect": e["effect"], "rest": False})
    return rows
