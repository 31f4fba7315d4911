"""Commands about models and the installation: `train`, `evaluate`, `doctor`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from smalti.platform.settings import load_settings
from smalti.platform.telemetry import Progress, progress_bars
from smalti.service.cli import output
from smalti.service.cli.assistant_evaluation import evaluate_assistant

_out, _err = output.console(), output.console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Data = Annotated[Path | None, typer.Option("--data", help="Folder of training sets (setting: data).")]

_COLOURS = {"ready": "green", "missing": "yellow", "damaged": "red"}


def doctor(as_json: Json = False) -> None:
    """Show what is installed, which weights, under what terms, what is missing and how to get it."""
    from smalti.service.doctor import examine

    with output.errors_told(_err, as_json=as_json):
        found = examine(load_settings())
        if as_json:
            output.print_json(found)
            return
        table = Table("", "", "state", "what", "how to get it", box=None, pad_edge=False, header_style="bold")
        for f in found:
            state = f"[{_COLOURS[f.state]}]{f.state}[/]"
            table.add_row(f.area, escape(f.name), state, escape(f.detail), escape(f.mend))
        _out.print(table)


def train(
    out: Annotated[Path, typer.Option("--out", help="Folder that gets the weights.")] = Path("model"),
    data: Data = None,
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 7,
    epochs: Annotated[int | None, typer.Option(help="Instead of each head's own number.")] = None,
    exclude_noncommercial: Annotated[
        bool, typer.Option("--exclude-noncommercial", help="Read no set whose terms forbid commercial use.")
    ] = False,
    tables_only: Annotated[
        bool, typer.Option("--tables-only", help="Keep the networks in use; fit their calibration anew.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train all heads. Stop it at any moment: the same command goes on, to the same weights."""
    with output.errors_told(_err, as_json=as_json):
        settings = load_settings(data=data)
        from smalti.models.datasets.vectors import CachedEncoders
        from smalti.models.recalibration import recalibrate
        from smalti.models.training import TrainSettings
        from smalti.models.training import train as train_heads
        from smalti.models.versions import weights_version

        encoders = CachedEncoders(settings.device)
        chosen = TrainSettings(seed=seed, epochs=epochs, exclude_noncommercial=exclude_noncommercial)
        if tables_only:
            recalibrate(settings.model, out, settings.data, encoders.texts, encoders.images)
        elif as_json or not _err.is_terminal:
            train_heads(settings.data, out, encoders.texts, encoders.images, chosen)
        else:
            with progress_bars(_err) as bars:
                train_heads(settings.data, out, encoders.texts, encoders.images, chosen, _Epochs(bars))
        done = {"folder": str(out), "version": weights_version(out)}
        if as_json:
            output.print_json(done)
        else:
            verb = "Calibrated" if tables_only else "Trained"
            _out.print(f"{verb} {done['version']} into {escape(done['folder'])}.")
            _out.print(f"Use it with SMALTI_MODEL={escape(str(out.resolve()))}")


def evaluate(
    model: Annotated[
        Path | None, typer.Option("--model", help="Folder of weights; the shipped ones.")
    ] = None,
    data: Data = None,
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="Measure only this; may stand several times. `coverage` and others."),
    ] = None,
    assistant: Annotated[
        bool, typer.Option("--assistant", help="Measure the assistant's answers instead of the model.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="File that gets the figures as JSON.")] = None,
    as_json: Json = False,
) -> None:
    """Measure the model beside its baselines, in one run, with seeds, splits and intervals.

    The figures are kept in the home folder, by the version of the weights; the dashboard shows
    them on its page Model.

    Parts: risk, published, fraud, ratios, sentiment, coverage, faithfulness, fairness. `published` trains
    networks anew, which takes longest.

    With --assistant: published questions over filings, all in one store, and questions made of stored facts;
    then those that people gave feedback on, from the home folder. The filings are taken in once, which takes
    long.
    """
    if assistant:
        evaluate_assistant(data, out, as_json=as_json)
        return
    with output.errors_told(_err, as_json=as_json):
        settings = load_settings(data=data, model=model)
        from smalti.models.datasets.vectors import CachedEncoders
        from smalti.models.evaluation import stored
        from smalti.models.evaluation.parts import PARTS
        from smalti.models.evaluation.report import evaluate as measure
        from smalti.models.evaluation.report import tables

        encoders = CachedEncoders(settings.device)
        figures = measure(
            settings.data, settings.model, encoders.texts, encoders.images, parts=part or [*PARTS]
        )
        stored.keep(settings.home, figures)
        if out is not None:
            out.write_text(output.to_json(figures), encoding="utf-8")
        if as_json:
            output.print_json(figures)
        else:
            for table in tables(figures):
                _out.print(table)


class _Epochs:
    """Shows each network's epochs as a bar."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._begun: set[str] = set()

    def __call__(self, name: str, done: int, total: int) -> None:
        if name not in self._begun:
            self._begun.add(name)
            self._bars.start(name, total)
        self._bars.step(name)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (train, evaluate, doctor):
        app.command()(command)
