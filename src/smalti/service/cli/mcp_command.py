"""The command `mcp`: the assistant's tools for an agent on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import typer

from smalti.service.cli.common import Home, gateway_at


def mcp(home: Home = None) -> None:
    """Serve the assistant's read-only tools over MCP on standard input and output, until that ends.

    For desktop clients: give them `smalti mcp --home FOLDER` as the command of a server. A running service
    is asked over HTTP; without one the folder is owned while this runs.
    """
    from smalti.assistant.records import Audience
    from smalti.service.mcp import server

    with gateway_at(home, as_json=True) as gateway:

        async def call(name: str, arguments: Mapping[str, Any], as_of: datetime | None) -> Mapping[str, Any]:
            return await asyncio.to_thread(gateway.call_tool, name, arguments, as_of)

        serving = server(Audience.ANALYST, call)
        asyncio.run(serving.run_stdio_async(show_banner=False, log_level="ERROR"))


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(mcp)
