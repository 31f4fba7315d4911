"""The tools over MCP, asked by a real client: over HTTP in a running service, and over standard input."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from fastmcp.exceptions import ToolError

from smalti.assistant.records import Audience
from smalti.assistant.tools import TOOLS
from smalti.platform.auth import Role
from smalti.platform.errors import SettingsError
from smalti.service.local import LocalGateway
from smalti.service.mcp import server
from smalti.service.service import Service
from tests.service.newsroom import newsroom, publish
from tests.service.running import running

KEY = "local-key-of-the-tests"


def fill(engine: Any) -> None:
    publish(engine, "page", "2025-01-02", url="https://paper.example/1", text="Sales rose by a tenth.")
    publish(engine, "10-K", "2025-03-05", "filing", text="Net sales fell 3 percent.")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, str]]:
    home = tmp_path_factory.mktemp("mcp")
    with newsroom(home) as engine:
        fill(engine)
        service = Service(engine, LocalGateway(engine), KEY)
        with running(service) as address:
            yield service, address


def asked(address: str, key: str, work: Callable[[Client[Any]], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        transport = StreamableHttpTransport(f"{address}/mcp", headers={"Authorization": f"Bearer {key}"})
        async with Client(transport) as client:
            return await work(client)

    return asyncio.run(run())


def test_a_client_lists_the_tools_as_read_only_with_their_schemas(served: tuple[Service, str]) -> None:
    tools = asked(served[1], KEY, lambda client: client.list_tools())
    assert {tool.name for tool in tools} == set(TOOLS)
    for tool in tools:
        assert tool.annotations.read_only_hint
        assert "as_of" in tool.input_schema["properties"]
        assert tool.output_schema["properties"]["pieces"]


def test_a_tool_answers_with_structure_and_as_of_a_moment(served: tuple[Service, str]) -> None:
    async def work(client: Client[Any]) -> tuple[Any, Any]:
        now = await client.call_tool("list_documents", {})
        then = await client.call_tool("list_documents", {"as_of": "2025-02-01"})
        return now.structured_content, then.structured_content

    now, then = asked(served[1], KEY, work)
    assert len(now["rows"]) == 2
    assert [row["kind"] for row in then["rows"]] == ["news"]


def test_a_piece_of_evidence_is_a_resource(served: tuple[Service, str]) -> None:
    service, address = served
    known = service.engine.store.read("SELECT evidence_id FROM evidence LIMIT 1")["evidence_id"].item()
    [content] = asked(address, KEY, lambda client: client.read_resource(f"smalti://evidence/{known}"))
    assert "Sales rose" in content.text or "Net sales" in content.text


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("read_view", {"view": "users"}, "view"),
    ("read_evidence", {"evidence_id": "none"}, "no such piece"),
    ("list_documents", {"as_of": "soon"}, "neither a day nor a time"),
    ("ask", {"question": "x", "sql": "SELECT 1"}, "sql"),
    ("run_sql", {"sql": "SELECT 1"}, "run_sql"),
]


def test_what_is_not_let_is_an_error_that_says_why(served: tuple[Service, str]) -> None:
    async def work(client: Client[Any]) -> None:
        for name, arguments, told in REFUSED:
            with pytest.raises(ToolError, match=told):
                await client.call_tool(name, arguments)

    asked(served[1], KEY, work)


def test_a_customer_has_the_customers_tools(served: tuple[Service, str]) -> None:
    service, address = served
    access = service.gateway.access
    access.users.add("cus", Role.CUSTOMER)
    _, key = access.keys.create("cus")
    tools = asked(address, key, lambda client: client.list_tools())
    assert [tool.name for tool in tools] == ["ask"]
    with pytest.raises(ToolError):
        asked(address, key, lambda client: client.call_tool("read_view", {"view": "facts"}))


def test_reading_by_tools_is_no_change_that_the_audit_log_tells(served: tuple[Service, str]) -> None:
    service, address = served
    store = service.engine.store
    before = store.read("SELECT count(*) AS n FROM audit")["n"].item()
    answer = httpx2.post(
        f"{address}/v1/tools/list_documents",
        json={"arguments": {}, "as_of": "2025-02-01"},
        headers={"Authorization": f"Bearer {KEY}"},
    )
    assert [row["kind"] for row in answer.json()["rows"]] == ["news"]
    asked(address, KEY, lambda client: client.call_tool("list_documents", {}))
    assert store.read("SELECT count(*) AS n FROM audit")["n"].item() == before


def test_nobody_is_let_in_without_a_key(served: tuple[Service, str]) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = httpx2.post(f"{served[1]}/mcp", json={"jsonrpc": "2.0"}, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "NotSignedIn"


def test_without_the_library_it_says_which_extra_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def call(*_: Any) -> dict[str, Any]:
        return {}

    monkeypatch.setitem(sys.modules, "fastmcp", None)
    with pytest.raises(SettingsError, match=r"smalti\[assistant\]"):
        server(Audience.ANALYST, call)


@pytest.mark.slow
def test_a_desktop_client_is_served_on_standard_input_with_or_without_a_service(
    served: tuple[Service, str], tmp_path: Path
) -> None:
    assert len(standard_input(served[0].engine.settings.home, "list_documents", {})["rows"]) == 2
    with newsroom(tmp_path) as engine:
        fill(engine)
    assert len(standard_input(tmp_path / "home", "list_documents", {"as_of": "2025-02-01"})["rows"]) == 1


def standard_input(home: Path, name: str, arguments: dict[str, Any]) -> Any:
    async def run() -> Any:
        start = "from smalti.service.cli import main; main()"
        transport = StdioTransport(sys.executable, ["-c", start, "mcp", "--home", str(home)])
        async with Client(transport) as client:
            return (await client.call_tool(name, arguments)).structured_content

    return asyncio.run(run())
