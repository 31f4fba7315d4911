"""Rows, columns and header paths of tables."""

from __future__ import annotations

from collections.abc import Sequence

from smalti.ingest.grids import is_year, join_continued, read_grid
from smalti.ingest.parse.contract import Piece
from smalti.platform.records import EvidenceKind, Locator


def table(
    rows: Sequence[Sequence[str]], headers: int = 1, page: int = 0, indents: Sequence[int] = ()
) -> Piece:
    cells = [
        {"row": r, "column": c, "text": text, "header": r < headers,
         "box": [c * 90.0 + (indents[r] if c == 0 and indents else 0), r * 10.0, c * 90.0 + 80, r * 10.0 + 9]}
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]  # fmt: skip
    payload = {"rows": len(rows), "columns": len(rows[0]), "cells": cells, "caption": ""}
    return Piece(EvidenceKind.TABLE, Locator(page=page), "", payload)


BALANCE = [
    ["(In millions)", "2022", "2021"],
    ["Assets", "", ""],
    ["Current assets:", "", ""],
    ["Cash", "5", "4"],
    ["Total current assets", "9", "8"],
    ["Goodwill", "2", "2"],
]


def test_rows_stand_under_their_sections_until_the_total_closes_them() -> None:
    paths = {line.label: line.path for line in read_grid(table(BALANCE), 0).lines}
    assert paths["Cash"] == ("Assets", "Current assets", "Cash")
    assert paths["Goodwill"] == ("Assets", "Goodwill")


def test_indentation_closes_a_section_too() -> None:
    rows = [["", "2022"], ["Revenue", ""], ["Goods", "5"], ["Services", "4"], ["Staff", "70"]]
    paths = {line.label: line.path for line in read_grid(table(rows, indents=[0, 10, 20, 20, 0]), 0).lines}
    assert paths["Services"] == ("Revenue", "Services")
    assert paths["Staff"] == ("Staff",)


def test_a_header_in_the_middle_heads_the_rows_under_it_and_years_are_no_amounts() -> None:
    rows = [["", "2022", "2021"], ["Sales", "5", "4"], ["", "Fiscal 2020", "2019"], ["Sales", "3", "2"]]
    grid = read_grid(table(rows), 0)
    assert [line.head for line in grid.lines] == [0, 1]
    assert grid.column_path(1, 1) == ("Fiscal 2020",)
    assert is_year("2020 (1)")
    assert not is_year("2,020")


def test_a_table_that_goes_on_overleaf_takes_its_header_along() -> None:
    upper = read_grid(table(BALANCE), 0)
    lower = read_grid(table([["Debt", "3", "3"], ["Equity", "6", "5"]], headers=0, page=1), 0)
    other = read_grid(table([["Debt", "3"], ["Equity", "6"]], headers=0, page=2), 0)
    assert join_continued([upper, lower, other]) == [False, True, False]
    assert lower.column_path(2) == ("2021",)


def test_words_between_label_and_amounts_belong_to_the_label() -> None:
    rows = [["", "Maturities", "2022"], ["Notes payable", "< 5 Years", "7"]]
    assert read_grid(table(rows), 0).lines[0].label == "Notes payable < 5 Years"
