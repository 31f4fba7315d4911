"""The dashboard beside the service: a process of its own, started anew when it dies, gone when we go."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from urllib.parse import urlsplit

import structlog

from smalti.platform.errors import SettingsError
from smalti.platform.settings import Settings
from smalti.service.listening import address_of, bind

_log = structlog.get_logger(__name__)

_KEPT = frozenset(
    {"HOME", "LANG", "LANGUAGE", "OMP_NUM_THREADS", "PATH", "PYTHONPATH", "TMPDIR", "TZ", "VIRTUAL_ENV"}
)
"""What the process gets of our environment, besides `LC_*`: no secret is among it, and no other setting."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_STEADY_S = 60.0
"""Seconds after which a process that died is taken for one that had started well."""
_ENDING_S = 5.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the dashboard is to be.

    Attributes:
        listening: its socket, which stays ours, so that a new process takes on whoever waits there.
        address: how programs on this machine reach it; empty where there is none.
        missing: why there is none; empty where there is one.
    """

    listening: socket.socket | None
    address: str
    missing: str = ""


@contextmanager
def place(settings: Settings) -> Iterator[Place]:
    """Take the dashboard's port. That there is none is told and not raised: a service without one is of use.

    Raises:
        SettingsError: people would be sent to it by a name that their cookie does not count for.
    """
    public, pages = urlsplit(settings.public_url).hostname, urlsplit(settings.dashboard_url).hostname
    if public and pages and public != pages:
        raise SettingsError(
            "the session's cookie counts for one host, and this is another",
            subject=f"dashboard_url {settings.dashboard_url}",
            mend=f"an address on {public}",
        )
    if not settings.dashboard:
        yield Place(None, "", "it is switched off (setting: dashboard)")
        return
    if find_spec("streamlit") is None:
        yield Place(None, "", "the package streamlit is not installed")
        return
    own = settings.model_copy(update={"port": settings.dashboard_port})
    try:
        listening = bind(own)
    except SettingsError as error:
        yield Place(None, "", f"{error.what} ({error.subject}; setting: dashboard_port)")
        return
    with listening:
        yield Place(listening, address_of(listening, own))


@contextmanager
def running(settings: Settings, at: Place, service: str) -> Iterator[None]:
    """Keep the dashboard running while the block does.

    Args:
        settings: of the service.
        at: where it is to be.
        service: the service's address on this machine.
    """
    if at.listening is None:
        yield
        return
    kept = _Kept(_command(settings, at.listening, service), at.listening)
    try:
        yield
    finally:
        kept.stop()


class _Kept:
    """One process, and after it the next."""

    def __init__(self, command: Sequence[str], listening: socket.socket) -> None:
        self._command, self._listening = command, listening
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="dashboard", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _keep(self) -> None:
        wait = _FIRST_WAIT_S
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run()
            if code is None:
                return
            wait = _FIRST_WAIT_S if time.monotonic() - began > _STEADY_S else wait
            _log.warning("the dashboard ended by itself and is started again", code=code, wait=wait)
            self._stopping.wait(wait)
            wait = min(2 * wait, _LONGEST_WAIT_S)

    def _run(self) -> int | None:
        """Run it once; how it ended by itself, or None where we ended it."""
        # It ends when its standard input does, however we end; in a session of its own it hears no Ctrl-C.
        with subprocess.Popen(  # noqa: S603 - our own module, with our own settings
            self._command,
            env=_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(self._listening.fileno(),),
            start_new_session=True,
        ) as process:
            ended = threading.Thread(target=process.wait, daemon=True)
            ended.start()
            while ended.is_alive() and not self._stopping.is_set():
                ended.join(0.1)
            if not ended.is_alive():
                return process.returncode
            process.terminate()
            ended.join(_ENDING_S)
            if ended.is_alive():
                process.kill()
        return None


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if name in _KEPT or name.startswith("LC_")}


def _command(settings: Settings, listening: socket.socket, service: str) -> list[str]:
    hosts = [name.lower() for name in settings.hosts]
    given: dict[str, str | list[str]] = {
        "--fd": str(listening.fileno()),
        "--service": service,
        "--public-service": settings.public_url,
        "--public": settings.dashboard_url,
        "--hosts": hosts,
        "--proxies": list(settings.behind_proxy),
        "--max-upload": str(settings.api_max_upload),
    }
    if settings.tls_certificate and settings.tls_key:
        certificate = str(settings.tls_certificate.resolve())
        given |= {
            "--certificate": certificate,
            "--service-certificate": certificate,
            "--key": str(settings.tls_key.resolve()),
        }
    said = [[name, *([value] if isinstance(value, str) else value)] for name, value in given.items()]
    return [sys.executable, "-m", "smalti.dashboards.server", *(word for words in said for word in words)]
