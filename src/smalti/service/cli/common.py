"""What all commands share: how they open the platform, and how a moment is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from smalti.platform.errors import SettingsError
from smalti.platform.settings import Settings, load_settings
from smalti.platform.telemetry import NoProgress, configure_logs, progress_bars
from smalti.service.cli import output
from smalti.service.gateway import Gateway

out, err = output.console(), output.console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="Folder of the store (setting: home).")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="Day (its end, UTC) or ISO time; nothing later is read.")
]


@contextmanager
def gateway_at(home: Path | None, *, as_json: bool) -> Iterator[Gateway]:
    """The platform, open while the block runs; its errors are told with their mend and exit code."""
    # Imported here so that `--help` and bad arguments answer at once.
    from smalti.service.engine import open_engine
    from smalti.service.local import LocalGateway

    with output.errors_told(err, as_json=as_json):
        settings = _settings(home)
        if as_json or not err.is_terminal:
            with open_engine(settings, NoProgress()) as engine:
                yield LocalGateway(engine)
        else:
            with progress_bars(err) as bars, open_engine(settings, bars) as engine:
                yield LocalGateway(engine)


def _settings(home: Path | None) -> Settings:
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
