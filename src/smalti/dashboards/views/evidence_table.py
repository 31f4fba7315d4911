"""Tables and numbers: the table with its cell lit, and a number with its unit, scale and period."""

from __future__ import annotations

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.parts.grid import Place, grid
from smalti.dashboards.parts.text import bold, plain
from smalti.dashboards.views import evidence_asked
from smalti.platform.words import capital

_MOST_FACTS = 500
"""Numbers of one page, or of a document without pages, that are looked for in a table."""
_SCALES = {1.0: "", 1e3: "thousands", 1e6: "millions", 1e9: "billions", 0.01: "percent"}
_LONGEST = 4_000


def show(page: Page, piece: Json, around: Json) -> None:
    """A table, or a number and the table it stands in."""
    if piece["kind"] == "fact":
        fact(piece)
    table = piece if piece["kind"] == "table" else around["table"]
    if table is None:
        return
    cell = piece["locator"].get("cell") if piece["kind"] == "fact" else None
    lit = (cell[1], cell[2]) if cell else None
    if not table["payload"].get("cells"):
        st.markdown(plain(table["text"], _LONGEST))
        return
    st.subheader("In its table" if lit else "The table")
    grid(
        table["payload"],
        f"grid-{piece['evidence_id']}",
        label=f"Table of {table['title']}, {table['where']}",
        lit=lit,
        leads=_facts(page, table, around["kinds"]),
        follow=lambda one: place.put(id=one, page=None),
    )
    _units(table["payload"])
    if lit:
        st.caption(
            f"Lit: row {lit[0] + 1}, column {lit[1] + 1}. Underlined numbers lead to their own evidence."
        )


def fact(piece: Json) -> None:
    """A number with all that tells what it means."""
    told = piece["payload"]
    label = told.get("label") or told.get("line") or told.get("concept") or "Number"
    st.markdown(f"{bold(label)}: {bold(exact(told.get('value'), told.get('unit')))}, {period(told)}")
    parts = []
    if told.get("as_reported"):
        scale = _SCALES.get(told.get("scale") or 1.0, f"times {told.get('scale'):g}")
        parts.append(f"Reported as {plain(told['as_reported'])}" + (f", in {scale}" if scale else ""))
    if told.get("concept"):
        parts.append(f"Line item {plain(told['concept'])}")
    if told.get("statement"):
        parts.append(f"{plain(told['statement'])} statement")
    if told.get("dimension"):
        parts.append(f"Of a part only: {plain(told['dimension'])}")
    path = [one for one in told.get("path") or () if one]
    if len(path) > 1:
        parts.append(f"Under {plain(' › '.join(path[:-1]))}")
    if parts:
        st.caption(". ".join(capital(one) for one in parts) + ".")
    if told.get("unverified"):
        st.warning(f"**Not verified**: {plain(str(told['unverified']))}.", icon=":material/help:")


def exact(value: float | None, unit: str | None) -> str:
    """A stored number with all its digits: `1,470,000,000 USD`."""
    if value is None:
        return "no value"
    told = f"{value:,.15g}".replace("-", "−")
    return f"{told} {unit}" if unit and unit != "pure" else told


def period(told: Json) -> str:
    """`2025-01-01 to 2025-12-31`, `at 2025-12-31`, as stored."""
    start, end = told.get("period_start"), told.get("period_end")
    if not end:
        return "its period is not known"
    return f"{plain(start)} to {plain(end)}" if start else f"at {plain(end)}"


def _facts(page: Page, table: Json, kinds: Json) -> dict[Place, str]:
    """Which cells of a table have evidence of their own."""
    number, box, chars = (table["locator"].get(name) for name in ("page", "box", "chars"))
    if number is None and kinds.get("fact", 0) > _MOST_FACTS:
        return {}
    told = evidence_asked.pieces(page, table["document_id"], "fact", number, None, _MOST_FACTS)
    found: dict[Place, str] = {}
    for one in told["items"]:
        at = one["locator"]
        inside = _within(at.get("box"), box) if number is not None else at.get("chars") == chars
        if at.get("cell") and inside:
            found[(at["cell"][1], at["cell"][2])] = one["evidence_id"]
    return found


def _within(inner: list[float] | None, outer: list[float] | None) -> bool:
    if inner is None or outer is None:
        return False
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= x <= outer[2] and outer[1] <= y <= outer[3]


def _units(table: Json) -> None:
    """What its numbers are in, and of when, as it was read."""
    parts = []
    if table.get("currency"):
        parts.append(f"currency {plain(table['currency'])}")
    if table.get("scale") and (scale := _SCALES.get(table["scale"], f"times {table['scale']:g}")):
        parts.append(f"numbers in {scale}")
    periods = [
        period({f"period_{side}": one[side] for side in ("start", "end")})
        for one in table.get("periods") or ()
        if one
    ]
    if periods:
        parts.append("periods " + "; ".join(dict.fromkeys(periods)))
    if parts:
        st.caption(f"As it was read: {', '.join(parts)}.")
