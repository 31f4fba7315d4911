"""Commands for risk reports: make, list, save, make again, and schedule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.platform.errors import SettingsError, Unreadable
from smalti.service.cli import output
from smalti.service.cli.common import AsOf, Home, Json, gateway_at, out, read_moment
from smalti.service.gateway import Gateway
from smalti.service.reports.views import (
    Form,
    ReportView,
    Schedule,
    ScheduleView,
    SubjectKind,
    WhenUnchanged,
)

reports_app = typer.Typer(no_args_is_help=True, help="Risk reports of issuers and watchlists.")
schedule_app = typer.Typer(no_args_is_help=True, help="Reports made by themselves, by the clock.")
reports_app.add_typer(schedule_app, name="schedule")

ReportId = Annotated[str, typer.Argument(help="Id of a report, or its beginning.")]
Issuer = Annotated[str | None, typer.Option("--issuer", help="Name, ticker, CIK or id.")]
Watchlist = Annotated[str | None, typer.Option("--watchlist", help="Name or id of a watchlist.")]
_FORMS = (Form.PDF,)

Out = Annotated[Path | None, typer.Option("--out", help="Folder to save PDF and HTML in.")]


def _subject(issuer: str | None, watchlist: str | None) -> tuple[SubjectKind, str]:
    """Which of the two a report is of.

    Raises:
        SettingsError: both are given, or neither.
    """
    if issuer is not None and watchlist is None:
        return SubjectKind.ISSUER, issuer
    if watchlist is not None and issuer is None:
        return SubjectKind.WATCHLIST, watchlist
    raise SettingsError("one subject is wanted", subject="report", mend="give --issuer or --watchlist")


@reports_app.command()
def make(
    issuer: Issuer = None,
    watchlist: Watchlist = None,
    as_of: AsOf = None,
    since: Annotated[str | None, typer.Option("--since", help="Begin of the period: day or time.")] = None,
    folder: Out = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a report, store it, and save it as PDF and HTML where --out says so."""
    with gateway_at(home, as_json=as_json) as gateway:
        kind, subject = _subject(issuer, watchlist)
        made = gateway.reports.make(kind, subject, read_moment(as_of), read_moment(since, "--since"))
        saved = _save(gateway, made, folder, (Form.PDF, Form.HTML)) if folder else []
        if as_json:
            output.print_json({"report": made, "saved": saved})
            return
        _print([made])
        out.print(escape(made.headline))
        for path in saved:
            out.print(f"saved {escape(str(path))}", soft_wrap=True)


@reports_app.command("list")
def list_reports(issuer: Issuer = None, home: Home = None, as_json: Json = False) -> None:
    """List the newest reports."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.reports.all(issuer)
        if as_json:
            output.print_json(found)
        elif found:
            _print(found)
        else:
            out.print("No report was made yet: `smalti reports make --issuer NAME`.")


@reports_app.command()
def save(
    report: ReportId,
    folder: Annotated[Path, typer.Option("--out", help="Folder to save it in.")] = Path(),
    forms: Annotated[list[Form] | None, typer.Option("--format", help="pdf, html or json.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Save a stored report as a file."""
    with gateway_at(home, as_json=as_json) as gateway:
        saved = _save(gateway, gateway.reports.one(report), folder, forms or _FORMS)
        if as_json:
            output.print_json(saved)
            return
        for path in saved:
            out.print(f"saved {escape(str(path))}", soft_wrap=True)


@reports_app.command("open")
def open_report(
    report: ReportId,
    form: Annotated[Form, typer.Option("--format", help="pdf or html.")] = Form.PDF,
    home: Home = None,
) -> None:
    """Show a stored report in the program that this machine has for it."""
    with gateway_at(home, as_json=False) as gateway:
        folder = Path(typer.get_app_dir("smalti")) / "reports"
        (path,) = _save(gateway, gateway.reports.one(report), folder, (form,))
    out.print(f"saved {escape(str(path))}", soft_wrap=True)
    typer.launch(str(path))


