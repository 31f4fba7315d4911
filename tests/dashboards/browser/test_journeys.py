"""What analysts come for, done in a real browser over the demo world, with their clicks counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reportlab.pdfgen.canvas import Canvas
from tests.dashboards.browser.conftest import Sit
from tests.dashboards.browser.places import HERON
from tests.dashboards.browser.seat import PATIENCE_MS, Seat
from tests.dashboards.browser.served import Desk

pytestmark = pytest.mark.slow

FRAUD_RULE = {
    "name": "fraud is likely",
    "condition": {"when": "level", "signal": "fraud", "above": 0.005},
    "severity": "high",
}


@pytest.fixture(scope="module", autouse=True)
def rule(at: Desk) -> Iterator[str]:
    """A rule that is on, so that there are alerts by the time somebody judges one."""
    client = at.client("ana")
    made = client.add_rule(FRAUD_RULE)["rule_id"]
    client.backtest(made)
    client.switch_rule(made, on=True)
    yield made


def test_why_did_fraud_rise_at_marble_heron(sit: Sit) -> None:
    seat = sit("ana")
    seat.open()
    seat.headed("Overview")
    seat.shot("why-1-overview")
    seat.click(seat.page.get_by_role("link", name=re.compile(f"{HERON}.*raud")))
    seat.headed(HERON)
    seat.says(
        "Fraud probability: 0.97%", "Sum check", "The chart", "shows Net sales of $412.0 million for 2025"
    )
    seat.shot("why-2-waterfall")
    finding = seat.page.get_by_test_id("stVerticalBlock").filter(has_text="shows Net sales of $412.0 million")
    seat.click(finding.last.get_by_role("link", name=re.compile("Against it.*371,412,000")))
    seat.headed("Evidence")
    seat.says("p. 4")
    boxed(seat)
    seat.shot("why-3-page-with-box")
    seat.click(seat.page.get_by_role("link", name=re.compile("412")))
    seat.says("Chart of a filing", "389.6", "398.2", "412")
    boxed(seat)
    seat.shot("why-4-chart-values")
    assert seat.clicks <= 4


def test_a_step_of_the_waterfall_leads_to_the_page_it_was_read_from(sit: Sit) -> None:
    seat = sit("ana")
    seat.open()
    seat.click(seat.page.get_by_role("link", name=re.compile(f"{HERON}.*raud")))
    seat.click(seat.page.locator(".st-key-drivers svg .mark-rect path[aria-label*='property and equipment']"))
    seat.headed("Evidence")
    seat.says("123,737,000", "p. 7")
    boxed(seat)
    assert seat.clicks == 2


def boxed(seat: Seat) -> None:
    """The picture of a page is there, with a box on it that lies within."""
    picture = seat.page.get_by_role("img", name=re.compile("[Pp]age")).last
    expect(picture).to_be_visible(timeout=PATIENCE_MS)
    assert picture.evaluate("one => one.naturalWidth || one.width?.baseVal?.value || 1") > 0


def test_listen_to_what_the_cfo_said(sit: Sit, at: Desk) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer=HERON)
    seat.click(seat.page.get_by_role("link", name=re.compile("Gross margin expanded")))
    lit = seat.page.locator("button.sentence[aria-current=true]")
    expect(lit).to_contain_text("Gross margin expanded to 41", timeout=PATIENCE_MS)
    seat.shot("listen")
    seat.click(seat.page.get_by_role("button", name="Play", exact=True))
    time = seat.page.locator("[data-time]")
    expect(time).not_to_have_text(re.compile("00:41 /"), timeout=PATIENCE_MS)  # it plays on from there
    expect(lit).not_to_contain_text("Gross margin", timeout=PATIENCE_MS)  # and the transcript runs along
    assert "00:42" <= time.inner_text()[:5] <= "01:48"
    assert seat.clicks == 2


def test_replay_last_month(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("issuer", issuer=HERON)
    for _ in range(7):
        seat.page.get_by_role("slider").first.focus()
        seat.page.keyboard.press("ArrowLeft")
        seat.page.wait_for_timeout(500)  # the slider waits for more presses before it tells
        seat.settled()
    assert "as_of=2026-04-2" in seat.page.url
    seat.says("Come since, and not shown")
    seat.click(seat.page.get_by_role("button", name=re.compile("Make this score of 24 Apr 2026.* again")))
    seat.says("Identical")
    seat.shot("replay")


def test_backtest_a_rule_and_switch_it_on(sit: Sit) -> None:
    seat = sit("ana")
    seat.open("alerts", rule="new")
    page = seat.page
    page.get_by_label("Name", exact=True).fill("call and report disagree")
    choose(seat, "Score", "Contradiction index")
    page.get_by_label(re.compile("^Level")).fill("0.5")
    page.keyboard.press("Tab")
    seat.settled()
    seat.click(page.get_by_role("button", name="Keep as a draft"))
    seat.says("The rule is kept as a draft")
    seat.click(page.get_by_role("button", name="Try it"))
    seat.says("Alerts a week")
    expect(page.get_by_role("button", name="Switch on")).to_be_enabled(timeout=PATIENCE_MS)
    seat.shot("backtest")
    seat.click(page.get_by_role("button", name="Switch on"))
    seat.says("It is on")
    assert seat.clicks <= 5


def test_upload_a_pdf_and_see_it_scored(sit: Sit, tmp_path: Path) -> None:
    file = tmp_path / "heron.pdf"
    canvas = Canvas(str(file), invariant=1)
    for i, line in enumerate(
        (
            "MARBLE HERON INSTRUMENTS CORPORATION",
            "SYNTHETIC: fictional issuer",
            "FORM 10-Q",
            "For the quarterly period ended March 31, 2026",
            "Item 4. Controls and Procedures",
            "The material weakness in internal control over financial reporting has not been remediated.",
        )
    ):
        canvas.drawString(72, 740 - 16 * i, line)
    canvas.showPage()
    canvas.save()
    seat = sit("ana")
    seat.open("sources", tab="upload")
    seat.page.locator("input[type=file]").set_input_files(file)
    expect(seat.page.get_by_text("heron.pdf")).to_be_visible(timeout=PATIENCE_MS)
    choose(seat, "Kind", "Filing")
    choose(seat, "Issuer", "Marble Heron Instruments Corporation")
    seat.page.get_by_role("spinbutton", name="year, Published (UTC)").click()
    seat.page.keyboard.type("202605141200")
    seat.click(seat.page.get_by_role("button", name="Hand in", exact=True))
    seat.says("What became of it", "Score Marble Heron")
    seat.click(seat.page.get_by_role("button", name=re.compile("Score Marble Heron")))
    seat.says("Marble Heron Instruments Corporation as of")
    grid = seat.page.get_by_test_id("stDataFrame").last.locator("[role=grid]")
    expect(grid).to_contain_text("Fraud probability", timeout=PATIENCE_MS)
    expect(grid).to_contain_text("0.97%")
    seat.shot("upload")


def test_verdict_wrong(sit: Sit, at: Desk, rule: str) -> None:
    analyst = at.client("ana")
    seat = sit("ana")
    for _ in range(120):  # rules are looked at once a minute
        if raised := next(iter(analyst.each("alerts", rule=rule)), None):
            break
        seat.page.wait_for_timeout(1_000)
    assert raised
    seat.open("alerts", alert=raised["alert_id"])  # as the notice of an alert links to it
    seat.headed("Alerts")
    seat.says("What stands behind it")
    seat.click(seat.page.get_by_text("Wrong", exact=True))
    seat.page.get_by_label("Reason").fill("The figures were restated in the open.")
    seat.click(seat.page.get_by_role("button", name="Record verdict"))
    seat.says("Recorded: wrong", "The figures were restated in the open.")
    seat.shot("verdict")
    assert seat.clicks <= 3


def choose(seat: Seat, label: str, wanted: str) -> None:
    """Choose in a list by typing."""
    box = seat.page.get_by_role("combobox", name=re.compile(f"{re.escape(label)}$|^.*{re.escape(label)}"))
    box.first.click()
    seat.page.keyboard.type(wanted)
    seat.page.get_by_role("option", name=re.compile(re.escape(wanted), re.IGNORECASE)).first.click()
    seat.clicks += 2
    seat.settled()
