"""The dashboard's process: started beside the service, kept alive, shut to others, gone with the service."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from smalti.platform.auth import Role
from smalti.platform.errors import SettingsError
from smalti.platform.settings import Settings
from smalti.service import dashboard
from smalti.service.cli.app import app
from smalti.service.engine import open_engine
from smalti.service.local import LocalGateway
from tests.demo_home import SMALTI
from tests.service.api.furnished import furnish

PASSWORD = "correct horse battery"
PATIENCE = 60.0
SECRET = "a-secret-that-stays-with-the-service"


def until(due: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not due():
        if time.monotonic() > give_up:
            pytest.fail("it did not come to that")
        time.sleep(0.05)


def settings_of(home: Path, **more: object) -> Settings:
    return Settings(home=home, dashboard=True, dashboard_port=0, **more)  # type: ignore[arg-type]


def test_without_streamlit_the_service_says_so_and_does_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dashboard, "find_spec", lambda name: None)
    with dashboard.place(settings_of(tmp_path)) as at:
        assert (at.address, at.missing) == ("", "the package streamlit is not installed")


def test_a_port_that_is_taken_is_told_and_stops_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        own = Settings(home=tmp_path, dashboard=True, dashboard_port=port)
        with dashboard.place(own) as at:
            assert at.address == ""
            assert str(port) in at.missing
            assert "Address already in use" in at.missing


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    with dashboard.place(Settings(home=tmp_path, dashboard=False)) as at:
        assert "switched off" in at.missing


def test_an_address_that_the_cookie_does_not_count_for_is_refused(tmp_path: Path) -> None:
    own = settings_of(tmp_path, public_url="https://a.example.org", dashboard_url="https://b.example.org")
    with pytest.raises(SettingsError, match="cookie counts for one host"), dashboard.place(own):
        pass


@dataclass
class Up:
    """`smalti up` and the dashboard beside it, as processes."""

    process: subprocess.Popen[str]
    service: str
    pages: str

    def child(self) -> int | None:
        """The dashboard's process."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            if b"smalti.dashboards.server" in words and parent == self.process.pid:
                return int(folder.name)
        return None

    def healthy(self) -> bool:
        try:
            return httpx2.get(f"{self.pages}/_stcore/health", timeout=2).text == "ok"
        except httpx2.HTTPError:
            return False

    def token(self, name: str) -> str:
        """Signs in on the page, as a browser does; the cookie's value."""
        given = {"name": name, "password": PASSWORD, "next": "/alerts"}
        answer = httpx2.post(f"{self.service}/sign-in", data=given, headers={"Origin": self.service})
        assert answer.headers["location"] == f"{self.pages}/alerts"
        return str(answer.cookies["smalti"])

    def sign_out(self, token: str) -> None:
        answer = httpx2.delete(f"{self.service}/v1/session", headers={"Authorization": f"Session {token}"})
        assert answer.status_code == 204

    def stream(self, token: str, origin: str = "") -> ClientConnection:
        where = self.pages.replace("http", "ws", 1) + "/_stcore/stream"
        cookie = {"Cookie": f"smalti={token}"} if token else {}
        return connect(where, origin=origin or self.pages, additional_headers=cookie, max_size=None)  # type: ignore[arg-type]

    def page(self, token: str, name: str = "") -> bytes:
        """All that the dashboard sends for one run of a page."""
        asked = BackMsg()
        asked.rerun_script.page_name = name
        with closing(self.stream(token)) as stream:
            stream.send(asked.SerializeToString())
            sent = b""
            while True:
                raw = stream.recv(PATIENCE)
                assert isinstance(raw, bytes)
                sent += raw
                message = ForwardMsg()
                message.ParseFromString(raw)
                if message.WhichOneof("type") == "script_finished":
                    return sent


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with open_engine(Settings(home=tmp_path, workers=1)) as engine:
        furnish(engine)
        access = LocalGateway(engine).access
        for role in (Role.ADMIN, Role.CUSTOMER):
            access.users.add(role.value, role, password=PASSWORD)
    own = {"SMALTI_DASHBOARD": "true", "SMALTI_DASHBOARD_PORT": "0", "SMALTI_OIDC_CLIENT_SECRET": SECRET}
    with ExitStack() as opened:
        log = opened.enter_context((tmp_path / "err.txt").open("w"))
        process = opened.enter_context(
            subprocess.Popen(
                [*SMALTI, "up", "--home", str(tmp_path), "--port", "0", "--json"],
                env=os.environ | own, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
            )
        )  # fmt: skip
        opened.callback(process.kill)
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        told = json.loads((tmp_path / "service.json").read_text())
        assert told["dashboard"] == ready["dashboard"]
        found = Up(process, ready["address"], ready["dashboard"])
        until(found.healthy)
        yield found


@pytest.mark.slow
def test_the_dashboard_lives_beside_the_service_and_lets_in_who_may(up: Up, tmp_path: Path) -> None:
    sent_away = httpx2.get(f"{up.pages}/issuer?issuer=QRTZ")
    assert sent_away.status_code == 303
    assert sent_away.headers["location"].startswith(f"{up.service}/sign-in?next=/issuer")
    assert httpx2.get(sent_away.headers["location"]).status_code == 200

    token = up.token("admin")
    page = httpx2.get(f"{up.pages}/alerts", headers={"Cookie": f"smalti={token}"})
    assert page.status_code == 200
    assert '<div id="root">' in page.text
    for origin in ("https://evil.example.net", up.service):
        with pytest.raises(InvalidStatus):
            up.stream(token, origin)

    assert b"Quartz" in up.page(token)
    for other in ("", up.token("customer"), "no session"):
        assert b"Quartz" not in up.page(other)
    assert b"You are not signed in" in up.page("")
    up.sign_out(token)
    revoked = up.page(token)
    assert b"You are not signed in" in revoked
    assert b"Quartz" not in revoked

    child = up.child()
    assert child is not None
    link = subprocess.run(
        [*SMALTI, "dashboard", "--as", "admin", "--no-open", "--json", "--home", str(tmp_path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(link.stdout)
    assert told["link"].startswith(f"{up.service}/sign-in?ticket=")
    assert (told["name"], told["role"]) == ("admin", "admin")

    environment = Path(f"/proc/{child}/environ").read_bytes()
    assert SECRET.encode() not in environment
    assert b"SMALTI_" not in environment

    os.kill(child, signal.SIGKILL)
    until(lambda: up.child() not in {None, child} and up.healthy())
    child = up.child()
    assert child is not None
    up.process.send_signal(signal.SIGTERM)
    assert up.process.wait(PATIENCE) == 0
    assert not alive(child)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((urlsplit(up.pages).hostname, urlsplit(up.pages).port), 2)


@pytest.mark.slow
def test_a_service_that_is_killed_takes_its_dashboard_along(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom smalti.platform.settings import Settings\n"
        "from smalti.service import dashboard\n"
        f"settings = Settings(home=Path({str(tmp_path)!r}), dashboard=True, dashboard_port=0)\n"
        "with dashboard.place(settings) as at, dashboard.running(settings, at, 'http://127.0.0.1:1'):\n"
        "    print(at.address, flush=True)\n    time.sleep(100)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        service = Up(process, "", process.stdout.readline().strip())
        until(service.healthy)
        child = service.child()
        assert child is not None
        process.kill()
        process.wait(PATIENCE)
        until(lambda: not alive(child))


def test_the_command_to_sign_in_says_so_where_no_service_runs(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["dashboard", "--json", "--home", str(tmp_path)])
    assert done.exit_code != 0
    assert "no service runs here" in done.output
