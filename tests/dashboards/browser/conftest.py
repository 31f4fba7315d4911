"""A desk for each file of browser tests, and seats at it: a real browser, a real `smalti up`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.dashboards.browser.seat import Seat, Wire
from tests.dashboards.browser.served import Desk, desk, furnish
from tests.demo_home import first_demo, once

Sit = Callable[..., Seat]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world with people; shared by all tests, so never used itself."""

    def build(home: Path) -> None:
        shutil.copytree(first_demo(tmp_path_factory)[0], home)
        furnish(home)

    if given := os.environ.get("SMALTI_TEST_DESK"):  # for who writes these tests: building takes minutes
        return Path(given)
    return once(tmp_path_factory, "desk", build)


@pytest.fixture(scope="module")
def at(chromium: Browser, built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service with its dashboard, for the tests of one file."""
    with desk(built, tmp_path_factory.mktemp("desk") / "home") as up:
        yield up


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else the one Playwright brought."""
    with sync_playwright() as play:
        names = ("chromium", "chromium-browser", "google-chrome")
        found = next((path for name in names if (path := shutil.which(name))), play.chromium.executable_path)
        if not Path(found).exists():
            pytest.skip("no Chromium: `apt-get install chromium` or `playwright install chromium`")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where screenshots are left."""
    given = os.environ.get("SMALTI_SHOTS")
    folder = Path(given) if given else tmp_path_factory.getbasetemp() / "shots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def sit(at: Desk, chromium: Browser, shots: Path) -> Iterator[Sit]:
    """Seats at the desk: `sit("ana")`, `sit(None)` (nobody signed in), `sit("vic", dark=True, width=800)`."""
    contexts = []

    def seated(name: str | None = "ana", *, dark: bool = False, width: int = 1440) -> Seat:
        context = chromium.new_context(
            viewport={"width": width, "height": 1000}, color_scheme="dark" if dark else "light"
        )
        contexts.append(context)
        wire = Wire()
        wire.listen(context)
        if name:
            context.add_cookies([{"name": "smalti", "value": at.session(name), "url": at.dashboard}])
        return Seat(context.new_page(), at, wire, shots)

    yield seated
    for context in contexts:
        context.close()
