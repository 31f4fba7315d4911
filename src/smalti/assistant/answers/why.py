"""Why a score is what it is, and why it moved between two moments."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from smalti.assistant.answers.signals import (
    USUAL_DAYS,
    horizon_asked,
    kinds_asked,
    number,
    signal_words,
    stored,
    withheld,
)
from smalti.assistant.answers.telling import count, day, one_line, possessive, source, tell
from smalti.assistant.citing import shortened
from smalti.assistant.draft import Draft
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Computation, Figure, Status
from smalti.assistant.understood import Named, Period, Understood
from smalti.platform import words
from smalti.platform.words import FRAUD, RISK, inputs, listed

Row = Mapping[str, Any]

_PIECES, _DRIVERS, _DOCUMENTS = 4, 3, 5
"""Pieces that moved a score, drivers beside it and new documents that are told."""

_MOVED = re.compile(
    r"\b(?:mov\w+|chang\w+|rose|ris(?:e|es|en|ing)|increas\w+|jump\w*|went|gone|climb\w*"
    r"|fall\w*|fell|drop\w*|declin\w+|decreas\w+|worsen\w*|improv\w+|up|down|differ\w*)\b",
    re.IGNORECASE,
)

_SCORINGS = """
SELECT s.*, i.name AS issuer FROM signals s JOIN issuers i USING (issuer_id)
WHERE s.issuer_id = $issuer AND s.kind = $kind AND s.horizon_days = $horizon AND s.as_of <= $as_of
QUALIFY row_number() OVER (PARTITION BY s.as_of ORDER BY s.recorded_at DESC, s.signal_id DESC) = 1
ORDER BY s.as_of
"""
_HORIZONS = """
SELECT DISTINCT horizon_days FROM signals WHERE issuer_id = $issuer AND kind = $kind AND as_of <= $as_of
ORDER BY 1
"""
_ATTRIBUTED = """
SELECT a.evidence_id, a.effect, a.method, a.modality, e.document_id, e.text, e.kind, d.kind AS source,
       d.title, d.available_at
FROM attributions a JOIN evidence e USING (evidence_id) JOIN documents d USING (document_id)
WHERE a.signal_id = $signal AND d.available_at <= $as_of AND a.method <> 'context'
ORDER BY abs(a.effect) DESC NULLS LAST, a.evidence_id
"""
_BESIDE = """
SELECT s.kind, s.value, s.signal_id, s.issuer_id, s.as_of, s.horizon_days, s.reason FROM signals s
WHERE s.case_id = $case AND s.kind = 'fraud.contradiction' AND s.as_of <= $as_of
"""
_FOUND = """
SELECT finding_id, strength, said, against FROM findings
WHERE signal_id = $signal AND strength IS NOT NULL ORDER BY strength DESC, rank LIMIT 3
"""
_ARRIVED = """
SELECT d.document_id, d.title, d.kind AS source, d.available_at,
       coalesce(json_extract_string(d.hints, '$.form') LIKE '%/A', false)
       OR EXISTS (SELECT 1 FROM sightings s JOIN sightings o ON o.source_id = s.source_id AND o.path = s.path
           AND o.artifact_id <> s.artifact_id JOIN documents e ON e.artifact_id = o.artifact_id
           AND e.available_at <= $before WHERE s.artifact_id = d.artifact_id) AS corrects,
       (SELECT arg_min(e.evidence_id, e.ordinal) FROM evidence e WHERE e.document_id = d.document_id) AS first
FROM documents d JOIN links l USING (document_id)
WHERE l.issuer_id = $issuer AND l.score >= 0.5 AND d.available_at > $before AND d.available_at <= $after
  AND d.available_at <= $as_of AND d.kind <> 'price'
