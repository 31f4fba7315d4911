"""Uploads: files handed in over HTTP, as a form or as they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Query, Request, UploadFile, status
from starlette.concurrency import run_in_threadpool

from smalti.platform.errors import Empty
from smalti.platform.records import SourceKind
from smalti.service import uploads
from smalti.service.api.access import Analyst
from smalti.service.api.state import TheService
from smalti.service.api.values import Issuer, Moment, Text
from smalti.service.service import Service
from smalti.service.tasks import TaskView
from smalti.service.uploads import MOST_FILES, Said

router = APIRouter(tags=["uploads"], prefix="/uploads")

_KIND = "What they are; told from the bytes if left out."
_PUBLISHED = "When the public could know them; told from the bytes if left out."
_URL = "Where they were published."
_SYNTHETIC = "Whether they are made up."


@router.post("", status_code=status.HTTP_202_ACCEPTED, summary="Hand in files as a form")
def upload_files(
    service: TheService,
    who: Analyst,
    files: Annotated[
        list[UploadFile], File(min_length=1, max_length=MOST_FILES, description="Each with its name.")
    ],
    kind: Annotated[SourceKind | None, Form(description=_KIND)] = None,
    published_at: Annotated[Moment | None, Form(description=_PUBLISHED)] = None,
    issuer: Annotated[Issuer | None, Form(description="Whom they are about.")] = None,
    url: Annotated[Text | None, Form(description=_URL)] = None,
    synthetic: Annotated[bool, Form(description=_SYNTHETIC)] = False,
) -> TaskView:
    """Take files in, link and embed, in the background. Result: a report of each stage."""
    with uploads.received(service.engine.settings) as folder:
        for number, file in enumerate(files):
            uploads.keep(file.file, uploads.place(folder, number, file.filename or ""))
        said = Said(who.name, kind, published_at, _hints(service, issuer, url, synthetic=synthetic))
        return uploads.begin(service, folder, said)


@router.put(
    "/{name}",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Hand in one file as it is",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload_file(
    name: Annotated[Text, Path(min_length=1, max_length=200, pattern=r"^[^/\\]+$", description="Its name.")],
    request: Request,
    service: TheService,
    who: Analyst,
    kind: Annotated[SourceKind | None, Query(description=_KIND)] = None,
    published_at: Annotated[Moment | None, Query(description=_PUBLISHED)] = None,
    issuer: Annotated[Issuer | None, Query(description="Whom it is about.")] = None,
    url: Annotated[Text | None, Query(description=_URL)] = None,
    synthetic: Annotated[bool, Query(description=_SYNTHETIC)] = False,
) -> TaskView:
    """Take one file in, its bytes being the body of the request. Result: a report of each stage."""
    with uploads.received(service.engine.settings) as folder:
        target = uploads.place(folder, 0, name)
        with target.open("xb") as file:
            async for piece in request.stream():
                await run_in_threadpool(file.write, piece)
        if not target.stat().st_size:
            raise Empty("the body has no bytes", subject=name, mend="send the file as the body")
        said = Said(who.name, kind, published_at, _hints(service, issuer, url, synthetic=synthetic))
        return await run_in_threadpool(uploads.begin, service, folder, said)


def _hints(service: Service, issuer: str | None, url: str | None, *, synthetic: bool) -> dict[str, str]:
    said = {"issuer": _name(service, issuer), "url": url, "synthetic": "true" if synthetic else None}
    return {name: value for name, value in said.items() if value}


_CALLED = """
SELECT DISTINCT i.issuer_id, i.name FROM issuers i LEFT JOIN issuer_names n USING (issuer_id)
WHERE i.issuer_id = $called OR lower(i.name) = lower($called) OR lower(n.text) = lower($called)
"""


def _name(service: Service, issuer: str | None) -> str | None:
    """A known issuer by its own name, whether it was called by id, alias or ticker, lest it gets a twin.

    Only what it is called exactly counts: a new issuer may be called as another one's name begins.
    """
    found = service.engine.store.read(_CALLED, {"called": (issuer or "").strip()})
    return str(found["name"][0]) if issuer and found.height == 1 else issuer
