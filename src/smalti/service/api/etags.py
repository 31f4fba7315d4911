"""Answers that a client need not be sent again: tagged with what they hold, `304` where that is known."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from fastapi import Request, Response
from pydantic import TypeAdapter

UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "What `If-None-Match` names is still so."}}
"""Documents the answer to a client that knows it already."""

ASK_AGAIN, FOR_GOOD = "private, no-cache", "private, max-age=31536000, immutable"
"""Cache rules: ask each time whether it is still so; it never changes."""


def tagged(request: Request, kind: Any, value: object, *, rule: str = ASK_AGAIN) -> Response:
    """A value as JSON with its ETag, or `304`.

    Args:
        request: may name the tags its sender knows.
        kind: the type of the value, as in the route's `response_model`.
        value: what is answered.
        rule: how long it may be kept.
    """
    body = _adapter(kind).dump_json(value)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"etag": tag, "cache-control": rule}
    if knows(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def knows(request: Request, tag: str) -> bool:
    """Whether the sender holds what this tag names (RFC 9110: weak comparison)."""
    told = request.headers.get("if-none-match", "")
    return told.strip() == "*" or tag.removeprefix("W/") in {
        one.strip().removeprefix("W/") for one in told.split(",")
    }


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
