"""Pages as Streamlit runs them, over a real service on loopback with a small store."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import streamlit as st
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash
from tests.service.api.furnished import furnish
from tests.service.running import running

from smalti.dashboards import app, session
from smalti.platform.auth import Role, hashing
from smalti.platform.settings import Settings
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from smalti.service.service import Service

PASSWORD = "correct horse battery"
SCRIPT = Path(app.__file__)
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is run takes the place of `__main__`, which new processes would run again and end by."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@dataclass
class Served:
    """A service that is up, and the session tokens of the people who are signed in there."""

    service: Service
    address: str
    tokens: dict[Role, str] = field(default_factory=dict)

    def token(self, role: Role) -> str:
        if role not in self.tokens:
            self.service.gateway.access.users.add(role.value, role, password=PASSWORD)
            asked = {"name": role.value, "password": PASSWORD}
            answer = httpx2.post(f"{self.address}/v1/session", json=asked)
            self.tokens[role] = answer.cookies["smalti"]
        return self.tokens[role]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One service for all tests of a module, its store furnished with a little of everything."""
    patched = pytest.MonkeyPatch()
    patched.setattr(hashing, "_ARGON2", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    settings = Settings(home=tmp_path_factory.mktemp("home"), workers=1, api_rate=10_000)
    with open_engine(settings) as engine:
        furnish(engine)
        service = Service(engine, LocalGateway(engine), "local-key-of-the-tests")
        with running(service) as address:
            yield Served(service, address)
    patched.undo()


@pytest.fixture
def look(served: Served, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page: `look("issuer", issuer="QRTZ")`, as an analyst unless said otherwise (None: nobody)."""

    st.cache_data.clear()  # all test runs of Streamlit count as one session

    def opened(view: str = "overview", role: Role | None = Role.ANALYST, **query: str) -> AppTest:
        monkeypatch.setenv(session.SERVICE, served.address)
        monkeypatch.setattr(session, "token", lambda: served.token(role) if role else "")
        page = AppTest.from_file(SCRIPT, default_timeout=30)
        page.query_params.update(query)
        page._page_hash = calc_hash("" if view == "overview" else view)  # else only pages that are files
        return page.run()

    return opened


def words(page: AppTest) -> str:
    """All that a page says, markup and all."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(page, kind))
