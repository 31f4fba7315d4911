"""What pieces of evidence and stored scores really hold, read again from the store for a check."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from smalti.assistant.checks.numerals import numerals
from smalti.assistant.grounds import Grounds
from smalti.platform.quantities import Number, read_number
from smalti.platform.records import LEAST_LINK

__all__ = ["Held", "Holding", "held"]

_MOST_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Holding:
    """One number that something stored states.

    Attributes:
        value: in `unit`.
        off: how far what it stands for may be from it.
        unit: as in `Figure`; `any` where the place does not tell.
        names: what it is of: a concept, its labels from the outermost, the words around it.
        start, end: its period; both None where none is told.
        words: whether `names` are running text, to be matched word by word.
        at: where its numeral begins in the text, for running text.
    """

    value: float
    off: float
    unit: str
    names: Sequence[str]
    start: date | None = None
    end: date | None = None
    words: bool = False
    at: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A piece of evidence, a signal or a finding: whose it is and which numbers it states.

    Attributes:
        kind: of evidence, `signal` or `finding`.
        issuers: ids of those its document speaks for, or whose it is.
        unverified: why it is not to be relied on.
    """

    key: str
    kind: str
    text: str
    issuers: frozenset[str]
    holdings: Sequence[Holding]
    unverified: str = ""
    document_id: str = ""


_PIECES = """
SELECT e.evidence_id, e.document_id, e.kind, e.text, e.payload, e.payload->>'unverified' AS unverified,
       coalesce((SELECT list(l.issuer_id) FROM links l
                 WHERE l.document_id = e.document_id AND l.score >= $least), []) AS issuers
FROM evidence e JOIN documents d USING (document_id)
WHERE e.evidence_id IN (SELECT unnest($wanted::TEXT[])) AND d.available_at <= $as_of
"""
_SCORES = """
SELECT s.signal_id, s.issuer_id, s.kind, s.as_of, s.horizon_days, s.value, s.low, s.high, s.percentile,
       s.details,
       coalesce((SELECT list({'effect': a.effect, 'method': a.method}) FROM attributions a
                 WHERE a.signal_id = s.signal_id), []) AS effects
FROM signals s WHERE s.signal_id IN (SELECT unnest($wanted::TEXT[])) AND s.as_of <= $as_of
"""
_FINDINGS = """
SELECT f.finding_id, f.strength, f.reason, s.issuer_id, s.as_of FROM findings f
JOIN signals s USING (signal_id)
WHERE f.finding_id IN (SELECT unnest($wanted::TEXT[])) AND s.as_of <= $as_of
"""


def held(grounds: Grounds, ids: Iterable[str]) -> dict[str, Held]:
    """What each id holds; an id that names nothing public by then is left out."""
    wanted = sorted({one for one in ids if one})
    if not wanted:
        return {}
    found = {
        row["evidence_id"]: _piece(row)
        for row in grounds.rows(_PIECES, wanted=wanted, least=LEAST_LINK).iter_rows(named=True)
    }
    if len(found) < len(wanted):
        rest = [one for one in wanted if one not in found]
        for row in grounds.rows(_SCORES, wanted=rest).iter_rows(named=True):
            found[row["signal_id"]] = _score(row)
        for row in grounds.rows(_FINDINGS, wanted=rest).iter_rows(named=True):
            found[row["finding_id"]] = _finding(row)
    return found


def _piece(row: Mapping[str, Any]) -> Held:
    payload = json.loads(row["payload"] or "{}")
    reader = {"fact": _fact, "table": _table, "chart": _chart}.get(row["kind"])
    text = row["text"] or ""
    holdings = list(reader(payload, text)) if reader else []
    if row["kind"] != "fact":
        holdings += _text(text)
    return Held(
        row["evidence_id"], row["kind"], text, frozenset(row["issuers"]), holdings,
        row["unverified"] or "", row["document_id"],
    )  # fmt: skip


