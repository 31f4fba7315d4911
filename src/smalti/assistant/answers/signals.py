"""What a score is, and who scores highest or lowest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from smalti.assistant.answers.telling import count, day, possessive, tell
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Figure, Status
from smalti.assistant.understood import Kind, Understood
from smalti.platform import words
from smalti.platform.words import CHECKS, FRAUD, MAIN, RISK, SENTIMENT, inputs, ordinal

Row = Mapping[str, Any]

USUAL_DAYS = 30
"""Trading days ahead of the risk that is told where no horizon was asked for."""
_RANKED = 5
"""Issuers of a ranking that are told."""
_RESTS_ON = 3
"""Pieces cited for a score: those that moved it most."""

# Of each kind and horizon the newest scoring, and beside it the newest that gave a value.
NEWEST = """
WITH chosen AS (
  SELECT s.rowid AS place, s.* FROM signals s
  WHERE s.as_of <= $as_of AND list_contains($kinds::TEXT[], s.kind)
    AND ($issuers IS NULL OR list_contains($issuers::TEXT[], s.issuer_id))),
picked AS (
  SELECT arg_max(place, (as_of, recorded_at, signal_id)) AS newest,
         arg_max(place, (as_of, recorded_at, signal_id)) FILTER (value IS NOT NULL) AS valued
  FROM chosen GROUP BY issuer_id, kind, horizon_days)
SELECT s.*, i.name AS issuer, s.rowid = p.newest AS newest,
       EXISTS (SELECT 1 FROM erased_signals z WHERE z.signal_id = s.signal_id) AS erased
FROM picked p JOIN signals s ON s.rowid = p.newest OR s.rowid = p.valued
JOIN issuers i USING (issuer_id)
ORDER BY i.name, s.kind, s.horizon_days, s.as_of
"""
_MOVED_MOST = """
SELECT a.signal_id, a.evidence_id FROM attributions a
JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)
WHERE list_contains($signals::TEXT[], a.signal_id) AND d.available_at <= $as_of
  AND a.method <> 'context' AND a.method NOT LIKE 'driver%'
QUALIFY row_number() OVER (PARTITION BY a.signal_id
  ORDER BY a.method LIKE 'integrated%' DESC, abs(a.effect) DESC NULLS LAST, a.evidence_id) <= $most
"""

_AGES, _DIGITS = re.compile(r" of \d+ days? ago"), re.compile(r"\d")
_HORIZON = re.compile(r"\b(\d{1,2})[\s-]*(?:trading[\s-]*)?days?\b", re.IGNORECASE)
_LOWEST = re.compile(r"\b(?:lowest|least|safest|smallest|worst\s+sentiment|most\s+negative)\b", re.IGNORECASE)
_NAMES = {RISK: "risk", FRAUD: "fraud probability", SENTIMENT: "sentiment"}
_MEANS = {
    RISK: "expected annualised volatility of the share price",
    FRAUD: "a probability",
    SENTIMENT: "negative below zero, positive above",
}


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The newest scores of the issuers named, or those who score highest where none is.

    Of several that are to be compared only where it is their scores.
    """
    if understood.kind is Kind.COMPARE and not understood.signal:
        return None
    kinds = kinds_asked(understood)
    named = list(understood.issuer_ids) or None
    rows = list(grounds.rows(NEWEST, kinds=kinds, issuers=named).iter_rows(named=True))
    draft = Draft()
    draft.did("signals", f"{len(rows)} stored scores of {words.listed([signal_words(k) for k in kinds])}")
    if named is None:
        return _ranked(draft, kinds[0], horizon_asked(understood), rows, understood.text)
    for one in understood.issuers:
        own = [row for row in rows if row["issuer_id"] == one.issuer_id]
        if not own:
            draft.status = Status.UNKNOWN
            tell(draft, "No such score of {} is stored.", one.name)
        for kind in kinds:
            _told(draft, grounds, [row for row in own if row["kind"] == kind], horizon_asked(understood))
    return draft


def kinds_asked(understood: Understood) -> list[str]:
    """The kinds of signal that a question names; all three scores where it names none."""
    asked = understood.text.lower()
    named = [kind for kind, name in CHECKS.items() if _meant(name, asked)]
    if named:
        return named
    return [understood.signal] if understood.signal else list(MAIN)


