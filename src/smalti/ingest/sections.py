"""Sections of a filing: which Item and Part each block of text stands in, and the heading nearest above it.

An item starts where a block opens with its number and title (`Item 1A. Risk Factors`). Lines of a table of
contents, running heads and mentions in prose look alike and are not starts: contents are runs of items with
nothing between them, a mention does not go on with the item's own title, and what is left must follow the
form's order. Titles are compared by their letters alone, since PDFs split words (`Busines s`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Block", "Place", "form_of", "is_heading", "places", "section_title"]

_K = {
    "1": "Business", "1A": "Risk Factors", "1B": "Unresolved Staff Comments", "1C": "Cybersecurity",
    "2": "Properties", "3": "Legal Proceedings", "4": "Mine Safety Disclosures",
    "5": "Market for Registrant's Common Equity", "6": "Selected Financial Data",
    "7": "Management's Discussion and Analysis",
    "7A": "Quantitative and Qualitative Disclosures About Market Risk",
    "8": "Financial Statements and Supplementary Data", "9": "Changes in and Disagreements with Accountants",
    "9A": "Controls and Procedures", "9B": "Other Information",
    "9C": "Disclosure Regarding Foreign Jurisdictions",
    "10": "Directors, Executive Officers and Corporate Governance", "11": "Executive Compensation",
    "12": "Security Ownership", "13": "Certain Relationships and Related Transactions",
    "14": "Principal Accountant Fees and Services", "15": "Exhibits",
    "16": "Form 10-K Summary",
}  # fmt: skip
_K_PARTS = {"I": ("1", "4"), "II": ("5", "9C"), "III": ("10", "14"), "IV": ("15", "16")}
_Q = {
    "I": {
        "1": "Financial Statements", "2": "Management's Discussion and Analysis",
        "3": "Quantitative and Qualitative Disclosures About Market Risk", "4": "Controls and Procedures",
    },
    "II": {
        "1": "Legal Proceedings", "1A": "Risk Factors", "2": "Unregistered Sales of Equity Securities",
        "3": "Defaults Upon Senior Securities", "4": "Mine Safety Disclosures", "5": "Other Information",
        "6": "Exhibits",
    },
}  # fmt: skip
_F = {
    "1": "Identity of Directors", "2": "Offer Statistics", "3": "Key Information",
    "4": "Information on the Company", "4A": "Unresolved Staff Comments",
    "5": "Operating and Financial Review and Prospects", "6": "Directors, Senior Management and Employees",
    "7": "Major Shareholders", "8": "Financial Information", "9": "The Offer and Listing",
    "10": "Additional Information", "11": "Quantitative and Qualitative Disclosures About Market Risk",
    "12": "Description of Securities", "13": "Defaults, Dividend Arrearages",
    "14": "Material Modifications to the Rights", "15": "Controls and Procedures",
    "16A": "Audit Committee Financial Expert", "16B": "Code of Ethics", "16C": "Principal Accountant Fees",
    "16D": "Exemptions from the Listing Standards", "16E": "Purchases of Equity Securities",
    "16F": "Change in Registrant's Certifying Accountant", "16G": "Corporate Governance",
    "16H": "Mine Safety Disclosure", "16I": "Disclosure Regarding Foreign Jurisdictions",
    "16J": "Insider Trading Policies", "16K": "Cybersecurity", "17": "Financial Statements",
    "18": "Financial Statements", "19": "Exhibits",
}  # fmt: skip
_F_PARTS = {"I": ("1", "12"), "II": ("13", "16K"), "III": ("17", "19")}


def _in_parts(items: Mapping[str, str], parts: Mapping[str, tuple[str, str]]) -> dict[tuple[str, str], str]:
    names = list(items)
    return {
        (part, name): items[name]
        for part, (first, last) in parts.items()
        for name in names[names.index(first) : names.index(last) + 1]
    }


_FORMS: dict[str, dict[tuple[str, str], str]] = {
    "10-K": _in_parts(_K, _K_PARTS),
    "10-Q": {(part, name): title for part, items in _Q.items() for name, title in items.items()},
    "20-F": _in_parts(_F, _F_PARTS),
}
_ALSO = {
    ("10-K", "4"): ("submissionofmatters", "removedandreserved", "reserved"),
    ("10-K", "6"): ("reserved", "selectedconsolidatedfinancial", "removedandreserved"),
    ("10-K", "5"): ("marketfortheregistrant", "marketforourcommon", "marketforthecompany", "marketforcommon"),
    ("10-K", "8"): ("consolidatedfinancialstatements",),
    ("10-K", "10"): ("directorsandexecutive",),
    ("10-K", "13"): ("certainrelationships",),
    ("10-K", "14"): ("principalaccountingfees", "principalaccountantsfees", "auditfees"),
    ("10-K", "9C"): ("disclosuresregardingforeign",),
    ("10-Q", "1"): (
        "unauditedfinancial",
        "condensedconsolidated",
        "consolidatedfinancial",
        "interimfinancial",
    ),
    ("10-Q", "2"): ("issuerpurchases", "changesinsecurities", "unregisteredsale"),
}
"""Other openings of titles, as letters alone, by form and item."""

_ITEM = re.compile(
    r"\bitems?\s*(?P<name>\d{1,2}\s?\.\s?\d\d|\d{1,2}\s?[A-K]?(?:\s?\(T\))?)(?P<gap>\s*[.:–—-]*\s*)", re.I
)
_PART = re.compile(r"\bpart\s*(?P<part>I\s?V|I\s?I\s?I|I\s?I|I)\b", re.I)
_BACK = re.compile(r"^\s*(?:table of contents|index)\b[\s|]*", re.I)
"""The link back to the contents that stands over a page's first line."""
_LEAD = 40  # characters that may stand before an item in its block: `PART I - FINANCIAL INFORMATION`
_SHORT = 160  # characters; a block no longer than this is a line, not prose
_RUN = 4  # items with nothing between them are a table of contents
_BODY = 200  # characters between two items that make the first one's body
_CONTINUED = re.compile(r"[\s,(–—-]*\b(?:cont(?:inued|['’]?d)\.?)\)?\s*$", re.I)
_SMALL = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "our", "the", "to")
)
_SENTENCE_END = re.compile(r"[.,;!]$")
_MAX_HEADING = 140


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph or table of a document in reading order; `page` is None where there are no pages."""

    text: str
    page: int | None = None
    table: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands: item (`1A`, `8.01`), part (`I` to `IV`), nearest heading; empty where none."""

    section: str = ""
    part: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class _Start:
    """A block that may open an item; `rank` is the item's place in its form."""

    index: int
    part: str
    name: str
    rank: int
    sure: bool  # its title stands beside the number


