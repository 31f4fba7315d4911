"""The first page: the one sentence to remember, the numbers, and what they mean in plain words, by rule."""

from __future__ import annotations

from collections.abc import Iterator

from smalti.service.reports import words
from smalti.service.reports.changed import Changes, arrivals
from smalti.service.reports.content import Block, Figure, Figures, Text
from smalti.service.reports.known import Known
from smalti.service.reports.matters import split
from smalti.service.views import SignalChange, SignalView

_STRONG = 0.5
"""Strength from which a finding makes the headline."""
_NAMED = 3
_REASON = 210


def headline(known: Known) -> str:
    """The one sentence to remember."""
    name = known.subject.name
    if not known.signals:
        return f"No score of {name} is stored by {words.day(known.clocks.as_of)}."
    strong = [f for f in known.found if (f.strength or 0) >= _STRONG]
    parts = [part for part in (_risk_headline(known), _strong_headline(len(strong), known)) if part]
    sentence = "; ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def _risk_headline(known: Known) -> str:
    risks = [s for s in known.heads if s.kind == words.RISK]
    s = next((one for one in known.main if one.kind == words.RISK), None)
    if s is None or s.value is None:
        return "risk cannot be scored" if risks else ""
    level = f"risk is {words.level(s.percentile)}" if s.percentile is not None else "risk"
    lost = sum(one.value is None for one in risks)
    beside = f", but withheld at {lost} of {len(risks)} horizons" if lost else ""
    return f"{level} ({words.number(s.kind, s.value)} a year over {s.horizon_days} trading days){beside}"


def _strong_headline(strong: int, known: Known) -> str:
    if strong:
        first = words.check(known.found[0].check)
        return f"{words.counted(strong, 'strong contradiction')}, first of all in {first}"
    return "no strong contradiction was found" if known.judged else "no check could judge anything"


def figures(known: Known) -> Figures:
    """The scores and the contradiction index, each with what to read it against."""
    items = [_figure(s) for s in known.main]
    index = known.signal("fraud.contradiction")
    if index is not None and index.value is not None:
        matters = len(index.details.get("matters", ()))
        items.append(
            Figure("Contradiction index", f"{index.value:.2f}", f"0 to 1; {words.counted(matters, 'matter')}")
        )
    return Figures(items)


def _figure(s: SignalView) -> Figure:
    name = {words.RISK: f"Risk, next {s.horizon_days} trading days"}.get(s.kind, words.signal(s))
    if s.value is None:
        return Figure(name, "withheld", words.clean(words.reason(s.reason or ""), 90))
    under = f"90% interval {words.interval(s)}" if s.low is not None else ""
    if s.kind == words.RISK:
        under = f"a year; {under}"
    return Figure(name, words.number(s.kind, s.value), under)


def summary(known: Known, found: Changes) -> list[Block]:
    """The first page below its headline."""
    points = [*_scores(known), *_changes(known, found), *_doubts(known)]
    blocks: list[Block] = [figures(known)] if known.main else []
    blocks += [Text(point, "point") for point in points]
    strongest = list(_strongest(known))
    if strongest:
        blocks.append(Text("What does not fit, strongest first", "lead"))
        blocks += [Text(one, "point") for one in strongest]
    return blocks


def _scores(known: Known) -> Iterator[str]:
    for s in known.main:
        if s.value is not None:
            yield {words.RISK: _risk, words.FRAUD: _fraud, words.SENTIMENT: _sentiment}[s.kind](s)


def _risk(s: SignalView) -> str:
    past = s.details.get("past_volatility", {}).get(str(s.horizon_days))
    swing = words.number(s.kind, s.value)
    told = f"Over the next {s.horizon_days} trading days the price is expected to swing by {swing} a year"
    if s.low is not None:
        told += f" (nine times in ten between {words.interval(s).replace(' to ', ' and ')})"
    if past is not None:
        told += f"; over as many days before it swung by {words.number(s.kind, past)}"
    if s.percentile is not None:
        rank = f"the {words.ordinal(s.percentile)} percentile of what the model learned from"
        told += f". That is {words.level(s.percentile)}: {rank}"
    return told + "."


