"""Integrations as commands handle them: in the store of this process, or through a running service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from smalti.platform.audit import CHANGE, Audit, Entry
from smalti.platform.auth.users import LOCAL
from smalti.service.asking import Asking, record
from smalti.service.chat import inbox, integrations
from smalti.service.chat.inbox import EventView
from smalti.service.chat.integrations import Integration, IntegrationView, Secrets
from smalti.service.chat.trying import Tried, try_integration
from smalti.service.engine import Engine

T = TypeVar("T")


class ChatDesk(Protocol):
    """Systems outside that the assistant answers in."""

    def integrations(self) -> Sequence[IntegrationView]:
        """Those there are, by name."""

    def add(self, integration: Integration, secrets: Secrets | None) -> IntegrationView:
        """A new integration.

        Raises:
            SettingsError: its secrets are missing, or its address cannot be used.
            Refused: the address may not be asked.
            Conflict: one is called so.
        """

    def remove(self, called: str) -> None:
        """Answer there no more.

        Raises:
            NotFound: there is no such integration.
        """

    def test(self, called: str) -> Tried:
        """Whether the other side knows us.

        Raises:
            NotFound: there is no such integration.
        """

    def events(self, called: str | None = None) -> Sequence[EventView]:
        """The newest messages that came in, and how their answers go."""


class LocalChat:
    """See `ChatDesk`: by whoever may read the home folder, and noted in the audit log."""

    def __init__(self, engine: Engine, audit: Audit) -> None:
        self._engine, self._store, self._audit = engine, engine.store, audit

    def integrations(self) -> Sequence[IntegrationView]:
        """See `ChatDesk.integrations`."""
        return integrations.all_integrations(self._store)

    def add(self, integration: Integration, secrets: Secrets | None) -> IntegrationView:
        """See `ChatDesk.add`."""
        made = integrations.add_integration(self._store, self._engine.settings, integration, secrets, LOCAL)
        return self._noted("chat add", made.integration_id, made)

    def remove(self, called: str) -> None:
        """See `ChatDesk.remove`."""
        integrations.remove_integration(self._store, called)
        self._noted("chat remove", called, None)

    def test(self, called: str) -> Tried:
        """See `ChatDesk.test`."""
        made = try_integration(self._engine, integrations.find_integration(self._store, called))
        return self._noted("chat test", made.integration_id, made)

    def events(self, called: str | None = None) -> Sequence[EventView]:
        """See `ChatDesk.events`."""
        one = None if called is None else integrations.find_integration(self._store, called).integration_id
        return inbox.events(self._store, one)

    def _noted(self, action: str, subject: str, made: T) -> T:
        self._audit.record(Entry(CHANGE, LOCAL, "local", action, subject))
        return made


class RemoteChat:
    """See `ChatDesk`: through the routes of a running service."""

    def __init__(self, ask: Asking) -> None:
        self._ask = ask

    def integrations(self) -> Sequence[IntegrationView]:
        """See `ChatDesk.integrations`."""
        return self._ask.all(IntegrationView, "integrations")

    def add(self, integration: Integration, secrets: Secrets | None) -> IntegrationView:
        """See `ChatDesk.add`."""
        told = {"integration": integration.model_dump(mode="json")}
        sealed = None if secrets is None else secrets.model_dump()
        return record(IntegrationView, self._ask.send("POST", "integrations", **told, secrets=sealed))

    def remove(self, called: str) -> None:
        """See `ChatDesk.remove`."""
        self._ask.send("DELETE", "integrations", called)

    def test(self, called: str) -> Tried:
        """See `ChatDesk.test`."""
        return record(Tried, self._ask.send("POST", "integrations", called, "test"))

    def events(self, called: str | None = None) -> Sequence[EventView]:
        """See `ChatDesk.events`."""
        return self._ask.first(EventView, "integrations", "events", limit=100, integration=called)
