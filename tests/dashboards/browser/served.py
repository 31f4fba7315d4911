"""A home folder as an analyst's desk has it, and `smalti up` with its dashboard over it, as processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from tests.demo_home import SMALTI

from smalti.client import Client
from smalti.platform.auth import Role
from smalti.platform.settings import Settings
from smalti.platform.store import utc_now
from smalti.service.engine import open_engine
from smalti.service.jobs import run_job
from smalti.service.local import LocalGateway
from smalti.service.service import Service

PASSWORD = "correct horse battery"
PEOPLE = {"vic": Role.VIEWER, "ana": Role.ANALYST, "adm": Role.ADMIN, "cus": Role.CUSTOMER}
PATIENCE_S = 90.0


@dataclass(frozen=True)
class Desk:
    """What is up.

    Attributes:
        service: address of the API.
        dashboard: address of the pages.
    """

    home: Path
    service: str
    dashboard: str

    def session(self, name: str) -> str:
        """A fresh session of somebody: the token in their cookie."""
        answer = httpx2.post(
            f"{self.service}/v1/session", json={"name": name, "password": PASSWORD}, timeout=PATIENCE_S
        )
        answer.raise_for_status()
        return answer.cookies["smalti"]

    def client(self, name: str = "ana") -> Client:
        """Asks the service as somebody."""
        return Client(self.service, session=self.session(name))


def furnish(home: Path) -> None:
    """Add people to a home folder, and do what a service does at its first start over it.

    Else each service that is started over a copy would do that again.
    """
    with open_engine(Settings(home=home, workers=2)) as engine:
        gateway = LocalGateway(engine)
        for name, role in PEOPLE.items():
            gateway.access.users.add(name, role, password=PASSWORD)
        service = Service(engine, gateway, "local key")
        for job in ("follow", "search index"):
            run_job(service, job, utc_now())


@contextmanager
def desk(built: Path, home: Path) -> Iterator[Desk]:
    """`smalti up` over a copy of a built home folder, until the block ends."""
    shutil.copytree(built, home)
    command = [*SMALTI, "up", "--port", "0", "--home", str(home)]
    with _process(command, home.parent / "up.log", {"SMALTI_DASHBOARD_PORT": "0"}) as up:
        _until(up, (home / "service.json").is_file)
        told = json.loads((home / "service.json").read_text())
        _until(up, lambda: _answers(f"{told['dashboard']}/_stcore/health"))
        yield Desk(home, told["address"], told["dashboard"])


@contextmanager
def _process(command: Sequence[str], log: Path, more: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=os.environ | dict(more), stdout=out, stderr=out)
    try:
        yield process
    except BaseException as error:
        error.add_note(log.read_text(errors="replace")[-3000:])
        raise
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until(process: subprocess.Popen[bytes], due: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not due():
        assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        assert time.monotonic() < ends, f"{process.args!r} did not come up"
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        return httpx2.get(address).status_code == 200
    except httpx2.TransportError:
        return False
