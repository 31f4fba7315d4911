"""Commands about who may use the service: `users …`, `keys …`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.platform.auth.roles import Role
from smalti.platform.errors import NotFound, SettingsError
from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, gateway_at, out

if TYPE_CHECKING:
    from smalti.service.access import UserView

_DAYS = 90

users = typer.Typer(no_args_is_help=True, help="People and programs that may use the service.")
keys = typer.Typer(no_args_is_help=True, help="Keys with which programs use the service.")

UserName = Annotated[str, typer.Argument(help="Name of a user.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(users, name="users")
    app.add_typer(keys, name="keys")


@users.command("add")
def add(
    name: UserName,
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.VIEWER,
    email: Annotated[str, typer.Option("--email", help="Their e-mail address.")] = "",
    password: Annotated[
        bool, typer.Option("--password", help="Ask for a password; without one they use keys or OpenID.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a user. A password is asked for, or read from standard input; it is never an argument."""
    with gateway_at(home, as_json=as_json) as gateway:
        asked = _password() if password else None
        _show_users([gateway.people.add_user(name, role, email, asked)], as_json=as_json)


@users.command("list")
def list_users(home: Home = None, as_json: Json = False) -> None:
    """List the users, what each may do, and how they sign in."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_users(gateway.people.users(), as_json=as_json)


@users.command("role")
def role_(
    name: UserName,
    role: Annotated[Role, typer.Argument(help="What they may do from now on.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Give a user another role. Keys of theirs that would be above it are refused."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_users([gateway.people.change_user(name, role=role)], as_json=as_json)


@users.command("disable")
def disable(name: UserName, home: Home = None, as_json: Json = False) -> None:
    """Let a user in no more; their sessions and keys end at once."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_users([gateway.people.change_user(name, disabled=True)], as_json=as_json)


@users.command("enable")
def enable(name: UserName, home: Home = None, as_json: Json = False) -> None:
    """Let a user in again."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_users([gateway.people.change_user(name, disabled=False)], as_json=as_json)


@users.command("password")
def password_(name: UserName, home: Home = None, as_json: Json = False) -> None:
    """Give a user another password, asked for or read from standard input; their sessions end."""
    with gateway_at(home, as_json=as_json) as gateway:
        if name.lower() not in {user.name for user in gateway.people.users()}:
            raise NotFound("no such user", subject=name, mend="`smalti users list` names them")
        gateway.people.set_password(name, _password())
        if as_json:
            output.print_json({"name": name.lower()})
        else:
            out.print(f"{escape(name)} has another password, and is signed out everywhere.")


@keys.command("create")
def create(
    owner: UserName,
    role: Annotated[Role | None, typer.Option("--role", help="Its owner's, or less.")] = None,
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    days: Annotated[int, typer.Option("--days", help="Until it ends.")] = _DAYS,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a key for a user. It is shown this once: only a hash of it is kept."""
    with gateway_at(home, as_json=as_json) as gateway:
        made = gateway.people.create_key(owner, role, label, days)
        if as_json:
            output.print_json(made)
            return
        key = made.key
        out.print(made.secret, highlight=False, soft_wrap=True)
        told = f"{key.role} key {key.key_id} of {escape(key.owner)}, until {key.ends_at:%Y-%m-%d}"
        out.print(f"[dim]{told}; keep it: it is not shown again[/]")


@keys.command("list")
def list_keys(
    owner: Annotated[str | None, typer.Option("--owner", help="Name of a user.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List keys, without their secrets."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.people.keys(owner)
        if as_json:
            output.print_json(found)
            return
        table = Table("key", "owner", "role", "state", "ends", "label", box=None, pad_edge=False)
        for key in found:
            ends = f"{key.ends_at:%Y-%m-%d}"
            table.add_row(key.key_id, escape(key.owner), key.role, key.state, ends, escape(key.label))
        out.print(table if found else "No keys yet: `smalti keys create USER` makes one.")


@keys.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id of a key, as `keys list` shows it.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take a key back; it is refused from now on."""
    with gateway_at(home, as_json=as_json) as gateway:
        key = gateway.people.revoke_key(key_id)
        if as_json:
            output.print_json(key)
        else:
            out.print(f"{key.key_id} of {escape(key.owner)} is {key.state}.")


def _password() -> str:
    """A password: asked for twice at a terminal, else the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise SettingsError("no password came", subject="standard input", mend="give it as the first line")
    return line


def _show_users(found: Sequence[UserView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    table = Table("name", "role", "e-mail", "signs in by", "", box=None, pad_edge=False)
    for user in found:
        ways = [way for way, has in (("password", user.password), ("OpenID", user.openid)) if has]
        state = "[yellow]disabled[/]" if user.disabled else ""
        table.add_row(escape(user.name), user.role, escape(user.email), ", ".join(ways) or "keys only", state)
    out.print(table if found else "No users yet: `smalti users add NAME --role admin --password` makes one.")
