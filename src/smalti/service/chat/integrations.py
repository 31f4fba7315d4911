"""Systems outside that the assistant answers in, each with its set-up and its sealed secrets.

A secret goes in and never comes out again but to the address it was given for.
"""

from __future__ import annotations

import json
import re
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from smalti.platform.errors import Conflict, NotFound, SettingsError
from smalti.platform.records import content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch, Store
from smalti.platform.web.addresses import Gate
from smalti.service.alerts.conditions import Name
from smalti.service.alerts.sealing import Seal

Told = TypeVar("Told", bound=BaseModel)

SLACK = "https://slack.com/api"
_MOST = 50
"""Integrations; each Slack request is held against the secret of every Slack one."""

Address = Annotated[str, Field(max_length=500, pattern=r"^https?://[!-~]+$")]
SlackId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{2,30}$")]
Origin = Annotated[str, Field(max_length=300, pattern=r"^https?://[a-z0-9.:\[\]-]+$")]
Line = Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]


class _Setup(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlackSetup(_Setup):
    """A Slack app with a bot.

    Attributes:
        address: of Slack's API; another one only for tests, where the setting `allow` names it.
        workspace: the id of the only workspace that is answered: `T…`.
        analysts: ids of the Slack channels whose members are answered as analysts; everywhere else, and in
            channels shared with other companies, whoever asks is a customer.
        person: id of the user (`U…`) or user group (`S…`) that is called where a person has to take over.
    """

    kind: Literal["slack"] = "slack"
    address: Address = SLACK
    workspace: SlackId
    analysts: Annotated[tuple[SlackId, ...], Field(max_length=200)] = ()
    person: SlackId | None = None


class ChatwootSetup(_Setup):
    """An agent bot of a Chatwoot account; who asks there is always a customer.

    Attributes:
        address: of the installation: `https://app.chatwoot.com`.
        account: the number of the account.
    """

    kind: Literal["chatwoot"] = "chatwoot"
    address: Address
    account: Annotated[int, Field(ge=1, le=10**12)]


class WidgetSetup(_Setup):
    """A widget on web pages; who asks there is always a customer.

    Attributes:
        origins: the sites whose pages may ask: `https://www.example.org`, exactly.
        title: what stands above it.
        contact: how people reach a person: shown where one has to take over.
        channel: name or id of the channel (see alerts) that is told where a person has to take over.
    """

    kind: Literal["widget"] = "widget"
    origins: Annotated[tuple[Origin, ...], Field(min_length=1, max_length=50)]
    title: Line = "Ask us"
    contact: Line = ""
    channel: Name | None = None

    @model_validator(mode="after")
    def _safe(self) -> Self:
        for origin in self.origins:
            parts = urlsplit(origin)
            here = parts.hostname in {"localhost", "127.0.0.1", "::1"}
            if parts.scheme != "https" and not here:
                raise ValueError(f"{origin} is no https:// origin")
            default = {"https": ":443", "http": ":80"}[parts.scheme]
            if origin.endswith(default):
                raise ValueError(f"browsers leave {default} out of {origin}: leave it out too")
        return self

    @property
    def address(self) -> str:
        """Of nothing: a widget is asked, and asks nobody."""
        return ""


Setup = Annotated[SlackSetup | ChatwootSetup | WidgetSetup, Field(discriminator="kind")]


class Integration(BaseModel):
    """One system outside, without its secrets."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    setup: Setup


class Secrets(BaseModel):
    """What is agreed with the other side.

    Attributes:
        signing: what it signs its requests with.
        token: what it knows us by.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    signing: Annotated[str, Field(pattern=r"^[!-~]{16,500}$")]
    token: Annotated[str, Field(pattern=r"^[!-~]{10,500}$")]


@dataclass(frozen=True, slots=True)
class IntegrationView:
    """A stored integration. The id of a widget is its public key."""

    integration_id: str
    integration: Integration
    made_by: str
    made_at: datetime

    @property
    def setup(self) -> SlackSetup | ChatwootSetup | WidgetSetup:
        """How it is set up."""
        return self.integration.setup


def read_integration(told: Mapping[str, Any]) -> Integration:
    """An integration out of plain values.

    Raises:
        SettingsError: says what is wrong with which part.
    """
    return _read(Integration, told)


def read_secrets(signing: str, token: str) -> Secrets:
    """The secrets of a Slack or Chatwoot integration.

    Raises:
        SettingsError: one of them is none; says which, not what it was.
    """
    return _read(Secrets, {"signing": signing, "token": token})


def all_integrations(store: Store, kind: str | None = None) -> list[IntegrationView]:
    """Those there are, or those of a kind, by name."""
    rows = store.read(
        "SELECT * FROM integrations WHERE $kind IS NULL OR kind = $kind ORDER BY name, integration_id",
        {"kind": kind},
    )
    return [_view(row) for row in rows.iter_rows(named=True)]


def find_integration(store: Store, called: str, kind: str | None = None) -> IntegrationView:
    """The integration of that id or name.

    Raises:
        NotFound: there is none, or there are several.
    """
    every = all_integrations(store, kind)
    found = [one for one in every if called in (one.integration_id, one.integration.name)]
    if len(found) != 1:
        what = "no such integration" if not found else "several integrations are called so"
        raise NotFound(what, subject=called[:128], mend="`smalti chat list` has their ids")
    return found[0]


def add_integration(
    store: Store, settings: Settings, integration: Integration, secrets: Secrets | None, by: str
) -> IntegrationView:
    """Store a new integration.

    Args:
        store: where.
        settings: which addresses are excepted from the guarded client's rules.
        integration: how it is set up.
        secrets: agreed with the other side; none of a widget, which gets one of its own.
        by: who adds it.

    Raises:
        SettingsError: its secrets are missing, or its address cannot be used.
        Refused: the address may not be asked.
        Conflict: there are too many, or one is called so.
    """
    _check(integration, settings)
    known = all_integrations(store)
    if len(known) >= _MOST or any(one.integration.name == integration.name for one in known):
        what = "there is one of this name" if len(known) < _MOST else f"there are {_MOST} integrations"
        raise Conflict(what, subject=integration.name, mend="choose another name, or remove some")
    if isinstance(integration.setup, WidgetSetup):
        secrets = Secrets(signing=random.token_urlsafe(48), token=random.token_urlsafe(48))
    elif secrets is None:
        raise SettingsError(
            "it needs the secret that requests are signed with, and a token",
            subject=integration.name,
            mend="give both on standard input, a line each",
        )
    integration_id = content_id("integration", random.token_hex(16))
    sealed = Seal(settings.home).close(secrets.model_dump_json(), _meant_for(integration_id, integration))
    batch = Batch()
    batch.add(
        "integrations",
        {
            "integration_id": integration_id,
            "name": integration.name,
            "kind": integration.setup.kind,
            "address": integration.setup.address,
            "setup": integration.setup.model_dump_json(),
            "secrets": sealed,
            "made_by": by,
            "made_at": store.now(),
        },
    )
    store.commit(batch)
    return find_integration(store, integration_id)


def remove_integration(store: Store, called: str) -> None:
    """Answer there no more; what came in and was not answered is forgotten.

    Raises:
        NotFound: there is no such integration.
    """
    found = find_integration(store, called)
    batch = Batch()
    for table in ("integrations", "integration_events"):
        batch.drop(table, integration_id=found.integration_id)
    store.commit(batch)


def secrets_of(store: Store, settings: Settings, view: IntegrationView) -> Secrets:
    """An integration's secrets, for what they are agreed for and nothing else.

    Raises:
        Conflict: they cannot be opened.
    """
    rows = store.read("SELECT secrets FROM integrations WHERE integration_id = ?", [view.integration_id])
    meant = _meant_for(view.integration_id, view.integration)
    return Secrets.model_validate_json(Seal(settings.home).open(rows["secrets"][0], meant))


def _check(integration: Integration, settings: Settings) -> None:
    setup = integration.setup
    if isinstance(setup, WidgetSetup) or (isinstance(setup, SlackSetup) and setup.address == SLACK):
        return
    target = Gate.of({443}, settings.allow).target(setup.address)
    if isinstance(setup, SlackSetup) and target.authority not in settings.allow:
        raise SettingsError(
            f"Slack's API is at {SLACK}", subject=integration.name, mend="leave its address out"
        )
    if target.scheme != "https" and target.authority not in settings.allow:
        raise SettingsError("its address begins with https://", subject=setup.address, mend="use TLS")
    if re.search(r"[?#]", setup.address):
        raise SettingsError("its address has a query", subject=setup.address, mend="give scheme and host")


def _meant_for(integration_id: str, integration: Integration) -> str:
    """What secrets are sealed with: they open for no other address, even where the table was altered."""
    return json.dumps([integration_id, integration.setup.kind, integration.setup.address])


def _read(kind: type[Told], told: Mapping[str, Any]) -> Told:
    try:
        return kind.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise SettingsError(
            first["msg"], subject=".".join(map(str, first["loc"])), mend="see docs/chat.md"
        ) from None


def _view(row: Mapping[str, Any]) -> IntegrationView:
    integration = Integration(name=row["name"], setup=json.loads(row["setup"]))
    return IntegrationView(row["integration_id"], integration, row["made_by"], row["made_at"])
