import pytest
from tests.models.checks.dossiers import document, dossier, filed, moment

from smalti.models.checks.catalogue import OF_AMOUNTS, OF_YEARS, run_all
from smalti.platform.records import SignalKind, SourceKind

LINES = {
    "Revenues": 1100.0, "IncomeBeforeTax": 90.0, "InterestExpense": 10.0, "NetIncomeLoss": 70.0,
    "NetCashFromOperatingActivities": 95.0,
}  # fmt: skip
SHEET = {
    "Assets": 1000.0, "AssetsCurrent": 450.0, "LiabilitiesCurrent": 250.0, "InventoryNet": 120.0,
    "Liabilities": 500.0, "StockholdersEquity": 500.0, "RetainedEarnings": 300.0,
}  # fmt: skip


def test_without_anything_every_check_says_why_and_keeps_its_head() -> None:
    found = {check.name: check for check in run_all(dossier([], []))}
    assert [name for name, check in found.items() if check.value is not None] == []
    assert all(check.reason for check in found.values())
    names = [check.__name__ for check in (*OF_YEARS, *OF_AMOUNTS)]
    assert {*names, "altman_z"} <= set(found)
    risks = {name for name, check in found.items() if check.head is SignalKind.RISK}
    assert risks == {"altman_z", "piotroski_f"}
    for name in ("beneish_m", "altman_z", "sloan_accruals"):
        assert found[name].reason == "not computable: no fiscal year of facts is known"


@pytest.mark.parametrize(
    ("as_of", "variant"), [("2026-02-28", "Z 1968"), ("2026-02-20", "Z'' 1995")], ids=["priced", "too early"]
)
def test_altman_is_given_the_prices_known_by_then(as_of: str, variant: str) -> None:
    paper = document(SourceKind.FILING, "2026-02-19")
    facts = [
        *(filed(paper, name, value, "2025-12-31", "2025-01-01") for name, value in LINES.items()),
        *(filed(paper, name, value, "2025-12-31") for name, value in SHEET.items()),
        filed(paper, "SharesOutstanding", 50.0, "2026-02-25", unit="shares"),
        filed(paper, "PublicFloat", 900.0, "2025-06-30"),
    ]
    prices = [("2025-06-30", 20.0, 1.0), ("2026-02-25", 25.0, 1.0)]
    known = [price for price in prices if moment(f"{price[0]}T22:00") <= moment(as_of)]
    given = dossier([paper], facts, as_of=moment(as_of), prices=known)
    check = next(check for check in run_all(given) if check.name == "altman_z")
    assert check.details["variant"] == variant
    assert ("prices-table" in check.inputs) is (variant == "Z 1968")


def test_the_newest_year_counts_and_a_restatement_only_once_filed() -> None:
    first, amended = document(SourceKind.FILING, "2025-02-19"), document(SourceKind.FILING, "2025-09-19")
    facts = [
        *(filed(first, name, value, "2024-12-31", "2024-01-01") for name, value in LINES.items()),
        *(filed(first, name, value, "2024-12-31") for name, value in SHEET.items()),
        filed(first, "Assets", 900.0, "2023-12-31"),
    ]
    again = filed(amended, "NetCashFromOperatingActivities", -30.0, "2024-12-31", "2024-01-01")
    then = dossier([first], facts, as_of=moment("2025-03-01"))
    now = dossier([first, amended], [*facts, again], as_of=moment("2025-10-01"))
    values = [
        next(check for check in run_all(given) if check.name == "sloan_accruals").value
        for given in (then, now)
    ]
    assert values == pytest.approx([-25 / 950, 100 / 950])
