"""The page on which a person reads and tries the API; what it loads is served here, without a network."""

from __future__ import annotations

from importlib.resources import files

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: nothing from elsewhere."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>smalti: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{docs}/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="{docs}/swagger-ui-bundle.js"></script>
<script src="{docs}/start.js"></script>
</body>
</html>
"""
_ASSETS = ("swagger-ui.css", "swagger-ui-bundle.js")
_START = "SwaggerUIBundle({{url: '{openapi}', dom_id: '#page', deepLinking: true, tryItOutEnabled: true}});\n"


def add_to(app: FastAPI, docs: str) -> None:
    """Serve the page at a path, and what it loads below that."""

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE.format(docs=docs), headers={"content-security-policy": POLICY})

    async def start(_: Request) -> Response:
        return Response(_START.format(openapi=app.openapi_url), media_type="text/javascript")

    async def asset(request: Request) -> Response:
        return FileResponse(str(files("fastapi_offline") / "static" / request.url.path.rpartition("/")[2]))

    served = {"": page, "/start.js": start, **{f"/{name}": asset for name in _ASSETS}}
    app.router.routes.extend(
        Route(docs + path, answer, include_in_schema=False) for path, answer in served.items()
    )
