"""Which role each route of the API asks for, read off the application; and as the table in docs/access.md.

`python -m tests.service.api.route_roles` writes the table anew.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from smalti.platform.auth import Role
from smalti.service.api.access import Asks, open_to_all

DOCS = Path(__file__).parents[3] / "docs" / "access.md"
BEGIN, END = "<!-- roles by route -->", "<!-- end -->"

DOCUMENTS = {"/v1/openapi.json"} | {
    f"/v1/docs{file}" for file in ("", "/start.js", "/swagger-ui.css", "/swagger-ui-bundle.js")
}
"""Descriptions of the API, without any data."""

OPEN = {
    "GET /healthz",
    "GET /readyz",
    "GET /sign-in",
    "POST /sign-in",
    "POST /sign-out",
    "GET /widget",
    "GET /widget.js",
    "OPTIONS /v1/widget/{key}/{what}",
    "POST /v1/widget/{key}/conversations",
    "POST /v1/widget/{key}/feedback",
    "POST /v1/widget/{key}/greeting",
    "POST /v1/widget/{key}/person",
    "POST /v1/widget/{key}/questions",
    "POST /v1/integrations/chatwoot/{integration}/events",
    "POST /v1/integrations/slack/events",
    "POST /v1/session",
    "GET /v1/session/openid",
    "GET /v1/session/openid/callback",
}
"""The only routes that may be asked without a key or session."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A route, and what it says about who may ask it: the roles its dependencies name."""

    method: str
    path: str
    said: frozenset[str]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def lets_in(self, role: Role | None) -> bool:
        """Whether it says so of somebody with this role; None is nobody."""
        [said] = self.said
        if said == "anyone" or role is None:
            return said == "anyone"
        return said == "signed in" or role.may(Role(said))


def routes(app: FastAPI) -> list[Asked]:
    """Every route of an application, sorted."""
    found = []
    for context in iter_route_contexts(app.routes):
        if context.path in DOCUMENTS:
            continue
        said = frozenset(_said(getattr(context, "dependant", None)))
        found += [Asked(method, str(context.path), said) for method in context.methods or {"ANY"}]
    return sorted(found, key=lambda route: (route.path, route.method))


def _said(dependant: Dependant | None) -> list[str]:
    if dependant is None:
        return []
    found = []
    for one in dependant.dependencies:
        call: Any = one.call
        if isinstance(call, Asks):
            found.append("signed in" if call.needed is None else call.needed.value)
        elif call is open_to_all:
            found.append("anyone")
        else:
            found.extend(_said(one))
    return found


def table(app: FastAPI) -> str:
    """The roles by route, as Markdown."""
    roles = (None, *Role)
    head = ["route", "nobody", *(role.value for role in Role)]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for route in routes(app):
        marks = ["x" if route.lets_in(role) else "" for role in roles]
        lines.append(f"| `{route.name}` | {' | '.join(marks)} |")
    return "\n".join(lines)


def in_docs() -> str:
    """The table as the documentation has it."""
    return DOCS.read_text(encoding="utf-8").split(BEGIN)[1].split(END)[0].strip()


if __name__ == "__main__":
    from smalti.platform.settings import Settings
    from smalti.service.api import create_app
    from smalti.service.engine import open_engine
    from smalti.service.local import LocalGateway
    from smalti.service.service import Service

    with tempfile.TemporaryDirectory() as home, open_engine(Settings(home=Path(home))) as engine:
        now = table(create_app(Service(engine, LocalGateway(engine), "unused")))
    text = DOCS.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    DOCS.write_text(f"{before}{BEGIN}\n{now}\n{END}{rest.split(END)[1]}", encoding="utf-8")
