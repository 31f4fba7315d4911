"""Commands about alerts: `alerts list|show|ack|assign|comment|verdict|precision`, `alerts rules …`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.table import Table

from smalti.platform.errors import SettingsError
from smalti.service.cli import output
from smalti.service.cli.channel_commands import channels, recipients
from smalti.service.cli.common import Home, Json, gateway_at, out, read_moment

if TYPE_CHECKING:  # so that `--help` answers at once
    from smalti.service.alerts.backtest import Backtest, EventReport
    from smalti.service.alerts.rules import RuleView
    from smalti.service.alerts.stored import AlertDetail, AlertView

alerts = typer.Typer(no_args_is_help=True, help="What the rules raised, and what became of it.")
rules = typer.Typer(no_args_is_help=True, help="When an alert is raised: add, list, back-test, on, off.")

AlertId = Annotated[str, typer.Argument(help="Id of an alert, or its beginning.")]
RuleId = Annotated[str, typer.Argument(help="Id of a rule, its beginning, or its name.")]


def add_to(app: typer.Typer) -> None:
    """Register these commands."""
    app.add_typer(alerts, name="alerts")
    alerts.add_typer(rules, name="rules")
    alerts.add_typer(channels, name="channels")
    alerts.add_typer(recipients, name="recipients")


@alerts.command("list")
def list_alerts(
    issuer: Annotated[str | None, typer.Option("--issuer", help="Name, ticker, CIK or id.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="`new` or `acknowledged`.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help="Most alerts.")] = 50,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """List the alerts, newest first."""
    with gateway_at(home, as_json=as_json) as gateway:
        if state not in (None, "new", "acknowledged"):
            raise SettingsError("no state of an alert", subject=state, mend="`new` or `acknowledged`")
        found = gateway.alerts.alerts(issuer, state, limit)
        if as_json:
            output.print_json(found)
        else:
            out.print(_alerts_table(found) if found else "No alerts.")


def _alerts_table(found: Sequence[AlertView]) -> Table:
    columns = ("id", "severity", "raised", "subject", "reason", "times", "state", "verdict")
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for one in found:
        label = "[yellow]made-up[/] " if one.synthetic else ""
        raised = f"{one.raised_at:%Y-%m-%d %H:%M}"
        state = f"{one.state}, {escape(one.assignee)}" if one.assignee else one.state
        told = (one.alert_id[:8], one.severity, raised, label + escape(one.subject), escape(one.reason))
        table.add_row(*told, str(one.count), state, one.verdict or "")
    return table


@alerts.command("show")
def show(alert: AlertId, home: Home = None, as_json: Json = False) -> None:
    """Show an alert with its evidence, what does not fit, and what became of it."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.alert(alert), as_json=as_json)


@alerts.command("ack")
def ack(alert: AlertId, home: Home = None, as_json: Json = False) -> None:
    """Say that somebody saw an alert."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.acknowledge(alert), as_json=as_json)


@alerts.command("assign")
def assign(
    alert: AlertId,
    to: Annotated[str, typer.Argument(help="Who sees to it.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say who sees to an alert."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.assign(alert, to), as_json=as_json)


@alerts.command("comment")
def comment(
    alert: AlertId,
    text: Annotated[str, typer.Argument(help="What to write.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Write something about an alert; it stays."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.comment(alert, text), as_json=as_json)


@alerts.command("verdict")
def verdict(
    alert: AlertId,
    verdict: Annotated[Literal["right", "wrong", "unclear"], typer.Argument(help="What it was.")],
    text: Annotated[str, typer.Option("--text", help="Why.")] = "",
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Say whether an alert was right. Verdicts are kept for recalibration."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show(gateway.alerts.judge(alert, verdict, text), as_json=as_json)


@alerts.command("precision")
def precision(home: Home = None, as_json: Json = False) -> None:
    """Show how right people found each rule's alerts."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.alerts.precision()
        if as_json:
            output.print_json(found)
            return
        columns = ("rule", "right", "wrong", "unclear", "precision")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for one in found:
            counts = (str(n) for n in (one.right, one.wrong, one.unclear))
            table.add_row(escape(one.rule), *counts, _share(one.precision, one.low, one.high))
        out.print(table if found else "No verdicts yet: `smalti alerts verdict ID right`.")


