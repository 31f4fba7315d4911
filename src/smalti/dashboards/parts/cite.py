"""Where a number or a sentence comes from: one click away, wherever it stands."""

from __future__ import annotations

import re

from smalti.dashboards import place
from smalti.dashboards.parts.text import plain

_RECORDING = re.compile(r"(?:^|, )[^,]+ from [\d.]+ s$")
_CHARS = re.compile(r"\bchars (\d+)-(\d+)")
_REGION = re.compile(r"(?:^|, )region [\d.,-]+")


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


def spot(where: str) -> str:
    """A place in a document as people read it: `00:25.5-00:30.6, Chief Executive Officer`.

    Left out is what only programs need: the piece of a recording, and the corners of a part of a picture.
    """
    told = _REGION.sub("", _RECORDING.sub("", where)).strip(", ")
    return _CHARS.sub(r"characters \1 to \2", told) or "all of it"
