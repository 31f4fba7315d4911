"""What a question says beside itself: how to answer, in which unit, from which statement, by what formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from smalti.platform.concepts import Statement

_SENTENCES = re.compile(
    r"(?<=[?!])\s+|(?<!\b[A-Z])(?<!\bvs)(?<!\bInc)(?<!\bCorp)(?<!\bCo)(?<!\bNo)(?<=[.;])\s+|\n+"
)
_QUESTION_WORDS = """
    what which who whom whose where when why how did does do is are was were has have had can could will would
    should
"""
_AUXILIARY = "|".join(_QUESTION_WORDS.split())
_QUESTION = re.compile(rf"\b(?:{_AUXILIARY})\b", re.I)
_BEGINS_QUESTION = re.compile(
    rf"\s*(?:and\s+|but\s+|so\s+)?(?:{_AUXILIARY}|among|of\s+all|if\s+we|if\s+\w+\s+(?:went|were|had|was))\b",
    re.I,
)
_DEFINES = re.compile(
    r"\b(?:(?:is|are|be|as)\s+defined\s+(?:as|by|to\s+be)|define\b.{1,120}?\bas\b|defined\s+as|formula\s+(?:is|for)|"
    r"calculate\s+\S.{0,80}?\s+(?:using|as|by)\b|computed\s+as|calculated\s+as|excluding|including)",
    re.I,
)
_FORMULA = re.compile(r"[=+/*×÷]|\bdivided\s+by\b|\bminus\b|\bplus\b|\busing\b|\bless\b|\bas\b", re.I)
_TOLD_HOW = re.compile(
    r"\s*(?:please\b|kindly\b|answer\b|round\b|give\b|base\b|basing\b|provide\b|address\b|respond\b|approach\b|express\b|"
    r"assume\b|imagine\b|suppose\b|pretend\b|act\b|you\s+are\b|calculate\s+(?:\(or\b|what\b|the\s+answer)|use\b|utilize\b|"
    r"state\b|report\s+(?:the|your)|rely\b|refer\b|we\s+(?:need|want|have)\s+to\b|here(?:'|’)?s\s+the\b|try\b|help\b|"
    r"thanks?\b|thank\s+you\b|hi\b|hello\b|do\s+not\s+guess|don(?:'|’)t\s+guess|be\s+brief|keep\s+it|in\s+(?:one|two)\s+sentences?)",
    re.I,
)
_NEEDED = re.compile(r"\s*we\s+(?:need|want|have|would\s+like)\s+to\b", re.I)
_IN_BRACKETS = re.compile(
    r"\((?=[^()]{0,80}\b(?:in|round\w*|decimals?)\b)"
    r"(?=[^()]{0,80}\b(?:thousand|million|billion|percent|percents|decimal|usd|dollars|%))[^()]{0,80}\)",
    re.I,
)
_IF_USELESS = re.compile(
    r"\s*if\b.{1,160}?\b(?:not\b.{0,60}?\b(?:useful|relevant|meaningful|applicable|something|appropriate)|irrelevant|meaningless)\b",
    re.I,
)
_LEADING = re.compile(
    r"\s*(?:by|using|based|basing|in\s+agreement|according|considering|when|from|given|with|per|relying|judging|"
    r"looking|referring|taking|drawing|assuming|on\s+the\s+basis|for\s+this)\b[^?]{0,220}?"
    r"\b(?:information|details?|data|statements?|sheet|position|p\s?&\s?l|filings?|figures|page|abilities|question|financials?)\b"
    r"[^,:?]{0,60}[,:]\s*(?=\S)",
    re.I,
)
_AS_SOMEBODY = re.compile(
    r"\s*(?:as|for)\s+an?\s+(?:[\w-]+\s+){0,4}?(?:analyst|investor|accountant|adviser|advisor|manager|banker|auditor|customer|client)"
    r"\b[^,:?]{0,40}[,:]\s*(?:i\s+(?:need|want|would\s+like|wish)\s+to\s+know\s*[:,]?\s*)?(?=\S)",
    re.I,
)
_LEADING_COLON = re.compile(r"^[^?]{0,240}?\bquestion\b[^?:]{0,200}:\s*(?=\S)", re.I)

_SCALES = {
    "thousands": ("thousand", "k"),
    "millions": ("million", "mn", "m", "mm"),
    "billions": ("billion", "bn", "b"),
}
_SCALE_WORDS = {word: scale for scale, words in _SCALES.items() for word in words}
_SIGNS = {
    "USD": ("$", "us$", "usd", "dollar", "dollars"),
    "EUR": ("€", "eur", "euro", "euros"),
    "GBP": ("£", "gbp", "pounds", "pounds sterling", "british pounds"),
    "JPY": ("jpy", "yen", "japanese yen"),
    "CNY": ("cny", "rmb", "yuan", "renminbi", "chinese yuan"),
    "CHF": ("chf", "francs", "swiss francs"),
    "CAD": ("cad", "canadian dollars"),
    "AUD": ("aud", "australian dollars"),
    "INR": ("inr", "rupees", "indian rupees"),
    "KRW": ("krw", "won", "korean won"),
    "MXN": ("mxn", "pesos", "mexican pesos"),
    "BRL": ("brl", "reais", "brazilian reais"),
    "SEK": ("sek", "kronor", "swedish kronor"),
}
_CURRENCIES = {sign: code for code, signs in _SIGNS.items() for sign in signs}
_MONEY = re.compile(
    r"\(?\b(?:in|as)\s+(?:units?\s+of\s+)?(?:the\s+)?(?P<currency>us\s?\$|\$|usd|eur|€|gbp|£|(?:us\s+)?dollars?|euros?|pounds)?\s*"
    r"(?:in\s+)?(?P<scale>thousand|million|billion|mn|mm|bn)s?(?:\s+of\s+(?P<after>(?:us\s+)?dollars?|usd|euros?|eur))?\b\)?"
    r"|\(\s*(?P<currency2>\$|usd|eur|€)\s*(?P<scale2>thousand|million|billion|mn|mm|bn|m|b|k)s?\s*\)",
    re.I,
)
_SPELT = "|".join(sorted((one for one in _CURRENCIES if one[-1].isalpha()), key=len, reverse=True))
_IN_CURRENCY = re.compile(rf"\b(?:in|into)\s+(?:us\s+)?(?P<currency>{_SPELT})(?![\w$])", re.I)
_PERCENT = re.compile(
    r"\(?\b(?:in|as)\s+(?:units?\s+of\s+)?(?:a\s+)?(?:percents?|percentages?|percentage\s+terms|%)(?!\s*(?:of|points))\)?",
    re.I,
)
_POINTS = re.compile(r"\bin\s+(?:basis|percentage)\s+points\b", re.I)
_DAYS = re.compile(r"\bin\s+(?:units?\s+of\s+)?days\b", re.I)
_NUMBER_WORDS = {"zero": 0, "no": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_DECIMALS = re.compile(
    r"\b(?P<count>zero|no|one|two|three|four|five|\d)\s*(?:decimals?(?:\s+(?:places?|points?|digits?))?|d\.?p\.?\b)",
    re.I,
)
_WHOLE = re.compile(
    r"\bnearest\s+(?:whole\s+)?(?:integer|number|dollar|million|billion|thousand|percent|%|unit)\b|\bwhole\s+number\b",
    re.I,
)
_ROUND = re.compile(
    r"(?:,?\s*(?:and\s+)?round(?:ed|ing)?\s+(?:your\s+answer\s+)?(?:off\s+)?to\s+[^.,;?)]{2,40})", re.I
)
_STATEMENTS = (
    (
        Statement.CASH,
        r"cash[\s-]?flows?\s+statements?|statements?\s+of\s+(?:consolidated\s+)?cash[\s-]?flows?",
    ),
    (
        Statement.BALANCE,
        r"balance\s+sheets?|statements?\s+of\s+(?:consolidated\s+)?financial\s+(?:position|condition)",
    ),
    (
        Statement.INCOME,
        r"income\s+statements?|statements?\s+of\s+(?:consolidated\s+)?(?:income|operations|earnings|profit)"
        r"|p\s?&\s?l(?:\s+statements?)?|profit\s+and\s+loss",
    ),
)
_BY_STATEMENT = tuple((one, re.compile(rf"\b(?:{pattern})\b", re.I)) for one, pattern in _STATEMENTS)


@dataclass(frozen=True, slots=True)
class Parted:
    """A question, apart from what is said beside it.

    Attributes:
        question: the sentences that ask, without clauses about what to rest the answer on.
        definitions: the sentences that give formulas.
        dropped: the rest.
        unit, decimals: how numbers are to be told; `None` and empty if not said.
        statements: those named anywhere.
    """

    question: str
    definitions: str
    dropped: Sequence[str]
    unit: str
    decimals: int | None
    statements: Sequence[Statement]

    @property
    def text(self) -> str:
        """The question with its formulas, without asides."""
        return " ".join(filter(None, (self.question, self.definitions)))


def parted(text: str) -> Parted:
    """Part a question from its asides."""
    asked: list[str] = []
    defined: list[str] = []
    dropped: list[str] = []
    for sentence in filter(None, (one.strip() for one in _SENTENCES.split(text))):
        if _IF_USELESS.match(sentence):
            dropped.append(sentence)
        elif not _NEEDED.match(sentence) and _is_definition(sentence):
            defined.append(sentence)
        else:
            core, before = _without_leading(sentence)
            if before:
                dropped.append(before)
            (dropped if _TOLD_HOW.match(core) and "?" not in core else asked).append(core)
    if not asked:
        # An order is a question too: `Please compute the quick ratio of 3M for 2018.`
        asked, dropped = dropped, []
    question = " ".join(asked)
    plain = _ROUND.sub(" ", _PERCENT.sub(" ", _MONEY.sub(" ", _IN_BRACKETS.sub(" ", question))))
    return Parted(
        re.sub(r"\s+([?,.;])", r"\1", " ".join(plain.split())),
        " ".join(defined),
        tuple(dropped),
        _unit(text),
        _decimals(text),
        _statements(text),
    )


def _is_definition(sentence: str) -> bool:
    return (
        not _BEGINS_QUESTION.match(sentence)
        and "?" not in sentence
        and bool(_DEFINES.search(sentence) and _FORMULA.search(sentence))
    )


def _without_leading(sentence: str) -> tuple[str, str]:
    """A sentence without the clause before its question, and that clause."""
    for pattern in (_AS_SOMEBODY, _LEADING_COLON, _LEADING):
        found = pattern.match(sentence)
        if found and _QUESTION.search(sentence, found.end()):
            return sentence[found.end() :], sentence[: found.end()]
    return sentence, ""


def _unit(text: str) -> str:
    if found := _MONEY.search(text):
        scale = (found["scale"] or found["scale2"]).lower()
        currency = (found["currency"] or found["currency2"] or found["after"] or "").lower()
        currency = currency.replace("us ", "").replace("us$", "$")
        return f"{_CURRENCIES.get(currency, '')} {_SCALE_WORDS[scale]}".strip()
    if _POINTS.search(text):
        return "basis points" if "basis" in text.lower() else "percentage points"
    if _PERCENT.search(text):
        return "percent"
    if _DAYS.search(text):
        return "days"
    if found := _IN_CURRENCY.search(text):
        return _CURRENCIES[found["currency"].lower()]
    return ""


def _decimals(text: str) -> int | None:
    if found := _DECIMALS.search(text):
        count = found["count"].lower()
        return _NUMBER_WORDS[count] if count in _NUMBER_WORDS else int(count)
    return 0 if _WHOLE.search(text) else None


def _statements(text: str) -> Sequence[Statement]:
    return tuple(one for one, pattern in _BY_STATEMENT if pattern.search(text))
