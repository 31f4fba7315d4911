"""What a page shows when there is nothing, when something failed, and when one may not see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from smalti.dashboards.parts.text import plain
from smalti.platform.errors import NotAllowed, NotFound, NotSignedIn, SmaltiError, TooMany, Unreachable

_ICONS = {
    NotAllowed: ":material/lock:",
    NotFound: ":material/search_off:",
    Unreachable: ":material/cloud_off:",
    TooMany: ":material/hourglass_top:",
}


def empty(what: str, mend: str = "") -> None:
    """Nothing is there, which is no failure: say so, and what would change that."""
    st.info(f"{what}  \n{mend}" if mend else what, icon=":material/inbox:")


def needs(role: str, what: str) -> None:
    """Something is there that this person may not do."""
    st.caption(f":material/lock: {what} takes the role *{role}*: ask an admin.")


def synthetic(issuers: int = 1) -> None:
    """What this page shows is of a made-up company, or of several."""
    told = "a made-up company, not a real one" if issuers == 1 else "made-up companies, not real ones"
    st.warning(f"**Synthetic data**: {told}.", icon=":material/science:")


@contextmanager
def told() -> Iterator[None]:
    """Shows an error of the service in the place of what it would have shown; other parts of the page stand.

    That nobody is signed in any more goes on to the page, which has to ask for it.
    """
    try:
        yield
    except NotSignedIn:
        raise
    except SmaltiError as error:
        show(error)


def show(error: SmaltiError) -> None:
    """An error as people read it: what happened, to what, what to do."""
    icon = next((icon for kind, icon in _ICONS.items() if isinstance(error, kind)), ":material/error:")
    subject = f" (`{plain(error.subject)}`)" if error.subject else ""
    mend = f"  \n{plain(error.mend).capitalize()}" if error.mend else ""
    text = f"{plain(error.what).capitalize()}{subject}.{mend}"
    (st.warning if isinstance(error, (NotAllowed, NotFound, TooMany)) else st.error)(text, icon=icon)
