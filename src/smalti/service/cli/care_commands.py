"""Commands of care: `snapshot`, `backup`, `restore`, `verify`, `repair`, `erase`, `erasures`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.service.care.views import VerifyView
from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, err, gateway_at, out, settings_at

Folder = Annotated[Path, typer.Argument(help="Folder of backups.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    for command in (snapshot, backup, restore, verify, repair, erase, erasures):
        app.command()(command)


def snapshot(home: Home = None, as_json: Json = False) -> None:
    """Publish a read-only copy of the public tables for notebooks; a running service goes on meanwhile."""
    with gateway_at(home, as_json=as_json) as gateway:
        made = gateway.care.snapshot()
        if as_json:
            output.print_json(made)
            return
        rows = sum(made.tables.values())
        out.print(
            f"{made.latest}\n{rows:,} rows of {len(made.tables)} tables as of {made.snapshot_of:%F %T} UTC"
        )


def backup(folder: Folder, home: Home = None, as_json: Json = False) -> None:
    """Add a backup of store and objects to a folder; only new objects are copied. Exit 1: damaged ones."""
    with gateway_at(home, as_json=as_json) as gateway:
        made = gateway.care.backup(folder)
        if as_json:
            output.print_json(made)
        else:
            out.print(
                f"{escape(made.manifest)}\n{made.rows:,} rows, {made.objects:,} objects,"
                f" of them {made.new_objects:,} new ({made.new_bytes / 1e6:,.1f} MB)"
            )
            out.print("it holds secrets:\n  " + "\n  ".join(map(escape, made.secrets)))
            out.print("it does not hold:\n  " + "\n  ".join(map(escape, made.left_out)))
            for breach in made.breaches:
                out.print(f"[red]{escape(breach.rule)}[/]: {breach.subject} ({escape(breach.mend)})")
    if made.breaches:
        raise typer.Exit(output.EXIT_FAILED)


def restore(
    folder: Folder,
    at: Annotated[
        str | None, typer.Option("--at", help="Which backup: how its manifest's name begins.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Move what is in the home folder away first.")
    ] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Bring a checked backup back into an empty home folder. What was erased since is erased again."""
    from smalti.platform.telemetry import NoProgress, progress_bars
    from smalti.service.care.restore import restore as bring_back

    with output.errors_told(err, as_json=as_json):
        settings = settings_at(home)
        if as_json or not err.is_terminal:
            found = bring_back(settings, folder, NoProgress(), force=force, stamp=at)
        else:
            with progress_bars(err) as bars:
                found = bring_back(settings, folder, bars, force=force, stamp=at)
        if as_json:
            output.print_json(found)
            return
        out.print(
            f"{escape(found.home)}: {found.rows:,} rows and {found.objects:,} objects as of"
            f" {found.made_at:%F %T} UTC"
        )
        if found.replaced:
            out.print(f"what was there lies in {escape(found.replaced)}")
        if found.erased_again:
            out.print(f"{found.erased_again} later erasures were made again")
        for one in found.to_do:
            out.print(f"look at: {escape(one)}")


def verify(
    folder: Annotated[Path | None, typer.Argument(help="Folder of backups; the store if left out.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Check every rule and every object's hash, of the store or of the newest backup. Exit 1: not sound."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.care.verify(folder)
        if as_json:
            output.print_json(found)
        else:
            out.print(
                f"{escape(found.subject)}: {found.rows:,} rows by {found.rules} rules,"
                f" {found.objects:,} objects ({found.object_bytes / 1e6:,.1f} MB),"
                f" {found.unreferenced:,} of them named by no row"
            )
            _print_breaches(found)
    if not found.is_sound:
        raise typer.Exit(output.EXIT_FAILED)


def _print_breaches(found: VerifyView) -> None:
    """Each broken rule with its mend, and under it what breaks it: on lines of their own, to be copied."""
    for rule, number in found.broken.items():
        listed = [breach for breach in found.breaches if breach.rule == rule]
        out.print(f"[red]{number:,}[/] {escape(rule)} ({escape(listed[0].mend)})")
        for breach in listed:
            out.print(f"  {escape(breach.subject)}", soft_wrap=True)
        if number > len(listed):
            out.print(f"  and {number - len(listed):,} more")
    if found.is_sound:
        out.print("[green]sound[/]")


def repair(home: Home = None, as_json: Json = False) -> None:
    """Go on with a store whose write-ahead log is damaged, and say what is lost. Exit 1: something is."""
    from smalti.platform.store.repair import repair as mend

    with output.errors_told(err, as_json=as_json):
        found = mend(settings_at(home).store)
        if as_json:
            output.print_json(found)
        elif found.lost_commits:
            out.print(
                f"{found.lost_commits:,} acknowledged commits are lost, the last of"
                f" {escape(found.last_lost)}; the damaged files lie in {escape(found.damaged)}."
                " Ingest and pull again: what is there already costs nothing."
            )
        else:
            out.print(f"nothing is lost; a copy of the files lies in {escape(found.damaged)}")
    if found.lost_commits:
        raise typer.Exit(output.EXIT_FAILED)


def erase(
    subject: Annotated[str, typer.Argument(help="Id of a document or artifact, or its first 8 characters.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Erase a document or artifact for good. Only hashes stay, so that it does not come back."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.care.erase(subject, reason)
        if as_json:
            output.print_json(found)
            return
        out.print(
            f"erased {found.kind} {found.subject}: {found.documents} documents, {found.pieces} pieces,"
            f" {found.objects} objects; {found.signals} signals are marked"
        )
        for what, names in (
            ("bytes that other documents hold too, and so stay", found.kept),
            ("documents of others that say the same", found.copies),
            ("may still hold it", found.still_in),
        ):
            for name in names:
                out.print(f"{what}: {escape(name)}")
        out.print("Backups made before hold it until they are deleted; `smalti restore` erases it again.")


def erasures(home: Home = None, as_json: Json = False) -> None:
    """List what was erased, why and by whom."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.care.erasures()
        if as_json:
            output.print_json(found)
            return
        table = Table("when", "what", "id", "why", "by", box=None, pad_edge=False, header_style="bold")
        for one in found:
            table.add_row(
                f"{one.erased_at:%F %T}", one.kind, one.subject, escape(one.reason), escape(one.by_whom)
            )
        out.print(table if found else "Nothing was erased.")
