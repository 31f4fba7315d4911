"""The service: what the API, the scheduler and their jobs share in the one process that owns the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from smalti.platform.metrics import Metrics
from smalti.platform.telemetry import Progress
from smalti.service.engine import Engine
from smalti.service.health import Health
from smalti.service.live import Live
from smalti.service.local import LocalGateway
from smalti.service.tasks import Both, Tasks, TaskView


@dataclass(frozen=True, slots=True)
class Service:
    """One running service.

    Attributes:
        engine: the owner's hands.
        gateway: what commands are answered with.
        local_key: what whoever may read the home folder signs requests with; made anew at each start.
        live: who hears of changes as they happen.
        tasks: long work that was asked for and goes on in the background.
        metrics: what Prometheus is told.
        health: whether what the service needs can be used.
        dashboard: address on this machine of the dashboard that runs beside it; empty where none does.
    """

    engine: Engine
    gateway: LocalGateway
    local_key: str
    live: Live = field(default_factory=Live)
    tasks: Tasks = field(default_factory=Tasks)
    metrics: Metrics = field(default_factory=Metrics)
    health: Health = field(default_factory=Health)
    dashboard: str = ""

    def __post_init__(self) -> None:
        self.engine.store.watch(self.live.committed)

    def start_task(
        self,
        name: str,
        who: str,
        work: Callable[[Service], object],
        given_up: Callable[[], None] | None = None,
    ) -> TaskView:
        """Begin long work in the background.

        Args:
            name: what is done: `ingest`.
            who: asks for it.
            work: gets this service with an engine that tells the task's progress; what it returns (records,
                plain values) becomes the task's result.
            given_up: done once somebody has called it off.

        Raises:
            TooMany: too much is under way or waiting.
            Conflict: the service is stopping.
        """

        def told(progress: Progress) -> object:
            engine = replace(self.engine, progress=Both(progress, self.engine.progress))
            return work(replace(self, engine=engine, gateway=LocalGateway(engine, self.gateway.access)))

        return self.tasks.start(
            name, who, told, clock=self.engine.store.now, live=self.live, given_up=given_up
        )
