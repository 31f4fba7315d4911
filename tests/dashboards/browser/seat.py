"""Somebody at a browser: what they open, click and see, and all that goes over the wire meanwhile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import BrowserContext, Error, Locator, Page, Request, Response, WebSocket, expect
from tests.dashboards.browser.served import Desk

PATIENCE_MS = 60_000


@dataclass
class Wire:
    """What one browser sent and got.

    Attributes:
        asked: addresses of all requests and sockets.
        got: what came, as text: answers by address, and frames of sockets. Without the front end's own
            files, which are the same for everybody.
        answered: addresses that were answered with something, also where it could not be read any more.
    """

    asked: list[str] = field(default_factory=list)
    got: list[tuple[str, str]] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    _answers: list[Response] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """Begin to listen to all pages of a browser."""
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("page", self._page)

    def hosts(self) -> set[str]:
        """Who was asked: host and port."""
        return {urlsplit(one).netloc for one in self.asked if not one.startswith(("data:", "blob:"))}

    def gather(self) -> None:
        """Read what came; before the browser leaves a page, since it forgets the answers with it."""
        answers, self._answers = self._answers, []
        for answer in answers:
            if not 200 <= answer.status < 300 or "/static/" in answer.url:
                continue
            self.answered.append(answer.url)
            try:
                self.got.append((answer.url, answer.body().decode("utf-8", "replace")))
            except Error:  # the page was left while it came; that it came stands in `answered`
                continue

    def said(self, words: str) -> list[str]:
        """Where these words came from, if they did."""
        self.gather()
        return [where for where, text in self.got if words in text]

    def forget(self) -> None:
        """Begin anew."""
        self.gather()
        self.asked.clear()
        self.got.clear()
        self.answered.clear()

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _response(self, response: Response) -> None:
        if response.request.resource_type != "media":  # comes in parts, for as long as somebody listens
            self._answers.append(response)

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)
        socket.on("framereceived", lambda data: self.got.append((socket.url, _text(data))))


@dataclass
class Seat:
    """One browser of somebody.

    Attributes:
        clicks: how many clicks it took until here.
        shots: folder that screenshots are left in.
    """

    page: Page
    desk: Desk
    wire: Wire
    shots: Path
    clicks: int = 0

    def open(self, view: str = "", **query: str) -> None:
        """Go to an address of the dashboard, as a link from a colleague does."""
        asked = f"?{urlencode(query)}" if query else ""
        self.wire.gather()
        self.page.goto(f"{self.desk.dashboard}/{view}{asked}")
        self.settled()

    def click(self, what: Locator) -> None:
        """Click something that can be seen, and wait for what follows."""
        self.clicks += 1
        what.first.click(timeout=PATIENCE_MS)
        self.settled()

    def settled(self) -> None:
        """Until the page stands: it has a heading, its script has ended and nothing waits to be redrawn."""
        self.page.wait_for_timeout(150)  # what a click sets going has begun by then
        if not self.page.url.startswith(self.desk.dashboard):  # the service's page, where people sign in
            self.wire.gather()
            return
        broke = self.page.get_by_text("This page broke")
        self.page.locator("h1").or_(broke).first.wait_for(timeout=PATIENCE_MS)
        expect(broke).to_have_count(0)
        self.page.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE_MS
        )
        expect(self.page.locator('[data-stale="true"]')).to_have_count(0, timeout=PATIENCE_MS)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        self.wire.gather()

    def headed(self, *words: str) -> None:
        """Until the page's only h1 holds these words."""
        for one in words:
            expect(self.page.locator("h1")).to_contain_text(re.compile(re.escape(one), re.IGNORECASE))

    def says(self, *texts: str) -> None:
        """Until the page shows these texts."""
        for text in texts:
            expect(self.page.get_by_test_id("stMain")).to_contain_text(text, timeout=PATIENCE_MS)

    def says_not_signed_in(self) -> None:
        """Until the browser is at the way in: the service's page, or the dashboard's link to it."""
        expect(self.page.get_by_text("Sign in").first).to_be_visible(timeout=PATIENCE_MS)

    def shot(self, name: str) -> None:
        """Leave a screenshot of the whole page."""
        size = self.page.viewport_size or {"width": 1440, "height": 1000}
        height = self.page.evaluate(
            "(document.querySelector('[data-testid=stMain]') ?? document.scrollingElement).scrollHeight"
        )
        self.page.set_viewport_size({"width": size["width"], "height": min(max(1000, height + 20), 6000)})
        self.page.wait_for_timeout(300)  # charts are drawn anew at the new size
        self.page.screenshot(path=str(self.shots / f"{name}.png"))
        self.page.set_viewport_size(size)


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("utf-8", "replace")
