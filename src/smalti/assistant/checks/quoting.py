"""Whether words stand so in a text."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["stands_in"]

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00ad": "", "\u200b": ""})
_OUTER = re.compile(r"^[\s“\"]*(?:…|\.\.\.)?\s*(.*?)\s*(?:…|\.\.\.)?[\s”\"]*$", re.S)
_LEAST = 3
"""Characters below which a quote says nothing."""


def stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text as they are, save for spaces, kinds of quotes and cut ends."""
    bare = _OUTER.match(words)
    wanted = _plain(bare[1] if bare else words)
    return len(wanted) >= _LEAST and wanted in _plain(text)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).translate(_QUOTES).split()).strip('" ')