def horizon_asked(understood: Understood) -> int | None:
    """Trading days ahead, where a question says."""
    found = _HORIZON.search(understood.text)
    return int(found[1]) if found else None


def signal_words(kind: str) -> str:
    """A kind of signal within a sentence: `fraud probability`, `Beneish M (earnings manipulation)`."""
    return _NAMES.get(kind) or words.check(kind)


def number(kind: str, value: float) -> str:
    """A score as it is told: `26%`, `1.2%`, `+0.31`, `-2.70`."""
    if kind == RISK:
        return f"{value:.0%}"
    if kind == FRAUD:
        return f"{value:.1%}"
    return f"{value:+.2f}" if kind == SENTIMENT else f"{value:.2f}"


def stored(row: Row, name: str = "value") -> Figure:
    """A number of a stored score: its `value`, `low`, `high` or `percentile`."""
    told = ordinal(row[name]) if name == "percentile" else number(row["kind"], row[name])
    return Figure(
        told, row[name], "percentile" if name == "percentile" else "pure", row["kind"],
        end=row["as_of"].date(), issuer_id=row["issuer_id"], evidence_id=row["signal_id"],
    )  # fmt: skip


def days_ahead(row: Row) -> Figure:
    """Trading days ahead, as a score's own row says."""
    return Figure(
        str(row["horizon_days"]), float(row["horizon_days"]), "days", row["kind"], end=row["as_of"].date(),
        issuer_id=row["issuer_id"], evidence_id=row["signal_id"],
    )  # fmt: skip


def rests_on(grounds: Grounds, rows: Sequence[Row], most: int = _RESTS_ON) -> dict[str, list[str]]:
    """The pieces that moved each signal most, by its id."""
    found = grounds.rows(_MOVED_MOST, signals=[row["signal_id"] for row in rows], most=most)
    pieces: dict[str, list[str]] = {}
    for signal, evidence in found.iter_rows():
        pieces.setdefault(signal, []).append(evidence)
    return pieces


def _meant(name: str, asked: str) -> bool:
    """Whether a question names a check: by its first words, before any bracket."""
    short = name.partition(" (")[0].partition(",")[0].lower()
    return re.search(rf"\b{re.escape(short)}\b", asked) is not None


def _told(draft: Draft, grounds: Grounds, rows: Sequence[Row], horizon: int | None) -> None:
    """The newest score of one issuer and kind."""
    if not rows:
        return
    days = sorted({row["horizon_days"] for row in rows})
    wanted = horizon if horizon in days else USUAL_DAYS if USUAL_DAYS in days else days[0]
    if horizon is not None and horizon != wanted and rows[0]["kind"] == RISK:
        offered = words.listed([str(one) for one in days])
        draft.notes.append(f"risk is scored for {offered} trading days ahead, not for {horizon}")
    of_it = [row for row in rows if row["horizon_days"] == wanted]
    newest = next(row for row in of_it if row["newest"])
    valued = next((row for row in of_it if row["value"] is not None), None)
    if newest["value"] is None:
        withheld(draft, newest)
    if valued is None:
        draft.status = Status.PARTLY
        return
    evidence = rests_on(grounds, [valued]).get(valued["signal_id"], [])
    _valued(draft, valued, evidence)
    others = [row for row in rows if row["as_of"] == valued["as_of"] and row["value"] is not None]
    _other_horizons(draft, [row for row in others if row["horizon_days"] != wanted])


def withheld(draft: Draft, row: Row) -> None:
    """That a score is withheld, and why; its day and the ages behind the reason stand in a note."""
    reason = words.reason(row["reason"] or "no reason is stored")
    name = signal_words(row["kind"])
    draft.notes.append(f"{name} of {row['issuer']} is withheld as of {day(row['as_of'])}: {_small(reason)}")
    plain = _AGES.sub("", _small(reason))
    why = "" if _DIGITS.search(plain) else f": {plain}"
    tell(draft, "{} {} is withheld{}.", possessive(row["issuer"]), name, why)


