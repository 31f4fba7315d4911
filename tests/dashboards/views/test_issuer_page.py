"""The issuer page in each of its states."""

from __future__ import annotations

from tests.dashboards.conftest import Open, words

from smalti.platform.auth import Role


def test_without_an_issuer_one_is_found(look: Open) -> None:
    page = look("issuer", Role.VIEWER)
    assert not page.exception
    assert "All 2 issuers" in words(page)
    page.text_input[0].set_value("brass").run()
    assert "All 1 issuer" in words(page)
    page.text_input[0].set_value("nobody").run()
    assert "No issuer is called so" in words(page)
