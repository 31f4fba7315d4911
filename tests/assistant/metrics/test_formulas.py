"""Formulas in the words of a question, read into trees and never run."""

from __future__ import annotations

import pytest

from smalti.assistant.metrics.formulas import (
    Call,
    Node,
    Number,
    Operation,
    Term,
    Unread,
    definitions,
    only_names,
    parse,
)


def _shown(node: Node) -> str:
    if isinstance(node, Number):
        return f"{node.value:g}"
    if isinstance(node, Term):
        return (node.name or f"“{node.label}”") + "".join(f"@{year}" for year in node.years)
    if isinstance(node, Call):
        return f"{node.function}({', '.join(map(_shown, node.given))})" + "".join(f"@{y}" for y in node.years)
    return f"({_shown(node.left)} {node.sign} {_shown(node.right)})"


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("365 * (average accounts payable between FY2016 and FY2017) / (FY2017 COGS + change in inventory"
         " between FY2016 and FY2017)",
         "((365 * average(AccountsPayableCurrent)@2016@2017)"
         " / (CostOfRevenue@2017 + change(InventoryNet)@2016@2017))"),
        ("total current assets divided by total current liabilities", "(AssetsCurrent / LiabilitiesCurrent)"),
        ("unadjusted operating income + D&A (from cash flow statement)",
         "(OperatingIncomeLoss + DepreciationAndAmortization)"),
        ("capex as a % of revenue", "(CapitalExpenditures / Revenues)"),
        ("unadjusted EBITDA less capex", "(ebitda - CapitalExpenditures)"),
        ("1 - (cash dividends paid / net income)", "(1 - (PaymentsOfDividends / NetIncomeLoss))"),
        ("first(GrossProfit, Revenues - CostOfRevenue) / Revenues",
         "(first(GrossProfit, (Revenues - CostOfRevenue)) / Revenues)"),
        ("magic beans / revenue", "(“magic beans” / Revenues)"),
    ],
)  # fmt: skip
def test_a_formula_is_read(text: str, tree: str) -> None:
    assert _shown(parse(text)) == tree


@pytest.mark.parametrize(
    "text",
    ["", "()", "revenue /", "(revenue", "1 + * 2", "x" * 2_000, "(" * 40 + "revenue" + ")" * 40, "$ / %"],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        parse(text)


def test_an_expression_of_code_is_only_words() -> None:
    assert isinstance(parse("__import__"), Term)


def test_definitions_are_found_where_the_question_gives_them() -> None:
    text = (
        "What is the CCC? CCC is defined as: DIO + DSO - DPO."
        " DIO is defined as: 365 * average inventory / COGS. Round to two decimals."
    )
    assert definitions(text) == [("CCC", "DIO + DSO - DPO"), ("DIO", "365 * average inventory / COGS")]
    assert definitions("Define working capital as current assets less current liabilities.") == [
        ("working capital", "current assets less current liabilities")
    ]
    assert definitions("Calculate what was asked by utilizing the line items.") == []


def test_a_ratio_in_words_is_a_definition() -> None:
    text = "What was coverage using adjusted EBIT as the numerator and interest expense as the denominator?"
    assert definitions(text) == [("What was coverage", "(adjusted EBIT) / (interest expense)")]


def test_words_that_only_list_items_are_told_from_others() -> None:
    assert only_names("unadjusted operating income and D&A (from cash flow statement)") == {
        "OperatingIncomeLoss",
        "DepreciationAndAmortization",
    }
    assert not only_names("Adjusted EBIT and interest expense")


def test_operations_bind_as_in_arithmetic() -> None:
    node = parse("revenue - COGS / revenue")
    assert isinstance(node, Operation)
    assert node.sign == "-"
