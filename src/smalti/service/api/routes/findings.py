"""What does not fit: findings of the checks, numbers told twice, and how risk factors changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from smalti.service.api.access import Viewer
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Limit, Page, page_of
from smalti.service.api.state import TheGateway
from smalti.service.api.values import AsOf, Issuer
from smalti.service.views import ComparisonView, FindingView, RiskDiffView

router = APIRouter(tags=["findings"])

OneIssuer = Annotated[Issuer, Query()]


@router.get("/findings", summary="Findings of an issuer")
def list_findings(
    gateway: TheGateway,
    who: Viewer,
    issuer: OneIssuer,
    as_of: AsOf = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[FindingView]:
    """What the checks of an issuer found and could not judge, strongest first, by its newest scoring."""
    return page_of(gateway.findings(issuer, as_of), "findings", lambda one: one.finding_id, limit, cursor)


@router.get("/comparisons", summary="Numbers told twice")
def list_comparisons(
    gateway: TheGateway,
    who: Viewer,
    issuer: OneIssuer,
    as_of: AsOf = None,
    all_verdicts: Annotated[bool, Query(description="Those that agree, too.")] = False,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[ComparisonView]:
    """Numbers of an issuer that two pieces of evidence tell differently, newest first."""
    found = gateway.comparisons(issuer, as_of, all_verdicts=all_verdicts)
    return page_of(
        found, "comparisons", lambda o: f"{o.evidence_id} {o.item} {o.with_evidence}", limit, cursor
    )


@router.get("/risk-diff", summary="How risk factors changed")
def get_risk_diff(gateway: TheGateway, who: Viewer, issuer: OneIssuer, as_of: AsOf = None) -> RiskDiffView:
    """What changed in an issuer's risk factors from one annual filing to the next, as of a moment."""
    return gateway.risk_diff(issuer, as_of)