ORDER BY d.available_at DESC, d.document_id
"""


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """What moved the scores asked about, with the pieces; None where nothing of them is stored."""
    if not understood.issuers:
        return None
    kinds = kinds_asked(understood)
    draft = Draft()
    for issuer in understood.issuers:
        for kind in kinds:
            scorings = _scorings(grounds, issuer.issuer_id, kind, horizon_asked(understood))
            valued = [row for row in scorings if row["value"] is not None]
            draft.did("signals", f"{len(scorings)} scorings of {issuer.name}: {signal_words(kind)}")
            if not valued:
                _nothing(draft, issuer, kind, scorings)
            elif _MOVED.search(understood.text) and len(valued) > 1:
                _moved(draft, grounds, valued, understood.periods)
            else:
                _is(draft, grounds, valued[-1])
    if not any(mark for mark in draft.steps if not mark.told.startswith("0 ")):
        return None
    return draft


def _scorings(grounds: Grounds, issuer: str, kind: str, horizon: int | None) -> list[dict[str, Any]]:
    """The scorings of one kind in order of time, of the horizon asked for or the usual one."""
    days = grounds.rows(_HORIZONS, issuer=issuer, kind=kind)["horizon_days"].to_list()
    if not days:
        return []
    wanted = horizon if horizon in days else USUAL_DAYS if USUAL_DAYS in days else days[0]
    found = grounds.rows(_SCORINGS, issuer=issuer, kind=kind, horizon=wanted)
    return list(found.iter_rows(named=True))


def _nothing(draft: Draft, issuer: Named, kind: str, scorings: Sequence[Row]) -> None:
    draft.status = Status.PARTLY
    if scorings:
        withheld(draft, scorings[-1])
    else:
        tell(draft, "No {} of {} is stored.", signal_words(kind), issuer.name)


def _is(draft: Draft, grounds: Grounds, row: Row) -> None:
    """What a score rests on: the way from what the model says of a company it knows nothing of."""
    rows = list(grounds.rows(_ATTRIBUTED, signal=row["signal_id"]).iter_rows(named=True))
    pieces = _weightiest(rows)
    cited = [one["evidence_id"] for one in pieces[:1] or rows[:1]]
    kind = row["kind"]
    tell(
        draft, "{} {} was {} as of {}.", possessive(row["issuer"]), signal_words(kind), stored(row),
        day(row["as_of"]), evidence=cited,
    )  # fmt: skip
    details = json.loads(row["details"] or "{}")
    if (base := details.get("baseline_value")) is not None:
        known = Figure(
            number(kind, base), base, "pure", kind, end=row["as_of"].date(), issuer_id=row["issuer_id"],
            evidence_id=row["signal_id"],
        )  # fmt: skip
        tell(draft, "Of a company it knows nothing of, the model says {}.", known, evidence=cited)
    _by_modality(draft, row, details, cited)
    for one in pieces[:_PIECES]:
        effect = effect_of(row, one["effect"])
        tell(draft, "{} by what a {} says:", effect, source(one["source"]), evidence=[one["evidence_id"]])
        quoted_piece(draft, one["evidence_id"], one["text"])
    if "." in kind:
        _findings(draft, grounds, row)
        _line_items(draft, [one for one in rows if one["effect"] is None])
    if kind == FRAUD:
        _drivers(draft, grounds, row, [one for one in rows if one["method"].startswith("driver")])
    if row["in_sample"]:
        draft.notes.append("this score is in-sample: the model learned from that time")


def _weightiest(rows: Sequence[Row]) -> list[Row]:
    """Pieces with an effect on the score itself, each once: by the method whose shares add up, if any."""
    own = [one for one in rows if one["effect"] is not None and not one["method"].startswith("driver")]
    summing = [one for one in own if one["method"].startswith("integrated-gradients")]
    once: dict[str, Row] = {}
    for one in summing or own:
        once.setdefault(one["evidence_id"], one)
    return [one for one in once.values() if one["source"] != "price"]


def effect_of(row: Row, effect: float) -> Figure:
    """How much something moved a score, in the score's unit: `+2.1 points`, `-0.12`."""
    kind = row["kind"]
    digits = {RISK: 1, FRAUD: 3}.get(kind)
    told = f"{effect:+.2f}" if digits is None else f"{effect * 100:+.{digits}f} points"
    return Figure(
        told, effect, "pure", f"{kind} effect", end=row["as_of"].date(),
        issuer_id=row["issuer_id"], evidence_id=row["signal_id"],
    )  # fmt: skip


def quoted_piece(draft: Draft, evidence_id: str, text: str) -> None:
    """Quote a piece of evidence by its beginning."""
    quote = shortened(text)
    if quote:
        draft.say(f"“{quote}”", [evidence_id], quoted=True)
        draft.quote(evidence_id, quote)


def _by_modality(draft: Draft, row: Row, details: Mapping[str, Any], cited: Sequence[str]) -> None:
    sums = details.get("contributions", {}).get("by_modality", {})
    ranked = sorted(sums.items(), key=lambda one: (-abs(one[1]), one[0]))
    told = [one for one in ranked if abs(one[1]) > _least(row["kind"])]
    if not told:
        return
    parts: list[str | Figure] = []
    for name, effect in told:
        parts += [words.modality(name), effect_of(row, effect)]
    tell(draft, f"From there it was moved by {listed(['{} ({})'] * len(told))}.", *parts, evidence=cited)


