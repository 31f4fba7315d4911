"""The pages of a stored PDF as pictures, drawn in the sandbox: no browser opens what somebody sent."""

from __future__ import annotations

import json

from smalti.ingest.parse import excerpt
from smalti.platform.errors import NotFound
from smalti.service.engine import Engine
from smalti.service.excerpts import JSON, PNG, Excerpt, Recipe, kept


def count(engine: Engine, subject: str, object_id: str) -> int:
    """How many pages a PDF has.

    Args:
        engine: the owner's.
        subject: id of the document or report it is, with which what is kept of it is erased.
        object_id: its bytes.

    Raises:
        NotFound: its bytes are gone.
        InputError: they can no longer be read.
    """
    recipe = Recipe(excerpt.PAGES, [object_id], {})
    made = kept(engine, subject, JSON, ("pages", object_id), lambda: recipe)
    return int(json.loads(made.path.read_bytes())["pages"])


def picture(engine: Engine, subject: str, object_id: str, number: int) -> Excerpt:
    """A page of a PDF as PNG, made when first asked for and kept.

    Args:
        engine: the owner's.
        subject: as for `count`.
        object_id: its bytes.
        number: of the page, from 0.

    Raises:
        NotFound: it has no such page, or its bytes are gone.
        InputError: they can no longer be drawn.
    """
    has = count(engine, subject, object_id)
    if number >= has:
        raise NotFound(f"it has no page {number + 1}", subject=subject, mend=f"it has {has} pages")
    recipe = Recipe(excerpt.PAGE, [object_id], {"page": number, "box": None, "whole": True})
    return kept(engine, subject, PNG, ("page", str(number), object_id), lambda: recipe)
