"""The same walks over real companies: an annual report of 3M's, a call and an annual report of Amazon's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.dashboards.browser.conftest import Sit
from tests.dashboards.browser.seat import PATIENCE_MS
from tests.dashboards.browser.served import Desk, desk, furnish
from tests.sample_home import first_sample

pytestmark = [pytest.mark.slow, pytest.mark.data]

DAY = "2017-02-13"


@pytest.fixture(scope="module")
def at(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copytree(first_sample(tmp_path_factory)[0], folder / "built")
    furnish(folder / "built")
    with desk(folder / "built", folder / "home") as up:
        yield up


def test_why_is_the_fraud_score_of_3m_what_it_is(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer="3M", kind="fraud", as_of=DAY)
    seat.headed("3M")
    seat.says("Fraud probability", "Sum check")
    seat.shot("sample-3m-issuer")
    seat.click(seat.page.locator(".st-key-drivers svg .mark-rect path").first)
    seat.headed("Evidence")
    seat.says("3M", "10-K")
    seat.shot("sample-3m-evidence")
    assert seat.clicks == 1


def test_listen_to_what_amazon_said_behind_its_risk(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer="Amazon", kind="risk", as_of=DAY)
    seat.says("Sum check")
    seat.shot("sample-amazon-issuer")
    seat.click(seat.page.locator(".st-key-drivers svg .mark-rect path[aria-label^='call']"))
    lit = seat.page.locator("button.sentence[aria-current=true]")
    expect(lit).to_be_visible(timeout=PATIENCE_MS)
    seat.click(seat.page.get_by_role("button", name="Play", exact=True))
    time = seat.page.locator("[data-time]")
    before = time.inner_text()
    expect(time).not_to_have_text(before, timeout=PATIENCE_MS)
    seat.shot("sample-amazon-listen")
    assert seat.clicks == 2
