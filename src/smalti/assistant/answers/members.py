"""The parts of a figure as a filing's tables list them: revenue by segment, notional amounts by instrument.

Facts of one table that share a measure and differ in what they are of make a list of members. A list counts
only if its measure is the one asked for: the line item of its facts, or words of its title or column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from smalti.assistant.facts.choosing import Days, Lacking, choose
from smalti.assistant.facts.ledger import Filed, Ledger
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import item, named
from smalti.platform.concepts import plain_label

__all__ = ["Listing", "Sought", "listings"]

_SLACK = 8  # days
_MOST_MEMBERS, _LEAST_MEMBERS = 25, 2
_TOTAL = re.compile(
    r"\b(?:sub)?totals?\b|^consolidated\b|\bconsolidated$|^worldwide$|^firm\b|^company$", re.I
)
_NO_MEMBER = re.compile(
    r"\beliminat|\bunallocated|\breconcil|\binter-?segment|\bother (?:items?|expense|income)"
    r"|\bcorporate items|^(?:less|plus|add|net)\b|\bnet of\b|\bexpenses?$|\(loss\)|\bincome\b.*\bexpense"
    r"|^(?:level|amount|change|increase|decrease|other|three|six|nine|twelve)\b|^\W*$|^at \w+ \d"
    r"|\bcompensation$|\bunconsolidated affiliates|\btransactions\b|^(?:gain|loss|income|amortization)\b",
    re.I,
)
_NOTE_MARK = re.compile(r"\s*\(\w{1,2}\)\s*$")
_NOUNS: Mapping[str, str] = {
    "segment": r"segment",
    "region": r"region|geograph|\bareas?\b|countr",
    "geograph": r"region|geograph|\bareas?\b|countr",
    "countr": r"geograph|countr",
    "product": r"product|categor|brand|revenue by",
    "categor": r"product|categor|type",
    "service": r"service|product|segment",
    "instrument": r"instrument|derivative",
    "debt": r"debt|notes|borrowings",
    "brand": r"brand",
    "channel": r"channel",
    "division": r"division|segment",
}
_TABLES = """
SELECT e.document_id, CAST(json_extract_string(e.locator, '$.page') AS INTEGER) AS page,
       row_number() OVER (PARTITION BY e.document_id, json_extract_string(e.locator, '$.page')
                          ORDER BY e.ordinal) - 1 AS number,
       concat_ws(' ', e.payload->>'caption', e.payload->>'heading', left(e.text, 240)) AS words
FROM evidence e WHERE e.kind = 'table' AND e.document_id IN (SELECT unnest($documents::TEXT[]))
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked of the parts.

    Attributes:
        measure: name of the line item; empty where only `words` tell it.
        words: words a title or column must have, where no fact has the line item.
        noun: what the parts are called in the question: `segment`, `region`; empty if it does not say.
        percent: the values themselves are percentages.
    """

    measure: str
    words: Sequence[str]
    noun: str = ""
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Members of one table with their values.

    Attributes:
        members: by name; totals, eliminations and the like left out.
        whole: the total that they add up to; None where none was found that they do.
        sure: how well it fits, the more the better; from `LEAST` on it may be told.
        called: its title calls the parts as the question does.
    """

    members: Mapping[str, Filed]
    whole: Filed | None
    sure: float
    called: bool


LEAST = 4.0


@dataclass(frozen=True, slots=True)
class _Search:
    """What lists are measured by. `company`: the whole company's value of the measure, where it is filed."""

    days: Days
    sought: Sought
    pages: Sequence[tuple[str, int]]
    company: Filed | None


_Key = tuple[str, int | None, int | None, str, str]


def listings(
    grounds: Grounds,
    ledger: Ledger,
    days: Days,
    sought: Sought,
    pages: Sequence[tuple[str, int]],
) -> Sequence[Listing]:
    """Lists of the parts sought over a period, the best first; only those sure enough.

    Args:
        grounds: what may be read.
        ledger: of the issuer.
        days: the period.
        sought: which parts.
        pages: document and page that a search for the question found, the best first.
    """
    groups: dict[_Key, list[Filed]] = {}
    on_page: dict[tuple[str, int | None], list[Filed]] = {}
    for one in ledger.at(days.end):
        if not _in_time(one, days) or one.place[1] is None:
            continue
        on_page.setdefault((one.filing.document_id, one.place[0]), []).append(one)
        for kind, measure in _measures(one, sought):
            # Columns that name the parts go on in the next table of the page where they do not fit in one.
            table = -1 if kind == "line" and one.dimension != one.label else one.place[1]
            groups.setdefault((one.filing.document_id, one.place[0], table, kind, measure), []).append(one)
    if not groups:
        return []
    titles = _titles(grounds, {key[0] for key in groups})
    search = _Search(days, sought, pages, _of_company(ledger, days, sought))
    found = []
    for key, rows in groups.items():
        on_it = titles.get(key[:2], {})
        title = " ".join(on_it.values()) if key[2] == -1 else on_it.get(key[2], "")
        listing = _listing(key, rows, title, search, on_page[key[0], key[1]])
        if listing is not None:
            found.append(listing)
    return sorted(found, key=lambda one: -one.sure)


