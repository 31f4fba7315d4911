"""Line items and metrics as people say them."""

from __future__ import annotations

import pytest

from smalti.assistant.metrics import item, items, metrics, named, rule_named
from smalti.assistant.metrics.formulas import names, parse


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("net PPNE", "PropertyPlantAndEquipmentNet"),
        ("Property, Plant & Equipment", "PropertyPlantAndEquipmentNet"),
        ("total net revenues", "Revenues"),
        ("unadjusted EBITDA % margin", "ebitda_margin"),
        ("shareholders’ equity", "StockholdersEquity"),
        ("cash from operations", "NetCashFromOperatingActivities"),
        ("DPO", "days_payable_outstanding"),
        ("D&A", "DepreciationAndAmortization"),
    ],
)
def test_a_phrase_names_its_item(text: str, name: str) -> None:
    assert [hit.name for hit in named(text)] == [name]


def test_the_longest_phrase_counts_and_places_are_given() -> None:
    text = "Is the gross margin better than net income?"
    assert [(hit.name, text[hit.start : hit.end]) for hit in named(text)] == [
        ("gross_margin", "gross margin"),
        ("NetIncomeLoss", "net income"),
    ]


def test_words_inside_words_name_nothing() -> None:
    assert not named("The salesman's debtor was assetless")


def test_every_formula_can_be_read_and_comes_down_to_known_items() -> None:
    for one in metrics().values():
        for formula in filter(None, (one.formula, one.also)):
            assert names(parse(formula)) <= set(items()), one.name


def test_no_phrase_belongs_to_two_names() -> None:
    phrases = [phrase for one in items().values() for phrase in one.phrases]
    phrases += [phrase for one in metrics().values() for phrase in one.phrases]
    assert len(phrases) == len(set(phrases))


def test_rules_and_items() -> None:
    rule = rule_named("Is this a capital-intensive business?")
    assert rule is not None
    assert rule.name == "capital_intensive"
    debt = item("TotalDebtOnBalanceSheet")
    assert debt is not None
    assert debt.instant