def _small(text: str) -> str:
    """As it stands within a sentence; names and abbreviations keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _valued(draft: Draft, row: Row, evidence: Sequence[str]) -> None:
    kind = row["kind"]
    parts: list[str | Figure] = [possessive(row["issuer"]), signal_words(kind)]
    begin = "{} {}"
    if not row["newest"]:
        parts, begin = [signal_words(kind), row["issuer"]], "The last {} of {} that was not withheld"
    if kind == RISK:
        parts, begin = [*parts, days_ahead(row)], begin + " over the next {} trading days"
    parts, begin = [*parts, stored(row)], begin + " was {}"
    means = f" ({_MEANS[kind]})" if kind in _MEANS else ""
    tell(draft, begin + means + " as of {}.", *parts, day(row["as_of"]), evidence=evidence)
    if row["low"] is not None and row["high"] is not None:
        low, high = stored(row, "low"), stored(row, "high")
        tell(draft, "Its interval is {} to {}.", low, high, evidence=evidence)
    if row["percentile"] is not None:
        place = stored(row, "percentile")
        tell(
            draft,
            "That is the {} percentile of the scores that the model was calibrated on.",
            place,
            evidence=evidence,
        )
    _made_from(draft, row, evidence)


def _made_from(draft: Draft, row: Row, evidence: Sequence[str]) -> None:
    """What went into a score, what did not, and what a reader must know of it."""
    if row["used"]:
        missing = f"; {inputs(row['missing'])} were missing" if row["missing"] else ""
        stale = f"; {inputs(row['stale'])} were stale" if row["stale"] else ""
        untrained = f"; {inputs(row['not_trained'])} are not used" if row["not_trained"] else ""
        tell(
            draft,
            "It was made from {}{}{}{}.",
            inputs(row["used"]),
            missing,
            stale,
            untrained,
            evidence=evidence,
        )
    if row["in_sample"]:
        draft.notes.append(
            f"{signal_words(row['kind'])} of {day(row['as_of'])} is in-sample:"
            " the model learned from that time"
        )
    if row["erased"]:
        draft.notes.append("evidence behind this score was erased since")
    if json.loads(row["details"] or "{}").get("doubt", {}).get("abstains"):
        draft.notes.append("the model doubts this score")


def _other_horizons(draft: Draft, rows: Sequence[Row]) -> None:
    if not rows or rows[0]["kind"] != RISK:
        return
    parts: list[str | Figure] = []
    for row in rows:
        parts += [days_ahead(row), stored(row)]
    told = words.listed(["{} days: {}"] * len(rows))
    tell(draft, f"At other horizons: {told}.", *parts)


def _ranked(draft: Draft, kind: str, horizon: int | None, rows: Sequence[Row], asked: str) -> Draft:
    """Issuers by their newest score that was not withheld."""
    days = sorted({row["horizon_days"] for row in rows if row["kind"] == kind})
    wanted = horizon if horizon in days else USUAL_DAYS if USUAL_DAYS in days else 0
    valued = [
        row
        for row in rows
        if row["kind"] == kind and row["horizon_days"] == wanted and row["value"] is not None
    ]
    if not valued:
        draft.status = Status.UNKNOWN
        tell(draft, "No {} of any issuer is stored.", signal_words(kind))
        return draft
    lowest = _LOWEST.search(asked) is not None
    ranked = sorted(valued, key=lambda row: (row["value"] if lowest else -row["value"], row["issuer"]))
    among = count(draft, len(ranked), "issuers with this score")
    which = "lowest" if lowest else "highest"
    parts: list[str | Figure] = [among, which, signal_words(kind)]
    template = "Of {} issuers with a score, these have the {} {}"
    if kind == RISK:
        parts, template = [*parts, days_ahead(ranked[0])], template + " over the next {} trading days"
    tell(draft, template + ":", *parts)
    for row in ranked[:_RANKED]:
        tell(draft, "{}: {} as of {}.", row["issuer"], stored(row), day(row["as_of"]))
    moments = {row["as_of"].date() for row in ranked[:_RANKED]}
    if len(moments) > 1:
        draft.notes.append("these scores are of different days")
    if any(row["in_sample"] for row in ranked[:_RANKED]):
        draft.notes.append("some are in-sample: the model learned from that time")
    return draft
