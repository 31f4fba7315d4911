"""What a question wants of an issuer's numbers: formula, unit and the value of each period."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from smalti.assistant.answers.amounts import Form, form_of, plain, printed
from smalti.assistant.answers.telling import tell
from smalti.assistant.asked.spans import newest_years
from smalti.assistant.draft import Draft
from smalti.assistant.facts.choosing import Lacking
from smalti.assistant.facts.computing import Computing, Used, Value
from smalti.assistant.facts.ledger import Ledger
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import item, metric, named, title_of
from smalti.assistant.metrics.formulas import (
    Node,
    Operation,
    Term,
    Unread,
    definitions,
    names,
    only_names,
    parse,
    words_of,
)
from smalti.assistant.records import Computation, Figure
from smalti.assistant.understood import Named, Period, Understood, Wanted

__all__ = [
    "Reckoned",
    "Subject",
    "bound",
    "newest",
    "reckoned",
    "reckoner",
    "say",
    "sets_aside",
    "subject_of",
]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked of the numbers.

    Attributes:
        title: for people.
        concept: name for its figures.
        node: formula or single item.
        own: formulas the question defines, by the names they replace.
        unit: `percent`, `ratio`, `days`, or empty for what its inputs are counted in.
        source: who defines it so; empty for what is filed as it is.
        also: a second usual definition, told beside the first.
        form: as its numbers are wanted.
    """

    title: str
    concept: str
    node: Node
    own: Mapping[str, Node]
    unit: str
    source: str
    form: Form
    also: str = ""

    @property
    def better(self) -> str:
        """`higher`, `lower` or empty."""
        found = metric(self.concept)
        return found.better if found else ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A value with its period."""

    period: Period
    value: Value


_SET_ASIDE = re.compile(
    r"\b(?:exclud\w+|adjust(?:ed|ing) for|constant[- ]currency|organic\w*|underlying|pro[- ]forma"
    r"|stripping out|without the (?:impact|effect)|real (?:growth|change|increase|decline)|same[- ]store"
    r"|like[- ]for[- ]like)\b",
    re.I,
)
_TO_COME = re.compile(
    r"\b(?:expects?|expected|expecting|forecast\w*|guidance|outlook|projects|projected|anticipat\w+"
    r"|plans to|planned|targets?|will be|going to"
    r"|(?:next|coming|upcoming) (?:fiscal )?(?:year|quarter|month)s?)\b",
    re.I,
)
_OTHER_UNIT = re.compile(
    r"\b(?:in|into|as) (?:metric |short )?(?:kilograms?|kilos?|kg|grams?|tons?|tonnes?|ounces?|barrels?"
    r"|gallons?|lit(?:er|re)s?|miles?|kilomet(?:er|re)s?|acres?|square (?:feet|met(?:er|re)s)|hours?|minutes?"
    r"|months?|people|employees?|bitcoins?|btc|units? sold)\b",
    re.I,
)
_PART = re.compile(
    r"\b(?:segments?|divisions?|regions?|geograph\w+|subsidiar\w+|product lines?|categor(?:y|ies)|domestic"
    r"|overseas|per (?:employee|store|customer|user|unit|subscriber|square foot))\b",
    re.I,
)


_TIMES = re.compile(r"\bhow (?:many times|many days|often)\b", re.I)


def sets_aside(text: str) -> bool:
    """Whether something is to be left out of a number that is filed with it."""
    return bool(_SET_ASIDE.search(text))


def beyond(text: str) -> bool:
    """Whether a question asks of less, or of other, than the whole company's filed lines say.

    Something is to be left out of a line, it is of a part of the company, of what is to come, or in what no
    line is counted in: the filed line would be a number of something else.
    """
    rest = text
    for _, formula in definitions(text):
        rest = rest.replace(formula, " ")
    return any(pattern.search(rest) for pattern in (_SET_ASIDE, _TO_COME, _PART, _OTHER_UNIT))


_BETWEEN = re.compile(
    r"\s*(?:,?\s*(?:in|for|of|during)\s+(?:the\s+)?(?:fiscal\s+(?:year\s+)?|FY\s?)?(?:19|20)?\d\d\s*)?"
    r"(?P<sign>less|minus|plus|divided by|as an? (?:%|percent(?:age)?|share) of)\s+"
    r"(?:the\s+|its\s+|total\s+|net\s+)*",
    re.I,
)


def joined(understood: Understood) -> Sequence[Wanted]:
    """What is wanted, two numbers that the question joins to one (`EBITDA less capex`) as that one."""
    text = understood.text
    for _, formula in definitions(text):
        text = text.replace(formula, " ")
    hits = named(text)
    for left, right in pairwise(hits):
        between = _BETWEEN.fullmatch(text[left.end : right.start])
        if between and understood.wanted:
            first = understood.wanted[0]
            label = f"{text[left.start : left.end]} {between['sign']} {text[right.start : right.end]}"
            return [replace(first, metric="", label=label, definition="")]
    return understood.wanted


def subject_of(wanted: Wanted, understood: Understood) -> Subject | None:
    """What a `Wanted` means; None where no formula or line can be made of it."""
    own = _own(wanted, understood.text)
    if own is None or beyond(understood.text):
        return None
    name = wanted.metric
    words = " ".join(wanted.label.split())
    if not name:
        hits = named(words)
        whole = len(hits) == 1 and hits[0].start == 0 and hits[0].end == len(words)
        name = hits[0].name if whole else ""
    if name and not (metric(name) or item(name)):
        name, words = "", words or name
    try:
        node: Node = Term(name) if name else parse(words)
    except Unread:
        return None
    if isinstance(node, Term) and not node.name and not node.label:
        return None
    defined = name in own or (not name and words.lower() in own)
    usual = metric(name)
    unit = usual.unit if usual else "percent" if _is_share(node, words) else ""
    if defined and unit == "percent" and form_of(wanted).percent is None:
        unit = "ratio"  # a formula of its own without a word of percent is told as it comes out
    source = "as the question defines it" if own else usual.source if usual else ""
    if item(name) and _TIMES.search(understood.text):
        return None  # a turnover, not the line itself
    title = title_of(name) if name else words
    also = usual.also if usual and not own else ""
    return Subject(title, name or words, node, own, unit, source, form_of(wanted), also)


def _is_share(node: Node, words: str) -> bool:
    return isinstance(node, Operation) and bool(re.search(r"%|percent|share of|margin", words, re.I))


def _own(wanted: Wanted, text: str) -> Mapping[str, Node] | None:
    """Formulas that the question gives; None where it gives one that cannot be read or met."""
    pairs = list(definitions(text))
    if wanted.definition and not any(wanted.definition in formula for _, formula in pairs):
        pairs = list(definitions(wanted.definition)) or [(wanted.metric or wanted.label, wanted.definition)]
    own: dict[str, Node] = {}
    for name, formula in pairs:
        known = name if metric(name) else next((hit.name for hit in reversed(named(name))), "")
        key = known or name.lower().removeprefix("the ").strip()
        try:
            node = parse(formula)
        except Unread:
            node = Term("", formula)
        unread = [term for term in words_of(node) if not term.name and not _defined(term.label, pairs)]
        if not unread:
            own[key] = node
        elif known and not _only_says_of_what(formula, key):
            return None
    return own


def _defined(label: str, pairs: Sequence[tuple[str, str]]) -> bool:
    return any(label.lower() == name.lower() for name, _ in pairs)


def _only_says_of_what(formula: str, name: str) -> bool:
    """Whether words such as `using operating income and D&A` name just what the usual formula is made of."""
    usual = metric(name)
    if usual is None:
        return False
    said = only_names(formula)
    return bool(said) and said <= names(parse(usual.formula))


def bound(
    draft: Draft,
    subject: Subject,
    value: Value,
    issuer: Named,
    *,
    form: Form | None = None,
    points: bool = False,
) -> Figure:
    """The figure of a value: of the filed number itself, or of a computation that the draft now shows.

    Args:
        draft: gets the computation.
        subject: what it is a value of.
        value: as it was worked out.
        issuer: whose.
        form: other than the question asks for.
        points: it is a difference of percentages.
    """
    form = form or subject.form
    if value.single and subject.unit in ("", "money", "per_share"):
        (used,) = value.used
        return _filed(used, issuer, printed(used.value, used.row.unit, form))
    amount, unit, hundred = _in_unit(value, subject, form)
    unit = "points" if points and unit == "%" else unit
    text = printed(amount, unit, form)
    name = draft.next_name
    scale = _scale(value.used)
    shown = "".join(_worked(one, scale) for one in value.worked)
    formula = value.formula
    if hundred:
        shown, formula = (
            f"({part}) × 100" if value.tight == 1 else f"{part} × 100" for part in (shown, formula)
        )
    inputs = [_filed(one, issuer, plain(one.value, scale)) for one in value.used]
    start, end = value.days.start, value.days.end
    figure = Figure(text, amount, unit, subject.concept, start, end, issuer.issuer_id, computation=name)
    result = f"{shown} = {_result(amount, unit, scale, text)}"
    draft.compute(Computation(name, formula, result, inputs, figure, subject.source))
    return figure


def _worked(one: str | Used, scale: float) -> str:
    return one if isinstance(one, str) else plain(one.value, scale)


def _result(amount: float, unit: str, scale: float, text: str) -> str:
    return plain(amount, scale).strip("()") if unit.isupper() and len(unit) == 3 else text


def _in_unit(value: Value, subject: Subject, form: Form) -> tuple[float, str, bool]:
    """Amount, unit of the figure, and whether it was made a percentage."""
    if value.unit != "pure":
        return value.amount, value.unit, False
    if subject.unit == "days":
        return value.amount, "days", False
    percent = form.percent if form.percent is not None else subject.unit == "percent"
    return (value.amount * 100.0, "%", True) if percent else (value.amount, "pure", False)


def _filed(used: Used, issuer: Named, text: str) -> Figure:
    row = used.row
    return Figure(
        text, row.value, row.unit, row.concept or row.line or row.label, row.start, row.end,
        issuer.issuer_id, evidence_id=row.evidence_id,
    )  # fmt: skip


def _scale(used: Sequence[Used]) -> float:
    """One scale for all numbers of a computation: millions where none would lose its digits."""
    whole = all(one.row.money or one.row.unit == "shares" for one in used)
    return 1e6 if whole and used and max(abs(one.value) for one in used) >= 1e6 else 1.0


def reckoner(grounds: Grounds, issuer: Named, subject: Subject) -> Computing:
    """What works formulas out for one issuer."""
    return Computing(grounds, Ledger(grounds, issuer.issuer_id), subject.own)


def newest(grounds: Grounds, issuer: Named) -> Period:
    """The newest fiscal year that was reported.

    Raises:
        Lacking: none is known.
    """
    years = newest_years(grounds, issuer.issuer_id)
    if not years:
        raise Lacking("no year's numbers are filed")
    return years[-1]


def say(draft: Draft, template: str, *parts: str | Figure, values: Sequence[Reckoned] = ()) -> None:
    """A sentence that cites every filed number its values were made of."""
    rows = dict.fromkeys(used.row.evidence_id for one in values for used in one.value.used)
    tell(draft, template, *parts, evidence=rows)


def reckoned(computing: Computing, subject: Subject, periods: Sequence[Period]) -> Sequence[Reckoned]:
    """The value of each period.

    Raises:
        Lacking: of one of them.
    """
    if not periods:
        raise Lacking("no period is known")
    ends = [computing.days(period)[0].end for period in periods]
    computing.near = max(ends)
    computing.ledger.read(ends)
    values = [
        Reckoned(period, replace(computing.value(subject.node, period), days=computing.days(period)[0]))
        for period in periods
    ]
    counted = {one.value.unit[:3] for one in values if one.value.unit[:3].isupper()}
    if subject.form.currency and counted - {subject.form.currency}:
        raise Lacking(f"it is filed in {', '.join(sorted(counted))}, and no exchange rate is stored")
    return values
