"""The figures below were read off the printed pages of the filings."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from smalti.ingest.facts import read_facts
from smalti.ingest.parse.contract import Piece, Request
from smalti.platform.records import EvidenceKind, Locator

DATA = Path(os.environ.get("SMALTI_DATA", Path(__file__).parents[3] / "shared/data"))


def table(rows: Sequence[Sequence[str]], caption: str, headers: int = 1, page: int = 3) -> Piece:
    cells = [
        {"row": r, "column": c, "text": text, "box": [c * 50.0, r * 10.0, c * 50.0 + 40, r * 10.0 + 9],
         "header": r < headers}
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text
    ]  # fmt: skip
    payload = {"rows": len(rows), "columns": len(rows[0]), "cells": cells, "caption": caption}
    return Piece(EvidenceKind.TABLE, Locator(page=page), "", payload)


def values(pieces: Sequence[Piece]) -> dict[tuple[str, str], Any]:
    return {(p.payload["concept"], p.payload["period_end"][:4]): p.payload["value"] for p in claimed(pieces)}


def claimed(pieces: Sequence[Piece]) -> list[Piece]:
    """The facts that name a known line item of the whole company."""
    return [p for p in pieces if p.payload["concept"]]


INCOME = [
    ["(Millions, except per share amounts)", "2016", "2015"],
    ["Net sales", "$ 300", "$ 280"],
    ["Cost of sales", "(120)", "(110)"],
    ["Interest expense", "(5)", "(4)"],
    ["Income before income taxes", "90", "80"],
    ["Benefit (provision) for income taxes", "(30)", "(25)"],
    ["Net income", "60", "55"],
    ["Less: Net income attributable to noncontrolling interest", "2", "1"],
    ["Net income attributable to Anvil", "$ 58", "$ 54"],
    ["Earnings per share", "", ""],
    ["Basic", "$ 1.16", "$ 1.08"],
    ["Weighted average shares outstanding", "", ""],
    ["Basic", "50.0", "49.5"],
]
TITLE = "Consolidated Statement of Incom e\nYears ended December 31"  # PDFs split words
BALANCE = [
    ["(In thousands)", "2016", "2015"],
    ["Property and equipment", "900", "800"],
    ["Less accumulated depreciation", "(300)", "(250)"],
    ["", "600", "550"],
    ["Total assets", "1,000", "900"],
    ["Total liabilities and equity", "1,000", "890"],
]


def test_scale_currency_period_and_place_of_each_fact() -> None:
    facts = read_facts([table(INCOME, TITLE)])
    sales = next(p for p in facts if p.payload["concept"] == "Revenues")
    assert sales.kind is EvidenceKind.FACT
    assert sales.payload == {
        "concept": "Revenues",
        "label": "Net sales",
        "value": 300e6,
        "unit": "USD",
        "scale": 1e6,
        "period_start": "2016-01-01",
        "period_end": "2016-12-31",
        "as_reported": "$ 300",
        "path": ["Net sales"],
        "column_path": ["2016"],
        "dimension": "",
        "line": "",
        "statement": "income",
    }
    assert sales.locator == Locator(page=3, box=(50.0, 10.0, 90.0, 19.0), cell=(0, 1, 1))


def test_costs_are_positive_and_tax_gets_its_sign_from_the_lines_around_it() -> None:
    found = values(read_facts([table(INCOME, TITLE)]))
    assert found["CostOfRevenue", "2016"] == 120e6
    assert found["InterestExpense", "2015"] == 4e6
    assert found["IncomeTaxExpenseBenefit", "2016"] == 30e6


def test_the_parents_share_and_the_whole_are_told_apart_and_so_are_shares_and_cents() -> None:
    found = values(read_facts([table(INCOME, TITLE)]))
    assert found["NetIncomeLoss", "2016"] == 58e6
    assert found["ProfitLoss", "2016"] == 60e6
    assert found["EarningsPerShareBasic", "2016"] == 1.16
    assert found["WeightedAverageSharesBasic", "2016"] == 50e6


def test_a_column_whose_sums_fail_is_marked_and_the_other_is_not() -> None:
    facts = read_facts([table(BALANCE, "CONSOLIDATED BALANCE SHEETS\nAt December 31, in dollars")])
    marked = {p.payload["period_end"] for p in facts if "unverified" in p.payload}
    assert marked == {"2015-12-31"}
    assert "Assets give 900000, but LiabilitiesAndEquity is 890000" in {
        p.payload.get("unverified") for p in facts
    }


def test_a_margin_that_does_not_add_up_puts_only_its_own_items_in_doubt() -> None:
    rows = [*INCOME[:3], ["Gross profit", "170", "170"], *INCOME[3:]]
    facts = read_facts([table(rows, TITLE)])
    doubted = {
        (p.payload["concept"], p.payload["period_end"][:4]) for p in facts if "unverified" in p.payload
    }
    assert doubted == {("Revenues", "2016"), ("CostOfRevenue", "2016"), ("GrossProfit", "2016")}


def test_a_gross_amount_is_not_taken_for_the_net_one_under_it() -> None:
    facts = read_facts([table(BALANCE, "CONSOLIDATED BALANCE SHEETS\nAt December 31, in dollars")])
    assert values(facts)["PropertyPlantAndEquipmentNet", "2016"] == 600e3


def test_an_unlabelled_total_is_named_by_its_section_only_if_it_adds_up() -> None:
    rows = [
        ["(In thousands)", "2016", "2015"],
        ["Revenues", "", ""],
        ["Casino", "$ 700", "$ 600"],
        ["Rooms", "300", "250"],
        ["", "1,000", "850"],
        ["Operating income", "100", "90"],
        ["Net income", "70", "60"],
    ]
    title = "CONSOLIDATED STATEMENTS OF OPERATIONS\nYear ended June 30"
    assert values(read_facts([table(rows, title)]))["Revenues", "2016"] == 1_000_000
    rows[4] = ["", "1,001", "999"]
    assert ("Revenues", "2016") not in values(read_facts([table(rows, title)]))


@pytest.mark.parametrize(
    "title",
    [
        "Condensed Consolidating Statement of Income\nYears ended December 31",
        "Parent Company Only Statements of Income\nYears ended December 31",
        "Segment results of operations\nYears ended December 31",
        "Quarterly Statements of Income\nYears ended December 31",
        "Deed of Cross Guarantee Statements of Income\nYears ended December 31",
        "Sales by region\nYears ended December 31",
        "Consolidated Statement of Income",  # a length is stated nowhere
    ],
)
def test_tables_that_are_not_the_consolidated_statement_give_nothing(title: str) -> None:
    assert claimed(read_facts([table(INCOME, title)])) == []


def test_the_heading_of_item_eight_does_not_hide_the_statement_under_it() -> None:
    heading = "ITEM 8. FINANCIAL STATEMENTS AND SUPPLEMENTARY DATA\nINCOME STATEMENTS\nYear ended June 30"
    assert read_facts([table(INCOME, heading)])
    assert not claimed(read_facts([table(INCOME, "COMPREHENSIVE INCOME STATEMENTS\nYear ended June 30")]))


def test_no_scale_no_facts() -> None:
    rows = [["", "2016", "2015"], *INCOME[1:]]
    found = read_facts([table(rows, TITLE)])
    assert {p.payload["unit"] for p in found} == {"USD/share"}  # which no scale applies to
    assert claimed(found) == []


def test_the_fullest_of_two_like_titled_tables_counts() -> None:
    extract = [INCOME[0], ["Net sales", "$ 999", "$ 999"], ["Net income", "9", "9"]]
    found = values(read_facts([table(extract, TITLE, page=1), table(INCOME, TITLE)]))
    assert found["Revenues", "2016"] == 300e6


M, K = 1e6, 1e3
PRINTED = {
    "3M_2016_10K": {
        "Revenues": {"2016": 30_109 * M, "2015": 30_274 * M, "2014": 31_821 * M},
        "NetIncomeLoss": {"2016": 5_050 * M, "2015": 4_833 * M, "2014": 4_956 * M},
        "Assets": {"2016": 32_906 * M, "2015": 32_883 * M},
        "NetCashFromOperatingActivities": {"2016": 6_662 * M, "2015": 6_420 * M, "2014": 6_626 * M},
        "PropertyPlantAndEquipmentNet": {"2016": 8_516 * M, "2015": 8_515 * M},
        "EarningsPerShareDiluted": {"2016": 8.16, "2015": 7.58},
        "WeightedAverageSharesBasic": {"2016": 604.7 * M},
    },
    "3M_2018_10K": {
        "Revenues": {"2018": 32_765 * M, "2017": 31_657 * M, "2016": 30_109 * M},
        "NetIncomeLoss": {"2018": 5_349 * M, "2017": 4_858 * M, "2016": 5_050 * M},
        "Assets": {"2018": 36_500 * M, "2017": 37_987 * M},
        "NetCashFromOperatingActivities": {"2018": 6_439 * M, "2017": 6_240 * M, "2016": 6_662 * M},
        "InventoryNet": {"2018": 4_366 * M, "2017": 4_034 * M},
    },
    "AMAZON_2016_10K": {
        "Revenues": {"2016": 135_987 * M, "2015": 107_006 * M, "2014": 88_988 * M},
        "NetIncomeLoss": {"2016": 2_371 * M, "2015": 596 * M, "2014": -241 * M},
        "Assets": {"2016": 83_402 * M, "2015": 64_747 * M},
        "NetCashFromOperatingActivities": {"2016": 16_443 * M, "2015": 11_920 * M, "2014": 6_842 * M},
        "IncomeTaxExpenseBenefit": {"2016": 1_425 * M, "2014": 167 * M},
        "EarningsPerShareBasic": {"2014": -0.52},
    },
    "AMAZON_2017_10K": {
        "Revenues": {"2017": 177_866 * M, "2016": 135_987 * M, "2015": 107_006 * M},
        "NetIncomeLoss": {"2017": 3_033 * M, "2016": 2_371 * M, "2015": 596 * M},
        "Assets": {"2017": 131_310 * M, "2016": 83_402 * M},
        # Restated: the filing a year before said 16,443 for 2016.
        "NetCashFromOperatingActivities": {"2017": 18_434 * M, "2016": 17_272 * M, "2015": 12_039 * M},
    },
    "PFIZER_2021_10K": {
        "Revenues": {"2021": 81_288 * M, "2020": 41_651 * M, "2019": 40_905 * M},
        "NetIncomeLoss": {"2021": 21_979 * M, "2020": 9_159 * M, "2019": 16_026 * M},
        "Assets": {"2021": 181_476 * M, "2020": 154_229 * M},
        "NetCashFromOperatingActivities": {"2021": 32_580 * M, "2020": 14_403 * M, "2019": 12_588 * M},
        "StockholdersEquity": {"2021": 77_201 * M, "2020": 63_238 * M},
    },
    "MGMRESORTS_2022_10K": {
        "Revenues": {"2022": 13_127_485 * K, "2021": 9_680_140 * K, "2020": 5_162_082 * K},
        "NetIncomeLoss": {"2022": 1_473_093 * K, "2021": 1_254_370 * K, "2020": -1_032_724 * K},
        "Assets": {"2022": 45_692_206 * K, "2021": 40_899_116 * K},  # printed without a label
        "NetCashFromOperatingActivities": {"2022": 1_756_462 * K, "2021": 1_373_423 * K},
        "IncomeTaxExpenseBenefit": {"2022": 697_068 * K, "2020": -191_572 * K},
    },
}


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", PRINTED)
def test_statements_of_real_filings_as_printed(name: str) -> None:
    path = DATA / f"sample/filings_pdf/{name}.pdf"
    if not path.exists():
        pytest.skip(f"no {path}: set SMALTI_DATA to the folder of real data")
    from smalti.ingest.parse.pdf import parse

    facts = read_facts(parse(path.read_bytes(), Request(path.name)).documents[0].pieces)
    found = values(facts)
    printed = {(item, year): v for item, years in PRINTED[name].items() for year, v in years.items()}
    assert {key: found.get(key) for key in printed} == pytest.approx(printed)
    assert not [p.payload["unverified"] for p in facts if "unverified" in p.payload]
    assert all(p.locator.page is not None and p.locator.box and p.locator.cell for p in claimed(facts))
