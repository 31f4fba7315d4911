"""The dashboard's process: `python -m smalti.dashboards.server`, as `smalti up` starts it.

It gets a socket that already listens, and ends when its standard input does: with whoever started it.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st
import structlog
import uvicorn
from starlette.middleware import Middleware
from starlette.types import ASGIApp
from streamlit import config
from streamlit.starlette import App
from streamlit.web.bootstrap import load_config_options

from smalti.dashboards import app, around, session, theme
from smalti.dashboards.gate import Around, Gate
from smalti.dashboards.parts import states
from smalti.platform.errors import NotSignedIn, SmaltiError

_log = structlog.get_logger(__name__)

_MOST_CONNECTIONS = 500
_HEAD_BYTES = 64 * 1024
_ENDING_S = 2
_KEPT_S = 60
"""Seconds a page is kept whose browser lost its connection."""
_PING_S = 20


def main() -> None:
    """Serve until told to stop, or until whoever started it is gone."""
    given = _arguments(sys.argv[1:])
    _log_plainly()
    os.environ[session.SERVICE] = given.service
    for name, value in (
        (session.CERTIFICATE, given.service_certificate),
        (session.SIGN_IN, given.public_service),
    ):
        if value:
            os.environ[name] = value
    listening = socket.socket(fileno=given.fd)
    stands = Around(given.public, tuple(given.hosts))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    uvicorn.Server(
        uvicorn.Config(
            application(stands, options(given.max_upload)),
            ws="websockets-sansio",
            ws_max_size=config.get_option("server.maxMessageSize") * 1_000_000,
            ws_ping_interval=_PING_S,
            ws_ping_timeout=_PING_S,
            ws_per_message_deflate=False,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(given.proxies),
            forwarded_allow_ips=given.proxies,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_graceful_shutdown=_ENDING_S,
            h11_max_incomplete_event_size=_HEAD_BYTES,
            ssl_certfile=given.certificate or None,
            ssl_keyfile=given.key or None,
        )
    ).run(sockets=[listening])


def application(stands: Around, set_to: Mapping[str, Any]) -> ASGIApp:
    """The pages behind their gate.

    Args:
        stands: where the dashboard stands.
        set_to: Streamlit's options; see `options`.
    """
    load_config_options(dict(set_to))
    return App(
        Path(app.__file__),
        middleware=[Middleware(Gate, around=stands, counts=session.counts)],
        on_script_error=failed,
    )


def options(max_upload: int) -> Mapping[str, Any]:
    """Streamlit's options: nothing asked of the internet, nothing told that only the log should hear.

    Args:
        max_upload: bytes of one upload.
    """
    return {
        "browser.gatherUsageStats": False,
        "client.allowedOrigins": [],
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
        "logger.enableRich": False,
        "logger.level": "warning",
        "runner.magicEnabled": False,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.allowRunOnSave": False,
        "server.enableAgentApi": False,
        "server.enableStaticServing": False,
        "server.enableXsrfProtection": True,
        "server.disconnectedSessionTTL": _KEPT_S,
        "server.maxUploadSize": max(1, max_upload // 1_000_000),
        **theme.options(),
    }


def failed(error: Exception) -> bool:
    """Tell of what no part of a page caught: what the service said to whoever looks, a defect to the log."""
    if isinstance(error, NotSignedIn):
        around.signed_out()
    elif isinstance(error, SmaltiError):
        states.show(error)
    else:
        name = secrets.token_hex(4)
        _log.error("a defect in a page", name=name, exc_info=error)
        st.error(f"This page broke. An admin finds why in the log, under `{name}`.", icon=":material/error:")
    return True


def _log_plainly() -> None:
    """One JSON object a line on standard error; without the values of variables: some are secrets."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _arguments(given: Sequence[str]) -> argparse.Namespace:
    read = argparse.ArgumentParser("smalti.dashboards.server", description=__doc__)
    read.add_argument("--fd", type=int, required=True, help="number of the socket that listens")
    read.add_argument("--service", required=True, help="address of the service")
    read.add_argument("--service-certificate", default="", help="PEM file the service is known by")
    read.add_argument("--public-service", default="", help="where browsers reach the service")
    read.add_argument("--public", default="", help="where people reach the dashboard")
    read.add_argument("--hosts", nargs="*", default=[], help="names it may be asked by")
    read.add_argument("--proxies", nargs="*", default=[], help="proxies whose word on clients is taken")
    read.add_argument("--certificate", default="", help="PEM file to serve TLS with")
    read.add_argument("--key", default="", help="PEM file of its private key")
    read.add_argument("--max-upload", type=int, default=200_000_000, help="bytes of one upload")
    return read.parse_args(given)


if __name__ == "__main__":
    main()
