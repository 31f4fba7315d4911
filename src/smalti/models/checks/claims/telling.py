"""How a contradiction is told: both sides with their numbers, periods and places, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smalti.models.checks.claims.apart import number_text
from smalti.models.checks.claims.claim import Kind
from smalti.models.checks.claims.denials import Affirmation, Denied
from smalti.models.checks.claims.filed import Value
from smalti.models.checks.claims.judging import Contradiction
from smalti.models.checks.claims.periods import period_text
from smalti.models.checks.claims.retold import Retold
from smalti.models.checks.claims.speakers import Said, Utterance
from smalti.platform.records import Document

__all__ = ["denial_reason", "reason", "retold_reason", "where"]

_SHORT = 160


def reason(found: Sequence[Contradiction], documents: Mapping[str, Document]) -> str:
    """One or two sentences on contradictions of one measure and period by one voice.

    Args:
        found: of one sentence.
        documents: of the filed facts, by the ids of their evidence.
    """
    first = found[0]
    parts = [_told(one.said) for one in found[:3]]
    claims = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    verb = "says" if first.said.utterance.voice in ("page", "post") else "said"
    name = first.said.claim.measure.name
    said = f"{_capital(first.said.utterance.who)} {verb} {name} {claims} ({where(first.said.utterance)})"
    filing = _filing(first.filed, documents)
    return f"{said}; {filing} {_filed(found)}."


def _told(said: Said) -> str:
    claim, amount = said.claim, said.claim.amount
    rose = "rose" if claim.sign > 0 else "fell"
    if claim.kind is Kind.LEVEL and amount is not None:
        return f"was {amount.raw}"
    if claim.kind is Kind.CHANGE and amount is not None:
        return f"{rose} {amount.raw}" if amount.raw[:1].isdigit() or amount.money else amount.raw
    if claim.kind is Kind.RECORD:
        return "was a record"
    if claim.kind is Kind.SIGN:
        return "was positive" if claim.sign > 0 else "was negative"
    return rose


def _filed(found: Sequence[Contradiction]) -> str:
    """What the filing says: the value, how it differs, and what it was before."""
    first = found[0]
    told = f"gives {number_text(first.filed.value, first.filed.unit)} for {period_text(first.period)}"
    level = next((one.gap for one in found if one.said.claim.kind in (Kind.LEVEL, Kind.SIGN)), "")
    told += f", {level}" if level else ""
    earlier = next((one for one in found if one.other is not None), None)
    if earlier is None or earlier.other is None:
        return told
    before = number_text(earlier.other.value, earlier.other.unit)
    return f"{told}, after {before} for {period_text(earlier.other.period)}: {earlier.gap}"


def denial_reason(denial: Denied, affirmed: Affirmation) -> str:
    """Both sentences side by side."""
    said = f"{_capital(denial.utterance.who)} denied {denial.topic} ({where(denial.utterance)})"
    form = _form(affirmed.document.title, affirmed.document.hints.get("form"))
    place = affirmed.evidence.locator.describe()
    filed = f"{affirmed.document.available_at:%Y-%m-%d}"
    return f"{said}; the {form} filed {filed} says: “{_cut(affirmed.sentence)}” ({place})."


def where(utterance: Utterance) -> str:
    """The source, its day and the place in it."""
    kind = utterance.voice
    day = f"{utterance.document.available_at:%Y-%m-%d}"
    seconds = utterance.evidence.locator.seconds
    if seconds is not None:
        return f"{kind} of {day}, {int(seconds[0]) // 60:02d}:{int(seconds[0]) % 60:02d}"
    title = f", “{_cut(utterance.document.title)}”" if utterance.voice == "page" else ""
    return f"{kind} of {day}{title}"


def _filing(value: Value, documents: Mapping[str, Document]) -> str:
    """The filing that the newest of the facts stands in."""
    newest = max(value.facts, key=lambda fact: fact.available_at)
    document = documents[newest.evidence_id]
    return f"the {_form(document.title, document.hints.get('form'))} filed {document.available_at:%Y-%m-%d}"


def _form(title: str, hint: object) -> str:
    if hint:
        return str(hint)
    return next((form for form in ("10-K", "10-Q", "8-K", "20-F") if form in title), "filing")


def _cut(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1].rsplit(" ", 1)[0] + "…"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def retold_reason(one: Retold) -> str:
    """Two statements side by side."""
    later, earlier = one.later.utterance, one.earlier.utterance
    name = one.later.claim.measure.name
    return (
        f"{_capital(later.who)} said {name} {_told(one.later)} for {period_text(one.period)}"
        f" ({where(later)});"
        f" earlier {earlier.who} said it {_told(one.earlier)} ({where(earlier)}). No filing of that"
        f" period is known."
    )