@rules.command("list")
def list_rules(home: Home = None, as_json: Json = False) -> None:
    """List the rules, whether each is on, and what it could not judge."""
    with gateway_at(home, as_json=as_json) as gateway:
        found = gateway.alerts.rules()
        if as_json:
            output.print_json(found)
            return
        columns = ("id", "name", "condition", "of", "severity", "on", "back-tested", "could not judge")
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for one in found:
            table.add_row(*_rule_row(one))
        out.print(table if found else "No rules: `smalti alerts rules add NAME level signal=risk above=0.4`.")


def _rule_row(one: RuleView) -> tuple[str, ...]:
    rule = one.rule
    told = rule.condition.model_dump(mode="json", exclude_defaults=True)
    condition = " ".join([rule.condition.when, *(f"{k}={v}" for k, v in told.items() if k != "when")])
    unjudged = ", ".join(f"{n} {why}" for why, n in one.unjudged.items())
    scope = rule.issuer or rule.watchlist or "all"
    on, tested = ("yes" if one.enabled else "no"), ("yes" if one.backtested else "no")
    return one.rule_id[:8], escape(rule.name), escape(condition), scope, rule.severity, on, tested, unjudged


@rules.command("add")
def add_rule(  # noqa: PLR0913, PLR0917 - the parts of a rule
    name: Annotated[str, typer.Argument(help="Name of the rule.")],
    when: Annotated[
        str,
        typer.Argument(help="level, change, percentile, contradiction, 'stale source' or 'stale evidence'."),
    ],
    terms: Annotated[list[str] | None, typer.Argument(help="signal=risk horizon=30 above=0.4 …")] = None,
    issuer: Annotated[str | None, typer.Option("--issuer", help="Only this issuer.")] = None,
    watchlist: Annotated[str | None, typer.Option("--watchlist", help="Only issuers of this list.")] = None,
    severity: Annotated[str, typer.Option("--severity", help="low, medium or high.")] = "medium",
    notify: Annotated[
        list[str] | None, typer.Option("--notify", help="A recipient; may be repeated.")
    ] = None,
    window: Annotated[float, typer.Option("--window", help="Hours in which it is the same alert.")] = 72.0,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Add a rule. It is off until it was back-tested and is switched on."""
    from smalti.service.alerts.rules import read_rule

    with gateway_at(home, as_json=as_json) as gateway:
        told = {
            "name": name,
            "condition": {"when": when, **dict(_term(one) for one in terms or ())},
            "issuer": issuer,
            "watchlist": watchlist,
            "severity": severity,
            "notify": notify or [],
            "window_hours": window,
        }
        made = gateway.alerts.add_rule(read_rule(told))
        if as_json:
            output.print_json(made)
        else:
            out.print(
                f"Rule {made.rule_id[:8]} is stored. Next: `smalti alerts rules backtest {made.rule_id[:8]}`"
            )


def _term(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError("a term is written name=value", subject=text, mend="above=0.4")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


@rules.command("backtest")
def backtest(
    rule: RuleId,
    begins: Annotated[str | None, typer.Option("--from", help="Day (its end, UTC) or ISO time.")] = None,
    ends: Annotated[str | None, typer.Option("--to", help="Day (its end, UTC) or ISO time.")] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Show what a rule would have raised from the stored signals, and how often the event followed."""
    with gateway_at(home, as_json=as_json) as gateway:
        first, last = read_moment(begins, "--from"), read_moment(ends, "--to")
        made = gateway.alerts.backtest(rule, first, last)
        if as_json:
            output.print_json(made)
        else:
            _print_backtest(made.result)


def _print_backtest(found: Backtest) -> None:
    if found.begins is not None and found.ends is not None:
        span = f"{found.begins:%Y-%m-%d} to {found.ends:%Y-%m-%d}"
        out.print(f"{found.signals} signals of {found.issuers} issuers, {span}")
    rate = "unknown" if found.alerts_a_week is None else f"{found.alerts_a_week:.2g}"
    out.print(f"alerts: [bold]{found.alerts}[/], a week: {rate}")
    for name, event in (("volatility", found.volatility), ("enforcement", found.enforcement)):
        out.print(f"{name}: {_event(event)}")
    if found.unjudged:
        told = ", ".join(f"{n} {why}" for why, n in found.unjudged.items())
        out.print(f"[dim]signals not judged: {told}[/]")
    for note in found.notes:
        out.print(f"[dim]{escape(note)}[/]")


def _event(event: EventReport) -> str:
    unknown = ", ".join(f"{n}: {why}" for why, n in event.unjudged.items())
    if not event.cases:
        return f"not known ({unknown})" if unknown else "nothing to judge"
    share = _share(event.precision, event.low, event.high)
    told = f"{event.event}: {event.hits} of {event.cases}, {share}"
    if event.base_rate is not None:
        told += f"; anyway {event.base_rate:.0%} of {event.base_cases}"
    if event.lead_days is not None:
        told += f"; {event.lead_days:g} days ahead (median)"
    return told + (f"; not known {unknown}" if unknown else "")


def _share(share: float | None, low: float | None, high: float | None) -> str:
    if share is None or low is None or high is None:
        return "–"
    return f"{share:.0%} [{low:.0%}, {high:.0%}]"


@rules.command("on")
def on(
    rule: RuleId,
    force: Annotated[bool, typer.Option("--force", help="Without a back-test.")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Switch a rule on."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_rule(gateway.alerts.switch_rule(rule, True, force=force), as_json=as_json)


@rules.command("off")
def off(rule: RuleId, home: Home = None, as_json: Json = False) -> None:
    """Switch a rule off."""
    with gateway_at(home, as_json=as_json) as gateway:
        _show_rule(gateway.alerts.switch_rule(rule, False), as_json=as_json)


@rules.command("remove")
def remove(rule: RuleId, home: Home = None, as_json: Json = False) -> None:
    """Take a rule away; its alerts stay."""
    with gateway_at(home, as_json=as_json) as gateway:
        gateway.alerts.remove_rule(rule)
        output.print_json({"removed": rule}) if as_json else out.print(f"{escape(rule)} is removed.")


def _show_rule(one: RuleView, *, as_json: bool) -> None:
    if as_json:
        output.print_json(one)
    else:
        out.print(f"{escape(one.rule.name)} ({one.rule_id[:8]}) is {'on' if one.enabled else 'off'}.")


def _show(detail: AlertDetail, *, as_json: bool) -> None:
    if as_json:
        output.print_json(detail)
        return
    alert = detail.alert
    out.print(_alerts_table([alert]))
    out.print(
        f"[dim]{alert.alert_id}, rule {escape(alert.rule)} version {alert.version},"
        f" as of {alert.as_of:%Y-%m-%d %H:%M} UTC[/]"
    )
    for piece in detail.evidence:
        where = f"{escape(piece.file or piece.title)}, {escape(piece.where)}, {piece.available_at:%Y-%m-%d}"
        out.print(f"- “{escape(piece.quote)}” [dim]{where}[/]")
    for finding in detail.findings:
        out.print(f"- {finding.strength:.2f} [bold]{finding.check}[/] {escape(finding.reason)}")
    if detail.erased:
        out.print("What stood behind it has been erased.")
    for event in detail.history:
        told = escape(" ".join(filter(None, (event.value, event.text))))
        out.print(f"{event.made_at:%Y-%m-%d %H:%M} {escape(event.made_by)}: {event.kind} {told}")
