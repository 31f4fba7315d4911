"""Reports over HTTP: listed, read with their tags, made in the background, scheduled."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from tests.service.api.conftest import AsRole

from smalti.platform.auth import Role
from smalti.platform.store import Batch
from smalti.service.reports import making
from smalti.service.reports.rendering import Rendered
from smalti.service.service import Service


@pytest.fixture
def report_id(service: Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """A report of an issuer without evidence."""
    monkeypatch.setattr(making, "rendered", lambda *_: Rendered(b"%PDF-1.7 x", b"<!DOCTYPE html>x"))
    batch = Batch()
    batch.add("issuers", {"issuer_id": "anvil", "name": "Anvil Corporation"})
    service.engine.store.commit(batch)
    return making.make(service.engine, making.issuer("anvil")).report_id


def done(client: TestClient, task: dict[str, Any]) -> dict[str, Any]:
    """A task once it is over."""
    for _ in range(200):
        found: dict[str, Any] = client.get(f"/v1/tasks/{task['task_id']}").json()
        if found["state"] in ("done", "failed"):
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_a_viewer_lists_and_reads_reports(report_id: str, with_key: AsRole) -> None:
    viewer = with_key(Role.VIEWER)
    page = viewer.get("/v1/reports", params={"issuer": "Anvil Corporation"}).json()
    assert [one["report_id"] for one in page["items"]] == [report_id]
    assert viewer.get(f"/v1/reports/{report_id}").json()["headline"].startswith("No score of Anvil")
    assert viewer.get(f"/v1/reports/{report_id}/json").json()["subject"] == "Anvil Corporation"


@pytest.mark.parametrize(
    ("form", "media"), [("pdf", "application/pdf"), ("html", "text/html; charset=utf-8")]
)
def test_a_file_is_saved_under_its_name_and_sent_once(
    report_id: str, admin: TestClient, form: str, media: str
) -> None:
    answer = admin.get(f"/v1/reports/{report_id}/{form}")
    assert answer.headers["content-type"] == media
    assert answer.headers["content-disposition"].endswith(f'-{report_id[:8]}.{form}"')
    again = admin.get(f"/v1/reports/{report_id}/{form}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_pages_are_pictures(report_id: str, service: Service, with_key: AsRole) -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 100))
    for text in ("one", "two"):
        canvas.drawString(20, 50, text)
        canvas.showPage()
    canvas.save()
    batch = Batch()
    found = service.engine.store.read("SELECT * FROM reports").row(0, named=True)
    made = found | {"report_id": "paged", "pdf_id": service.engine.objects.put(out.getvalue())}
    batch.add("reports", {name: value for name, value in made.items() if name != "recorded_at"})
    service.engine.store.commit(batch)
    viewer = with_key(Role.VIEWER)
    assert viewer.get("/v1/reports/paged/pages").json() == {"report_id": "paged", "pages": 2}
    first, second = (viewer.get(f"/v1/reports/paged/pages/{number}") for number in (0, 1))
    assert first.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(first.content)) as picture:
        assert picture.size == (400, 200)
    assert first.content != second.content
    assert viewer.get("/v1/reports/paged/pages/2").status_code == 404


def test_reports_of_later_are_left_out(report_id: str, with_key: AsRole) -> None:
    viewer = with_key(Role.VIEWER)
    as_of = viewer.get(f"/v1/reports/{report_id}").json()["as_of"]
    assert len(viewer.get("/v1/reports", params={"until": as_of}).json()["items"]) == 1
    assert viewer.get("/v1/reports", params={"until": "2001-01-01"}).json()["items"] == []


def test_html_is_answered_where_nothing_in_it_may_run(report_id: str, admin: TestClient) -> None:
    rule = admin.get(f"/v1/reports/{report_id}/html").headers["content-security-policy"]
    assert "default-src 'none'" in rule
    assert "sandbox" in rule
    assert "script-src" not in rule


def test_an_analyst_makes_a_report_and_makes_it_again(report_id: str, with_key: AsRole) -> None:
    analyst = with_key(Role.ANALYST)
    asked = {"kind": "issuer", "subject": "Anvil Corporation", "as_of": "2026-01-05", "since": "2026-01-01"}
    task = analyst.post("/v1/reports", json=asked)
    assert task.status_code == 202
    made = done(analyst, task.json())["result"]
    assert made["since"] == "2026-01-01T23:59:59.999999Z"
    again = analyst.post(f"/v1/reports/{made['report_id']}/reproduce").json()
    assert done(analyst, again)["result"]["verdict"] == "identical"


def test_a_viewer_makes_and_schedules_nothing(report_id: str, with_key: AsRole) -> None:
    viewer = with_key(Role.VIEWER)
    asked = {"kind": "issuer", "subject": "anvil"}
    assert viewer.post("/v1/reports", json=asked).status_code == 403
    daily = {"name": "d", "subject_kind": "issuer", "subject": "anvil", "cron": "0 7 * * *"}
    assert viewer.post("/v1/report-schedules", json=daily).status_code == 403
    assert viewer.get("/v1/report-schedules").json() == {"items": [], "next": None}


def test_a_schedule_is_added_listed_and_removed(report_id: str, with_key: AsRole) -> None:
    analyst = with_key(Role.ANALYST)
    daily = {"name": "Daily", "subject_kind": "issuer", "subject": "Anvil Corporation", "cron": "0 7 * * *"}
    added = analyst.post(
        "/v1/report-schedules", json={**daily, "zone": "Europe/Zurich", "formats": ["pdf", "html"]}
    )
    assert added.status_code == 201
    assert added.json()["subject"] == "anvil"
    (listed,) = analyst.get("/v1/report-schedules").json()["items"]
    assert listed["schedule_id"] == added.json()["schedule_id"]
    assert analyst.delete("/v1/report-schedules/daily").json()["name"] == "Daily"
    assert analyst.get("/v1/report-schedules").json()["items"] == []


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/reports/nothing", 404), ("/v1/reports/nothing/pdf", 404), ("/v1/reports/nothing/exe", 422)],
)
def test_what_is_not_there_is_told_in_the_one_shape(admin: TestClient, path: str, status: int) -> None:
    answer = admin.get(path)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "what", "subject", "mend"}


def test_a_schedule_that_cannot_be_is_refused(report_id: str, admin: TestClient) -> None:
    daily = {"name": "d", "subject_kind": "issuer", "subject": "anvil", "cron": "0 7 * * *"}
    for wrong in (
        {"zone": "Mars/Olympus"},
        {"cron": "* * * * *"},
        {"formats": ["json"]},
        {"cron": "@reboot"},
    ):
        answer = admin.post("/v1/report-schedules", json=daily | wrong)
        assert answer.status_code == 422, wrong
