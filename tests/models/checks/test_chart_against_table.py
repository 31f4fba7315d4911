from dataclasses import replace
from random import Random
from typing import Any

import pytest
from tests.models.checks.charts import Values, as_payload, chart, damaged
from tests.models.checks.dossiers import document, dossier, filed, piece

from smalti.models.checks.chart_against_table import chart_against_table
from smalti.models.checks.record import Check
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

TENK = document(SourceKind.FILING, "2026-02-20", "10-K", form="10-K")
SALES = {2022: 380.1e6, 2023: 389.6e6, 2024: 398.2e6, 2025: 371.4e6}


def sales(of: Document = TENK, values: dict[int, float] = SALES, **more: Any) -> list[Evidence]:
    rows = {"concept": "Revenues", "label": "Net sales"} | more
    name = rows.pop("concept")
    return [
        filed(of, name, value, f"{year}-12-31", f"{year}-01-01", as_reported=f"$ {value / 1e3:,.0f}", **rows)
        for year, value in values.items()
    ]


def drawn(
    values: Values, title: str = "Net sales ($ millions)", of: Document = TENK, **more: Any
) -> Evidence:
    return chart(of, title, {title: values}, **more)


def check(*pieces: Evidence, documents: tuple[Document, ...] = (TENK,)) -> Check:
    return chart_against_table(dossier(documents, pieces))


def reasons(found: Check) -> list[str]:
    return [one.reason for one in found.silences]


HONEST = {"2023": 389.6, "2024": 398.2, "2025": 371.4}


def test_a_chart_that_agrees_is_looked_at_and_silent() -> None:
    found = check(*sales(), drawn(HONEST))
    assert (found.value, found.findings, found.silences) == (0.0, (), ())
    assert found.details["looked_at"] == 1


def test_a_point_that_its_filing_states_otherwise_is_found_with_both_numbers() -> None:
    found = check(*sales(), drawn(HONEST | {"2025": 412.0}, "Net sales growth story ($ millions)"))
    (one,) = found.findings
    assert (one.strength, one.said[0].quote) == (0.9, "2025 412")
    assert one.against[0].evidence_id == "10-K:Revenues:2025-12-31"
    assert (
        "$412.0 million for 2025" in one.reason
        and "$371.4 million" in one.reason
        and "10.9% more" in one.reason
    )
    assert one.details["differs"][0]["filed"] == 371.4e6


@pytest.mark.parametrize(
    "slip",
    [
        {"2023": 389.6, "2024": 398.2, "2025": 3714.0},  # a decimal point unread
        {"2023": 389.6, "2024": 398.2, "2025": 398.2},  # the label beside it
        {"2023": 389.6, "2024": 398.2, "2025": 371.9},  # rounding
    ],
)
def test_what_a_slip_in_reading_would_give_is_not_told(slip: Values) -> None:
    assert check(*sales(), drawn(slip, payload={"axes": {}})).findings == ()


def test_a_label_that_its_own_bar_denies_is_not_told() -> None:
    shown = drawn(HONEST)
    shown.payload["series"][0]["points"][2]["value"] = 391.4
    found = check(*sales(), shown)
    assert found.findings == ()
    assert "may be misread" in reasons(found)[0]


def test_measured_values_count_less_and_only_beyond_their_error() -> None:
    near = {"2023": 391.0, "2024": 397.0, "2025": 377.0}
    assert check(*sales(), drawn(near, method="measured", error=4.0)).findings == ()
    far = {"2023": 391.0, "2024": 397.0, "2025": 430.0}
    (one,) = check(*sales(), drawn(far, method="measured", error=4.0)).findings
    assert one.strength == 0.5
    unsure = check(*sales(), drawn(far, method="measured", error=4.0, confidence=0.5))
    assert unsure.findings[0].strength == 0.3


def test_a_series_none_of_which_agrees_needs_its_name_scale_and_size() -> None:
    other = {"2023": 410.0, "2024": 420.0, "2025": 430.0}
    (one,) = check(*sales(), drawn(other)).findings
    assert one.strength == 0.4
    assert check(*sales(), drawn(other, "Net sales")).findings == ()  # no scale
    assert check(*sales(), drawn({"2023": 41.0, "2024": 42.0}, "Net sales ($ millions)")).findings == ()
    assert check(*sales(), drawn(other, "Net sales growth story ($ millions)")).findings == ()


