"""Whether an answer is right, by a stated rule; whatever is not plainly right is wrong.

An answer that is none (unknown, asked back, declined, handed over) is `refused`, whatever passages it shows.
Any other is `correct` or `wrong`:

- *number*: the reference is one quantity. The leading figure of the answer, the first one that does not
  repeat the question or label a period, must be it: in its unit and scale, sign included, within 1%, or equal
  when rounded to the decimals that the reference prints.
- *yes or no*: the reference begins with one. The first sentence must begin with the same, and a page of the
  reference must be among those cited, or else a number of the reference must be said, within 1%.
- *name*: the question asks which or who, and the reference leads with a name that is not in the question.
  The first sentence, which must be the answer's own and no quote, must tell that name and none that goes on
  beyond it. An answer that fails so may still pass as text.
- *text*: everything else. A page of the reference must be cited; of the words of the reference's first
  sentence that carry meaning and do not stand in the question, at least half must stand in the sentences of
  the answer, numbers within 1%; where the question asks which, who or what kind, the first of those words
  that is no common one (segment, highest) must stand in them as well; and where the reference tells a
  direction (rose, fell), the first sentence that tells one must tell the same; none may be missing where the
  question asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smalti.assistant.evaluation.questions import Place, Posed
from smalti.assistant.records import Answer, Figure, Status

CORRECT, WRONG, REFUSED = "correct", "wrong", "refused"
OUTCOMES = (CORRECT, WRONG, REFUSED)
NUMBER, VERDICT, NAME, TEXT = "number", "yes or no", "name", "text"

RULE = __doc__ or ""
"""As it is told beside the figures."""

_TOLERANCE = 0.01
_LEAST_RECALL = 0.5
_SCALES = {
    "thousand": 1e3, "k": 1e3, "million": 1e6, "millions": 1e6, "mn": 1e6, "m": 1e6, "billion": 1e9,
    "billions": 1e9, "bn": 1e9, "b": 1e9,
}  # fmt: skip
_QUANTITY = re.compile(
    r"(?P<minus>-\s?)?(?P<dollar>\$)?\s?(?P<minus2>-\s?)?(?P<number>\d[\d,]*(?:\.\d+)?)(?P<dollar2>\$)?"
    r"\s?(?P<tail>%|percent\b|thousand\b|millions?\b|billions?\b|mn\b|bn\b)?",
    re.I | re.ASCII,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ASKED_SCALE = re.compile(r"\b(?:USD|US\$|dollars?)\s*(thousands?|millions?|billions?)", re.I)
_ASKED_NUMBER = re.compile(
    r"\b(?:how much|how many|what percent(?:age)?|by how|what (?:is|was|were|are) .{0,80}\b"
    r"(?:amount|total|ratio|rate|margin|EBITDA|EPS|income|revenue|sales|number|value|price))\b",
    re.I,
)
_ASKED_WHICH = re.compile(r"\b(?:which|who|whose|what (?:kind|type|industry|region|segment|product))\b", re.I)
_ASKED_DIRECTION = re.compile(r"\b(?:or|compared?|change[ds]?)\b", re.I)
_ASKED_NAME = re.compile(r"\b(?:which|who)\b", re.I)
_NAME = re.compile(r"(?!The\b)[A-Z][\w’'-]*(?: (?:(?:& |of |of the |and )?[A-Z][\w’'-]*))*")
_ASIDE = re.compile(r"\bThe answer here assumes\b.*", re.S)
_YES_NO = re.compile(r"\s*(yes|no)\b", re.I)
_UP = re.compile(
    r"\b(?:increas|improv|grew|grow(?:s|n|ing)?\b|rose|risen|rise|rising|higher|gain|up\b|expand)\w*", re.I
)
_DOWN = re.compile(
    r"\b(?:decreas|declin|fell|fall|drop|shr[aiu]nk|lower|reduc|worse|down\b|contract(?:ed|ion)|dragged)\w*",
    re.I,
)
_WORD = re.compile(r"[A-Za-z][A-Za-z&'’-]*[A-Za-z]|[A-Za-z]")
_EMPTY_WORDS = """
a an and are as at be been but by can did do does for from had has have he her his how i if in into is it its
itself more most not of on or our over per she since so some such than that the their them then there these
they this those through to under was we were what when where which while who whose will with would
approximately around about also between company fiscal year fy based during mostly primarily due mainly other
both each any all usd million billion millions mn bn percent because could receive named name
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
_COMMON_STEMS = """
segment category region division product highest lowest biggest largest greatest best worst growth generat
experienc short term
"""
_COMMON = frozenset(_COMMON_STEMS.split())


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one question; `why` tells why an answer is wrong."""

    verdict: str
    rule: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit: `USD`, `%`, or empty for a bare number; `decimals` as it is printed.

    Attributes:
        step: what one unit of the last printed digit is worth in `value`.
    """

    value: float
    unit: str
    step: float


