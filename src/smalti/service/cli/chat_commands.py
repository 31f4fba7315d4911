"""Commands about the assistant in other systems: `chat slack|chatwoot|widget add`, `chat list` and more."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, gateway_at, out

if TYPE_CHECKING:  # so that `--help` answers at once
    from collections.abc import Sequence

    from smalti.service.chat.integrations import IntegrationView, Secrets

chat = typer.Typer(no_args_is_help=True, help="The assistant in Slack, in Chatwoot and on web pages.")
slack = typer.Typer(no_args_is_help=True, help="Slack workspaces.")
chatwoot = typer.Typer(no_args_is_help=True, help="Chatwoot agent bots.")
widget = typer.Typer(no_args_is_help=True, help="Widgets on web pages.")
chat.add_typer(slack, name="slack")
chat.add_typer(chatwoot, name="chatwoot")
chat.add_typer(widget, name="widget")

Called = Annotated[str, typer.Argument(help="Id or name of an integration.")]
Name = Annotated[str, typer.Argument(help="What it is called here.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(chat, name="chat")


@chat.command("list")
def list_integrations(home: Home = None, as_json: Json = False) -> None:
    """List where the assistant answers; secrets are never shown."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.chat.integrations(), as_json=as_json)


@slack.command("add")
def add_slack(
    name: Name,
    workspace: Annotated[str, typer.Option("--workspace", help="The only workspace answered: T….")],
    analysts: Annotated[
        list[str] | None,
        typer.Option("--analysts", help="Id of a Slack channel whose members are analysts; may be repeated."),
    ] = None,
    person: Annotated[
        str | None, typer.Option("--person", help="User (U…) or group (S…) that takes over.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a Slack app. Its signing secret and its bot's token are asked for, or two lines of standard input.

    Events go to /v1/integrations/slack/events. Everybody is answered as a customer but in --analysts.
    """
    setup = {"kind": "slack", "workspace": workspace, "analysts": analysts or [], "person": person}
    _add(name, setup, home, as_json=as_json, asks=("Signing secret", "Bot token (xoxb-…)"))


@chatwoot.command("add")
def add_chatwoot(
    name: Name,
    address: Annotated[str, typer.Option("--address", help="Of the installation: https://….")],
    account: Annotated[int, typer.Option("--account", help="Number of the account.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add an agent bot. Its webhook secret and access token are asked for, or two lines of standard input.

    Its webhook goes to /v1/integrations/chatwoot/ID/events. Whoever asks there is a customer.
    """
    setup = {"kind": "chatwoot", "address": address, "account": account}
    _add(name, setup, home, as_json=as_json, asks=("Webhook secret", "Access token"))


@widget.command("add")
def add_widget(
    name: Name,
    origin: Annotated[list[str], typer.Option("--origin", help="Site that may ask; may be repeated.")],
    title: Annotated[str, typer.Option("--title", help="What stands above it.")] = "Ask us",
    contact: Annotated[str, typer.Option("--contact", help="How people reach a person.")] = "",
    channel: Annotated[
        str | None, typer.Option("--channel", help="Channel (see alerts) told where a person takes over.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a widget for pages of some sites; shows the tag that brings it there."""
    setup = {"kind": "widget", "origins": origin, "title": title, "contact": contact, "channel": channel}
    _add(name, setup, home, as_json=as_json)


@widget.command("try")
def try_widget(called: Called, home: Home = None, as_json: Json = False) -> None:
    """Show the tag of a widget, and where to try it on this machine."""
    from smalti.platform.errors import NotFound, Unreachable
    from smalti.service.cli.common import settings_at
    from smalti.service.reach import left_by

    with gateway_at(home, as_json=as_json) as gateway:
        every = gateway.chat.integrations()
        found = [one for one in every if called in (one.integration_id, one.integration.name)]
        if len(found) != 1 or found[0].setup.kind != "widget":
            raise NotFound("no such widget", subject=called, mend="`smalti chat list`")
        address = left_by(settings_at(home).home)
        if not address:
            raise Unreachable("no service is up", mend="`smalti up`")
        key = found[0].integration_id
        told = {"tag": _tag(address, key), "page": f"{address}/widget?key={key}"}
        if as_json:
            output.print_json(told)
        else:
            out.print(f"Try it at {told['page']}\n\n{escape(told['tag'])}", soft_wrap=True)


@chat.command("remove")
def remove(called: Called, home: Home = None, as_json: Json = False) -> None:
    """Answer there no more, and forget its secrets."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.chat.remove(called)
        output.print_json({"removed": called}) if as_json else out.print(f"{escape(called)} is removed.")


@chat.command("test")
def test(called: Called, home: Home = None, as_json: Json = False) -> None:
    """Ask the other side whether it knows us; nobody there is told anything. Exit 1: it does not."""
    with gateway_at(home, as_json=as_json) as gateway:
        tried = gateway.chat.test(called)
        if as_json:
            output.print_json(tried)
        else:
            out.print(
                ("[green]works[/]: " if tried.works else "[red]does not work[/]: ") + escape(tried.told)
            )
    if not tried.works:
        raise typer.Exit(1)


@chat.command("log")
def log(
    called: Annotated[str | None, typer.Option("--integration", help="Id or name; all if left out.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List messages that came in, newest first, and how their answers go; not what they say."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.chat.events(called)
        if as_json:
            output.print_json(found)
            return
        columns = ("came", "integration", "conversation", "state", "tries", "error", "next try")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for one in found:
            again = f"{one.next_try:%Y-%m-%d %H:%M}" if one.next_try else ""
            told = (one.integration_id[:8], escape(one.thread), one.state, str(one.attempts))
            table.add_row(f"{one.got_at:%Y-%m-%d %H:%M:%S}", *told, escape(one.error or ""), again)
        out.print(table if found else "Nothing came in yet.")


def _add(name: str, setup: dict[str, Any], home: Any, *, as_json: bool, asks: Sequence[str] = ()) -> None:
    from smalti.service.chat.integrations import read_integration

    with gateway_at(home, as_json=as_json) as gateway:
        made = gateway.chat.add(read_integration({"name": name, "setup": setup}), _secrets(asks))
        _show([made], as_json=as_json)
        if not as_json and made.setup.kind == "widget":
            out.print(escape(_tag("https://YOUR-SERVICE", made.integration_id)), soft_wrap=True)


def _secrets(asks: Sequence[str]) -> Secrets | None:
    """From the keyboard, unseen, or the first lines of what is piped in."""
    from smalti.service.chat.integrations import read_secrets

    if not asks:
        return None
    if sys.stdin.isatty():
        signing, token = (typer.prompt(one, hide_input=True, err=True) for one in asks)
    else:
        signing, token = (sys.stdin.readline().rstrip("\r\n") for _ in asks)
    return read_secrets(signing, token)


def _tag(address: str, key: str) -> str:
    return f'<script src="{address}/widget.js" data-key="{key}" async></script>'


def _show(found: Sequence[IntegrationView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    table = Table("id", "name", "kind", "where", box=None, pad_edge=False, header_style="bold")
    for one in found:
        setup = one.setup
        where = ", ".join(setup.origins) if setup.kind == "widget" else setup.address
        table.add_row(one.integration_id, escape(one.integration.name), setup.kind, escape(where))
    out.print(table if found else "None: `smalti chat slack add …`, `chat chatwoot add`, `chat widget add`.")
