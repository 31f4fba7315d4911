"""The compare page in each of its states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, DAY, PDF, signals

from smalti.platform.auth import Role
from smalti.platform.store import Batch
from smalti.service import local
from smalti.service.changes import PARTS
from smalti.service.views import (
    ChangedDocument,
    Part,
    ScoreChangeView,
    SignalChange,
    WhatIf,
    WhatIfView,
)

LATER = DAY + timedelta(days=20)
DATES = {"issuer": "QRTZ", "before": "2024-05-01", "after": "2024-05-21", "as_of": "2024-05-25"}


@pytest.fixture(scope="module", autouse=True)
def scored_later(served: Served) -> None:
    batch = Batch()
    batch.add("signals", *signals(ANVIL, LATER, value=0.75))
    served.service.engine.store.commit(batch)


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """A change as the service would split it, without running a model; gives what was asked."""
    asked: list[tuple[Any, ...]] = []
    document = ChangedDocument(PDF, "The filing", "filing", "report.pdf", DAY, corrects=True)

    def change(engine: Any, issuer: str, before: Any, after: Any, *_: Any) -> ScoreChangeView:
        asked.append((issuer, before, after))
        amounts = (0.0, 0.0, -0.05, 0.3, 0.0, 0.0)
        parts = [Part(name, amount) for name, amount in zip(PARTS, amounts, strict=True)]
        moved = SignalChange("risk", 30, 0.5, 0.75, parts, None)
        withheld = SignalChange("fraud", 0, None, 0.1, (), "no value before: none stored")
        return ScoreChangeView(issuer, before, after, [moved, withheld], [document], [])

    def what_if(engine: Any, issuer: str, left_out: str, as_of: Any) -> WhatIfView:
        asked.append((issuer, left_out, as_of))
        return WhatIfView(issuer, as_of, [document], [WhatIf("risk", 30, 0.75, 0.5, None)])

    monkeypatch.setattr(local, "change", change)
    monkeypatch.setattr(local, "what_if", what_if)
    return asked


def frame_with(page: Any, column: str) -> Any:
    return next(one.value for one in page.dataframe if column in one.value)


def test_without_a_choice_it_asks_for_one(look: Open) -> None:
    assert "No issuer is chosen" in words(look("compare", Role.VIEWER))


def test_issuers_stand_beside_each_other_on_one_scale(look: Open) -> None:
    page = look("compare", Role.VIEWER, issuer="QRTZ", **{"with": "Brass Heron"}, as_of="2024-05-25")
    assert not page.exception
    scores = frame_with(page, "told1")
    assert scores[["signal", "told0", "told1"]].values.tolist()[0] == ["Risk, 30 days", "75.0%", "50.0%"]
    assert frame_with(page, "state0")["state0"].tolist()[4] == "moved it"  # text of filings
    (drawn,) = page.get("vega_lite_chart") or page.get("arrow_vega_lite_chart")
    assert "Brass Heron plc" in drawn.proto.spec


def test_an_issuer_that_is_not_known_is_told_beside_the_one_that_is(look: Open) -> None:
    page = look("compare", issuer="QRTZ", **{"with": "nobody,QRTZ,"}, as_of="2024-05-25")
    assert not page.exception
    assert page.warning
    assert "Choose another issuer" in words(page)


def test_two_moments_are_told_with_their_difference(look: Open) -> None:
    page = look("compare", Role.VIEWER, **DATES)
    assert not page.exception
    told = frame_with(page, "moved")
    assert told[["signal", "before", "after", "moved"]].values.tolist()[0] == [
        "Risk, 30 days", "50.0%", "75.0%", "+25.0 pp",
    ]  # fmt: skip
    assert "takes the role *analyst*" in words(page)
    assert not [one for one in page.button if "Split" in one.label]


def test_nothing_later_than_the_moment_shown_is_compared(look: Open) -> None:
    page = look("compare", **DATES | {"as_of": "2024-05-03"})
    assert frame_with(page, "moved")["after"].tolist()[0] == "50.0%"


def test_an_analyst_splits_the_change_only_when_asked(look: Open, split: list[tuple[Any, ...]]) -> None:
    page = look("compare", **DATES)
    assert not split
    next(one for one in page.button if "Split" in one.label).click().run()
    assert not page.exception
    # Between the stored scorings, not the moments typed: so the steps begin and end at what is shown.
    assert split == [(ANVIL, DAY, LATER)]
    causes = frame_with(page, "cause")
    assert causes["amount"].tolist() == [
        "50.0%", "0.0 pp", "0.0 pp", "−5.0 pp", "+30.0 pp", "0.0 pp", "0.0 pp", "75.0%",
    ]  # fmt: skip
    assert not page.warning  # which would say that the steps do not add up
    assert frame_with(page, "corrects")["title"].tolist() == ["The filing"]


def test_a_signal_that_cannot_be_split_says_why(look: Open, split: list[tuple[Any, ...]]) -> None:
    page = look("compare", **DATES, split="cause", of="fraud:0")
    assert "no value before" in words(page)


def test_the_score_without_a_document_has_an_address(look: Open, split: list[tuple[Any, ...]]) -> None:
    page = look("compare", **DATES, split="cause", without=PDF)
    assert split[-1] == (ANVIL, PDF, LATER)
    assert frame_with(page, "without")[["value", "without", "moved"]].values.tolist() == [
        ["75.0%", "50.0%", "−25.0 pp"]
    ]


@pytest.mark.parametrize(
    "asked", [{"before": "2024-06-01"}, {"issuer": "nobody"}, {"before": "x"}, {"before": "1990-01-01"}]
)
def test_odd_moments_are_met_without_a_traceback(look: Open, asked: dict[str, str]) -> None:
    page = look("compare", **DATES | asked)
    assert not page.exception
    assert page.info or page.warning or page.dataframe
