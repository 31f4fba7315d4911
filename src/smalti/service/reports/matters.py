"""What does not fit, with the evidence on both sides: the strongest first, the others more briefly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from smalti.service.reports import words
from smalti.service.reports.content import Block, Drawing, Matter, Quote, Section, Text
from smalti.service.reports.known import Known, since, where
from smalti.service.views import CitedView, EvidenceView, FindingView

_TOP, _SAME_CHECK, _RATIOS = 5, 2, 2
_SIDE, _BRIEF_SIDE = 2, 1
_REST = 6
_QUOTE, _REASON = 230, 460
_STRONG = 0.3
"""Strength from which a finding may be told as a top risk."""


def split(known: Known) -> tuple[list[FindingView], list[FindingView]]:
    """The findings told in full, and the others; of one check no more than two in full."""
    seen: Counter[str] = Counter()
    top: list[FindingView] = []
    for one in known.found:
        if len(top) < _TOP and (one.strength or 0) >= _STRONG and seen[one.check] < _SAME_CHECK:
            seen[one.check] += 1
            top.append(one)
    return top, [one for one in known.found if one not in top]


def top_risks(known: Known) -> Section:
    """The strongest findings and the ratios beyond their thresholds, with quotes and pictures."""
    top, _ = split(known)
    blocks: list[Block] = [matter(known, one, _SIDE, pictured=True) for one in top]
    blocks += [_ratio(known, one.signal_id) for one in known.suspects[:_RATIOS]]
    if not blocks:
        found = "No check found anything that does not fit."
        text = found if known.judged else "No check could judge anything."
        blocks = [Text(text)]
    failed = known.paper.pictures.failed
    if failed:
        reasons = words.listed(sorted(set(failed.values()))[:3])
        told = words.counted(len(failed), "place")
        blocks.append(
            Text(f"No picture could be made of {told} quoted here: {words.clean(reasons)}.", "note")
        )
    return Section("risks", "Top risks, with their evidence", blocks)


def contradictions(known: Known) -> Section | None:
    """What the contradiction index is made of, and the findings not yet told."""
    index = known.signal("fraud.contradiction")
    _, rest = split(known)
    blocks: list[Block] = []
    if index is not None and index.value:
        blocks.append(_index(known, index.details["matters"], index.value))
        blocks.append(Text(_RULE, "note"))
    blocks += [matter(known, one, _BRIEF_SIDE, pictured=False) for one in rest[:_REST]]
    if len(rest) > _REST:
        tally = Counter(words.check(one.check) for one in rest[_REST:])
        told = words.listed([f"{n} of {name}" for name, n in sorted(tally.items())])
        blocks.append(Text(f"And {len(rest) - _REST} weaker or like ones: {told}.", "note"))
    return Section("contradictions", "What contradicts what", blocks) if blocks else None


_RULE = (
    "The index joins findings by a rule that can be followed by hand; it stands beside the fraud probability"
    " and does not move it, for that was learned from accounting ratios alone."
)


def _index(known: Known, matters: Sequence[dict[str, float | str]], value: float) -> Drawing:
    shares: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for matter in matters:
        name = words.check(f"fraud.{matter['check']}")
        shares[name] = shares.get(name, 0.0) + float(matter["share"])
        counts[name] += 1
    rows = [
        {"check": name, "share": share, "matters": counts[name]} for name, share in sorted(shares.items())
    ]
    largest = max(rows, key=lambda row: float(str(row["share"])))
    kinds = words.counted(len(rows), "kind")
    told = f"Contradiction index {value:.2f}, made of {kinds} of findings; the largest share, "
    return Drawing(
        "contradiction_parts",
        {"parts": rows, "index": value, "synthetic": known.subject.synthetic},
        f"{told}{largest['share']:.2f}, is of {largest['check']}.",
    )


def matter(known: Known, one: FindingView, side: int, *, pictured: bool) -> Matter:
    """A finding with up to `side` quotes of each side."""
    quotes = [
        *_quotes(known, "said", one.said, side, pictured),
        *_quotes(known, "against", one.against, side, pictured),
    ]
    return Matter(
        words.capital(words.check(one.check)), one.strength, words.clean(one.reason, _REASON), quotes
    )


def _quotes(
    known: Known, side: str, cited: Sequence[CitedView], most: int, pictured: bool
) -> Iterator[Quote]:
    places = known.places(c.evidence_id for c in cited[:most])
    for rank, one in enumerate(cited[:most]):
        place = places.get(one.evidence_id)
        if place is None:
            continue
        told = where(place, one.where)
        yield Quote(
            side=side,
            text=words.clean(one.quote, _QUOTE),
            place=told,
            day=since(place),
            source=known.paper.sources.cite(place, told),
            evidence_id=one.evidence_id,
            crop=known.paper.pictures.of(place) if pictured and rank == 0 else None,
        )


def _ratio(known: Known, signal_id: str) -> Matter:
    signal = next(s for s in known.signals if s.signal_id == signal_id)
    threshold = float(signal.details["threshold"])
    name = words.check(signal.kind)
    reason = f"{name} is {signal.value:.2f}, on the suspect side of its threshold of {threshold:.2f}."
    zeros = signal.details.get("taken_as_zero")
    if zeros:
        reason += f" Taken as zero, for none is known: {words.listed(list(zeros))}."
    inputs = [e for e in known.why(signal).evidence if e.method == "input"]
    return Matter(name, None, reason, list(_inputs(known, inputs[:_SIDE])))


def _inputs(known: Known, pieces: Sequence[EvidenceView]) -> Iterator[Quote]:
    places = known.places(piece.evidence_id for piece in pieces)
    for piece in pieces:
        place = places[piece.evidence_id]
        told = where(place, piece.where)
        yield Quote(
            side="from",
            text=words.clean(piece.quote, _QUOTE),
            place=told,
            day=since(place),
            source=known.paper.sources.cite(place, told),
            evidence_id=piece.evidence_id,
        )
