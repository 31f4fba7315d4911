"""Figures become tables and a model card, by part."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.models import model_worlds as worlds

from smalti.models import checkpoint
from smalti.models.evaluation.card import model_card
from smalti.models.evaluation.parts import PARTS
from smalti.models.evaluation.report import evaluate, tables
from smalti.models.evaluation.sections import cell, number, sections
from smalti.models.heads import FRAUD
from smalti.models.versions import CORE
from smalti.platform.errors import SettingsError

PATTERNS = {
    "price": {
        "cases": 370,
        "inside_3": 0.908,
        "inside_3_interval": [0.876, 0.935],
        "half_width": {"3": 1.402},
    },
    "voice": {"cases": 370, "inside_3": 0.9, "half_width": {"3": 1.5}},
}


def figures(**parts: Any) -> dict[str, Any]:
    return {
        "version": "core-0",
        "trained_through": {"risk": "2016-12-29"},
        "terms": {"risk": ["MAEC"]},
        **parts,
    }


def test_a_table_has_the_columns_some_row_has_and_no_others() -> None:
    (section,) = sections(figures(coverage={"patterns": {"rows": PATTERNS}}))
    assert list(section.columns.values()) == ["cases", "inside, 3 d", "half-width"]
    (table,) = tables(figures(coverage={"patterns": {"rows": PATTERNS}}))
    assert table.row_count == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9081, "0.908"),
        (0.0, "0.000"),
        (0.0085, "0.0085"),
        (1.2e-5, "1.2e-05"),
        (5200, "5,200"),
        (-0.3, "-0.300"),
    ],
)
def test_numbers_keep_the_digits_that_say_something(value: float, text: str) -> None:
    assert number(value) == text


def test_a_cell_shows_its_interval_or_its_horizons() -> None:
    assert cell(PATTERNS["price"], "inside_3") == "0.908 [0.876, 0.935]"
    assert cell({"error": {"3": 0.5, "7": 0.25}}, "error") == "0.50 / 0.25"
    assert cell({}, "error") == ""


def test_the_card_says_what_the_intervals_rest_on_where_they_were_measured() -> None:
    card = model_card(figures(coverage={"patterns": {"rows": PATTERNS}}))
    assert "| price | 370 | 0.908 [0.876, 0.935] | 1.40 |" in card
    assert "split conformal" in card
    assert "split conformal" not in model_card(figures())


def test_a_part_that_is_none_is_refused_by_name(tmp_path: Any) -> None:
    with pytest.raises(SettingsError, match="no such part"):
        evaluate(tmp_path, None, worlds.embed, worlds.embed_images, parts=["coverag"])


def test_only_the_parts_asked_for_whose_heads_are_there_are_measured(tmp_path: Any) -> None:
    data = worlds.write_data(tmp_path / "data")
    (tmp_path / "model").mkdir()
    checkpoint.write([worlds.random_model(FRAUD)], tmp_path / "model" / CORE)
    found = evaluate(data, tmp_path / "model", worlds.embed, worlds.embed_images, parts=["coverage", "risk"])
    assert set(PARTS) & set(found) == {"coverage"}
    fifths = found["coverage"]["fraud"]["rows"]
    assert sum(row["cases"] for row in fifths.values()) == 60
    assert all(row["low"] <= row["probability"] <= row["high"] for row in fifths.values())
    assert sum(row["share"] * row["cases"] for row in fifths.values()) == pytest.approx(5, abs=0.01)
    json.dumps(found)
