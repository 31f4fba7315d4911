"""Made-up charts for the tests of checks: payloads as the chart reader gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.models.checks.dossiers import piece

from smalti.platform.records import Document, Evidence, EvidenceKind

Values = Mapping[str, float] | Sequence[tuple[str, float]]


def chart(
    of: Document, title: str, series: Mapping[str, Values], name: str = "chart", **more: Any
) -> Evidence:
    """A chart of named series of values by category, drawn to scale over `base` (0).

    May be given: `kind` (bar), `base`, `method` (label), `error` (0.05), `unit`, `confidence` (1), `payload`.
    """
    kind, base = str(more.pop("kind", "bar")), float(more.pop("base", 0.0))
    listed = {key: list(v.items() if isinstance(v, Mapping) else v) for key, v in series.items()}
    top = max([value for points in listed.values() for _, value in points], default=1.0)
    unit, method, error = more.pop("unit", ""), more.pop("method", "label"), more.pop("error", 0.05)
    shown = [
        {
            "name": key,
            "points": [
                {
                    "category": category, "value": value, "unit": unit, "method": method, "error": error,
                    "box": _box(kind, k, (value - base) / ((top - base) or 1.0)),
                }
                for k, (category, value) in enumerate(points)
            ],
        }
        for key, points in listed.items()
    ]  # fmt: skip
    axis = {"min": base, "max": top, "unit": "", "scale": "linear", "truncated": base != 0}
    payload = {
        "chart": kind, "title": title, "axes": {"x" if kind == "horizontal bar" else "y": axis},
        "series": shown, "notes": [], "confidence": more.pop("confidence", 1.0),
        "origin": "raster", "width": 50.0 * max(map(len, listed.values()), default=0),
    } | dict(more.pop("payload", {}))  # fmt: skip
    text = "\n".join(
        [
            title,
            *(f"{key}: " + ", ".join(f"{c} {v:,.6g}" for c, v in points) for key, points in listed.items()),
        ]
    )
    return piece(of, EvidenceKind.CHART, text, payload, name=name, **{"page": 3, **more})


def _box(kind: str, place: int, share: float) -> list[float]:
    """Of bars, foot on one line 200 pixels long at most; of points on a line, a few pixels around them."""
    end, across = 200.0 * share, 50.0 * place
    if kind == "horizontal bar":
        return [100.0, across, 100.0 + end, across + 30]
    if kind == "line":
        return [across + 10, 295.0 - end, across + 20, 305.0 - end]
    return [across, 300.0 - end, across + 30, 300.0]


_ODD: tuple[Any, ...] = (
    None, 0, -1, 1e308, float("nan"), float("inf"), 10**400, "", "2025", "x" * 500, "2025 2024", [], {}, [[]],
    {"a": 1}, True,
)  # fmt: skip


def damaged(payload: Any, draw: Random) -> Any:
    """A payload with parts lost, doubled or put in the place of others."""
    if draw.random() < 0.06:
        return draw.choice(_ODD)
    if isinstance(payload, dict):
        return {key: damaged(value, draw) for key, value in payload.items() if draw.random() > 0.03}
    if isinstance(payload, list | tuple):
        kept = [value for value in payload for _ in range(draw.choice((0, 1, 1, 1, 1, 1, 1, 1, 2)))]
        return [damaged(value, draw) for value in kept]
    return payload


def as_payload(thing: Any) -> dict[str, Any]:
    """What a piece may hold: an object."""
    return thing if isinstance(thing, dict) else {}
