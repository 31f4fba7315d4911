"""Where messages are sent: e-mail, Slack, Teams and webhooks; each with an address and a secret.

A secret goes in and never comes out again but to the address it was given for: changing the address drops it.
"""

from __future__ import annotations

import json
import re
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smalti.platform.errors import Conflict, NotFound, SettingsError
from smalti.platform.records import content_id
from smalti.platform.settings import Settings
from smalti.platform.store import Batch, Store
from smalti.platform.store.store import as_json
from smalti.platform.web.addresses import Gate
from smalti.service.alerts.conditions import Name
from smalti.service.alerts.sealing import Seal

Kind = Literal["email", "slack", "teams", "webhook"]

SLACK_HOOKS, SLACK_BOT = "https://hooks.slack.com/services", "https://slack.com/api"
MAIL_PORTS = frozenset({25, 465, 587, 2525})
MAIL_SCHEMES: Mapping[str, str] = {"smtps": "ssl", "smtp": "starttls", "smtp+plain": "insecure"}
"""How an e-mail server is spoken to, as the scheme of its address says it."""
_TEAMS_HOSTS = (".logic.azure.com", ".azure-apihub.net", ".powerplatform.com", ".powerautomate.com")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_SECRETS: Mapping[str, re.Pattern[str]] = {
    "email": re.compile(r"[ -~]{1,500}"),
    "slack": re.compile(
        r"T[A-Z0-9]{1,20}/[AB][A-Z0-9]{1,20}/[A-Za-z0-9]{8,60}|xox[abp]-[A-Za-z0-9-]{10,200}"
    ),
    "teams": re.compile(r"[A-Za-z0-9_~.-]{10,200}"),
    "webhook": re.compile(r"[!-~]{16,500}"),
}
_SECRET_FORMS: Mapping[str, str] = {
    "email": "the password at the server",
    "slack": "a bot's token (xoxb-…), or what follows /services/ in the webhook's address (T…/B…/…)",
    "teams": "the value of `sig` in the workflow's address",
    "webhook": "16 to 500 characters, none of them a space, that the receiver knows too",
}
_MOST_CHANNELS = 500

Address = Annotated[str, Field(max_length=2_000, pattern=r"^[!-~]+$")]
Mail = Annotated[str, Field(max_length=200, pattern=r"^[!-~]+$")]