@reports_app.command()
def reproduce(report: ReportId, home: Home = None, as_json: Json = False) -> None:
    """Make a stored report again from what was known and stored then. Exit 1: it differs."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.reports.reproduce(report)
        if as_json:
            output.print_json(found)
        else:
            out.print(f"[bold]{found.verdict}[/] {found.report_id[:8]}")
            for difference in found.differences:
                out.print(f"  not what it was: {escape(difference)}")
    if found.differences:
        raise typer.Exit(output.EXIT_FAILED)


@schedule_app.command("add")
def add_schedule(  # noqa: PLR0913, PLR0917 - options of a command
    name: Annotated[str, typer.Argument(help="What to call it; one of this name is changed.")],
    cron: Annotated[str, typer.Option("--cron", help="Five crontab fields: `0 7 * * 1-5`.")],
    issuer: Issuer = None,
    watchlist: Watchlist = None,
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone the cron is read in.")] = "UTC",
    forms: Annotated[
        list[Form] | None, typer.Option("--format", help="pdf, html; several times for both.")
    ] = None,
    channels: Annotated[
        list[str] | None, typer.Option("--channel", help="Id of a channel to send to.")
    ] = None,
    unchanged: Annotated[
        WhenUnchanged, typer.Option("--unchanged", help="When nothing changed: report, line or nothing.")
    ] = WhenUnchanged.LINE,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Have a report made by the clock of a place, and sent."""
    with gateway_at(home, as_json=as_json) as gateway:
        kind, subject = _subject(issuer, watchlist)
        wanted = Schedule(name, kind, subject, cron, zone, forms or _FORMS, channels or (), unchanged)
        _show_schedules([gateway.reports.schedule(wanted)], as_json=as_json)


@schedule_app.command("list")
def list_schedules(home: Home = None, as_json: Json = False) -> None:
    """List the schedules, with their next due moments and last reports."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_schedules(gateway.reports.schedules(), as_json=as_json)


@schedule_app.command("remove")
def remove_schedule(
    name: Annotated[str, typer.Argument(help="Name or id of a schedule.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Take a schedule away; its reports stay."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_schedules([gateway.reports.unschedule(name)], as_json=as_json)


def _save(gateway: Gateway, report: ReportView, folder: Path, forms: Sequence[Form]) -> list[Path]:
    """Write a report's files into a folder, made if it is not there.

    Raises:
        Unreadable: the folder cannot be written to.
    """
    name = f"smalti-{report.subject_kind}-{report.as_of:%Y-%m-%d}-{report.report_id[:8]}"
    saved = []
    for form in forms:
        raw = gateway.reports.file(report.report_id, form)
        path = folder / f"{name}.{form.value}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)
        except OSError as error:
            what = f"it cannot be written: {error.strerror}"
            raise Unreadable(what, subject=str(path), mend="give another --out") from error
        saved.append(path)
    return saved


def _print(reports: Sequence[ReportView]) -> None:
    table = Table("report", "of", "from", "as of", "stored by", box=None, pad_edge=False, header_style="dim")
    for one in reports:
        mark = " [black on yellow] SYNTHETIC [/]" if one.synthetic else ""
        days = (f"{moment:%Y-%m-%d %H:%M}" for moment in (one.since, one.as_of, one.recorded_by))
        table.add_row(one.report_id[:8], escape(one.subject) + mark, *days)
    out.print(table)


def _show_schedules(found: Sequence[ScheduleView], *, as_json: bool) -> None:
    if as_json:
        output.print_json(found)
        return
    names = ("name", "of", "when", "next due", "last", "sent to")
    table = Table(*names, box=None, pad_edge=False, header_style="dim")
    for one in found:
        due = f"{one.next_due:%Y-%m-%d %H:%M} UTC" if one.next_due else "never"
        last = f"{one.last_due:%Y-%m-%d %H:%M} {one.last_outcome}" if one.last_due else "not yet"
        when = f"{one.cron} {one.zone}"
        to = ", ".join(one.channels) or "nobody"
        table.add_row(escape(one.name), f"{one.subject_kind} {escape(one.subject)}", when, due, last, to)
    out.print(table)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.add_typer(reports_app, name="reports")
