"""Things that are asked of every filer, and how filings word what answers them.

The left side is how analysts ask, the right is the common wording of forms and notes; neither is that of any
one filer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_I = re.IGNORECASE


@dataclass(frozen=True, slots=True)
class Topic:
    """A thing that is often asked for.

    Attributes:
        asked: of a question.
        wording: of a sentence that answers.
        places: of the headings and items it stands under; it may stand elsewhere too.
        covers: words of the question that the wording makes up for.
        stems: beginnings of words by which its sentences are found.
        several: more than one sentence may be told.
        first: the earliest in the document is best.
    """

    name: str
    asked: re.Pattern[str]
    wording: re.Pattern[str]
    places: re.Pattern[str]
    covers: re.Pattern[str]
    stems: tuple[str, ...]
    several: bool = True
    first: bool = False


def _topic(
    name: str,
    asked: str,
    wording: str,
    places: str,
    covers: str,
    stems: str,
    *,
    several: bool = True,
    first: bool = False,
) -> Topic:
    patterns = [re.compile(one, _I) for one in (asked, wording, places, covers)]
    return Topic(
        name, patterns[0], patterns[1], patterns[2], patterns[3], tuple(stems.split()), several, first
    )


_NAME = r"(?-i:[A-Z][\w.&’'-]+(?: [A-Z][\w.&’'-]+){0,3})"
_WE = rf"(?:we|our company|the company|the firm|the registrant|{_NAME})"

TOPICS = (
    _topic(
        "business",
        r"\bindustr(?:y|ies)\b|\bsector\b|\bline of business\b|\bbusiness (?:model|overview|description)\b|\bnature of (?:its |the )?business\b"
        r"|\bwhat (?:does|do) .{1,60}\bdo\b|\bmain business\b|\boperates? in\b",
        rf"^(?:today, |founded .{{1,60}}, |based .{{1,60}}, |together with .{{1,80}}, )?{_WE}(?:,? (?:inc|corp|co|ltd|plc|llc|n\.v)\.?)?"
        r"(?: and its (?:consolidated )?subsidiaries)?(?: \([^)]{1,60}\))?,? (?:\w+ ){0,2}?(?!.{0,120}(?:incorporated (?:under|in)|shell company|organized under|filer))"
        r"\b(?:(?:is|are) (?:[\w’'-]+,? ){0,6}?(?:leader|provider|manufacturer|retailer|producer|company|corporation|bank|operator"
        r"|developer|seller|supplier|holding|distributor|largest|firm|platform|engaged)|(?:operates?|provides?|designs?"
        r"|develops?|manufactures?|sells?|offers?)\b.{0,80}\b(?:products?|services|stores|brands|worldwide|globally|customers))\b",
        r"^1$|business|overview|general|company",
        r"industr|sector|busi|oper|line|model",
        "leader leading provid manufactur retail produc compan operat engag largest global",
        several=False, first=True,
    ),
    _topic(
        "acquisitions",
        r"\bacqui(?:red?|sitions?|ring)\b(?!.{0,40}\b(?:cost|cash paid|amount|price)\b)|\bbought\b|\btakeovers?\b",
        rf"\b{_WE} (?:\w+ )?(?:acquired|purchased|completed (?:the|our|its|an?) (?:[\w-]+ ){{0,3}}(?:acquisition|purchase|merger))\b.{{0,160}}?"
        r"(?:\b(?:100%|all|outstanding|equity|interest|shares|stock|remaining|assets|company|business|Inc|Ltd|LLC|for)\b)",
        r"acquisition|business combination|investments? and divest",
        r"acqui|complet|made|done|compan|major|bought|takeov",
        "acqui complet purchas",
    ),
    _topic(
        "legal",
        r"\blegal\b|\blaw ?suits?\b|\blitigations?\b|\bsued\b|\bbattles?\b|\bcourts?\b",
        r"\b(?:law ?suits?|legal actions?|actions?|complaints?|class actions?|suits?|petitions?|claims|legal proceedings?)\b.{0,60}"
        r"\b(?:ha(?:s|ve) been|were|was|is|are) (?:filed|brought|commenced|named|pending)\b|\bfiled (?:a|an|suit|\w+ )?.{0,40}\b(?:law ?suit|complaint"
        r"|suit|action|petition)|\b(?:named as|is) (?:a )?(?:defendants?|party)|\bpending against\b",
        r"legal|litigation|contingenc|proceedings|^3$",
        r"legal|battl|lawsuit|litig|sue|court|dispute|proceed",
        "lawsuit legal action complaint suit petition claim filed pending defend",
    ),
    _topic(
        "customers",
        r"\b(?:customers?|clients?|buyers?)\b",
        r"\b(?:substantial|significant|large|major) (?:portion|part|percentage|number|share) of (?:our|its|the company’s|the company's)?"
        r" ?(?:\w+ )?(?:revenues?|sales|business)\b.{0,80}\b(?:from|to|with|by)\b|\bcustomers? (?:include|are|is|consist|range)\b"
        r"|\baccount(?:ed|s|ing) for (?:approximately |about |over |more than |less than )?\d.{0,60}\b(?:revenues?|sales)\b"
        r"|\b(?:sell|sold|market|serve|provide)s? .{0,80}\b(?:customers|clients)\b|\bno (?:single |individual )?customer\b",
        r"customer|concentration|^1$|^1A$|business|depend",
        r"custom|client|buyer",
        "custom client revenue sales portion",
    ),
    _topic(
        "dividends",
        r"\bdividends?\b",
        r"\b(?:paid|pays?|declared?|maintain(?:ed)?|initiated|suspended|increased)\b.{0,80}\bdividends?\b|\bdividends?\b.{0,60}\b(?:paid|declared|per share"
        r"|per common share|suspended)\b|\b(?:never|not) .{0,40}(?:declared|paid|anticipate|intend|expect|plan).{0,40}\bdividends?\b",
        r"dividend|market for|^5$|capital return|stockholders|shareholders",
        r"dividend|paid|pay|common|sharehold|stockhold|declar",
        "dividend",
    ),
    _topic(
        "separations",
        r"\bspin(?:s|ning)?[- ]?offs?\b|\bspinning off\b|\bspun[- ]?off\b|\bdivest\w*|\bseparat(?:e|ing|ion)\b",
        r"\b(?:spin[- ]?off|separat(?:e|ing|ion)|divest(?:ed|ing|iture)?|combin(?:e|ed|ation)|sale) (?:of|from|into|with|our|its|the|[A-Z]\w+)",
        r"divest|discontinued|spin|separat|acquisition",
        r"spin|off|separ|divest|segment|busi",
        "spin separat divest",
        several=False,
    ),
    _topic(
        "officers",
        r"\b(?:who|new|appoint\w*|named|resign\w*|step\w* down|successor|former|previous)\b.{0,60}\b(?:ceo|cfo|coo|chief \w+ officer|president|chair\w*|director)s?\b"
        r"|\b(?:ceo|cfo|coo|chief \w+ officer|president|chair\w*)\b.{0,60}\b(?:appoint|named|resign|step|chang|new|experience|previous|before)\w*",
        r"\b(?:appointed|named|elected|succeed(?:s|ed)?|step(?:s|ped)? down|resign(?:ed|s|ation)?|retire[ds]?|serve[ds]?|former(?:ly)?|join(?:s|ed)?)\b.{0,160}"
        r"\b(?:chief (?:executive|financial|operating) officer|president|chair\w*|director|CEO|CFO|COO)\b"
        r"|\b(?:chief (?:executive|financial|operating) officer|CEO|CFO|COO)\b.{0,160}\b(?:appointed|named|elected|succeed|step|resign|retire)",
        r"^5\.02$|departure|appointment|management|officer|director",
        r"ceo|cfo|coo|chief|execut|offic|new|experi|previous|compan|similar|footlock",
        "chief ceo cfo appoint former serve elect",
    ),
    _topic(
        "employees",
        r"\b(?:how many|number of) (?:\w+ ){0,2}(?:employees|people|associates|workers)\b|\bheadcount\b|\bworkforce\b",
        r"\b(?:approximately|about|had|employed|employ|of|over)\b.{0,40}\d[\d,]{2,}.{0,60}\b(?:employees|people|associates|team members|persons|colleagues)\b"
        r"|\b\d[\d,]{2,}.{0,60}\b(?:employees|people|associates|team members|colleagues)\b",
        r"employee|human capital|people|associates",
        r"employe|many|number|workforc|headcount|peopl|work",
        "employ people associat team colleague",
        several=False,
    ),
    _topic(
        "auditor",
        r"\bauditors?\b|\baccounting firm\b|\baudited by\b",
        r"\b(?:LLP|L\.L\.P\.|AG|independent registered public accounting firm)\b",
        r"accountant|auditor|report of independent|^14$",
        r"audit|account|firm",
        "audit llp independ",
        several=False,
    ),
    _topic(
        "competition",
        r"\bcompetitors?\b|\bcompet(?:e|es|ition|itive)\b|\brivals?\b",
        r"\bcompet(?:e|es|itors?|ition)\b.{0,120}\b(?:include|are|is|from|with|such as|by)\b",
        r"competit",
        r"compet|rival",
        "compet",
    ),
)  # fmt: skip
"""In the order in which they are tried; the first that a question fits counts."""


def topic_of(text: str) -> Topic | None:
    """What a question asks of those things; None if of none."""
    return next((one for one in TOPICS if one.asked.search(text)), None)
