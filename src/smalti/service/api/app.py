"""The application: routes, errors, limits and documents of the API put together."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

import smalti
from smalti.service.api import errors, guard, routes
from smalti.service.api.limits import Limits
from smalti.service.api.state import set_up
from smalti.service.service import Service

PREFIX = "/v1"

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
        docs_url=f"{PREFIX}/docs",
        swagger_ui_oauth2_redirect_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation,
        responses=errors.RESPONSES,
    )
    set_up(app, service)
    errors.add_to(app)
    app.add_middleware(Limits, settings=service.engine.settings)
    guard.add_to(app, service)
    for found in sorted(iter_modules(routes.__path__), key=lambda module: module.name):
        module: Any = import_module(f"{routes.__name__}.{found.name}")
        for name, prefix in (("router", PREFIX), ("root", "")):
            if hasattr(module, name):
                app.include_router(getattr(module, name), prefix=prefix)
    return app


def _operation(route: APIRoute) -> str:
    """The name of a route's function names the operation: clients are made from it."""
    return route.name
