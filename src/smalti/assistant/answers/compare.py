"""The same number of several issuers, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from smalti.assistant.answers.amounts import Form
from smalti.assistant.answers.reckoned import (
    Reckoned,
    Subject,
    bound,
    newest,
    reckoned,
    reckoner,
    say,
    subject_of,
)
from smalti.assistant.answers.telling import possessive
from smalti.assistant.answers.values import tell_notes, were, when
from smalti.assistant.asked.spans import year_before
from smalti.assistant.draft import Draft
from smalti.assistant.facts.choosing import Lacking
from smalti.assistant.facts.computing import Computing
from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Figure, Status
from smalti.assistant.understood import Change, Named, Period, Understood, Wanted

__all__ = ["answer"]

_MOST_ISSUERS = 8
_MOST_WANTED = 3


@dataclass(frozen=True, slots=True)
class _Of:
    """An issuer's value and the figure that tells it."""

    issuer: Named
    value: Reckoned
    figure: Figure


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """Each issuer's number, and whose is the highest; None where fewer than two can be told."""
    if len(understood.issuers) < 2 or not understood.wanted:
        return None
    if any(one.change is Change.AVERAGE for one in understood.wanted):
        return None
    draft = Draft()
    for wanted in understood.wanted[:_MOST_WANTED]:
        _side_by_side(draft, wanted, understood, grounds)
    return None if draft.empty else draft


def _side_by_side(draft: Draft, wanted: Wanted, understood: Understood, grounds: Grounds) -> None:
    subject = subject_of(wanted, understood)
    if subject is None:
        return
    told = _as_change(subject, wanted.change)
    found: list[tuple[Named, Reckoned]] = []
    lacking: list[str] = []
    for issuer in understood.issuers[:_MOST_ISSUERS]:
        try:
            periods = list(understood.periods) or [newest(grounds, issuer)]
            found.append(
                (issuer, _of_periods(reckoner(grounds, issuer, subject), subject, periods, wanted.change))
            )
        except Lacking as error:
            lacking.append(f"{issuer.name}: {subject.title} is not told ({error}).")
    if len(found) < 2:
        return
    if lacking:
        draft.status = Status.PARTLY
        draft.notes.extend(lacking)
    points = wanted.change is Change.DIFFERENCE
    each = [_Of(of, one, bound(draft, told, one.value, of, points=points)) for of, one in found]
    _told(draft, told, each)


def _of_periods(
    computing: Computing, subject: Subject, periods: Sequence[Period], change: Change
) -> Reckoned:
    """The value of the last period, or its change from the one before or the first that is named."""
    if change not in (Change.GROWTH, Change.DIFFERENCE):
        return reckoned(computing, subject, periods[-1:])[0]
    first = periods[0] if len(periods) > 1 else year_before(periods[0])
    old, new = reckoned(computing, subject, [first, periods[-1]])
    moved = new.value.joined("-", old.value)
    if change is Change.GROWTH:
        if old.value.amount <= 0:
            raise Lacking("a growth rate from nothing or a loss says nothing")
        moved = moved.joined("/", old.value)
    return Reckoned(new.period, replace(moved, days=new.value.days))


def _as_change(subject: Subject, change: Change) -> Subject:
    if change is Change.GROWTH:
        title, form = f"growth of {subject.title}", Form("", True, subject.form.decimals)
        return replace(subject, title=title, concept=title, unit="percent", form=form)
    if change is Change.DIFFERENCE:
        title = f"change of {subject.title}"
        return replace(subject, title=title, concept=title)
    return subject


def _told(draft: Draft, subject: Subject, found: Sequence[_Of]) -> None:
    ordered = sorted(found, key=lambda one: -one.value.value.amount)
    alike = len({one.figure.unit for one in found}) == 1
    if not alike:
        draft.notes.append("They are counted in different units or currencies and are not ranked.")
    for one in ordered if alike else found:
        whose = possessive(one.issuer.name)
        said = (whose, subject.title, when(one.value), were(subject.title), one.figure)
        say(draft, "{} {} {} {} {}.", *said, values=[one.value])
        tell_notes(draft, [one.value], one.issuer)
    if alike and ordered[0].value.value.amount > ordered[1].value.value.amount:
        first = ordered[0]
        template = "{} has the highest {} of them: {}."
        say(draft, template, first.issuer.name, subject.title, first.figure, values=[first.value])
    if len({one.value.value.days.end for one in found}) > 1:
        draft.notes.append("Their fiscal years end on different days.")
