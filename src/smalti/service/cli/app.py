"""The commands. Each is written once, against the `Gateway`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import smalti
from smalti.service.cli import (
    access_commands,
    alert_commands,
    ask_command,
    care_commands,
    chat_commands,
    mcp_command,
    model_commands,
    output,
    reason_commands,
    report_commands,
    search_command,
    source_commands,
    task_commands,
    up_command,
)
from smalti.service.cli.common import AsOf, Home, Json, gateway_at, out, read_days, read_moment
from smalti.service.gateway import Gateway
from smalti.service.views import SignalView, StageReport

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Risk, fraud and sentiment signals from filings, news, posts and calls, each with its evidence.",
)
quarantine_app = typer.Typer(no_args_is_help=True, help="Inputs that were set aside, and why.")
app.add_typer(quarantine_app, name="quarantine")

IssuerOption = Annotated[str | None, typer.Option("--issuer", help="Name, ticker, CIK or id.")]


@app.command()
def run(
    path: Annotated[Path, typer.Argument(help="Folder of news, filings, posts, calls and prices.")],
    issuer: IssuerOption = None,
    as_of: AsOf = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Ingest a folder, score its issuers, and show the signals with the evidence that moved each most."""
    with gateway_at(home, as_json=as_json) as gateway:
        reports = [*gateway.ingest(path), gateway.score(issuer, read_moment(as_of))]
        show_run(gateway, reports, issuer, as_of, as_json=as_json)


@app.command()
def demo(home: Home = None, as_json: Json = False) -> None:
    """Run the main job on the built-in demo world: eight fictional companies, all of it synthetic."""
    from smalti.service.demo_world import AS_OF, FILES, HISTORY

    with gateway_at(home or Path(".smalti/demo"), as_json=as_json) as gateway:
        reports = list(gateway.ingest(FILES))
        for first, last, days in HISTORY:
            since, until = read_moment(first), read_moment(last)
            assert since is not None
            reports.append(gateway.score_history(since, as_of=until, every_days=days))
        reports.append(gateway.score(as_of=read_moment(AS_OF)))
        show_run(gateway, reports, None, AS_OF, as_json=as_json)


def show_run(
    gateway: Gateway, reports: list[StageReport], issuer: str | None, as_of: str | None, *, as_json: bool
) -> None:
    """What `run` ends with: a line a stage, the signals, and under them the best evidence of each."""
    signals = gateway.signals(issuer, read_moment(as_of))
    main = [s for s in signals if s.value is not None and s.horizon_days in (0, 30) and "." not in s.kind]
    best = [gateway.why(s.signal_id) for s in main]
    if as_json:
        output.print_json({"stages": reports, "signals": signals, "why": best})
        return
    for report in reports:
        out.print(output.report_line(report))
    show_signals(signals)
    out.rule("the evidence that moved each most", align="left", style="dim")
    for why in best:
        moved = [e for e in why.evidence if e.method.startswith(("integrated-gradients", "leave-one-out"))]
        if moved:
            out.print(f"\n{output.heading(why.signal)}")
            out.print(output.evidence_table(moved[:6], why.signal))
    out.rule("what fits least", align="left", style="dim")
    for one in {s.issuer_id: s for s in signals}.values():
        reason_commands.print_strongest(gateway, one, read_moment(as_of))
    out.print(
        "\n`smalti why ID` shows all that stands behind a signal,"
        " `smalti checks ISSUER` what contradicts what."
    )
    set_aside = sum(r.counts.get("quarantined", 0) for r in reports)
    if set_aside:
        out.print(f"\n{set_aside} inputs were set aside: `smalti quarantine list` says why.")


def show_signals(signals: Sequence[SignalView]) -> None:
    """Signals by issuer, with what they did without."""
    for heading, table, notes in output.issuer_blocks(signals):
        out.print()
        out.print(heading)
        out.print(table)
        if notes:
            out.print(notes)


@app.command()
def ingest(
    path: Annotated[Path, typer.Argument(help="Folder to take in.")], home: Home = None, as_json: Json = False
) -> None:
    """Take in a folder: parse, link to issuers, embed; only what is new. Exit 5: some was set aside."""
    with gateway_at(home, as_json=as_json) as gateway:
        reports = gateway.ingest(path)
        if as_json:
            output.print_json(reports)
        else:
            for report in reports:
                out.print(output.report_line(report))
    if any(r.counts.get("quarantined") for r in reports):
        raise typer.Exit(output.EXIT_QUARANTINED)


