"""The same number of several issuers."""

from __future__ import annotations

from tests.assistant.answers.statements import Desk

from smalti.assistant.records import Status
from smalti.assistant.understood import Change, Kind, Wanted


def test_numbers_stand_side_by_side_and_the_highest_is_named(statements: Desk) -> None:
    answer = statements.ask(Kind.COMPARE, [Wanted("net_margin")], [2022], ["retail", "vz"])
    assert answer.text.startswith("Verizon's net profit margin in FY2022 was 15.5%.")
    assert "Walnut Stores' net profit margin in FY2022 was 5.0%." in answer.text
    assert "Verizon has the highest net profit margin of them: 15.5%." in answer.text


def test_an_issuer_without_the_number_is_named(statements: Desk) -> None:
    issuers = ["retail", "vz", "bank"]
    answer = statements.ask(Kind.COMPARE, [Wanted("NetCashFromOperatingActivities")], [2022], issuers)
    assert answer.status is Status.PARTLY
    assert any(note.startswith("Harbor Bank") for note in answer.notes)


def test_growth_is_compared_as_growth(statements: Desk) -> None:
    wanted = Wanted("Revenues", change=Change.GROWTH)
    answer = statements.ask(Kind.COMPARE, [wanted], [2022], ["retail", "vz"])
    assert answer.text.startswith("Walnut Stores' growth of revenue in FY2022 was 11.1%.")
    assert "Verizon's growth of revenue in FY2022 was 2.4%." in answer.text
