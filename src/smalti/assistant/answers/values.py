"""The value of a line item or metric of a period: as filed, or worked out with its formula shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from smalti.assistant.answers.amounts import Form, printed
from smalti.assistant.answers.reckoned import (
    Reckoned,
    Subject,
    bound,
    joined,
    newest,
    reckoned,
    reckoner,
    say,
    subject_of,
)
from smalti.assistant.answers.telling import day, possessive
from smalti.assistant.asked.spans import year_before
from smalti.assistant.draft import Draft
from smalti.assistant.facts.choosing import Chosen, Lacking
from smalti.assistant.facts.computing import Computing, Value
from smalti.assistant.facts.ledger import Filed
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics.formulas import parse
from smalti.assistant.records import Figure, Status
from smalti.assistant.understood import Change, Named, Understood, Wanted

__all__ = ["answer", "tell_also", "tell_notes", "were", "when"]

_HEAD = re.compile(r",? (?:from|on|of|over|before|to|per|as|and|attributable|less|payable) ")
_COMPOUND = re.compile(r"\bcagr\b|\bcompound(?:ed)? annual", re.I)


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """Every number that is wanted of one issuer; where none of them can be told, why not."""
    if len(understood.issuers) != 1 or not understood.wanted:
        return None
    (issuer,) = understood.issuers
    draft = Draft()
    missing: list[str] = []
    for wanted in joined(understood):
        try:
            _tell(draft, wanted, issuer, understood, grounds)
        except Lacking as lacking:
            missing.append(f"Not told: {wanted.label or wanted.metric} ({lacking}).")
    if draft.empty:
        return Draft(notes=missing)
    if missing:
        draft.status = Status.PARTLY
        draft.notes.extend(missing)
    return draft


def _tell(draft: Draft, wanted: Wanted, issuer: Named, understood: Understood, grounds: Grounds) -> None:
    subject = subject_of(wanted, understood)
    if subject is None:
        raise Lacking("no formula or line item that can be looked up")
    computing = reckoner(grounds, issuer, subject)
    periods = list(understood.periods) or [newest(grounds, issuer)]
    if not understood.periods:
        draft.notes.append("No period was named: the newest fiscal year with a filing is told.")
    if wanted.change in (Change.DIFFERENCE, Change.GROWTH) and len(periods) == 1:
        periods = [year_before(periods[0]), periods[0]]
    values = reckoned(computing, subject, periods)
    draft.did("line items", f"{subject.title} of {issuer.name}, {', '.join(p.text for p in periods)}")
    _TELLERS[wanted.change](draft, subject, values, issuer, understood.text)
    if subject.also:
        tell_also(draft, subject, values, issuer, computing)
    tell_notes(draft, values, issuer)


def _each(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, _: str) -> None:
    for one in values:
        figure = bound(draft, subject, one.value, issuer)
        whose, told = possessive(issuer.name), were(subject.title)
        say(draft, "{} {} {} {} {}.", whose, subject.title, when(one), told, figure, values=[one])


def _average(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, text: str) -> None:
    if len(values) < 2:
        _each(draft, subject, values, issuer, text)
        return
    total = values[0].value
    for one in values[1:]:
        total = total.joined("+", one.value)
    mean = total.over(len(values))
    mean = replace(mean, days=replace(mean.days, start=values[0].value.days.start))
    figure = bound(draft, replace(subject, title=f"average {subject.title}"), mean, issuer)
    span = f"{values[0].period.text} to {values[-1].period.text}"
    whose = possessive(issuer.name)
    say(draft, "{} average {} over {} was {}.", whose, subject.title, span, figure, values=values)


def _growth(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, text: str) -> None:
    old, new = values[0], values[-1]
    if old.value.amount <= 0:
        raise Lacking(f"a growth rate from {old.value.amount:,.0f} says nothing")
    years = (new.value.days.end - old.value.days.end).days / 365.25
    rate = new.value.joined("-", old.value).joined("/", old.value)
    title = f"growth of {subject.title}"
    if compound := bool(_COMPOUND.search(text)) and years > 1.5:
        rate, title = _compounded(old.value, new.value, round(years)), f"compound annual {title}"
    as_rate = replace(
        subject, title=title, concept=title, unit="percent", form=Form("", True, subject.form.decimals)
    )
    figure = bound(draft, as_rate, rate, issuer)
    by = " at a compound annual rate of" if compound else " by"
    _moved(draft, subject, values, issuer, figure, ("grew", "fell"), by)


def _difference(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, _: str) -> None:
    change = values[-1].value.joined("-", values[0].value)
    title = f"change of {subject.title}"
    figure = bound(draft, replace(subject, title=title, concept=title), change, issuer, points=True)
    _moved(draft, subject, values, issuer, figure, ("rose", "fell"), " by")


def _moved(
    draft: Draft,
    subject: Subject,
    values: Sequence[Reckoned],
    issuer: Named,
    by: Figure,
    verbs: tuple[str, str],
    how: str,
) -> None:
    """How much it rose or fell, and between what."""
    usual = (
        replace(subject.form, decimals=None, percent=None) if subject.unit in ("", "money") else subject.form
    )
    ends = [bound(draft, subject, one.value, issuer, form=usual) for one in (values[0], values[-1])]
    periods = f"from {values[0].period.text} to {values[-1].period.text}"
    verb = verbs[by.value < 0]
    by = replace(by, text=by.text.lstrip("-"))
    whose = possessive(issuer.name)
    say(
        draft, "{} {} {} {} {}: from {} to {}.",
        whose, subject.title, verb + how, by, periods, *ends, values=[values[0], values[-1]],
    )  # fmt: skip


def _compounded(old: Value, new: Value, years: int) -> Value:
    """(new / old) ^ (1 / years) - 1."""
    ratio = new.joined("/", old)
    return Value(
        ratio.amount ** (1 / years) - 1,
        "pure",
        f"({ratio.formula}) ^ (1 / {years}) − 1",
        ("(", *ratio.worked, f") ^ (1 / {years}) − 1"),
        new.days,
        ratio.chosen,
        tight=1,
    )


def tell_also(
    draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, computing: Computing
) -> None:
    """The last value by the second usual definition, where its inputs are there."""
    try:
        value = computing.value(parse(subject.also), values[-1].period)
    except Lacking:
        return
    formula = ", ".join(dict.fromkeys(one.title for one in value.chosen))
    figure = bound(draft, replace(subject, source=f"made of {formula}"), value, issuer)
    last = Reckoned(values[-1].period, value)
    template = "By a narrower definition (made of {}), it was {} in {}."
    say(draft, template, formula, figure, last.period.text, values=[last])


def when(one: Reckoned) -> str:
    """`in FY2018`, `at the end of FY2018 (28 January 2023)`; days where the year is not the calendar's."""
    moment = all(used.row.start is None for used in one.value.used)
    end = one.value.days.end
    named = (end.month, end.day) == (12, 31) and one.period.quarter is None
    said = f"at the end of {one.period.text}" if moment else f"in {one.period.text}"
    return said if named else f"{said} ({'' if moment else 'to '}{day(end)})"


