"""The assistant's tools over MCP (streamable HTTP, without sessions): every request says who asks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from smalti.platform.auth import Principal
from smalti.service import mcp
from smalti.service.api.access import SignedIn, only_reads
from smalti.service.api.pace import Pace
from smalti.service.api.state import TheEngine
from smalti.service.assistant.tool_calls import audience_of, call_tool
from smalti.service.engine import Engine

root = APIRouter(tags=["assistant"])

PATH = "/mcp"


@root.post(PATH, include_in_schema=False)
def serve_mcp(request: Request, engine: TheEngine, who: SignedIn) -> Response:
    """One message of the Model Context Protocol; customers have customers' tools."""
    only_reads(request)
    return _Served(request.app.state.pace, engine, who)


class _Served(Response):
    """Answered by an MCP server that is made for this request and knows who asks."""

    def __init__(self, pace: Pace, engine: Engine, who: Principal) -> None:
        super().__init__()
        self._pace, self._engine = pace, engine
        self._who, self._audience = who, audience_of(who)
        self._server = mcp.server(self._audience, self._call)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._server.http_app(path=PATH, stateless_http=True, json_response=True)
        async with app.lifespan(app):
            await app(dict(scope) | {"path": PATH, "root_path": ""}, receive, send)

    async def _call(
        self, name: str, arguments: Mapping[str, Any], as_of: datetime | None
    ) -> Mapping[str, Any]:
        async with self._pace.turn(self._who.name):
            return await run_in_threadpool(call_tool, self._engine, self._audience, name, arguments, as_of)
