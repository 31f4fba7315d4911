"""What an issuer filed for the days a question asks of, as far as it was public by then."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from smalti.assistant.grounds import Grounds
from smalti.platform.concepts import Statement
from smalti.platform.records import LEAST_LINK

__all__ = ["Filed", "Filing", "Ledger"]

# Of each record of an artifact the reading done last counts; a copy of what counts is left out.
_FILINGS = f"""
SELECT d.document_id, any_value(d.title) AS title, any_value(d.available_at) AS available_at,
       any_value(json_extract_string(d.hints, '$.form')) AS form,
       max(f.period_end) FILTER (f.concept IN ('Assets', 'NetIncomeLoss', 'Revenues', 'ProfitLoss',
           'NetCashFromOperatingActivities')) AS own_end
FROM (SELECT * FROM documents WHERE available_at <= $as_of
      QUALIFY row_number() OVER (PARTITION BY artifact_id, part ORDER BY recorded_at DESC, document_id) = 1) d
JOIN links l ON l.document_id = d.document_id AND l.issuer_id = $issuer AND l.score >= {LEAST_LINK}
JOIN facts f ON f.document_id = d.document_id
WHERE NOT EXISTS (SELECT 1 FROM duplicates u JOIN documents o ON o.document_id = u.of_document
                  WHERE u.document_id = d.document_id AND o.available_at <= d.available_at)
GROUP BY d.document_id ORDER BY available_at, d.document_id
"""
# Each document is taken apart once: all that is read of it in one list.
_FACTS = """
SELECT f.evidence_id, f.document_id, f.concept, f.label, f.value, f.unit, f.period_start, f.period_end,
       f.unverified, e.ordinal,
       json_extract_string(e.payload, ['$.dimension', '$.line', '$.statement', '$.tag', '$.path',
                                       '$.column_path']) AS parts,
       json_extract_string(e.locator, ['$.page', '$.cell[0]']) AS place
FROM facts f JOIN evidence e ON e.evidence_id = f.evidence_id
WHERE f.document_id IN (SELECT unnest($documents::TEXT[])) AND f.period_end IN (SELECT unnest($ends::DATE[]))
ORDER BY e.ordinal, f.evidence_id
"""


@dataclass(frozen=True, slots=True)
class Filing:
    """A document with numbers of an issuer.

    Attributes:
        form: as its cover says (`10-K`); empty for others.
        own_end: last day of the period it reports of, as far as its statements tell.
    """

    document_id: str
    title: str
    form: str
    available_at: datetime
    own_end: date | None


@dataclass(frozen=True, slots=True)
class Filed:
    """A number as one filing gives it.

    Attributes:
        value: in `unit`, with the sign it is stored with.
        statement: the primary statement it stands on; None for notes and other tables.
        line: the item it would be for the whole company, where it is a part's (`dimension`).
        path: the headings over its row and the row, as they stand there.
        over: the headings over its column.
        place: page, and number of the table on it, both from 0; None where it has none.
        tagged: the filer's own XBRL says it.
    """

    evidence_id: str
    filing: Filing
    concept: str
    label: str
    value: float
    unit: str
    start: date | None
    end: date
    unverified: str
    dimension: str
    line: str
    statement: Statement | None
    path: tuple[str, ...]
    over: tuple[str, ...]
    place: tuple[int | None, int | None]
    tagged: bool
    ordinal: int

    @property
    def days(self) -> int:
        """Length of its period; 0 for a moment."""
        return (self.end - self.start).days + 1 if self.start else 0

    @property
    def money(self) -> bool:
        """Whether it is an amount of a currency."""
        return len(self.unit) == 3 and self.unit.isupper()


class Ledger:
    """The numbers of one issuer, read by the day their periods end on and kept for the question."""

    def __init__(self, grounds: Grounds, issuer_id: str) -> None:
        self.issuer_id = issuer_id
        self._grounds = grounds
        self._by_end: dict[date, list[Filed]] = {}
        self._filings: Mapping[str, Filing] | None = None

    @property
    def filings(self) -> Mapping[str, Filing]:
        """Documents with numbers of the issuer by id, the oldest first."""
        if self._filings is None:
            rows = self._grounds.rows(_FILINGS, issuer=self.issuer_id)
            self._filings = {
                row["document_id"]: Filing(
                    row["document_id"], row["title"], row["form"] or "", row["available_at"], row["own_end"]
                )
                for row in rows.iter_rows(named=True)
            }
        return self._filings

    def read(self, ends: Iterable[date]) -> None:
        """Read the numbers of several days at once, for `at`."""
        new = [end for end in dict.fromkeys(ends) if end not in self._by_end]
        if not new:
            return
        rows = self._grounds.rows(_FACTS, documents=list(self.filings), ends=new)
        found: dict[date, list[Filed]] = {end: [] for end in new}
        for row in rows.iter_rows(named=True):
            found[row["period_end"]].append(_filed(row, self.filings))
        self._by_end |= found

    def at(self, end: date) -> Sequence[Filed]:
        """Every number whose period ends on a day, in the order of the documents' pages."""
        self.read([end])
        return self._by_end[end]


def _filed(row: Mapping[str, Any], filings: Mapping[str, Filing]) -> Filed:
    dimension, line, statement, tag, path, over = row["parts"]
    page, table = row["place"]
    return Filed(
        evidence_id=row["evidence_id"],
        filing=filings[row["document_id"]],
        concept=row["concept"] or "",
        label=row["label"] or "",
        value=row["value"],
        unit=row["unit"],
        start=row["period_start"],
        end=row["period_end"],
        unverified=row["unverified"] or "",
        dimension=dimension or "",
        line=line or "",
        statement=Statement(statement) if statement else None,
        path=_texts(path),
        over=_texts(over),
        place=(_whole(page), _whole(table)),
        tagged=tag is not None,
        ordinal=row["ordinal"],
    )


def _texts(listed: str | None) -> tuple[str, ...]:
    return tuple(json.loads(listed)) if listed else ()


def _whole(number: str | None) -> int | None:
    return int(number) if number else None
