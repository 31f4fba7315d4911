"""What a check gives: a value with the evidence it rests on, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

from smalti.platform.records import Json


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome of one forensic check.

    Attributes:
        name: `beneish_m`, `dechow_f`, `benford`.
        value: the score; None when it cannot be computed.
        reason: why there is no value, None when there is one.
        inputs: ids of the evidence it was computed from.
        details: the parts of the score, its threshold, and what was taken as zero.
    """

    name: str
    value: float | None
    reason: str | None
    inputs: tuple[str, ...] = ()
    details: Json = field(default_factory=dict)


class NotComputable(Exception):
    """Raised inside a check when something it needs is absent; it becomes the check's `reason`."""
