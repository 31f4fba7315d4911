"""A chart on a page: the same as in a report, in the page's colours and width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smalti.charts import theme
from smalti.charts.theme import Chart

DARK = {
    theme.INK: "#e8edf3",
    theme.MUTED: "#a9b6c4",
    theme.GRID: "#2c3a4b",
    theme.LINE: "#7db8e8",
    theme.BAND: "#2f4f6d",
    theme.RAISED: "#f08a5d",
    theme.LOWERED: "#5fa8d3",
    theme.NOTICE: "#f0a63a",
    theme.ABSENT: "#253242",
    theme.PAPER: "#101820",
}
"""What takes the place of each colour of the theme on dark ground; text keeps a contrast of 7:1 there."""


_LETTERS = ("labelFontSize", "titleFontSize")


def on_screen(chart: Chart, *, dark: bool, told: str) -> dict[str, Any]:
    """A chart as a Vega-Lite document for a page, without its title: that is the page's (`heading`).

    Args:
        chart: as its builder made it, light and sized for print.
        dark: in the colours of dark ground.
        told: what it shows in a sentence; read aloud in the picture's place.
    """
    made: dict[str, Any] = chart.to_dict()
    made.pop("title", None)
    if "facet" not in made and "vconcat" not in made:
        made["width"] = "container"
        made["autosize"] = {"type": "fit-x", "contains": "padding"}
    made["description"] = told
    made["config"]["background"] = "transparent"  # the page's own ground, whatever its theme
    _enlarge(made["config"])
    # Drawn as SVG a chart is sharp at any zoom, and its parts can be read by machines.
    made["usermeta"] = {"embedOptions": {"renderer": "svg", "actions": False}}
    recoloured: dict[str, Any] = _recoloured(made) if dark else made
    return recoloured


def heading(chart: Chart) -> tuple[str, Sequence[str]]:
    """A chart's title and the lines below it (unit, source, marks), as text that breaks where a page must."""
    told = chart.to_dict()["title"]
    return " ".join(told["text"]), told["subtitle"]


def _enlarge(config: dict[str, Any]) -> None:
    """A page is read from further away than paper, and beside larger letters."""
    for part in ("axis", "legend"):
        for name in _LETTERS:
            config[part][name] += 1.5
    config["text"] = {"fontSize": 12.5, **config.get("text", {})}


def _recoloured(part: Any) -> Any:
    if isinstance(part, dict):
        # Data are numbers and words of others; a word among them that looks like a colour stays.
        return {name: v if name in ("datasets", "values") else _recoloured(v) for name, v in part.items()}
    if isinstance(part, list):
        return [_recoloured(v) for v in part]
    return DARK.get(part, part) if isinstance(part, str) else part
