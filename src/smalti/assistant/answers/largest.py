"""Which segment, region, product or instrument has the most or the least, or grew or fell most."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose

from smalti.assistant.answers.amounts import Form, plain, printed
from smalti.assistant.answers.members import Listing, Sought, listings
from smalti.assistant.answers.reckoned import Subject, bound, newest, reckoned, reckoner, say, sets_aside
from smalti.assistant.answers.telling import possessive
from smalti.assistant.asked.spans import year_before
from smalti.assistant.draft import Draft
from smalti.assistant.facts.choosing import Days, Lacking
from smalti.assistant.facts.computing import Computing
from smalti.assistant.facts.ledger import Filed, Ledger
from smalti.assistant.grounds import Grounds
from smalti.assistant.metrics import item, named, title_of
from smalti.assistant.metrics.formulas import Term
from smalti.assistant.records import Computation, Figure
from smalti.assistant.retrieval.pages import best_pages
from smalti.assistant.understood import Named, Period, Understood

__all__ = ["answer", "shares"]

_MOST = re.compile(r"\b(?:highest|largest|biggest|most|greatest|best|top|maximum|largely|strongest)\b", re.I)
_LEAST = re.compile(r"\b(?:lowest|smallest|least|worst|weakest|minimum|dragged|lagged)\b", re.I)
_FELL = re.compile(r"\b(?:drop\w*|declin\w*|decreas\w*|fell|fall\w*|shr[aiu]nk\w*|loss in)\b", re.I)
_LOST = re.compile(r"\b(?:lost|used|consumed|spent)(?: up)? (?:the )?most\b", re.I)
_GROWTH = re.compile(
    r"\b(?:grew|grow(?:th|n|ing|s)?|increas\w*|perform\w*|year[- ]over[- ]year|yoy|dragged)\b", re.I
)
_ORGANIC = re.compile(r"\borganic\w*|\bexclud\w+ [^?.]{0,40}\b(?:m&a|acquisitions?|divestitures?)", re.I)
_ACTIVITY = re.compile(r"\b(operati(?:ng|ons)|investing|financing)\b", re.I)
_SHARE = re.compile(
    r"(?:more than|over|at least|above|exceed\w*|greater than)\s+(\d+(?:\.\d+)?)\s?(?:%|percent)", re.I
)
_NOUN = re.compile(
    r"\b(segment|region|geograph\w*|countr(?:y|ies)|product|categor(?:y|ies)|service|instrument|brand|channel"
    r"|division|type of \w+|kind of \w+|debt)s?\b",
    re.I,
)
_MOST_TOLD = 8
_CLOSE, _SAME_WHOLE = 0.5, 1.5  # how much less sure a list may be that still counts
_WORDS_ASIDE = frozenset(
    (
        "value",
        "values",
        "amount",
        "total",
        "the",
        "of",
        "for",
        "in",
        "highest",
        "lowest",
        "contribution",
        "number",
    )
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A part with what it is ranked by."""

    name: str
    row: Filed
    rank: float
    before: Filed | None = None


def answer(understood: Understood, grounds: Grounds) -> Draft | None:
    """The part that stands out, with the others; None where no table is surely the one meant."""
    if len(understood.issuers) != 1:
        return None
    (issuer,) = understood.issuers
    if sets_aside(understood.text) and not _ORGANIC.search(understood.text):
        return None
    try:
        period = understood.periods[-1] if understood.periods else newest(grounds, issuer)
        if len({one.lower()[:6] for one in _ACTIVITY.findall(understood.text)}) >= 2:
            return _activities(understood, issuer, period, grounds)
        return _parts(understood, issuer, period, grounds)
    except Lacking:
        return None


def shares(understood: Understood, grounds: Grounds) -> Draft | None:
    """Whether any part has more than a share of the whole; None where the question sets no share."""
    return answer(understood, grounds) if _SHARE.search(understood.text) else None


def _activities(understood: Understood, issuer: Named, period: Period, grounds: Grounds) -> Draft | None:
    """Which of a cash flow statement's three sums is the largest or smallest."""
    text = understood.text
    least = bool(_LOST.search(text) or (_LEAST.search(text) and not _MOST.search(text)))
    found = []
    draft = Draft()
    for kind in ("Operating", "Investing", "Financing"):
        name = f"NetCashFrom{kind}Activities"
        subject = Subject(title_of(name), name, Term(name), {}, "", "", Form())
        (one,) = reckoned(reckoner(grounds, issuer, subject), subject, [period])
        found.append((one.value.amount, kind.lower(), one, bound(draft, subject, one.value, issuer)))
    found.sort(key=lambda each: each[0], reverse=not least)
    _, kind, one, figure = found[0]
    template = "Of {} activities in {}, {} activities brought in the {} cash: {}."
    said = (possessive(issuer.name), period.text, kind, "least" if least else "most", figure)
    say(draft, template, *said, values=[one])
    for _, other, value, amount in found[1:]:
        say(draft, "From {} activities it was {}.", other, amount, values=[value])
    return draft


