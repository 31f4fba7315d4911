"""What stands before the pages: who is let through, and what browsers are told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from smalti.dashboards import session
from smalti.dashboards.gate import Around, Counts, Gate

HERE = "127.0.0.1:8501"
LIVE = "smalti=live-token"


@dataclass
class Told:
    """What came back, and what the application behind the gate was asked."""

    status: int = 0
    headers: dict[str, list[str]] = field(default_factory=dict)
    reached: dict[str, Any] | None = None

    def one(self, name: str) -> str:
        [value] = self.headers[name]
        return value


def service(token: str) -> bool | None:
    return token == "live-token"


def ask(
    path: str = "/",
    *,
    kind: str = "http",
    scheme: str = "http",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    around: Around | None = None,
    answers: Counts = service,
) -> Told:
    """One request through a gate."""
    told = Told()

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        told.reached = scope
        if kind == "http":
            cookie = [(b"set-cookie", b"_streamlit_xsrf=z; Path=/")]
            await send({"type": "http.response.start", "status": 200, "headers": cookie})
            await send({"type": "http.response.body", "body": b""})
        else:
            await send({"type": "websocket.accept"})

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.status = message["status"]
            for name, value in message["headers"]:
                told.headers.setdefault(name.decode(), []).append(value.decode())
        elif message["type"] in {"websocket.accept", "websocket.close"}:
            told.status = message.get("code", 101)

    async def receive() -> Any:
        return {"type": "http.request"}

    async def go() -> None:
        given = {"host": HERE} | dict(headers or {})
        scope: dict[str, Any] = {
            "type": kind, "scheme": scheme, "path": path.partition("?")[0], "root_path": "",
            "query_string": path.partition("?")[2].encode(), "http_version": "1.1",
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }  # fmt: skip
        if kind == "http":
            scope["method"] = method
        await Gate(behind, around or Around("", ()), answers)(scope, receive, send)

    asyncio.run(go())
    return told


@pytest.fixture(autouse=True)
def where(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(session.SERVICE, "http://127.0.0.1:8321")


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back() -> None:
    told = ask("/issuer?issuer=Marble%20Heron&as_of=2026-05-01")
    assert told.reached is None
    assert told.status == 303
    wanted = "/issuer%3Fissuer%3DMarble%2520Heron%26as_of%3D2026-05-01"
    assert told.one("location") == f"http://127.0.0.1:8321/sign-in?next={wanted}"


def test_a_dead_session_is_sent_there_too_and_its_cookie_goes() -> None:
    told = ask(headers={"cookie": "smalti=dead"})
    assert (told.status, told.reached) == (303, None)
    assert 'smalti=""; ' in told.one("set-cookie")
    assert "Max-Age=0" in told.one("set-cookie")


def test_who_is_signed_in_sees_the_page() -> None:
    assert ask("/issuer", headers={"cookie": LIVE}).status == 200


@pytest.mark.parametrize("path", ["/media/abc.png", "/_stcore/upload_file/a/b", "/component/x/y.js"])
def test_files_made_for_people_are_for_live_sessions_alone(path: str) -> None:
    assert (ask(path).status, ask(path, headers={"cookie": "smalti=dead"}).status) == (401, 401)
    assert ask(path, headers={"cookie": LIVE}).status == 200


def test_an_upload_comes_from_our_own_page_alone() -> None:
    def put(origin: str) -> int:
        given = {"cookie": LIVE, "origin": origin}
        return ask("/_stcore/upload_file/a/b", method="PUT", headers=given).status

    assert put(f"http://{HERE}") == 200
    assert [put("https://evil.example.net"), put("http://127.0.0.1:9999"), put("null"), put("")] == [403] * 4


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"http://{HERE}", 101),
        ("https://evil.example.net", 1008),
        ("http://127.0.0.1:8321", 1008),
        (f"https://{HERE}", 1008),
        ("null", 1008),
        (None, 1008),
    ],
)
def test_the_stream_is_opened_for_our_own_pages_alone(origin: str | None, status: int) -> None:
    given = {"cookie": LIVE} | ({"origin": origin} if origin else {})
    told = ask("/_stcore/stream", kind="websocket", scheme="ws", headers=given)
    assert told.status == status
    assert (told.reached is None) == (status == 1008)


def test_no_other_stream_is_there() -> None:
    given = {"cookie": LIVE, "origin": f"http://{HERE}"}
    assert ask("/_stcore/other", kind="websocket", scheme="ws", headers=given).status == 1008


@pytest.mark.parametrize("host", ["evil.example.net", "127.0.0.1.evil.example.net:8501", "", "10.0.0.7:8501"])
def test_a_name_that_is_not_ours_is_refused_whatever_is_asked(host: str) -> None:
    given = {"host": host, "cookie": LIVE, "origin": f"http://{host}"}
    assert ask(headers=given).status == 400
    assert ask("/_stcore/health", headers=given).status == 400
    assert ask("/_stcore/stream", kind="websocket", scheme="ws", headers=given).status == 1008


def test_what_streamlit_has_beside_pages_is_shut() -> None:
    for path in ("/_stcore/agent/openapi.json", "/_stcore/metrics", "/auth/login", "/oauth2callback"):
        assert ask(path, headers={"cookie": LIVE}).status == 404, path
    assert ask("/issuer", method="POST", headers={"cookie": LIVE}).status == 404


def test_over_tls_the_cookie_counts_that_only_we_can_set() -> None:
    around = Around("", ("smalti.example.org",))
    at = {"host": "smalti.example.org:8501"}
    planted = ask("/", scheme="https", around=around, headers=at | {"cookie": LIVE})
    assert planted.status == 303
    both = at | {"cookie": "smalti=planted; __Host-smalti=live-token; other=x; _streamlit_xsrf=y"}
    own = ask("/", scheme="https", around=around, headers=both)
    assert own.status == 200
    assert own.reached is not None
    cookies = dict(own.reached["headers"])[b"cookie"]
    assert cookies == b"__Host-smalti=live-token; _streamlit_xsrf=y"
    assert "strict-transport-security" in own.headers
    assert own.one("set-cookie") == "_streamlit_xsrf=z; Path=/; Secure"


def test_behind_a_proxy_the_public_address_is_the_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(session.SIGN_IN, "https://smalti.example.org")
    around = Around("https://smalti.example.org", ())
    at = {"host": "smalti.example.org", "cookie": "__Host-smalti=live-token"}
    stream = at | {"origin": "https://smalti.example.org"}
    assert ask("/_stcore/stream", kind="websocket", scheme="ws", headers=stream, around=around).status == 101
    policy = ask("/", headers=at, around=around).one("content-security-policy")
    assert "img-src 'self' data: blob: https://smalti.example.org;" in policy
    out = ask("/alerts", headers={"host": "smalti.example.org"}, around=around)
    assert out.one("location") == "https://smalti.example.org/sign-in?next=/alerts"


def test_at_loopback_by_ipv6_the_service_is_next_door() -> None:
    told = ask("/", headers={"host": "[::1]:8501"})
    assert told.one("location") == "http://[::1]:8321/sign-in?next=/"


def test_every_answer_tells_browsers_to_ask_nobody_else() -> None:
    for path, cookie in (("/", LIVE), ("/", ""), ("/media/x", ""), ("/_stcore/health", "")):
        told = ask(path, headers={"cookie": cookie})
        policy = told.one("content-security-policy")
        allowed = {word for part in policy.split("; ") for word in part.split()[1:] if "//" in word}
        assert allowed == {"http://127.0.0.1:8321", f"ws://{HERE}"}
        assert "frame-ancestors 'none'" in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        assert told.one("x-content-type-options") == "nosniff"
        assert told.one("referrer-policy") == "no-referrer"
        assert told.one("cache-control") == "no-store"


def test_while_the_service_is_away_pages_say_so_and_files_are_kept_back() -> None:
    def away(token: str) -> bool | None:
        return None

    assert ask("/", headers={"cookie": LIVE}, answers=away).status == 200
    assert ask("/media/x", headers={"cookie": LIVE}, answers=away).status == 401


def test_no_cookie_breaks_the_gate() -> None:
    for nasty in (
        "smalti=\x7f",
        "smalti=a b",
        "=;;=",
        "smalti=" + "x" * 9000,
        'smalti="unended',
        "smalti=\xe9",
    ):
        assert ask("/", headers={"cookie": nasty}).status == 303
