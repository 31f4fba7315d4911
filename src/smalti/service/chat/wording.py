"""An answer as a message of plain text, in which nothing a document wrote becomes a link or a mention."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smalti.assistant.records import Answer, Citation, Status
from smalti.service.alerts.wording import one_line, without_markup

if TYPE_CHECKING:  # a service has a gateway, which has integrations
    from smalti.service.service import Service

Link = Callable[[Citation], str]
"""A source's mark as a link to its evidence; for who may open that."""

MOST_CHARS = 3_500
_MOST_SOURCES = 8
EXCUSE = "I cannot answer at the moment. A person will take over."
_FOR_PROGRAMS = re.compile(r"chars \d|region \d")
FILES = "I cannot look at files here. A person will."


def spoken(answer: Answer, link: Link | None = None) -> str:
    """The answer with its sources below it, what to know of it, and what may be asked next.

    Args:
        answer: to be told.
        link: makes a source's mark; without it, sources have plain numbers.
    """
    parts = [without_markup(answer.text)]
    parts += [f"Note: {_line(note)}" for note in answer.notes]
    if cited := answer.citations[:_MOST_SOURCES]:
        parts.append("Sources:\n" + "\n".join(_source(one, link) for one in cited))
    if answer.offers:
        asked = "Which one?" if answer.status is Status.UNCLEAR else "You may ask:"
        parts.append("\n".join([asked, *(f"• {_line(offer)}" for offer in answer.offers)]))
    text = "\n\n".join(part for part in parts if part)
    # Cut between lines, so that no link is cut in two.
    while len(text) > MOST_CHARS and "\n" in text:
        text = text.rpartition("\n")[0]
    return text[:MOST_CHARS]


def evidence_page(service: Service) -> str:
    """Address of the evidence page as people reach it, to which an id is added; empty where none is known."""
    settings = service.engine.settings
    base = settings.dashboard_url
    if not base and settings.public_url and service.dashboard:
        public = urlsplit(settings.public_url)
        base = f"{public.scheme}://{public.hostname}:{urlsplit(service.dashboard).port}"
    base = base or service.dashboard
    return f"{base.rstrip('/')}/evidence?id=" if base else ""


def spot(where: str) -> str:
    """A place in a document as people read it; empty where only programs can use it."""
    return ", ".join(part for part in where.split(", ") if not _FOR_PROGRAMS.match(part))


def _source(one: Citation, link: Link | None) -> str:
    mark = link(one) if link else f"［{one.mark}］"
    told = [_line(one.title or one.kind), _line(spot(one.where)), f"{one.available_at:%-d %b %Y}"]
    told += ["Synthetic data"] if one.synthetic else []
    told += [f"Suspicious: {_line(one.suspicious)}"] if one.suspicious else []
    return f"{mark} {', '.join(part for part in told if part)}"


def _line(text: str) -> str:
    return without_markup(one_line(text))[:300]