def _of_company(ledger: Ledger, days: Days, sought: Sought) -> Filed | None:
    known = item(sought.measure)
    if known is None:
        return None
    try:
        return choose(ledger, known, days, days.end).rows[0]
    except Lacking:
        return None


def _in_time(one: Filed, days: Days) -> bool:
    return one.start is None or abs(one.days - days.length) <= _SLACK


def _measures(one: Filed, sought: Sought) -> Iterator[tuple[str, str]]:
    """Of which measures a fact may be a part, and whether its row, its column or only the title says so."""
    if (one.unit == "%") != sought.percent or not (one.money or sought.percent):
        return
    heads = " / ".join(_plain_heads(one.over))
    if one.line or one.concept:
        yield "line", one.line or one.concept
    if one.line and one.line != sought.measure:
        return
    if not one.dimension or one.dimension == one.label:
        yield "title", heads
    elif one.dimension:
        yield "column", one.dimension


def _plain_heads(over: Iterable[str]) -> Iterator[str]:
    for text in over:
        if not re.search(r"\d{4}|\b(?:months?|weeks?|quarter|ended|thousands|millions)\b", text, re.I):
            yield text


def _titles(
    grounds: Grounds, documents: Iterable[str]
) -> Mapping[tuple[str, int | None], Mapping[int | None, str]]:
    """What stands over and in the head of each table, by document and page, and by its number there."""
    found: dict[tuple[str, int | None], dict[int | None, str]] = {}
    for row in grounds.rows(_TABLES, documents=sorted(documents)).iter_rows(named=True):
        found.setdefault((row["document_id"], row["page"]), {})[row["number"]] = row["words"].lower()
    return found


def _listing(
    key: _Key, rows: Sequence[Filed], title: str, search: _Search, on_page: Sequence[Filed]
) -> Listing | None:
    kind, measure = key[3], key[4]
    sought = search.sought
    fits = _measure_fits(kind, measure, title, sought)
    if not fits:
        return None
    members: dict[str, Filed] = {}
    rest = 0.0
    for row in rows:
        name = _NOTE_MARK.sub("", (row.dimension if kind == "line" else row.label) or "").strip()
        if not name or _TOTAL.search(name) or (kind != "line" and _names_an_item(name)):
            continue
        if _NO_MEMBER.search(name) or (kind != "line" and row.concept):
            rest += row.value
        elif name in members and not isclose(members[name].value, row.value):
            return None  # two rows of one name: it is not plain which is meant
        else:
            members[name] = row
    if not _LEAST_MEMBERS <= len(members) <= _MOST_MEMBERS:
        return None
    whole = _whole(
        members, rest, [*_totals(rows, on_page, key[2]), *([search.company] if search.company else [])]
    )
    called = _called(title, sought.noun)
    sure = fits + called + 0.1 * min(len(members), 5)
    sure += 1.5 * (whole is not None) + 0.5 * (rows[0].filing.own_end == search.days.end)
    place = (key[0], key[1] if key[1] is not None else -1)
    sure += max(0.0, 1.0 - 0.15 * list(search.pages).index(place)) if place in search.pages else 0.0
    return Listing(members, whole, sure, called) if sure >= LEAST else None


def _totals(rows: Sequence[Filed], on_page: Sequence[Filed], table: int | None) -> Iterator[Filed]:
    """Rows of the same table, or page, that are of the whole."""
    labels = {row.label for row in rows}
    for one in on_page:
        if (table in (-1, one.place[1]) and one.unit == rows[0].unit) and (
            (not one.dimension and (one.label in labels or _names_an_item(one.label)))
            or _TOTAL.search(one.dimension or one.label)
        ):
            yield one


def _whole(members: Mapping[str, Filed], rest: float, totals: Iterable[Filed]) -> Filed | None:
    """The total that the members add up to, with or without what is no part of its own."""
    total = sum(row.value for row in members.values())
    for one in totals:
        if one not in members.values() and any(
            isclose(total + more, one.value, rel_tol=0.01) for more in (rest, 0.0)
        ):
            return one
    return None


def _names_an_item(label: str) -> bool:
    return any(hit.name != "TotalDebtOnBalanceSheet" for hit in named(label))


def _measure_fits(kind: str, measure: str, title: str, sought: Sought) -> float:
    if kind == "line":
        return 3.0 if measure == sought.measure else 0.0
    text = measure.lower() if kind == "column" or sought.percent else f"{measure.lower()} {title}"
    known = item(sought.measure)
    said = known is not None and any(re.search(rf"\b{re.escape(one)}\b", text) for one in known.phrases)
    words = [plain_label(word) for word in sought.words]
    return 2.5 if said or (words and all(word in text for word in words)) else 0.0


def _called(title: str, noun: str) -> bool:
    pattern = next((p for stem, p in _NOUNS.items() if stem in noun.lower()), None) if noun else None
    return pattern is not None and bool(re.search(pattern, title))
