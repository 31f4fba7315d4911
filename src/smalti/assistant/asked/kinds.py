"""What type of question it is, by its words and by what was understood of its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smalti.assistant.asked.vocabulary import MASK
from smalti.assistant.metrics import rule_named
from smalti.assistant.understood import Kind, Wanted
from smalti.platform.records import SignalKind


def _words(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{text})", re.I)


_DOCUMENTS = (
    r"filings?|documents?|10-?[kq]s?|8-?ks?|reports?|annual\s+reports?|calls?|transcripts?|posts?|tweets?|news|articles?"
    r"|headlines?|alerts?|warnings?|charts?|graphs?|pictures?|images?|tables?|recordings?|sources?"
)
_HELP = _words(
    r"what\s+(?:else\s+)?can\s+(?:you|i)\s+(?:do|ask|answer|help)|how\s+(?:do|can)\s+i\s+(?:use|ask|start)|who\s+are\s+you\b"
    r"|what\s+are\s+you\b|what\s+(?:questions|kinds?\s+of\s+questions)|^\s*help\b|how\s+does\s+this\s+(?:work|assistant)"
    r"|what\s+is\s+(?:smalti|this\s+(?:tool|assistant|bot))"
)
_FITS = _words(
    r"(?:which|what)\s+(?:\w+\s+){0,2}?(?:product|account|plan|card|fund|loan|policy|service|document|brochure|filing|report|form"
    r"|page|section|leaflet|option)s?\s+(?:\w+\s+){0,2}?(?:suits?|fits?|explains?|covers?|describes?|tells?|is\s+(?:best|right"
    r"|suitable)|are\s+(?:best|right|suitable)|would\s+(?:suit|fit|be)|should\s+i|do\s+i\s+need|talks?|sets?\s+out|deals?"
    r"|pays?\b|charges?\b|offers?\b|costs?\b)"
    r"|(?:suitable|right|best|good)\s+(?:\w+\s+){0,2}?(?:product|account|plan|card|fund|loan|policy|option)s?\s+for\s+(?:me|my|us|someone|a\b)"
    r"|where\s+(?:can|do|would)\s+i\s+(?:find|read|see|look\s+up)|do\s+you\s+(?:have|offer)\s+(?:a\s+|an\s+|any\s+)?(?:\w+\s+){0,2}"
    r"(?:product|account|card|plan|fund|loan|policy)s?\b|i(?:\s+am|'m|’m)\s+looking\s+for\s+(?:a|an|some)\b"
)
_MISSING = _words(
    r"what\s+(?:\w+\s+){0,2}?(?:is|are|do\s+you|don(?:'|’)t\s+you|do\s+we)\s+(?:\w+\s+){0,2}?(?:missing|lack\w*|not\s+(?:have|know))"
    r"|what\s+(?:don(?:'|’)t|do\s+not)\s+(?:you|we)\s+(?:have|know)|(?:is|are)\s+(?:there\s+)?(?:any(?:thing)?|some\w*)\s+(?:\w+\s+){0,2}?"
    r"missing|missing\s+(?:data|inputs?|documents?|information|modalit\w+)|gaps?\s+in\s+(?:the\s+|your\s+|our\s+)?(?:data|coverage|evidence"
    r"|information)|(?:stale|outdated|out\s+of\s+date)\b|how\s+(?:complete|fresh|old|up[\s-]to[\s-]date)\s+(?:is|are)|quarantine\w*"
    r"|could\s+not\s+be\s+(?:read|parsed)|not\s+(?:been\s+)?(?:trained|used)\s+(?:for|in)"
)
_CONTRADICTION = _words(
    r"contradict\w*|inconsisten(?:t|cy|cies)\b(?!.*\bmargins?\b)|at\s+odds|disagree\w*|conflict(?:s|ing)?\s+(?:with|evidence|statements?)"
    r"|(?:do(?:es)?\s+not|doesn(?:'|’)t|don(?:'|’)t|not)\s+(?:match|agree|fit|add\s+up)|mismatch\w*|discrepan\w+"
)
_SEEN = r"(?:chart|graph|picture|image|photo|figure|diagram|screenshot|infographic|meme)"
_PICTURE = _words(
    rf"what\b[^?.]{{0,80}}?\b{_SEEN}s?\b[^?.]{{0,60}}?\b(?:shows?|depicts?|say|says|mean|means|tells?|look|looks|displays?)\b"
    rf"|what(?:\s+is|'s|’s)\s+(?:in|on|shown\s+in|shown\s+on)\s+(?:the\s+|this\s+|that\s+)?(?:\w+\s+){{0,3}}?{_SEEN}s?\b"
    rf"|(?:describe|explain|read|interpret)\b[^?.]{{0,60}}?\b{_SEEN}s?\b"
    rf"|show\s+(?:me\s+)?(?:the\s+|a\s+|that\s+)?(?:\w+\s+){{0,3}}?{_SEEN}\b"
    rf"|(?:is|was|are|does|do|has)\s+(?:the|this|that|any|these|those)\s+(?:\w+\s+){{0,4}}?{_SEEN}s?\b"
    rf"|(?:truncated|misleading)\s+(?:axis|axes|chart|graph)|(?:manipulated|edited|ai[\s-]generated|fake)\s+{_SEEN}s?"
)
_SPEAKERS = (
    r"c[efot]o|chief\s+\w+(?:\s+\w+)?\s+officer|chair(?:man|woman|person)?|president|treasurer|management|executives?|analysts?"
    r"|founder|director|board|speaker|operator|the\s+company|investor\s+relations|ir"
)
_SAY = (
    r"(?:say|said|says|saying|comment\w*|mention\w*|state[ds]?|claim\w*|tell|told|talk(?:ed|ing)?|discuss\w*"
    r"|remark\w*|guide\w*|promis\w+|answer\w*|respond\w*|explain\w*|think|expect\w*)"
)
_SAID = _words(
    rf"(?:what|how|when|where|did|does|has|have)\b[^?]{{0,80}}?\b(?:{_SPEAKERS})\b[^?]{{0,40}}?\b{_SAY}\b"
    rf"|what\s+(?:did|does|do|has|have|is|was|were|had)\s+(?:[\w{MASK}.'’-]+\s+){{1,5}}?(?:say|said|saying|comment(?:ed)?|tell|told|talk(?:ed)?)\b"
    r"|(?:sum(?:mari[sz]e|\s+up)|summary\s+of|recap|key\s+points|takeaways)\b[^?]{0,60}\bcalls?\b"
    rf"|(?:who|what)\s+(?:was\s+)?(?:said|mentioned|asked|discussed)\b|according\s+to\s+(?:the\s+)?(?:{_SPEAKERS})\b|(?:on|in|during)\s+the\s+"
    r"(?:\w+\s+){0,3}(?:call|earnings\s+call|conference\s+call)\b"
)
_WRITTEN = _words(
    r"(?:10-?[kq]|8-?k|filing|annual\s+report|quarterly\s+report|press\s+release|document|report|footnote|note)s?\b"
)
_SPEAKER = re.compile(
    r"\b(?P<role>CEO|CFO|COO|CTO|chief\s+executive(?:\s+officer)?|chief\s+(?:financial|operating|technology)\s+officer"
    r"|chair(?:man|woman|person)?|president|treasurer|management|executives?|analysts?|founder|operator|investor\s+relations)\b",
    re.I,
)
_PERSON = re.compile(
    rf"\b(?:did|does|has|had|by|from|what)\s+(?P<name>(?:Mr\.?|Ms\.?|Mrs\.?|Dr\.?)?\s?[A-Z][a-z]+(?:\s+[A-Z]\.?)?(?:\s+[A-Z][a-z'’-]+)?)\s+{_SAY}\b"
)
_ROLES = {"chief executive": "CEO", "chief executive officer": "CEO", "chief financial officer": "CFO",
          "chief operating officer": "COO", "chief technology officer": "CTO"}  # fmt: skip

_INDEX = re.compile(r"\bcontradiction\s+index", re.I)
_SUBSIGNALS = (
    r"altman(?:\s+z)?|beneish(?:\s+m)?|piotroski(?:\s+f)?|dechow(?:\s+f)?|sloan\s+accruals|benford\w*|m-score|z-score|f-score"
    r"|contradiction\s+index|crowd\s+signal"
)
_OF_SIGNAL = r"score|signal|level|rating|probabilit(?:y|ies)|index|percentile|reading|estimate|outlook|chance"
_SIGNAL = _words(
    rf"(?:risk|fraud|sentiment|volatility)\s+(?:{_OF_SIGNAL})s?\b|(?:{_OF_SIGNAL})s?\s+(?:of|for)\s+(?:the\s+)?(?:risk|fraud|sentiment)\b"
    rf"|{_SUBSIGNALS}|(?:risk|fraud|sentiment)\s+(?:of|for|on|about|at|around|towards?)\s+(?:the\s+)?{MASK}|{MASK}\s*(?:risk|fraud|sentiment)\b"
    r"|(?:its|their|the)\s+(?:risk|fraud|sentiment)\s*\??\s*$|(?:risk|fraud|sentiment)\s*\?\s*$"
    r"|scores?\s+(?:the\s+)?(?:highest|lowest|worst|best|most|least)\b|(?:highest|lowest|greatest|least|most)\s+(?:risk|fraud|sentiment|score)"
    r"|risk(?:iest|y)\b|safest\b|how\s+(?:risky|fraudulent|volatile)|(?:the\s+)?sentiment\b|(?:what|how)\b[^?]{0,30}\b(?:risk|fraud)\s*\?*\s*$"
    r"|committing\s+fraud|(?:expected|predicted|forecast)\s+volatility|(?:risk|fraud)\s+(?:rise|rose|risen|fall|fell|fallen|move|moved"
    r"|change|changed|increase|increased|decrease|decreased|jump|jumped|drop|dropped|go|gone|went|high|low|so|up|down)\b"
)
_RISKS_OF_BUSINESS = _words(
    r"risk\s+factors?|(?:credit|market|interest[\s-]rate|currency|liquidity|operational|legal|regulatory|concentration|supply|cyber\w*|key"
    r"|main|business|climate|commodity|country|inflation|refinancing|litigation)\s+risks?\b|\bvar\b|value\s+at\s+risk|risks\b"
)
_OVER_ALL = _words(
    r"(?:which|what)\s+(?:of\s+(?:my|our|the|these|those|all)\s+)?(?:issuer|compan(?:y|ies)|firm|stock|name|ticker)s?\b|who\s+(?:scores?|has|is|are|ranks?|carries)\b|rank\b|top\s+\d+\b"
    r"|across\s+(?:all|the|issuers|companies)|(?:all|every|each)\s+(?:of\s+the\s+)?(?:issuer|compan(?:y|ies)|firm)s?\b|(?:riskiest|safest)\s+"
    r"(?:issuer|compan(?:y|ies)|firm|stock|name)s?"
)
_WHY = _words(
    r"why\b|what\s+(?:drove|drives|moved|moves|caused|explains|is\s+driving|is\s+behind|lies\s+behind|made|raised|lowered|pushed)\b|reasons?\s+"
    r"(?:for|behind|of)|how\s+come\b|explain\s+(?:the|why|its)\b|(?:because|due\s+to)\s+(?:of\s+)?what|what\s+(?:is\s+)?behind"
)
_LIST = _words(
    rf"(?:which|what|how\s+many|list|show(?:\s+me)?|give\s+me)\s+(?:all\s+)?(?!(?:does|do|did|is|are|was|were)\b)(?:the\s+|of\s+the\s+|other\s+|new\s+|recent\s+|latest\s+|newest\s+)*(?:[\w{MASK}]+\s+){{0,3}}?"
    rf"(?:{_DOCUMENTS})\b(?!\s+(?:suits?|fits?|explains?|covers?|describes?|shows?|says?|states?))"
    rf"|(?:any|are\s+there|is\s+there|do\s+you\s+have)\s+(?:any\s+|new\s+|recent\s+|open\s+)*(?:[\w{MASK}]+\s+){{0,2}}?(?:{_DOCUMENTS})\b"
    r"|(?:which|what)\s+(?:issuer|compan(?:y|ies)|firm)s?\s+(?:do\s+you|are)\s+(?:\w+\s+)?(?:follow\w*|cover\w*|know|have|there|in\b)"
    r"|list\s+(?:all\s+|the\s+)*(?:issuer|compan(?:y|ies)|firm)s"
)
_HAS_DOCUMENTS = _words(
    r"do\s+(?:you|we)\s+(?:have|know|hold|follow)|are\s+there|is\s+there|exist\w*|available|stored|came\s+in|list\b|show\b|give\b|how\s+many"
    r"|any\b|new(?:est)?\b|latest\b|recent\b|since\b|have\s+(?:you|we)\b|were\s+(?:filed|published|held)|has\s+\S+\s+(?:filed|published)"
)
_COMPARE = _words(
    r"compar\w+|versus|vs\b|against|differ\w*|both\b|(?:higher|lower|larger|bigger|more|less|better|worse)\b.*\bthan|or\b|and\b|which\b"
)
_PARTS = (
    r"(?:\w+\s+){0,3}?(?:segments?|regions?|products?|categor(?:y|ies)|business(?:es)?|divisions?|geograph\w+|countr(?:y|ies)|markets?|customers?|types?"
    r"|kinds?|brands?|units?|lines?|instruments?|activit(?:y|ies)|channels?|stores?|subsidiar(?:y|ies)|debts?|items?|expenses?|assets?|components?"
    r"|quarters?|areas?|sources?|streams?|parts?|one|franchises?|platforms?)"
)
_SUPERLATIVE = _words(
    r"highest|lowest|largest|biggest|smallest|most\b|least\b|best\b|worst\b|greatest|fastest|slowest|strongest|weakest|top\b|leading|dragg?ed|drags?"
    r"|grew|grow\b|fell\b|declined|shr[aiu]nk|main\s+driver|contributed"
)
_LARGEST = _words(
    rf"(?:which|what)\s+(?:of\s+[^?]{{1,60}}?\s)?{_PARTS}\b|among\b[^?]{{1,200}}\bwhich\b|\bwhich\s+one\b|which\s+of\b"
)
_FEW_WORDS = 12  # so many can name a number without asking for it
_MOST_OF = _words(
    r"(?:highest|lowest|largest|biggest|smallest|greatest|fastest[\s-]growing|strongest|weakest|best[\s-]performing|worst[\s-]performing|top)"
    r"\s+(?:\w+\s+){0,2}?(?:segments?|regions?|products?|categor(?:y|ies)|divisions?|geograph\w+|countr(?:y|ies)|markets?|customers?|brands?"
    r"|business(?:es)?|units?|channels?|liabilit(?:y|ies)|assets?|expenses?|costs?|debts?|items?)\b"
)
# `Are there any segments that ...` asks for things, not for a number.
_ANY_THAT = re.compile(
    r"\s*(?:are|were|is|was)\s+there\s+(?:any|some)\b(?!\s+(?:\w+\s+)?(?:drop|change|increase|decrease|decline|growth|rise|fall"
    r"|improvement|reduction|difference)s?\b)",
    re.I,
)
_YES_NO = re.compile(
    r"\s*(?:and\s+|but\s+|so\s+|then\s+)?(?:(?:in|as\s+of|for|during|at|by|looking|based\s+on|given)\b[^,?]{1,60},\s*)?"
    r"(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|am)\b",
    re.I,
)
_MOVES = _words(
    r"(?:increas|decreas|improv|declin|grow|grew|rise|rose|risen|fall|fell|drop|shr[aiu]nk|chang|deteriorat|worsen|expand|contract|narrow|widen"
    r"|fluctuat|consistent|stable|healthy|higher|lower|positive|negative|profitab|paid|pay\b|exceed|above|below|more\s+than|less\s+than|better|worse"
    r"|trend|strong|weak|enough|sufficient|big|large|intensive|leverag)\w*"
)
_AMOUNT = _words(
    r"what|how\s+(?:much|many|big|large|high|low|long|fast|did|does|do|has|have|is|was)|calculate|compute|give|tell|show|find|determine|work\s+out|state"
    r"|report\b|need\b|value\s+of"
)
_ABOUT_WORDS = _words(
    r"says?\s+about|state[sd]?\s+about|mention\w*|discuss\w*|"
    r"what\s+(?:drove|drives|caused|explains|led|contributed|are\s+the\s+(?:main|key|major|primary)|is\s+the\s+(?:nature|purpose|reason|agenda))"
    r"|why\b|how\s+come|reasons?\b|drivers?\b|explain\b|describe\b|nature\b|agenda\b|policy\b|policies\b|strateg\w+|who\b|where\b|when\b|which\b"
    r"|events?\b|what\s+(?:kind|type|sort)s?\s+of|(?:what|how\s+much)\s+percent(?:age)?\s+of|what\s+(?:share|portion|fraction|proportion)\s+of|if\b.*\bbankrupt"
    r"|expects?\b|expected\s+to\b|forecast\w*|guidance\b|outlook\b|project(?:ed|s|ing)\b|plans?\s+to\b|risks?\b"
)


def kind_of(text: str, masked: str, issuers: Sequence[str], wanted: Sequence[Wanted]) -> Kind:
    """The type of a question.

    Args:
        text: the question without asides.
        masked: the same with signs in place of issuers and periods (`wanted.MASK`).
        issuers: companies that it names, followed or not.
        wanted: which numbers it names.
    """
    if _HELP.search(masked) and not wanted:
        return Kind.HELP
    about = _of_documents(masked) or _of_signals(masked, issuers)
    return about or _of_numbers(text, masked, issuers, wanted)


def _of_documents(masked: str) -> Kind | None:
    tests = (
        (Kind.CONTRADICTION, _CONTRADICTION.search(masked) and not _INDEX.search(masked)),
        (Kind.FITS, _FITS.search(masked)),
        (Kind.MISSING, _MISSING.search(masked)),
        (Kind.PICTURE, _PICTURE.search(masked)),
        (Kind.LIST, _is_list(masked)),
        (Kind.SAID, _is_said(masked)),
    )
    return next((kind for kind, found in tests if found), None)


def _is_said(masked: str) -> bool:
    """Whether somebody said it, rather than a filing."""
    found = _SAID.search(masked)
    if found is None:
        return False
    return not _WRITTEN.search(found[0]) or _SPEAKER.search(found[0]) is not None


def _is_list(masked: str) -> bool:
    found = _LIST.search(masked)
    if not found:
        return False
    rest = masked[found.end() :]
    verdict = re.match(r"\s+(?:show|say|contain|mean|tell|depict|look)", rest, re.I)
    return bool(_HAS_DOCUMENTS.search(masked)) and not verdict


def _of_signals(masked: str, issuers: Sequence[str]) -> Kind | None:
    if not _SIGNAL.search(masked):
        return None
    bare = _RISKS_OF_BUSINESS.search(masked) and not re.search(
        r"\b(?:score|signal|fraud|sentiment)", masked, re.I
    )
    if bare:
        return None
    if _WHY.search(masked):
        return Kind.WHY
    if len(issuers) > 1 and not over_all(masked):
        return Kind.COMPARE
    return Kind.SIGNAL


def _of_numbers(text: str, masked: str, issuers: Sequence[str], wanted: Sequence[Wanted]) -> Kind:
    if (_LARGEST.search(masked) and _SUPERLATIVE.search(masked)) or _MOST_OF.search(masked):
        return Kind.LARGEST
    if len(issuers) > 1 and wanted and _COMPARE.search(masked):
        return Kind.COMPARE
    rule = rule_named(text) is not None
    if _ANY_THAT.match(masked):
        return Kind.PASSAGE
    if _YES_NO.match(masked):
        return Kind.VERDICT if rule or (wanted and _MOVES.search(masked)) else Kind.PASSAGE
    asks = _AMOUNT.search(masked) or len(masked.split()) <= _FEW_WORDS
    return Kind.VALUE if (wanted or rule) and asks and not _ABOUT_WORDS.search(masked) else Kind.PASSAGE


def over_all(masked: str) -> bool:
    """Whether it asks about all issuers, so that none need be named."""
    return bool(_OVER_ALL.search(masked))


def speaker_in(text: str) -> str:
    """Who said it: a role in the usual short form, or a name; empty if it does not say."""
    if found := _PERSON.search(text):
        name = found["name"].strip()
        if name.lower() not in ("management", "the"):
            return name
    if found := _SPEAKER.search(text):
        role = " ".join(found["role"].lower().split())
        return _ROLES.get(role, role.upper() if len(role) == 3 else role)
    return ""


_SAID_OF = re.compile(r"\b(?:about|regarding|concerning|on|of|to)\s+(?P<topic>\S.*)", re.I)


def topic_of_saying(topic: str) -> str:
    """What somebody spoke about: the words behind `about`, where there are any."""
    found = _SAID_OF.search(topic)
    return found["topic"] if found else topic


_FORMS = (
    ("10-K", r"10-?\s?k(?:s|/a)?\b|annual\s+(?:report|filing)s?"),
    ("10-Q", r"10-?\s?qs?\b|quarterly\s+(?:report|filing)s?"),
    ("8-K", r"8-?\s?ks?\b|current\s+reports?"),
    ("earnings release", r"earnings\s+(?:press\s+)?releases?|press\s+releases?"),
    ("call", r"(?:earnings\s+|conference\s+)?calls?\b|transcripts?"),
    ("post", r"posts?\b|tweets?\b|social\s+media"),
    ("news", r"news\b|articles?\b|headlines?\b"),
)
_BY_FORM = tuple((form, re.compile(rf"\b(?:{pattern})", re.I)) for form, pattern in _FORMS)


def forms_in(text: str) -> Sequence[str]:
    """Kinds of document that a question points to."""
    return tuple(form for form, pattern in _BY_FORM if pattern.search(text))


_BY_SIGNAL = (
    (
        SignalKind.FRAUD.value,
        re.compile(r"\bfraud\w*|manipulat\w+|beneish|dechow|accruals|benford|contradiction\s+index", re.I),
    ),
    (SignalKind.SENTIMENT.value, re.compile(r"\bsentiment\b|\bmood\b", re.I)),
    (SignalKind.RISK.value, re.compile(r"\brisk\w*|\bvolatil\w+|\bsafest\b|altman|piotroski|distress", re.I)),
)


def signal_in(text: str) -> str:
    """The kind of signal a question is about; empty where it names none."""
    return next((kind for kind, pattern in _BY_SIGNAL if pattern.search(text)), "")
