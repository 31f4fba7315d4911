"""Structured logs to standard error, and progress for people."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as RichProgress


def configure_logs(level: str) -> None:
    """One JSON object a line on standard error; `level` as in the settings."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # What standard error is at the time: it may be another, or closed, by the next line.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


class Progress(Protocol):
    """What long work tells about itself."""

    def start(self, stage: str, total: int) -> None:
        """A stage begins with so many items."""

    def step(self, stage: str, what: str = "") -> None:
        """One item of it is done.

        Raises:
            Stopped: the work is to end here; what was done of it stays.
        """


class NoProgress:
    """Says nothing: for JSON output and tests."""

    def start(self, stage: str, total: int) -> None:
        """See `Progress`."""

    def step(self, stage: str, what: str = "") -> None:
        """See `Progress`."""


class _Bars:
    def __init__(self, bars: RichProgress) -> None:
        self._bars = bars
        self._tasks = {}  # type: ignore[var-annotated]  # rich.TaskID by stage

    def start(self, stage: str, total: int) -> None:
        self._tasks[stage] = self._bars.add_task(stage, total=total, what="")

    def step(self, stage: str, what: str = "") -> None:
        self._bars.update(self._tasks[stage], advance=1, what=what[-48:])


@contextmanager
def progress_bars(console: Console) -> Iterator[Progress]:
    """Bars on the given console while the block runs."""
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with RichProgress(
        *columns, TextColumn("[dim]{task.fields[what]}"), console=console, transient=True
    ) as bars:
        yield _Bars(bars)
