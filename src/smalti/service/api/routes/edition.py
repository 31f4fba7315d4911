"""How new what the service holds is."""

from __future__ import annotations

from fastapi import APIRouter

from smalti.service.api.access import Viewer
from smalti.service.api.state import TheEditions
from smalti.service.editions import EditionView

router = APIRouter(tags=["status"])


@router.get("/edition", summary="Edition")
def edition(editions: TheEditions, who: Viewer) -> EditionView:
    """What answers of this moment rest on: two of one edition are the same, so one of them can be kept."""
    return editions.now()
