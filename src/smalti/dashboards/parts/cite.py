"""Where a number or a sentence comes from: one click away, wherever it stands."""

from __future__ import annotations

from smalti.dashboards import place
from smalti.dashboards.parts.text import plain


def cite(label: str, evidence_id: str, where: str = "") -> None:
    """A link to the piece of evidence behind something, on the evidence page.

    Args:
        label: what it says there: a number, a quote. Documents' words: shown as they are.
        evidence_id: of the piece.
        where: its place for people: `10-K, page 37, table 2, row 4`.
    """
    place.link(
        plain(label), "evidence", help=plain(where) or None, icon=":material/format_quote:", id=evidence_id
    )


def why(label: str, signal_id: str) -> None:
    """A link from a score to what stands behind it."""
    place.link(plain(label), "issuer", help="What stands behind this score", signal=signal_id)