def judge(one: Posed, answer: Answer, cited: Iterable[Place]) -> Judged:
    """Whether an answer is right.

    Args:
        one: the question with its reference.
        answer: to be judged.
        cited: pages that the answer cites.
    """
    rule = rule_of(one)
    if answer.status not in (Status.ANSWERED, Status.PARTLY):
        return Judged(REFUSED, rule)
    if rule == NUMBER:
        return _number(one, answer)
    right_page = bool(set(cited) & set(one.places))
    if rule == VERDICT:
        return _verdict(one, answer, right_page=right_page)
    if rule == NAME and _names(one, answer):
        return Judged(CORRECT, NAME)
    if not right_page:
        return Judged(WRONG, rule, "no page of the reference is cited")
    return _text(one, answer, rule)


def rule_of(one: Posed) -> str:
    """By which rule a question is judged."""
    if _YES_NO.match(one.reference):
        return VERDICT
    if quantity_of(one) is not None:
        return NUMBER
    return NAME if _ASKED_NAME.search(one.text) and _name_in(one) else TEXT


def quantity_of(one: Posed) -> Quantity | None:
    """The one quantity that the reference is; None where it is something else."""
    reference = _first_sentence(one.reference)
    found = [q for match in _QUANTITY.finditer(reference) if (q := _read(match, one.text)) is not None]
    whole = _QUANTITY.fullmatch(reference.strip().rstrip("."))
    if whole is not None:
        return _read(whole, one.text)
    with_unit = [q for q in found if q.unit]
    if len(with_unit) == 1 and _ASKED_NUMBER.search(one.text) and not _ASKED_WHICH.search(one.text):
        return with_unit[0]
    return None


def _read(match: re.Match[str], question: str) -> Quantity | None:
    digits = match["number"].replace(",", "")
    tail = (match["tail"] or "").lower()
    dollar = bool(match["dollar"] or match["dollar2"])
    if _YEAR.fullmatch(digits) and not tail and not dollar:
        return None
    asked = _ASKED_SCALE.search(question)
    scale = _SCALES.get(tail, 1.0)
    if tail in {"%", "percent"}:
        unit = "%"
    elif dollar or tail or asked:
        unit = "USD"
        if not tail and asked:
            scale = _SCALES[asked[1].lower().rstrip("s")]
    else:
        unit = ""
    decimals = len(digits.partition(".")[2])
    # Money is printed with two decimals that say nothing: `$1577.00`.
    step = scale * 10.0 ** -(0 if dollar and digits.endswith(".00") else decimals)
    sign = -1.0 if match["minus"] or match["minus2"] else 1.0
    return Quantity(sign * float(digits) * scale, unit, step)


def _number(one: Posed, answer: Answer) -> Judged:
    wanted = quantity_of(one)
    assert wanted is not None
    leading = next((f for s in answer.sentences if not s.quoted for f in s.figures if not f.said), None)
    if leading is None:
        return Judged(WRONG, NUMBER, "no figure of its own")
    told = _as_quantity(leading, wanted.unit)
    if told is None:
        return Judged(WRONG, NUMBER, f"{leading.unit} instead of {wanted.unit or 'a bare number'}")
    if _near(told, wanted):
        return Judged(CORRECT, NUMBER)
    return Judged(WRONG, NUMBER, f"{told:,.6g} instead of {wanted.value:,.6g} {wanted.unit}".rstrip())


def _as_quantity(figure: Figure, unit: str) -> float | None:
    money = figure.unit.upper().startswith("USD")
    if unit == "USD":
        return figure.value if money else None
    if unit == "%":
        if figure.unit == "%":
            return figure.value
        return figure.value * 100 if figure.unit == "pure" else None
    return None if money or figure.unit in {"%", "date"} else figure.value


def _near(told: float, wanted: Quantity) -> bool:
    off = abs(told - wanted.value)
    return off <= _TOLERANCE * abs(wanted.value) or off <= 0.5 * wanted.step * (1 + 1e-9)


