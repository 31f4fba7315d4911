"""Text of documents and people on a page: shown as it is, never as markup."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:^=&@/\"'])")


def plain(text: str, most: int = 400) -> str:
    """A text as Markdown that shows exactly it, on one line: no link, picture, formula or markup of its own.

    Every text that a document, a person or the service's error wrote goes through here before it is shown by
    anything that reads Markdown (`st.markdown`, labels, captions, help): a picture in a headline would tell
    its sender who reads it.
    """
    flat = " ".join(text.split())
    cut = flat if len(flat) <= most else f"{flat[: most - 1]}…"
    return _MARKUP.sub(r"\\\1", cut)
