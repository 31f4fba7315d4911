"""How commands speak: tables for people, JSON for programs, errors with their mend, telling exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smalti.platform.errors import InputError, NotFound, SettingsError, SmaltiError, StoreLocked
from smalti.service.views import EvidenceView, SignalView, StageReport

EXIT_FAILED, EXIT_USAGE, EXIT_NOT_FOUND, EXIT_LOCKED, EXIT_QUARANTINED = 1, 2, 3, 4, 5
"""0 done; 1 failed; 2 bad arguments or settings; 3 no such thing; 4 store in use; 5 done, some set aside."""


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(to_json(value))


def to_json(value: Any) -> str:
    """Records, times and the rest as JSON text for programs."""
    return json.dumps(value, default=_plain, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


@contextmanager
def errors_told(console: Console, *, as_json: bool) -> Iterator[None]:
    """Turn a `SmaltiError` into one clear message and its exit code; others are defects and stay loud."""
    try:
        yield
    except SmaltiError as error:
        if as_json:
            print_json(
                {
                    "error": {
                        "code": error.code,
                        "what": error.what,
                        "subject": error.subject,
                        "mend": error.mend,
                    }
                }
            )
        else:
            console.print(f"[bold red]{escape(error.code)}[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(_code(error)) from None
    except KeyboardInterrupt:
        console.print("Stopped. Nothing is lost: the same command goes on from here.")
        raise typer.Exit(130) from None


def _code(error: SmaltiError) -> int:
    for kind, code in (
        (NotFound, EXIT_NOT_FOUND),
        (StoreLocked, EXIT_LOCKED),
        (SettingsError, EXIT_USAGE),
        (InputError, EXIT_USAGE),
    ):
        if isinstance(error, kind):
            return code
    return EXIT_FAILED


def signals_table(signals: Sequence[SignalView]) -> Table:
    """Signals, one a line; sub-signals indented under their signal."""
    title = "Signals [bold yellow](SYNTHETIC data)[/]" if any(s.synthetic for s in signals) else "Signals"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name, justify in (
        ("issuer", "left"), ("signal", "left"), ("as of", "left"), ("value", "right"), ("interval", "right"),
        ("percentile", "right"), ("used", "left"), ("missing or not used", "left"), ("id", "left"),
    ):  # fmt: skip
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]  # a literal above
    last = ""
    for s in signals:
        issuer = "" if s.issuer_id == last else escape(s.issuer)
        last = s.issuer_id
        interval = f"{number(s, s.low)}–{number(s, s.high)}" if s.low is not None else ""
        percentile = f"{s.percentile:.0f}" if s.percentile is not None else ""
        table.add_row(
            issuer, signal_name(s), f"{s.as_of:%Y-%m-%d}", number(s, s.value), interval, percentile,
            ", ".join(s.used), escape(lacking(s)), s.signal_id[:8],
        )  # fmt: skip
    return table


def signal_name(s: SignalView) -> str:
    """`risk 30d`, `fraud`, and sub-signals as `  beneish_m`."""
    if "." in s.kind:
        return "  " + s.kind.partition(".")[2]
    return f"{s.kind} {s.horizon_days}d" if s.horizon_days else s.kind


def number(s: SignalView, value: float | None) -> str:
    """A value in its unit: volatility and probability as percentages, scores with their sign."""
    if value is None:
        return "–"
    if s.kind in ("risk", "fraud"):
        return f"{value:.1%}"
    return f"{value:+.2f}" if s.kind == "sentiment" else f"{value:.3f}"


def lacking(s: SignalView) -> str:
    """What a score did without, and why, in a few words."""
    parts = [s.reason] if s.reason else []
    for word, names in (("missing", s.missing), ("stale", s.stale), ("not trained", s.not_trained)):
        if names:
            parts.append(f"{word}: {', '.join(names)}")
    if s.in_sample:
        parts.append("IN-SAMPLE")
    return "; ".join(parts)


def evidence_table(evidence: Sequence[EvidenceView], signal: SignalView) -> Table:
    """The pieces behind a signal, best first, each with where to find it and what it says."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=True)
    for name in ("effect", "source", "where", "quote"):
        table.add_column(name, justify="right" if name == "effect" else "left", overflow="fold")
    for e in evidence:
        table.add_row(effect(signal, e.effect), escape(e.file), escape(e.where), escape(e.quote))
    return table


def effect(signal: SignalView, value: float | None) -> str:
    """How much a piece moved a signal, in the signal's unit with a sign; `input` for computed sub-signals."""
    if value is None:
        return "input"
    return f"{value * 100:+.2f} pp" if signal.kind in ("risk", "fraud") else f"{value:+.3f}"


def report_line(report: StageReport) -> str:
    """`ingest: 12 parsed, 1 quarantined (3.2 s)`."""
    counts = ", ".join(f"{n} {name}" for name, n in sorted(report.counts.items())) or "nothing to do"
    return f"{report.stage}: {counts} ({report.seconds:.1f} s)"
