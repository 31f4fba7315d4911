"""Words and figures printed in a chart: a line of words with its place, and the number it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from smalti.platform.records import Box

_MOST = 400  # texts of one chart
_FIGURE = re.compile(
    r"(?P<about>[~≈])?\s*(?P<minus>[-−–—+])?\s*(?P<open>\()?\s*(?P<minus2>[-−–—])?\s*"
    r"(?P<sign>(?:US|C|A|R|HK|NZ|S)?[$€£¥])?\s*"
    r"(?P<open2>\()?\s*(?P<minus3>[-−–—])?\s*(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*"
    r"(?P<pct>%)?\s*(?P<word>bps?|bn|mm|mn|[kmbtx×]|million|billion|trillion)?\s*\)?\s*(?P<pct2>%)?\s*\)?[*†]*",
    re.IGNORECASE,
)
_NIL = re.compile(r"[$€£]\s*[-–—]\s*|[-–—]\s*[$€£]?")
_PERIOD = re.compile(
    r"(?:[1-4]Q|Q[1-4]|FY|[12]H|H[12])\s?['’`-]?\d{0,4}[AEFP]?|['’`]?(?:19|20)?\d\d[AEFP]?|[12]\d{3}[AEFP]?\*?"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-'’ ]?\d{2,4}",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"(?:[1-4]Q|Q[1-4]|FY|[12]H|H[12])\s?['’`-]?(?:20)?\d\d[AEFP]?(?!\d)|(?<!\d)(?:19|20)\d\d[AEFP]?(?!\d)"
    r"|(?<![A-Z])Q[1-4](?!\d)",
    re.IGNORECASE,
)


_GLUED = re.compile(r"(?:(?:19|20)\d\d){2,6}")  # years of a legend, read as one number
# Names or labels set so close that they were read as one line: each ends or begins with its own sign.
_RUN = (
    re.compile(r"(?:FY|[1-4]Q|Q[1-4]|[12]H|H[12]) ?['’]?(?:20(?=\d\d)\d\d|\d\d)[AEFP]?"),
    re.compile(r"[-−–+]?\d{1,3}(?:\.\d+)?%|[-−–+]?\.\d+%|\([\d.]+%\)|\([\d.]+\)%"),
    re.compile(r"[-−–]?[$€£](?:\d{1,3}(?:,\d{3})+(?:\.\d\d?)?|\d+(?:\.\d+)?)"),
    re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as printed: its value, its unit (`$`, `%`, `$B`, `x`) and half its last digit."""

    value: float
    unit: str
    half_digit: float


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words in a picture.

    Attributes:
        box: x0, top, x1, bottom in pixels.
        size: height of the writing in pixels, the same when the picture is turned.
        figure: the number it states, if it states one and nothing else.
    """

    text: str
    box: Box
    size: float
    score: float = 1.0
    figure: Figure | None = None

    @property
    def x(self) -> float:
        """Middle, across."""
        return (self.box[0] + self.box[2]) / 2

    @property
    def y(self) -> float:
        """Middle, down."""
        return (self.box[1] + self.box[3]) / 2


def read_figure(text: str) -> Figure | None:
    """The one number a label states, as printed: `$(5.5)` is -5.5 `$`, `4.4B` is 4.4 `B`; a dash is nil."""
    body = " ".join(text.split())
    if not body or len(body) > 24:
        return None
    if _NIL.fullmatch(body) and any(c in "$€£" for c in body):
        return Figure(0.0, body.strip("-–— ")[:1], 0.5)
    found = _FIGURE.fullmatch(body)
    if found is None or sum(c.isdigit() for c in body) > 12:
        return None
    digits = found["digits"].replace(",", "")
    signs = [found[k] for k in ("minus", "minus2", "minus3", "open", "open2")]
    negative = any(s and s != "+" for s in signs)
    if (found["open"] or found["open2"]) and ")" not in body:
        return None
    value = float(digits)
    percent = "%" if found["pct"] or found["pct2"] else ""
    unit = (found["sign"] or "") + (found["word"] or "") + percent
    decimals = len(digits.partition(".")[2])
    return Figure(-value if negative else value, unit, 0.5 * 10.0**-decimals)


def named_figure(text: str) -> tuple[str, Figure] | None:
    """A figure alone, or one that ends a name or begins it: `Fixed, 69%`, `40% Loans`."""
    alone = read_figure(text)
    if alone is not None:
        return "", alone
    parts = text.split()
    for cut in (len(parts) - 1, 1):
        if not 0 < cut < len(parts):
            continue
        head, tail = " ".join(parts[:cut]), " ".join(parts[cut:])
        name, body = (head, tail) if cut != 1 or read_figure(tail) else (tail, head)
        figure = read_figure(body)
        if figure is not None and any(c.isalpha() for c in name) and not is_period(body):
            return name.strip(" ,:;-–—"), figure
    return None


def texts_of(lines: Iterable[tuple[str, Box, float]]) -> list[Text]:
    """Lines (words, box, score) as texts; a line of several figures or periods is cut into its words."""
    out: list[Text] = []
    for words, box, score in lines:
        size = max(min(box[3] - box[1], box[2] - box[0]), 1.0)
        for part, place in _cut(words.strip(), box):
            if part:
                out.append(Text(part, place, size, score, read_figure(part)))
        if len(out) >= _MOST:
            break
    return out[:_MOST]


def _cut(words: str, box: Box) -> list[tuple[str, Box]]:
    parts = _parts(words)
    if len(parts) < 2:
        return [(words, box)]
    whole = " ".join(parts)
    wide, done, out = (box[2] - box[0]) / len(whole), 0, []
    for part in parts:
        x0 = box[0] + done * wide
        out.append((part, (x0, box[1], x0 + len(part) * wide, box[3])))
        done += len(part) + 1
    return out


def _parts(words: str) -> list[str]:
    """The figures or periods a line is made of, if it is made of nothing else."""
    if _GLUED.fullmatch(words):
        return [words[k : k + 4] for k in range(0, len(words), 4)]
    bare = words.replace(" ", "")
    for token in _RUN:
        found = [m[0].strip() for m in token.finditer(words)]
        if len(found) >= 2 and len("".join(found).replace(" ", "")) == len(bare):
            return found
    periods = [m[0] for m in _SPLIT.finditer(words)]
    if len(periods) >= 2 and sum(map(len, periods)) == len(words.replace(" ", "")) + sum(
        p.count(" ") for p in periods
    ):
        return periods
    parts = words.split()
    if all(read_figure(p) and any(c.isdigit() for c in p) for p in parts):
        return parts
    return []


def is_period(text: str) -> bool:
    """Whether a text is the name of a year, quarter, half or month."""
    return bool(_PERIOD.fullmatch(" ".join(text.split())))


def turned(texts: Sequence[Text], width: float) -> list[Text]:
    """Where texts lie once their picture, of that width, is turned a quarter to the left."""
    return [replace(t, box=(t.box[1], width - t.box[2], t.box[3], width - t.box[0])) for t in texts]


def turned_back(box: Box, width: float) -> Box:
    """A box of the turned picture in the upright one, whose width is given."""
    return (width - box[3], box[0], width - box[1], box[2])