@pytest.mark.parametrize(
    "title",
    [
        "Adjusted net sales ($ millions)",
        "Organic net sales ($ millions)",
        "Net sales in Europe ($ millions)",
        "Backlog ($ millions)",
        "Net sales (EUR millions)",
        "Net sales growth (%)",
    ],
)
def test_another_measure_than_is_filed_is_not_compared(title: str) -> None:
    found = check(*sales(), drawn(HONEST | {"2025": 412.0}, title))
    assert found.findings == ()
    assert reasons(found)[0].startswith("cannot compare: ")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Anvil Corporation net sales, $m", "2"), ("A record of growth", "Net sales ($ millions)")],
)
def test_the_item_may_stand_in_the_legend_or_beside_the_issuer_s_name(title: str, name: str) -> None:
    shown = chart(TENK, title, {name: HONEST | {"2025": 412.0}})
    assert [one.strength for one in check(*sales(), shown).findings] == [0.9]


def test_a_chart_without_words_is_of_its_heading_only_where_it_agrees() -> None:
    bare = chart(TENK, "", {"": HONEST | {"2025": 412.0}}, payload={"heading": "Net sales"}, unit="$")
    assert [one.strength for one in check(*sales(), bare).findings] == [0.9]
    other = chart(TENK, "", {"": {"2024": 420.0, "2025": 412.0}}, payload={"heading": "Net sales"}, unit="$")
    assert check(*sales(), other).findings == ()


def test_expected_years_and_parts_of_years_are_no_claims_of_fact() -> None:
    for category in ("2025E", "2025 guidance", "H1 2025", "YTD 2025", "Mar 2025"):
        found = check(*sales(), drawn({"2023": 389.6, "2024": 398.2, category: 450.0}))
        assert found.findings == (), category


def test_quarters_are_found_in_their_fiscal_year_also_where_it_ends_in_february() -> None:
    early = document(SourceKind.FILING, "2026-04-10", "feb-10-K", form="10-K")
    quarters = {
        ("2025-03-01", "2025-05-31"): 10e6, ("2025-06-01", "2025-08-31"): 11e6,
        ("2025-09-01", "2025-11-30"): 12e6, ("2025-12-01", "2026-02-28"): 14e6,
    }  # fmt: skip
    facts = [filed(early, "Revenues", v, end, start) for (start, end), v in quarters.items()]
    facts.append(filed(early, "Revenues", 47e6, "2026-02-28", "2025-03-01", label="year"))
    told = {"Q1 FY25": 10.0, "Q2 FY25": 11.0, "Q3 FY25": 12.0, "Q4 FY25": 16.0}  # the year that ends in 2026
    (one,) = check(*facts, drawn(told, "Revenue ($ millions)", early), documents=(early,)).findings
    assert one.details["differs"] == [
        {"period": "2025 Q4", "chart": 16e6, "filed": 14e6, "unit": "USD", "apart": 0.1429}
    ]
    assert (
        check(
            *facts, drawn(dict(told, **{"Q4 FY25": 14.0}), "Revenue ($ millions)", early), documents=(early,)
        ).findings
        == ()
    )


def table(caption: str, header: list[str], rows: dict[str, list[str]], **more: Any) -> Evidence:
    lines = [["", *header], *([label, *cells] for label, cells in rows.items())]
    cells = [
        {"row": r, "column": c, "text": text, "header": r == 0}
        for r, line in enumerate(lines)
        for c, text in enumerate(line)
    ]
    payload = {"cells": cells, "caption": caption, "scale": None, "currency": None} | more
    text = "\n".join(" | ".join(line) for line in lines)
    return piece(TENK, EvidenceKind.TABLE, text, payload, name=f"table {caption}")


