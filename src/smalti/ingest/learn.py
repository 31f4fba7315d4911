"""What documents state outright of issuers: who there is, their names and since when, what they own.

A name holds from the day a document states it, but for two: the one an issuer is first known by, which holds
from ever, and those that a filing's former names date. An id never changes, whatever is learned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from smalti.ingest.issuers import Master
from smalti.ingest.link import Link, LinkInput, link
from smalti.ingest.subsidiaries import is_exhibit_21, subsidiaries
from smalti.platform.records import Issuer, Name, SourceKind

__all__ = ["Stated", "learned"]

_SURE = ("manifest", "cik", "cover name")
_MAX_NAMES = 100  # former names or tickers that one document is believed


@dataclass(frozen=True, slots=True)
class Stated:
    """A document that states its issuer.

    Attributes:
        given: what linking sees of it; its hints may hold `former_names` (a JSON list of `name`, `from`,
            `to`), `tickers` and `exhibit`, as the filings feed gives them.
        whole: the whole text of an exhibit 21, else empty.
    """

    given: LinkInput
    whole: str = ""


def learned(master: Master, documents: Iterable[Stated]) -> list[Issuer]:
    """The issuers that documents state outright, with all that these say of them.

    Those stated with a CIK come first: a name beside no CIK then means the entity that has one.
    """
    stated = sorted(documents, key=lambda one: one.given.on or date.max)
    found: dict[str, Issuer] = {}
    base = master
    for only_with_cik in (True, False):
        for document in stated:
            for one in link(document.given, master):
                if one.method in _SURE and (one.issuer.cik or not only_with_cik):
                    old = found.get(one.issuer.issuer_id)
                    found[one.issuer.issuer_id] = _with_names(old, one, document, base)
        master = master.extend(found.values())
    return list(found.values())


def _with_names(old: Issuer | None, one: Link, document: Stated, base: Master) -> Issuer:
    """An issuer with the names that one document gives it; `old` as known from earlier documents."""
    given = document.given
    former = _former_names(given.hints)
    since = max((name.valid_to for name in former if name.valid_to), default=None)
    names = [
        n if n.valid_from or n.kind == "ticker" else replace(n, valid_from=since) for n in one.issuer.names
    ]
    names = names or [Name(one.issuer.name, "name", since)]
    if old is not None and one.method != "manifest":
        known = {(name.text, name.kind) for name in old.names}
        names = [
            n if n.valid_from or (n.text, n.kind) in known else replace(n, valid_from=given.on) for n in names
        ]
    if base.by_id(one.issuer.issuer_id) is not None:
        names = list(one.issuer.names)  # what is known already is dated already
    if one.method == "manifest":
        names.append(Name(one.quote, "alias"))
    if given.kind is SourceKind.PRICE and "ticker" in given.hints:
        names.append(Name(given.hints["ticker"], "ticker"))
    names += former
    names += _tickers(given.hints, since, one.issuer)
    if is_exhibit_21(given.hints.get("exhibit", "")):
        names += [Name(s.name, "subsidiary", given.on) for s in subsidiaries(document.whole)]
    mine = {(n.text, n.kind): n for n in (old.names if old else ())}
    mine.update({(n.text, n.kind): n for n in names if n.valid_to or (n.text, n.kind) not in mine})
    cik = one.issuer.cik or (old.cik if old else None)
    whole = replace(old or one.issuer, names=tuple(mine.values()), cik=cik)
    # People write a name as it is meant to be read; covers and registers put it in capitals.
    written = one.method == "manifest" and base.by_id(whole.issuer_id) is None
    return replace(whole, name=one.quote) if written else whole


def _former_names(hints: Mapping[str, str]) -> list[Name]:
    """The former names a filing feed gives; each was borne to the day before the next."""
    try:
        said: Any = json.loads(hints.get("former_names") or "[]")
    except ValueError:
        return []
    return [
        Name(one["name"].strip(), "name", _day(one.get("from")), _day(one.get("to")))
        for one in (said[:_MAX_NAMES] if isinstance(said, list) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), str) and one["name"].strip()
    ]


def _tickers(hints: Mapping[str, str], since: date | None, issuer: Issuer) -> list[Name]:
    """The tickers a filing feed gives, from the last change of name on, of an issuer with none known."""
    if any(name.kind == "ticker" for name in issuer.names):
        return []
    return [Name(t, "ticker", since) for t in hints.get("tickers", "").split()[:_MAX_NAMES]]


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) and text else None
    except ValueError:
        return None
