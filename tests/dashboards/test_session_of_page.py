"""Whose page it is, run by run, and where their browser reaches the service."""

from __future__ import annotations

import pytest
import streamlit as st
from tests.dashboards.conftest import Open, Served, words

from smalti.dashboards import session
from smalti.platform.auth import Role


def test_who_takes_over_a_page_finds_nothing_of_the_last_person_on_it(
    look: Open, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = look("issuer", Role.ADMIN, issuer="QRTZ")
    assert "admin" in str(page.sidebar.caption[-1].value)
    first = page.session_state["client"]
    page.session_state["left behind"] = "what the admin saw"
    monkeypatch.setattr(session, "token", lambda: served.token(Role.VIEWER))
    page.run()
    assert not page.exception
    assert "left behind" not in page.session_state
    assert page.session_state["client"] is not first
    assert "viewer" in str(page.sidebar.caption[-1].value)


def test_who_signs_out_leaves_nothing_either(look: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = look("issuer", Role.ADMIN, issuer="QRTZ")
    page.session_state["left behind"] = "what the admin saw"
    monkeypatch.setattr(session, "token", lambda: "")
    page.run()
    assert "You are not signed in" in words(page)
    assert "left behind" not in page.session_state
    assert "client" not in page.session_state


@pytest.mark.parametrize("token", ["no such token", "\N{SNOWMAN}", "x" * 5_000, "a\x00b"])
def test_a_token_that_nobody_was_given_lets_nobody_in(
    look: Open, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    page = look("issuer", Role.VIEWER, issuer="QRTZ")
    monkeypatch.setattr(session, "token", lambda: token)
    page.run()
    assert not page.exception
    assert "You are not signed in" in words(page)


@pytest.mark.parametrize(
    ("host", "public", "wanted"),
    [
        ("127.0.0.1:8501", "", "http://127.0.0.1:8321"),
        ("localhost:8501", "", "http://localhost:8321"),
        ("[::1]:8501", "", "http://[::1]:8321"),
        ("smalti.example.org", "https://smalti.example.org", "https://smalti.example.org"),
        ("Smalti.Example.org:443", "https://smalti.example.org/", "https://smalti.example.org"),
        ("localhost:8501", "https://smalti.example.org", "http://localhost:8321"),
    ],
)
def test_the_browser_reaches_the_service_where_its_cookie_counts(
    monkeypatch: pytest.MonkeyPatch, host: str, public: str, wanted: str
) -> None:
    monkeypatch.setenv(session.SERVICE, "http://127.0.0.1:8321")
    monkeypatch.setenv(session.SIGN_IN, public)
    assert session.service_at(host) == wanted


def test_of_two_cookies_the_one_counts_that_only_we_can_set(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        cookies = {"smalti": "planted", "__Host-smalti": "ours"}  # noqa: RUF012 - read once

    monkeypatch.setattr(st, "context", Context())
    assert session.token() == "ours"
