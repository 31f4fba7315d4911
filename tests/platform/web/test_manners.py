"""Rates, robots.txt and cassettes."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import Loopback, StillClock, reply

from smalti.platform.errors import Malformed, Refused, Unreachable, Unreadable
from smalti.platform.web import Cassette, Web, WebRules
from smalti.platform.web.rates import Rates


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(a=reply(200, b"page")) as one:
        yield one


def rules(server: Loopback, **changed: object) -> WebRules:
    plain = WebRules("smalti/1 tests@example.org", allow=(server.authority,), rates={"*": 1000})
    return replace(plain, **changed)


def test_a_host_is_asked_twice_a_second_and_each_host_has_its_own_turns(clock):
    rates = Rates({}, clock)
    for _ in range(5):
        rates.wait("one.example")
    assert clock.slept == [0.5] * 4
    rates.wait("two.example")
    assert clock.slept == [0.5] * 4


def test_all_of_sec_gov_together_stays_under_ten_a_second(clock):
    rates = Rates(WebRules("name").rates, clock)
    for n in range(33):
        rates.wait(("www.sec.gov", "data.sec.gov", "sec.gov")[n % 3])
    assert sum(clock.slept) == pytest.approx(32 / 8)
    rates.wait("notsec.gov")
    assert sum(clock.slept) == pytest.approx(32 / 8)


def test_threads_share_the_turns(clock):
    rates = Rates({"*": 100}, clock)
    starts = threading.Barrier(8)

    def ask() -> None:
        starts.wait()
        rates.wait("one.example")

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rates.wait("one.example")
    assert clock.monotonic() >= 0.08 - 1e-9  # nine turns, a hundredth apart


def test_the_client_keeps_the_rate(server, clock):
    web = Web(rules(server, rates={"*": 4.0}, robots=False), clock=clock)
    for _ in range(3):
        web.get(server.url("a"))
    assert clock.slept == [0.25, 0.25]


ROBOTS = b"""User-agent: *
Disallow: /private
Allow: /private/press
Disallow: /*.cgi$

User-agent: smalti
Disallow: /ours
Crawl-delay: 3
"""


def test_robots_txt_is_asked_once_and_heeded_by_our_group(server, clock):
    server.say("/robots.txt", reply(200, ROBOTS))
    server.say("/private", reply(200, b"allowed to us"))
    web = Web(rules(server), clock=clock)
    assert web.get(server.url("private")).body == b"allowed to us"
    with pytest.raises(Refused, match=r"robots\.txt"):
        web.get(server.url("ours/x"))
    assert server.paths() == ["/robots.txt", "/private"]


def test_the_general_group_holds_for_the_unnamed_with_its_wildcards(server, clock):
    server.say("/robots.txt", reply(200, ROBOTS))
    server.say("/private/press", reply(200, b"press"))
    web = Web(rules(server, agent="Other o@example.org"), clock=clock)
    assert web.get(server.url("private/press")).body == b"press"
    for path in ("private/x", "run.cgi"):
        with pytest.raises(Refused):
            web.get(server.url(path))


def test_a_crawl_delay_slows_us_and_is_cut_to_the_longest_wait(server, clock):
    server.say("/robots.txt", reply(200, b"User-agent: *\nCrawl-delay: 3"))
    web = Web(rules(server), clock=clock)
    for _ in range(3):
        web.get(server.url("a"))
    assert sum(clock.slept) == pytest.approx(2 * 3, abs=0.01)
    server.say("/robots.txt", reply(200, b"User-agent: *\nCrawl-delay: 86400"))
    clock.sleep(1)
    begin = clock.monotonic()
    web = Web(rules(server, max_wait=5), clock=clock)
    for _ in range(2):
        web.get(server.url("a"))
    assert clock.monotonic() - begin == pytest.approx(5, abs=0.01)


def test_robots_txt_of_each_redirect_counts(server, clock):
    server.say("/robots.txt", reply(200, b"User-agent: *\nDisallow: /no"))
    server.say("/go", reply(302, headers={"Location": "/no"}))
    with pytest.raises(Refused, match=r"robots\.txt"):
        Web(rules(server), clock=clock).get(server.url("go"))
    assert server.paths() == ["/robots.txt", "/go"]


def test_no_robots_txt_allows_and_a_failing_one_forbids_for_ten_minutes(server, clock):
    assert Web(rules(server), clock=clock).get(server.url("a")).body == b"page"
    server.say("/robots.txt", [reply(500), reply(500), reply(200, b"")])
    web = Web(rules(server), clock=clock)
    for _ in range(2):
        with pytest.raises(Unreachable, match=r"robots\.txt cannot be read"):
            web.get(server.url("a"))
    assert server.paths().count("/robots.txt") == 3
    clock.sleep(601)
    assert web.get(server.url("a")).body == b"page"


def test_a_robots_txt_made_to_exhaust_memory_forbids(server, clock):
    groups = b"".join(b"User-agent: a%d\n" % n for n in range(3000))
    server.say("/robots.txt", reply(200, groups + b"Disallow: /x\n" * 3000))
    with pytest.raises(Unreachable, match="too large"):
        Web(rules(server), clock=clock).get(server.url("a"))


def test_a_robots_txt_with_many_wildcards_is_matched_quickly(server, clock):
    server.say("/robots.txt", reply(200, b"User-agent: *\nDisallow: /" + b"a*" * 500 + b"b\n"))
    server.say("/" + "a" * 3000, reply(200, b"ok"))
    assert Web(rules(server), clock=clock).get(server.url("a" * 3000)).body == b"ok"


# Cassettes.


def test_what_was_recorded_is_replayed_without_a_socket(server, clock, tmp_path, monkeypatch):
    tape = tmp_path / "tape.ndjson"
    import gzip

    server.say("/a", reply(302, headers={"Location": "/b", "Set-Cookie": "s=1"}))
    server.say("/b", [reply(503), reply(200, gzip.compress(b"packed"), {"Content-Encoding": "gzip"})])
    server.say("/c", reply(304, headers={"ETag": '"c"'}))
    recording = Web(rules(server), clock=clock, cassette=Cassette(tape, record=True))
    first = recording.get(server.url("a"))
    recording.get(server.url("c"), etag='"c"')
    assert "s=1" not in tape.read_text()

    def no_socket(*_: object, **__: object) -> None:
        raise AssertionError("opened a socket")

    monkeypatch.setattr(socket, "socket", no_socket)
    monkeypatch.setattr(socket, "getaddrinfo", no_socket)
    slept = len(clock.slept)
    replaying = Web(rules(server), clock=clock, cassette=Cassette(tape))
    again = replaying.get(server.url("a"))
    assert (again.body, again.hops, again.fetched_at) == (b"packed", first.hops, first.fetched_at)
    assert replaying.get(server.url("c"), etag='"c"').not_modified
    assert len(clock.slept) == slept
    with pytest.raises(Refused, match="not on the cassette"):
        replaying.get(server.url("c"), etag='"d"')
    with pytest.raises(Refused, match="not on the cassette"):
        replaying.get(server.url("unknown"))


def test_a_cassette_can_be_written_by_hand_and_changes_in_order(tmp_path):
    tape = tmp_path / "tape.ndjson"
    url = "https://example.org/feed"
    lines = [
        {"url": url, "status": 200, "headers": [["ETag", "1"]], "text": "one", "at": "2026-03-02T08:00:00Z"},
        {"url": url, "status": 200, "text": "two"},
        {"url": "https://example.org/gone", "status": 410},
    ]
    tape.write_text("\n".join(map(json.dumps, lines)))
    web = Web(WebRules("smalti"), cassette=Cassette(tape))
    first = web.get(url)
    assert (first.body, first.etag) == (b"one", "1")
    assert first.fetched_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert [web.get(url).body for _ in range(2)] == [b"two", b"two"]
    with pytest.raises(Unreadable, match="410"):
        web.get("https://example.org/gone")
    with pytest.raises(Refused):
        web.get("http://127.0.0.1/")


def test_a_broken_cassette_says_which_line(tmp_path: Path) -> None:
    tape = tmp_path / "tape.ndjson"
    tape.write_text('{"url": "https://example.org/", "status": 200}\n{"status": 200}\n')
    with pytest.raises(Malformed, match="line 2"):
        Cassette(tape)
