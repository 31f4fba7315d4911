"""Facts of tables beside the primary statements: days, units, parts of the company, and what is claimed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from smalti.ingest.annotate import annotate
from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Piece
from smalti.platform.records import EvidenceKind, Locator

INCOME = [
    ["(In millions, except per share data)", "2022", "2021"],
    ["Net sales", "$ 300", "$ 280"],
    ["Cost of sales", "120", "110"],
    ["Operating income", "90", "80"],
    ["Net income", "60", "55"],
]


def table(rows: Sequence[Sequence[str]], caption: str, headers: int = 1, page: int = 5) -> Piece:
    cells: list[dict[str, Any]] = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            box = [c * 90.0, r * 10.0, c * 90.0 + 80, r * 10.0 + 9]
            if text:
                cell = {"row": r, "column": c, "text": text.split("<")[0], "box": box, "header": r < headers}
                cells.append(cell | ({"span": int(text.split("<")[1])} if "<" in text else {}))
    payload = {"rows": len(rows), "columns": len(rows[0]), "cells": cells, "caption": caption}
    return Piece(EvidenceKind.TABLE, Locator(page=page), "", payload)


def said(text: str, page: int = 1) -> Piece:
    return Piece(EvidenceKind.PARAGRAPH, Locator(page=page, chars=(0, len(text))), text)


PIECES = [
    said("FORM 10-K for the fiscal year ended December 31, 2022"),
    table(INCOME, "Consolidated Statements of Income\nYears ended December 31", page=3),
]


def facts(*more: Piece) -> list[dict[str, Any]]:
    found = [p for p in read_facts([*PIECES, *more]) if p.payload.get("statement") is None]
    return [dict(p.payload) for p in found]


def one(label: str, *more: Piece, **wanted: Any) -> dict[str, Any]:
    fitting = [f for f in facts(*more) if f["label"] == label and wanted.items() <= f.items()]
    assert len(fitting) == 1
    return fitting[0]


def test_a_row_that_agrees_with_the_statements_is_claimed_for_years_they_do_not_show() -> None:
    rows = [["(In millions)", "2022", "2021", "2020"], ["Net sales", "$ 300", "$ 280", "$ 250"]]
    extra = ["Working capital", "12", "11", "10"]
    found = one("Net sales", table([*rows, extra], "Selected financial data"), period_end="2020-12-31")
    assert (found["concept"], found["value"], found["period_start"]) == ("Revenues", 250e6, "2020-01-01")


def test_a_row_that_contradicts_the_statements_claims_nothing() -> None:
    rows = [["(In millions)", "2022", "2021"], ["Net sales", "$ 299", "$ 270"], ["Fees", "1", "1"]]
    assert {f["concept"] for f in facts(table(rows, "Sales as first reported"))} == {""}


def test_segment_rows_name_their_dimension_and_the_item_they_are_a_part_of() -> None:
    rows = [
        ["(In millions)", "2022", "2021"],
        ["Net sales:", "", ""],
        ["Garden", "$ 200", "$ 190"],
        ["Kitchen", "100", "90"],
        ["Total", "$ 300", "$ 280"],
    ]
    over = "Results by reportable segment for years ended December 31"
    found = one("Garden", table(rows, over), period_end="2022-12-31")
    assert (found["concept"], found["line"], found["dimension"]) == ("", "Revenues", "Garden")
    assert found["path"] == ["Net sales", "Garden"]
    total = one("Total", table(rows, over), period_end="2022-12-31")
    assert (total["concept"], total["dimension"], total["value"]) == ("Revenues", "", 300e6)


def test_segments_in_columns_are_dimensions_and_their_changes_are_none() -> None:
    rows = [
        ["Years ended December 31,", "Garden<3", "", "", "Total<3", "", ""],
        ["(In millions)", "2022", "2021", "Change", "2022", "2021", "Change"],
        ["Net sales", "$ 200", "$ 190", "5 %", "$ 300", "$ 280", "7 %"],
        ["Operating income", "70", "60", "17", "90", "80", "13"],
    ]
    pieces = table(rows, "Segment results", headers=2)
    garden = one("Operating income", pieces, as_reported="70")
    assert (garden["dimension"], garden["line"], garden["column_path"]) == (
        "Garden",
        "OperatingIncomeLoss",
        ["Garden", "2022"],
    )
    change = one("Operating income", pieces, as_reported="17")
    assert (change["unit"], change["period_end"], change["line"]) == ("%", "2022-12-31", "")


@pytest.mark.parametrize(
    ("rows", "caption"),
    [
        ([["", "2022", "2021"], ["Trucks", "300", "280"], ["Vans", "5", "4"]], "Things we own"),
        ([["(In millions)", "A", "B"], ["Trucks", "$ 300", "$ 280"], ["Vans", "5", "4"]], "Things we own"),
        ([["(In thousands)", "2022", "2021"], ["Owned", "1,300", "1,280"], ["Leased", "5", "4"]],
         "Square feet of years ended December 31"),
        ([["(In millions)", "2022 vs. 2021", "2021 vs. 2020"], ["Sales of vans", "$ 30", "$ 28"],
          ["Sales of trucks", "5", "4"]], "Years ended December 31"),
    ],
    ids=["no unit", "no days", "no money", "a change between two years"],
)  # fmt: skip
def test_cells_without_a_plain_unit_or_plain_days_give_nothing(rows: list[list[str]], caption: str) -> None:
    assert facts(table(rows, caption)) == []


def test_movements_lie_between_the_balances_around_them() -> None:
    rows = [
        ["(In millions)", "Severance", "Total"],
        ["Balance at June 30, 2022", "$ 9", "$ 12"],
        ["Cash paid", "(3)", "(4)"],
        ["Balance at December 31, 2022", "$ 6", "$ 8"],
    ]
    paid = one("Cash paid", table(rows, "Restructuring liability"), as_reported="(3)")
    assert (paid["period_start"], paid["period_end"], paid["value"]) == ("2022-07-01", "2022-12-31", -3e6)
    assert paid["dimension"] == "Severance"
    left = one("Balance at December 31, 2022", table(rows, "Restructuring liability"), as_reported="$ 8")
    assert (left["period_start"], left["period_end"], left["dimension"]) == (None, "2022-12-31", "")


def test_a_maturity_is_of_its_own_year_and_a_year_in_a_name_is_none() -> None:
    rows = [["(In millions)", "Payments"], ["2024", "$ 10"], ["2025", "12"], ["4.75% notes due 2034", "9"]]
    found = facts(table(rows, "Maturities"))
    assert [(f["label"], f["period_start"], f["period_end"]) for f in found] == [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2025", "2025-01-01", "2025-12-31"),
    ]


def test_percentages_need_no_sign_of_their_own_in_a_column_of_them() -> None:
    rows = [["", "2022", "2021"], ["Cost of vans", "56.2 %", "53.2 %"], ["Cost of trucks", "26.5", "20.4"]]
    found = one("Cost of trucks", table(rows, "Years ended December 31"), period_end="2022-12-31")
    assert (found["value"], found["unit"]) == (26.5, "%")


def test_votes_are_counted_on_the_day_of_the_meeting() -> None:
    meeting = said("At the annual meeting of shareholders held on May 18, 2022 the shareholders voted.")
    rows = [["Name", "Votes For", "Votes Against"], ["A. Able", "59,657,810", "294,935"]]
    found = one("A. Able", meeting, table([*rows, ["B. Bold", "5", "6"]], ""), as_reported="294,935")
    assert (found["value"], found["unit"], found["period_end"]) == (294935, "votes", "2022-05-18")
    assert found["dimension"] == "A. Able"


def test_tables_are_told_of_their_paths_periods_and_scale() -> None:
    payload = annotate(PIECES)[1].payload
    assert payload["row_paths"][1] == ["Net sales"]
    assert payload["column_paths"][0][1] == ["2022"]
    assert payload["periods"][1] == {"start": "2022-01-01", "end": "2022-12-31"}
    assert (payload["scale"], payload["currency"]) == (1e6, "USD")
    assert {"section", "part", "heading"} <= payload.keys()
