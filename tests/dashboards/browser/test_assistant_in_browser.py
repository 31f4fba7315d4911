"""The assistant's page in a real browser: asked, streamed, followed to the evidence, judged, with a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reportlab.pdfgen.canvas import Canvas
from tests.dashboards.browser.barriers import barriers
from tests.dashboards.browser.conftest import Sit
from tests.dashboards.browser.seat import PATIENCE_MS, Seat
from tests.dashboards.browser.served import Desk

pytestmark = pytest.mark.slow

QUESTION = "What does Marble Heron say about its material weakness?"
KEYS = Path(__file__).with_name("keys.js").read_text(encoding="utf-8")


def ask(seat: Seat, text: str, answers: int) -> None:
    """Ask, and wait until so many answers stand on the page."""
    field = seat.page.get_by_test_id("stChatInputTextArea")
    field.fill(text)
    for _ in range(40):  # while a file is under way, nothing is sent
        field.press("Enter")
        seat.page.wait_for_timeout(250)
        if not field.input_value():
            break
    seat.clicks += 1
    expect(seat.page.locator(".answer")).to_have_count(answers, timeout=PATIENCE_MS)
    seat.settled()


def test_a_question_is_answered_followed_to_its_evidence_and_judged(sit: Sit, at: Desk) -> None:
    seat = sit("ana")
    seat.open("assistant")
    ask(seat, QUESTION, 1)
    seat.shot("assistant-answer")
    assert "q=What" in seat.page.url
    mark = seat.page.locator(".answer a.mark").first
    mark.focus()
    seat.page.keyboard.press("Enter")  # the keyboard does what the mouse does
    seat.clicks += 1
    seat.page.wait_for_url(re.compile("/evidence"), timeout=PATIENCE_MS)
    seat.settled()
    seat.headed("Evidence")
    seat.says("Marble Heron")
    assert seat.clicks == 2
    seat.page.go_back()
    seat.settled()
    expect(seat.page.locator(".answer")).to_have_count(1, timeout=PATIENCE_MS)
    ask(seat, "And what contradicts what there?", 2)
    seat.click(seat.page.get_by_role("button", name="Wrong").last)
    expect(seat.page.get_by_text("Kept: wrong")).to_be_visible(timeout=PATIENCE_MS)
    seat.click(seat.page.get_by_role("button", name="Correct it").last)
    seat.page.get_by_label("What would have been right").fill("Item 9A says more.")
    seat.click(seat.page.get_by_role("button", name="Send", exact=True))
    expect(seat.page.get_by_text("Your correction is kept")).to_be_visible(timeout=PATIENCE_MS)
    asks = at.client("ana")
    talk = asks.conversation(next(asks.conversations())["conversation_id"])
    assert talk["turns"][0]["question"] == QUESTION
    assert [said["correction"] for said in talk["turns"][1]["feedback"]] == ["Item 9A says more."]


def test_a_file_is_read_first_and_then_asked_about(sit: Sit, at: Desk, tmp_path: Path) -> None:
    file = tmp_path / "note.pdf"
    canvas = Canvas(str(file), invariant=1)
    for i, line in enumerate(
        (
            "QUIET PELICAN HOLDINGS",
            "SYNTHETIC: fictional issuer",
            "The northern pier of the harbour was painted turquoise in April.",
        )
    ):
        canvas.drawString(72, 740 - 16 * i, line)
    canvas.save()
    seat = sit("ana")
    seat.open("assistant")
    seat.page.get_by_test_id("stChatInput").locator("input[type=file]").set_input_files(file)
    expect(seat.page.get_by_text("note.pdf")).to_be_visible(timeout=PATIENCE_MS)
    ask(seat, "What colour was the northern pier of the harbour painted?", 1)
    expect(seat.page.get_by_text("1 file handed in")).to_be_visible(timeout=PATIENCE_MS)
    seat.shot("assistant-file")
    asks = at.client("ana")
    [turn] = asks.conversation(next(asks.conversations())["conversation_id"])["turns"]
    [document] = turn["attached"]
    texts = [one["text"] for one in asks.each("documents", document, "evidence")]
    assert any("turquoise" in text for text in texts)


def test_nobody_is_shut_out_of_an_answer(sit: Sit) -> None:
    seat = sit("vic")
    seat.open("assistant", q=QUESTION)
    expect(seat.page.locator(".answer")).to_have_count(1, timeout=PATIENCE_MS)
    seat.settled()
    seat.click(seat.page.get_by_text(re.compile(r"^Sources")))
    found = []
    for theme in ("light", "dark"):
        seat.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]  # one of two words
        seat.settled()
        found += [f"{theme}: {one}" for one in barriers(seat.page)]
    seat.shot("assistant-dark")
    seat.page.set_viewport_size({"width": 800, "height": 1000})
    seat.page.wait_for_timeout(300)
    assert seat.page.evaluate(f"{KEYS}; beyond()") <= 1
    assert found == []


def test_a_customer_finds_it_in_their_menu_and_is_answered_as_one(sit: Sit, at: Desk) -> None:
    seat = sit("cus")
    seat.open("published")
    seat.click(seat.page.get_by_role("link", name="Assistant"))
    seat.headed("Assistant")
    ask(seat, "What is a complaint?", 1)
    assert seat.page.locator(".answer a").count() == 0
    asks = at.client("cus")
    talk = asks.conversation(next(asks.conversations())["conversation_id"])
    assert {turn["audience"] for turn in talk["turns"]} == {"customer"}
