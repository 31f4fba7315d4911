"""Which systems outside the assistant answers in, and how the answers there go."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from smalti.service.api.access import Admin, Analyst, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, page_of, read_page
from smalti.service.api.state import TheEngine, TheStore
from smalti.service.api.values import Id
from smalti.service.chat import inbox, integrations
from smalti.service.chat.inbox import EventView
from smalti.service.chat.integrations import Integration, IntegrationView, Secrets, read_secrets
from smalti.service.chat.trying import Tried, try_integration

router = APIRouter(tags=["chat"])

_NEWEST = Order("messages of integrations", (Key("got_at", "moment", descending=True), Key("event_id")))

Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]
"""Goes in, and comes out of no route."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SecretsAsked(_Body):
    """What is agreed with the other side: what it signs with, and what it knows us by."""

    signing: Secret
    token: Secret

    @property
    def told(self) -> Secrets:
        """In the clear, for sealing."""
        return read_secrets(self.signing.get_secret_value(), self.token.get_secret_value())


class IntegrationAsked(_Body):
    """An integration; a widget has no secrets."""

    integration: Integration
    secrets: SecretsAsked | None = None


@router.get("/integrations", summary="List integrations")
def list_integrations(
    store: TheStore, who: Admin, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[IntegrationView]:
    """The systems outside that the assistant answers in, by name, without their secrets."""
    found = integrations.all_integrations(store)
    return page_of(found, "integrations", lambda one: one.integration_id, limit, cursor)


@router.post("/integrations", status_code=status.HTTP_201_CREATED, summary="Add an integration")
def add_integration(
    told: IntegrationAsked, request: Request, engine: TheEngine, who: Admin
) -> IntegrationView:
    """Slack, Chatwoot, or a widget on web pages."""
    secrets = None if told.secrets is None else told.secrets.told
    made = integrations.add_integration(engine.store, engine.settings, told.integration, secrets, who.name)
    about(request, made.integration_id)
    return made


@router.get("/integrations/events", summary="List messages of integrations")
def list_integration_events(
    store: TheStore,
    who: Analyst,
    integration: Annotated[Id | None, Query()] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[EventView]:
    """Messages that came in and how their answers go, newest first; not what they say."""
    one = None if integration is None else integrations.find_integration(store, integration).integration_id
    return read_page(store, inbox.EVENTS, {"integration": one}, _NEWEST, limit, cursor, inbox.event_view)


@router.delete(
    "/integrations/{integration}", status_code=status.HTTP_204_NO_CONTENT, summary="Remove an integration"
)
def remove_integration(integration: Id, store: TheStore, who: Admin) -> None:
    """Answer there no more; its secrets are forgotten, and so is what was not answered."""
    integrations.remove_integration(store, integration)


@router.post("/integrations/{integration}/test", summary="Try an integration")
def test_integration(integration: Id, engine: TheEngine, who: Admin) -> Tried:
    """Whether the other side knows us; nobody there is told anything."""
    return try_integration(engine, integrations.find_integration(engine.store, integration))
