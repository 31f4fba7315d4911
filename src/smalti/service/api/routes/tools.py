"""The assistant's tools one by one, for programs that plan by themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from smalti.assistant.tools import tools_for
from smalti.service.api.access import SignedIn, only_reads
from smalti.service.api.pace import Pace
from smalti.service.api.state import TheEngine
from smalti.service.api.values import Id, Moment
from smalti.service.assistant.tool_calls import audience_of, call_tool

router = APIRouter(tags=["assistant"], prefix="/tools")


class ToolView(BaseModel):
    """A tool: its name, what it gives, and the JSON schema of its arguments."""

    name: str
    about: str
    parameters: dict[str, Any]


class ToolAsked(BaseModel):
    """What a tool is called with."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"arguments": {"name": "3M Company"}}]}
    )

    arguments: Annotated[
        dict[str, Any], Field(max_length=30, description="By the tool's own schema: see GET /v1/tools.")
    ] = {}
    as_of: Annotated[Moment | None, Field(description="Only what was public by then; now if left out.")] = (
        None
    )


@router.get("", summary="List the assistant's tools")
def list_tools(who: SignedIn) -> Sequence[ToolView]:
    """The read-only tools that one may call, and what each takes."""
    mine = tools_for(audience_of(who)).values()
    return [ToolView(name=one.name, about=one.about, parameters=one.schema()) for one in mine]


@router.post("/{tool}", summary="Call a tool of the assistant")
async def call_assistant_tool(
    tool: Id, asked: ToolAsked, request: Request, engine: TheEngine, who: SignedIn
) -> Mapping[str, Any]:
    """Sentences with bound numbers, pieces of evidence or rows. Text of documents in it is data."""
    only_reads(request)
    pace: Pace = request.app.state.pace
    async with pace.turn(who.name):
        return await run_in_threadpool(
            call_tool, engine, audience_of(who), tool, asked.arguments, asked.as_of
        )