def test_a_row_of_a_table_that_is_no_line_item_is_compared_where_the_rest_agrees() -> None:
    measures = table(
        "Selected measures",
        ["2025", "2024", "2023"],
        {"Gross margin": ["33.8%", "37.5%", "38.0%"], "Days sales outstanding": ["102.9", "58.9", "57.8"]},
    )
    honest = {"2023": 57.8, "2024": 58.9, "2025": 102.9}
    assert check(measures, drawn(honest, "Days sales outstanding")).findings == ()
    (one,) = check(measures, drawn(honest | {"2025": 60.2}, "Days sales outstanding")).findings
    assert one.against[0].evidence_id == "table Selected measures"
    assert one.against[0].quote == "Days sales outstanding | 102.9 | 58.9 | 57.8"
    assert (one.strength, one.details["differs"][0]["filed"]) == (0.9, 102.9)
    margin = chart(TENK, "Gross margin (%)", {"m": {"2023": 38.0, "2024": 37.5, "2025": 38.3}}, unit="%")
    (one,) = check(measures, margin).findings
    assert "shows Gross margin of 38.3% for 2025; the filing states 33.8%" in one.reason


def test_quarters_of_a_table_take_their_year_from_its_caption() -> None:
    quarters = table(
        "Quarterly data for 2025 (unaudited)",
        ["First", "Second", "Third", "Fourth"],
        {"Net sales": ["$ 89,510", "93,596", "92,482", "95,824"]},
        scale=1e3,
        currency="USD",
    )
    told = {"Q1 2025": 89.5, "Q2 2025": 93.6, "Q3 2025": 99.9, "Q4 2025": 105.0}
    (one,) = check(quarters, drawn(dict(list(told.items())[:3]), "Net sales ($ millions)")).findings
    assert one.details["differs"][0] == {
        "period": "2025 Q3", "chart": 99.9e6, "filed": 92.482e6, "unit": "USD", "apart": 0.0802,
    }  # fmt: skip
    found = check(quarters, drawn(told, "Net sales ($ millions)"))  # half of it agrees: it may be of a part
    assert found.findings == ()


def test_a_chart_is_held_against_what_was_filed_when_it_was_shown_not_against_a_restatement() -> None:
    later = document(SourceKind.FILING, "2026-05-01", "10-K/A", form="10-K/A")
    restated = sales(later, {2025: 350.0e6})
    found = check(*sales(), drawn(HONEST), *restated, documents=(TENK, later))
    assert found.findings == ()
    still = chart(later, "Net sales ($ millions)", {"Net sales": HONEST}, name="again", base=300.0)
    (value, *_) = check(*sales(), *restated, still, documents=(TENK, later)).findings
    assert value.details["differs"][0]["filed"] == 350.0e6


def test_cut_bars_are_told_with_tufte_s_lie_factor() -> None:
    # 104.1 over a base of 80 is drawn 24.1 long: a change looks 104.1 / 24.1 = 4.32 times as large.
    backlog = {2021: 104.1e6, 2025: 88.2e6}
    facts = [
        filed(TENK, "", v, f"{y}-12-31", label="Backlog believed to be firm", as_reported="$ 1.0")
        for y, v in backlog.items()
    ] + sales()
    values = {"2021": 104.1, "2022": 121.9, "2023": 125.3, "2024": 117.5, "2025": 88.2}
    (one,) = check(*facts, drawn(values, "Backlog believed to be firm ($ millions)", base=80.0)).findings
    assert one.details["lie_factor"] == 4.32
    assert one.strength == 0.5
    assert [c.quote for c in one.said] == ["2021 104.1", "2025 88.2"]
    assert {c.evidence_id for c in one.against} <= {f.evidence_id for f in facts}
    assert "begin at $80.0 million, not at zero" in one.reason


def test_how_bars_are_cut_decides_how_strong_it_is() -> None:
    def strength(base: float, **more: Any) -> float:
        found = check(*sales(), drawn(HONEST, base=base, **more))
        return found.findings[0].strength if found.findings else 0.0

    assert [strength(b) for b in (0.0, 50.0, 150.0, 300.0, 360.0)] == [0.0, 0.0, 0.3, 0.5, 0.7]
    assert strength(360.0, title="Net sales ($ millions), axis does not start at zero") == 0.35
    assert strength(360.0, kind="line") == 0.0  # lines are drawn so by custom
    assert strength(360.0, kind="horizontal bar") == 0.7
    assert strength(360.0, confidence=0.5) == pytest.approx(0.7)
    unfiled = check(drawn(HONEST, base=360.0, confidence=0.5))
    assert unfiled.findings[0].strength == pytest.approx(0.42)


