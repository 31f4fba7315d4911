"""What the words of a question point to in a filing: which statement, which item, in which other words.

The left side is how analysts ask; the right is how filings are built and what they print. Both are the
common vocabulary of financial statements (Regulation S-X, Form 10-K's items), not that of any one filer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pointed:
    """Where a question points.

    Attributes:
        statements: each with how sure that is, in (0, 1].
        items: of the form that deal with such things: `7`, `1A`.
        also: other words for the same things.
    """

    statements: Mapping[str, float] = field(default_factory=dict)
    items: Sequence[str] = ()
    also: Sequence[str] = ()


_I, _B, _C = "income", "balance", "cash"
_Row = tuple[str, Mapping[str, float], str, str]

# Words that name a statement itself.
_NAMED: Sequence[_Row] = (
    (r"balance sheets?|statements? of financial (?:position|condition)", {_B: 1}, "", ""),
    (
        r"income statements?|statements? of (?:consolidated )?(?:income|operations|earnings)"
        r"|p ?& ?l\b|profit (?:and|&) loss",
        {_I: 1}, "", "",
    ),
    (r"cash ?flows? statements?|statements? of (?:consolidated )?cash ?flows?", {_C: 1}, "", ""),
)  # fmt: skip

# Line items and ratios: on which statements their numbers stand.
_NUMBERS: Sequence[_Row] = (
    (
        r"cap(?:ital )?[- ]?ex(?:penditures?|penses?)?|capital (?:spending|investments?)",
        {_C: 0.9}, "", "capital expenditures purchases additions property plant equipment",
    ),
    (
        r"capital[- ]intensi\w+",
        {_I: 0.8, _B: 0.8, _C: 0.8}, "",
     "capital expenditures property plant equipment total assets net sales",
    ),
    (
        r"pp ?& ?e|ppne|pp?&?ne|ppe|property,? plant,?(?: and| &)? equipment|fixed assets?",
        {_B: 0.9}, "", "property plant equipment net accumulated depreciation",
    ),
    (
        r"cogs|costs? of (?:goods sold|sales|revenues?|products?)",
        {_I: 0.9}, "", "cost of sales goods sold revenue",
    ),
    (r"gross (?:margins?|profits?)", {_I: 0.9}, "7", "gross margin profit cost of sales revenue"),
    (r"operating (?:margins?|income|profits?|loss(?:es)?)|ebit\b", {_I: 0.7}, "7", "operating income margin"),
    (
        r"net (?:income|profits?|earnings|loss(?:es)?|margins?)|profit margins?|bottom[- ]line|profitab\w+",
        {_I: 0.8}, "", "net income earnings attributable",
    ),
    (r"(?:adjusted |unadjusted )?ebitda\w*", {_I: 0.5, _C: 0.5}, "7",
     "ebitda adjusted depreciation amortization"),
    (r"d ?& ?a\b|depreciation|amorti[sz]ation", {_C: 0.8}, "", "depreciation amortization"),
    (r"sg ?& ?a|selling,? general", {_I: 0.6}, "7", "selling general administrative expenses"),
    (r"r ?& ?d\b|research and development", {_I: 0.6}, "7", "research development expenses"),
    (r"revenues?|net sales|sales|top[- ]?line|turnover", {_I: 0.4}, "7", "revenue net sales"),
    (r"inventor(?:y|ies)", {_B: 0.8}, "", "inventories merchandise"),
    (r"accounts payables?|payables?|dpo", {_B: 0.8}, "", "accounts payable"),
    (r"accounts receivables?|receivables?|dso", {_B: 0.8}, "", "accounts receivable net"),
    (r"(?:days|inventory|assets?|receivables?|payables?) (?:payable|sales|inventory|turnover)"
     r"|turnover ratio|dio|cash conversion cycle", {_B: 0.8, _I: 0.7}, "", ""),
    (r"total assets|current assets|current liabilities|total liabilities|liabilities",
     {_B: 0.9}, "", "total assets liabilities current"),
    (r"working capital|quick ratio|current ratio|acid[- ]test|cash ratio", {_B: 0.9}, "",
     "current assets current liabilities receivables cash equivalents"),
    (r"liquidity", {_B: 0.5}, "7", "liquidity capital resources"),
    (r"cash (?:and|&) (?:cash )?equivalents?|cash (?:balance|position)", {_B: 0.8}, "", "cash equivalents"),
    (r"debts?|borrowings?|leverage|gearing", {_B: 0.6}, "7", "long-term debt short-term borrowings notes"),
    (r"retained earnings|goodwill|intangible assets|deferred revenue", {_B: 0.7}, "", ""),
    (r"(?:share|stock)holders'?'? equity|book value|liquidat\w+|tangible", {_B: 0.6}, "",
     "stockholders equity book value per share"),
    (r"return on (?:assets|equity|invested capital)|ro[ae]\b|roic", {_I: 0.8, _B: 0.8}, "",
     "net income total assets equity"),
    (r"interest coverage|interest expenses?", {_I: 0.6}, "7", "interest expense operating income"),
    (r"(?:effective )?tax rate|income tax(?:es)?", {_I: 0.7}, "7", "provision income taxes before"),
    (r"eps\b|(?:earnings|income|loss) per share", {_I: 0.9}, "", "per share diluted basic"),
    (r"(?:operating|investing|financing) (?:activities|cash flows?)|(?:free )?cash flows?",
     {_C: 0.9}, "7", "cash provided used operating investing financing activities"),
    (r"dividends?|payout", {_C: 0.6}, "5", "dividends declared paid per share"),
    (r"(?:share|stock)? ?(?:buy[- ]?backs?|repurchases?)", {_C: 0.3}, "5", "repurchase shares common stock"),
)  # fmt: skip

# Topics that stand in text or in notes.
_TOPICS: Sequence[_Row] = (
    (r"acqui(?:re[ds]?|sitions?)|m ?& ?a|mergers?|business combinations?", {}, "",
     "acquisition acquired business combination purchase price"),
    (r"divest\w+|spin(?:ning|s)?[- ]?offs?|disposals?", {}, "",
     "divestiture spin-off separation transaction"),
    (r"legal|lawsuits?|litigation|battles?|courts?|sued", {}, "3",
     "legal proceedings litigation lawsuits claims"),
    (r"risks?", {}, "1A", "risk"),
    (r"cyclical\w*|seasonal\w*", {}, "1 1A", "cyclical seasonal demand economic"),
    (r"industry|operates?|business model|competit\w+|products?|services|customers?|clients?", {}, "1", ""),
    (r"customers?|clients?|buyers?", {}, "1", "customers"),
    (r"retirees?|pensions?|post-?retirement", {}, "",
     "pension postretirement benefit payments plans expected"),
    (r"wages?|labor|payroll|salar(?:y|ies)|compensation", {}, "7", "wages payroll labor compensation"),
    (r"stores?|locations", {}, "7", "stores store count number end of period"),
    (r"segments?|divisions?|business lines?|lines? of business", {}, "7", "segment results reportable"),
    (r"regions?|geograph\w+|countr(?:y|ies)|international|domestic", {}, "7", "geographic region"),
    (r"categor(?:y|ies)", {}, "7", "category categories"),
    (r"restructur\w+", {}, "", "restructuring liability charges severance employee"),
    (r"vote[sd]?|voting|nominees?|elect(?:ed|ion)|board", {}, "5.07",
     "votes for against withheld nominee director election annual meeting"),
    (r"ceo|chief executive|executives?|appoint\w*", {}, "5.02", "chief executive officer appointed"),
    (r"cfo|chief financial", {}, "5.02", "chief financial officer"),
    (r"organic\w*|like[- ]for[- ]like|excluding|exclude|one[- ]off", {}, "7",
     "organic excluding acquisitions divestitures currency impact"),
    (r"fx|foreign (?:exchange|currenc\w+)|currenc(?:y|ies)", {}, "7A", "foreign currency exchange rates"),
    (r"derivatives?|hedg\w+|swaps?", {}, "7A", "derivative notional amounts swaps contracts"),
    (r"var\b", {}, "7A", "value risk market"),
    (r"forecast\w*|expect\w*|guid(?:e|ance)|outlook|project(?:ed|ion)s?|anticipat\w+", {}, "7",
     "outlook expect guidance anticipated"),
    (r"drove|driv(?:e[nr]?s?|ing)|drag\w*|causes?d?|due to|why|reasons?", {}, "7",
     "due to driven by primarily offset"),
    (r"short[- ]term investments?|securities|marketable", {}, "", "investments securities fair value"),
    (r"employees?|headcount|workforce", {}, "1", "employees"),
    (r"subsequent|events?", {}, "", ""),
    (r"stock[- ]based|share[- ]based|options|rsus?", {}, "", "stock-based compensation awards"),
    (r"leases?|rent", {}, "", "lease operating lease liabilities"),
)  # fmt: skip


def pointed(text: str) -> Pointed:
    """Where the words of a question point; a statement that it names itself outdoes what its items imply."""
    plain = " ".join(text[:2000].lower().replace("’", "'").split())
    named = _statements(_NAMED, plain)
    implied = _statements(_NUMBERS, _without_names(plain))
    statements = {one: max(strength, named.get(one, 0.0)) for one, strength in (implied | named).items()}
    if named:
        statements = {one: named.get(one, 0.6 * strength) for one, strength in statements.items()}
    items: dict[str, None] = {}
    also: dict[str, None] = {}
    for pattern, _, its_items, words in (*_NUMBERS, *_TOPICS):
        if _found(pattern, _without_names(plain)):
            items |= dict.fromkeys(its_items.split())
            also |= dict.fromkeys(words.split())
    return Pointed(statements, tuple(items), tuple(also))


def _statements(rows: Sequence[_Row], plain: str) -> dict[str, float]:
    best: dict[str, float] = {}
    for pattern, statements, _, _ in rows:
        if statements and _found(pattern, plain):
            for one, strength in statements.items():
                best[one] = max(best.get(one, 0.0), strength)
    return best


def _without_names(plain: str) -> str:
    """The text without the names of statements: `cash flow statement` asks for no cash flow."""
    for pattern, *_ in _NAMED:
        plain = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", " ", plain)
    return plain


def _found(pattern: str, plain: str) -> bool:
    return re.search(rf"(?<!\w)(?:{pattern})(?!\w)", plain) is not None
