"""The reports page in each of its states: history, one report, a new one, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import BRASS, _pdf

from smalti.dashboards.views.reports_cron import cron, in_words
from smalti.platform.auth import Role
from smalti.service.reports import making, stored
from smalti.service.reports.rendering import Rendered
from smalti.service.reports.views import Schedule, SubjectKind


@pytest.fixture(scope="module")
def report_id(served: Served) -> Iterator[str]:
    """A report of an issuer without documents, its bytes made up: setting one takes seconds."""
    patched = pytest.MonkeyPatch()
    patched.setattr(making, "rendered", lambda *_: Rendered(_pdf(), b"<!DOCTYPE html>x"))
    yield making.make(served.service.engine, making.issuer(BRASS)).report_id
    patched.undo()


def pressed(page: AppTest, label: str) -> AppTest:
    [button] = [one for one in page.button if one.label == label]
    assert not button.disabled
    return button.click().run()


def test_the_history_says_what_was_made(look: Open, report_id: str) -> None:
    page = look("reports", Role.VIEWER)
    assert not page.exception
    assert any("Brass Heron plc" in one.label for one in page.button)
    assert "on demand" in words(page)
    assert "Making a report takes the role *analyst*" in words(page)
    assert "No report like that" in words(look("reports", as_of="2001-01-01"))


def test_a_report_is_looked_at_page_by_page(look: Open, report_id: str, served: Served) -> None:
    page = look("reports", Role.VIEWER, report=report_id)
    assert not page.exception
    [picture] = page.image
    at = f"/v1/reports/{report_id}/pages/"
    assert picture.proto.imgs[0].url.endswith(f"{at}0")
    assert "Page 1 of 2" in words(page)
    pressed(page, "Next page")
    assert page.image[0].proto.imgs[0].url.endswith(f"{at}1")
    files = [one.proto.url for one in page.get("link_button")]
    assert [one.rpartition("/")[2] for one in files] == ["pdf", "html"]
    acts = [one for one in page.button if one.label.startswith(("Publish", "Make it"))]
    assert len(acts) == 3
    assert all(one.disabled for one in acts)


def test_a_report_made_again_is_compared(look: Open, report_id: str) -> None:
    page = look("reports", report=report_id)
    pressed(page, "Make it again")
    assert "Identical to the byte" in words(page)


def test_a_report_is_published_and_withdrawn(look: Open, report_id: str) -> None:
    page = look("reports", report=report_id)
    pressed(page, "Publish this report")
    assert "customers see it now" in words(page)
    assert "published by analyst" in words(page)
    pressed(page, "Withdraw this report")
    assert "customers see it no more" in words(page)


def test_a_report_is_made_now(look: Open, report_id: str, served: Served) -> None:
    page = look("reports", issuer=BRASS)
    pressed(page, "Make the report")
    assert not page.exception
    made = page.query_params["report"]
    found = stored.find(served.service.engine.store, made if isinstance(made, str) else made[0])
    assert found.subject_id == BRASS


def test_what_is_refused_stays_typed(look: Open, report_id: str) -> None:
    page = look("reports", tab="schedules", issuer=BRASS)
    page.text_input(key="schedule-name").set_value("Board")
    page.selectbox(key="schedule-every").set_value("own").run()
    page.text_input(key="schedule-cron").set_value("* * * * *")
    page.run()
    pressed(page, "Add the schedule")
    assert "once an hour" in words(page)
    assert page.text_input(key="schedule-cron").value == "* * * * *"
    assert page.text_input(key="schedule-name").value == "Board"


def test_a_schedule_is_made_told_in_words_and_removed(look: Open) -> None:
    page = look("reports", tab="schedules", issuer=BRASS)
    page.text_input(key="schedule-name").set_value("Mondays")
    page.selectbox(key="schedule-every").set_value("week").run()
    page.selectbox(key="schedule-zone").set_value("Europe/Zurich").run()
    pressed(page, "Add the schedule")
    told = words(page).replace("\\", "")
    assert "**Mondays** · Brass Heron plc" in told
    assert "Every Monday at 07:00, clock of Europe/Zurich" in told
    assert "Next due" in told
    pressed(page, "Remove")
    assert "is removed" in words(page)


def test_a_viewer_reads_schedules(look: Open, served: Served) -> None:
    wanted = Schedule("Daily", SubjectKind.ISSUER, BRASS, "0 7 * * *")
    served.service.gateway.reports.schedule(wanted)
    page = look("reports", Role.VIEWER, tab="schedules")
    assert [one.disabled for one in page.button if one.label == "Remove"] == [True]
    assert "Making and removing schedules takes the role *analyst*" in words(page)


@pytest.mark.parametrize(
    ("every", "fields", "told"),
    [
        ("day", "30 6 * * *", "every day at 06:30"),
        ("working day", "30 6 * * 1-5", "Monday to Friday at 06:30"),
        ("week", "30 6 * * 0", "every Sunday at 06:30"),
        ("month", "30 6 15 * *", "on day 15 of every month at 06:30"),
    ],
)
def test_schedules_are_told_as_they_are_made(every: str, fields: str, told: str) -> None:
    assert cron(every, time(6, 30), weekday=0, day=15) == fields
    assert in_words(fields) == told


def test_what_no_sentence_says_is_shown_as_it_is() -> None:
    for fields in ("*/5 7 * * *", "0 7 1 * 1", "0 7 * * mon", "nonsense"):
        assert in_words(fields) == f"by the expression {fields}"
