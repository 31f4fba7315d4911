"""Where each case stands: its page, second or post, found by what the story says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import (
    copper_lantern_cases,
    granite_teacup_cases,
    indigo_thimble_cases,
    marble_heron_cases,
    pewter_falcon_cases,
    saffron_glacier_cases,
    velvet_comet_cases,
    walnut_lighthouse_cases,
)
from .calls import Span
from .posts import Post
from .truth import find_page
from .world import Case, Company, Place

CASES: dict[str, tuple[Case, ...]] = {
    "zzmh": marble_heron_cases.CASES,
    "zzvc": velvet_comet_cases.CASES,
    "zzwl": walnut_lighthouse_cases.CASES,
    "zzit": indigo_thimble_cases.CASES,
    "zzpf": pewter_falcon_cases.CASES,
    "zzcl": copper_lantern_cases.CASES,
    "zzgt": granite_teacup_cases.CASES,
    "zzsg": saffron_glacier_cases.CASES,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What was made of one issuer: its call's sentences, its posts, and the text of its annual report."""

    spans: list[Span]
    posts: list[Post]
    pages: list[str]


def cases(story: Company, told: Told) -> list[dict[str, Any]]:
    """The rows of `cases` in truth.json about one issuer."""
    rows = []
    for case in CASES[story.key]:
        row: dict[str, Any] = {
            "id": case.case_id,
            "check": case.check,
            "issuer": story.ticker,
            "innocent": case.against is None,
            "said": _where(story, case.said, told),
        }
        if case.against is not None:
            row["against"] = _where(story, case.against, told)
        rows.append({**row, "why": case.why})
    return rows


def _where(story: Company, place: Place, told: Told) -> dict[str, Any]:
    if place.line:
        span = next(span for span in told.spans if span.line.text == place.line)
        where = {"file": f"call_audio/{span.file}", "start_s": span.start, "end_s": span.end}
        return {**where, "text": place.line}
    if place.posts or place.account or place.image:
        return _posted(story, place, told.posts)
    if place.file.endswith(".pdf"):
        return {"file": place.file, "page": find_page(told.pages, place.text), "text": place.text}
    return {"file": place.file, "text": place.text}


def _posted(story: Company, place: Place, posts: list[Post]) -> dict[str, Any]:
    """The first of the posts, all of them where they are several, and the picture."""
    meant = [
        post.id
        for post in posts
        if post.text in place.posts
        or (place.image and post.image == place.image)
        or (place.account and post.user_id.startswith(place.account))
    ]
    where: dict[str, Any] = {"file": f"social/{story.key}_posts.jsonl", "post": meant[0]}
    if len(meant) > 1:
        where["posts"] = meant
    if place.image:
        where["image"] = f"social/{place.image}"
    return where
