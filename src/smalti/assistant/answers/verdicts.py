"""Yes or no on numbers: has it grown, is it steady, does a rule of thumb hold; the numbers are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from smalti.assistant.answers.amounts import Form
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
from smalti.assistant.answers.telling import possessive, tell
from smalti.assistant.answers.values import tell_also, tell_notes, were, when
from smalti.assistant.asked.spans import year_before
from smalti.assistant.draft import Draft
from smalti.assistant.facts.choosing import Lacking
from smalti.assistant.facts.computing import Computing
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import Rule, metric, rule_named
from smalti.assistant.metrics.formulas import names, parse
from smalti.assistant.records import Figure
from smalti.assistant.understood import Named, Period, Understood, Wanted
from smalti.platform.concepts import plain_label

__all__ = ["answer"]

_SIGN = re.compile(r"\b(?:positive|negative)\b", re.I)
_STEADY = re.compile(r"\b(?:consistent|stable|steady|fluctuat\w+|volatile)\b", re.I)
_UNSTEADY = re.compile(r"\b(?:volatile)\b", re.I)
_UP = re.compile(
    r"\b(?:improv\w+|increas\w+|grow\w*|grew|r[io]se\w*|rising|higher|expand\w*|gain\w*|better)\b", re.I
)
_DOWN = re.compile(
    r"\b(?:declin\w+|decreas\w+|drop\w*|fall\w*|fell|lower\w*|shr[aiu]nk\w*|worse\w*|deteriorat\w+|reduc\w+|contract\w*)\b",
    re.I,
)  # fmt: skip
_GOOD = re.compile(r"\b(?:improv\w+|better|worse\w*|deteriorat\w+)\b", re.I)
_CHOICE = re.compile(
    r"\b\w+ or (?:declin|decreas|drop|fall|fell|worsen|improv|increas|grow|grew|ris|rose)\w*", re.I
)
_ANY = frozenset(
    (
        "PaymentsOfDividends",
        "PaymentsForRepurchaseOfCommonStock",
        "DebtIssued",
        "RestructuringCharges",
        "Goodwill",
    )
)
"""Items of which a filer may have none."""
_THAN_OTHER = re.compile(
    r"\bthan (?!(?:(?:in|for|at|it was|the end of|the)\s+)*(?:last|prior|previous|year|a year|one year|FY"
    r"|fiscal|Q[1-4]|(?:19|20)\d\d))",
    re.I,
)
"""Measured against something else than another period."""
_THAN = re.compile(r"\b(?:than|exceed\w*|above|below|over|under|at least|at most)\b", re.I)
_LENDER = re.compile(
    r"net interest income|(?:provisions?|allowance) for (?:credit|loan)( and lease)? losses"
    r"|total noninterest (?:expense|revenue)|deposits( .*)?|premiums( earned)?|policy (?:charges|benefits).*"
    r"|net investment income"
)
_SURE = 2  # kinds of lines that only lenders and insurers have
_POINTS = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|percent)")
_USUAL_POINTS = 2.0
_TALE = 3  # years that tell whether something is steady


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """A verdict on the numbers of one issuer; None where they do not carry one."""
    if len(understood.issuers) != 1:
        return None
    (issuer,) = understood.issuers
    draft = Draft()
    try:
        rule = rule_named(understood.text)
        if rule is not None:
            _by_rule(draft, rule, understood, issuer, grounds)
        elif understood.wanted:
            _by_values(draft, understood, issuer, grounds)
    except Lacking:
        return None
    return None if draft.empty else draft


def _by_rule(draft: Draft, rule: Rule, understood: Understood, issuer: Named, grounds: Grounds) -> None:
    """Each test of a rule of thumb with its number, and what the rule makes of them."""
    period = understood.periods[-1] if understood.periods else newest(grounds, issuer)
    found: list[tuple[Subject, Computing, Reckoned, float]] = []
    for name, least in rule.at_least.items():
        subject = subject_of(Wanted(metric=name), replace(understood, text=""))
        if subject is None:
            raise Lacking(f"no metric {name}")
        computing = reckoner(grounds, issuer, subject)
        try:
            (one,) = reckoned(computing, subject, [period])
        except Lacking:
            if _unfit(draft, subject, computing, period):
                return
            raise
        found.append((subject, computing, one, least))
    figures = [bound(draft, subject, one.value, issuer) for subject, _, one, _ in found]
    held = [figure.value >= least for figure, (_, _, _, least) in zip(figures, found, strict=True)]
    holds = sum(held) >= rule.needed
    template = "{}. By a rule of thumb, {} {} {} in {}."
    said = ("Yes" if holds else "No", issuer.name, "is" if holds else "is not", rule.says, period.text)
    say(draft, template, *said, values=[one for _, _, one, _ in found])
    for figure, (subject, computing, one, _) in zip(figures, found, strict=True):
        template, whose = "{} {} {} {} {}.", possessive(issuer.name)
        say(draft, template, whose, subject.title, when(one), were(subject.title), figure, values=[one])
        if subject.also:
            tell_also(draft, subject, [one], issuer, computing)
        tell_notes(draft, [one], issuer)
    draft.notes.append(f"The rule is {rule.source}.")


def _by_values(draft: Draft, understood: Understood, issuer: Named, grounds: Grounds) -> None:
    wanted = joined(understood)[0]
    subject = subject_of(wanted, understood)
    if subject is None:
        return
    computing = reckoner(grounds, issuer, subject)
    periods = list(understood.periods) or [newest(grounds, issuer)]
    try:
        if _STEADY.search(understood.text):
            _steady(draft, subject, computing, periods, issuer, understood.text)
        elif (sign := _SIGN.search(understood.text)) and len(periods) == 1:
            _signed(draft, subject, reckoned(computing, subject, periods), issuer, sign[0].lower())
        elif (_UP.search(understood.text) or _DOWN.search(understood.text)) and not _THAN_OTHER.search(
            understood.text
        ):
            pair = periods if len(periods) > 1 else [year_before(periods[0]), periods[0]]
            values = reckoned(computing, subject, [pair[0], pair[-1]])
            _moved(draft, subject, values, issuer, understood.text)
            if subject.also:
                tell_also(draft, subject, values, issuer, computing)
            tell_notes(draft, values, issuer)
        elif subject.concept in _ANY and len(periods) == 1 and not _THAN.search(understood.text):
            _any(draft, subject, reckoned(computing, subject, periods), issuer)
    except Lacking:
        if not _unfit(draft, subject, computing, periods[-1]):
            raise


def _moved(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, text: str) -> None:
    old, new = values
    rose, same = new.value.amount > old.value.amount, new.value.amount == old.value.amount
    better = rose if subject.better != "lower" else not rose
    asked_up = bool(_UP.search(text)) and not (_DOWN.search(text) and not _CHOICE.search(text))
    judged = bool(_GOOD.search(text)) and bool(subject.better)
    verb = "did not change" if same else ("improved" if better else "declined") if judged else (
        "rose" if rose else "fell"
    )  # fmt: skip
    agrees = not same and ((better if judged else rose) == asked_up)
    start = "" if _CHOICE.search(text) or not _asks_yes_no(text) else "Yes. " if agrees else "No. "
    ends = [bound(draft, subject, one.value, issuer) for one in values]
    whose = possessive(issuer.name)
    if subject.unit or same:
        template = "{}{} {} {}: {} {} against {} {}."
        said = (start, whose, subject.title, verb, ends[1], when(new), ends[0], when(old))
        say(draft, template, *said, values=values)
        return
    change = new.value.joined("-", old.value)
    title = f"change of {subject.title}"
    by = bound(
        draft,
        replace(subject, title=title, concept=title),
        change,
        issuer,
        form=replace(subject.form, decimals=None),
    )
    by = replace(by, text=by.text.lstrip("-"))
    template = "{}{} {} {} by {}, from {} {} to {} {}."
    say(
        draft, template, start, whose, subject.title, verb, by,
        ends[0], when(old), ends[1], when(new), values=values,
    )  # fmt: skip


def _asks_yes_no(text: str) -> bool:
    return bool(
        re.match(r"\W*(?:\w+,? )?(?:is|are|was|were|has|have|had|did|does|do|will)\b", text.strip(), re.I)
    )


def _steady(
    draft: Draft, subject: Subject, computing: Computing, periods: Sequence[Period], issuer: Named, text: str
) -> None:
    """Whether a percentage moved by no more than some points from year to year."""
    if subject.unit != "percent":
        raise Lacking("only percentages are judged so")
    while len(periods) < _TALE:
        periods = [year_before(periods[0]), *periods]
    values = _as_far_back(computing, subject, periods)
    said = _POINTS.search(text)
    most = float(said[1]) if said else _USUAL_POINTS
    moves = [abs(b.value.amount - a.value.amount) * 100 for a, b in pairwise(values)]
    steady = max(moves) <= most
    word = "Yes" if steady != bool(_UNSTEADY.search(text)) else "No"
    verb = "did not move" if steady else "moved"
    say(draft, "{}. {} {} {} by more than {} percentage points from one year to the next.",
        word, possessive(issuer.name), subject.title, verb,
        Figure(f"{most:g}", most, "points", said="question" if said else "label"))  # fmt: skip
    for one in values:
        figure = bound(draft, subject, one.value, issuer, form=Form("", True, None))
        say(draft, "It was {} {}.", figure, when(one), values=[one])
    if not said:
        draft.notes.append(f"Judged by a rule of thumb: {most:g} percentage points a year.")
    tell_notes(draft, values, issuer)


def _as_far_back(computing: Computing, subject: Subject, periods: Sequence[Period]) -> Sequence[Reckoned]:
    """The values of the newest periods that have one; at least two."""
    for first in range(len(periods) - 1):
        try:
            return reckoned(computing, subject, periods[first:])
        except Lacking:
            continue
    raise Lacking("fewer than two years are filed")


def _signed(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named, asked: str) -> None:
    """Whether a number is above or below nought."""
    (one,) = values
    is_so = "positive" if one.value.amount > 0 else "negative" if one.value.amount < 0 else "nought"
    figure = bound(draft, subject, one.value, issuer)
    said = (
        "Yes" if is_so == asked else "No",
        possessive(issuer.name),
        subject.title,
        when(one),
        is_so,
        figure,
    )
    say(draft, "{}. {} {} {} was {}: {}.", *said, values=values)
    tell_notes(draft, values, issuer)


def _any(draft: Draft, subject: Subject, values: Sequence[Reckoned], issuer: Named) -> None:
    """Whether there was any of it: dividends, repurchases."""
    (one,) = values
    word = "Yes" if one.value.amount > 0 else "No"
    figure = bound(draft, subject, one.value, issuer)
    whose = possessive(issuer.name)
    say(draft, "{}. {} {} {}: {}.", word, whose, subject.title, when(one), figure, values=values)
    tell_notes(draft, values, issuer)


def _unfit(draft: Draft, subject: Subject, computing: Computing, period: Period) -> bool:
    """Say that a metric says nothing of a filer, where its own statements show it."""
    usual = metric(subject.concept)
    if usual is None:
        return False
    rows = [one for one in computing.ledger.at(computing.days(period)[0].end) if one.statement]
    found = {plain_label(one.label): one for one in rows if _LENDER.fullmatch(plain_label(one.label))}
    lacking = set(_NOT_THERE) & names(parse(usual.formula)) - {one.concept for one in rows}
    if len(found) < _SURE or not lacking:
        return False
    template = (
        "The {} is not a useful metric here: the statements are those of a bank, lender or insurer, with {}, "
        "and have no {}."
    )
    labels = " and ".join(sorted(found, key=len)[:_SURE])
    ids = [one.evidence_id for one in found.values()]
    tell(draft, template, subject.title, labels, _NOT_THERE[min(lacking)], evidence=ids[:3])
    return True


_NOT_THERE = {
    "AssetsCurrent": "current assets or current liabilities",
    "CostOfRevenue": "cost of goods sold",
    "GrossProfit": "gross profit",
    "OperatingIncomeLoss": "operating income",
}
