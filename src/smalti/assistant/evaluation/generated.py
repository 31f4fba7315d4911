"""Questions made of what a store holds: values of stored facts, and what follows from them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from smalti.assistant.evaluation.figures import SEED
from smalti.assistant.grounds import Grounds

VALUE, CHANGE, RATIO, COMPARE, FOLLOW = "value", "change", "ratio", "compare", "follow-up"

_ASKED = {
    "Revenues": "revenue",
    "NetIncomeLoss": "net income",
    "Assets": "total assets",
    "OperatingIncomeLoss": "operating income",
    "GrossProfit": "gross profit",
    "CostOfRevenue": "cost of revenue",
    "InventoryNet": "inventories",
    "AccountsPayableCurrent": "accounts payable",
    "CashAndCashEquivalents": "cash and cash equivalents",
    "StockholdersEquity": "stockholders' equity",
    "AssetsCurrent": "total current assets",
    "LiabilitiesCurrent": "total current liabilities",
    "NetCashFromOperatingActivities": "cash flow from operating activities",
    "CapitalExpenditures": "capital expenditures",
    "InterestExpense": "interest expense",
    "IncomeTaxExpenseBenefit": "income tax expense",
    "ResearchAndDevelopmentExpense": "research and development expense",
}
"""Line items asked about, in people's words; those that a store does not know are left out."""
_RATIOS = ("net profit margin", "gross margin", "operating margin", "current ratio", "debt to equity ratio")

# Annual values and year ends that one filing states one value for: what is ambiguous makes no question.
_FACTS = """
SELECT i.issuer_id, i.name, f.concept, year(f.period_end) AS fiscal_year, f.period_end,
       list(DISTINCT f.value) AS held
FROM facts f JOIN documents d USING (document_id) JOIN links l USING (document_id)
JOIN issuers i USING (issuer_id)
WHERE d.available_at <= $as_of AND d.kind = 'filing' AND f.unit = 'USD' AND f.unverified IS NULL
  AND list_contains($concepts::TEXT[], f.concept) AND l.score >= 0.9
  AND (f.period_start IS NULL OR f.period_end - f.period_start BETWEEN 350 AND 380)
GROUP BY ALL HAVING count(DISTINCT f.value) = 1
ORDER BY i.issuer_id, f.concept, f.period_end
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A question made of stored facts.

    Attributes:
        kind: `value`, `change`, `ratio`, `compare` or `follow-up`.
        turns: the questions of one conversation; the last one counts.
        about: issuer it is about: what the bootstrap draws.
        values: what a right answer states: of a value, the stored one; empty where nobody worked it out.
    """

    kind: str
    turns: Sequence[str]
    about: str
    values: Sequence[float] = ()


def generated(grounds: Grounds, most: int, seed: int = SEED) -> Sequence[Made]:
    """Questions over what a store holds, the same for the same store and seed.

    Args:
        grounds: of the store.
        most: how many; fewer where it holds too little.
        seed: of the choice.
    """
    rows = list(grounds.rows(_FACTS, concepts=list(_ASKED)).iter_rows(named=True))
    if not rows:
        return []
    drawn = random.Random(seed)  # noqa: S311 - the same questions every time
    kinds = (_values, _changes, _ratios, _comparisons, _follow_ups)
    made = [list(kind(rows, drawn)) for kind in kinds]
    each = max(1, most // len(kinds))
    return [one for of_kind in made for one in drawn.sample(of_kind, min(each, len(of_kind)))]


def _values(rows: Sequence[Mapping[str, Any]], _: random.Random) -> Iterator[Made]:
    for row in rows:
        yield Made(VALUE, [_value_question(row)], row["name"], row["held"])


def _changes(rows: Sequence[Mapping[str, Any]], _: random.Random) -> Iterator[Made]:
    for old, new in _pairs(rows):
        item, years = _ASKED[new["concept"]], f"fiscal year {old['fiscal_year']} to {new['fiscal_year']}"
        yield Made(CHANGE, [f"How much did {_owner(new)} {item} change from {years}?"], new["name"])


def _ratios(rows: Sequence[Mapping[str, Any]], drawn: random.Random) -> Iterator[Made]:
    for name, year in sorted({(row["name"], row["fiscal_year"]) for row in rows}):
        ratio = drawn.choice(_RATIOS)
        yield Made(RATIO, [f"What was the {ratio} of {name} in fiscal year {year}?"], name)


def _comparisons(rows: Sequence[Mapping[str, Any]], _: random.Random) -> Iterator[Made]:
    of_item: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        of_item.setdefault((row["concept"], row["fiscal_year"]), []).append(row)
    for (concept, year), some in of_item.items():
        for one, other in pairwise(some):
            if one["name"] != other["name"]:
                whom = f"{one['name']} and {other['name']}"
                text = f"Compare the {_ASKED[concept]} of {whom} in fiscal year {year}."
                yield Made(COMPARE, [text], one["name"])


def _follow_ups(rows: Sequence[Mapping[str, Any]], _: random.Random) -> Iterator[Made]:
    for old, new in _pairs(rows):
        then = f"And in fiscal year {old['fiscal_year']}?"
        yield Made(FOLLOW, [_value_question(new), then], new["name"], old["held"])


def _pairs(rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for old, new in pairwise(rows):
        same = old["issuer_id"] == new["issuer_id"] and old["concept"] == new["concept"]
        if same and new["fiscal_year"] == old["fiscal_year"] + 1:
            yield old, new


def _value_question(row: Mapping[str, Any]) -> str:
    return f"What was {_owner(row)} {_ASKED[row['concept']]} in fiscal year {row['fiscal_year']}?"


def _owner(row: Mapping[str, Any]) -> str:
    return f"{row['name']}'s"
