"""What a filing's own text says of itself: company, form, ticker, and the day it was signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from smalti.ingest.parse.moments import latest, moment

_DAY = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"\s+\d{1,2}\s*,\s*(?:19|20)\d\d"
)
_FORM = re.compile(r"\bform\s+(10-?KT?|10-?Q|8-?K|20-?F|6-?K|40-?F|S-1|DEF\s*14A)(/A)?\b", re.I)
_CHARTER = re.compile(r"\(?\s*exact\s+name\s+of\s+(?:the\s+)?registrant", re.I)
_CIK = re.compile(r"\b(?:CIK|Central\s+Index\s+Key)\b\D{0,20}(\d{5,10})\b", re.I)
_QUOTED = re.compile(
    r"\(\s*(?:NYSE|NASDAQ|Nasdaq)(?:\s*(?:GS|Global Select Market))?\s*:\s*([A-Z]{1,5}(?:\.[A-Z])?)\s*\)"
)
_LISTED = re.compile(
    r"\s\|?\s*([A-Z]{1,5}(?:\.[A-Z])?)\s*\|?\s+(?:The\s+)?(?:New York Stock Exchange|NYSE|Nasdaq|NASDAQ)\b"
)
# The cover's columns may put a word or two between: `period ended Commission file March 31, 2021`.
_PERIOD = re.compile(
    rf"\b((?:fiscal\s+year|year|quarterly\s+period|quarter|period)\s+ended):?\s+(?:[a-z]+\s+){{0,3}}?({_DAY})",
    re.I,
)
_REPORT = re.compile(
    rf"Date\s+of\s+(?:the\s+)?(?:earliest\s+event|report)[^)]{{0,60}}\)?\s*:?\s*({_DAY})|({_DAY})\s+Date\s+of\s+report",
    re.I,
)
_SIGNED = re.compile(
    r"(?:pursuant\s+to|under)\s+the\s+requirements?\s+of\s+(?:section|the\s+securities)", re.I
)
_DATED = re.compile(rf"\b(?:Date|Dated|as\s+of|on)\b\s*:?\s*(?:this\s+)?({_DAY})", re.I)
_DATELINE = re.compile(
    rf"^[A-Z][\w .,'’&()]{{1,60}}?[,(–—-]\s*({_DAY})\s*\)?\s*[-–—(/]",
    re.M,
)
_NOT_A_NAME = re.compile(
    r"commission|washington|securities|form\b|^\W*$|^\(|\d{3}-\d|mark one|^or$|"
    # What the forms themselves print above the name.
    r"\btransition\s+(?:period|report)|\b(?:annual|quarterly|current)\s+report|\b(?:fiscal|quarterly|transition)\s+"
    r"(?:year|quarter|period)|\b(?:year|quarter|period)\s+ended|\bexchange\s+act|\bpursuant\s+to|^from\b.*\bto\b|"
    rf"\bfile\s+n(?:o\b|umber)|\bcheck\s+mark|\breporting\b.*\bissuer|\bdate\s+of\s+report|{_DAY}",
    re.I,
)
_BY = re.compile(r"(?:^|\s)By\b\s*:?|/s/", re.M)
_BESIDE_SIGNER = re.compile(
    rf"\(\s*registrant\s*\)|\b(?:as\s+of|on|date[d:]*)?\s*:?\s*{_DAY}|\bdate:?\s*$", re.I | re.M
)
_SENTENCE_BEFORE = re.compile(r"^.*\b[a-z]{2,}\.\s", re.S)  # `… by the person named below.`
_LONGEST_SIGNER, _LONGEST_NAME = 500, 90


@dataclass(slots=True)
class Cover:
    """What was found; empty strings and None where the text does not say."""

    title: str = ""
    hints: dict[str, str] = field(default_factory=dict)


def read_cover(pages: Sequence[Sequence[str]], texts: Sequence[str] = ()) -> Cover:
    """Title and linking hints (`company`, `cik`, `ticker`, `form`).

    Args:
        pages: the lines of the first pages.
        texts: of all pages; a form whose cover prints the name as a picture is signed with it.
    """
    lines = [line for page in pages[:2] for line in page]
    text = "\n".join(lines)
    hints: dict[str, str] = {}
    form = _FORM.search("\n".join(lines[:60]))
    if form:
        hints["form"] = re.sub(r"(?i)^(10|8|6|20|40)-?([A-Z]+)$", r"\1-\2", form[1].upper()) + (form[2] or "")
    if company := _company(lines) or (_signer(texts) if "form" in hints else ""):
        hints["company"] = company
    if cik := _CIK.search(text):
        hints["cik"] = cik[1].zfill(10)
    if ticker := _QUOTED.search(text) or _LISTED.search(text):
        hints["ticker"] = ticker[1]
    return Cover(_title(lines, hints, text), hints)


def read_date(pages: Sequence[str]) -> datetime | None:
    """When the public could first know the filing, by its own text; None where it does not say.

    The latest day on the first signature page, else the day of the report (an 8-K), else a press release's
    dateline. A day means its last second, UTC.
    """
    for text in pages:
        signed = _SIGNED.search(text)
        if signed and re.search(r"signature|undersigned", text, re.I):
            after = text[signed.start() :]
            days = _DATED.findall(after) or re.findall(_DAY, after)
            if days:
                return latest([moment(day) for day in days])
    opening = "\n".join(pages[:2])
    if line := _DATELINE.search(opening):
        return moment(line[1])
    if report := _REPORT.search(opening):
        return moment(report[1] or report[2])
    return None


def _company(lines: Sequence[str]) -> str:
    for i, line in enumerate(lines):
        if _CHARTER.search(line):
            before = [
                x.strip(" _*|")
                for x in [line[: line.lower().find("exact")].strip(" ("), *reversed(lines[:i])]
            ]
            for name in before[:4]:
                if 1 < len(name) <= _LONGEST_NAME and not _NOT_A_NAME.search(name):
                    return " ".join(name.split())
    for line, name in pairwise(lines):
        if (
            re.match(r"Commission file num", line, re.I)
            and 1 < len(name) <= 60
            and not _NOT_A_NAME.search(name)
        ):
            return " ".join(name.split())
    return ""


def _signer(texts: Sequence[str]) -> str:
    """The company that the first signature page signs for, between `duly authorized` and `By`."""
    for text in texts:
        signed = _SIGNED.search(text)
        if not signed or not re.search(r"signature|undersigned", text, re.I):
            continue
        after = text[signed.end() : signed.end() + _LONGEST_SIGNER]
        _, found, rest = after.partition("authorized")
        by = _BY.search(rest) if found else None
        if by:
            own = _SENTENCE_BEFORE.sub("", _BESIDE_SIGNER.sub(" ", rest[: by.start()]))
            name = " ".join(own.split()).lstrip(" .,:;_*|").rstrip(" ,:;_*|")
            return name if 1 < len(name) <= _LONGEST_NAME and not _NOT_A_NAME.search(name) else ""
    return ""


def _title(lines: Sequence[str], hints: dict[str, str], text: str) -> str:
    if "company" in hints and "form" in hints:
        period = _PERIOD.search(text)
        day = f", {period[1]} {period[2]}" if period and hints["form"].startswith(("10", "20")) else ""
        return " ".join(f"{hints['company']}: Form {hints['form']}{day}".split())
    for line in lines:
        if sum(ch.isalpha() for ch in line) >= 8:
            return " ".join(line.split())[:200]
    return ""
