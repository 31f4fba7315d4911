"""EDGAR's companyfacts split by filing, so that amendments and restatements are facts with their own clocks.

The file is one for all filings of a company and grows with each. Split, what an old filing said stays the
same bytes whatever is filed later, and downloading it again costs nothing for what is known.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Set
from datetime import date, datetime
from typing import Any

from smalti.ingest.feeds.addresses import answer, key, line
from smalti.ingest.feeds.source import Listing, Wanted
from smalti.ingest.parse.contract import Record
from smalti.ingest.parse.moments import end_of_day
from smalti.platform.errors import Malformed, TooLarge
from smalti.platform.records import Outcome, SourceKind

__all__ = ["listed"]

MAX_BYTES = 150_000_000
"""The longest histories have some tens of millions."""
MAX_FACTS = 1_000_000
_ACCESSION = re.compile(r"\d{10}-\d{2}-\d{6}")
_MOVES = ("frame",)
"""Keys that EDGAR takes from an old filing's fact when a newer filing repeats it."""

Facts = dict[str, dict[str, dict[str, Any]]]


def listed(raw: bytes, wanted: Wanted, forms: Set[str], since: datetime | None) -> Listing:
    """One companyfacts JSON a filing, oldest first, each known from the end of the day it was filed.

    Args:
        raw: a companyfacts file.
        wanted: what it was asked for as; its hints go on.
        forms: those wanted.
        since: filings made before are left.

    Raises:
        TooLarge: over `MAX_BYTES` or `MAX_FACTS`.
        Malformed: no companyfacts.
    """
    if len(raw) > MAX_BYTES:
        raise TooLarge(f"{len(raw)} bytes of facts", subject=wanted.name, mend="option facts no")
    told = answer(raw, wanted.name)
    taxonomies = told.get("facts") if isinstance(told, dict) else None
    if not isinstance(taxonomies, dict):
        raise Malformed("no company facts", subject=wanted.name, mend="check the CIK on EDGAR")
    split, filed, bad = _split(taxonomies, wanted.name)
    records = (
        [Record("facts", Outcome.QUARANTINED, Malformed.__name__, f"{bad} facts of no filing")] if bad else []
    )
    said = {name: told[name] for name in ("entityName", "synthetic") if name in told}
    head = json.dumps({"cik": told.get("cik"), **said})
    found: list[Wanted] = []
    for accession, (form, day) in sorted(filed.items(), key=lambda one: (one[1][1], one[0])):
        if form.upper() not in forms or (since and day < since.date()):
            continue
        hints = {**wanted.hints, "accession": accession, "form": line(form, 20)}
        facts = json.dumps(split[accession], sort_keys=True)
        # Labels are the newest taxonomy's: one that is worded anew makes no new fact.
        values = [[t, tag, e["units"]] for t, tags in split[accession].items() for tag, e in tags.items()]
        found.append(
            Wanted(
                f"facts/{accession}.json",
                raw=f'{head[:-1]}, "facts": {facts}}}'.encode(),
                revision=key(json.dumps(sorted(values, key=lambda one: one[:2]), sort_keys=True)),
                kind=SourceKind.FILING,
                published_at=end_of_day(day),
                hints=hints,
            )
        )
    return Listing(found, records)


def _split(
    taxonomies: Mapping[str, Any], name: str
) -> tuple[Mapping[str, Facts], Mapping[str, tuple[str, date]], int]:
    """Facts by accession; form and day of each; and how many rows name no filing.

    The day is the latest that any of the filing's facts gives.
    """
    split: defaultdict[str, Facts] = defaultdict(dict)
    filed: dict[str, tuple[str, date]] = {}
    bad = count = 0
    for taxonomy, tags in taxonomies.items():
        for tag, entry in tags.items() if isinstance(tags, dict) else ():
            units = entry.get("units") if isinstance(entry, dict) else None
            for unit, rows in units.items() if isinstance(units, dict) else ():
                for row in rows if isinstance(rows, list) else ():
                    count += 1
                    if count > MAX_FACTS:
                        raise TooLarge(f"over {MAX_FACTS} facts", subject=name, mend="option facts no")
                    made = _filing(row)
                    if made is None:
                        bad += 1
                        continue
                    accession, form, day = made
                    filed[accession] = (form, max(day, filed.get(accession, made[1:])[1]))
                    element = (
                        split[accession]
                        .setdefault(taxonomy, {})
                        .setdefault(tag, {"label": entry.get("label"), "units": {}})
                    )
                    kept = {name: value for name, value in row.items() if name not in _MOVES}
                    element["units"].setdefault(unit, []).append(kept)
    return split, filed, bad


def _filing(row: object) -> tuple[str, str, date] | None:
    if not isinstance(row, dict) or not _ACCESSION.fullmatch(str(row.get("accn"))):
        return None
    try:
        return str(row["accn"]), str(row.get("form") or ""), date.fromisoformat(str(row.get("filed")))
    except ValueError:
        return None
