"""Charts on a page: where a picked mark leads, and what is read aloud."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smalti.dashboards import place
from smalti.dashboards.parts import charts

LEADS = {"picked": ("evidence", {"id": "key"}), "score": ("issuer", {"signal": "signal_id"})}


@pytest.mark.parametrize(
    ("selection", "sent"),
    [
        ({"picked": [{"key": "e1"}]}, [("evidence", {"id": "e1"})]),
        ({"picked": [{"key": "e1"}, {"key": "e2"}]}, [("evidence", {"id": "e2"})]),
        ({"score": [{"signal_id": "s1"}], "picked": []}, [("issuer", {"signal": "s1"})]),
        ({"picked": [{"key": None}]}, []),
        ({"picked": [{"other": "e1"}]}, []),
        ({"picked": [{"key": {"a": 1}}]}, []),
        ({"picked": {"key": "e1"}}, []),
        ({}, []),
    ],
)
def test_a_picked_mark_leads_where_its_fields_say(selection: dict[str, Any], sent: list[Any]) -> None:
    gone: list[Any] = []
    state = {"drawn": type("Picked", (), {"selection": selection})()}
    with (
        patch.object(place, "send", lambda view, **query: gone.append((view, query))),
        patch.object(st, "session_state", state),
    ):
        charts._picked("drawn", LEADS)
    assert gone == sent


def test_a_chart_says_its_finding_and_has_its_exports() -> None:
    def script() -> None:
        import polars as pl

        from smalti import charts as builders
        from smalti.dashboards.parts.charts import chart

        parts = pl.DataFrame({"check": ["claims"], "share": [0.6], "matters": [3]})
        chart(builders.contradiction_parts(parts, 0.6), "index", alt="Index 0.60, all of claims.", data=parts)

    page = AppTest.from_function(script).run()
    assert not page.exception
    spec = json.loads(page.get("vega_lite_chart")[0].proto.spec)
    assert spec["description"] == "Index 0.60, all of claims."
    assert spec["width"] == "container"
    assert page.markdown[0].value.replace("\\", "") == "**Contradiction index 0.60, 0.60 of it from claims**"
    assert "title" not in spec  # it is text of the page, which breaks where there is no room
    assert [one.label for one in page.get("download_button")] == ["PNG", "CSV", "Parquet"]
