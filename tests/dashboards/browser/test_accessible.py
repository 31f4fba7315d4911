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


def test_every_page_is_open_to_everybody(sit: Sit, places: Places) -> None:
    """One walk for all, since opening pages is what takes long."""
    seat = sit("ana")
    found = []
    for name, (view, query) in places.items():
        seat.open(view, **query)
        found += [f"{name}: {one}" for one in _out_of_order(seat.page)]
        for theme in ("light", "dark"):
            seat.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of two words
            seat.settled()
            found += [f"{name}, {theme}: {one}" for one in barriers(seat.page)]
        seat.page.set_viewport_size({"width": 800, "height": 1000})
        seat.page.wait_for_timeout(300)
        if (over := seat.page.evaluate(f"{KEYS}; beyond()")) > 1:
            found.append(f"{name}: {over} px wider than a narrow screen")
        seat.page.set_viewport_size({"width": 1440, "height": 1000})
    assert not found, "\n".join(found)


def _out_of_order(page: Page) -> list[str]:
    levels = page.evaluate(f"{KEYS}; headings()")
    skipped = any(after > before + 1 for before, after in pairwise(levels))
    return [f"headings {levels}"] if levels.count(1) != 1 or levels[0] != 1 or skipped else []


def test_the_keyboard_alone_reaches_navigation_controls_and_evidence(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer=HERON)
    reached = tabbed(seat.page, 120)
    links = [str(one["href"]) for one in reached]
    assert [link for link in links if "alerts" in link], links
    assert [link for link in links if "evidence?" in link], links
    assert [one for one in reached if one["tag"] == "INPUT"]
    assert [one for one in reached if not one["seen"]] == []
