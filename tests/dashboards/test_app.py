"""What holds for every page."""

from __future__ import annotations

import pytest
from tests.dashboards.conftest import Open, Served, words

from smalti.dashboards.app import VIEWS
from smalti.platform.auth import Role

ALL = [view.name for views in VIEWS.values() for view in views]


@pytest.mark.parametrize("view", ["overview", "issuer", "published"])
def test_nobody_sees_nothing_but_the_way_in(look: Open, view: str) -> None:
    page = look(view, role=None)
    assert not page.exception
    assert "You are not signed in" in words(page)
    assert not page.dataframe
    assert not page.sidebar.children


@pytest.mark.parametrize("view", [name for name in ALL if name != "published"])
def test_every_page_opens_without_anything_chosen(look: Open, view: str) -> None:
    page = look(view, Role.VIEWER)
    assert not page.exception
    assert page.title


def test_a_session_that_ended_leads_back_to_the_sign_in_page(look: Open, served: Served) -> None:
    page = look("issuer", Role.VIEWER, issuer="QRTZ")
    assert "viewer" in words(page)
    served.service.gateway.access.sessions.end_all("viewer")
    page.run()
    served.tokens.pop(Role.VIEWER)
    assert not page.exception
    assert "You are not signed in" in words(page)


def test_the_moment_of_the_address_is_the_moment_shown(look: Open) -> None:
    page = look(as_of="2024-05-01")
    assert str(page.datetime_input[0].value) == "2024-05-01 23:59:00"


def test_a_customer_is_told_what_a_page_takes_and_nothing_else_is_asked(look: Open) -> None:
    page = look("issuer", Role.CUSTOMER, issuer="QRTZ")
    assert not page.exception
    assert "takes the role *viewer*" in words(page)
    assert "QRTZ" not in words(page)
    assert not page.datetime_input


def test_a_customer_begins_at_what_is_published(look: Open) -> None:
    page = look("", Role.CUSTOMER)
    assert not page.exception
    assert "takes the role" not in words(page)
