"""Charts, pictures and posts: what is seen beside what was read in it."""

from __future__ import annotations

import polars as pl
import streamlit as st

from smalti import charts
from smalti.client.base import Json
from smalti.dashboards import session
from smalti.dashboards.page import Page
from smalti.dashboards.parts import states
from smalti.dashboards.parts.charts import chart as drawn
from smalti.dashboards.parts.cite import cite
from smalti.dashboards.parts.picture import picture
from smalti.dashboards.parts.tables import table
from smalti.dashboards.parts.text import bold, plain
from smalti.dashboards.views import evidence_asked
from smalti.platform.words import capital

_READ = {
    "series": "Series",
    "category": "At",
    "value": st.column_config.NumberColumn("Value", format="localized"),
    "unit": "Unit",
    "error": st.column_config.NumberColumn("Error, ±", format="localized"),
    "method": "How it was read",
    "elsewhere": "In the text or table",
}
_METHODS = {"label": "printed beside it", "measured": "measured in the picture"}
_MOST_TEXT = 4_000


def chart(page: Page, piece: Json, around: Json) -> None:
    """A chart beside the values read from it, and drawn anew from them."""
    told = piece["payload"]
    rows = values(told, around["told"])
    left, right = st.columns(2)
    with left:
        st.subheader("As it was published")
        _media(piece, "The chart as it was published")
    with right:
        st.subheader("Drawn anew from the values read")
        if rows.height:
            notes = charts.Notes("read from the published chart", synthetic=piece["synthetic"])
            title = told.get("title") or "Values read from the chart"
            again = charts.chart_read(rows, told.get("chart") or "", title, notes)
            drawn(
                again, f"again-{piece['evidence_id']}", alt=f"{title}, drawn from the values read, from zero"
            )
        else:
            states.empty("No value could be read from it.")
    _doubts(told, rows)
    if rows.height:
        st.subheader("The values read from it")
        table(rows, "read", columns=_READ, alt="The values read from the chart, with how and how well")


def values(told: Json, compared: list[Json]) -> pl.DataFrame:
    """The values read from a chart, one a row, with what the text or a table says of the same."""
    said = {one["item"]: one for one in compared}
    rows = []
    for s, series in enumerate(told.get("series") or ()):
        for p, point in enumerate(series["points"]):
            other = said.get(f"series {s} point {p}")
            rows.append(
                {
                    "series": series["name"] or told.get("title") or "values",
                    "category": str(point["category"]),
                    "value": point["value"],
                    "unit": point.get("unit") or "",
                    "error": point.get("error"),
                    "method": _METHODS.get(point.get("method"), point.get("method") or "")
                    + (", unverified" if point.get("unverified") else ""),
                    "elsewhere": other["verdict"] if other else "",
                }
            )
    schema = dict.fromkeys(_READ, pl.String) | {"value": pl.Float64, "error": pl.Float64}
    return pl.DataFrame(rows, schema=schema)


def _doubts(told: Json, rows: pl.DataFrame) -> None:
    """What is wrong or uncertain about the chart, named."""
    for name, axis in (told.get("axes") or {}).items():
        if axis.get("truncated") and isinstance(axis.get("min"), int | float):
            st.warning(
                f"**Truncated axis**: its {plain(name)} axis begins at {axis['min']:,g}, not at zero, so that"
                " differences look larger than they are.",
                icon=":material/vertical_align_bottom:",
            )
    other = [note for note in told.get("notes") or () if note != "truncated axis"]
    for note in other[:8]:
        st.caption(f"Noted: {plain(note)}")
    if rows.filter(pl.col("elsewhere") == "differs").height:
        st.warning(
            "Values of it differ from what the text or a table says: see below.", icon=":material/difference:"
        )
    sure = told.get("confidence")
    kind = capital(told.get("chart") or "chart")
    if sure is not None:
        st.caption(f"{plain(kind)} chart; how sure the reading is: {sure:.0%}.")


def post(page: Page, piece: Json, around: Json) -> None:
    """A post as it was posted, with its picture."""
    document = around["document"]
    with states.told():
        told = evidence_asked.pieces(page, document["document_id"], None, None, None, evidence_asked.PIECES)
        texts = [one for one in told["items"] if one["kind"] == "paragraph"]
        pictures = [one for one in told["items"] if one["media_type"] == "image/png"]
        with st.container(border=True):
            st.caption(f"Posted by {plain(document['author'] or 'somebody not named')}")
            for one in texts:
                is_this = one["evidence_id"] == piece["evidence_id"]
                st.markdown((bold if is_this else plain)(one["text"], _MOST_TEXT))
                if not is_this:
                    cite("Open this text", one["evidence_id"])
        for one in pictures:
            if one["evidence_id"] == piece["evidence_id"]:
                image(page, one)
            else:
                _media(one, "Its picture")
                cite(f"What was read in this {one['kind']}", one["evidence_id"])


def image(page: Page, piece: Json) -> None:
    """A picture, what was read in it, and what is known of where it is from."""
    left, right = st.columns([3, 2])
    with left:
        _media(piece, "The picture")
    with right:
        st.subheader("What was read in it")
        st.markdown(plain(piece["text"], _MOST_TEXT) if piece["text"].strip() else "*No text.*")
        st.subheader("Where it is from")
        _provenance(piece["payload"])


def _media(piece: Json, label: str) -> None:
    if piece["media_type"] != "image/png":
        states.empty("There is no picture of it.")
        return
    said = " ".join(piece["text"].split())[:300]
    picture(
        f"{session.public_address()}/v1/evidence/{piece['evidence_id']}/media",
        f"own-{piece['evidence_id']}",
        alt=f"{label}. It says: {said}" if said else label,
        label=label,
    )


_FIELDS = {
    "camera": "Camera",
    "software": "Software",
    "taken": "Taken, as it says",
    "changed": "Changed, as it says",
    "gps": "Holds a place",
    "tool": "Made with",
    "source_type": "Kind of source",
    "made": "How it was made",
    "by": "Told by",
    "intact": "Signature intact",
}


def _provenance(told: Json) -> None:
    found = told.get("provenance") or {}
    if (ai := found.get("ai")) is not None:
        st.warning(
            f"**Marked as made by AI** ({plain(str(ai.get('made') or 'generated'))}), told by its"
            f" {plain(str(ai.get('by') or 'metadata').upper())}"
            + (
                ", signed." if ai.get("intact") else "; the mark is not signed, so anybody could have set it."
            ),
            icon=":material/auto_awesome:",
        )
    for name, label in (("c2pa", "C2PA"), ("exif", "EXIF"), ("xmp", "XMP")):
        fields = found.get(name)
        if not fields:
            st.caption(f"{label}: none.")
            continue
        said = [
            f"{_FIELDS.get(one, one)}: {value}"
            for one, value in fields.items()
            if value not in (None, "", False) and not isinstance(value, dict | list)
        ]
        st.caption(f"{label}: {plain('; '.join(said) or 'present, and says nothing', 600)}")
    _hints(told.get("forensics") or {})


def _hints(told: Json) -> None:
    """Signs of manipulation, as what they are: hints."""
    levels, copied = told.get("error_levels") or {}, told.get("copy_move") or {}
    hints = []
    if levels.get("telling"):
        hints.append("a part of it was compressed differently from the rest (error levels)")
    if copied.get("box") and copied.get("score"):
        hints.append("a part of it looks copied from another part of it")
    if hints:
        st.caption(
            f"Hints: {'; '.join(hints)}. Hints prove nothing: logos, text and re-saving give the same."
        )
    else:
        st.caption("No hint of manipulation was found, which proves nothing.")
