"""How commands speak: tables for people, JSON for programs, errors with their mend, telling exit codes."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from smalti.platform.errors import InputError, NotFound, SettingsError, SmaltiError, StoreLocked
from smalti.platform.words import INPUTS
from smalti.service.views import EvidenceView, RiskDiffView, SignalView, StageReport

_AROUND = 6  # words of a sentence around what changed
_SENTENCES = 5  # of a changed risk factor that are shown
_WIDTH = 120  # columns where no terminal says how wide it is


def console(*, stderr: bool = False) -> Console:
    """A console that does not squeeze tables when its output goes to a file or a pipe."""
    made = Console(stderr=stderr)
    return made if made.is_terminal else Console(stderr=stderr, width=_WIDTH)


EXIT_FAILED, EXIT_USAGE, EXIT_NOT_FOUND, EXIT_LOCKED, EXIT_QUARANTINED = 1, 2, 3, 4, 5
"""0 done; 1 failed; 2 bad arguments or settings; 3 no such thing; 4 store in use; 5 done, some set aside."""


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.write(to_json(value))


def print_json_line(value: Any) -> None:
    """One JSON document on one line of standard output, at once."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_risk_diff(to: Console, diff: RiskDiffView) -> None:
    """Risk factors that are new, dropped or changed, with the sentences; those that stayed are counted."""
    to.print(
        f"risk factors: {escape(diff.old_title)} ({diff.old_available_at:%Y-%m-%d}) against"
        f" {escape(diff.new_title)} ({diff.new_available_at:%Y-%m-%d}); drift {diff.drift:.0%} of the text"
    )
    tally = Counter(change.verdict for change in diff.changes)
    to.print(", ".join(f"{n} {verdict}" for verdict, n in sorted(tally.items())))
    for change in diff.changes:
        if change.verdict == "same":
            continue
        to.print(f"\n[bold]{change.verdict}[/] {escape(change.heading or '(before the first heading)')}")
        for sign, colour, sentences in (("+", "green", change.added), ("-", "red", change.removed)):
            for sentence in sentences[:_SENTENCES]:
                to.print(f"  [{colour}]{sign} {escape(sentence)}[/]")
            if len(sentences) > _SENTENCES:
                to.print(f"  {sign} and {len(sentences) - _SENTENCES} more sentences")
        for before, after in change.reworded[:_SENTENCES]:
            to.print(f"  ~ {_inline(before, after)}")


def _inline(before: str, after: str) -> str:
    """What of a sentence was taken out and put in; long runs of words that stayed are left out."""
    old, new = before.replace("’", "'").split(), after.replace("’", "'").split()
    parts: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            same = old[a:b]
            parts += same if len(same) <= 2 * _AROUND else [*same[:_AROUND], "…", *same[-_AROUND:]]
            continue
        if b > a:
            parts.append(f"[red strike]{escape(' '.join(old[a:b]))}[/]")
        if d > c:
            parts.append(f"[green]{escape(' '.join(new[c:d]))}[/]")
    return " ".join(part if part.startswith("[") else escape(part) for part in parts)


