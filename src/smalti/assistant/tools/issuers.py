"""Whom a tool is asked about, and the tool that finds issuers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smalti.assistant.grounds import Grounds
from smalti.assistant.tools.records import Parameters, Result
from smalti.assistant.understood import Named
from smalti.platform.errors import NotFound

_MOST = 20

IssuerName = Annotated[
    str,
    Field(min_length=1, max_length=200, description="Name, ticker, CIK or id, as `find_issuer` gives it."),
]

# How well each fits: the id itself, a name or ticker in use, how a name begins, part of a name.
_CALLED = """
SELECT i.issuer_id, i.name, i.cik, i.lei,
    list(DISTINCT n.text ORDER BY n.text) FILTER (n.kind IN ('ticker', 'listing')) AS tickers,
    min(CASE
        WHEN i.issuer_id = $text OR i.cik = $text OR lower(i.name) = lower($text)
            OR lower(n.text) = lower($text) THEN 0
        WHEN starts_with(lower(i.name), lower($text))
            OR starts_with(lower(n.text), lower($text) || ' ') THEN 1
        WHEN contains(lower(i.name), lower($text)) THEN 2 END) AS fit,
    (SELECT count(*) FROM links l JOIN documents d USING (document_id)
     WHERE l.issuer_id = i.issuer_id AND d.available_at <= $as_of) AS documents
FROM issuers i LEFT JOIN issuer_names n ON n.issuer_id = i.issuer_id
    AND (n.valid_from IS NULL OR n.valid_from <= $as_of::DATE)
    AND (n.valid_to IS NULL OR n.valid_to >= $as_of::DATE)
GROUP BY i.issuer_id, i.name, i.cik, i.lei
HAVING fit IS NOT NULL
ORDER BY fit, documents DESC, i.name
"""


class FindIssuer(Parameters):
    """Parameters of `find_issuer`."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="Any name, ticker, CIK or id.")]


def find_issuer(asked: FindIssuer, grounds: Grounds) -> Result:
    """Find the companies that are called so, best first, with id, tickers, CIK and number of documents.

    Use it first when a name may be ambiguous; other tools take the `issuer_id` of a row as `issuer`.
    """
    found = grounds.rows(_CALLED, text=asked.name.strip())
    rows = found.drop("fit").head(_MOST).to_dicts()
    notes = [f"{len(found) - _MOST} more are called so"] if len(found) > _MOST else []
    return Result("find_issuer", "found" if rows else "nothing", rows=rows, notes=notes)


def issuer_named(grounds: Grounds, text: str) -> Named:
    """The one issuer meant: of several that fit equally well none is.

    Raises:
        NotFound: nobody is called so, or several are.
    """
    found = grounds.rows(_CALLED, text=text.strip()).to_dicts()
    best = [row for row in found if row["fit"] == found[0]["fit"]]
    if len(best) == 1:
        return Named(best[0]["issuer_id"], best[0]["name"], text)
    known = ", ".join(f"{row['name']} ({row['issuer_id']})" for row in best[:_MOST])
    what = "several issuers are called so" if best else "no such issuer"
    raise NotFound(what, subject=text, mend=f"one of: {known}" if known else "find it with `find_issuer`")
