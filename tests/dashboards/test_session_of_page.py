"""Whose page it is, run by run, and where their browser reaches the service."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import streamlit as st
import trustme
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


@pytest.mark.parametrize("token", ["no such token", "\N{SNOWMAN}", "x" * 5_000, "a\x00b", "A" * 43])
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


def test_the_service_is_known_by_its_own_certificate_and_nobody_else_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    authority = trustme.CA()
    ours, other = (authority.issue_cert("smalti.example.org") for _ in range(2))
    own = tmp_path / "own.pem"
    ours.cert_chain_pems[0].write_to_path(own)
    monkeypatch.setenv(session.CERTIFICATE, str(own))

    def shakes_hands(certificate: trustme.LeafCert) -> bool:
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(serving)
        trusting = session.tls()
        assert trusting is not None
        near, far = ssl.MemoryBIO(), ssl.MemoryBIO()
        server = serving.wrap_bio(near, far, server_side=True)
        client = trusting.wrap_bio(far, near)
        for _ in range(4):
            for one in (client, server):
                try:
                    one.do_handshake()
                except ssl.SSLWantReadError:
                    continue
                except ssl.SSLCertVerificationError:
                    return False
        return client.getpeercert() is not None

    assert shakes_hands(ours)
    assert not shakes_hands(other)


def test_the_gate_hears_from_the_service_whose_session_counts(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(session.SERVICE, served.address)
    token = served.token(Role.CUSTOMER)
    assert session.counts(token) is True
    served.service.gateway.access.sessions.end(token)
    served.tokens.pop(Role.CUSTOMER)
    assert session.counts(token) is False
    assert [session.counts(nasty) for nasty in ("", "a b", "\N{SNOWMAN}", "x" * 5_000)] == [False] * 4
    monkeypatch.setenv(session.SERVICE, "http://127.0.0.1:1")
    assert session.counts(token) is None
