"""The widget in a real browser: on its own sites only, by keyboard, and what is answered stays text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from tests.service.api.furnished import furnish
from tests.service.running import running

from smalti.platform.settings import Settings
from smalti.service.chat.integrations import add_integration, read_integration
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

pytestmark = pytest.mark.slow

PATIENCE_MS = 30_000
HOSTILE = '<img src=x onerror="window.hurt=1"> <b>bold</b> [link](https://evil.example)'
POLICY = "default-src 'none'; script-src {service}; connect-src {service}; img-src data:"
"""What a careful site allows: the service's script, asking the service, and nothing else, no inline style."""


@dataclass
class Sites:
    """A service with a widget, and two sites that have its tag: one that may, one that may not."""

    service: Service
    address: str
    key: str
    own: str
    other: str


@contextmanager
def site() -> Iterator[tuple[str, dict[str, str]]]:
    """A site on loopback whose only page is told later: its address, and `tag` and `policy` to be set."""
    told: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (
                '<!doctype html><html lang="en"><head><title>A bank</title><link rel="icon" href="data:,">'
                f"</head><body><main><h1>A bank</h1></main>{told['tag']}</body></html>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", told["policy"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    settings = Settings(home=tmp_path_factory.mktemp("widget"), workers=1, ocr=False)
    with site() as (own, mine), site() as (other, theirs), open_engine(settings) as engine:
        furnish(engine)
        setup = {"kind": "widget", "origins": [own], "title": "Ask the bank", "contact": "call 555 0100"}
        made = read_integration({"name": "site", "setup": setup})
        key = add_integration(engine.store, settings, made, None, "ann").integration_id
        service = Service(engine, LocalGateway(engine), "local-key-of-the-tests")
        with running(service) as address:
            for one in (mine, theirs):
                one["tag"] = f'<script src="{address}/widget.js" data-key="{key}" async></script>'
                one["policy"] = POLICY.format(service=address)
            yield Sites(service, address, key, own, other)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.on("console", lambda told: said.append(told.text))
    said: list[str] = []
    page.said = said  # type: ignore[attr-defined]  # kept for the test
    yield page
    context.close()


def opened(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Ask the bank").click(timeout=PATIENCE_MS)


def ask(page: Page, text: str) -> None:
    page.get_by_label("Your question").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_have_attribute("aria-busy", "false", timeout=PATIENCE_MS)


def test_a_visitor_asks_by_keyboard_sees_sources_and_judges(page: Page, sites: Sites, shots: Path) -> None:
    opened(page, sites.own)
    expect(page.get_by_label("Your question")).to_be_focused()
    ask(page, "profit falls")
    log = page.get_by_role("log")
    expect(log).to_contain_text("profit falls")
    expect(page.get_by_label("Your question")).to_be_focused()  # to go on
    page.screenshot(path=str(shots / "widget.png"))
    marks = page.get_by_role("button", name="Source 1")
    if marks.count():
        marks.first.click()
        expect(page.get_by_role("listitem").first).to_be_focused()
    page.get_by_role("button", name="Helpful", exact=True).click()
    expect(log).to_contain_text("Thank you.", timeout=PATIENCE_MS)
    turns = sites.service.engine.store.read(
        "SELECT audience, thumb FROM turns JOIN turn_feedback USING (turn_id)"
    )
    assert turns.rows() == [("customer", "up")]
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Ask the bank")).to_be_focused()
    assert page.evaluate("document.cookie") == ""


def test_the_conversation_goes_on_after_the_page_is_loaded_again(page: Page, sites: Sites) -> None:
    opened(page, sites.own)
    ask(page, "profit falls today")
    page.reload()
    page.get_by_role("button", name="Ask the bank").click()
    ask(page, "and revenue today")
    rows = sites.service.engine.store.read(
        "SELECT count(DISTINCT conversation_id) AS talks FROM turns WHERE question LIKE '%today'"
    )
    assert rows["talks"][0] == 1


def test_a_page_of_another_site_gets_nothing(page: Page, sites: Sites) -> None:
    page.goto(sites.other)
    page.wait_for_timeout(1_500)
    assert page.get_by_role("button").count() == 0
    assert any("does not answer this page's site" in told for told in page.said)  # type: ignore[attr-defined]  # kept for the test


def test_a_person_can_be_asked_for(page: Page, sites: Sites) -> None:
    opened(page, sites.own)
    page.get_by_role("button", name="Speak to a person").click()
    expect(page.get_by_role("log")).to_contain_text("call 555 0100", timeout=PATIENCE_MS)
    expect(page.get_by_role("log")).to_contain_text("Your reference is")


def test_what_is_answered_stays_text(page: Page, sites: Sites, monkeypatch: pytest.MonkeyPatch) -> None:
    from smalti.service.api.routes import widget as routes
    from smalti.service.chat import said

    true_said, true_answered = said.said, routes.answered

    async def hostile(work: Any) -> Any:
        async for kind, data in true_answered(work):
            if kind == "sentence":
                yield kind, type(data)(HOSTILE, (1,))
            else:
                yield kind, data

    def hostile_rest(*given: Any) -> Any:
        rest = true_said(*given)
        source = said.SaidSource(1, HOSTILE, HOSTILE, "1 May 2024", HOSTILE, True, HOSTILE)
        computed = said.SaidComputation(HOSTILE, HOSTILE)
        return type(rest)(rest.turn, "unclear", [source], [computed], [HOSTILE], [HOSTILE], HOSTILE)

    monkeypatch.setattr(routes, "answered", hostile)
    monkeypatch.setattr(routes, "said", hostile_rest)
    opened(page, sites.own)
    ask(page, HOSTILE)
    page.get_by_text("Sources (1)").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text("<img src=x")
    assert log.locator("img, b, a, script, iframe").count() == 0
    assert page.evaluate("window.hurt") is None


def test_nobody_is_shut_out_of_it_in_both_themes_and_on_a_telephone(
    page: Page, sites: Sites, shots: Path
) -> None:
    opened(page, sites.own)
    ask(page, "profit falls")
    # axe comes as a script of the page's own, which this site's policy forbids.
    context = page.context.browser.new_context(bypass_csp=True)  # type: ignore[union-attr]  # a page has a browser
    bare = context.new_page()
    try:
        opened(bare, sites.own)
        ask(bare, "profit falls")
        for theme in ("light", "dark"):
            bare.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of two words
            found = Axe().run(bare).response["violations"]
            told = [(one["id"], one["impact"], one["nodes"][0]["html"][:120]) for one in found]
            assert [one for one in told if one[1] in {"serious", "critical"}] == []
        bare.set_viewport_size({"width": 360, "height": 640})
        box = bare.get_by_role("dialog").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 360)
        bare.screenshot(path=str(shots / "widget-dark-small.png"))
    finally:
        context.close()
