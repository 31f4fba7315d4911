"""The commands that run the service and lead to its dashboard: `up`, `dashboard`."""

from __future__ import annotations

import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from smalti.platform.errors import Unreachable
from smalti.platform.settings import load_settings
from smalti.platform.telemetry import configure_logs
from smalti.service.cli import output
from smalti.service.cli.common import Home, Json, err, out, settings_at
from smalti.service.views import StageReport

if TYPE_CHECKING:  # so that `--help` answers at once
    from smalti.platform.ledger import Run
    from smalti.service.up import Ready


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.command()(up)
    app.command()(dashboard)


def up(
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; 0 takes a free one (setting: port).")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Run the service and its dashboard. Ctrl-C stops it; a second one does not wait for work."""
    from smalti.service import up as process

    stopping = process.Stopping(threading.Event(), threading.Event())
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stopping.signalled())

    def ready(found: Ready) -> None:
        if as_json:
            output.print_json_line({"event": "ready"} | {n: getattr(found, n) for n in found.__slots__})
        else:
            _greet(found)

    def told(runs: Sequence[Run]) -> None:
        for run in runs:
            report = StageReport(run.stage, run.run_id, dict(run.counts), round(run.seconds, 3))
            if as_json:
                output.print_json_line({"event": "run", "subject": run.subject} | asdict(report))
            else:
                out.print(output.report_line(report), f"[dim]{escape(run.subject)}[/]")

    with output.errors_told(err, as_json=as_json):
        settings = load_settings(home=home, port=port)
        configure_logs(settings.log_level)
        ended = process.up(settings, stopping, ready, told)
        if as_json:
            output.print_json_line({"event": "stopped", "finished": ended})
        elif ended:
            out.print("stopped")
        else:
            out.print("[yellow]stopped; what was still running is made up at the next start[/]")
    if not ended:
        sys.stdout.flush()
        os._exit(0)  # threads that wait for somebody else would hold the process up


def dashboard(
    name: Annotated[
        str | None, typer.Option("--as", help="User to sign in; the home folder's owner if left out.")
    ] = None,
    opened: Annotated[
        bool, typer.Option("--open/--no-open", help="Whether to open the link in a browser of this desktop.")
    ] = True,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print a link that signs you in to the dashboard on this machine: once, and within a minute."""
    with output.errors_told(err, as_json=as_json):
        settings = settings_at(home)
        from smalti.service.reach import service_of

        transport = service_of(settings.home)
        if transport is None:
            raise Unreachable(
                "no service runs here", subject=str(settings.home), mend="start it: `smalti up`"
            )
        with closing(transport):
            link = transport.send("POST", ("session", "links"), json={"name": name}).json()
        if as_json:
            output.print_json(link)
            return
        out.print(link["link"], highlight=False, soft_wrap=True)
        out.print(f"[dim]signs in {escape(link['name'])} ({link['role']}), once, within a minute[/]")
        if opened and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            webbrowser.open(link["link"])


def _greet(found: Ready) -> None:
    out.print(f"smalti is up at [bold]{escape(found.address)}[/] (process {found.pid}); Ctrl-C stops it")
    if found.dashboard:
        out.print(f"  dashboard: [bold]{escape(found.dashboard)}[/]; `smalti dashboard` signs you in there")
    else:
        out.print(f"  no dashboard: {escape(found.no_dashboard)}")
    out.print(f"  API and its documents: {escape(found.address)}/v1/docs")
    out.print("  commands on this machine find it by themselves; others sign in: `smalti users add NAME`")
    if found.cut_short:
        out.print(f"[yellow]The last process did not finish {len(found.cut_short)} runs:[/]")
        for cut in found.cut_short:
            out.print(f"  {cut.stage} {escape(cut.subject)}, begun {cut.started_at:%Y-%m-%d %H:%M:%S}")
    if found.again:
        out.print(f"run again: {escape(', '.join(found.again))}")
    if found.taken_up:
        out.print(f"{found.taken_up} uploads that were accepted and not yet read are read now")
    if found.deliveries:
        out.print(f"{found.deliveries} messages wait to be sent")
