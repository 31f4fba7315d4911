"""Exhibit 21: which lines name a subsidiary, and what must not be taken for one."""

import pytest

from smalti.ingest.subsidiaries import MAX_SUBSIDIARIES, Subsidiary, is_exhibit_21, subsidiaries

EXHIBIT = """Exhibit 21.1
SUBSIDIARIES OF THE REGISTRANT
The following is a list of subsidiaries of Basalt Thimble Corporation as of December 31, 2023.
Name of Subsidiary Jurisdiction of Incorporation
Grey Heron Insurance Company Delaware
Thimble Holdings GmbH (1) | Germany | 51%
Ampoule S.à r.l. | Luxembourg
Kiln & Sons (UK) Limited England and Wales
GREY HERON INSURANCE COMPANY Delaware
Delaware
(1) 51% owned
"""


def test_rows_give_a_name_and_a_jurisdiction_each_once() -> None:
    assert subsidiaries(EXHIBIT) == [
        Subsidiary("Grey Heron Insurance Company", "Delaware"),
        Subsidiary("Thimble Holdings GmbH", "Germany"),
        Subsidiary("Ampoule S.à r.l.", "Luxembourg"),
        Subsidiary("Kiln & Sons (UK) Limited", "England and Wales"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Name of Subsidiary | Delaware",
        "Delaware",
        "We are incorporated in the State of Delaware",
        "Grey Heron Insurance Company",
        "x" * 300 + " Delaware",
        "All other subsidiaries, taken as one, would be no significant one of Texas",
    ],
)
def test_other_lines_name_nobody(line: str) -> None:
    assert subsidiaries(line) == []


def test_kinds_of_exhibits_are_told_apart() -> None:
    assert all(is_exhibit_21(kind) for kind in ("EX-21", "EX-21.1", "ex-21.01"))
    assert not any(is_exhibit_21(kind) for kind in ("EX-2.1", "EX-210", "EX-99.1", ""))


def test_hostile_lists_stay_small_and_quick() -> None:
    assert (
        len(
            subsidiaries("\n".join(f"Kiln Number{i} Limited Delaware" for i in range(MAX_SUBSIDIARIES + 500)))
        )
        == MAX_SUBSIDIARIES
    )
    assert subsidiaries("a " * 500_000) == [] and subsidiaries(("Delaware " * 20 + "\n") * 5_000) == []