def _fact(payload: Mapping[str, Any], text: str) -> Iterator[Holding]:
    path = payload.get("path") or []
    told = text.rsplit(": ", 1)[0]
    names = (
        payload.get("concept") or "",
        payload.get("line") or "",
        payload.get("label") or "",
        " ".join(path),
        told,
        payload.get("dimension") or "",
        " ".join(payload.get("column_path") or []),
    )
    start, end = payload.get("period_start"), payload.get("period_end")
    yield Holding(
        float(payload["value"]), 0.0, payload["unit"], tuple(filter(None, names)),
        date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None,
    )  # fmt: skip


def _table(payload: Mapping[str, Any], _text_: str) -> Iterator[Holding]:
    rows, columns = payload.get("row_paths") or [], payload.get("column_paths") or []
    columns = columns[0] if columns and columns[0] and isinstance(columns[0][0], list) else columns
    periods, scale = payload.get("periods") or [], float(payload.get("scale") or 1.0)
    for cell in (payload.get("cells") or [])[:_MOST_CELLS]:
        number = read_number(cell["text"]) if not cell.get("header") else None
        if not isinstance(number, Number):
            continue
        row, column = cell["row"], cell["column"]
        of_row = rows[row] if row < len(rows) else []
        of_column = columns[column] if column < len(columns) else []
        period = (periods[column] if column < len(periods) else None) or {}
        start, end = period.get("start"), period.get("end")
        names = (" ".join(of_row), *of_row[-1:], " ".join([*of_row, *of_column]))
        for value in {number.times(scale), number.value}:
            yield Holding(
                value, 0.0, "%" if number.percent else "any", names,
                date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None,
            )  # fmt: skip


def _chart(payload: Mapping[str, Any], _text_: str) -> Iterator[Holding]:
    title = payload.get("title") or ""
    for series in payload.get("series") or []:
        for point in series.get("points") or []:
            if point.get("value") is not None:
                name = series.get("name") or ""
                category = str(point.get("category") or "")
                names = tuple(filter(None, (name, title, f"{title} {name} {category}", category)))
                yield Holding(float(point["value"]), float(point.get("error") or 0.0), "any", names)


def _text(text: str) -> Iterator[Holding]:
    for one in numerals(text[:20_000]):
        yield Holding(one.value, one.off, one.unit, (text,), None, one.day, words=True, at=one.start)


_SCORED = ("value", "low", "high", "percentile")


def _score(row: Mapping[str, Any]) -> Held:
    kind, day = row["kind"], row["as_of"].date()
    details = json.loads(row["details"] or "{}")
    holdings = [
        Holding(float(row[name]), 0.0, "percentile" if name == "percentile" else "pure", (kind,), None, day)
        for name in _SCORED
        if row[name] is not None
    ]
    holdings.append(Holding(float(row["horizon_days"]), 0.0, "days", (kind, "horizon"), None, day))
    if isinstance(details.get("baseline_value"), int | float):
        holdings.append(Holding(float(details["baseline_value"]), 0.0, "pure", (kind,), None, day))
    contributions = details.get("contributions") or {}
    parts = [v for by in ("by_modality", "by_document") for v in (contributions.get(by) or {}).values()]
    effects = [one["effect"] for one in row["effects"] if one["effect"] is not None]
    drivers = [a for a in row["effects"] if a["effect"] is not None and a["method"].startswith("driver")]
    moved = [(f"{kind} effect", one) for one in (*effects, *parts)]
    moved += [("fraud.contradiction share", one["effect"]) for one in drivers]
    holdings += [Holding(float(one), 0.0, "pure", (name,), None, day) for name, one in moved]
    return Held(row["signal_id"], "signal", "", frozenset([row["issuer_id"]]), holdings)


def _finding(row: Mapping[str, Any]) -> Held:
    strength = Holding(
        float(row["strength"] or 0.0), 0.0, "pure", ("finding strength",), None, row["as_of"].date()
    )
    said = list(_text(row["reason"] or ""))
    return Held(
        row["finding_id"], "finding", row["reason"] or "", frozenset([row["issuer_id"]]), [strength, *said]
    )