def test_bars_whose_lengths_do_not_fit_or_that_hang_are_not_judged() -> None:
    shown = drawn(HONEST, base=360.0)
    shown.payload["series"][0]["points"][0]["box"][1] = 120.0
    found = check(*sales(), shown)
    assert found.findings == ()
    assert "the lengths of its bars do not fit their values" in reasons(found)[0]
    floating = drawn(HONEST, base=360.0)  # a bridge: each bar begins where the last ended
    floating.payload["series"][0]["points"][1]["box"][3] = 250.0
    assert check(*sales(), floating).findings == ()
    losses = drawn({"2023": -20.0, "2024": 10.0, "2025": 30.0}, "Net income ($ millions)", base=-30.0)
    assert check(*sales(), losses).findings == ()


def test_time_that_runs_backwards_is_told_where_it_flatters() -> None:
    falling = [("2025", 371.4), ("2024", 398.2), ("2023", 430.0)]
    facts = sales(values={2023: 430.0e6, 2024: 398.2e6, 2025: 371.4e6})
    (one,) = check(*facts, drawn(falling)).findings
    assert (one.strength, one.details["shown"]) == (0.4, ["2025", "2024", "2023"])
    rising = [("2025", 398.2), ("2024", 389.6), ("2023", 350.0)]
    modest = check(*sales(values={2023: 350.0e6, 2024: 389.6e6, 2025: 398.2e6}), drawn(rising))
    assert modest.findings == ()
    costs = chart(
        TENK, "Cost of sales ($ millions)", {"x": [("2025", 100.0), ("2024", 90.0), ("2023", 80.0)]}
    )
    found = check(*sales(values={2023: 80e6, 2024: 90e6, 2025: 100e6}, concept="CostOfRevenue"), costs)
    assert len(found.findings) == 1  # read from the left, costs fall


def test_a_latest_year_left_out_is_told_where_it_turns_the_picture() -> None:
    (one,) = check(*sales(), drawn({"2022": 380.1, "2023": 389.6, "2024": 398.2})).findings
    assert (one.strength, one.details["left_out"]) == (0.6, "2025")
    assert "$371.4 million in 2025" in one.reason
    better = sales(values=SALES | {2025: 420.0e6})
    assert check(*better, drawn({"2022": 380.1, "2023": 389.6, "2024": 398.2})).findings == ()


def test_a_bar_that_may_be_there_and_unread_is_not_left_out() -> None:
    three = {"2022": 380.1, "2023": 389.6, "2024": 398.2}
    assert check(*sales(), drawn(three, payload={"width": 220.0})).findings == ()  # room for a fourth bar
    assert check(*sales(), drawn(three, payload={"width": None})).findings == ()
    gap = drawn({"2022": 350.0, "2023": 370.0, "2025": 410.0})
    gap.payload["series"][0]["points"][2]["box"][0] += 50.0
    facts = sales(values={2022: 350e6, 2023: 370e6, 2024: 300e6, 2025: 410e6})
    assert check(*facts, gap).findings == ()


def test_a_middle_year_left_out_and_a_trough_at_the_start_are_told() -> None:
    facts = sales(values={2020: 420e6, 2021: 440e6, 2022: 350e6, 2023: 370e6, 2024: 300e6, 2025: 410e6})
    (one,) = check(*facts, drawn({"2022": 350.0, "2023": 370.0, "2025": 410.0})).findings
    assert (one.strength, one.details["left_out"]) == (0.4, "2024")
    facts = sales(values={2020: 420e6, 2021: 440e6, 2022: 350e6, 2023: 370e6, 2024: 390e6, 2025: 410e6})
    (one,) = check(*facts, drawn({"2022": 350.0, "2023": 370.0, "2024": 390.0, "2025": 410.0})).findings
    assert (one.strength, one.details["left_out"]) == (0.3, "2021")
    whole = drawn({"2021": 440.0, "2022": 350.0, "2023": 370.0, "2024": 390.0, "2025": 410.0})
    assert check(*facts, whole).findings == ()


