"""Where messages are sent, to whom, and what became of each."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from smalti.service.alerts import channels, recipients
from smalti.service.alerts.channels import Channel, ChannelView
from smalti.service.alerts.conditions import Name, Severity
from smalti.service.alerts.deliveries import (
    DELIVERIES,
    Attempt,
    DeliveryView,
    attempts,
    delivery,
    delivery_view,
    try_channel,
)
from smalti.service.alerts.recipients import Recipient, RecipientView
from smalti.service.api.access import Admin, Analyst, about
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, page_of, read_page
from smalti.service.api.state import TheService, TheStore
from smalti.service.api.values import Id

router = APIRouter(tags=["channels"])

_NEWEST = Order("deliveries", (Key("queued_at", "moment", descending=True), Key("delivery_id")))

Secret = Annotated[SecretStr, Field(min_length=1, max_length=500)]
"""Goes in, and comes out of no route."""
Called = Annotated[Name, Path()]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ChannelAsked(_Body):
    """A channel, and its secret where that is set; a changed address drops the one set before."""

    channel: Channel
    secret: Secret | None = None

    @property
    def told(self) -> str | None:
        """The secret in the clear, for sealing."""
        return None if self.secret is None else self.secret.get_secret_value()


class SecretAsked(_Body):
    """Another secret of a channel."""

    secret: Secret


class RecipientAsked(_Body):
    """How somebody wants to be told."""

    channels: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    quiet: Annotated[str | None, Field(max_length=20)] = None
    zone: Annotated[str, Field(max_length=100)] = "UTC"
    budget: Annotated[int, Field(ge=0, le=10_000)] = 20
    least: Severity = "low"


@router.get("/channels", summary="List channels")
def list_channels(
    store: TheStore, who: Analyst, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[ChannelView]:
    """The channels by name, without their secrets."""
    return page_of(channels.all_channels(store), "channels", lambda one: one.channel_id, limit, cursor)


@router.post("/channels", status_code=status.HTTP_201_CREATED, summary="Add a channel")
def add_channel(told: ChannelAsked, request: Request, service: TheService, who: Admin) -> ChannelView:
    """E-mail, Slack, Teams or a webhook."""
    engine = service.engine
    made = channels.add_channel(engine.store, engine.settings, told.channel, told.told, who.name)
    about(request, made.channel_id)
    return made


@router.get("/channels/{channel}", summary="One channel")
def get_channel(channel: Id, store: TheStore, who: Analyst) -> ChannelView:
    """A channel by its id."""
    return channels.find_channel(store, channel)


@router.put("/channels/{channel}", summary="Change a channel")
def change_channel(channel: Id, told: ChannelAsked, service: TheService, who: Admin) -> ChannelView:
    """Change a channel. It keeps its secret unless its address or kind changed, or another one is given."""
    engine = service.engine
    return channels.change_channel(engine.store, engine.settings, channel, told.channel, told.told, who.name)


@router.put("/channels/{channel}/secret", summary="Set a channel's secret")
def set_secret(channel: Id, told: SecretAsked, service: TheService, who: Admin) -> ChannelView:
    """Another secret for the address as it is."""
    engine = service.engine
    return channels.set_secret(
        engine.store, engine.settings, channel, told.secret.get_secret_value(), who.name
    )


@router.delete("/channels/{channel}", status_code=status.HTTP_204_NO_CONTENT, summary="Remove a channel")
def remove_channel(channel: Id, store: TheStore, who: Admin) -> None:
    """Send nothing there any more; what waits for it is given up."""
    channels.remove_channel(store, channel)


@router.post("/channels/{channel}/test", summary="Try a channel")
def test_channel(channel: Id, service: TheService, who: Admin) -> DeliveryView:
    """Send a test message at once; the answer says what became of it."""
    return try_channel(service.engine, channel, service.engine.store.now())


@router.get("/recipients", summary="List recipients")
def list_recipients(
    store: TheStore, who: Analyst, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[RecipientView]:
    """Who is told of alerts, by name, and how much waits for their next digest."""
    found = recipients.all_recipients(store)
    return page_of(found, "recipients", lambda one: one.recipient.name, limit, cursor)


@router.put("/recipients/{name}", summary="Add or change a recipient")
def put_recipient(name: Called, told: RecipientAsked, store: TheStore, who: Analyst) -> Recipient:
    """Channels, quiet hours, time zone and budget of a person or team."""
    return recipients.put_recipient(store, recipients.read_recipient({"name": name, **told.model_dump()}))


@router.delete("/recipients/{name}", status_code=status.HTTP_204_NO_CONTENT, summary="Remove a recipient")
def remove_recipient(name: Called, store: TheStore, who: Analyst) -> None:
    """Tell them no more; what waited for their digest is forgotten."""
    recipients.remove_recipient(store, name)


@router.get("/deliveries", summary="List deliveries")
def list_deliveries(
    store: TheStore,
    who: Analyst,
    channel: Annotated[Id | None, Query()] = None,
    state: Literal["queued", "failed", "sent", "given up"] | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[DeliveryView]:
    """Messages and how they go, newest first."""
    return read_page(
        store,
        f"SELECT * FROM ({DELIVERIES}) WHERE ($channel IS NULL OR channel_id = $channel)"
        " AND ($state IS NULL OR state = $state)",
        {"channel": channel, "state": state},
        _NEWEST,
        limit,
        cursor,
        delivery_view,
    )


@router.get("/deliveries/{one}/attempts", summary="Tries of a delivery")
def list_attempts(
    one: Id, store: TheStore, who: Analyst, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Page[Attempt]:
    """Every try, oldest first, with what the other side answered."""
    found = attempts(store, delivery(store, one).delivery_id)
    return page_of(found, "tries", lambda tried: str(tried.attempt), limit, cursor)
