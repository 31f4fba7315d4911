"""What other systems use of the assistant: its tools, and integrations with chats and pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from smalti.client.base import Base, Json


class Connecting(Base):
    """The assistant's tools, and the systems outside that it answers in; integrations are an admin's."""

    def tools(self) -> Any:
        """The tools one may call, each with the schema of its arguments."""
        return self._one("tools")

    def call_tool(self, tool: str, arguments: Mapping[str, Any], as_of: datetime | None = None) -> Json:
        """What a tool finds, as of a moment; now if None."""
        when = None if as_of is None else (as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)).isoformat()
        found: Json = self._send("POST", "tools", tool, arguments=dict(arguments), as_of=when)
        return found

    def integrations(self) -> Iterator[Json]:
        """The systems outside that the assistant answers in, by name, without their secrets."""
        return self.each("integrations")

    def add_integration(
        self, integration: Mapping[str, Any], secrets: Mapping[str, str] | None = None
    ) -> Json:
        """Add one, as the API document describes it; a widget has no secrets."""
        given = dict(secrets) if secrets else None
        found: Json = self._send("POST", "integrations", integration=dict(integration), secrets=given)
        return found

    def remove_integration(self, integration: str) -> None:
        """Take one away; what was answered through it stays."""
        self._send("DELETE", "integrations", integration)

    def test_integration(self, integration: str) -> Json:
        """Try one: whether the other side lets us in."""
        found: Json = self._send("POST", "integrations", integration, "test")
        return found

    def integration_events(self) -> Iterator[Json]:
        """Messages that came through integrations, and what became of each."""
        return self.each("integrations", "events")
