"""Sources: places that are pulled from, by name. Keys in their addresses and options are never shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from smalti.ingest.feeds.source import Source
from smalti.platform.errors import NotFound, SettingsError
from smalti.service.api.access import Admin, Viewer
from smalti.service.api.masks import MASK, masked_address, masked_options
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Limit, Page, page_of
from smalti.service.api.state import Slot, TheGateway
from smalti.service.api.values import Text
from smalti.service.local import LocalGateway
from smalti.service.views import SourceTest, SourceView

router = APIRouter(tags=["sources"], prefix="/sources")

Name = Annotated[Text, Path(min_length=1, max_length=120, pattern=r"^[^/]+$", description="Of a source.")]
Kind = Literal["news", "filing", "social", "call", "price", "folder"]


class SourceAsked(BaseModel):
    """What a source shall be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "news", "address": "https://example.com/feed.xml", "schedule": "every 15m"},
            ]
        },
    )

    kind: Kind
    address: Annotated[
        Text, Field(min_length=1, max_length=2_000, description="Address, CIK, ticker, account or folder.")
    ]
    schedule: Annotated[
        Text, Field(min_length=1, max_length=100, description="`every 15m`, or five crontab fields (UTC).")
    ]
    options: Annotated[
        dict[Annotated[Text, Field(max_length=60)], Annotated[Text, Field(max_length=2_000)]],
        Field(max_length=40, description="What this kind of source understands beside its address."),
    ] = {}
    paused: bool = Field(False, description="Known, but not pulled by schedule.")


@router.get("", summary="List sources")
def list_sources(
    gateway: TheGateway, who: Viewer, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[SourceView]:
    """The sources by name, with how the last pull of each went."""
    return page_of(_shown(gateway.sources()), "sources", lambda one: one.name, limit, cursor)


@router.get("/{name}", summary="One source")
def get_source(name: Name, gateway: TheGateway, who: Viewer) -> SourceView:
    """A source and how its last pull went."""
    return _one(gateway, name)


@router.put("/{name}", summary="Add or change a source")
def put_source(name: Name, asked: SourceAsked, gateway: TheGateway, who: Admin) -> SourceView:
    """Add a source, or change the one of this name."""
    hidden = [asked.address, *asked.options.values()]
    if any(MASK in one for one in hidden):
        # What is hidden is not filled in again: it would be sent to whatever address stands there now.
        raise SettingsError(f"{MASK} stands where a key was hidden", subject=name, mend="give the key itself")
    gateway.add_source(
        Source(name, asked.kind, asked.address, asked.schedule, dict(asked.options), asked.paused)
    )
    return _one(gateway, name)


@router.delete("/{name}", summary="Remove a source")
def remove_source(name: Name, gateway: TheGateway, who: Admin) -> SourceView:
    """Forget a source; what was pulled from it stays. Answers with what it was."""
    found = _one(gateway, name)
    gateway.remove_source(name)
    return found


@router.post("/{name}/pause", summary="Pause a source")
def pause_source(name: Name, gateway: TheGateway, who: Admin) -> SourceView:
    """Leave a source out of the schedule."""
    gateway.pause_source(name, True)
    return _one(gateway, name)


@router.post("/{name}/resume", summary="Resume a source")
def resume_source(name: Name, gateway: TheGateway, who: Admin) -> SourceView:
    """Take a paused source into the schedule again."""
    gateway.pause_source(name, False)
    return _one(gateway, name)


@router.post("/{name}/test", summary="Try a source")
def test_source(name: Name, gateway: TheGateway, who: Admin, _: Slot) -> SourceTest:
    """Ask a source once and say what it would give; nothing is stored."""
    found = gateway.test_source(name)
    return replace(found, asked=[masked_address(one) for one in found.asked])


def _one(gateway: LocalGateway, name: str) -> SourceView:
    for one in _shown(gateway.sources()):
        if one.name == name:
            return one
    raise NotFound("no such source", subject=name, mend="the list of sources names them")


def _shown(sources: Sequence[SourceView]) -> list[SourceView]:
    return [
        replace(one, address=masked_address(one.address), options=masked_options(one.options))
        for one in sources
    ]
