"""What the address says is read with care, and kept along from page to page."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as texts
from streamlit.testing.v1 import AppTest
from tests.dashboards.conftest import Open

from smalti.dashboards import place
from smalti.dashboards.page import Page
from smalti.dashboards.views import model
from smalti.platform.auth import Role


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An address bar that is a dictionary."""
    held: dict[str, str] = {}
    monkeypatch.setattr(st, "query_params", held)
    monkeypatch.setattr(st, "session_state", {})
    return held


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2026-05-15T14:03:00Z", datetime(2026, 5, 15, 14, 3, tzinfo=UTC)),
        ("2026-05-15T14:03:00+02:00", datetime(2026, 5, 15, 12, 3, tzinfo=UTC)),
        ("2026-05-15 14:03", datetime(2026, 5, 15, 14, 3, tzinfo=UTC)),
        ("2026-05-15", datetime(2026, 5, 15, 23, 59, 59, 999999, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("<script>", None),
        ("1989-12-31", None),
        ("2200-01-01", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("9999-12-31T23:59:59-23:00", None),
    ],
)
def test_moments_are_read_in_utc_and_a_day_means_its_end(
    address: dict[str, str], told: str, meant: datetime | None
) -> None:
    address["as_of"] = told
    assert place.moment("as_of") == meant


@settings(max_examples=100, deadline=None)
@given(texts.text(max_size=40) | texts.datetimes().map(str) | texts.integers().map(str))
def test_no_address_breaks_the_reading_of_a_moment(told: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(st, "query_params", {"before": told})
        found = place.moment("before")
    assert found is None or found.tzinfo is not None


def test_a_moment_comes_back_as_it_went(address: dict[str, str]) -> None:
    moment = datetime(2026, 5, 15, 23, 59, 59, 999999, tzinfo=UTC)
    place.put(as_of=place.iso(moment))
    assert place.moment("as_of") == moment


def test_a_long_value_is_cut_and_an_empty_one_is_none(address: dict[str, str]) -> None:
    address.update(q="x" * 5_000, kind="")
    assert len(place.get("q") or "") == 300
    assert place.get("kind") is None


def test_what_is_carried_is_known_where_the_address_lacks_it(address: dict[str, str]) -> None:
    place.put(issuer="a1", as_of="2024-05-01", q="sales")
    address.clear()
    assert place.get("issuer") == "a1"
    assert place.get("q") is None
    assert place.carried() == {"issuer": "a1", "as_of": "2024-05-01"}
    place.put(issuer=None)
    assert place.get("issuer") is None


def _linked(page: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.query_string for one in page.get("page_link")}


def test_links_and_switches_take_the_moment_along(look: Open) -> None:
    page = look("search", Role.VIEWER, q="revenue", as_of="2024-05-08")
    linked = [query for query in _linked(page).values() if "id=" in query]
    assert linked
    assert all("as_of=2024-05-08" in query for query in linked)
    assert all("q=" not in query for query in linked)


def test_going_to_another_view_takes_its_address_and_what_is_carried(
    look: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent_on(page: Page) -> None:
        place.go("search", q="revenue", kind="fact", issuer=None)

    monkeypatch.setattr(model, "show", sent_on)
    page = look("model", issuer="QRTZ", as_of="2024-05-08")
    assert [one.value for one in page.title] == ["Search"]
    assert {name: page.query_params[name] for name in ("q", "kind", "as_of")} == {
        "q": "revenue",
        "kind": "fact",
        "as_of": "2024-05-08",
    }
    assert "issuer" not in page.query_params
