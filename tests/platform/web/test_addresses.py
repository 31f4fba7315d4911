from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smalti.platform.errors import Refused, SettingsError
from smalti.platform.web.addresses import Gate, Target, banned, banned_networks

GATE = Gate.of({80, 443}, ())


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "carrier-grade NAT"),
        ("100.127.255.255", "carrier-grade NAT"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("100.100.100.200", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("fd00:ec2::254", "cloud metadata"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("255.255.255.255", "broadcast"),
        ("240.0.0.1", "reserved"),
        ("198.18.0.1", "benchmarking"),
        ("203.0.113.7", "documentation"),
        ("2001:db8::1", "documentation"),
        ("::ffff:8.8.8.8", "IPv4-mapped"),
        ("::8.8.8.8", "IPv4-compatible"),
        ("64:ff9b::8.8.8.8", "NAT64"),
        ("64:ff9b:1::a00:1", "NAT64"),
        ("2002:7f00:1::", "6to4"),
        ("2001:0:1::1", "Teredo"),
        ("fc00::1", "unique local"),
        ("fec0::1", "site-local"),
        ("2a00::5efe:7f00:1", "ISATAP"),
        ("4000::1", "not global unicast"),
        ("8.8.8.8", None),
        ("172.32.0.1", None),
        ("100.128.0.1", None),
        ("2606:4700::1111", None),
    ],
)
def test_an_address_has_its_class(address: str, kind: str | None) -> None:
    assert banned(ip_address(address)) == kind


def spellings(number: int) -> list[str]:
    """Ways to write an IPv4 address that some resolvers, browsers or C libraries understand."""
    a, b, c, d = number.to_bytes(4, "big")
    wide = str.maketrans("0123456789.", "０１２３４５６７８９。")
    return [
        f"{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}.",
        str(number),
        hex(number),
        f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:03}.{b:03}.{c:03}.{d:03}",
        f"{a}.{b << 16 | c << 8 | d}",
        f"{a}.{b}.{c << 8 | d}",
        f"{a}.{b}.{c}.{d:#x}",
        f"{a}.{b}.{c}.{d}".translate(wide),
        f"[::ffff:{a}.{b}.{c}.{d}]",
        f"[::{a}.{b}.{c}.{d}]",
        f"[64:ff9b::{a}.{b}.{c}.{d}]",
        f"[2002:{number >> 16:x}:{number & 0xFFFF:x}::]",
        f"{a}%2E{b}.{c}.{d}",
    ]


FOUR = [network for _, network in banned_networks() if isinstance(network, IPv4Network)]
SIX = [network for _, network in banned_networks() if not isinstance(network, IPv4Network)]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(FOUR), st.sampled_from(["http://", "HTTPS://"]))
def test_no_spelling_of_a_banned_ipv4_address_passes(
    data: st.DataObject, network: IPv4Network, scheme: str
) -> None:
    offset = data.draw(st.integers(0, network.num_addresses - 1))
    number = int(network.network_address) + offset
    for host in spellings(number):
        with pytest.raises(Refused):
            GATE.target(f"{scheme}{host}/x")
    with pytest.raises(Refused):
        GATE.addresses(Target("http", "example.org", 80, "/"), ["8.8.8.8", str(IPv4Address(number))])


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(SIX))
def test_no_spelling_of_a_banned_ipv6_address_passes(data: st.DataObject, network: IPv6Network) -> None:
    address = IPv6Address(int(network.network_address) + data.draw(st.integers(0, network.num_addresses - 1)))
    for host in (
        address.compressed,
        address.exploded,
        address.exploded.upper(),
        f"{address}%25eth0",
        f"{address}%1",
    ):
        with pytest.raises(Refused):
            GATE.target(f"http://[{host}]/")
    with pytest.raises(Refused):
        GATE.addresses(Target("https", "example.org", 443, "/"), [str(address)])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:0:0", "::", "64:ff9b::", "::ffff:0:0:0"]))
