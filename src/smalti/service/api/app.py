"""The application: routes, errors, limits and documents of the API put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pkgutil import iter_modules
from threading import Thread
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

import smalti
from smalti.assistant.asked.register import known_companies
from smalti.assistant.asked.vocabulary import common
from smalti.platform.errors import StoreError
from smalti.service.api import docs_page, errors, guard, routes
from smalti.service.api.limits import Limits
from smalti.service.api.state import set_up
from smalti.service.series import SignalMemory
from smalti.service.service import Service
from smalti.service.standings import Standings

_log = structlog.get_logger(__name__)

PREFIX = "/v1"

_LAST_LOOK_S = 5.0
"""Seconds that the end waits for what is read ahead."""

_ABOUT = """
Risk, fraud and sentiment signals of issuers, each traceable to the exact piece of evidence.

Send `Authorization: Bearer KEY`. Every error has one shape: `{"error": {"code", "what", "subject", "mend"}}`.
Lists come in pages: give `next` of one as `cursor` of the following one. A day means its end, UTC.
"""


def create_app(service: Service) -> FastAPI:
    """The API of a running service.

    Every module of `routes` adds its `router` under `/v1`, and its `root`, if it has one, beside that.
    """
    app = FastAPI(
        title="smalti",
        version=smalti.__version__,
        description=_ABOUT.strip(),
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation,
        responses=errors.RESPONSES,
        lifespan=_serving,
    )
    set_up(app, service)
    errors.add_to(app)
    docs_page.add_to(app, f"{PREFIX}/docs")
    app.add_middleware(Limits, settings=service.engine.settings)
    guard.add_to(app, service)
    for found in sorted(iter_modules(routes.__path__), key=lambda module: module.name):
        module: Any = import_module(f"{routes.__name__}.{found.name}")
        for name, prefix in (("router", PREFIX), ("root", "")):
            if hasattr(module, name):
                app.include_router(getattr(module, name), prefix=prefix)
    return app


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[None]:
    """Read what first requests need while they come, so that few of them wait for it."""
    warming = Thread(target=_warm, args=(app.state.standings, app.state.memory), name="warming", daemon=True)
    warming.start()
    yield
    await run_in_threadpool(warming.join, _LAST_LOOK_S)


def _warm(standings: Standings, memory: SignalMemory) -> None:
    try:
        standings.warm()  # what the first page asks for
        memory.warm()
        known_companies()  # what the first question needs
        common()
    except StoreError as error:  # the requests that need it will say so
        _log.warning("signals could not be read ahead", what=error.what)


def _operation(route: APIRoute) -> str:
    """The name of a route's function names the operation: clients are made from it."""
    return route.name
