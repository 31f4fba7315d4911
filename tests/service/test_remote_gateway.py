"""Commands give the same answers whether they own the store or ask the service that does."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from smalti.client.tasks import Task
from smalti.client.transport import Transport
from smalti.ingest.feeds.source import Source
from smalti.platform.errors import NotFound, SettingsError, StoreLocked
from smalti.platform.settings import Settings
from smalti.platform.store import Batch
from smalti.platform.telemetry import NoProgress
from smalti.service import gateway as gateway_module
from smalti.service.alerts.desk import AlertDesk
from smalti.service.asking import Asking, GoesOn
from smalti.service.assistant_gateway import Assistant
from smalti.service.care.gateway import Care
from smalti.service.chat.desk import ChatDesk
from smalti.service.cli import common
from smalti.service.cli.app import app
from smalti.service.gateway import Gateway
from smalti.service.local import LocalGateway
from smalti.service.people import People
from smalti.service.remote import RemoteGateway
from smalti.service.reports.gateway import Reports
from smalti.service.service import Service
from tests.service.newsroom import ISSUER, moment, newsroom, publish
from tests.service.running import running

AS_OF = moment("2025-01-10")
AREAS = {one.__name__: one for one in (AlertDesk, Assistant, Care, ChatDesk, People, Reports)}
Both = Callable[..., tuple[Result, Result]]


def fill(engine: Any) -> None:
    publish(engine, "page", "2025-01-02", url="https://paper.example/1", text="Sales rose by a tenth.")
    publish(engine, "copy", "2025-01-03", url="https://other.example/1")
    publish(engine, "post", "2025-01-04", "social", author="account 1", hints={"synthetic": "true"})
    publish(engine, "10-K", "2025-01-05", "filing", text="Net sales fell 3 percent.")
    batch = Batch()
    batch.add("issuer_names", {"issuer_id": ISSUER, "text": "ZZQA", "kind": "ticker"})
    for name, kind, horizon, value in (
        ("aa11", "fraud", 0, 0.4),
        ("aa22", "fraud.claim_against_fact", 0, 0.1 + 0.2),
        ("bb33", "risk", 30, None),
    ):
        row = {"signal_id": name, "case_id": "case", "issuer_id": ISSUER, "kind": kind, "as_of": AS_OF}
        row |= {"horizon_days": horizon, "value": value, "low": value, "high": value, "model_version": "m"}
        row |= {"used": ["fact@filing"], "missing": ["voice@call"], "not_trained": [], "stale": []}
        more = {"in_sample": False, "reason": None if value else "no prices", "details": '{"far": 1e-300}'}
        batch.add("signals", row | more)
    for rank, (name, effect, method) in enumerate(
        [("page", 0.3, "integrated-gradients"), ("post", -0.1, "leave-one-out"), ("10-K", None, "context")]
    ):
        row = {"signal_id": "aa11", "evidence_id": f"e-{name}", "modality": "text", "rank": rank}
        batch.add("attributions", row | {"effect": effect, "method": method})
    said, against = '[{"evidence_id": "e-page", "quote": ""}]', '[{"evidence_id": "e-10-K", "quote": ""}]'
    found = {"finding_id": "f1", "signal_id": "aa22", "verdict": "finding", "rank": 1, "strength": 0.7}
    batch.add("findings", found | {"reason": "Said.", "said": said, "against": against, "details": "{}"})
    told = {"evidence_id": "e-page", "item": "sales", "with_evidence": "e-10-K", "verdict": "differs"}
    batch.add("comparisons", told | {"ours": 1e9, "theirs": 1.5e9})
    where = {"source_id": "wire", "path": "bad.html", "record": "", "artifact_id": "a-bad"}
    reason = {"stage": "parse", "code": "Malformed", "reason": "no end", "mend": "mend it", "attempts": 2}
    batch.add("quarantine", {"quarantine_id": "q1", **where, **reason})
    source = {"source_id": "wire", "name": "wire", "kind": "news", "address": "https://a.example/feed"}
    batch.add("sources", source | {"schedule": "every 15m", "options": "{}", "paused": False})
    engine.store.commit(batch)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with newsroom(tmp_path_factory.mktemp("house")) as engine:
        fill(engine)
        yield Service(engine, LocalGateway(engine), "local-key-of-the-tests")


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with running(service) as told:
        yield told


@pytest.fixture(scope="module")
def remote(service: Service, address: str) -> Iterator[RemoteGateway]:
    transport = Transport(address, service.local_key)
    yield RemoteGateway(transport, NoProgress(), same_machine=True)
    transport.close()


@cache
def commands(_: typer.Typer) -> Any:
    """The commands, put together once: that takes longer than most of them."""
    return typer.main.get_command(app)


@pytest.fixture
def both(service: Service, remote: RemoteGateway, monkeypatch: pytest.MonkeyPatch) -> Both:
    """Runs a command on the store itself, and through the service."""

    def through(gateway: Gateway, arguments: tuple[str, ...]) -> Result:
        @contextmanager
        def opened(*_: Any) -> Iterator[Gateway]:
            yield gateway

        monkeypatch.setattr(common, "_gateway", opened)
        monkeypatch.setattr("typer.testing._get_command", commands)
        return CliRunner().invoke(app, arguments)

    return lambda *arguments: (through(service.gateway, arguments), through(remote, arguments))


READS = (
    "signals", "signals --kind fraud", "signals --as-of 2025-01-01", "signals --issuer ZZQA",
    "signals --issuer Nobody", "why aa11", "why aa", "why zz", "checks ZZQA", "checks Anvil --all",
    "checks Nobody", "compare ZZQA --as-of 2025-02-01", "compare ZZQA --all --as-of 2025-02-01",
    "compare ZZQA --as-of 2025-01-01", "diff ZZQA", "quarantine list", "quarantine show q1",
    "quarantine show zz", "status", "sources list", "sources test nowhere", "sources pause nowhere",
    "quarantine retry zz", "pull nowhere", "score --issuer Nobody",
    "change ZZQA --from 2025-01-06 --to 2025-01-03", "what-if ZZQA --without nowhere", "replay zz",
    "users list", "keys list", "keys revoke nowhere", "users role nobody viewer", "alerts list",
    "alerts show nowhere", "alerts ack nowhere", "alerts precision", "alerts rules list",
    "alerts rules off nowhere",
    "alerts rules backtest nowhere", "alerts channels list", "alerts channels test nowhere",
    "alerts channels log", "alerts recipients list",
    "reports list", "reports reproduce nowhere", "reports schedule list", "reports schedule remove nowhere",
    "reports make --issuer Nobody", "search sales --issuer Nobody",
)  # fmt: skip

PRINTED = [
    "signals", "why aa11", "checks Anvil --all", "status", "quarantine list", "sources list",
    "compare ZZQA --as-of 2025-02-01", "why zz",
]  # fmt: skip


@pytest.mark.parametrize("command", [f"{command} --json" for command in READS] + PRINTED)
def test_a_command_prints_the_same_both_ways(both: Both, command: str):
    local, remote = both(*command.split())
    assert remote.exit_code == local.exit_code
    assert remote.stdout == local.stdout
    assert remote.stderr == local.stderr
    assert local.stdout or local.stderr


def less_clocks(text: str) -> str:
    """An answer without what is another for every run."""
    text = re.sub(r'"(run_id|recorded_at|as_of|last_pull)": "[^"]*"', "", text)
    return re.sub(r'"seconds": [0-9.e-]+|\([0-9.]+ s\)', "", text)


@pytest.mark.parametrize(
    "command",
    [
        "sources add feed news https://b.example/feed -o issuer=3M --json",
        "sources add feed news nonsense --schedule never",
        "sources pause feed --json",
        "sources resume feed --json",
        "quarantine retry q1 --json",
    ],
)
def test_what_changes_something_answers_the_same_both_ways(both: Both, command: str):
    local, remote = both(*command.split())
    assert remote.exit_code == local.exit_code
    assert less_clocks(remote.stdout) == less_clocks(local.stdout)
    assert remote.stderr == local.stderr


def test_a_source_is_removed_both_ways(service: Service, remote: RemoteGateway):
    for gateway in (service.gateway, remote):
        gateway.add_source(Source("gone", "news", "https://c.example/feed", "every 15m"))
        assert "gone" in {one.name for one in gateway.sources()}
        gateway.remove_source("gone")
        assert "gone" not in {one.name for one in gateway.sources()}


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "change ZZQA --from 2025-01-03 --to 2025-01-06 --json",
        "what-if ZZQA --without page --as-of 2025-01-06 --json",
        "replay aa11 --json",
        "search sales --json",
        "score --issuer ZZQA --as-of 2025-01-06 --json",
        "score --issuer ZZQA --as-of 2025-01-06 --since 2025-01-05 --every 1d --json",
    ],
)
def test_what_a_model_is_asked_for_is_the_same_both_ways(both: Both, command: str):
    local, remote = both(*command.split())
    assert remote.exit_code == local.exit_code == 0, remote.output
    if "score" in command:  # the second time it is known already
        local, remote = both(*command.split())
    assert less_clocks(remote.stdout) == less_clocks(local.stdout)


def test_the_remote_gateway_can_all_that_the_protocol_says(service: Service, remote: RemoteGateway):
    pairs: list[tuple[type, object, object]] = [(Gateway, service.gateway, remote)]
    for name, area in inspect.getmembers(Gateway, lambda one: isinstance(one, property)):
        protocol = typing.get_type_hints(area.fget, vars(gateway_module) | AREAS)["return"]
        pairs.append((protocol, getattr(service.gateway, name), getattr(remote, name)))
    for protocol, *both_sides in pairs:
        for name, method in inspect.getmembers(protocol, inspect.isfunction):
            for one in both_sides if not name.startswith("_") else ():
                told = inspect.signature(getattr(type(one), name))
                assert told == inspect.signature(method), f"{type(one).__name__}.{name}"


def test_progress_of_the_service_is_shown_here(service: Service, address: str):
    told: list[tuple[str, Any]] = []

    class Shown:
        def start(self, stage: str, total: int) -> None:
            told.append((stage, total))

        def step(self, stage: str, what: str = "") -> None:
            told.append((stage, "step"))

    def work(own: Service) -> str:
        own.engine.progress.start("read", 2)
        own.engine.progress.step("read")
        own.engine.progress.step("read")
        return "done"

    begun = service.start_task("work", "local", work)
    transport = Transport(address, service.local_key)
    task = Task(transport, {"task_id": begun.task_id, "name": begun.name})
    assert Asking(transport, Shown()).waited(task) == "done"
    transport.close()
    assert told == [("read", 2), ("read", "step"), ("read", "step")]


def test_who_stops_waiting_is_told_how_to_call_it_off(both: Both, service: Service, monkeypatch):
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("smalti.client.tasks.Task.wait", interrupted)
    _, remote = both("score", "--issuer", "Nobody")
    task = service.tasks.all()[0]
    assert remote.exit_code == 130
    assert f"smalti tasks cancel {task.task_id}" in remote.stderr
    assert issubclass(GoesOn, KeyboardInterrupt)


def test_paths_mean_the_service_s_machine_where_it_is_another(service: Service, address: str):
    transport = Transport(address, service.local_key)
    elsewhere = RemoteGateway(transport, NoProgress(), same_machine=False)
    with pytest.raises(SettingsError, match="another machine"):
        elsewhere.ingest(Path("folder"))
    transport.close()


def test_a_command_finds_the_service_that_owns_the_folder(service: Service, address: str):
    home = str(service.engine.settings.home)
    told = CliRunner().invoke(app, ["signals", "--home", home, "--json"])
    assert told.exit_code == 0
    assert '"signal_id": "aa11"' in told.stdout


def test_a_service_that_does_not_answer_is_named(service: Service, address: str, tmp_path: Path):
    home = service.engine.settings.home
    file = home / "service.json"
    before = file.read_text()
    file.write_text('{"address": "http://127.0.0.1:9", "local_key": "k", "pid": 1}')
    try:
        told = CliRunner().invoke(app, ["status", "--home", str(home), "--json"])
    finally:
        file.write_text(before)
    assert told.exit_code == 4
    assert "does not answer at http://127.0.0.1:9" in told.stdout


def test_what_a_dead_service_left_behind_does_no_harm(tmp_path: Path):
    (tmp_path / "service.json").touch(0o600)
    (tmp_path / "service.json").write_text('{"address": "http://127.0.0.1:9", "local_key": "k", "pid": 1}')
    with common._gateway(Settings(home=tmp_path), NoProgress()) as gateway:
        assert isinstance(gateway, LocalGateway)


def test_errors_keep_their_class(remote: RemoteGateway):
    with pytest.raises(NotFound, match="known: Anvil Corporation"):
        remote.findings("Nobody")
    with pytest.raises(NotFound):
        remote.retry("zz")
    assert issubclass(StoreLocked, Exception)
