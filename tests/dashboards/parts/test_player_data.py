"""What the player of a call is given: marked numbers, and what is usual for a speaker."""

from __future__ import annotations

import pytest

from smalti.dashboards.parts.grid import rows
from smalti.dashboards.parts.player import parts, usual


@pytest.mark.parametrize(
    ("text", "heard", "found"),
    [
        (
            "It is 12 million now.",
            ["12 million"],
            [("It is ", False), ("12 million", True), (" now.", False)],
        ),
        ("$7.7 billion", ["$7", ".7 billion"], [("$7.7 billion", True)]),
        ("3 and 3", ["3", "3"], [("3", True), (" and ", False), ("3", True)]),
        ("nothing", ["12", ""], [("nothing", False)]),
    ],
)
def test_numbers_only_heard_are_marked(text: str, heard: list[str], found: list[tuple[str, bool]]) -> None:
    assert parts(text, [{"raw": one, "unverified": True} for one in heard]) == found


def test_numbers_a_filing_confirms_are_not_marked() -> None:
    assert parts("It is 12.", [{"raw": "12", "unverified": False}]) == [("It is 12.", False)]


def test_what_is_usual_is_of_each_speaker_and_needs_eight_sentences() -> None:
    said = [{"speaker": "CFO", "voice": {"pitch_mean": float(100 + i), "hnr": None}} for i in range(11)]
    said += [{"speaker": "CEO", "voice": {"pitch_mean": 200.0}}] * 7
    assert usual(said) == {"CFO": {"pitch_mean": (101.0, 109.0)}, "CEO": {}}


def test_a_table_keeps_its_places_where_cells_are_missing_or_span() -> None:
    cells = [
        {"row": 0, "column": 1, "text": "Years", "header": True, "span": 2},
        {"row": 2, "column": 0, "text": "Sales", "header": False},
        {"row": 2, "column": 2, "text": "7", "header": False},
        {"row": 10**9, "column": 0, "text": "far", "header": False},
    ]
    made = rows({"cells": cells}, (2, 2), {(2, 2): "e1"})
    assert [[(cell["column"], cell["text"], cell["span"]) for cell in line] for line in made] == [
        [(0, "", 1), (1, "Years", 2)],
        [(0, "", 1), (1, "", 1), (2, "", 1)],
        [(0, "Sales", 1), (1, "", 1), (2, "7", 1)],
    ]
    assert [(cell["lit"], cell["id"]) for cell in made[2]] == [(False, None), (False, None), (True, "e1")]
    assert made[2][0]["header"]
    assert rows({}, None, {}) == []
