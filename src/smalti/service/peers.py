"""Whom to hold an issuer against, by which rule they were chosen, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smalti.platform.records import SignalKind
from smalti.platform.store import Store
from smalti.service.series import FIRST, LAST, Point, SignalMemory
from smalti.service.watchlists import Watchlist

MOST_PEERS = 25
"""Issuers shown beside one."""

WATCHLIST, FOLLOWED = "watchlist", "followed"

SHOWN = (
    (SignalKind.RISK.value, 30),
    (SignalKind.FRAUD.value, 0),
    (SignalKind.SENTIMENT.value, 0),
    ("fraud.contradiction", 0),
)
"""Signals (kind, horizon in trading days) by which issuers are held against each other."""

# No industry is stored, so no rule may speak of one.
_FOLLOWED = """
SELECT i.issuer_id, i.name FROM issuers i WHERE EXISTS (
    SELECT 1 FROM signals s WHERE s.issuer_id = i.issuer_id AND s.as_of <= $as_of)
ORDER BY lower(i.name), i.issuer_id
"""
_NAMED = """
SELECT issuer_id, name FROM issuers WHERE list_contains($wanted::TEXT[], issuer_id)
ORDER BY lower(name), issuer_id
"""


@dataclass(frozen=True, slots=True)
class PeerScore:
    """The newest score of one kind as of the moment asked about; null where it was withheld."""

    kind: str
    horizon_days: int
    signal_id: str
    as_of: datetime
    value: float | None
    percentile: float | None
    in_sample: bool


@dataclass(frozen=True, slots=True)
class Peer:
    """One issuer beside another; scores it has none of are left out."""

    issuer_id: str
    issuer: str
    synthetic: bool
    scores: Sequence[PeerScore]


@dataclass(frozen=True, slots=True)
class Peers:
    """An issuer first, then those it is held against, by name.

    Attributes:
        rule: `watchlist`: they are on one list (`name`); `followed`: all that are scored, for no list has it.
        of: how many the rule names; those past the most shown are left out.
    """

    issuer_id: str
    rule: str
    name: str | None
    of: int
    items: Sequence[Peer]


def peers(
    store: Store, memory: SignalMemory, issuer_id: str, lists: Sequence[Watchlist], as_of: datetime | None
) -> Peers:
    """Whom to hold an issuer against as of a moment.

    Args:
        store: to read from.
        memory: of signals.
        issuer_id: of whom.
        lists: the watchlists to choose from, most wanted first; the first that has the issuer is taken.
        as_of: no later scores; now if None.
    """
    chosen = next((one for one in lists if issuer_id in one.issuers and len(one.issuers) > 1), None)
    if chosen is not None:
        rows = store.read(_NAMED, {"wanted": list(chosen.issuers)})
    else:
        rows = store.read(_FOLLOWED, {"as_of": as_of or LAST})
    others = [row for row in rows.iter_rows() if row[0] != issuer_id]
    own = store.read(_NAMED, {"wanted": [issuer_id]}).row(0)
    return Peers(
        issuer_id,
        WATCHLIST if chosen else FOLLOWED,
        chosen.name if chosen else None,
        len(others),
        [_peer(memory, one, name, as_of or LAST) for one, name in (own, *others[:MOST_PEERS])],
    )


def _peer(memory: SignalMemory, issuer_id: str, name: str, as_of: datetime) -> Peer:
    scores, made_up = [], False
    for kind, horizon in SHOWN:
        points, made_up = memory.points(issuer_id, kind, horizon, FIRST, as_of, LAST)
        if points.height:
            last = Point(**points.select(Point.__slots__).row(-1, named=True))
            scores.append(
                PeerScore(
                    kind, horizon, last.signal_id, last.as_of, last.value, last.percentile, last.in_sample
                )
            )
    return Peer(issuer_id, name, made_up, scores)
