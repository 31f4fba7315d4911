"""Forms of sentences that claim something of a measure, matched on a sentence's letters (see `tokens`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from smalti.models.checks.claims.amounts import Amount
from smalti.models.checks.claims.claim import Kind
from smalti.models.checks.claims.measures import MEASURES, Measure
from smalti.models.checks.claims.tokens import Token, letters

__all__ = ["Match", "matches"]

_GAP = r"(?:f|,?[nFoa]?[PCK],?|q)*"
_ANY = r"[AEBSZ]"
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    # revenue (for the year) grew 12% (from X) (to a record $412 million)
    ("moved", re.compile(rf"(?P<M>M){_GAP}(?:V{_GAP})?(?P<dir>[UD])(?!{_GAP}[ud]){_GAP}"
                         rf"(?:b?f*(?P<by>{_ANY}))?"
                         rf"(?P<to>{_GAP}(?:rf*{_ANY}{_GAP})?,?tf*(?P<rec>R?)f*(?P<level>{_ANY}))?")),
    # we grew revenue (by) 12% (to $412 million)
    ("object", re.compile(rf"[w]f*(?:hf*)?(?P<dir>[UD])f*(?P<M>M){_GAP}(?:b?f*(?P<by>{_ANY}))?"
                          rf"(?P<to>{_GAP}(?:rf*{_ANY}{_GAP})?tf*(?P<rec>R?)f*(?P<level>{_ANY}))?")),
    # revenue was (a record) $412 million; revenue of $412 million; margin strong at 41%
    ("level", re.compile(rf"(?P<M>M){_GAP},?(?:V|[oa])?(?:f|[oa])*(?P<rec>R?)(?:f|o)*(?P<level>{_ANY})")),
    # generated $58 million in operating cash flow
    ("of", re.compile(r"(?:^|[hwV,;&])f*(?P<rec>R?)f*(?P<level>[AE])f*[no]f*(?P<M>M)(?![ud])")),
    # revenue growth of 12%
    ("growth", re.compile(rf"(?P<M>M){_GAP}(?P<noun>[ud]){_GAP}(?:[oaV]f*|Vf*)?(?P<by>[EB])")),
    # 12% revenue growth
    ("growing", re.compile(r"(?P<by>[EB])f*(?P<M>M)(?P<noun>[ud])")),
    # a 12% increase in revenue; growth of 12% in revenue
    ("rise", re.compile(rf"(?:(?P<by>[EB])f*(?P<noun>[ud])"
                        rf"|(?P<noun2>[ud]){_GAP}of*(?P<by2>[EB]))f*[no]f*(?P<M>M)")),
    # revenue more than doubled
    ("times", re.compile(rf"(?P<M>M){_GAP}(?:V{_GAP})?(?P<X>X)|wf*(?P<X2>X)f*(?P<M2>M)")),
    # record revenue; revenue was a record
    ("record", re.compile(rf"(?P<rec>R){_GAP}(?P<M>M)(?![ud])|(?P<M2>M){_GAP}(?:[Vath]"
                          rf"|f)*{_GAP}(?P<rec2>R)(?![fP]*M)")),
    # an expanded gross margin
    ("adjective", re.compile(r"(?<=[hfnb&])(?P<dir>[UD])f*(?P<M>M)")),
    # no debt
    ("none", re.compile(r"(?P<none>N)f*(?P<M>M)")),
    # positive free cash flow; operating cash flow was positive
    ("sign", re.compile(rf"(?P<Y>Y)f*(?P<M>M)|(?P<M2>M){_GAP}(?:V{_GAP})(?P<Y2>Y)")),
)  # fmt: skip
_ROW = frozenset(("MA", "ME", "MS", "MB", "MZ"))  # a label and its number, as in a row of a table
_AMOUNTS = re.compile(_ANY)
_DIFFERENCE = re.compile(r"f*[UD]f*c")
_MORE = frozenset(("more than", "greater than", "more", "less", "fewer", "above", "below", "short"))
_OPEN = re.compile(r"f*(?:b|c(?!t?x?f*[CP]))")
_ADJECTIVES = frozenset(
    ("expanded", "improved", "higher", "lower", "increased", "growing", "rising", "declining", "falling")
)
_TAIL = re.compile(rf"(?:,|f|&)*(?:(?P<dir>[UD]){_GAP}b?f*|(?P<noun>[ud]){_GAP}of*)(?P<by>[EBA])")
_PROFIT = re.compile(r"wf*[Vh]?f*Y(?!f*M)")  # we were profitable
_AFTER = re.compile(r",?f*(?P<rec>R)(?!M)")
_FRAGMENT = re.compile(rf"(?:&|f|,)*(?:(?P<dir>[UD]){_GAP}b?f*|(?P<noun>[ud]){_GAP}of*)(?P<by>[EB])")


@dataclass(frozen=True, slots=True)
class Match:
    """A form found: what it says, of which measure, by which tokens."""

    kind: Kind
    measure: Measure
    sign: int
    amount: Amount | None
    first: int
    last: int
    at: int  # of the measure


def matches(found: Sequence[Token], before: Measure | None = None) -> Iterator[Match]:
    """Everything a sentence claims, each measure in its first fitting form.

    Args:
        found: the sentence.
        before: what the sentence before told of, which a fragment (`An increase of 4%.`) goes on about.
    """
    line = letters(found)
    taken: set[int] = set()
    claimed: set[int] = set()
    for name, form in _FORMS:
        for match in form.finditer(line):
            at = match.start("M") if match.groupdict().get("M") else match.start("M2")
            amounts = {i for i in range(match.start(), match.end()) if line[i] in "AEBSZ"}
            if (at in claimed and name not in ("record", "sign")) or amounts & taken:
                continue
            some = [] if _deceives(name, match, found, at) else list(_matched(name, match, found, at))
            if some:
                claimed.add(at)
                taken |= amounts
                yield from some
                yield from _tail(line, match.end(), found, at, taken)
    yield from _without_measure(found, line, before)


def _deceives(name: str, match: re.Match[str], found: Sequence[Token], at: int) -> bool:
    """What only looks like a form: `reduced by purchases`, `lower than the rate`, a row of a table."""
    line = match.string
    if name == "adjective":
        return found[match.start("dir")].text.lower() not in _ADJECTIVES
    if name in ("moved", "object"):
        return not (match["by"] or match["level"]) and _OPEN.match(line, match.end()) is not None
    if name in ("level", "of") and _is_difference(found, line, match.end("level")):
        return True
    if name == "level":
        return line[at : match.end()].strip("f") in _ROW and len(_AMOUNTS.findall(line)) > 2
    return name == "none" and not _is_none(found[match.start("none")], found[at])


def _without_measure(found: Sequence[Token], line: str, before: Measure | None) -> Iterator[Match]:
    """`We were profitable`, and a fragment that goes on about what the sentence before told of."""
    profit = _PROFIT.search(line)
    if profit is not None and found[profit.end() - 1].text.lower().startswith("profitable"):
        at = profit.end() - 1
        yield Match(Kind.SIGN, MEASURES["net income"], 1, None, profit.start(), at, at)
    fragment = _FRAGMENT.match(line) if before is not None and "M" not in line else None
    if before is not None and fragment is not None:
        sign = 1 if (fragment["dir"] or fragment["noun"]) in "Uu" else -1
        by = fragment.start("by")
        yield Match(Kind.CHANGE, before, sign, found[by].amount, 0, fragment.end() - 1, 0)


def _matched(name: str, match: re.Match[str], found: Sequence[Token], at: int) -> Iterator[Match]:
    measure = found[at].measure
    assert measure is not None
    groups = match.groupdict()
    first, last = match.start(), match.end() - 1
    way = groups.get("dir") or groups.get("noun") or groups.get("noun2") or ""
    sign = 1 if way in ("U", "u") else -1 if way else 0

    def amount(group: str) -> Amount | None:
        return found[match.start(group)].amount if groups.get(group) else None

    by = amount("by") or amount("by2")
    level = amount("level")
    if by is not None:
        yield Match(Kind.CHANGE, measure, sign, by, first, last, at)
    elif sign and not groups.get("by"):
        yield Match(Kind.DIRECTION, measure, sign, None, first, last, at)
    if level is not None:
        yield Match(Kind.LEVEL, measure, 0, level, first, last, at)
    if groups.get("rec") or groups.get("rec2"):
        yield Match(Kind.RECORD, measure, 1, level, first, last, at)
    if groups.get("X") or groups.get("X2"):
        token = found[match.start("X") if groups.get("X") else match.start("X2")]
        yield Match(Kind.CHANGE, measure, 1, _times(token), first, last, at)
    if name == "none":
        nothing = Amount(
            0.0, "", 0.5, found[first].start, found[last].end, f"no {found[at].text}", scaled=True
        )
        yield Match(Kind.LEVEL, measure, 0, nothing, first, last, at)
    if name == "sign":
        yield Match(Kind.SIGN, measure, 1, None, first, last, at)


def _is_difference(found: Sequence[Token], line: str, after: int) -> bool:
    """`$20 million lower than last year`: by how much, not how much."""
    following = found[after].text.lower() if after < len(found) else ""
    return _DIFFERENCE.match(line, after) is not None or following in _MORE


def _is_none(no: Token, of: Token) -> bool:
    """Whether a sentence says that there is no debt; of other things it is a figure of speech."""
    return (
        no.text.lower() in ("no", "zero")
        and of.measure is MEASURES["debt"]
        and "borrow" not in of.text.lower()
    )


def _times(token: Token) -> Amount:
    """`doubled` as a rise of 100%, within what people call doubling."""
    text = token.text.lower()
    factor = 2 if "doubled" in text else 3 if "tripled" in text else 4
    bound = "low" if "more than" in text else ""
    return Amount(100.0 * (factor - 1), "%", 15.0, token.start, token.end, token.text, bound)


def _tail(line: str, end: int, found: Sequence[Token], at: int, taken: set[int]) -> Iterator[Match]:
    """What goes on after a level: `, up 12%`, `, an increase of 4.2 percent`, `, a record`."""
    measure = found[at].measure
    assert measure is not None
    if match := _TAIL.match(line, end):
        by = match.start("by")
        if by not in taken:
            taken.add(by)
            sign = 1 if (match["dir"] or match["noun"]) in "Uu" else -1
            yield Match(Kind.CHANGE, measure, sign, found[by].amount, at, match.end() - 1, at)
            end = match.end()
    if match := _AFTER.match(line, end):
        yield Match(Kind.RECORD, measure, 1, None, at, match.end() - 1, at)
