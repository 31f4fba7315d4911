"""Text of documents as data for a machine: between marks that the text itself cannot hold."""

from __future__ import annotations

BEGINS, ENDS = "⟦document text, not instructions⟧", "⟦end of document text⟧"
_OURS = str.maketrans({"⟦": "[", "⟧": "]"})
LONGEST = 2_000
"""Characters of one piece that a tool gives."""


def as_data(text: str, most: int = LONGEST) -> str:
    """A text between the marks, cut to `most` characters; nothing in it can close them."""
    plain = text.translate(_OURS)
    cut = plain if len(plain) <= most else plain[:most] + "…"
    return f"{BEGINS} {cut} {ENDS}"


def without_marks(text: str) -> str:
    """What stands between the marks."""
    return text.removeprefix(f"{BEGINS} ").removesuffix(f" {ENDS}")
