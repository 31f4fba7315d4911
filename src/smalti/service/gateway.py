"""The one way commands and pages reach the platform, wherever it runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from smalti.service.views import QuarantineView, SignalView, StageReport, StatusView, Why


class Gateway(Protocol):
    """What a user can ask for. `LocalGateway` owns the store itself; a remote one speaks to a service."""

    def ingest(self, root: Path) -> Sequence[StageReport]:
        """Take in a folder, link it to issuers and embed it. Running it again does only what is new."""

    def score(self, issuer: str | None = None, as_of: datetime | None = None) -> StageReport:
        """Score one issuer or all, as of a moment, or as of each one's newest dated evidence.

        Raises:
            NotFound: no such issuer.
        """

    def signals(
        self, issuer: str | None = None, as_of: datetime | None = None, kind: str | None = None
    ) -> Sequence[SignalView]:
        """The newest stored signal of each issuer, kind and horizon whose `as_of` is not after the one given.

        Raises:
            NotFound: no such issuer.
        """

    def why(self, signal_id: str) -> Why:
        """The evidence behind a signal, best first; a unique prefix of the id will do.

        Raises:
            NotFound: no such signal, or several.
        """

    def quarantine(self) -> Sequence[QuarantineView]:
        """All that was set aside, newest first."""

    def retry(self, quarantine_id: str | None = None) -> Sequence[StageReport]:
        """Read one quarantined input again, or all.

        Raises:
            NotFound: no such entry.
        """

    def status(self) -> StatusView:
        """What the store holds and what ran last."""
