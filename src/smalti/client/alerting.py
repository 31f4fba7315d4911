"""What the service warns of: alerts, the rules that raise them, how they are delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from smalti.client.base import Base, Json

if TYPE_CHECKING:
    import polars as pl


class Alerting(Base):
    """Alerts: what was raised, and what people made of it; the rules behind; how it is delivered."""

    def alerts(
        self,
        issuer: str | None = None,
        rule: str | None = None,
        severity: str | None = None,
        state: Literal["new", "acknowledged"] | None = None,
    ) -> pl.DataFrame:
        """Alerts, newest first; columns as `frames.ALERTS`.

        Args:
            issuer: of this one.
            rule: raised by this rule (id).
            severity: of this weight.
            state: whether somebody has taken note.
        """
        asked = {"issuer": issuer, "rule": rule, "severity": severity, "state": state}
        return self._frame("ALERTS", "alerts", **asked)

    def alert_page(  # noqa: PLR0913 - what alerts are told apart by
        self,
        limit: int = 25,
        cursor: str | None = None,
        *,
        issuer: str | None = None,
        rule: str | None = None,
        severity: str | None = None,
        state: str | None = None,
        assignee: str | None = None,
        until: datetime | None = None,
    ) -> tuple[pl.DataFrame, str | None]:
        """One page of the alerts, newest first, and the cursor of the page after it.

        Args:
            limit: most alerts.
            cursor: of the page; None for the first.
            issuer: of this one.
            rule: raised by this rule (id).
            severity: of this weight.
            state: `new` or `acknowledged`.
            assignee: those that this person sees to.
            until: those of signals as of then or before.
        """
        asked = {"issuer": issuer, "rule": rule, "severity": severity, "state": state}
        page = {"limit": limit, "cursor": cursor}
        return self._page("ALERTS", "alerts", **asked, assignee=assignee, until=until, **page)

    def alert(self, alert_id: str) -> Json:
        """One alert: `alert`, its `signal`, `evidence`, `findings`, `history` and `occurrences`."""
        return self._one("alerts", alert_id)

    def acknowledge(self, alert_id: str) -> Json:
        """Say that one has taken note."""
        told: Json = self._send("POST", "alerts", alert_id, "acknowledge")
        return told

    def assign(self, alert_id: str, to: str) -> Json:
        """Give an alert to somebody."""
        told: Json = self._send("POST", "alerts", alert_id, "assign", to=to)
        return told

    def comment(self, alert_id: str, text: str) -> Json:
        """Write something about an alert."""
        told: Json = self._send("POST", "alerts", alert_id, "comment", text=text)
        return told

    def judge(self, alert_id: str, verdict: Literal["right", "wrong", "unclear"], text: str = "") -> Json:
        """Say whether an alert was right; rules are measured by that."""
        told: Json = self._send("POST", "alerts", alert_id, "verdict", verdict=verdict, text=text)
        return told

    def rules(self) -> Iterator[Json]:
        """The rules by name, each with whether it is on, and back-tested."""
        return self.each("alert-rules")

    def rule(self, rule_id: str) -> Json:
        """One rule."""
        return self._one("alert-rules", rule_id)

    def add_rule(self, rule: Mapping[str, Any]) -> Json:
        """A new rule, off until it was back-tested and switched on.

        Args:
            rule: `name`, `condition`, and `issuer` or `watchlist`, `severity`, `notify`, `window_hours` as
                the API document describes them.
        """
        made: Json = self._send("POST", "alert-rules", **rule)
        return made

    def change_rule(self, rule_id: str, rule: Mapping[str, Any]) -> Json:
        """Another rule in its place."""
        changed: Json = self._send("PUT", "alert-rules", rule_id, **rule)
        return changed

    def switch_rule(self, rule_id: str, *, on: bool, force: bool = False) -> Json:
        """Switch a rule on or off; `force` does without a back-test."""
        switched: Json = self._send("POST", "alert-rules", rule_id, "switch", on=on, force=force)
        return switched

    def remove_rule(self, rule_id: str) -> None:
        """Take a rule away; what it raised stays."""
        self._send("DELETE", "alert-rules", rule_id)

    def try_rule(
        self, rule: Mapping[str, Any], begins: datetime | None = None, ends: datetime | None = None
    ) -> Json:
        """What a rule would have raised in a span of `as_of`, without storing it."""
        told: Json = self._send(
            "POST", "alert-rules", "try", rule=dict(rule), begins=_iso(begins), ends=_iso(ends)
        )
        return told

    def backtest(self, rule_id: str, begins: datetime | None = None, ends: datetime | None = None) -> Json:
        """Back-test a stored rule: alerts a week, precision against what came after, lead time."""
        span = {"begins": _iso(begins), "ends": _iso(ends)}
        answer = self._transport.send("POST", ["alert-rules", rule_id, "backtests"], timeout=600.0, json=span)
        told: Json = answer.json()
        return told

    def backtests(self, rule_id: str) -> Iterator[Json]:
        """The back-tests of a rule."""
        return self.each("alert-rules", rule_id, "backtests")

    def last_backtest(self, rule_id: str) -> Json | None:
        """The newest back-test of a rule, of whichever version; None if it has none."""
        found: Sequence[Json] = self._one("alert-rules", rule_id, "backtests", limit=1)["items"]
        return found[0] if found else None

    def precision(self) -> Iterator[Json]:
        """How right people found each rule's alerts, with the interval that so few verdicts leave."""
        return self.each("alert-rules", "precision")

    def verdicts(self) -> Sequence[Json]:
        """All verdicts with the signals they are about, for recalibration."""
        found: Sequence[Json] = self._transport.get(["alert-rules", "verdicts"]).json()
        return found

    def channels(self) -> Iterator[Json]:
        """Where alerts are sent, without secrets."""
        return self.each("channels")

    def channel(self, channel: str) -> Json:
        """One channel."""
        return self._one("channels", channel)

    def add_channel(self, channel: Mapping[str, Any], secret: str | None = None) -> Json:
        """E-mail, Slack, Teams or a webhook (admins); the secret is stored sealed and never told again."""
        made: Json = self._send("POST", "channels", channel=dict(channel), secret=secret)
        return made

    def change_channel(self, channel_id: str, channel: Mapping[str, Any], secret: str | None = None) -> Json:
        """Another address or form (admins); a changed address drops the secret set before."""
        changed: Json = self._send("PUT", "channels", channel_id, channel=dict(channel), secret=secret)
        return changed

    def set_channel_secret(self, channel_id: str, secret: str) -> Json:
        """Another secret (admins)."""
        changed: Json = self._send("PUT", "channels", channel_id, "secret", secret=secret)
        return changed

    def remove_channel(self, channel_id: str) -> None:
        """Take a channel away (admins)."""
        self._send("DELETE", "channels", channel_id)

    def test_channel(self, channel_id: str) -> Json:
        """Send a trial message (admins); gives its delivery."""
        told: Json = self._send("POST", "channels", channel_id, "test")
        return told

    def recipients(self) -> Iterator[Json]:
        """Who is told, through what, and when not."""
        return self.each("recipients")

    def put_recipient(self, name: str, **wishes: Any) -> Json:
        """How somebody wants to be told.

        Args:
            name: theirs.
            **wishes: `channels` (ids), `quiet` (`22:00-07:00`), `zone`, `budget` a day, `least` severity.
        """
        stored: Json = self._send("PUT", "recipients", name, **wishes)
        return stored

    def remove_recipient(self, name: str) -> None:
        """Tell somebody nothing any more."""
        self._send("DELETE", "recipients", name)

    def delivery_page(
        self, limit: int = 25, cursor: str | None = None, *, state: str | None = None
    ) -> tuple[Sequence[Json], str | None]:
        """One page of the deliveries, newest first, and the cursor of the page after it."""
        found = self._one("deliveries", limit=limit, cursor=cursor, state=state)
        return found["items"], found["next"]

    def deliveries(self, channel: str | None = None, state: str | None = None) -> Iterator[Json]:
        """What was sent, what waits, what failed; newest first."""
        return self.each("deliveries", channel=channel, state=state)

    def attempts(self, delivery: str) -> Iterator[Json]:
        """Each attempt of a delivery, and what came of it."""
        return self.each("deliveries", delivery, "attempts")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
