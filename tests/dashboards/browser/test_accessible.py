"""Nobody is shut out: axe on every page in both themes, the keyboard alone, one heading a page."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.dashboards.browser.barriers import barriers
from tests.dashboards.browser.conftest import Sit
from tests.dashboards.browser.places import HERON, addresses, pieces
from tests.dashboards.browser.served import Desk

pytestmark = pytest.mark.slow

Places = Mapping[str, tuple[str, Mapping[str, str]]]

KEYS = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def places(at: Desk) -> Places:
    return addresses(pieces(at.client()))


def tabbed(page: Page, most: int) -> list[dict[str, Any]]:
    """What the keyboard reaches, in order."""
    page.evaluate(KEYS)
    reached = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if (one := page.evaluate("focused()")) is not None:
            reached.append(one)
    return reached


def test_axe_finds_nothing_serious_on_any_page_light_or_dark(sit: Sit, places: Places) -> None:
    seat = sit("ana")
    found = []
    for name, (view, query) in places.items():
        seat.open(view, **query)
        for theme in ("light", "dark"):
            seat.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            seat.page.wait_for_timeout(300)
            found += [f"{name}, {theme}: {one}" for one in barriers(seat.page)]
    assert not found, "\n".join(found)


def test_every_page_has_one_first_heading_and_its_headings_in_order(sit: Sit, places: Places) -> None:
    seat = sit("vic")
    for name, (view, query) in places.items():
        seat.open(view, **query)
        levels = seat.page.evaluate(f"{KEYS}; headings()")
        assert levels.count(1) == 1, (name, levels)
        assert levels[0] == 1, (name, levels)
        assert all(after <= before + 1 for before, after in pairwise(levels)), (name, levels)


def test_the_keyboard_alone_reaches_navigation_controls_and_evidence(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer=HERON)
    reached = tabbed(seat.page, 120)
    links = [str(one["href"]) for one in reached]
    assert any("/alerts" in link for link in links)
    assert any("/evidence?" in link for link in links)
    assert [one for one in reached if one["tag"] == "INPUT"]
    assert [one for one in reached if not one["seen"]] == []


def test_a_page_is_read_on_a_narrow_screen_without_scrolling_sideways(sit: Sit, places: Places) -> None:
    seat = sit("vic", width=800)
    wide = {}
    for name, (view, query) in places.items():
        seat.open(view, **query)
        over = seat.page.evaluate(f"{KEYS}; beyond()")
        if over > 1:
            wide[name] = over
    assert not wide
