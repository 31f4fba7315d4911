"""The tables that questions read, as an audience sees them: the one place where reading is narrowed.

Every read of the assistant names tables of `READ`. For an audience that may not see everything, each of them
is put before the statement as a view of the same name that holds only what its policy allows, so that no
statement needs to know of policies, and none can get around them.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import duckdb

from smalti.assistant.audience.policy import Policy
from smalti.platform.errors import NotAllowed
from smalti.platform.records import LEAST_LINK

__all__ = ["ATTACHED", "READ", "narrowed", "refuse_others"]

ATTACHED = "attached_documents"
"""Name of the parameter with the documents handed in with the question."""

_DOCUMENTS = "(SELECT document_id FROM documents)"
_PUBLISHED = "(SELECT subject_id FROM main.publications WHERE kind = 'issuer')"

# What may be read, and what of it an audience sees that may not see everything; the order matters.
_NARROWED = {
    "documents": "{documents}",
    "evidence": f"SELECT * FROM main.evidence WHERE document_id IN {_DOCUMENTS} AND kind IN ({{evidence}})",
    "facts": f"SELECT * FROM main.facts WHERE document_id IN {_DOCUMENTS}",
    "links": f"SELECT * FROM main.links WHERE document_id IN {_DOCUMENTS}",
    "issuers": "SELECT * FROM main.issuers WHERE issuer_id IN {issuers}",
    "issuer_names": "SELECT * FROM main.issuer_names WHERE issuer_id IN {issuers}",
    "signals": "SELECT * FROM main.signals WHERE issuer_id IN {issuers} AND kind IN ({signals})",
    "artifacts": "SELECT * FROM main.artifacts WHERE artifact_id IN (SELECT artifact_id FROM documents)",
    "duplicates": f"SELECT * FROM main.duplicates WHERE document_id IN {_DOCUMENTS}"
    f" AND of_document IN {_DOCUMENTS}",
    "publications": "SELECT * FROM main.publications WHERE kind IN ('issuer', 'report')",
    "reports": "SELECT * FROM main.reports WHERE report_id IN"
    " (SELECT subject_id FROM main.publications WHERE kind = 'report')",
}
_KEPT_BACK = (
    "alert_events", "alert_rules", "alerts", "attributions", "comparisons", "dispositions", "embeddings",
    "erased_signals", "findings", "likenesses", "prices", "quarantine", "report_sources", "runs", "sightings",
    "sources", "tombstones", "erasures", "watchlists",
)  # fmt: skip
_FUNCTIONS = frozenset(("unnest", "json_each", "json_tree", "range", "generate_series"))
READ = frozenset((*_NARROWED, *_KEPT_BACK))
"""Tables that questions may read; those of people, keys, channels and conversations are none."""


def narrowed(policy: Policy) -> str:
    """What goes before a statement so that it reads only what a policy allows; empty where that is all."""
    if policy.everything:
        return ""
    parts = {
        "documents": _documents(policy),
        "evidence": _listed([one.value for one in policy.evidence]),
        "signals": _listed(policy.signals),
        "issuers": _PUBLISHED if policy.documents == "published" else "(SELECT issuer_id FROM main.issuers)",
    }
    views = [f"{name} AS ({sql.format(**parts)})" for name, sql in _NARROWED.items()]
    views += [f"{name} AS (SELECT * FROM main.{name} WHERE false)" for name in _KEPT_BACK]
    return f"WITH {', '.join(views)} "


def _documents(policy: Policy) -> str:
    kinds = _listed([one.value for one in policy.sources])
    forms = _listed([one.lower() for one in policy.forms])
    linked = (
        " AND document_id IN (SELECT document_id FROM main.links"
        f" WHERE score >= {LEAST_LINK} AND issuer_id IN {_PUBLISHED})"
        if policy.documents == "published"
        else ""
    )
    return (
        f"SELECT * FROM main.documents WHERE (kind IN ({kinds}){linked})"
        f" OR lower(json_extract_string(hints, '$.form')) IN ({forms})"
        f" OR document_id IN (SELECT unnest(${ATTACHED}::TEXT[]))"
    )


def _listed(words: tuple[str, ...] | list[str]) -> str:
    """Words of a checked policy as SQL text."""
    return ", ".join("'" + one.replace("'", "''") + "'" for one in words) or "''"


def refuse_others(sql: str) -> None:
    """Refuse a statement that reads tables beside `READ`.

    Raises:
        NotAllowed: it names another table.
    """
    if others := _others(sql):
        raise NotAllowed("a question may not read this table", subject=", ".join(sorted(others)))


@lru_cache(maxsize=512)
def _others(sql: str) -> frozenset[str]:
    with duckdb.connect() as empty:
        tree = json.loads(empty.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0][0])
    if tree.get("error"):
        raise NotAllowed("a question may only read", subject=str(tree.get("error_message")))
    own: set[str] = set()
    named: set[str] = set()
    waiting: list[Any] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            own |= {one["key"] for one in (node.get("cte_map") or {}).get("map", ())}
            if node.get("type") == "BASE_TABLE":
                named.add(node["table_name"])
            elif node.get("type") == "TABLE_FUNCTION":
                named.add(node["function"]["function_name"])
    return frozenset(named - own - READ - _FUNCTIONS)