def _parts(understood: Understood, issuer: Named, period: Period, grounds: Grounds) -> Draft | None:
    ledger = Ledger(grounds, issuer.issuer_id)
    computing = Computing(grounds, ledger)
    days = computing.days(period)[0]
    pages = [(one.document_id, one.page) for one in best_pages(grounds, understood, 8)]
    for sought in _sought(understood):
        found = listings(grounds, ledger, days, sought, pages)
        if not found:
            continue
        if share := _SHARE.search(understood.text):
            return _shares(found, float(share[1]), issuer, period, sought)
        return _ranked(found, understood, issuer, period, sought, ledger, computing)
    return None


def _sought(understood: Understood) -> Sequence[Sought]:
    """What may be meant, the likeliest first."""
    found = _NOUN.search(understood.text)
    noun = found[1] if found else ""
    if _ORGANIC.search(understood.text):
        return [Sought("", ("organic",), noun, percent=True)]
    out = []
    for wanted in understood.wanted:
        if wanted.label.lower() in noun.lower() and noun:
            continue  # `type of debt` is what the parts are, not what they are measured by
        if item(wanted.metric):
            out.append(Sought(wanted.metric, (), noun))
        elif hits := [hit.name for hit in named(wanted.label) if item(hit.name)]:
            out.extend(Sought(one, (), noun) for one in hits)
        elif words := [w for w in wanted.label.lower().split() if w not in _WORDS_ASIDE]:
            out.append(Sought("", tuple(words), noun))
    out.extend(
        Sought(hit.name, (), noun)
        for hit in named(understood.text)
        if item(hit.name) and understood.text[hit.start : hit.end].lower() not in noun.lower()
    )
    if "notional" in understood.text.lower():
        out.insert(0, Sought("", ("notional",), noun))
    if not out and noun and _GROWTH.search(understood.text):
        out.append(Sought("Revenues", (), noun))  # a segment that grows is one whose sales do
    return list(dict.fromkeys(out))


def _ranked(
    found: Sequence[Listing], understood: Understood, issuer: Named, period: Period, sought: Sought,
    ledger: Ledger, computing: Computing,
) -> Draft | None:  # fmt: skip
    growth = bool(_GROWTH.search(understood.text) or _FELL.search(understood.text)) and not sought.percent
    before = computing.days(year_before(period))[0] if growth else None
    least = bool(_LEAST.search(understood.text)) or (growth and bool(_FELL.search(understood.text)))
    ranked = [_members(one, ledger, before) for one in _meant(found)]
    ranked = [one for one in ranked if len(one) > 1]
    if not ranked:
        return None
    winners = {_first(members, least).name.lower() for members in ranked}
    members = sorted(ranked[0], key=lambda one: one.rank, reverse=not least)
    if len(winners) > 1 or members[0].rank == members[1].rank:
        return None  # tables differ, or two share the place: nobody can be named
    return _told(members, least, growth, issuer, period, sought)


def _meant(found: Sequence[Listing]) -> Sequence[Listing]:
    """The lists that may be meant: of those that divide the same whole the ones that divide it most."""
    best = found[0]
    if best.whole is None:
        return [one for one in found if best.sure - one.sure <= _CLOSE]
    same = [
        one
        for one in found
        if best.sure - one.sure <= _SAME_WHOLE
        and one.called >= best.called
        and one.whole
        and isclose(one.whole.value, best.whole.value, rel_tol=0.01)
    ]
    most = max(len(one.members) for one in same)
    return [one for one in same if len(one.members) == most]


def _first(members: Sequence[_Member], least: bool) -> _Member:
    return (min if least else max)(members, key=lambda one: one.rank)


def _members(listing: Listing, ledger: Ledger, before: Days | None) -> Sequence[_Member]:
    if before is None:
        return [_Member(name, row, row.value) for name, row in listing.members.items()]
    old = {
        _key(row): row for row in ledger.at(before.end) if abs(row.days - before.length) <= 8 or not row.start
    }
    out = []
    for name, row in listing.members.items():
        earlier = old.get(_key(row))
        if earlier is not None and earlier.value > 0:
            out.append(_Member(name, row, row.value / earlier.value - 1, earlier))
    return out


def _key(row: Filed) -> tuple[object, ...]:
    """What a row shares with the same row of another period: its table, headings, part and unit."""
    return row.filing, row.place, row.path, row.dimension, row.line, row.unit, row.start is None


