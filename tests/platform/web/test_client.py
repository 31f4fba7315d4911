"""The guarded client against real servers on loopback."""

from __future__ import annotations

import gzip
import random
import re
import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import brotli
import pytest
import trustme
from loopback import Loopback, StillClock, reply

from smalti.platform.errors import (
    InputError,
    Malformed,
    Refused,
    SettingsError,
    TooLarge,
    Unreachable,
    Unreadable,
)
from smalti.platform.web import Web, WebRules


def rules(*servers: Loopback, **changed: object) -> WebRules:
    allow = tuple(server.authority for server in servers)
    plain = WebRules("smalti-tests tests@example.org", allow=allow, rates={"*": 1000}, robots=False)
    return replace(plain, **changed)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as one:
        yield one


@pytest.fixture
def web(server: Loopback, clock: StillClock) -> Iterator[Web]:
    with Web(rules(server), clock=clock) as one:
        yield one


def long_waits(clock: StillClock) -> list[float]:
    return [seconds for seconds in clock.slept if seconds > 0.01]


def test_an_answer_has_body_type_validators_and_time(server, web, clock):
    headers = {"Content-Type": "Text/HTML; charset=x", "ETag": '"v1"', "Last-Modified": "Mon, 02 Mar 2026"}
    server.say("/a?b=c", reply(200, b"<p>hello</p>", headers | {"Set-Cookie": "id=1"}))
    answer = web.get(server.url("a?b=c#part"))
    assert (answer.status, answer.body, answer.not_modified) == (200, b"<p>hello</p>", False)
    assert (answer.content_type, answer.etag) == ("text/html", '"v1"')
    assert answer.last_modified == "Mon, 02 Mar 2026"
    assert answer.fetched_at == clock.begin
    assert answer.url == server.url("a?b=c")
    assert answer.hops == (server.url("a?b=c"),)
    assert "set-cookie" not in answer.headers
    sent = server.asked[0][1]
    assert sent["user-agent"] == "smalti-tests tests@example.org"
    assert sent["host"] == server.authority
    assert sent["accept-encoding"] == "gzip, deflate, br, zstd"


def test_what_the_caller_has_is_asked_after_and_may_be_current(server, web):
    server.say("/a", reply(304, headers={"ETag": '"v1"'}))
    answer = web.get(server.url("a"), etag='"v1"', last_modified="Mon, 02 Mar 2026 12:00:00 GMT")
    assert (answer.not_modified, answer.status, answer.body) == (True, 304, b"")
    assert server.asked[0][1]["if-none-match"] == '"v1"'
    assert server.asked[0][1]["if-modified-since"] == "Mon, 02 Mar 2026 12:00:00 GMT"


def test_not_modified_without_having_asked_is_no_answer(server, web):
    server.say("/a", reply(304))
    with pytest.raises(Unreachable, match="304"):
        web.get(server.url("a"), etag="bad\r\nHost: x")


def test_a_part_that_was_not_asked_for_is_no_answer(server, web):
    server.say("/a", reply(206, b"half", {"Content-Range": "bytes 0-3/8"}))
    with pytest.raises(Unreachable, match="206"):
        web.get(server.url("a"))


def test_a_chain_of_redirects_is_followed_and_told(server, web):
    server.say("/a", reply(301, headers={"Location": "/b"}))
    server.say("/b", reply(302, headers={"Location": server.url("c") + "#top"}))
    server.say("/c", reply(308, headers={"Location": "d"}))
    server.say("/d", reply(200, b"here"))
    answer = web.get(server.url("a"), etag='"v"')
    assert answer.body == b"here"
    assert answer.hops == tuple(server.url(x) for x in "abcd")
    assert all(headers["if-none-match"] == '"v"' for _, headers in server.asked)


