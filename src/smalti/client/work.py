"""What the service does: sources, runs, what was set aside, and long work that it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smalti.client.base import Base, Json
from smalti.client.events import Event, listen
from smalti.client.tasks import NamedBytes, Task

if TYPE_CHECKING:
    import polars as pl


class Work(Base):
    """Sources, runs, quarantine, tasks, events.

    Long work is asked for by methods that answer at once with a `Task`, which can be waited for.
    """

    def status(self) -> Json:
        """What the store holds, what became of every file, and the last runs."""
        return self._one("status")

    def edition(self) -> Json:
        """How new what the service holds is: `signals` and `documents` change with what they name.

        Beside them `model_version`, `latest_scored` and `now` (ISO times).
        """
        return self._one("edition")

    def condition(self) -> Json:
        """How the service is: `ready`, `parts`, disk, workers, `sources` with their age, and more."""
        return self._one("condition")

    def evaluation(self) -> Json:
        """How good the model in use is, as measured: `heads`, `parts`, `tables`, `notes`."""
        return self._one("evaluation")

    def model_card(self) -> str:
        """The model card of the model in use, as Markdown.

        Raises:
            NotFound: nothing was measured of it.
        """
        return self._transport.get(["evaluation", "card"]).body.decode()

    def sources(self) -> pl.DataFrame:
        """The places that are pulled from; columns as `frames.SOURCES`. Keys in them are masked."""
        return self._frame("SOURCES", "sources")

    def source(self, name: str) -> Json:
        """One source, and how its last pull went."""
        return self._one("sources", name)

    def put_source(
        self,
        name: str,
        kind: str,
        address: str,
        schedule: str,
        options: Mapping[str, str] | None = None,
        *,
        paused: bool = False,
    ) -> Json:
        """Add a source, or change the one of this name.

        Args:
            name: what to call it.
            kind: `news`, `filing`, `social`, `call`, `price`, `folder`.
            address: address, CIK, ticker, account, or folder on the service's machine.
            schedule: `every 15m`, or five crontab fields (UTC).
            options: what this kind of source understands beside.
            paused: known, but not pulled by schedule.

        Raises:
            SettingsError: it cannot be pulled as described.
        """
        body = {"kind": kind, "address": address, "schedule": schedule, "paused": paused}
        stored: Json = self._send("PUT", "sources", name, **body, options=dict(options or {}))
        return stored

    def pause_source(self, name: str, *, paused: bool = True) -> Json:
        """Leave a source out of the schedule, or take it in again."""
        changed: Json = self._send("POST", "sources", name, "pause" if paused else "resume")
        return changed

    def remove_source(self, name: str) -> Json:
        """Forget a source; what was pulled from it stays."""
        removed: Json = self._send("DELETE", "sources", name)
        return removed

    def test_source(self, name: str) -> Json:
        """Ask a source once, storing nothing: `asked`, `entries`, `problems`."""
        told: Json = self._send("POST", "sources", name, "test")
        return told

    def runs(
        self, stage: str | None = None, state: str | None = None, since: datetime | None = None
    ) -> pl.DataFrame:
        """The ledger, newest first; columns as `frames.RUNS`.

        Args:
            stage: `pull`, `ingest`, `link`, `score` and others.
            state: `running`, `done`, `failed`, `interrupted`.
            since: begun no earlier.
        """
        return self._frame("RUNS", "runs", stage=stage, state=state, since=since)

    def newest_runs(
        self, stage: str | None = None, state: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> tuple[pl.DataFrame, str | None]:
        """One page of the ledger, newest first, and the cursor of the page after it; columns as `RUNS`."""
        return self._page("RUNS", "runs", stage=stage, state=state, limit=limit, cursor=cursor)

    def run(self, run_id: str) -> Json:
        """One run."""
        return self._one("runs", run_id)

    def outcomes(
        self, run_id: str, limit: int = 100, cursor: str | None = None
    ) -> tuple[Sequence[Json], str | None]:
        """What became of each file and record that a run dealt with, one page, and the next one's cursor.

        Returns:
            Objects with `path`, `record`, `outcome`, `detail`; `aside`: why, if quarantined; `document`:
            what it was read into, with its issuers; `evidence_id`: its first piece.
        """
        found = self._one("runs", run_id, "outcomes", limit=limit, cursor=cursor)
        return found["items"], found["next"]

    def runs_under_way(self) -> Sequence[Json]:
        """How far the runs are that go on now: `stage`, `part`, `done`, `total` items."""
        found: Sequence[Json] = self._transport.get(["runs", "under-way"]).json()
        return found

    def quarantine(self, code: str | None = None) -> pl.DataFrame:
        """What was set aside and why, newest first; columns as `frames.QUARANTINE`."""
        return self._frame("QUARANTINE", "quarantine", code=code)

    def set_aside(
        self, code: str | None = None, limit: int = 50, cursor: str | None = None
    ) -> tuple[pl.DataFrame, str | None]:
        """One page of `quarantine`, and the cursor of the page after it."""
        return self._page("QUARANTINE", "quarantine", code=code, limit=limit, cursor=cursor)

    def quarantined(self, quarantine_id: str) -> Json:
        """One thing that was set aside."""
        return self._one("quarantine", quarantine_id)

    def tasks(self) -> pl.DataFrame:
        """Long work that goes on or has ended since the service began; columns as `frames.TASKS`."""
        return self._frame("TASKS", "tasks")

    def task_state(self, task_id: str) -> Json:
        """The state of one piece of long work, as `Task.now` gives it.

        Raises:
            NotFound: the service knows none of this id, or was started anew since.
        """
        return self._one("tasks", task_id)

    def task(self, task_id: str) -> Task:
        """One piece of long work, to be watched, waited for or called off."""
        return Task(self._transport, self._one("tasks", task_id))

    def ingest(self, folder: str) -> Task:
        """Take in a folder of the service's machine (admins). Result: a report of each stage."""
        return self._begin("ingest", folder=folder)

    def push(self, files: Sequence[str], **said: Any) -> Task:
        """Take in files of the service's machine (admins); `said` as for `upload`."""
        when = said.pop("published_at", None)
        return self._begin("push", files=list(files), published_at=when.isoformat() if when else None, **said)

    def upload(
        self,
        files: Sequence[Path | NamedBytes],
        *,
        kind: str | None = None,
        published_at: datetime | None = None,
        issuer: str | None = None,
        url: str | None = None,
        synthetic: bool = False,
    ) -> Task:
        """Hand in files of this machine. Result: a report of each stage.

        Args:
            files: plain files, by their paths here, or names with what is opened for reading.
            kind: what they are, if their bytes leave doubt.
            published_at: when the public could know them.
            issuer: whom they are about.
            url: where they were published.
            synthetic: made up; marks all that rests on them.

        Raises:
            Unreadable: one of them cannot be read here.
        """
        return Task.upload(
            self._transport, files, kind=kind, published_at=published_at, issuer=issuer, url=url,
            synthetic=synthetic,
        )  # fmt: skip

    def pull(self, source: str | None = None) -> Task:
        """Fetch what is new in a source, or in all that are active. Result: a report of each stage."""
        return self._begin("pull", source=source)

    def score(
        self,
        issuer: str | None = None,
        as_of: datetime | None = None,
        since: datetime | None = None,
        every_days: int = 7,
    ) -> Task:
        """Score an issuer or all, as of a moment or of each one's newest evidence. Result: a report.

        Args:
            issuer: whom; all if None.
            as_of: the moment.
            since: as of the ends of past days too, from this one on.
            every_days: between two of those.
        """
        said = {"issuer": issuer, "as_of": as_of.isoformat() if as_of else None}
        steps = {"since": since.isoformat(), "every_days": every_days} if since else {}
        return self._begin("score", **said, **steps)

    def retry(self, quarantine_id: str | None = None, code: str | None = None) -> Task:
        """Read again what was set aside: one thing, all of a reason (`code`), or all.

        Result: a report of each stage.
        """
        return self._begin("retry", quarantine_id=quarantine_id, code=code)

    def events(self, kinds: Sequence[str] | None = None, after: str | None = None) -> Iterator[Event]:
        """What changes, as it happens; waits for the next, and comes back by itself when it is cut off.

        Args:
            kinds: `run`, `signals`, `alert`, `report`, `task`; all if None. An event `missed` says that some
                could not be told: read anew what you keep.
            after: the id of the last event heard; from now on if None.
        """
        return listen(self._transport, kinds, after)

    def _begin(self, operation: str, **body: Any) -> Task:
        return Task.begin(self._transport, ["work", operation], body)
