"""Commands about sources: `sources …`, `pull`, `push`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.platform.errors import SettingsError
from smalti.platform.records import SourceKind
from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, gateway_at, out, read_moment
from smalti.service.views import SourceView, StageReport

_SHOWN = 20
_SCHEDULES = {"news": "every 15m", "filing": "every 30m", "social": "every 15m", "call": "every 6h"}

Name = Annotated[str, typer.Argument(help="Name of a source.")]

sources = typer.Typer(no_args_is_help=True, help="Places to pull from: add, test, pause, list.")


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(sources, name="sources")
    for command in (pull, push):
        app.command()(command)


@sources.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    kind: Annotated[str, typer.Argument(help="news, filing, social, call, price or folder.")],
    address: Annotated[str, typer.Argument(help="Address, CIK or ticker, account, or folder.")],
    schedule: Annotated[
        str, typer.Option("--schedule", help="`every 15m` or five crontab fields, UTC.")
    ] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="NAME=VALUE; may be repeated.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a source, or change the one of that name. `smalti sources test NAME` then tries it."""
    from smalti.ingest.feeds.source import FOLDER, Source

    with gateway_at(home, as_json=as_json) as gateway:
        due = schedule or _SCHEDULES.get(kind, "every 1m" if kind == FOLDER else "every 1d")
        where = str(Path(address).expanduser().resolve()) if kind == FOLDER else address
        gateway.add_source(Source(name, kind, where, due, _options(option or [])))
        _show(gateway.sources(), name, as_json=as_json)


@sources.command("list")
def list_(home: Home = None, as_json: Json = False) -> None:
    """List the sources, when they are due, and how the last pull of each went."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.sources(), None, as_json=as_json)


@sources.command("test")
def test(name: Name, home: Home = None, as_json: Json = False) -> None:
    """Ask a source once and show what it would give; nothing is stored."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.test_source(name)
        if as_json:
            output.print_json(found)
            return
        out.print("asked " + escape(", ".join(found.asked)))
        table = Table("published", "what", "where", box=None, pad_edge=False, header_style="bold")
        for one in found.entries[:_SHOWN]:
            when = f"{one.published_at:%Y-%m-%d %H:%M}" if one.published_at else "-"
            what = one.title or ("a further list" if one.is_list else one.name)
            table.add_row(when, escape(what), escape(one.url or one.name))
        out.print(table if found.entries else "It names nothing.")
        if len(found.entries) > _SHOWN:
            out.print(f"and {len(found.entries) - _SHOWN} more")
        for problem in found.problems[:_SHOWN]:
            out.print(f"[yellow]cannot be used: {escape(problem)}[/]")


@sources.command("pause")
def pause(name: Name, home: Home = None, as_json: Json = False) -> None:
    """Leave a source out of the schedule."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.pause_source(name, True)
        _show(gateway.sources(), name, as_json=as_json)


@sources.command("resume")
def resume(name: Name, home: Home = None, as_json: Json = False) -> None:
    """Take a paused source into the schedule again."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.pause_source(name, False)
        _show(gateway.sources(), name, as_json=as_json)


@sources.command("remove")
def remove(name: Name, home: Home = None, as_json: Json = False) -> None:
    """Forget a source; what was pulled from it stays."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.remove_source(name)
        _show(gateway.sources(), None, as_json=as_json)


def pull(
    name: Annotated[str | None, typer.Argument(help="Of a source; all that are active if left out.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Fetch and read what is new in one source or all, now. Exit 5: some was set aside."""
    with gateway_at(home, as_json=as_json) as gateway:
        _reports(gateway.pull(name), as_json=as_json)


def push(  # noqa: PLR0913, PLR0917 - each is an option of the command
    files: Annotated[list[Path], typer.Argument(help="Files to take in.")],
    kind: Annotated[
        SourceKind | None, typer.Option("--kind", help="What they are, if their content leaves doubt.")
    ] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="Whose they are.")] = None,
    published: Annotated[
        str | None, typer.Option("--published", help="Day or ISO time when the public could know them.")
    ] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where they came from.")] = None,
    synthetic: Annotated[bool, typer.Option("--synthetic", help="Made up; marks every screen.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take in single files: parse, link, embed. Exit 5: some was set aside."""
    said = {"issuer": issuer, "url": url, "synthetic": "true" if synthetic else None}
    with gateway_at(home, as_json=as_json) as gateway:
        hints = {key: value for key, value in said.items() if value}
        _reports(gateway.push(files, kind, read_moment(published, "--published"), hints), as_json=as_json)


def _options(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    for key, equals, _ in pairs:
        if not (key and equals):
            raise SettingsError("an option is NAME=VALUE", subject=f"--option {key}", mend="issuer='3M'")
    return {key: value for key, _, value in pairs}


def _show(found: Sequence[SourceView], name: str | None, *, as_json: bool) -> None:
    shown = [source for source in found if name in (None, source.name)]
    if as_json:
        output.print_json(shown)
        return
    columns = ("name", "kind", "address", "schedule", "last pull", "went")
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for one in shown:
        schedule = f"{one.schedule} [yellow](paused)[/]" if one.paused else one.schedule
        when = f"{one.last_pull:%Y-%m-%d %H:%M}" if one.last_pull else "never"
        counts = ", ".join(f"{n} {what}" for what, n in one.last_counts.items() if n)
        went = " ".join(filter(None, (one.last_state, counts, one.last_error)))
        table.add_row(one.name, one.kind, escape(one.address), schedule, when, escape(went))
    out.print(table if shown else "No sources yet: `smalti sources add NAME KIND ADDRESS` makes one.")


def _reports(reports: Sequence[StageReport], *, as_json: bool) -> None:
    if as_json:
        output.print_json(reports)
    else:
        for report in reports:
            out.print(output.report_line(report))
    if any(report.counts.get("quarantined") for report in reports):
        raise typer.Exit(output.EXIT_QUARANTINED)
