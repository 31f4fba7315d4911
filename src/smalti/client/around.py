"""What stands around an issuer's scores: what happened, what came later, whom to compare with."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from smalti.client.base import Base, Json

if TYPE_CHECKING:
    import polars as pl


class Around(Base):
    """Events, what a moment does not know, and peers of an issuer."""

    def find_issuers(
        self, search: str | None = None, as_of: datetime | None = None, limit: int = 20
    ) -> tuple[pl.DataFrame, bool]:
        """The first issuers by name, and whether there are more; columns as `frames.ISSUERS`.

        Args:
            search: part of a name, the beginning of a ticker, or a CIK.
            as_of: with the tickers in use then, and what was known then.
            limit: most issuers.
        """
        from smalti.client import frames

        told = self._one("issuers", search=search, as_of=as_of, limit=limit)
        return frames.frame(told["items"], frames.ISSUERS), told["next"] is not None

    def issuer_events(self, issuer: str, since: datetime, as_of: datetime | None = None) -> pl.DataFrame:
        """Days with filings or calls, and bursts of news or posts; columns as `frames.HAPPENED`.

        Args:
            issuer: by id, name, ticker or CIK.
            since: the first moment.
            as_of: the last; now if None.
        """
        from smalti.client import frames

        return frames.frame(
            self._one("issuers", issuer, "events", as_of=as_of, **{"from": since})["items"], frames.HAPPENED
        )

    def issuer_later(self, issuer: str, as_of: datetime) -> Json:
        """What has come since a moment: `documents` (by kind), `scorings`, `newest`."""
        return self._one("issuers", issuer, "later", as_of=as_of)

    def peers(self, issuer: str, as_of: datetime | None = None, watchlist: str | None = None) -> Json:
        """Whom to hold an issuer against: `rule`, `name` of the watchlist, `of` how many, `items`.

        Args:
            issuer: by id, name, ticker or CIK.
            as_of: no later scores; now if None.
            watchlist: by id or name; the first that has the issuer if None.
        """
        return self._one("issuers", issuer, "peers", as_of=as_of, watchlist=watchlist)
