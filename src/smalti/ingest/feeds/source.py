"""A place to pull from, and how each kind of feed says what there is to have.

A feed is a module with two pure functions. `begin` names what to ask for first; `listed` reads one answer
that is a list (an RSS feed, a timeline, EDGAR's submissions) and names what follows from it. `listed` runs in
the sandbox, for a list is as untrusted as what it lists. Neither goes out by itself: all fetching is the pull
stage's, through the guarded client, and what is neither list nor lost is parsed like any file.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from smalti.ingest.parse.contract import Record
from smalti.platform.errors import SettingsError
from smalti.platform.records import SourceKind, content_id

__all__ = ["FOLDER", "KINDS", "Feed", "Listing", "Source", "Wanted", "feed_of"]

FOLDER = "folder"
KINDS: tuple[str, ...] = (*(kind.value for kind in SourceKind), FOLDER)
"""What a source can be: the kinds of documents it gives, or a watched folder of all kinds."""

_FEEDS = {
    SourceKind.NEWS.value: "smalti.ingest.feeds.news",
    SourceKind.FILING.value: "smalti.ingest.feeds.filings",
    SourceKind.SOCIAL.value: "smalti.ingest.feeds.social",
    SourceKind.CALL.value: "smalti.ingest.feeds.calls",
    SourceKind.PRICE.value: "smalti.ingest.feeds.prices",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A configured place to pull from.

    Attributes:
        name: what people call it; unique.
        kind: one of `KINDS`.
        address: an http(s) address, a CIK or ticker for filings, a folder's path.
        schedule: `every 15m`, `every 6h`, or five crontab fields (UTC).
        options: what this kind of feed understands beside the address; its module's docstring tells.
        paused: known, but not pulled by schedule.
    """

    name: str
    kind: str
    address: str
    schedule: str
    options: Mapping[str, str] = field(default_factory=dict)
    paused: bool = False

    @property
    def source_id(self) -> str:
        """The same for the same kind and address, whatever it is called."""
        return content_id("source", self.kind, self.address)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to have.

    Attributes:
        name: its path within the source, with a telling suffix: stable and unique, so that it is known again.
            A post that names pictures does so by their path relative to its own folder.
        url: where to fetch it; empty when `raw` holds it already.
        raw: bytes that a listing held, in a shape that a parser reads.
        revision: changes when the thing changes; the same revision is not fetched again. Empty: only the
            server can tell, by a conditional request.
        lists: its bytes are a list for `listed`, not evidence.
        further: a later page of a list: wanted only if the page that named it held something new.
        optional: its absence is no failure (an offered transcript that is gone).
        kind, published_at, hints: what the listing says of it, for its parser and for linking.
    """

    name: str
    url: str = ""
    raw: bytes | None = None
    revision: str = ""
    lists: bool = False
    further: bool = False
    optional: bool = False
    kind: SourceKind | None = None
    published_at: datetime | None = None
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """What follows from one list: things to have, oldest first, and the entries that cannot be used."""

    wanted: Sequence[Wanted] = ()
    records: Sequence[Record] = ()


class Feed(Protocol):
    """A module of `smalti.ingest.feeds` for one kind of source."""

    def begin(self, source: Source) -> Sequence[Wanted]:
        """What to ask for first.

        Raises:
            SettingsError: the address or an option of the source cannot be used.
        """

    def listed(self, raw: bytes, wanted: Wanted, source: Source) -> Listing:
        """What a list names. Pure; runs in the sandbox.

        Raises:
            InputError: it is no list that this feed reads.
        """


def feed_of(source: Source) -> Feed:
    """The feed that pulls a source.

    Raises:
        SettingsError: no feed pulls this kind.
    """
    module = _FEEDS.get(source.kind)
    if module is None:
        mend = f"one of {', '.join(_FEEDS)}"
        raise SettingsError(f"nothing pulls a source of kind {source.kind}", subject=source.name, mend=mend)
    return cast(Feed, importlib.import_module(module))
