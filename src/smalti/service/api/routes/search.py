"""Search: text to evidence of every kind."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from smalti.assistant.retrieval import Filters, Found, Question
from smalti.platform.records import EvidenceKind, SourceKind
from smalti.service.api.access import Viewer
from smalti.service.api.state import TheService
from smalti.service.api.values import Issuer, Moment, Text
from smalti.service.issuers import issuer_called
from smalti.service.search import search

router = APIRouter(tags=["search"])

_Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class Asked(BaseModel):
    """A search as it is asked for."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)

    q: Annotated[Text, Field(description="Words; quotes, stars and the like are no syntax.")]
    issuer: Issuer | None = None
    as_of: Annotated[Moment | None, Field(description="Only what was public by then; now if left out.")] = (
        None
    )
    source: Annotated[list[SourceKind], Field(max_length=10, description="Kinds of documents.")] = []
    kind: Annotated[list[EvidenceKind], Field(max_length=10, description="Kinds of evidence.")] = []
    language: Annotated[list[_Language], Field(max_length=10, description="As detected: `en`.")] = []
    since: Annotated[Moment | None, Field(alias="from", description="Public from this moment on.")] = None
    until: Annotated[Moment | None, Field(alias="to", description="Public by this moment.")] = None
    told_from: Annotated[
        date | None, Field(description="Tells of a time that ends in this month or after.")
    ] = None
    told_to: Annotated[
        date | None, Field(description="Tells of a time that ends in this month or before.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get("/search")
def find_evidence(service: TheService, who: Viewer, asked: Annotated[Asked, Query()]) -> Found:
    """Pieces of evidence by words and by meaning, best first, as of a moment."""
    engine = service.engine
    question = Question(
        asked.q,
        asked.as_of or engine.store.now(),
        () if asked.issuer is None else (issuer_called(engine.store, asked.issuer),),
        Filters(
            asked.source, asked.kind, asked.language, asked.since, asked.until, asked.told_from, asked.told_to
        ),
        asked.limit,
    )
    return search(engine, question, patience=engine.settings.search_seconds)
