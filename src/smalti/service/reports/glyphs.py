"""Text for the PDF: what its fonts can show, and words that lines can be broken in."""

from __future__ import annotations

import re

LACKING = "□"
"""Stands for a run of characters that the fonts of the PDF lack."""

# What Libertinus Serif and DejaVu Sans Mono, which Typst carries, both or together show.
_SHOWN = (
    "\u0020-\u007e\u00a0-\u024f\u0250-\u02af\u02c6-\u02dd\u0300-\u036f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u205e\u2070-\u209c\u20a0-\u20bf\u2100-\u214f\u2150-\u218b\u2190-\u21ff\u2200-\u22ff"
    "\u25a0-\u25ff"
)
_UNSHOWN = re.compile(f"[^{_SHOWN}]+")
_LONG = re.compile(r"[^\s\u00ad\u200b-]{25,}")
_BREAK_AFTER = 12


def printable(text: str) -> str:
    """Text with what the fonts lack replaced by `□`, and with places to break in very long words."""
    shown = _UNSHOWN.sub(LACKING, text)
    return _LONG.sub(lambda word: _broken(word[0]), shown)


def _broken(word: str) -> str:
    """A word that may be broken after signs such as `/` and `_`, or else every few letters."""
    parts = re.split(r"(?<=[/_.,;:=&?@#])", word)
    pieces = (part[i : i + _BREAK_AFTER] for part in parts for i in range(0, len(part), _BREAK_AFTER))
    return "\u200b".join(pieces)