def test_a_circle_and_a_long_chain_of_redirects_are_refused(server, web):
    server.say("/a", reply(302, headers={"Location": "/b"}))
    server.say("/b", reply(302, headers={"Location": "/a"}))
    with pytest.raises(Refused, match="circle"):
        web.get(server.url("a"))
    for n in range(9):
        server.say(f"/{n}", reply(302, headers={"Location": f"/{n + 1}"}))
    server.asked.clear()
    with pytest.raises(Refused, match="more than 5"):
        web.get(server.url("0"))
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/iam/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:169.254.169.254]/",
        "http://0xa9fea9fe/",
        "http://metadata.google.internal/",
        "http://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
    ],
)
def test_a_redirect_out_of_bounds_is_refused_before_any_connection(server, web, location):
    server.say("/a", reply(302, headers={"Location": location}))
    with pytest.raises(Refused):
        web.get(server.url("a"))
    assert server.opened == 1


def test_a_redirect_to_another_port_of_loopback_is_refused(server, clock):
    with Loopback() as other:
        other.say("/secret", reply(200, b"secret"))
        server.say("/a", reply(307, headers={"Location": other.url("secret")}))
        with pytest.raises(Refused), Web(rules(server), clock=clock) as web:
            web.get(server.url("a"))
        assert other.opened == 0


def test_without_an_exception_loopback_is_refused(server, clock):
    with pytest.raises(Refused), Web(rules(), clock=clock) as web:
        web.get(server.url("a"))
    assert server.opened == 0


def test_too_many_requests_waits_as_long_as_it_is_asked(server, web, clock):
    busy = reply(429, headers={"Retry-After": "7"})
    dated = reply(503, headers={"Retry-After": "Mon, 02 Mar 2026 12:00:20 GMT"})
    server.say("/a", [busy, dated, reply(200, b"at last")])
    assert web.get(server.url("a")).body == b"at last"
    assert clock.now() == clock.begin.replace(second=20)


def test_a_server_that_asks_to_wait_too_long_is_left_alone(server, web, clock):
    server.say("/a", reply(429, headers={"Retry-After": "3600"}))
    with pytest.raises(Unreachable, match="429 and asks to come back in 3600 s"):
        web.get(server.url("a"))
    assert len(server.asked) == 1
    assert long_waits(clock) == []


def test_a_passing_failure_is_tried_again_after_growing_pauses(server, web, clock):
    server.say("/a", [reply(500), reply(502), reply(503), reply(200, b"up")])
    assert web.get(server.url("a")).body == b"up"
    first, second, third = long_waits(clock)
    assert 0.5 <= first <= 1 <= second <= 2 <= third <= 4


def test_a_lasting_failure_ends_after_the_attempts_allowed(server, web):
    server.say("/a", reply(500))
    with pytest.raises(Unreachable, match="500"):
        web.get(server.url("a"))
    assert len(server.asked) == 4


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_a_refusing_server_is_not_asked_again(server, web, status):
    server.say("/a", reply(status))
    with pytest.raises(Unreadable, match=str(status)):
        web.get(server.url("a"))
    assert len(server.asked) == 1


def test_a_wrong_content_type_is_delivered_as_it_is(server, web):
    server.say("/feed.xml", reply(200, b"%PDF-1.7", {"Content-Type": "application/rss+xml"}))
    answer = web.get(server.url("feed.xml"))
    assert (answer.body, answer.content_type) == (b"%PDF-1.7", "application/rss+xml")


CUT = {
    "shorter than stated": reply(200, b"half", {"Content-Length": "8"}),
    "chunks without an end": reply(
        200, b"4\r\nhalf\r\n", {"Content-Length": "", "Transfer-Encoding": "chunked"}
    ),
    "gzip cut off": reply(200, gzip.compress(b"whole" * 99)[:-9], {"Content-Encoding": "gzip"}),
    "brotli cut off": reply(200, brotli.compress(b"whole" * 99)[:-2], {"Content-Encoding": "br"}),
    "no answer at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
}


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT.keys())
def test_half_an_answer_is_tried_again_and_never_delivered(server, web, cut):
    server.say("/a", [cut, cut, reply(200, b"whole")])
    assert web.get(server.url("a")).body == b"whole"
    server.say("/a", cut)
    with pytest.raises(Unreachable):
        web.get(server.url("a"))


