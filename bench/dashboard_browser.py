"""A headless Chromium that times pages of the dashboard from inside them, frame by frame."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

STANDS = """want => new Promise((done, fail) => {
  const until = performance.now() + want.patience;
  const text = one => (one ? one.textContent : '').trim();
  const shows = () => {
    const heading = document.querySelector('h1');
    if (!heading || !text(heading).toLowerCase().includes(want.heading)) return false;
    if (want.before && text(heading) === want.before) return false;
    if (want.whole) {
      const app = document.querySelector('[data-testid="stApp"]');
      if (app.dataset.testScriptState !== 'notRunning') return false;
      if (document.querySelector('[data-stale="true"]')) return false;
      if (document.querySelector('[data-testid="stSkeleton"]')) return false;
    }
    const inner = [...document.querySelectorAll('[data-testid="stBidiComponentIsolated"]')];
    const roots = [document, ...inner.map(one => one.shadowRoot).filter(Boolean)];
    return roots.flatMap(root => [...root.querySelectorAll(want.useful)]).some(one => {
      const box = one.getBoundingClientRect();
      return box.width > 40 && box.height > 10 && !one.closest('[data-stale="true"]');
    });
  };
  const look = () => {
    if (shows()) requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
    else if (performance.now() > until) fail(new Error('not shown in time: ' + document.body.innerText));
    else requestAnimationFrame(look);
  };
  look();
})"""
"""Resolves to the milliseconds since navigation began at which the page showed what it is opened for;
`whole`: and nothing more will come. Two frames later, since only then it is on the screen."""

_PATIENCE_MS = 300_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, else the one Playwright brought."""
    with sync_playwright() as play:
        names = ("chromium", "chromium-browser", "google-chrome")
        found = next((path for name in names if (path := shutil.which(name))), play.chromium.executable_path)
        if not Path(found).exists():
            raise SystemExit("no Chromium: `apt-get install chromium` or `playwright install chromium`")
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def signed_in(browser: Browser, dashboard: str, token: str) -> BrowserContext:
    """A browser with an empty cache and somebody's session."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_cookies([{"name": "smalti", "value": token, "url": dashboard}])
    return context


def opened(page: Page, address: str, heading: str, useful: str) -> tuple[float, float]:
    """Open an address; milliseconds until what it is opened for is shown, and until all is."""
    page.goto(address, wait_until="commit")
    first = _stands(page, heading, useful, whole=False)
    return first, _stands(page, heading, useful, whole=True)


def went(page: Page, title: str, useful: str) -> tuple[float, float]:
    """Go on by a link of the navigation; milliseconds from the click, as of `opened`."""
    before = (page.locator("h1").first.text_content() or "").strip()
    began = page.evaluate(
        """title => { const links = [...document.querySelectorAll('[data-testid="stSidebar"] a')];
        const link = links.find(one => one.textContent.trim().endsWith(title)); const now = performance.now();
        link.click(); return now; }""",
        title,
    )
    first = _stands(page, "", useful, whole=False, before=before)
    return first - began, _stands(page, "", useful, whole=True, before=before) - began


def _stands(page: Page, heading: str, useful: str, *, whole: bool, before: str = "") -> float:
    want: dict[str, Any] = {
        "before": before,
        "heading": heading.lower(), "useful": useful, "whole": whole, "patience": _PATIENCE_MS,
    }  # fmt: skip
    shown: float = page.evaluate(STANDS, want)
    return shown
