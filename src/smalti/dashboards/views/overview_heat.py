"""The heat map: issuers beside each other, each score with its change, each cell a link to what is behind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import streamlit as st

from smalti.client.base import Json
from smalti.dashboards import place
from smalti.dashboards.parts import numbers
from smalti.dashboards.views import overview_words as words
from smalti.dashboards.views.overview_lines import address
from smalti.platform import words as names

_HERE = Path(__file__)
_heat = st.components.v2.component(
    "smalti-heat",
    css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
    js=_HERE.with_suffix(".js").read_text(encoding="utf-8"),
)
_OLD = timedelta(days=1)
"""From this age on a cell says how old its score is."""


def heat(rows: Sequence[Json], moment: datetime, key: str, caption: str) -> None:
    """Show rows of the overview; goes to the issuer page where a cell is clicked.

    Args:
        rows: `OverviewView.rows`.
        moment: as of which they are shown; ages count from it.
        key: names it on its page.
        caption: what the table shows, for who hears it.
    """
    data = {
        "caption": caption,
        "columns": [{"name": name, "unit": words.UNITS[kind]} for kind, name in words.SCORES.items()],
        "rows": [_row(row, moment) for row in rows],
    }
    told = _heat(data=data, key=key, on_opened_change=lambda: None)
    opened = told.opened
    # What comes back is the browser's word: only a cell that was shown leads anywhere.
    for row in rows:
        if opened == row["issuer_id"]:
            place.go("issuer", issuer=row["issuer_id"])
        for cell in row["cells"]:
            if opened == cell["signal_id"]:
                place.go("issuer", issuer=row["issuer_id"], signal=cell["signal_id"])


def _row(row: Json, moment: datetime) -> dict[str, Any]:
    cells = {cell["kind"]: cell for cell in row["cells"]}
    return {
        "id": row["issuer_id"],
        "name": row["issuer"],
        "note": ", ".join((*row["tickers"], *(["synthetic"] if row["synthetic"] else []))),
        "href": address("issuer", {"issuer": row["issuer_id"]}),
        "cells": [_cell(row, cells.get(kind), kind, moment) for kind in words.SCORES],
    }


def _cell(row: Json, cell: Json | None, kind: str, moment: datetime) -> dict[str, Any]:
    if cell is None:
        return {"value": "not scored", "weight": 0}
    scored = datetime.fromisoformat(cell["as_of"])
    span = numbers.interval(kind, cell["low"], cell["high"])
    old = f"{numbers.age(scored, moment)} old" if moment - scored >= _OLD else ""
    sample = "in-sample" if cell["in_sample"] else ""
    bad = words.worse(cell)
    return {
        "id": cell["signal_id"],
        "href": address("issuer", {"issuer": row["issuer_id"], "signal": cell["signal_id"]}),
        "value": numbers.score(kind, cell["value"]),
        "change": words.change(cell),
        "notes": " · ".join(filter(None, (span, old, sample))),
        "reason": names.reason(cell["reason"] or ""),
        "weight": words.weight(cell),
        "worse": bad,
        "told": _told(row, cell, kind, scored, span, bad),
    }


def _told(row: Json, cell: Json, kind: str, scored: datetime, span: str, bad: bool | None) -> str:
    """All that a cell says, as one sentence for who hears it and on hovering."""
    parts = [
        f"{row['issuer']}: {words.SCORES[kind]} {numbers.score(kind, cell['value'])}",
        f"interval {span}" if span else "",
        names.reason(cell["reason"] or ""),
        f"as of {numbers.when(scored)}",
        "the model learned from days after it (in-sample)" if cell["in_sample"] else "",
    ]
    if cell["change"] is not None:
        way = "" if bad is None else ", for the worse" if bad else ", for the better"
        before = numbers.when(words.moment(cell["before_as_of"]))
        parts.append(f"{numbers.moved(kind, cell['change'])} since {before}{way}")
    elif not_compared := words.change(cell):
        parts.append(not_compared)
    return "; ".join(filter(None, parts))
