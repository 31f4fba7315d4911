"""Posting through the guarded client, against real servers on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import Loopback, StillClock, reply

from smalti.platform.errors import Refused, SettingsError, TooLarge, Unreachable
from smalti.platform.web import Cassette, Web, WebRules


def web_for(*servers: Loopback, robots: bool = False, max_bytes: int = 50_000_000) -> Web:
    allow = tuple(server.authority for server in servers)
    rules = WebRules("smalti-tests tests@example.org", allow, max_bytes, rates={"*": 1000}, robots=robots)
    return Web(rules, clock=StillClock())


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as one:
        yield one


def test_a_body_arrives_whole_with_its_type_and_headers(server):
    server.say("/hook", reply(200, b'{"ok": true}', {"Content-Type": "application/json"}))
    body = json.dumps({"text": "ä" * 100_000}).encode()
    headers = {"Smalti-Signature": "t=1,v1=ab", "Authorization": "Basic eDp5"}
    answer = web_for(server).post(
        server.url("hook"), body, content_type="application/json", headers=headers, accept="application/json"
    )
    assert (answer.status, answer.body, answer.content_type) == (200, b'{"ok": true}', "application/json")
    assert server.posted == [("/hook", body)]
    sent = server.asked[0][1]
    assert sent["content-length"] == str(len(body))
    assert sent["content-type"] == sent["accept"] == "application/json"
    assert (sent["smalti-signature"], sent["authorization"]) == ("t=1,v1=ab", "Basic eDp5")
    assert sent["user-agent"] == "smalti-tests tests@example.org"


def test_an_empty_body_is_a_post_too(server):
    server.say("/hook", reply(204))
    assert web_for(server).post(server.url("hook"), b"", content_type="text/plain").status == 204
    assert server.posted == [("/hook", b"")]


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_a_refusal_is_given_once_with_its_status(server, status):
    server.say("/hook", reply(status, b"no", {"Retry-After": "7"}))
    answer = web_for(server).post(server.url("hook"), b"x", content_type="text/plain")
    assert (answer.status, answer.headers["retry-after"]) == (status, "7")
    assert len(server.posted) == 1


def test_only_what_is_idempotent_is_sent_again_after_a_refusal_in_passing(server):
    server.say("/hook", [reply(503), reply(500), reply(200, b"done")])
    answer = web_for(server).post(server.url("hook"), b"x", content_type="text/plain", idempotent=True)
    assert answer.body == b"done"
    assert [body for _, body in server.posted] == [b"x", b"x", b"x"]
    server.say("/hook", reply(500))
    with pytest.raises(Unreachable, match="500"):
        web_for(server).post(server.url("hook"), b"x", content_type="text/plain", idempotent=True)


def test_a_server_that_took_the_body_and_died_is_not_sent_it_again(server):
    def die(wire: socket.socket) -> None:
        wire.shutdown(socket.SHUT_RDWR)

    server.say("/hook", [die, reply(200, b"second")])
    with pytest.raises(Unreachable):
        web_for(server).post(server.url("hook"), b"pay", content_type="text/plain")
    assert server.posted == [("/hook", b"pay")]
    server.say("/hook", [die, reply(200, b"second")])
    answer = web_for(server).post(server.url("hook"), b"pay", content_type="text/plain", idempotent=True)
    assert answer.body == b"second"


def test_where_no_connection_was_made_it_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    clock = StillClock()
    rules = WebRules("smalti-tests tests@example.org", (f"127.0.0.1:{port}",), rates={"*": 1000}, attempts=3)
    with pytest.raises(Unreachable):
        Web(rules, clock=clock).post(f"http://127.0.0.1:{port}/hook", b"x", content_type="text/plain")
    assert len([s for s in clock.slept if s > 0.1]) == 2


def test_a_redirect_is_followed_with_the_body_only_within_the_origin(server):
    server.say("/a", reply(307, headers={"Location": "/b"}))
    server.say("/b", reply(308, headers={"Location": "/c"}))
    server.say("/c", reply(200, b"here"))
    answer = web_for(server).post(server.url("a"), b"x", content_type="text/plain")
    assert answer.body == b"here"
    assert server.posted == [("/a", b"x"), ("/b", b"x"), ("/c", b"x")]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nothing_is_sent_on_to_another_origin(server, status):
    with Loopback(steal=reply(200)) as thief:
        server.say("/a", reply(status, headers={"Location": thief.url("steal")}))
        with pytest.raises(Refused, match="nothing is sent on"):
            web_for(server, thief).post(server.url("a"), b"x", content_type="text/plain")
        assert thief.opened == 0


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_redirect_that_would_turn_it_into_a_get_is_refused(server, status):
    server.say("/a", reply(status, headers={"Location": "/b"}))
    with pytest.raises(Refused):
        web_for(server).post(server.url("a"), b"x", content_type="text/plain")
    assert server.paths() == ["/a"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1:80/", "http://10.0.0.8/", "http://169.254.169.254/latest/", "https://[::1]/"),
        *("http://localhost/", "http://user:pw@example.org/", "file:///etc/passwd", "http://2130706433/"),
        "http://example.org:22/",
    ],
)
def test_private_and_odd_addresses_are_refused(server, url):
    with pytest.raises(Refused):
        web_for(server).post(url, b"x", content_type="text/plain")


def test_a_name_that_stands_for_a_private_address_is_refused():
    web = Web(
        WebRules("smalti-tests tests@example.org"), resolve=lambda host, port: ["93.184.216.34", "10.0.0.1"]
    )
    with pytest.raises(Refused, match="private"):
        web.post("https://hooks.example.org/", b"x", content_type="text/plain")


def test_robots_is_not_asked_for_a_post(server):
    server.say("/hook", reply(200))
    server.say("/robots.txt", reply(200, b"User-agent: *\nDisallow: /"))
    web = web_for(server, robots=True)
    assert web.post(server.url("hook"), b"x", content_type="text/plain").status == 200
    assert server.paths() == ["/hook"]
    with pytest.raises(Refused, match="robots"):
        web.get(server.url("hook"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("X-A", "b\r\nHost: evil"),
            ("X A", "b"),
            ("X-A", "ä"),
            ("", "b"),
            ("X-A:", "b"),
            ("X-A", "b" * 9000),
        ),
        *(("Host", "evil.example"), ("Content-Length", "3"), ("Transfer-Encoding", "chunked")),
    ],
)
def test_headers_that_would_mislead_are_refused(server, name, value):
    with pytest.raises(SettingsError):
        web_for(server).post(server.url("a"), b"x", content_type="text/plain", headers={name: value})
    assert server.opened == 0


def test_a_content_type_with_a_line_break_is_refused(server):
    with pytest.raises(SettingsError):
        web_for(server).post(server.url("a"), b"x", content_type="text/plain\r\nX: y")


def test_too_much_to_send_or_to_read_is_refused(server):
    with pytest.raises(TooLarge):
        web_for(server, max_bytes=10).post(server.url("a"), b"x" * 11, content_type="text/plain")
    assert server.opened == 0
    server.say("/a", reply(200, b"y" * 2_000))
    with pytest.raises(TooLarge):
        web_for(server).post(server.url("a"), b"x", content_type="text/plain", max_bytes=1_000)


def test_a_cassette_tells_a_post_from_a_get_and_keeps_no_body(server, tmp_path: Path):
    server.say("/a", [reply(200, b"got"), reply(200, b"posted")])
    tape = tmp_path / "tape.jsonl"
    recording = Web(web_for(server).rules, cassette=Cassette(tape, record=True), clock=StillClock())
    recording.get(server.url("a"))
    recording.post(server.url("a"), b"secret", content_type="text/plain")
    assert "secret" not in tape.read_text()
    replay = Web(web_for(server).rules, cassette=Cassette(tape))
    assert replay.post(server.url("a"), b"other", content_type="text/plain").body == b"posted"
    assert replay.get(server.url("a")).body == b"got"
