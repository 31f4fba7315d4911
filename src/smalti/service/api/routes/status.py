"""What the store holds and what ran last."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.service.api.access import Viewer
from smalti.service.api.state import TheGateway
from smalti.service.views import StatusView

router = APIRouter(tags=["status"])


@router.get("/status")
def status(gateway: TheGateway, who: Viewer) -> StatusView:
    """What the store holds, and the last runs."""
    return gateway.status()
