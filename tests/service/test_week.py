"""A week in fast-forward: sources, scores, alerts and reports by schedule; killed twice, it ends the same."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from smalti.ingest.feeds.source import Source
from smalti.models.checkpoint import CORE, write
from smalti.models.heads import SENTIMENT
from smalti.platform.scheduler import trigger
from smalti.platform.store import Store
from smalti.service import sources as configured
from smalti.service.alerts import rules
from smalti.service.alerts.conditions import Change, Level, Rule, StaleSource
from tests.models.model_worlds import random_models
from tests.service.conftest import news_page, post
from tests.service.loopback import Replay, serving
from tests.service.pipeline import contents

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BEGIN = datetime(2026, 5, 11, tzinfo=UTC)  # a Monday
DAYS = 7
ISSUER = "Quartz Anvil Corporation"
PATIENCE = 120.0
WORDS = ("fell sharply", "rose again", "was late", "was in line", "is in doubt", "grew fast", "stood still")


@dataclass
class World:
    """What there is to be had by a moment: an article a morning, posts every other day, a close a night."""

    drop: Path
    server: Replay
    closes: list[str] = field(default_factory=list)

    def turn(self, now: datetime) -> None:
        """Put out all that is public by now."""
        items = []
        for number, at in enumerate(BEGIN + timedelta(hours=8 + 24 * n) for n in range(DAYS)):
            if at <= now:
                said = WORDS[number % len(WORDS)]
                page = news_page(
                    f"Quartz Anvil: demand {said}",
                    at.isoformat(),
                    f"{ISSUER} (ZZQA) told investors on day {number} that demand for its anvils {said}.",
                )
                self.put(f"/news/{number}.html", "text/html", page)
                items.append(
                    f"<item><title>Quartz Anvil: demand {said}</title><guid>n{number}</guid>"
                    f"<link>{self.server.base}/news/{number}.html</link><pubDate>{format_datetime(at)}</pubDate></item>"
                )
        feed = f'<rss version="2.0"><channel><title>wire</title><link>{self.server.base}</link>'
        self.put("/feed.xml", "application/rss+xml", f"{feed}{''.join(items)}</channel></rss>")
        for day in range(0, DAYS, 2):
            at = BEGIN + timedelta(days=day, hours=12)
            file = self.drop / f"posts-{day}.jsonl"
            if at <= now and not file.exists():
                said = [f"$ZZQA order {n} {WORDS[(day + n) % len(WORDS)]}." for n in range(3)]
                file.write_text("\n".join(post(f"{at - timedelta(days=1):%Y-%m-%d}", text) for text in said))
                os.utime(file, (1, 1))
        rng, close, rows = random.Random(7), 50.0, []
        for ago in range(300, -DAYS, -1):
            at = BEGIN - timedelta(days=ago)
            close *= 1 + rng.gauss(0, 0.02)
            if at.weekday() < 5 and at + timedelta(hours=22) <= now:
                rows.append(f"{at:%Y-%m-%d},{close:.4f},{close:.4f},{close:.4f},{close:.4f},{close:.4f},1000")
        table = "\n".join(["Date,Open,High,Low,Close,Adj Close,Volume", *rows])
        self.put("/ZZQA.csv", "text/csv", table + "\n")

    def put(self, path: str, kind: str, text: str) -> None:
        body = text.encode()
        headers = {"Content-Type": kind, "ETag": f'"{len(body)}"'}
        self.server.answers[path] = (200, headers, body)


def timetable(wanted: list[Source]) -> list[tuple[datetime, list[str]]]:
    """What is due when in the week, by the schedules, and what follows from it at the same time."""
    due: dict[datetime, list[str]] = {}
    schedules = {f"pull {source.name}": source.schedule for source in wanted} | {"score daily": "30 0 * * *"}
    for name, schedule in schedules.items():
        when, at = trigger(schedule), BEGIN
        while (at := when.get_next_fire_time(at, at + timedelta(seconds=1))) < BEGIN + timedelta(days=DAYS):
            due.setdefault(at, []).append(name)
    return [(at, [*sorted(due[at]), "follow", "alerts", "deliveries"]) for at in sorted(due)]


class Service:
    """The process on one home folder, which can be killed and is then begun anew."""

    def __init__(self, home: Path, model: Path, server: str) -> None:
        self.home = home
        self._command = [sys.executable, "-m", "tests.service.week_process", str(home), str(model), server]
        self._process: subprocess.Popen[str] | None = None

    def do(self, at: datetime, jobs: list[str], kill_after: int | None = None) -> bool:
        """Have jobs run; whether they were, or it was killed after so many commits."""
        if self._process is None:
            with (self.home.parent / f"{self.home.name}.err").open("a") as err:
                self._process = subprocess.Popen(
                    self._command,
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=err,
                    text=True,
                )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        if kill_after is None:
            process.stdin.write("\t".join([at.isoformat(), *jobs]) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "done\n", (
                self.home.parent / f"{self.home.name}.err"
            ).read_text()
            return True
        os.set_blocking(process.stdout.fileno(), False)
        log, seen = self.home / "smalti.duckdb.wal", set[int]()
        process.stdin.write("\t".join([at.isoformat(), *jobs]) + "\n")
        process.stdin.flush()
        give_up = time.monotonic() + PATIENCE
        while len(seen) <= kill_after:
            seen.add(log.stat().st_size if log.exists() else 0)
            assert time.monotonic() < give_up
            if process.stdout.read(1):
                process.stdout.readline()
                os.set_blocking(process.stdout.fileno(), True)
                return True
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
        self._process = None
        return False

    def end(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.close()
            assert self._process.wait(PATIENCE) == 0
            self._process.stdout.close()


@contextmanager
def running(home: Path, model: Path, server: str) -> Iterator[Service]:
    service = Service(home, model, server)
    try:
        yield service
        service.end()
    finally:
        if service._process is not None and service._process.poll() is None:
            service._process.kill()
            service._process.wait()


def prepared(home: Path, wanted: list[Source]) -> Path:
    """A home folder with its sources, and rules that fire."""
    with Store(home / "smalti.duckdb", lambda: BEGIN - timedelta(days=1)) as store:
        for source in wanted:
            configured.add(store, source)
        for name, condition in {
            "any mood": Level(signal="sentiment", above=-100.0, in_sample=True),
            "moving": Change(signal="sentiment", by=1e-9, direction="either", in_sample=True),
            "no prices": StaleSource(source="prices", hours=30),
        }.items():
            made = rules.add_rule(store, Rule(name=name, condition=condition), "local")
            rules.switch_rule(store, made.rule_id, True, "local", force=True)
    return home


def light_model(folder: Path) -> Path:
    """The sentiment head alone, untrained: the others take seconds over each case."""
    folder.mkdir()
    write([model for model in random_models() if model.head is SENTIMENT], folder / CORE)
    return folder


def test_a_week_with_two_kills_ends_as_an_undisturbed_one(tmp_path: Path):
    model = light_model(tmp_path / "model")
    with serving(lambda _: {}) as server:
        drop = tmp_path / "drop"
        drop.mkdir()
        wanted = [
            Source("wire", "news", f"{server.base}/feed.xml", "5 9 * * *"),
            Source("drop", "folder", str(drop), "15 12 * * 1,3,5,7"),
            Source("prices", "price", f"{server.base}/ZZQA.csv", "30 22 * * 2,5", {"issuer": ISSUER}),
        ]
        home = prepared(tmp_path / "prepared", wanted)
        week = timetable(wanted)
        found = {}
        kills = 0
        for name in ("calm", "rough"):
            shutil.rmtree(drop)
            drop.mkdir()
            server.answers.clear()
            world = World(drop, server)
            dice = random.Random(11)
            moments = sorted(dice.sample(range(3, len(week) - 3), 6))
            shutil.copytree(home, tmp_path / name)
            with running(tmp_path / name, model, server.base.removeprefix("http://")) as service:
                for number, (at, jobs) in enumerate(week):
                    world.turn(at)
                    if name == "rough" and number in moments and kills < 2:
                        if service.do(at, jobs, kill_after=dice.randrange(1, 12)):
                            continue
                        kills += 1
                    assert service.do(at, jobs)
            with Store(tmp_path / name / "smalti.duckdb") as store:
                found[name] = contents(store)
                states = dict(store.read("SELECT state, count(*) FROM runs GROUP BY ALL").iter_rows())
        assert kills == 2
        assert states["interrupted"] >= 1
        assert "failed" not in states
    calm, rough = found["calm"], found["rough"]
    assert len(calm["documents"]) >= DAYS + 3 * 4 + 2  # articles, posts, and tables of prices
    for table in ("links", "embeddings", "signals", "attributions", "prices"):
        assert len(calm[table]) >= DAYS, f"the week gives no {table}"
    assert calm["alerts"]
    for table, rows in calm.items():
        assert rough[table] == rows, table