def _verdict(one: Posed, answer: Answer, *, right_page: bool) -> Judged:
    wanted = _YES_NO.match(one.reference)
    told = _YES_NO.match(answer.sentences[0].text if answer.sentences else "")
    assert wanted is not None
    if told is None:
        return Judged(WRONG, VERDICT, "neither yes nor no")
    if told[1].lower() != wanted[1].lower():
        return Judged(WRONG, VERDICT, f"{told[1].lower()} instead of {wanted[1].lower()}")
    said = _numbers(" ".join(sentence.text for sentence in answer.sentences), "")
    numbers = _numbers(_ASIDE.sub("", one.reference), one.text)
    if not right_page and not any(_said_within(number, said) for number in numbers):
        return Judged(WRONG, VERDICT, "no page of the reference is cited, and no number of it is said")
    return Judged(CORRECT, VERDICT)


def _name_in(one: Posed) -> str:
    """The name that the reference leads with; empty where it does so with none."""
    found = _NAME.match(one.reference.strip())
    name = found[0].strip() if found else ""
    return name if name and not all(word in _stems(one.text) for word in _stems(name)) else ""


def _names(one: Posed, answer: Answer) -> bool:
    first = answer.sentences[0] if answer.sentences else None
    if first is None or first.quoted:
        return False
    name = re.escape(_name_in(one))
    return (
        re.search(rf"(?<![&\w])(?<!& ){name}(?!\w)(?!\s*&)(?!\s+(?-i:[A-Z]))", first.text, re.I) is not None
    )


def _text(one: Posed, answer: Answer, rule: str) -> Judged:
    reference = _first_sentence(one.reference)
    words = _telling(reference, one.text)
    said = " ".join(sentence.text for sentence in answer.sentences)
    first = next((word for word in words if word not in _COMMON), "")
    if first and _ASKED_WHICH.search(one.text) and first not in _stems(said):
        return Judged(WRONG, rule, f"“{first}” is not said")
    wanted, given = _direction([reference]), _direction(s.text for s in answer.sentences)
    if wanted and given != wanted and (given or _ASKED_DIRECTION.search(one.text)):
        return Judged(WRONG, rule, f"{given or 'no direction'} instead of {wanted}")
    recall = recall_of(reference, said, one.text)
    if recall < _LEAST_RECALL:
        return Judged(WRONG, rule, f"{recall:.0%} of the reference's words")
    return Judged(CORRECT, rule)


def recall_of(reference: str, said: str, question: str) -> float:
    """Of the words of a reference that carry meaning and are not the question's, the share that is said.

    Numbers count as words, and are said where one within 1% is.
    """
    words, numbers = _telling(reference, question), _numbers(reference, question)
    told, told_numbers = _stems(said), _numbers(said, "")
    hits = sum(word in told for word in words)
    hits += sum(_said_within(number, told_numbers) for number in numbers)
    return hits / max(1, len(words) + len(numbers))


def _said_within(number: float, said: Iterable[float]) -> bool:
    return any(abs(one - number) <= _TOLERANCE * abs(number) for one in said)


def _direction(sentences: Iterable[str]) -> str:
    """Of the first sentence that tells one alone; empty if none does."""
    for text in sentences:
        up, down = bool(_UP.search(text)), bool(_DOWN.search(text))
        if up != down:
            return "up" if up else "down"
    return ""


def _first_sentence(text: str) -> str:
    """The first sentence, with what is listed under it and without what stands in brackets."""
    plain = re.sub(r"\([^()]*\)", " ", _ASIDE.sub("", text)).strip()
    found = re.search(r"(?:(?<=[a-z]{4})|(?<=[%)]))\.\s+(?=[A-Z])", plain)
    return plain[: found.start()] if found else plain


def _telling(reference: str, question: str) -> list[str]:
    asked = _stems(question)
    found = (_stem(word) for word in _WORD.findall(reference) if word.lower() not in _EMPTY)
    return list(dict.fromkeys(word for word in found if word not in asked and len(word) > 1))


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text)}


def _stem(word: str) -> str:
    low = word.lower().replace("’", "'").removesuffix("'s")
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ed", "es", "s", "ly"):
        if low.endswith(ending) and len(low) - len(ending) >= 4:
            return low.removesuffix(ending)
    return low


def _numbers(text: str, question: str) -> Sequence[float]:
    found = [q.value for match in _QUANTITY.finditer(text) if (q := _read(match, question)) is not None]
    return list(dict.fromkeys(found))
