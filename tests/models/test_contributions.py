"""Explanations as rows: what they cite, and that their shares add up however they are grouped."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from smalti.models.attribution import Explanation, Part
from smalti.models.case import RATIOS, Case, Token
from smalti.models.checks import FiscalYear
from smalti.models.checks.years import Known
from smalti.models.contributions import add_up, contribution_details, contribution_rows
from smalti.platform.records import Attribution, Modality, SignalKind, SourceKind


def explanation(*parts: Part) -> Explanation:
    total = sum(part.contribution for part in parts)
    return Explanation(SignalKind.FRAUD, 0, 0.01 + total, 0.01, 0.001, parts)


def case(*positions: float) -> Case:
    vector = np.zeros(len(RATIOS), np.float32)
    return Case(
        "issuer",
        datetime(2025, 3, 1, tzinfo=UTC),
        [Token(Modality.FACT, SourceKind.FILING, vector, 9.0, position, "assets") for position in positions],
    )


def year(end: int, assets: str, income: str) -> FiscalYear:
    before = {"Assets": Known(90.0, (f"before-{assets}",))}
    items = {"Assets": Known(100.0, (assets,)), "Income": Known(8.0, (income,))}
    return FiscalYear(date(end, 12, 31), "USD", (items, before, {}))


def ratio(token: int, feature: str | None, contribution: float, without: float | None = None) -> Part:
    return Part(token, "assets", Modality.FACT, feature, contribution, without)


def test_a_ratio_cites_its_line_item_and_the_rest_of_the_year_its_anchor():
    rows = contribution_rows(
        "s",
        explanation(ratio(0, "roa", -0.03, -0.02), ratio(0, None, 0.01)),
        case(0.1),
        [FiscalYear(date(2025, 12, 31), "USD", ({}, {}, {})), year(2024, "assets", "income-1")],
    )
    assert [(r.evidence_id, r.method, r.effect, r.rank) for r in rows] == [
        ("income-1", "integrated-gradients of roa", -0.03, 1),
        ("income-1", "leave-one-out of roa", -0.02, 1),
        ("assets", "integrated-gradients of the year", 0.01, 2),
    ]


def test_a_table_that_holds_the_items_of_two_years_gets_one_row_and_both_shares():
    rows = contribution_rows(
        "s",
        explanation(ratio(0, "roa", 0.03, 0.02), ratio(1, "roa", 0.01, 0.005)),
        case(0.0, 0.1),
        [year(2024, "assets", "table"), year(2023, "assets", "table")],
    )
    assert [(r.evidence_id, r.method, r.rank) for r in rows] == [
        ("table", "integrated-gradients of roa", 1),
        ("table", "leave-one-out of roa", 1),
    ]
    assert rows[0].effect == pytest.approx(0.04)
    assert rows[1].effect == 0.02  # what one loses without both is not the sum of what it loses without each


def test_only_what_adds_up_is_added_up_by_document_and_by_modality():
    rows = [
        Attribution("s", "a", Modality.TEXT, 0.2, 1, "integrated-gradients"),
        Attribution("s", "a", Modality.TEXT, 0.9, 1, "leave-one-out"),
        Attribution("s", "a", Modality.VOICE, -0.3, 2, "integrated-gradients"),
        Attribution("s", "b", Modality.FACT, 0.05, 3, "integrated-gradients of roa"),
        Attribution("s", "c", Modality.TEXT, float("nan"), 1, "context"),
        Attribution("s", "a", Modality.TEXT, 0.4, 1, "driver: crowd"),
    ]
    sums = add_up(rows, {"a": "call", "b": "filing", "c": "filing"})
    assert list(sums.by_document.items()) == [("call", pytest.approx(-0.1)), ("filing", 0.05)]
    assert list(sums.by_modality.items()) == [("voice", -0.3), ("text", 0.2), ("fact", 0.05)]
    assert sums.total == pytest.approx(-0.05)


def test_details_count_the_pieces_that_are_not_kept():
    parts = [
        Part(at, f"post-{at}", Modality.TEXT, None, share, None) for at, share in enumerate((0.5, -0.2, 0.1))
    ]
    said = explanation(*parts)
    rows = contribution_rows("s", said, case(), [])
    details = contribution_details(said, rows, {f"post-{at}": f"feed-{at % 2}" for at in range(3)}, 1)
    assert details["baseline_value"] == 0.01
    assert details["completeness_error"] == 0.001
    assert details["contributions"]["by_modality"] == {"text": pytest.approx(0.4)}
    assert details["contributions"]["by_document"] == {"feed-0": pytest.approx(0.6)}
    assert details["contributions"]["past_kept"] == pytest.approx(-0.1)
