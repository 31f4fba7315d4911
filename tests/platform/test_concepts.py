import pytest

from smalti.platform.concepts import Statement, concept, concept_of_label, concept_of_tag, concepts


@pytest.mark.parametrize(
    ("label", "statement", "name"),
    [
        ("Total net sales", Statement.INCOME, "Revenues"),
        ("Net sales", Statement.INCOME, "Revenues"),
        ("Cost of sales", Statement.INCOME, "CostOfRevenue"),
        (
            "Selling, informational and administrative expenses(a)",
            Statement.INCOME,
            "SellingGeneralAndAdministrativeExpense",
        ),
        ("Net income attributable to Pfizer Inc. common shareholders", Statement.INCOME, "NetIncomeLoss"),
        (
            "Net income (loss) attributable to MGM Resorts International",
            Statement.INCOME,
            "NetIncomeLoss",
        ),
        ("Net income including noncontrolling interest", Statement.INCOME, "ProfitLoss"),
        (
            "Trade accounts receivable, less allowance for doubtful accounts: 2021—$492; 2020—$508",
            Statement.BALANCE,
            "ReceivablesNetCurrent",
        ),
        ("Property, plant and equipment — net", Statement.BALANCE, "PropertyPlantAndEquipmentNet"),
        ("Total 3M Company shareholders’ equity", Statement.BALANCE, "StockholdersEquity"),
        ("Total liabilities and stockholders’ equity", Statement.BALANCE, "LiabilitiesAndEquity"),
        ("Total liabilities", Statement.BALANCE, "Liabilities"),
        (
            "Net cash provided by (used in) operating activities",
            Statement.CASH,
            "NetCashFromOperatingActivities",
        ),
        ("Purchases of property, plant and equipment (PP&E)", Statement.CASH, "CapitalExpenditures"),
    ],
)
def test_printed_labels_mean_their_item(label: str, statement: Statement, name: str) -> None:
    found = concept_of_label(label, statement)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("label", "statement"),
    [
        ("Less: Net income attributable to noncontrolling interests", Statement.INCOME),
        ("Net product sales", Statement.INCOME),
        ("Net income attributable to noncontrolling interest", Statement.INCOME),
        ("Total liabilities and stockholders' equity", Statement.INCOME),
        ("Other assets", Statement.BALANCE),
        ("Accounts receivable", Statement.CASH),  # there it is a change, not a level
        (
            "Net cash provided by operating activities from discontinued operations",
            Statement.CASH,
        ),
        ("", Statement.INCOME),
    ],
)
def test_labels_near_an_item_are_not_it(label: str, statement: Statement) -> None:
    assert concept_of_label(label, statement) is None


def test_tags_mean_one_item_each() -> None:
    tags = [tag for item in concepts().values() for tag in item.tags]
    assert len(tags) == len(set(tags))
    revenue = concept_of_tag("us-gaap:RevenueFromContractWithCustomerExcludingAssessedTax")
    assert revenue is concept("Revenues")
    assert concept_of_tag("us-gaap:AdvertisingExpense") is None


def test_balance_items_are_moments_and_flows_are_not() -> None:
    assert concept("Assets").instant
    assert not concept("Revenues").instant
