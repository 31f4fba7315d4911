"""Commands about where alerts are sent: `alerts channels …`, and to whom: `alerts recipients …`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, gateway_at, out

if TYPE_CHECKING:  # so that `--help` answers at once
    from collections.abc import Sequence

    from smalti.service.alerts.channels import ChannelView
    from smalti.service.alerts.deliveries import DeliveryView

channels = typer.Typer(no_args_is_help=True, help="E-mail, Slack, Teams and webhooks that messages go to.")
recipients = typer.Typer(no_args_is_help=True, help="Who is told of alerts, and when.")

ChannelId = Annotated[str, typer.Argument(help="Id or name of a channel.")]


@channels.command("list")
def list_channels(home: Home = None, as_json: Json = False) -> None:
    """List the channels; secrets are never shown."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.channels(), as_json=as_json)


@channels.command("add")
def add(  # noqa: PLR0913, PLR0917 - the parts of a channel
    name: Annotated[str, typer.Argument(help="Name of the channel.")],
    kind: Annotated[str, typer.Option("--kind", help="email, slack, teams or webhook.")],
    address: Annotated[str, typer.Option("--address", help="Where it is; see docs/alerts.md.")],
    to: Annotated[list[str] | None, typer.Option("--to", help="An e-mail address; may be repeated.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Who e-mail is from.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="Name at the e-mail server.")] = None,
    secret: Annotated[bool, typer.Option("--secret", help="Ask for its secret.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a channel. A secret is asked for, or read from standard input; it is never an argument."""
    from smalti.service.alerts.channels import read_channel

    with gateway_at(home, as_json=as_json) as gateway:
        told = {"name": name, "kind": kind, "address": address}
        channel = read_channel(told | {"to": to or [], "sender": sender, "user": user})
        _show([gateway.alerts.add_channel(channel, _secret() if secret else None)], as_json=as_json)


@channels.command("secret")
def set_secret(channel: ChannelId, home: Home = None, as_json: Json = False) -> None:
    """Give a channel another secret, asked for or read from standard input."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show([gateway.alerts.set_secret(channel, _secret())], as_json=as_json)


@channels.command("remove")
def remove(channel: ChannelId, home: Home = None, as_json: Json = False) -> None:
    """Send nothing there any more."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.alerts.remove_channel(channel)
        output.print_json({"removed": channel}) if as_json else out.print(f"{escape(channel)} is removed.")


@channels.command("test")
def test(channel: ChannelId, home: Home = None, as_json: Json = False) -> None:
    """Send a test message at once."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_deliveries([gateway.alerts.try_channel(channel)], as_json=as_json)


@channels.command("log")
def log(
    channel: Annotated[str | None, typer.Option("--channel", help="Id of a channel.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="queued, failed, sent or 'given up'.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List messages and how they go, newest first."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_deliveries(gateway.alerts.deliveries(channel, state), as_json=as_json)


@recipients.command("list")
def list_recipients(home: Home = None, as_json: Json = False) -> None:
    """List who is told of alerts."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.alerts.recipients()
        if as_json:
            output.print_json(found)
            return
        columns = ("name", "channels", "quiet hours", "zone", "a day", "least", "waiting")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for view in found:
            one = view.recipient
            ids = ", ".join(channel[:8] for channel in one.channels)
            told = (escape(one.name), ids, one.quiet or "", one.zone, str(one.budget), one.least)
            table.add_row(*told, str(view.waiting))
        out.print(table if found else "No recipients: `smalti alerts recipients set NAME --channel ID`.")


@recipients.command("set")
def set_recipient(  # noqa: PLR0913, PLR0917 - how somebody is told
    name: Annotated[str, typer.Argument(help="A user's name, or a team's.")],
    channel: Annotated[list[str] | None, typer.Option("--channel", help="Id; may be repeated.")] = None,
    quiet: Annotated[str | None, typer.Option("--quiet", help="Quiet hours: 22:00-07:00.")] = None,
    zone: Annotated[str, typer.Option("--zone", help="Their time zone: Europe/Berlin.")] = "UTC",
    budget: Annotated[int, typer.Option("--budget", help="Most alerts sent singly in a day.")] = 20,
    least: Annotated[str, typer.Option("--least", help="Least severity: low, medium, high.")] = "low",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a recipient, or change the one of that name."""
    from smalti.service.alerts.recipients import read_recipient

    with gateway_at(home, as_json=as_json) as gateway:
        told = {"name": name, "channels": channel or [], "quiet": quiet, "zone": zone}
        made = gateway.alerts.put_recipient(read_recipient(told | {"budget": budget, "least": least}))
        output.print_json(made) if as_json else out.print(f"{escape(made.name)} is told of alerts.")


@recipients.command("remove")
def remove_recipient(
    name: Annotated[str, typer.Argument(help="Name of a recipient.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Tell somebody no more."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.alerts.remove_recipient(name)
        output.print_json({"removed": name}) if as_json else out.print(f"{escape(name)} is told no more.")


def _secret() -> str:
    """From the keyboard, unseen, or the first line of what is piped in."""
    if sys.stdin.isatty():
        told: str = typer.prompt("Secret", hide_input=True, err=True)
        return told
    return sys.stdin.readline().rstrip("\r\n")


def _show(found: Sequence[ChannelView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    table = Table(
        "id", "name", "kind", "address", "to", "secret", box=None, pad_edge=False, header_style="bold"
    )
    for one in found:
        channel = one.channel
        told = (one.channel_id, escape(channel.name), channel.kind, escape(channel.address))
        table.add_row(*told, escape(", ".join(channel.to)), "set" if one.has_secret else "none")
    out.print(table if found else "No channels: `smalti alerts channels add NAME --kind email …`.")


def _show_deliveries(found: Sequence[DeliveryView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    columns = ("id", "channel", "title", "state", "tries", "status", "error", "next try")
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for one in found:
        again = f"{one.next_try:%Y-%m-%d %H:%M}" if one.next_try else ""
        told = (one.delivery_id[:8], escape(one.channel), escape(one.title), one.state, str(one.attempts))
        table.add_row(*told, str(one.status or ""), escape(one.error or ""), again)
    out.print(table if found else "Nothing was sent yet.")
