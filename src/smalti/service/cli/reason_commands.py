"""Commands that give reasons: `why`, `checks`, `change`, `what-if`, `replay`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.models.independence import Independence
from smalti.service.cli import output
from smalti.service.cli.common import AsOf, Home, Json, gateway_at, out, read_moment
from smalti.service.gateway import Gateway
from smalti.service.views import (
    ChangedDocument,
    CitedView,
    FindingView,
    GroupView,
    ScoreChangeView,
    SignalView,
    Why,
)

_CITED = 4
"""Places of one side of a finding that are shown."""
_LISTED = 8
"""Documents of a change that are listed."""

Issuer = Annotated[str, typer.Argument(help="Name, ticker, CIK or id.")]


def why(
    signal: Annotated[str, typer.Argument(help="Id of a signal, or its beginning.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show why a signal is what it is: the evidence, what contradicts what, and who stands behind it."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.why(signal)
        if as_json:
            output.print_json(found)
        else:
            _print_why(found)


def _print_why(found: Why) -> None:
    s = found.signal
    out.print(f"{output.heading(s)} as of {s.as_of:%Y-%m-%d %H:%M} UTC, model {s.model_version}")
    for line in filter(None, (s.reason, output.lacking(s))):
        out.print(f"[dim]{escape(line)}[/]")
    for line in _doubts(s):
        out.print(f"[dim]{escape(line)}[/]")
    context = [e for e in found.evidence if e.method == "context"]
    drivers = [e for e in found.evidence if e.method.startswith("driver")]
    moved = [e for e in found.evidence if e not in context and e not in drivers]
    if moved:
        out.print(output.evidence_table(moved, s))
    elif not found.findings:
        out.print("No single piece of evidence stands behind it.")
    _print_groups(found.groups, s.kind)
    if drivers:
        out.print(
            "\nWhat does not fit, with its share of the contradiction index (the probability itself was"
            " learned from accounting ratios alone):"
        )
        out.print(output.evidence_table(drivers, s))
    if context:
        out.print("\nOn the same matter, read but not used by the model, which was never taught it:")
        out.print(output.evidence_table(context, s))
    _print_findings(found.findings, every=True)
    if found.beside:
        out.print("\n[bold]Sub-signals[/]")
        out.print(output.signals_table(found.beside))
    for line in _voices(found.independence):
        out.print(line)


def _doubts(s: SignalView) -> Iterator[str]:
    """Where the score starts from, how much its interval holds, what each missing modality would bring."""
    if "baseline_value" in s.details and s.value is not None:
        base, error = s.details["baseline_value"], s.details["completeness_error"]
        way = f"from {output.value(s.kind, base)}, of which nothing is known, to {output.number(s, s.value)}"
        yield f"{way}; the shares below add up to that way within {error:.2%}"
    held = s.details.get("doubt", {})
    if held.get("covers") is not None:
        yield f"its interval holds {held['covers']:.0%} of all values there are"
    for gain in held.get("gains", ()):
        told = f"with {output.plain([gain['pair']])}: {gain['verdict']}"
        if gain["error_shrinks_by"] is not None:
            span = f"[{gain['error_low']:+.0%}, {gain['error_high']:+.0%}]"
            told += f", error {-gain['error_shrinks_by']:+.0%} ({span} in held-out cases),"
            told += f" interval {-gain['interval_shrinks_by']:+.0%}"
        yield told


def _print_groups(groups: Sequence[GroupView], kind: str) -> None:
    for by in ("modality", "document"):
        told = [f"{escape(g.name)} {output.moved(kind, g.effect)}" for g in groups if g.by == by][:_LISTED]
        if told:
            out.print(f"[dim]by {by}:[/] " + ", ".join(told))


def _voices(found: Independence) -> Iterator[str]:
    if not found.origins:
        return
    named = ", ".join(f"{escape(o.name)} {o.share:.0%}" for o in found.origins[:5])
    more = f" and {len(found.origins) - 5} more" if len(found.origins) > 5 else ""
    count = f"{len(found.origins)} independent (worth {found.effective:.1f})"
    yield f"\n[bold]Who stands behind it[/]: {count}: {named}{more}"
    yield (
        f"[dim]resting on copies {found.copied:.0%}, on the anonymous {found.anonymous:.0%},"
        f" on posts and undated documents {found.untrusted:.0%}[/]"
    )


def checks(
    issuer: Issuer,
    every: Annotated[bool, typer.Option("--all", help="What could not be compared, too.")] = False,
    as_of: AsOf = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show what contradicts what in an issuer's evidence, strongest first, with both sides."""
    with gateway_at(home, as_json=as_json) as gateway:
        moment = read_moment(as_of)
        found = [f for f in gateway.findings(issuer, moment) if not f.check.endswith(".contradiction")]
        signals = [s for s in gateway.signals(issuer, moment) if "." in s.kind]
        if as_json:
            output.print_json({"signals": signals, "findings": found})
            return
        if not signals:
            out.print("Not scored yet: `smalti score` runs the checks.")
            return
        out.print(f"{output.heading(signals[0])} as of {signals[0].as_of:%Y-%m-%d %H:%M} UTC")
        out.print(output.signals_table(signals))
        _print_findings(found, every=every)
        silent = sum(f.strength is None for f in found)
        if silent and not every:
            out.print(f"\n{silent} things could not be compared; --all says which and why.")


_TELLING = 0.3
"""Strength from which a finding is told without being asked for."""


