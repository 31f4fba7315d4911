"""Files that are answered as they lie: in ranges, tagged, and never run or shown by a browser unasked."""

from __future__ import annotations

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from fastapi import Request, Response
from fastapi.responses import FileResponse

from smalti.service.api import errors
from smalti.service.api.etags import FOR_GOOD, UNCHANGED, knows

_ONE_RANGE = re.compile(r"bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))")
_HARMLESS = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
}


def responses(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """Documents a route that answers files of these types."""
    binary = {one: {"schema": {"type": "string", "format": "binary"}} for one in media_types}
    return {
        200: {"content": binary, "description": "The bytes."},
        206: {"content": binary, "description": "The range that was asked for."},
        416: {"model": errors.Error, "description": "The range lies outside of the file."},
        **UNCHANGED,
    }


def answer(
    request: Request, path: Path, media_type: str, tag: str, attachment: str | None = None
) -> Response:
    """A file that never changes, whole or in the ranges asked for.

    Args:
        request: may ask for ranges, and name the tag its sender knows.
        path: of the file.
        media_type: told to the browser, which may not guess another.
        tag: names the content.
        attachment: the name under which a browser saves it, instead of showing it.
    """
    headers = {**_HARMLESS, "etag": f'"{tag}"', "cache-control": FOR_GOOD, _SHOWN_BY: _shown_by(request)}
    if knows(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    size = path.stat().st_size
    if not _range_is_plain(request, size):
        # Several ranges, or none that can be read: the whole file is a fair answer to them (RFC 9110, 14.2).
        request.scope["headers"] = [one for one in request.scope["headers"] if one[0] != b"range"]
    elif _begins_beyond(request, size):
        what = "the range lies outside of the file"
        mend = f"it has {size} bytes"
        return errors.answer(416, "OutOfRange", what, path.stem, mend, {"content-range": f"bytes */{size}"})
    return FileResponse(
        path,
        media_type=media_type,
        headers=headers,
        filename=safe_name(attachment) if attachment is not None else None,
        content_disposition_type="attachment",
    )


_SHOWN_BY = "cross-origin-resource-policy"


def _shown_by(request: Request) -> str:
    """Which pages may show a file: those of the same site, as the dashboard at another port or name is.

    To browsers no two addresses without a name are of one site. There any page may show what it is sent; but
    to a request of another site's page they add no cookie of ours, so it is sent nothing.
    """
    try:
        ip_address((request.url.hostname or "").strip("[]"))
    except ValueError:
        return "same-site"
    return "cross-origin"


def _range_is_plain(request: Request, size: int) -> bool:
    found = _ONE_RANGE.fullmatch(request.headers.get("range", "").strip())
    return found is not None and (not found[1] or not found[2] or int(found[1]) <= int(found[2])) and size > 0


def _begins_beyond(request: Request, size: int) -> bool:
    found = _ONE_RANGE.fullmatch(request.headers["range"].strip())
    assert found is not None
    return int(found[1]) >= size if found[1] else int(found[3]) == 0


def safe_name(name: str) -> str:
    """A file name that no system takes for anything but a name; without an ending that is run."""
    kept = re.sub(r"[^A-Za-z0-9._ -]+", "_", name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]).strip(" .")
    return f"{kept[:120] or 'document'}.download"
