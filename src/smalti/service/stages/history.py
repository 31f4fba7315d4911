"""Scores as of earlier moments, so that what is known now has a past to be read against.

A score of a past day is made from what the public could know by then, by the model of today: `in_sample` says
where that model learned from days after it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from smalti.platform.errors import TooMany
from smalti.platform.ledger import Run
from smalti.platform.store import Store
from smalti.service.engine import Engine
from smalti.service.stages.known import View
from smalti.service.stages.score import followed, newest, one_at_a_time, score_views

_MOST = 100_000
"""Scorings of one asking."""
_AT_ONCE = 32
"""Scorings after which other scoring gets its turn."""
_CLOSED = timedelta(days=7)
"""How long an exchange may be closed at a stretch, for all that is looked for."""


def score_history(
    engine: Engine, issuer_id: str | None, since: datetime, until: datetime | None, every_days: int
) -> Run:
    """Score an issuer, or all that are followed, as of past moments and then of the last, oldest first.

    The moments are the ends (UTC) of days in equal steps from `since`; where an exchange was closed, by the
    prices that are stored, of the last trading day before. What was scored before is not scored again, so
    work cut short goes on where it was; nor is an issuer scored as of when nothing was known of it.

    Args:
        engine: the owner's.
        issuer_id: whom; all that are followed if None.
        since: the first moment.
        until: the last; of each issuer its newest dated evidence, if None.
        every_days: between two moments, at least 1.

    Returns:
        The finished run, with the counts of `score_all`.

    Raises:
        TooMany: that would be more than a hundred thousand scorings.
    """
    with Run(engine.store, "score", issuer_id or "") as run:
        wanted = [issuer_id] if issuer_id else followed(engine)
        views: list[View] = []
        for one in wanted:
            last = until or newest(engine.store, one)
            if last is None:
                run.counts["without evidence"] += 1
                continue
            views += [View(one, moment) for moment in _moments(engine.store, one, since, last, every_days)]
            if len(views) > _MOST:
                mend = f"take longer steps or fewer issuers: at most {_MOST:,} at once"
                raise TooMany("too many scorings", subject=f"since {since:%Y-%m-%d}", mend=mend)
        oldest_first = iter(sorted(views, key=lambda view: (view.as_of, view.issuer_id)))
        engine.progress.start("score", len(views))
        while some := list(islice(oldest_first, _AT_ONCE)):
            with one_at_a_time:
                score_views(engine, run, some)
    return run


def _moments(
    store: Store, issuer_id: str, since: datetime, last: datetime, every_days: int
) -> list[datetime]:
    """Those an issuer is scored as of, oldest first; none before the first document of it."""
    first = store.read(
        "SELECT min(d.available_at) FROM links l JOIN documents d USING (document_id)"
        " WHERE l.issuer_id = ? AND d.available_method <> 'recorded' AND d.kind <> 'price'",
        [issuer_id],
    ).item()
    if first is None:
        return [last]
    steps = range((last - since).days // every_days + 2)
    days = [since.date() + timedelta(days=every_days * step) for step in steps]
    traded = _traded(store, issuer_id, days[0] - _CLOSED, last.date())
    ends = {datetime.combine(_open_day(day, traded), time.max, UTC) for day in days}
    return [*sorted(end for end in ends if max(first, since) <= end < last), last]


def _traded(store: Store, issuer_id: str, since: date, until: date) -> set[date]:
    found = store.read(
        "SELECT DISTINCT p.day FROM prices p JOIN links l USING (document_id)"
        " WHERE l.issuer_id = ? AND p.day BETWEEN ? AND ?",
        [issuer_id, since, until],
    )
    return set(found["day"])


def _open_day(day: date, traded: set[date]) -> date:
    """The day, or the last trading day before it; of who has no prices then, weekdays."""
    before = [day - timedelta(days=back) for back in range(_CLOSED.days)]
    known = (one for one in before if one in traded)
    return next(known, next(one for one in before if one.weekday() < 5))