def print_strongest(gateway: Gateway, signal: SignalView, as_of: datetime | None) -> None:
    """The strongest finding of a signal's issuer with both sides, if it is worth telling."""
    found = [f for f in gateway.findings(signal.issuer_id, as_of) if not f.check.endswith(".contradiction")]
    if found and (found[0].strength or 0) >= _TELLING:
        out.print(f"\n{output.issuer_name(signal)}", end="")
        _print_findings(found[:1], every=False)


def _print_findings(found: Sequence[FindingView], *, every: bool) -> None:
    for one in found:
        if one.strength is None and not every:
            continue
        mark = f"[bold red]{one.strength:.2f}[/]" if one.strength is not None else "[yellow]–[/]"
        name = one.check.partition(".")[2]
        out.print(f"\n{mark} [bold]{name}[/] {escape(one.reason)}")
        for side, cited in (("said", one.said), ("against", one.against)):
            for c in cited[:_CITED]:
                out.print(f"     [dim]{side:>7}[/] {_place(c)}")
            if len(cited) > _CITED:
                out.print(f"             and {len(cited) - _CITED} more")


def _place(c: CitedView) -> str:
    where = f"{escape(c.file or c.title)}, [dim]{escape(c.where)}, {c.available_at:%Y-%m-%d}[/]"
    return f"{where}: “{escape(c.quote)}”"


def change(
    issuer: Issuer,
    before: Annotated[str, typer.Option("--from", help="Day (its end, UTC) or ISO time.")],
    after: Annotated[str, typer.Option("--to", help="Day (its end, UTC) or ISO time.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show why an issuer's signals moved: new, aged-out and revised evidence, the model, the remainder."""
    with gateway_at(home, as_json=as_json) as gateway:
        first, last = read_moment(before, "--from"), read_moment(after, "--to")
        assert first is not None
        assert last is not None
        found = gateway.change(issuer, first, last)
        if as_json:
            output.print_json(found)
        else:
            _print_change(found)


def _print_change(found: ScoreChangeView) -> None:
    from smalti.service.changes import PARTS

    moved = [s for s in found.signals if s.before != s.after]
    split = [s for s in moved if [part.name for part in s.parts] == list(PARTS)]
    table = Table("signal", "before", "after", *PARTS, box=None, pad_edge=False, header_style="dim")
    for s in split:
        values = (output.value(s.kind, s.before), output.value(s.kind, s.after))
        parts = [output.moved(s.kind, p.amount) if p.amount else "" for p in s.parts]
        table.add_row(_name(s.kind, s.horizon_days), *values, *parts)
    out.print(f"from {found.before:%Y-%m-%d %H:%M} to {found.after:%Y-%m-%d %H:%M} UTC")
    out.print(table if split else "No signal that has a value at both moments moved.")
    for s in moved:
        if s not in split:
            way = f"{output.value(s.kind, s.before)} to {output.value(s.kind, s.after)}"
            told = ", ".join(f"{output.moved(s.kind, p.amount)} {p.name}" for p in s.parts if p.amount)
            out.print(f"{_name(s.kind, s.horizon_days)}: {way}: {escape(s.reason or told)}")
    for what, documents in (("came out", found.arrived), ("no longer counts", found.aged_out)):
        _print_documents(what, documents)


def _name(kind: str, horizon_days: int) -> str:
    return f"{kind} {horizon_days}d" if horizon_days else kind


def _print_documents(what: str, documents: Sequence[ChangedDocument]) -> None:
    for one in documents[:_LISTED]:
        out.print(f"[dim]{what}:[/] {_named(one)}")
    if len(documents) > _LISTED:
        out.print(f"[dim]{what}: and {len(documents) - _LISTED} more documents[/]")


def _named(one: ChangedDocument) -> str:
    corrects = ", takes an earlier one's place" if one.corrects else ""
    name = f"{one.available_at:%Y-%m-%d} {escape(one.file or one.title)}"
    return f"{name} ({one.kind}{corrects}) {one.document_id[:8]}"


def what_if(
    issuer: Issuer,
    document: Annotated[str, typer.Option("--without", help="Id of a document (its beginning) or a file.")],
    as_of: AsOf = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show each signal as it would be had one document not been published."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.what_if(issuer, document, read_moment(as_of))
        if as_json:
            output.print_json(found)
            return
        out.print(f"as of {found.as_of:%Y-%m-%d %H:%M} UTC")
        _print_documents("without", found.documents)
        table = Table("signal", "with it", "without", "moved", box=None, pad_edge=False, header_style="dim")
        for s in found.signals:
            if s.value == s.without:
                continue
            name = _name(s.kind, s.horizon_days)
            moved = escape(s.reason or "")
            if s.value is not None and s.without is not None:
                moved = output.moved(s.kind, s.value - s.without)
            table.add_row(name, output.value(s.kind, s.value), output.value(s.kind, s.without), moved)
        out.print(table if table.row_count else "No signal would be another.")


def replay(
    signal: Annotated[str, typer.Argument(help="Id of a signal, or its beginning.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Make a stored signal again from what was known and stored then. Exit 1: it differs."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.replay(signal)
        if as_json:
            output.print_json(found)
        else:
            values = (
                f"{output.value(found.kind, found.value)} then, {output.value(found.kind, found.again)} now"
            )
            out.print(
                f"[bold]{found.verdict}[/]: {found.kind} as of {found.as_of:%Y-%m-%d %H:%M} UTC: {values}"
            )
            out.print(escape(found.reason))
    if found.verdict == "differs":
        raise typer.Exit(output.EXIT_FAILED)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (why, checks, change, replay):
        app.command()(command)
    app.command("what-if")(what_if)