class Channel(BaseModel):
    """One place that messages go to, without its secret.

    Attributes:
        name: for people.
        kind: what it is.
        address: webhook: an https address. E-mail: the server, `smtp://mail.example.org:587` (which must
            speak STARTTLS), `smtps://…:465`, or `smtp+plain://…:25` without encryption. Slack:
            `https://hooks.slack.com/services` or, for a bot, `https://slack.com/api`. Teams: the workflow's
            address without its `sig`, which is the secret.
        to: e-mail: the addresses; a Slack bot: the Slack channels.
        sender: e-mail: who it is from.
        user: e-mail: the name at the server, if it wants one; the secret is its password.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    kind: Kind
    address: Address
    to: Annotated[tuple[Mail, ...], Field(max_length=100)] = ()
    sender: Mail | None = None
    user: Annotated[str, Field(max_length=200, pattern=r"^[!-~]+$")] | None = None


@dataclass(frozen=True, slots=True)
class ChannelView:
    """A stored channel; `has_secret` is all that is ever told of its secret."""

    channel_id: str
    channel: Channel
    has_secret: bool
    made_by: str
    made_at: datetime


def read_channel(told: Mapping[str, Any]) -> Channel:
    """A channel out of plain values.

    Raises:
        SettingsError: says what is wrong with which part.
    """
    try:
        return Channel.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            first["msg"], subject=".".join(map(str, first["loc"])), mend="see docs/alerts.md"
        ) from None


def all_channels(store: Store) -> list[ChannelView]:
    """Those there are, by name."""
    rows = store.read("SELECT * FROM alert_channels ORDER BY name, channel_id")
    return [_view(row) for row in rows.iter_rows(named=True)]


def find_channel(store: Store, channel_id: str) -> ChannelView:
    """The channel of that id or name.

    Raises:
        NotFound: there is none, or there are several.
    """
    found = [one for one in all_channels(store) if channel_id in (one.channel_id, one.channel.name)]
    if len(found) != 1:
        what = "no such channel" if not found else "several channels are called so"
        raise NotFound(what, subject=channel_id, mend="`smalti alerts channels list` has their ids")
    return found[0]


def add_channel(
    store: Store, settings: Settings, channel: Channel, secret: str | None, by: str
) -> ChannelView:
    """Store a new channel.

    Raises:
        SettingsError: its address or secret is not of its kind.
        Refused: the address may not be asked.
        Conflict: there are too many.
    """
    check(channel, settings)
    if len(all_channels(store)) >= _MOST_CHANNELS:
        raise Conflict(f"there are {_MOST_CHANNELS} channels", subject=channel.name, mend="remove some")
    channel_id = content_id("channel", random.token_hex(16))
    _write(store, channel_id, channel, _sealed(settings, channel_id, channel, secret), by)
    return find_channel(store, channel_id)


def change_channel(
    store: Store, settings: Settings, channel_id: str, channel: Channel, secret: str | None, by: str
) -> ChannelView:
    """Change a channel. Without a new secret it keeps its own, unless its kind or address changed.

    Raises:
        NotFound: there is no such channel.
        SettingsError: its address or secret is not of its kind.
        Refused: the address may not be asked.
    """
    old = find_channel(store, channel_id)
    check(channel, settings)
    if secret is not None:
        sealed = _sealed(settings, old.channel_id, channel, secret)
    elif meant_for(old.channel_id, old.channel) == meant_for(old.channel_id, channel):
        sealed = _row(store, old.channel_id)["secret"]
    else:
        sealed = None
    _write(store, old.channel_id, channel, sealed, by)
    return find_channel(store, old.channel_id)


def set_secret(store: Store, settings: Settings, channel_id: str, secret: str, by: str) -> ChannelView:
    """Give a channel another secret.

    Raises:
        NotFound: there is no such channel.
        SettingsError: it is no secret of its kind.
    """
    old = find_channel(store, channel_id)
    return change_channel(store, settings, old.channel_id, old.channel, secret, by)


def remove_channel(store: Store, channel_id: str) -> None:
    """Send nothing there any more; recipients lose it.

    Raises:
        NotFound: there is no such channel.
    """
    found = find_channel(store, channel_id)
    batch = Batch()
    batch.drop("alert_channels", channel_id=found.channel_id)
    told = store.read(
        "SELECT * EXCLUDE (recorded_at) FROM alert_recipients WHERE list_contains(channels, ?)",
        [found.channel_id],
    )
    for row in told.iter_rows(named=True):
        left = [one for one in row["channels"] if one != found.channel_id]
        batch.add("alert_recipients", row | {"channels": left})
    store.commit(batch)


def secret_of(store: Store, settings: Settings, view: ChannelView) -> str | None:
    """A channel's secret, for sending and nothing else.

    Raises:
        Conflict: it cannot be opened.
    """
    sealed = _row(store, view.channel_id)["secret"]
    if sealed is None:
        return None
    return Seal(settings.home).open(sealed, meant_for(view.channel_id, view.channel))


def meant_for(channel_id: str, channel: Channel) -> str:
    """What a secret is sealed with: it opens for no other address, even where the table was altered."""
    return json.dumps([channel_id, channel.kind, channel.address])


def check(channel: Channel, settings: Settings) -> None:
    """Hold a channel's address against its kind.

    Raises:
        SettingsError: it does not fit.
        Refused: the address is one that is never asked.
    """
    gate = Gate.of({443}, settings.allow)
    match channel.kind:
        case "webhook":
            target = gate.target(channel.address)
            if target.scheme != "https" and target.authority not in settings.allow:
                raise _wrong(channel, "a webhook's address begins with https://")
        case "teams":
            _check_teams(channel, gate)
        case "slack":
            if channel.address not in (SLACK_HOOKS, SLACK_BOT):
                raise _wrong(channel, f"a Slack channel's address is {SLACK_HOOKS} or {SLACK_BOT}")
        case "email":
            _check_mail(channel, settings)


def _check_teams(channel: Channel, gate: Gate) -> None:
    target = gate.target(channel.address)
    if target.scheme != "https" or not target.host.endswith(_TEAMS_HOSTS):
        raise _wrong(channel, f"a Teams workflow's host ends in one of {', '.join(_TEAMS_HOSTS)}")
    if "sig" in parse_qs(urlsplit(channel.address).query):
        raise _wrong(channel, "take `sig` out of the address and give its value as the secret")


def _check_mail(channel: Channel, settings: Settings) -> None:
    scheme, host, port = mail_server(channel)
    gate = Gate.of(MAIL_PORTS, settings.allow)
    bracketed = f"[{host}]" if ":" in host else host
    gate.target(f"https://{bracketed}:{port}/")
    if scheme == "smtp+plain" and channel.user:
        raise _wrong(channel, "a password is not sent without encryption: smtp:// or smtps://")
    if not channel.to or not all(_MAIL.fullmatch(one) for one in channel.to):
        raise _wrong(channel, "`to` holds e-mail addresses, at least one")
    if channel.sender is None or not _MAIL.fullmatch(channel.sender):
        raise _wrong(channel, "`sender` is an e-mail address")


def mail_server(channel: Channel) -> tuple[str, str, int]:
    """Scheme, host and port of an e-mail server.

    Raises:
        SettingsError: the address is not of that form.
    """
    try:
        parts = urlsplit(channel.address)
        plain = not (
            parts.username or parts.password or parts.path.strip("/") or parts.query or parts.fragment
        )
        if parts.scheme in MAIL_SCHEMES and parts.hostname and parts.port and plain:
            return parts.scheme, parts.hostname, parts.port
    except ValueError:
        pass
    raise _wrong(
        channel, "an e-mail server's address is smtp://HOST:587, smtps://HOST:465 or smtp+plain://HOST:25"
    )


def _wrong(channel: Channel, mend: str) -> SettingsError:
    return SettingsError("it is no address of this kind of channel", subject=channel.name, mend=mend)


def _sealed(settings: Settings, channel_id: str, channel: Channel, secret: str | None) -> str | None:
    if secret is None:
        return None
    if not _SECRETS[channel.kind].fullmatch(secret):
        raise SettingsError(
            f"no secret of a {channel.kind} channel",
            subject=channel.name,
            mend=f"it is {_SECRET_FORMS[channel.kind]}",
        )
    return Seal(settings.home).close(secret, meant_for(channel_id, channel))


def _write(store: Store, channel_id: str, channel: Channel, sealed: str | None, by: str) -> None:
    batch = Batch()
    batch.add(
        "alert_channels",
        {
            "channel_id": channel_id,
            "name": channel.name,
            "kind": channel.kind,
            "address": channel.address,
            "options": as_json({"to": channel.to, "sender": channel.sender, "user": channel.user}),
            "secret": sealed,
            "made_by": by,
            "made_at": store.now(),
        },
    )
    store.commit(batch)


def _row(store: Store, channel_id: str) -> dict[str, Any]:
    return store.read("SELECT * FROM alert_channels WHERE channel_id = ?", [channel_id]).row(0, named=True)


def _view(row: Mapping[str, Any]) -> ChannelView:
    named = {name: row[name] for name in ("name", "kind", "address")}
    channel = Channel(**named, **json.loads(row["options"]))
    return ChannelView(row["channel_id"], channel, row["secret"] is not None, row["made_by"], row["made_at"])