def _told(
    members: Sequence[_Member], least: bool, growth: bool, issuer: Named, period: Period, sought: Sought
) -> Draft:
    draft = Draft()
    what = title_of(sought.measure) if sought.measure else " ".join(sought.words)
    noun = _singular(sought.noun)
    first = members[0]
    if growth:
        fell = first.rank < 0
        template = "{} {} whose {} {} most in {} was {}: {}, from {} in {} to {} in {}."
        said = (possessive(issuer.name), noun, what, "fell" if fell else "grew", period.text, first.name)
        rate = _rate(draft, first, issuer, what)
        old, new = _figure(first.before or first.row, issuer), _figure(first.row, issuer)
        say(draft, template, *said, rate, old, year_before(period).text, new, period.text)
    else:
        template = "{} {} with the {} {} in {} was {}: {}."
        extreme = "lowest" if least else "highest"
        kind = f"{what} growth" if sought.percent else what
        say(draft, template, possessive(issuer.name), noun, extreme, kind, period.text, first.name,
            _figure(first.row, issuer))  # fmt: skip
    for one in members[1:_MOST_TOLD]:
        figure = _rate(draft, one, issuer, what) if growth else _figure(one.row, issuer)
        ids = [one.row.evidence_id, *([one.before.evidence_id] if one.before else [])]
        measure = f"{what} growth" if growth or sought.percent else what
        draft.say(f"{one.name}: {measure} of {figure.text}.", ids, [*_numerals(one.name), figure])
    if growth:
        draft.notes.append("Ranked by growth over the same period a year before.")
    return draft


def _singular(noun: str) -> str:
    """What one of the parts is called in a sentence."""
    plain = re.sub(r"^(?:type|kind) of ", "", noun.lower())
    plain = "region" if plain.startswith("geograph") else plain
    return re.sub(r"ies$", "y", plain) or "part"


def _numerals(name: str) -> list[Figure]:
    return [Figure(one, float(one), "", said="label") for one in re.findall(r"\d+", name)]


def _figure(row: Filed, issuer: Named) -> Figure:
    text = printed(row.value, row.unit, Form())
    concept = row.concept or row.line or row.label
    return Figure(
        text, row.value, row.unit, concept, row.start, row.end, issuer.issuer_id, evidence_id=row.evidence_id
    )


def _rate(draft: Draft, member: _Member, issuer: Named, what: str) -> Figure:
    """Growth as a percentage, shown as a computation."""
    old = member.before or member.row
    scale = 1e6 if max(abs(old.value), abs(member.row.value)) >= 1e6 else 1.0
    new_text, old_text = plain(member.row.value, scale), plain(old.value, scale)
    name = draft.next_name
    percent = member.rank * 100
    text = printed(percent, "%", Form())
    concept = f"growth of {what} of {member.name}"
    figure = Figure(
        text, percent, "%", concept, member.row.start, member.row.end, issuer.issuer_id, computation=name
    )
    inputs = [
        _input(member.row, issuer, new_text), _input(old, issuer, old_text), _input(old, issuer, old_text)
    ]  # fmt: skip
    formula = f"({what} − {what} a year before) / {what} a year before × 100"
    worked = f"({new_text} − {old_text}) / {old_text} × 100 = {text}"
    draft.compute(Computation(name, formula, worked, inputs, figure))
    return figure


def _input(row: Filed, issuer: Named, text: str) -> Figure:
    made = _figure(row, issuer)
    return Figure(
        text, made.value, made.unit, made.concept, made.start, made.end, made.issuer_id, made.evidence_id
    )


def _shares(
    found: Sequence[Listing], least: float, issuer: Named, period: Period, sought: Sought
) -> Draft | None:
    """The parts above a share of the whole, each with its share; only of a table that adds up."""
    listing = next((one for one in found if one.whole), None)
    if listing is None or listing.whole is None or listing.whole.value <= 0:
        return None
    draft = Draft()
    whole = listing.whole
    ordered: Mapping[str, Filed] = dict(sorted(listing.members.items(), key=lambda each: -each[1].value))
    above = [name for name, row in ordered.items() if row.value / whole.value * 100 > least]
    what = title_of(sought.measure) if sought.measure else " ".join(sought.words)
    limit = Figure(f"{least:g}%", least, "%", said="question")
    if not above:
        template = "No. None of {} parts ({}) has more than {} of its {} in {}."
        say(draft, template, possessive(issuer.name), _singular(sought.noun), limit, what, period.text)
    else:
        template = "Yes. {} had more than {} of {} {} in {}."
        say(draft, template, ", ".join(above), limit, possessive(issuer.name), what, period.text)
    for name, row in list(ordered.items())[:_MOST_TOLD]:
        share, of = _share(draft, name, row, whole, issuer, what), _figure(row, issuer)
        ids = [row.evidence_id, whole.evidence_id]
        said = f"{name}: a share of {share.text} in {what} ({of.text})."
        draft.say(said, ids, [*_numerals(name), share, of])
    return draft


def _share(draft: Draft, name: str, row: Filed, whole: Filed, issuer: Named, what: str) -> Figure:
    scale = 1e6 if abs(whole.value) >= 1e6 else 1.0
    parts = plain(row.value, scale), plain(whole.value, scale)
    percent = row.value / whole.value * 100
    text = printed(percent, "%", Form())
    made = draft.next_name
    figure = Figure(
        text,
        percent,
        "%",
        f"share of {name} in {what}",
        row.start,
        row.end,
        issuer.issuer_id,
        computation=made,
    )
    inputs = [_input(row, issuer, parts[0]), _input(whole, issuer, parts[1])]
    formula = f"{what} of {name} / {what} × 100"
    draft.compute(Computation(made, formula, f"{parts[0]} / {parts[1]} × 100 = {text}", inputs, figure))
    return figure