def test_a_compressed_answer_is_unpacked_also_in_two_layers(server, web):
    twice = gzip.compress(brotli.compress(b"text" * 500))
    server.say("/a", reply(200, twice, {"Content-Encoding": "br, gzip"}))
    assert web.get(server.url("a")).body == b"text" * 500


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(5_000_000))),
        ("br", brotli.compress(bytes(5_000_000), quality=1)),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(5_000_000)))),
    ],
)
def test_a_bomb_is_stopped_and_not_asked_for_again(server, web, encoding, bomb):
    server.say("/a", reply(200, bomb, {"Content-Encoding": encoding}))
    with pytest.raises(TooLarge) as caught:
        web.get(server.url("a"))
    assert caught.value.subject == server.url("a")
    assert len(server.asked) == 1


def test_bytes_that_are_not_the_stated_encoding_are_malformed(server, web):
    server.say("/a", reply(200, b"<html>", {"Content-Encoding": "zstd"}))
    with pytest.raises(Malformed, match="zstd"):
        web.get(server.url("a"))


def test_a_body_over_the_limit_is_stopped_by_its_stated_length_or_on_the_way(server, web):
    server.say("/stated", reply(200, b"x", {"Content-Length": "50000001"}))
    server.say("/unstated", reply(200, b"x" * 2000, {"Content-Length": ""}))
    with pytest.raises(TooLarge):
        web.get(server.url("stated"))
    with pytest.raises(TooLarge):
        web.get(server.url("unstated"), max_bytes=1999)
    assert len(web.get(server.url("unstated"), max_bytes=2000).body) == 2000


def drip(part: bytes, before: bytes = b"") -> object:
    def say(wire: socket.socket) -> None:
        wire.sendall(before)
        while True:
            wire.sendall(part)
            time.sleep(0.02)

    return say


