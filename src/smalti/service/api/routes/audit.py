"""The audit log, for admins to read. Nothing in the API takes anything out of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from smalti.service.api.access import Admin
from smalti.service.api.pages import DEFAULT_LIMIT, Cursor, Key, Limit, Order, Page, read_page
from smalti.service.api.state import TheStore
from smalti.service.api.values import Moment, Text

router = APIRouter(tags=["audit"])

_ORDER = Order("audit", (Key("audit_id", descending=True),))


@dataclass(frozen=True, slots=True)
class AuditView:
    """Something that somebody did; see `platform.audit.Entry`."""

    audit_id: str
    happened_at: datetime
    kind: str
    who: str
    via: str
    action: str
    subject: str
    outcome: str
    address: str
    details: Mapping[str, Any]


@router.get("/audit")
def list_audit(
    store: TheStore,
    who: Admin,
    kind: Literal["change", "sign-in", "read in chat"] | None = None,
    by: Annotated[Text | None, Query(description="Name of a user.")] = None,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Page[AuditView]:
    """Who changed what, signed in, or read what in chat; newest first."""
    return read_page(
        store,
        "SELECT * FROM audit WHERE ($kind IS NULL OR kind = $kind) AND ($by IS NULL OR who = $by)"
        " AND ($since IS NULL OR happened_at >= $since) AND ($until IS NULL OR happened_at <= $until)",
        {"kind": kind, "by": by, "since": since, "until": until},
        _ORDER,
        limit,
        cursor,
        _view,
    )


def _view(row: Mapping[str, Any]) -> AuditView:
    told = {name: row[name] for name in AuditView.__slots__}
    return AuditView(**{**told, "details": json.loads(row["details"])})