def _least(kind: str) -> float:
    """The least effect that does not round to nothing."""
    return {RISK: 0.0005, FRAUD: 0.000005}.get(kind, 0.005)


def _line_items(draft: Draft, rows: Sequence[Row]) -> None:
    """What a ratio was computed from."""
    items = [one for one in rows if one["kind"] == "fact"][: _PIECES + 4]
    if items:
        draft.say("It was computed from these line items:", [one["evidence_id"] for one in items])
    for one in items:
        quoted_piece(draft, one["evidence_id"], one["text"])


def _findings(draft: Draft, grounds: Grounds, row: Row) -> None:
    found = grounds.rows(_FOUND, signal=row["signal_id"])
    for one in found.iter_rows(named=True):
        sides(draft, grounds, one)


def sides(draft: Draft, grounds: Grounds, finding: Row) -> None:
    """Quote what a finding holds against what: the first two pieces of each side."""
    said, against = (json.loads(finding[side]) for side in ("said", "against"))
    texts = _texts(grounds, [one["evidence_id"] for one in (*said[:2], *against[:2])])
    for begin, side in (("It was said:", said), ("Against it stands:", against)):
        shown = [one for one in side[:2] if one["evidence_id"] in texts]
        if not shown:
            continue
        draft.say(begin, [one["evidence_id"] for one in shown])
        for one in shown:
            quoted_piece(draft, one["evidence_id"], one["quote"] or texts[one["evidence_id"]])


def _texts(grounds: Grounds, evidence: Sequence[str]) -> dict[str, str]:
    rows = grounds.rows(
        "SELECT e.evidence_id, e.text FROM evidence e JOIN documents d USING (document_id)"
        " WHERE list_contains($wanted::TEXT[], e.evidence_id) AND d.available_at <= $as_of",
        wanted=list(evidence),
    )
    return {one: one_line(text or "") for one, text in rows.iter_rows()}


def _drivers(draft: Draft, grounds: Grounds, row: Row, drivers: Sequence[Row]) -> None:
    """The matters of the contradiction index, each with its share of that index."""
    index = grounds.rows(_BESIDE, case=row["case_id"]).to_dicts()
    if not drivers or not index or not index[0]["value"]:
        return
    tell(
        draft, "Beside it stands a contradiction index of {}, which does not move the probability;"
        " its largest shares are:", stored(index[0] | {"issuer": row["issuer"]}),
        evidence=[one["evidence_id"] for one in drivers[:_DRIVERS]],
    )  # fmt: skip
    for one in drivers[:_DRIVERS]:
        share = Figure(
            f"{one['effect']:.0%}", one["effect"], "pure", "fraud.contradiction share",
            end=row["as_of"].date(), issuer_id=row["issuer_id"], evidence_id=row["signal_id"],
        )  # fmt: skip
        check = words.check(f"fraud.{one['method'].partition(': ')[2]}")
        tell(draft, "{} of the index is {}:", share, check, evidence=[one["evidence_id"]])
        quoted_piece(draft, one["evidence_id"], one["text"])


def _moved(draft: Draft, grounds: Grounds, scorings: Sequence[Row], periods: Sequence[Period]) -> None:
    """What lies between two scorings: pieces that came, that are no longer counted, that were corrected."""
    before, after = _moments(scorings, periods)
    kind = after["kind"]
    if abs(after["value"] - before["value"]) < _shown(kind):
        tell(
            draft, "{} {} has hardly moved: {} on {}, {} on {}.", possessive(after["issuer"]),
            signal_words(kind), stored(before), day(before["as_of"]), stored(after), day(after["as_of"]),
        )  # fmt: skip
        return
    change = _difference(draft, before, after)
    way = "rose" if after["value"] > before["value"] else "fell"
    tell(
        draft, "{} {} {} from {} on {} to {} on {}: {}.", possessive(after["issuer"]), signal_words(kind),
        way, stored(before), day(before["as_of"]), stored(after), day(after["as_of"]), change,
    )  # fmt: skip
    if before["model_version"] != after["model_version"]:
        draft.notes.append("the two scores are of different model versions, which is part of the difference")
    arrived = grounds.rows(
        _ARRIVED, issuer=after["issuer_id"], before=before["as_of"], after=after["as_of"]
    ).to_dicts()
    now, then = (_attributed(grounds, row) for row in (after, before))
    new = {one["document_id"] for one in arrived}
    _came(draft, after, [one for one in now.values() if one["document_id"] in new], arrived)
    aged = [one for key, one in then.items() if key not in now and one["document_id"] not in new]
    _went(draft, before, aged)
    lost = [pair for pair in before["used"] if pair not in after["used"]]
    gained = [pair for pair in after["used"] if pair not in before["used"]]
    for pairs, what in ((gained, "Now used"), (lost, "No longer used")):
        if pairs:
            tell(draft, "{}: {}.", what, inputs(pairs))
    draft.notes.append("`smalti change` splits the difference exactly, by scoring the steps between again")


