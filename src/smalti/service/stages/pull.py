"""A source to documents: what is new is fetched through the guarded client and read like any file.

What a list names is done before the list counts as seen, so a pull cut short at any moment is made up by the
next one and ends with the same rows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from smalti.ingest.documents import Origin, add_record
from smalti.ingest.feeds import listing as lists
from smalti.ingest.feeds import yahoo
from smalti.ingest.feeds.prices import YAHOO
from smalti.ingest.feeds.source import Listing, Source, Wanted, feed_of
from smalti.ingest.parse.contract import Request
from smalti.platform.errors import Erased, InputError, SettingsError, Unreachable, Unreadable
from smalti.platform.ledger import Run
from smalti.platform.records import DateMethod, Outcome, SourceKind
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.web import Web, WebRules
from smalti.platform.workers import in_threads
from smalti.service.engine import Engine
from smalti.service.stages.reading import Item, Reader, is_picture, sighting
from smalti.service.tombstones import ERASED

_AT_ONCE = 32
"""Things fetched before they are read: what a crash can cost."""

_SEC_RATE = 8.0
"""Requests a second; EDGAR shuts out whoever asks more than ten times."""

_COMPLETE = ""
"""Name of the cursor which says that the last pull got all there was."""


def open_web(settings: Settings) -> Web:
    """The guarded client by the settings.

    Raises:
        SettingsError: no agent is declared.
    """
    if not settings.agent:
        mend = "in smalti.toml or as SMALTI_AGENT: a name and an e-mail address, which servers ask for"
        raise SettingsError("who asks is not declared", subject="agent", mend=mend)
    return Web(
        WebRules(
            agent=settings.agent,
            allow=settings.allow,
            max_bytes=settings.max_bytes,
            max_seconds=settings.fetch_seconds,
            max_wait=settings.max_wait,
            rates={"*": settings.rate, "sec.gov": _SEC_RATE},
            robots=settings.robots,
        )
    )


def pull(engine: Engine, source: Source, web: Web, again: Collection[str] = ()) -> Run:
    """Fetch and read what is new in a source; safe to stop at any moment and start again.

    Args:
        engine: the owner's.
        source: any but a folder.
        web: the guarded client.
        again: names in the source that are taken anew although they are settled.

    Returns the finished run. Its `counts` are things by outcome; `fetched` answers with a body and those
    `not modified`; `settled` those known already; `unreachable` those to try again; `left for later` those
    beyond `max_pull`.

    Raises:
        SettingsError: the source's address or options cannot be used.
    """
    with Run(engine.store, "pull", source.name) as run:
        _Pull(engine, source, web, run, frozenset(again)).all()
    return run


@dataclass(slots=True)
class _Task:
    """One thing to have, and the lists that led to it."""

    wanted: Wanted
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Got:
    """The bytes of a thing, in the object store."""

    artifact: str
    size: int
    at: datetime
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    is_new: bool = True

    @property
    def receipt(self) -> tuple[str, int, datetime, str, dict[str, str]]:
        """What a sighting says of it."""
        return self.artifact, self.size, self.at, self.url, self.headers


class _Pull:
    """One run over one source."""

    def __init__(self, engine: Engine, source: Source, web: Web, run: Run, again: frozenset[str]) -> None:
        self.engine = engine
        self.source = source
        self.web = web
        self.run = run
        self.again = again
        self.reader = Reader(engine, source.source_id, run, again, own_too=True)
        rows = engine.store.read("SELECT * FROM cursors WHERE source_id = ?", [source.source_id])
        self._cursors = {row["name"]: row for row in rows.iter_rows(named=True)}
        # Unless the last pull got everything, lists are read whole again, seen or not.
        self._caught_up = _COMPLETE in self._cursors and not again
        self._lists: dict[str, Any] = {}  # cursor rows of the lists read, written at the end
        self._unfinished: set[str] = set()  # lists of which something is still to be had
        self._named: set[str] = set()

    def all(self) -> None:
        """Take what the source begins with and all that follows."""
        opening = Batch()
        opening.drop("cursors", source_id=self.source.source_id, name=_COMPLETE)
        self.engine.store.commit(opening)
        begin = feed_of(self.source).begin(self.source)
        todo = [_Task(wanted) for wanted in begin if self._is_first(wanted)]
        taken = 0
        while todo:
            # Pictures last, so that the posts that name them are known.
            todo.sort(key=lambda task: is_picture(task.wanted.name))
            room = self.engine.settings.max_pull - taken
            if room <= 0:
                self.run.counts["left for later"] += len(todo)
                self._unfinished.update(name for task in todo for name in (*task.above, _COMPLETE))
                break
            now, todo = todo[: min(_AT_ONCE, room)], todo[min(_AT_ONCE, room) :]
            self.engine.progress.start(self.run.stage, len(now) + len(todo))
            taken += len(now)
            todo = [*self._take(now), *todo]
        self._close()

    def _take(self, tasks: Sequence[_Task]) -> list[_Task]:
        """Fetch and read some things; returns what they lead to."""
        following: list[_Task] = []
        got: list[tuple[_Task, _Got]] = []
        for task, found in self._fetched(tasks):
            if isinstance(found, InputError):
                self._failed(task, found)
            elif found is not None and task.wanted.lists:
                following += self._listed(task, found)
            elif found is not None:
                got.append((task, found))
        self._read([one for one in got if not is_picture(one[0].wanted.name)])
        if pictures := [one for one in got if is_picture(one[0].wanted.name)]:
            self.reader.read_claims()  # a picture becomes part of the post that names it
            self._read(pictures)
        self.reader.flush()
        return following

    def _read(self, got: Sequence[tuple[_Task, _Got]]) -> None:
        items = [item for task, found in got if (item := self._plan(task.wanted, found)) is not None]
        self.reader.flush()
        self.reader.read_all(items)

    def _fetched(self, tasks: Sequence[_Task]) -> list[tuple[_Task, _Got | InputError | None]]:
        """In the order of the tasks, whichever answer came first."""
        found = dict[str, _Got | InputError | None]()
        for task, one in in_threads(self._get, tasks, self.engine.settings.workers):
            found[task.wanted.name] = one
        return [(task, found[task.wanted.name]) for task in tasks]

    def _get(self, task: _Task) -> _Got | InputError | None:
        """A thing's bytes; None where nothing has changed and nothing is to be done."""
        wanted = task.wanted
        before = self.reader.known_artifact(wanted.name)
        if self._is_seen(wanted):
            return self._kept(wanted, before)
        try:
            if wanted.raw is not None:
                artifact = self.engine.objects.put(wanted.raw)
                return _Got(artifact, len(wanted.raw), self.engine.store.now(), is_new=artifact != before)
            if wanted.url.startswith(YAHOO):
                return self._from_yahoo(wanted)
            return self._ask(wanted, before)
        except InputError as error:
            return error

    def _ask(self, wanted: Wanted, before: str | None) -> _Got | None:
        """What the server has; a list that did not change is given as it was stored."""
        seen = self._cursors.get(wanted.name)
        is_conditional = seen is not None and (self._caught_up if wanted.lists else before is not None)
        answer = self.web.get(
            wanted.url,
            etag=seen["etag"] if seen and is_conditional else None,
            last_modified=seen["last_modified"] if seen and is_conditional else None,
        )
        headers = dict(answer.headers)
        if not answer.not_modified:
            self.run.counts["fetched"] += 1
            artifact = self.engine.objects.put(answer.body)
            return _Got(artifact, len(answer.body), answer.fetched_at, answer.url, headers)
        self.run.counts["not modified"] += 1
        listed = self.reader.listed_artifact(wanted.name) if wanted.lists else None
        if listed is not None:
            return _Got(listed, 0, answer.fetched_at, answer.url, headers, is_new=False)
        return self._kept(wanted, before)

    def _from_yahoo(self, wanted: Wanted) -> _Got:
        """Prices through a library that goes out by itself, which the user installed and asked for."""
        raw = yahoo.fetch(wanted, self.source)
        self.run.counts["fetched"] += 1
        return _Got(self.engine.objects.put(raw), len(raw), self.engine.store.now(), wanted.url)

    def _kept(self, wanted: Wanted, before: str | None) -> _Got | None:
        """What is stored of a thing that has not changed, if a newer parser should read it again."""
        if before is None or wanted.lists or self.reader.is_settled(wanted.name, before):
            self.run.counts["settled"] += 1
            return None
        size = self.engine.objects.path(before).stat().st_size
        return _Got(before, size, self.engine.store.now(), wanted.url, is_new=False)

    def _is_seen(self, wanted: Wanted) -> bool:
        """Whether this very revision was dealt with."""
        seen = self._cursors.get(wanted.name)
        if seen is None or not wanted.revision or wanted.name in self.again:
            return False
        return bool(seen["revision"] == wanted.revision) and (self._caught_up or not wanted.lists)

    def _listed(self, task: _Task, got: _Got) -> list[_Task]:
        wanted, source = task.wanted, self.source
        try:
            arguments = lists.arguments(wanted, source)
            files = {"0": self.engine.objects.path(got.artifact)}
            with self.engine.sandbox.call(lists.LIST, files, arguments) as (result, out):
                listing = lists.read(result, out)
        except InputError as error:
            self._failed(task, error)
            return []
        above = (*task.above, wanted.name)
        if not got.is_new:
            # All it names was had; but a list that it leads to may have changed.
            return [
                _Task(w, above) for w in listing.wanted if w.lists and not w.further and self._is_first(w)
            ]
        self._note_list(wanted, got, listing)
        self._lists[wanted.name] = self._cursor(wanted, got)
        news = any(not (w.lists or w.further or self._is_seen(w)) for w in listing.wanted)
        return [
            _Task(one, above)
            for one in listing.wanted
            if (news or not one.further or not self._caught_up) and self._is_first(one)
        ]

    def _is_first(self, wanted: Wanted) -> bool:
        """Whether this run has not met the name yet: lists overlap, and may lead in circles."""
        if wanted.name in self._named:
            return False
        self._named.add(wanted.name)
        return True

    def _note_list(self, wanted: Wanted, got: _Got, listing: Listing) -> None:
        origin = self._origin(wanted, got.artifact)
        self._settle(origin, Outcome.SKIPPED, "a list; what it names has entries of its own", got, None)
        for record in listing.records:
            add_record(self.reader.planned, origin, record, "")
            self.run.counts[f"entries {record.outcome.value}"] += 1

    def _plan(self, wanted: Wanted, got: _Got) -> Item | None:
        """What to parse; None where it is settled as it stands."""
        reader = self.reader
        origin = self._origin(wanted, got.artifact)
        cursor = self._cursor(wanted, got)
        before = reader.known_artifact(wanted.name)
        if before == got.artifact and reader.is_settled(wanted.name, got.artifact):
            reader.run.counts["settled"] += 1
            reader.planned.add("cursors", cursor)
            return None
        request = self._request(wanted, got, before)
        rows = sighting(reader.source_id, wanted.name, *got.receipt)
        item = Item(origin, request, (got.artifact,), (wanted.name,), (*rows, ("cursors", cursor)))
        first = reader.first_with(got.artifact, wanted.name)
        if first != wanted.name and got.size and not reader.owners(item):
            self._settle(origin, Outcome.DUPLICATE, f"the same bytes as {first}", got, cursor)
            return None
        return item

    def _request(self, wanted: Wanted, got: _Got, before: str | None) -> Request:
        hints = dict(wanted.hints)
        if wanted.url:
            hints.setdefault("url", wanted.url)
        for name in ("issuer", "synthetic"):
            if self.source.options.get(name):
                hints.setdefault(name, self.source.options[name])
        stated, method = wanted.published_at, DateMethod.FEED
        if before not in (None, got.artifact) and got.is_new:
            earlier = self.engine.store.read(
                "SELECT max(available_at) FROM documents WHERE artifact_id = ?", [before]
            ).item()
            if stated is None or (earlier is not None and stated <= earlier):
                stated, method = got.at, DateMethod.RECORDED
        kind = wanted.kind or SourceKind(self.source.kind)
        return Request(wanted.name, kind, stated, method, hints, self.reader.limits)

    def _failed(self, task: _Task, error: InputError) -> None:
        """Set aside what cannot be had. What a server may yet give is asked for again next time."""
        wanted = task.wanted
        origin = self._origin(wanted, self.reader.known_artifact(wanted.name) or "")
        if isinstance(error, Unreachable):
            self.run.counts["unreachable"] += 1
            self._unfinished.update((*task.above, _COMPLETE))
        if isinstance(error, Unreadable) and wanted.optional:
            self._settle(origin, Outcome.SKIPPED, f"offered, but not there: {error.what}", None, None)
            return
        cursor = None if isinstance(error, Unreachable) or wanted.lists else self._cursor(wanted, None)
        if isinstance(error, Erased):
            erased = replace(origin, artifact_id=error.subject)
            self._settle(erased, Outcome.SKIPPED, ERASED, None, cursor)
            return
        self._settle(origin, Outcome.QUARANTINED, error.what, None, cursor, error)

    def _settle(
        self,
        origin: Origin,
        outcome: Outcome,
        detail: str,
        got: _Got | None,
        cursor: dict[str, Any] | None,
        error: InputError | None = None,
    ) -> None:
        reader = self.reader
        if got is not None:
            rows = sighting(reader.source_id, origin.path, *got.receipt)
            for table, row in rows:
                reader.planned.add(table, row)
        if cursor is not None:
            reader.planned.add("cursors", cursor)
        reader.settle(origin, outcome, detail, error, stage="fetch")

    def _origin(self, wanted: Wanted, artifact: str) -> Origin:
        return Origin(self.source.source_id, wanted.name, artifact, self.run.run_id)

    def _cursor(self, wanted: Wanted, got: _Got | None) -> dict[str, Any]:
        headers = got.headers if got else {}
        return {
            "source_id": self.source.source_id,
            "name": wanted.name,
            "revision": wanted.revision,
            "etag": headers.get("etag"),
            "last_modified": headers.get("last-modified"),
            "checked_at": self.engine.store.now(),
        }

    def _close(self) -> None:
        """Remember the lists of which everything was had."""
        batch = Batch()
        for name, cursor in self._lists.items():
            if name not in self._unfinished:
                batch.add("cursors", cursor)
        if _COMPLETE not in self._unfinished:
            batch.add("cursors", self._cursor(Wanted(_COMPLETE, revision="complete"), None))
        self.engine.store.commit(batch)
