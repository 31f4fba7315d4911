"""A sentence as a string of letters, one a word or phrase, so that its form can be matched.

`M` a measure, `P` a period, `C` last year, `K` a period held against, amounts by unit (`A` money, `E`
percent, `B` points or basis points, `S` money a share, `Z` a plain number), `R` record, `X` doubled, `U`
and `D` verbs of rising and falling, `u` and `d` their nouns, `V` verbs that equate, `h` of having or
reporting, `y` of saying, `w` the company and who speaks for it, `N` a negation, `Y` positive, `q`
sequentially, `f` words that change nothing, small prepositions by their own letters, `;` what ends a form,
and `x` every other word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smalti.models.checks.claims.amounts import Amount, read_amounts
from smalti.models.checks.claims.measures import Measure, find_measures
from smalti.models.checks.claims.periods import Named, find_periods

__all__ = ["Names", "Token", "letters", "tokens"]

_PHRASES = (
    ("V", r"(?:came|come) in at|stood at|amount(?:ed|ing) to|ended (?:the (?:year|quarter) )?at"
          r"|finished at|closed at|came to"),
    ("R", r"(?:an? )?all-time highs?"
          r"|(?:an? )?(?<!to )(?<!can )(?<!we )(?<!will )(?<!must )(?<!may )record(?: highs?"
          r"| levels?| (?:year|quarter|month) (?:for|in|of))?(?! (?:an?|the|any|our|its|in|on|for)\b)"),
    ("f", r"year[- ](?:over|on)[- ]year|yoy|y/y|as reported|on a reported basis|in (?:u\.?s\.? )?dollars"
          r"|company-?wide|more than"
          r"|at least|greater than|in excess of|north of|close to|up to about|as well|on a gaap basis"
          r"|a total of|under gaap"
          r"|just (?:over|under|shy of)|well over|upwards of|low |mid |high "),
    ("q", r"sequential(?:ly)?|quarter[- ](?:over|on)[- ]quarter|qoq|q/q|from the (?:previous|prior"
          r"|preceding|last|"
          r"first|second|third) quarter"),
    ("D", r"(?:paid|paying|pay|brought|bringing|wrote) down"),
    ("X", r"more than doubled|doubled|tripled|more than tripled|quadrupled"),
)  # fmt: skip
_WORDS: Mapping[str, str] = {
    "U": "grew grow grown growing increased increasing increases rose rise risen rising up higher climbed"
    " climbing improved"
    " improving expanded expanding jumped surged gained advanced soared widened strengthened rocketed"
    " exploded"
    " accelerated ballooned swelled raised",
    "D": "fell fallen falling declined declining declines decreased decreasing down lower dropped"
    " dropping contracted"
    " shrank shrunk shrinking compressed slipped reduced narrowed sank plunged tumbled slid weakened"
    " deteriorated cut"
    " collapsed lowered",
    "u": "increase growth gain improvement expansion uptick jump surge",
    "d": "decrease decline drop reduction contraction compression",
    "V": "was were is are reached totaled totalled hit equaled equalled exceeded topped surpassed remained :"
    " crossed came went moved ticked edged trended gone stayed held touched",
    "y": "said says stated states told noted confirmed disclosed tells",
    "h": "reported reports delivered posted posts generated generates achieved recorded had has have"
    " produced earned"
    " realized saw logged announced booked with reporting delivering posting generating delivers having"
    " showed shows",
    "w": "we company it they management firm i we've ceo cfo chief executive executives officer"
    " chairman president"
    " spokesman spokeswoman spokesperson directors board",
    "N": "not no never without neither nor isn't wasn't weren't don't doesn't didn't hasn't haven't"
    " cannot can't won't",
    "n": "in during",
    "F": "for",
    "o": "of",
    "a": "at",
    "t": "to",
    "r": "from",
    "b": "by",
    "c": "compared versus vs vs. against than",
    "&": "and",
    "Y": "positive profitable",
    "f": "the a an our its company's total consolidated reported gaap gap strong solid healthy"
    " robust about"
    " approximately roughly nearly almost around some also again just now only another significantly"
    " substantially"
    " sharply slightly modestly strongly materially dramatically meaningfully quite very further approx"
    " impressive"
    " excellent great continued new really over under well on that this another overall worldwide global"
    " whole entire"
    " nicely steadily respectable outstanding actual actually then so quarterly core-less us even still"
    " already been"
    " fourth-quarter first-quarter second-quarter third-quarter full-year",
}
_LETTER = {word: letter for letter, words in _WORDS.items() for word in words.split()}
_PHRASE = re.compile(
    "|".join(rf"(?P<p{i}>(?<![\w-])(?:{p})(?![\w-]))" for i, (_, p) in enumerate(_PHRASES)), re.I
)
_WORD = re.compile(r"[^\s,;:()\"“”—–]+|[,;:()—–]")
_BREAKS = frozenset(
    ("while", "whereas", "but", "although", "though", "despite", "offset", "partly", "partially", "because")
) | {"as", "excluding"}
_RUN = re.compile(r"f{7,}")
_AGAINST = re.compile(
    r"(?:[cr][thx]?f*(?:[AEBSZ]f*[nFo]?f*)?(?P<P>[PC]))"
    r"|(?:[AEBUDud](?P<over>[fx])(?P<P2>[PC]))"
)
_MAX = 100  # words of one sentence that are looked at


@dataclass(frozen=True, slots=True)
class Names:
    """Words, in lower case, that name a company.

    Attributes:
        first: those that do by themselves: `anvil`, a ticker.
        rest: those that do after one of these: `packaging`, `inc`.
    """

    first: frozenset[str]
    rest: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase: its letter, its place, and what it means where it means something."""

    letter: str
    start: int
    end: int
    text: str
    amount: Amount | None = None
    measure: Measure | None = None
    named: Named | None = None


