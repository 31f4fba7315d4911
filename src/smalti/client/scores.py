"""Signals: the newest, over time, all of them; and why they are what they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smalti.client.base import Base, Json

if TYPE_CHECKING:
    import polars as pl


class Scores(Base):
    """Signals and their reasons.

    Values are in the units of `frames.SIGNALS`: risk is annualised volatility as a fraction (0.25 is 25%),
    fraud a probability, sentiment from -1 to 1.
    """

    def signals(
        self,
        issuer: str | None = None,
        as_of: datetime | None = None,
        kind: str | None = None,
        recorded_by: datetime | None = None,
    ) -> pl.DataFrame:
        """Of each issuer, kind and horizon the newest signal as of a moment.

        Args:
            issuer: by id, name, ticker or CIK; all if None.
            as_of: the world as it was known then; now if None.
            kind: `risk`, `fraud`, `sentiment` (with their sub-signals), or one such as `fraud.beneish_m`.
            recorded_by: leave out what was stored later.

        Returns:
            A signal a row; columns as `frames.SIGNALS`.

        Raises:
            NotFound: no such issuer.
        """
        asked = {"issuer": issuer, "as_of": as_of, "kind": kind, "recorded_by": recorded_by}
        return self._frame("SIGNALS", "signals", "newest", **asked)

    def all_signals(
        self,
        issuer: str | None = None,
        kind: str | None = None,
        horizon: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        recorded_by: datetime | None = None,
        *,
        details: bool = False,
    ) -> pl.DataFrame:
        """All stored signals, as they come out of the store, through Arrow: fit for millions of rows.

        Args:
            issuer: by id, name, ticker or CIK; all if None.
            kind: as for `signals`.
            horizon: trading days ahead; 0 is about now.
            since: the earliest `as_of`.
            until: the latest `as_of`.
            recorded_by: leave out what was stored later.
            details: with the column `details`, JSON.

        Returns:
            A signal a row; columns as `frames.SIGNALS`, `details` if asked for.

        Raises:
            TooLarge: more rows than the service's setting `api_max_rows` lets out at once.
        """
        return self._arrow(
            "SIGNALS", "signals", issuer=issuer, kind=kind, horizon=horizon, from_=since, to=until,
            recorded_by=recorded_by, details=details,
        )  # fmt: skip

    def series(
        self,
        issuer: str,
        kind: str = "risk",
        horizon: int = 30,
        since: datetime | None = None,
        until: datetime | None = None,
        recorded_by: datetime | None = None,
    ) -> pl.DataFrame:
        """One signal of an issuer over time, oldest first, of each moment the one stored last.

        Args:
            issuer: by id, name, ticker or CIK.
            kind: of the signal.
            horizon: trading days ahead; 0 is about now.
            since: the earliest `as_of`.
            until: the latest `as_of`.
            recorded_by: as it was stored by then: what a back-test may know.

        Returns:
            A moment a row; columns as `frames.SERIES`.
        """
        return self._arrow(
            "SERIES", "signals", "series", issuer=issuer, kind=kind, horizon=horizon, from_=since, to=until,
            recorded_by=recorded_by,
        )  # fmt: skip

    def signal(self, signal_id: str) -> Json:
        """One stored signal; a unique beginning of its id will do."""
        return self._one("signals", signal_id)

    def why(self, signal_id: str) -> Json:
        """What stands behind a signal.

        Returns:
            `signal`, `evidence` (what moved it, best first, each with `effect` in the signal's unit, `where`,
            `quote`), `groups`, `beside` (sub-signals), `findings`, `independence`.
        """
        return self._one("signals", signal_id, "why")

    def replay(self, signal_id: str) -> Json:
        """A stored signal made again from what was stored then: `value`, `again`, `verdict`, `reason`."""
        return self._one("signals", signal_id, "replay")

    def change(self, issuer: str, before: datetime, after: datetime) -> Json:
        """Why each signal of an issuer differs between two moments; its `parts` sum to the difference."""
        return self._one("change", issuer=issuer, before=before, after=after)

    def what_if(self, issuer: str, document: str, as_of: datetime | None = None) -> Json:
        """Each signal of an issuer as it would be had a document (id, or file) not been published."""
        return self._one("what-if", issuer=issuer, document=document, as_of=as_of)

    def findings(self, issuer: str, as_of: datetime | None = None) -> pl.DataFrame:
        """What the checks found and could not judge, strongest first; columns as `frames.FINDINGS`."""
        return self._frame("FINDINGS", "findings", issuer=issuer, as_of=as_of)

    def overview(  # noqa: PLR0913 - what can be chosen
        self,
        as_of: datetime | None = None,
        since: datetime | None = None,
        *,
        watchlist: str | None = None,
        search: str = "",
        order: str = "moved",
        first: int = 0,
        limit: int = 50,
        moves: int = 8,
        alerts_by: datetime | None = None,
    ) -> Json:
        """Issuers beside each other: where their scores stand, and how far they moved since a moment.

        Args:
            as_of: the world as it was known then; now if None.
            since: the moment before; a day earlier if None.
            watchlist: issuers of this one, by id or name; all that were scored if None.
            search: part of a name, or the beginning of a ticker.
            order: what comes first: `moved`, `risk`, `fraud`, `sentiment`, `contradiction`, `name`.
            first: rows passed over.
            limit: most rows, up to 200.
            moves: most moves, up to 20.
            alerts_by: open alerts of no later moment; of none after `as_of` if None.

        Returns:
            `rows`, each with `issuer` and `cells`; `moves`, largest first, with what bears most of each
            (`because`); counts of issuers and of open `alerts` by severity.
        """
        return self._one(
            "overview", as_of=as_of, since=since, watchlist=watchlist, search=search, order=order,
            first=first, limit=limit, moves=moves, alerts_by=alerts_by,
        )  # fmt: skip

    def contradictions(
        self,
        as_of: datetime | None = None,
        *,
        issuer: str | None = None,
        watchlist: str | None = None,
        check: str | None = None,
        least: float = 0.0,
        limit: int = 20,
        cursor: str | None = None,
    ) -> Json:
        """One page of what the checks found by each issuer's newest scoring, strongest first.

        Args:
            as_of: the world as it was known then; now if None.
            issuer: by id, name, ticker or CIK; all if None.
            watchlist: only issuers of this one, by id or name.
            check: only of this sub-signal: `fraud.claim_against_fact`.
            least: strength of a finding, 0 to 1.
            limit: most findings, up to 1000.
            cursor: `next` of the page before.

        Returns:
            `items`, each with `issuer_id`, `issuer` and `finding` (both sides as in `why`); `next`.
        """
        return self._one(
            "contradictions", as_of=as_of, issuer=issuer, watchlist=watchlist, check=check, least=least,
            limit=limit, cursor=cursor,
        )  # fmt: skip

    def contradictions_tally(
        self,
        as_of: datetime | None = None,
        *,
        issuer: str | None = None,
        watchlist: str | None = None,
        check: str | None = None,
    ) -> Json:
        """How much each check found (`checks`), and why it kept quiet (`silences`), over the same issuers."""
        return self._one(
            "contradictions", "tally", as_of=as_of, issuer=issuer, watchlist=watchlist, check=check
        )

    def comparisons(
        self, issuer: str, as_of: datetime | None = None, *, all_verdicts: bool = False
    ) -> pl.DataFrame:
        """Numbers that two pieces of evidence tell differently (or all); columns as `frames.COMPARISONS`."""
        return self._frame(
            "COMPARISONS", "comparisons", issuer=issuer, as_of=as_of, all_verdicts=all_verdicts
        )

    def comparison_page(
        self, issuer: str, as_of: datetime | None = None, *, limit: int = 100, cursor: str | None = None
    ) -> tuple[pl.DataFrame, str | None]:
        """One page of `comparisons` that differ, newest first, and the cursor of the page after it."""
        return self._page(
            "COMPARISONS", "comparisons", issuer=issuer, as_of=as_of, limit=limit, cursor=cursor
        )

    def risk_diff(self, issuer: str, as_of: datetime | None = None) -> Json:
        """What changed in the risk factors from an issuer's last annual filing to its newest."""
        return self._one("risk-diff", issuer=issuer, as_of=as_of)