def test_no_ipv4_address_passes_inside_an_ipv6_one(number: int, prefix: str) -> None:
    assert banned(IPv6Address(int(IPv6Address(prefix)) + number)) is not None


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_refused_or_becomes_a_plain_ascii_url(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.org/{text}", f"https://example.org{text}/"):
        try:
            target = GATE.target(url)
        except Refused:
            continue
        assert target.url.isascii()
        assert " " not in target.url
        assert target.port in (80, 443)
        assert GATE.target(target.url) == target


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "no http or https"),
        ("file:///etc/passwd", "no http or https"),
        ("//example.org/", "no http or https"),
        ("http:example.org", "no http or https"),
        ("http://example.org:22/", "port 22"),
        ("http://example.org:99999/", "port 99999"),
        ("http://example.org:8o/", "no number"),
        ("http://user@example.org/", "user name"),
        ("http://user:word@example.org/", "user name"),
        ("http://example.org\\@127.0.0.1/", "backslash"),
        ("http://localhost/", "machine or network"),
        ("http://a.localhost/", "machine or network"),
        ("http://printer.local/", "machine or network"),
        ("http://metadata.google.internal/", "machine or network"),
        ("http://metadata/", "machine or network"),
        ("http://intranet/", "machine or network"),
        ("http://example.org./", "no plain name"),
        ("http://ex ample.org/", "space"),
        ("http://exa\tmple.org/", "space"),
        ("http://example.org/\r\nHost: x", "space"),
        ("http://-a.org/", "no plain name"),
        ("http://a..org/", "no plain name"),
        ("http:///x", "no host"),
        ("http://[::1/", "no whole address"),
        ("http://[::1]x/", "no whole address"),
        ("http://[example.org]/", "no IPv6"),
        ("http://xn--a.org/", "international"),
        ("http://" + "a." * 200 + "org/", "longer than 253"),
        ("http://example.org/" + "a" * 8000, "longer than 8000"),
        ("http://1.2.3/", "disguise"),
        ("http://example.0x7f/", "disguise"),
    ],
)
def test_a_url_that_is_not_plain_is_refused_and_says_why(url: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        GATE.target(url)


def test_a_refusal_repeats_no_password_and_no_control_character() -> None:
    for url in ("http://me:hunter2@example.org/", "http://me:hunter2@example.org/\r\n\x1b[31m"):
        with pytest.raises(Refused) as caught:
            GATE.target(url)
        assert "hunter2" not in str(caught.value)
        assert "***@example.org" in caught.value.subject
        assert caught.value.subject.isprintable()


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTP://Example.ORG", "http://example.org/"),
        ("https://example.org:443/a?b=c&d=%20#e", "https://example.org/a?b=c&d=%20"),
        (" http://example.org:80/ä b".replace(" b", "%20b"), "http://example.org/%C3%A4%20b"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://аpple.com/", "https://xn--pple-43d.com/"),  # a Cyrillic a: shown for what it is
        ("http://8.8.8.8/", "http://8.8.8.8/"),
        ("http://[2606:4700:0::1111]/", "http://[2606:4700::1111]/"),
        ("http://example.org:443/", "http://example.org:443/"),
    ],
)
def test_a_good_url_is_normalised(url: str, normal: str) -> None:
    assert GATE.target(url).url == normal


def test_one_bad_address_among_good_ones_is_enough() -> None:
    target = GATE.target("https://example.org/")
    assert GATE.addresses(target, ["8.8.8.8", "2606:4700::1111"]) == ["8.8.8.8", "2606:4700::1111"]
    with pytest.raises(Refused, match=r"10\.0\.0\.1, a private address"):
        GATE.addresses(target, ["8.8.8.8", "10.0.0.1"])


def test_an_exception_holds_for_one_address_and_port_only() -> None:
    gate = Gate.of({80, 443}, ["127.0.0.1:8123", "[::1]:8124"])
    assert gate.target("http://127.0.0.1:8123/").port == 8123
    assert gate.target("http://[::1]:8124/").port == 8124
    for url in (
        "http://127.0.0.1/",
        "http://127.0.0.1:8124/",
        "http://127.0.0.2:8123/",
        "http://localhost:8123/",
        "http://8.8.8.8:8123/",
    ):
        with pytest.raises(Refused):
            gate.target(url)
    with pytest.raises(Refused, match="port 8123"):  # a public host, on a port only the exception may use
        gate.addresses(gate.target("http://example.org:8123/"), ["8.8.8.8"])
    with pytest.raises(SettingsError):
        Gate.of({80}, ["localhost:80"])


@pytest.mark.parametrize(
    ("location", "lands"),
    [
        ("/b?c", "https://example.org/b?c"),
        ("//other.example/x", "https://other.example/x"),
        ("../up", "https://example.org/up"),
        ("https://sub.example.org", "https://sub.example.org/"),
    ],
)
def test_a_redirect_is_followed_from_where_it_was_said(location: str, lands: str) -> None:
    assert GATE.redirect(GATE.target("https://example.org/a/b"), location).url == lands


@pytest.mark.parametrize(
    "location",
    [
        "http://example.org/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//localhost/",
        "https://example.org:6379/",
        "https://[",
    ],
)
def test_a_redirect_passes_the_same_gate(location: str) -> None:
    with pytest.raises(Refused):
        GATE.redirect(GATE.target("https://example.org/a"), location)
