"""How good the model in use is, as it was measured."""

from __future__ import annotations

from fastapi import APIRouter, Response

from smalti.service import evaluations
from smalti.service.api.access import Viewer
from smalti.service.api.state import TheSettings
from smalti.service.evaluations import EvaluationView

router = APIRouter(tags=["model"], prefix="/evaluation")


@router.get("", summary="How good the model is")
def get_evaluation(settings: TheSettings, who: Viewer) -> EvaluationView:
    """What `smalti evaluate` has kept of the model in use, and what came with it, by part.

    Figures of other weights are marked; a part that nobody measured names the command that does.
    """
    return evaluations.evaluation(settings)


@router.get(
    "/card",
    summary="The model card",
    response_class=Response,
    responses={200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}},
)
def get_model_card(settings: TheSettings, who: Viewer) -> Response:
    """The model card as Markdown, all its numbers from what was measured of the model in use."""
    return Response(evaluations.card(settings), media_type="text/markdown; charset=utf-8")