def letters(found: Sequence[Token]) -> str:
    """The letters of tokens, one each; a long run of words that say nothing ends a form."""
    return _RUN.sub(lambda run: ";" * len(run[0]), "".join(token.letter for token in found))


def tokens(text: str, names: Names, heard: Sequence[Mapping[str, Any]] = ()) -> list[Token]:
    """A sentence's words and phrases.

    Args:
        text: one sentence.
        names: of the company itself.
        heard: a call's own numbers.
    """
    special = sorted(_special(text, names, heard), key=lambda t: (t.start, -t.end))
    found: list[Token] = []
    at = 0
    for one in [*special, None]:
        until = one.start if one else len(text)
        if one and one.start < at:
            continue
        words = _WORD.finditer(text, at, until)
        found += [Token(_letter(w[0], names.first), w.start(), w.end(), w[0]) for w in words]
        if one:
            found.append(one)
            at = one.end
        if len(found) > _MAX:
            break
    return _compared(_named(found[:_MAX], names))


def _named(found: Sequence[Token], names: Names) -> list[Token]:
    """With the rest of the company's name after its first words: `Anvil Packaging Inc.`."""
    kept: list[Token] = []
    for token in found:
        bare = token.text.strip(".,").lower()
        after = kept and kept[-1].letter == "w" and kept[-1].text[:1].isupper() and token.text[:1].isupper()
        kept.append(replace(token, letter="w") if after and bare in names.rest else token)
    return kept


def _compared(found: Sequence[Token]) -> list[Token]:
    """With periods that a number is only held against: `from $368 million in 2024`, `versus 2016`."""
    line = "".join(token.letter for token in found)
    kept = list(found)
    for match in _AGAINST.finditer(line):
        over = match["over"] is not None and found[match.start("over")].text.lower() not in ("over", "on")
        at = match.start("P2") if match["over"] is not None else match.start("P")
        if not over:
            kept[at] = replace(found[at], letter="K")
    return kept


def _special(text: str, names: Names, heard: Sequence[Mapping[str, Any]]) -> list[Token]:
    """Measures, periods, amounts and phrases; where two overlap the earlier and longer one counts."""
    found = [
        Token(_unit_letter(a), a.start, a.end, a.raw, amount=a)
        for a in read_amounts(text, heard)
        if a.raw.lower() not in names.first
    ]
    periods = find_periods(text)
    kinds = {"comparison": "C", "day": "f"}
    years = [Token(kinds.get(n.kind, "P"), s, e, text[s:e], named=n) for s, e, n in periods]
    kept = [
        a for a in found if not any(y.start < a.end and a.start < y.end and a.letter == "Z" for y in years)
    ]
    years = [y for y in years if not any(y.start < a.end and a.start < y.end for a in kept)]
    found = kept + years
    found += [Token("M", s, e, text[s:e], measure=m) for s, e, m in find_measures(text)]
    for match in _PHRASE.finditer(text):
        index = int((match.lastgroup or "p0")[1:])
        found.append(Token(_PHRASES[index][0], match.start(), match.end(), match[0]))
    return found


def _unit_letter(amount: Amount) -> str:
    if amount.unit in ("%",):
        return "E"
    if amount.unit in ("points", "bps"):
        return "B"
    return "S" if "/" in amount.unit else "A" if amount.unit or amount.scaled else "Z"


def _letter(word: str, names: frozenset[str]) -> str:
    bare = word.strip("'’\"“”.,!?()*#").lower().replace("’", "'")
    if word in (",", "(", ")"):
        return ","
    if word in (";", "—", "–") or bare in _BREAKS:
        return ";"
    if word == ":":
        return "V"
    if bare in ("·", "•", "-", "▪", "●"):
        return ";"
    if not bare or bare.removeprefix("$") in names or bare.removesuffix("'s") in names:
        return "w" if bare else "f"
    return _LETTER.get(bare, "f" if bare.endswith("ly") and len(bare) > 4 and bare not in ("early",) else "x")