@pytest.mark.parametrize(
    "slow",
    [
        drip(b"x", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        drip(b"x", b"HTTP/1.1 200 OK\r\nX-Endless: "),
        drip(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        drip(b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    ],
    ids=["body", "header", "early hints", "chunks"],
)
def test_a_slow_drip_ends_at_the_cap(server, clock, slow):
    server.say("/a", slow)
    with pytest.raises(Unreachable), Web(rules(server, max_seconds=0.15), clock=clock) as web:
        web.get(server.url("a"))
    assert len(server.asked) == 1  # the time is spent, so there is no second try


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 12_000 + b"\r\n",
    ],
)
def test_headers_without_end_are_refused(server, web, head):
    server.say("/a", head)
    with pytest.raises(Unreachable):
        web.get(server.url("a"))


def test_whatever_a_server_says_ends_in_an_answer_or_an_input_error(server, clock):
    rng = random.Random(8)
    body = gzip.compress(b"<rss>" + bytes(range(256)) * 40)
    whole = reply(
        200, body, {"Content-Encoding": "gzip", "ETag": '"e"', "Location": "/a", "Retry-After": "1"}
    )
    web = Web(rules(server, attempts=1, max_seconds=2), clock=clock)
    said = Counter()
    for _ in range(150):
        raw = bytearray(whole)
        for _ in range(rng.choice((1, 3, 20))):
            raw[rng.randrange(160 if rng.random() < 0.7 else len(raw))] = rng.randrange(256)
        server.say("/a", bytes(raw))
        try:
            said[web.get(server.url("a")).status] += 1
        except InputError as error:
            said[error.code] += 1
    assert said.keys() > {200, "Unreachable", "Malformed"}


def test_of_many_headers_a_few_are_kept(server, web):
    server.say("/a", reply(200, b"ok", {f"X-{n}": "v" for n in range(500)} | {"Y": "w" * 5000}))
    headers = web.get(server.url("a")).headers
    assert len(headers) <= 100
    assert "y" not in headers


# Names and numbers: every resolution is checked, and the connection goes where the check said.


class Names:
    """A resolver whose answers to the same name may change; says how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def test_the_connection_goes_to_the_checked_address_whatever_dns_says_next(server, clock, monkeypatch):
    names = Names(["127.0.0.1"], ["10.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", only_numbers(socket.getaddrinfo))
    server.say("/a", reply(302, headers={"Location": "/b"}))
    web = Web(rules(server), resolve=names, clock=clock)
    with pytest.raises(Refused, match=r"10\.0\.0\.1, a private address"):
        web.get(f"http://example.org:{server.port}/a")
    assert names.asked == 2  # once for each hop: the first answer was connected to, the second one refused
    assert server.paths() == ["/a"]
    assert server.asked[0][1]["host"] == f"example.org:{server.port}"


def only_numbers(original: object) -> object:
    """Fails the test if the client lets the operating system resolve a name a second time."""

    def ask(host: str, *rest: object, **named: object) -> object:
        assert re.fullmatch(r"[\d.]+", host), f"resolved again: {host}"
        return original(host, *rest, **named)

    return ask


def test_one_private_address_of_several_is_enough_to_refuse(server, clock):
    for answers in (["127.0.0.1", "192.168.1.1"], ["8.8.8.8", "::1"], ["64:ff9b::a00:1"]):
        with pytest.raises(Refused):
            Web(rules(server), resolve=Names(answers), clock=clock).get(f"http://example.org:{server.port}/")
    assert server.opened == 0


def test_a_name_that_does_not_resolve_is_unreachable_and_not_asked_again(clock):
    def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unreachable, match="not known"):
        Web(rules(), resolve=nobody, clock=clock).get("https://example.org/")
    with pytest.raises(Unreachable, match="no address"):
        Web(rules(), resolve=Names([]), clock=clock).get("https://example.org/")
    assert long_waits(clock) == []


def test_a_slow_resolver_is_left_at_the_cap(clock):
    def slow(host: str, port: int) -> Sequence[str]:
        time.sleep(0.5)
        return ["8.8.8.8"]

    with pytest.raises(Unreachable, match="not resolved in time"):
        Web(rules(max_seconds=0.05), resolve=slow, clock=clock).get("https://example.org/")


def test_the_next_address_is_tried_when_the_first_does_not_answer(server, clock):
    server.say("/a", reply(200, b"second"))
    both = rules(server, allow=(server.authority, f"127.0.0.2:{server.port}"))
    web = Web(both, resolve=Names(["127.0.0.2", "127.0.0.1"]), clock=clock)
    assert web.get(f"http://example.org:{server.port}/a").body == b"second"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def contexts(authority: trustme.CA, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    serving, asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(name).configure_cert(serving)
    authority.configure_trust(asking)
    return serving, asking


def test_tls_keeps_the_name_while_the_number_is_pinned(authority, clock):
    serving, asking = contexts(authority, "example.org")
    with Loopback(serving, a=reply(200, b"safe")) as server:
        web = Web(rules(server), resolve=Names(["127.0.0.1"]), clock=clock, tls=asking)
        assert web.get(f"https://example.org:{server.port}/a").body == b"safe"
        assert server.names == ["example.org"]
        server.say("/down", reply(301, headers={"Location": f"http://example.org:{server.port}/a"}))
        with pytest.raises(Refused, match="gives up encryption"):
            web.get(f"https://example.org:{server.port}/down")


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_another_name_or_authority_ends_it_at_once(authority, clock, trusted):
    serving, asking = contexts(authority, "other.example")
    with Loopback(serving, a=reply(200, b"forged")) as server:
        tls = asking if trusted else None
        web = Web(rules(server), resolve=Names(["127.0.0.1"]), clock=clock, tls=tls)
        with pytest.raises(Unreachable, match="certificate"):
            web.get(f"https://example.org:{server.port}/a")
        assert (server.opened, server.asked) == (1, [])


def test_environment_proxies_are_not_used(server, web, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.say("/a", reply(200, b"direct"))
    assert web.get(server.url("a")).body == b"direct"


def test_an_undeclared_agent_and_limits_of_nothing_are_not_accepted():
    for agent in ("", "  ", "name\r\nHost: x", "näme"):
        with pytest.raises(SettingsError, match="agent"):
            WebRules(agent)
    with pytest.raises(SettingsError, match="max_bytes"):
        WebRules("name", max_bytes=0)
    with pytest.raises(SettingsError, match="rate"):
        WebRules("name", rates={"*": 0})


def test_a_closed_client_asks_nothing(server, clock):
    with Web(rules(server), clock=clock) as web:
        pass
    with pytest.raises(Unreachable, match="closed"):
        web.get(server.url("a"))
    assert server.opened == 0
