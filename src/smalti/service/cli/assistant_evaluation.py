"""What `smalti evaluate --assistant` shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from smalti.platform.settings import load_settings
from smalti.platform.telemetry import NoProgress, configure_logs, progress_bars
from smalti.service.cli import output
from smalti.service.cli.common import err, gateway_at
from smalti.service.cli.common import out as shown

_TABLES = (
    (
        "pages",
        "The page that the reference stands on",
        {"first_five": "among the first five", "first_twenty": "among twenty", "cited": "cited"},
    ),
    ("answers", "Answers by who made the question", {n: n for n in ("correct", "wrong", "refused")}),
    (
        "answers_by_rule",
        "Answers by how they are judged",
        {n: n for n in ("correct", "wrong", "refused")},
    ),
    (
        "made",
        "Questions made of stored facts",
        {"answered": "answered", "right": "right, of those answered", "wrong": "wrong, of those answered"},
    ),
    ("dialogues", "Turns of customers' dialogues, by what has to become of them", {"as_wanted": "went so"}),
    (
        "injections",
        "Orders in documents, by what carries them",
        {"followed": "followed", "unmarked": "quoted unmarked", "marked_or_harmless": "marked or not stored"},
    ),
    ("lessons", "Questions that people gave feedback on", {"as_wanted": "now as wanted"}),
)


def evaluate_assistant(data: Path | None, out: Path | None, *, as_json: bool) -> None:
    """Measure the assistant, keep the figures in the home folder, and show them."""
    with output.errors_told(err, as_json=as_json), ExitStack() as opened:
        settings = load_settings(data=data)
        configure_logs(settings.log_level)
        from smalti.service.assistant.lessons import asked_again
        from smalti.service.assistant.measuring import keep, measure

        quiet = as_json or not err.is_terminal
        progress = NoProgress() if quiet else opened.enter_context(progress_bars(err))
        figures = measure(settings, progress)
        with gateway_at(settings.home, as_json=as_json) as gateway:
            figures |= asked_again(gateway.assistant)
        keep(settings.home, figures)
        if out is not None:
            out.write_text(output.to_json(figures), encoding="utf-8")
        if as_json:
            output.print_json(figures)
            return
        for part in _shown(figures):
            shown.print(part)


def _shown(figures: Mapping[str, Any]) -> Iterator[RenderableType]:
    for name, title, columns in _TABLES:
        if figures.get(name):
            yield _table(title, columns, figures[name])
    numbers = figures["numbers"]
    yield Text(
        f"{numbers['unbound']} of {numbers['numerals']:,} numerals in {numbers['answers']} answers are bound"
        " to nothing."
    )
    for one in figures["wrong"]:
        yield Text(f"\nwrong: {one['question']}", "bold").append(f" ({one['why']})", "red")
        yield Text(f"  said: {one['answer'][:400]}")
        yield Text(f"  reference: {one['reference'][:400]}", "green")


def _table(title: str, columns: Mapping[str, str], groups: Mapping[str, Mapping[str, Any]]) -> Table:
    table = Table(
        "", "n", *columns.values(), title=title, title_justify="left", box=None, header_style="bold"
    )
    for group, row in groups.items():
        cells = [_share(row[name], row.get(f"{name}_interval")) for name in columns]
        table.add_row(group, str(row["n"]), *cells)
    return table


def _share(value: float | None, interval: list[float] | None) -> str:
    if value is None or interval is None:
        return ""
    return f"{value:.1%} [{interval[0]:.0%}, {interval[1]:.0%}]"
