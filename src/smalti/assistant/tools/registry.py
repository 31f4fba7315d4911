"""All tools by name, and the one way to call one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from smalti.assistant.grounds import Grounds
from smalti.assistant.records import Audience
from smalti.assistant.tools import asking, evidence, issuers, views
from smalti.assistant.tools.records import Result, Tool
from smalti.platform.errors import InputError, NotFound

_EVERYBODY = frozenset(Audience)

TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        # A customer gets whole answers, which their audience's policy has looked at, and nothing beside.
        Tool("ask", asking.Question, asking.ask, _EVERYBODY),
        Tool("find_issuer", issuers.FindIssuer, issuers.find_issuer),
        Tool("search_evidence", evidence.SearchEvidence, evidence.search_evidence),
        Tool("read_evidence", evidence.ReadEvidence, evidence.read_evidence),
        Tool("best_pages", evidence.BestPages, evidence.best_pages),
        Tool("list_documents", evidence.ListDocuments, evidence.list_documents),
        Tool("line_item", asking.LineItem, asking.line_item),
        Tool("metric", asking.Metric, asking.metric),
        Tool("signals", asking.Signals, asking.signals),
        Tool("why_signal", asking.OfIssuer, asking.why_signal),
        Tool("findings", asking.OfIssuer, asking.findings),
        Tool("said_in_calls", asking.SaidInCalls, asking.said_in_calls),
        Tool("what_is_missing", asking.OfIssuer, asking.what_is_missing),
        Tool("read_view", views.ReadView, views.read_view),
    )
}
"""Every tool; none writes anything, and none goes out."""


def tools_for(audience: Audience) -> Mapping[str, Tool]:
    """The tools that an audience may use."""
    return {name: tool for name, tool in TOOLS.items() if audience in tool.audiences}


def call(name: str, arguments: Mapping[str, Any], grounds: Grounds) -> Result:
    """Run a tool for the audience of the grounds.

    Raises:
        NotFound: there is no such tool for this audience, or what it was asked for is not there.
        InputError: the arguments are not as described.
        TooMany: it took too long.
    """
    known = tools_for(grounds.audience)
    if (tool := known.get(name)) is None:
        raise NotFound("no such tool", subject=name[:100], mend=f"one of: {', '.join(known)}")
    try:
        asked = tool.parameters.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        raise InputError(
            first["msg"][:300], subject=f"{name}: {where}", mend="see the tool's schema"
        ) from None
    return tool.run(asked, grounds)
