"""Forms of sentence that state amounts with their times, as filings write them.

`X was $5 million and $4 million in 2022 and 2021, respectively`, `As of June 30, 2023, X totaled $5 million`,
`In 2022, we paid $5 million of X`, `X increased by $5 million, or 4%, in 2022`. As many amounts as times, all
of one kind; a subject that only points elsewhere, or holds a clause of its own, says too little and is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from smalti.ingest.fiscal import Calendar
from smalti.ingest.prose_times import FLOW, MOMENT, SEPARATOR, times_of
from smalti.platform.quantities import Period

__all__ = ["Stated", "read_forms"]

_LONGEST = 700  # characters of a sentence that are read
_AMOUNT = (
    r"(?:\$\s?\d[\d,]*(?:\.\d+)?(?:\s(?:thousand|million|billion)\b)?"
    r"(?: per (?:diluted |basic |common |ordinary )?share)?|\d+(?:\.\d+)?(?:\s?%| percent\b))"
)
_ABOUT = r"(?:approximately |about )?"
_AMOUNTS = rf"(?P<amounts>(?>{_AMOUNT}(?:{SEPARATOR}{_ABOUT}{_AMOUNT}){{0,3}}))"
_BEFORE = rf"(?:(?:(?:At|As of) (?P<m1>{MOMENT})|(?:In|For|During) (?P<f1>{FLOW})) ?, )?"
_INSIDE = rf"(?: (?:(?:at|as of) (?P<m2>{MOMENT})|(?:in|for|during) (?P<f2>{FLOW})) ?,?)?"
_AFTER = rf"(?: ?,? (?:(?:at|as of) (?P<m3>{MOMENT})|(?:in|for|during) (?P<f3>{FLOW})))?"
_STOP = (
    r"(?=(?: ?,? respectively)?(?: ?[.,;:)]| ?$| (?:primarily|due|driven|mainly|principally|reflecting"
    r"|compared|which|resulting|largely|as compared) ?))"
)
_SUBJECT = r"(?P<label>[A-Za-z“][^$%€£\d.;:•]{2,150}?)"
_WAS = re.compile(
    rf"^{_BEFORE}{_SUBJECT}{_INSIDE} (?:was|were|totaled|totalled|amounted to|aggregated|approximated)"
    rf" {_ABOUT}{_AMOUNTS}{_AFTER}{_STOP}"
)
_SHARE = re.compile(
    rf"^{_BEFORE}{_SUBJECT}{_INSIDE} (?P<verb>represented|accounted for|comprised) {_ABOUT}{_AMOUNTS}"
    rf"(?P<of> of [^$%€£\d.,;:]{{3,80}}?)(?: ?,? (?:(?:at|as of) (?P<m3>{MOMENT})|(?:in|for|during)"
    rf" (?P<f3>{FLOW})))?{_STOP}"
)
_CHANGED = re.compile(
    rf"^{_BEFORE}{_SUBJECT}{_INSIDE} (?P<verb>increased|decreased|grew|declined|rose|fell) (?:by )?{_ABOUT}"
    rf"{_AMOUNTS}(?: ?,? or {_ABOUT}(?P<second>{_AMOUNT}) ?,?)?{_AFTER}(?! to ){_STOP}"
)
_REACHED = re.compile(
    rf"^{_BEFORE}{_SUBJECT}{_INSIDE} (?:increased|decreased|grew|declined|rose|fell)"
    rf"(?: (?:by )?{_ABOUT}{_AMOUNT}(?: ?,? or {_ABOUT}{_AMOUNT} ?,?)?)? to {_ABOUT}{_AMOUNTS}{_AFTER}{_STOP}"
)
_DONE = re.compile(
    rf"^{_BEFORE}(?P<label>(?:we|We|the Company|The Company|[A-Z][a-z]+) (?:also )?(?:had|have|recorded"
    r"|recognized|incurred|paid|repurchased|received|issued|purchased|generated|contributed|spent|invested"
    r"|borrowed|repaid|returned|sold|reported|used|declared)\b[^$%€£.;:•]{0,120}?)"
    rf" {_ABOUT}{_AMOUNTS}(?: ?, respectively ?,)?"
    rf"(?P<of>(?: of (?!{FLOW})[^$%€£\d.,;:]{{3,100}}?| in [a-z][a-z -]{{3,60}}?"
    rf"| (?:related to|associated with|in connection with) [^$%€£\d.,;:]{{3,100}}?)?){_AFTER}{_STOP}"
)
_THERE = re.compile(
    rf"^{_BEFORE}(?:there was|there were|we had|the Company had) {_ABOUT}{_AMOUNTS}(?: ?, respectively ?,)?"
    r" of (?P<label>[^$%€£\d.,;:]{5,140}?)"
    r"(?=[.;]| (?:that (?:we|is|are|the Company) expect|to be|expected)| ?, (?:which|net of)\b)"
)
_DECLARED = re.compile(
    rf"^On (?P<m1>{MOMENT}) ?, (?P<label>(?:we|the Company|our Board|our board|the Board|the Company’s Board)"
    rf"(?: of [Dd]irectors)?(?: approved and)? declared an? [a-z -]{{0,40}}dividend) of {_AMOUNTS}"
)
_ACQUIRED = re.compile(
    rf"^(?:On|Effective) (?P<m1>{MOMENT}) ?, (?P<label>(?:we|the Company) (?:completed the"
    r" (?:acquisition|purchase|sale) of|acquired|sold|purchased)(?: an?| the remaining)?)"
    r" (?P<amounts>\d+(?:\.\d+)?\s?%)"
    r"(?P<of> (?:of|equity|ownership|interest)[^$%€£\d.,;:]{3,120}?)(?=[.,;:(]| for )"
)
_VERSUS = re.compile(
    rf"^ ?,? ?(?:as )?compared (?:to|with) {_ABOUT}(?P<amount>{_AMOUNT})"
    rf" (?:(?:at|as of) (?P<moment>{MOMENT})|(?:in|for|during) (?P<flow>{FLOW})){_STOP}"
)
_COUNTED = re.compile(
    rf"^{_BEFORE}(?P<label>(?:we|We|the Company|The Company|our|Our) (?:also )?(?:employed|had|repurchased"
    rf"|purchased|operated|issued|workforce (?:was|totaled)|workforce consisted of)) {_ABOUT}(?:a total of )?"
    r"(?P<amounts>\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)? (?:thousand|million|billion)|\d+)"
    r"(?P<of> (?:[a-z][a-z-]+ (?:and )?){0,3}(?P<unit>shares|employees|people|associates|stores)"
    rf"(?: of (?:our|its|the Company’s) common stock)?)(?! who\b| in\b| to\b| under\b){_AFTER}"
    r"(?=[.,;]| (?:at|for) (?:a|an|the) | pursuant | worldwide| globally| around )"
)
_FORMS = (_WAS, _SHARE, _REACHED, _CHANGED, _THERE, _DONE, _ACQUIRED, _DECLARED, _COUNTED)
_LEAD = re.compile(r"^(?:[•●▪–-]\s*|\([a-z0-9]{1,2}\)\s*)+")
_OPENING = re.compile(
    r"^(?:overall|additionally|in addition|in total|however|further|furthermore|accordingly) ?,? ", re.I
)
_POINTS = re.compile(
    r"^(?:this|it|its|these|those|they|their|that|which|such|there|each|of|amounts?|remaining|increases?"
    r"|decreases?|changes?|approximately|if|while|although|because|and|or|but|also|as|to|in|for|at|on|when"
    r"|where|what|both|another|one|some|all|any|an?|included|including|recorded|other|others|the (?:increase"
    r"|decrease|change|amounts?|remainder|remaining|balance|decline|result|impact|effect|same|related"
    r"|following|majority|rest|net effect))\b"
    r"|^(?:the )?(?:total|(?:aggregate )?(?:fair|carrying) value)s?$",
    re.I,
)
_CLAUSE = re.compile(
    r"\b(?:was|were|is|are|will|would|could|should|may|might|expects?|expected|if|because|since|respectively"
    r"|up to|more than|less than|at least|not|no|increased?|decreased?|totaled|which|that|than|former|latter"
    r"|hypothetical|pro forma|had been|between|range|maximum|minimum|from time|each|per (?:year|month|day)"
    r"|these|those|such|this|additional|authoriz\w*|aggregate of|compared|excluding|assum\w+|plus)\b",
    re.I,
)
_OWN = re.compile(r"^(?:we|the company) ", re.I)
_CUT = re.compile(
    r" ?,(?! ?(?:which|of which|primarily|due|resulting|compared|reflecting|respectively"
    r"|(?:at|as of|in|for|during) (?:the |fiscal |(?:19|20)\d\d|[A-Z])))|\.[A-Z]"
)
"""What follows a phrase that goes on: `of cash, cash equivalents and investments`."""
_VAGUE = re.compile(
    r"(?:an? )?(?:pre-?tax )?(?:costs?|charges?|amounts?|expenses?|gains?|loss|losses|income|cash|proceeds"
    r"|benefits?|accrued|recorded|recognized|paid|outstanding)"
)
_UNITS = {"shares": "shares", "employees": "pure", "people": "pure", "associates": "pure", "stores": "pure"}
_OBJECT = re.compile(r"(?:of|in) ")
_BARE_DEED = re.compile(r"(?:we|the company) (?:also )?\w+", re.I)
_ENDS_IN_NUMBER = re.compile(r"\d[^a-z]*$")
_PLANNED = re.compile(
    r"\bhave\b|\bagree|\bcommit|\bunder\b.*\bprogram|\bauthoriz|\bplan(?:s|ned)? to\b", re.I
)


@dataclass(frozen=True, slots=True)
class Stated:
    """An amount as a sentence states it: of what, as printed, of when, where it begins in the sentence.

    `unit` is given where the sentence counts things; else the amount shows it. `change` marks a difference.
    """

    label: str
    text: str
    period: Period
    at: int
    change: bool = False
    unit: str = ""


def read_forms(sentence: str, calendar: Calendar) -> Iterator[Stated]:
    """What the forms read in one sentence.

    Args:
        sentence: one, from its first word.
        calendar: of the filing, for `fiscal 2022`.
    """
    lead = _LEAD.match(sentence)
    skipped = lead.end() if lead else 0
    body = sentence[skipped : skipped + _LONGEST]
    for pattern in _FORMS:
        found = pattern.match(body)
        stated = list(_stated(found, body, calendar)) if found else []
        for one in stated:
            yield replace(one, at=skipped + one.at, change=pattern is _CHANGED)
        if stated:
            return


def _stated(found: re.Match[str], body: str, calendar: Calendar) -> Iterator[Stated]:
    named = found.groupdict()
    label = (
        _label(found)
        if found.re is _ACQUIRED or not named.get("of") or not _CUT.match(body, found.end("of"))
        else ""
    )
    when = [text for key in ("m1", "m2", "m3", "f1", "f2", "f3") if (text := named.get(key))]
    pattern = r".+" if found.re is _COUNTED else _AMOUNT
    amounts = list(re.finditer(pattern, found["amounts"]))
    if not label or len(when) != 1:
        return
    moment = any(named.get(key) for key in ("m1", "m2", "m3"))
    times = times_of(when[0], calendar)
    if len(times) != len(amounts) or len({_kind(amount[0]) for amount in amounts}) != 1:
        return
    if any((period.start is None) is not moment for period in times):
        return
    start, unit = found.start("amounts"), _UNITS.get(named.get("unit") or "", "")
    for amount, period in zip(amounts, times, strict=True):
        yield Stated(label, amount[0], period, start + amount.start(), unit=unit)
    if named.get("second"):
        yield Stated(label, found["second"], times[0], found.start("second"))
    elif "verb" not in named and len(times) == 1:
        yield from _versus(body, found, label, moment, calendar)


def _versus(
    body: str, found: re.Match[str], label: str, moment: bool, calendar: Calendar
) -> Iterator[Stated]:
    """The amount of an earlier time that the first is compared with."""
    other = _VERSUS.match(body[found.end() :])
    text = (other["moment"] if moment else other["flow"]) if other else None
    times = times_of(text, calendar) if text else []
    if other and len(times) == 1 and _kind(other["amount"]) == _kind(found["amounts"]):
        yield Stated(label, other["amount"], times[0], found.end() + other.start("amount"))


def _kind(amount: str) -> str:
    share = "share" if "per" in amount and "share" in amount else ""
    return f"{'$' if '$' in amount else '%'}{share}"


def _label(found: re.Match[str]) -> str:
    """The subject, with what the verb adds to it; empty where it only points elsewhere or is a clause."""
    named = found.groupdict()
    subject = _OPENING.sub("", re.sub(r"\s+", " ", found["label"]).strip(" ,“”"))
    own = _OWN.match(subject)
    if (own is None and _POINTS.match(subject)) or _CLAUSE.search(subject):
        return ""
    if subject.count("(") != subject.count(")"):
        return ""
    per = " per share" if _kind(found["amounts"]).endswith("share") else ""
    if found.re in (_COUNTED, _DECLARED, _ACQUIRED):
        return f"{subject} {(named.get('of') or '').strip()}".strip() + per
    if found.re is _DONE:
        return _deed(subject, (named["of"] or "").strip()) if own else ""
    said = " ".join(text for key in ("verb", "of") if (text := (named.get(key) or "").strip()))
    return "" if own else f"{subject} {said}".strip() + per


def _deed(subject: str, rest: str) -> str:
    """`We paid dividends of` and what follows the amount; empty where nothing says what was paid."""
    subject = re.sub(r" (?:of|for|totaling|in)(?: an?)?$", "", subject)
    bare = _BARE_DEED.fullmatch(subject) is not None
    if _PLANNED.search(subject) or _ENDS_IN_NUMBER.search(subject) or (bare and not _OBJECT.match(rest)):
        return ""
    said = f"{subject} {rest.removeprefix('of ') if bare else rest}".strip()
    return "" if _VAGUE.fullmatch(_BARE_DEED.sub("", said, count=1).strip()) else said
