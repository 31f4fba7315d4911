"""Sources and runs: every state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open, Served, words

from smalti.client.tasks import Task
from smalti.client.work import Work
from smalti.ingest.feeds.source import Source
from smalti.platform.auth import Role
from smalti.platform.errors import TooLarge
from smalti.platform.store import Batch
from smalti.service import sources


@pytest.fixture
def wire(served: Served) -> Iterator[None]:
    """A source that was pulled well an hour ago and should be pulled each minute; its last pull failed."""
    store = served.service.engine.store
    sources.add(store, Source("wire", "news", "https://wire.example/feed?token=topsecret", "every 1m", {}))
    batch, now = Batch(), store.now()
    for run, state, error, ago in (("w1", "done", None, 60), ("w2", "failed", "Unreachable: no answer", 2)):
        moment = now - timedelta(minutes=ago)
        batch.add(
            "runs",
            {"run_id": run, "stage": "pull", "subject": "wire", "state": state, "error": error}
            | {"started_at": moment, "finished_at": moment, "counts": '{"fetched": 2}'},
        )
    store.commit(batch)
    yield
    sources.remove(store, "wire")


def rows(page: AppTest, **wanted: object) -> list[dict[str, object]]:
    """Rows of all grids in which these cells stand."""
    every = [row for grid in page.dataframe for row in grid.value.to_dict("records")]
    return [row for row in every if wanted.items() <= row.items()]


def address(page: AppTest, name: str) -> str:
    """A value of the page's address."""
    value = page.query_params[name]
    return value if isinstance(value, str) else value[0]


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


@pytest.mark.usefixtures("wire")
def test_health_says_what_can_be_used_and_what_is_overdue(look: Open) -> None:
    page = look("sources", Role.VIEWER)
    assert not page.exception
    labels = {one.label: one.value for one in page.metric}
    assert labels["Set aside"] == "1"
    assert {"Free disk", "Workers busy", "Store"} <= set(labels)
    assert "Nothing runs at this moment" in words(page)
    assert "are overdue: wire" in words(page)
    assert rows(page, name="wire", state="overdue", age="60 min ago") or rows(
        page, name="wire", age="1 h ago"
    )


@pytest.mark.usefixtures("wire")
def test_a_viewer_sees_a_source_and_what_changing_it_takes(look: Open) -> None:
    page = look("sources", Role.VIEWER, source="wire")
    assert not page.exception
    told = words(page).replace("\\", "")
    assert "topsecret" not in told
    assert "every minute" in told
    assert "The last pull failed: Unreachable: no answer" in told
    assert "takes the role *analyst*" in told
    assert not {"Pull now", "Pause", "Test"} & {one.label for one in page.button}


@pytest.mark.usefixtures("wire")
def test_an_admin_adds_pauses_and_removes_a_source(look: Open, served: Served) -> None:
    page = look("sources", Role.ADMIN, tab="sources")
    assert rows(page, name="wire", schedule="every minute", state="failed")
    fields = {one.label: one for one in page.text_input}
    fields["Name"].set_value("feed two")
    fields["Address"].set_value("https://two.example/feed")
    fields["Schedule"].set_value("every so often")
    press(page, "Add it")
    assert "no schedule" in words(page).lower()
    {one.label: one for one in page.text_input}["Schedule"].set_value("30 6 * * 1-5")
    press(page, "Add it")
    assert address(page, "source") == "feed two"
    assert "Monday to Friday at 06:30 UTC" in words(page).replace("\\", "")
    press(page, "Pause")
    assert sources.find(served.service.engine.store, "feed two").paused
    press(page, "Yes, remove it")
    assert "feed two" not in [one.name for one in sources.all_sources(served.service.engine.store)]
    assert not page.exception


def test_the_ledger_is_narrowed_and_a_run_tells_what_became_of_its_files(look: Open) -> None:
    page = look("sources", Role.VIEWER, tab="runs")
    assert rows(page, stage="pull", subject="files", state="done", counts="3 parsed")
    (stage,) = [one for one in page.selectbox if one.label == "Stage"]
    stage.set_value("backup").run()
    assert "No run is like that" in words(page)
    page = look("sources", Role.VIEWER, run="r1")
    assert rows(page, file="report.pdf", outcome="read", issuer="Quartz Anvil Corporation (1.00)")
    assert not page.exception
    page = look("sources", Role.VIEWER, run="no-such-run")
    assert "no run has this id" in words(page).lower()


def test_what_was_set_aside_says_why_and_only_analysts_read_it_again(look: Open) -> None:
    page = look("sources", Role.VIEWER, tab="aside")
    assert rows(page, file="bad.pdf", code="Malformed", mend="fetch it again", attempts=1)
    (again,) = [one for one in page.button if one.label.startswith("Read all")]
    assert again.disabled
    page = look("sources", Role.VIEWER, quarantine="q1")
    assert "What to do**: fetch it again" in words(page)
    page = look("sources", quarantine="nothing")
    assert "no such quarantine entry" in words(page).lower()


def test_reading_again_all_of_a_reason_is_asked_for_by_its_name(
    look: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def retry(self: Work, entry: str | None = None, code: str | None = None) -> Task:
        seen.append((entry, code))
        return Task(self._transport, {"task_id": "gone", "name": "retry"})

    monkeypatch.setattr(Work, "retry", retry)
    page = look("sources", tab="aside")
    (reason,) = [one for one in page.selectbox if one.label == "Reason"]
    reason.set_value("Malformed").run()
    press(page, "Read the 1 Malformed again")
    assert seen == [(None, "Malformed")]
    assert "knows nothing of this task any more" in words(page)


def test_a_viewer_may_not_hand_in_and_is_told_so(look: Open) -> None:
    page = look("sources", Role.VIEWER, tab="upload")
    assert "Handing in files takes the role *analyst*" in words(page)
    assert not page.get("file_uploader")


def test_nothing_chosen_and_too_large_are_told_beside_the_form(
    look: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = press(look("sources", tab="upload"), "Hand in")
    assert "No file is chosen" in words(page)

    page.get("file_uploader")[0].set_value([("a.txt", b"Profit falls.", "text/plain")])
    with monkeypatch.context() as typed:
        typed.setattr("smalti.dashboards.parts.whom.one_issuer", lambda *_, **__: "Nobody At All")
        press(page, "Hand in")
    assert "Nobody At All" in words(page)
    assert "tick the box" in words(page)
    assert "task" not in page.query_params

    def refuse(*_: object, **__: object) -> Task:
        raise TooLarge("the upload is over 200,000,000 bytes", mend="send fewer files at once")

    monkeypatch.setattr(Work, "upload", refuse)
    page.get("file_uploader")[0].set_value([("a.txt", b"Profit falls.", "text/plain")])
    press(page, "Hand in")
    assert "Send fewer files at once" in words(page)
    assert "task" not in page.query_params