def section_title(form: str, part: str, section: str) -> str:
    """The official title of an item (shortened); empty for items of other forms, 8-K among them."""
    items = _FORMS.get(_base(form), {})
    return next((t for (p, s), t in items.items() if s == section and part in ("", p)), "")


def form_of(blocks: Sequence[Block], form: str = "") -> str:
    """The base form (`10-K`, `10-Q`, `20-F`, `8-K`) as stated, else the one whose items the blocks show."""
    if form:
        return _base(form)
    votes = _votes(blocks)
    if not any(votes.values()) and _simple(blocks):
        return "8-K"
    best = max(votes, key=lambda name: votes[name], default="")
    return best if best and votes[best] >= 3 else ""


def places(blocks: Sequence[Block], form: str = "") -> list[Place]:
    """The place of every block.

    Args:
        blocks: in reading order, running heads and page numbers left out where known.
        form: as the cover states it (`10-K/A`), empty where unknown.
    """
    kind = form_of(blocks, form)
    starts = {start.index: start for start in _starts(blocks, kind)}
    often = _running(blocks)
    out: list[Place] = []
    section = part = heading = ""
    for index, block in enumerate(blocks):
        if index in starts:
            start = starts[index]
            section, part = start.name, start.part
            heading = section_title(kind, part, section) or _clean(block.text)[:_MAX_HEADING]
        elif not block.table and is_heading(block.text) and _key(block.text) not in often:
            heading = _clean(block.text)
        out.append(Place(section, part, heading))
    return out


def is_heading(text: str) -> bool:
    """Whether a block reads as a heading: short, in title or upper case, and no sentence, label or number."""
    body = _clean(text)
    if not 3 <= len(body) <= _MAX_HEADING or "|" in body:
        return False
    words = re.findall(r"[^\W\d_][\w’'&-]*", body)
    if not words or len(words) > 16 or sum(map(len, words)) < 0.55 * len(body.replace(" ", "")):
        return False
    if _SENTENCE_END.search(body) and not _ITEM.match(body):
        return False
    if body[:1].islower() or body[0] in "•●▪*(–—-":
        return False
    main = [w for w in words if w.lower() not in _SMALL]
    capital = sum(w[0].isupper() for w in main)
    return bool(main) and capital >= 0.75 * len(main)


def _base(form: str) -> str:
    found = re.match(r"\s*(10-?K|10-?Q|20-?F|40-?F|8-?K|6-?K)", form, re.I)
    return re.sub(r"^(\d+)-?([A-Z])$", r"\1-\2", found[1].upper()) if found else ""


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _clean(text: str) -> str:
    return _CONTINUED.sub("", " ".join(text.split())).strip()


def _key(text: str) -> str:
    return re.sub(r"\d+", "#", _clean(text).lower())


