"""The labelled charts hold together, and the bench's matching tells right from wrong."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def charts() -> Any:
    spec = importlib.util.spec_from_file_location("bench_charts", BENCH / "charts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def images() -> Any:
    return json.loads((BENCH / "labels" / "charts.json").read_text())["images"]


KINDS = {
    "bar", "stacked bar", "horizontal bar", "line", "area", "pie", "donut", "combo", "scatter",
    "candlestick", "other",
}  # fmt: skip


def as_read(entry: Any, **changed: Any) -> dict[str, Any]:
    """What a reader that makes no mistake would give for a labelled picture."""
    (chart,) = entry["charts"]
    names = dict.fromkeys(v["series"] for v in chart["values"])
    return {
        "chart": chart["kind"],
        "title": chart["title"],
        "axes": {},
        "series": [
            {
                "name": name,
                "points": [
                    {"category": v["category"], "value": v["value"], "unit": v["unit"], "method": "label"}
                    for v in chart["values"]
                    if v["series"] == name
                ],
            }
            for name in names
        ],
    } | changed


def test_sixty_pictures_are_labelled_and_every_value_says_how_it_was_read(images: Any) -> None:
    assert len(images) == 60
    for name, entry in images.items():
        (chart,) = entry["charts"]
        assert chart["kind"] in KINDS, name
        places = [(v["series"], v["category"]) for v in chart["values"]]
        assert len(places) == len(set(places)), name
        for value in chart["values"]:
            assert isinstance(value["value"], int | float), name
            assert value["printed"] or value["error"] > 0, name


def test_operands_are_labelled_values_and_give_the_stated_answer_where_said_so(images: Any) -> None:
    agreeing = 0
    for name, entry in images.items():
        values = {(v["series"], v["category"]): v for c in entry["charts"] for v in c["values"]}
        for question in entry["questions"]:
            operands = question["operands"]
            for operand in operands:
                assert values[operand["series"], operand["category"]]["value"] == operand["value"], name
            if not operands:
                assert question["note"], name
                continue
            named = dict(zip("abcdefgh", (o["value"] for o in operands), strict=False))
            computed = eval(question["formula"], {"__builtins__": {}}, named)
            assert computed == pytest.approx(question["computed"], abs=1e-3), name
            read_off = any(not values[o["series"], o["category"]]["printed"] for o in operands)
            near = abs(computed - question["answer"]) <= (0.10 if read_off else 0.02) * abs(
                question["answer"]
            )
            assert near is question["agrees"], name
            assert near or question["note"], name
            agreeing += near
    assert agreeing == 89


def test_a_faultless_reading_has_full_recall_and_precision(charts: Any, images: Any) -> None:
    for name, entry in images.items():
        counts = charts.judge(entry, [as_read(entry)], 0.0)["counts"]
        for figure in ("all values", "points", "operands"):
            hits, wanted = counts[figure]
            assert hits == wanted, (name, figure)


def test_values_moved_by_a_tenth_or_to_the_next_category_do_not_count(charts: Any, images: Any) -> None:
    raised = moved = wanted = 0
    for entry in images.values():
        read = as_read(entry)
        for one in read["series"]:
            for point in one["points"]:
                point["value"] *= 1.1
        raised += charts.judge(entry, [read], 0.0)["counts"]["all values"][0]
        read = as_read(entry)
        for one in read["series"]:
            names = [p["category"] for p in one["points"]]
            for point, name in zip(one["points"], names[1:] + names[:1], strict=True):
                point["category"] = name
        found, all_values = charts.judge(entry, [read], 0.0)["counts"]["all values"]
        moved, wanted = moved + found, wanted + all_values
    assert raised / wanted < 0.05  # what is left: a printed range, zero, equal totals a tenth apart
    assert moved / wanted < 0.45  # what is left: neighbours within 5% of each other


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("Q1 '15", "Q1 2015", True),
        ("1Q15", "Q1 15", True),
        ("4Q13", "4Q14", False),
        ("2015E", "2015", True),
        ("Mar 2021", "May 2021", False),
        ("Choice Courseware²", "Choice Courseware", True),
        ("NY Metro Peer Median(1)", "NY Metro Peer Median", True),
        ("Soapy Smith 36 1H", "Soapy Smith 361H", True),
        ("Vacation Interest Sales and Financing", "Vacation lnterest Sales and Financing", True),
        ("Casualty", "Property", False),
        ("1 MMBOE", "800 MBOE", False),
        ("", "2015", False),
    ],
)
def test_names_agree_when_their_numbers_and_letters_do(charts: Any, one: str, two: str, same: bool) -> None:
    assert bool(charts.alike(one, two)) is same


@pytest.mark.parametrize(
    ("value", "unit", "same"),
    [
        (5.45, "$", True),
        (5.45, "$B", True),
        (5450, "$M", True),
        (5.45e9, "USD", True),
        (5.45, "$M", False),
        (5.2, "$", True),
        (5.1, "$", False),
    ],
)
def test_scale_words_are_applied_where_both_sides_state_one(
    charts: Any, value: float, unit: str, same: bool
) -> None:
    label = {"value": 5.45, "unit": "USD", "scale": "billion"}
    assert charts.agree(label, value, unit) is same


def test_a_point_is_used_once(charts: Any, images: Any) -> None:
    entry = next(e for e in images.values() if e["charts"][0]["kind"] == "pie")
    read = as_read(entry)
    read["series"] *= 2
    hits, given = charts.judge(entry, [read], 0.0)["counts"]["points"]
    assert hits * 2 == given