def _moments(scorings: Sequence[Row], periods: Sequence[Period]) -> tuple[Row, Row]:
    """The two scorings that a question means: about its dates, else the newest and the last that differs."""
    after = scorings[-1]
    moved = (one for one in reversed(scorings) if abs(one["value"] - after["value"]) >= _shown(after["kind"]))
    before = next(moved, scorings[-2])
    dated = [one for one in periods if one.start or one.end]
    if dated:
        start = _clock(dated[0].start or dated[0].end)
        end = _clock(dated[-1].end or dated[-1].start)
        till = [one for one in scorings if one["as_of"] <= end] if end > start else scorings
        early = [one for one in scorings if one["as_of"] <= start] or scorings[:1]
        if till and early[-1]["as_of"] < till[-1]["as_of"]:
            return early[-1], till[-1]
    return before, after


def _shown(kind: str) -> float:
    """The least change of a score that people are told of as one."""
    return {RISK: 0.005, FRAUD: 0.0005}.get(kind, 0.01)


def _clock(day_of: Any) -> datetime:
    return datetime.combine(day_of, time.max, UTC)


def _difference(draft: Draft, before: Row, after: Row) -> Figure:
    """The change between two scores, computed and shown."""
    kind, name = after["kind"], draft.next_name
    amount = after["value"] - before["value"]
    effect = effect_of(after, amount)
    result = Figure(
        effect.text, amount, effect.unit, f"{kind} change", before["as_of"].date(), after["as_of"].date(),
        after["issuer_id"], computation=name,
    )  # fmt: skip
    worked = f"{after['value']:.6f} - {before['value']:.6f} = {amount:.6f}"
    old, new = stored(before), stored(after)
    draft.compute(Computation(name, "later score - earlier score", worked, (new, old), result))
    return result


def _attributed(grounds: Grounds, row: Row) -> dict[str, Row]:
    rows = grounds.rows(_ATTRIBUTED, signal=row["signal_id"]).iter_rows(named=True)
    return {one["evidence_id"]: one for one in _weightiest(list(rows))}


def _came(draft: Draft, after: Row, moved: Sequence[Row], arrived: Sequence[Row]) -> None:
    if not arrived:
        tell(draft, "No document about it came out in between; what was known grew older.")
        return
    number_of = count(draft, len(arrived), "documents that came out in between", after["issuer_id"])
    shown = [one["first"] for one in arrived[:_DOCUMENTS] if one["first"]]
    tell(draft, "{} documents about it came out in between.", number_of, evidence=shown)
    for one in sorted(moved, key=lambda row: -abs(row["effect"]))[:_PIECES]:
        effect = effect_of(after, one["effect"])
        tell(
            draft,
            "New is {} by what a {} says:",
            effect,
            source(one["source"]),
            evidence=[one["evidence_id"]],
        )
        quoted_piece(draft, one["evidence_id"], one["text"])
    if not moved:
        tell(draft, "Nothing that moved the later score most is from them.")
    for one in [row for row in arrived if row["corrects"]][:_DOCUMENTS]:
        tell(
            draft, "The {} of {} takes the place of an earlier edition: {}.", source(one["source"]),
            day(one["available_at"]), one["title"], evidence=[one["first"]],
        )  # fmt: skip


def _went(draft: Draft, before: Row, aged: Sequence[Row]) -> None:
    for one in sorted(aged, key=lambda row: -abs(row["effect"]))[:2]:
        effect = effect_of(before, one["effect"])
        tell(
            draft, "{} of the earlier score was by a {}, which is not among what moves it now:", effect,
            source(one["source"]), evidence=[one["evidence_id"]],
        )  # fmt: skip
        quoted_piece(draft, one["evidence_id"], one["text"])