def _running(blocks: Sequence[Block]) -> frozenset[str]:
    """Lines that return on so many pages that they head pages, not text."""
    pages = {b.page for b in blocks if b.page is not None}
    seen: dict[str, set[int | None]] = {}
    for b in blocks:
        if not b.table and len(b.text) <= _MAX_HEADING:
            seen.setdefault(_key(b.text), set()).add(b.page)
    often = max(4, len(pages) // 8)
    return frozenset(
        key for key, at in seen.items() if len(at) >= often or key in ("table of contents", "index")
    )


def _votes(blocks: Sequence[Block]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for block in blocks:
        found = _ITEM.match(block.text)
        if not found:
            continue
        name, rest = _name(found["name"]), _letters(block.text[found.end() :][:80])
        for form, items in _FORMS.items():
            votes[form] += any(s == name and _titled(rest, form, s, t) for (_, s), t in items.items())
    return votes


def _name(raw: str) -> str:
    return re.sub(r"\(T\)|\s", "", raw.upper())


def _titled(rest: str, form: str, name: str, title: str) -> bool:
    """Whether letters begin as the item's title does."""
    own = _letters(title)
    return rest.startswith((own[: min(len(own), 14)], *_ALSO.get((form, name), ())))


def _starts(blocks: Sequence[Block], form: str) -> list[_Start]:
    """The blocks that open an item, in the form's order."""
    if form == "8-K" or form not in _FORMS:
        return _simple(blocks)
    found = list(_candidates(blocks, form))
    found = _without_contents(found, blocks)
    return _in_order(found)


def _simple(blocks: Sequence[Block]) -> list[_Start]:
    """Items of a current report, `8.01`, each where a block opens with it."""
    out: list[_Start] = []
    for index, block in enumerate(blocks):
        found = _ITEM.match(block.text)
        name = _name(found["name"]) if found else ""
        if re.fullmatch(r"\d\.\d\d", name) and not block.table:
            out.append(_Start(index, "", name, index, sure=True))
    return out


def _candidates(blocks: Sequence[Block], form: str) -> Iterable[_Start]:
    order = list(_FORMS[form])
    part = ""
    for index, block in enumerate(blocks):
        text = _BACK.sub("", block.text)
        head = text[: _SHORT * 2]
        items = list(_ITEM.finditer(head))
        told = _PART.match(head)
        if told and (len(head) <= _SHORT or (items and items[0].start() <= 2 * _LEAD)):
            part = re.sub(r"\s", "", told["part"].upper())
        if not items or len(items) > 3 or items[0].start() > (2 * _LEAD if told else 0):
            continue
        first = items[0]
        start = _start(index, first, text, form, order, part)
        if start is not None:
            yield start


def _start(
    index: int, item: re.Match[str], text: str, form: str, order: list[tuple[str, str]], part: str
) -> _Start | None:
    name, rest = _name(item["name"]), _letters(text[item.end() :][:80])
    known = [key for key in order if key[1] == name]
    fitting = [key for key in known if _titled(rest, form, name, _FORMS[form][key])]
    bare = not rest and len(text) <= _LEAD
    if not fitting and bare:
        fitting = [key for key in known if key[0] == part] or known[:1]
    if not fitting:
        return None
    if text[item.end("name") : item.end("name") + 1] in (",", ";"):  # `Item 1, Business Segments, gives`
        return None
    key = next((k for k in fitting if k[0] == part), fitting[0])
    return _Start(index, key[0], name, order.index(key), sure=bool(rest))


def _without_contents(found: Sequence[_Start], blocks: Sequence[Block]) -> list[_Start]:
    """The starts less those of runs of items that have no body: a table of contents or an index."""
    runs: list[list[_Start]] = []
    for start in found:
        last = runs[-1][-1] if runs else None
        if last is not None and _is_bare(blocks, last.index, start.index) and start.rank > last.rank:
            runs[-1].append(start)
        else:
            runs.append([start])
    later = {s.rank for run in runs if len(run) < _RUN for s in run}
    kept = []
    for run in runs:
        again = sum(s.rank in later for s in run)
        # Contents come again with a body; at a report's end items are bare by nature.
        if len(run) < _RUN or again < 0.5 * len(run):
            kept += run
    return kept


def _is_bare(blocks: Sequence[Block], first: int, second: int) -> bool:
    return sum(len(b.text) for b in blocks[first:second]) - min(len(blocks[first].text), _SHORT) < _BODY


def _in_order(found: Sequence[_Start]) -> list[_Start]:
    """The longest run of starts whose items never go back; a title beside the number settles ties."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for i, start in enumerate(found):
        at = bisect_right(tails, start.rank)
        before.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(start.rank)
            ends.append(i)
        else:
            tails[at] = start.rank
            ends[at] = i
    chain: list[_Start] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(found[at])
        at = before[at]
    chain.reverse()
    firsts = [chain[0]] if chain else []
    firsts += [b for a, b in pairwise(chain) if b.rank != a.rank]
    return firsts
