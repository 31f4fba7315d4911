"""Which addresses may be asked: the spelling of a URL, and every numeric address its host stands for.

A URL is taken apart once, here, strictly, and only its parts travel on, so that no two parsers can disagree
about which host is meant. What the standard library calls global is not relied on: the networks are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urljoin

import idna

from smalti.platform.errors import Refused, SettingsError

IPAddress = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port to numeric addresses; raises `OSError` where the name has none."""

DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_URL = 8_000
_MAX_HOST = 253
_URL = re.compile(r"(https?)://([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.I | re.S)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")
_BAD = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SECRET = re.compile(r"^([A-Za-z]*:?//)[^/?#]*@")
"""A user name and password, which no message repeats."""
_KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"
_KEPT_IN_QUERY = _KEPT_IN_PATH + "?"

_LOCAL_NAMES = (
    *("localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan"),
    *("home.arpa", "onion", "alt", "invalid", "test"),
)
"""Names of this machine, of a site's own network, or of none (RFC 6761, 6762, 7686, 8375, 9476)."""

# First match wins, so what is special inside a wider network stands before it. Sources: the IANA
# special-purpose registries for IPv4 and IPv6; RFC 6052 and 8215 (NAT64), 3056 (6to4), 4380 (Teredo), 5214
# (ISATAP).
_BANNED: Sequence[tuple[str, str]] = (
    (
        "cloud metadata",
        "169.254.169.254 169.254.170.2 169.254.169.253 169.254.169.123 100.100.100.200 168.63.129.16"
        " 192.0.0.192 fd00:ec2::254 fd00:ec2::253 fd00:ec2::23 fd20:ce::254",
    ),
    ("unspecified", "0.0.0.0/8 ::/128"),
    ("loopback", "127.0.0.0/8 ::1/128"),
    ("private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16"),
    ("carrier-grade NAT", "100.64.0.0/10"),
    ("link-local", "169.254.0.0/16 fe80::/10"),
    ("documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"),
    ("benchmarking", "198.18.0.0/15 2001:2::/48"),
    ("6to4", "192.88.99.0/24 2002::/16"),
    ("Teredo", "2001::/32"),
    (
        "protocol assignment",
        "192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.175.48.0/24 2001::/23 2620:4f:8000::/48",
    ),
    ("multicast", "224.0.0.0/4 ff00::/8"),
    ("broadcast", "255.255.255.255/32"),
    ("reserved", "240.0.0.0/4"),
    ("IPv4-mapped", "::ffff:0:0/96 ::ffff:0:0:0/96"),
    ("IPv4-compatible", "::/96"),
    ("NAT64", "64:ff9b::/96 64:ff9b:1::/48"),
    ("discard", "100::/64 100:0:0:1::/64"),
    ("unique local", "fc00::/7"),
    ("site-local", "fec0::/10"),
    ("segment routing", "5f00::/16"),
)
_NETWORKS: Sequence[tuple[str, IPv4Network | IPv6Network]] = tuple(
    (name, ip_network(text)) for name, texts in _BANNED for text in texts.split()
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")


def banned_networks() -> Sequence[tuple[str, IPv4Network | IPv6Network]]:
    """Every network that is never asked, with the name of its class."""
    return _NETWORKS


def banned(address: IPAddress) -> str | None:
    """The class of an address that may not be asked, such as `loopback`; None for one that may."""
    for name, network in _NETWORKS:
        if address.version == network.version and address in network:
            return name
    if isinstance(address, IPv6Address):
        if address not in _GLOBAL_UNICAST:
            return "not global unicast"
        if int(address) >> 32 & 0xFDFFFFFF == 0x00005EFE:
            return "ISATAP"
    return None


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: lower-case scheme, ASCII host without brackets, port, and path with query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> IPAddress | None:
        """The host as a number, where it is written as one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def authority(self) -> str:
        """Host, in brackets where they are needed, and port where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority: what a robots.txt speaks for."""
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        """The normalised URL, without fragment."""
        return self.origin + self.path


@dataclass(frozen=True, slots=True)
class Gate:
    """What may pass: ports, and single addresses with their port that are excepted from every other rule.

    Attributes:
        ports: ports any host may be asked on.
        allowed: exact (address, port) pairs, such as a test server's on loopback.
    """

    ports: frozenset[int]
    allowed: frozenset[tuple[IPAddress, int]]

    @classmethod
    def of(cls, ports: Iterable[int], allow: Iterable[str]) -> Gate:
        """From settings; each of `allow` reads `127.0.0.1:8123` or `[::1]:8123`.

        Raises:
            SettingsError: an entry is no address with a port.
        """
        pairs = set()
        for entry in allow:
            host, _, port = entry.rpartition(":")
            try:
                pairs.add((ip_address(host.removeprefix("[").removesuffix("]")), int(port)))
            except ValueError:
                raise SettingsError(
                    "no address with a port", subject=entry, mend="write it as 127.0.0.1:8123"
                ) from None
        return cls(frozenset(ports), frozenset(pairs))

    def target(self, url: str) -> Target:
        """Take a URL apart.

        Raises:
            Refused: it is no plain http or https URL of a public host name or address on an allowed port.
        """
        text = url.strip(" \t\r\n")
        if len(text) > _MAX_URL:
            raise _refused(text, f"longer than {_MAX_URL} characters")
        if _BAD.search(text):
            raise _refused(text, "has a space or control character in it")
        match = _URL.fullmatch(text)
        if match is None:
            raise _refused(text, "no http or https URL", "only these two schemes are fetched")
        scheme, path, query = match[1].lower(), match[3], match[4]
        host, port = self._authority(text, match[2], DEFAULT_PORTS[scheme])
        path = quote(path or "/", safe=_KEPT_IN_PATH)
        if not path.startswith("/"):  # a backslash after the host, which browsers take for a slash
            raise _refused(text, "has a backslash after its host")
        if query is not None:
            path += "?" + quote(query, safe=_KEPT_IN_QUERY)
        target = Target(scheme, host, port, path)
        if target.literal is not None:
            self._number(text, target.literal, port)
        return target

    def redirect(self, source: Target, location: str) -> Target:
        """Where a redirect leads.

        Raises:
            Refused: as `target`, or it goes from https down to http.
        """
        try:
            target = self.target(urljoin(source.url, location.strip(" \t\r\n")))
        except ValueError:
            raise _refused(source.url, "redirects to what is no URL") from None
        if source.scheme == "https" and target.scheme == "http":
            raise _refused(target.url, f"a redirect from {source.url} that gives up encryption")
        return target

    def addresses(self, target: Target, found: Sequence[str]) -> list[str]:
        """`found`, after every one of them was checked, in the same order.

        Raises:
            Refused: any of them may not be asked.
        """
        addresses = [ip_address(one) for one in found]
        for address in addresses:
            self._number(target.url, address, target.port)
        return [str(address) for address in addresses]

    def _number(self, url: str, address: IPAddress, port: int) -> None:
        if (address, port) in self.allowed:
            return
        if (kind := banned(address)) is not None:
            raise _refused(url, f"its host stands for {address}, a {kind} address")
        if port not in self.ports:
            raise _refused(url, f"port {port} is not allowed")

    def _authority(self, url: str, text: str, default: int) -> tuple[str, int]:
        if "@" in text:
            raise _refused(url, "has a user name or password in it")
        if "%" in text:
            raise _refused(url, "has a zone or an escape in its host")
        host, port = text, ""
        if text.startswith("["):
            host, bracket, port = text[1:].partition("]")
            if not bracket or (port and not port.startswith(":")):
                raise _refused(url, "has no whole address in its brackets")
            host, port = _six(url, host), port[1:]
        else:
            host, _, port = text.partition(":")
            host = _name(url, host)
        if port and not re.fullmatch(r"[0-9]{1,5}", port):
            raise _refused(url, "its port is no number")
        number = int(port) if port else default
        if number not in self.ports and number not in {p for _, p in self.allowed}:
            raise _refused(url, f"port {number} is not allowed")
        return host, number


def _six(url: str, text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise _refused(url, "has no IPv6 address in its brackets") from None


def _name(url: str, text: str) -> str:
    """A host name in ASCII, lower case; or a number in its one plain spelling."""
    if not text or len(text) > _MAX_HOST:
        raise _refused(url, "has no host" if not text else f"its host is longer than {_MAX_HOST}")
    try:
        name = text.lower() if text.isascii() else idna.encode(text, uts46=True, std3_rules=True).decode()
        labels = name.split(".")
        for label in labels:
            if label.startswith("xn--"):
                idna.ulabel(label)
    except UnicodeError:  # idna's own errors are UnicodeErrors
        raise _refused(url, "its host is no valid international name") from None
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return str(IPv4Address(name))
        except ValueError:
            mend = "only four plain decimal numbers are read"
            raise _refused(url, "its host is a number in disguise", mend) from None
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(url, "its host is no plain name")
    if len(labels) < 2:
        raise _refused(url, "its host is a name of this machine or network")
    if any(name.endswith(f".{local}") or name == local for local in _LOCAL_NAMES):
        raise _refused(url, "its host is a name of this machine or network")
    return name


def _refused(url: str, what: str, mend: str = "check the address of the source") -> Refused:
    shown = _SECRET.sub(r"\1***@", url)[:300].encode("ascii", "backslashreplace").decode()
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    return Refused(what, subject=shown, mend=mend)
