"""Answers of the service, kept for the one session that asked, and asked anew when they may have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import streamlit as st

from smalti.client import Client
from smalti.dashboards.page import Page

Key = ParamSpec("Key")
Answer = TypeVar("Answer")

_KEPT = 100
_SECONDS = 300
"""Scores of now age even where nothing is stored."""


def remembered(
    *of: str,
) -> Callable[[Callable[Concatenate[Client, Key], Answer]], Callable[Concatenate[Page, Key], Answer]]:
    """Makes of a question to the client one to a page that is asked once an edition.

    The answer is kept under who asks (their session), the edition, the model's version, the function and its
    arguments; a moment looked at (`as_of`) is such an argument and may not be taken from elsewhere. It is
    kept in the Streamlit session, so no other person's page can come upon it.

    Args:
        *of: what it rests on: `signals`, `documents`.

    @remembered("signals")
    def newest(smalti: Client, as_of: datetime | None) -> pl.DataFrame:
        return smalti.signals(as_of=as_of)

    newest(page, page.as_of)
    """

    def wrap(read: Callable[Concatenate[Client, Key], Answer]) -> Callable[Concatenate[Page, Key], Answer]:
        def kept(_smalti: Client, rests_on: tuple[str, ...], *key: Any, **named: Any) -> Any:
            return cast("Any", read)(_smalti, *key, **named)

        # What is kept is told apart by these.
        kept.__module__, kept.__qualname__ = read.__module__, read.__qualname__
        keeping = st.cache_data(scope="session", max_entries=_KEPT, ttl=_SECONDS, show_spinner=False)(kept)

        def asked(page: Page, /, *key: Key.args, **named: Key.kwargs) -> Answer:
            rests_on = (page.who.session, page.edition["model_version"], *(page.edition[name] for name in of))
            answer: Answer = keeping(page.smalti, rests_on, *key, **named)
            return answer

        asked.__name__, asked.__doc__ = read.__name__, read.__doc__
        return asked

    return wrap
