"""A service that is up, whose clock a test moves, beside stand-ins for Slack and Chatwoot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from tests.service.api.furnished import furnish
from tests.service.chat.stand_in import StandIn, standing_in
from tests.service.running import running

from smalti.platform.settings import Settings
from smalti.service.chat.answering import answering
from smalti.service.chat.integrations import (
    IntegrationView,
    Secrets,
    add_integration,
    read_integration,
)
from smalti.service.chat.signatures import CHATWOOT, SLACK, Scheme, signature
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

SECRETS = Secrets(signing="signing-secret-of-the-tests", token="xoxb-token-of-the-tests")


@dataclass
class Clock:
    """What time the service believes it is."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


@dataclass
class Front:
    """A service that is up, and the other side's API."""

    service: Service
    address: str
    api: StandIn
    clock: Clock

    def add(self, setup: dict[str, Any], name: str = "ours") -> IntegrationView:
        """Set up an integration."""
        engine = self.service.engine
        made = read_integration({"name": name, "setup": setup})
        secrets = None if setup["kind"] == "widget" else SECRETS
        return add_integration(engine.store, engine.settings, made, secrets, "ann")

    def post(
        self,
        path: str,
        told: dict[str, Any],
        scheme: Scheme,
        *,
        secret: str = SECRETS.signing,
        age: float = 0.0,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """Send a request signed as the other side signs it, `age` seconds ago."""
        body = json.dumps(told).encode()
        moment = str(int(self.clock.now.timestamp() - age))
        signed = {scheme.moment: moment, scheme.header: signature(scheme, secret, moment, body)}
        sent = {"content-type": "application/json", **signed, **(headers or {})}
        return httpx2.post(f"{self.address}/v1/integrations/{path}", content=body, headers=sent)

    def slack(self, told: dict[str, Any], **how: Any) -> httpx2.Response:
        return self.post("slack/events", told, SLACK, **how)

    def chatwoot(self, view: IntegrationView, told: dict[str, Any], **how: Any) -> httpx2.Response:
        return self.post(f"chatwoot/{view.integration_id}/events", told, CHATWOOT, **how)

    def due(self) -> int:
        """What the job of every minute does."""
        self.settled()
        return answering(self.service).due(self.service, self.clock.now)

    def settled(self) -> None:
        """Until nothing is answered in the background any more."""
        assert answering(self.service).finish(20)

    def events(self) -> list[dict[str, Any]]:
        """The messages as they are stored, oldest first."""
        rows = self.service.engine.store.read("SELECT * FROM integration_events ORDER BY got_at, event_id")
        return list(rows.iter_rows(named=True))


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a little of everything."""
    home = tmp_path_factory.mktemp("chat") / "home"
    with open_engine(Settings(home=home, workers=1, ocr=False)) as engine:
        furnish(engine)
    return home


@pytest.fixture(scope="module")
def _up(furnished: Path) -> Iterator[Front]:
    clock = Clock()
    with standing_in({"ok": True}) as api:
        settings = Settings(
            home=furnished, workers=1, ocr=False, allow=(api.authority,), signin_rate=1_000,
            dashboard_url="https://smalti.example.org",
        )  # fmt: skip
        with open_engine(settings, clock=clock) as engine:
            service = Service(engine, LocalGateway(engine), "local-key-of-the-tests")
            with running(service) as address:
                yield Front(service, address, api, clock)


@pytest.fixture
def front(_up: Front) -> Iterator[Front]:
    yield _up
    _up.due()
    for table in ("integrations", "integration_events", "conversations", "turns"):
        _up.service.engine.store._con.execute(f"DELETE FROM {table}")
    _up.api.got.clear()
    _up.api.answers.clear()
    _up.api.usual = (200, {"ok": True})
    _up.clock.later(hours=1)
