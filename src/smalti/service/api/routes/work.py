"""Long work to begin: taking in, pulling, scoring, reading again. Each answers with the task that does it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, status
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from smalti.platform.records import SourceKind
from smalti.service.api.access import Admin, Analyst
from smalti.service.api.state import TheService
from smalti.service.api.values import Id, Issuer, Moment, Text
from smalti.service.gateway import WEEKLY
from smalti.service.service import Service
from smalti.service.tasks import TaskView
from smalti.service.views import StageReport

router = APIRouter(tags=["work"], prefix="/work")
_BEGUN = status.HTTP_202_ACCEPTED


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError("an absolute path on the service's machine is wanted")
    if any(ord(c) < 32 or ord(c) == 0x7F or 0xD800 <= ord(c) < 0xE000 for c in path):
        raise ValueError("it holds characters that are no text")
    return path


AbsolutePath = Annotated[
    str,
    Field(min_length=1, max_length=4_000, description="Absolute path on the service's machine."),
    AfterValidator(_absolute),
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IngestAsked(_Asked):
    """A folder to take in."""

    folder: AbsolutePath


class PushAsked(_Asked):
    """Single files to take in, and what is known of them."""

    files: Annotated[list[AbsolutePath], Field(min_length=1, max_length=1_000)]
    kind: SourceKind | None = None
    published_at: Moment | None = None
    issuer: Issuer | None = None
    url: Text | None = None
    synthetic: bool = False


class PullAsked(_Asked):
    """A source to pull; all that are not paused if left out."""

    source: Text | None = None


class ScoreAsked(_Asked):
    """Whom to score, and as of when; all, each as of its newest dated evidence, if left out.

    With `since`, as of the ends of past days too, from that day on, every `every_days` days.
    """

    issuer: Issuer | None = None
    as_of: Moment | None = None
    since: Moment | None = None
    every_days: Annotated[int, Field(ge=1, le=366)] = WEEKLY


class RetryAsked(_Asked):
    """What to read again: one entry, or all of a reason; everything in quarantine if both are left out."""

    quarantine_id: Id | None = None
    code: Annotated[str, Field(max_length=60, pattern="^[A-Za-z]+$", examples=["Unreachable"])] | None = None


@router.post("/ingest", status_code=_BEGUN)
def ingest(asked: IngestAsked, service: TheService, who: Admin) -> TaskView:
    """Take in a folder of the service's machine, link and embed. Result: a report of each stage."""
    return service.start_task("ingest", who.name, lambda own: own.gateway.ingest(Path(asked.folder)))


@router.post("/push", status_code=_BEGUN)
def push(asked: PushAsked, service: TheService, who: Admin) -> TaskView:
    """Take in single files of the service's machine, link and embed. Result: a report of each stage."""
    said = {"issuer": asked.issuer, "url": asked.url, "synthetic": "true" if asked.synthetic else None}
    hints = {name: value for name, value in said.items() if value}
    files = [Path(file) for file in asked.files]
    return service.start_task(
        "push", who.name, lambda own: own.gateway.push(files, asked.kind, asked.published_at, hints)
    )


@router.post("/pull", status_code=_BEGUN)
def pull(asked: PullAsked, service: TheService, who: Analyst) -> TaskView:
    """Fetch what is new in a source or in all, link and embed. Result: a report of each stage."""
    return service.start_task("pull", who.name, lambda own: own.gateway.pull(asked.source))


@router.post("/score", status_code=_BEGUN)
def score(asked: ScoreAsked, service: TheService, who: Analyst) -> TaskView:
    """Score an issuer or all, as of a moment, or since one. Result: the report of the stage."""

    def work(own: Service) -> StageReport:
        if asked.since is None:
            return own.gateway.score(asked.issuer, asked.as_of)
        return own.gateway.score_history(asked.since, asked.issuer, asked.as_of, asked.every_days)

    return service.start_task("score", who.name, work)


@router.post("/retry", status_code=_BEGUN)
def retry(asked: RetryAsked, service: TheService, who: Analyst) -> TaskView:
    """Read what was set aside again. Result: a report of each stage."""
    return service.start_task(
        "retry", who.name, lambda own: own.gateway.retry(asked.quarantine_id, asked.code)
    )