def to_json(value: Any) -> str:
    """Records, times and the rest as JSON text for programs."""
    return json.dumps(value, default=_plain, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
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


def plain(pairs: Sequence[str]) -> str:
    """Modalities as people call them: `text@call` is `call words`."""
    return ", ".join(INPUTS.get(pair, pair) for pair in pairs)


def issuer_blocks(signals: Sequence[SignalView]) -> Iterator[tuple[str, Table, str]]:
    """For each issuer and moment: a heading, a table of its signals, and notes on what they did without."""
    for _, group in groupby(signals, key=lambda s: (s.issuer, s.issuer_id)):
        own = list(group)
        moments = sorted({f"{s.as_of:%Y-%m-%d}" for s in own})
        yield f"{issuer_name(own[0])} as of {', '.join(moments)}", signals_table(own), "\n".join(_notes(own))


def issuer_name(s: SignalView) -> str:
    """A signal's issuer, marked where it is synthetic."""
    return f"[bold]{escape(s.issuer)}[/]" + (" [black on yellow] SYNTHETIC [/]" if s.synthetic else "")


def heading(s: SignalView) -> str:
    """A signal's issuer, name, value and id, marked where it is synthetic."""
    name = f"{signal_name(s).strip()} {number(s, s.value)} ({s.signal_id[:8]})"
    return f"{issuer_name(s)} {name}"


def signals_table(signals: Sequence[SignalView]) -> Table:
    """Signals with their values, intervals, and what they come from or why there is none."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("signal", "value", "90% interval", "percentile", "from", "id"):
        right = name in ("value", "percentile")
        table.add_column(name, justify="right" if right else "left", overflow="fold")
    for s in signals:
        interval = f"{number(s, s.low)} to {number(s, s.high)}" if s.low is not None else ""
        percentile = f"{s.percentile:.0f}" if s.percentile is not None else ""
        basis = _basis(s) if s.value is not None else f"[yellow]{escape(s.reason or '')}[/]"
        name = signal_name(s) + (" [yellow]in-sample[/]" if s.in_sample and s.value is not None else "")
        name += f" [yellow]{s.erased} what was erased since[/]" if s.erased else ""
        table.add_row(name, number(s, s.value), interval, percentile, basis, s.signal_id[:8])
    return table


def _basis(s: SignalView) -> str:
    """What a value comes from; for a check what it looked at, or on which side of its threshold it lies."""
    if "looked_at" in s.details:
        return f"{s.details['looked_at']} looked at, {s.details['not_judged']} could not be judged"
    if "judged" in s.details:
        return f"{len(s.details['matters'])} matters; {len(s.details['judged'])} checks could judge"
    if "threshold" in s.details:
        odd = "[red]suspect[/]" if s.details["suspect"] else "not suspect"
        return f"{plain(s.used)}; {odd} (threshold {s.details['threshold']:.4g})"
    return plain(s.used)


def _notes(signals: Sequence[SignalView]) -> Iterator[str]:
    """What scores did without, once a kind of signal."""
    for kind, group in groupby(signals, key=lambda s: s.kind):
        lack = lacking(next(group))
        if lack and "." not in kind:
            yield f"[dim]{kind}: {escape(lack)}[/]"


def signal_name(s: SignalView) -> str:
    """`risk 30d`, `fraud`, and sub-signals as `  beneish_m`."""
    if "." in s.kind:
        return "  " + s.kind.partition(".")[2]
    return f"{s.kind} {s.horizon_days}d" if s.horizon_days else s.kind


def number(s: SignalView, number: float | None) -> str:
    """A value or bound of a signal in its unit."""
    return value(s.kind, number)


def value(kind: str, number: float | None) -> str:
    """A number of a kind of signal: volatility and probability as percentages, scores with their sign."""
    if number is None:
        return "–"
    if kind in ("risk", "fraud"):
        return f"{number:.1%}"
    return f"{number:+.2f}" if kind == "sentiment" else f"{number:.3f}"


def moved(kind: str, effect: float) -> str:
    """How far a signal of a kind was moved, in its unit with a sign."""
    return f"{effect * 100:+.2f} pp" if kind in ("risk", "fraud") else f"{effect:+.3f}"


def lacking(s: SignalView) -> str:
    """What to read a score against, and what it did without and why; the age of what is too old."""
    ages = s.details.get("ages_days", {})
    stale = [
        f"{plain([pair])} ({ages[pair]:.0f} days old)" if pair in ages else plain([pair]) for pair in s.stale
    ]
    past = s.details.get("past_volatility", {}).get("30")
    parts = [f"past 30 days' volatility {past:.1%}"] if past is not None else []
    parts += [f"missing {plain(s.missing)}"] if s.missing else []
    parts += [f"too old {', '.join(stale)}"] if stale else []
    parts += [f"not used, for never trained: {plain(s.not_trained)}"] if s.not_trained else []
    parts += [f"not read: {n} pieces, {why}" for why, n in s.details.get("not_read", {}).items()]
    return "; ".join(parts)


def evidence_table(evidence: Sequence[EvidenceView], signal: SignalView) -> Table:
    """The pieces behind a signal, best first, each with where to find it and what it says.

    `share` is a piece's part of the way from what the model says of an issuer nothing is known of; `without`
    is what the score would lose without it.
    """
    rows: dict[tuple[str, str, str], list[EvidenceView]] = {}
    for e in evidence:
        rows.setdefault((e.evidence_id, e.modality, _part(e)), []).append(e)
    shared = any(e.method.startswith(_SHARE) for e in evidence)
    names = ("share", "without") if shared else ("effect",)
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in (*names, "where", "quote"):
        table.add_column(name, justify="right" if name in names else "left", overflow="fold")
    for (*_, part), own in rows.items():
        e = own[0]
        where = f"{escape(e.file)}\n[dim]{escape(e.where)}[/]"
        through = "the rest of the year" if part == _YEAR else f"through the ratio {part}"
        quote = escape(e.quote) + (f" [dim]({through})[/]" if part else "")
        effects = [_effect(signal, one) for one in own]
        if shared:
            told = {one.method.startswith(_SHARE): text for one, text in zip(own, effects, strict=True)}
            effects = [told.get(True, ""), told.get(False, "")]
        table.add_row(*effects[: len(names)], where, quote)
    return table


_SHARE = "integrated-gradients"
_YEAR = "the year"


def _part(e: EvidenceView) -> str:
    """The ratio through which a piece moved a score, if any."""
    return e.method.partition(" of ")[2]


def _effect(signal: SignalView, e: EvidenceView) -> str:
    """How much a piece moved a signal, in the signal's unit with a sign; or what else it is to it."""
    if e.effect is None:
        return e.method
    return f"{e.effect:+.3f}" if e.method.startswith("driver") else moved(signal.kind, e.effect)


def report_line(report: StageReport) -> str:
    """`ingest: 12 parsed, 1 quarantined (3.2 s)`."""
    counts = ", ".join(f"{n} {name}" for name, n in sorted(report.counts.items())) or "nothing to do"
    return f"{report.stage}: {counts} ({report.seconds:.1f} s)"
