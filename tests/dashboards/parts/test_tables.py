"""Tables: what a cell leads to, what is exported, and the list beside the grid."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from smalti.dashboards import place
from smalti.dashboards.parts import tables

FRAME = pl.DataFrame(
    {
        "name": ["A :material/home: one", "=B()"],
        "value": [1.25, None],
        "id": ["x1", None],
        "tags": [["a", "b"], []],
    },
    schema_overrides={"tags": pl.List(pl.String)},
)


def shown(height: int = 2) -> AppTest:
    def script(height: int) -> None:
        import polars as pl
        import streamlit as st

        from smalti.dashboards.parts.tables import table

        frame = pl.DataFrame({"name": [f"n{i}" for i in range(height)], "value": [0.5] * height})
        frame = frame.with_columns(id=pl.col("name"))
        number = st.column_config.NumberColumn("Value", format="%+.2f")
        lead = ("evidence", {"id": "id"})
        table(
            frame,
            "t",
            columns={"name": "Name", "value": number},
            leads={"name": lead, "value": lead},
            alt="two",
        )

    return AppTest.from_function(script, kwargs={"height": height}).run()


def test_cells_that_lead_are_told_in_the_format_of_their_column() -> None:
    page = shown()
    assert not page.exception
    assert page.dataframe[0].value["value"].to_list() == ["+0.50", "+0.50"]


def test_a_press_leads_where_its_row_says_and_a_row_without_leads_nowhere() -> None:
    lead = ("evidence", {"id": "id"})
    assert tables.lead_of(FRAME, 0, lead) == ("evidence", {"id": "x1"})
    assert tables.lead_of(FRAME, 1, lead) is None


@pytest.mark.parametrize(("row", "sent"), [(0, [("evidence", {"id": "x1"})]), (1, []), (7, []), (-1, [])])
def test_what_a_browser_says_was_pressed_is_checked(row: int, sent: list[Any]) -> None:
    config: Any = tables._button(FRAME, "k", st.column_config.Column("Name"), ("evidence", {"id": "id"}))
    gone: list[Any] = []
    with (
        patch.object(place, "send", lambda view, **query: gone.append((view, query))),
        patch.object(st, "session_state", {"k": type("Pressed", (), {"row": row})()}),
    ):
        config.on_click()
    assert gone == sent


def test_words_of_documents_are_no_pictures_on_buttons() -> None:
    told = tables._labels(FRAME["name"], {})
    assert ":material/" not in told[0]
    assert told[0].replace("\u2060", "") == "A :material/home: one"


def test_moments_and_gaps_are_told_plainly() -> None:
    moments = pl.Series("at", [datetime(2024, 5, 1, 12, tzinfo=UTC), None])
    assert tables._labels(moments, {}).to_list() == ["2024-05-01 12:00", None]
    number = {"type_config": {"format": "%+.2f"}}
    assert tables._labels(pl.Series("v", [-0.5, 1.0]), number).to_list() == ["−0.50", "+1.00"]


def test_the_list_beside_the_grid_is_made_when_it_is_opened() -> None:
    assert not shown().get("page_link")


def test_csv_joins_lists_and_runs_nothing_in_a_spreadsheet() -> None:
    told = tables._csv(FRAME.with_columns(sum=pl.lit("-1+1"))).decode().splitlines()
    assert told[0] == "name,value,id,tags,sum"
    assert told[1] == "A :material/home: one,1.25,x1,a; b,'-1+1"
    assert told[2].startswith("'=B()")


def test_parquet_holds_the_frame_as_it_is() -> None:
    assert pl.read_parquet(io.BytesIO(tables._parquet(FRAME))).equals(FRAME)
