"""Table cells of one visual row of words: amounts put together, the rest split at wide gaps.

A filing sets `$`, the digits, `)` and `%` of one amount each in its own slot. A person reads one cell,
so they are one cell here: `$ 1,234`, `(12)`, `40.5 %`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smalti.ingest.parse.pdf_text import Word, bounds, is_leader
from smalti.platform.records import Box

_CURRENCY = r"(?:US\$|C\$|A\$|HK\$|R\$|\$|€|£|¥|₹|USD|EUR|GBP|CHF)"
_AMOUNT = re.compile(
    rf"^{_CURRENCY}?\s*[(\[]?\s*[-–—+]?\s*{_CURRENCY}?\s*(?:\d{{1,3}}(?:,\d{{3}})+|\d+)?(?:\.\d+)?\s*"
    r"(?:%|x|X|bps|pts?|pp|M|B|K)?\s*[)\]]?\s*(?:%|x)?\s*(?:pts?|bps)?$"
)
_DASH = re.compile(rf"^{_CURRENCY}?\s*[(]?[-–—]+[)]?\s*%?$")
_WORDS = re.compile(r"^(?:N/?[AM]|n/?[am]|NM|nm|\*{1,3}|N\.M\.|n\.m\.)$")
_NOTE = re.compile(r"^(?:\([a-z0-9]{1,2}\)|[*†‡])$")
_ONLY_CURRENCY = re.compile(rf"^{_CURRENCY}$")
_CLOSING = re.compile(r"^(?:\)|%|\)%|\)\s*%|pts?\.?|bps|x)$")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?"
_PERIOD = re.compile(
    rf"^(?:(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?|[1-4]?Q[1-4]?\s*'?(?:\d\d)*|{_MONTH}(?:\s+\d{{1,2}},?)?(?:\s+\d{{4}})?"
    rf"|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d\d/\d\d)\s*(?:\([a-z0-9]{{1,2}}\)|\*)?$"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Text that belongs in one slot of a table.

    `kind` is `amount` (a number, a dash or a stand-in for one), `period` (a year, date or quarter) or
    `text`; `orders` are the words in it.
    """

    text: str
    box: Box
    kind: str
    orders: tuple[int, ...]

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.box[0]

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.box[2]

    @property
    def size(self) -> float:
        """Height of its box in points."""
        return self.box[3] - self.box[1]


def kind_of(text: str) -> str:
    """`period`, `amount` or `text`."""
    if _PERIOD.match(text):
        return "period"
    if (_AMOUNT.match(text) and any(c.isdigit() for c in text)) or _DASH.match(text) or _WORDS.match(text):
        return "amount"
    return "text"


def cells_of(row: Sequence[Word], gap: float = 0.75) -> list[Cell]:
    """The cells of a visual row, left to right.

    Args:
        row: its words, left to right.
        gap: white space that parts two cells, as a fraction of the text's height.
    """
    groups: list[list[Word]] = []
    for word in row:
        if is_leader(word.text):
            continue
        if groups and _joins(groups[-1], word, gap):
            groups[-1].append(word)
        else:
            groups.append([word])
    return [make_cell(group) for group in groups]


def make_cell(words: Sequence[Word]) -> Cell:
    """One cell of words given in reading order."""
    text = " ".join(w.text for w in words)
    text = re.sub(r"([(\[])\s+", r"\1", text)
    text = re.sub(r"\s+([)\]])", r"\1", text)
    return Cell(text, bounds(words), kind_of(_without_note(words, text)), tuple(w.order for w in words))


def join_cells(upper: Cell, lower: Cell) -> Cell:
    """Two cells of one slot, one above or before the other."""
    text = f"{upper.text} {lower.text}".strip()
    kind = upper.kind if upper.kind == lower.kind == "amount" else kind_of(text)
    return Cell(text, bounds([upper.box, lower.box]), kind, upper.orders + lower.orders)


def as_text(cell: Cell) -> Cell:
    """The same cell, read as words."""
    return replace(cell, kind="text")


def _without_note(words: Sequence[Word], text: str) -> str:
    """The text less a footnote mark set after an amount, as in `1,234 (1)`."""
    if len(words) > 1 and _NOTE.match(words[-1].text) and any(c.isdigit() for c in words[-2].text):
        return text[: -len(words[-1].text)].strip()
    return text


def _joins(group: Sequence[Word], word: Word, gap: float) -> bool:
    last = group[-1]
    size = max(min(last.size, word.size), 1.0)
    space = word.x0 - last.x1
    if _ONLY_CURRENCY.match(last.text) and (len(group) == 1 or group[-2].text == "("):
        return kind_of(word.text) != "text" or word.text[:1] in "(-–—"
    text = " ".join(w.text for w in group)
    amount = kind_of(text) == "amount" or _is_open(text)
    if amount and _CLOSING.match(word.text):
        return space < 4 * size
    if _ONLY_CURRENCY.match(word.text) and (amount or space > 0.6 * size):
        return False
    if amount and kind_of(word.text) in ("amount", "period") and not _NOTE.match(word.text):
        return space < 0.15 * size
    return space < gap * size


def _is_open(text: str) -> bool:
    return text.count("(") > text.count(")") and kind_of(text + ")") == "amount"
