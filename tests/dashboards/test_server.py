"""The dashboard's process: what it tells of a page that breaks, and of itself to its parent."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from structlog.testing import capture_logs
from tests.dashboards.conftest import words

from smalti.dashboards import session


def failing() -> None:
    from smalti.dashboards.server import failed
    from smalti.platform.errors import NotSignedIn, TooMany

    secret = "a token of somebody"  # noqa: F841 - a variable of the page that breaks
    for error in (ValueError("a defect"), TooMany("asked too often", subject="ada"), NotSignedIn("ended")):
        try:
            raise error
        except Exception as raised:
            assert failed(raised) is True


def test_a_page_that_breaks_says_so_and_only_the_log_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(session.SERVICE, "http://127.0.0.1:8321")
    with capture_logs() as logged:
        page = AppTest.from_function(failing).run()
    assert not page.exception
    broke, told = page.error[0].value, page.warning[0].value
    assert "This page broke" in broke
    assert "defect" not in words(page)
    assert "Asked too often" in told
    assert "You are not signed in" in words(page)
    [entry] = logged
    assert entry["name"] in broke
    assert isinstance(entry["exc_info"], ValueError)
