"""Long work that goes on in the service: watched, waited for, called off."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from smalti.client.transport import Transport
from smalti.platform.errors import Unreadable, error_of

NamedBytes = tuple[str, BinaryIO]
"""A file's name, and its bytes opened for reading."""

Told = Callable[[str, int, int], None]
"""Hears of progress: the stage, its items done, and of how many."""

_FIRST_POLL, _LONGEST_POLL = 0.05, 1.0
_SENDING = 600.0
"""Seconds that the service may take to store what was sent."""


class Task:
    """One piece of work that the service was asked for.

    Attributes:
        task_id: names it as long as the service runs.
        name: what is done: `score`.
    """

    def __init__(self, transport: Transport, told: Mapping[str, Any]) -> None:
        self._transport = transport
        self.task_id: str = told["task_id"]
        self.name: str = told["name"]

    @classmethod
    def begin(cls, transport: Transport, path: Sequence[str], body: Mapping[str, Any]) -> Task:
        """Ask for work at a route that answers with a task; what is None is left out of the body."""
        given = {name: value for name, value in body.items() if value is not None}
        return cls(transport, transport.send("POST", path, json=given).json())

    @classmethod
    def upload(
        cls,
        transport: Transport,
        files: Sequence[Path | NamedBytes],
        *,
        kind: str | None = None,
        published_at: datetime | None = None,
        issuer: str | None = None,
        url: str | None = None,
        synthetic: bool = False,
    ) -> Task:
        """Hand in files: by their paths on this machine, or opened, with their names.

        They are read while they are sent; what came opened is left open.

        Raises:
            Unreadable: one of them cannot be read here.
        """
        said = {"kind": kind, "issuer": issuer, "url": url, "synthetic": "true" if synthetic else None}
        said["published_at"] = published_at.isoformat() if published_at else None
        with ExitStack() as opened:
            try:
                sent = [("files", _opened(file, opened)) for file in files]
            except OSError as error:
                raise Unreadable(
                    f"it cannot be read: {error.strerror}", subject=str(error.filename)
                ) from None
            form = {name: value for name, value in said.items() if value is not None}
            answer = transport.send("POST", ["uploads"], timeout=_SENDING, files=sent, data=form)
        return cls(transport, answer.json())

    def now(self) -> Mapping[str, Any]:
        """Its state at the moment.

        Returns:
            A JSON object: `state` (`queued`, `running`, `done`, `failed`, `cancelled`), `stages` (each with
            `stage`, `done`, `total`, in items), `asked_at`, `started_at`, `finished_at` (ISO times),
            `result`, `error`.
        """
        told: Mapping[str, Any] = self._transport.get(["tasks", self.task_id]).json()
        return told

    def wait(
        self,
        progress: Told | None = None,
        timeout: float | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Any:
        """Wait for its end and give its result, plain JSON values.

        Args:
            progress: hears how far each stage is, whenever that has changed.
            timeout: seconds; None waits as long as it takes.
            sleep: waits between two looks.

        Raises:
            SmaltiError: what the work ended with, in its own class; `Stopped` if it was called off.
            TimeoutError: it goes on, but took longer than `timeout`.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause = _FIRST_POLL
        known: dict[str, tuple[int, int]] = {}
        while True:
            told = self.now()
            for one in told["stages"] if progress is not None else ():
                reached = one["done"], one["total"]
                if progress is not None and known.get(one["stage"]) != reached:
                    known[one["stage"]] = reached
                    progress(one["stage"], *reached)
            if told["state"] == "done":
                return told["result"]
            if (error := told["error"]) is not None:
                raise error_of(error["code"], error["what"], subject=error["subject"], mend=error["mend"])
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(f"task {self.task_id} ({self.name}) still goes on")
            sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL)

    def cancel(self) -> None:
        """Call it off: what it has stored by then stays.

        Raises:
            NotAllowed: somebody else asked for it.
        """
        self._transport.send("DELETE", ["tasks", self.task_id])


def _opened(file: Path | NamedBytes, until: ExitStack) -> NamedBytes:
    """A file's name and its bytes; what is opened here is closed with `until`."""
    return (file.name, until.enter_context(file.open("rb"))) if isinstance(file, Path) else file
