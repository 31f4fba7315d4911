"""What all commands share: how they open the platform, and how a moment is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from smalti.platform.errors import SettingsError, StoreLocked
from smalti.platform.settings import Settings, load_settings
from smalti.platform.telemetry import NoProgress, Progress, configure_logs, progress_bars
from smalti.service.cli import output
from smalti.service.gateway import Gateway

out, err = output.console(), output.console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the store (setting: home).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
EXIT_INTERRUPTED = 130

AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Day (its end, UTC) or ISO time; nothing later is read.")
]


@contextmanager
def gateway_at(home: Path | None, *, as_json: bool) -> Iterator[Gateway]:
    """The platform, open while the block runs; its errors are told with their mend and exit code.

    A running service that owns the folder is spoken to; otherwise the folder is owned while the block runs.
    """
    with output.errors_told(err, as_json=as_json), ExitStack() as opened:
        settings = settings_at(home)
        quiet = as_json or not err.is_terminal
        progress = NoProgress() if quiet else opened.enter_context(progress_bars(err))
        opened.enter_context(_waiting_ends())
        yield opened.enter_context(_gateway(settings, progress))


@contextmanager
def _gateway(settings: Settings, progress: Progress) -> Iterator[Gateway]:
    # Imported here so that `--help` and bad arguments answer at once.
    from smalti.service.reach import left_by, service_elsewhere, service_of

    elsewhere = bool(settings.service)
    transport = service_elsewhere(settings.service) if elsewhere else service_of(settings.home)
    if transport is not None:
        from smalti.service.remote import RemoteGateway

        with closing(transport):
            yield RemoteGateway(transport, progress, same_machine=not elsewhere)
        return
    from smalti.service.engine import open_engine
    from smalti.service.local import LocalGateway

    with ExitStack() as opened:
        try:
            engine = opened.enter_context(open_engine(settings, progress))
        except StoreLocked as locked:
            if address := left_by(settings.home):
                what = f"{locked.what} and does not answer at {address}"
                raise StoreLocked(
                    what, subject=locked.subject, mend="wait until it is up, or end it"
                ) from None
            raise
        yield LocalGateway(engine)


@contextmanager
def _waiting_ends() -> Iterator[None]:
    """Say what goes on where somebody stops waiting for it (Ctrl-C)."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        if (task_id := getattr(stopped, "task_id", None)) is None:
            raise
        err.print(f"It goes on in the service as task {task_id}: `smalti tasks list` shows it,")
        err.print(f"`smalti tasks cancel {task_id}` calls it off.", soft_wrap=True)
        raise typer.Exit(EXIT_INTERRUPTED) from None


def settings_at(home: Path | None) -> Settings:
    """The settings of a command, with its home folder; logs are set up by them."""
    settings = load_settings(home=home)
    configure_logs(settings.log_level)
    return settings


def read_moment(text: str | None, subject: str = "--as-of") -> datetime | None:
    """A day (meaning its end, UTC) or an ISO time.

    Raises:
        SettingsError: it is neither.
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            "neither a day nor a time", subject=f"{subject} {text}", mend="2017-04-26 or 2017-04-26T15:00Z"
        ) from None
    if len(text) == 10:
        moment = datetime.combine(moment, time.max)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def read_days(text: str, subject: str) -> int:
    """A span of 1 to 366 days: `7d`, or `2w`.

    Raises:
        SettingsError: it is no such span.
    """
    found = re.fullmatch(r"(\d{1,3})([dw])", text, re.ASCII)
    days = int(found[1]) * {"d": 1, "w": 7}[found[2]] if found else 0
    if not 1 <= days <= 366:
        raise SettingsError("no span of 1 to 366 days", subject=f"{subject} {text}", mend="7d, or 2w")
    return days