@app.command()
def score(
    issuer: IssuerOption = None,
    as_of: AsOf = None,
    since: Annotated[
        str | None, typer.Option("--since", help="As of past days too, oldest first, from this day on.")
    ] = None,
    every: Annotated[
        str, typer.Option("--every", help="With --since, the time between two of them: 7d, 1d, 2w.")
    ] = "7d",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Score one issuer or all, as of a day or as of each one's newest dated evidence."""
    with gateway_at(home, as_json=as_json) as gateway:
        until, begin, days = read_moment(as_of), read_moment(since, "--since"), read_days(every, "--every")
        report = (
            gateway.score(issuer, until)
            if begin is None
            else gateway.score_history(begin, issuer, until, days)
        )
        signals = gateway.signals(issuer, read_moment(as_of))
        if as_json:
            output.print_json({"stage": report, "signals": signals})
        else:
            out.print(output.report_line(report))
            show_signals(signals)


@app.command()
def signals(
    issuer: IssuerOption = None,
    as_of: AsOf = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="risk, fraud, sentiment or a sub-signal.")
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show stored signals: of each issuer, kind and horizon the newest that is not after --as-of."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.signals(issuer, read_moment(as_of), kind)
        if as_json:
            output.print_json(found)
        elif found:
            show_signals(found)
        else:
            out.print("No signals are stored. `smalti run PATH` makes some.")


@app.command()
def diff(
    issuer: Annotated[str, typer.Argument(help="Name, ticker, CIK or id.")],
    as_of: AsOf = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show what changed in the risk factors from an issuer's last annual filing to its newest one."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.risk_diff(issuer, read_moment(as_of))
        if as_json:
            output.print_json(found)
        else:
            output.print_risk_diff(out, found)


@app.command()
def compare(
    issuer: Annotated[str, typer.Argument(help="Name, ticker, CIK or id.")],
    all_verdicts: Annotated[bool, typer.Option("--all", help="Those that agree, too.")] = False,
    as_of: AsOf = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show numbers that an issuer's filings, charts and calls tell differently, and where each stands."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.comparisons(issuer, read_moment(as_of), all_verdicts=all_verdicts)
        if as_json:
            output.print_json(found)
            return
        columns = ("verdict", "item", "here", "there", "stands here", "and there")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for one in found:
            here, there = f"{one.title}, {one.where}", f"{one.with_title}, {one.with_where}"
            table.add_row(
                one.verdict,
                escape(one.item),
                f"{one.ours:,.10g}",
                f"{one.theirs:,.10g}",
                escape(here),
                escape(there),
            )
        out.print(table if found else "Nothing is told differently; --all shows what agrees.")


@app.command()
def status(home: Home = None, as_json: Json = False) -> None:
    """Show what the store holds, what became of every file, and the last runs."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.status()
        if as_json:
            output.print_json(found)
            return
        out.print(f"store {escape(found.store)}, newest dated evidence {found.newest_evidence or 'none'}")
        for what, counts in (
            ("files", found.files),
            ("records in files", found.records),
            ("rows", found.rows),
        ):
            out.print(f"{what}: " + (", ".join(f"{n} {k}" for k, n in counts.items() if n) or "none"))
        if found.unfinished:
            out.print(f"[yellow]{found.unfinished} runs were cut short; running again completes them.[/]")
        table = Table("stage", "state", "started", "counts", box=None, pad_edge=False)
        for one in found.runs:
            table.add_row(one.stage, one.state, f"{one.started_at:%Y-%m-%d %H:%M:%S}", one.counts)
        out.print(table)


@quarantine_app.command("list")
def quarantine_list(home: Home = None, as_json: Json = False) -> None:
    """List what was set aside, with its reason."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.quarantine()
        if as_json:
            output.print_json(found)
            return
        table = Table("id", "file", "record", "why", "tries", box=None, pad_edge=False, header_style="bold")
        for q in found:
            table.add_row(
                q.quarantine_id, escape(q.path), q.record, escape(f"{q.code}: {q.reason}"), str(q.attempts)
            )
        out.print(table if found else "Nothing is in quarantine.")


@quarantine_app.command("show")
def quarantine_show(
    entry: Annotated[str, typer.Argument(help="Id of an entry.")], home: Home = None, as_json: Json = False
) -> None:
    """Show one entry: what happened, to which input, and what to do."""
    from smalti.platform.errors import NotFound

    with gateway_at(home, as_json=as_json) as gateway:
        found = next((q for q in gateway.quarantine() if q.quarantine_id == entry), None)
        if found is None:
            raise NotFound("no such quarantine entry", subject=entry, mend="`smalti quarantine list`")
        if as_json:
            output.print_json(found)
            return
        for name in found.__slots__:
            out.print(f"[bold]{name:<14}[/] {escape(str(getattr(found, name)))}")


@quarantine_app.command("retry")
def quarantine_retry(
    entry: Annotated[str | None, typer.Argument(help="Id of an entry; all if left out.")] = None,
    code: Annotated[str | None, typer.Option(help="All that were set aside for this reason.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Read what was set aside again, after mending it or raising a limit."""
    with gateway_at(home, as_json=as_json) as gateway:
        reports = gateway.retry(entry, code)
        if as_json:
            output.print_json(reports)
        else:
            for report in reports:
                out.print(output.report_line(report))


def _version(value: bool) -> None:
    if value:
        typer.echo(smalti.__version__)
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


reason_commands.add_to(app)
model_commands.add_to(app)
source_commands.add_to(app)
up_command.add_to(app)
task_commands.add_to(app)
access_commands.add_to(app)
search_command.add_to(app)
ask_command.add_to(app)
report_commands.add_to(app)
alert_commands.add_to(app)
care_commands.add_to(app)
chat_commands.add_to(app)
mcp_command.add_to(app)


def main() -> None:
    """Entry point."""
    app()
