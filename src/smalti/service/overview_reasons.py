"""Why a score moved from one scoring to the next, in one piece of evidence: what is new counts first.

A reason is only given where it bears a fair part of the move. What moved a model's score are its
contributions (they sum to it, so their differences sum to its change); what moved the contradiction index are
its matters.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from smalti.models.contributions import GRADIENTS
from smalti.platform.store import Store
from smalti.service.signals import place_of, shortened

INDEX = "fraud.contradiction"

_FAIR = 0.2
"""Part of a move that a reason bears at least."""

Cause = Literal["new", "weighs otherwise", "gone"]


@dataclass(frozen=True, slots=True)
class Move:
    """A score at two moments.

    Attributes:
        before, after: ids of the signals.
        change: of its value.
        first_as_of, last_as_of: moments of the two scorings.
    """

    kind: str
    before: str
    after: str
    change: float
    first_as_of: datetime
    last_as_of: datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """The piece of evidence that bears most of a move.

    Attributes:
        cause: `new`: its document was not known before; `gone`: it does not count any more.
        amount: what its document adds to the move, in the unit of the score.
        finding: what does not fit, in words, where that is what moved the index.
        form: of a filing, as EDGAR calls it.
        source: kind of document: `news`, `filing`, `social`, `call`, `price`.
        where: page, second, line, for people.
        available_at: when the public could know it.
    """

    cause: Cause
    amount: float
    finding: str | None
    evidence_id: str
    document_id: str
    title: str
    form: str | None
    source: str
    where: str
    quote: str
    available_at: datetime


@dataclass(frozen=True, slots=True)
class _Borne:
    """Part of a move, before it is told where it stands."""

    cause: Cause
    amount: float
    evidence_id: str
    finding: str | None = None


def reasons(store: Store, moves: Sequence[Move]) -> list[Reason | None]:
    """Of each move its reason; None where no piece bears a fair part of it."""
    if not moves:
        return []
    signals = _signals(store, moves)
    borne = _by_documents(store, [one for one in moves if one.kind != INDEX], signals)
    borne |= _by_findings(store, [one for one in moves if one.kind == INDEX], signals)
    places = _places(store, {one.evidence_id for one in borne.values()})
    return [
        _told(one, places)
        if (one := borne.get(move.after)) is not None and one.evidence_id in places
        else None
        for move in moves
    ]


def _signals(store: Store, moves: Sequence[Move]) -> dict[str, Mapping[str, Any]]:
    """`recorded_at` and details of the signals of some moves."""
    rows = store.read(
        "SELECT signal_id, recorded_at, json_extract(details, '$.contributions.by_document') AS documents,"
        " json_extract(details, '$.matters') AS matters FROM signals"
        " WHERE as_of BETWEEN $first AND $last AND list_contains($wanted::TEXT[], signal_id)",
        {
            "wanted": [one for move in moves for one in (move.before, move.after)],
            "first": min(move.first_as_of for move in moves),
            "last": max(move.last_as_of for move in moves),
        },
    )
    return {row["signal_id"]: row for row in rows.iter_rows(named=True)}


def _by_documents(
    store: Store, moves: Sequence[Move], signals: Mapping[str, Mapping[str, Any]]
) -> dict[str, _Borne]:
    pieces = _pieces(store, moves, signals) if moves else {}
    found: dict[str, _Borne] = {}
    for move in moves:
        then, now = (_documents(signals.get(one), pieces.get(one, {})) for one in (move.before, move.after))
        sign = 1 if move.change > 0 else -1
        parts = {one: now.get(one, 0.0) - then.get(one, 0.0) for one in {*then, *now}}
        fair = [one for one, amount in parts.items() if amount * sign >= _FAIR * abs(move.change)]
        ranked = sorted(fair, key=lambda one: (one in then, -abs(parts[one]), one))
        for document in ranked:
            cause: Cause = (
                "new" if document not in then else "weighs otherwise" if document in now else "gone"
            )
            shown = pieces.get(move.before if cause == "gone" else move.after, {}).get(document)
            if shown:
                way = -sign if cause == "gone" else sign
                best = max(shown, key=lambda one: (shown[one] * way, one))
                found[move.after] = _Borne(cause, parts[document], best)
                break
    return found


_Pieces = dict[str, dict[str, dict[str, float]]]
"""Effects by signal, document and piece of evidence."""


def _pieces(store: Store, moves: Sequence[Move], signals: Mapping[str, Mapping[str, Any]]) -> _Pieces:
    # Written with their signal, in one commit: its moment spares the store most of the search.
    rows = store.read(
        "SELECT a.signal_id, a.evidence_id, e.document_id, sum(a.effect) AS effect FROM attributions a"
        " JOIN evidence e USING (evidence_id) WHERE list_contains($moments::TIMESTAMPTZ[], a.recorded_at)"
        f" AND a.recorded_at BETWEEN $first AND $last AND starts_with(a.method, '{GRADIENTS}')"
        " AND list_contains($wanted::TEXT[], a.signal_id) GROUP BY ALL",
        _of(moves, signals),
    )
    found: _Pieces = {}
    for signal, evidence, document, effect in rows.iter_rows():
        found.setdefault(signal, {}).setdefault(document, {})[evidence] = effect
    return found


def _of(moves: Iterable[Move], signals: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    wanted = [one for move in moves for one in (move.before, move.after) if one in signals]
    moments = sorted({signals[one]["recorded_at"] for one in wanted})
    span = {"first": moments[0], "last": moments[-1]} if moments else {"first": None, "last": None}
    return {"wanted": wanted, "moments": moments} | span


def _documents(
    signal: Mapping[str, Any] | None, pieces: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """What each document contributes to a score; by the rows kept where it was not summed up."""
    if signal is not None and signal["documents"]:
        summed: dict[str, float] = json.loads(signal["documents"])
        return summed
    return {document: sum(effects.values()) for document, effects in pieces.items()}


def _by_findings(
    store: Store, moves: Sequence[Move], signals: Mapping[str, Mapping[str, Any]]
) -> dict[str, _Borne]:
    matters = _matters(store, moves, signals) if moves else {}
    found: dict[str, _Borne] = {}
    for move in moves:
        cause: Cause = "new" if move.change > 0 else "gone"
        here, there = (move.after, move.before) if move.change > 0 else (move.before, move.after)
        known = {piece for pieces, _, _ in matters.get(there, ()) for piece in pieces}
        fresh = [
            one
            for one in matters.get(here, ())
            if not (one[0] & known) and one[1] >= _FAIR * abs(move.change)
        ]
        if fresh:
            pieces, share, reason = max(fresh, key=lambda one: (one[1], sorted(one[0])))
            amount = share if move.change > 0 else -share
            found[move.after] = _Borne(cause, amount, min(pieces), reason)
    return found


_Matter = tuple[frozenset[str], float, str]
"""Pieces of evidence said, share of the index, and what does not fit in words."""


def _matters(
    store: Store, moves: Sequence[Move], signals: Mapping[str, Mapping[str, Any]]
) -> dict[str, list[_Matter]]:
    rows = store.read(
        "SELECT signal_id, rank, said, reason, strength FROM findings"
        " WHERE recorded_at BETWEEN $first AND $last AND list_contains($moments::TIMESTAMPTZ[], recorded_at)"
        " AND verdict = 'finding' AND list_contains($wanted::TEXT[], signal_id)",
        _of(moves, signals),
    )
    found: dict[str, list[_Matter]] = {}
    for row in rows.iter_rows(named=True):
        told = json.loads(signals[row["signal_id"]]["matters"] or "[]")
        said = frozenset(cited["evidence_id"] for cited in json.loads(row["said"]))
        if said and row["rank"] <= len(told):
            share = float(told[row["rank"] - 1]["share"])
            found.setdefault(row["signal_id"], []).append((said, share, row["reason"]))
    return found


def _places(store: Store, evidence: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    rows = store.read(
        "SELECT e.evidence_id, e.document_id, e.locator, e.text, d.title, d.part, d.kind AS source,"
        " json_extract_string(d.hints, '$.form') AS form, d.available_at"
        " FROM evidence e JOIN documents d USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], e.evidence_id)",
        {"wanted": sorted(evidence)},
    )
    return {row["evidence_id"]: row for row in rows.iter_rows(named=True)}


def _told(borne: _Borne, places: Mapping[str, Mapping[str, Any]]) -> Reason:
    row = places[borne.evidence_id]
    return Reason(
        cause=borne.cause,
        amount=borne.amount,
        finding=borne.finding,
        evidence_id=borne.evidence_id,
        document_id=row["document_id"],
        title=row["title"],
        form=row["form"],
        source=row["source"],
        where=place_of(row),
        quote=shortened(row["text"]),
        available_at=row["available_at"],
    )