def tell_notes(draft: Draft, values: Sequence[Reckoned], issuer: Named) -> None:
    """What a reader has to know of the numbers: restated later, not verified, read from another label."""
    seen: set[str] = set()
    for chosen in (chosen for one in values for chosen in one.value.chosen):
        for row in chosen.rows:
            if row.evidence_id in seen:
                continue
            seen.add(row.evidence_id)
            if row.unverified:
                draft.notes.append(f"{chosen.title}: not verified ({row.unverified})")
        if (later := chosen.restated) and later.evidence_id not in seen:
            seen.add(later.evidence_id)
            _tell_restated(draft, chosen, later, issuer)


def _tell_restated(draft: Draft, chosen: Chosen, later: Filed, issuer: Named) -> None:
    value = abs(later.value) if chosen.value >= 0 else later.value
    figure = Figure(
        printed(value, later.unit, Form()), later.value, later.unit, later.concept or later.label,
        later.start, later.end, issuer.issuer_id, evidence_id=later.evidence_id,
    )  # fmt: skip
    published, end = day(later.filing.available_at), day(later.end)
    template = "A later filing ({}) gives {} for {} of the period to {}."
    say(draft, template, published, figure, chosen.title, end)


def were(title: str) -> str:
    """`was` or `were`, as the title of a number takes it."""
    head = _HEAD.split(title)[0]
    return "were" if head.endswith("s") and not head.endswith(("ss", "goods")) else "was"


_TELLERS = {
    Change.NONE: _each,
    Change.TREND: _each,
    Change.AVERAGE: _average,
    Change.GROWTH: _growth,
    Change.DIFFERENCE: _difference,
}
