"""A real file is handed in, read by a real service, found again after a reload, scored, and called off."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from reportlab.pdfgen.canvas import Canvas
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.running import running

from smalti.platform.auth import hashing
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

ANVIL = "a" * 32
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that knows one issuer and nothing of it."""
    patched = pytest.MonkeyPatch()
    patched.setattr(hashing, "_ARGON2", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    settings = Settings(home=tmp_path_factory.mktemp("home"), workers=1, ocr=False, api_rate=10_000)
    with open_engine(settings) as engine:
        batch = Batch()
        batch.add("issuers", {"issuer_id": ANVIL, "name": "Quartz Anvil Corporation"})
        engine.store.commit(batch)
        service = Service(engine, LocalGateway(engine), "local-key-of-the-tests")
        with running(service) as address:
            yield Served(service, address)
    patched.undo()


def pdf(text: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 750, text)
    canvas.save()
    return out.getvalue()


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def address(page: AppTest, name: str) -> str:
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def ended(served: Served, task: str) -> None:
    for _ in range(1_200):
        if served.service.tasks.find(task).is_over:
            return
        time.sleep(0.05)
    raise AssertionError("it did not end")


def hand_in(look: Open, *files: tuple[str, bytes, str]) -> str:
    """The task that begins."""
    page = look("sources", tab="upload")
    page.get("file_uploader")[0].set_value(list(files))
    fields = {one.label: one for one in page.selectbox}
    fields["Issuer"].set_value(ANVIL)
    fields["Kind"].set_value("news")
    press(page, "Hand in")
    assert not page.exception
    return address(page, "task")


def rows(page: AppTest, **wanted: object) -> list[dict[str, object]]:
    every = [row for grid in page.dataframe for row in grid.value.to_dict("records")]
    return [row for row in every if wanted.items() <= row.items()]


def test_a_pdf_is_handed_in_and_seen_scored(look: Open, served: Served) -> None:
    good = "Quartz Anvil profit fell sharply and the outlook was withdrawn."
    task = hand_in(
        look, ("outlook.pdf", pdf(good), "application/pdf"), ("cut.pdf", b"%PDF-1.4 cut", "application/pdf")
    )
    ended(served, task)
    page = look("sources", tab="upload", task=task)  # as after a reload: nothing but the address
    assert not page.exception
    assert "**cut.pdf** was set aside (Malformed)" in words(page).replace("\\", "")
    assert rows(page, file="outlook.pdf", outcome="read", issuer="Quartz Anvil Corporation (1.00)")
    assert rows(page, file="cut.pdf", outcome="set aside")
    press(page, "Score Quartz Anvil Corporation now")
    assert not page.exception
    scored = address(page, "scored")
    ended(served, scored)
    asked = {name: address(page, name) for name in ("task", "scored", "of", "at")}
    page = look("sources", tab="upload", **asked)
    assert not page.exception
    (sentiment,) = rows(page, signal="Sentiment")
    assert sentiment["before"] == "not scored"
    assert str(sentiment["now"]).startswith("−")
    (risk,) = rows(page, signal="Risk, 30 days")
    assert (risk["now"], risk["moved"]) == ("withheld", "–")


def test_what_is_known_byte_for_byte_is_told_as_known(look: Open, served: Served) -> None:
    told = ("same.pdf", pdf("Quartz Anvil said the same again."), "application/pdf")
    ended(served, hand_in(look, told))
    task = hand_in(look, told)
    ended(served, task)
    page = look("sources", tab="upload", task=task)
    assert "1 of the files was known already" in words(page)


def test_an_upload_that_is_called_off_is_not_taken_up_again(look: Open, served: Served) -> None:
    tasks = served.service.tasks
    spool = served.service.engine.settings.spool / "uploads"
    held = [
        tasks.start("wait", "x", lambda told: time.sleep(2), clock=served.service.engine.store.now,
                    live=served.service.live)
        for _ in range(2)
    ]  # fmt: skip
    task = hand_in(look, ("late.txt", b"Quartz Anvil is late.", "text/plain"))
    page = look("sources", tab="upload", task=task)
    assert any(spool.iterdir())
    press(page, "Call it off")
    page = look("sources", tab="upload", task=task)
    assert "was called off" in words(page)
    assert not any(spool.iterdir())
    for one in held:
        ended(served, one.task_id)
