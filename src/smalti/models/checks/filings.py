"""An issuer's filings as checks read them: which are annual, and which is the one of the year before."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from smalti.models.checks.dossier import Dossier
from smalti.platform.records import Document, Evidence, EvidenceKind, SourceKind

__all__ = ["YEAR_APART", "Filing", "filings", "year_before"]

YEAR_APART = timedelta(days=200)
"""Between two annual filings at least: an amendment follows sooner."""

_LEAST_FACTORS = 5  # paragraphs under Item 1A: fewer refer to another filing's
_ANNUAL = re.compile(r"(?:10-K(?:SB|405|T)?|20-F|40-F)(?:/A)?", re.I)
_IN_TITLE = re.compile(r"\b(NT 10-[KQ]|10-K(?:SB|405|T)?|10-Q|8-K|20-F|40-F|6-K|12b-25)(?:/A)?\b", re.I)


@dataclass(frozen=True)
class Filing:
    """A filing with its paragraphs in reading order."""

    document: Document
    paragraphs: tuple[Evidence, ...]

    @cached_property
    def form(self) -> str:
        """`10-K/A`, as its cover, feed or title states it; empty where none does."""
        stated = str(self.document.hints.get("form", "")).strip().upper()
        found = None if stated else _IN_TITLE.search(self.document.title)
        return stated or (found.group().upper() if found else "")

    @cached_property
    def annual(self) -> bool:
        """Whether it is an annual report: its form says so, or where none is stated it has risk factors."""
        if self.form:
            return _ANNUAL.fullmatch(self.form) is not None
        parts = {piece.payload.get("part") for piece in self.section("1A")}
        return parts == {"I"} and len(self.section("1A")) >= _LEAST_FACTORS

    @property
    def label(self) -> str:
        """For people: `10-K of 2026-03-02`."""
        return f"{self.form or 'filing'} of {self.document.available_at:%Y-%m-%d}"

    @cached_property
    def _sections(self) -> dict[str, list[Evidence]]:
        found: dict[str, list[Evidence]] = defaultdict(list)
        for piece in self.paragraphs:
            found[section_of(piece)].append(piece)
        return found

    def section(self, *names: str) -> list[Evidence]:
        """Paragraphs of these items (`1A`, `4.02`), in reading order."""
        return [piece for name in names for piece in self._sections.get(name, ())]


def section_of(piece: Evidence) -> str:
    """The item a piece stands in (`1A`); empty where none is known."""
    return str(piece.payload.get("section") or "").upper()


def filings(dossier: Dossier) -> list[Filing]:
    """The filings that have text, oldest first; copies left out."""
    paragraphs: dict[str, list[Evidence]] = defaultdict(list)
    for piece in dossier.pieces(EvidenceKind.PARAGRAPH, SourceKind.FILING):
        if piece.document_id not in dossier.copies:
            paragraphs[piece.document_id].append(piece)
    return [Filing(dossier.documents[key], tuple(own)) for key, own in paragraphs.items()]


def year_before(known: Sequence[Filing], filing: Filing) -> Filing | None:
    """The newest annual filing that stood when a filing came: of the year before where that is annual too."""
    apart = YEAR_APART if filing.annual else timedelta(0)
    last = filing.document.available_at - apart
    earlier = [one for one in known if one.annual and one.document.available_at <= last and one is not filing]
    return max(earlier, key=lambda one: one.document.available_at, default=None)


def shortened(text: str, most: int) -> str:
    """A quote on one line, cut between words where it has more letters than `most`."""
    words = " ".join(text.split())
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0] + " …"
