"""What all feeds share: addresses made fetchable, names made safe, options read, listings put in order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from smalti.ingest.dedupe import TRACKING
from smalti.ingest.feeds.source import Source, Wanted
from smalti.ingest.parse.moments import moment
from smalti.ingest.parse.text import clean, load_json, web_address
from smalti.platform.errors import SettingsError
from smalti.platform.records import content_id

__all__ = ["Options", "absolute", "answer", "key", "line", "oldest_first", "suffix", "tidy", "web_source"]

MAX_ADDRESS = 2_000
"""Characters; more is an attack or a page of data."""
_AS_IS = "%/:?@!$&'()*+,;=~-._[]"
"""Characters of a path or query that are sent as they are written."""
COMMON = {"issuer": "", "synthetic": ""}
"""Options of every feed, kept with all it gives: whom it is about, by name, and whether it is made up."""
_YES, _NO = ("yes", "true", "on"), ("no", "false", "off")


def absolute(url: str, base: str = "") -> str | None:
    """The address in full, as `web_address` takes it and without its fragment.

    Args:
        url: as a list writes it, perhaps relative.
        base: what it is relative to; a base that is itself relative is no help.

    Returns:
        None for anything that is not of the web, is over `MAX_ADDRESS`, or carries a password.
    """
    written = clean(url)
    if not written or len(written) > MAX_ADDRESS:
        return None
    try:
        parts = urlsplit(urljoin(base, written))
        if parts.username is not None or parts.password is not None:
            return None
        sent = {"path": quote(parts.path, safe=_AS_IS), "query": quote(parts.query, safe=_AS_IS)}
        found = web_address(urlunsplit(parts._replace(scheme=parts.scheme.lower(), fragment="", **sent)))
        if found and parts.port == 0:
            return None
    except ValueError:  # brackets that hold no IPv6 address, or a port beyond 65535
        return None
    return found if found and len(found) <= MAX_ADDRESS else None


def tidy(url: str) -> str:
    """A web address without the parameters that only say where the reader came from; order is kept."""
    parts = urlsplit(url)
    kept = [one for one in parts.query.split("&") if one and not TRACKING.fullmatch(one.partition("=")[0])]
    return urlunsplit(parts._replace(query="&".join(kept)))


def key(*parts: str) -> str:
    """A name for something that others named: 20 hex digits, whatever is in it."""
    return content_id(*parts)[:20]


def suffix(url: str, known: Mapping[str, str] | Sequence[str], otherwise: str) -> str:
    """The suffix of an address where it is one of `known` (a mapping also renames it), else `otherwise`."""
    found = PurePosixPath(urlsplit(url).path).suffix.lower()
    if isinstance(known, Mapping):
        return known.get(found, otherwise)
    return found if found in known else otherwise


def line(text: str, most: int = 500) -> str:
    """Untrusted words as one clean line of at most `most` characters."""
    return " ".join(clean(text[: most * 4]).split())[:most]


def answer(raw: bytes, name: str) -> Any:
    """The JSON that an interface answered; JSON on the wire is UTF-8.

    Raises:
        Malformed: it is none.
    """
    return load_json(raw.decode("utf-8-sig", errors="replace"), name)


def oldest_first(wanted: Sequence[Wanted]) -> list[Wanted]:
    """Things of a list, oldest first; those of one moment in the list's order, undated ones last."""
    return sorted(wanted, key=lambda one: one.published_at or datetime.max.replace(tzinfo=UTC))


class Options:
    """The options of a source, checked as they are read."""

    def __init__(self, source: Source, defaults: Mapping[str, str]) -> None:
        """Take what the source sets over what its feed, and every feed, defaults to.

        Raises:
            SettingsError: an option that this feed does not know.
        """
        self._source = source
        known = {**COMMON, **defaults}
        unknown = sorted(source.options.keys() - known.keys())
        if unknown:
            raise self.refused(unknown[0], "is not known here", f"one of {', '.join(sorted(known))}")
        self._values = {**known, **source.options}

    def refused(self, name: str, what: str, mend: str) -> SettingsError:
        """The error for an option."""
        return SettingsError(f"option {name} {what}", subject=self._source.name, mend=mend)

    def text(self, name: str) -> str:
        """As it stands."""
        return self._values[name].strip()

    def words(self, name: str) -> tuple[str, ...]:
        """Its words, parted by spaces or commas."""
        return tuple(one for one in re.split(r"[\s,]+", self._values[name]) if one)

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number within bounds."""
        written = self.text(name)
        if not re.fullmatch(r"[0-9]{1,9}", written) or not least <= int(written) <= most:
            raise self.refused(name, f"is {written[:40]!r}", f"a whole number from {least} to {most}")
        return int(written)

    def yes(self, name: str) -> bool:
        """Whether it is yes."""
        written = self.text(name).lower()
        if written not in (*_YES, *_NO):
            raise self.refused(name, f"is {written[:40]!r}", "yes or no")
        return written in _YES

    def moment(self, name: str) -> datetime | None:
        """A day or moment, UTC; a day is its beginning. None where it is empty."""
        written = self.text(name)
        if not written:
            return None
        if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            written += "T00:00:00Z"
        found = moment(written)
        if found is None:
            raise self.refused(name, f"is {written[:40]!r}", "a day such as 2026-01-31")
        return found

    def web(self, name: str) -> str:
        """A web address without its last slash."""
        found = absolute(self.text(name))
        if found is None:
            raise self.refused(name, f"is {self.text(name)[:80]!r}", "an http(s) address")
        return found.rstrip("/")


def web_source(source: Source) -> str:
    """The address of a source that must be one of the web.

    Raises:
        SettingsError: it is not.
    """
    found = absolute(source.address)
    if found is None:
        what = f"its address {source.address[:80]!r} is none of the web"
        raise SettingsError(what, subject=source.name, mend="give an http(s) address")
    return found
