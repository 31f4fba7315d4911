"""What the client sends where, what it does with answers, and when it asks again."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.service.loopback import Answer, Replay, serving

from smalti.client.transport import Transport
from smalti.platform import errors

KEY = "smk_0123456789"


def told(status: int, code: str, **headers: str) -> Answer:
    body = {"error": {"code": code, "what": "it is so", "subject": "this", "mend": "do that"}}
    return status, headers, json.dumps(body).encode()


@contextmanager
def service(path: str, *answers: Answer) -> Iterator[tuple[Replay, Transport, list[float]]]:
    """A server that gives these answers one after the other, and waits that take no time."""
    left, waited = list(answers), []
    with serving(lambda _: {}) as replay:

        def before(_: int) -> None:
            replay.answers[path] = left.pop(0) if len(left) > 1 else left[0]

        replay.before = before
        transport = Transport(replay.base, KEY, sleep=waited.append)
        yield replay, transport, waited
        transport.close()


@pytest.mark.parametrize(
    "code",
    ["NotFound", "Conflict", "NotSignedIn", "NotAllowed", "TooLarge", "StoreLocked", "Malformed", "Refused"],
)
def test_an_error_of_the_service_is_raised_as_its_own_class(code):
    with service("/v1/x", told(409, code)) as (_, transport, _), pytest.raises(errors.SmaltiError) as raised:
        transport.get(["x"])
    assert type(raised.value) is getattr(errors, code)
    assert (raised.value.what, raised.value.subject, raised.value.mend) == ("it is so", "this", "do that")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (told(422, "Invalid"), errors.InputError),
        (told(404, "Http"), errors.NotFound),
        ((502, {}, b"<html>bad gateway</html>"), errors.Unreachable),
        ((500, {}, b'{"error": null}'), errors.SmaltiError),
        ((500, {}, b"\xff"), errors.SmaltiError),
    ],
)
def test_other_errors_are_known_by_their_status(answer, kind):
    with service("/v1/x", answer) as (_, transport, _), pytest.raises(errors.SmaltiError) as raised:
        transport.send("GET", ["x"])
    assert type(raised.value) is kind


def test_a_busy_service_is_asked_again_after_the_pause_it_wants():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    busy = told(429, "TooMany", **{"Retry-After": "7"}), told(503, "StoreError", **{"Retry-After": soon})
    with service("/v1/x", *busy, (200, {}, b"[1]")) as (replay, transport, waited):
        assert transport.get(["x"]).json() == [1]
    assert len(replay.asked) == 3
    assert waited[0] == 7.0
    assert 25 < waited[1] <= 30


def test_it_gives_up_after_some_attempts_with_what_the_service_said():
    with service("/v1/x", told(429, "TooMany")) as (replay, transport, waited), pytest.raises(errors.TooMany):
        transport.get(["x"])
    assert len(replay.asked) == 4
    assert waited[0] < waited[1] * 3
    assert all(0 < wait < 3 for wait in waited)


def test_a_pause_of_an_hour_is_not_waited_for():
    with service("/v1/x", told(429, "TooMany", **{"Retry-After": "3600"})) as (replay, transport, waited):
        with pytest.raises(errors.TooMany):
            transport.get(["x"])
        assert (len(replay.asked), waited) == (1, [])


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_what_changes_something_is_never_sent_twice(method, monkeypatch):
    with serving(lambda _: {}) as replay:
        transport, sent = Transport(replay.base, KEY), []
        real = transport._http.stream
        monkeypatch.setattr(transport._http, "stream", lambda *a, **k: sent.append(a) or real(*a, **k))
        with pytest.raises(errors.SmaltiError):  # the server knows no such method
            transport.send(method, ["x"])
        transport.close()
    assert len(sent) == 1


def test_proxies_of_the_environment_never_see_the_key(monkeypatch):
    with serving(lambda _: {}) as proxy, service("/v1/x", (200, {}, b"1")) as (replay, _, _):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.base)
        transport = Transport(replay.base, KEY)
        assert transport.get(["x"]).json() == 1
        transport.close()
        assert proxy.asked == []


def test_nobody_there_is_said_with_the_address():
    with serving(lambda _: {}) as replay:
        base = replay.base
    waited: list[float] = []
    transport = Transport(base, KEY, sleep=waited.append)
    with pytest.raises(errors.Unreachable, match="smalti up") as raised:
        transport.get(["x"])
    transport.close()
    assert raised.value.subject == base
    assert KEY not in str(raised.value)
    assert len(waited) == 3


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused_and_the_key_stays_here(status):
    with serving(lambda _: {}) as elsewhere:
        answer = (status, {"Location": f"{elsewhere.base}/v1/x"}, b"")
        with service("/v1/x", answer) as (_, transport, _), pytest.raises(errors.Refused, match="redirect"):
            transport.get(["x"])
        assert elsewhere.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com",
        "http://10.0.0.1:8000",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
    ],
)
def test_a_key_is_not_sent_in_the_open(address):
    with pytest.raises(errors.SettingsError, match="in the open"):
        Transport(address, KEY)
    Transport(address).close()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "https://a.example"]
)
def test_a_key_may_go_to_this_machine_and_through_tls(address):
    Transport(address + "/", KEY).close()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "example.com",
        "ftp://a",
        "https://",
        "https://u:p@a",
        "https://a?x=1",
        "https://a#f",
        "http://[::1",
        "\x00",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(errors.SettingsError):
        Transport(address)


def test_a_key_with_line_breaks_is_refused():
    with pytest.raises(errors.SettingsError):
        Transport("https://a", "key\r\nX-More: 1")


def test_certificates_are_checked_whatever_is_handed_in():
    lax = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname = False
    with pytest.raises(errors.SettingsError, match="certificates"):
        Transport("https://a", tls=lax)


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_an_id_that_would_climb_out_of_its_route_is_refused(part):
    transport = Transport("https://a")
    with pytest.raises(errors.SettingsError):
        transport.get(["tasks", part])
    transport.close()


def test_parts_and_parameters_are_quoted():
    with service("/v1/a%2Fb%3F?when=2025-02-01T00%3A00%3A00%2B00%3A00&on=true&n=1&n=2", (200, {}, b"1")) as (
        replay,
        transport,
        _,
    ):
        when = datetime(2025, 2, 1, tzinfo=UTC)
        transport.get(["a/b?"], {"when": when, "on": True, "off": None, "n": [1, 2]})
        assert [status for _, status in replay.asked] == [200]


def test_what_is_no_json_is_said():
    with service("/v1/x", (200, {}, b"<html>")) as (_, transport, _), pytest.raises(errors.Malformed):
        transport.get(["x"]).json()