def _fraud(s: SignalView) -> str:
    told = f"The probability that the latest annual figures are misstated is {words.number(s.kind, s.value)}"
    told += f" (interval {words.interval(s)})" if s.low is not None else ""
    if s.percentile is not None:
        told += f", the {words.ordinal(s.percentile)} percentile of the firms the model learned from"
    return f"{told}. Misstatement is rare there, so read the rank before the number."


def _sentiment(s: SignalView) -> str:
    assert s.value is not None
    value = words.number(s.kind, s.value)
    told = f"{words.inputs(s.used).capitalize()} are {words.mood(s.value)} on the whole: {value}"
    if s.low is None or s.high is None:
        return told + "."
    sure = " The interval holds zero, so the sign is not sure." if s.low < 0 < s.high else ""
    return f"{told} on a scale from -1 to +1 (90% interval {words.interval(s)}).{sure}"


def _changes(known: Known, found: Changes) -> Iterator[str]:
    since = words.day(known.clocks.since)
    came = arrivals(found.arrived)
    if found.scores is None:
        yield f"Since {since} it was not scored anew; {came or 'nothing'} came out."
        return
    moved = [m for s in found.scores.signals if (m := _moved(s))]
    told = words.listed(moved) if moved else "no score moved by what can be seen"
    start = words.day(found.scores.before)
    yield f"Since {start}: {told}; {came or 'no document'} came out since {since}."


def _moved(s: SignalChange) -> str:
    shown = s.kind in (words.FRAUD, words.SENTIMENT) or (s.kind, s.horizon_days) == (words.RISK, 30)
    if not shown or s.before is None or s.after is None:
        return ""
    if words.number(s.kind, s.before) == words.number(s.kind, s.after):
        return ""
    way = "rose" if s.after > s.before else "fell"
    name = words.signal_name(s.kind, s.horizon_days)
    told = f"{name} {way} from {words.number(s.kind, s.before)} to {words.number(s.kind, s.after)}"
    parts = sorted(s.parts, key=lambda p: -abs(p.amount))
    return f"{told} (mostly {parts[0].name})" if parts and parts[0].amount else told


def _doubts(known: Known) -> Iterator[str]:
    lost = [s for s in known.heads if s.value is None]
    if lost:
        reasons = sorted({words.reason(s.reason or "") for s in lost})
        more = f" and {len(reasons) - 2} other reasons" if len(reasons) > 2 else ""
        why = (
            words.listed([f"{one[:1].lower()}{one[1:]}" for one in reasons[:2]])
            if not more
            else ", ".join(reasons[:2])
        )
        yield f"Withheld: {words.signals(lost)}, because of: {why}{more}."
    lacking = [
        f"{words.signal(s)} without {words.inputs([*s.missing, *s.stale])}"
        for s in known.main
        if s.value is not None and (s.missing or s.stale)
    ]
    if lacking:
        yield f"Scored with less than the model can use: {words.listed(lacking)} (missing or too old)."
    if any(s.in_sample and s.value is not None for s in known.heads):
        yield "Some scores are in-sample: the model has seen outcomes of that time."
    if known.silences:
        yield f"{words.counted(len(known.silences), 'thing')} could not be compared; the reasons stand below."


def _strongest(known: Known) -> Iterator[str]:
    top, rest = split(known)
    for one in top[:_NAMED]:
        name, reason = words.check(one.check).capitalize(), words.clean(one.reason, _REASON)
        yield f"{name} (strength {one.strength:.2f}): {reason}"
    more = len(top) + len(rest) - min(_NAMED, len(top))
    if more > 0:
        yield f"And {words.counted(more, 'other finding')}."
    if known.suspects:
        named = [f"{words.check(s.kind)} {words.number(s.kind, s.value)}" for s in known.suspects]
        yield f"Ratios on the suspect side of their thresholds: {words.listed(named)}."
