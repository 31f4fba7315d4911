"""The application: routes, errors and documents of the API put together."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from fastapi import FastAPI

import smalti
from smalti.service.api import errors, routes
from smalti.service.service import Service

PREFIX = "/v1"


def create_app(service: Service) -> FastAPI:
    """The API of a running service. Every module of `routes` adds its `router` under `/v1`."""
    app = FastAPI(
        title="smalti",
        version=smalti.__version__,
        description="Risk, fraud and sentiment signals, each with its evidence.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=f"{PREFIX}/docs",
        redoc_url=None,
    )
    app.state.service = service
    errors.add_to(app)
    for found in sorted(iter_modules(routes.__path__), key=lambda module: module.name):
        app.include_router(import_module(f"{routes.__name__}.{found.name}").router, prefix=PREFIX)
    return app
