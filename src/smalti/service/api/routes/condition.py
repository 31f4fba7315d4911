"""How the service is, for who is signed in; `/readyz` tells programs less."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.service.api.access import Viewer
from smalti.service.api.state import TheService
from smalti.service.condition import ConditionView, condition

router = APIRouter(tags=["status"])


@router.get("/condition", summary="How the service is")
def get_condition(service: TheService, who: Viewer) -> ConditionView:
    """What the service needs and whether it can be used, what workers do, and which sources are overdue."""
    return condition(service)
