"""What customers see, and that they are shown and asked for nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.dashboards.conftest import Open, Served, words
from tests.service.api.furnished import ANVIL, BRASS, _pdf

from smalti.client.transport import Transport
from smalti.dashboards.app import VIEWS
from smalti.dashboards.session import CUSTOMER
from smalti.platform.auth import Principal, Role
from smalti.service import publications
from smalti.service.publications import Published
from smalti.service.reports import making
from smalti.service.reports.rendering import Rendered

OTHERS = [
    view.name for views in VIEWS.values() for view in views if not (view.customers or view.role == CUSTOMER)
]


@pytest.fixture(scope="module")
def report_id(served: Served) -> str:
    """A published report of the second issuer, which is not published itself; the first one is."""
    engine, ann = served.service.engine, Principal("ann", Role.ANALYST, "key")
    patched = pytest.MonkeyPatch()
    patched.setattr(making, "rendered", lambda *_: Rendered(_pdf(), b"<!DOCTYPE html>x"))
    made = making.make(engine, making.issuer(BRASS)).report_id
    patched.undo()
    publications.publish(engine.store, ann, Published.ISSUER, ANVIL)
    publications.publish(engine.store, ann, Published.REPORT, made)
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that pages ask for."""
    paths: list[str] = []
    get = Transport.get

    def noted(self: Transport, path: Any, *rest: Any, **named: Any) -> Any:
        paths.append("/".join(path))
        return get(self, path, *rest, **named)

    monkeypatch.setattr(Transport, "get", noted)
    return paths


def test_a_customer_reads_scores_in_plain_words(look: Open, report_id: str, asked: list[str]) -> None:
    page = look("published", Role.CUSTOMER)
    assert not page.exception
    told = words(page).replace("\\", "")
    assert "Quartz Anvil Corporation" in told
    assert "not which way it goes" in told
    assert "Over 30 trading days: 50.0% a year" in told
    assert "as of 3 May 2024, 12:00 UTC" in told
    [pdf] = [one.proto.url for one in page.get("link_button")]
    assert pdf.endswith(f"/v1/published/reports/{report_id}/pdf")
    assert page.selectbox[0].options == ["Quartz Anvil Corporation"]
    assert {one.split("/")[0] for one in asked} == {"session", "published"}


def test_an_issuer_that_is_not_published_is_not_found_by_its_id(
    look: Open, report_id: str, asked: list[str]
) -> None:
    page = look("published", Role.CUSTOMER, issuer=BRASS)
    assert "Quartz Anvil Corporation" in words(page)
    assert f"published/issuers/{BRASS}/signals" not in asked


@pytest.mark.parametrize("view", OTHERS)
def test_no_other_view_shows_or_asks_anything(look: Open, view: str, asked: list[str]) -> None:
    page = look(view, Role.CUSTOMER, issuer=ANVIL, id="e1", alert="x", report="x")
    assert not page.exception
    assert set(asked) <= {
        "session",
        "published/issuers",
        "published/reports",
        f"published/issuers/{ANVIL}/signals",
    }
    if view != "overview":  # leads to what is published
        assert "takes the role *viewer*" in words(page)
        assert set(asked) == {"session"}
    assert not page.dataframe


def test_nothing_published_says_so(look: Open, served: Served) -> None:
    store = served.service.engine.store
    for one in store.read("SELECT kind, subject_id FROM publications").iter_rows():
        publications.withdraw(store, Published(one[0]), one[1])
    told = words(look("published", Role.CUSTOMER))
    assert "No issuer is published yet" in told
    assert "No report is published yet" in told