def test_two_scales_for_one_unit_that_make_a_smaller_series_pass_a_larger_are_told() -> None:
    years = [str(year) for year in range(2021, 2026)]
    sold = dict(zip(years, (500.0, 505.0, 510.0, 515.0, 520.0), strict=True))
    cash = dict(zip(years, (200.0, 240.0, 280.0, 320.0, 360.0), strict=True))

    def shown(unit: str, cash_unit: str) -> Evidence:
        both = chart(TENK, "Sales and cash", {"Sales": sold, "Cash": cash}, kind="line", unit=unit)
        both.payload["axes"]["y2"] = {"min": 180, "max": 360, "unit": cash_unit}
        for k, point in enumerate(both.payload["series"][0]["points"]):
            point["box"] = [50.0 * k, 200 - 10 * k, 50.0 * k + 10, 210 - 10 * k]
        for k, point in enumerate(both.payload["series"][1]["points"]):
            point["box"], point["unit"] = [50.0 * k, 290 - 50 * k, 50.0 * k + 10, 300 - 50 * k], cash_unit
        return both

    (one,) = check(*sales(), shown("$", "$")).findings
    assert one.strength == 0.35
    assert "Sales' is larger in every period, in 2025 520 against 360" in one.reason
    assert check(*sales(), shown("$", "%")).findings == ()  # two units need two scales


def test_a_post_that_shows_the_filing_s_chart_again_is_the_same_chart() -> None:
    lie = HONEST | {"2025": 412.0}
    post = document(SourceKind.SOCIAL, "2026-03-21", "post")
    found = check(*sales(), drawn(lie), drawn(lie, of=post, name="shown", page=None), documents=(TENK, post))
    assert len(found.findings) == 1
    assert (found.details["charts"], found.details["shown_again"]) == (1, 1)


def test_a_post_s_own_chart_counts_less_and_must_agree_somewhere_to_be_of_this_company() -> None:
    post = document(SourceKind.SOCIAL, "2026-03-21", "post")
    lie = drawn(HONEST | {"2025": 412.0}, of=post, page=None)
    (one,) = check(*sales(), lie, documents=(TENK, post)).findings
    assert one.strength == pytest.approx(0.72)
    other = drawn({"2023": 410.0, "2024": 420.0, "2025": 430.0}, of=post, base=390.0, page=None)
    found = check(*sales(), other, documents=(TENK, post))
    assert found.findings == ()
    assert any("another company" in why for why in reasons(found))


def test_charts_without_axes_years_or_values_are_named_and_not_judged() -> None:
    pie = chart(TENK, "Where we sell", {"": {"Europe": 30.0, "Asia": 70.0}}, kind="pie")
    bare = chart(TENK, "", {}, name="bare", payload={"axes": None, "series": None})
    odd = chart(
        TENK, "x", {}, name="odd", payload={"series": [{"points": [{"value": "n/a"}, 3]}, "x"], "axes": []}
    )
    found = check(*sales(), pie, bare, odd)
    assert found.value is None
    assert found.reason == "not computable: no chart could be judged"
    assert len(found.silences) == 3


def test_damaged_payloads_never_break_it() -> None:
    draw = Random(4)
    two = drawn(HONEST | {"2025": 412.0}, base=360.0)
    two.payload["axes"]["y2"] = {"min": 0, "max": 1, "unit": "$"}
    rows = table(
        "Quarterly data for 2025", ["First", "Second"], {"Net sales": ["$ 89,510", "93,596"]}, scale=1e3
    )
    line = drawn({"Q1 2025": 89.5, "Q2 2025": 93.6}, kind="line", method="measured", name="line")
    for _ in range(80):
        pieces = [replace(p, payload=as_payload(damaged(p.payload, draw))) for p in (two, line, rows)]
        found = check(*sales(), *pieces)
        assert all(0 < one.strength <= 1 for one in found.findings)


def test_a_flood_of_charts_with_long_words_is_looked_at_in_part() -> None:
    posts = [document(SourceKind.SOCIAL, "2026-03-21", f"post {k}") for k in range(320)]
    title = "Net sales " * 500
    flood = [drawn({"2023": k + 1.0, "2024": k + 2.0}, title, p, name=f"c{k}") for k, p in enumerate(posts)]
    found = check(*sales(), *flood, documents=(TENK, *posts))
    assert found.findings == ()
    assert found.silences[-1].reason == "cannot compare: 20 further charts were not looked at"
